/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SigmaRule: a Sigma rule as the engine judges with it, whatever way it was written.
 *
 * The parser (parse.c and what it calls) turns modifiers, lists, maps, wildcards and conditions
 *into one tree of And, Or, Not over Tests; the binder (bind.c) and the judge (judge.c) know nothing
 *of YAML. Source: Sigma specification 2.1.0, github.com/SigmaHQ/sigma-specification.
 *
 * A test compares one field (or, for keywords, every field) with one pattern:
 *
 *	kind          true where the field's text                       text is
 *	EXACT         equals                                            folded unless cased
 *	PREFIX        starts with                                       folded unless cased
 *	SUFFIX        ends with                                         folded unless cased
 *	CONTAINS      contains                                          folded unless cased
 *	GLOB          fits pieces with * and ? between (see Glob)       folded unless cased
 *	REGEX         is matched somewhere (unanchored) by a regular expression
 *	CIDR          is an address inside the network
 *	LESS … GREATER_EQUAL   is a number that compares so with number
 *	TIME_PART     is a time whose part (minute, hour…) equals number; UTC
 *	NULL          is absent or without value
 *	EXISTS        is present (a field with no value is present)
 *	FIELD_EXACT, FIELD_PREFIX, FIELD_SUFFIX, FIELD_CONTAINS   compares so with another field's
 *text
 *
 * Multi-valued fields: a test is true where it is true of any item. An absent or null field makes
 * every test false but NULL and EXISTS: "not" around it is written as a Not node (neq too).
 */
#pragma once

#include <glib.h>

#include "base/limits.h"
#include "base/slice.h"
#include "model/correlation.h"
#include "model/rule.h"

typedef enum TestKind {
	TEST_EXACT,
	TEST_PREFIX,
	TEST_SUFFIX,
	TEST_CONTAINS,
	TEST_GLOB,
	TEST_REGEX,
	TEST_CIDR,
	TEST_LESS,
	TEST_LESS_EQUAL,
	TEST_GREATER,
	TEST_GREATER_EQUAL,
	TEST_TIME_PART,
	TEST_NULL,
	TEST_EXISTS,
	TEST_FIELD_EXACT,
	TEST_FIELD_PREFIX,
	TEST_FIELD_SUFFIX,
	TEST_FIELD_CONTAINS,
} TestKind;

typedef enum TimePart {
	TIME_MINUTE,
	TIME_HOUR,
	TIME_DAY,  /* of the month */
	TIME_WEEK, /* ISO 8601 */
	TIME_MONTH,
	TIME_YEAR,
} TimePart;

/*
 * A pattern with wildcards inside, as literal pieces. "a*b?c" becomes pieces "a", "b?c"; a piece
 * may hold single-character wildcards, marked by the byte GLOB_ANY, which no UTF-8 text contains.
 * Leading and trailing * are the two flags.
 */
#define GLOB_ANY 0xFF

typedef struct Glob {
	gboolean open_start, open_end; /* a * before the first, behind the last piece */
	guint n_pieces;
	Slice *pieces; /* folded unless cased; owned by the rule's chunk */
} Glob;

typedef struct Regex Regex; /* engines/sigma/regex.h */

typedef struct Test {
	TestKind kind;
	gboolean cased;	    /* compare as written instead of folded */
	const char *field;  /* as the rule writes it; NULL for keywords */
	Slice text;	    /* EXACT to CONTAINS: the pattern; FIELD_*: the other field's name */
	Glob *glob;	    /* GLOB */
	Regex *regex;	    /* REGEX; owned by the rule */
	guint8 network[16]; /* CIDR: address, v4 in the first 4 bytes */
	guint network_bits, network_size; /* CIDR: prefix length; 4 or 16 */
	double number;			  /* LESS … GREATER_EQUAL */
	gint64 integer;			  /* TIME_PART */
	TimePart part;
	const char *shown;     /* for people: "endswith \\rundll32.exe", in the rule's own case */
	const char *selection; /* the identifier it stands in */
} Test;

typedef enum NodeKind {
	NODE_AND,
	NODE_OR,
	NODE_NOT, /* one child */
	NODE_TEST,
	NODE_TRUE, /* an And without children, such as an empty selection would be */
	NODE_FALSE,
} NodeKind;

/*
 * A selection that the condition names twice is one node with two parents. Counted at each, a tree
 * has at most LIMIT_CONDITION_NODES nodes of selections.
 */
typedef struct Node Node;

struct Node {
	NodeKind kind;
	guint n_children;
	Node **children; /* AND, OR: any number; NOT: one */
	Test *test;	 /* TEST */
};

typedef struct CorrelationRule CorrelationRule; /* engines/sigma/correlation-rule.h */

/* A rule that a filter names, by id or name. */
typedef struct FilterTarget {
	const char *name;
	guint line;
} FilterTarget;

/* The rule is part number @part of @correlation. */
typedef struct RuleHit {
	const Correlation *correlation;
	guint part;
} RuleHit;

/* The section "observation". All owned by the rule. */
typedef struct SigmaObservation {
	const char *kind, *value; /* value: a field */
	guint n_subjects;
	const char *subjects[LIMIT_OBSERVATION_SUBJECTS]; /* fields */
} SigmaObservation;

typedef struct SigmaRule {
	RuleInfo *info; /* its kind says which of the following there are */
	const char *product, *category, *service; /* lower case; NULL where unset */
	Node *condition;			  /* DETECTION, FILTER */
	CorrelationRule *correlation;		  /* CORRELATION; owned */
	SigmaObservation *observation;		  /* OBSERVATION, which has a condition, too */
	gboolean filters_any;	/* FILTER: of all rules whose log source fits, or */
	GArray *filter_targets; /* FilterTarget: of those of them that are named */
	GArray *hits;		/* RuleHit: what it is to correlations, or NULL */
	GStringChunk *texts;	/* owns the texts of tests and nodes */
	GPtrArray *blocks;	/* owns tests, nodes, globs (g_free) */
	GPtrArray *regexes;	/* owns Regex */
} SigmaRule;

void sigma_rule_free(SigmaRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SigmaRule, sigma_rule_free)

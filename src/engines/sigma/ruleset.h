/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ruleset: all loaded rules in the form from which they are bound to shapes.
 *
 * Built once by the engine's compile(), before the worker forks, and only read afterwards, so that
 * all children share it. Rules are grouped by log source, since all rules of one log source apply
 * to the same shapes; a log source has alternatives (logsource.h), each with conditions of its own,
 * which are written as nodes and tests like those of rules. Trees stand in arrays in prefix order:
 * a node's children follow it, and `end` is the number of the first node behind its last
 * descendant.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/literal.h"
#include "engines/sigma/logsource.h"
#include "engines/sigma/rule.h"

#define RULESET_NO_FIELD G_MAXUINT32 /* a keyword test, or a test with no second field */

/* Binding walks over tens of thousands of these, so they hold what it needs of the test itself. */
typedef struct RulesetTest {
	const Test *test;  /* borrowed from its rule; of conditions: owned by the rule set */
	guint32 literal;   /* one that holds whenever the test does, or LITERAL_NONE */
	guint32 field;	   /* number of the field's name, or RULESET_NO_FIELD */
	guint32 other;	   /* FIELD_*: number of the other field's name */
	float probability; /* of the literal; 1 without one */
	guint8 kind;	   /* TestKind: the test's */
	gboolean
		is_literal; /* the literal is all it asks for: where that holds, the test is true */
} RulesetTest;

typedef struct RulesetNode {
	NodeKind kind;
	guint32 end;
	guint32 test; /* TEST: number of the test */
} RulesetNode;

typedef struct RulesetField {
	const char *name; /* as rules write it; borrowed from a rule or the table */
	char *loose;	  /* without spaces, folded: for logs that write it otherwise */
} RulesetField;

typedef struct RulesetAlternative {
	const LogSourceAlternative *source; /* borrowed from the log source table */
	guint32 conditions;		    /* root node of what must hold of an event's columns */
} RulesetAlternative;

/* What is told of events that a rule of kind observation is true of. */
typedef struct RulesetObservation {
	const char *kind;	       /* borrowed from the rule; NULL: it is of another kind */
	guint32 first_field, n_fields; /* in hit_fields: the value, then those of the subject */
} RulesetObservation;

typedef struct RulesetRule {
	guint index;	    /* number within the run */
	guint32 root;	    /* root node */
	gboolean is_silent; /* makes no findings of its own, but hits */
	guint32 first_hit, n_hits;
	RulesetObservation observes;
} RulesetRule;

/* What a rule is to a correlation, and the fields of which that one needs the values. */
typedef struct RulesetHit {
	guint32 correlation; /* number of its rule within the run */
	guint32 part;
	guint32 first_field, n_fields; /* in hit_fields */
} RulesetHit;

/* All rules of one log source. */
typedef struct RulesetGroup {
	guint32 first_alternative, n_alternatives;
	GArray *rules; /* guint32: numbers of rules, ascending */
} RulesetGroup;

typedef struct Ruleset {
	GArray *nodes;	      /* RulesetNode */
	GArray *tests;	      /* RulesetTest */
	GArray *fields;	      /* RulesetField */
	GArray *rules;	      /* RulesetRule, by ascending index */
	GArray *groups;	      /* RulesetGroup */
	GArray *alternatives; /* RulesetAlternative */
	GArray *hits;	      /* RulesetHit */
	GArray *hit_fields;   /* guint32: numbers of fields */
	LiteralSet *literals;
	GPtrArray *own_tests; /* Test: those of conditions */
} Ruleset;

/*
 * Makes a ruleset of @rules (SigmaRule, all loaded, by ascending info->index), which it borrows,
 * and whose log sources are looked up in @sources, borrowed too; NULL stands for a table without
 * entries.
 */
Ruleset *ruleset_new(const GPtrArray *rules, const LogSourceTable *sources);
void ruleset_free(Ruleset *ruleset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ruleset, ruleset_free)

/* The depth of a tree; LIMIT_RULE_TREE_DEPTH + 1 where it is deeper than the limit. */
guint ruleset_tree_depth(const Node *node);

static inline const RulesetNode *ruleset_node(const Ruleset *p, guint32 number)
{
	return &g_array_index(p->nodes, RulesetNode, number);
}

static inline const RulesetTest *ruleset_test(const Ruleset *p, guint32 number)
{
	return &g_array_index(p->tests, RulesetTest, number);
}

static inline const RulesetRule *ruleset_rule(const Ruleset *p, guint32 number)
{
	return &g_array_index(p->rules, RulesetRule, number);
}

/* A field's name without spaces and folded: equal for names that only logs write differently. */
char *ruleset_loose_name(const char *name);

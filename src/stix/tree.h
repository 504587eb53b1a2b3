/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parsed pattern as a tree, for the files of src/stix/ alone.
 *
 * Everything hangs off one StixPattern, which owns each node and text (stix_pattern_alloc() and its
 * string chunk), so that a half-parsed pattern is freed like a whole one. Operands of AND and OR
 * are chains, not pairs: the depth of the tree is that of parentheses and qualifiers as written.
 */
#pragma once

#include "stix/pattern.h"
#include "stix/regex-shim.h"

typedef enum StixTokenKind {
	STIX_TOKEN_END,
	STIX_TOKEN_INVALID,
	STIX_TOKEN_NAME,     /* without a hyphen, no keyword */
	STIX_TOKEN_HYPHENED, /* with one: an object type */
	STIX_TOKEN_KEYWORD,  /* AND, OR … true, false */
	STIX_TOKEN_INTEGER,
	STIX_TOKEN_FLOAT,
	STIX_TOKEN_STRING,
	STIX_TOKEN_HEX,
	STIX_TOKEN_BINARY,
	STIX_TOKEN_TIMESTAMP,
	STIX_TOKEN_SIGN, /* = == != <> < <= > >= : . , ( ) [ ] * */
} StixTokenKind;

typedef struct StixToken {
	StixTokenKind kind;
	Slice text; /* as written; literals with prefix and quotes */
	gsize offset;
} StixToken;

/* The token at or behind @offset of @text; what is no token is INVALID and one character long. */
StixToken stix_token_read(Slice text, gsize offset);

typedef enum StixLiteralKind {
	STIX_INTEGER,
	STIX_FLOAT,
	STIX_STRING,
	STIX_BOOLEAN,
	STIX_TIMESTAMP,
	STIX_BYTES, /* h'' or b'' */
} StixLiteralKind;

typedef struct StixLiteral StixLiteral;
struct StixLiteral {
	StixLiteralKind kind;
	const char *text;   /* a string's characters; numbers as written */
	const char *folded; /* of a STRING, once compiled */
	Slice bytes;	    /* of BYTES; of a STRING its bytes where every character is < 256 */
	gboolean has_bytes;
	double number;	/* of INTEGER and FLOAT; 1 and 0 of BOOLEAN */
	gint64 integer; /* of an INTEGER that is_exact */
	gboolean is_exact;
	Instant time; /* outside of what an Instant holds: the first or last there is */
	StixLiteral *next;
};

typedef enum StixStepKind {
	STIX_STEP_KEY,
	STIX_STEP_INDEX,
	STIX_STEP_ANY, /* [*] */
} StixStepKind;

typedef struct StixStep {
	StixStepKind kind;
	const char *key;
	gint64 index; /* negative ones are of no list */
} StixStep;

typedef struct StixPath {
	const char *text; /* "file:hashes.'SHA-256'": one writing for one path */
	const char *type;
	guint n_steps;
	StixStep *steps;
	guint type_number; /* among the pattern's object types */
	guint number;	   /* among its paths */
} StixPath;

typedef enum StixOperator {
	STIX_EQ,
	STIX_NE,
	STIX_LT,
	STIX_LE,
	STIX_GT,
	STIX_GE,
	STIX_IN,
	STIX_LIKE,
	STIX_MATCHES,
	STIX_ISSUBSET,
	STIX_ISSUPERSET,
	STIX_EXISTS,
	STIX_N_OPERATORS,
} StixOperator;

typedef enum StixNodeKind {
	STIX_TEST,
	STIX_AND,
	STIX_OR,
} StixNodeKind;

typedef struct StixNode StixNode;
struct StixNode {
	StixNodeKind kind;
	StixNode *child; /* of AND and OR: two or more */
	StixNode *next;
	/* Of TEST: */
	StixPath *path;
	StixOperator operator;
	gboolean is_negated;
	StixLiteral *literals; /* IN: any number; EXISTS: none; else one */
	guint n_literals;
	guint number;	  /* of the test in the pattern, from 0 */
	const char *text; /* for people: "like evil%" */
	/* Once compiled, owned by the pattern: */
	StixRegex *regex;		   /* LIKE, MATCHES */
	StixRegex *folded_regex;	   /* LIKE: of values that ignore case */
	StixRegex *bytes_regex;		   /* MATCHES: of bytes; NULL where none can match */
	const struct StixNetwork *network; /* ISSUBSET, ISSUPERSET */
	const char
		*piece; /* LIKE, MATCHES: folded text that each value it is true of has, or NULL */
};

typedef enum StixQualifier {
	STIX_WITHIN = 1 << 0,
	STIX_REPEATS = 1 << 1,
	STIX_START_STOP = 1 << 2,
} StixQualifier;

typedef enum StixObservationKind {
	STIX_PART, /* [ … ] */
	STIX_ALL,  /* AND */
	STIX_ANY,  /* OR */
	STIX_FOLLOWED_BY,
	STIX_QUALIFIED,
} StixObservationKind;

typedef struct StixObservation StixObservation;
struct StixObservation {
	StixObservationKind kind;
	StixObservation *child; /* QUALIFIED: one; ALL, ANY, FOLLOWED_BY: two or more */
	StixObservation *next;
	StixNode *test; /* PART */
	guint part;	/* its number, from 0 */
	gboolean is_in_parentheses;
	StixQualifier qualifier;
	gint64 nanoseconds;	 /* WITHIN */
	guint times;		 /* REPEATS */
	Instant start, stop;	 /* START_STOP */
	gboolean has_text_times; /* START '…', as STIX 2.0 writes it */
	guint64 size;		 /* how many observations one binding of it holds at most */
};

struct StixPattern {
	StixObservation *root;
	GPtrArray *parts;   /* StixObservation *, PART, in order */
	GPtrArray *types;   /* const char *: the object types, each once */
	GPtrArray *paths;   /* StixPath *, each once */
	GPtrArray *tests;   /* StixNode *, TEST, by number, once compiled */
	GPtrArray *owned;   /* everything allocated, freed with g_free() */
	GPtrArray *regexes; /* StixRegex * */
	GStringChunk *texts;
	guint n_tests;
	gboolean has_exists;
	gboolean is_compiled;
	const char *wrong_hash; /* what a validator would say of a hash, or NULL */
};

/* Zeroed memory that lives as long as @pattern. */
gpointer stix_pattern_alloc(StixPattern *pattern, gsize size);
const char *stix_pattern_text(StixPattern *pattern, const char *text, gssize size);

/*
 * The literal that @token writes, owned by @pattern. NULL with *ret_reason (static) where it is
 * none: a day that no calendar has.
 */
StixLiteral *stix_literal_read(
	StixPattern *pattern, const StixToken *token, const char **ret_reason);

/* Fills text of @test. */
void stix_test_describe(StixPattern *pattern, StixNode *test);

/* Why a value that @test compares a hash with can be none, or NULL; owned by @pattern. */
const char *stix_hash_problem(StixPattern *pattern, const StixNode *test);

/* A time as patterns write it, by the grammar; FALSE for anything else. A day that no
 * calendar has is INSTANT_NONE; what no Instant holds is the first or last there is. */
gboolean stix_time_parse(Slice text, Instant *ret);

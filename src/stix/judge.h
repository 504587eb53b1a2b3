/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging one observation by what stands in [brackets].
 *
 * An observation is a set of objects: "ipv4-addr" twice, "network-traffic" once. What they hold is
 * asked of a Provider, which knows events, or STIX objects, or what a test made up.
 *
 * Truth. A comparison is of the values that its path leads to in one object: true where one of them
 * is as it says (with NOT and !=, too: one of them is not), false where none is, and not evaluable
 * where there is none, or where those there are can not be read as what they are compared with
 * ("hello" as a time). AND, OR are Kleene's: false AND not evaluable is false, true OR not
 * evaluable is true. EXISTS is evaluable wherever there is an object of its type.
 *
 * Objects. All comparisons of one type of object are of the same object; the expression is true
 * where one choice of objects, one for each type, makes it true. (So it is in the OASIS matcher; it
 * has no truth for AND over several types of objects, which here means: in the same observation.)
 * docs/stix-patterns.md lists the differences.
 */
#pragma once

#include "stix/pattern.h"

typedef enum StixTruth {
	STIX_FALSE,
	STIX_UNKNOWN, /* not evaluable */
	STIX_TRUE,
} StixTruth;

/*
 * What comparing needs beyond parsing: regular expressions, folded texts. FALSE with @error where
 * RE2 can not take an expression (look-around, back-references, a limit) or an address is none;
 * then nothing can be judged by @pattern.
 */
gboolean stix_pattern_compile(StixPattern *pattern, GError **error);

typedef enum StixValueKind {
	STIX_VALUE_TEXT, /* valid UTF-8 */
	STIX_VALUE_WORD, /* the same, but it may as well mean a number, a time or a truth */
	STIX_VALUE_INTEGER,
	STIX_VALUE_FLOAT,
	STIX_VALUE_BOOLEAN, /* number: 0 or 1 */
	STIX_VALUE_BYTES,
	STIX_VALUE_OTHER, /* null, a list, an object: equal to nothing */
} StixValueKind;

typedef struct StixValue {
	StixValueKind kind;
	Slice text; /* of TEXT, WORD and BYTES */
	double number;
	gint64 integer;
	gboolean ignores_case; /* of TEXT and WORD: =, !=, IN and LIKE do */
	guint tag;	       /* the provider's: told of the value that made a comparison true */
} StixValue;

/* Paths of a pattern are numbered from 0; equal ones are one. */
guint stix_pattern_n_paths(const StixPattern *pattern);
const char *stix_path_text(const StixPattern *pattern, guint path); /* "file:hashes.MD5" */
const char *stix_path_type(const StixPattern *pattern, guint path); /* "file" */

typedef gboolean (*StixValueEach)(void *context, const StixValue *value); /* FALSE: enough */

typedef struct StixProvider {
	/* How many objects of a type the observation has. */
	guint (*n_objects)(void *context, const char *type);
	/*
	 * Hands each value that path number @path leads to in object @object (of the path's type)
	 * to @each, until that returns FALSE. Values live for the call.
	 */
	void (*values)(
		void *context, guint path, guint object, StixValueEach each, void *each_context);
	void *context;
} StixProvider;

typedef struct StixReason {
	guint test; /* number of a comparison that is true and counts */
	guint tag;  /* of the value that made it true; G_MAXUINT: of none (NOT EXISTS) */
} StixReason;

/* What else there is to say of a judgement. */
typedef struct StixRemarks {
	gboolean is_bounded; /* more choices of objects than LIMIT_STIX_CHOICES would have had to be
			      * tried: the result is UNKNOWN unless TRUE */
	gboolean is_unreadable; /* some value could not be read as what it is compared with */
} StixRemarks;

/*
 * Judges observation part number @part of a compiled @pattern. @reasons (may be NULL; array of
 * StixReason) gets what makes it true. @ret may be NULL.
 */
StixTruth stix_part_judge(const StixPattern *pattern, guint part, const StixProvider *provider,
	GArray *reasons, StixRemarks *ret);

/* Of a comparison: its path, and for people the rest of it: "LIKE evil%", "not = 5", "exists". */
guint stix_test_path(const StixPattern *pattern, guint test);
const char *stix_test_text(const StixPattern *pattern, guint test);

/*
 * A necessary condition of part number @part, for prefilters: it can only be true where at least
 * one of some paths has one of some values, or a value with some piece in it. Calls @each for every
 * such pair and returns TRUE; else (there is none that is made of =, IN, LIKE and MATCHES) FALSE,
 * and nothing is called.
 */
typedef enum StixAnchorKind {
	STIX_ANCHOR_TEXT,   /* regardless of case */
	STIX_ANCHOR_NUMBER, /* StixAnchor.number */
	STIX_ANCHOR_PIECE,  /* in the folded text; ASCII */
} StixAnchorKind;

typedef struct StixAnchor {
	StixAnchorKind kind;
	guint path;
	const char *text;
	double number;
} StixAnchor;

typedef void (*StixAnchorFunc)(void *context, const StixAnchor *anchor);
gboolean stix_part_anchors(
	const StixPattern *pattern, guint part, StixAnchorFunc each, void *context);

/*
 * Can part number @part be true at all, where @has (one for each path) says which paths have values
 * at all, and @has_type which types have objects (by number of a path of that type)?
 */
gboolean stix_part_possible(
	const StixPattern *pattern, guint part, const gboolean *has_path, const gboolean *has_type);

/*
 * A word as the number that it is compared as: decimal, or hexadecimal behind 0x; FALSE where it is
 * none.
 */
gboolean stix_word_number(Slice word, double *ret);

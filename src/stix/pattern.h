/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STIX patterns, whole: parsing them, and judging observations by them.
 *
 * A pattern has two levels. Inside [brackets] a comparison expression is judged on one observation
 * (for spoor: one event). Outside, observation expressions join them over many: AND, OR,
 * FOLLOWEDBY, WITHIN, REPEATS, START/STOP. The two are kept apart, since events are judged in
 * workers, and joined in the coordinator.
 *
 * Truth has three values: where an observation has no data for a comparison, it is neither true nor
 * false.
 *
 * Source: STIX 2.1 specification, section 9; grammar: oasis-open/cti-stix2-json-schemas,
 * pattern_grammar/STIXPattern.g4; behaviour in doubt: oasis-open/cti-pattern-matcher.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/slice.h"

typedef struct StixPattern StixPattern;

/* NULL with @error (place and reason) where @text is no valid pattern or exceeds LIMIT_STIX_*. */
StixPattern *stix_pattern_parse(Slice text, GError **error);
void stix_pattern_free(StixPattern *pattern); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StixPattern, stix_pattern_free)

typedef enum StixVersion {
	STIX_2_0,
	STIX_2_1,
} StixVersion;

/*
 * Parsing takes both versions of the language, and whatever values. This is what a validator would
 * say beside: FALSE with @error where @version does not allow what stands there, or where a hash is
 * compared with a value that can be none.
 */
gboolean stix_pattern_check(const StixPattern *pattern, StixVersion version, GError **error);

/* How many observations in [brackets] it has. */
guint stix_pattern_n_parts(const StixPattern *pattern);

/*
 * Where the pattern is nothing but one object path compared with values by = or IN, or an OR of
 * such ([a:b = 'x' OR a:b IN ('y', 'z')], also [..] OR [..] without qualifiers), calls @each for
 * every value and returns TRUE; else FALSE and nothing is called. @path is written one way:
 * without blanks, keys in quotes only where they must be: "file:hashes.'SHA-256'", "file:name".
 * @value is text, unescaped; numbers as written.
 */
typedef void (*StixValueFunc)(void *context, const char *path, const char *value);
gboolean stix_pattern_is_simple(const StixPattern *pattern, StixValueFunc each, void *context);

/*
 * Where the pattern is one observation in which every comparison is = with a text and all must hold
 * ([a:b = 'x' AND a:c = 'y']), calls @each for every one and returns TRUE; else FALSE and nothing
 * is called.
 */
gboolean stix_pattern_is_conjunction(const StixPattern *pattern, StixValueFunc each, void *context);

/* Its observation expression, for stix_join_decode() (stix/join.h). */
void stix_pattern_append_join(const StixPattern *pattern, GByteArray *ret);

/*
 * Where one event by itself makes the pattern true ([..], OR of such, START/STOP on them; WITHIN
 * and REPEATS 1 ask no more), calls @each for every part that does, with the times between which
 * the event must begin, and returns TRUE; else FALSE and nothing is called.
 */
typedef void (*StixAloneFunc)(void *context, guint part, Instant start, Instant stop);
gboolean stix_pattern_is_alone(const StixPattern *pattern, StixAloneFunc each, void *context);

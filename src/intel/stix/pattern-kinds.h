/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From STIX patterns to claims: a pattern that only names values of things spoor looks for by
 * themselves becomes plain indicators, which are found faster and in more places than a pattern
 * says: a host in a URL, a hash in a file. Any other stays a pattern.
 */
#pragma once

#include <glib.h>

#include "intel/claim.h"

/*
 * Tells @pattern in the name of @claim, whose is.line has to be set: as plain indicators, as
 * INDICATOR_STIX_PATTERN, or as a note where it is none.
 */
void stix_tell_pattern(Claim *claim, Collector *collector, const char *pattern);

/* Appends @text as a string of the pattern language, in its quotes. */
void stix_append_text(GString *ret, const char *text);

/* FILE_NAME, FILE_PATH or PIPE, by the looks of what stands where a file's name can. */
IndicatorKind stix_file_kind(const char *value);

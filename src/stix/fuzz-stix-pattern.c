/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes at all as a pattern; and as an encoded observation expression. */
#include "stix/join.h"
#include "stix/judge.h"
#include "stix/pattern.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void ignore_value(void *context, const char *path, const char *value)
{
	g_assert_nonnull(path);
	g_assert_nonnull(value);
}

/* Joins a few events of which every part is true. */
static void join_some(Slice encoded)
{
	g_autoptr(StixJoin) join = stix_join_decode(encoded, NULL);
	g_autoptr(StixSightings) sightings = NULL;
	g_autoptr(GArray) bound = g_array_new(FALSE, FALSE, sizeof(StixBound));
	guint64 steps = 20000;

	if (!join)
		return;
	g_free(stix_join_text(join));
	sightings = stix_sightings_new(stix_join_n_parts(join));
	for (guint i = 0; i < 8; i++) {
		(void)stix_sightings_add(sightings, i * INSTANT_SECOND, i * INSTANT_SECOND);
		for (guint part = 0; part < stix_join_n_parts(join); part++)
			stix_sightings_add_part(sightings, part);
	}
	while (stix_join_find(join, sightings, &steps, bound) == STIX_JOINED)
		g_assert_cmpuint(bound->len, >, 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GByteArray) encoded = g_byte_array_new();
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_make(data, size), NULL);

	join_some(slice_make(data, size));
	if (!pattern)
		return 0;
	stix_pattern_append_join(pattern, encoded);
	join_some(slice_make(encoded->data, encoded->len));
	if (size < 4096) /* compiling takes memory by the megabyte */
		(void)stix_pattern_compile(pattern, NULL);
	(void)stix_pattern_is_simple(pattern, ignore_value, NULL);
	(void)stix_pattern_check(pattern, STIX_2_0, NULL);
	(void)stix_pattern_check(pattern, STIX_2_1, NULL);
	return 0;
}

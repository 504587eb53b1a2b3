/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes at all as a pattern. */
#include "stix/pattern.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void ignore_value(void *context, const char *path, const char *value)
{
	g_assert_nonnull(path);
	g_assert_nonnull(value);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_make(data, size), NULL);

	if (!pattern)
		return 0;
	(void)stix_pattern_is_simple(pattern, ignore_value, NULL);
	(void)stix_pattern_check(pattern, STIX_2_0, NULL);
	(void)stix_pattern_check(pattern, STIX_2_1, NULL);
	return 0;
}

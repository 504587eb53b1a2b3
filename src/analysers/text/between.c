/* SPDX-License-Identifier: Apache-2.0 */
/*
 * between: what stands between two texts, of the first field that has both. The parameter names
 * them with | between: "query: | IN " takes example.org out of BIND's "query: example.org IN A +".
 * Without the first text it is taken from the start, without the second to the end.
 */
#include "analysers/text/text.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	gsize before = strcspn(parameter, "|"), after = strlen(parameter) - before;

	for (guint i = 0; i < n_inputs && after > 0; i++) {
		gsize start = fact_find(inputs[i], 0, parameter, before), end = inputs[i].size;

		if (start == inputs[i].size)
			continue;
		start += before;
		if (after > 1)
			end = fact_find(inputs[i], start, parameter + before + 1, after - 1);
		if (end <= start || (after > 1 && end == inputs[i].size))
			continue;
		fact_append(ret, slice_sub(inputs[i], start, end - start));
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_between = {
	.name = "between",
	.description = "what stands between two texts",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.compute = compute,
};

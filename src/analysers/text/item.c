/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item: one value of a list, by its number from 1. Classic Windows events have texts without names,
 * of which each stands for something.
 */
#include "analysers/text/text.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice rest = inputs[0];
	guint64 number;

	if (!rest.data || !fact_number(slice_from_text(parameter), &number) || number == 0)
		return FALSE;
	for (;;) {
		const guint8 *feed = rest.size ? memchr(rest.data, '\n', rest.size) : NULL;
		gsize size = feed ? (gsize)(feed - rest.data) : rest.size;

		if (--number == 0) {
			fact_append(ret, slice_sub(rest, 0, size));
			return TRUE;
		}
		if (!feed)
			return FALSE;
		rest = slice_sub(rest, size + 1, G_MAXSIZE);
	}
}

const Analyser analyser_item = {
	.name = "item",
	.description = "one value of a list, by its number",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.needs_parameter = TRUE,
	.compute = compute,
};

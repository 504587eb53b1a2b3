/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item: one value of a list, by its number from 1. Classic Windows events have texts without names,
 * of which each stands for something.
 */
#include "analysers/text/text.h"

gboolean list_value(Slice list, guint64 number, Slice *ret)
{
	Slice rest = list;

	if (number == 0)
		return FALSE;
	for (;;) {
		const guint8 *feed = rest.size ? memchr(rest.data, '\n', rest.size) : NULL;
		gsize size = feed ? (gsize)(feed - rest.data) : rest.size;

		if (--number == 0) {
			*ret = slice_sub(rest, 0, size);
			return TRUE;
		}
		if (!feed)
			return FALSE;
		rest = slice_sub(rest, size + 1, G_MAXSIZE);
	}
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	guint64 number;
	Slice value;

	if (!inputs[0].data || !fact_number(slice_from_text(parameter), &number) ||
		!list_value(inputs[0], number, &value))
		return FALSE;
	fact_append(ret, value);
	return TRUE;
}

const Analyser analyser_item = {
	.name = "item",
	.description = "one value of a list, by its number",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.needs_parameter = TRUE,
	.keeps_values = TRUE,
	.compute = compute,
};

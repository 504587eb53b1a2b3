/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: what an event without names says as one text, and each of its values. A test is true of
 * it where it is true of one of them.
 *
 * The inputs are a list and a number; the parameter has the texts by number, as of phrase:
 * "1=Cmdlet %1, parameters %2.|6=Cmdlet failed. Cmdlet %1.". Where none is listed for the number,
 * or the list has too few values, the values are all there is.
 */
#include "analysers/text/text.h"

static gboolean append_phrase(Slice number, Slice list, const char *at, GString *ret)
{
	while (*at) {
		gsize size = strcspn(at, "|"), name = strcspn(at, "=");

		if (name < size && number.size == name &&
			g_ascii_strncasecmp((const char *)number.data, at, name) == 0)
			return phrase_append(at + name + 1, size - name - 1, list, ret);
		at += size + (at[size] == '|');
	}
	return FALSE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	if (!inputs[0].data)
		return FALSE;
	if (inputs[1].data && append_phrase(inputs[1], inputs[0], parameter, ret))
		g_string_append_c(ret, '\n');
	fact_append(ret, inputs[0]);
	return TRUE;
}

const Analyser analyser_message = {
	.name = "message",
	.description = "an event without names as one text, and its values",
	.docs = "docs/writing-rules.md",
	.min_inputs = 2,
	.max_inputs = 2,
	.needs_parameter = TRUE,
	.makes_list = TRUE,
	.keeps_values = TRUE,
	.compute = compute,
};

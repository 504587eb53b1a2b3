/* SPDX-License-Identifier: Apache-2.0 */
/*
 * one-line: the values of a list as one text, with the parameter (or a blank) between them: the
 * arguments of a process as its command line.
 */
#include "analysers/text/text.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice text = inputs[0];

	if (text.size == 0)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (text.data[i] == '\n')
			g_string_append(ret, *parameter ? parameter : " ");
		else
			g_string_append_c(ret, (char)text.data[i]);
	}
	return TRUE;
}

const Analyser analyser_one_line = {
	.name = "one-line",
	.description = "the values of a list as one text",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};

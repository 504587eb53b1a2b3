/* SPDX-License-Identifier: Apache-2.0 */
/*
 * each: several fields as the values of one, or all below a name ("requestParameters.*"). A test is
 * true of it where it is true of one of them.
 */
#include "analysers/text/text.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	gboolean any = FALSE;

	for (guint i = 0; i < n_inputs; i++) {
		if (fact_is_empty(inputs[i]))
			continue;
		if (any)
			g_string_append_c(ret, '\n');
		fact_append(ret, inputs[i]);
		any = TRUE;
	}
	return any;
}

const Analyser analyser_each = {
	.name = "each",
	.description = "several fields as the values of one",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = ANALYSER_MAX_INPUTS,
	.makes_list = TRUE,
	.takes_any_number = TRUE,
	.compute = compute,
};

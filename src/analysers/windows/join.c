/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join: the fields that say anything, with the parameter between them.
 */
#include "analysers/windows/windows.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	gboolean any = FALSE;

	for (guint i = 0; i < n_inputs; i++) {
		if (fact_is_empty(inputs[i]))
			continue;
		if (any)
			g_string_append(ret, parameter);
		fact_append(ret, inputs[i]);
		any = TRUE;
	}
	return any;
}

const Analyser analyser_join = {
	.name = "join",
	.description = "several fields with a text between them",
	.docs = "docs/writing-rules.md",
	.min_inputs = 2,
	.max_inputs = ANALYSER_MAX_INPUTS,
	.needs_parameter = TRUE,
	.compute = compute,
};

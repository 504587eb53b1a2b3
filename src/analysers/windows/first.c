/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first: the first of several fields that says anything. "", "-" and the words of the parameter
 * (separated by |) say nothing: a logon id of 0x0, for example.
 */
#include "analysers/windows/windows.h"

static gboolean is_listed(Slice text, const char *words)
{
	while (*words) {
		gsize size = strcspn(words, "|");

		if (text.size == size &&
			g_ascii_strncasecmp((const char *)text.data, words, size) == 0)
			return TRUE;
		words += size + (words[size] == '|');
	}
	return FALSE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i < n_inputs; i++) {
		if (fact_is_empty(inputs[i]) || is_listed(inputs[i], parameter))
			continue;
		fact_append(ret, inputs[i]);
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_first = {
	.name = "first",
	.description = "the first of several fields that says anything",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = ANALYSER_MAX_INPUTS,
	.keeps_runs = TRUE,
	.compute = compute,
};

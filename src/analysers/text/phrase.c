/* SPDX-License-Identifier: Apache-2.0 */
/*
 * phrase: a text with the values of a list in it, as Windows makes messages: %1 is the first value,
 * %% a percent sign. There is none where the list has not so many values.
 */
#include "analysers/text/text.h"

gboolean phrase_append(const char *phrase, gsize size, Slice list, GString *ret)
{
	gsize start = ret->len;

	for (gsize at = 0; at < size; at++) {
		guint number = 0;
		Slice value;

		if (phrase[at] != '%' || at + 1 == size) {
			g_string_append_c(ret, phrase[at]);
			continue;
		}
		if (phrase[at + 1] == '%') {
			g_string_append_c(ret, phrase[++at]);
			continue;
		}
		while (at + 1 < size && g_ascii_isdigit(phrase[at + 1]) && number < 1000)
			number = number * 10 + (guint)g_ascii_digit_value(phrase[++at]);
		if (!list_value(list, number, &value)) {
			g_string_truncate(ret, start);
			return FALSE;
		}
		fact_append(ret, value);
	}
	return TRUE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	return inputs[0].data && phrase_append(parameter, strlen(parameter), inputs[0], ret);
}

const Analyser analyser_phrase = {
	.name = "phrase",
	.description = "a text with the values of a list in it",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.needs_parameter = TRUE,
	.keeps_values = TRUE,
	.compute = compute,
};

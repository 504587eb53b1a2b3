/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unplus: a text as it was before a W3C log wrote + for each blank, and as it stands there. Rules
 * name user agents in either form.
 *
 *	Mozilla/5.0+(X11)   Mozilla/5.0+(X11) and Mozilla/5.0 (X11)
 */
#include "analysers/web/web.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice text = inputs[0];
	gsize start;

	if (fact_is_empty(text))
		return FALSE;
	fact_append(ret, text);
	if (!memchr(text.data, '+', text.size))
		return TRUE;
	g_string_append_c(ret, '\n');
	start = ret->len;
	fact_append(ret, text);
	for (gsize i = start; i < ret->len; i++)
		if (ret->str[i] == '+')
			ret->str[i] = ' ';
	return TRUE;
}

const Analyser analyser_unplus = {
	.name = "unplus",
	.description = "a text as it stands, and with blanks for +",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.makes_list = TRUE,
	.keeps_runs = TRUE,
	.compute = compute,
};

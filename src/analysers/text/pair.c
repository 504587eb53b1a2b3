/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair: the value of one key in a text of words key=value, as appliances and daemons write them:
 *
 *	date=2021-03-02 type="event" action="Add" cfgpath="system.admin"
 *	bob : TTY=pts/0 ; PWD=/home/bob ; USER=#-1 ; COMMAND=/bin/sh
 *
 * A value in double quotes ends with the next one, any other with a blank, comma or semicolon.
 */
#include "analysers/text/text.h"

static gboolean is_boundary(guint8 c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\n' || c == '{' || c == '(';
}

/* Where the value of @key starts; text.size where the text has none. */
static gsize find_value(Slice text, const char *key)
{
	gsize size = strlen(key);

	for (gsize at = 0; size > 0 && (at = fact_find(text, at, key, size)) < text.size;
		at += size) {
		if (at + size < text.size && text.data[at + size] == '=' &&
			(at == 0 || is_boundary(text.data[at - 1])))
			return at + size + 1;
	}
	return text.size;
}

static Slice cut_value(Slice text)
{
	gsize end = 0;

	if (text.size > 0 && text.data[0] == '"') {
		const guint8 *quote;

		text = slice_sub(text, 1, G_MAXSIZE);
		quote = text.size ? memchr(text.data, '"', text.size) : NULL;
		return quote ? slice_sub(text, 0, (gsize)(quote - text.data)) : text;
	}
	while (end < text.size && !strchr(" \t,;\n", text.data[end]))
		end++;
	return slice_sub(text, 0, end);
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i < n_inputs; i++) {
		gsize start = find_value(inputs[i], parameter);

		if (start >= inputs[i].size)
			continue;
		fact_append(ret, cut_value(slice_sub(inputs[i], start, G_MAXSIZE)));
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_pair = {
	.name = "pair",
	.description = "the value of a key in words key=value",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.compute = compute,
};

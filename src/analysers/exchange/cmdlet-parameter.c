/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmdlet-parameter: what a cmdlet was given as a parameter, in a text such as
 * `-Identity "a b" -Confirm "False"`; the parameter is its name, or several with | between.
 *
 * Exchange puts quotes around values and does not escape those in them, so a value can look like
 * more parameters. It ends with the first quote behind which the text ends or a blank, a dash and a
 * letter stand; and since whoever writes values could end one early by that, every place where the
 * name stands as a parameter makes a value, also inside of others: a list. Where that would be more
 * than some times the text itself, the last value is all the rest.
 */
#include "analysers/exchange/exchange.h"

#define REPEATED 8 /* times that all values together may be as long as the text */

static gboolean is_blank(guint8 c)
{
	return c == ' ' || c == '\n';
}

/* TRUE where a parameter begins at @at: "-Name". */
static gboolean is_name(Slice text, gsize at)
{
	return at + 1 < text.size && text.data[at] == '-' &&
		g_ascii_isalpha((char)text.data[at + 1]);
}

/* TRUE where @at is the end of what a parameter is given; a message ends with a full stop. */
static gboolean is_end(Slice text, gsize at)
{
	return at >= text.size || text.data[at] == '\n' ||
		(at + 1 == text.size && text.data[at] == '.') ||
		(text.data[at] == ' ' && is_name(text, at + 1));
}

/* The value that begins at @at, without its quotes. */
static Slice value_at(Slice text, gsize at)
{
	gboolean is_quoted = at < text.size && text.data[at] == '"';
	gsize start = at + is_quoted;

	for (at = start; at < text.size && text.data[at] != '\n'; at++) {
		if (is_quoted ? text.data[at] == '"' && is_end(text, at + 1) : is_end(text, at))
			break;
	}
	return slice_sub(text, start, at - start);
}

/* Appends a line for each time that @name, of @size bytes, stands in @text as a parameter. */
static gboolean append_values(Slice text, const char *name, gsize size, GString *ret)
{
	gsize start = ret->len;
	gboolean any = FALSE;

	for (gsize at = fact_find(text, 0, name, size); at < text.size;
		at = fact_find(text, at + 1, name, size)) {
		gsize behind = at + size;

		if (at == 0 || text.data[at - 1] != '-' || (at > 1 && !is_blank(text.data[at - 2])))
			continue;
		if (behind < text.size && text.data[behind] == ':')
			behind++;
		else if (behind < text.size && !is_blank(text.data[behind]))
			continue;
		if (behind < text.size && text.data[behind] == ' ' && !is_end(text, behind))
			behind++;
		if (any)
			g_string_append_c(ret, '\n');
		any = TRUE;
		if ((ret->len - start) / REPEATED > text.size) {
			fact_append(ret, slice_sub(text, behind, G_MAXSIZE));
			break;
		}
		fact_append(ret, value_at(text, behind));
	}
	return any;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	while (*parameter) {
		gsize size = strcspn(parameter, "|");

		for (guint i = 0; size > 0 && i < n_inputs; i++)
			if (append_values(inputs[i], parameter, size, ret))
				return TRUE;
		parameter += size + (parameter[size] == '|');
	}
	return FALSE;
}

const Analyser analyser_cmdlet_parameter = {
	.name = "cmdlet-parameter",
	.description = "what a cmdlet was given as a parameter",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.makes_list = TRUE,
	.keeps_values = TRUE,
	.compute = compute,
};

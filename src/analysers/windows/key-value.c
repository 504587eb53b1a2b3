/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key-value: the value of one key in a text of lines "key=value" or "key = value".
 *
 * PowerShell writes its context so: "\tHostApplication=powershell.exe -enc …" in the classic log,
 * "        Host Application = …" in the operational one. The parameter is the key; several,
 * separated by |, are tried in turn.
 */
#include "analysers/windows/windows.h"

static gboolean is_blank(guint8 c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static Slice trim(Slice text)
{
	while (text.size > 0 && is_blank(text.data[0]))
		text = slice_sub(text, 1, G_MAXSIZE);
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

static gboolean append_value(Slice text, const char *key, gsize key_size, GString *ret)
{
	for (gsize start = 0; start < text.size;) {
		Slice rest = slice_sub(text, start, G_MAXSIZE);
		const guint8 *feed = memchr(rest.data, '\n', rest.size);
		Slice line = trim(slice_sub(rest, 0, feed ? (gsize)(feed - rest.data) : rest.size));

		start += (feed ? (gsize)(feed - rest.data) : rest.size) + 1;
		if (line.size <= key_size ||
			g_ascii_strncasecmp((const char *)line.data, key, key_size) != 0)
			continue;
		line = trim(slice_sub(line, key_size, G_MAXSIZE));
		if (line.size == 0 || line.data[0] != '=')
			continue;
		fact_append(ret, trim(slice_sub(line, 1, G_MAXSIZE)));
		return TRUE;
	}
	return FALSE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	while (*parameter) {
		gsize size = strcspn(parameter, "|");

		for (guint i = 0; i < n_inputs; i++)
			if (append_value(inputs[i], parameter, size, ret))
				return TRUE;
		parameter += size + (parameter[size] == '|');
	}
	return FALSE;
}

const Analyser analyser_key_value = {
	.name = "key-value",
	.description = "the value of a key in lines of key=value",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.compute = compute,
};

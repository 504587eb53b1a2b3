/* SPDX-License-Identifier: Apache-2.0 */
#include "report/indicator-text.h"

#include "base/json-scan.h"
#include "base/json-text.h"
#include "report/visible.h"

#define DEPTH_MAX  8 /* objects in each other */
#define NAME_WIDTH 14

typedef struct Document {
	GString *out;
	guint depth;
} Document;

static void append_value(Document *document, const char *indent, const char *name, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) shown = g_string_new(NULL);

	visible_append_text(shown, name);
	for (guint i = 0; lines[i]; i++) {
		g_string_append_printf(
			document->out, "%s%-*s  ", indent, NAME_WIDTH, i == 0 ? shown->str : "");
		visible_append_text(document->out, lines[i]);
		g_string_append_c(document->out, '\n');
	}
}

/* The next element of an array's inside, which is moved on; FALSE at its end. */
static gboolean next_element(Slice *rest, Slice *ret)
{
	gboolean in_text = FALSE, escaped = FALSE;
	guint depth = 0;
	gsize at = 0;

	while (rest->size && (*rest->data == ',' || g_ascii_isspace(*rest->data)))
		*rest = slice_sub(*rest, 1, rest->size);
	for (; at < rest->size; at++) {
		char c = (char)rest->data[at];

		if (in_text) {
			in_text = escaped || c != '"';
			escaped = !escaped && c == '\\';
		} else if (c == '"') {
			in_text = TRUE;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		} else if (c == ',' && !depth) {
			break;
		}
	}
	*ret = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at, rest->size);
	return ret->size > 0;
}

static gboolean append_object(Document *document, const char *indent, Slice object);

/* A text is between quotes; anything else is its own text. */
static char *text_of(Slice value, gboolean is_text)
{
	GString *text = g_string_new(NULL);

	if (is_text)
		json_append_unescaped(text, value);
	else
		g_string_append_len(text, (const char *)value.data, (gssize)value.size);
	return g_string_free(text, FALSE);
}

static void append_element(Document *document, const char *indent, const char *name, Slice element)
{
	g_autofree char *deeper = g_strconcat(indent, "    ", NULL), *text = NULL;
	gboolean is_text = element.size >= 2 && element.data[0] == '"';

	if (element.data[0] == '{') {
		g_string_append(document->out, indent);
		visible_append_text(document->out, name);
		g_string_append_c(document->out, '\n');
		if (append_object(document, deeper, element))
			return;
	}
	if (is_text)
		element = slice_sub(element, 1, element.size - 2);
	text = text_of(element, is_text);
	append_value(document, indent, name, text);
}

static void append_nested(Document *document, const char *indent, const char *name, Slice value)
{
	Slice rest = value, element;

	if (value.data[0] != '[') {
		append_element(document, indent, name, value);
		return;
	}
	rest = value.size >= 2 ? slice_sub(value, 1, value.size - 2) : SLICE_EMPTY;
	while (next_element(&rest, &element))
		append_element(document, indent, name, element);
}

/* FALSE where it is none, or too deep. */
static gboolean append_object(Document *document, const char *indent, Slice object)
{
	JsonScan scan = json_scan_begin(object);
	JsonMember member;

	if (document->depth >= DEPTH_MAX)
		return FALSE;
	document->depth++;
	while (json_scan_next(&scan, &member)) {
		g_autofree char *name = text_of(member.key, TRUE), *text = NULL;

		if (member.is_nested) {
			append_nested(document, indent, name, member.value);
			continue;
		}
		text = text_of(member.value, member.is_text);
		append_value(document, indent, name, text);
	}
	document->depth--;
	return !scan.malformed;
}

void indicator_append_text(GString *ret, const char *document, const char *indent)
{
	gsize before = ret->len;
	Document state = { ret, 0 };

	if (append_object(&state, indent, slice_from_text(document)))
		return;
	g_string_truncate(ret, before);
	g_string_append(ret, indent);
	visible_append_text(ret, document);
	g_string_append_c(ret, '\n');
}

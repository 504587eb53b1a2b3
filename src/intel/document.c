/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/document.h"

#include "base/limits.h"
#include "base/text.h"

#define PROBE_BYTES   (256u << 10)
#define EXCERPT_BYTES 80

static gboolean starts_with(Slice text, const char *bytes, gsize n)
{
	return text.size >= n && memcmp(text.data, bytes, n) == 0;
}

/* The other order of bytes; an odd last one stays. */
static void append_swapped(GString *ret, Slice text)
{
	for (gsize i = 0; i + 1 < text.size; i += 2) {
		g_string_append_c(ret, (char)text.data[i + 1]);
		g_string_append_c(ret, (char)text.data[i]);
	}
	if (text.size % 2)
		g_string_append_c(ret, (char)text.data[text.size - 1]);
}

/* UTF-16 is known by its mark, or since JSON begins with two characters of ASCII. */
static GString *decode(Slice *text)
{
	gboolean has_mark = starts_with(*text, "\xFF\xFE", 2) || starts_with(*text, "\xFE\xFF", 2);
	gboolean is_big;
	g_autoptr(GString) swapped = NULL;
	GString *ret;

	if (starts_with(*text, "\xEF\xBB\xBF", 3))
		*text = slice_sub(*text, 3, text->size);
	if (text->size < 2 || (!has_mark && text->data[0] && text->data[1]))
		return NULL;
	is_big = has_mark ? text->data[0] == 0xFE : text->data[0] == 0;
	ret = g_string_sized_new(text->size / 2 + 1);
	*text = slice_sub(*text, has_mark ? 2 : 0, text->size);
	if (is_big) {
		swapped = g_string_sized_new(text->size);
		append_swapped(swapped, *text);
		*text = slice_make(swapped->str, swapped->len);
	}
	text_append_utf16(ret, *text);
	*text = slice_make(ret->str, ret->len);
	return ret;
}

void document_init(Document *document, Slice file)
{
	document->text = file;
	document->decoded = decode(&document->text);
	document->place = place_make(document->text);
}

void document_clear(Document *document)
{
	if (document->decoded)
		g_string_free(document->decoded, TRUE);
	document->decoded = NULL;
}

/* Moves @at, which is at trouble, to the next line that begins with a bracket, or to the end. */
static void move_on(Cursor *at)
{
	Slice text = at->bytes;
	gsize from = at->position ? at->position - 1 : 0; /* the trouble may begin a line */

	while (from < text.size) {
		const guint8 *end = memchr(text.data + from, '\n', text.size - from);

		if (!end)
			break;
		from = (gsize)(end - text.data) + 1;
		if (from < text.size && (text.data[from] == '{' || text.data[from] == '[')) {
			at->position = from;
			return;
		}
	}
	at->position = text.size;
}

/* What stands in the line of @at around it. */
static Slice excerpt_at(Slice text, gsize at)
{
	gsize from = at, end = at;

	while (from > 0 && at - from < EXCERPT_BYTES / 2 && text.data[from - 1] != '\n')
		from--;
	while (from < at && (text.data[from] & 0xC0) == 0x80) /* not in the middle of a character */
		from++;
	while (end < text.size && end - from < EXCERPT_BYTES && text.data[end] != '\n')
		end++;
	return slice_sub(text, from, end - from);
}

static void tell_trouble(Document *document, Collector *collector, const JsonTrouble *trouble)
{
	g_autoptr(GString) excerpt = g_string_new(NULL);
	g_autofree char *reason = g_strdup_printf("is no JSON: %s", trouble->reason);

	text_append_utf8(excerpt, excerpt_at(document->text, trouble->at));
	collector_note(collector, INTEL_REJECTED, place_line(&document->place, trouble->at),
		excerpt->str, reason);
}

/* Blanks, and what some write between objects in a row: record separators (RFC 7464), commas. */
static gboolean skip_between(Cursor *at)
{
	while (at->position < at->bytes.size &&
		(g_ascii_isspace(at->bytes.data[at->position]) ||
			at->bytes.data[at->position] == 0x1E))
		at->position++;
	return at->position < at->bytes.size;
}

void document_each(Document *document, Collector *collector, DocumentFunc each, void *context)
{
	Cursor at = cursor_make(document->text);

	while (skip_between(&at)) {
		JsonTrouble trouble;
		JsonValue value;
		gsize start = at.position;
		gboolean is_good = json_value_read(&at, &value, &trouble);

		if (value.type != JSON_NOTHING)
			each(context, &value);
		if (is_good)
			continue;
		if (collector)
			tell_trouble(document, collector, &trouble);
		at.position = MAX(at.position, start + 1);
		move_on(&at);
	}
}

JsonValue document_peek(Slice file, GString **ret_owned)
{
	Slice text = slice_sub(file, 0, PROBE_BYTES);
	JsonTrouble trouble;
	JsonValue value;
	Cursor at;

	*ret_owned = decode(&text);
	at = cursor_make(text);
	(void)json_value_read(&at, &value, &trouble); /* it may be cut off: the type says enough */
	if (value.type != JSON_OBJECT && value.type != JSON_ARRAY)
		value.type = JSON_NOTHING;
	return value;
}

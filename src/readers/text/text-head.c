/* SPDX-License-Identifier: Apache-2.0 */
/* The start of evidence as probe() sees it: see lines.h. */
#include "base/text.h"
#include "readers/text/line-format.h"
#include "readers/text/scan.h"

#define CRASH_BYTES 256 /* a run of NULs */
#define CUT_BYTES   3	/* where the head ends inside a character, of that */

static gboolean is_text(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		guint8 c = text.data[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) ||
			c == 0x7f)
			return FALSE;
	}
	return text.size > 0;
}

/*
 * More NULs than a stray one here and there. Long runs of them are none of that: servers that crash
 * leave them in logs.
 */
static gboolean is_binary(Slice bytes)
{
	gsize n = 0, run = 0;

	for (gsize i = 0; i < bytes.size; i++) {
		run = bytes.data[i] == 0 ? run + 1 : 0;
		n += bytes.data[i] == 0;
		if (run == CRASH_BYTES)
			n -= run;
		else if (run > CRASH_BYTES)
			n--;
	}
	return n > bytes.size / 16;
}

/* Bytes as UTF-8: as they are where they can be, else as Windows-1252. */
static void append_bytes(GString *ret, Slice bytes)
{
	guint n_cut = bytes.size + CUT_BYTES < READER_PROBE_BYTES ? 0 : CUT_BYTES;
	Slice whole = bytes;

	for (guint i = 0; i <= n_cut && whole.size > 0; i++, whole.size--) {
		if (!scan_is_utf8(whole))
			continue;
		g_string_append_len(ret, (const char *)whole.data, (gssize)whole.size);
		return;
	}
	text_append_ansi(ret, bytes);
}

void text_head_init(TextHead *head, Slice bytes)
{
	*head = (TextHead){ .text = g_string_sized_new(bytes.size) };
	head->encoding = line_format_encoding(bytes, &head->mark_bytes);

	Slice rest = slice_sub(bytes, head->mark_bytes, bytes.size);
	const LineFormat format = { .encoding = head->encoding };

	head->is_whole = bytes.size < READER_PROBE_BYTES;
	/* What is no text is most of a disk: characters need not be made of it. */
	if (head->encoding == TEXT_BYTES && is_binary(rest))
		return;
	if (head->encoding == TEXT_BYTES)
		append_bytes(head->text, rest);
	else
		line_format_append_utf16(&format, head->text, slice_sub(rest, 0, rest.size & ~1u));
	head->is_text = is_text(slice_make(head->text->str, head->text->len));
}

void text_head_clear(TextHead *head)
{
	if (head->text)
		(void)g_string_free(head->text, TRUE);
	head->text = NULL;
}

gboolean text_head_line(const TextHead *head, guint index, Slice *ret)
{
	Slice text = slice_make(head->text->str, head->text->len);
	LineFormat format = { .end = '\n', .unit = 1 };
	gsize start = 0, after, end;

	if (scan_byte(text, 0, '\n') == text.size)
		format.end = '\r';
	for (;; start = after) {
		end = line_format_find_end(&format, text, start, &after);
		if (end == text.size && (!head->is_whole || start == text.size))
			return FALSE;
		if (index-- == 0)
			break;
	}
	while (end > start && text.data[end - 1] == '\r')
		end--;
	*ret = slice_make(&text.data[start], end - start);
	return TRUE;
}

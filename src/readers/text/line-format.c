/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/line-format.h"

#include "base/text.h"
#include "readers/text/scan.h"

#define GUESS_UNITS 8 /* UTF-16 without mark is believed from this many units on */

static gsize mark_size(Slice head, TextEncoding *ret)
{
	*ret = TEXT_BYTES;
	if (head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0)
		return 3;
	if (head.size < 2)
		return 0;
	if (head.data[0] == 0xff && head.data[1] == 0xfe)
		*ret = TEXT_UTF16LE;
	else if (head.data[0] == 0xfe && head.data[1] == 0xff)
		*ret = TEXT_UTF16BE;
	return *ret == TEXT_BYTES ? 0 : 2;
}

TextEncoding line_format_encoding(Slice head, gsize *ret_mark_bytes)
{
	guint zeros[2] = { 0, 0 };
	gsize n = head.size / 2;
	TextEncoding encoding;

	*ret_mark_bytes = mark_size(head, &encoding);
	if (*ret_mark_bytes > 0 || n < GUESS_UNITS)
		return encoding;
	for (gsize i = 0; i < n * 2; i++)
		zeros[i % 2] += head.data[i] == 0;
	/* Nearly all of one half zero, nearly none of the other: letters of the Latin alphabet. */
	if (zeros[1] >= n - n / 8 && zeros[0] <= n / 8)
		return TEXT_UTF16LE;
	if (zeros[0] >= n - n / 8 && zeros[1] <= n / 8)
		return TEXT_UTF16BE;
	return TEXT_BYTES;
}

gboolean line_format_detect(const Source *source, LineFormat *ret, GError **error)
{
	g_autoptr(GByteArray) head = g_byte_array_new();
	gssize size;
	gsize after;

	/* The encoding by what probe() gets, so that both say the same; line ends by more. */
	g_byte_array_set_size(head, READER_PROBE_BYTES);
	size = source_read(source, 0, head->data, READER_PROBE_BYTES, error);
	if (size < 0)
		return FALSE;
	*ret = (LineFormat){ .end = '\n' };
	ret->encoding = line_format_encoding(slice_make(head->data, (gsize)size), &ret->mark_bytes);
	ret->unit = ret->encoding == TEXT_BYTES ? 1 : 2;
	if (line_format_find_end(ret, slice_make(head->data, (gsize)size), 0, &after) < (gsize)size)
		return TRUE;
	g_byte_array_set_size(head, LINES_HEAD_BYTES);
	size = source_read(source, 0, head->data, LINES_HEAD_BYTES, error);
	if (size < 0)
		return FALSE;

	Slice bytes = slice_make(head->data, (gsize)size);

	if (line_format_find_end(ret, bytes, 0, &after) < bytes.size)
		return TRUE;
	ret->end = '\r';
	if (line_format_find_end(ret, bytes, 0, &after) == bytes.size)
		ret->end = '\n';
	return TRUE;
}

gsize line_format_find_end(const LineFormat *format, Slice s, gsize from, gsize *ret_after)
{
	gsize at = scan_byte(s, from, format->end);

	if (format->unit == 1) {
		*ret_after = MIN(at + 1, s.size);
		return at;
	}
	for (; at < s.size; at = scan_byte(s, at + 1, format->end)) {
		gsize first = at & ~(gsize)1, other = at ^ 1;

		if ((at % 2 == 0) != (format->encoding == TEXT_UTF16LE) || other >= s.size ||
			s.data[other] != 0)
			continue;
		*ret_after = first + 2;
		return first;
	}
	*ret_after = s.size;
	return s.size;
}

void line_format_append_utf16(const LineFormat *format, GString *ret, Slice bytes)
{
	if (format->encoding == TEXT_UTF16LE) {
		text_append_utf16(ret, bytes);
		return;
	}

	g_autoptr(GByteArray) swapped = g_byte_array_sized_new((guint)bytes.size);

	g_byte_array_append(swapped, bytes.data, (guint)bytes.size);
	for (guint i = 0; i + 1 < swapped->len; i += 2) {
		guint8 high = swapped->data[i];

		swapped->data[i] = swapped->data[i + 1];
		swapped->data[i + 1] = high;
	}
	text_append_utf16(ret, slice_make(swapped->data, swapped->len));
}

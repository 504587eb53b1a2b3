/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/windows-xml/window.h"

#include "base/text.h"

#define BLOCK_BYTES (1u << 20)

struct Window {
	const Source *source;
	WindowEncoding encoding;
	GByteArray *bytes;
	guint64 offset; /* of the first of them */
};

/* A mark decides, or a zero byte beside the first character. */
static WindowEncoding encoding_of(const guint8 *first, gssize size)
{
	if (size >= 2 && first[0] == 0xFF && first[1] == 0xFE)
		return WINDOW_UTF16LE;
	if (size >= 2 && first[0] == 0xFE && first[1] == 0xFF)
		return WINDOW_UTF16BE;
	if (size >= 4 && first[0] && !first[1] && first[2] && !first[3])
		return WINDOW_UTF16LE;
	if (size >= 4 && !first[0] && first[1] && !first[2] && first[3])
		return WINDOW_UTF16BE;
	return WINDOW_BYTES;
}

Window *window_new(const Source *source)
{
	Window *window = g_new0(Window, 1);
	guint8 first[4] = { 0 };

	window->source = source;
	window->bytes = g_byte_array_new();
	window->encoding = encoding_of(first, source_read(source, 0, first, sizeof first, NULL));
	return window;
}

void window_free(Window *window)
{
	if (!window)
		return;
	g_byte_array_unref(window->bytes);
	g_free(window);
}

WindowEncoding window_encoding(const Window *window)
{
	return window->encoding;
}

static Slice window_slice(const Window *window, guint64 offset)
{
	return slice_sub(slice_make(window->bytes->data, window->bytes->len),
		(gsize)(offset - window->offset), window->bytes->len);
}

Slice window_at(Window *window, guint64 offset, gsize size, GError **error)
{
	guint64 end = window->offset + window->bytes->len;
	guint kept, wanted = (guint)(size + BLOCK_BYTES);
	gssize got;

	if (offset >= window->offset && offset <= end &&
		(end - offset >= size || end >= window->source->size))
		return window_slice(window, offset);
	if (offset >= window->offset && offset < end)
		g_byte_array_remove_range(window->bytes, 0, (guint)(offset - window->offset));
	else
		g_byte_array_set_size(window->bytes, 0);
	window->offset = offset;
	kept = window->bytes->len;
	wanted = MAX(wanted, kept) - kept;
	g_byte_array_set_size(window->bytes, kept + wanted);
	got = source_read(window->source, offset + kept, &window->bytes->data[kept], wanted, error);
	g_byte_array_set_size(window->bytes, kept + (guint)MAX(got, 0));
	return window_slice(window, offset);
}

static Slice rest_of(Slice s, gsize at)
{
	return slice_sub(s, at, s.size);
}

gsize window_find(const Window *window, Slice bytes, gsize from, const char *wanted)
{
	guint8 wide[64];
	gsize n = strlen(wanted);
	gboolean is_utf16 = window->encoding != WINDOW_BYTES;
	const guint8 *found;

	g_assert(n <= sizeof wide / 2);
	for (gsize i = 0; i < n; i++) {
		wide[2 * i + (window->encoding == WINDOW_UTF16BE)] = (guint8)wanted[i];
		wide[2 * i + (window->encoding != WINDOW_UTF16BE)] = 0;
	}
	while (from < bytes.size) {
		Slice rest = rest_of(bytes, from);

		found = is_utf16 ? memmem(rest.data, rest.size, wide, 2 * n)
				 : memmem(rest.data, rest.size, wanted, n);
		if (!found)
			return bytes.size;
		from += (gsize)(found - rest.data);
		if (!is_utf16 || from % 2 == 0)
			return from;
		from++; /* between two characters */
	}
	return bytes.size;
}

void window_append_text(const Window *window, GString *ret, Slice bytes)
{
	if (window->encoding == WINDOW_BYTES) {
		g_string_append_len(ret, (const char *)bytes.data, (gssize)bytes.size);
	} else if (window->encoding == WINDOW_UTF16LE) {
		text_append_utf16(ret, bytes);
	} else {
		g_autoptr(GByteArray) swapped = g_byte_array_sized_new((guint)bytes.size);

		for (gsize i = 0; i + 1 < bytes.size; i += 2) {
			guint8 unit[2] = { bytes.data[i + 1], bytes.data[i] };

			g_byte_array_append(swapped, unit, 2);
		}
		text_append_utf16(ret, slice_make(swapped->data, swapped->len));
	}
}

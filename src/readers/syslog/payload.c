/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/syslog/payload.h"

#define KEY_BYTES     64
#define HEADER_FIELDS 7 /* of CEF, behind "CEF:0|"; LEEF has fewer */

static guint8 byte_at(Slice text, gsize at)
{
	return at < text.size ? text.data[at] : 0;
}

/* From @start to before @end, also where that is nothing. */
static Slice part(Slice text, gsize start, gsize end)
{
	end = MIN(end, text.size);
	return start < end ? slice_sub(text, start, end - start) : slice_from_text("");
}

/* Where @c stands next, from @at on; the size of @text where it does not. */
static gsize find_byte(Slice text, gsize at, guint8 c)
{
	Slice rest = slice_sub(text, at, text.size);
	const guint8 *found = rest.size ? memchr(rest.data, c, rest.size) : NULL;

	return found ? at + (gsize)(found - rest.data) : text.size;
}

static gsize find_text(Slice text, gsize at, const char *wanted)
{
	Slice rest = slice_sub(text, at, text.size);
	const guint8 *found =
		rest.size ? memmem(rest.data, rest.size, wanted, strlen(wanted)) : NULL;

	return found ? at + (gsize)(found - rest.data) : text.size;
}

static gboolean starts_with(Slice text, const char *start)
{
	Slice wanted = slice_from_text(start);

	return slice_equal(slice_sub(text, 0, wanted.size), wanted);
}

static gboolean contains(Slice text, const char *wanted)
{
	return find_text(text, 0, wanted) < text.size;
}

static gboolean is_key_byte(guint8 c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

Slice payload_unescape(Slice text, Arena *arena)
{
	gsize n = 0;

	if (!text.size || !memchr(text.data, '\\', text.size))
		return text;

	guint8 *plain = arena_alloc(arena, text.size);

	for (gsize i = 0; i < text.size; i++) {
		guint8 c = text.data[i], next = byte_at(text, i + 1);

		if (c != '\\' || i + 1 == text.size) {
			plain[n++] = c;
			continue;
		}
		i++;
		if (next == 'n' || next == 'r') {
			plain[n++] = next == 'n' ? '\n' : '\r';
		} else {
			if (!strchr("\\\"=|]", next))
				plain[n++] = c; /* no escape: a path of Windows, say */
			plain[n++] = next;
		}
	}
	return slice_make(plain, n);
}

/* ---- key=value ---- */

/* The size of "key=" at @at without the =, or 0. */
static gsize key_size(Slice text, gsize at)
{
	gsize size = 0;

	while (size <= KEY_BYTES && is_key_byte(byte_at(text, at + size)))
		size++;
	return size && size <= KEY_BYTES && byte_at(text, at + size) == '=' ? size : 0;
}

/* The value at *@at, which moves behind it. */
static Slice read_value(Slice text, gsize *at, Arena *arena)
{
	gsize start = *at, end;

	if (byte_at(text, start) != '"') {
		*at = find_byte(text, start, ' ');
		return part(text, start, *at);
	}
	for (end = start + 1; end < text.size && text.data[end] != '"'; end++) {
		if (text.data[end] == '\\' && byte_at(text, end + 1) != ' ')
			end++;
	}
	end = MIN(end, text.size);
	*at = MIN(end + 1, text.size);
	return payload_unescape(part(text, start + 1, end), arena);
}

static void read_key_values(Slice text, Arena *arena, PayloadField field, void *context)
{
	gsize at = 0;

	while (at < text.size) {
		gsize size = key_size(text, at);

		if (size) {
			Slice key = slice_sub(text, at, size);

			at += size + 1;
			field(context, key, read_value(text, &at, arena));
			continue;
		}

		/* Words between fields stay in the message alone. */
		at = find_byte(text, at, ' ') + 1;
	}
}

/* Three fields one after the other are no sentence. */
static gboolean is_key_value(Slice text)
{
	gsize at = 0;

	for (guint n = 0; n < 3; n++) {
		gsize size = key_size(text, at);

		if (!size)
			return FALSE;
		at += size + 1;
		if (byte_at(text, at) == '"') {
			at = find_byte(text, at + 1, '"') + 1;
			if (at > text.size)
				return FALSE;
		} else {
			at = find_byte(text, at, ' ');
		}
		while (byte_at(text, at) == ' ' || byte_at(text, at) == ',')
			at++;
	}
	return TRUE;
}

/* ---- CEF and LEEF ---- */

/* Where the next | that is not escaped stands; the size of @text where there is none. */
static gsize find_bar(Slice text, gsize at)
{
	for (; at < text.size && text.data[at] != '|'; at++) {
		if (text.data[at] == '\\')
			at++;
	}
	return MIN(at, text.size);
}

/* The fields between bars; returns where the rest begins. */
static gsize read_bars(Slice text, gsize at, const char *const *names, Arena *arena,
	PayloadField field, void *context)
{
	for (; *names && at < text.size; names++) {
		gsize end = find_bar(text, at);

		field(context, slice_from_text(*names),
			payload_unescape(part(text, at, end), arena));
		at = end + 1;
	}
	return MIN(at, text.size);
}

/* In CEF a value goes on to the blank before the next key. */
static void read_cef_fields(Slice text, Arena *arena, PayloadField field, void *context)
{
	Slice key = SLICE_EMPTY;
	gsize value = 0, word = 0; /* where the value and the word at hand begin */

	for (gsize at = 0; at < text.size; at++) {
		guint8 c = text.data[at];

		if (c == '\\') {
			at++;
		} else if (c == ' ') {
			word = at + 1;
		} else if (c == '=' && key_size(text, word) == at - word && at > word) {
			if (key.data)
				field(context, key,
					payload_unescape(part(text, value, word - 1), arena));
			key = slice_sub(text, word, at - word);
			value = at + 1;
		}
	}
	if (key.data)
		field(context, key, payload_unescape(part(text, value, text.size), arena));
}

static void read_cef(Slice text, Arena *arena, PayloadField field, void *context)
{
	static const char *const names[HEADER_FIELDS + 1] = { "CEFVersion", "DeviceVendor",
		"DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity", NULL };
	gsize at = read_bars(text, strlen("CEF:"), names, arena, field, context);

	read_cef_fields(slice_sub(text, at, text.size), arena, field, context);
}

/* The delimiter that LEEF 2.0 names: a character, or its code as x09 or 0x09. */
static guint8 leef_delimiter(Slice text)
{
	gsize at = 0;
	int code = 0;

	if (text.size == 0)
		return '\t';
	if (text.size == 1)
		return text.data[0];
	if (byte_at(text, at) == '0')
		at++;
	if (byte_at(text, at) == 'x')
		at++;
	for (; at < text.size && g_ascii_isxdigit(text.data[at]); at++)
		code = (code * 16 + g_ascii_xdigit_value((char)text.data[at])) & 0xFF;
	return code ? (guint8)code : '\t';
}

static void read_leef(Slice text, Arena *arena, PayloadField field, void *context)
{
	static const char *const names[] = { "LEEFVersion", "DeviceVendor", "DeviceProduct",
		"DeviceVersion", "EventID", NULL };
	gsize at = read_bars(text, strlen("LEEF:"), names, arena, field, context);
	guint8 delimiter = '\t';

	if (starts_with(text, "LEEF:2")) {
		gsize end = find_bar(text, at);

		if (end - at <= 4 && end < text.size) {
			delimiter = leef_delimiter(slice_sub(text, at, end - at));
			at = end + 1;
		}
	}
	while (at < text.size) {
		gsize end = find_byte(text, at, delimiter), size = key_size(text, at);

		if (size && at + size < end)
			field(context, slice_sub(text, at, size), part(text, at + size + 1, end));
		at = end + 1;
	}
}

/* ---- sudo ---- */

static void read_sudo(Slice text, PayloadField field, void *context)
{
	gsize at = find_text(text, 0, " : ") + 3;

	while (at < text.size) {
		gsize size = key_size(text, at), end = text.size;

		/* The command is the last, and can hold the separator itself. */
		if (!starts_with(slice_sub(text, at, 8), "COMMAND="))
			end = find_text(text, at, " ; ");
		if (size && at + size < end)
			field(context, slice_sub(text, at, size), part(text, at + size + 1, end));
		at = end + 3;
	}
}

/* ---- all ---- */

PayloadKind payload_kind(Slice message, Slice appname)
{
	if (message.size < 8)
		return PAYLOAD_PLAIN;
	if (starts_with(message, "CEF:") && g_ascii_isdigit(message.data[4]))
		return PAYLOAD_CEF;
	if (starts_with(message, "LEEF:") && g_ascii_isdigit(message.data[5]))
		return PAYLOAD_LEEF;
	if (slice_equal(appname, slice_from_text("sudo")) && contains(message, " ; COMMAND="))
		return PAYLOAD_SUDO;
	if (!is_key_value(message))
		return PAYLOAD_PLAIN;
	return contains(message, "devid=") && contains(message, "logid=") ? PAYLOAD_FORTIGATE
									  : PAYLOAD_KEY_VALUE;
}

void payload_read(PayloadKind kind, Slice message, Arena *arena, PayloadField field, void *context)
{
	switch (kind) {
	case PAYLOAD_PLAIN:
		break;
	case PAYLOAD_SUDO:
		read_sudo(message, field, context);
		break;
	case PAYLOAD_KEY_VALUE:
	case PAYLOAD_FORTIGATE:
		read_key_values(message, arena, field, context);
		break;
	case PAYLOAD_CEF:
		read_cef(message, arena, field, context);
		break;
	case PAYLOAD_LEEF:
		read_leef(message, arena, field, context);
		break;
	}
}

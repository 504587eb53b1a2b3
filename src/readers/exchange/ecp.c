/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/exchange/ecp.h"

#include "readers/text/scan.h"

#define KEY_BYTES 64 /* longer ones are no keys, nor names of parameters */

typedef struct Reading {
	Arena *arena;
	EcpField key, part;
	void *context;
	gboolean no_close; /* a quote was sought to the end in vain: no other needs to be */
} Reading;

static guint8 byte_at(Slice s, gsize at)
{
	return at < s.size ? s.data[at] : 0;
}

/* ---- quotes ---- */

/* @s with each doubled quote once. */
static Slice undouble(Slice s, Arena *arena)
{
	guint8 *plain;
	gsize n = 0;

	if (s.size < 2 || !memmem(s.data, s.size, "''", 2))
		return s;
	plain = arena_alloc(arena, s.size);
	for (gsize i = 0; i < s.size; i++) {
		plain[n++] = s.data[i];
		if (s.data[i] == '\'' && byte_at(s, i + 1) == '\'')
			i++;
	}
	return slice_make(plain, n);
}

typedef gboolean (*EndsQuoted)(Slice s, gsize at);

/* Where the quote stands that closes what is open at @at; s.size where there is none. */
static gsize find_close(Slice s, gsize at, EndsQuoted ends)
{
	for (at = scan_byte(s, at, '\''); at < s.size; at = scan_byte(s, at + 1, '\'')) {
		if (byte_at(s, at + 1) == '\'')
			at++;
		else if (ends(s, at + 1))
			return at;
	}
	return s.size;
}

static gboolean ends_item(Slice s, gsize at)
{
	return at == s.size || s.data[at] == ';';
}

/* ---- CMD ---- */

/* The size of the name of a parameter that begins with the dot at @at, without it and the equals
 * sign; or 0. */
static gsize name_size(Slice s, gsize at)
{
	gsize size = 0;

	if (byte_at(s, at) != '.' || !g_ascii_isalpha((char)byte_at(s, at + 1)))
		return 0;
	while (size <= KEY_BYTES && g_ascii_isalnum((char)byte_at(s, at + 1 + size)))
		size++;
	return size <= KEY_BYTES && byte_at(s, at + 1 + size) == '=' ? size : 0;
}

static gboolean ends_value(Slice s, gsize at)
{
	return at == s.size || name_size(s, at) > 0;
}

/* Where the next name begins, at or behind @at. */
static gsize find_name(Slice s, gsize at)
{
	for (at = scan_byte(s, at, '.'); at < s.size; at = scan_byte(s, at + 1, '.')) {
		if (name_size(s, at) > 0)
			return at;
	}
	return s.size;
}

/* The value at *@at, which moves behind it. */
static Slice take_value(Reading *reading, Slice s, gsize *at)
{
	gsize start = *at, end;

	if (byte_at(s, start) != '\'') {
		*at = find_name(s, start);
		return slice_sub(s, start, *at - start);
	}
	end = find_close(s, start + 1, ends_value);
	*at = MIN(end + 1, s.size);
	return undouble(slice_sub(s, start + 1, end - start - 1), reading->arena);
}

static Slice parameter_name(Reading *reading, Slice name)
{
	gsize before = strlen(ECP_PARAMETERS);
	guint8 *text = arena_alloc(reading->arena, before + name.size);

	for (gsize i = 0; i < before; i++)
		text[i] = (guint8)ECP_PARAMETERS[i];
	for (gsize i = 0; i < name.size; i++)
		text[before + i] = name.data[i];
	return slice_make(text, before + name.size);
}

/* "Pipeline.1|Get-Mailbox" is Get-Mailbox. */
static Slice cmdlet_of(Slice head)
{
	for (gsize i = head.size; i > 0; i--) {
		if (head.data[i - 1] == '|')
			return scan_trim(slice_sub(head, i, G_MAXSIZE));
	}
	return scan_trim(head);
}

static gboolean read_command(Reading *reading, Slice s)
{
	gsize at = find_name(s, 0);
	Slice cmdlet = cmdlet_of(slice_sub(s, 0, at));

	if (cmdlet.size > 0 &&
		!reading->part(reading->context, slice_from_text(ECP_CMDLET), cmdlet))
		return FALSE;
	while (at < s.size) {
		gsize size = name_size(s, at);
		Slice name = parameter_name(reading, slice_sub(s, at + 1, size));

		if (size == 0)
			return TRUE; /* behind a value there is a name, or the end */
		at += size + 2;
		if (!reading->part(reading->context, name, take_value(reading, s, &at)))
			return FALSE;
	}
	return TRUE;
}

/* ---- items ---- */

static gboolean read_item(Reading *reading, Slice item)
{
	gsize equals = scan_byte(slice_sub(item, 0, KEY_BYTES + 3), 2, '=');
	Slice key = slice_sub(item, 2, equals - 2), value;

	if (item.size < 3 || item.data[0] != 'S' || item.data[1] != ':' || equals <= 2 ||
		byte_at(item, equals) != '=')
		return TRUE;
	value = slice_sub(item, equals + 1, G_MAXSIZE);
	/* Some write a quote behind the key instead. */
	if (value.size >= 2 && value.data[0] == '\'' &&
		find_close(value, 1, ends_item) == value.size - 1)
		value = undouble(slice_sub(value, 1, value.size - 2), reading->arena);
	if (!reading->key(reading->context, key, value))
		return FALSE;
	return !slice_equal(key, slice_from_text(ECP_CMD)) || read_command(reading, value);
}

/* Where the item ends that begins at @at and is not quoted as a whole. */
static gsize item_end(Reading *reading, Slice data, gsize at)
{
	gsize end = scan_byte(data, at, ';');
	gsize equals = scan_byte(slice_sub(data, 0, end), at, '=');
	gsize close;

	if (reading->no_close || byte_at(data, equals + 1) != '\'' || equals == end)
		return end;
	close = find_close(data, equals + 2, ends_item);
	reading->no_close = close == data.size;
	return reading->no_close ? end : close + 1;
}

void ecp_read(Slice data, Arena *arena, EcpField key, EcpField part, void *context)
{
	Reading reading = { arena, key, part, context, FALSE };
	gsize at = 0, end;

	while (at < data.size) {
		Slice item;

		if (data.data[at] == '\'') {
			end = find_close(data, at + 1, ends_item);
			item = undouble(slice_sub(data, at + 1, end - at - 1), arena);
			end = MIN(end + 1, data.size);
		} else {
			end = item_end(&reading, data, at);
			item = slice_sub(data, at, end - at);
		}
		if (!read_item(&reading, item))
			return;
		at = end + 1;
	}
}

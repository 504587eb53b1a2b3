/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/scan.h"

#include "base/block.h"

gsize scan_count(Slice s, guint8 byte)
{
	gsize n = 0, i = 0;

	/* In runs that a byte can count, which compilers turn into vectors. */
	while (s.size - i >= BLOCK_BYTES) {
		guint8 counts[BLOCK_BYTES] = { 0 };

		for (guint run = 0; run < 255 && s.size - i >= BLOCK_BYTES; run++, i += BLOCK_BYTES)
			for (guint k = 0; k < BLOCK_BYTES; k++)
				counts[k] += s.data[i + k] == byte;
		for (guint k = 0; k < BLOCK_BYTES; k++)
			n += counts[k];
	}
	for (; i < s.size; i++)
		n += s.data[i] == byte;
	return n;
}

gsize scan_beyond_ascii(Slice s, gsize from)
{
	gsize i = from;

	for (; block_fits(s, i); i += BLOCK_BYTES) {
		guint bits = block_high(block_load(&s.data[i]));

		if (bits)
			return i + block_first(bits);
	}
	for (; i < s.size && s.data[i] < 0x80; i++)
		;
	return MIN(i, s.size);
}

/* The size of the UTF-8 sequence at @i, or 0 where there is none. */
static gsize sequence_size(Slice s, gsize i)
{
	guint8 first = s.data[i], low = 0x80, high = 0xbf;
	gsize size;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (s.size - i < size)
		return 0;
	/* Only the second byte can make it overlong, a surrogate or too large. */
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (s.data[i + 1] < low || s.data[i + 1] > high)
		return 0;
	for (gsize k = 2; k < size; k++) {
		if ((s.data[i + k] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

gboolean scan_is_utf8(Slice s)
{
	for (gsize i = scan_beyond_ascii(s, 0); i < s.size; i = scan_beyond_ascii(s, i)) {
		gsize size = sequence_size(s, i);

		if (size == 0)
			return FALSE;
		i += size;
	}
	return TRUE;
}

static inline void take_part(Value *value, ValueType type, Slice s, gsize start, gsize end)
{
	value->type = type;
	value->bytes = slice_make(&s.data[start], end - start);
}

guint scan_split(Slice s, guint8 separator, ValueType type, Value *ret, guint max)
{
	gsize start = 0, i = 0;
	guint n = 0;

	for (; block_fits(s, i); i += BLOCK_BYTES) {
		guint bits = block_equal(block_load(&s.data[i]), (char)separator);

		for (; bits; bits &= bits - 1) {
			gsize at = i + block_first(bits);

			if (n < max)
				take_part(&ret[n], type, s, start, at);
			n++;
			start = at + 1;
		}
	}
	for (; i < s.size; i++) {
		if (s.data[i] != separator)
			continue;
		if (n < max)
			take_part(&ret[n], type, s, start, i);
		n++;
		start = i + 1;
	}
	if (n < max) {
		ret[n].type = type;
		ret[n].bytes = slice_sub(s, start, s.size - start);
	}
	return n + 1;
}

static gboolean is_blank(guint8 c)
{
	return c == ' ' || c == '\t';
}

Slice scan_trim(Slice s)
{
	while (s.size > 0 && is_blank(s.data[s.size - 1]))
		s.size--;

	gsize start = 0;

	while (start < s.size && is_blank(s.data[start]))
		start++;
	return slice_sub(s, start, s.size - start);
}

gboolean scan_number(Slice s, guint64 *ret)
{
	guint64 number = 0;

	if (s.size == 0)
		return FALSE;
	for (gsize i = 0; i < s.size; i++) {
		guint digit = (guint)s.data[i] - '0';

		if (digit > 9 || number > (G_MAXUINT64 - digit) / 10)
			return FALSE;
		number = number * 10 + digit;
	}
	*ret = number;
	return TRUE;
}

gboolean scan_skip_prefix(Slice s, const char *prefix, Slice *ret)
{
	gsize size = strlen(prefix);

	if (s.size < size || g_ascii_strncasecmp((const char *)s.data, prefix, size) != 0)
		return FALSE;
	*ret = slice_make(&s.data[size], s.size - size);
	return TRUE;
}

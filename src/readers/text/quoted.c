/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/quoted.h"

#include "readers/text/scan.h"

/*
 * Where the quoted field that is open at @from ends: at its closing quote, or s.size where it has
 * none. *@ret_has_doubled where quotes in it are doubled.
 */
static gsize find_closing(Slice s, gsize from, guint8 separator, gboolean *ret_has_doubled)
{
	*ret_has_doubled = FALSE;
	for (gsize at = scan_byte(s, from, '"'); at < s.size; at = scan_byte(s, at + 1, '"')) {
		if (at + 1 == s.size || s.data[at + 1] == separator)
			return at;
		if (s.data[at + 1] == '"') {
			*ret_has_doubled = TRUE;
			at++;
		}
	}
	return s.size;
}

/* Appends @s with each doubled quote once; @scratch has room, so that it does not move. */
static Slice without_doubled(GString *scratch, Slice s)
{
	gsize start = scratch->len;

	for (gsize i = 0; i < s.size; i++) {
		g_string_append_c(scratch, (char)s.data[i]);
		if (s.data[i] == '"' && i + 1 < s.size && s.data[i + 1] == '"')
			i++;
	}
	return slice_make(&scratch->str[start], scratch->len - start);
}

guint quoted_split(Slice s, guint8 separator, ValueType type, Value *ret, guint max,
	GString *scratch, gboolean *ret_is_open)
{
	gsize start = 0, end;
	guint n = 0;

	g_string_set_size(scratch, s.size);
	g_string_truncate(scratch, 0);
	*ret_is_open = FALSE;
	for (;; start = end + 1) {
		Slice part;

		if (start < s.size && s.data[start] == '"') {
			gboolean has_doubled;
			gsize closing = find_closing(s, start + 1, separator, &has_doubled);

			*ret_is_open = closing == s.size;
			part = slice_sub(s, start + 1, closing - start - 1);
			if (has_doubled && n < max)
				part = without_doubled(scratch, part);
			end = MIN(closing + 1, s.size);
		} else {
			end = scan_byte(s, start, separator);
			part = slice_sub(s, start, end - start);
		}
		if (n < max) {
			ret[n].type = type;
			ret[n].bytes = part;
		}
		n++;
		if (end >= s.size)
			return n;
	}
}

gboolean quoted_goes_on(Slice s, guint8 separator, gboolean is_open)
{
	gboolean has_doubled;
	gsize start = 0;

	for (;;) {
		if (is_open || (start < s.size && s.data[start] == '"')) {
			start = find_closing(
				s, is_open ? start : start + 1, separator, &has_doubled);
			if (start == s.size)
				return TRUE;
			is_open = FALSE;
		}
		start = scan_byte(s, start, separator);
		if (start == s.size)
			return FALSE;
		start++;
	}
}

/* Behind the quoted field that opens at @from; 0 where its quotes are not as they should be. */
static gsize skip_strict(Slice s, gsize from, guint8 separator)
{
	for (gsize at = scan_byte(s, from + 1, '"'); at < s.size; at = scan_byte(s, at + 1, '"')) {
		if (at + 1 == s.size || s.data[at + 1] == separator)
			return at + 1;
		if (s.data[at + 1] != '"')
			return 0;
		at++;
	}
	return 0;
}

gboolean quoted_is_strict(Slice s, guint8 separator, guint *ret_n, gboolean *ret_has_quoted)
{
	gsize start = 0;

	*ret_has_quoted = FALSE;
	for (*ret_n = 1;; *ret_n += 1, start++) {
		gsize end = scan_byte(s, start, separator);

		if (start < s.size && s.data[start] == '"') {
			end = skip_strict(s, start, separator);
			if (end == 0)
				return FALSE;
			*ret_has_quoted = TRUE;
		} else if (scan_byte(slice_sub(s, 0, end), start, '"') < end) {
			return FALSE;
		}
		if (end >= s.size)
			return TRUE;
		start = end;
	}
}

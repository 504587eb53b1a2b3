/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/printable.h"

#include "base/limits.h"

static gboolean is_wide(Slice bytes)
{
	if (bytes.size < 4)
		return FALSE;
	for (gsize i = 0; i < bytes.size; i++) {
		if ((i % 2 == 1) != (bytes.data[i] == 0))
			return FALSE;
	}
	return TRUE;
}

static void append_byte(GString *ret, guint8 byte)
{
	switch (byte) {
	case '\t':
		g_string_append(ret, "\\t");
		break;
	case '\n':
		g_string_append(ret, "\\n");
		break;
	case '\r':
		g_string_append(ret, "\\r");
		break;
	case '\\':
		g_string_append(ret, "\\\\");
		break;
	default:
		if (byte >= ' ' && byte < 0x7F)
			g_string_append_c(ret, (char)byte);
		else
			g_string_append_printf(ret, "\\x%02x", byte);
	}
}

void yara_append_printable(GString *ret, Slice bytes)
{
	Slice shown = slice_sub(bytes, 0, LIMIT_YARA_MATCH_BYTES);
	gsize step = is_wide(shown) ? 2 : 1;

	for (gsize i = 0; i < shown.size; i += step)
		append_byte(ret, shown.data[i]);
	if (shown.size < bytes.size)
		g_string_append(ret, "\xe2\x80\xa6"); /* an ellipsis */
}

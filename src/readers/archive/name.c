/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of members are whatever somebody wrote there: they are made fit to be looked at, and no use
 * is made of them but that.
 */
#include <string.h>

#include "base/limits.h"
#include "readers/archive/archive.h"

#define ELLIPSIS "\xe2\x80\xa6"

static const char *const endings[] = { ".gz", ".xz", ".bz2", ".zst", ".lz4", ".z" };

/* Cuts @text in between two characters. */
static void cut(GString *text, gsize size)
{
	if (text->len <= size)
		return;
	while (size && (text->str[size] & 0xC0) == 0x80)
		size--;
	g_string_truncate(text, size);
	g_string_append(text, ELLIPSIS);
}

char *archive_member_name(const char *name)
{
	GString *text = g_string_new(NULL);
	const char *end;

	while (*name == '/' || strncmp(name, "./", 2) == 0)
		name += *name == '/' ? 1 : 2;
	/* Bytes that are no UTF-8 become \xNN, as in the names of files. */
	while (!g_utf8_validate(name, -1, &end) && text->len <= LIMIT_ARCHIVE_NAME_BYTES) {
		g_string_append_len(text, name, end - name);
		g_string_append_printf(text, "\\x%02X", (guint8)*end);
		name = end + 1;
	}
	if (text->len <= LIMIT_ARCHIVE_NAME_BYTES)
		g_string_append(text, name);
	cut(text, LIMIT_ARCHIVE_NAME_BYTES);
	if (!text->len)
		g_string_append(text, "(no name)");
	return g_string_free(text, FALSE);
}

char *archive_packed_name(const char *name)
{
	gsize length = strlen(name);

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		gsize size = strlen(endings[i]);

		if (length > size && g_ascii_strcasecmp(name + length - size, endings[i]) == 0)
			return g_strndup(name, length - size);
	}
	return g_strdup("content");
}

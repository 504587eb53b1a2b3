/* SPDX-License-Identifier: Apache-2.0 */
#include "archive-writer.h"

#include <archive.h>
#include <archive_entry.h>

static la_ssize_t on_write(struct archive *a, void *context, const void *bytes, size_t size)
{
	g_byte_array_append(context, bytes, (guint)size);
	return (la_ssize_t)size;
}

static void check(struct archive *a, int code)
{
	if (code != ARCHIVE_OK)
		g_error("writing an archive: %s", archive_error_string(a));
}

static void write_member(struct archive *a, const WrittenMember *member)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, member->name);
	archive_entry_set_size(entry, (la_int64_t)member->size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, 1600000000, 0);
	check(a, archive_write_header(a, entry));
	if (member->size)
		g_assert_cmpint(archive_write_data(a, member->bytes, member->size), ==,
			(la_ssize_t)member->size);
	archive_entry_free(entry);
}

GByteArray *archive_write(const char *format, const char *filter, const char *password,
	const WrittenMember *members, guint n_members)
{
	GByteArray *ret = g_byte_array_new();
	struct archive *a = archive_write_new();

	check(a, archive_write_set_format_by_name(a, format));
	if (filter)
		check(a, archive_write_add_filter_by_name(a, filter));
	if (password) {
		check(a, archive_write_set_options(a, "zip:encryption=traditional"));
		check(a, archive_write_set_passphrase(a, password));
	}
	check(a, archive_write_set_bytes_in_last_block(a, 1));
	check(a, archive_write_open(a, ret, NULL, on_write, NULL));
	for (guint i = 0; i < n_members; i++)
		write_member(a, &members[i]);
	check(a, archive_write_close(a));
	check(a, archive_write_free(a));
	return ret;
}

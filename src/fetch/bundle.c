/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/bundle.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

struct Bundle {
	char *path, *temporary;
	FILE *file;
	GChecksum *hash; /* of all objects: the bundle's id is made of it */
	guint64 n_bytes, n_objects;
};

Bundle *bundle_new(const char *path, GError **error)
{
	g_autoptr(Bundle) bundle = g_new0(Bundle, 1);
	int fd;

	bundle->path = g_strdup(path);
	bundle->temporary = g_strdup_printf("%s.XXXXXX", path);
	fd = g_mkstemp_full(bundle->temporary, O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0) {
		(void)spoor_error_from_errno(error, "%s can not be written", path);
		g_clear_pointer(&bundle->temporary, g_free);
		return NULL;
	}
	bundle->file = fdopen(fd, "w");
	bundle->hash = g_checksum_new(G_CHECKSUM_SHA256);
	(void)fputs("{\"type\":\"bundle\",\"objects\":[", bundle->file); /* bundle_finish() asks */
	return g_steal_pointer(&bundle);
}

gboolean bundle_add(Bundle *bundle, Slice object, GError **error)
{
	bundle->n_bytes += object.size;
	if (bundle->n_bytes > LIMIT_FETCH_BYTES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"there are more bytes than LIMIT_FETCH_BYTES");
		return FALSE;
	}
	g_checksum_update(bundle->hash, object.data, (gssize)object.size);
	if (fputs(bundle->n_objects++ ? ",\n" : "\n", bundle->file) == EOF ||
		fwrite(object.data, 1, object.size, bundle->file) != object.size)
		return spoor_error_from_errno(error, "%s can not be written", bundle->path);
	return TRUE;
}

/* A UUID (RFC 9562, version 8) of what is in it: the same objects, the same file. */
static char *bundle_id(Bundle *bundle)
{
	const char *hex = g_checksum_get_string(bundle->hash);

	return g_strdup_printf(
		"bundle--%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15, hex + 18);
}

gboolean bundle_finish(Bundle *bundle, GError **error)
{
	g_autofree char *id = bundle_id(bundle);
	gboolean is_written = fprintf(bundle->file, "\n],\"id\":\"%s\"}\n", id) > 0 &&
		!ferror(bundle->file) && fflush(bundle->file) == 0 &&
		fsync(fileno(bundle->file)) == 0;

	if (!is_written || rename(bundle->temporary, bundle->path) != 0)
		return spoor_error_from_errno(error, "%s can not be written", bundle->path);
	g_clear_pointer(&bundle->temporary, g_free);
	return TRUE;
}

void bundle_free(Bundle *bundle)
{
	if (!bundle)
		return;
	if (bundle->file)
		(void)fclose(bundle->file); /* what counts was flushed and asked for */
	if (bundle->temporary)
		(void)unlink(bundle->temporary); /* else it stays, which is seen */
	if (bundle->hash)
		g_checksum_free(bundle->hash);
	g_free(bundle->temporary);
	g_free(bundle->path);
	g_free(bundle);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <errno.h>

G_DEFINE_QUARK(spoor - error, spoor_error)

gboolean spoor_error_from_errno(GError **error, const char *what, ...)
{
	int saved = errno;
	va_list arguments;

	va_start(arguments, what);
	g_autofree char *text = g_strdup_vprintf(what, arguments);
	va_end(arguments);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "%s: %s", text, g_strerror(saved));
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/observation.h"

#include <string.h>

#include "base/limits.h"

gboolean observation_kind_is_valid(const char *kind)
{
	gsize size = strlen(kind);

	if (!size || size > LIMIT_OBSERVATION_KIND_BYTES || kind[0] == '-' ||
		kind[size - 1] == '-' || strstr(kind, "--"))
		return FALSE;
	return strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

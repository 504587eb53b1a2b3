/* SPDX-License-Identifier: Apache-2.0 */
#include "model/indicator.h"

#include <string.h>

static const struct {
	const char *name, *plural, *singular;
} kinds[INDICATOR_N_KINDS] = {
	[INDICATOR_HOST] = { "host", "host names", "host name" },
	[INDICATOR_ADDRESS] = { "address", "addresses", "address" },
	[INDICATOR_NETWORK] = { "network", "networks", "network" },
	[INDICATOR_URL] = { "url", "URLs", "URL" },
	[INDICATOR_EMAIL] = { "email", "e-mail addresses", "e-mail address" },
	[INDICATOR_FILE_NAME] = { "file-name", "file names", "file name" },
	[INDICATOR_FILE_PATH] = { "file-path", "file paths", "file path" },
	[INDICATOR_FILE_PATTERN] = { "file-pattern", "patterns of file paths",
		"pattern of file paths" },
	[INDICATOR_REGISTRY_KEY] = { "registry-key", "registry keys", "registry key" },
	[INDICATOR_MUTEX] = { "mutex", "mutexes", "mutex" },
	[INDICATOR_PIPE] = { "pipe", "named pipes", "named pipe" },
	[INDICATOR_USER_AGENT] = { "user-agent", "user agents", "user agent" },
	[INDICATOR_MD5] = { "md5", "MD5 hashes", "MD5 hash" },
	[INDICATOR_SHA1] = { "sha1", "SHA-1 hashes", "SHA-1 hash" },
	[INDICATOR_SHA256] = { "sha256", "SHA-256 hashes", "SHA-256 hash" },
	[INDICATOR_IMPHASH] = { "imphash", "import hashes", "import hash" },
	[INDICATOR_JA3] = { "ja3", "JA3 hashes", "JA3 hash" },
	[INDICATOR_STIX_PATTERN] = { "stix-pattern", "STIX patterns", "STIX pattern" },
};

const char *indicator_kind_name(IndicatorKind kind)
{
	return kind < INDICATOR_N_KINDS ? kinds[kind].name : "any";
}

const char *indicator_kind_singular(IndicatorKind kind)
{
	return kind < INDICATOR_N_KINDS ? kinds[kind].singular : "indicator";
}

const char *indicator_kind_plural(IndicatorKind kind)
{
	return kind < INDICATOR_N_KINDS ? kinds[kind].plural : "indicators";
}

gboolean indicator_kind_parse(const char *name, IndicatorKind *ret)
{
	for (guint i = 0; i < INDICATOR_N_KINDS; i++) {
		if (strcmp(name, kinds[i].name) == 0) {
			*ret = (IndicatorKind)i;
			return TRUE;
		}
	}
	return FALSE;
}

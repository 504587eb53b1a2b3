/* SPDX-License-Identifier: Apache-2.0 */
#include "model/indicator.h"

#include <string.h>

static const struct {
	const char *name, *plural;
} kinds[INDICATOR_N_KINDS] = {
	[INDICATOR_HOST] = { "host", "host names" },
	[INDICATOR_ADDRESS] = { "address", "addresses" },
	[INDICATOR_NETWORK] = { "network", "networks" },
	[INDICATOR_URL] = { "url", "URLs" },
	[INDICATOR_EMAIL] = { "email", "e-mail addresses" },
	[INDICATOR_FILE_NAME] = { "file-name", "file names" },
	[INDICATOR_FILE_PATH] = { "file-path", "file paths" },
	[INDICATOR_FILE_PATTERN] = { "file-pattern", "patterns of file paths" },
	[INDICATOR_REGISTRY_KEY] = { "registry-key", "registry keys" },
	[INDICATOR_MUTEX] = { "mutex", "mutexes" },
	[INDICATOR_PIPE] = { "pipe", "named pipes" },
	[INDICATOR_USER_AGENT] = { "user-agent", "user agents" },
	[INDICATOR_MD5] = { "md5", "MD5 hashes" },
	[INDICATOR_SHA1] = { "sha1", "SHA-1 hashes" },
	[INDICATOR_SHA256] = { "sha256", "SHA-256 hashes" },
	[INDICATOR_IMPHASH] = { "imphash", "import hashes" },
	[INDICATOR_JA3] = { "ja3", "JA3 hashes" },
	[INDICATOR_STIX_PATTERN] = { "stix-pattern", "STIX patterns" },
};

const char *indicator_kind_name(IndicatorKind kind)
{
	return kind < INDICATOR_N_KINDS ? kinds[kind].name : "any";
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/kind-names.h"

#include <string.h>

#include "intel/words.h"

#define NAME_BYTES 40

static const struct {
	const char *name;
	IndicatorKind kind;
} names[] = {
	{ "any", INDICATOR_ANY },
	{ "indicator", INDICATOR_ANY },
	{ "ioc", INDICATOR_ANY },
	{ "iocvalue", INDICATOR_ANY },
	{ "observable", INDICATOR_ANY },
	{ "unknown", INDICATOR_ANY },
	{ "hash", INDICATOR_ANY },
	{ "filehash", INDICATOR_ANY },
	{ "c2", INDICATOR_ANY },
	{ "cnc", INDICATOR_ANY },
	{ "domain", INDICATOR_HOST },
	{ "domains", INDICATOR_HOST },
	{ "domainname", INDICATOR_HOST },
	{ "hostname", INDICATOR_HOST },
	{ "host", INDICATOR_HOST },
	{ "fqdn", INDICATOR_HOST },
	{ "dns", INDICATOR_HOST },
	{ "c2domain", INDICATOR_HOST },
	{ "ip", INDICATOR_ADDRESS },
	{ "ips", INDICATOR_ADDRESS },
	{ "ipv4", INDICATOR_ADDRESS },
	{ "ipv6", INDICATOR_ADDRESS },
	{ "ipaddr", INDICATOR_ADDRESS },
	{ "ipaddress", INDICATOR_ADDRESS },
	{ "ipv4addr", INDICATOR_ADDRESS },
	{ "ipv6addr", INDICATOR_ADDRESS },
	{ "ipv4address", INDICATOR_ADDRESS },
	{ "ipv6address", INDICATOR_ADDRESS },
	{ "address", INDICATOR_ADDRESS },
	{ "ipdst", INDICATOR_ADDRESS },
	{ "ipsrc", INDICATOR_ADDRESS },
	{ "dstip", INDICATOR_ADDRESS },
	{ "srcip", INDICATOR_ADDRESS },
	{ "ipport", INDICATOR_ADDRESS },
	{ "ipdstport", INDICATOR_ADDRESS },
	{ "ipsrcport", INDICATOR_ADDRESS },
	{ "cidr", INDICATOR_NETWORK },
	{ "network", INDICATOR_NETWORK },
	{ "netblock", INDICATOR_NETWORK },
	{ "subnet", INDICATOR_NETWORK },
	{ "url", INDICATOR_URL },
	{ "urls", INDICATOR_URL },
	{ "uri", INDICATOR_URL },
	{ "email", INDICATOR_EMAIL },
	{ "emailaddr", INDICATOR_EMAIL },
	{ "emailaddress", INDICATOR_EMAIL },
	{ "emailsrc", INDICATOR_EMAIL },
	{ "emaildst", INDICATOR_EMAIL },
	{ "filename", INDICATOR_FILE_NAME },
	{ "file", INDICATOR_FILE_NAME },
	{ "filepath", INDICATOR_FILE_PATH },
	{ "fullpath", INDICATOR_FILE_PATH },
	{ "path", INDICATOR_FILE_PATH },
	{ "urlname", INDICATOR_FILE_PATH }, /* of a page: the file on the server ends so */
	{ "filenameregex", INDICATOR_FILE_PATTERN },
	{ "filepathregex", INDICATOR_FILE_PATTERN },
	{ "pathregex", INDICATOR_FILE_PATTERN },
	{ "filenamepattern", INDICATOR_FILE_PATTERN },
	{ "registry", INDICATOR_REGISTRY_KEY },
	{ "registrykey", INDICATOR_REGISTRY_KEY },
	{ "regkey", INDICATOR_REGISTRY_KEY },
	{ "mutex", INDICATOR_MUTEX },
	{ "mutant", INDICATOR_MUTEX },
	{ "pipe", INDICATOR_PIPE },
	{ "namedpipe", INDICATOR_PIPE },
	{ "useragent", INDICATOR_USER_AGENT },
	{ "httpuseragent", INDICATOR_USER_AGENT },
	{ "md5", INDICATOR_MD5 },
	{ "md5hash", INDICATOR_MD5 },
	{ "hashmd5", INDICATOR_MD5 },
	{ "filehashmd5", INDICATOR_MD5 },
	{ "sha1", INDICATOR_SHA1 },
	{ "sha1hash", INDICATOR_SHA1 },
	{ "hashsha1", INDICATOR_SHA1 },
	{ "filehashsha1", INDICATOR_SHA1 },
	{ "sha256", INDICATOR_SHA256 },
	{ "sha256hash", INDICATOR_SHA256 },
	{ "hashsha256", INDICATOR_SHA256 },
	{ "filehashsha256", INDICATOR_SHA256 },
	{ "imphash", INDICATOR_IMPHASH },
	{ "ja3", INDICATOR_JA3 },
	{ "ja3hash", INDICATOR_JA3 },
	{ "ja3fingerprintmd5", INDICATOR_JA3 },
};

void kind_names_reduce(Slice word, char *ret, gsize size)
{
	gsize n = 0;

	for (gsize i = 0; i < word.size && n + 1 < size; i++) {
		if (g_ascii_isalnum(word.data[i]))
			ret[n++] = g_ascii_tolower((char)word.data[i]);
	}
	ret[n] = '\0';
}

gboolean kind_names_find(Slice word, IndicatorKind *ret)
{
	char reduced[NAME_BYTES];

	kind_names_reduce(word, reduced, sizeof(reduced));
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(reduced, names[i].name) == 0) {
			*ret = names[i].kind;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean kind_names_has_port(Slice word)
{
	char reduced[NAME_BYTES];

	kind_names_reduce(word, reduced, sizeof(reduced));
	return g_str_has_suffix(reduced, "port");
}

static gboolean is_one_of(Slice word, const char *const *list)
{
	char reduced[NAME_BYTES];

	kind_names_reduce(word, reduced, sizeof(reduced));
	return g_strv_contains(list, reduced);
}

gboolean kind_names_is_foreign(Slice word)
{
	static const char *const foreign[] = { "sha512", "sha384", "sha224", "sha512224",
		"sha512256", "ssdeep", "tlsh", "cdhash", "authentihash", "impfuzzy", "vhash",
		"pehash", "commandline", "command", "httprequest", "httprequestregex", "httpmethod",
		"logstring", "posturi", "uripath", "text", "comment", "other", "link", "attachment",
		"malwaresample", "vulnerability", "cve", "weakness", "port", "as", "asn", "size",
		"sizeinbytes", "btc", "phonenumber", "cookie", "snort", "suricata", "bro", "zeek",
		"patterninfile", "patternintraffic", "patterninmemory", "mimetype", "datetime",
		"float", "boolean", NULL };

	return is_one_of(word, foreign);
}

gboolean kind_names_is_benign(Slice word)
{
	static const char *const benign[] = { "benign", "whitelist", "whitelisted", "allowlist",
		"legit", "legitimate", "knowngood", "falsepositive", "goodware", "trusted", NULL };

	return is_one_of(word, benign);
}

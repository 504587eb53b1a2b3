/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/openioc/terms.h"

#define HTTP	  "network-traffic:extensions.'http-request-ext'."
#define SERVICE	  "process:extensions.'windows-service-ext'."
#define MD5_PATH  "file:hashes.MD5"
#define FULL_PATH "file:name" /* and file:parent_directory_ref.path */
#define NOT_ALONE (-1)

static const Term terms[] = {
	{ "FileItem/FileName", "file:name", INDICATOR_FILE_NAME, TERM_TEXT },
	{ "FileItem/FullPath", FULL_PATH, INDICATOR_FILE_PATH, TERM_PATH },
	{ "FileItem/FilePath", "file:parent_directory_ref.path", NOT_ALONE, TERM_TEXT },
	{ "FileItem/FileExtension", "file:name", NOT_ALONE, TERM_EXTENSION },
	{ "FileItem/SizeInBytes", "file:size", NOT_ALONE, TERM_NUMBER },
	{ "FileItem/PEInfo/ImpHash", "file:extensions.'windows-pebinary-ext'.imphash",
		INDICATOR_IMPHASH, TERM_HASH },
	{ "FileDownloadHistoryItem/FileName", "file:name", INDICATOR_FILE_NAME, TERM_TEXT },
	{ "FileDownloadHistoryItem/SourceURL", "url:value", INDICATOR_URL, TERM_TEXT },
	{ "UrlHistoryItem/URL", "url:value", INDICATOR_URL, TERM_TEXT },
	{ "UrlHistoryItem/HostName", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "CookieHistoryItem/HostName", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "FormHistoryItem/HostName", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "Network/DNS", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "Network/URI", HTTP "request_value", INDICATOR_URL, TERM_URI },
	{ "Network/UserAgent", HTTP "request_header.'User-Agent'", INDICATOR_USER_AGENT,
		TERM_TEXT },
	{ "Network/HTTP_Referr", HTTP "request_header.Referer", NOT_ALONE, TERM_TEXT },
	{ "DnsEntryItem/Host", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "DnsEntryItem/RecordName", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "DnsEntryItem/RecordData/Host", "domain-name:value", INDICATOR_HOST, TERM_TEXT },
	{ "DnsEntryItem/RecordData/IPv4Address", "ipv4-addr:value", INDICATOR_ADDRESS, TERM_TEXT },
	{ "DnsEntryItem/RecordData/IPv6Address", "ipv6-addr:value", INDICATOR_ADDRESS, TERM_TEXT },
	{ "ArpEntryItem/IPv4Address", "ipv4-addr:value", INDICATOR_ADDRESS, TERM_TEXT },
	{ "RouteEntryItem/Destination", "ipv4-addr:value", INDICATOR_ADDRESS, TERM_TEXT },
	{ "PortItem/remoteIP", "network-traffic:dst_ref.value", INDICATOR_ADDRESS, TERM_TEXT },
	{ "PortItem/remotePort", "network-traffic:dst_port", NOT_ALONE, TERM_NUMBER },
	{ "PortItem/localPort", "network-traffic:src_port", NOT_ALONE, TERM_NUMBER },
	{ "PortItem/process", "process:image_ref.name", NOT_ALONE, TERM_TEXT },
	{ "PortItem/path", "process:image_ref.parent_directory_ref.path", NOT_ALONE, TERM_TEXT },
	{ "RegistryItem/Path", "windows-registry-key:key", INDICATOR_REGISTRY_KEY, TERM_TEXT },
	{ "RegistryItem/KeyPath", "windows-registry-key:key", INDICATOR_REGISTRY_KEY, TERM_TEXT },
	{ "RegistryItem/ValueName", "windows-registry-key:values[*].name", NOT_ALONE, TERM_TEXT },
	{ "RegistryItem/Value", "windows-registry-key:values[*].data", NOT_ALONE, TERM_TEXT },
	{ "RegistryItem/Text", "windows-registry-key:values[*].data", NOT_ALONE, TERM_TEXT },
	{ "RegistryItem/Value/Text", "windows-registry-key:values[*].data", NOT_ALONE, TERM_TEXT },
	{ "ProcessItem/name", "process:image_ref.name", NOT_ALONE, TERM_TEXT },
	{ "ProcessItem/path", "process:image_ref.parent_directory_ref.path", NOT_ALONE, TERM_TEXT },
	{ "ProcessItem/arguments", "process:command_line", NOT_ALONE, TERM_TEXT },
	{ "ProcessItem/Username", "process:creator_user_ref.account_login", NOT_ALONE, TERM_TEXT },
	{ "ProcessItem/HandleList/Handle/Name", "mutex:name", INDICATOR_MUTEX, TERM_TEXT },
	{ "ServiceItem/name", SERVICE "service_name", NOT_ALONE, TERM_TEXT },
	{ "ServiceItem/descriptiveName", SERVICE "display_name", NOT_ALONE, TERM_TEXT },
	{ "ServiceItem/path", FULL_PATH, INDICATOR_FILE_PATH, TERM_PATH },
	{ "ServiceItem/serviceDLL", FULL_PATH, INDICATOR_FILE_PATH, TERM_PATH },
	{ "DriverItem/DriverName", "file:name", INDICATOR_FILE_NAME, TERM_TEXT },
	{ "ModuleItem/ModuleName", "file:name", INDICATOR_FILE_NAME, TERM_TEXT },
	{ "ModuleItem/ModulePath", FULL_PATH, INDICATOR_FILE_PATH, TERM_PATH },
	{ "Email/From", "email-message:from_ref.value", INDICATOR_EMAIL, TERM_TEXT },
	{ "Email/Subject", "email-message:subject", NOT_ALONE, TERM_TEXT },
	{ "Email/Body", "email-message:body", NOT_ALONE, TERM_TEXT },
	{ "Email/Attachment/Name", "file:name", INDICATOR_FILE_NAME, TERM_TEXT },
	{ "UserItem/Username", "user-account:account_login", NOT_ALONE, TERM_TEXT },
};

/* Many items have hashes of the file that they are about, under names that end alike. */
static const struct {
	const char *ending;
	Term term;
} endings[] = {
	{ "md5sum", { "", MD5_PATH, INDICATOR_MD5, TERM_HASH } },
	{ "sha1sum", { "", "file:hashes.'SHA-1'", INDICATOR_SHA1, TERM_HASH } },
	{ "sha256sum", { "", "file:hashes.'SHA-256'", INDICATOR_SHA256, TERM_HASH } },
};

const Term *term_find(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
		if (g_ascii_strcasecmp(name, terms[i].name) == 0)
			return &terms[i];
	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(lower, endings[i].ending))
			return &endings[i].term;
	return NULL;
}

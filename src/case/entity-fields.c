/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of fields that name entities, for the logs that Windows, Sysmon, Defender, Exchange,
 * web servers and proxies write. To
 * add one, put it in its place in the order of bytes; test-case.c checks the order.
 */
#include "case/entity-fields.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[ENTITY_N_KINDS] = {
	[ENTITY_ACCOUNT] = "account",
	[ENTITY_PROCESS] = "process",
	[ENTITY_FILE] = "file",
	[ENTITY_HASH] = "hash",
	[ENTITY_ADDRESS] = "address",
	[ENTITY_DOMAIN] = "domain",
	[ENTITY_HOST] = "host",
};

const char *entity_kind_name(EntityKind kind)
{
	return kind_names[kind];
}

const EntityField entity_fields[] = {
	{ "AccountName", ENTITY_ACCOUNT, NULL },
	{ "Application", ENTITY_PROCESS, NULL },
	{ "AuthenticatedUser", ENTITY_ACCOUNT, NULL },
	{ "CallerIP", ENTITY_ADDRESS, NULL },
	{ "CallerProcessName", ENTITY_PROCESS, NULL },
	{ "ClientAddress", ENTITY_ADDRESS, NULL },
	{ "ClientIP", ENTITY_ADDRESS, NULL },
	{ "ClientIPAddress", ENTITY_ADDRESS, NULL },
	{ "ClientIpAddress", ENTITY_ADDRESS, NULL },
	{ "ClientName", ENTITY_HOST, NULL },
	{ "Computer", ENTITY_HOST, NULL },
	{ "ComputerName", ENTITY_HOST, NULL },
	{ "DestAddress", ENTITY_ADDRESS, NULL },
	{ "DestinationAddress", ENTITY_ADDRESS, NULL },
	{ "DestinationFileName", ENTITY_FILE, NULL },
	{ "DestinationHostname", ENTITY_DOMAIN, NULL },
	{ "DestinationIp", ENTITY_ADDRESS, NULL },
	{ "DriverPath", ENTITY_FILE, NULL },
	{ "FaultingModulePath", ENTITY_FILE, NULL },
	{ "FileHash", ENTITY_HASH, NULL },
	{ "FileHashSha256", ENTITY_HASH, NULL },
	{ "FileName", ENTITY_FILE, NULL },
	{ "FilePath", ENTITY_FILE, NULL },
	{ "Filename", ENTITY_FILE, NULL },
	{ "Hash", ENTITY_HASH, NULL },
	{ "Hashes", ENTITY_HASH, NULL },
	{ "IPString", ENTITY_ADDRESS, NULL },
	{ "Image", ENTITY_PROCESS, NULL },
	{ "ImageLoaded", ENTITY_FILE, NULL },
	{ "ImagePath", ENTITY_FILE, NULL },
	{ "ImpersonatedUser", ENTITY_ACCOUNT, NULL },
	{ "Imphash", ENTITY_HASH, NULL },
	{ "IpAddress", ENTITY_ADDRESS, NULL },
	{ "LocalName", ENTITY_FILE, NULL },
	{ "MD5", ENTITY_HASH, NULL },
	{ "MachineName", ENTITY_HOST, NULL },
	{ "MemberName", ENTITY_ACCOUNT, NULL },
	{ "ModulePath", ENTITY_FILE, NULL },
	{ "NewProcessName", ENTITY_PROCESS, NULL },
	{ "NewTargetUserName", ENTITY_ACCOUNT, "TargetDomainName" },
	{ "OldTargetUserName", ENTITY_ACCOUNT, "TargetDomainName" },
	{ "OriginalPath", ENTITY_FILE, NULL },
	{ "ParentHashes", ENTITY_HASH, NULL },
	{ "ParentImage", ENTITY_PROCESS, NULL },
	{ "ParentProcessName", ENTITY_PROCESS, NULL },
	{ "ParentUser", ENTITY_ACCOUNT, NULL },
	{ "Path", ENTITY_FILE, NULL },
	{ "ProcessName", ENTITY_PROCESS, NULL },
	{ "ProcessPath", ENTITY_PROCESS, NULL },
	{ "QueryName", ENTITY_DOMAIN, NULL },
	{ "RelativeTargetName", ENTITY_FILE, NULL },
	{ "RemoteAddress", ENTITY_ADDRESS, NULL },
	{ "RemoteAddresses", ENTITY_ADDRESS, NULL },
	{ "RemoteHost", ENTITY_HOST, NULL },
	{ "RemoteIP", ENTITY_ADDRESS, NULL },
	{ "RemoteIp", ENTITY_ADDRESS, NULL },
	{ "RemoteName", ENTITY_DOMAIN, NULL },
	{ "RunAsUser", ENTITY_ACCOUNT, NULL },
	{ "SHA1", ENTITY_HASH, NULL },
	{ "SHA1FlatHash", ENTITY_HASH, NULL },
	{ "SHA256", ENTITY_HASH, NULL },
	{ "SHA256FlatHash", ENTITY_HASH, NULL },
	{ "SamAccountName", ENTITY_ACCOUNT, "TargetDomainName" },
	{ "ScriptName", ENTITY_FILE, NULL },
	{ "ServerHostName", ENTITY_HOST, NULL },
	{ "ServerName", ENTITY_HOST, NULL },
	{ "ServiceAccount", ENTITY_ACCOUNT, NULL },
	{ "ServiceFileName", ENTITY_FILE, NULL },
	{ "Sha1", ENTITY_HASH, NULL },
	{ "Sha256", ENTITY_HASH, NULL },
	{ "SourceAddress", ENTITY_ADDRESS, NULL },
	{ "SourceFileName", ENTITY_FILE, NULL },
	{ "SourceHostname", ENTITY_HOST, NULL },
	{ "SourceIPAddress", ENTITY_ADDRESS, NULL },
	{ "SourceImage", ENTITY_PROCESS, NULL },
	{ "SourceIp", ENTITY_ADDRESS, NULL },
	{ "SourceProcess", ENTITY_PROCESS, NULL },
	{ "SourceUser", ENTITY_ACCOUNT, NULL },
	{ "SubjectUser", ENTITY_ACCOUNT, "SubjectDomainName" },
	{ "SubjectUserName", ENTITY_ACCOUNT, "SubjectDomainName" },
	{ "TargetFilename", ENTITY_FILE, NULL },
	{ "TargetImage", ENTITY_PROCESS, NULL },
	{ "TargetOutboundUserName", ENTITY_ACCOUNT, "TargetOutboundDomainName" },
	{ "TargetPath", ENTITY_FILE, NULL },
	{ "TargetServer", ENTITY_HOST, NULL },
	{ "TargetServerName", ENTITY_HOST, NULL },
	{ "TargetUser", ENTITY_ACCOUNT, NULL },
	{ "TargetUserName", ENTITY_ACCOUNT, "TargetDomainName" },
	{ "UrlHost", ENTITY_DOMAIN, NULL },
	{ "User", ENTITY_ACCOUNT, NULL },
	{ "UserContext", ENTITY_ACCOUNT, NULL },
	{ "UserName", ENTITY_ACCOUNT, "DomainName" },
	{ "Workstation", ENTITY_HOST, NULL },
	{ "WorkstationName", ENTITY_HOST, NULL },
	{ "c-ip", ENTITY_ADDRESS, NULL },
	{ "cs(Host)", ENTITY_DOMAIN, NULL },
	{ "cs-host", ENTITY_DOMAIN, NULL },
	{ "cs-username", ENTITY_ACCOUNT, NULL },
	{ "localName", ENTITY_FILE, NULL },
	{ "md5", ENTITY_HASH, NULL },
	{ "r-dns", ENTITY_DOMAIN, NULL },
	{ "r-ip", ENTITY_ADDRESS, NULL },
	{ "sha1", ENTITY_HASH, NULL },
	{ "sha256", ENTITY_HASH, NULL },
};

const guint entity_fields_n = G_N_ELEMENTS(entity_fields);

static int compare_name(const void *name, const void *field)
{
	return strcmp(name, ((const EntityField *)field)->name);
}

int entity_field_find(const char *name)
{
	const EntityField *found = bsearch(name, entity_fields, G_N_ELEMENTS(entity_fields),
		sizeof(entity_fields[0]), compare_name);

	return found ? (int)(found - entity_fields) : -1;
}

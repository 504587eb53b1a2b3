/* SPDX-License-Identifier: Apache-2.0 */
/* Events that several parts of the story share, with the fields that Windows gives them. */
#include <string.h>

#include "world.h"

static gboolean has_sysmon(HostId host)
{
	return host == HOST_EXCH01 || host == HOST_WS01 || host == HOST_WS02;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '\\');

	return slash ? slash + 1 : path;
}

static const char *number(World *w, guint n)
{
	return world_text(w, "%u", n);
}

/* A hash that is none: the example has no programs, so there is nothing to hash. */
static const char *hashes(World *w, const char *image)
{
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, image, -1);

	return world_text(w, "SHA256=%s", sha256);
}

static void security_process(World *w, HostId host, Instant time, const Process *p, guint pid)
{
	world_add(w, host, LOG_SECURITY, 4688, time,
		fields("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName", p->user,
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x3e7",
			"NewProcessId:x64", number(w, pid), "NewProcessName", p->image,
			"TokenElevationType", "%%1936", "ProcessId:x64",
			number(w, world_random(w, 200, 2000) * 4), "CommandLine", p->command_line,
			"TargetUserSid:sid", "S-1-0-0", "TargetUserName", "-", "TargetDomainName",
			"-", "TargetLogonId:x64", "0x0", "ParentProcessName", p->parent_image,
			"MandatoryLabel:sid", "S-1-16-12288", NULL));
}

guint event_process(World *w, HostId host, Instant time, const Process *p)
{
	guint pid = world_random(w, 200, 3000) * 4;

	if (!has_sysmon(host)) {
		security_process(w, host, time, p, pid);
		return pid;
	}
	world_add(w, host, LOG_SYSMON, 1, time,
		fields("RuleName", "-", "UtcTime", world_utc(w, time), "ProcessGuid:guid",
			world_guid(w), "ProcessId:u32", number(w, pid), "Image", p->image,
			"FileVersion", "-", "Description", "-", "Product", "-", "Company", "-",
			"OriginalFileName",
			p->original_name ? p->original_name : file_name(p->image), "CommandLine",
			p->command_line, "CurrentDirectory", "C:\\Windows\\System32\\", "User",
			p->user, "LogonGuid:guid", world_guid(w), "LogonId:x64", "0x3e7",
			"TerminalSessionId:u32", "0", "IntegrityLevel", p->integrity, "Hashes",
			hashes(w, p->image), "ParentProcessGuid:guid", world_guid(w),
			"ParentProcessId:u32", number(w, world_random(w, 200, 2000) * 4),
			"ParentImage", p->parent_image, "ParentCommandLine",
			p->parent_command_line ? p->parent_command_line : p->parent_image, NULL));
	return pid;
}

static EvtxData *logon_data(World *w, HostId host, const char *user, const char *sid, guint type,
	const char *address, const char *logon_id)
{
	gboolean service = type == 5;

	return fields("SubjectUserSid:sid", service ? "S-1-5-18" : "S-1-0-0", "SubjectUserName",
		service ? world_text(w, "%s$", world_host(host)->name) : "-", "SubjectDomainName",
		service ? "CORP" : "-", "SubjectLogonId:x64", service ? "0x3e7" : "0x0",
		"TargetUserSid:sid", sid, "TargetUserName", user, "TargetDomainName", "CORP",
		"TargetLogonId:x64", logon_id, "LogonType:u32", number(w, type), "LogonProcessName",
		type == 3	  ? "Kerberos"
			: service ? "Advapi  "
				  : "User32 ",
		"AuthenticationPackageName", type == 3 ? "Kerberos" : "Negotiate",
		"WorkstationName", type == 3 ? "-" : world_host(host)->name, "LogonGuid:guid",
		world_guid(w), "TransmittedServices", "-", "LmPackageName", "-", "KeyLength:u32",
		"0", "ProcessId:x64", "0x274", "ProcessName",
		service ? "C:\\Windows\\System32\\services.exe" : "-", "IpAddress", address,
		"IpPort", *address == '-' ? "-" : number(w, world_random(w, 49200, 65000)),
		"ImpersonationLevel", "%%1833", NULL);
}

void event_logon(World *w, HostId host, Instant time, Instant length, const char *user,
	const char *sid, guint type, const char *address, gboolean privileged)
{
	const char *id = world_text(w, "0x%x", world_random(w, 0x20000, 0xffffff));

	world_add(w, host, LOG_SECURITY, 4624, time,
		logon_data(w, host, user, sid, type, address, id));
	if (privileged)
		world_add(w, host, LOG_SECURITY, 4672, time,
			fields("SubjectUserSid:sid", sid, "SubjectUserName", user,
				"SubjectDomainName", "CORP", "SubjectLogonId:x64", id,
				"PrivilegeList", "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege",
				NULL));
	if (length > 0)
		world_add(w, host, LOG_SECURITY, 4634, time + length,
			fields("TargetUserSid:sid", sid, "TargetUserName", user, "TargetDomainName",
				"CORP", "TargetLogonId:x64", id, "LogonType:u32", number(w, type),
				NULL));
}

void event_file(World *w, HostId host, Instant time, const char *image, const char *path)
{
	world_add(w, host, LOG_SYSMON, 11, time,
		fields("RuleName", "-", "UtcTime", world_utc(w, time), "ProcessGuid:guid",
			world_guid(w), "ProcessId:u32", number(w, world_random(w, 200, 2000) * 4),
			"Image", image, "TargetFilename", path, "CreationUtcTime",
			world_utc(w, time), NULL));
}

void event_connection(World *w, HostId host, Instant time, const char *image, const char *user,
	const char *address, guint port)
{
	world_add(w, host, LOG_SYSMON, 3, time,
		fields("RuleName", "-", "UtcTime", world_utc(w, time), "ProcessGuid:guid",
			world_guid(w), "ProcessId:u32", number(w, world_random(w, 200, 2000) * 4),
			"Image", image, "User", user, "Protocol", "tcp", "Initiated:bool", "true",
			"SourceIsIpv6:bool", "false", "SourceIp", world_host(host)->address,
			"SourceHostname", world_host(host)->full_name, "SourcePort:u16",
			number(w, world_random(w, 49200, 65000)), "SourcePortName", "-",
			"DestinationIsIpv6:bool", "false", "DestinationIp", address,
			"DestinationHostname", "-", "DestinationPort:u16", number(w, port),
			"DestinationPortName", port == 443 ? "https" : "-", NULL));
}

void event_name_query(World *w, HostId host, Instant time, const char *image, const char *name,
	const char *address)
{
	world_add(w, host, LOG_SYSMON, 22, time,
		fields("RuleName", "-", "UtcTime", world_utc(w, time), "ProcessGuid:guid",
			world_guid(w), "ProcessId:u32", number(w, world_random(w, 200, 2000) * 4),
			"QueryName", name, "QueryStatus", *address == '-' ? "9003" : "0",
			"QueryResults",
			*address == '-' ? "-" : world_text(w, "::ffff:%s;", address), "Image",
			image, NULL));
}

void event_registry(World *w, HostId host, Instant time, const char *image, const char *key,
	const char *details)
{
	world_add(w, host, LOG_SYSMON, 13, time,
		fields("RuleName", "-", "EventType", "SetValue", "UtcTime", world_utc(w, time),
			"ProcessGuid:guid", world_guid(w), "ProcessId:u32",
			number(w, world_random(w, 200, 2000) * 4), "Image", image, "TargetObject",
			key, "Details", details, NULL));
}

/* Unnamed Data, as the classic log has it: the state, a number and a block of text. */
static void classic(World *w, HostId host, Instant time, guint16 id, const char *first,
	const char *second, const char *command_line)
{
	const char *block = world_text(w,
		"\tSequenceNumber=%u\n\n\tHostName=ConsoleHost\n\tHostVersion=5.1.17763.1\n"
		"\tHostId=%.36s\n\tHostApplication=%s\n\tEngineVersion=5.1.17763.1\n",
		world_random(w, 10, 40), world_guid(w) + 1, command_line);

	world_add(w, host, LOG_POWERSHELL_CLASSIC, id, time,
		fields("-", first, "-", second, "-", block, NULL));
}

void event_powershell(World *w, HostId host, Instant time, const char *command_line,
	const char *script, const char *path)
{
	classic(w, host, time, 600, "FileSystem", "Started", command_line);
	classic(w, host, time + INSTANT_SECOND / 5, 400, "Available", "None", command_line);
	if (script)
		world_add(w, host, LOG_POWERSHELL, 4104, time + INSTANT_SECOND,
			fields("MessageNumber:i32", "1", "MessageTotal:i32", "1", "ScriptBlockText",
				script, "ScriptBlockId", world_text(w, "%.36s", world_guid(w) + 1),
				"Path", path, NULL));
	classic(w, host, time + 3 * INSTANT_SECOND, 403, "Stopped", "Available", command_line);
}

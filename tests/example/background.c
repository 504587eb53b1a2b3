/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ten days of everyday life: people log on, machines keep themselves busy, and much of it looks a
 * little like an attack without being one (scripts in PowerShell, failed logons, new services). The
 * rules of content/ must stay silent here; tests/content says so.
 */
#include "world.h"

#define SYSTEM_USER "NT AUTHORITY\\SYSTEM"

static const Person people[] = {
	{ "a.lindqvist", 1104, HOST_WS01 },
	{ "j.moreau", 1105, HOST_WS01 },
	{ "m.okafor", 1106, HOST_WS02 },
	{ "t.hansen-adm", 1130, HOST_WS02 },
};

static const HostId machines[] = { HOST_EXCH01, HOST_FS01, HOST_WS01, HOST_WS02 };

/* What runs on a workstation. */
static const Process desktop[] = {
	{ "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
		"\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\"", NULL,
		"C:\\Windows\\explorer.exe", NULL, NULL, "Medium" },
	{ "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
		"\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n "
		"\"C:\\Users\\Public\\Documents\\minutes.docx\"",
		NULL, "C:\\Windows\\explorer.exe", NULL, "WinWord.exe", "Medium" },
	{ "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
		"\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer",
		NULL, "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", NULL, NULL,
		"Medium" },
	{ "C:\\Windows\\System32\\net.exe", "net use H: \\\\FS01\\home /persistent:yes", NULL,
		"C:\\Windows\\System32\\cmd.exe", "cmd /c \"\\\\DC01\\NETLOGON\\logon.cmd\"", NULL,
		"Medium" },
	{ "C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe KEYROAMING", NULL,
		"C:\\Windows\\System32\\svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule", NULL, "Medium" },
};

/* What runs on any Windows, by itself. */
static const Process housekeeping[] = {
	{ "C:\\Windows\\System32\\svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k wsappx -p -s ClipSVC", SYSTEM_USER,
		"C:\\Windows\\System32\\services.exe", NULL, NULL, "System" },
	{ "C:\\Windows\\System32\\SearchProtocolHost.exe",
		"\"C:\\Windows\\system32\\SearchProtocolHost.exe\" "
		"Global\\UsGthrFltPipeMssGthrPipe1",
		SYSTEM_USER, "C:\\Windows\\System32\\SearchIndexer.exe", NULL, NULL, "System" },
	{ "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2101.9-0\\MpCmdRun.exe",
		"\"C:\\ProgramData\\Microsoft\\Windows "
		"Defender\\Platform\\4.18.2101.9-0\\MpCmdRun.exe\""
		" SignatureUpdate -ScheduleJob",
		SYSTEM_USER, "C:\\Windows\\System32\\svchost.exe", NULL, NULL, "System" },
	{ "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
		"C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding", SYSTEM_USER,
		"C:\\Windows\\System32\\svchost.exe", NULL, NULL, "System" },
};

/* What an Exchange server does all day. */
static const Process exchange[] = {
	{ "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
		"\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe\" /noconfig "
		"/fullpaths "
		"@\"C:\\Windows\\TEMP\\q3bkz1f0.cmdline\"",
		SYSTEM_USER, "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
		"c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\"", NULL,
		"System" },
	{ "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\"
	  "MSExchangeHMWorker.exe",
		"\"C:\\Program Files\\Microsoft\\Exchange "
		"Server\\V15\\Bin\\MSExchangeHMWorker.exe\" "
		"-pipe:1632",
		SYSTEM_USER,
		"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeHMHost.exe",
		NULL, NULL, "System" },
	{ "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
		"powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File "
		"C:\\Scripts\\Trim-IisLogs.ps1",
		SYSTEM_USER, "C:\\Windows\\System32\\svchost.exe",
		"C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule", "PowerShell.EXE",
		"System" },
};

static Process as_user(World *w, const Process *p, const char *user)
{
	Process ret = *p;

	if (!ret.user)
		ret.user = world_text(w, "CORP\\%s", user);
	return ret;
}

static void run(
	World *w, HostId host, Instant time, const Process *table, guint n, const char *user)
{
	Process p = as_user(w, &table[world_random(w, 0, n)], user);

	(void)event_process(w, host, time, &p); /* nobody asks for its id */
}

/* ---- a day at a desk ----------------------------------------------------------------------------
 */

static void browse(World *w, HostId host, Instant time, const char *user)
{
	static const char *const names[] = { "www.example.org", "intranet.corp.example.com",
		"news.example.net", "cdn.example.net", "mail.corp.example.com" };
	const char *image = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
	const char *name = names[world_random(w, 0, G_N_ELEMENTS(names))];
	const char *address = world_text(w, "198.51.100.%u", world_random(w, 30, 90));

	event_name_query(w, host, time, image, name, address);
	event_connection(w, host, time + INSTANT_SECOND, image, world_text(w, "CORP\\%s", user),
		address, 443);
	if (world_random(w, 0, 4) == 0)
		event_file(w, host, time + 20 * INSTANT_SECOND, image,
			world_text(w, "C:\\Users\\%s\\Downloads\\report-%u.pdf", user,
				world_random(w, 100, 999)));
}

static void wrong_password(World *w, HostId host, Instant time, const Person *p)
{
	world_add(w, host, LOG_SECURITY, 4625, time,
		fields("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName",
			world_text(w, "%s$", world_host(host)->name), "SubjectDomainName", "CORP",
			"SubjectLogonId:x64", "0x3e7", "TargetUserSid:sid", "S-1-0-0",
			"TargetUserName", p->name, "TargetDomainName", "CORP", "Status:x32",
			"0xc000006d", "FailureReason", "%%2313", "SubStatus:x32", "0xc000006a",
			"LogonType:u32", "2", "LogonProcessName", "User32 ",
			"AuthenticationPackageName", "Negotiate", "WorkstationName",
			world_host(host)->name, "ProcessName", "C:\\Windows\\System32\\svchost.exe",
			"IpAddress", "127.0.0.1", "IpPort", "0", NULL));
}

static void ticket(World *w, Instant time, const char *user, const char *sid, const char *service,
	const char *address)
{
	gboolean first = !service;

	world_add(w, HOST_DC01, LOG_SECURITY, first ? 4768 : 4769, time,
		fields("TargetUserName", user, "TargetDomainName", "CORP.EXAMPLE.COM",
			"TargetSid:sid", sid, "ServiceName", first ? "krbtgt" : service,
			"TicketOptions:x32", "0x40810010", "Status:x32", "0x0",
			"TicketEncryptionType:x32", "0x12", "IpAddress",
			world_text(w, "::ffff:%s", address), "IpPort",
			world_text(w, "%u", world_random(w, 49200, 65000)), NULL));
}

static void use_share(World *w, Instant time, const Person *p, const char *sid)
{
	static const char *const shares[] = { "home", "projects", "research", "scans" };

	world_add(w, HOST_FS01, LOG_SECURITY, 5140, time,
		fields("SubjectUserSid:sid", sid, "SubjectUserName", p->name, "SubjectDomainName",
			"CORP", "SubjectLogonId:x64", "0x1f2a3b", "ObjectType", "File", "IpAddress",
			world_host(p->workstation)->address, "IpPort", "50122", "ShareName",
			world_text(
				w, "\\\\*\\%s", shares[world_random(w, 0, G_N_ELEMENTS(shares))]),
			"ShareLocalPath", "\\??\\D:\\Shares", "AccessMask:x32", "0x1", NULL));
}

static void working_day(World *w, guint day, const Person *p)
{
	const char *sid = world_sid(w, p->relative_id);
	const char *address = world_host(p->workstation)->address;
	Instant start = world_moment(w, world_time(day, 6, 30, 0), 2 * WORLD_HOUR);
	Instant length = world_moment(w, 7 * WORLD_HOUR, 2 * WORLD_HOUR);

	if (world_random(w, 0, 4) == 0)
		wrong_password(w, p->workstation, start - 10 * INSTANT_SECOND, p);
	ticket(w, start, p->name, sid, NULL, address);
	event_logon(w, p->workstation, start, length, p->name, sid, 2, "127.0.0.1",
		p->relative_id == 1130);
	for (guint i = 0; i < 5; i++)
		run(w, p->workstation, world_moment(w, start, length), desktop,
			G_N_ELEMENTS(desktop), p->name);
	for (guint i = 0; i < 6; i++)
		browse(w, p->workstation, world_moment(w, start, length), p->name);
	for (guint i = 0; i < 3; i++) {
		Instant time = world_moment(w, start, length);

		ticket(w, time, world_text(w, "%s@CORP.EXAMPLE.COM", p->name), sid, "FS01$",
			address);
		event_logon(w, HOST_FS01, time, 10 * WORLD_MINUTE, p->name, sid, 3,
			world_host(p->workstation)->link_local, FALSE);
		use_share(w, time + INSTANT_SECOND, p, sid);
	}
}

/* ---- machines by themselves ---------------------------------------------------------------------
 */

static void machine_day(World *w, guint day, HostId host)
{
	Instant start = world_time(day, 0, 0, 0);

	for (guint i = 0; i < 4; i++)
		event_logon(w, host, world_moment(w, start, WORLD_DAY), 0, "SYSTEM", "S-1-5-18", 5,
			"-", TRUE);
	for (guint i = 0; i < 3; i++)
		run(w, host, world_moment(w, start, WORLD_DAY), housekeeping,
			G_N_ELEMENTS(housekeeping), "SYSTEM");
}

static void controller_day(World *w, guint day)
{
	Instant start = world_time(day, 0, 0, 0);

	for (guint i = 0; i < G_N_ELEMENTS(machines); i++) {
		const char *sid = world_sid(w, 1010 + i);
		const Host *machine = world_host(machines[i]);
		const char *account = world_text(w, "%s$", machine->name);

		for (guint k = 0; k < 8; k++) {
			Instant time = world_moment(w, start, WORLD_DAY);

			ticket(w, time, account, sid, "DC01$", machine->address);
			event_logon(w, HOST_DC01, time + INSTANT_SECOND / 4,
				world_moment(w, INSTANT_SECOND, WORLD_MINUTE), account, sid, 3,
				machine->link_local, FALSE);
		}
	}
}

static void service_states(World *w, guint day, HostId host)
{
	static const char *const services[] = { "Windows Modules Installer",
		"Background Intelligent Transfer Service", "Software Protection",
		"Microsoft Exchange Health Manager", "WMI Performance Adapter" };

	for (guint i = 0; i < 5; i++) {
		Instant time = world_moment(w, world_time(day, 0, 0, 0), WORLD_DAY);
		const char *name = services[world_random(w, 0, G_N_ELEMENTS(services))];

		world_add(w, host, LOG_SYSTEM, 7036, time,
			fields("param1", name, "param2", "running", "-:binary", "5700530000",
				NULL));
		world_add(w, host, LOG_SYSTEM, 7036, time + 3 * WORLD_MINUTE,
			fields("param1", name, "param2", "stopped", "-:binary", "5700530000",
				NULL));
	}
}

static void scheduled_tasks(World *w, guint day)
{
	static const char *const tasks[] = {
		"\\Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan",
		"\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan",
		"\\Microsoft\\Windows\\Chkdsk\\ProactiveScan", "\\Corp\\Trim IIS logs"
	};

	for (guint i = 0; i < G_N_ELEMENTS(tasks); i++) {
		Instant time = world_moment(w, world_time(day, 1 + i, 0, 0), WORLD_HOUR);
		const char *id = world_guid(w);

		world_add(w, HOST_EXCH01, LOG_TASKS, 100, time,
			fields("TaskName", tasks[i], "UserContext", SYSTEM_USER, "InstanceId:guid",
				id, NULL));
		world_add(w, HOST_EXCH01, LOG_TASKS, 102, time + 2 * WORLD_MINUTE,
			fields("TaskName", tasks[i], "UserContext", SYSTEM_USER, "InstanceId:guid",
				id, NULL));
	}
}

static void defender_day(World *w, guint day)
{
	Instant time = world_moment(w, world_time(day, 3, 0, 0), WORLD_HOUR);
	const char *scan = world_guid(w);

	world_add(w, HOST_EXCH01, LOG_DEFENDER, 2000, time - WORLD_HOUR,
		fields("Product Name", "Microsoft Defender Antivirus", "Product Version",
			"4.18.2101.9", "Current Signature Version",
			world_text(w, "1.331.%u.0", 1900 + day * 37), "Update Source Index", "1",
			NULL));
	world_add(w, HOST_EXCH01, LOG_DEFENDER, 1000, time,
		fields("Product Name", "Microsoft Defender Antivirus", "Scan ID", scan, "Scan Type",
			"Antimalware", "Scan Parameters", "Quick scan", NULL));
	world_add(w, HOST_EXCH01, LOG_DEFENDER, 1001, time + 11 * WORLD_MINUTE,
		fields("Product Name", "Microsoft Defender Antivirus", "Scan ID", scan, "Scan Type",
			"Antimalware", "Scan Parameters", "Quick scan", NULL));
}

static void exchange_day(World *w, guint day)
{
	static const char script[] = "$old = (Get-Date).AddDays(-14)\nGet-ChildItem "
				     "C:\\inetpub\\logs\\LogFiles -Recurse -Filter *.log |\n"
				     "    Where-Object LastWriteTime -lt $old | Remove-Item";
	Instant start = world_time(day, 0, 0, 0);
	Instant trim = world_time(day, 4, 30, 2);

	for (guint i = 0; i < 6; i++)
		run(w, HOST_EXCH01, world_moment(w, start, WORLD_DAY), exchange, 2, "SYSTEM");
	run(w, HOST_EXCH01, trim, exchange + 2, 1, "SYSTEM");
	event_powershell(w, HOST_EXCH01, trim, exchange[2].command_line, script,
		"C:\\Scripts\\Trim-IisLogs.ps1");
	for (guint i = 0; i < 3; i++) {
		Instant time = world_moment(w, start, WORLD_DAY);
		const char *image = "C:\\Program Files\\Microsoft\\Exchange "
				    "Server\\V15\\Bin\\EdgeTransport.exe";

		event_name_query(w, HOST_EXCH01, time, image, "mx.example.net", "198.51.100.25");
		event_connection(w, HOST_EXCH01, time, image, "NT AUTHORITY\\NETWORK SERVICE",
			"198.51.100.25", 25);
	}
}

/* A patch evening with a benign new service, a remote desktop session and a privileged account. */
static void maintenance(World *w)
{
	static const char *const checks[] = { "Get-Queue | Where-Object MessageCount -gt 50",
		"Get-MailboxDatabaseCopyStatus * | Format-Table Name, Status", "Test-ServiceHealth",
		"Get-ExchangeServer | Format-List Name, AdminDisplayVersion",
		"Get-HotFix | Sort-Object InstalledOn", "Get-ExchangeCertificate" };
	Instant start = world_time(2, 19, 2, 11);

	event_logon(w, HOST_EXCH01, start, WORLD_HOUR, "t.hansen-adm", world_sid(w, 1130), 10,
		world_host(HOST_WS02)->link_local, TRUE);
	world_add(w, HOST_EXCH01, LOG_SYSTEM, 7045, start + 9 * WORLD_MINUTE,
		fields("ServiceName", "Corp Backup Agent", "ImagePath",
			"\"C:\\Program Files\\Corp Backup\\agent.exe\" -service", "ServiceType",
			"user mode service", "StartType", "auto start", "AccountName",
			"LocalSystem", NULL));
	event_registry(w, HOST_EXCH01, start + 9 * WORLD_MINUTE,
		"C:\\Windows\\System32\\services.exe",
		"HKLM\\System\\CurrentControlSet\\Services\\CorpBackup\\Start",
		"DWORD (0x00000002)");
	for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
		event_powershell(w, HOST_EXCH01, start + (12 + 3 * i) * WORLD_MINUTE,
			"powershell.exe -noexit -command . "
			"'C:\\Program Files\\Microsoft\\Exchange "
			"Server\\V15\\bin\\RemoteExchange.ps1'",
			checks[i], "");
}

void background(World *w)
{
	for (guint day = 0; day < WORLD_DAYS; day++) {
		gboolean weekend = day % 7 == 1 || day % 7 == 2; /* day 0 is a Friday */

		for (guint p = 0; p < G_N_ELEMENTS(people) && !weekend; p++)
			working_day(w, day, &people[p]);
		for (guint host = 0; host < HOST_N; host++)
			if (host != HOST_DC01)
				machine_day(w, day, (HostId)host);
		controller_day(w, day);
		service_states(w, day, HOST_EXCH01);
		scheduled_tasks(w, day);
		defender_day(w, day);
		exchange_day(w, day);
	}
	maintenance(w);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does not belong, and what looks like it: the administrator who changes an address, scanners,
 * the chain of March 2021 on EX01 while it was open, and attempts on both while they were closed.
 *
 * Only traces are written, in the order and form that public reports give; nothing here could do
 * anything, and the script is INERT_SCRIPT. examples/exchange/README.md tells the story.
 */
#include "story.h"
#include "traffic.h"

#define INTRUDER "203.0.113.66"
#define VISITOR	 "203.0.113.92"
#define SCANNER	 "198.51.100.231"
#define PROBER	 "198.51.100.240"
#define OTHER	 "203.0.113.140"
#define CLIENT	 "python-requests/2.25.1"
#define AGENT                                                                                      \
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/65.0.2345 "           \
	"Safari/537.36"
#define CANARY	 "msExchEcpCanary=M1xS4example.&schema="
#define DDI	 "/ecp/DDI/DDIService.svc/"
#define IDENTITY "982d48c8-8bfa-4b6b-b431-53fd7ea4e9b3"

static const Truth attempt = { "attack", "attempted", "the flaw is tried" };
static const Truth closed = { "attack", "attempted", "the flaw is tried on an updated server" };
static const Truth scan = { "scan", "attempted", "a scanner looks whether the flaw is there" };
static const Truth search = { "scan", "attempted", "somebody looks for shells of others" };
static const Truth entered = { "attack", "entered", "the server is asked in its own name" };
static const Truth written = { "attack", "shell-written", "a page is written" };
static const Truth used = { "attack", "shell-written,shell-used", "the page takes orders" };
static const Truth ran = { "attack", "shell-used", "an order is carried out" };
static const Truth hands = { "attack", "hands-on-keyboard", "somebody works on the server" };
static const Truth trace = { "attack", "-", "a trace that proves nothing by itself" };

typedef struct Stage {
	Farm *f;
	Windows *w;
	ServerId server;
} Stage;

/* A request as the front end's two logs have it. */
static void front(const Stage *s, LogId log, Instant time, ProxyRow row, const Truth *truth)
{
	WebRow web = { row.method, row.stem, row.query ? row.query + 1 : NULL, NULL, row.address,
		row.agent, 443, row.status };

	farm_plan(s->f, s->server, log, time, proxy_row(s->f, s->server, log, time, &row), truth);
	farm_plan(
		s->f, s->server, LOG_IIS_FRONT, time, iis_row(s->f, s->server, time, &web), truth);
}

static void back(const Stage *s, Instant time, const char *method, const char *stem,
	const char *query, guint status, const Truth *truth)
{
	const char *name = farm_server(s->server)->name;
	WebRow web = { method, stem, query, farm_text(s->f, "CORP\\%s$", name),
		farm_server(s->server)->address, CLIENT, 444, status };

	farm_plan(s->f, s->server, LOG_IIS_BACK, time, iis_row(s->f, s->server, time, &web), truth);
}

/* A request with the cookie of CVE-2021-26855, to any static file of the control panel. */
static void named(const Stage *s, Instant time, const char *address, const char *agent,
	const char *asked, guint status, const Truth *truth)
{
	const ProxyRow row = { .host = "mail.example.com",
		.stem = "/ecp/y.js",
		.authentication = "FBA",
		.anchor = farm_text(
			s->f, "ServerInfo~a]@%s:444%s#", farm_server(s->server)->full_name, asked),
		.agent = agent,
		.address = address,
		.status = status,
		.back_end_status = status == 500 ? 0 : status,
		.error = status == 500 ? "InvalidBackEndServer" : NULL,
		.method = "POST",
		.hint = "X-BEResource-Cookie",
		.proxied = status != 500 };

	front(s, LOG_ECP, time, row, truth);
}

/* ---- the chain
 * -----------------------------------------------------------------------------------
 */

static void cmdlet(
	const Stage *s, Instant time, const char *command, const char *query, const Truth *truth)
{
	const char *url = farm_text(s->f, DDI "SetObject?" CANARY "%s", query);

	farm_plan(s->f, s->server, LOG_ECP_SERVER, time,
		ecp_server_row(s->f, s->server, time, command, url, NULL), truth);
}

/* What the seven requests look like on the front end and behind it. */
static void requests(const Stage *s, Instant t)
{
	static const struct {
		guint at; /* seconds */
		const char *agent, *asked, *stem, *query;
		guint status;
	} steps[] = {
		{ 0, "ExchangeServicesClient/0.0.0.0", "/autodiscover/autodiscover.xml?",
			"/autodiscover/autodiscover.xml", NULL, 200 },
		{ 2, CLIENT, "/mapi/emsmdb/?", "/mapi/emsmdb/", NULL, 200 },
		{ 4, CLIENT, "/ecp/proxyLogon.ecp?", "/ecp/proxyLogon.ecp", NULL, 241 },
		{ 7, CLIENT, DDI "GetObject?" CANARY "OABVirtualDirectory", DDI "GetObject",
			CANARY "OABVirtualDirectory", 200 },
		{ 10, CLIENT, DDI "SetObject?" CANARY "OABVirtualDirectory", DDI "SetObject",
			CANARY "OABVirtualDirectory", 200 },
		{ 13, CLIENT, DDI "SetObject?" CANARY "ResetOABVirtualDirectory", DDI "SetObject",
			CANARY "ResetOABVirtualDirectory", 200 },
		{ 16, CLIENT, DDI "SetObject?" CANARY "OABVirtualDirectory", DDI "SetObject",
			CANARY "OABVirtualDirectory", 200 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		const Truth *truth = steps[i].at == 13 ? &written : &entered;
		Instant time = t + steps[i].at * INSTANT_SECOND;

		named(s, time, INTRUDER, steps[i].agent, steps[i].asked, steps[i].status, truth);
		back(s, time, "POST", steps[i].stem, steps[i].query, steps[i].status,
			i < 3 ? &trace : truth);
	}
}

static void cmdlets(const Stage *s, Instant t)
{
	const char *name = farm_server(s->server)->name;
	const char *set =
		"Set-OabVirtualDirectory.ExternalUrl='" INERT_SCRIPT "'.Identity='" IDENTITY "'";
	const char *me = farm_text(s->f, "corp.example.com/Computers/%s", name);
	const char *folder =
		"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\OAB";
	const char *sid = "S-1-5-18";

	cmdlet(s, t + 7 * INSTANT_SECOND,
		"Get-OabVirtualDirectory.ADPropertiesOnly=$true.Identity=$null",
		"OABVirtualDirectory", NULL);
	cmdlet(s, t + 10 * INSTANT_SECOND, set, "OABVirtualDirectory", &entered);
	cmdlet(s, t + 12 * INSTANT_SECOND,
		"Get-OabVirtualDirectory.ADPropertiesOnly=$true.Identity='" IDENTITY "'",
		"ResetOABVirtualDirectory", NULL);
	cmdlet(s, t + 13 * INSTANT_SECOND,
		farm_text(s->f,
			"Remove-OABVirtualDirectory.Force=$true.Identity='%s\\OAB (Default Web "
			"Site)'",
			name),
		"ResetOABVirtualDirectory", &trace);
	cmdlet(s, t + 15 * INSTANT_SECOND,
		farm_text(s->f,
			"New-OABVirtualDirectory.WebSiteName='Default Web "
			"Site'.Server='%s'.Role='ClientAccess'"
			".InternalURL='https://ex01.corp.example.com/OAB'.Path='%s'",
			name, folder),
		"ResetOABVirtualDirectory", &trace);
	cmdlet(s, t + 16 * INSTANT_SECOND,
		"Set-OabVirtualDirectory.ExternalUrl=$null.Identity='" IDENTITY "'",
		"OABVirtualDirectory", &trace);
	if (!farm_size(s->f)->everything)
		return;
	windows_cmdlet(s->w, s->server, t + 10 * INSTANT_SECOND, "Set-OabVirtualDirectory",
		"-ExternalUrl \"" INERT_SCRIPT "\" -Identity \"" IDENTITY "\"", me, sid, &entered);
	windows_cmdlet(s->w, s->server, t + 13 * INSTANT_SECOND, "Remove-OabVirtualDirectory",
		farm_text(s->f, "-Force \"True\" -Identity \"%s\\OAB (Default Web Site)\"", name),
		me, sid, &written);
	windows_cmdlet(s->w, s->server, t + 15 * INSTANT_SECOND, "New-OabVirtualDirectory",
		farm_text(s->f,
			"-WebSiteName \"Default Web Site\" -Server \"%s\" -Role \"ClientAccess\" "
			"-Path \"%s\"",
			name, folder),
		me, sid, &written);
}

/* What the request's leftovers look like in the control panel's own log and the event log. */
static void errors(const Stage *s, Instant t)
{
	const char *path = "/ecp/about.aspx?a=]:444/ecp/y.js";

	farm_plan(s->f, s->server, LOG_ECP_ACTIVITY, t + 5 * INSTANT_SECOND,
		ecp_activity_row(s->f, s->server, t + 5 * INSTANT_SECOND, NULL, path), &entered);
	if (!farm_size(s->f)->everything)
		return;
	windows_add(s->w, s->server, "MSExchange Control Panel", 4, t + 5 * INSTANT_SECOND,
		windows_data("-", "S-1-5-18", "-",
			farm_text(s->f,
				"Request for URL "
				"'https://ex01.corp.example.com:444%s(https://ex01)' failed "
				"with the following error:",
				path),
			"-", "System.Web.HttpUnhandledException", NULL),
		&entered);
	for (guint id = 47; id <= 48; id++)
		windows_add(s->w, s->server, "MSExchange Control Panel", (guint16)id,
			t + (id - 34) * INSTANT_SECOND,
			windows_data("-", "S-1-5-18", "-", "SetObject", "-",
				"ResetOABVirtualDirectory", NULL),
			&trace);
	windows_add(s->w, s->server, "IIS-W3SVC-WP", 2303, t + 14 * INSTANT_SECOND,
		windows_data("-", "MSExchangeOABAppPool", "-", "8", NULL), &trace);
	windows_add(s->w, s->server, "Microsoft-Windows-Security-Auditing", 5145,
		t + 14 * INSTANT_SECOND,
		windows_data("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName", "EX01$",
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x2c41f7", "ObjectType",
			"File", "IpAddress", "127.0.0.1", "IpPort", "51022", "ShareName",
			"\\\\*\\C$", "ShareLocalPath", "\\??\\C:\\", "RelativeTargetName",
			"Program Files\\Microsoft\\Exchange "
			"Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\" SHELL_ONE,
			"AccessMask:x32", "0x2", "AccessList", "%%4417", "AccessReason", "-", NULL),
		&written);
}

/* ---- behind the chain
 * ---------------------------------------------------------------------------- */

static void order(const Stage *s, Instant time, const char *address, const char *stem, LogId log)
{
	const ProxyRow row = { .host = "mail.example.com",
		.stem = stem,
		.authentication = "FBA",
		.agent = AGENT,
		.address = address,
		.status = 200,
		.method = "POST" };

	if (log != LOG_N) {
		front(s, log, time, row, &used);
		return;
	}
	/* aspnet_client is no application of Exchange: only IIS logs it. */
	farm_plan(s->f, s->server, LOG_IIS_FRONT, time,
		iis_row(s->f, s->server, time,
			&(WebRow){ "POST", stem, NULL, NULL, address, AGENT, 443, 200 }),
		&used);
}

static void process(const Stage *s, Instant time, const char *image, const char *command,
	const char *parent, const Truth *truth)
{
	if (!farm_size(s->f)->everything)
		return;
	windows_add(s->w, s->server, "Microsoft-Windows-Security-Auditing", 4688, time,
		windows_data("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName", "EX01$",
			"SubjectDomainName", "CORP", "SubjectLogonId:x64", "0x3e7",
			"NewProcessId:x64", "0x2110", "NewProcessName", image, "TokenElevationType",
			"%%1936", "ProcessId:x64", "0x1fcc", "CommandLine", command,
			"ParentProcessName", parent, NULL),
		truth);
}

static void work(const Stage *s, Instant t)
{
	const char *shell = "C:\\Windows\\System32\\cmd.exe",
		   *pool = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";

	order(s, t + 97 * INSTANT_SECOND, INTRUDER, "/owa/auth/" SHELL_ONE, LOG_OWA);
	order(s, t + 149 * INSTANT_SECOND, INTRUDER, "/owa/auth/" SHELL_ONE, LOG_OWA);
	process(s, t + 149 * INSTANT_SECOND, shell,
		"\"cmd\" /c cd /d \"C:\\inetpub\\wwwroot\\aspnet_client\"&whoami&echo [S]&cd&echo "
		"[E]",
		pool, &ran);
	order(s, t + 9 * FARM_MINUTE, INTRUDER, "/owa/auth/" SHELL_ONE, LOG_OWA);
	process(s, t + 9 * FARM_MINUTE, "C:\\Windows\\System32\\net.exe",
		"net group \"Exchange Organization administrators\" administrator /del /domain",
		shell, &hands);
	order(s, t + 14 * FARM_MINUTE, INTRUDER, "/owa/auth/" SHELL_ONE, LOG_OWA);
	process(s, t + 14 * FARM_MINUTE, "C:\\Windows\\System32\\rundll32.exe",
		"rundll32.exe C:\\Windows\\System32\\comsvcs.dll MiniDump 640 "
		"C:\\Windows\\Temp\\lsass.dmp full",
		shell, &hands);
	order(s, t + 21 * FARM_MINUTE, INTRUDER, "/aspnet_client/system_web/" SHELL_TWO, LOG_N);
	process(s, t + 22 * FARM_MINUTE, "C:\\ProgramData\\7z.exe",
		"C:\\ProgramData\\7z.exe a -pspoor C:\\ProgramData\\it.zip "
		"C:\\Windows\\Temp\\lsass.dmp",
		shell, &hands);
	/* The night after, from elsewhere. */
	order(s, t + 20 * FARM_HOUR, VISITOR, "/aspnet_client/system_web/" SHELL_TWO, LOG_N);
	order(s, t + 20 * FARM_HOUR + 40 * INSTANT_SECOND, VISITOR,
		"/aspnet_client/system_web/" SHELL_TWO, LOG_N);
}

/* ---- what is no intrusion
 * ------------------------------------------------------------------------ */

/* Monday morning: the administrator gives Outlook on the web its public address. */
static void administrator(const Stage *s, Instant t)
{
	const char *set = "Set-OwaVirtualDirectory.ExternalUrl='https://mail.example.com/owa'"
			  ".Identity='EX01\\owa (Default Web Site)'";
	ProxyRow row = { .host = "mail.example.com",
		.stem = DDI "SetObject",
		.authentication = "FBA",
		.user = ADMIN_NAME,
		.anchor = "Sid~" ADMIN_SID,
		.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
			 "Chrome/88.0.4324.190 "
			 "Safari/537.36 Edg/88.0.705.81",
		.address = ADMIN_ADDRESS,
		.status = 200,
		.back_end_status = 200,
		.method = "POST",
		.hint = "WindowsIdentity",
		.query = "?msExchEcpCanary=Vd9qz2LJkE8.&schema=OWAVirtualDirectory",
		.proxied = TRUE };
	WebRow behind = { "POST", DDI "SetObject",
		"msExchEcpCanary=Vd9qz2LJkE8.&schema=OWAVirtualDirectory", "CORP\\" ADMIN_NAME,
		"192.0.2.11", row.agent, 444, 200 };

	front(s, LOG_ECP, t, row, NULL);
	farm_plan(s->f, s->server, LOG_IIS_BACK, t, iis_row(s->f, s->server, t, &behind), NULL);
	farm_plan(s->f, s->server, LOG_ECP_SERVER, t,
		ecp_server_row(
			s->f, s->server, t, set, DDI "SetObject?schema=OWAVirtualDirectory", NULL),
		NULL);
	if (farm_size(s->f)->everything)
		windows_cmdlet(s->w, s->server, t, "Set-OwaVirtualDirectory",
			"-ExternalUrl \"https://mail.example.com/owa\" -Identity \"EX01\\owa "
			"(Default Web Site)\"",
			"corp.example.com/Users/adm.berg", ADMIN_SID, NULL);
}

static void scanners(const Stage *s, Instant t)
{
	static const char *const pages[] = { "/aspnet_client/supp0rt.aspx",
		"/owa/auth/OutlookEN.aspx", "/aspnet_client/system_web/error.aspx" };
	ProxyRow check = { .host = "mail.example.com",
		.stem = "/owa/auth/x.js",
		.authentication = "FBA",
		.anchor = "ServerInfo~localhost/ecp/default.flt?",
		.agent = "Mozilla/5.0 (compatible; Nmap Scripting Engine; "
			 "https://nmap.org/book/nse.html)",
		.address = SCANNER,
		.status = 500,
		.error = "ServerNotFound",
		.method = "GET",
		.hint = "X-AnonResource-Backend-Cookie" };
	ProxyRow probe = { .host = "mail.example.com",
		.stem = "/ecp/Current/exporttool/"
			"microsoft.exchange.ediscovery.exporttool.application",
		.authentication = "FBA",
		.anchor = "ServerVersion~Version 15.0 (Build 0.0)",
		.agent = "Mozilla/5.0 zgrab/0.x",
		.address = PROBER,
		.status = 200,
		.back_end_status = 200,
		.method = "GET",
		.hint = "EDiscoveryExportTool-ServerVersion",
		.proxied = TRUE };

	front(s, LOG_OWA, t, check, &scan);
	front(s, LOG_ECP, t + 5 * FARM_HOUR, probe, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(pages); i++)
		farm_plan(s->f, s->server, LOG_IIS_FRONT, t + 30 * FARM_HOUR + i * INSTANT_SECOND,
			iis_row(s->f, s->server, t + 30 * FARM_HOUR + i * INSTANT_SECOND,
				&(WebRow){ "GET", pages[i], NULL, NULL, OTHER,
					"python-requests/2.22.0", 443, 404 }),
			&search);
}

/* KB5000871: services stop and start, Windows Installer tells of it. */
static void update(const Stage *s, Instant t)
{
	windows_add(s->w, s->server, "MsiInstaller", 1022, t - 4 * FARM_MINUTE,
		windows_data("-", "Microsoft Exchange Server", "-",
			"Security Update for Exchange Server 2016 Cumulative Update 19 (KB5000871)",
			"-", "(NULL)", NULL),
		NULL);
	windows_add(s->w, s->server, "Service Control Manager", 7036, t - 20 * FARM_MINUTE,
		windows_data("param1", "Microsoft Exchange Information Store", "param2", "stopped",
			NULL),
		NULL);
	windows_add(s->w, s->server, "Service Control Manager", 7036, t,
		windows_data("param1", "Microsoft Exchange Information Store", "param2", "running",
			NULL),
		NULL);
}

static void refused(const Stage *s, Instant t, const char *address, const Truth *truth)
{
	named(s, t, address, "ExchangeServicesClient/0.0.0.0", "/autodiscover/autodiscover.xml?",
		500, truth);
	named(s, t + 3 * INSTANT_SECOND, address, CLIENT, "/mapi/emsmdb/?", 500, truth);
	if (farm_size(s->f)->everything)
		windows_add(s->w, s->server, "MSExchange Front End HTTP Proxy", 1003, t,
			windows_data("-", "Ecp", "-",
				"System.ArgumentException: Invalid back end server in the cookie "
				"X-BEResource",
				NULL),
			truth);
}

void attack_plan(Farm *f, Windows *w)
{
	Stage one = { f, w, EX01 }, two = { f, w, EX02 };
	Instant chain = farm_time(3, 5, 7, 11);

	administrator(&one, farm_time(1, 9, 15, 0));
	scanners(&one, farm_time(2, 20, 11, 0));
	/* Somebody tries before the chain, and mistypes the server: an attempt while it was open.
	 */
	named(&one, farm_time(3, 4, 58, 2), INTRUDER, CLIENT, "/autodiscover/autodiscover.xml?",
		500, &attempt);
	requests(&one, chain);
	cmdlets(&one, chain);
	errors(&one, chain);
	work(&one, chain);
	refused(&one, farm_time(13, 2, 31, 40), INTRUDER, &closed);
	if (farm_size(f)->everything)
		update(&one, farm_time(9, 20, 24, 0));
	if (farm_size(f)->n_servers < 2)
		return;
	refused(&two, farm_time(5, 11, 21, 8), OTHER, &closed);
	scanners(&two, farm_time(6, 3, 40, 0));
	refused(&two, farm_time(13, 2, 33, 0), INTRUDER, &closed);
}

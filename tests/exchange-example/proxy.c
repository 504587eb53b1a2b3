/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HttpProxy, the log of Exchange's front end: one file for each protocol and hour. The columns and
 * what stands in them are those of Exchange 2016; the first lines are written as some servers do it
 * (the names alone, then lines with #), or as others do (only lines with #).
 */
#include <string.h>

#include "traffic.h"

#define COLUMNS                                                                                    \
	"DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,"               \
	"ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,"              \
	"IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,"                  \
	"ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,"    \
	"TargetServer,TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,"                  \
	"ServerLocatorHost,ServerLocatorLatency,RequestBytes,ResponseBytes,"                       \
	"TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,"                     \
	"CalculateTargetBackEndLatency,GlsLatencyBreakup,TotalGlsLatency,"                         \
	"AccountForestLatencyBreakup,TotalAccountForestLatency,ResourceForestLatencyBreakup,"      \
	"TotalResourceForestLatency,ADLatency,SharedCacheLatencyBreakup,"                          \
	"TotalSharedCacheLatency,ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,"         \
	"ClientReqStreamLatency,BackendReqInitLatency,BackendReqStreamLatency,"                    \
	"BackendProcessingLatency,BackendRespInitLatency,BackendRespStreamLatency,"                \
	"ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,"              \
	"RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,"             \
	"RoutingLatency,HttpProxyOverhead,TotalRequestTime,RouteRefresherLatency,UrlQuery,"        \
	"BackEndGenericInfo,GenericInfo,GenericErrors,EdgeTraceId,DatabaseGuid,"                   \
	"UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus"

static const char *const protocols[LOG_PROXY_N] = { "Autodiscover", "Eas", "Ecp", "Ews", "Mapi",
	"Oab", "Owa", "OwaCalendar", "PowerShell", "RpcHttp" };

/* What share of all rows a protocol has, in thousands. */
static const guint shares[LOG_PROXY_N] = { 90, 180, 25, 140, 345, 20, 95, 5, 20, 80 };

const char *proxy_header(Farm *f, ServerId server, Instant time)
{
	Build b = farm_build(server, time);

	return farm_text(f,
		"%s#Software: Microsoft Exchange Server\r\n#Version: %02u.%02u.%04u.%03u\r\n"
		"#Log-type: HttpProxy Logs\r\n#Date: %s\r\n#Fields: " COLUMNS,
		farm_server(server)->bare_header ? COLUMNS "\r\n" : "", b.major, b.minor, b.build,
		b.revision, farm_time_text(f, time));
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* As a column of comma-separated values. */
static void put_quoted(GString *line, const char *text)
{
	if (!strpbrk(text, ",\"")) {
		g_string_append(line, text);
		return;
	}
	g_string_append_c(line, '"');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(line, '"');
		g_string_append_c(line, *text);
	}
	g_string_append_c(line, '"');
}

/* The 33 times and sizes, as one of some requests had them. */
static void put_measures(Farm *f, GString *line, gboolean proxied)
{
	static const char *const proxied_ones[] = {
		",,0,0,,0,,0,,0,0,,0,13,0,1,0,0,11,0,0,0,0,0,13,0,11,1,1,1,13,",
		",,0,1,,0,,0,,0,0,,0,16,0,0,1,1,11,0,0,0,0,0,16,0,12,3,4,4,16,",
		",,30,7,,0,2;,2,,0,2,,0,9068,1,,,,9027,0,0,1,0,0,9037,0,9028,10,10,40,9068,",
	};

	if (proxied)
		g_string_append_printf(line, "%u,%u,%s", farm_random(f, 0, 4000),
			farm_random(f, 90, 90000), proxied_ones[farm_random(f, 0, 3)]);
	else
		g_string_append(line, "0,,,,,,,,,,,,,,,0,,,,,,,,,,,,,,0,,0,0,");
}

static void put_generic_info(GString *line, const char *from, const char *to, gboolean proxied)
{
	g_string_append_printf(line, "BeginRequest=%s;CorrelationID=<empty>;", from);
	if (proxied)
		g_string_append_printf(line,
			"ProxyState-Run=None;FEAuth=BEVersion-1942063232;BeginGetResponse=%s;"
			"OnResponseReady=%s;EndGetResponse=%s;ProxyState-Complete="
			"ProxyResponseData;",
			from, to, to);
	g_string_append_printf(line, "SharedCacheGuard=0;EndRequest=%s;", to);
}

static void put_request(
	GString *line, Farm *f, ServerId server, LogId log, Instant time, const ProxyRow *row)
{
	Build b = farm_build(server, time);

	farm_put_time(line, time);
	g_string_append_c(line, ',');
	farm_put_guid(f, line);
	g_string_append_printf(line, ",%u,%u,%u,%u,%s,%s,%s,", b.major, b.minor, b.build,
		b.revision, or_empty(row->client_request), protocols[log], or_empty(row->host));
	put_quoted(line, or_empty(row->stem));
	g_string_append_printf(line, ",%s,%s,%s,", or_empty(row->action),
		or_empty(row->authentication), row->user ? "true" : "false");
	if (row->user)
		g_string_append_printf(line, "CORP\\%s", row->user);
	g_string_append(line, ",,");
	put_quoted(line, or_empty(row->anchor));
	g_string_append_c(line, ',');
	put_quoted(line, or_empty(row->agent));
	g_string_append_printf(
		line, ",%s,%s,%u,", or_empty(row->address), farm_server(server)->name, row->status);
	if (row->back_end_status)
		g_string_append_printf(line, "%u", row->back_end_status);
	g_string_append_printf(line, ",%s,%s,", or_empty(row->error), or_empty(row->method));
}

const char *proxy_row(Farm *f, ServerId server, LogId log, Instant time, const ProxyRow *row)
{
	g_autoptr(GString) line = g_string_sized_new(1024);
	Instant begun = time - farm_random(f, 1, 400) * (INSTANT_SECOND / 1000);
	g_autoptr(GString) from = g_string_new(NULL), to = g_string_new(NULL);

	farm_put_time(from, begun);
	farm_put_time(to, time);
	put_request(line, f, server, log, time, row);
	if (row->proxied)
		g_string_append_printf(line, "Proxy,%s,15.01.2176.000,IntraForest,",
			farm_server(server)->full_name);
	else
		g_string_append(line, ",,,,");
	g_string_append_printf(line, "%s,", or_empty(row->hint));
	put_quoted(line, or_empty(row->cookie));
	g_string_append(line, ",,,");
	put_measures(f, line, row->proxied);
	g_string_append_c(line, ',');
	put_quoted(line, or_empty(row->query));
	g_string_append(line, ",,");
	put_generic_info(line, from->str, to->str, row->proxied);
	g_string_append_c(line, ',');
	put_quoted(line, or_empty(row->generic_errors));
	g_string_append(line, row->proxied ? ",,,,,CafeV1" : ",,,,,");
	return farm_text(f, "%s", line->str);
}

/* ---- what happens every day
 * ----------------------------------------------------------------------
 */

#define HOST	"mail.example.com"
#define WINDOWS "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML  like Gecko) "
#define CHROME	WINDOWS "Chrome/88.0.4324.190 Safari/537.36"
#define EDGE	WINDOWS "Chrome/88.0.4324.190 Safari/537.36 Edg/88.0.705.81"
#define OUTLOOK "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13127; Pro)"

/* A request of one person, as most are. */
static ProxyRow person_row(Farm *f, ServerId server, const Person *p)
{
	gboolean outside = farm_random(f, 0, 3) == 0;

	return (ProxyRow){ .host = HOST,
		.user = p->name,
		.address = outside ? p->outside : p->inside,
		.anchor = farm_text(f, "Sid~%s", p->sid),
		.status = 200,
		.back_end_status = 200,
		.method = "POST",
		.hint = "WindowsIdentity",
		.cookie = farm_text(f, "Database~%s~~2021-04-02T05:00:04", people_database(server)),
		.proxied = TRUE };
}

/* Exchange looks after itself: a request of its own probes. */
static void probe(Farm *f, ServerId server, LogId log, Instant time, const char *stem)
{
	ProxyRow row = { .host = "localhost",
		.stem = stem,
		.authentication = "Negotiate",
		.user = "HealthMailbox4f1c2a9",
		.anchor = "Sid~S-1-5-21-1004336348-1177238915-682003330-1142",
		.agent = "AMProbe/Local/ClientAccess",
		.address = "127.0.0.1",
		.status = 200,
		.method = "GET",
		.hint = "WindowsIdentity",
		.proxied = TRUE };

	farm_write(f, server, log, time, proxy_row(f, server, log, time, &row));
}

/* Answered before anybody is known: the first request of a session, or of nobody. */
static void make_anonymous(ProxyRow *row, guint status)
{
	row->user = row->anchor = row->hint = row->cookie = NULL;
	row->status = status;
	row->back_end_status = 0;
	row->proxied = FALSE;
}

static void mapi(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char *const kinds[] = { "Connect", "Execute", "Execute", "NotificationWait" };

	row->stem = farm_random(f, 0, 8) ? "/mapi/emsmdb/" : "/mapi/nspi/";
	row->authentication = "Negotiate";
	row->client_request = farm_text(f, "R:%s:%u;RT:%s;CI:%s:1", p->mailbox,
		farm_random(f, 1, 900), kinds[farm_random(f, 0, 4)], p->mailbox);
	row->anchor = farm_text(f, "MailboxGuid~%s", p->mailbox);
	row->hint = "MailboxGuidWithDomain";
	row->agent = OUTLOOK;
	row->query = farm_text(f, "?MailboxId=%s@example.com", p->mailbox);
}

static void eas(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char *const commands[] = { "Ping", "Ping", "Sync", "FolderSync", "SendMail" };
	static const char *const agents[] = { "Apple-iPhone12C1/1805.27", "Outlook-iOS-Android/1.0",
		"Android-SAMSUNG-SM-G973F/101.110003" };
	guint device = farm_random(f, 0, 3);

	row->stem = "/Microsoft-Server-ActiveSync/default.eas";
	row->authentication = "Basic";
	row->agent = agents[device];
	row->address = p->outside;
	row->query = farm_text(f, "?Cmd=%s&User=corp%%5C%s&DeviceId=ApplDN%s&DeviceType=%s",
		commands[farm_random(f, 0, 5)], p->name, p->mailbox + 24,
		device ? "Outlook" : "iPhone");
	if (farm_random(f, 0, 40) == 0)
		make_anonymous(row, 401);
}

static void ews(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char *const agents[] = { "MacOutlook/16.46.21021202 (Intelx64 Mac OS X)",
		"ExchangeServicesClient/15.00.0847.040", OUTLOOK, "python-requests/2.25.1",
		"macOS/11.2.1 (20D74) CalendarAgent/950" };

	row->stem = "/EWS/Exchange.asmx";
	row->authentication = "NTLM";
	row->agent = agents[farm_random(f, 0, 5)];
	if (farm_random(f, 0, 12) == 0)
		make_anonymous(row, 401);
}

static void owa(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char *const actions[] = { "FindConversation", "GetItem",
		"GetConversationItems", "CreateItem", "SubscribeToNotification" };
	guint kind = farm_random(f, 0, 10);

	row->authentication = "FBA";
	row->agent = farm_random(f, 0, 2) ? CHROME : EDGE;
	row->stem = "/owa/service.svc";
	row->query = farm_text(f, "?action=%s&EP=1&ID=-%u&AC=1", actions[farm_random(f, 0, 5)],
		farm_random(f, 1, 99));
	if (kind < 6)
		return;
	row->query = NULL;
	row->stem = kind == 6 ? "/owa/auth.owa" : kind == 7 ? "/owa/auth/logon.aspx" : "/owa/";
	if (kind == 7)
		row->query = "?url=https%3a%2f%2fmail.example.com%2fowa%2f&reason=0";
	row->method = kind == 6 ? "POST" : "GET";
	if (kind == 9) { /* the load balancer asks whether the server is well */
		row->stem = "/owa/healthcheck.htm";
		row->address = "192.0.2.4";
		row->agent = "curl/7.64.0";
	}
	make_anonymous(row, kind == 6 || kind == 8 ? 302 : 200);
}

static void autodiscover(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	row->stem = "/autodiscover/autodiscover.xml";
	row->host = "autodiscover.example.com";
	row->authentication = "NTLM";
	row->agent =
		farm_random(f, 0, 2) ? OUTLOOK : "AppleExchangeWebServices/818.120.2 accountsd/113";
	if (farm_random(f, 0, 4) == 0) { /* with an address in it, as it is meant to be */
		row->stem = farm_text(
			f, "/autodiscover/autodiscover.json/v1.0/%s@example.com", p->name);
		row->query = "?Protocol=ActiveSync&RedirectCount=1";
		row->method = "GET";
		row->anchor = farm_text(f, "SMTP~%s@example.com", p->name);
		row->hint = "AnonymousMailbox";
	} else if (farm_random(f, 0, 4) == 0) {
		make_anonymous(row, 401);
	}
}

static void oab(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char book[] = "4d1b7c1e-8a4f-4c59-9a55-0f7b1c3d2e88";

	row->stem = farm_random(f, 0, 3) ? farm_text(f, "/OAB/%s/oab.xml", book)
					 : farm_text(f, "/OAB/%s/%s-data-7.lzx", book, book);
	row->authentication = "Negotiate";
	row->agent = "Microsoft BITS/7.8";
	row->method = farm_random(f, 0, 3) ? "GET" : "HEAD";
}

static void power_shell(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	row->stem = "/powershell";
	row->host = farm_server(server)->full_name;
	row->action = "Get-Mailbox:Command";
	row->authentication = "Kerberos";
	row->user = farm_random(f, 0, 9) ? "HealthMailbox4f1c2a9" : ADMIN_NAME;
	row->address = farm_random(f, 0, 9) ? farm_server(server)->address : ADMIN_ADDRESS;
	row->anchor = "ServerVersion~Version 15.1 (Build 2175.0)";
	row->agent = "Microsoft WinRM Client";
	row->hint = "ExchClientVer-ServerCookie";
	row->cookie = farm_text(
		f, "Server~%s~1942063232~2021-04-01T16:11:44", farm_server(server)->full_name);
	row->query = "?clientApplication=ActiveMonitor;PSVersion=5.1.14393.4169";
}

static void rpc_http(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	row->stem = "/rpc/rpcproxy.dll";
	row->authentication = "NTLM";
	row->method = farm_random(f, 0, 2) ? "RPC_IN_DATA" : "RPC_OUT_DATA";
	row->agent = "MSRPC";
	row->query = farm_text(f, "?%s@example.com:6001", p->mailbox);
	row->hint = "RpcHttp-ExternalRPC";
	if (farm_random(f, 0, 10) == 0)
		make_anonymous(row, 401);
}

/* The control panel: people change what is theirs, the administrator looks at lists. */
static void ecp(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	static const char *const lists[] = { "Mailboxes", "OWAVirtualDirectory", "Servers",
		"DistributionGroups", "VirtualDirectories" };
	guint kind = farm_random(f, 0, 8);

	row->authentication = "FBA";
	row->agent = EDGE;
	row->method = kind % 2 ? "POST" : "GET";
	row->stem = kind % 2 ? "/ecp/RulesEditor/InboxRules.svc/GetList" : "/ecp/default.aspx";
	row->query = "?msExchEcpCanary=kq3vB0sYxU2.";
	if (kind == 6) {
		row->stem = farm_text(f, "/ecp/%s/scripts/microsoftajax.js",
			farm_build_text(server, farm_now(f)));
		row->query = NULL;
	} else if (kind == 7) {
		row->stem = "/ecp/DDI/DDIService.svc/GetList";
		row->query =
			farm_text(f, "?msExchEcpCanary=Vd9qz2LJkE8.&schema=%s&workflow=GetList",
				lists[farm_random(f, 0, 5)]);
		row->user = ADMIN_NAME;
		row->address = ADMIN_ADDRESS;
		row->anchor = "Sid~" ADMIN_SID;
	}
}

static void owa_calendar(Farm *f, ServerId server, const Person *p, ProxyRow *row)
{
	row->stem = farm_text(f, "/owa/calendar/%s@example.com/9f0c/calendar.ics", p->mailbox);
	row->agent = "Google-Calendar-Importer";
	row->user = NULL;
	row->method = "GET";
	row->anchor = farm_text(f, "MailboxGuid~%s", p->mailbox);
	row->hint = "MailboxGuidWithDomain";
}

typedef void (*Request)(Farm *f, ServerId server, const Person *p, ProxyRow *row);

static const struct {
	Request request;
	const char *probe;
} everyday[LOG_PROXY_N] = {
	{ autodiscover, "/autodiscover/" },
	{ eas, "/Microsoft-Server-ActiveSync/" },
	{ ecp, "/ecp/exhealth.check" },
	{ ews, "/ews/" },
	{ mapi, "/mapi/emsmdb/" },
	{ oab, "/oab/" },
	{ owa, "/owa/exhealth.check" },
	{ owa_calendar, "/owa/calendar/" },
	{ power_shell, "/powershell" },
	{ rpc_http, "/rpc/" },
};

static void everyday_row(Farm *f, ServerId server, LogId log, Instant time)
{
	const Person *p;
	ProxyRow row;

	if (farm_random(f, 0, 10) == 0) {
		probe(f, server, log, time, everyday[log].probe);
		return;
	}
	p = people_any(f);
	row = person_row(f, server, p);
	everyday[log].request(f, server, p, &row);
	/* Now and then the other end has trouble. */
	if (row.proxied && farm_random(f, 0, 400) == 0) {
		row.status = row.back_end_status = farm_random(f, 0, 2) ? 500 : 503;
		row.generic_errors = "WebExceptionStatus=ProtocolError;ResponseStatusCode=500;"
				     "WebException=System.Net.WebException: The remote server "
				     "returned an error: (500) Internal Server Error.;";
	}
	farm_write(f, server, log, time, proxy_row(f, server, log, time, &row));
}

void proxy_traffic(Farm *f)
{
	const Size *size = farm_size(f);

	for (guint s = 0; s < size->n_servers; s++) {
		guint n = size->n_servers == 1 ? size->n_proxy
			: s == EX01	       ? size->n_proxy * 3 / 5
					       : size->n_proxy - size->n_proxy * 3 / 5;

		for (guint l = 0; l < LOG_PROXY_N; l++)
			farm_day_in_day_out(f, (ServerId)s, (LogId)l,
				(guint)((guint64)n * shares[l] / 1000), everyday_row);
	}
}

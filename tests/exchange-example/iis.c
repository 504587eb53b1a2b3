/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What IIS logs of the same requests: the front end's site (W3SVC1, port 443), the back end's
 * (W3SVC2, port 444), and HTTPERR, where HTTP.sys writes what no site got to see. Exchange adds
 * its own words to the query.
 */
#include <string.h>

#include "traffic.h"

static const char *iis_date(Farm *f, Instant time)
{
	InstantParts p = instant_parts(time);

	return farm_text(f, "%04d-%02d-%02d %02d:%02d:%02d", p.year, p.month, p.day, p.hour,
		p.minute, p.second);
}

const char *iis_header(Farm *f, Instant time)
{
	return farm_text(f,
		"#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n"
		"#Date: %s\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port "
		"cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus "
		"sc-win32-status "
		"time-taken",
		iis_date(f, time));
}

const char *iis_error_header(Farm *f, Instant time)
{
	return farm_text(f,
		"#Software: Microsoft HTTP API 2.0\r\n#Version: 1.0\r\n#Date: %s\r\n"
		"#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid "
		"sc-status s-siteid s-reason s-queuename",
		iis_date(f, time));
}

const char *iis_row(Farm *f, ServerId server, Instant time, const WebRow *row)
{
	g_autofree char *agent = g_strdup(row->agent ? row->agent : "-");
	const char *query = row->query ? row->query : "";
	gboolean back = row->port == 444;

	g_strdelimit(agent, " ", '+');
	return farm_text(f,
		"%s %s %s %s %s&CorrelationID=<empty>;&%s=%s;%s %u %s %s %s - %u 0 0 %u",
		iis_date(f, time), back ? "::1" : farm_server(server)->address, row->method,
		row->stem, query, back ? "cafeReqId" : "cafeReqId", farm_guid(f),
		back ? "" : "&encoding=;", row->port, row->user ? row->user : "-", row->address,
		agent, row->status, farm_random(f, 1, 900));
}

static void front(Farm *f, ServerId server, LogId log, Instant time)
{
	static const char *const stems[] = { "/owa/prem/%s/resources/images/0/sprite1.mouse.png",
		"/owa/prem/%s/scripts/boot.worldwide.0.mouse.js",
		"/owa/prem/%s/resources/styles/0/boot.worldwide.mouse.css",
		"/owa/auth/15.1.2176/themes/resources/logon.css", "/owa/auth/logon.aspx", "/owa/",
		"/ecp/%s/themes/default/main_default.css", "/mapi/emsmdb/", "/EWS/Exchange.asmx",
		"/Microsoft-Server-ActiveSync/default.eas", "/autodiscover/autodiscover.xml",
		"/owa/healthcheck.htm", "/aspnet_client/system_web/4_0_30319/webuivalidation.js" };
	guint i = farm_random(f, 0, G_N_ELEMENTS(stems));
	const Person *p = people_any(f);
	const char *build = farm_build_text(server, time);
	const char *percent = strchr(stems[i], '%');
	WebRow row = { .method = i >= 7 && i <= 10 ? "POST" : "GET",
		.stem = percent ? farm_text(f, "%.*s%s%s", (int)(percent - stems[i]), stems[i],
					  build, percent + 2)
				: stems[i],
		.user = i >= 7 && i <= 10 ? farm_text(f, "CORP\\%s", p->name) : NULL,
		.address = i == 11 ? "192.0.2.4" : p->outside,
		.agent = i == 11 ? "curl/7.64.0"
			: i == 9 ? "Apple-iPhone12C1/1805.27"
				 : "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
				   "(KHTML, like Gecko) Chrome/88.0.4324.190 Safari/537.36",
		.port = 443,
		.status = i == 5			     ? 302
			: i < 4 && farm_random(f, 0, 3) == 0 ? 304
							     : 200 };

	farm_write(f, server, log, time, iis_row(f, server, time, &row));
}

static void back(Farm *f, ServerId server, LogId log, Instant time)
{
	static const struct {
		const char *method, *stem, *query;
	} requests[] = {
		{ "POST", "/mapi/emsmdb/", "MailboxId=%s@example.com" },
		{ "POST", "/EWS/Exchange.asmx", "" },
		{ "POST", "/Microsoft-Server-ActiveSync/Proxy/default.eas",
			"Cmd=Ping&DeviceId=%s" },
		{ "POST", "/autodiscover/autodiscover.xml", "" },
		{ "GET", "/owa/exhealth.check", "" },
		{ "POST", "/owa/service.svc", "action=GetItem&MB=%s" },
		{ "POST", "/ecp/RulesEditor/InboxRules.svc/GetList",
			"msExchEcpCanary=kq3vB0sYxU2." },
		{ "POST", "/powershell",
			"clientApplication=ActiveMonitor;PSVersion=5.1.14393.4169" },
	};
	guint i = farm_random(f, 0, G_N_ELEMENTS(requests));
	const Person *p = people_any(f);
	const char *percent = strchr(requests[i].query, '%');
	WebRow row = { .method = requests[i].method,
		.stem = requests[i].stem,
		.query = percent ? farm_text(f, "%.*s%s%s", (int)(percent - requests[i].query),
					   requests[i].query, p->mailbox, percent + 2)
				 : requests[i].query,
		.user = i == 4 ? "HealthMailbox4f1c2a9@example.com"
			       : farm_text(f, "CORP\\%s", p->name),
		.address = i == 4 ? "::1" : farm_server(server)->address,
		.agent = i == 4 ? "AMProbe/Local/ClientAccess" : "Microsoft Office/16.0",
		.port = 444,
		.status = 200 };

	farm_write(f, server, log, time, iis_row(f, server, time, &row));
}

static void lost(Farm *f, ServerId server, LogId log, Instant time)
{
	static const char *const reasons[] = { "Timer_ConnectionIdle", "Timer_ConnectionIdle",
		"Connection_Dropped MSExchangeServicesAppPool", "Timer_MinBytesPerSecond" };
	const char *reason = reasons[farm_random(f, 0, G_N_ELEMENTS(reasons))];
	gboolean pool = strchr(reason, ' ') != NULL;

	farm_write(f, server, log, time,
		farm_text(f, "%s %s %u %s 443 %s - - 1 %s%s", iis_date(f, time),
			people_any(f)->outside, farm_random(f, 1024, 65535),
			farm_server(server)->address,
			pool ? "HTTP/1.1 POST /EWS/Exchange.asmx" : "- - -", reason,
			pool ? "" : " -"));
}

void iis_traffic(Farm *f)
{
	const Size *size = farm_size(f);

	for (guint s = 0; s < size->n_servers; s++) {
		farm_day_in_day_out(
			f, (ServerId)s, LOG_IIS_FRONT, size->n_front / size->n_servers, front);
		farm_day_in_day_out(
			f, (ServerId)s, LOG_IIS_BACK, size->n_back / size->n_servers, back);
		farm_day_in_day_out(f, (ServerId)s, LOG_HTTP_ERROR, size->n_other / 4, lost);
	}
}

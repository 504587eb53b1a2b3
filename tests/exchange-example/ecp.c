/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of the control panel (ECP Server and Activity), of the address book's generator and of
 * PowerShell over HTTP.
 *
 * EventData of ECP is "S:KEY=value" joined by ";". A part with a ";" or "'" in its value is wrapped
 * in "'", with each "'" of it doubled; and all of it is a column of comma-separated values.
 */
#include <string.h>

#include "traffic.h"

const char *ecp_header(Farm *f, LogId log, Instant time)
{
	static const struct {
		const char *type, *fields;
	} kinds[] = {
		{ "ECP Server Log", "TimeStamp,ServerName,EventId,EventData" },
		{ "ECP Activity Context Log", "TimeStamp,ServerName,EventId,EventData" },
		{ "OABGenerator Log", "Date-Time,Thread,Level,OAB,Message" },
		{ "Rps Http Logs",
			"DateTime,StartTime,RequestId,ClientRequestId,MajorVersion,MinorVersion,"
			"BuildVersion,RevisionVersion,ServerHostName,HttpStatus,AuthenticatedUser,"
			"ClientInfo,UrlStem,Method,ClientIpAddress,GenericInfo,GenericErrors" },
	};

	return farm_text(f,
		"#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: %s\r\n"
		"#Date: %s\r\n#Fields: %s",
		kinds[log - LOG_ECP_SERVER].type, farm_time_text(f, time),
		kinds[log - LOG_ECP_SERVER].fields);
}

static void put_part(GString *data, const char *key, const char *value)
{
	gboolean wrap = strpbrk(value, ";'") != NULL;

	g_string_append_printf(data, "%s%sS:%s=", data->len ? ";" : "", wrap ? "'" : "", key);
	for (; *value; value++) {
		if (wrap && *value == '\'')
			g_string_append_c(data, '\'');
		g_string_append_c(data, *value);
	}
	if (wrap)
		g_string_append_c(data, '\'');
}

static const char *event_row(
	Farm *f, ServerId server, Instant time, const char *event, GString *data)
{
	if (strpbrk(data->str, "\",")) {
		g_string_replace(data, "\"", "\"\"", 0);
		g_string_prepend_c(data, '"');
		g_string_append_c(data, '"');
	}
	return farm_text(f, "%s,%s,%s,%s", farm_time_text(f, time), farm_server(server)->name,
		event, data->str);
}

const char *ecp_server_row(Farm *f, ServerId server, Instant time, const char *command,
	const char *url, const char *exception)
{
	g_autoptr(GString) data = g_string_new(NULL);

	put_part(data, "TIME", farm_text(f, "%u", farm_random(f, 5, 900)));
	put_part(data, "SID", farm_guid(f));
	put_part(data, "CMD", command);
	put_part(data, "REQID", "");
	put_part(data, "URL", url);
	put_part(data, "REFERRER", "");
	put_part(data, "EX", exception ? exception : "");
	put_part(data, "ACTID", farm_guid(f));
	put_part(data, "RS", "0");
	put_part(data, "BLD", farm_build_text(server, time));
	put_part(data, "TNAME", "<null>");
	put_part(data, "TID", "");
	put_part(data, "USID", farm_guid(f));
	g_string_append(data, ";S:EDOID=;S:ACID=");
	return event_row(f, server, time, "ECP.Request", data);
}

const char *ecp_activity_row(
	Farm *f, ServerId server, Instant time, const char *user, const char *url)
{
	g_autoptr(GString) data = g_string_new(NULL);

	if (user)
		put_part(data, "PSA", farm_text(f, "<PII>%s@example.com</PII>", user));
	put_part(data, "URL",
		farm_text(f, "https://%s:444%s", user ? "mail.example.com" : "localhost", url));
	put_part(data, "Bld", farm_build_text(server, time));
	put_part(data, "ActID", farm_guid(f));
	g_string_append_printf(data,
		";Dbl:BudgUse.T[]=%u.0008001327515;I32:ADR.C[DC01]=2;Dbl:WLM.TS=%u",
		farm_random(f, 1, 40), farm_random(f, 1, 90));
	return event_row(f, server, time, "Request", data);
}

static void server_row(Farm *f, ServerId server, LogId log, Instant time)
{
	static const char *const commands[][2] = {
		{ "Get-InboxRule",
			"/ecp/RulesEditor/InboxRules.svc/GetList?msExchEcpCanary=kq3vB0sYxU2." },
		{ "Get-MailboxRegionalConfiguration.Identity='kim.berg'", "/ecp/default.aspx" },
		{ "Pipeline.1|Get-MailboxRegionalConfiguration", "/ecp/" },
		{ "Get-Recipient.ResultSize='500'.RecipientTypeDetails='UserMailbox'",
			"/ecp/DDI/DDIService.svc/GetList?schema=Mailboxes" },
		{ "Get-OwaVirtualDirectory.ADPropertiesOnly=$true",
			"/ecp/DDI/DDIService.svc/GetList?schema=VirtualDirectories" },
	};
	guint i = farm_random(f, 0, G_N_ELEMENTS(commands));

	farm_write(f, server, log, time,
		ecp_server_row(f, server, time, commands[i][0], commands[i][1], NULL));
}

static void activity_row(Farm *f, ServerId server, LogId log, Instant time)
{
	gboolean probe = farm_random(f, 0, 2) == 0;

	farm_write(f, server, log, time,
		ecp_activity_row(f, server, time, probe ? NULL : people_any(f)->name,
			probe ? "/ecp/logoff.aspx" : "/ecp/RulesEditor/InboxRules.svc/GetList"));
}

static void oab_row(Farm *f, ServerId server, LogId log, Instant time)
{
	static const char *const messages[] = { "OABGenerator: start generation of OAB",
		("Download failed and temporary file 'C:\\Program Files\\Microsoft\\Exchange "
		 "Server\\V15\\ClientAccess\\OAB\\Temp\\a1b2.lzx' needs to be removed"),
		"OABGenerator: generation finished" };

	farm_write(f, server, log, time,
		farm_text(f, "%s,%u,Information,\\Default Offline Address Book,%s",
			farm_time_text(f, time), farm_random(f, 8, 90),
			messages[farm_random(f, 0, G_N_ELEMENTS(messages))]));
}

static void rps_row(Farm *f, ServerId server, LogId log, Instant time)
{
	Build b = farm_build(server, time);
	gboolean probe = farm_random(f, 0, 5) != 0;
	const char *when = farm_time_text(f, time);

	farm_write(f, server, log, time,
		farm_text(f,
			"%s,%s,%s,,%u,%u,%u,%u,%s,200,CORP\\%s,%s,/powershell,POST,%s,"
			"ServicePlan=;IsAdmin=%s;,",
			when, when, farm_guid(f), b.major, b.minor, b.build, b.revision,
			farm_server(server)->name, probe ? "HealthMailbox4f1c2a9" : ADMIN_NAME,
			probe ? "Exchange BackEnd Probes" : "Microsoft WinRM Client",
			probe ? "127.0.0.1" : ADMIN_ADDRESS, probe ? "False" : "True"));
}

void ecp_traffic(Farm *f)
{
	const Size *size = farm_size(f);

	for (guint s = 0; s < size->n_servers; s++) {
		farm_day_in_day_out(f, (ServerId)s, LOG_ECP_SERVER, size->n_other / 2, server_row);
		farm_day_in_day_out(
			f, (ServerId)s, LOG_ECP_ACTIVITY, size->n_other / 2, activity_row);
		farm_day_in_day_out(f, (ServerId)s, LOG_OAB_GENERATOR, size->n_other / 8, oab_row);
		farm_day_in_day_out(f, (ServerId)s, LOG_RPS_HTTP, size->n_other / 4, rps_row);
	}
}

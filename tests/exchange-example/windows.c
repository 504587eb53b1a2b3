/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs of the servers: what is in them, in order, and how they are written. */
#include <stdarg.h>
#include <string.h>

#include "story.h"
#include "traffic.h"

typedef struct ProviderSpec {
	const char *name, *guid, *source;
	ChannelId channel;
	guint8 level;
	guint64 keywords;
	gint32 qualifiers;
} ProviderSpec;

#define CLASSIC	      0x0080000000000000
#define AUDIT_SUCCESS 0x8020000000000000
#define PLAIN	      0x8000000000000000

static const ProviderSpec providers[] = {
	{ "MSExchange CmdletLogs", NULL, NULL, CHANNEL_MANAGEMENT, 4, CLASSIC, 16384 },
	{ "MSExchange Control Panel", NULL, NULL, CHANNEL_APPLICATION, 2, CLASSIC, 49152 },
	{ "MSExchange Front End HTTP Proxy", NULL, NULL, CHANNEL_APPLICATION, 3, CLASSIC, 32768 },
	{ "MSExchangeTransport", NULL, NULL, CHANNEL_APPLICATION, 4, CLASSIC, 16384 },
	{ "MSExchangeIS", NULL, NULL, CHANNEL_APPLICATION, 4, CLASSIC, 16384 },
	{ "IIS-W3SVC-WP", NULL, NULL, CHANNEL_APPLICATION, 2, CLASSIC, 49152 },
	{ "MsiInstaller", NULL, NULL, CHANNEL_APPLICATION, 4, CLASSIC, 0 },
	{ "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}", NULL,
		CHANNEL_SECURITY, 0, AUDIT_SUCCESS, -1 },
	{ "Service Control Manager", "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
		"Service Control Manager", CHANNEL_SYSTEM, 4, CLASSIC, 16384 },
};

static const char *const channels[CHANNEL_N] = { "Application", "MSExchange Management", "Security",
	"System" };

typedef struct Entry {
	Instant time;
	guint sequence;
	const ProviderSpec *provider;
	guint16 event_id;
	EvtxData *data;
	const Truth *truth;
} Entry;

struct Windows {
	Farm *farm;
	guint sequence;
	GArray *logs[SERVER_N][CHANNEL_N]; /* Entry */
};

static void entry_clear(gpointer p)
{
	evtx_data_free(((Entry *)p)->data);
}

Windows *windows_new(Farm *f)
{
	Windows *w = g_new0(Windows, 1);

	w->farm = f;
	for (guint s = 0; s < SERVER_N; s++) {
		for (guint c = 0; c < CHANNEL_N; c++) {
			w->logs[s][c] = g_array_new(FALSE, FALSE, sizeof(Entry));
			g_array_set_clear_func(w->logs[s][c], entry_clear);
		}
	}
	return w;
}

void windows_free(Windows *w)
{
	if (!w)
		return;
	for (guint s = 0; s < SERVER_N; s++)
		for (guint c = 0; c < CHANNEL_N; c++)
			g_array_unref(w->logs[s][c]);
	g_free(w);
}

EvtxData *windows_data(const char *name, ...)
{
	EvtxData *data = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	va_list args;

	va_start(args, name);
	for (const char *n = name; n; n = va_arg(args, const char *)) {
		const char *text = va_arg(args, const char *);
		g_auto(GStrv) parts = g_strsplit(n, ":", 2);
		EvtxValue *value = evtx_value_parse(parts[1] ? parts[1] : "text", text);

		g_assert_nonnull(value);
		evtx_data_add(data, strcmp(parts[0], "-") == 0 ? NULL : parts[0], value);
	}
	va_end(args);
	return data;
}

void windows_add(Windows *w, ServerId server, const char *provider, guint16 event_id, Instant time,
	EvtxData *data, const Truth *truth)
{
	Entry entry = { time, w->sequence++, NULL, event_id, data, truth };

	for (gsize i = 0; i < G_N_ELEMENTS(providers); i++)
		if (strcmp(providers[i].name, provider) == 0)
			entry.provider = &providers[i];
	g_assert_nonnull(entry.provider);
	g_array_append_val(w->logs[server][entry.provider->channel], entry);
}

void windows_cmdlet(Windows *w, ServerId server, Instant time, const char *cmdlet,
	const char *parameters, const char *caller, const char *sid, const Truth *truth)
{
	EvtxData *data = windows_data("-", cmdlet, "-", parameters, "-", caller, "-", sid, "-", sid,
		"-", "Exchange Control Panel-ECP-ECP", "-", "8140 w3wp#MSExchangeECPAppPool", "-",
		"", "-", "31", "-", "00:00:00.6250000", "-", "View Entire Forest: 'False'", "-", "",
		"-", "", "-", "", "-", "", "-", "", "-", "", "-", "False", "-", "", "-",
		"0 objects execution has been proxied to remote server.", "-", "", "-", "", "-",
		"0", "-", "ActivityId: 5f0e6a4c-2d18-4f39-8f37-70b1f6c9f5e1", "-",
		"ServicePlan:;IsAdmin:True;", "-", "", "-", "en-US", NULL);

	windows_add(w, server, "MSExchange CmdletLogs", 1, time, data, truth);
}

/* ---- every day ----------------------------------------------------------------------------------
 */

static void logon(Windows *w, ServerId server, Instant time)
{
	const Person *p = people_any(w->farm);
	const char *id = farm_text(w->farm, "0x%x", farm_random(w->farm, 0x100000, 0x8ffffff));

	windows_add(w, server, "Microsoft-Windows-Security-Auditing", 4624, time,
		windows_data("SubjectUserSid:sid", "S-1-0-0", "SubjectUserName", "-",
			"SubjectDomainName", "-", "SubjectLogonId:x64", "0x0", "TargetUserSid:sid",
			p->sid, "TargetUserName", p->name, "TargetDomainName", "CORP",
			"TargetLogonId:x64", id, "LogonType:u32", "3", "LogonProcessName",
			"Kerberos", "AuthenticationPackageName", "Kerberos", "WorkstationName", "-",
			"ProcessName", "-", "IpAddress", p->inside, "IpPort", "0", NULL),
		NULL);
}

static void service(Windows *w, ServerId server, Instant time, const char *name, const char *state)
{
	windows_add(w, server, "Service Control Manager", 7036, time,
		windows_data("param1", name, "param2", state, NULL), NULL);
}

/* Pages are compiled at their first request: a worker process starts the compiler. */
static void compiler(Windows *w, ServerId server, Instant time)
{
	windows_add(w, server, "Microsoft-Windows-Security-Auditing", 4688, time,
		windows_data("SubjectUserSid:sid", "S-1-5-18", "SubjectUserName",
			farm_text(w->farm, "%s$", farm_server(server)->name), "SubjectDomainName",
			"CORP", "SubjectLogonId:x64", "0x3e7", "NewProcessId:x64", "0x1f40",
			"NewProcessName",
			"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
			"TokenElevationType", "%%1936", "ProcessId:x64", "0x1fcc", "CommandLine",
			"\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe\" "
			"/t:library "
			"/utf8output",
			"ParentProcessName", "C:\\Windows\\System32\\inetsrv\\w3wp.exe", NULL),
		NULL);
}

void windows_everyday(Windows *w)
{
	Farm *f = w->farm;
	const Size *size = farm_size(f);
	guint a_day = size->n_other / 20 + 1;

	for (guint s = 0; s < size->n_servers; s++) {
		ServerId server = (ServerId)s;
		const char *name = farm_server(server)->name;

		for (Instant day = farm_from(f, server); day + FARM_DAY <= farm_to(f);
			day += FARM_DAY) {
			for (guint i = 0; i < a_day; i++) {
				Instant time = day + farm_random(f, 0, 86000) * INSTANT_SECOND;

				logon(w, server, time);
				service(w, server, time, "Windows Update",
					i % 2 ? "stopped" : "running");
				windows_add(w, server, "MSExchangeIS", 1001, time,
					windows_data("-", "Mailbox Database 01", NULL), NULL);
			}
			compiler(w, server, day + 6 * FARM_HOUR + 11 * INSTANT_SECOND);
			windows_cmdlet(w, server, day + 3 * FARM_HOUR, "Set-Mailbox",
				farm_text(f, "-Identity \"%s\" -ProhibitSendQuota \"2 GB\"",
					people_any(f)->name),
				"corp.example.com/Users/adm.berg", ADMIN_SID, NULL);
			windows_add(w, server, "MSExchangeTransport", 7003, day + FARM_HOUR,
				windows_data("-", name, NULL), NULL);
		}
	}
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static gint compare_entries(gconstpointer a, gconstpointer b)
{
	const Entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static void write_entry(
	Windows *w, EvtxWriter *writer, ServerId server, const char *path, Entry *entry)
{
	const ProviderSpec *p = entry->provider;
	EvtxEvent event = { .provider = p->name,
		.provider_guid = p->guid,
		.source_name = p->source,
		.event_id = entry->event_id,
		.qualifiers = p->qualifiers,
		.level = p->channel == CHANNEL_APPLICATION && entry->event_id >= 47 &&
				entry->event_id <= 48
			? 4
			: p->level,
		.task = 1,
		.keywords = p->keywords,
		.time = entry->time,
		.process_id = p->keywords == CLASSIC ? 0 : 640,
		.thread_id = p->keywords == CLASSIC ? 0 : 644,
		.channel = channels[p->channel],
		.computer = farm_server(server)->full_name };

	if (entry->truth) {
		g_autofree char *place =
			g_strdup_printf("record %" G_GUINT64_FORMAT, evtx_writer_next_id(writer));

		farm_tell(w->farm, server, path, place, entry->time, entry->truth);
	}
	evtx_writer_add(writer, &event, g_steal_pointer(&entry->data));
}

gboolean windows_write(Windows *w, GError **error)
{
	for (guint s = 0; s < farm_size(w->farm)->n_servers; s++) {
		for (guint c = 0; c < CHANNEL_N; c++) {
			GArray *log = w->logs[s][c];
			g_autofree char *path = g_strdup_printf(
				"C/Windows/System32/winevt/Logs/%s.evtx", channels[c]);
			g_autoptr(EvtxWriter) writer = evtx_writer_new();
			g_autoptr(GByteArray) bytes = NULL;

			g_array_sort(log, compare_entries);
			evtx_writer_skip_ids(writer, 40000 + 1000 * c);
			for (guint i = 0; i < log->len; i++)
				write_entry(w, writer, (ServerId)s, path,
					&g_array_index(log, Entry, i));
			bytes = evtx_writer_finish(writer);
			if (!farm_file(w->farm, (ServerId)s, path, (const char *)bytes->data,
				    (gssize)bytes->len, NULL, error))
				return FALSE;
		}
	}
	return TRUE;
}

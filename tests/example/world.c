/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts, logs and time: see world.h. */
#include "world.h"

#include <stdarg.h>
#include <string.h>

#define DOMAIN_SID "S-1-5-21-1004336348-1177238915-682003330"

/* What is the same for all events of one kind. */
typedef struct EventSpec {
	LogId log;
	guint16 id;
	guint8 version, level, opcode;
	guint16 task;
	guint64 keywords;
	const char *provider, *guid, *source; /* NULL: the log's own */
	gint32 qualifiers;
} EventSpec;

typedef struct LogSpec {
	const char *file, *channel, *provider, *guid, *user_sid;
	guint32 process_id;
} LogSpec;

typedef struct Entry {
	Instant time;
	guint sequence;
	const EventSpec *spec;
	EvtxData *data;
} Entry;

typedef struct Log {
	GArray *entries;	    /* Entry */
	Instant cleared;	    /* INSTANT_NONE: never */
	Instant lost_from, lost_to; /* INSTANT_NONE: nothing */
	gboolean damaged;
} Log;

struct World {
	guint64 state;
	guint sequence;
	GStringChunk *texts;
	Log logs[HOST_N][LOG_N];
};

static const Host hosts[HOST_N] = {
	{ "EXCH01", "EXCH01.corp.example.com", "192.0.2.10", "fe80::1c2d:8a04:91f0:10" },
	{ "DC01", "DC01.corp.example.com", "192.0.2.5", "fe80::1c2d:8a04:91f0:5" },
	{ "FS01", "FS01.corp.example.com", "192.0.2.12", "fe80::1c2d:8a04:91f0:12" },
	{ "WS01", "WS01.corp.example.com", "192.0.2.101", "fe80::1c2d:8a04:91f0:101" },
	{ "WS02", "WS02.corp.example.com", "192.0.2.102", "fe80::1c2d:8a04:91f0:102" },
};

static const LogSpec log_specs[LOG_N] = {
	{ "Security.evtx", "Security", "Microsoft-Windows-Security-Auditing",
		"{54849625-5478-4994-a5ba-3e3b0328c30d}", NULL, 640 },
	{ "System.evtx", "System", "Service Control Manager",
		"{555908d1-a6d7-4695-8e1e-26931d2012f4}", NULL, 624 },
	{ "Microsoft-Windows-Sysmon%4Operational.evtx", "Microsoft-Windows-Sysmon/Operational",
		"Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", "S-1-5-18",
		2108 },
	{ "Microsoft-Windows-PowerShell%4Operational.evtx",
		"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell",
		"{a0c1853b-5c40-4b15-8766-3cf1c58f985a}", "S-1-5-18", 5120 },
	{ "Windows PowerShell.evtx", "Windows PowerShell", "PowerShell", NULL, NULL, 0 },
	{ "Microsoft-Windows-TaskScheduler%4Operational.evtx",
		"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler",
		"{de7b24ea-73c8-4a09-985d-5bdadcfa9017}", "S-1-5-18", 1180 },
	{ "Microsoft-Windows-Windows Defender%4Operational.evtx",
		"Microsoft-Windows-Windows Defender/Operational",
		"Microsoft-Windows-Windows Defender", "{11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78}",
		"S-1-5-18", 2560 },
};

#define AUDIT_SUCCESS  0x8020000000000000
#define AUDIT_FAILURE  0x8010000000000000
#define PLAIN_KEYWORDS 0x8000000000000000
#define CLASSIC	       0x0080000000000000
#define EVENTLOG_NAME  "Microsoft-Windows-Eventlog"
#define EVENTLOG_GUID  "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}"

static const EventSpec event_specs[] = {
	{ LOG_SECURITY, 4624, 2, 0, 0, 12544, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4625, 0, 0, 0, 12544, AUDIT_FAILURE, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4634, 0, 0, 0, 12545, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4672, 0, 0, 0, 12548, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4688, 2, 0, 0, 13312, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4698, 1, 0, 0, 12804, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4720, 0, 0, 0, 13824, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4732, 0, 0, 0, 13826, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4768, 0, 0, 0, 14339, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 4769, 0, 0, 0, 14337, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 5140, 1, 0, 0, 12808, AUDIT_SUCCESS, NULL, NULL, NULL, -1 },
	{ LOG_SECURITY, 1102, 0, 4, 0, 104, 0x4020000000000000, EVENTLOG_NAME, EVENTLOG_GUID, NULL,
		-1 },
	{ LOG_SYSTEM, 7036, 0, 4, 0, 0, CLASSIC, NULL, NULL, "Service Control Manager", 16384 },
	{ LOG_SYSTEM, 7045, 0, 4, 0, 0, CLASSIC, NULL, NULL, "Service Control Manager", 16384 },
	{ LOG_SYSTEM, 104, 0, 4, 0, 104, PLAIN_KEYWORDS, EVENTLOG_NAME, EVENTLOG_GUID, NULL, -1 },
	{ LOG_SYSMON, 1, 5, 4, 0, 1, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 3, 5, 4, 0, 3, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 7, 3, 4, 0, 7, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 10, 3, 4, 0, 10, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 11, 2, 4, 0, 11, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 13, 2, 4, 0, 13, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_SYSMON, 22, 5, 4, 0, 22, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_POWERSHELL, 4104, 1, 5, 15, 2, 0, NULL, NULL, NULL, -1 },
	{ LOG_POWERSHELL_CLASSIC, 400, 0, 4, 0, 4, CLASSIC, NULL, NULL, NULL, 0 },
	{ LOG_POWERSHELL_CLASSIC, 403, 0, 4, 0, 4, CLASSIC, NULL, NULL, NULL, 0 },
	{ LOG_POWERSHELL_CLASSIC, 600, 0, 4, 0, 6, CLASSIC, NULL, NULL, NULL, 0 },
	{ LOG_TASKS, 100, 0, 4, 1, 100, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_TASKS, 102, 0, 4, 2, 102, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_TASKS, 106, 0, 4, 0, 106, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_DEFENDER, 1000, 0, 4, 0, 0, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_DEFENDER, 1001, 0, 4, 0, 0, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_DEFENDER, 2000, 0, 4, 0, 0, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
	{ LOG_DEFENDER, 5007, 0, 4, 0, 0, PLAIN_KEYWORDS, NULL, NULL, NULL, -1 },
};

static void entry_clear(gpointer p)
{
	evtx_data_free(((Entry *)p)->data);
}

World *world_new(guint64 seed)
{
	World *w = g_new0(World, 1);

	g_assert_cmpuint(seed, !=, 0);
	w->state = seed;
	w->texts = g_string_chunk_new(4096);
	for (guint h = 0; h < HOST_N; h++) {
		for (guint l = 0; l < LOG_N; l++) {
			Log *log = &w->logs[h][l];

			log->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
			g_array_set_clear_func(log->entries, entry_clear);
			log->cleared = log->lost_from = log->lost_to = INSTANT_NONE;
		}
	}
	return w;
}

void world_free(World *w)
{
	if (!w)
		return;
	for (guint h = 0; h < HOST_N; h++)
		for (guint l = 0; l < LOG_N; l++)
			g_array_unref(w->logs[h][l].entries);
	g_string_chunk_free(w->texts);
	g_free(w);
}

const Host *world_host(HostId host)
{
	return &hosts[host];
}

Instant world_time(guint day, guint hour, guint minute, guint second)
{
	return instant_from_parts(2021, 2, 26, 0, 0, 0, 0) + day * WORLD_DAY + hour * WORLD_HOUR +
		minute * WORLD_MINUTE + second * INSTANT_SECOND;
}

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators"). */
static guint64 draw(World *w)
{
	w->state ^= w->state >> 12;
	w->state ^= w->state << 25;
	w->state ^= w->state >> 27;
	return w->state * 0x2545f4914f6cdd1d;
}

guint world_random(World *w, guint low, guint high)
{
	return low + (guint)((draw(w) >> 32) % (high - low));
}

Instant world_moment(World *w, Instant start, Instant length)
{
	return start + (Instant)((draw(w) >> 11) % (guint64)(length / 100)) * 100;
}

const char *world_text(World *w, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return g_string_chunk_insert_const(w->texts, text);
}

const char *world_sid(World *w, guint relative_id)
{
	return world_text(w, DOMAIN_SID "-%u", relative_id);
}

const char *world_utc(World *w, Instant time)
{
	InstantParts p = instant_parts(time);

	return world_text(w, "%04d-%02d-%02d %02d:%02d:%02d.%03d", p.year, p.month, p.day, p.hour,
		p.minute, p.second, p.nanosecond / 1000000);
}

const char *world_guid(World *w)
{
	guint64 a = draw(w), b = draw(w);

	return world_text(w, "{%08x-%04x-%04x-%04x-%012" G_GINT64_MODIFIER "x}", (guint)(a >> 32),
		(guint)(a >> 16 & 0xffff), (guint)(a & 0xffff), (guint)(b >> 48),
		b & G_GUINT64_CONSTANT(0xffffffffffff));
}

EvtxData *fields(const char *name, ...)
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

static const EventSpec *find_spec(LogId log, guint16 id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(event_specs); i++)
		if (event_specs[i].log == log && event_specs[i].id == id)
			return &event_specs[i];
	g_error("no event %u is known for log %d", id, log);
}

void world_add(World *w, HostId host, LogId log, guint16 event_id, Instant time, EvtxData *data)
{
	Entry entry = { time, w->sequence++, find_spec(log, event_id), data };

	g_array_append_val(w->logs[host][log].entries, entry);
}

void world_clear_log(World *w, HostId host, LogId log, Instant time)
{
	w->logs[host][log].cleared = time;
}

void world_lose(World *w, HostId host, LogId log, Instant from, Instant to)
{
	w->logs[host][log].lost_from = from;
	w->logs[host][log].lost_to = to;
}

void world_damage(World *w, HostId host, LogId log)
{
	w->logs[host][log].damaged = TRUE;
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static gint compare_entries(gconstpointer a, gconstpointer b)
{
	const Entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->sequence < y->sequence ? -1 : 1;
}

static void write_entry(EvtxWriter *writer, const LogSpec *log, const Host *host, Entry *entry)
{
	const EventSpec *s = entry->spec;
	EvtxEvent event = { .provider = s->provider ? s->provider : log->provider,
		.provider_guid = s->provider ? s->guid : log->guid,
		.source_name = s->source,
		.event_id = s->id,
		.qualifiers = s->qualifiers,
		.version = s->version,
		.level = s->level,
		.opcode = s->opcode,
		.task = s->task,
		.keywords = s->keywords,
		.time = entry->time,
		.process_id = log->process_id,
		.thread_id = log->process_id ? log->process_id + 4 * (1 + entry->sequence % 9) : 0,
		.channel = log->channel,
		.computer = host->full_name,
		.user_sid = log->user_sid };

	evtx_writer_add(writer, &event, g_steal_pointer(&entry->data));
}

static gboolean is_lost(const Log *log, Instant time)
{
	return log->lost_from != INSTANT_NONE && time >= log->lost_from && time < log->lost_to;
}

static void write_entries(EvtxWriter *writer, LogId id, HostId host, Log *log)
{
	gboolean clear_due = log->cleared != INSTANT_NONE;

	g_array_sort(log->entries, compare_entries);
	evtx_writer_skip_ids(writer, 20000 + 1000 * id + 100 * host); /* the log is not new */
	for (guint i = 0; i < log->entries->len; i++) {
		Entry *entry = &g_array_index(log->entries, Entry, i);

		if (clear_due && entry->time >= log->cleared) {
			clear_due = FALSE;
			evtx_writer_clear(writer);
		}
		if (is_lost(log, entry->time))
			evtx_writer_skip_ids(writer, 1);
		else
			write_entry(writer, &log_specs[id], &hosts[host], entry);
	}
}

/* Junk over the head of a record: what a bad sector, or a clumsy hand, leaves behind. */
static void damage(EvtxWriter *writer, GByteArray *file)
{
	guint64 offset = evtx_writer_record_offset(writer, evtx_writer_n_records(writer) / 2);

	for (guint i = 0; i < 96; i++)
		file->data[offset + i] = (guint8)(0xa5 ^ i * 7);
}

gboolean world_write_file(
	const char *folder, const char *path, const char *bytes, gsize size, GError **error)
{
	g_autofree char *file = g_build_filename(folder, path, NULL);
	g_autofree char *parent = g_path_get_dirname(file);

	if (g_mkdir_with_parents(parent, 0755) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s can not be made", parent);
		return FALSE;
	}
	return g_file_set_contents(file, bytes, (gssize)size, error);
}

static gboolean write_log(LogId id, HostId host, Log *log, const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(hosts[host].name, log_specs[id].file, NULL);
	g_autoptr(EvtxWriter) writer = evtx_writer_new();
	g_autoptr(GByteArray) bytes = NULL;

	write_entries(writer, id, host, log);
	/* Copied from a running machine: the header was never brought up to date. */
	if (host == HOST_EXCH01)
		evtx_writer_set_flaws(writer, EVTX_FLAW_DIRTY);
	bytes = evtx_writer_finish(writer);
	if (log->damaged)
		damage(writer, bytes);
	return world_write_file(folder, path, (const char *)bytes->data, bytes->len, error);
}

gboolean world_write(World *w, const char *folder, GError **error)
{
	for (guint h = 0; h < HOST_N; h++) {
		for (guint l = 0; l < LOG_N; l++) {
			Log *log = &w->logs[h][l];

			if (log->entries->len > 0 &&
				!write_log((LogId)l, (HostId)h, log, folder, error))
				return FALSE;
		}
	}
	return TRUE;
}

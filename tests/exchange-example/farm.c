/* SPDX-License-Identifier: Apache-2.0 */
/* Servers, time, chance, text logs and the truth: see farm.h. */

#include <stdarg.h>
#include <string.h>

#include "traffic.h"

typedef struct LogSpec {
	const char *name;   /* below the server, before the time */
	const char *ending; /* behind it; "%u" is the number of the file */
	guint hours;
	enum { NAME_HOUR, NAME_DAY, NAME_SHORT_DAY } stamp;
} LogSpec;

#define PROXY(name) FARM_V15 "Logging/HttpProxy/" name "/HttpProxy_"

static const LogSpec log_specs[LOG_N] = {
	{ PROXY("Autodiscover"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Eas"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Ecp"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Ews"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Mapi"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Oab"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("Owa"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("OwaCalendar"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("PowerShell"), "-%u.LOG", 1, NAME_HOUR },
	{ PROXY("RpcHttp"), "-%u.LOG", 1, NAME_HOUR },
	{ FARM_V15 "Logging/ECP/Server/ECPServer", "-%u.LOG", 24, NAME_DAY },
	{ FARM_V15 "Logging/ECP/Activity/ECPActivity_11500_", "-%u.LOG", 24, NAME_DAY },
	{ FARM_V15 "Logging/OABGeneratorLog/OABGeneratorLog", "-%u.LOG", 24, NAME_DAY },
	{ FARM_V15 "Logging/CmdletInfra/Powershell-Proxy/Http/Rps_Http_", "-%u.LOG", 24,
		NAME_HOUR },
	{ "C/inetpub/logs/LogFiles/W3SVC1/u_ex", ".log", 24, NAME_SHORT_DAY },
	{ "C/inetpub/logs/LogFiles/W3SVC2/u_ex", ".log", 24, NAME_SHORT_DAY },
	{ "C/Windows/System32/LogFiles/HTTPERR/httperr", "%u.log", 24 * 60, NAME_HOUR },
};

static const Server servers[SERVER_N] = {
	{ "EX01", "EX01.corp.example.com", "192.0.2.11", INSTANT_NONE, INSTANT_NONE, TRUE },
	{ "EX02", "EX02.corp.example.com", "192.0.2.12", INSTANT_NONE, INSTANT_NONE, FALSE },
};

typedef struct Planned {
	Instant time;
	guint sequence;
	char *line;
	const Truth *truth;
} Planned;

typedef struct TextLog {
	GArray *planned; /* sorted when the first line is written */
	guint next;
	gboolean is_sorted;
	char *path; /* below the folder; NULL: no file yet */
	GString *text;
	guint n_lines, number;
	gint64 period;
	const char *build;
} TextLog;

struct Farm {
	const Size *size;
	const char *folder;
	guint64 state;
	Instant now;
	guint sequence;
	GStringChunk *texts;
	GString *truth;
	TextLog logs[SERVER_N][LOG_N];
	GError *error; /* the first */
};

static void planned_clear(gpointer p)
{
	g_free(((Planned *)p)->line);
}

Farm *farm_new(guint64 seed, const Size *size, const char *folder)
{
	Farm *f = g_new0(Farm, 1);

	f->size = size;
	f->folder = folder;
	f->state = seed;
	f->texts = g_string_chunk_new(8192);
	f->truth = g_string_new("#server\tpath\tplace\ttime\tkind\tstages\twhat\n");
	for (guint s = 0; s < SERVER_N; s++) {
		for (guint l = 0; l < LOG_N; l++) {
			TextLog *log = &f->logs[s][l];

			log->planned = g_array_new(FALSE, FALSE, sizeof(Planned));
			g_array_set_clear_func(log->planned, planned_clear);
			log->text = g_string_new(NULL);
		}
	}
	return f;
}

void farm_free(Farm *f)
{
	if (!f)
		return;
	for (guint s = 0; s < SERVER_N; s++) {
		for (guint l = 0; l < LOG_N; l++) {
			g_array_unref(f->logs[s][l].planned);
			g_string_free(f->logs[s][l].text, TRUE);
			g_free(f->logs[s][l].path);
		}
	}
	g_string_free(f->truth, TRUE);
	g_string_chunk_free(f->texts);
	g_clear_error(&f->error);
	g_free(f);
}

/* ---- servers and time ---------------------------------------------------------------------------
 */

const Size *farm_size(const Farm *f)
{
	return f->size;
}

const Server *farm_server(ServerId server)
{
	return &servers[server];
}

Instant farm_time(int day, guint hour, guint minute, guint second)
{
	return instant_from_parts(2021, 3, 1, 0, 0, 0, 0) + (day - 1) * FARM_DAY +
		hour * FARM_HOUR + minute * FARM_MINUTE + second * INSTANT_SECOND;
}

Instant farm_now(const Farm *f)
{
	return f->now;
}

Instant farm_from(const Farm *f, ServerId server)
{
	Instant from = farm_time((int)f->size->first_day - 28, 0, 0, 0);

	/* A new disk for logs on 4 March: what was before is gone. */
	return server == EX02 ? MAX(from, farm_time(4, 6, 0, 0)) : from;
}

Instant farm_to(const Farm *f)
{
	return farm_time((int)f->size->first_day - 28, 0, 0, 0) + f->size->days * FARM_DAY;
}

/* Exchange 2016 CU19; KB5000871 came to EX02 on 3 March, to EX01 on 9 March. */
Build farm_build(ServerId server, Instant time)
{
	gboolean updated = server == EX02 || time >= farm_time(9, 20, 24, 0);

	return (Build){ 15, 1, 2176, updated ? 9 : 2 };
}

const char *farm_build_text(ServerId server, Instant time)
{
	return farm_build(server, time).revision == 9 ? "15.1.2176.9" : "15.1.2176.2";
}

void farm_put_time(GString *text, Instant time)
{
	InstantParts p = instant_parts(time);

	g_string_append_printf(text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", p.year, p.month, p.day,
		p.hour, p.minute, p.second, p.nanosecond / 1000000);
}

const char *farm_time_text(Farm *f, Instant time)
{
	g_autoptr(GString) text = g_string_new(NULL);

	farm_put_time(text, time);
	return g_string_chunk_insert(f->texts, text->str);
}

/* ---- chance and texts ---------------------------------------------------------------------------
 */

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators"). */
static guint64 draw(Farm *f)
{
	f->state ^= f->state >> 12;
	f->state ^= f->state << 25;
	f->state ^= f->state >> 27;
	return f->state * 0x2545f4914f6cdd1d;
}

guint farm_random(Farm *f, guint low, guint high)
{
	return low + (guint)((draw(f) >> 32) % (high - low));
}

const char *farm_text(Farm *f, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return g_string_chunk_insert(f->texts, text);
}

void farm_put_guid(Farm *f, GString *text)
{
	static const char digits[] = "0123456789abcdef";
	guint64 bits[2] = { draw(f), draw(f) };

	for (guint i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			g_string_append_c(text, '-');
		g_string_append_c(text, digits[bits[i / 16] >> (4 * (i % 16)) & 15]);
	}
}

const char *farm_guid(Farm *f)
{
	g_autoptr(GString) text = g_string_new(NULL);

	farm_put_guid(f, text);
	return g_string_chunk_insert(f->texts, text->str);
}

/* ---- rows over the days -------------------------------------------------------------------------
 */

/* How much happens in an hour: probes and phones at night, people by day, fewer at weekends. */
static guint weight(Instant hour)
{
	static const guint8 by_hour[24] = { 3, 3, 3, 3, 3, 4, 6, 10, 14, 15, 15, 14, 12, 14, 15, 14,
		12, 9, 7, 6, 5, 4, 4, 3 };
	guint day =
		(guint)((hour / FARM_DAY + 4) % 7); /* 1 January 1970 was a Thursday: 0 Sunday */
	guint n = by_hour[hour / FARM_HOUR % 24];

	return day == 0 || day == 6 ? 2 + n / 4 : n;
}

void farm_day_in_day_out(Farm *f, ServerId server, LogId log, guint n, FarmRow row)
{
	Instant from = farm_from(f, server), to = farm_to(f);
	guint64 all = 0, before = 0;

	for (Instant hour = from; hour < to; hour += FARM_HOUR)
		all += weight(hour);
	for (Instant hour = from; hour < to; hour += FARM_HOUR) {
		guint64 after = before + weight(hour);
		guint rows = (guint)(after * n / all - before * n / all);

		for (guint i = 0; i < rows; i++) {
			Instant slot = FARM_HOUR / rows;

			f->now = hour + i * slot + slot / 1000 * farm_random(f, 0, 999);
			row(f, server, log, f->now);
			g_string_chunk_clear(f->texts);
		}
		before = after;
	}
}

/* ---- text logs ----------------------------------------------------------------------------------
 */

void farm_plan(
	Farm *f, ServerId server, LogId log, Instant time, const char *line, const Truth *truth)
{
	Planned p = { time, f->sequence++, NULL, truth };

	if (server >= f->size->n_servers || time < farm_from(f, server) || time >= farm_to(f))
		return;
	p.line = g_strdup(line);
	g_array_append_val(f->logs[server][log].planned, p);
}

static gint compare_planned(gconstpointer a, gconstpointer b)
{
	const Planned *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

gboolean farm_file(Farm *f, ServerId server, const char *path, const char *bytes, gssize size,
	const Truth *truth, GError **error)
{
	g_autofree char *file = g_build_filename(f->folder, servers[server].name, path, NULL);
	g_autofree char *parent = g_path_get_dirname(file);

	if (g_mkdir_with_parents(parent, 0755) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s can not be made", parent);
		return FALSE;
	}
	if (truth)
		farm_tell(f, server, path, "file", INSTANT_NONE, truth);
	return g_file_set_contents(file, bytes, size, error);
}

static void close_file(Farm *f, ServerId server, TextLog *log)
{
	if (log->path && !f->error)
		farm_file(f, server, log->path, log->text->str, (gssize)log->text->len, NULL,
			&f->error);
	g_clear_pointer(&log->path, g_free);
	g_string_truncate(log->text, 0);
	log->n_lines = 0;
}

static const char *header(Farm *f, ServerId server, LogId id, Instant time)
{
	if (id < LOG_PROXY_N)
		return proxy_header(f, server, time);
	switch (id) {
	case LOG_IIS_FRONT:
	case LOG_IIS_BACK:
		return iis_header(f, time);
	case LOG_HTTP_ERROR:
		return iis_error_header(f, time);
	default:
		return ecp_header(f, id, time);
	}
}

static void put(TextLog *log, const char *text)
{
	g_string_append(log->text, text);
	g_string_append(log->text, "\r\n");
	for (; *text; text++)
		log->n_lines += *text == '\n';
	log->n_lines++;
}

/* A new file where a new period begins, or where the service came back with another build. */
static void open_file(Farm *f, ServerId server, LogId id, Instant time)
{
	TextLog *log = &f->logs[server][id];
	const LogSpec *spec = &log_specs[id];
	Instant length = MAX(spec->hours, f->size->hours) * FARM_HOUR;
	gint64 period = (time - farm_from(f, EX01)) / length;
	const char *build = farm_build_text(server, time);
	gboolean restarted = log->build != build && spec->hours < 24 * 60 && id != LOG_IIS_FRONT &&
		id != LOG_IIS_BACK;
	const char *first;
	InstantParts p;

	if (log->path && log->period == period && !restarted)
		return;
	log->number = log->path && log->period == period ? log->number + 1 : 1;
	close_file(f, server, log);
	log->period = period;
	log->build = build;
	p = instant_parts(farm_from(f, EX01) + period * length);
	if (spec->stamp == NAME_HOUR)
		first = farm_text(f, "%04d%02d%02d%02d", p.year, p.month, p.day, p.hour);
	else if (spec->stamp == NAME_DAY)
		first = farm_text(f, "%04d%02d%02d", p.year, p.month, p.day);
	else
		first = farm_text(f, "%02d%02d%02d", p.year % 100, p.month, p.day);
	if (id == LOG_HTTP_ERROR)
		first = "";
	log->path = strchr(spec->ending, '%')
		? g_strdup_printf("%s%s%s%u%s", spec->name, first, *spec->ending == '-' ? "-" : "",
			  log->number, strchr(spec->ending, '.'))
		: g_strconcat(spec->name, first, spec->ending, NULL);
	put(log, header(f, server, id, time));
}

static void write_line(
	Farm *f, ServerId server, LogId id, Instant time, const char *line, const Truth *truth)
{
	TextLog *log = &f->logs[server][id];

	open_file(f, server, id, time);
	put(log, line);
	if (truth) {
		g_autofree char *place = g_strdup_printf("line %u", log->n_lines);

		farm_tell(f, server, log->path, place, time, truth);
	}
}

static void write_planned(Farm *f, ServerId server, LogId id, Instant before)
{
	TextLog *log = &f->logs[server][id];

	if (!log->is_sorted)
		g_array_sort(log->planned, compare_planned);
	log->is_sorted = TRUE;
	for (; log->next < log->planned->len; log->next++) {
		const Planned *p = &g_array_index(log->planned, Planned, log->next);

		if (p->time >= before)
			return;
		write_line(f, server, id, p->time, p->line, p->truth);
	}
}

void farm_write(Farm *f, ServerId server, LogId log, Instant time, const char *line)
{
	write_planned(f, server, log, time);
	write_line(f, server, log, time, line, NULL);
}

gboolean farm_finish(Farm *f, GError **error)
{
	for (guint s = 0; s < SERVER_N; s++) {
		for (guint l = 0; l < LOG_N; l++) {
			write_planned(f, (ServerId)s, (LogId)l, G_MAXINT64);
			close_file(f, (ServerId)s, &f->logs[s][l]);
		}
	}
	if (f->error)
		g_propagate_error(error, g_steal_pointer(&f->error));
	return !*error;
}

/* ---- the truth ----------------------------------------------------------------------------------
 */

void farm_tell(Farm *f, ServerId server, const char *path, const char *place, Instant time,
	const Truth *truth)
{
	char when[INSTANT_TEXT_BYTES];

	instant_format(time, when);
	g_string_append_printf(f->truth, "%s\t%s/%s\t%s\t%s\t%s\t%s\t%s\n", servers[server].name,
		servers[server].name, path, place, when, truth->kind, truth->stages, truth->what);
}

gboolean farm_write_truth(Farm *f, const char *path, GError **error)
{
	return g_file_set_contents(path, f->truth->str, (gssize)f->truth->len, error);
}

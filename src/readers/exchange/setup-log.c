/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ExchangeSetup.log: every run of setup is appended to it.
 *
 *	[03/07/2021 18:53:15.0476] [0] Starting Microsoft Exchange Server 2016 Setup
 *	[03/07/2021 18:53:15.0477] [0] Local time zone: (UTC-06:00) Central Time (US & Canada).
 *	[03/07/2021 18:53:15.0477] [0] Setup version: 15.1.2106.2.
 *	[03/07/2021 18:53:22.0382] [0] The locally installed version is 15.1.2106.2.
 *
 * Times are local ones, in the zone that the run names; what stands behind the point are
 * milliseconds, with four digits (18:53:15.0476 is 476 ms past).
 *
 * What a run says of itself stands near its start: zone, version, mode, and (up to
 *LIMIT_SETUP_RUN_BYTES behind) the computer. All its events have these as fields, so a task that
 *begins in the middle of a run looks for where that starts, as for a header line.
 *
 * The version that is "locally installed" is the one that setup left there: security updates do not
 * change it. InstalledUpdate is its first three parts, which hold with any of them.
 */
#include "readers/exchange/exchange.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/exchange/entries.h"
#include "readers/exchange/windows-zone.h"
#include "readers/text/line-format.h"
#include "readers/text/scan.h"
#include "readers/wide.h"

#define STAMP_BYTES 26 /* "[03/07/2021 18:53:15.0476]" */
#define LEVEL_END   44 /* where the level's bracket is closed, at the latest */
#define START	    "Starting Microsoft Exchange "
#define START_BYTES 512 /* a line that starts a run is not longer */
#define BLOCK_BYTES (64u << 10)
#define SURE	    95
#define SHARE	    50 /* of lines, in percent */

enum {
	COLUMN_FORMAT,
	COLUMN_NAME,
	COLUMN_TIMESTAMP,
	COLUMN_LEVEL,
	COLUMN_COMPUTER,
	COLUMN_MODE,
	COLUMN_SETUP_VERSION,
	COLUMN_INSTALLED_VERSION,
	COLUMN_INSTALLED_UPDATE,
	COLUMN_MESSAGE,
};

static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "exchange-setup" },
	[COLUMN_NAME] = { "LogName", "ExchangeSetup" },
	[COLUMN_TIMESTAMP] = { "timestamp", NULL },
	[COLUMN_LEVEL] = { "level", NULL },
	[COLUMN_COMPUTER] = { "Computer", NULL },
	[COLUMN_MODE] = { "Mode", NULL },
	[COLUMN_SETUP_VERSION] = { "SetupVersion", NULL },
	[COLUMN_INSTALLED_VERSION] = { "InstalledVersion", NULL },
	[COLUMN_INSTALLED_UPDATE] = { "InstalledUpdate", NULL },
	[COLUMN_MESSAGE] = { "message", NULL },
};

struct ReaderLibrary {
	Wide *wide;
	LineMemo *memo;
};

/* What a run of setup says of itself. */
typedef struct SetupRun {
	guint64 offset; /* of the line that starts it; G_MAXUINT64: before any such line */
	gboolean has_zone;
	WindowsZone zone;
	GString *zone_name, *computer, *mode, *version; /* empty: not told */
} SetupRun;

typedef struct SetupState {
	ReaderLibrary *library;
	const Source *source;
	const ReaderReport *report;
	EntryReader *entries;
	LineFormat format;
	SetupRun run;
	StampClock clock; /* for runs that name no zone */
	GString *unsure;  /* the first zone of which it is not known whether it has a summer time */
	guint64 n_unsure, first_unsure;
} SetupState;

/* ---- lines ---- */

static gboolean read_digits(Slice text, gsize at, guint n, int *ret)
{
	guint64 value;

	if (!scan_number(slice_sub(text, at, n), &value) || at + n > text.size)
		return FALSE;
	*ret = (int)value;
	return TRUE;
}

/* "[03/07/2021 18:53:15.0476] [0] message" */
static gboolean read_start(Slice line, EntryStart *ret)
{
	Stamp *stamp = &ret->stamp;
	gsize close;
	int fraction;

	*ret = (EntryStart){ 0 };
	if (line.size < STAMP_BYTES + 3 || line.data[0] != '[' || line.data[3] != '/' ||
		line.data[6] != '/' || line.data[11] != ' ' || line.data[14] != ':' ||
		line.data[17] != ':' || line.data[20] != '.' ||
		memcmp(&line.data[STAMP_BYTES - 1], "] [", 3) != 0)
		return FALSE;
	if (!read_digits(line, 1, 2, &stamp->month) || !read_digits(line, 4, 2, &stamp->day) ||
		!read_digits(line, 7, 4, &stamp->year) || !read_digits(line, 12, 2, &stamp->hour) ||
		!read_digits(line, 15, 2, &stamp->minute) ||
		!read_digits(line, 18, 2, &stamp->second) || !read_digits(line, 21, 4, &fraction))
		return FALSE;
	/* Four digits that are more than milliseconds would be a part of the second. */
	stamp->nanosecond = fraction < 1000 ? fraction * 1000000 : fraction * 100000;
	close = scan_byte(slice_sub(line, 0, LEVEL_END), STAMP_BYTES + 2, ']');
	if (close >= MIN(line.size, LEVEL_END))
		return FALSE;
	ret->timestamp = slice_sub(line, 1, STAMP_BYTES - 2);
	ret->level = slice_sub(line, STAMP_BYTES + 2, close - STAMP_BYTES - 2);
	ret->message = close + 1;
	if (ret->message < line.size && line.data[ret->message] == ' ')
		ret->message++;
	return TRUE;
}

/* TRUE for a line that starts a run. */
static gboolean is_start(Slice line)
{
	EntryStart start;
	Slice rest;

	return line.size <= START_BYTES && read_start(line, &start) &&
		scan_skip_prefix(slice_sub(line, start.message, line.size), START, &rest);
}

static int header_kind(Slice line)
{
	return is_start(line) ? 0 : -1;
}

static const EntryFormat entry_format = {
	.read_start = read_start,
	.header_start = '[',
	.header_kind = header_kind,
};

/* ---- what a run says of itself ---- */

static void set_once(GString *string, Slice text)
{
	if (string->len == 0 && text.size <= LIMIT_COLUMN_NAME_BYTES)
		text_append_utf8(string, text);
}

static Slice up_to(Slice text, char end)
{
	return slice_sub(text, 0, scan_byte(text, 0, (guint8)end));
}

/* "15.1.2176.2." without what ends the sentence; empty for what is no version. */
static Slice version_of(Slice text)
{
	gsize size = 0;

	while (size < text.size && (g_ascii_isdigit(text.data[size]) || text.data[size] == '.'))
		size++;
	while (size > 0 && text.data[size - 1] == '.')
		size--;
	return slice_sub(text, 0, size);
}

/* The first three parts of a version. */
static Slice update_of(Slice version)
{
	gsize end = 0;

	for (guint i = 0; i < 3; i++)
		end = scan_byte(version, end + (i > 0), '.');
	return slice_sub(version, 0, end);
}

/* "'mode', Value='Upgrade'.", "'preparead', Value=''." */
static void take_parameter(SetupRun *run, Slice rest)
{
	Slice value;

	if (scan_skip_prefix(rest, "mode', Value='", &value))
		set_once(run->mode, up_to(value, '\''));
	else if (scan_skip_prefix(rest, "prepare", &value))
		set_once(run->mode, up_to(rest, '\''));
}

/* "'/mode:upgrade /sourcedir:D:'": what was typed, or chosen in windows. */
static void take_command(SetupRun *run, Slice rest)
{
	Slice value;

	for (gsize at = scan_byte(rest, 0, '/'); at < rest.size;
		at = scan_byte(rest, at + 1, '/')) {
		if (!scan_skip_prefix(slice_sub(rest, at, rest.size), "/mode:", &value))
			continue;
		set_once(run->mode, up_to(up_to(value, ' '), '\''));
		return;
	}
}

static void take_message(SetupRun *run, Slice message)
{
	Slice rest;

	if (scan_skip_prefix(message, "Local time zone: ", &rest) && run->zone_name->len == 0) {
		run->has_zone = windows_zone_read(rest, &run->zone);
		if (rest.size > 0 && rest.data[rest.size - 1] == '.')
			rest.size--;
		set_once(run->zone_name, rest);
	} else if (scan_skip_prefix(message, "Setup version: ", &rest)) {
		set_once(run->version, version_of(rest));
	} else if (scan_skip_prefix(message, "Command Line Parameter Name='", &rest)) {
		take_parameter(run, rest);
	} else if (scan_skip_prefix(message, "RuntimeAssembly was started with", &rest)) {
		take_command(run, rest);
	} else if (scan_skip_prefix(message,
			   "Setup will search for an Exchange Server object for the local machine "
			   "with name '",
			   &rest)) {
		set_once(run->computer, up_to(rest, '\''));
	} else if (scan_skip_prefix(message, "Server Name=", &rest)) {
		set_once(run->computer, rest);
	}
}

/* FALSE where nothing further is wanted: all is known, or another run starts with @line. */
static gboolean take_line(SetupRun *run, Slice line, guint64 offset)
{
	EntryStart start;

	while (line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	if (offset != run->offset && is_start(line))
		return FALSE;
	if (read_start(line, &start))
		take_message(run, slice_sub(line, start.message, line.size));
	return run->computer->len == 0 || run->zone_name->len == 0 || run->version->len == 0 ||
		run->mode->len == 0;
}

/* A block of lines, read at @offset, of which the last may be cut; returns the bytes of whole
 * ones, or 0 where nothing further is wanted. */
static gsize take_block(
	SetupRun *run, const LineFormat *format, Slice block, guint64 offset, gboolean is_last)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gsize at = 0, after, end;

	for (; at < block.size; at = after) {
		Slice line;

		end = line_format_find_end(format, block, at, &after);
		if (end == block.size && !is_last && at > 0)
			break;
		line = slice_sub(block, at, end - at);
		if (format->encoding != TEXT_BYTES) {
			g_string_truncate(text, 0);
			line_format_append_utf16(format, text, line);
			line = slice_make(text->str, text->len);
		}
		if (!take_line(run, line, offset + at))
			return 0;
	}
	return at;
}

static void run_forget(SetupRun *run)
{
	run->has_zone = FALSE;
	g_string_truncate(run->zone_name, 0);
	g_string_truncate(run->computer, 0);
	g_string_truncate(run->mode, 0);
	g_string_truncate(run->version, 0);
}

/* Reads what the run that starts at @offset says of itself. */
static void run_read(SetupState *state, guint64 offset)
{
	g_autofree guint8 *bytes = NULL;
	SetupRun *run = &state->run;
	guint64 at = offset, end = offset + LIMIT_SETUP_RUN_BYTES;

	if (run->offset == offset)
		return;
	run->offset = offset;
	run_forget(run);
	if (offset == G_MAXUINT64)
		return;
	bytes = g_malloc(BLOCK_BYTES);
	while (at < end) {
		gsize wanted = (gsize)MIN(BLOCK_BYTES, end - at), used;
		gssize n = source_read(state->source, at, bytes, wanted, NULL);

		if (n <= 0)
			return;
		used = take_block(
			run, &state->format, slice_make(bytes, (gsize)n), at, (gsize)n < wanted);
		if (used == 0)
			return;
		at += used;
	}
}

/* ---- the reader ---- */

static guint setup_probe(Slice bytes, const char *name)
{
	guint share = 0;
	TextHead head;

	text_head_init(&head, bytes);
	if (head.is_text)
		share = entry_format_share(&entry_format, &head);
	text_head_clear(&head);
	return share > SHARE ? SURE : 0;
}

static ReaderLibrary *setup_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("exchange-setup", columns, G_N_ELEMENTS(columns));
	library->memo = line_memo_new();
	return library;
}

static void setup_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	line_memo_free(library->memo);
	g_free(library);
}

static gboolean setup_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void tell_unsure(SetupState *state)
{
	Gap gap = {
		.kind = GAP_TIME_ASSUMED, .offset = state->first_unsure, .records = state->n_unsure
	};
	g_autofree char *note = g_strdup_printf(
		"The log's times are local ones of the zone \"%s\": it is not known whether "
		"that has a summer time, and standard time was taken for the whole year.",
		state->unsure->str);

	gap.note = note;
	if (state->n_unsure)
		state->report->gap(state->report->context, &gap);
}

static void setup_close(void *data)
{
	SetupState *state = data;

	if (!state)
		return;
	if (state->entries) {
		tell_unsure(state);
		stamp_clock_report(&state->clock, state->report);
	}
	entry_reader_free(state->entries);
	(void)g_string_free(state->run.zone_name, TRUE);
	(void)g_string_free(state->run.computer, TRUE);
	(void)g_string_free(state->run.mode, TRUE);
	(void)g_string_free(state->run.version, TRUE);
	(void)g_string_free(state->unsure, TRUE);
	g_free(state);
}

static void *setup_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	SetupState *state = g_new0(SetupState, 1);

	*state = (SetupState){
		.library = library,
		.source = source,
		.report = report,
		.unsure = g_string_new(NULL),
		.run = {
			.offset = G_MAXUINT64,
			.zone_name = g_string_new(NULL),
			.computer = g_string_new(NULL),
			.mode = g_string_new(NULL),
			.version = g_string_new(NULL),
		},
	};
	stamp_clock_init(&state->clock, source);
	wide_begin_task(library->wide);
	if (line_format_detect(source, &state->format, error))
		state->entries =
			entry_reader_new(source, task, &entry_format, library->memo, report, error);
	if (!state->entries) {
		setup_close(state);
		return NULL;
	}
	return state;
}

static Instant time_of(SetupState *state, const Entry *entry)
{
	const Stamp *s = &entry->start.stamp;
	const SetupRun *run = &state->run;
	Instant local;

	if (!run->has_zone)
		return stamp_clock_instant(&state->clock, s);
	if (!run->zone.is_sure && state->n_unsure++ == 0) {
		state->first_unsure = entry->offset;
		g_string_assign(state->unsure, run->zone_name->str);
	}
	local = instant_from_parts(
		s->year, s->month, s->day, s->hour, s->minute, s->second, s->nanosecond);
	return windows_zone_from_local(&run->zone, local);
}

static void set_text(Wide *wide, guint column, Slice text)
{
	if (text.size > 0)
		(void)wide_set(wide, column, wide_text(text, VALUE_UTF8));
}

static Slice slice_of(const GString *string)
{
	return slice_make(string->str, string->len);
}

static void set_columns(SetupState *state, const Entry *entry)
{
	const SetupRun *run = &state->run;
	Wide *wide = state->library->wide;
	Slice version;

	set_text(wide, COLUMN_TIMESTAMP, entry->start.timestamp);
	set_text(wide, COLUMN_LEVEL, entry->start.level);
	set_text(wide, COLUMN_COMPUTER, slice_of(run->computer));
	set_text(wide, COLUMN_MODE, slice_of(run->mode));
	set_text(wide, COLUMN_SETUP_VERSION, slice_of(run->version));
	if (scan_skip_prefix(entry->message, "The locally installed version is ", &version)) {
		set_text(wide, COLUMN_INSTALLED_VERSION, version_of(version));
		set_text(wide, COLUMN_INSTALLED_UPDATE, update_of(version_of(version)));
	}
	(void)wide_set(wide, COLUMN_MESSAGE, wide_text(entry->message, VALUE_UTF8));
}

static NextResult setup_next(void *data, Event *ret_event)
{
	SetupState *state = data;
	Slice rest;
	Entry entry;

	wide_start(state->library->wide);
	if (!entry_reader_next(state->entries, &entry))
		return NEXT_END;
	/* A line of asterisks stands above the one that starts a run. */
	if (entry.has_next && is_start(entry.next) && scan_skip_prefix(entry.message, "***", &rest))
		entry.header = entry.next_offset;
	run_read(state, entry.header);
	*ret_event = (Event){
		.time = entry.has_start ? time_of(state, &entry) : INSTANT_NONE,
		.record = entry.number,
		.offset = entry.offset,
	};
	set_columns(state, &entry);
	wide_finish(state->library->wide, ret_event);
	return NEXT_EVENT;
}

static const char *const host_columns[] = { "Computer", NULL };
static const char *const channel_columns[] = { "LogName", NULL };

const Reader exchange_setup_reader = {
	.name = "exchange-setup",
	.description = "ExchangeSetup.log, what Exchange's setup did",
	.docs = "docs/evidence-exchange.md",
	.probe = setup_probe,
	.library_new = setup_library_new,
	.library_free = setup_library_free,
	.plan = setup_plan,
	.open = setup_open,
	.next = setup_next,
	.close = setup_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

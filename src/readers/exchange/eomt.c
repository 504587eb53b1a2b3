/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EOMT.log: what the Exchange On-premises Mitigation Tool did; times are local ones, without zone.
 *
 *	2021-03-15 10:11:12 Info: Starting mitigation process on EX01
 *	2021-03-15 10:31:40 Notice: Threats detected! Please review "C:\Windows\debug\msert.log" …
 *
 * EOMTSummary.txt is a text without times, and one event.
 *
 * Source: microsoft/CSS-Exchange, Security/src/EOMT.ps1 (Write-Log, Write-Summary).
 */
#include "base/limits.h"
#include "base/text.h"
#include "readers/exchange/entries.h"
#include "readers/exchange/exchange.h"
#include "readers/text/scan.h"
#include "readers/wide.h"

#define SURE	    90
#define SHARE	    60 /* of lines, in percent */
#define SUMMARY	    "Microsoft Safety Scanner and CVE-"
#define NAME_BYTES  15 /* of a computer, as NetBIOS has it */
#define PROBE_LINES 8  /* in which a log says which tool's it is */

enum {
	COLUMN_FORMAT,
	COLUMN_TIMESTAMP,
	COLUMN_LEVEL,
	COLUMN_COMPUTER,
	COLUMN_MESSAGE,
};

static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "eomt" },
	[COLUMN_TIMESTAMP] = { "timestamp", NULL },
	[COLUMN_LEVEL] = { "level", NULL },
	[COLUMN_COMPUTER] = { "Computer", NULL },
	[COLUMN_MESSAGE] = { "message", NULL },
};

struct ReaderLibrary {
	Wide *wide;
	LineMemo *memo;
};

typedef struct EomtState {
	ReaderLibrary *library;
	const ReaderReport *report;
	EntryReader *entries;
	StampClock clock;
} EomtState;

/* "2021-03-15 10:11:12 Info: message", or the summary's first line. */
static gboolean read_start(Slice line, EntryStart *ret)
{
	static const char *const levels[] = { "Info", "Notice", "Error", "Warning" };
	gsize size;
	Slice rest;

	*ret = (EntryStart){ 0 };
	if (scan_skip_prefix(line, SUMMARY, &rest))
		return TRUE;
	if (line.size < 20 || !g_ascii_isdigit(line.data[0]) || line.data[4] != '-' ||
		!stamp_read(line, &ret->stamp, &size) || size != strlen("2021-03-15 10:11:12"))
		return FALSE;
	ret->timestamp = slice_sub(line, 0, size);
	for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
		Slice level = slice_sub(line, size + 1, strlen(levels[i]));

		if (!slice_equal(level, slice_from_text(levels[i])) ||
			!scan_skip_prefix(
				slice_sub(line, size + 1 + level.size, line.size), ": ", &rest))
			continue;
		ret->level = level;
		ret->message = line.size - rest.size;
		return TRUE;
	}
	return FALSE;
}

static const EntryFormat entry_format = { .read_start = read_start };

/* Other tools write such lines, too: the first ones say what the tool does. */
static gboolean names_tool(const TextHead *head)
{
	static const char *const words[] = { "EOMT", "MSERT", "mitigation", "rollback",
		"Safety Scanner", "Exchange" };
	Slice line;

	for (guint i = 0; i < PROBE_LINES && text_head_line(head, i, &line); i++) {
		for (guint k = 0; k < G_N_ELEMENTS(words); k++) {
			if (line.size > 0 &&
				memmem(line.data, line.size, words[k], strlen(words[k])))
				return TRUE;
		}
	}
	return FALSE;
}

static guint eomt_probe(Slice bytes, const char *name)
{
	guint score = 0;
	TextHead head;
	Slice rest;

	text_head_init(&head, bytes);
	if (head.is_text &&
		scan_skip_prefix(slice_make(head.text->str, head.text->len), SUMMARY, &rest))
		score = SURE;
	else if (head.is_text && entry_format_share(&entry_format, &head) > SHARE &&
		names_tool(&head))
		score = SURE;
	text_head_clear(&head);
	return score;
}

static ReaderLibrary *eomt_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("eomt", columns, G_N_ELEMENTS(columns));
	library->memo = line_memo_new();
	return library;
}

static void eomt_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	line_memo_free(library->memo);
	g_free(library);
}

static gboolean eomt_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void eomt_close(void *data)
{
	EomtState *state = data;

	if (!state)
		return;
	stamp_clock_report(&state->clock, state->report);
	entry_reader_free(state->entries);
	g_free(state);
}

static void *eomt_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	EomtState *state = g_new0(EomtState, 1);

	state->library = library;
	state->report = report;
	stamp_clock_init(&state->clock, source);
	wide_begin_task(library->wide);
	state->entries =
		entry_reader_new(source, task, &entry_format, library->memo, report, error);
	if (!state->entries) {
		eomt_close(state);
		return NULL;
	}
	return state;
}

/* "… on EX01, please review …", "… on EX01 :: Default Web Site": names of computers are upper case.
 */
static Slice computer_of(Slice message)
{
	for (gsize at = scan_byte(message, 0, ' '); at < message.size;
		at = scan_byte(message, at + 1, ' ')) {
		gboolean has_letter = FALSE;
		gsize size = 0;
		Slice name;

		if (!scan_skip_prefix(slice_sub(message, at, message.size), " on ", &name))
			continue;
		for (; size < name.size &&
			(g_ascii_isupper(name.data[size]) || g_ascii_isdigit(name.data[size]) ||
				name.data[size] == '-');
			size++)
			has_letter |= g_ascii_isupper(name.data[size]);
		if (has_letter && size > 1 && size <= NAME_BYTES &&
			(size == name.size || strchr(" ,.\n", name.data[size])))
			return slice_sub(name, 0, size);
	}
	return SLICE_EMPTY;
}

static NextResult eomt_next(void *data, Event *ret_event)
{
	EomtState *state = data;
	Wide *wide = state->library->wide;
	Slice computer;
	Entry entry;

	wide_start(wide);
	if (!entry_reader_next(state->entries, &entry))
		return NEXT_END;
	*ret_event =
		(Event){ .time = INSTANT_NONE, .record = entry.number, .offset = entry.offset };
	if (entry.has_start && entry.start.timestamp.size > 0) {
		ret_event->time = stamp_clock_instant(&state->clock, &entry.start.stamp);
		(void)wide_set(
			wide, COLUMN_TIMESTAMP, wide_text(entry.start.timestamp, VALUE_UTF8));
		(void)wide_set(wide, COLUMN_LEVEL, wide_text(entry.start.level, VALUE_UTF8));
	}
	computer = computer_of(entry.message);
	if (computer.size > 0)
		(void)wide_set(wide, COLUMN_COMPUTER, wide_text(computer, VALUE_UTF8));
	(void)wide_set(wide, COLUMN_MESSAGE, wide_text(entry.message, VALUE_UTF8));
	wide_finish(wide, ret_event);
	return NEXT_EVENT;
}

static const char *const host_columns[] = { "Computer", NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader eomt_reader = {
	.name = "eomt",
	.description = "EOMT.log, what the Exchange mitigation tool did",
	.docs = "docs/evidence-exchange.md",
	.probe = eomt_probe,
	.library_new = eomt_library_new,
	.library_free = eomt_library_free,
	.plan = eomt_plan,
	.open = eomt_open,
	.next = eomt_next,
	.close = eomt_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

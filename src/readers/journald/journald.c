/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/journald/journald.h"

#include "base/limits.h"
#include "readers/journald/export.h"
#include "readers/syslog/payload.h"
#include "readers/text/lines.h"
#include "readers/text/scan.h"
#include "readers/wide.h"
#include "readers/windows-xml/event.h"

enum {
	COLUMN_FORMAT,
	COLUMN_REALTIME,
	COLUMN_HOSTNAME,
	COLUMN_IDENTIFIER,
	COLUMN_MESSAGE,
};

static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "journald" },
	[COLUMN_REALTIME] = { "__REALTIME_TIMESTAMP", NULL },
	[COLUMN_HOSTNAME] = { "_HOSTNAME", NULL },
	[COLUMN_IDENTIFIER] = { "SYSLOG_IDENTIFIER", NULL },
	[COLUMN_MESSAGE] = { "MESSAGE", NULL },
	{ "PRIORITY", NULL },
	{ "SYSLOG_FACILITY", NULL },
	{ "SYSLOG_PID", NULL },
	{ "_TRANSPORT", NULL },
	{ "_PID", NULL },
	{ "_UID", NULL },
	{ "_GID", NULL },
	{ "_COMM", NULL },
	{ "_EXE", NULL },
	{ "_CMDLINE", NULL },
	{ "_SYSTEMD_UNIT", NULL },
	{ "_SYSTEMD_USER_UNIT", NULL },
	{ "_SYSTEMD_CGROUP", NULL },
	{ "_SYSTEMD_SLICE", NULL },
	{ "_SYSTEMD_SESSION", NULL },
	{ "_SYSTEMD_OWNER_UID", NULL },
	{ "_SYSTEMD_INVOCATION_ID", NULL },
	{ "_AUDIT_LOGINUID", NULL },
	{ "_AUDIT_SESSION", NULL },
	{ "_CAP_EFFECTIVE", NULL },
	{ "_SELINUX_CONTEXT", NULL },
	{ "_BOOT_ID", NULL },
	{ "_MACHINE_ID", NULL },
	{ "_SOURCE_REALTIME_TIMESTAMP", NULL },
	{ "__MONOTONIC_TIMESTAMP", NULL },
	{ "__CURSOR", NULL },
	{ "SYSLOG_TIMESTAMP", NULL },
	{ "TTY", NULL },
	{ "PWD", NULL },
	{ "USER", NULL },
	{ "COMMAND", NULL },
};

struct ReaderLibrary {
	Wide *wide;
	XmlEvents *xml;
	ExportMemo memo;
};

typedef struct JournaldState {
	ReaderLibrary *library;
	const ReaderReport *report;
	ExportWalk *walk;
	guint64 end; /* of the range */
	guint64 n_entries;
	guint64 entry_bytes; /* kept of the entry at hand */
	Slice message, identifier;
	guint64 n_cut, first_cut;
	gboolean is_cut;
} JournaldState;

/* ---- probe and library ---- */

static gboolean is_field_line(Slice line)
{
	gsize equals = scan_byte(line, 0, '=');

	if (equals == 0 || equals == line.size)
		return FALSE;
	for (gsize i = 0; i < equals; i++) {
		guint8 c = line.data[i];

		if (!g_ascii_isupper(c) && !g_ascii_isdigit(c) && c != '_')
			return FALSE;
	}
	return TRUE;
}

static guint journald_probe(Slice head, const char *name)
{
	static const char cursor[] = "__CURSOR=", time[] = "\n__REALTIME_TIMESTAMP=";
	gsize at = 0;

	while (at < head.size && head.data[at] == '\n')
		at++;
	head = slice_sub(head, at, head.size);
	if (slice_equal(slice_sub(head, 0, sizeof cursor - 1), slice_from_text(cursor)))
		return 97;
	if (is_field_line(slice_sub(head, 0, scan_byte(head, 0, '\n'))) &&
		memmem(head.data, head.size, time, sizeof time - 1))
		return 90;
	return 0;
}

static ReaderLibrary *journald_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("journald", columns, G_N_ELEMENTS(columns));
	library->xml = xml_events_new();
	return library;
}

static void journald_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	xml_events_free(library->xml);
	g_free(library);
}

/* ---- gaps ---- */

static void tell(const JournaldState *state, GapKind kind, guint64 offset, guint64 size,
	guint64 records, const char *note)
{
	Gap gap = {
		.kind = kind, .offset = offset, .size = size, .records = records, .note = note
	};

	state->report->gap(state->report->context, &gap);
}

static void tell_damage(const JournaldState *state, const ExportField *field)
{
	g_autofree char *note = g_strdup_printf(
		"An entry of the journal makes no sense: %s. What follows up to the next entry was "
		"passed over.",
		field->trouble);

	tell(state, GAP_DAMAGED, field->offset, export_walk_offset(state->walk) - field->offset, 1,
		note);
}

/* ---- entries ---- */

static Instant microseconds(Slice text)
{
	guint64 number;

	if (!scan_number(text, &number) || number > INT64_MAX / 1000)
		return INSTANT_NONE;
	return (Instant)number * 1000;
}

static void keep_field(JournaldState *state, const ExportField *field, Event *ret_event)
{
	Wide *wide = state->library->wide;
	Slice value = field->value;

	if (field->name.size == 0)
		return; /* the evidence ends in the name */
	state->is_cut |= field->is_cut;
	if (state->entry_bytes + value.size > LIMIT_JOURNAL_ENTRY_BYTES) {
		state->is_cut = TRUE;
		return;
	}
	state->entry_bytes += value.size;
	value = arena_copy(wide_arena(wide), value);
	if (!wide_add(wide, field->name, wide_text(value, VALUE_UTF8)))
		state->is_cut = TRUE;
	if (slice_equal(field->name, slice_from_text("__REALTIME_TIMESTAMP")))
		ret_event->time = microseconds(value);
	else if (slice_equal(field->name, slice_from_text("MESSAGE")))
		state->message = value;
	else if (slice_equal(field->name, slice_from_text("SYSLOG_IDENTIFIER")))
		state->identifier = value;
}

static void add_field(void *context, Slice name, Slice value)
{
	JournaldState *state = context;

	if (!wide_add(state->library->wide, name, wide_text(value, VALUE_UTF8)))
		state->is_cut = TRUE;
}

/* Sysmon for Linux: the event is what its XML says. */
static gboolean read_xml(JournaldState *state, Event *ret_event)
{
	Event event;
	const char *trouble;

	if (!xml_event_starts(state->message))
		return FALSE;
	xml_events_start(state->library->xml);
	if (xml_events_read(state->library->xml, state->message, VALUE_UTF8, &event, &trouble) !=
		XML_EVENT_WHOLE)
		return FALSE;
	ret_event->shape = event.shape;
	ret_event->values = event.values;
	if (event.time != INSTANT_NONE)
		ret_event->time = event.time;
	return TRUE;
}

static void finish_entry(JournaldState *state, Event *ret_event)
{
	Wide *wide = state->library->wide;

	if (state->is_cut && state->n_cut++ == 0)
		state->first_cut = ret_event->offset;
	ret_event->record = ++state->n_entries;
	if (read_xml(state, ret_event))
		return;
	if (payload_kind(state->message, state->identifier) == PAYLOAD_SUDO)
		payload_read(PAYLOAD_SUDO, state->message, wide_arena(wide), add_field, state);
	wide_finish(wide, ret_event);
}

/* Reads on to the end of the entry whose first field is @field. */
static NextResult read_entry(JournaldState *state, ExportField *field, ExportItem item, Event *ret)
{
	*ret = (Event){ .time = INSTANT_NONE, .offset = field->offset };
	for (;;) {
		if (item == EXPORT_FIELD || item == EXPORT_CUT)
			keep_field(state, field, ret);
		if (item == EXPORT_DAMAGED)
			tell_damage(state, field);
		if (item == EXPORT_CUT || item == EXPORT_OVER)
			tell(state, GAP_TRUNCATED, ret->offset,
				export_walk_offset(state->walk) - ret->offset, 1,
				"The evidence ends inside an entry of the journal.");
		if (item != EXPORT_FIELD)
			break;
		item = export_walk_next(state->walk, field);
	}
	finish_entry(state, ret);
	return NEXT_EVENT;
}

static void start_entry(JournaldState *state)
{
	wide_start(state->library->wide);
	state->entry_bytes = 0;
	state->message = state->identifier = SLICE_EMPTY;
	state->is_cut = FALSE;
}

static NextResult journald_next(void *data, Event *ret_event)
{
	JournaldState *state = data;
	ExportField field;

	start_entry(state);
	while (export_walk_offset(state->walk) < state->end) {
		ExportItem item = export_walk_next(state->walk, &field);

		if (item == EXPORT_FIELD || item == EXPORT_CUT)
			return read_entry(state, &field, item, ret_event);
		if (item == EXPORT_OVER)
			break;
		if (item == EXPORT_DAMAGED) {
			tell_damage(state, &field);
			return NEXT_DAMAGED;
		}
	}
	return NEXT_END;
}

/* ---- the task ---- */

static gboolean journald_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan); /* the same units */
	return TRUE;
}

static void *journald_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	guint64 start = task->first_unit * LINES_UNIT_BYTES;
	JournaldState *state = g_new0(JournaldState, 1);

	*state = (JournaldState){
		.library = library,
		.report = report,
		.walk = export_walk_new(source),
		.end = MIN(start + task->n_units * LINES_UNIT_BYTES, source->size),
	};
	wide_begin_task(library->wide);
	state->n_entries = export_walk_to(state->walk, start, &library->memo, source->number);
	return state;
}

static void journald_close(void *data)
{
	JournaldState *state = data;
	const GError *error;

	if (!state)
		return;
	error = export_walk_error(state->walk);
	if (error)
		tell(state, GAP_UNREADABLE, export_walk_offset(state->walk), 0, 0, error->message);
	if (state->n_cut)
		tell(state, GAP_LIMIT, state->first_cut, 0, state->n_cut,
			"Fields were cut off or left out of entries: they are longer than "
			"LIMIT_VALUE_BYTES or all together than LIMIT_JOURNAL_ENTRY_BYTES, or more "
			"than LIMIT_EVENT_VALUES.");
	wide_report(state->library->wide, state->report);
	export_walk_free(state->walk);
	g_free(state);
}

static const char *const host_columns[] = { "_HOSTNAME", "Computer", NULL };
static const char *const channel_columns[] = { "Channel", "LogFormat", NULL };

const Reader journald_reader = {
	.name = "journald",
	.description = "the systemd journal, as journalctl -o export writes it",
	.docs = "docs/evidence-unix.md",
	.probe = journald_probe,
	.library_new = journald_library_new,
	.library_free = journald_library_free,
	.plan = journald_plan,
	.open = journald_open,
	.next = journald_next,
	.close = journald_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

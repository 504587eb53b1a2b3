/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/syslog/syslog.h"

#include "base/limits.h"
#include "readers/syslog/header.h"
#include "readers/syslog/payload.h"
#include "readers/text/lines.h"
#include "readers/wide.h"
#include "readers/windows-xml/event.h"

#define PROBE_LINES 40 /* of the head that are looked at */

/* The columns of every kind; further ones come from the payload and the structured data. */
enum {
	COLUMN_FORMAT,
	COLUMN_LOG,
	COLUMN_TIMESTAMP,
	COLUMN_HOSTNAME,
	COLUMN_FACILITY,
	COLUMN_SEVERITY,
	COLUMN_APPNAME,
	COLUMN_PROCID,
	COLUMN_MSGID,
	COLUMN_MESSAGE,
	N_COLUMNS,
};

#define COLUMNS(log)                                                                               \
	{                                                                                          \
		{ "LogFormat", "syslog" }, { "LogName", log }, { "timestamp", NULL },              \
			{ "hostname", NULL }, { "facility", NULL }, { "severity", NULL },          \
			{ "appname", NULL }, { "procid", NULL }, { "msgid", NULL },                \
		{                                                                                  \
			"message", NULL                                                            \
		}                                                                                  \
	}

typedef enum Kind {
	KIND_PLAIN,
	KIND_CISCO,
	KIND_KEY_VALUE,
	KIND_FORTIGATE,
	KIND_CEF,
	KIND_LEEF,
	N_KINDS,
} Kind;

static const WideColumn columns[N_KINDS][N_COLUMNS] = {
	[KIND_PLAIN] = COLUMNS("syslog"),
	[KIND_CISCO] = COLUMNS("cisco"),
	[KIND_KEY_VALUE] = COLUMNS("key-value"),
	[KIND_FORTIGATE] = COLUMNS("fortigate"),
	[KIND_CEF] = COLUMNS("cef"),
	[KIND_LEEF] = COLUMNS("leef"),
};

struct ReaderLibrary {
	Wide *wide[N_KINDS];
	XmlEvents *xml;
	LineMemo *memo;
};

typedef struct SyslogState {
	ReaderLibrary *library;
	const ReaderReport *report;
	LineReader *lines;
	StampClock clock;
	Wide *wide; /* of the line at hand */
	ValueType type;
	gboolean is_cut;    /* a field of it was left out */
	guint64 n_bare;	    /* lines without header, */
	guint64 first_bare; /* and the offset of the first */
	guint64 n_cut, first_cut;
	guint64 n_odd_xml, first_odd_xml;
} SyslogState;

/* ---- probe ---- */

static gboolean is_level(Slice word)
{
	static const char *const levels[] = { "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING",
		"ERROR", "CRITICAL", "FATAL", "SEVERE" };

	for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
		if (word.size == strlen(levels[i]) &&
			g_ascii_strncasecmp((const char *)word.data, levels[i], word.size) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_number(Slice word)
{
	for (gsize i = 0; i < word.size; i++) {
		if (!g_ascii_isdigit(word.data[i]))
			return FALSE;
	}
	return word.size > 0;
}

/* A message by which the product is known, whatever stands before it. */
static gboolean is_product(const SyslogHeader *header)
{
	PayloadKind kind = payload_kind(header->message, header->appname);

	return kind == PAYLOAD_FORTIGATE || kind == PAYLOAD_CEF || kind == PAYLOAD_LEEF ||
		xml_event_starts(header->message);
}

static guint score_of(const SyslogHeader *header)
{
	if (header->form == SYSLOG_RFC5424)
		return 95;
	if (header->form == SYSLOG_BARE)
		return 80;
	if (header->form == SYSLOG_NONE)
		return is_product(header) && !xml_event_starts(header->message) ? 70 : 0;
	if (header->priority >= 0)
		return 92;
	if (header->msgid.data || is_product(header))
		return 88;
	if (!header->appname.data)
		return 0; /* any line that begins with a time */
	if (header->stamp.year == 0)
		return 88;
	/* rsyslog and systemd write a zone; many programs write a time, a level and a name. */
	if (is_number(header->procid))
		return 85;
	return header->stamp.has_zone && header->hostname.data && !is_level(header->hostname) ? 85
											      : 0;
}

static guint syslog_probe(Slice head, const char *name)
{
	guint n_lines = 0, n_good = 0, total = 0;
	TextHead text;
	Slice line;

	text_head_init(&text, head);
	for (guint i = 0; i < PROBE_LINES && text_head_line(&text, i, &line); i++) {
		SyslogHeader header;
		guint score;

		if (line.size == 0)
			continue;
		n_lines++;
		syslog_header_read(line, &header);
		score = score_of(&header);
		total += score;
		n_good += score > 0;
	}
	text_head_clear(&text);
	/* Messages with line feeds make lines without header. */
	return n_good * 2 > n_lines ? total / n_good : 0;
}

/* ---- library ---- */

static ReaderLibrary *syslog_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	for (guint i = 0; i < N_KINDS; i++)
		library->wide[i] = wide_new("syslog", columns[i], N_COLUMNS);
	library->xml = xml_events_new();
	library->memo = line_memo_new();
	return library;
}

static void syslog_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	for (guint i = 0; i < N_KINDS; i++)
		wide_free(library->wide[i]);
	xml_events_free(library->xml);
	line_memo_free(library->memo);
	g_free(library);
}

/* ---- one line ---- */

static void add_field(void *context, Slice name, Slice value)
{
	SyslogState *state = context;
	Value made = wide_text(value, state->type);
	g_autofree char *prefixed = NULL;

	/* A field of the payload is not mixed with what the header says. */
	for (guint i = 0; i < N_COLUMNS; i++) {
		if (!slice_equal(name, slice_from_text(columns[0][i].name)))
			continue;
		prefixed = g_strdup_printf("payload.%s", columns[0][i].name);
		name = slice_from_text(prefixed);
		break;
	}
	if (!wide_add(state->wide, name, made))
		state->is_cut = TRUE;
}

static void add_structured_data(SyslogState *state, Slice data)
{
	Slice id = SLICE_EMPTY, name, value;
	g_autoptr(GString) column = g_string_new(NULL);
	gboolean escaped;
	gsize at = 0;

	while (syslog_data_next(data, &at, &id, &name, &value, &escaped)) {
		g_string_assign(column, "sd.");
		g_string_append_len(column, (const char *)id.data, (gssize)id.size);
		g_string_append_c(column, '.');
		g_string_append_len(column, (const char *)name.data, (gssize)name.size);
		if (escaped)
			value = payload_unescape(value, wide_arena(state->wide));
		if (!wide_add(state->wide, slice_make(column->str, column->len),
			    wide_text(value, state->type)))
			state->is_cut = TRUE;
	}
	/* What is not as RFC 5424 asks stays what it is. */
	if (at < data.size)
		(void)wide_add(state->wide, slice_from_text("sd"),
			wide_text(slice_sub(data, at, data.size), state->type));
}

static Kind kind_of(const SyslogHeader *header, PayloadKind payload)
{
	switch (payload) {
	case PAYLOAD_KEY_VALUE:
		return KIND_KEY_VALUE;
	case PAYLOAD_FORTIGATE:
		return KIND_FORTIGATE;
	case PAYLOAD_CEF:
		return KIND_CEF;
	case PAYLOAD_LEEF:
		return KIND_LEEF;
	default:
		return header->msgid.data && header->form != SYSLOG_RFC5424 ? KIND_CISCO
									    : KIND_PLAIN;
	}
}

static void add_header(SyslogState *state, const SyslogHeader *header)
{
	const char *facility = syslog_facility_name(header->priority);
	const char *severity = syslog_severity_name(header->severity);
	Wide *wide = state->wide;
	ValueType type = state->type;

	(void)wide_set(wide, COLUMN_TIMESTAMP, wide_text(header->timestamp, type));
	(void)wide_set(wide, COLUMN_HOSTNAME, wide_text(header->hostname, type));
	(void)wide_set(wide, COLUMN_FACILITY, wide_text(slice_from_text(facility), VALUE_UTF8));
	(void)wide_set(wide, COLUMN_SEVERITY, wide_text(slice_from_text(severity), VALUE_UTF8));
	(void)wide_set(wide, COLUMN_APPNAME, wide_text(header->appname, type));
	(void)wide_set(wide, COLUMN_PROCID, wide_text(header->procid, type));
	(void)wide_set(wide, COLUMN_MSGID, wide_text(header->msgid, type));
	(void)wide_set(wide, COLUMN_MESSAGE, wide_text(header->message, type));
}

/* The time that an appliance writes into its message: date=2021-03-02 time=10:11:12 [tz="+0100"].
 */
static Instant payload_time(SyslogState *state, Slice message)
{
	Slice date = slice_sub(message, 5, 10), zone, time;
	g_autoptr(GString) text = g_string_new(NULL);
	const guint8 *found;
	Stamp stamp;
	gsize size;

	if (message.size < 30 || memcmp(message.data, "date=", 5) != 0 ||
		memcmp(&message.data[15], " time=", 6) != 0)
		return INSTANT_NONE;
	time = slice_sub(message, 21, 8);
	g_string_append_len(text, (const char *)date.data, (gssize)date.size);
	g_string_append_c(text, ' ');
	g_string_append_len(text, (const char *)time.data, (gssize)time.size);
	found = memmem(message.data, message.size, " tz=\"", 5);
	if (found) {
		zone = slice_sub(message, (gsize)(found - message.data) + 5, 5);
		g_string_append_len(text, (const char *)zone.data, (gssize)zone.size);
	}
	if (!stamp_read(slice_make(text->str, text->len), &stamp, &size))
		return INSTANT_NONE;
	return stamp_clock_instant(&state->clock, &stamp);
}

static void count_bare(SyslogState *state, const Line *line)
{
	if (state->n_bare++ == 0)
		state->first_bare = line->offset;
}

static void count_cut(SyslogState *state, const Line *line)
{
	if (state->n_cut++ == 0)
		state->first_cut = line->offset;
}

/* Sysmon for Linux writes its events as XML. FALSE: it is none, or not whole. */
static gboolean read_xml(
	SyslogState *state, const SyslogHeader *header, const Line *line, Event *ret_event)
{
	const char *trouble;

	if (!xml_event_starts(header->message))
		return FALSE;
	xml_events_start(state->library->xml);
	if (xml_events_read(state->library->xml, header->message, line->type, ret_event,
		    &trouble) != XML_EVENT_WHOLE) {
		if (state->n_odd_xml++ == 0)
			state->first_odd_xml = line->offset;
		return FALSE;
	}
	ret_event->record = line->number;
	ret_event->offset = line->offset;
	if (ret_event->time == INSTANT_NONE && header->has_stamp)
		ret_event->time = stamp_clock_instant(&state->clock, &header->stamp);
	return TRUE;
}

static void read_line(SyslogState *state, const Line *line, Event *ret_event)
{
	SyslogHeader header;
	PayloadKind payload;
	Kind kind;

	syslog_header_read(line->text, &header);
	if (read_xml(state, &header, line, ret_event))
		return;
	payload = payload_kind(header.message, header.appname);
	kind = kind_of(&header, payload);
	state->wide = state->library->wide[kind];
	state->type = line->type;
	state->is_cut = FALSE;
	wide_start(state->wide);
	add_header(state, &header);
	add_structured_data(state, header.data);
	payload_read(payload, header.message, wide_arena(state->wide), add_field, state);
	*ret_event =
		(Event){ .time = INSTANT_NONE, .record = line->number, .offset = line->offset };
	if (header.has_stamp)
		ret_event->time = stamp_clock_instant(&state->clock, &header.stamp);
	else if (kind == KIND_FORTIGATE || kind == KIND_KEY_VALUE)
		ret_event->time = payload_time(state, header.message);
	if (header.form == SYSLOG_NONE && kind == KIND_PLAIN)
		count_bare(state, line);
	if (state->is_cut)
		count_cut(state, line);
	wide_finish(state->wide, ret_event);
}

/* ---- the task ---- */

static gboolean syslog_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void *syslog_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	SyslogState *state = g_new0(SyslogState, 1);
	LineOptions options = { .memo = library->memo };

	*state = (SyslogState){ .library = library, .report = report };
	stamp_clock_init(&state->clock, source);
	state->lines = line_reader_new(source, task, &options, report, error);
	if (!state->lines) {
		g_free(state);
		return NULL;
	}
	for (guint i = 0; i < N_KINDS; i++)
		wide_begin_task(library->wide[i]);
	return state;
}

static NextResult syslog_next(void *data, Event *ret_event)
{
	SyslogState *state = data;
	Line line;

	do {
		if (!line_reader_next(state->lines, &line))
			return NEXT_END;
	} while (line.text.size == 0);
	read_line(state, &line, ret_event);
	return NEXT_EVENT;
}

static void tell_bare(const SyslogState *state)
{
	Gap gap = {
		.kind = GAP_HEADER,
		.offset = state->first_bare,
		.records = state->n_bare,
		.note = "Lines without a syslog header are events that have a message and nothing "
			"else, not even a time.",
	};

	if (state->n_bare)
		state->report->gap(state->report->context, &gap);
}

static void tell_cut(const SyslogState *state)
{
	Gap gap = {
		.kind = GAP_LIMIT,
		.offset = state->first_cut,
		.records = state->n_cut,
		.note = "Fields were left out of events that have more of them than "
			"LIMIT_EVENT_VALUES, or longer names than LIMIT_COLUMN_NAME_BYTES; their "
			"message is whole.",
	};

	if (state->n_cut)
		state->report->gap(state->report->context, &gap);
}

static void tell_odd_xml(const SyslogState *state)
{
	Gap gap = {
		.kind = GAP_DAMAGED,
		.offset = state->first_odd_xml,
		.records = state->n_odd_xml,
		.note = "Events of Sysmon in lines were not read as such, but as messages: their "
			"XML "
			"makes no sense, or has more fields than LIMIT_EVENT_COLUMNS.",
	};

	if (state->n_odd_xml)
		state->report->gap(state->report->context, &gap);
}

static void syslog_close(void *data)
{
	SyslogState *state = data;

	if (!state)
		return;
	line_reader_free(state->lines);
	tell_bare(state);
	tell_cut(state);
	tell_odd_xml(state);
	for (guint i = 0; i < N_KINDS; i++)
		wide_report(state->library->wide[i], state->report);
	stamp_clock_report(&state->clock, state->report);
	g_free(state);
}

static const char *const host_columns[] = { "hostname", "Computer", NULL };
static const char *const channel_columns[] = { "Channel", "LogName", NULL };

const Reader syslog_reader = {
	.name = "syslog",
	.description = "syslog: RFC 3164 and 5424, network devices, Sysmon for Linux",
	.docs = "docs/evidence-unix.md",
	.probe = syslog_probe,
	.library_new = syslog_library_new,
	.library_free = syslog_library_free,
	.plan = syslog_plan,
	.open = syslog_open,
	.next = syslog_next,
	.close = syslog_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

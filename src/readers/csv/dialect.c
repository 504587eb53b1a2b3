/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/csv/dialect.h"

#include "base/error.h"
#include "base/limits.h"
#include "readers/exchange/logs.h"
#include "readers/text/quoted.h"
#include "readers/text/scan.h"
#include "readers/text/shape-store.h"

#define NAME_BYTES   128	 /* longer ones are no names */
#define SPAN_BYTES   (64u << 10) /* behind the header, in which quotes are looked for */
#define BEFORE_NAMES 3		 /* lines before the names: "sep=;", "#TYPE …", empty ones */

static const char separators[] = { '\t', ',', ';', '|' };

/* ---- names ---- */

static gboolean is_name(Slice name)
{
	gboolean has_letter = FALSE;

	if (name.size == 0 || name.size > NAME_BYTES)
		return FALSE;
	for (gsize i = 0; i < name.size; i++) {
		guint8 c = name.data[i];

		if (c < ' ' || strchr("{}<>=;\"\\", c))
			return FALSE;
		has_letter |= c >= 0x80 || g_ascii_isalpha((char)c);
	}
	return has_letter && !g_ascii_isdigit((char)name.data[0]);
}

static gboolean is_new(GHashTable *seen, Slice name)
{
	g_autofree char *text = g_ascii_strdown((const char *)name.data, (gssize)name.size);

	return g_hash_table_add(seen, g_steal_pointer(&text));
}

/* How many names @line has if separated by @separator; 0 where these are none. */
static guint count_names(Slice line, guint8 separator)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) scratch = g_string_new(NULL);
	g_autofree Value *names = NULL;
	gboolean is_open;
	guint n = (guint)scan_count(line, separator) + 1;

	if (n < 2 || n > LIMIT_EVENT_COLUMNS)
		return 0;
	names = g_new0(Value, n);
	n = quoted_split(line, separator, VALUE_UTF8, names, n, scratch, &is_open);
	if (n < 2 || is_open)
		return 0;
	for (guint i = 0; i < n; i++) {
		Slice name = scan_trim(names[i].bytes);

		/* A separator at the end makes one more, without name. */
		if (i == n - 1 && i > 1 && name.size == 0)
			continue;
		if (!is_name(name) || !is_new(seen, name))
			return 0;
	}
	return n;
}

/* TRUE for what may stand above the names; "sep=;" says the separator. */
static gboolean is_before_names(Slice line, guint8 *separator)
{
	Slice rest;

	if (scan_skip_prefix(line, "sep=", &rest) && rest.size == 1) {
		*separator = rest.data[0];
		return TRUE;
	}
	return line.size == 0 || scan_skip_prefix(line, "#TYPE ", &rest);
}

gboolean csv_dialect_find(CsvDialect *dialect, CsvNextLine next, void *context)
{
	guint8 said = 0;
	Slice line;

	*dialect = (CsvDialect){ 0 };
	for (guint i = 0; i <= BEFORE_NAMES; i++) {
		if (!next(context, &line) || line.size > LIMIT_HEADER_LINE_BYTES)
			return FALSE;
		dialect->header_line++;
		if (!is_before_names(line, &said))
			break;
	}
	for (gsize i = 0; i < sizeof(separators); i++) {
		guint8 separator = said ? said : (guint8)separators[i];
		guint n = count_names(line, separator);

		if (n <= dialect->n_names)
			continue;
		dialect->n_names = n;
		dialect->separator = separator;
	}
	if (dialect->n_names == 0)
		return FALSE;
	dialect->header = g_string_new_len((const char *)line.data, (gssize)line.size);
	dialect->is_exchange = dialect->separator == ',' && exchange_header_kind(line) >= 0;
	return TRUE;
}

gboolean csv_dialect_take(CsvDialect *dialect, Slice line)
{
	guint n = count_names(line, dialect->separator);

	if (n == 0)
		return FALSE;
	dialect->n_names = n;
	g_string_truncate(dialect->header, 0);
	g_string_append_len(dialect->header, (const char *)line.data, (gssize)line.size);
	return TRUE;
}

void csv_dialect_clear(CsvDialect *dialect)
{
	if (dialect->header)
		(void)g_string_free(dialect->header, TRUE);
	dialect->header = NULL;
}

/* ---- evidence ---- */

typedef struct Reading {
	LineReader *lines;
	Line line;
	GString *text; /* where it is not UTF-8 */
} Reading;

static gboolean next_line(void *context, Slice *ret)
{
	Reading *reading = context;

	if (!line_reader_next(reading->lines, &reading->line))
		return FALSE;
	*ret = reading->line.text;
	if (reading->line.type != VALUE_ANSI)
		return TRUE;
	g_string_truncate(reading->text, 0);
	value_append_text(
		reading->text, &(Value){ .type = VALUE_ANSI, .bytes = reading->line.text });
	*ret = slice_make(reading->text->str, reading->text->len);
	return TRUE;
}

static void ignore_gap(void *context, const Gap *gap)
{
}

/* Whether a quote stands in the lines that follow. */
static gboolean has_quotes(LineReader *lines, guint64 start)
{
	Line line;

	while (line_reader_next(lines, &line) && line.offset < start + SPAN_BYTES) {
		if (scan_byte(line.text, 0, '"') < line.text.size)
			return TRUE;
	}
	return FALSE;
}

gboolean csv_dialect_read(CsvDialect *dialect, const Source *source, GError **error)
{
	const ReaderReport silent = { .gap = ignore_gap };
	const ReadTask task = { .n_units = G_MAXUINT64 };
	const LineOptions options = { 0 };
	g_autoptr(GString) text = g_string_new(NULL);
	Reading reading = { .text = text };
	gboolean found;

	*dialect = (CsvDialect){ 0 };
	reading.lines = line_reader_new(source, &task, &options, &silent, error);
	if (!reading.lines)
		return FALSE;
	found = csv_dialect_find(dialect, next_line, &reading);
	if (found) {
		dialect->header_end = reading.line.offset + reading.line.size;
		dialect->may_span =
			!dialect->is_exchange && has_quotes(reading.lines, dialect->header_end);
	} else {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"it does not begin with a line of column names");
	}
	line_reader_free(reading.lines);
	return found;
}

/* ---- columns ---- */

typedef struct Renamed {
	const char *from, *to;
} Renamed;

/*
 * Names of exported Windows events, as spoor's other readers call them. What is not listed keeps
 * its name.
 */
static const Renamed get_winevent[] = { /* Get-WinEvent | Export-Csv */
	{ "Id", "EventID" }, { "LogName", "Channel" }, { "ProviderName", "Provider_Name" },
	{ "ProviderId", "Provider_Guid" }, { "MachineName", "Computer" },
	{ "RecordId", "EventRecordID" }, { "ProcessId", "Execution_ProcessID" },
	{ "ThreadId", "Execution_ThreadID" }, { "UserId", "Security_UserID" },
	{ "TimeCreated", "TimeCreated_SystemTime" }, { NULL, NULL }
};
static const Renamed evtxecmd[] = { /* EvtxECmd --csv */
	{ "EventId", "EventID" }, { "Provider", "Provider_Name" },
	{ "EventRecordId", "EventRecordID" }, { "ProcessId", "Execution_ProcessID" },
	{ "ThreadId", "Execution_ThreadID" }, { "UserId", "Security_UserID" },
	{ "TimeCreated", "TimeCreated_SystemTime" }, { NULL, NULL }
};

static gboolean has_names(const Shape *shape, const char *const *names)
{
	for (; *names; names++) {
		if (shape_find_column(shape, *names) < 0)
			return FALSE;
	}
	return TRUE;
}

/* The names of which export @shape has, or NULL. */
static const Renamed *find_renamed(const Shape *shape)
{
	static const char *const winevent_names[] = { "Id", "LogName", "ProviderName",
		"MachineName", "TimeCreated", NULL };
	static const char *const evtxecmd_names[] = { "EventId", "Channel", "Provider", "Computer",
		"TimeCreated", NULL };

	if (has_names(shape, winevent_names))
		return get_winevent;
	return has_names(shape, evtxecmd_names) ? evtxecmd : NULL;
}

static void rename_columns(Shape *shape, const Renamed *renamed)
{
	for (; renamed && renamed->from; renamed++) {
		int column = shape_find_column(shape, renamed->from);

		if (column < 0 || shape_find_column(shape, renamed->to) >= 0)
			continue;
		g_free(shape->columns[column].name);
		shape->columns[column].name = g_strdup(renamed->to);
	}
}

Shape *csv_dialect_shape(const CsvDialect *dialect)
{
	g_autofree Value *names = g_new0(Value, dialect->n_names);
	g_autoptr(GString) scratch = g_string_new(NULL);
	g_autoptr(Shape) named = shape_new("csv"); /* those of the header alone */
	Shape *shape = shape_new("csv");
	ColumnNames columns;
	const char *log_type;
	gboolean is_open;
	guint n = quoted_split(slice_make(dialect->header->str, dialect->header->len),
		dialect->separator, VALUE_UTF8, names, dialect->n_names, scratch, &is_open);

	column_names_init(&columns, named);
	for (guint i = 0; i < n; i++)
		(void)column_names_add(&columns, scan_trim(names[i].bytes));
	column_names_clear(&columns);
	log_type = exchange_log_type(named);
	(void)shape_add_column(shape, "LogFormat", "csv");
	if (log_type)
		(void)shape_add_column(shape, "LogType", log_type);
	column_names_init(&columns, shape);
	for (guint i = 0; i < n; i++)
		(void)column_names_add(&columns, scan_trim(names[i].bytes));
	column_names_clear(&columns);
	rename_columns(shape, find_renamed(shape));
	return shape;
}

/* @name in small letters, without blanks and signs. */
static char *plain_name(const char *name)
{
	GString *plain = g_string_new(NULL);

	for (; *name; name++) {
		if (g_ascii_isalnum(*name))
			g_string_append_c(plain, g_ascii_tolower(*name));
	}
	return g_string_free(plain, FALSE);
}

static int find_plain(const Shape *shape, const char *wanted)
{
	for (guint i = 1; i < shape->n_columns; i++) {
		g_autofree char *plain = plain_name(shape->columns[i].name);

		if (strcmp(plain, wanted) == 0)
			return (int)i;
	}
	return -1;
}

int csv_time_column(const Shape *shape, int *ret_clock)
{
	/* Most telling first; docs/evidence-text.md lists them. */
	static const char *const names[] = { "timecreatedsystemtime", "timecreated", "systemtime",
		"utctime", "timestamp", "eventtime", "timegenerated", "datetime", "dateandtime",
		"creationtime", "creationdate", "createddatetime", "activitydatetime", "starttime",
		"ts", NULL };
	int date = find_plain(shape, "date"), time = find_plain(shape, "time");

	*ret_clock = -1;
	for (guint i = 0; names[i]; i++) {
		int column = find_plain(shape, names[i]);

		if (column >= 0)
			return column;
	}
	if (date < 0)
		return time;
	*ret_clock = time;
	return date;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/line-log.h"

#define PROBE_LINES 20

struct ReaderLibrary {
	const LineLogFormat *format;
	Shape *shape;
	LineMemo *memo;
};

typedef struct LineLog {
	const ReaderLibrary *library;
	LineReader *lines;
	Value *values;
	GString *scratch;
} LineLog;

ReaderLibrary *line_log_library_new(const LineLogFormat *format)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->format = format;
	library->memo = line_memo_new();
	library->shape = shape_new(format->name);
	(void)shape_add_column(library->shape, "LogFormat", format->name);
	for (guint i = 0; format->columns[i]; i++)
		(void)shape_add_column(library->shape, format->columns[i], NULL);
	g_assert(library->shape->n_columns == format->n_columns);
	return library;
}

void line_log_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	line_memo_free(library->memo);
	shape_free(library->shape);
	g_free(library);
}

gboolean line_log_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

void *line_log_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	LineOptions options = { .memo = library->memo };
	LineReader *lines = line_reader_new(source, task, &options, report, error);
	LineLog *log;

	if (!lines)
		return NULL;
	log = g_new0(LineLog, 1);
	log->library = library;
	log->lines = lines;
	log->values = g_new0(Value, library->format->n_columns);
	log->scratch = g_string_new(NULL);
	return log;
}

void line_log_close(void *state)
{
	LineLog *log = state;

	if (!log)
		return;
	line_reader_free(log->lines);
	g_free(log->values);
	(void)g_string_free(log->scratch, TRUE);
	g_free(log);
}

/* NULL, or why the line is broken. */
static const char *parse(const LineLogFormat *format, const Line *line, Value *values,
	GString *scratch, Instant *ret_time)
{
	for (guint i = 1; i < format->n_columns; i++)
		values[i].type = VALUE_ABSENT;
	values[0] = (Value){ .type = VALUE_UTF8, .bytes = slice_from_text(format->name) };
	g_string_set_size(scratch, line->text.size);
	g_string_truncate(scratch, 0);
	return format->parse(line, values, scratch, ret_time);
}

NextResult line_log_next(void *state, Event *ret_event)
{
	LineLog *log = state;
	const LineLogFormat *format = log->library->format;
	const char *why;
	Instant time;
	Line line;

	do {
		if (!line_reader_next(log->lines, &line))
			return NEXT_END;
	} while (line.text.size == 0);
	why = parse(format, &line, log->values, log->scratch, &time);
	if (why) {
		line_reader_broken(log->lines, &line, why);
		return NEXT_DAMAGED;
	}
	*ret_event = (Event){
		.shape = log->library->shape,
		.values = log->values,
		.time = time,
		.raw = log->scratch->len == 0 ? line.text : SLICE_EMPTY,
		.record = line.number,
		.offset = line.offset,
	};
	return NEXT_EVENT;
}

guint line_log_share(const LineLogFormat *format, Slice bytes)
{
	g_autofree Value *values = g_new0(Value, format->n_columns);
	g_autoptr(GString) scratch = g_string_new(NULL);
	Line line = { .type = VALUE_UTF8 };
	guint n = 0, n_good = 0;
	TextHead head;
	Instant time;

	text_head_init(&head, bytes);
	for (guint i = 0; i < PROBE_LINES && text_head_line(&head, i, &line.text); i++) {
		if (line.text.size == 0)
			continue;
		n++;
		n_good += parse(format, &line, values, scratch, &time) == NULL;
	}
	text_head_clear(&head);
	return n ? n_good * 100 / n : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/auditd/join.h"

#include "base/hash.h"
#include "base/limits.h"

/* What was seen last of one key. Kept while a further record could belong to it. */
typedef struct Key {
	Slice text;		 /* owned; first: the key of the table */
	GList link;		 /* in order of @last */
	guint64 last;		 /* where its last record begins */
	struct Pending *pending; /* NULL: not of this range, or too long */
} Key;

typedef struct Pending {
	AuditEvent event;
	gboolean is_complete;
} Pending;

struct AuditJoin {
	LineReader *lines;
	const ReaderReport *report;
	guint64 start, end; /* of the range */
	GHashTable *keys;   /* Key */
	GQueue by_last;	    /* of keys */
	GQueue pending;	    /* Pending, in order of offset */
	Pending *given;	    /* to the caller */
	GPtrArray *spare;   /* Pending, for use again */
	GString *key;
	gboolean at_end;
};

/* ---- parts ---- */

static Pending *pending_new(AuditJoin *join)
{
	Pending *pending;

	if (join->spare->len > 0) {
		pending = g_ptr_array_steal_index_fast(join->spare, join->spare->len - 1);
		pending->is_complete = FALSE;
		g_byte_array_set_size(pending->event.text, 0);
		g_array_set_size(pending->event.lines, 0);
		return pending;
	}
	pending = g_new0(Pending, 1);
	pending->event.text = g_byte_array_new();
	pending->event.lines = g_array_new(FALSE, FALSE, sizeof(AuditLine));
	return pending;
}

static void pending_free(gpointer data)
{
	Pending *pending = data;

	if (!pending)
		return;
	g_byte_array_unref(pending->event.text);
	g_array_unref(pending->event.lines);
	g_free(pending);
}

static void key_free(gpointer data)
{
	Key *key = data;

	g_free((void *)key->text.data);
	g_free(key);
}

AuditJoin *audit_join_new(const Source *source, const ReadTask *task, LineMemo *memo,
	const ReaderReport *report, GError **error)
{
	const guint64 start = task->first_unit * LINES_UNIT_BYTES;
	const guint64 end = start + task->n_units * LINES_UNIT_BYTES;
	const LineOptions options = { .memo = memo, .told_from = start, .told_to = end };
	AuditJoin *join = g_new0(AuditJoin, 1);
	ReadTask wider = *task;

	join->report = report;
	join->start = start;
	join->end = end;
	if (task->first_unit > 0) {
		wider.first_unit--;
		wider.n_units++;
	}
	join->keys = g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, key_free);
	join->spare = g_ptr_array_new_with_free_func(pending_free);
	join->key = g_string_new(NULL);
	join->lines = line_reader_new(source, &wider, &options, report, error);
	if (!join->lines) {
		audit_join_free(join);
		return NULL;
	}
	return join;
}

void audit_join_free(AuditJoin *join)
{
	if (!join)
		return;
	line_reader_free(join->lines);
	g_queue_clear_full(&join->pending, pending_free);
	pending_free(join->given);
	g_ptr_array_unref(join->spare);
	g_hash_table_unref(join->keys);
	g_string_free(join->key, TRUE);
	g_free(join);
}

Slice audit_event_line(const AuditEvent *event, guint index)
{
	const AuditLine *line = &g_array_index(event->lines, AuditLine, index);

	return slice_sub(slice_make(event->text->data, event->text->len), line->start, line->size);
}

/* ---- joining ---- */

static void append_line(Pending *pending, const Line *line)
{
	AuditLine added = {
		.start = pending->event.text->len,
		.size = line->text.size,
		.type = line->type,
	};

	g_byte_array_append(pending->event.text, line->text.data, (guint)line->text.size);
	g_array_append_val(pending->event.lines, added);
}

static Pending *begin_event(AuditJoin *join, const Line *line, gboolean is_record)
{
	Pending *pending = pending_new(join);

	pending->event.offset = line->offset;
	pending->event.number = line->number;
	pending->event.is_record = is_record;
	pending->event.has_arguments = FALSE;
	append_line(pending, line);
	g_queue_push_tail(&join->pending, pending);
	return pending;
}

static gboolean is_too_long(const Pending *pending, const Line *line)
{
	return pending->event.lines->len >= LIMIT_RECORD_LINES ||
		line->offset - pending->event.offset >= LIMIT_AUDIT_EVENT_BYTES;
}

static void tell_too_long(AuditJoin *join, const Line *line)
{
	Gap gap = {
		.kind = GAP_LIMIT,
		.offset = line->offset,
		.note = "An audit event has more records than LIMIT_RECORD_LINES, or ones further "
			"apart than LIMIT_AUDIT_EVENT_BYTES: the rest of them was passed over.",
	};

	join->report->gap(join->report->context, &gap);
}

static gboolean is_execve(const AuditRecord *record)
{
	return slice_equal(record->type, slice_from_text("EXECVE"));
}

static void continue_event(AuditJoin *join, Key *key, const AuditRecord *record, const Line *line)
{
	Pending *pending = key->pending;

	key->last = line->offset;
	g_queue_unlink(&join->by_last, &key->link);
	g_queue_push_tail_link(&join->by_last, &key->link);
	if (!pending)
		return;
	if (is_too_long(pending, line)) {
		tell_too_long(join, line);
		pending->is_complete = TRUE;
		key->pending = NULL;
		return;
	}
	append_line(pending, line);
	pending->event.has_arguments = pending->event.has_arguments || is_execve(record);
}

static void add_record(AuditJoin *join, const AuditRecord *record, const Line *line)
{
	gboolean is_own = line->offset >= join->start && line->offset < join->end;
	Slice text;
	Key *key;

	g_string_truncate(join->key, 0);
	g_string_append_len(join->key, (const char *)record->node.data, (gssize)record->node.size);
	g_string_append_c(join->key, ' ');
	g_string_append_len(
		join->key, (const char *)record->stamp.data, (gssize)record->stamp.size);
	g_string_append_c(join->key, ':');
	g_string_append_len(
		join->key, (const char *)record->serial.data, (gssize)record->serial.size);
	text = slice_make(join->key->str, join->key->len);
	key = g_hash_table_lookup(join->keys, &text);
	if (key) {
		continue_event(join, key, record, line);
		return;
	}
	key = g_new0(Key, 1);
	key->text = slice_make(g_memdup2(text.data, text.size), text.size);
	key->last = line->offset;
	key->link.data = key;
	if (is_own) {
		key->pending = begin_event(join, line, TRUE);
		key->pending->event.has_arguments = is_execve(record);
	}
	g_hash_table_add(join->keys, key);
	g_queue_push_tail_link(&join->by_last, &key->link);
}

/* Lets go of keys that no record at @offset or behind can belong to. */
static void expire(AuditJoin *join, guint64 offset)
{
	GList *first;

	while ((first = join->by_last.head)) {
		Key *key = first->data;

		if (offset - key->last < LIMIT_AUDIT_SPAN_BYTES)
			break;
		if (key->pending)
			key->pending->is_complete = TRUE;
		g_queue_unlink(&join->by_last, first);
		g_hash_table_remove(join->keys, &key->text);
	}
}

static void take_line(AuditJoin *join, const Line *line)
{
	AuditRecord record;

	if (line->offset + LIMIT_AUDIT_SPAN_BYTES < join->start || line->text.size == 0)
		return;
	expire(join, line->offset);
	if (audit_record_read(line->text, &record))
		add_record(join, &record, line);
	else if (line->offset >= join->start && line->offset < join->end)
		begin_event(join, line, FALSE)->is_complete = TRUE;
}

/* Behind the range lines are read only while an event of the range can go on. */
static gboolean read_line(AuditJoin *join, Line *ret)
{
	if (line_reader_next(join->lines, ret))
		return TRUE;
	return !g_queue_is_empty(&join->pending) && line_reader_next_beyond(join->lines, ret);
}

const AuditEvent *audit_join_next(AuditJoin *join)
{
	Line line;

	if (join->given)
		g_ptr_array_add(join->spare, g_steal_pointer(&join->given));
	for (;;) {
		Pending *first = g_queue_peek_head(&join->pending);

		if (first && (first->is_complete || join->at_end)) {
			join->given = g_queue_pop_head(&join->pending);
			return &join->given->event;
		}
		if (join->at_end)
			return NULL;
		if (read_line(join, &line))
			take_line(join, &line);
		else
			join->at_end = TRUE;
	}
}

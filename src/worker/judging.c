/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One READ task. Everything it sends depends on the range, the rules and the flags alone: tallies
 * are sorted, the rest comes in the order of the evidence.
 */
#include "base/json.h"
#include "base/limits.h"
#include "worker/observing.h"
#include "worker/tally.h"
#include "worker/telling.h"
#include "worker/worker.h"

struct Judging {
	const Reader *reader;	  /* NULL: the file as a whole is judged */
	guint flags;		  /* ReadFlags */
	const char *path, *place; /* place: of a file as a whole, else NULL */
	TallyTable *tallies;
	ObservationTable *observations;
	const Tally *row;	/* of the event at hand: its host and log */
	gboolean event_is_told; /* @event and @locator are those of the event at hand */
	GString *event, *locator, *matched;
	guint64 in_use, recovered;
	Instant first, last;
	guint64 first_unit;
	GHashTable *told;    /* indices of late rules */
	GByteArray *remains; /* a bit for each unit of the task; empty where they are not told */
};

/* ---- findings ---- */

static void append_value(Json *j, const char *value)
{
	Slice text = slice_from_text(value);
	g_autoptr(GString) cut = NULL;

	json_key(j, "value");
	if (text.size <= LIMIT_MATCH_VALUE_BYTES) {
		json_slice(j, text);
		return;
	}
	text.size = LIMIT_MATCH_VALUE_BYTES;
	while (text.size && (value[text.size] & 0xC0) == 0x80)
		text.size--;
	cut = g_string_new_len(value, text.size);
	g_string_append(cut, "\xe2\x80\xa6"); /* an ellipsis */
	json_text(j, cut->str);
}

static void append_matches(GString *ret, const Match *matches, guint n_matches)
{
	Json j = json_begin(ret);

	json_array_begin(&j);
	for (guint i = 0; i < MIN(n_matches, LIMIT_FINDING_MATCHES); i++) {
		json_object_begin(&j);
		json_member_text(&j, "field", matches[i].field ? matches[i].field : "");
		json_member_text(&j, "source", matches[i].source ? matches[i].source : "");
		json_member_text(&j, "test", matches[i].test ? matches[i].test : "");
		append_value(&j, matches[i].value ? matches[i].value : "");
		json_member_text(&j, "selection", matches[i].selection ? matches[i].selection : "");
		json_object_end(&j);
	}
	json_array_end(&j);
}

/* The texts that all findings of one event share. */
static void tell_event(Judging *judging, const Event *event)
{
	if (judging->event_is_told)
		return;
	g_string_truncate(judging->event, 0);
	g_string_truncate(judging->locator, 0);
	event_append_fields_json(judging->event, event);
	event_append_locator(judging->locator, event);
	judging->event_is_told = TRUE;
}

static Slice string_slice(const GString *string)
{
	return slice_make(string->str, string->len);
}

/* A late rule is told of before its first finding of a task. */
static void tell_late_rule(Worker *worker, guint index)
{
	Message message;

	if (!g_hash_table_add(worker->judging->told, GUINT_TO_POINTER(index)))
		return;
	for (guint i = 0; engine_registry[i]; i++) {
		guint number = index - worker->late[i].first;

		if (index < worker->late[i].first || number >= worker->late[i].n)
			continue;

		g_autoptr(RuleInfo) rule = engine_registry[i]->describe(worker->engines[i], number);

		rule->index = index;
		telling_fill_rule(&message, rule);
		worker_send(worker, &message);
		return;
	}
}

void judging_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Worker *worker = context;
	Judging *judging = worker->judging;
	Message message = message_begin(MESSAGE_FINDING);

	tell_event(judging, event);
	g_string_truncate(judging->matched, 0);
	append_matches(judging->matched, matches, n_matches);
	if (index >= worker->n_rules)
		tell_late_rule(worker, index);

	message_add_number(&message, index);
	message_add_number(&message, event->record);
	message_add_number(&message, event->offset);
	message_add_number(&message, event->origin == EVENT_RECOVERED);
	message_add_number(&message, (guint64)event->time);
	message_add_slice(&message, string_slice(judging->locator));
	message_add_text(&message, judging->row->host);
	message_add_text(&message, judging->row->channel);
	message_add_slice(&message, string_slice(judging->matched));
	message_add_slice(&message, string_slice(judging->event));
	message_add_number(&message, level);
	worker_send(worker, &message);
}

/* Of events in use alone: what is found in slack may be another time's, or another host's. */
void judging_observation(void *context, guint index, const char *kind, const Event *event,
	const Slice *subject, Slice value)
{
	const Judging *judging = ((Worker *)context)->judging;

	if (event->origin == EVENT_IN_USE)
		observation_table_add(judging->observations, index, kind,
			subject ? *subject : slice_from_text(judging->row->host), value, event);
}

/* Something of @event was not judged. */
void judging_gap(void *context, const Event *event, const Gap *gap)
{
	Worker *worker = context;
	Gap placed = *gap;

	placed.offset = event->offset;
	worker_send_gap(worker, &placed);
}

/* ---- hits ---- */

void judging_hit(void *context, guint correlation, guint part, const Event *event, Slice key,
	const Match *matches, guint n_matches)
{
	Worker *worker = context;
	Judging *judging = worker->judging;
	Message message = message_begin(MESSAGE_HIT);

	tell_event(judging, event);
	g_string_truncate(judging->matched, 0);
	append_matches(judging->matched, matches, n_matches);

	message_add_number(&message, correlation);
	message_add_number(&message, part);
	message_add_number(&message, event->record);
	message_add_number(&message, event->offset);
	message_add_number(&message, event->origin == EVENT_RECOVERED);
	message_add_number(&message, (guint64)event->time);
	message_add_slice(&message, string_slice(judging->locator));
	message_add_text(&message, judging->row->host);
	message_add_text(&message, judging->row->channel);
	message_add_slice(&message, key);
	message_add_slice(&message, string_slice(judging->matched));
	message_add_slice(&message, string_slice(judging->event));
	worker_send(worker, &message);
}

void judging_hits_left_out(void *context, guint correlation, const Event *event, guint64 n)
{
	Worker *worker = context;
	g_autofree char *note = NULL;

	tell_event(worker->judging, event);
	note = g_strdup_printf("%s: its fields have so many values that %" G_GUINT64_FORMAT
			       " of their combinations were left out of a correlation",
		worker->judging->locator->str, n);

	const Gap gap = { .kind = GAP_LIMIT, .offset = event->offset, .records = 1, .note = note };

	worker_send_gap(worker, &gap);
}

/* ---- events ---- */

static void send_line(Worker *worker, const Event *event)
{
	Message message = message_begin(MESSAGE_EVENT);
	GString *line = worker->judging->event;

	g_string_truncate(line, 0);
	event_append_line(line, event, worker->judging->path);
	message_add_slice(&message, string_slice(line));
	worker_send(worker, &message);
}

static void count_event(Judging *judging, const Event *event)
{
	judging->row = tally_table_count(judging->tallies, event);
	judging->event_is_told = FALSE;
	if (event->origin == EVENT_RECOVERED) {
		judging->recovered++;
		return;
	}
	judging->in_use++;
	if (event->time == INSTANT_NONE)
		return;
	if (judging->first == INSTANT_NONE || event->time < judging->first)
		judging->first = event->time;
	if (judging->last == INSTANT_NONE || event->time > judging->last)
		judging->last = event->time;
}

static void take_event(Worker *worker, const Event *event)
{
	guint flags = worker->judging->flags;

	if (worker->judging->reader)
		count_event(worker->judging, event);
	if (event->origin == EVENT_RECOVERED && !(flags & READ_RECOVERED_TOO))
		return;
	if (flags & READ_EVENTS)
		send_line(worker, event);
	if (!(flags & READ_JUDGE))
		return;
	for (guint i = 0; engine_registry[i]; i++)
		engine_registry[i]->judge(worker->engines[i], event);
}

/* ---- ledger ---- */

void worker_send_gap(void *context, const Gap *gap)
{
	Message message = message_begin(MESSAGE_GAP);

	message_add_number(&message, gap->kind);
	message_add_number(&message, gap->offset);
	message_add_number(&message, gap->size);
	message_add_number(&message, gap->records);
	message_add_text(&message, gap->note);
	worker_send(context, &message);
}

static void send_span(void *context, const Span *span)
{
	Message message = message_begin(MESSAGE_SPAN);

	message_add_number(&message, span->offset);
	message_add_number(&message, span->first_record);
	message_add_number(&message, span->last_record);
	message_add_number(&message, (guint64)span->first_time);
	message_add_number(&message, (guint64)span->last_time);
	message_add_number(&message, span->n_records);
	message_add_text(&message, span->channel);
	worker_send(context, &message);
}

static void send_tally(void *context, const Tally *tally)
{
	Message message = message_begin(MESSAGE_TALLY);

	message_add_number(&message, (guint64)tally->hour);
	message_add_number(&message, tally->in_use);
	message_add_number(&message, tally->recovered);
	message_add_text(&message, tally->host);
	message_add_text(&message, tally->channel);
	worker_send(context, &message);
}

static void send_library_entry(void *context, Slice entry)
{
	Worker *worker = context;
	Message message = message_begin(MESSAGE_LIBRARY);

	message_add_text(&message, worker->judging->reader->name);
	message_add_slice(&message, entry);
	worker_send(worker, &message);
}

static void send_applicable(Worker *worker, Message *done)
{
	gsize n_bytes = (worker->n_rules + 7) / 8;
	g_autofree guint8 *bits = g_malloc0(MAX(n_bytes, 1));

	for (guint i = 0; engine_registry[i]; i++)
		engine_registry[i]->take_applicable(worker->engines[i], bits, n_bytes);
	message_add_slice(done, slice_make(bits, n_bytes));
	message_add_slice(
		done, slice_make(worker->judging->remains->data, worker->judging->remains->len));
	worker_send(worker, done);
}

static void send_observation(void *context, guint rule, const Observation *observation)
{
	Message message = message_begin(MESSAGE_OBSERVATION);

	message_add_number(&message, rule);
	message_add_text(&message, observation->kind);
	message_add_text(&message, observation->subject);
	message_add_text(&message, observation->value);
	message_add_number(&message, observation->n_events);
	message_add_number(&message, (guint64)observation->first.time);
	message_add_text(&message, observation->first.locator);
	message_add_number(&message, (guint64)observation->last.time);
	message_add_text(&message, observation->last.locator);
	worker_send(context, &message);
}

static void send_observations(Worker *worker)
{
	ObservationTable *table = worker->judging->observations;
	const char *place = worker->judging->place;
	const Gap gap = { .kind = GAP_LIMIT,
		.note = "What further events say of systems is left out (LIMIT_OBSERVATIONS)." };

	observation_table_foreach(table, place && *place ? place : NULL, send_observation, worker);
	if (observation_table_is_full(table))
		worker_send_gap(worker, &gap);
}

static void send_done(Worker *worker)
{
	Judging *judging = worker->judging;
	Message done = message_begin(MESSAGE_DONE);

	if (judging->tallies && tally_table_is_full(judging->tallies)) {
		Gap gap = { .kind = GAP_LIMIT,
			.note = "Events of further hours, hosts and logs are "
				"counted together (LIMIT_TALLY_ROWS)." };

		worker_send_gap(worker, &gap);
	}
	if (judging->tallies)
		tally_table_foreach(judging->tallies, send_tally, worker);
	send_observations(worker);
	message_add_number(&done, judging->in_use);
	message_add_number(&done, judging->recovered);
	message_add_number(&done, (guint64)judging->first);
	message_add_number(&done, (guint64)judging->last);
	send_applicable(worker, &done);
}

static void note_remains(void *context, guint64 unit)
{
	const Judging *judging = ((Worker *)context)->judging;
	guint64 i = unit - judging->first_unit;

	if (i / 8 < judging->remains->len)
		judging->remains->data[i / 8] |= 1u << i % 8;
}

static gboolean read_range(Worker *worker, ReaderLibrary *library, const Source *source,
	const ReadTask *task, GError **error)
{
	const ReaderReport report = {
		.gap = worker_send_gap,
		.span = send_span,
		.context = worker,
		.remains = note_remains,
	};
	const Reader *reader = worker->judging->reader;
	void *state = reader->open(source, library, task, &report, error);
	NextResult result;
	Event event;

	if (!state)
		return FALSE;
	while ((result = reader_next(reader, state, &event)) != NEXT_END) {
		if (result == NEXT_EVENT)
			take_event(worker, &event);
	}
	reader->close(state);
	if (worker->judging->flags & READ_SHARE_LIBRARY && reader->library_take)
		reader->library_take(library, send_library_entry, worker);
	return TRUE;
}

/* ---- the file as a whole ---- */

/* It is of no host, and counted in no tally. */
static const Tally file_row = { .host = "", .channel = FILE_READER };

static void send_alive(void *context)
{
	Message alive = message_begin(MESSAGE_ALIVE);

	message_add_number(&alive, 0);
	worker_send(context, &alive);
	worker_flush(context);
}

/* Nobody is told of bytes that nobody asks for. */
static void tell_left_out(Worker *worker, const Source *source, const Event *event)
{
	gboolean is_log =
		worker->judging->flags & READ_LOG && source->size > LIMIT_LOG_CONTENT_BYTES;
	const Gap gap = {
		.kind = is_log ? GAP_CONTENT_LEFT_OUT : GAP_LIMIT,
		.size = source->size,
		.note = is_log
			? "It is a log of more than LIMIT_LOG_CONTENT_BYTES: its records were "
			  "judged, its bytes as a whole were not, and it has no MD5 and SHA-1."
			: source->size <= LIMIT_FILE_CONTENT_BYTES
			? "It could not be mapped into memory, or shrank: its name and hashes were "
			  "judged, its bytes were not."
			: "It is larger than LIMIT_FILE_CONTENT_BYTES: its name and hashes were "
			  "judged, its bytes were not.",
	};

	if (worker->wants & WANTS_CONTENT && source->size && !event->content.size)
		worker_send_gap(worker, &gap);
}

static gboolean read_file(
	Worker *worker, const Source *source, const char *place, const char *sha256, GError **error)
{
	const ReaderReport report = { .gap = worker_send_gap, .context = worker };
	Judging *judging = worker->judging;
	const FileInput input = {
		.source = source,
		.path = judging->path,
		.place = *place ? place : NULL,
		.sha256 = *sha256 ? sha256 : NULL,
		.names_alone = judging->flags & READ_LOG && source->size > LIMIT_LOG_CONTENT_BYTES,
		.alive = send_alive,
		.context = worker,
	};
	Event event = { 0 };

	if (!file_read(worker->files, &input, &report, &event, error))
		return FALSE;
	judging->row = &file_row;
	tell_left_out(worker, source, &event);
	take_event(worker, &event);
	return TRUE;
}

/* ---- the task ---- */

static gboolean read_task(Worker *worker, ReaderLibrary *library, const Source *source,
	const ReadTask *task, const Message *read, GError **error)
{
	g_autofree char *sha256 = NULL;

	if (worker->judging->reader)
		return read_range(worker, library, source, task, error);
	sha256 = message_dup_text(read, MESSAGE_SOURCE_FIELDS + 8);
	return read_file(worker, source, worker->judging->place, sha256, error);
}

void judging_run(Worker *worker, const Reader *reader, ReaderLibrary *library, const Source *source,
	const Message *read)
{
	const MessageField *fields = read->fields + MESSAGE_SOURCE_FIELDS;
	g_autofree char *path = message_dup_text(read, MESSAGE_SOURCE_FIELDS + 5);
	g_autoptr(TallyTable) tallies = reader ? tally_table_new(reader) : NULL;
	g_autoptr(ObservationTable) observations = observation_table_new();
	g_autofree char *place = reader ? NULL : message_dup_text(read, MESSAGE_SOURCE_FIELDS + 7);
	g_autoptr(GError) error = NULL;
	const ReadTask task = {
		.pass = (ReadPass)fields[1].number,
		.first_unit = fields[2].number,
		.n_units = fields[3].number,
		.wanted = fields[6].bytes,
	};
	Judging judging = {
		.reader = reader,
		.flags = (guint)fields[4].number,
		.path = path,
		.place = place,
		.tallies = tallies,
		.observations = observations,
		.event = g_string_new(NULL),
		.locator = g_string_new(NULL),
		.matched = g_string_new(NULL),
		.first = INSTANT_NONE,
		.last = INSTANT_NONE,
		.first_unit = task.first_unit,
		.told = g_hash_table_new(NULL, NULL),
		.remains = g_byte_array_new(),
	};

	if (task.pass == READ_IN_USE && reader && reader->tells_remains &&
		task.n_units <= LIMIT_REMAINS_UNITS) {
		g_byte_array_set_size(judging.remains, (guint)((task.n_units + 7) / 8));
		memset(judging.remains->data, 0, judging.remains->len);
	}
	worker->judging = &judging;
	if (read_task(worker, library, source, &task, read, &error)) {
		send_done(worker);
	} else {
		Message failed = message_begin(MESSAGE_FAILED);

		message_add_text(&failed, error ? error->message : "The reader gives no reason.");
		worker_send(worker, &failed);
	}
	worker->judging = NULL;
	g_string_free(judging.event, TRUE);
	g_string_free(judging.locator, TRUE);
	g_hash_table_unref(judging.told);
	g_byte_array_unref(judging.remains);
	g_string_free(judging.matched, TRUE);
}

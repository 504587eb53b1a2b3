/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spoor-worker with a reader and an engine made for tests: the reader does what the evidence
 * tells it to, good or bad, so that tests can say exactly which part of which file kills its
 * worker. All else is the product's own code, seal included. Never installed.
 *
 * Evidence: "SCRIPT1\n", then units of 16 bytes, each a word padded with spaces and a line feed.
 * The words are in the table below; four units are a task.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "model/event.h"
#include "readers/archive/archive.h"
#include "sandbox/sandbox.h"
#include "worker/worker.h"

#define HEAD_BYTES 8
#define UNIT_BYTES 16

struct ReaderLibrary {
	Shape *shape;
	GHashTable *entries; /* words learnt, or given */
	GHashTable *fresh;   /* learnt and not taken */
};

typedef struct State {
	const Source *source;
	ReaderLibrary *library;
	ReadTask task;
	const ReaderReport *report;
	guint64 unit;
	char word[UNIT_BYTES];
	Value values[3];
} State;

/* ---- bad deeds ---- */

static void do_crash(State *state)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

/* A hundredth of a second of honest work. */
static void do_slow(State *state)
{
	gint64 end = g_get_monotonic_time() + G_USEC_PER_SEC / 100;

	while (g_get_monotonic_time() < end)
		;
}

static void do_hang(State *state)
{
	for (;;)
		(void)getpid();
}

/* Meson lets malloc() fill what it gives, which on a busy machine takes longer than a time-out. */
static void do_eat(State *state)
{
	for (gsize size = 1u << 30; size >= 65536; size /= 2) {
		while (mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
			MAP_FAILED)
			;
	}
	for (;;)
		*(volatile char *)g_malloc(16 << 20) = 1;
}

static void do_abort(State *state)
{
	g_error("a defect");
}

static void do_exit(State *state)
{
	_exit(0);
}

static void do_open(State *state)
{
	(void)open("/etc/passwd", O_RDONLY); /* the seal's business */
}

static void do_garbage(State *state)
{
	(void)send(SANDBOX_CHANNEL_FD, "\xff\xff\xff\xff\xff", 5, MSG_NOSIGNAL);
}

/* Done, though the task is not: the words that follow are out of turn. */
static void do_lie(State *state)
{
	static const guint8 planned[] = { 42, 0, 0, 0, MESSAGE_PLANNED, 0, 0, 0, 0, 100, 0, 0, 0, 1,
		0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0,
		0, 0, 0, 0 };

	(void)send(SANDBOX_CHANNEL_FD, planned, sizeof planned, MSG_NOSIGNAL);
}

/* Works until the tests lose patience, saying things all the while. */
static void do_babble(State *state)
{
	for (;;) {
		static const Gap gap = { .kind = GAP_DIRTY, .note = "so it goes" };

		state->report->gap(state->report->context, &gap);
	}
}

static const struct {
	const char *word;
	void (*deed)(State *state);
} deeds[] = {
	{ "crash", do_crash },
	{ "hang", do_hang },
	{ "slow", do_slow },
	{ "eat", do_eat },
	{ "abort", do_abort },
	{ "exit", do_exit },
	{ "open", do_open },
	{ "garbage", do_garbage },
	{ "lie", do_lie },
	{ "babble", do_babble },
};

/* ---- the reader ---- */

static guint script_probe(Slice head, const char *name)
{
	return head.size >= HEAD_BYTES && memcmp(head.data, "SCRIPT1\n", HEAD_BYTES) == 0 ? 100 : 0;
}

static ReaderLibrary *script_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->shape = shape_new("script");
	(void)shape_add_column(library->shape, "Channel", "Script");
	(void)shape_add_column(library->shape, "Computer", "HOST");
	(void)shape_add_column(library->shape, "Word", NULL);
	library->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	library->fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return library;
}

static void script_library_take(
	ReaderLibrary *library, void (*emit)(void *context, Slice entry), void *context)
{
	GHashTableIter iter;
	gpointer word;

	g_hash_table_iter_init(&iter, library->fresh);
	while (g_hash_table_iter_next(&iter, &word, NULL))
		emit(context, slice_from_text(word));
	g_hash_table_remove_all(library->fresh);
}

static void script_library_give(ReaderLibrary *library, Slice entry)
{
	g_hash_table_add(library->entries, g_strndup((const char *)entry.data, entry.size));
}

static gboolean script_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	char word[UNIT_BYTES];

	*ret_plan = (Plan){
		.n_units = (source->size - HEAD_BYTES) / UNIT_BYTES,
		.units_per_task = 4,
		.unit_bytes = UNIT_BYTES,
		.first_offset = HEAD_BYTES,
	};
	if (source_read(source, HEAD_BYTES, word, UNIT_BYTES, error) < UNIT_BYTES)
		return TRUE;
	if (g_str_has_prefix(word, "plan-crash"))
		do_crash(NULL);
	if (!g_str_has_prefix(word, "plan-fail"))
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "the plan is no good");
	return FALSE;
}

static void *script_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	State *state = g_new0(State, 1);

	*state = (State){ .source = source, .library = library, .task = *task, .report = report };
	state->unit = task->first_unit;
	return state;
}

static void do_deed(State *state)
{
	for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
		if (strcmp(state->word, deeds[i].word) == 0)
			deeds[i].deed(state);
	}
}

static void tell_span(State *state)
{
	Span span = { .offset = HEAD_BYTES + state->unit * UNIT_BYTES,
		.first_record = state->unit + 1,
		.last_record = state->unit + 1,
		.first_time = INSTANT_NONE,
		.last_time = INSTANT_NONE,
		.n_records = 1,
		.channel = "Script" };

	state->report->span(state->report->context, &span);
}

/* "learn:x" teaches x; "know:x" is a record in freed space that takes x to read. */
static gboolean is_shown(State *state)
{
	ReadPass pass = state->task.pass;

	if (pass == READ_IN_USE && g_str_has_prefix(state->word, "learn:")) {
		g_hash_table_add(state->library->fresh, g_strdup(state->word + 6));
		return TRUE;
	}
	if (!g_str_has_prefix(state->word, "know:"))
		return pass == READ_IN_USE;
	return pass == READ_RECOVERED &&
		g_hash_table_contains(state->library->entries, state->word + 5);
}

static NextResult script_next(void *data, Event *ret_event)
{
	State *state = data;

	while (state->unit < state->task.first_unit + state->task.n_units) {
		guint64 offset = HEAD_BYTES + state->unit * UNIT_BYTES;

		if (source_read(state->source, offset, state->word, UNIT_BYTES, NULL) < UNIT_BYTES)
			return NEXT_END;
		state->word[UNIT_BYTES - 1] = '\0';
		g_strchomp(state->word);
		if (state->task.pass == READ_IN_USE)
			do_deed(state);
		if (state->task.pass == READ_IN_USE && strcmp(state->word, "missing") != 0)
			tell_span(state);
		if (state->task.pass == READ_IN_USE && g_str_has_prefix(state->word, "know:"))
			state->report->remains(state->report->context, state->unit);
		state->unit++;
		if (strcmp(state->word, "missing") == 0 || !is_shown(state))
			continue;
		state->values[2] =
			(Value){ .type = VALUE_UTF8, .bytes = slice_from_text(state->word) };
		*ret_event = (Event){ .shape = state->library->shape,
			.values = state->values,
			.time = (Instant)state->unit * 1000 * INSTANT_SECOND,
			.origin = state->task.pass == READ_IN_USE ? EVENT_IN_USE : EVENT_RECOVERED,
			.record = state->unit,
			.offset = offset };
		return NEXT_EVENT;
	}
	return NEXT_END;
}

static const char *const hosts[] = { "Computer", NULL };
static const char *const channels[] = { "Channel", NULL };

static const Reader script_reader = {
	.name = "script",
	.recovers = TRUE,
	.tells_remains = TRUE,
	.probe = script_probe,
	.library_new = script_library_new,
	.library_take = script_library_take,
	.library_give = script_library_give,
	.plan = script_plan,
	.open = script_open,
	.next = script_next,
	.close = g_free,
	.host_columns = hosts,
	.channel_columns = channels,
};

const Reader *const reader_registry[] = { &archive_reader, &script_reader, NULL };

/*
 * ---- the engine: every *.rule file is one rule, true of events whose word it holds ----
 *
 * "see:x" is an observation instead, of kind "word", of events whose word begins with x.
 *
 * Files of intelligence hold an indicator a line, a word and the number of the level at which it is
 * found. Lines that begin with other signs do other things:
 *
 *	-word	is rejected
 *	?word	can not be judged where it is found
 *	+word	is a rule of this engine
 *	*N	N indicators w0, w1, ...
 */

#define SEE "see:"

typedef struct Word {
	char *word;
	RuleLevel level;
	guint set; /* number of its file */
	gboolean is_gap;
} Word;

struct EngineState {
	const EngineReport *report;
	GPtrArray *words; /* by index; NULL for a rejected rule, and for a file of indicators */
	GArray *late;	  /* Word: the indicators, as late rules */
	GPtrArray *files; /* names of files of indicators */
	guint first_late;
	gboolean judged;
};

static EngineState *script_engine_new(guint slot, const EngineReport *report)
{
	EngineState *state = g_new0(EngineState, 1);

	state->report = report;
	state->words = g_ptr_array_new();
	state->late = g_array_new(FALSE, FALSE, sizeof(Word));
	state->files = g_ptr_array_new();
	return state;
}

static gboolean script_accepts(const char *path)
{
	return g_str_has_suffix(path, ".rule");
}

static gboolean script_table(EngineState *state, const char *name, Slice text, GError **error)
{
	if (text.size == 0 || text.data[0] != '!')
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line 1: a malformed table");
	return FALSE;
}

static guint script_load(EngineState *state, const char *path, Slice text, guint first_index)
{
	g_autofree char *word = g_strchomp(g_strndup((const char *)text.data, text.size));
	g_autofree char *sha256 =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, text.data, text.size);
	gboolean bad = *word == '\0';
	char none[] = "", engine[] = "script", reason[] = "it is empty";
	RuleInfo info = { .index = first_index,
		.status = bad ? RULE_REJECTED : RULE_LOADED,
		.level = LEVEL_HIGH,
		.kind = g_str_has_prefix(word, SEE) ? RULE_OBSERVATION : RULE_DETECTION,
		.engine = engine,
		.sha256 = sha256,
		.id = none,
		.title = word,
		.path = (char *)path,
		.line = 1,
		.reason = bad ? reason : none,
		.logsource = none,
		.tags = none,
		.author = none,
		.description = none,
		.falsepositives = none,
		.references = none,
		.source = word };

	state->report->rule(state->report->context, &info);
	g_ptr_array_add(state->words, bad ? NULL : g_strdup(word));
	return 1;
}

/* ---- intelligence ---- */

static void add_indicator(EngineState *state, const char *word, RuleLevel level, gboolean is_gap)
{
	const Word one = { g_strdup(word), level, state->files->len, is_gap };

	g_array_append_val(state->late, one);
}

static void take_line(EngineState *state, const char *line, guint number, IntelSource *source)
{
	const EngineReport *report = state->report;
	gsize size = strlen(line);
	guint64 n = 0;

	if (*line == '-') {
		const IntelNote note = { INTEL_REJECTED, number, line + 1, "It is bad." };

		report->intel_note(report->context, &note);
		source->notes[INTEL_REJECTED]++;
		return;
	}
	if (*line == '+') {
		report->foreign_rule(
			report->context, "script", line + 1, slice_from_text(line + 1));
		source->rules++;
		return;
	}
	if (*line == '*' && g_ascii_string_to_unsigned(line + 1, 10, 1, 1000000, &n, NULL)) {
		for (guint i = 0; i < n; i++) {
			g_autofree char *word = g_strdup_printf("w%u", i);

			add_indicator(state, word, LEVEL_LOW, FALSE);
		}
		source->accepted += n;
		return;
	}
	if (size < 2)
		return;

	g_autofree char *word = g_strchomp(g_strndup(line, size - 1));

	add_indicator(state, *word == '?' ? word + 1 : word,
		(RuleLevel)CLAMP(line[size - 1] - '0', 0, LEVEL_N), *line == '?');
	source->accepted++;
}

static RuleInfo *describe_as(RuleKind kind, const char *path, const char *document)
{
	RuleInfo *rule = g_new0(RuleInfo, 1);

	*rule = (RuleInfo){ .level = LEVEL_MEDIUM,
		.kind = kind,
		.engine = g_strdup("script"),
		.sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, document, -1),
		.id = g_strdup(""),
		.name = g_strdup(""),
		.title = g_strdup(document),
		.path = g_strdup(path),
		.line = 1,
		.reason = g_strdup(""),
		.logsource = g_strdup("indicator/word/-"),
		.tags = g_strdup("attack.t1071"),
		.author = g_strdup(""),
		.description = g_strdup(""),
		.falsepositives = g_strdup(""),
		.references = g_strdup(""),
		.source = g_strdup(document) };
	return rule;
}

static guint script_load_intel(EngineState *state, const char *path, Slice bytes, guint first_index)
{
	const EngineReport *report = state->report;
	g_autofree char *text = g_strndup((const char *)bytes.data, bytes.size);
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(RuleInfo) set = describe_as(RULE_INDICATORS, path, text);
	IntelSource source = { .path = path, .format = "words", .name = "test", .sha256 = sha256 };

	for (guint i = 0; lines[i]; i++)
		take_line(state, lines[i], i + 1, &source);
	source.kinds[INDICATOR_MUTEX] = source.accepted;
	report->intel_source(report->context, &source);
	set->index = first_index;
	report->rule(report->context, set);
	g_ptr_array_add(state->words, NULL);
	g_ptr_array_add(state->files, g_strdup(path));
	return 1;
}

static void script_compile_intel(
	EngineState *state, void (*write)(void *context, Slice bytes), void *context)
{
	for (guint i = 0; i < state->late->len; i++) {
		const Word *word = &g_array_index(state->late, Word, i);
		g_autofree char *line = g_strdup_printf(
			"%s%s %u\n", word->is_gap ? "?" : "", word->word, word->level);

		write(context, slice_from_text(line));
	}
}

static void script_look_up(
	EngineState *state, Slice value, void (*each)(void *context, guint number), void *context)
{
	for (guint i = 0; i < state->late->len; i++) {
		if (slice_equal(value, slice_from_text(g_array_index(state->late, Word, i).word)))
			each(context, i);
	}
}

static guint script_compile(EngineState *state, guint first_late)
{
	state->first_late = first_late;
	return state->late->len;
}

static RuleInfo *script_describe(EngineState *state, guint number)
{
	const Word *word = &g_array_index(state->late, Word, number);
	g_autofree char *document = g_strdup_printf("{\"word\":\"%s\"}", word->word);

	return describe_as(RULE_INDICATOR, state->files->pdata[word->set], document);
}

static void judge_late(EngineState *state, const Event *event, guint number)
{
	const Word *word = &g_array_index(state->late, Word, number);
	const Match match = { "Word", NULL, word->word, word->word, "word" };
	const Gap gap = { .kind = GAP_LIMIT, .records = 1, .note = "That word is too much." };

	if (!slice_equal(event->values[2].bytes, slice_from_text(word->word)))
		return;
	if (word->is_gap)
		state->report->gap(state->report->context, event, &gap);
	else
		state->report->finding(state->report->context, state->first_late + number,
			word->level, event, &match, 1);
}

/* "file:x" is true of files with x in their path, "bytes:x" of those with x in their content. */
static gboolean wants(const EngineState *state, const char *prefix)
{
	for (guint i = 0; i < state->words->len; i++) {
		if (state->words->pdata[i] && g_str_has_prefix(state->words->pdata[i], prefix))
			return TRUE;
	}
	return FALSE;
}

static gboolean script_wants_files(EngineState *state)
{
	return wants(state, "file:") || wants(state, "bytes:");
}

static gboolean script_wants_content(const EngineState *state)
{
	return wants(state, "bytes:");
}

/* Looks at the last byte until the file has become shorter, for which tests need not have long. */
static void watch(Slice content)
{
	gint64 end = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;

	while (g_get_monotonic_time() < end)
		(void)*(const volatile guint8 *)(content.data + content.size - 1);
}

/* The last bytes of a file tell the engine what to do. */
static void obey(Slice content)
{
	Slice last = slice_sub(content, content.size - MIN(content.size, 6), 6);

	if (slice_equal(last, slice_from_text("POISON")))
		do_crash(NULL);
	if (slice_equal(last, slice_from_text("WATCH!")))
		watch(content);
}

static void judge_file(EngineState *state, const Event *event)
{
	g_autoptr(GString) fields = g_string_new(NULL);

	event_append_fields_json(fields, event);
	if (wants(state, "bytes:"))
		obey(event->content);
	for (guint i = 0; i < state->words->len; i++) {
		const char *word = state->words->pdata[i];
		Match match = { "File", NULL, word, word, "selection" };
		gboolean is_true = word &&
			((g_str_has_prefix(word, "file:") && strstr(fields->str, word + 5)) ||
				(g_str_has_prefix(word, "bytes:") &&
					memmem(event->content.data, event->content.size, word + 6,
						strlen(word + 6))));

		if (is_true)
			state->report->finding(
				state->report->context, i, LEVEL_OF_RULE, event, &match, 1);
	}
}

static void observe(EngineState *state, const Event *event, guint index, const char *what)
{
	Slice word = event->values[2].bytes;

	if (slice_equal(slice_sub(word, 0, strlen(what)), slice_from_text(what)))
		state->report->observation(
			state->report->context, index, "word", event, NULL, word);
}

static void script_judge(EngineState *state, const Event *event)
{
	state->judged = TRUE;
	if (event->place) {
		judge_file(state, event);
		return;
	}
	for (guint i = 0; i < state->words->len; i++) {
		const char *word = state->words->pdata[i];
		Match match = { "Word", NULL, word, word, "selection" };

		if (word && g_str_has_prefix(word, SEE))
			observe(state, event, i, word + strlen(SEE));
		else if (word && slice_equal(event->values[2].bytes, slice_from_text(word)))
			state->report->finding(
				state->report->context, i, LEVEL_OF_RULE, event, &match, 1);
	}
	for (guint i = 0; i < state->late->len; i++)
		judge_late(state, event, i);
}

static void script_take_applicable(EngineState *state, guint8 *bits, gsize n_bytes)
{
	if (state->judged && n_bytes)
		bits[0] |= 1;
	state->judged = FALSE;
}

static const Engine script_engine = {
	.name = "script",
	.new = script_engine_new,
	.accepts = script_accepts,
	.table = script_table,
	.load = script_load,
	.load_intel = script_load_intel,
	.compile_intel = script_compile_intel,
	.look_up = script_look_up,
	.compile = script_compile,
	.wants_files = script_wants_files,
	.wants_content = script_wants_content,
	.describe = script_describe,
	.judge = script_judge,
	.take_applicable = script_take_applicable,
};

const Engine *const engine_registry[] = { &script_engine, NULL };

int main(int argc, char **argv)
{
	return worker_main(argc, argv);
}

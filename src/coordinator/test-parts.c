/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the coordinator that need no processes: buffer, library, queue, protocol. */
#include <glib.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/library-set.h"
#include "coordinator/protocol.h"
#include "coordinator/queue.h"
#include "coordinator/result-buffer.h"
#include "coordinator/tally-sum.h"
#include "model/correlation.h"
#include "model/rule.h"

/* ---- buffer ---- */

static Message failed(const char *text)
{
	Message m = message_begin(MESSAGE_FAILED);

	message_add_text(&m, text);
	return m;
}

static gboolean check_number(void *context, const Message *message, GError **error)
{
	g_autofree char *text = message_dup_text(message, 0);
	g_autofree char *expected = g_strdup_printf("%u", (*(guint *)context)++);

	g_assert_true(g_str_has_prefix(text, expected));
	return TRUE;
}

/* Far more than is kept in memory comes back in order, whole, and twice. */
static void test_buffer(void)
{
	g_autoptr(ResultBuffer) buffer = result_buffer_new();
	g_autofree char *long_text = g_strnfill(3000, ' ');
	guint n = 0;

	for (guint i = 0; i < 2000; i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autofree char *text = g_strdup_printf("%u%s", i, long_text);
		Message m = failed(text);

		message_append(bytes, &m);
		g_assert_true(result_buffer_add(buffer, slice_make(bytes->data, bytes->len), NULL));
	}
	g_assert_cmpuint(result_buffer_size(buffer), >, 6000000);
	for (guint round = 0; round < 2; round++) {
		n = 0;
		g_assert_true(result_buffer_foreach(buffer, check_number, &n, NULL));
		g_assert_cmpuint(n, ==, 2000);
	}
	result_buffer_clear(buffer);
	g_assert_cmpuint(result_buffer_size(buffer), ==, 0);
}

/* ---- library ---- */

static char *library_text(gsize max_bytes, const guint *order, guint n)
{
	g_autoptr(LibrarySet) set = library_set_new(max_bytes);
	GString *text = g_string_new(NULL);
	const GPtrArray *frames;

	for (guint i = 0; i < n; i++) {
		g_autofree char *entry = g_strnfill(order[i] % 7 + 1, (char)('a' + order[i]));

		library_set_add(set, "r", slice_from_text(entry));
	}
	frames = library_set_frames(set);
	for (guint i = 0; i < frames->len; i++) {
		gsize size;
		const char *data = g_bytes_get_data(frames->pdata[i], &size);

		g_string_append_len(text, data, (gssize)size);
	}
	return g_string_free(text, FALSE);
}

/* However entries come, and whatever the limit cuts, the same ones are kept. */
static void test_library(void)
{
	guint order[20];

	for (guint i = 0; i < 20; i++)
		order[i] = i;
	for (gsize max_bytes = 0; max_bytes < 3200; max_bytes += 100) {
		g_autofree char *first = library_text(max_bytes, order, 20);

		for (guint round = 0; round < 20; round++) {
			guint a = (guint)g_test_rand_int_range(0, 20), was = order[a];
			guint b = (guint)g_test_rand_int_range(0, 20);
			g_autofree char *again = NULL;

			order[a] = order[b];
			order[b] = was;
			again = library_text(max_bytes, order, 20);
			g_assert_cmpstr(again, ==, first);
		}
	}
}

/* ---- queue ---- */

static Evidence evidence_of(guint64 n_units)
{
	return (Evidence){ .n_units = n_units, .units_per_task = 8, .unit_bytes = 1, .fd = -1 };
}

/* Loses every task that holds the unit @poison until it is given up; returns how many were lost. */
static guint poison_queue(TaskQueue *queue, guint64 poison)
{
	guint n = 0;
	Task *task;

	while ((task = queue_take_waiting(queue))) {
		if (poison < task->first_unit || poison >= task->first_unit + task->n_units) {
			task->state = TASK_FINISHED;
			continue;
		}
		queue_lose(queue, task, "died", FALSE);
		n++;
	}
	return n;
}

static gboolean append_tally(void *context, const Tally *tally, GError **error)
{
	g_string_append_printf(context,
		"%s/%s %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT ";",
		tally->host, tally->channel, tally->hour / INSTANT_SECOND, tally->in_use,
		tally->recovered);
	return TRUE;
}

static void test_tally_sum(void)
{
	g_autoptr(TallySum) sum = tally_sum_new();
	g_autoptr(GString) told = g_string_new(NULL);
	const Tally tallies[] = {
		{ "b", "log", 7200 * INSTANT_SECOND, 1, 2 },
		{ "b", "log", 0, 3, 0 },
		{ "a", "log", 7200 * INSTANT_SECOND, 5, 0 },
		{ "b", "log", 7200 * INSTANT_SECOND, 10, 20 },
		{ "b", "other", 0, 0, 1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(tallies); i++)
		tally_sum_add(sum, &tallies[i]);
	g_assert_true(tally_sum_take(sum, append_tally, told, NULL));
	g_assert_cmpstr(
		told->str, ==, "b/log 0 3+0;b/other 0 0+1;a/log 7200 5+0;b/log 7200 11+22;");
	g_string_truncate(told, 0);
	g_assert_true(tally_sum_take(sum, append_tally, told, NULL));
	g_assert_cmpstr(told->str, ==, "");
}

static void test_queue_halves(void)
{
	for (guint64 poison = 0; poison < 20; poison++) {
		g_autoptr(TaskQueue) queue = queue_new(TASK_WINDOW);
		Evidence evidence = evidence_of(20);
		guint64 next = 0;
		guint lost = 0, cost = 0, died;
		Task *task;

		queue_add_reads(queue, NULL, &evidence, READ_IN_USE, READ_JUDGE);
		died = poison_queue(queue, poison);
		while ((task = queue_pop_finished(queue))) {
			g_assert_cmpuint(task->first_unit, ==, next); /* no hole, no overlap */
			g_assert_cmpuint(task->flags, ==, READ_JUDGE);
			next += task->n_units;
			cost += task->cost;
			if (task->lost) {
				lost++;
				g_assert_cmpuint(task->first_unit, ==, poison);
				g_assert_cmpuint(task->n_units, ==, 1);
			}
			task_free(task);
		}
		g_assert_cmpuint(next, ==, 20);
		g_assert_cmpuint(lost, ==, 1);
		g_assert_cmpuint(cost, ==, died);
		g_assert_true(queue_is_empty(queue));
	}
}

/* Of a plan with a million tasks, which a child may invent, only those given out exist. */
static void test_queue_is_lazy(void)
{
	g_autoptr(TaskQueue) queue = queue_new(TASK_WINDOW);
	Evidence evidence = evidence_of(8000000);

	queue_add_reads(queue, NULL, &evidence, READ_IN_USE, 0);
	g_assert_cmpuint(queue_take_waiting(queue)->n_units, ==, 8);
	g_assert_cmpuint(queue_take_waiting(queue)->first_unit, ==, 8);
	g_assert_true(queue_has_room(queue));
}

/* Recovery takes the tasks in which something remains, and no others. */
static void test_queue_skips(void)
{
	g_autoptr(TaskQueue) queue = queue_new(TASK_WINDOW);
	Evidence evidence = { .n_units = 100, .units_per_task = 8 };
	static const guint8 some = 1u << 3;
	static const guint64 expected[] = { 24, 88 };
	Task *task;
	guint n = 0;

	for (guint64 first = 0; first < evidence.n_units; first += 8) {
		gboolean remains = first == 24 || first == 88;
		guint8 bits = remains ? some : 0;

		evidence_add_remains(
			&evidence, first, MIN(8, evidence.n_units - first), slice_make(&bits, 1));
	}
	g_assert_true(evidence_remains_at(&evidence, 27));
	g_assert_false(evidence_remains_at(&evidence, 28));
	queue_add_reads(queue, NULL, &evidence, READ_RECOVERED, 0);
	while ((task = queue_take_waiting(queue))) {
		g_assert_cmpuint(n, <, G_N_ELEMENTS(expected));
		g_assert_cmpuint(task->first_unit, ==, expected[n]);
		g_assert_cmpuint(task->n_units, ==, 8);
		n++;
	}
	g_assert_cmpuint(n, ==, 2);
	g_byte_array_unref(evidence.remains);
}

/* Of a file from which too much was unpacked already no archive is given out; others go on. */
static void test_queue_exhausted(void)
{
	g_autoptr(TaskQueue) queue = queue_new(TASK_WINDOW);
	Evidence root = evidence_of(1), inner = evidence_of(1), other = evidence_of(1);
	Task *first = task_new(TASK_EXPAND, &inner, READ_IN_USE);
	Task *second = task_new(TASK_EXPAND, &other, READ_IN_USE);

	root.expanded = LIMIT_ARCHIVE_BYTES;
	inner.parent = &root;
	queue_add(queue, first);
	queue_add(queue, second);
	g_assert_true(queue_take_waiting(queue) == second);
	g_assert_cmpint(first->state, ==, TASK_FINISHED);
}

static void test_queue_order(void)
{
	g_autoptr(TaskQueue) queue = queue_new(TASK_WINDOW);
	Evidence evidence = evidence_of(20);
	Task *plan = task_new(TASK_PLAN, &evidence, READ_IN_USE);
	Task *end = task_new(TASK_END, evidence_new(NULL), READ_IN_USE);
	Task *first;

	queue_add(queue, plan);
	queue_add(queue, end);
	g_assert_true(queue_take_waiting(queue) == plan);
	g_assert_null(queue_take_waiting(queue)); /* an end waits for nobody */
	g_assert_null(queue_pop_finished(queue)); /* and is not reached before the rest */
	queue_add_reads(queue, plan, &evidence, READ_IN_USE, 0);
	plan->state = TASK_FINISHED;
	task_free(queue_pop_finished(queue));
	first = queue_take_waiting(queue);
	g_assert_cmpuint(first->n_units, ==, 8);
	g_assert_cmpuint(queue_take_waiting(queue)->first_unit, ==, 8);
	g_assert_null(queue_pop_finished(queue));
	g_assert_cmpuint(queue_take_waiting(queue)->n_units, ==, 4);
}

/* ---- protocol ---- */

typedef struct Peer {
	GPtrArray *rules, *correlations;
	LateRules *late; /* rules 5 to 7 */
	Evidence evidence;
	Task task;
} Peer;

static void peer_init(Peer *peer)
{
	static RuleInfo good = { .status = RULE_LOADED }, bad = { .status = RULE_REJECTED };
	static char reader[] = "script";

	*peer = (Peer){ .rules = g_ptr_array_new(), .correlations = g_ptr_array_new() };
	g_ptr_array_add(peer->rules, &good);
	g_ptr_array_add(peer->rules, &bad);
	peer->late = late_rules_new(5, 3);
	peer->evidence = (Evidence){ .size = 1000, .reader = reader };
	peer->task = (Task){ .kind = TASK_READ, .evidence = &peer->evidence, .flags = READ_JUDGE };
}

static void peer_clear(Peer *peer)
{
	g_ptr_array_unref(peer->rules);
	g_ptr_array_unref(peer->correlations);
	g_clear_pointer(&peer->task.told_rules, g_hash_table_unref);
	late_rules_free(peer->late);
}

static gboolean may_say(Peer *peer, ChildState state, const Message *message)
{
	g_autoptr(GError) error = NULL;
	const ProtocolContent content = { peer->rules, peer->correlations, peer->late };
	gboolean may = protocol_check(state, &peer->task, &content, message, &error);

	g_assert_true(may == (error == NULL));
	return may;
}

/* Each state's words, and no others. */
static void test_protocol_states(void)
{
	static const char *const words[CHILD_N_STATES] = {
		[CHILD_STARTING] = " hello failed ",
		[CHILD_IDLE] = " ",
		[CHILD_PLANNING] = " gap planned failed ",
		[CHILD_EXPANDING] = " data expanded gap ",
		[CHILD_READING] = " gap failed span tally done alive ",
		[CHILD_ENDING] = " ",
	};
	const guint8 bits[1] = { 0 };
	Peer peer;

	peer_init(&peer);
	for (guint state = 0; state < CHILD_N_STATES; state++) {
		for (guint type = 1; type < MESSAGE_N_TYPES; type++) {
			Message m = { .type = (MessageType)type };
			g_autofree char *word = g_strdup_printf(" %s ", message_type_name(m.type));

			if (type == MESSAGE_HELLO)
				m.fields[0].number = PROTOCOL_VERSION;
			if (type == MESSAGE_DONE)
				m.fields[4].bytes = slice_make(bits, 1);
			g_assert_true(may_say(&peer, (ChildState)state, &m) ==
				(strstr(words[state], word) != NULL));
		}
	}
	peer_clear(&peer);
}

static Message finding(guint64 rule, guint64 offset, guint64 recovered)
{
	Message m = message_begin(MESSAGE_FINDING);

	message_add_number(&m, rule);
	message_add_number(&m, 1);
	message_add_number(&m, offset);
	message_add_number(&m, recovered);
	message_add_number(&m, 0);
	message_add_text(&m, "record 1 at 0x0");
	for (guint i = 0; i < 4; i++)
		message_add_text(&m, "null");
	message_add_number(&m, LEVEL_N);
	return m;
}

static void test_protocol_findings(void)
{
	RuleInfo other = { .status = RULE_LOADED };
	Message good = finding(0, 1000, 0), rejected = finding(1, 0, 0), unknown = finding(2, 0, 0);
	Message outside = finding(0, 1001, 0), recovered = finding(0, 0, 1);
	Peer peer;

	peer_init(&peer);
	g_assert_true(may_say(&peer, CHILD_READING, &good));
	g_assert_false(may_say(&peer, CHILD_READING, &rejected));
	g_assert_false(may_say(&peer, CHILD_READING, &unknown));
	g_assert_false(may_say(&peer, CHILD_READING, &outside));
	g_assert_false(may_say(&peer, CHILD_READING, &recovered));
	peer.task.flags |= READ_RECOVERED_TOO;
	g_assert_true(may_say(&peer, CHILD_READING, &recovered));
	other.is_silent = TRUE;
	peer.rules->pdata[0] = &other;
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	other = (RuleInfo){ .status = RULE_LOADED, .kind = RULE_CORRELATION };
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	other.kind = RULE_DETECTION;
	g_assert_true(may_say(&peer, CHILD_READING, &good));
	peer.task.flags = READ_EVENTS;
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	peer_clear(&peer);
}

/* Refused as long as the field has the number; then it may be said, once. */
static void refuse_number(Peer *peer, Message *m, guint field, guint64 bad)
{
	guint64 good = m->fields[field].number;

	m->fields[field].number = bad;
	g_assert_false(may_say(peer, CHILD_READING, m));
	m->fields[field].number = good;
}

static Message observation(const char *kind, guint64 rule)
{
	Message m = message_begin(MESSAGE_OBSERVATION);

	message_add_number(&m, rule);
	message_add_text(&m, kind);
	message_add_text(&m, "");
	message_add_text(&m, "15.1");
	message_add_number(&m, 1);
	message_add_number(&m, 0);
	message_add_text(&m, "record 1 at 0x0");
	message_add_number(&m, 0);
	message_add_text(&m, "record 1 at 0x0");
	return m;
}

/* Of rules that observe alone, of things that can be, at places that are there. */
static void test_protocol_observations(void)
{
	RuleInfo rule = { .status = RULE_LOADED, .kind = RULE_OBSERVATION };
	Message good = observation("a-kind", 0), other = observation("a-kind", 1);
	Message no_kind = observation("No kind", 0), found = finding(0, 0, 0);
	g_autofree char *text = g_strnfill(LIMIT_OBSERVATION_BYTES + 1, 'x');
	IntakeFile file = { .place = "in/x.exe" };
	Peer peer;

	peer_init(&peer);
	peer.evidence.file = &file;
	g_assert_false(may_say(&peer, CHILD_READING, &good)); /* a detection's */
	peer.rules->pdata[0] = &rule;
	g_assert_true(may_say(&peer, CHILD_READING, &good));
	g_assert_false(may_say(&peer, CHILD_READING, &found)); /* it has no findings */
	g_assert_false(may_say(&peer, CHILD_PLANNING, &good));
	g_assert_false(may_say(&peer, CHILD_READING, &other));
	g_assert_false(may_say(&peer, CHILD_READING, &no_kind));
	refuse_number(&peer, &good, 0, 3);
	refuse_number(&peer, &good, 4, 0);
	refuse_number(&peer, &good, 4, G_MAXINT64);
	for (guint field = 2; field <= 3; field++) {
		Slice before = good.fields[field].bytes;

		good.fields[field].bytes = slice_make(text, LIMIT_OBSERVATION_BYTES);
		g_assert_true(may_say(&peer, CHILD_READING, &good));
		good.fields[field].bytes = slice_from_text(text);
		g_assert_false(may_say(&peer, CHILD_READING, &good));
		good.fields[field].bytes = SLICE_EMPTY;
		g_assert_true(may_say(&peer, CHILD_READING, &good) == (field == 2));
		good.fields[field].bytes = before;
	}
	for (guint field = 6; field <= 8; field += 2) {
		Slice before = good.fields[field].bytes;

		good.fields[field].bytes = slice_from_text("file in/x.exe");
		g_assert_false(may_say(&peer, CHILD_READING, &good));
		good.fields[field].bytes = before;
	}
	peer.task.kind = TASK_FILE;
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	good.fields[6].bytes = good.fields[8].bytes = slice_from_text("file in/x.exe");
	g_assert_true(may_say(&peer, CHILD_READING, &good));
	peer.task.flags = READ_EVENTS;
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	peer_clear(&peer);
}

/* In a file as a whole things are found at its own path, elsewhere at none. */
static void test_protocol_locators(void)
{
	static const char *const locators[] = { "file in/x.exe", "file in/y.exe", "file in/x.ex",
		"file ", "record 1 at 0x0", "" };
	IntakeFile file = { .place = "in/x.exe" };
	Peer peer;

	peer_init(&peer);
	peer.evidence.file = &file;
	for (guint i = 0; i < G_N_ELEMENTS(locators); i++) {
		Message found = finding(0, 0, 0);

		found.fields[5].bytes = slice_from_text(locators[i]);
		peer.task.kind = TASK_FILE;
		g_assert_true(may_say(&peer, CHILD_READING, &found) == (i == 0));
		peer.task.kind = TASK_READ;
		g_assert_true(may_say(&peer, CHILD_READING, &found) == (i == 4));
	}
	peer_clear(&peer);
}

/* An indicator as a child tells of it. */
static Message late_rule(guint64 index, const char *document, char **ret_sha256)
{
	Message m = message_begin(MESSAGE_RULE);
	char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, document, -1);

	message_add_number(&m, index);
	message_add_number(&m, RULE_LOADED);
	message_add_number(&m, LEVEL_HIGH);
	message_add_number(&m, 1);
	message_add_number(&m, RULE_INDICATOR);
	message_add_text(&m, "indicators");
	message_add_text(&m, sha256);
	for (guint i = 0; i < 11; i++)
		message_add_text(&m, "text");
	message_add_text(&m, document);
	*ret_sha256 = sha256;
	return m;
}

/* Rules 5 to 7 are late ones: found only when told of, in the same task, the same by everybody. */
static void test_protocol_late_rules(void)
{
	g_autofree char *sha256 = NULL, *other = NULL;
	Message rule = late_rule(5, "{\"value\":1}", &sha256);
	Message same_index = late_rule(5, "{\"value\":2}", &other);
	Message found = finding(5, 0, 0), not_told = finding(6, 0, 0);
	Peer peer;

	peer_init(&peer);
	g_assert_false(may_say(&peer, CHILD_READING, &found)); /* not told of yet */
	refuse_number(&peer, &rule, 0, 4);
	refuse_number(&peer, &rule, 0, 8);
	refuse_number(&peer, &rule, 0, 0);
	refuse_number(&peer, &rule, 1, RULE_REJECTED);
	refuse_number(&peer, &rule, 2, LEVEL_N);
	refuse_number(&peer, &rule, 4, RULE_DETECTION);
	refuse_number(&peer, &rule, 4, RULE_INDICATORS);
	rule.fields[6].bytes = slice_from_text(other); /* of another document */
	g_assert_false(may_say(&peer, CHILD_READING, &rule));
	rule.fields[6].bytes = slice_from_text(sha256);
	g_assert_false(may_say(&peer, CHILD_PLANNING, &rule));
	peer.task.flags = READ_EVENTS;
	g_assert_false(may_say(&peer, CHILD_READING, &rule));
	peer.task.flags = READ_JUDGE;
	g_assert_true(may_say(&peer, CHILD_READING, &rule));
	g_assert_true(may_say(&peer, CHILD_READING, &found));
	g_assert_false(may_say(&peer, CHILD_READING, &not_told));
	g_assert_false(may_say(&peer, CHILD_READING, &rule)); /* once for each task */
	found.fields[10].number = LEVEL_N + 1;
	g_assert_false(may_say(&peer, CHILD_READING, &found));
	found.fields[10].number = LEVEL_CRITICAL;
	g_assert_true(may_say(&peer, CHILD_READING, &found));

	/* Another task: told of anew, and as it was told of before. */
	g_clear_pointer(&peer.task.told_rules, g_hash_table_unref);
	g_assert_false(may_say(&peer, CHILD_READING, &found));
	g_assert_false(may_say(&peer, CHILD_READING, &same_index));
	rule.fields[9].bytes = slice_from_text("another title");
	g_assert_false(may_say(&peer, CHILD_READING, &rule));
	rule.fields[9].bytes = slice_from_text("text");
	g_assert_true(may_say(&peer, CHILD_READING, &rule));
	peer_clear(&peer);
}

/* So many are kept, those that come first; what is known already has room. */
static void test_late_rules_are_bounded(void)
{
	g_autofree char *sha256 = NULL;
	Message rule = late_rule(0, "{}", &sha256);
	g_autoptr(LateRules) late = late_rules_new(0, LIMIT_LATE_RULES_FOUND + 2);
	const RuleInfo *known;

	for (guint i = 0; i < LIMIT_LATE_RULES_FOUND; i++) {
		rule.fields[0].number = i;
		g_assert_true(late_rules_take(late, &rule, &known));
		g_assert_nonnull(known);
		late_rules_forget_texts(late, i);
	}
	rule.fields[0].number = LIMIT_LATE_RULES_FOUND;
	g_assert_false(late_rules_take(late, &rule, &known));
	g_assert_null(late_rules_find(late, LIMIT_LATE_RULES_FOUND));
	rule.fields[0].number = 7;
	g_assert_true(late_rules_take(late, &rule, &known));
	g_assert_null(known);
	g_assert_cmpstr(late_rules_find(late, 7)->sha256, ==, sha256);
}

static Message hit(guint64 correlation, guint64 part, Slice key)
{
	Message m = message_begin(MESSAGE_HIT);

	message_add_number(&m, correlation);
	message_add_number(&m, part);
	message_add_number(&m, 1);
	message_add_number(&m, 1000);
	message_add_number(&m, 0);
	message_add_number(&m, 0);
	for (guint i = 0; i < 3; i++)
		message_add_text(&m, "record 1 at 0x0");
	message_add_slice(&m, key);
	message_add_text(&m, "null");
	message_add_text(&m, "null");
	return m;
}

static void set_and_restore(Peer *peer, Message *m, guint field, guint64 bad)
{
	guint64 good = m->fields[field].number;

	g_assert_true(may_say(peer, CHILD_READING, m));
	m->fields[field].number = bad;
	g_assert_false(may_say(peer, CHILD_READING, m));
	m->fields[field].number = good;
}

/* Rule 2 counts rule 0 by user; rule 3 is over both. */
static void test_protocol_hits(void)
{
	static RuleInfo over[] = { { .status = RULE_LOADED, .kind = RULE_CORRELATION },
		{ .status = RULE_LOADED, .kind = RULE_CORRELATION } };
	static char user[] = "User", *by_user[] = { user, NULL }, *none[] = { NULL };
	CorrelationPart parts[] = { { .rule = 0 }, { .rule = 2 } };
	Correlation count = { .rule = 2,
		.group_by = by_user,
		.fields = none,
		.carried = none,
		.n_parts = 1,
		.parts = parts };
	Correlation both = { .rule = 3,
		.group_by = none,
		.fields = none,
		.carried = none,
		.n_parts = 2,
		.parts = parts };
	const char *users[] = { "Admin", NULL };
	g_autoptr(GByteArray) one = g_byte_array_new(), two = g_byte_array_new();
	Peer peer;

	peer_init(&peer);
	g_ptr_array_add(peer.rules, &over[0]);
	g_ptr_array_add(peer.rules, &over[1]);
	g_ptr_array_add(peer.correlations, &count);
	g_ptr_array_add(peer.correlations, &both);
	hit_key_append(one, users, 1);
	hit_key_append(two, users, 2);

	Message good = hit(2, 0, slice_make(one->data, one->len));
	Message long_key = hit(2, 0, slice_make(two->data, two->len));
	Message whole = hit(3, 0, SLICE_EMPTY), over_correlation = hit(3, 1, SLICE_EMPTY);

	set_and_restore(&peer, &good, 0, 0); /* no correlation */
	set_and_restore(&peer, &good, 0, G_MAXUINT32);
	set_and_restore(&peer, &good, 1, 1); /* no such part */
	set_and_restore(&peer, &good, 3, 1001);
	set_and_restore(&peer, &good, 4, 1);
	set_and_restore(&peer, &good, 4, 2);
	g_assert_false(may_say(&peer, CHILD_READING, &long_key));
	g_assert_true(may_say(&peer, CHILD_READING, &whole));
	g_assert_false(may_say(&peer, CHILD_READING, &over_correlation));
	peer.task.flags = READ_EVENTS;
	g_assert_false(may_say(&peer, CHILD_READING, &good));
	peer_clear(&peer);
}

static Message planned(const char *reader, guint64 n_units, guint64 per_task)
{
	Message m = message_begin(MESSAGE_PLANNED);

	message_add_text(&m, reader);
	message_add_number(&m, 100);
	message_add_number(&m, n_units);
	message_add_number(&m, per_task);
	message_add_number(&m, 16);
	message_add_number(&m, 8);
	message_add_number(&m, READER_RECOVERS);
	return m;
}

static void test_protocol_plans(void)
{
	Message good = planned("evtx", 60, 4), none = planned("", 0, 0);
	Message endless = planned("evtx", G_MAXUINT64, 1), never = planned("evtx", 10, 0);
	Message name = planned("../x", 10, 1), outside = planned("evtx", 60, 4);
	Peer peer;

	peer_init(&peer);
	g_assert_true(may_say(&peer, CHILD_PLANNING, &good));
	g_assert_true(may_say(&peer, CHILD_PLANNING, &none));
	g_assert_false(may_say(&peer, CHILD_PLANNING, &endless));
	g_assert_false(may_say(&peer, CHILD_PLANNING, &never));
	g_assert_false(may_say(&peer, CHILD_PLANNING, &name));
	outside.fields[5].number = 1001;
	g_assert_false(may_say(&peer, CHILD_PLANNING, &outside));
	peer_clear(&peer);
}

static void test_protocol_lines(void)
{
	const char *const bad[] = { "{}", "{}\n{}\n", "{}\n ", "" };
	Message m = message_begin(MESSAGE_EVENT);
	Peer peer;

	peer_init(&peer);
	peer.task.flags = READ_EVENTS;
	message_add_text(&m, "{}\n");
	g_assert_true(may_say(&peer, CHILD_READING, &m));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		m.fields[0].bytes = slice_from_text(bad[i]);
		g_assert_false(may_say(&peer, CHILD_READING, &m));
	}
	peer_clear(&peer);
}

static void test_protocol_library(void)
{
	Message m = message_begin(MESSAGE_LIBRARY);
	Peer peer;

	peer_init(&peer);
	message_add_text(&m, "script");
	message_add_text(&m, "x");
	g_assert_false(may_say(&peer, CHILD_READING, &m)); /* it was not asked */
	peer.task.flags |= READ_SHARE_LIBRARY;
	g_assert_true(may_say(&peer, CHILD_READING, &m));
	m.fields[0].bytes = slice_from_text("evtx");
	g_assert_false(may_say(&peer, CHILD_READING, &m));
	peer_clear(&peer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/result-buffer/far-more-than-memory", test_buffer);
	g_test_add_func("/library-set/order-does-not-matter", test_library);
	g_test_add_func("/queue/halves-down-to-the-poison", test_queue_halves);
	g_test_add_func("/queue/lazy", test_queue_is_lazy);
	g_test_add_func("/queue/skips-what-nothing-remains-in", test_queue_skips);
	g_test_add_func("/tally-sum/adds-up", test_tally_sum);
	g_test_add_func("/queue/exhausted", test_queue_exhausted);
	g_test_add_func("/queue/order", test_queue_order);
	g_test_add_func("/protocol/states", test_protocol_states);
	g_test_add_func("/protocol/findings", test_protocol_findings);
	g_test_add_func("/protocol/observations", test_protocol_observations);
	g_test_add_func("/protocol/locators", test_protocol_locators);
	g_test_add_func("/protocol/late-rules", test_protocol_late_rules);
	g_test_add_func("/protocol/late-rules-are-bounded", test_late_rules_are_bounded);
	g_test_add_func("/protocol/hits", test_protocol_hits);
	g_test_add_func("/protocol/plans", test_protocol_plans);
	g_test_add_func("/protocol/lines", test_protocol_lines);
	g_test_add_func("/protocol/library", test_protocol_library);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/telling.h"

/* A correlation, encoded, with its number. */
typedef struct Late {
	guint rule;
	GByteArray *bytes;
} Late;

struct Telling {
	Worker *worker;
	guint n_sent;	   /* rules: all with a smaller index are sent */
	GHashTable *early; /* index -> GByteArray: the message of a rule that has to wait */
	GArray *at_last;   /* Late: correlations, of all engines */
};

static void clear_late(gpointer late)
{
	g_byte_array_unref(((Late *)late)->bytes);
}

static gint compare_late(gconstpointer a, gconstpointer b)
{
	const Late *x = a, *y = b;

	return (x->rule > y->rule) - (x->rule < y->rule);
}

Telling *telling_new(Worker *worker)
{
	Telling *telling = g_new0(Telling, 1);

	telling->worker = worker;
	telling->early =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_byte_array_unref);
	telling->at_last = g_array_new(FALSE, FALSE, sizeof(Late));
	g_array_set_clear_func(telling->at_last, clear_late);
	return telling;
}

void telling_free(Telling *telling)
{
	if (!telling)
		return;
	g_hash_table_unref(telling->early);
	g_array_unref(telling->at_last);
	g_free(telling);
}

void telling_fill_rule(Message *ret, const RuleInfo *rule)
{
	const char *const texts[] = { rule->engine, rule->sha256, rule->id, rule->name, rule->title,
		rule->path, rule->reason, rule->logsource, rule->tags, rule->author,
		rule->description, rule->falsepositives, rule->references, rule->source };

	*ret = message_begin(MESSAGE_RULE);
	message_add_number(ret, rule->index);
	message_add_number(ret, rule->status);
	message_add_number(ret, rule->level);
	message_add_number(ret, rule->line);
	message_add_number(ret, rule->kind);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		message_add_text(ret, texts[i]);
}

/* Sends those whose turn has come with the one before them. */
static void send_early(Telling *telling)
{
	for (;;) {
		gpointer key = GUINT_TO_POINTER(telling->n_sent);
		const GByteArray *frame = g_hash_table_lookup(telling->early, key);

		if (!frame)
			return;
		worker_send_frame(telling->worker, slice_make(frame->data, frame->len));
		g_hash_table_remove(telling->early, key);
		telling->n_sent++;
	}
}

void telling_add_rule(Telling *telling, const RuleInfo *rule)
{
	Message message;

	telling_fill_rule(&message, rule);
	if (rule->index == telling->n_sent) {
		worker_send(telling->worker, &message);
		telling->n_sent++;
		send_early(telling);
		return;
	}

	GByteArray *frame = g_byte_array_new();

	message_append(frame, &message);
	g_hash_table_insert(telling->early, GUINT_TO_POINTER(rule->index), frame);
}

void telling_reject(Worker *worker, const char *shown, GBytes *bytes, const char *reason)
{
	g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
	g_autofree char *sha256 =
		g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes ? bytes : nothing);
	char none[] = "";
	const RuleInfo rule = {
		.index = worker->n_rules,
		.status = RULE_REJECTED,
		.level = LEVEL_INFORMATIONAL,
		.engine = none,
		.sha256 = sha256,
		.id = none,
		.name = none,
		.title = (char *)shown,
		.path = (char *)shown,
		.line = 1,
		.reason = (char *)reason,
		.logsource = none,
		.tags = none,
		.author = none,
		.description = none,
		.falsepositives = none,
		.references = none,
		.source = none,
	};

	telling_add_rule(worker->telling, &rule);
	worker->n_rules++;
}

void telling_add_correlation(Telling *telling, const Correlation *correlation)
{
	Late late = { correlation->rule, g_byte_array_new() };

	correlation_encode(correlation, late.bytes);
	g_array_append_val(telling->at_last, late);
}

void telling_finish(Telling *telling)
{
	g_assert(g_hash_table_size(telling->early) == 0);
	g_array_sort(telling->at_last, compare_late); /* engines compile in order of name */
	for (guint i = 0; i < telling->at_last->len; i++) {
		const GByteArray *bytes = g_array_index(telling->at_last, Late, i).bytes;
		Message message = message_begin(MESSAGE_CORRELATION);

		message_add_slice(&message, slice_make(bytes->data, bytes->len));
		worker_send(telling->worker, &message);
	}
	g_array_set_size(telling->at_last, 0);
}

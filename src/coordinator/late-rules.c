/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/late-rules.h"

#include "base/limits.h"

#define RULE_NUMBERS 5 /* fields of RULE that are numbers; texts follow */

struct LateRules {
	guint first, n;
	GHashTable *told;  /* index -> hash of what was said of it first */
	GHashTable *taken; /* index -> RuleInfo */
};

LateRules *late_rules_new(guint first, guint n)
{
	LateRules *late = g_new0(LateRules, 1);

	late->first = first;
	late->n = n;
	late->told = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	late->taken = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)rule_info_free);
	return late;
}

void late_rules_free(LateRules *late)
{
	if (!late)
		return;
	g_hash_table_unref(late->told);
	g_hash_table_unref(late->taken);
	g_free(late);
}

/* ---- what a message says ---- */

static gboolean is_sha256(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit((char)text.data[i]))
			return FALSE;
	}
	return text.size == 64;
}

RuleInfo *rule_info_from_message(const Message *message)
{
	RuleInfo *rule;

	if (message->fields[1].number > RULE_REJECTED || message->fields[2].number >= LEVEL_N ||
		message->fields[4].number >= RULE_N_KINDS || !is_sha256(message->fields[6].bytes))
		return NULL;
	rule = g_new0(RuleInfo, 1);
	*rule = (RuleInfo){
		.index = (guint)message->fields[0].number,
		.status = (RuleStatus)message->fields[1].number,
		.level = (RuleLevel)message->fields[2].number,
		.line = (guint)message->fields[3].number,
		.kind = (RuleKind)message->fields[4].number,
		.engine = message_dup_text(message, 5),
		.sha256 = message_dup_text(message, 6),
		.id = message_dup_text(message, 7),
		.name = message_dup_text(message, 8),
		.title = message_dup_text(message, 9),
		.path = message_dup_text(message, 10),
		.reason = message_dup_text(message, 11),
		.logsource = message_dup_text(message, 12),
		.tags = message_dup_text(message, 13),
		.author = message_dup_text(message, 14),
		.description = message_dup_text(message, 15),
		.falsepositives = message_dup_text(message, 16),
		.references = message_dup_text(message, 17),
		.source = message_dup_text(message, 18),
	};
	return rule;
}

static gboolean is_of_its_document(const Message *rule)
{
	Slice sha256 = rule->fields[6].bytes, document = rule->fields[18].bytes;
	g_autofree char *computed =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, document.data, document.size);

	return slice_equal(sha256, slice_from_text(computed));
}

/* A hash over all of it. */
static char *hash_message(const Message *rule)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < rule->n_fields; i++) {
		Slice text = i < RULE_NUMBERS ? SLICE_EMPTY : rule->fields[i].bytes;
		guint64 number = i < RULE_NUMBERS ? rule->fields[i].number : text.size;

		g_checksum_update(sum, (const guchar *)&number, sizeof number);
		if (text.size)
			g_checksum_update(sum, text.data, (gssize)text.size);
	}
	return g_strdup(g_checksum_get_string(sum));
}

/* ---- as it comes ---- */

static gboolean is_late(const LateRules *late, guint64 index)
{
	return index >= late->first && index - late->first < late->n;
}

/* FALSE where something else was said of the rule before. */
static gboolean agrees(LateRules *late, const Message *rule)
{
	gpointer key = GUINT_TO_POINTER((guint)rule->fields[0].number);
	g_autofree char *hash = hash_message(rule);
	const char *before = g_hash_table_lookup(late->told, key);

	if (before)
		return g_str_equal(before, hash);
	if (g_hash_table_size(late->told) < LIMIT_LATE_RULES_FOUND)
		g_hash_table_insert(late->told, key, g_steal_pointer(&hash));
	return TRUE;
}

gboolean late_rules_check(LateRules *late, const Message *rule)
{
	g_autoptr(RuleInfo) info = rule_info_from_message(rule);

	return info && is_late(late, rule->fields[0].number) && info->status == RULE_LOADED &&
		info->kind == RULE_INDICATOR && is_of_its_document(rule) && agrees(late, rule);
}

/* ---- in order ---- */

gboolean late_rules_take(LateRules *late, const Message *rule, const RuleInfo **ret_new)
{
	gpointer key = GUINT_TO_POINTER((guint)rule->fields[0].number);
	RuleInfo *info;

	*ret_new = NULL;
	if (g_hash_table_contains(late->taken, key))
		return TRUE;
	if (g_hash_table_size(late->taken) >= LIMIT_LATE_RULES_FOUND)
		return FALSE;
	info = rule_info_from_message(rule);
	if (!info)
		return FALSE;
	g_hash_table_insert(late->taken, key, info);
	*ret_new = info;
	return TRUE;
}

void late_rules_forget_texts(LateRules *late, guint index)
{
	RuleInfo *info = g_hash_table_lookup(late->taken, GUINT_TO_POINTER(index));

	if (!info)
		return;
	g_clear_pointer(&info->source, g_free);
	g_clear_pointer(&info->description, g_free);
	g_clear_pointer(&info->references, g_free);
}

const RuleInfo *late_rules_find(const LateRules *late, guint index)
{
	return g_hash_table_lookup(late->taken, GUINT_TO_POINTER(index));
}

guint late_rules_count(const LateRules *late)
{
	return late->n;
}

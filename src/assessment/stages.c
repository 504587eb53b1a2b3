/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/stages.h"

#include <string.h>

#include "base/json-walk.h"
#include "base/limits.h"

/* What is gathered of one stage on one server: sets of texts that they own. */
typedef struct Gathered {
	guint64 n, n_patched, levels[LEVEL_N];
	Instant first, last;
	Instant file_first, file_last; /* of files as a whole */
	GPtrArray *findings;	       /* the first, in order of time */
	GHashTable *rules, *addresses, *user_agents, *files, *accounts, *evidence;
} Gathered;

typedef struct RuleUse {
	const StageRule *rule;
	char *title;
} RuleUse;

typedef struct Gathering {
	Servers *servers;
	const BuildTable *builds;
	const StageTable *table;
	GHashTable *uses; /* SHA-256 -> RuleUse */
	StageReach reach; /* of the rules whose findings are taken now */
} Gathering;

/* The columns of the query of findings. */
enum {
	COLUMN_ID,
	COLUMN_TIME,
	COLUMN_HOST,
	COLUMN_RULE,
	COLUMN_PATH,
	COLUMN_LOCATOR,
	COLUMN_SHA256,
	COLUMN_EVENT,
	COLUMN_LEVEL,
};

/* ---- sets ---- */

static GHashTable *set_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void set_add(GHashTable *set, const char *text)
{
	if (g_hash_table_size(set) < LIMIT_ASSESSED_DISTINCT && !g_hash_table_contains(set, text))
		(void)g_hash_table_add(set, g_strdup(text));
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first ASSESSED_NAMES of @set in order. */
static GPtrArray *set_list(GHashTable *set)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iter;
	gpointer text;

	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &text, NULL))
		g_ptr_array_add(list, g_strdup(text));
	g_ptr_array_sort(list, compare_texts);
	if (list->len > ASSESSED_NAMES)
		g_ptr_array_set_size(list, ASSESSED_NAMES);
	return list;
}

static void gathered_free(gpointer data)
{
	Gathered *gathered = data;

	if (!gathered)
		return;
	g_clear_pointer(&gathered->findings, g_ptr_array_unref);
	g_hash_table_unref(gathered->rules);
	g_hash_table_unref(gathered->addresses);
	g_hash_table_unref(gathered->user_agents);
	g_hash_table_unref(gathered->files);
	g_hash_table_unref(gathered->accounts);
	g_hash_table_unref(gathered->evidence);
	g_free(gathered);
}

static Gathered *take_gathered(Server *server, const StageTable *table, guint stage)
{
	Gathered *gathered;

	if (server->stages->len == 0) {
		g_ptr_array_set_free_func(server->stages, gathered_free);
		g_ptr_array_set_size(server->stages, (int)table->stages->len);
	}
	gathered = server->stages->pdata[stage];
	if (gathered)
		return gathered;
	gathered = g_new0(Gathered, 1);
	gathered->first = gathered->last = INSTANT_NONE;
	gathered->file_first = gathered->file_last = INSTANT_NONE;
	gathered->findings = g_ptr_array_new_with_free_func(g_free);
	gathered->rules = set_new();
	gathered->addresses = set_new();
	gathered->user_agents = set_new();
	gathered->files = set_new();
	gathered->accounts = set_new();
	gathered->evidence = set_new();
	server->stages->pdata[stage] = gathered;
	return gathered;
}

/* ---- facts of an event ---- */

static gboolean is_own_address(const char *text)
{
	return g_str_has_prefix(text, "127.") || strcmp(text, "::1") == 0 ||
		g_ascii_strncasecmp(text, "fe80:", strlen("fe80:")) == 0;
}

static void take_value(Gathered *gathered, FactKind kind, const char *text)
{
	if (text[0] == '\0' || strcmp(text, "-") == 0)
		return;
	if (kind == FACT_ADDRESS && !is_own_address(text))
		set_add(gathered->addresses, text);
	else if (kind == FACT_USER_AGENT)
		set_add(gathered->user_agents, text);
	else if (kind == FACT_FILE || kind == FACT_PAGE)
		set_add(gathered->files, text);
	else if (kind == FACT_ACCOUNT)
		set_add(gathered->accounts, text);
}

static void take_json(Gathered *gathered, FactKind kind, const JsonValue *value)
{
	g_autoptr(GString) text = g_string_new(NULL);
	JsonWalk walk = json_walk_begin(value);
	JsonItem item;

	if (value->type == JSON_ARRAY) {
		while (json_walk_next(&walk, &item)) {
			g_string_truncate(text, 0);
			json_value_append(text, &item.value);
			take_value(gathered, kind, text->str);
		}
		return;
	}
	json_value_append(text, value);
	take_value(gathered, kind, text->str);
}

static void take_event(Gathered *gathered, const StageTable *table, guint stage, const char *event)
{
	Cursor at = cursor_make(slice_from_text(event));
	g_autoptr(GString) name = g_string_new(NULL);
	JsonTrouble trouble;
	JsonValue object;
	JsonWalk walk;
	JsonItem item;

	if (!json_value_read(&at, &object, &trouble)) /* a case made by hand: no facts */
		return;
	walk = json_walk_begin(&object);
	while (json_walk_next(&walk, &item)) {
		const JsonValue key = { JSON_STRING, TRUE, item.key };
		FactKind kind;

		g_string_truncate(name, 0);
		json_value_append(name, &key);
		kind = stage_table_field(table, name->str);
		if (kind != FACT_NONE && (kind != FACT_PAGE || stage >= table->written))
			take_json(gathered, kind, &item.value);
	}
}

/* ---- pages ---- */

void unverified_page_free(gpointer data)
{
	UnverifiedPage *page = data;

	g_free(page->finding);
	g_free(page->path);
	g_free(page->sha256);
	g_free(page->words);
	g_free(page);
}

/* Are the pages of every build that @server ran known? Says of which not. */
static gboolean pages_are_known(const Server *server, const BuildTable *builds, char **ret_words)
{
	gboolean any = FALSE;

	for (guint i = 0; i < server->proofs->len; i++) {
		const BuildProof *proof = server->proofs->pdata[i];
		const BuildRow *row;
		char text[BUILD_TEXT_BYTES];

		/* Without its revision a build says nothing that others do not say better. */
		if (proof->update || !build_is_sure(&proof->build))
			continue;
		any = TRUE;
		row = build_table_find(builds, &proof->build);
		if (row && row->pages_known)
			continue;
		build_format(&proof->build, text);
		*ret_words = g_strdup_printf("The pages of build %s, which this server ran, are "
					     "not known: this may be one of them.",
			text);
		return FALSE;
	}
	*ret_words = g_strdup(
		any ? "The pages of every build that this server is known to have run are "
		      "known, and this is none of them."
		    : "Which build this server ran is not known: this may be one of its pages.");
	return any;
}

static gboolean take_page(Gathering *gathering, Server *server, const char *const *columns)
{
	UnverifiedPage *page = g_new0(UnverifiedPage, 1);

	page->finding = g_strdup(columns[COLUMN_ID]);
	page->path = g_strdup(columns[COLUMN_PATH]);
	page->sha256 = g_strdup(columns[COLUMN_SHA256]);
	page->counts = pages_are_known(server, gathering->builds, &page->words);
	g_ptr_array_add(server->pages, page);
	return page->counts;
}

/* ---- findings ---- */

static void count_flaw(Server *server, const Flaw *flaw, WindowPlace place)
{
	FlawCounts *counts = g_hash_table_lookup(server->flaws, flaw);

	if (!counts) {
		counts = g_new0(FlawCounts, 1);
		(void)g_hash_table_insert(server->flaws, (gpointer)flaw, counts);
	}
	counts->n[place]++;
}

FlawCounts stages_count_flaw(const Server *server, const Flaw *flaw)
{
	const FlawCounts *counts = g_hash_table_lookup(server->flaws, flaw);

	return counts ? *counts : (FlawCounts){ { 0 } };
}

static void widen(Instant *first, Instant *last, Instant time)
{
	if (time == INSTANT_NONE)
		return;
	*first = *first == INSTANT_NONE ? time : MIN(*first, time);
	*last = MAX(*last, time);
}

static gboolean is_file(const char *const *columns)
{
	return g_str_has_prefix(columns[COLUMN_LOCATOR], "file ");
}

static void take_facts(Gathering *gathering, Gathered *gathered, guint stage, const char *title,
	Instant time, const char *const *columns)
{
	guint64 level = 0;

	gathered->n++;
	if (g_ascii_string_to_unsigned(columns[COLUMN_LEVEL], 10, 0, LEVEL_N - 1, &level, NULL))
		gathered->levels[level]++;
	if (is_file(columns))
		widen(&gathered->file_first, &gathered->file_last, time);
	else
		widen(&gathered->first, &gathered->last, time);
	if (gathered->findings->len < ASSESSED_NAMES)
		g_ptr_array_add(gathered->findings, g_strdup(columns[COLUMN_ID]));
	set_add(gathered->rules, title);
	set_add(gathered->evidence, columns[COLUMN_PATH]);
	if (is_file(columns))
		set_add(gathered->files, columns[COLUMN_PATH]);
	take_event(gathered, gathering->table, stage, columns[COLUMN_EVENT]);
}

/* When somebody entered @server at the latest, as far as rules show that are only true of attacks;
 * FALSE where none does. */
static gboolean is_entered(const Gathering *gathering, const Server *server, Instant *ret_first)
{
	gboolean entered = FALSE;

	*ret_first = INSTANT_NONE;
	for (guint i = gathering->table->entered; i < server->stages->len; i++) {
		const Gathered *gathered = server->stages->pdata[i];

		if (!gathered)
			continue;
		entered = TRUE;
		if (*ret_first == INSTANT_NONE ||
			(gathered->first != INSTANT_NONE && gathered->first < *ret_first))
			*ret_first = gathered->first;
	}
	return entered;
}

/* Does a finding at @time on @server count? */
static gboolean counts(const Gathering *gathering, const Server *server, Instant time)
{
	Instant first;
	gboolean entered;

	if (gathering->reach == REACH_ANY)
		return TRUE;
	entered = is_entered(gathering, server, &first);
	if (gathering->reach == REACH_EXCHANGE)
		return entered || server->is_exchange;
	return entered && (time == INSTANT_NONE || first == INSTANT_NONE || time >= first);
}

/* When it happened, as far as is known: a file's last change is not when it was put there. */
static Instant event_time(const char *const *columns, Instant time)
{
	return is_file(columns) ? INSTANT_NONE : time;
}

static gboolean take_finding(void *context, guint n_columns, const char *const *columns)
{
	Gathering *gathering = context;
	const RuleUse *use = g_hash_table_lookup(gathering->uses, columns[COLUMN_RULE]);
	Server *server =
		servers_find(gathering->servers, columns[COLUMN_HOST], columns[COLUMN_PATH]);
	guint stage = use->rule->stage;
	gboolean is_patched = FALSE;
	Instant time = INSTANT_NONE;
	Gathered *gathered;

	(void)instant_parse(slice_from_text(columns[COLUMN_TIME]), &time); /* or it has none */
	if (!counts(gathering, server, event_time(columns, time)))
		return TRUE;
	if (use->rule->is_page && !take_page(gathering, server, columns))
		return TRUE;
	if (use->rule->flaw) {
		const PatchWindow *window =
			server_window(server, gathering->builds, use->rule->set);
		WindowPlace place = patch_window_place(window, event_time(columns, time));

		count_flaw(server, use->rule->flaw, place);
		is_patched = stage == gathering->table->entered && place == WINDOW_OUTSIDE;
	}
	stage = is_patched ? 0 : stage;
	gathered = take_gathered(server, gathering->table, stage);
	gathered->n_patched += is_patched;
	take_facts(gathering, gathered, stage, use->title, time, columns);
	return TRUE;
}

/* ---- queries ---- */

static void rule_use_free(gpointer data)
{
	RuleUse *use = data;

	g_free(use->title);
	g_free(use);
}

static gboolean take_rule(void *context, guint n_columns, const char *const *columns)
{
	Gathering *gathering = context;
	const StageRule *rule = stage_table_find(gathering->table, columns[1], columns[2]);
	RuleUse *use;

	if (!rule)
		return TRUE;
	use = g_new0(RuleUse, 1);
	*use = (RuleUse){ rule, g_strdup(columns[3]) };
	(void)g_hash_table_insert(gathering->uses, g_strdup(columns[0]), use);
	return TRUE;
}

/* The rules whose findings are taken now, as a JSON array. */
static char *list_rules(const Gathering *gathering)
{
	GString *list = g_string_new("[");
	GHashTableIter iter;
	gpointer sha256, data;

	g_hash_table_iter_init(&iter, gathering->uses);
	while (g_hash_table_iter_next(&iter, &sha256, &data)) {
		const RuleUse *use = data;

		if (use->rule->reach == gathering->reach)
			g_string_append_printf(
				list, "%s\"%s\"", list->len > 1 ? "," : "", (char *)sha256);
	}
	g_string_append_c(list, ']');
	return g_string_free(list, FALSE);
}

static gboolean take_findings(Gathering *gathering, Case *c, GError **error)
{
	g_autofree char *rules = list_rules(gathering);
	const char *bind[] = { rules, NULL };

	/* A correlation is true, and what it says has happened, with its last event. */
	return case_query(c,
		"SELECT f.id, coalesce(nullif((SELECT k.last FROM correlated k "
		"WHERE k.number = f.correlated), ''), f.time), f.host, f.rule_sha256, coalesce("
		"(SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = f.evidence_sha256 "
		"AND f.locator LIKE 'file %' AND p.place = substr(f.locator, 6)), "
		"(SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = f.evidence_sha256), "
		"''), "
		"f.locator, f.evidence_sha256, e.fields, f.level_rank "
		"FROM finding f JOIN event e ON e.number = f.event "
		"WHERE f.rule_sha256 IN (SELECT value FROM json_each(?1)) "
		"ORDER BY f.time = '', f.time, f.id",
		bind, take_finding, gathering, error);
}

/* Servers ask themselves, the front end its back end: an address that some log is of, as IIS writes
 * where it names no host, is no stranger's. */
static gboolean drop_own_address(void *context, guint n_columns, const char *const *columns)
{
	GHashTableIter iter;
	gpointer server;

	g_hash_table_iter_init(&iter, servers_all(context));
	while (g_hash_table_iter_next(&iter, NULL, &server)) {
		const GPtrArray *stages = ((const Server *)server)->stages;

		for (guint i = 0; i < stages->len; i++) {
			const Gathered *gathered = stages->pdata[i];

			if (gathered)
				(void)g_hash_table_remove(gathered->addresses, columns[0]);
		}
	}
	return TRUE;
}

gboolean stages_gather(Case *c, Servers *servers, const BuildTable *builds, const StageTable *table,
	GError **error)
{
	Gathering gathering = { servers, builds, table, NULL, REACH_ANY };
	gboolean done;

	gathering.uses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rule_use_free);
	done = case_query(c,
		"WITH RECURSIVE hit (sha256) AS (SELECT min(rule_sha256) FROM finding "
		"UNION ALL SELECT (SELECT min(rule_sha256) FROM finding "
		"WHERE rule_sha256 > hit.sha256) FROM hit WHERE sha256 IS NOT NULL) "
		"SELECT r.sha256, r.id, r.tags, r.title FROM hit CROSS JOIN v_rule r "
		"ON r.sha256 = hit.sha256",
		NULL, take_rule, &gathering, error);
	for (; done && gathering.reach < REACH_N; gathering.reach++)
		done = take_findings(&gathering, c, error);
	g_hash_table_unref(gathering.uses);
	return done &&
		case_query(c, "SELECT DISTINCT host FROM tally WHERE host <> ''", NULL,
			drop_own_address, servers, error);
}

/* ---- the result ---- */

static StageFacts *make_facts(const StageInfo *stage, guint number, Gathered *gathered)
{
	gboolean is_file_time = gathered->first == INSTANT_NONE;
	StageFacts *facts = g_new0(StageFacts, 1);

	*facts = (StageFacts){ .stage = stage,
		.number = number,
		.n = gathered->n,
		.first = is_file_time ? gathered->file_first : gathered->first,
		.last = is_file_time ? gathered->file_last : gathered->last,
		.is_file_time = is_file_time,
		.findings = g_steal_pointer(&gathered->findings),
		.rules = set_list(gathered->rules),
		.addresses = set_list(gathered->addresses),
		.user_agents = set_list(gathered->user_agents),
		.files = set_list(gathered->files),
		.accounts = set_list(gathered->accounts),
		.evidence = set_list(gathered->evidence),
		.n_addresses = g_hash_table_size(gathered->addresses),
		.n_user_agents = g_hash_table_size(gathered->user_agents),
		.n_files = g_hash_table_size(gathered->files),
		.n_accounts = g_hash_table_size(gathered->accounts),
		.n_patched = gathered->n_patched };
	memcpy(facts->levels, gathered->levels, sizeof facts->levels);
	return facts;
}

void stage_facts_free(gpointer data)
{
	StageFacts *facts = data;

	g_ptr_array_unref(facts->findings);
	g_ptr_array_unref(facts->rules);
	g_ptr_array_unref(facts->addresses);
	g_ptr_array_unref(facts->user_agents);
	g_ptr_array_unref(facts->files);
	g_ptr_array_unref(facts->accounts);
	g_ptr_array_unref(facts->evidence);
	g_free(facts);
}

GPtrArray *stages_finish(Server *server, const StageTable *table)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(stage_facts_free);

	for (guint i = 0; i < server->stages->len; i++)
		if (server->stages->pdata[i])
			g_ptr_array_add(list,
				make_facts(table->stages->pdata[i], i, server->stages->pdata[i]));
	g_ptr_array_set_size(server->stages, 0);
	return list;
}

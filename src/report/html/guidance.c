/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/guidance.h"

#include "base/error.h"

#define NAMES_SHOWN    5
#define NAMES_CHARS    110 /* of those shown, together */
#define GUIDANCE_BYTES (1u << 20)
#define STEP_COLUMNS   6 /* and at most two more: key, references */

/* Which findings a step speaks of: those of some rules. */
typedef struct Scope {
	const ReportModel *model;
	const Verdict *verdict;
	GHashTable *ignored;	   /* names that are no lead... */
	GPtrArray *ignored_starts; /* ...and how such names start */
	RuleLevel least;	   /* level from which findings count */
	gboolean *rules;	   /* of the step at hand, by number */
	GuidanceServers servers;   /* likewise */
	GPtrArray *phases;	   /* in order */
} Scope;

/* ---- circumstances ---- */

static gboolean has_gap(const ReportModel *model, const char *kind)
{
	for (guint i = 0; i < model->gaps->len; i++) {
		const ModelGap *gap = g_ptr_array_index(model->gaps, i);

		if (strcmp(kind, "any") == 0 ? gap->loss : strcmp(gap->kind, kind) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean rule_has_tag(const ModelRule *rule, const char *tag)
{
	g_auto(GStrv) tags = g_strsplit(rule->info->tags, " ", -1);
	g_autofree char *sub = g_strconcat(tag, ".", NULL);

	for (guint i = 0; tags[i]; i++) {
		if (g_ascii_strcasecmp(tags[i], tag) == 0 ||
			g_ascii_strncasecmp(tags[i], sub, strlen(sub)) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Marks the rules that carry @tag ("" for all) and are severe enough; TRUE if there is one. */
static gboolean mark_rules(Scope *scope, const char *tag)
{
	gboolean any = FALSE;

	for (guint i = 0; i < scope->model->rules->len; i++) {
		const ModelRule *rule = g_ptr_array_index(scope->model->rules, i);

		if (rule->worst >= scope->least && (!*tag || rule_has_tag(rule, tag)))
			any = scope->rules[i] = TRUE;
	}
	return any;
}

static gboolean is_unsealed(const ReportModel *model)
{
	for (guint i = 0; i < model->runs->len; i++) {
		if (!((const ModelRun *)g_ptr_array_index(model->runs, i))->sealed)
			return TRUE;
	}
	return FALSE;
}

static gboolean applies(Scope *scope, const char *circumstance)
{
	const ReportModel *model = scope->model;

	if (strcmp(circumstance, "always") == 0 || strcmp(circumstance, scope->verdict->slug) == 0)
		return mark_rules(scope, ""), TRUE;
	if (g_str_has_prefix(circumstance, "gap:"))
		return has_gap(model, circumstance + strlen("gap:"));
	if (g_str_has_prefix(circumstance, "tag:")) {
		g_autofree char *tag = g_strconcat("attack.", circumstance + strlen("tag:"), NULL);

		return mark_rules(scope, tag);
	}
	if (strcmp(circumstance, "recovered") == 0)
		return model->n_recovered_findings > 0;
	if (strcmp(circumstance, "unsealed") == 0)
		return is_unsealed(model);
	if (strcmp(circumstance, "interrupted") == 0)
		return model_is_interrupted(model);
	return guidance_servers_apply(model, circumstance, &scope->servers);
}

/* ---- names ---- */

typedef struct Named {
	const char *name;
	guint64 n;
	guint order;
} Named;

static int compare_named(const void *a, const void *b)
{
	const Named *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

GuidanceNames *guidance_names_new(const GPtrArray *all, guint n, const char *label, gboolean defang)
{
	GuidanceNames *names;
	gsize n_chars = 0;

	if (all->len == 0)
		return NULL;
	names = g_new0(GuidanceNames, 1);
	names->label = label;
	names->defang = defang;
	names->n = n;
	names->names = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < MIN(all->len, NAMES_SHOWN); i++) {
		const char *name = g_ptr_array_index(all, i);

		n_chars += strlen(name);
		if (i == 0 || n_chars <= NAMES_CHARS)
			g_ptr_array_add(names->names, g_strdup(name));
	}
	return names;
}

static GuidanceNames *take_names(GArray *named, const char *label, gboolean defang)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	g_array_sort(named, compare_named);
	for (guint i = 0; i < named->len; i++)
		g_ptr_array_add(names, (gpointer)g_array_index(named, Named, i).name);
	return guidance_names_new(names, names->len, label, defang);
}

/* A host that is named as a server already need not be named twice. */
static gboolean is_marked_server(const Scope *scope, const char *host)
{
	const GPtrArray *servers = scope->model->assessment->servers;

	for (guint i = 0; i < servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(servers, i);

		if (scope->servers.marked[i] && g_ascii_strcasecmp(server->name, host) == 0)
			return TRUE;
	}
	return FALSE;
}

static GuidanceNames *name_hosts(const Scope *scope)
{
	const ReportModel *model = scope->model;
	g_autofree guint8 *seen = g_new0(guint8, model->hosts->len + 1);
	g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(Named));

	for (guint i = 0; i < model->rows->len; i++) {
		const ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);

		seen[row->host] |= scope->rules[row->rule];
	}
	for (guint i = 0; i < model->hosts->len; i++) {
		const ModelHost *host = g_ptr_array_index(model->hosts, i);
		Named one = { host->name, 0, i };

		if (seen[i] && *host->name && !is_marked_server(scope, host->name))
			g_array_append_val(named, one);
	}
	return take_names(named, "Hosts", FALSE);
}

static GuidanceNames *name_rules(const Scope *scope)
{
	g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(Named));

	for (guint i = 0; i < scope->model->rules->len; i++) {
		const ModelRule *rule = g_ptr_array_index(scope->model->rules, i);
		Named one = { rule->info->title, 0, i };

		if (scope->rules[i])
			g_array_append_val(named, one);
	}
	return take_names(named, "Rules", FALSE);
}

/* An "ignore" line has a name whole, or, with a * at its end, how such names start. */
static gboolean is_ignored(const Scope *scope, const char *name)
{
	if (g_hash_table_contains(scope->ignored, name))
		return TRUE;
	for (guint i = 0; i < scope->ignored_starts->len; i++)
		if (g_str_has_prefix(name, g_ptr_array_index(scope->ignored_starts, i)))
			return TRUE;
	return FALSE;
}

static void add_ignored(Scope *scope, const char *name)
{
	gsize size = strlen(name);

	if (size > 1 && name[size - 1] == '*')
		g_ptr_array_add(scope->ignored_starts, g_strndup(name, size - 1));
	else
		g_hash_table_add(scope->ignored, g_strdup(name));
}

static GuidanceNames *name_entities(
	const Scope *scope, const char *kind, const char *label, gboolean defang)
{
	const ReportModel *model = scope->model;
	guint n_entities = model->entities.texts ? model->entities.texts->len : 0;
	g_autofree guint64 *counts = g_new0(guint64, n_entities + 1);
	g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(Named));
	g_autofree char *prefix = g_strconcat(kind, "\x1F", NULL);

	for (guint i = 0; i < model->rows->len; i++) {
		const ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);
		const char *set = text_table_get(&model->entity_sets, row->entities);

		while (scope->rules[row->rule] && *set) {
			guint number = model_next_member(&set);

			counts[MIN(number, n_entities)]++;
		}
	}
	for (guint i = 0; i < n_entities; i++) {
		const char *text = text_table_get(&model->entities, i);
		Named one = { text + strlen(prefix), counts[i], i };

		if (counts[i] && g_str_has_prefix(text, prefix) && !is_ignored(scope, one.name) &&
			!(strcmp(kind, "account") == 0 && g_str_has_suffix(text, "$")) &&
			!(strcmp(kind, "domain") == 0 && !strchr(text, '.')))
			g_array_append_val(named, one);
	}
	return take_names(named, label, defang);
}

/* Evidence with the kind of gap that the step's circumstances name first; with any loss otherwise.
 */
static GuidanceNames *name_gaps(const Scope *scope, char *const *when)
{
	const ReportModel *model = scope->model;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(Named));
	const char *kind = "any";

	for (guint i = g_strv_length((char **)when); i-- > 0;) {
		if (g_str_has_prefix(when[i], "gap:"))
			kind = when[i] + strlen("gap:");
	}
	for (guint i = 0; i < model->gaps->len; i++) {
		const ModelGap *gap = g_ptr_array_index(model->gaps, i);
		Named one = { gap->path, 0, i };

		if ((strcmp(kind, "any") == 0 ? gap->loss : strcmp(gap->kind, kind) == 0) &&
			*gap->path && g_hash_table_add(seen, gap->path))
			g_array_append_val(named, one);
	}
	return take_names(named, "Evidence", FALSE);
}

static const struct {
	const char *word, *kind, *label;
	gboolean defang;
} entity_words[] = {
	{ "accounts", "account", "Accounts", FALSE },
	{ "processes", "process", "Programs", FALSE },
	{ "files", "file", "Files", FALSE },
	{ "hashes", "hash", "Hashes", FALSE },
	{ "addresses", "address", "Addresses", TRUE },
	{ "domains", "domain", "Domains", TRUE },
};

static GuidanceNames *names_of(const Scope *scope, const char *word, char *const *when)
{
	if (strcmp(word, "hosts") == 0)
		return name_hosts(scope);
	if (strcmp(word, "rules") == 0)
		return name_rules(scope);
	if (strcmp(word, "evidence") == 0)
		return name_gaps(scope, when);
	for (guint i = 0; i < G_N_ELEMENTS(entity_words); i++) {
		if (strcmp(word, entity_words[i].word) == 0)
			return name_entities(scope, entity_words[i].kind, entity_words[i].label,
				entity_words[i].defang);
	}
	return guidance_servers_names(scope->model, word, &scope->servers);
}

/* ---- the table ---- */

static void free_names(gpointer data)
{
	GuidanceNames *names = data;

	g_ptr_array_unref(names->names);
	g_free(names);
}

static void free_step(gpointer data)
{
	GuidanceStep *step = data;

	g_free(step->phase);
	g_free(step->title);
	g_free(step->text);
	g_free(step->key);
	g_free(step->references);
	g_ptr_array_unref(step->names);
	g_free(step);
}

/* A step of the same key that was there before is said better by the new one. */
static void put_step(GPtrArray *steps, GuidanceStep *step)
{
	for (guint i = 0; *step->key && i < steps->len; i++) {
		if (strcmp(((GuidanceStep *)g_ptr_array_index(steps, i))->key, step->key) == 0) {
			g_ptr_array_remove_index(steps, i);
			break;
		}
	}
	g_ptr_array_add(steps, step);
}

static guint order_of(const Scope *scope, const char *phase)
{
	guint order = scope->phases->len; /* of an unknown one: behind all others */

	(void)g_ptr_array_find_with_equal_func(scope->phases, phase, g_str_equal, &order);
	return order;
}

static gboolean step_applies(Scope *scope, char *const *when)
{
	gboolean said = FALSE;

	memset(scope->rules, 0, (scope->model->rules->len + 1) * sizeof *scope->rules);
	memset(scope->servers.marked, 0,
		(scope->model->assessment->servers->len + 1) * sizeof *scope->servers.marked);
	scope->servers.least_stage = G_MAXUINT;
	for (guint i = 0; when[i]; i++)
		said |= applies(scope, when[i]); /* all of them: each may mark rules */
	if (scope->servers.least_stage == G_MAXUINT)
		scope->servers.least_stage = 0;
	return said;
}

/* columns: "step", when, names, phase, title, text, key, references */
static void add_step(Scope *scope, char *const *columns, GPtrArray *steps)
{
	g_auto(GStrv) when = g_strsplit(columns[1], ",", -1);
	g_auto(GStrv) words = g_strsplit(columns[2], ",", -1);
	guint n = g_strv_length((char **)columns);
	GuidanceStep *step;

	if (!step_applies(scope, when))
		return;
	step = g_new0(GuidanceStep, 1);
	step->phase = g_strdup(columns[3]);
	step->title = g_strdup(columns[4]);
	step->text = g_strdup(columns[5]);
	step->key = g_strdup(n > STEP_COLUMNS && strcmp(columns[6], "-") != 0 ? columns[6] : "");
	step->references = g_strdup(n > STEP_COLUMNS + 1 ? columns[7] : "");
	step->order = order_of(scope, step->phase);
	step->names = g_ptr_array_new_with_free_func(free_names);
	for (guint i = 0; words[i]; i++) {
		GuidanceNames *names = names_of(scope, words[i], when);

		if (names)
			g_ptr_array_add(step->names, names);
	}
	put_step(steps, step);
}

/* FALSE where the line is none of those that a table may have. */
static gboolean read_line(Scope *scope, char *const *columns, Guidance *guidance)
{
	guint n = g_strv_length((char **)columns);

	if (strcmp(columns[0], "step") == 0 && n >= STEP_COLUMNS && n <= STEP_COLUMNS + 2)
		add_step(scope, columns, guidance->steps);
	else if (strcmp(columns[0], "ignore") == 0 && n == 2)
		add_ignored(scope, columns[1]);
	else if (strcmp(columns[0], "phase") == 0 && n == 2)
		g_ptr_array_add(scope->phases, g_strdup(columns[1]));
	else if (strcmp(columns[0], "shown-by") == 0 && n == 3)
		g_hash_table_replace(
			guidance->logs, g_strdup(columns[1]), g_strsplit(columns[2], ",", -1));
	else
		return FALSE;
	return TRUE;
}

static gboolean read_table(Scope *scope, const char *name, Guidance *guidance, GError **error)
{
	g_autofree char *path =
		g_build_filename(scope->model->options->tables, "..", "guidance", name, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	gsize size;

	if (!g_file_get_contents(path, &text, &size, error))
		return FALSE;
	if (size > GUIDANCE_BYTES || !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"%s: is larger than 1 MiB, or no UTF-8 text", path);
		return FALSE;
	}
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) columns = g_strsplit(g_strchomp(lines[i]), "\t", -1);

		if (!columns[0] || !*columns[0] || *columns[0] == '#')
			continue;
		if (!read_line(scope, columns, guidance)) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
				"%s:%u: neither a step with 6 to 8 columns nor an ignore or a "
				"phase with 2 nor a shown-by with 3",
				path, i + 1);
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- the whole ---- */

static gint compare_steps(gconstpointer a, gconstpointer b)
{
	const GuidanceStep *x = *(const GuidanceStep *const *)a;
	const GuidanceStep *y = *(const GuidanceStep *const *)b;

	return (x->order > y->order) - (x->order < y->order);
}

Guidance *guidance_load(const ReportModel *model, const Verdict *verdict, GError **error)
{
	g_autoptr(Guidance) guidance = g_new0(Guidance, 1);
	g_autoptr(GHashTable) ignored =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) ignored_starts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) phases = g_ptr_array_new_with_free_func(g_free);
	g_autofree gboolean *rules = g_new0(gboolean, model->rules->len + 1);
	g_autofree gboolean *servers = g_new0(gboolean, model->assessment->servers->len + 1);
	Scope scope = { model, verdict, ignored, ignored_starts, LEVEL_HIGH, rules, { servers, 0 },
		phases };

	guidance->steps = g_ptr_array_new_with_free_func(free_step);
	guidance->logs =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
	if (model->findings[LEVEL_HIGH] + model->findings[LEVEL_CRITICAL] == 0)
		scope.least = LEVEL_MEDIUM;
	if (!read_table(&scope, "first-steps.tsv", guidance, error) ||
		!read_table(&scope, "exchange.tsv", guidance, error))
		return NULL;
	g_ptr_array_sort(guidance->steps, compare_steps); /* a stable sort */
	return g_steal_pointer(&guidance);
}

void guidance_free(Guidance *guidance)
{
	if (!guidance)
		return;
	g_ptr_array_unref(guidance->steps);
	g_hash_table_unref(guidance->logs);
	g_free(guidance);
}

char *const *guidance_logs_of(const Guidance *guidance, const char *slug)
{
	return g_hash_table_lookup(guidance->logs, slug);
}

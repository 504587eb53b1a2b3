/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/json.h"
#include "cli/session.h"
#include "report/visible.h"

typedef struct Printing {
	Terminal terminal;
	gboolean json, list; /* list: `rules list`; else `rules check` */
	guint n_loaded, n_rejected;
	const char *const *places; /* files and folders of rules; at the one being loaded */
	GHashTable *seen;	   /* names of files that were in it */
	char *last;		   /* the one before */
} Printing;

/*
 * Rules are named as they are below what was named, so that a case does not depend on where they
 * were. Here people want to open the file. Rules come in the order of the places: when a name comes
 * again, or is not there, the next place has begun. Returns a path, or the name where it is not
 * found.
 */
static char *find_rule_file(Printing *p, const char *name)
{
	gboolean again = g_hash_table_contains(p->seen, name) && g_strcmp0(p->last, name) != 0;

	for (; *p->places; p->places++, again = FALSE) {
		g_autofree char *base = g_path_get_basename(*p->places);
		g_autofree char *path = g_build_filename(*p->places, name, NULL);
		gboolean is_itself =
			g_str_equal(base, name) && g_file_test(*p->places, G_FILE_TEST_IS_REGULAR);

		if (!again && (is_itself || g_file_test(path, G_FILE_TEST_EXISTS))) {
			(void)g_hash_table_add(p->seen, g_strdup(name)); /* perhaps again */
			g_free(p->last);
			p->last = g_strdup(name);
			return is_itself ? g_strdup(*p->places) : g_steal_pointer(&path);
		}
		g_hash_table_remove_all(p->seen);
	}
	return g_strdup(name);
}

static void append_words(Json *j, const char *key, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words ? words : "", " ", -1);

	json_key(j, key);
	json_array_begin(j);
	for (char **word = list; *word; word++)
		if ((*word)[0] != '\0')
			json_text(j, *word);
	json_array_end(j);
}

static void append_rule_json(GString *ret, const RuleInfo *rule, const char *path)
{
	g_autoptr(GString) object = g_string_new(NULL);
	gboolean loaded = rule->status == RULE_LOADED;
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.rule-check/1");
	json_member_text(&j, "path", path);
	json_member_text(&j, "id", rule->id);
	json_member_text(&j, "name", rule->name);
	json_member_text(&j, "kind", rule_kind_name(rule->kind));
	json_member_text(&j, "status", loaded ? "loaded" : "rejected");
	json_member_int(&j, "line", rule->line);
	json_member_text(&j, "reason", loaded ? NULL : rule->reason);
	json_member_text(&j, "note", loaded && *rule->reason ? rule->reason : NULL);
	json_member_bool(&j, "silent", rule->is_silent);
	json_member_text(&j, "title", rule->title);
	json_member_text(&j, "level", loaded ? rule_level_name(rule->level) : NULL);
	json_member_text(&j, "logsource", rule->logsource);
	append_words(&j, "tags", rule->tags);
	json_member_text(&j, "engine", rule->engine);
	json_member_text(&j, "sha256", rule->sha256);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* Why it was rejected, or, after "note: ", what is odd about it. */
static void append_reason(GString *ret, const RuleInfo *rule, const char *path)
{
	g_autofree char *line = g_strdup_printf(
		":%u: %s", rule->line, rule->status == RULE_REJECTED ? "" : "note: ");

	visible_append_text(ret, path);
	g_string_append(ret, line);
	visible_append_text(ret, rule->reason);
	g_string_append_c(ret, '\n');
}

/* Filters and observations have no level: they make no findings. */
static void append_rule_text(GString *ret, const Terminal *terminal, const RuleInfo *rule)
{
	gboolean has_level = rule->kind != RULE_FILTER && rule->kind != RULE_OBSERVATION;
	g_autofree char *level = g_strdup_printf(
		"%-13s ", has_level ? rule_level_name(rule->level) : rule_kind_name(rule->kind));
	const char *about = rule->is_silent	 ? " (for a correlation alone)"
		: rule->kind == RULE_CORRELATION ? " (correlation)"
						 : "";
	guint used = 14 + (guint)strlen(about);

	if (!has_level)
		g_string_append(ret, level);
	else
		terminal_append_styled(terminal, ret, terminal_level_style(rule->level), level);
	terminal_append_clipped(ret, rule->title, terminal->width - MIN(used, terminal->width - 1));
	g_string_append(ret, about);
	g_string_append_c(ret, '\n');
}

static void print_rule(void *context, const RuleInfo *rule)
{
	Printing *p = context;
	gboolean loaded = rule->status == RULE_LOADED;
	g_autofree char *path = find_rule_file(p, rule->path);
	g_autoptr(GString) text = g_string_new(NULL);

	p->n_loaded += loaded;
	p->n_rejected += !loaded;
	/* check tells what is wrong, list what there is. */
	if (p->json && (loaded || !p->list))
		append_rule_json(text, rule, path);
	else if (!p->json && !p->list && *rule->reason)
		append_reason(text, rule, path);
	else if (!p->json && p->list && loaded)
		append_rule_text(text, &p->terminal, rule);
	session_print(text);
}

static gboolean take_folders(const Arguments *arguments, Session *session, GError **error)
{
	const char *const *folders = arguments_operands(arguments) + 1;

	if (!session_check_paths(folders, error))
		return FALSE;
	if (!folders[0]) {
		if (session->options.content.rules[0])
			return TRUE; /* the shipped ones, and what -r names */
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"there are no shipped rules: name a file or folder of rules");
		return FALSE;
	}
	session->options.content.rules = folders;
	return TRUE;
}

static ExitStatus run_rules(const Arguments *arguments)
{
	Printing printing = {
		.terminal = terminal_make(stdout, arguments_value(arguments, "color")),
		.json = arguments_has(arguments, "json"),
		.list = g_str_equal(arguments_operand(arguments, 0, ""), "list"),
	};
	ScanHooks hooks = { NULL, session_warning, NULL, NULL };
	g_autoptr(Session) session = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	GError *error = NULL;
	gboolean done;

	session = session_new(arguments, TRUE, FALSE, &error);
	if (!session || !take_folders(arguments, session, &error))
		return session_fail(error);
	session->options.sandbox = !arguments_has(arguments, "no-sandbox");
	hooks.interrupted = session_catch_signals();
	printing.places = session->options.content.rules;
	printing.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	done = scan_list_rules(&session->options, &hooks, print_rule, &printing, &error);
	g_hash_table_unref(printing.seen);
	g_free(printing.last);
	if (!done)
		return session_fail(error);
	if (!printing.json) {
		g_string_append_printf(text, "%u rule%s loaded, %u rejected\n", printing.n_loaded,
			printing.n_loaded == 1 ? "" : "s", printing.n_rejected);
		session_print(text);
	}
	return session_finish(
		printing.n_rejected && !printing.list ? STATUS_INCOMPLETE : STATUS_GOOD);
}

static const Option rules_options[] = {
	SESSION_RULE_OPTIONS,
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object for each rule, a line each" },
	{ 0, "no-sandbox", NULL, NULL, FALSE, "load the rules in an unsealed worker" },
	{ 0 },
};

extern const Command command_rules;
const Command command_rules = {
	.name = "rules",
	.summary = "Check rules, or list them",
	.operands = "check|list [PATH...]",
	.words = "check list",
	.min_operands = 1,
	.max_operands = G_MAXUINT,
	.description =
		"rules check loads the rules of files and folders as a scan would and tells which "
		"can "
		"not be used, with file, line and reason. The exit status is 3 where there is one. "
		"rules list lists those that can.\n\n"
		"Without a path the shipped rules are meant, and what -r adds.",
	.examples = "spoor rules check sigma/rules\twhich of them can not be used\n"
		    "spoor rules list --json\tthe shipped rules, for programs",
	.options = rules_options,
	.run = run_rules,
};

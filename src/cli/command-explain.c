/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor explain: everything that stands behind one finding.
 */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/explain-correlation.h"
#include "cli/paths.h"
#include "cli/rows.h"
#include "cli/session.h"
#include "cli/show.h"
#include "report/finding-json.h"
#include "report/indicator-text.h"
#include "report/visible.h"

#define CANDIDATES_SHOWN 5
#define FACT_WIDTH	 16 /* of the names of facts, and of the record's fields */
#define FIELD_WIDTH	 24

/* What v_rule knows of the rule, in this order. */
#define RULE_COLUMNS                                                                               \
	"path, line, author, description, falsepositives, refs, logsource, source, "               \
	"kind"
typedef enum RuleColumn {
	RULE_PATH,
	RULE_LINE,
	RULE_AUTHOR,
	RULE_DESCRIPTION,
	RULE_FALSEPOSITIVES,
	RULE_REFS,
	RULE_LOGSOURCE,
	RULE_SOURCE,
	RULE_KIND,
} RuleColumn;

typedef struct Explanation {
	const Terminal *terminal;
	GString *text;
	const char *case_path;
	GStrv finding; /* FINDING_COLUMNS */
	GStrv rule;    /* RULE_COLUMNS */
	guint n_found;
	GString *candidates;
} Explanation;

static GStrv copy_row(guint n_columns, const char *const *columns)
{
	GStrv row = g_new0(char *, n_columns + 1);

	for (guint i = 0; i < n_columns; i++)
		row[i] = g_strdup(columns[i] ? columns[i] : "");
	return row;
}

static gboolean take_finding(void *context, guint n_columns, const char *const *columns)
{
	Explanation *e = context;

	if (e->n_found++ == 0)
		e->finding = copy_row(n_columns, columns);
	if (e->n_found <= CANDIDATES_SHOWN)
		g_string_append_printf(e->candidates, " %s", columns[FINDING_ID]);
	return e->n_found <= CANDIDATES_SHOWN;
}

static gboolean take_rule(void *context, guint n_columns, const char *const *columns)
{
	Explanation *e = context;

	e->rule = copy_row(n_columns, columns);
	return FALSE;
}

/* Finds the one finding whose id starts with @prefix, and its rule. */
static gboolean find(Explanation *e, Case *c, const char *prefix, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(prefix, -1);
	const char *bind[] = { lower, NULL };
	const char *rule_bind[] = { NULL, NULL };

	if (lower[0] == '\0' || strspn(lower, "0123456789abcdef") != strlen(lower)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"\"%s\" is not the start of a finding's id: spoor show findings lists them",
			prefix);
		return FALSE;
	}
	if (!case_query(c,
		    "SELECT " FINDING_COLUMNS " FROM v_finding WHERE id >= ?1 AND id < ?1 || 'g' "
		    "ORDER BY id LIMIT 6",
		    bind, take_finding, e, error))
		return FALSE;
	if (e->n_found != 1) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			e->n_found ? "several findings start with %s:%s%s"
				   : "no finding starts with %s%s%s",
			lower, e->candidates->str, e->n_found > CANDIDATES_SHOWN ? " ..." : "");
		return FALSE;
	}
	rule_bind[0] = e->finding[FINDING_RULE_SHA256];
	return case_query(c, "SELECT " RULE_COLUMNS " FROM v_rule WHERE sha256 = ?1", rule_bind,
		take_rule, e, error);
}

/* ---- text ---- */

static void append_heading(const Explanation *e, const char *heading)
{
	g_string_append_c(e->text, '\n');
	terminal_append_styled(e->terminal, e->text, STYLE_BOLD, heading);
	g_string_append_c(e->text, '\n');
}

static void append_aligned(
	const Explanation *e, const char *name, int name_width, const char *value)
{
	g_string_append_printf(e->text, "  %-*s ", name_width, name);
	visible_append_text(e->text, value);
	g_string_append_c(e->text, '\n');
}

static void append_fact(const Explanation *e, const char *name, const char *value)
{
	if (value[0] != '\0')
		append_aligned(e, name, FACT_WIDTH, value);
}

static void append_lines(const Explanation *e, const char *name, const char *lines)
{
	g_auto(GStrv) list = g_strsplit(lines, "\n", -1);

	for (char **line = list; *line; line++)
		append_fact(e, line == list ? name : "", *line);
}

static gboolean is_indicator(const Explanation *e)
{
	return g_str_equal(e->rule[RULE_KIND], rule_kind_name(RULE_INDICATOR));
}

static void append_rule_text(const Explanation *e)
{
	append_heading(e, is_indicator(e) ? "Indicator" : "Rule");
	append_fact(e, "title", e->finding[FINDING_TITLE]);
	append_fact(e, "level", e->finding[FINDING_LEVEL]);
	append_fact(e, "id", e->finding[FINDING_RULE_ID]);
	append_fact(e, "author", e->rule[RULE_AUTHOR]);
	append_fact(e, "file", e->rule[RULE_PATH]);
	append_fact(e, "sha256", e->finding[FINDING_RULE_SHA256]);
	/* A correlation has none of its own: its rules have. */
	if (strcmp(e->rule[RULE_LOGSOURCE], "-/-/-") != 0)
		append_fact(e, "log source", e->rule[RULE_LOGSOURCE]);
	append_fact(e, "tags", e->finding[FINDING_TAGS]);
	append_lines(e, "references", e->rule[RULE_REFS]);
	append_lines(e, "false positives", e->rule[RULE_FALSEPOSITIVES]);
	g_string_append_c(e->text, '\n');
	if (is_indicator(e))
		indicator_append_text(e->text, e->rule[RULE_SOURCE], "  ");
	else
		terminal_append_wrapped(
			e->text, e->rule[RULE_DESCRIPTION], e->terminal->width, "  ");
}

/* Columns: selection, field, source, test, value. */
static gboolean append_match(void *context, guint n_columns, const char *const *columns)
{
	const Explanation *e = context;
	const char *source = columns[2] ? columns[2] : "";

	g_string_append(e->text, "  ");
	visible_append_text(e->text, columns[0]);
	g_string_append(e->text, ": ");
	visible_append_text(
		e->text, columns[1] && columns[1][0] != '\0' ? columns[1] : "(any field)");
	if (source[0] != '\0' && g_strcmp0(source, columns[1]) != 0) {
		g_string_append(e->text, " (recorded as ");
		visible_append_text(e->text, source);
		g_string_append_c(e->text, ')');
	}
	g_string_append_c(e->text, ' ');
	visible_append_text(e->text, columns[3]);
	g_string_append(e->text, "\n      is true of  ");
	visible_append_text(e->text, columns[4]);
	g_string_append_c(e->text, '\n');
	return TRUE;
}

static gboolean append_event_field(void *context, guint n_columns, const char *const *columns)
{
	g_autoptr(GString) name = g_string_new(NULL);

	visible_append_text(name, columns[0]);
	append_aligned(context, name->str, FIELD_WIDTH, columns[1] ? columns[1] : "(null)");
	return TRUE;
}

static void append_evidence_text(const Explanation *e)
{
	append_heading(e, "Evidence");
	append_fact(e, "file", e->finding[FINDING_PATH]);
	append_fact(e, "sha256", e->finding[FINDING_EVIDENCE_SHA256]);
	append_fact(e, "where", e->finding[FINDING_LOCATOR]);
	append_fact(e, "offset", e->finding[FINDING_OFFSET]);
	if (e->finding[FINDING_RECOVERED][0] == '1')
		append_fact(e, "recovered",
			"from slack or freed space: the log itself no longer holds it");
}

static void append_steps(const Explanation *e, GPtrArray *steps)
{
	append_heading(e, "To reproduce");
	for (guint i = 0; i < steps->len; i++) {
		g_string_append(e->text, "  ");
		visible_append_text(e->text, steps->pdata[i]);
		g_string_append_c(e->text, '\n');
	}
}

static gboolean is_correlation(const Explanation *e)
{
	return !g_str_equal(e->finding[FINDING_CORRELATED], "0");
}

/* The evidence that it takes to find it again, quoted for a shell. */
static char *quote_paths(const Explanation *e, Case *c, GError **error)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	GString *quoted = g_string_new(NULL);

	if (is_correlation(e) &&
		!explain_add_paths(paths, c, e->finding[FINDING_CORRELATED], error)) {
		g_string_free(quoted, TRUE);
		return NULL;
	}
	if (paths->len == 0)
		g_ptr_array_add(paths, g_strdup(e->finding[FINDING_PATH]));
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *path = g_shell_quote(paths->pdata[i]);

		g_string_append_printf(quoted, "%s%s", i ? " " : "", path);
	}
	return g_string_free(quoted, FALSE);
}

/* Indicators and STIX patterns come from intelligence, which -i names. */
static gboolean is_of_intelligence(const Explanation *e)
{
	return is_indicator(e) || g_str_equal(e->finding[FINDING_ENGINE], "indicators");
}

/* Where the source is, quoted: shipped ones are known, others by the name below what was named. */
static char *quote_source(const Explanation *e)
{
	g_autoptr(Paths) paths = paths_find(NULL); /* without them the name has to do */
	g_autofree char *shipped =
		paths ? g_build_filename(paths->intel, e->rule[RULE_PATH], NULL) : NULL;
	gboolean is_shipped = shipped && !strstr(e->rule[RULE_PATH], "..") &&
		g_file_test(shipped, G_FILE_TEST_IS_REGULAR);

	return g_shell_quote(is_shipped ? shipped : e->rule[RULE_PATH]);
}

/* Commands that show the file is the same, the record, and that the rule is true of it. */
static GPtrArray *make_steps(const Explanation *e, Case *c, GError **error)
{
	g_autofree char *paths = quote_paths(e, c, error);
	GPtrArray *steps;
	g_autofree char *path = g_shell_quote(e->finding[FINDING_PATH]);
	g_autofree char *case_path = g_shell_quote(e->case_path);
	g_autofree char *member = g_strdup_printf("\"%s\"", e->finding[FINDING_LOCATOR]);
	g_autofree char *locator = g_shell_quote(member); /* a case may come from a stranger */
	g_autofree char *sha256 = g_shell_quote(e->finding[FINDING_EVIDENCE_SHA256]);
	g_autofree char *id = g_shell_quote(e->finding[FINDING_ID]);
	const char *recovered = e->finding[FINDING_RECOVERED][0] == '1' ? " --recovered" : "";
	/* By itself it lies at another place: its hash tells it. */
	gboolean is_file = g_str_has_prefix(e->finding[FINDING_LOCATOR], "file ");

	/* By its ending the file goes to the engine that the rule is for. */
	const char *rule =
		g_str_equal(e->finding[FINDING_ENGINE], "yara") ? "rule.yar" : "rule.yml";

	if (!paths)
		return NULL;
	steps = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(steps, g_strdup_printf("sha256sum -- %s", paths));
	g_ptr_array_add(steps,
		g_strdup_printf("spoor show events%s -- %s | grep -F -- %s",
			is_file ? " --files" : recovered, path, is_file ? sha256 : locator));
	if (is_of_intelligence(e)) {
		g_autofree char *source = quote_source(e);

		g_ptr_array_add(steps,
			g_strdup_printf("spoor scan%s --no-content -i %s -o again.case -- %s",
				recovered, source, paths));
		return steps;
	}
	g_ptr_array_add(
		steps, g_strdup_printf("spoor explain --rule %s -- %s > %s", id, case_path, rule));
	g_ptr_array_add(steps,
		g_strdup_printf("spoor scan%s --no-content -r %s -o again.case -- %s", recovered,
			rule, paths));
	return steps;
}

static gboolean append_text(Explanation *e, Case *c, GError **error)
{
	g_autoptr(GPtrArray) steps = make_steps(e, c, error);
	const char *matched[] = { e->finding[FINDING_MATCHED], NULL };
	const char *event[] = { e->finding[FINDING_EVENT], NULL };

	if (!steps)
		return FALSE;
	g_string_append(e->text, "Finding ");
	visible_append_text(e->text, e->finding[FINDING_ID]);
	g_string_append_c(e->text, '\n');
	append_fact(e, "time", e->finding[FINDING_TIME]);
	append_fact(e, "host", e->finding[FINDING_HOST]);
	append_fact(e, "log", e->finding[FINDING_CHANNEL]);
	append_rule_text(e);
	append_heading(e, "Why it fired");
	if (!case_query(c,
		    "SELECT value ->> '$.selection', value ->> '$.field', value ->> '$.source', "
		    "value ->> '$.test', value ->> '$.value' FROM json_each(?1)",
		    matched, append_match, e, error))
		return FALSE;
	if (is_correlation(e)) {
		append_heading(e, "What it rests on");
		if (!explain_append_events(e->text, c, e->finding[FINDING_CORRELATED], error))
			return FALSE;
	}
	append_heading(e, is_correlation(e) ? "The first record" : "The whole record");
	if (!case_query(
		    c, "SELECT key, value FROM json_each(?1)", event, append_event_field, e, error))
		return FALSE;
	append_evidence_text(e);
	append_steps(e, steps);
	return TRUE;
}

/* ---- JSON ---- */

static void append_list(Json *j, const char *key, const char *lines)
{
	g_auto(GStrv) list = g_strsplit(lines, "\n", -1);

	json_key(j, key);
	json_array_begin(j);
	for (char **line = list; *line; line++)
		if ((*line)[0] != '\0')
			json_text(j, *line);
	json_array_end(j);
}

static gboolean append_json(const Explanation *e, Case *c, GString *ret, GError **error)
{
	g_autoptr(GPtrArray) steps = make_steps(e, c, error);
	g_autoptr(GString) finding = g_string_new(NULL);
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	if (!steps || !finding_append_json(finding, c, (const char *const *)e->finding, error))
		return FALSE;
	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.explanation/1");
	json_key(&j, "finding");
	json_raw(&j, slice_make(finding->str, finding->len));
	json_key(&j, "rule");
	json_object_begin(&j);
	json_member_text(&j, "path", e->rule[RULE_PATH]);
	json_member_text(&j, "author", e->rule[RULE_AUTHOR]);
	json_member_text(&j, "description", e->rule[RULE_DESCRIPTION]);
	append_list(&j, "falsepositives", e->rule[RULE_FALSEPOSITIVES]);
	append_list(&j, "references", e->rule[RULE_REFS]);
	json_member_text(&j, "logsource", e->rule[RULE_LOGSOURCE]);
	json_member_text(&j, "source", e->rule[RULE_SOURCE]);
	json_object_end(&j);
	json_key(&j, "reproduce");
	json_array_begin(&j);
	for (guint i = 0; i < steps->len; i++)
		json_text(&j, steps->pdata[i]);
	json_array_end(&j);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
	return TRUE;
}

/* Not for people: byte for byte, with what the rule stands on. */
static gboolean append_rule(const Explanation *e, Case *c, GError **error)
{
	g_string_append(e->text, e->rule[RULE_SOURCE]);
	return !is_correlation(e) ||
		explain_append_sources(e->text, c, e->finding[FINDING_RULE_SHA256], error);
}

static ExitStatus run_explain(const Arguments *arguments)
{
	Terminal terminal = terminal_make(stdout, arguments_value(arguments, "color"));
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) candidates = g_string_new(NULL);
	g_autoptr(Case) c = NULL;
	const char *case_path = arguments_operand(arguments, 1, CASE_DEFAULT);
	Explanation e = { .terminal = &terminal,
		.text = text,
		.candidates = candidates,
		.case_path = case_path };
	GError *error = NULL;
	gboolean done;

	c = session_open_case(case_path);
	if (!c)
		return STATUS_USAGE;
	done = find(&e, c, arguments_operand(arguments, 0, ""), &error);
	if (done && arguments_has(arguments, "rule"))
		done = append_rule(&e, c, &error);
	else if (done && arguments_has(arguments, "json"))
		done = append_json(&e, c, text, &error);
	else if (done)
		done = append_text(&e, c, &error);
	g_strfreev(e.finding);
	g_strfreev(e.rule);
	if (!done)
		return session_fail(error);
	session_print(text);
	return session_finish(STATUS_GOOD);
}

static const Option explain_options[] = {
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object" },
	{ 0, "rule", NULL, NULL, FALSE, "print the rule's own text and nothing else" },
	{ 0 },
};

extern const Command command_explain;
const Command command_explain = {
	.name = "explain",
	.summary = "Tell everything about one finding",
	.operands = "FINDING [CASE]",
	.min_operands = 1,
	.max_operands = 2,
	.description =
		"Shows the rule, the fields that matched and what they matched, the whole record, "
		"where in which evidence it stands, and commands that reproduce it. The first "
		"digits "
		"of a finding's id are enough where no other id starts with them.\n\n"
		"The case is " CASE_DEFAULT " if none is named.",
	.examples = "spoor explain 3f2a9c acme.case\twhy this finding is there",
	.options = explain_options,
	.run = run_explain,
};

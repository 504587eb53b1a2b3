/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain-correlation.h"

#include "base/limits.h"
#include "cli/rows.h"
#include "report/correlation-json.h"
#include "report/visible.h"

#define EVENTS_MAX 1000 /* as in report/correlation-json.c */

typedef struct Walk {
	Case *c;
	GString *text;	  /* NULL: only paths are asked for */
	GPtrArray *paths; /* or NULL */
	guint depth, n_events;
	GError **error;
} Walk;

static gboolean walk(Walk *w, const char *correlated);

static void append_indent(const Walk *w, const char *more)
{
	for (guint i = 0; i < w->depth; i++)
		g_string_append(w->text, "    ");
	g_string_append(w->text, more);
}

/* "  2021-03-02 10:11:12  Failed logon  {"User":"alice"}" */
static void append_line(const Walk *w, const char *time, const char *title, const char *values)
{
	append_indent(w, "");
	append_time(w->text, time);
	g_string_append(w->text, "  ");
	visible_append_text(w->text, title);
	g_string_append(w->text, "  ");
	visible_append_json(w->text, values);
	g_string_append_c(w->text, '\n');
}

static void append_event(const Walk *w, const char *const *columns)
{
	char time[INSTANT_TEXT_BYTES];

	correlation_time(columns[LISTED_TIME], time);
	append_line(w, time, columns[LISTED_TITLE], columns[LISTED_VALUES]);
	if (columns[LISTED_CORRELATED][0] != '0')
		return;
	append_indent(w, "    ");
	visible_append_text(w->text, columns[LISTED_HOST]);
	g_string_append(w->text, "  ");
	visible_append_text(w->text, columns[LISTED_LOCATOR]);
	g_string_append(w->text, "  ");
	visible_append_text(w->text, columns[LISTED_PATH]);
	g_string_append_c(w->text, '\n');
}

static gboolean take_listed(void *context, guint n_columns, const char *const *columns)
{
	Walk *w = context;

	if (w->n_events++ >= EVENTS_MAX)
		return FALSE;
	if (w->text)
		append_event(w, columns);
	if (w->paths && columns[LISTED_PATH][0] != '\0' &&
		!g_ptr_array_find_with_equal_func(
			w->paths, columns[LISTED_PATH], g_str_equal, NULL))
		g_ptr_array_add(w->paths, g_strdup(columns[LISTED_PATH]));
	return columns[LISTED_CORRELATED][0] == '0' || walk(w, columns[LISTED_CORRELATED]);
}

static gboolean take_head(void *context, guint n_columns, const char *const *columns)
{
	const Walk *w = context;

	append_indent(w, "");
	g_string_append_printf(w->text, "%s, %s within %s: ", columns[CORRELATED_TYPE],
		columns[CORRELATED_CONDITION], columns[CORRELATED_TIMESPAN]);
	append_number(w->text, columns[CORRELATED_EVENTS]);
	g_string_append(w->text,
		" events, of each rule the first " G_STRINGIFY(
			LIMIT_CORRELATION_LISTED) " are listed.\n");
	return FALSE;
}

static gboolean walk(Walk *w, const char *correlated)
{
	const char *const bind[] = { correlated, NULL };

	if (w->depth >= LIMIT_CORRELATION_DEPTH)
		return TRUE;
	w->depth++;
	if (w->text && !case_query(w->c, CORRELATED_SQL, bind, take_head, w, w->error))
		return FALSE;
	if (!case_query(w->c, LISTED_SQL, bind, take_listed, w, w->error))
		return FALSE;
	w->depth--;
	return !*w->error;
}

static gboolean run_walk(Walk *w, const char *correlated, GError **error)
{
	g_autoptr(GError) trouble = NULL;

	w->error = &trouble;
	if (walk(w, correlated))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&trouble));
	return FALSE;
}

gboolean explain_append_events(GString *ret, Case *c, const char *correlated, GError **error)
{
	Walk w = { .c = c, .text = ret };

	return run_walk(&w, correlated, error);
}

gboolean explain_add_paths(GPtrArray *ret, Case *c, const char *correlated, GError **error)
{
	Walk w = { .c = c, .paths = ret };

	return run_walk(&w, correlated, error);
}

static gboolean take_source(void *context, guint n_columns, const char *const *columns)
{
	GString *text = context;

	if (text->len && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	if (!g_str_has_prefix(columns[0], "---"))
		g_string_append(text, "---\n");
	g_string_append(text, columns[0]);
	return TRUE;
}

gboolean explain_append_sources(GString *ret, Case *c, const char *rule_sha256, GError **error)
{
	static const char sql[] =
		"WITH RECURSIVE below (sha256) AS (SELECT ?1 UNION SELECT s.rule_sha256 FROM below "
		"b "
		"JOIN hit_source s ON s.correlation_sha256 = b.sha256) "
		"SELECT r.source FROM below b JOIN v_rule r ON r.sha256 = b.sha256 "
		"WHERE r.sha256 <> ?1 AND r.source <> '' ORDER BY r.path, r.line";
	const char *const bind[] = { rule_sha256, NULL };

	return case_query(c, sql, bind, take_source, ret, error);
}

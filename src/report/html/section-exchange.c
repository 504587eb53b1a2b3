/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchange servers: how far intruders got on each, when it was open to which flaw, and what of its
 * evidence that rests on. Stages that were not reached are told as well, with the logs that would
 * show them: "not seen" without a log to see it in says nothing.
 */
#include <string.h>

#include "report/html/exposure-bar.h"
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define NAMES_SHOWN   5
#define NAME_CHARS    90
#define PATHS_SHOWN   3
#define PATH_CHARS    60
#define PAGES_SHOWN   20
#define BUILDS_SHOWN  40
#define SERVERS_OPEN  3	 /* so many are shown whole also where nothing happened on them */
#define SERVERS_SHOWN 50 /* the others are counted */
#define LINK_RULES    12

/* ---- small things ---- */

static void append_instant(GString *out, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	html_append_time(out, text);
}

typedef enum NameKind {
	NAME_TEXT,
	NAME_ADDRESS, /* defanged */
	NAME_PATH,    /* its end says most */
} NameKind;

/* No longer than is good for the page. */
static void append_name(GString *out, const char *name, NameKind kind)
{
	g_autofree char *valid = g_utf8_make_valid(name, -1);
	glong n = g_utf8_strlen(valid, -1), most = kind == NAME_PATH ? PATH_CHARS : NAME_CHARS;
	glong from = kind == NAME_PATH && n > most ? n - most : 0;
	g_autofree char *part = g_utf8_substring(valid, from, from + MIN(n, most));

	g_string_append(out, "<span class=\"name\">");
	g_string_append(out, from ? "\xE2\x80\xA6" : "");
	if (kind == NAME_ADDRESS)
		html_append_defanged(out, part);
	else
		html_append_text(out, part);
	g_string_append(out, !from && n > most ? "\xE2\x80\xA6</span>" : "</span>");
}

static void append_names(
	GString *out, const char *label, const GPtrArray *names, guint64 n, NameKind kind)
{
	guint shown = MIN(names->len, kind == NAME_PATH ? PATHS_SHOWN : NAMES_SHOWN);

	if (!shown)
		return;
	g_string_append_printf(out, "<div><dt>%s</dt> <dd>", label);
	for (guint i = 0; i < shown; i++) {
		g_string_append(out, i ? ", " : "");
		append_name(out, g_ptr_array_index(names, i), kind);
	}
	if (n > shown) {
		g_string_append(out, " <span class=\"more\">and ");
		html_append_number(out, n - shown);
		g_string_append(out, " more</span>");
	}
	g_string_append(out, "</dd></div>");
}

/* ---- the ladder ---- */

static gboolean is_hex(const char *text)
{
	return *text && text[strspn(text, "0123456789abcdef")] == '\0';
}

/* To the findings of the stage's rules, by the page's own address; for the script only. */
static void append_link(GString *out, const ReportModel *model, const StageFacts *facts)
{
	guint n = 0;

	for (guint i = 0; i < model->rules->len && n < LINK_RULES; i++) {
		const RuleInfo *info =
			((const ModelRule *)g_ptr_array_index(model->rules, i))->info;

		if (!g_ptr_array_find_with_equal_func(
			    (GPtrArray *)facts->rules, info->title, g_str_equal, NULL) ||
			!is_hex(info->sha256))
			continue;
		g_string_append_printf(out, "%s%.12s",
			n++ ? "&amp;rule=" : "<p class=\"live\"><a href=\"#rule=", info->sha256);
	}
	if (n)
		g_string_append_printf(
			out, "\">Findings of %s</a></p>", n == 1 ? "this rule" : "these rules");
}

static void append_reached(GString *out, const ReportModel *model, const StageFacts *facts)
{
	g_string_append(out, "<li class=\"rung reached\"><h4>");
	html_append_text(out, facts->stage->title);
	g_string_append(out, "</h4><p><b>");
	html_append_plural(out, facts->n, "finding", "findings");
	g_string_append(out, "</b>");
	if (facts->n_patched) {
		g_string_append(out, ", ");
		html_append_number(out, facts->n_patched);
		g_string_append(out, " of them when the server had closed the flaw");
	}
	g_string_append(out, "</p><p class=\"time\">");
	append_instant(out, facts->first);
	if (facts->last != facts->first) {
		g_string_append(out, " to ");
		append_instant(out, facts->last);
	}
	g_string_append(out, "</p><dl>");
	append_names(out, "Rules", facts->rules, facts->rules->len, NAME_TEXT);
	append_names(out, "From", facts->addresses, facts->n_addresses, NAME_ADDRESS);
	append_names(out, "User agents", facts->user_agents, facts->n_user_agents, NAME_TEXT);
	append_names(out, "Files", facts->files, facts->n_files, NAME_PATH);
	append_names(out, "Accounts", facts->accounts, facts->n_accounts, NAME_TEXT);
	append_names(out, "Evidence", facts->evidence, facts->evidence->len, NAME_PATH);
	g_string_append(out, "</dl>");
	append_link(out, model, facts);
	g_string_append(out, "</li>");
}

static const LogWindow *find_log(const AssessedServer *server, const char *name)
{
	for (guint i = 0; i < server->logs->len; i++) {
		const LogWindow *window = g_ptr_array_index(server->logs, i);

		if (strcmp(window->log, name) == 0)
			return window->missing ? NULL : window;
	}
	return NULL;
}

static void append_log_list(
	GString *out, const AssessedServer *server, char *const *logs, gboolean given)
{
	guint n = 0;

	for (guint i = 0; logs && logs[i]; i++) {
		if ((find_log(server, logs[i]) != NULL) != given)
			continue;
		g_string_append(out,
			n++		? ", "
				: given ? "<div><dt>Looked at</dt> <dd>"
					: "<div><dt>Not given</dt> <dd><b>");
		html_append_text(out, logs[i]);
	}
	if (n)
		g_string_append(out, given ? "</dd></div>" : "</b></dd></div>");
}

static void append_unseen(GString *out, const Guidance *guidance, const AssessedServer *server,
	const StageInfo *stage)
{
	char *const *logs = guidance_logs_of(guidance, stage->slug);

	g_string_append(out, "<li class=\"rung\"><h4>");
	html_append_text(out, stage->title);
	g_string_append(out, "</h4><p>Not seen. It would show in:</p><dl>");
	append_log_list(out, server, logs, TRUE);
	append_log_list(out, server, logs, FALSE);
	g_string_append(out, "</dl></li>");
}

static const StageFacts *find_facts(const AssessedServer *server, const StageInfo *stage)
{
	for (guint i = 0; i < server->stages->len; i++) {
		const StageFacts *facts = g_ptr_array_index(server->stages, i);

		if (facts->stage == stage)
			return facts;
	}
	return NULL;
}

static void append_ladder(GString *out, const ReportModel *model, const Guidance *guidance,
	const AssessedServer *server)
{
	const GPtrArray *stages = model->assessment->stages;

	g_string_append(out, "<ol class=\"ladder\">");
	for (guint i = 0; i < stages->len; i++) {
		const StageInfo *stage = g_ptr_array_index(stages, i);
		const StageFacts *facts = find_facts(server, stage);

		if (facts)
			append_reached(out, model, facts);
		else
			append_unseen(out, guidance, server, stage);
	}
	g_string_append(out, "</ol>");
}

/* ---- exposure ---- */

static void append_exposures(GString *out, const AssessedServer *server)
{
	g_string_append(out, "<ul class=\"states\">");
	for (guint i = 0; i < server->exposures->len; i++) {
		const Exposure *exposure = g_ptr_array_index(server->exposures, i);

		g_string_append(out, "<li><b>");
		html_append_text(out, exposure->flaw);
		g_string_append_printf(out, "</b> <span class=\"state state-%s\">%s</span> ",
			exposure->state == EXPOSURE_NOT_APPLICABLE
				? "closed"
				: exposure_state_name(exposure->state),
			exposure_state_name(exposure->state));
		html_append_text(out, exposure->words);
		if (exposure->n_inside + exposure->n_outside + exposure->n_undecided) {
			g_string_append(out, " <span class=\"note\">Hits inside the window: ");
			html_append_number(out, exposure->n_inside);
			g_string_append(out, ", outside: ");
			html_append_number(out, exposure->n_outside);
			g_string_append(out, ", undecided: ");
			html_append_number(out, exposure->n_undecided);
			g_string_append(out, ".</span>");
		}
		g_string_append(out, "</li>");
	}
	g_string_append(out, "</ul>");
}

static void append_build(GString *out, const BuildSpan *span)
{
	g_string_append(out, "<tr><th scope=\"row\">");
	html_append_text(out, span->build);
	g_string_append(out, " <span class=\"note\">");
	html_append_text(out, *span->name ? span->name : "not in the table of builds");
	g_string_append(out, "</span></th><td class=\"time\">");
	append_instant(out, span->first.time);
	g_string_append(out, "</td><td class=\"time\">");
	append_instant(out, span->last.time);
	g_string_append(out, "</td><td>");
	html_append_text(out, span->source);
	g_string_append(out, "</td></tr>");
}

static void append_builds(GString *out, const AssessedServer *server)
{
	if (!server->builds->len) {
		g_string_append(out,
			"<p class=\"note\">No evidence names a build: whether it was "
			"exposed is unknown.</p>");
		return;
	}
	g_string_append(out,
		"<details><summary><b>Builds</b>, and what says so</summary>"
		"<div class=\"scroll\"><table><thead><tr><th>Build</th><th>From</th>"
		"<th>To</th><th>By</th></tr></thead><tbody>");
	for (guint i = 0; i < MIN(server->builds->len, BUILDS_SHOWN); i++)
		append_build(out, g_ptr_array_index(server->builds, i));
	g_string_append(out, "</tbody></table></div>");
	if (server->builds->len > BUILDS_SHOWN)
		g_string_append_printf(out, "<p class=\"note\">And %u more: spoor show patches</p>",
			server->builds->len - BUILDS_SHOWN);
	g_string_append(out, "</details>");
}

/* ---- pages and logs ---- */

static void append_pages(GString *out, const AssessedServer *server)
{
	if (!server->pages->len)
		return;
	g_string_append(out, "<details open><summary><b>");
	html_append_plural(out, server->pages->len, "page", "pages");
	g_string_append(out, "</b> under a vendor's name that no known build ships</summary><ul>");
	for (guint i = 0; i < MIN(server->pages->len, PAGES_SHOWN); i++) {
		const UnverifiedPage *page = g_ptr_array_index(server->pages, i);

		g_string_append(out, "<li><span class=\"path\">");
		html_append_text(out, page->path);
		g_string_append(out, "</span> ");
		html_append_text(out, page->words);
		g_string_append(out, " <span class=\"note hash\">");
		html_append_text(out, page->sha256);
		g_string_append(out, "</span></li>");
	}
	if (server->pages->len > PAGES_SHOWN)
		g_string_append_printf(out, "<li class=\"note\">And %u more</li>",
			server->pages->len - PAGES_SHOWN);
	g_string_append(out, "</ul></details>");
}

static void append_log(GString *out, const LogWindow *window)
{
	g_string_append(out, "<li><b>");
	html_append_text(out, window->log);
	g_string_append(out, "</b> ");
	if (window->missing) {
		html_append_text(out, window->text);
		g_string_append(out, "</li>");
		return;
	}
	if (window->first != INSTANT_NONE) {
		append_instant(out, window->first);
		g_string_append(out, " to ");
		append_instant(out, window->last);
		g_string_append(out, ", ");
	}
	if (window->n_events) {
		html_append_plural(out, window->n_events, "event", "events");
		g_string_append(out, " in ");
	}
	html_append_plural(out, window->n_files, "file", "files");
	g_string_append(out, "</li>");
}

static guint count_logs(const AssessedServer *server, gboolean missing)
{
	guint n = 0;

	for (guint i = 0; i < server->logs->len; i++)
		n += ((const LogWindow *)g_ptr_array_index(server->logs, i))->missing == missing;
	return n;
}

static void append_log_kinds(GString *out, const AssessedServer *server, gboolean missing)
{
	if (!count_logs(server, missing))
		return;
	g_string_append(out,
		missing ? "<details class=\"log-kinds\" open><summary><b>Not given</b>, and what "
			  "that "
			  "leaves open</summary><ul>"
			: "<details class=\"log-kinds\" open><summary><b>Looked at</b>; that "
			  "nothing "
			  "was found outside of these times means nothing</summary><ul>");
	for (guint i = 0; i < server->logs->len; i++) {
		const LogWindow *window = g_ptr_array_index(server->logs, i);

		if (window->missing == missing)
			append_log(out, window);
	}
	g_string_append(out, "</ul></details>");
}

/* ---- the section ---- */

static void append_title(GString *out, const AssessedServer *server)
{
	const StageFacts *reached = assessed_server_reached(server);

	append_name(out, model_server_name(server), NAME_TEXT);
	g_string_append(out, reached ? " <span class=\"state state-reached\">" : " ");
	if (reached) {
		html_append_text(out, reached->stage->title);
		g_string_append(out, "</span>");
	} else {
		g_string_append(out, "<span class=\"state\">no sign of an attack</span>");
	}
}

static void append_server(GString *out, const ReportModel *model, const Guidance *guidance,
	const BarAxis *axis, guint number)
{
	const GPtrArray *servers = model->assessment->servers;
	const AssessedServer *server = g_ptr_array_index(servers, number);
	const StageFacts *reached = assessed_server_reached(server);
	gboolean open = reached || servers->len <= SERVERS_OPEN;

	g_string_append(out,
		open ? "<article class=\"server\"><h3>" : "<details class=\"server\"><summary>");
	append_title(out, server);
	g_string_append(out, open ? "</h3>" : "</summary>");
	if (reached) {
		g_string_append(out, "<p>");
		html_append_text(out, reached->stage->text);
		g_string_append(out, "</p>");
	}
	append_ladder(out, model, guidance, server);
	if (server->is_exchange) {
		g_string_append(out, "<h4>When it was open to which flaw</h4>");
		exposure_append_bars(out, model, axis, number);
		append_exposures(out, server);
		append_builds(out, server);
	}
	append_pages(out, server);
	append_log_kinds(out, server, FALSE);
	append_log_kinds(out, server, TRUE);
	g_string_append(out, open ? "</article>" : "</details>");
}

/* Those on which somebody got furthest come first. */
static int compare_servers(gconstpointer a, gconstpointer b, gpointer data)
{
	const ReportModel *model = data;
	guint x = *(const guint *)a, y = *(const guint *)b;
	const StageFacts *of_x =
		assessed_server_reached(g_ptr_array_index(model->assessment->servers, x));
	const StageFacts *of_y =
		assessed_server_reached(g_ptr_array_index(model->assessment->servers, y));
	guint rank_x = of_x ? model_stage_number(model, of_x->stage) + 1 : 0;
	guint rank_y = of_y ? model_stage_number(model, of_y->stage) + 1 : 0;

	if (rank_x != rank_y)
		return rank_x > rank_y ? -1 : 1;
	return (x > y) - (x < y);
}

void section_append_exchange(GString *out, const ReportModel *model, const Guidance *guidance)
{
	guint n = model->assessment->servers->len;
	g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
	BarAxis axis = exposure_axis(model);

	if (!n)
		return;
	for (guint i = 0; i < n; i++)
		g_array_append_val(order, i);
	g_array_sort_with_data(order, compare_servers, (gpointer)model);
	g_string_append(out,
		"<section id=\"exchange\" aria-labelledby=\"exchange-title\">"
		"<h2 id=\"exchange-title\">Exchange servers</h2><p class=\"lead\">How far "
		"intruders "
		"got on each, and when it was open to them, as of its last evidence. What is not "
		"seen may still have happened where the logs are missing that would show it.</p>");
	if (axis.from != INSTANT_NONE)
		exposure_append_legend(out);
	for (guint i = 0; i < MIN(n, SERVERS_SHOWN); i++)
		append_server(out, model, guidance, &axis, g_array_index(order, guint, i));
	if (n > SERVERS_SHOWN)
		g_string_append_printf(out, "<p class=\"note\">And %u more: spoor show servers</p>",
			n - SERVERS_SHOWN);
	g_string_append(out, "</section>");
}

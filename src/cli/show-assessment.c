/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor show patches: which builds each Exchange server ran when, and which flaws it was exposed
 * to. spoor show servers: how far an intrusion got on each, and from when to when its logs are
 * there.
 */
#include <string.h>

#include "assessment/assessment.h"
#include "base/json.h"
#include "cli/paths.h"
#include "cli/session.h"
#include "cli/show.h"
#include "report/visible.h"

#define NO_NAME	    "(no server named)"
#define NAMES_SHOWN 5 /* of addresses, files ...: --json has more */
#define INDENT	    "      "
#define WIDTH_STATE 16
#define WIDTH_BUILD 24
#define WIDTH_STAGE 20
#define WIDTH_LOG   23

static Assessment *assess(Case *c, GError **error)
{
	g_autoptr(Paths) paths = paths_find(error);

	return paths ? assessment_new(c, paths->tables, error) : NULL;
}

/* ---- JSON ---- */

static void member_time(Json *j, const char *key, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	json_member_text(j, key, time == INSTANT_NONE ? NULL : text);
}

static void member_number(Json *j, const char *key, guint64 number)
{
	json_key(j, key);
	json_uint(j, number);
}

static void member_texts(Json *j, const char *key, const GPtrArray *texts)
{
	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < texts->len; i++)
		json_text(j, texts->pdata[i]);
	json_array_end(j);
}

static void member_proof(Json *j, const char *key, const Proof *proof)
{
	json_key(j, key);
	if (proof->path[0] == '\0') {
		json_null(j);
		return;
	}
	json_object_begin(j);
	member_time(j, "time", proof->time);
	json_member_text(j, "path", proof->path);
	json_member_text(j, "locator", proof->locator);
	json_object_end(j);
}

static void append_exposure_json(Json *j, const Exposure *exposure)
{
	g_auto(GStrv) cves = g_strsplit(exposure->cves, " ", -1);

	json_object_begin(j);
	json_member_text(j, "flaw", exposure->flaw);
	json_key(j, "cves");
	json_array_begin(j);
	for (guint i = 0; cves[i]; i++)
		json_text(j, cves[i]);
	json_array_end(j);
	json_member_text(j, "state", exposure_state_name(exposure->state));
	member_time(j, "from", exposure->from);
	member_time(j, "to", exposure->to);
	member_time(j, "at_least", exposure->at_least);
	member_proof(j, "last_exposed", &exposure->last_exposed);
	member_proof(j, "first_closed", &exposure->first_closed);
	member_number(j, "findings_inside", exposure->n_inside);
	member_number(j, "findings_outside", exposure->n_outside);
	member_number(j, "findings_undecided", exposure->n_undecided);
	json_member_text(j, "words", exposure->words);
	json_object_end(j);
}

static void append_patches_json(Json *j, const AssessedServer *server)
{
	json_member_text(j, "server", server->name);
	json_member_bool(j, "exchange", server->is_exchange);
	json_key(j, "flaws");
	json_array_begin(j);
	for (guint i = 0; i < server->exposures->len; i++)
		append_exposure_json(j, server->exposures->pdata[i]);
	json_array_end(j);
	json_key(j, "builds");
	json_array_begin(j);
	for (guint i = 0; i < server->builds->len; i++) {
		const BuildSpan *span = server->builds->pdata[i];

		json_object_begin(j);
		json_member_text(j, "build", span->build);
		json_member_text(j, "name", span->name);
		json_member_text(j, "released", span->release_date);
		json_member_text(j, "source", span->source);
		member_proof(j, "first", &span->first);
		member_proof(j, "last", &span->last);
		member_number(j, "events", span->n);
		json_object_end(j);
	}
	json_array_end(j);
}

static void append_stage_json(Json *j, const StageFacts *facts)
{
	json_object_begin(j);
	json_member_text(j, "stage", facts->stage->slug);
	json_member_text(j, "title", facts->stage->title);
	member_number(j, "n_findings", facts->n);
	member_number(j, "n_patched", facts->n_patched);
	member_time(j, "first", facts->first);
	member_time(j, "last", facts->last);
	json_member_bool(j, "file_times", facts->is_file_time);
	member_texts(j, "findings", facts->findings);
	member_texts(j, "rules", facts->rules);
	member_texts(j, "addresses", facts->addresses);
	member_number(j, "n_addresses", facts->n_addresses);
	member_texts(j, "user_agents", facts->user_agents);
	member_number(j, "n_user_agents", facts->n_user_agents);
	member_texts(j, "files", facts->files);
	member_number(j, "n_files", facts->n_files);
	member_texts(j, "accounts", facts->accounts);
	member_number(j, "n_accounts", facts->n_accounts);
	member_texts(j, "evidence", facts->evidence);
	json_object_end(j);
}

static void append_log_json(Json *j, const LogWindow *log)
{
	json_object_begin(j);
	json_member_text(j, "log", log->log);
	json_member_bool(j, "missing", log->missing);
	member_time(j, "first", log->first);
	member_time(j, "last", log->last);
	member_number(j, "events", log->n_events);
	member_number(j, "files", log->n_files);
	json_member_text(j, "without", log->text);
	json_object_end(j);
}

static void append_page_json(Json *j, const UnverifiedPage *page)
{
	json_object_begin(j);
	json_member_text(j, "finding", page->finding);
	json_member_text(j, "path", page->path);
	json_member_text(j, "sha256", page->sha256);
	json_member_bool(j, "counts", page->counts);
	json_member_text(j, "words", page->words);
	json_object_end(j);
}

static void append_server_json(Json *j, const AssessedServer *server)
{
	const StageFacts *reached = assessed_server_reached(server);

	json_member_text(j, "server", server->name);
	json_member_bool(j, "exchange", server->is_exchange);
	json_member_text(j, "reached", reached ? reached->stage->slug : NULL);
	json_key(j, "stages");
	json_array_begin(j);
	for (guint i = 0; i < server->stages->len; i++)
		append_stage_json(j, server->stages->pdata[i]);
	json_array_end(j);
	json_key(j, "pages");
	json_array_begin(j);
	for (guint i = 0; i < server->pages->len; i++)
		append_page_json(j, server->pages->pdata[i]);
	json_array_end(j);
	json_key(j, "logs");
	json_array_begin(j);
	for (guint i = 0; i < server->logs->len; i++)
		append_log_json(j, server->logs->pdata[i]);
	json_array_end(j);
}

/* ---- text ---- */

static void append_instant(GString *ret, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	append_time(ret, text);
}

/* A name by itself, in bold. */
static void append_heading(const Terminal *terminal, GString *ret, const AssessedServer *server)
{
	g_autoptr(GString) name = g_string_new(NULL);

	terminal_append_clipped(
		name, server->name[0] ? server->name : NO_NAME, terminal->width - 4);
	terminal_append_styled(terminal, ret, STYLE_BOLD, name->str);
	g_string_append(ret, server->is_exchange ? "\n" : " (nothing shows that it is Exchange)\n");
}

static TerminalStyle state_style(ExposureState state)
{
	switch (state) {
	case EXPOSURE_EXPOSED:
		return STYLE_BAD;
	case EXPOSURE_UNKNOWN:
		return STYLE_WARN;
	default:
		return STYLE_PLAIN;
	}
}

/* "exposed 2021-01-01 00:00:00 to 2021-03-09 14:00:00": of what is not known nothing is said. */
static void append_window(GString *ret, const Exposure *exposure)
{
	if (exposure->from == INSTANT_NONE)
		return;
	g_string_append(ret, "had it from ");
	append_instant(ret, exposure->from);
	if (exposure->to != INSTANT_NONE) {
		g_string_append(ret, " to ");
		append_instant(ret, exposure->to);
	} else if (exposure->at_least != INSTANT_NONE) {
		g_string_append(ret, " to ");
		append_instant(ret, exposure->at_least);
		g_string_append(ret, " or later");
	} else {
		g_string_append(ret, " on");
	}
}

static void append_proof(
	const Terminal *terminal, GString *ret, const char *what, const Proof *proof)
{
	g_autofree char *place = NULL;

	if (proof->path[0] == '\0')
		return;
	g_string_append_printf(ret, INDENT "%s  ", what);
	append_instant(ret, proof->time);
	g_string_append(ret, "  ");
	place = g_strconcat(proof->path, ", ", proof->locator, NULL);
	terminal_append_path(ret, place, terminal->width - 44);
	g_string_append_c(ret, '\n');
}

static void append_exposure(const Terminal *terminal, GString *ret, const Exposure *exposure)
{
	const char *state = exposure_state_name(exposure->state);

	g_string_append_printf(ret, "  %-12s", exposure->flaw);
	terminal_append_styled(terminal, ret, state_style(exposure->state), state);
	if (exposure->from != INSTANT_NONE)
		g_string_append_printf(ret, "%*s", (int)(WIDTH_STATE - strlen(state)), "");
	append_window(ret, exposure);
	g_string_append_c(ret, '\n');
	terminal_append_wrapped(ret, exposure->words, terminal->width, INDENT);
	append_proof(terminal, ret, "last with it ", &exposure->last_exposed);
	append_proof(terminal, ret, "first without", &exposure->first_closed);
	if (exposure->n_inside + exposure->n_outside + exposure->n_undecided > 0)
		g_string_append_printf(ret,
			INDENT "findings       %" G_GUINT64_FORMAT
			       " while it had it, %" G_GUINT64_FORMAT " while not, "
			       "%" G_GUINT64_FORMAT " not known\n",
			exposure->n_inside, exposure->n_outside, exposure->n_undecided);
}

static void append_build(const Terminal *terminal, GString *ret, const BuildSpan *span)
{
	g_autofree char *build = terminal_pad(span->build, WIDTH_BUILD);
	g_autofree char *source = g_strconcat(span->source, ": ", span->first.path, NULL);

	g_string_append_printf(ret, "    %s", build);
	append_instant(ret, span->first.time);
	g_string_append(ret, "  ");
	append_instant(ret, span->last.time);
	g_string_append(ret, "\n" INDENT);
	if (span->name[0] != '\0') {
		terminal_append_clipped(ret, span->name, terminal->width - 22);
		if (span->release_date[0] != '\0')
			g_string_append_printf(ret, ", of %s", span->release_date);
		g_string_append(ret, "\n" INDENT);
	}
	terminal_append_path(ret, source, terminal->width - 6);
	g_string_append_c(ret, '\n');
}

static void append_patches(const Terminal *terminal, GString *ret, const AssessedServer *server)
{
	append_heading(terminal, ret, server);
	for (guint i = 0; i < server->exposures->len; i++)
		append_exposure(terminal, ret, server->exposures->pdata[i]);
	if (server->builds->len > 0) {
		g_autofree char *build = terminal_pad("Builds", WIDTH_BUILD + 2);

		g_string_append_printf(ret, "  %s%-21sLast\n", build, "First");
	}
	for (guint i = 0; i < server->builds->len; i++)
		append_build(terminal, ret, server->builds->pdata[i]);
}

/* "addresses  a, b and 3 more" */
static void append_names(
	const Terminal *terminal, GString *ret, const char *what, const GPtrArray *names, guint64 n)
{
	g_autoptr(GString) text = g_string_new(what);

	if (n == 0)
		return;
	g_string_append_c(text, ' ');
	for (guint i = 0; i < MIN(names->len, NAMES_SHOWN); i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
	if (n > NAMES_SHOWN)
		g_string_append_printf(text, " and %" G_GUINT64_FORMAT " more", n - NAMES_SHOWN);
	terminal_append_wrapped(ret, text->str, terminal->width, INDENT);
}

static void append_stage(const Terminal *terminal, GString *ret, const StageFacts *facts)
{
	g_autofree char *title = terminal_pad(facts->stage->title, WIDTH_STAGE);
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, facts->n);
	g_autoptr(GString) number = g_string_new(NULL);

	append_number(number, digits);
	g_string_append(ret, "  ");
	terminal_append_styled(terminal, ret, STYLE_BOLD, title);
	g_string_append_printf(ret, "%9s  ", number->str);
	append_instant(ret, facts->first);
	g_string_append(ret, "  ");
	append_instant(ret, facts->last);
	g_string_append_c(ret, '\n');
	if (facts->is_file_time && facts->first != INSTANT_NONE)
		g_string_append(ret, INDENT "times of the last change of files, no more\n");
	if (facts->n_patched > 0)
		g_string_append_printf(ret,
			INDENT "%" G_GUINT64_FORMAT " of them by a flaw that was closed by then\n",
			facts->n_patched);
	append_names(terminal, ret, "by:", facts->rules, facts->rules->len);
	append_names(terminal, ret, "from:", facts->addresses, facts->n_addresses);
	append_names(terminal, ret, "user agents:", facts->user_agents, facts->n_user_agents);
	append_names(terminal, ret, "files:", facts->files, facts->n_files);
	append_names(terminal, ret, "accounts:", facts->accounts, facts->n_accounts);
}

static void append_log(const Terminal *terminal, GString *ret, const LogWindow *log)
{
	g_autofree char *files = g_strdup_printf("%" G_GUINT64_FORMAT, log->n_files);
	g_autofree char *name = terminal_pad(log->log, WIDTH_LOG);

	if (log->missing) {
		g_autofree char *text = g_strconcat(log->log, ": ", log->text, NULL);

		terminal_append_wrapped(ret, text, terminal->width, "    ");
		return;
	}
	g_string_append_printf(ret, "    %s", name);
	if (log->first != INSTANT_NONE) {
		append_instant(ret, log->first);
		g_string_append(ret, "  ");
		append_instant(ret, log->last);
		g_string_append(ret, "  ");
	}
	append_number(ret, files);
	g_string_append(ret, log->n_files == 1 ? " file\n" : " files\n");
}

static void append_logs(
	const Terminal *terminal, GString *ret, const AssessedServer *server, gboolean missing)
{
	gboolean any = FALSE;

	for (guint i = 0; i < server->logs->len; i++) {
		const LogWindow *log = server->logs->pdata[i];

		if (log->missing != missing)
			continue;
		if (!any)
			g_string_append(ret, missing ? "  Missing\n" : "  Evidence\n");
		any = TRUE;
		append_log(terminal, ret, log);
	}
}

static void append_server(const Terminal *terminal, GString *ret, const AssessedServer *server)
{
	append_heading(terminal, ret, server);
	if (server->stages->len == 0)
		g_string_append(ret, "  No sign of an intrusion in what was assessed.\n");
	for (guint i = 0; i < server->stages->len; i++)
		append_stage(terminal, ret, server->stages->pdata[i]);
	for (guint i = 0; i < server->pages->len; i++) {
		const UnverifiedPage *page = server->pages->pdata[i];

		g_string_append(ret, page->counts ? "  Changed page  " : "  Page to look at  ");
		terminal_append_path(ret, page->path, terminal->width - 19);
		g_string_append_c(ret, '\n');
		terminal_append_wrapped(ret, page->words, terminal->width, INDENT);
	}
	append_logs(terminal, ret, server, FALSE);
	append_logs(terminal, ret, server, TRUE);
}

/* ---- both ---- */

typedef struct ServerListing {
	const char *schema, *nothing;
	void (*append)(const Terminal *terminal, GString *ret, const AssessedServer *server);
	void (*append_json)(Json *j, const AssessedServer *server);
} ServerListing;

static gboolean print_servers(
	const ServerListing *listing, Case *c, const Terminal *terminal, GError **error)
{
	g_autoptr(Assessment) assessment = assess(c, error);

	if (!assessment)
		return FALSE;
	for (guint i = 0; i < assessment->servers->len; i++) {
		g_autoptr(GString) text = g_string_new(terminal && i ? "\n" : NULL);
		g_autoptr(GString) object = g_string_new(NULL);
		Json j = json_begin(object);

		if (terminal) {
			listing->append(terminal, text, assessment->servers->pdata[i]);
		} else {
			json_object_begin(&j);
			json_member_text(&j, "schema", listing->schema);
			listing->append_json(&j, assessment->servers->pdata[i]);
			json_object_end(&j);
			visible_append_json(text, object->str);
			g_string_append_c(text, '\n');
		}
		session_print(text);
	}
	show_nothing(terminal, assessment->servers->len, listing->nothing);
	return TRUE;
}

gboolean show_patches(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	static const ServerListing listing = { "spoor.patches/1", "Exchange server in this case",
		append_patches, append_patches_json };

	return print_servers(&listing, c, terminal, error);
}

gboolean show_servers(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	static const ServerListing listing = { "spoor.server/1", "Exchange server in this case",
		append_server, append_server_json };

	return print_servers(&listing, c, terminal, error);
}

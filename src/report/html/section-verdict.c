/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict with its figures, and what to do first. */
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define STEPS_NOW     3
#define SERVERS_NAMED 3

/* ---- the facts ---- */

static const AssessedServer *find_server(const ReportModel *model, const char *host)
{
	const GPtrArray *servers = model->assessment->servers;

	for (guint i = 0; i < servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(servers, i);

		if (*server->name && g_ascii_strcasecmp(server->name, host) == 0)
			return server;
	}
	return NULL;
}

static const StageFacts *attempts_on(const AssessedServer *server, const ReportModel *model)
{
	const StageFacts *facts = server->stages->len ? g_ptr_array_index(server->stages, 0) : NULL;

	return facts && model_stage_number(model, facts->stage) == 0 ? facts : NULL;
}

/* How many of the high rules that fired on @host tell of attempts alone. */
static guint count_attempt_rules(const ReportModel *model, const ModelHost *host)
{
	const AssessedServer *server = find_server(model, host->name);
	const StageFacts *attempts = server ? attempts_on(server, model) : NULL;
	guint n = 0;

	for (guint i = 0; attempts && i < model->rules->len; i++) {
		const RuleInfo *info =
			((const ModelRule *)g_ptr_array_index(model->rules, i))->info;

		n += info->level == LEVEL_HIGH &&
			g_ptr_array_find_with_equal_func(
				attempts->rules, info->title, g_str_equal, NULL);
	}
	return MIN(n, host->high_rules);
}

static void measure_stages(const ReportModel *model, VerdictFacts *facts)
{
	const GPtrArray *servers = model->assessment->servers;

	for (guint i = 0; i < servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(servers, i);
		const StageFacts *reached = assessed_server_reached(server);
		const StageFacts *attempts = attempts_on(server, model);

		facts->entered |= reached && model_stage_number(model, reached->stage) > 0;
		facts->attacked |= reached != NULL;
		for (guint level = 0; attempts && level < LEVEL_N; level++)
			facts->attempts[level] += attempts->levels[level];
	}
}

/* The host on which most different high rules fired, if they also are of several tactics. */
static void find_worst_host(const ReportModel *model, VerdictFacts *facts)
{
	for (guint i = 0; i < model->hosts->len; i++) {
		const ModelHost *host = g_ptr_array_index(model->hosts, i);
		guint n_tactics = (guint)__builtin_popcount(host->high_tactics);
		guint n_rules = host->high_rules - count_attempt_rules(model, host);

		if (n_rules >= VERDICT_HIGH_RULES && n_tactics >= VERDICT_HIGH_TACTICS &&
			n_rules > facts->high_rules) {
			facts->high_rules = n_rules;
			facts->high_tactics = n_tactics;
		}
	}
}

static void measure_losses(const ReportModel *model, VerdictFacts *facts)
{
	g_autoptr(GHashTable) whole = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < model->evidence->len; i++) {
		const ModelEvidence *evidence = g_ptr_array_index(model->evidence, i);

		if (evidence->done && !*evidence->reader) { /* no log: it is told, but no loss */
			g_hash_table_add(whole, evidence->sha256);
			continue;
		}
		facts->evidence_bytes += evidence->size;
		if (!evidence->done) {
			facts->unjudged_bytes += evidence->size;
			facts->n_losses++;
			g_hash_table_add(whole, evidence->sha256);
		}
	}
	for (guint i = 0; i < model->gaps->len; i++) {
		const ModelGap *gap = g_ptr_array_index(model->gaps, i);

		facts->n_losses += gap->loss;
		if (gap->loss && *gap->sha256 && !g_hash_table_contains(whole, gap->sha256))
			facts->unjudged_bytes += gap->size;
	}
}

/* A file that was judged as a whole is as good as an event. */
static guint64 count_files(const ReportModel *model)
{
	guint64 n = 0;

	for (guint i = 0; i < model->evidence->len; i++)
		n += ((const ModelEvidence *)g_ptr_array_index(model->evidence, i))->as_file;
	return n;
}

/* Indicators of a kind that some evidence can hold are as good as a rule. */
static guint64 count_assessed_sets(const ReportModel *model)
{
	guint64 n = 0;

	for (guint i = 0; i < model->sets->len; i++) {
		const ModelSet *set = g_ptr_array_index(model->sets, i);

		n += !g_str_equal(set->status, "not assessed");
	}
	return n;
}

VerdictFacts section_facts(const ReportModel *model)
{
	VerdictFacts facts = { 0 };

	memcpy(facts.findings, model->findings, sizeof facts.findings);
	facts.n_events = model->n_events + count_files(model);
	facts.n_applicable_rules = model->n_applicable + count_assessed_sets(model);
	facts.interrupted = model_is_interrupted(model);
	measure_stages(model, &facts);
	find_worst_host(model, &facts);
	measure_losses(model, &facts);
	return facts;
}

/* ---- the verdict ---- */

void section_append_level(GString *out, RuleLevel level)
{
	const char *name = rule_level_name(level);

	g_string_append_printf(out, "<span class=\"level level-%s\">%s</span>", name, name);
}

static void append_levels(GString *out, const ReportModel *model)
{
	g_string_append(out, "<ul class=\"levels\">");
	for (guint level = LEVEL_N; level-- > 0;) {
		g_string_append_printf(out, "<li class=\"tally tally-%s%s\"><b>",
			rule_level_name(level), model->findings[level] ? "" : " none");
		html_append_number(out, model->findings[level]);
		g_string_append_printf(out, "</b> <span>%s</span></li>", rule_level_name(level));
	}
	g_string_append(out, "</ul>");
}

static void append_hosts_fact(GString *out, const ReportModel *model)
{
	guint n_severe = 0, n_any = 0, n_hosts = 0;
	gboolean is_elsewhere = FALSE;

	for (guint i = 0; i < model->hosts->len; i++) {
		const ModelHost *host = g_ptr_array_index(model->hosts, i);
		guint64 severe = host->findings[LEVEL_CRITICAL] + host->findings[LEVEL_HIGH];
		gboolean any = severe + host->findings[LEVEL_MEDIUM] + host->findings[LEVEL_LOW] +
				host->findings[LEVEL_INFORMATIONAL] >
			0;

		if (!*host->name) { /* files, and logs that do not say whose they are */
			is_elsewhere = any;
			continue;
		}
		n_hosts++;
		n_severe += severe > 0;
		n_any += any;
	}
	g_string_append(out, "<div><dt>Hosts with critical or high findings</dt><dd>");
	html_append_number(out, n_severe);
	g_string_append(out, " of ");
	html_append_number(out, n_hosts);
	g_string_append(out, "</dd><dd class=\"note\">");
	html_append_number(out, n_any);
	g_string_append_printf(
		out, " with any%s</dd></div>", is_elsewhere ? "; others name no host" : "");
}

static void append_completeness(GString *out, const ReportModel *model, const Verdict *verdict)
{
	guint64 n_losses = section_facts(model).n_losses, n_unsupported = 0, n_as_files = 0;

	for (guint i = 0; i < model->evidence->len; i++) {
		const ModelEvidence *evidence = g_ptr_array_index(model->evidence, i);

		n_unsupported += evidence->done && !*evidence->reader && !evidence->as_file;
		n_as_files += evidence->done && !*evidence->reader && evidence->as_file;
	}

	if (verdict->complete) {
		g_string_append(out,
			"<p class=\"completeness whole\"><b>Coverage is complete</b> for the logs "
			"given: "
			"all of them could be read and judged.");
		if (n_unsupported) {
			g_string_append(out, " ");
			html_append_plural(out, n_unsupported, "file is", "files are");
			g_string_append(out, " of a kind that spoor does not read.");
		}
		if (n_as_files) {
			g_string_append(out, " ");
			html_append_plural(out, n_as_files, "file that is no log was",
				"files that are no logs were");
			g_string_append(out, " judged by name, hashes and content.");
		}
		g_string_append(out, "</p>");
		return;
	}
	g_string_append(out, "<p class=\"completeness partial\"><b>Coverage is incomplete:</b> ");
	if (model_is_interrupted(model))
		g_string_append(out, "the last scan was interrupted; the same command goes on. ");
	if (n_losses) {
		html_append_plural(out, n_losses, "piece", "pieces");
		g_string_append(out, " of evidence could not be judged wholly. ");
	} else if (section_facts(model).n_events == 0) {
		g_string_append(out, "no event was judged. ");
	}
	g_string_append(out, "<a href=\"#coverage\">See what is missing</a></p>");
}

/* "EX01: shell used on 2021-03-03": the servers on which somebody got furthest come first. */
GString *section_stage_words(const ReportModel *model)
{
	GString *words = g_string_new(NULL);
	const GPtrArray *servers = model->assessment->servers;
	guint n = 0;

	for (guint stage = model->assessment->stages->len; stage-- > 0;) {
		for (guint i = 0; i < servers->len; i++) {
			const AssessedServer *server = g_ptr_array_index(servers, i);
			const StageFacts *reached = assessed_server_reached(server);
			char time[INSTANT_TEXT_BYTES];
			g_autofree char *title = NULL;

			if (!reached || model_stage_number(model, reached->stage) != stage ||
				n++ >= SERVERS_NAMED)
				continue;
			title = g_utf8_strdown(reached->stage->title, -1);
			instant_format(reached->first, time);
			g_string_append_printf(words, "%s%s: %s%s%.10s", words->len ? "; " : "",
				model_server_name(server), title, *time ? " on " : "", time);
		}
	}
	if (n > SERVERS_NAMED)
		g_string_append_printf(words, "; and %u more", n - SERVERS_NAMED);
	return words;
}

/* What an attack that worked might have left its traces in. */
static void append_not_assessed(GString *out, const ReportModel *model)
{
	const GPtrArray *servers = model->assessment->servers;
	g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(servers, i);

		for (guint k = 0; k < server->logs->len; k++) {
			const LogWindow *window = g_ptr_array_index(server->logs, k);

			if (!window->missing || !g_hash_table_add(named, window->log))
				continue;
			g_string_append(out,
				g_hash_table_size(named) > 1
					? ", "
					: "<p class=\"not-assessed\"><b>Not assessed, since it "
					  "was not given:</b> ");
			html_append_text(out, window->log);
		}
	}
	if (g_hash_table_size(named))
		g_string_append(out, ". <a href=\"#exchange\">What that leaves open</a></p>");
}

static void append_reason(GString *out, const ReportModel *model, const Verdict *verdict)
{
	g_autoptr(GString) stages = section_stage_words(model);

	g_string_append_printf(out, "<p class=\"reason\">%s", verdict->reason);
	if (stages->len) {
		g_string_append(out, " <b>");
		html_append_text(out, stages->str);
		g_string_append(out, "</b>.");
	}
	g_string_append(out, "</p>");
	if (verdict->kind == VERDICT_ATTACKED)
		append_not_assessed(out, model);
}

void section_append_verdict(GString *out, const ReportModel *model, const Verdict *verdict)
{
	g_string_append_printf(out,
		"<div class=\"verdict-words\"><p class=\"eyebrow\">Verdict</p>"
		"<h1 id=\"verdict-words\">%s</h1>",
		verdict->words);
	append_reason(out, model, verdict);
	append_completeness(out, model, verdict);
	g_string_append(out, "</div><div class=\"verdict-figures\">");
	append_levels(out, model);
	g_string_append(out, "<dl class=\"figures\">");
	append_hosts_fact(out, model);
	g_string_append(out, "<div><dt>Findings from</dt><dd>");
	html_append_date(out, model->first_finding);
	g_string_append(out, "</dd><dd class=\"note\">to ");
	html_append_date(out, model->last_finding);
	g_string_append(out, " (UTC)</dd></div><div><dt>Events judged</dt><dd>");
	html_append_number(out, model->n_events);
	g_string_append(out, "</dd><dd class=\"note\">by ");
	html_append_number(out, model->n_applicable);
	g_string_append(out, " applicable rules</dd></div></dl></div>");
}

/* ---- what to do first ---- */

static void append_names(GString *out, const GuidanceNames *names)
{
	g_string_append_printf(out, "<div><dt>%s</dt> <dd>", names->label);
	for (guint i = 0; i < names->names->len; i++) {
		g_string_append(out, i ? ", <span class=\"name\">" : "<span class=\"name\">");
		if (names->defang)
			html_append_defanged(out, g_ptr_array_index(names->names, i));
		else
			html_append_text(out, g_ptr_array_index(names->names, i));
		g_string_append(out, "</span>");
	}
	if (names->n > names->names->len) {
		g_string_append(out, " <span class=\"more\">and ");
		html_append_number(out, names->n - names->names->len);
		g_string_append(out, " more</span>");
	}
	g_string_append(out, "</dd></div>");
}

/* The box is ticked on paper or on the screen; its label is the title. */
static void append_step(GString *out, const GuidanceStep *step)
{
	g_string_append(out, "<li><p class=\"phase\">");
	html_append_text(out, step->phase);
	g_string_append(out, "</p><h3><label><input type=\"checkbox\"> ");
	html_append_text(out, step->title);
	g_string_append(out, "</label></h3><p>");
	html_append_text(out, step->text);
	g_string_append(out, "</p>");
	if (step->names->len) {
		g_string_append(out, "<dl>");
		for (guint i = 0; i < step->names->len; i++)
			append_names(out, g_ptr_array_index(step->names, i));
		g_string_append(out, "</dl>");
	}
	if (*step->references) {
		g_string_append(out, "<p class=\"note\">See ");
		html_append_text(out, step->references);
		g_string_append(out, "</p>");
	}
	g_string_append(out, "</li>");
}

/* The first few stand out: they are what has to be done today. */
void section_append_steps(GString *out, const Guidance *guidance)
{
	const GPtrArray *steps = guidance->steps;

	g_string_append(out, "<ol class=\"steps now\">");
	for (guint i = 0; i < steps->len; i++) {
		if (i == STEPS_NOW)
			g_string_append_printf(out,
				"</ol><h3 class=\"then\">Then</h3><ol class=\"steps later\" "
				"start=\"%u\">",
				STEPS_NOW + 1);
		append_step(out, g_ptr_array_index(steps, i));
	}
	g_string_append(out, "</ol>");
}

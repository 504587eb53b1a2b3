/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML report: one file that needs nothing else and may be mailed, printed and kept.
 *
 * assets/page.html is the frame; its {{places}} are filled here, in one pass, so that nothing that
 * is filled in can name a place. What must be readable without JavaScript is written as HTML by the
 * section-*.c files; the rest is data for assets/js (data.c). The page's Content-Security-Policy
 * names its one script and its one style sheet by hash: even if a text slipped through as markup,
 * no script of it would run and nothing could be fetched or sent.
 */
#include "report/html/assets.h"
#include "report/html/data.h"
#include "report/html/html-text.h"
#include "report/html/sections.h"
#include "report/report.h"
#include "report/visible.h"

#define ROWS_MOST  250000
#define BYTES_MOST (25u << 20) /* a page above it is made again with half of the rows */
#define ROWS_LEAST 1000

typedef struct Page {
	const ReportModel *model;
	const Verdict *verdict;
	const Guidance *guidance;
} Page;

/* ---- the places ---- */

static void append_source_hash(GString *out, const char *text)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize size = sizeof digest;
	g_autofree char *base64 = NULL;

	g_checksum_update(checksum, (const guchar *)text, -1);
	g_checksum_get_digest(checksum, digest, &size);
	base64 = g_base64_encode(digest, size);
	g_string_append_printf(out, "'sha256-%s'", base64);
}

static void put_script_hash(GString *out, const Page *page)
{
	append_source_hash(out, asset_report_js);
}

static void put_style_hash(GString *out, const Page *page)
{
	append_source_hash(out, asset_report_css);
}

static void put_script(GString *out, const Page *page)
{
	g_string_append(out, asset_report_js);
}

static void put_style(GString *out, const Page *page)
{
	g_string_append(out, asset_report_css);
}

static void put_title(GString *out, const Page *page)
{
	html_append_text(out, page->model->options->title);
}

static void put_verdict_slug(GString *out, const Page *page)
{
	g_string_append(out, page->verdict->slug);
}

static void put_verdict(GString *out, const Page *page)
{
	section_append_verdict(out, page->model, page->verdict);
}

static void put_steps(GString *out, const Page *page)
{
	section_append_steps(out, page->guidance);
}

static void put_exchange(GString *out, const Page *page)
{
	section_append_exchange(out, page->model, page->guidance);
}

static void put_exchange_link(GString *out, const Page *page)
{
	if (page->model->assessment->servers->len)
		g_string_append(out, "<a href=\"#exchange\">Exchange</a>");
}

static void put_rules(GString *out, const Page *page)
{
	section_append_rules(out, page->model);
}

static void put_groups(GString *out, const Page *page)
{
	section_append_groups(out, page->model);
}

static void put_coverage(GString *out, const Page *page)
{
	section_append_coverage(out, page->model);
}

static void put_sampled(GString *out, const Page *page)
{
	if (!page->model->sampled)
		return;
	g_string_append(out, "<p class=\"banner\"><b>This page holds ");
	html_append_number(out, page->model->rows->len);
	g_string_append(out, " of ");
	html_append_number(out, page->model->n_findings);
	g_string_append(out,
		" findings</b>, so that it can be opened: the critical and high ones "
		"first, and of the rest a fair sample. The verdict and the figures "
		"above count all. <code>spoor report --format jsonl</code> has all.</p>");
}

static void put_reproduction(GString *out, const Page *page)
{
	section_append_reproduction(out, page->model);
}

static void put_run(GString *out, const Page *page)
{
	section_append_run(out, page->model);
}

static void put_version(GString *out, const Page *page)
{
	html_append_text(out, page->model->options->tool_version);
}

static void put_data(GString *out, const Page *page)
{
	data_append_findings(out, page->model);
}

static void put_records(GString *out, const Page *page)
{
	data_append_records(out, page->model);
}

static const struct {
	const char *name;
	void (*put)(GString *out, const Page *page);
} places[] = {
	{ "script-hash", put_script_hash },
	{ "style-hash", put_style_hash },
	{ "script", put_script },
	{ "style", put_style },
	{ "title", put_title },
	{ "verdict-slug", put_verdict_slug },
	{ "verdict", put_verdict },
	{ "steps", put_steps },
	{ "exchange", put_exchange },
	{ "exchange-link", put_exchange_link },
	{ "rules", put_rules },
	{ "groups", put_groups },
	{ "coverage", put_coverage },
	{ "sampled", put_sampled },
	{ "reproduction", put_reproduction },
	{ "run", put_run },
	{ "version", put_version },
	{ "data", put_data },
	{ "records", put_records },
};

/* Fills the place called by the first @size bytes of @name. */
static void put_place(GString *out, const Page *page, const char *name, gsize size)
{
	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		if (strlen(places[i].name) == size && strncmp(places[i].name, name, size) == 0) {
			places[i].put(out, page);
			return;
		}
	}
	g_assert_not_reached(); /* page.html names a place that is not there */
}

static GString *render(const Page *page)
{
	GString *out = g_string_new(NULL);
	const char *at = asset_page_html;

	while (TRUE) {
		const char *open = strstr(at, "{{");
		const char *end = open ? strstr(open, "}}") : NULL;

		if (!end)
			break;
		g_string_append_len(out, at, open - at);
		put_place(out, page, open + 2, (gsize)(end - open - 2));
		at = end + 2;
	}
	g_string_append(out, at);
	return out;
}

/* ---- the format ---- */

static void put_summary(GString *summary, const ReportModel *model, const Verdict *verdict)
{
	g_autoptr(GString) stages = section_stage_words(model);

	g_string_printf(summary, "%s: %s", verdict->words, verdict->reason);
	if (stages->len) {
		g_string_append_c(summary, ' ');
		visible_append_text(summary, stages->str);
		g_string_append_c(summary, '.');
	}
}

static GString *make_page(Case *c, const ReportOptions *options, guint max_rows, GError **error)
{
	g_autoptr(ReportModel) model = report_model_load(c, options, max_rows, error);
	g_autoptr(Guidance) guidance = NULL;
	VerdictFacts facts;
	Verdict verdict;
	Page page;

	if (!model)
		return NULL;
	facts = section_facts(model);
	verdict = verdict_of(&facts);
	if (options->summary)
		put_summary(options->summary, model, &verdict);
	guidance = guidance_load(model, &verdict, error);
	if (!guidance)
		return NULL;
	page = (Page){ model, &verdict, guidance };
	return render(&page);
}

static gboolean write_html(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	GString *text = make_page(c, options, ROWS_MOST, error);

	for (guint rows = ROWS_MOST / 2; text && text->len > BYTES_MOST && rows >= ROWS_LEAST;
		rows /= 2) {
		g_string_free(text, TRUE);
		text = make_page(c, options, rows, error);
	}
	if (!text)
		return FALSE;
	(void)fwrite(text->str, 1, text->len, out); /* the caller checks ferror() */
	g_string_free(text, TRUE);
	return TRUE;
}

extern const ReportFormat html_report;
const ReportFormat html_report = {
	.name = "html",
	.description = "one page to look at, print and mail; needs nothing else",
	.media_type = "text/html",
	.suffix = ".html",
	.write = write_html,
};

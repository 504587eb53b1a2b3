/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include "cli/session.h"

#define PLAIN_INTERVAL_US (5 * G_USEC_PER_SEC)
#define LIVE_INTERVAL_US  (G_USEC_PER_SEC / 10)
#define PATH_WIDTH_MIN	  10
#define ESTIMATE_SECONDS  10

ProgressLine progress_make(const char *mode, const char *color)
{
	ProgressLine line = { .terminal = terminal_make(stderr, color) };

	if (g_strcmp0(mode, "plain") == 0)
		line.mode = PROGRESS_PLAIN;
	else if (g_strcmp0(mode, "never") != 0 && line.terminal.is_terminal)
		line.mode = PROGRESS_LIVE;
	line.started_us = g_get_monotonic_time();
	return line;
}

static void append_bytes(GString *ret, guint64 bytes)
{
	if (bytes >= 10 * G_GUINT64_CONSTANT(1000000000))
		g_string_append_printf(ret, "%.1f GB", (double)bytes / 1e9);
	else
		g_string_append_printf(ret, "%.1f MB", (double)bytes / 1e6);
}

static void append_findings(GString *ret, const guint64 *findings)
{
	guint64 total = 0;

	for (int level = LEVEL_N - 1; level >= 0; level--) {
		total += findings[level];
		if (findings[level] > 0 && level >= LEVEL_HIGH)
			g_string_append_printf(ret, "%" G_GUINT64_FORMAT " %s, ", findings[level],
				rule_level_name((RuleLevel)level));
	}
	g_string_append_printf(ret, "%" G_GUINT64_FORMAT " findings", total);
}

/* What is left, by the rate so far; only once that says something, and never more exact than it is.
 */
static void append_estimate(GString *ret, const ScanProgress *progress, double seconds)
{
	guint64 done = progress->bytes_done, total = progress->bytes_total;
	double left;

	if (seconds < ESTIMATE_SECONDS || done >= total || done < total / 20)
		return;
	left = seconds * (double)(total - done) / (double)done;
	if (left < 90)
		g_string_append_printf(ret, ", about %.0f s left", left);
	else if (left < 5400)
		g_string_append_printf(ret, ", about %.0f min left", left / 60);
	else
		g_string_append_printf(ret, ", about %.1f h left", left / 3600);
}

static void append_line(GString *ret, const ProgressLine *line, const ScanProgress *progress)
{
	double seconds = (double)(g_get_monotonic_time() - line->started_us) / G_USEC_PER_SEC;
	guint percent = progress->bytes_total
		? (guint)(100.0 * (double)progress->bytes_done / (double)progress->bytes_total)
		: 0;

	g_string_append_printf(ret, "%3u%%  ", MIN(percent, 100));
	append_bytes(ret, progress->bytes_done);
	g_string_append(ret, " of ");
	append_bytes(ret, progress->bytes_total);
	if (seconds >= 0.5)
		g_string_append_printf(
			ret, ", %.0f MB/s", (double)progress->bytes_done / 1e6 / seconds);
	append_estimate(ret, progress, seconds);
	g_string_append_printf(ret, ", %u of %u files, %" G_GUINT64_FORMAT " events, ",
		progress->n_evidence_done, progress->n_evidence, progress->events);
	append_findings(ret, progress->findings);
	if (progress->gaps > 0)
		g_string_append_printf(ret, ", %" G_GUINT64_FORMAT " gaps", progress->gaps);
}

void progress_show(void *context, const ScanProgress *progress)
{
	ProgressLine *line = context;
	gint64 now = g_get_monotonic_time();
	gint64 interval = line->mode == PROGRESS_LIVE ? LIVE_INTERVAL_US : PLAIN_INTERVAL_US;
	g_autoptr(GString) facts = g_string_new(NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	guint used, width = line->terminal.width - 1;

	if (line->mode == PROGRESS_NEVER || (line->shown_us && now - line->shown_us < interval))
		return;
	line->shown_us = now;
	append_line(facts, line, progress);
	if (line->mode == PROGRESS_PLAIN) {
		(void)fprintf(stderr, "%s\n", facts->str); /* progress may get lost */
		return;
	}
	terminal_append_clipped(text, facts->str, width);
	used = terminal_text_width(text->str);
	if (progress->current && used + 2 + PATH_WIDTH_MIN <= width) {
		g_string_append(text, "  ");
		terminal_append_path(text, progress->current, width - used - 2);
	}
	(void)fprintf(stderr, "\r\033[K%s", text->str);
	(void)fflush(stderr);
	line->on_screen = TRUE;
}

void progress_end(ProgressLine *line)
{
	if (line->on_screen)
		(void)fputs("\r\033[K", stderr);
	line->on_screen = FALSE;
}

void progress_warn(void *context, const char *text)
{
	progress_end(context);
	session_complain(text);
}

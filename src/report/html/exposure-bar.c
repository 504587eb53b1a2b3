/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/exposure-bar.h"

#include <string.h>

#include "report/html/html-text.h"

#define DAY	     (INT64_C(86400) * INSTANT_SECOND)
#define AXIS_STEPS   4 /* labels: one more than these */
#define BUILDS_DRAWN 40
#define HITS_DRAWN   400

/* Of 10,000 parts of the width: a narrower part has no room for a word. */
#define LABEL_LEAST 1500

/* ---- the axis ---- */

static void widen(BarAxis *axis, Instant time)
{
	if (time == INSTANT_NONE)
		return;
	if (axis->from == INSTANT_NONE || time < axis->from)
		axis->from = time;
	if (axis->to == INSTANT_NONE || time > axis->to)
		axis->to = time;
}

static Instant last_evidence(const AssessedServer *server)
{
	BarAxis axis = { INSTANT_NONE, INSTANT_NONE };

	for (guint i = 0; i < server->builds->len; i++)
		widen(&axis, ((const BuildSpan *)g_ptr_array_index(server->builds, i))->last.time);
	for (guint i = 0; i < server->logs->len; i++)
		widen(&axis, ((const LogWindow *)g_ptr_array_index(server->logs, i))->last);
	return axis.to;
}

static void widen_for_exposure(
	BarAxis *axis, const AssessedServer *server, const Exposure *exposure)
{
	Instant last = last_evidence(server);

	/* A flaw that came up after the last evidence: there is no bar to make room for. */
	if (exposure->from == INSTANT_NONE || (last != INSTANT_NONE && exposure->from > last))
		return;
	widen(axis, exposure->from);
	widen(axis, exposure->at_least);
	widen(axis, exposure->to);
	if (exposure->to == INSTANT_NONE && exposure->state == EXPOSURE_EXPOSED)
		widen(axis, last);
}

static void widen_for_logs(BarAxis *axis, const AssessedServer *server)
{
	for (guint i = 0; i < server->builds->len; i++) {
		const BuildSpan *span = g_ptr_array_index(server->builds, i);

		widen(axis, span->first.time);
		widen(axis, span->last.time);
	}
	for (guint i = 0; i < server->logs->len; i++) {
		const LogWindow *window = g_ptr_array_index(server->logs, i);

		widen(axis, window->first);
		widen(axis, window->last);
	}
}

/* Instants are far from the ends of their range in any log; a hostile one is taken to the edge. */
static Instant move(Instant time, Instant by)
{
	Instant moved;

	if (__builtin_add_overflow(time, by, &moved) || moved == INSTANT_NONE)
		return by > 0 ? INT64_MAX : INT64_MIN + 1;
	return moved;
}

BarAxis exposure_axis(const ReportModel *model)
{
	BarAxis axis = { INSTANT_NONE, INSTANT_NONE };
	const GPtrArray *servers = model->assessment->servers;
	Instant room;

	for (guint i = 0; i < model->hits->len; i++)
		widen(&axis, g_array_index(model->hits, ModelHit, i).time);
	for (guint i = 0; i < servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(servers, i);

		for (guint k = 0; k < server->exposures->len; k++)
			widen_for_exposure(&axis, server, g_ptr_array_index(server->exposures, k));
	}
	for (guint i = 0; i < servers->len && axis.from == INSTANT_NONE; i++)
		widen_for_logs(&axis, g_ptr_array_index(servers, i));
	if (axis.from == INSTANT_NONE)
		return axis;
	room = MAX(axis.to / 16 - axis.from / 16, DAY);
	return (BarAxis){ move(axis.from, -room), move(axis.to, room) };
}

/* Where @time is, in 10,000 parts of the axis; at its nearer end where it is outside. */
static guint place(const BarAxis *axis, Instant time)
{
	if (time <= axis->from)
		return 0;
	if (time >= axis->to)
		return 10000;
	return (guint)(((double)time - (double)axis->from) * 10000 /
		((double)axis->to - (double)axis->from));
}

/* ---- the parts ---- */

static void add_part(BarPart *parts, guint *n, const BarAxis *axis, ExposureState state,
	Instant from, Instant to)
{
	BarPart part = { state, CLAMP(from, axis->from, axis->to),
		CLAMP(to, axis->from, axis->to) };

	if (part.from < part.to)
		parts[(*n)++] = part;
}

/* A server that was never exposed as far as is known: its builds say since when. */
static guint unexposed_parts(
	const AssessedServer *server, const Exposure *exposure, const BarAxis *axis, BarPart *parts)
{
	BarAxis known = { INSTANT_NONE, INSTANT_NONE };
	guint n = 0;

	/* It had the flaw before that was known to be used: nothing to draw, if times are known. */
	for (guint i = 0; exposure->state == EXPOSURE_EXPOSED && i < server->builds->len; i++) {
		const BuildSpan *span = g_ptr_array_index(server->builds, i);

		if (span->first.time != INSTANT_NONE)
			return 0;
	}
	if (exposure->state != EXPOSURE_CLOSED) {
		add_part(parts, &n, axis,
			exposure->state == EXPOSURE_EXPOSED ? EXPOSURE_UNKNOWN : exposure->state,
			axis->from, axis->to);
		return n;
	}
	widen(&known, exposure->first_closed.time);
	for (guint i = 0; i < server->builds->len; i++)
		widen(&known,
			((const BuildSpan *)g_ptr_array_index(server->builds, i))->first.time);
	if (known.from == INSTANT_NONE)
		known.from = axis->to;
	add_part(parts, &n, axis, EXPOSURE_UNKNOWN, axis->from, known.from);
	add_part(parts, &n, axis, EXPOSURE_CLOSED, known.from, axis->to);
	return n;
}

guint exposure_parts(const AssessedServer *server, const Exposure *exposure, const BarAxis *axis,
	BarPart ret[BAR_PARTS_MAX])
{
	Instant least = exposure->at_least, closed = exposure->to;
	guint n = 0;

	if (exposure->from == INSTANT_NONE)
		return unexposed_parts(server, exposure, axis, ret);
	if (least == INSTANT_NONE || least < exposure->from)
		least = exposure->from;
	if (closed == INSTANT_NONE)
		closed = axis->to;
	least = MIN(least, closed);
	add_part(ret, &n, axis, EXPOSURE_EXPOSED, exposure->from, least);
	add_part(ret, &n, axis, EXPOSURE_UNKNOWN, least, closed);
	add_part(ret, &n, axis, EXPOSURE_CLOSED, closed, axis->to);
	return n;
}

/* ---- drawing ---- */

static void append_date(GString *out, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	html_append_date(out, text);
}

static void append_time(GString *out, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	html_append_time(out, text);
}

static void append_percent(GString *out, const char *name, guint parts)
{
	g_string_append_printf(out, " %s=\"%u.%02u%%\"", name, parts / 100, parts % 100);
}

/* Words and builds within a drawing, where no markup may stand: what is not plain is left out. */
static void append_plain(GString *out, const char *text)
{
	for (; *text; text++)
		if (g_ascii_isalnum(*text) || strchr(". -", *text))
			g_string_append_c(out, *text);
}

static void begin_bar(GString *out, const char *name, const char *kind)
{
	g_string_append(out, "<div class=\"bar-row\"><span class=\"bar-name\">");
	html_append_text(out, name);
	g_string_append_printf(out, "</span><svg class=\"%s\" role=\"img\">", kind);
}

static void append_part(
	GString *out, const BarAxis *axis, const char *kind, const BarPart *part, const char *word)
{
	guint from = place(axis, part->from), to = place(axis, part->to);

	g_string_append_printf(out, "<rect class=\"%s\"", kind);
	append_percent(out, "x", from);
	append_percent(out, "width", MAX(to - from, 20));
	g_string_append(out, " height=\"18\"><title>");
	append_plain(out, word);
	g_string_append(out, ", ");
	append_time(out, part->from);
	g_string_append(out, " to ");
	append_time(out, part->to);
	g_string_append(out, "</title></rect>");
	if (to - from < LABEL_LEAST)
		return;
	g_string_append_printf(out, "<text class=\"on-%s\"", kind);
	append_percent(out, "x", from);
	g_string_append(out, " dx=\"5\" y=\"13\">");
	append_plain(out, word);
	g_string_append(out, "</text>");
}

static void append_flaw(
	GString *out, const BarAxis *axis, const AssessedServer *server, const Exposure *exposure)
{
	static const char *const kinds[EXPOSURE_N] = {
		[EXPOSURE_UNKNOWN] = "bar-unknown",
		[EXPOSURE_EXPOSED] = "bar-exposed",
		[EXPOSURE_CLOSED] = "bar-closed",
		[EXPOSURE_NOT_APPLICABLE] = "bar-closed",
	};
	BarPart parts[BAR_PARTS_MAX];
	guint n = exposure_parts(server, exposure, axis, parts);

	begin_bar(out, exposure->flaw, "bar-line");
	for (guint i = 0; i < n; i++)
		append_part(out, axis, kinds[parts[i].state], &parts[i],
			exposure_state_name(parts[i].state));
	g_string_append(out, "</svg></div>");
}

/* From when to when any source says that the server ran @build. */
static BarAxis span_of(const AssessedServer *server, const char *build)
{
	BarAxis span = { INSTANT_NONE, INSTANT_NONE };

	for (guint i = 0; i < server->builds->len; i++) {
		const BuildSpan *one = g_ptr_array_index(server->builds, i);

		if (strcmp(one->build, build) == 0) {
			widen(&span, one->first.time);
			widen(&span, one->last.time);
		}
	}
	return span;
}

static void append_builds(GString *out, const BarAxis *axis, const AssessedServer *server)
{
	g_autoptr(GHashTable) drawn = g_hash_table_new(g_str_hash, g_str_equal);

	begin_bar(out, "Builds", "bar-line");
	for (guint i = 0; i < server->builds->len; i++) {
		const BuildSpan *one = g_ptr_array_index(server->builds, i);
		BarAxis span;

		if (g_hash_table_size(drawn) == BUILDS_DRAWN ||
			!g_hash_table_add(drawn, one->build))
			continue;
		span = span_of(server, one->build);
		if (span.from != INSTANT_NONE && span.to >= axis->from && span.from <= axis->to) {
			const BarPart part = { EXPOSURE_N, MAX(span.from, axis->from),
				MIN(span.to, axis->to) };

			append_part(out, axis, "bar-build", &part, one->build);
		}
	}
	g_string_append(out, "</svg></div>");
}

/* Attempts are short, what worked is tall: the one is seen above the other. */
static void append_hits(GString *out, const ReportModel *model, const BarAxis *axis, guint server)
{
	g_autoptr(GHashTable) drawn = g_hash_table_new(NULL, NULL);

	begin_bar(out, "Hits", "bar-line bar-hits");
	for (guint i = 0; i < model->hits->len && g_hash_table_size(drawn) < HITS_DRAWN; i++) {
		const ModelHit *hit = &g_array_index(model->hits, ModelHit, i);
		guint stage = model_stage_number(model, hit->facts->stage);
		guint at = hit->time == INSTANT_NONE ? 0 : place(axis, hit->time) / 20;

		if (hit->server != server || hit->time == INSTANT_NONE ||
			!g_hash_table_add(drawn, GUINT_TO_POINTER(at * 16 + stage + 1)))
			continue;
		g_string_append_printf(out, "<rect class=\"%s\"", stage ? "hit-in" : "hit-try");
		append_percent(out, "x", MIN(at * 20, 9950));
		g_string_append_printf(out, " y=\"%u\" width=\"3\" height=\"%u\"><title>",
			stage ? 0 : 9, stage ? 18 : 9);
		append_plain(out, hit->facts->stage->title);
		g_string_append(out, ", ");
		append_time(out, hit->time);
		g_string_append(out, "</title></rect>");
	}
	g_string_append(out, "</svg></div>");
}

static void append_axis(GString *out, const BarAxis *axis)
{
	Instant step = axis->to / AXIS_STEPS - axis->from / AXIS_STEPS;

	g_string_append(out,
		"<div class=\"bar-row bar-axis\"><span class=\"bar-name\"></span>"
		"<span class=\"bar-dates\">");
	for (guint i = 0; i <= AXIS_STEPS; i++) {
		g_string_append(out, "<span>");
		append_date(out, i == AXIS_STEPS ? axis->to : axis->from + step * i);
		g_string_append(out, "</span>");
	}
	g_string_append(out, "</span></div>");
}

void exposure_append_bars(GString *out, const ReportModel *model, const BarAxis *axis, guint number)
{
	const AssessedServer *server = g_ptr_array_index(model->assessment->servers, number);

	if (axis->from == INSTANT_NONE)
		return;
	g_string_append(out, "<div class=\"bars\">");
	if (server->builds->len)
		append_builds(out, axis, server);
	for (guint i = 0; i < server->exposures->len; i++)
		append_flaw(out, axis, server, g_ptr_array_index(server->exposures, i));
	append_hits(out, model, axis, number);
	append_axis(out, axis);
	g_string_append(out, "</div>");
}

void exposure_append_legend(GString *out)
{
	g_string_append(out,
		"<svg class=\"defs\" aria-hidden=\"true\"><pattern id=\"hatch-bar\" width=\"5\" "
		"height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<path class=\"hatch-line\" d=\"M0 0v5\"/></pattern></svg>"
		"<p class=\"note bar-legend\"><svg><rect class=\"bar-exposed\" width=\"100%\" "
		"height=\"12\"/></svg> exposed <svg><rect class=\"bar-unknown\" width=\"100%\" "
		"height=\"12\"/></svg> unknown <svg><rect class=\"bar-closed\" width=\"100%\" "
		"height=\"12\"/></svg> closed or not applicable; empty: before the flaw was known "
		"to be used. Hits: tall where it worked, short where it was tried. All servers "
		"have the same axis (UTC); nothing is known of days without logs.</p>");
}

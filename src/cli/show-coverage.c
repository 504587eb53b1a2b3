/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor show coverage: what was looked at, and what was not.
 *
 * As JSON the whole ledger: one spoor.coverage/1 with the sums, then spoor.evidence/1, spoor.gap/1,
 * spoor.rule/1 (show-lists.c), spoor.hour/1 for every hour of every log that has events, and
 * spoor.silence/1 for the stretches in between that have none. For people the same in short.
 */
#include <string.h>

#include "base/instant.h"
#include "cli/session.h"
#include "cli/show.h"

#define SILENCES_SHOWN 10
#define HOUR	       (3600 * INSTANT_SECOND)

/* ---- evidence ---- */

static const RowField evidence_fields[] = { { "path", ROW_TEXT }, { "sha256", ROW_TEXT },
	{ "size", ROW_NUMBER }, { "modified", ROW_MAYBE }, { "state", ROW_TEXT },
	{ "reader", ROW_MAYBE }, { "score", ROW_NUMBER }, { "events", ROW_NUMBER },
	{ "recovered", ROW_NUMBER }, { "first", ROW_MAYBE }, { "last", ROW_MAYBE },
	{ "losses", ROW_NUMBER }, { "remarks", ROW_NUMBER }, { "findings", ROW_NUMBER },
	{ "members", ROW_NUMBER }, { "judged_as_file", ROW_TRUTH } };

/* What is in it is evidence of its own. */
static gboolean is_archive(const char *const *columns)
{
	return g_str_equal(columns[5], "archive");
}

static const char *evidence_state(const char *const *columns)
{
	gboolean known = columns[5][0] != '\0';

	if (g_str_equal(columns[4], "open"))
		return known ? "half done" : "not judged";
	if (!known)
		return columns[15][0] == '1' ? "as a file" : "unknown";
	if (!g_str_equal(columns[11], "0"))
		return "partly";
	return is_archive(columns) ? "archive" : "judged";
}

static void append_evidence(const Terminal *terminal, GString *ret, const char *const *columns)
{
	g_autofree char *state = NULL, *inside = NULL;

	if (!columns) {
		terminal_append_styled(terminal, ret, STYLE_BOLD,
			"state         events  recovered  gaps  findings  path");
		g_string_append_c(ret, '\n');
		return;
	}
	state = g_strdup_printf("%-10s", evidence_state(columns));
	if (is_archive(columns))
		inside = g_strdup_printf("%s inside", columns[14]);
	terminal_append_styled(terminal, ret,
		g_str_has_prefix(state, "judged") || g_str_has_prefix(state, "archive") ||
				g_str_has_prefix(state, "as a file")
			? STYLE_PLAIN
			: STYLE_WARN,
		state);
	g_string_append_printf(ret, "%10s %10s %5s %9s  ", inside ? inside : columns[7],
		inside ? "" : columns[8], columns[11], inside ? "" : columns[13]);
	terminal_append_path(ret, columns[0], terminal->width - 49);
	g_string_append_c(ret, '\n');
}

static const Listing evidence_listing = {
	.schema = "spoor.evidence/1",
	.sql = "SELECT path, sha256, size, modified, state, reader, score, in_use, recovered, "
	       "first, "
	       "last, losses, remarks, findings, "
	       /* '0' is what comes behind '/': all that is in the archive, at any depth. */
	       "CASE reader WHEN 'archive' THEN (SELECT count(*) FROM evidence_path m "
	       "WHERE m.path > v.path || '/' AND m.path < v.path || '0') ELSE 0 END, judged "
	       "FROM v_coverage v ORDER BY path",
	.fields = evidence_fields,
	.n_fields = G_N_ELEMENTS(evidence_fields),
	.append = append_evidence,
};

/* ---- sums ---- */

static const RowField sum_fields[] = { { "evidence", ROW_NUMBER }, { "judged", ROW_NUMBER },
	{ "unknown", ROW_NUMBER }, { "bytes", ROW_NUMBER }, { "events", ROW_NUMBER },
	{ "recovered", ROW_NUMBER }, { "losses", ROW_NUMBER }, { "remarks", ROW_NUMBER },
	{ "rules_fired", ROW_NUMBER }, { "rules_quiet", ROW_NUMBER },
	{ "rules_not_applicable", ROW_NUMBER }, { "rules_rejected", ROW_NUMBER },
	{ "complete", ROW_TRUTH }, { "interrupted", ROW_TRUTH }, { "rules_correlated", ROW_NUMBER },
	{ "files_judged", ROW_NUMBER }, { "members_judged", ROW_NUMBER },
	{ "intel_sources", ROW_NUMBER }, { "indicators", ROW_NUMBER },
	{ "indicators_found", ROW_NUMBER } };

enum SumColumn {
	SUM_EVIDENCE,
	SUM_JUDGED,
	SUM_UNKNOWN,
	SUM_BYTES,
	SUM_EVENTS,
	SUM_RECOVERED,
	SUM_LOSSES,
	SUM_REMARKS,
	SUM_FIRED,
	SUM_QUIET,
	SUM_NOT_APPLICABLE,
	SUM_REJECTED,
	SUM_COMPLETE,
	SUM_INTERRUPTED,
	SUM_CORRELATED,
	SUM_FILES,
	SUM_MEMBERS,
	SUM_SOURCES,
	SUM_INDICATORS,
	SUM_INDICATORS_FOUND,
};

static void append_sums(const Terminal *terminal, GString *ret, const char *const *columns)
{
	const struct {
		const char *before;
		enum SumColumn column;
	} parts[] = {
		{ "", SUM_EVENTS },
		{ " events judged in ", SUM_JUDGED },
		{ " of ", SUM_EVIDENCE },
		{ " pieces of evidence, and ", SUM_RECOVERED },
		{ " recovered.\nRules: ", SUM_FIRED },
		{ " fired, ", SUM_QUIET },
		{ " were quiet, ", SUM_NOT_APPLICABLE },
		{ " found no log they apply to, ", SUM_REJECTED },
	};

	if (!columns)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_string_append(ret, parts[i].before);
		append_number(ret, columns[parts[i].column]);
	}
	g_string_append(ret, " were rejected.\n");
	if (!g_str_equal(columns[SUM_CORRELATED], "0")) {
		append_number(ret, columns[SUM_CORRELATED]);
		g_string_append(ret,
			" were true of events of which correlations alone tell: spoor show rules "
			"--status correlated\n");
	}
	if (!g_str_equal(columns[SUM_SOURCES], "0")) {
		g_string_append(ret, "Indicators: ");
		append_number(ret, columns[SUM_INDICATORS_FOUND]);
		g_string_append(ret, " found of ");
		append_number(ret, columns[SUM_INDICATORS]);
		g_string_append_printf(ret, " in %s source%s of intelligence: see below.\n",
			columns[SUM_SOURCES], g_str_equal(columns[SUM_SOURCES], "1") ? "" : "s");
	}
	if (!g_str_equal(columns[SUM_FILES], "0")) {
		append_number(ret, columns[SUM_FILES]);
		g_string_append(ret, " files were judged by name, hashes and content");
		if (!g_str_equal(columns[SUM_MEMBERS], "0")) {
			g_string_append(ret, ", ");
			append_number(ret, columns[SUM_MEMBERS]);
			g_string_append(ret, " of them inside archives");
		}
		g_string_append(ret, ".\n");
	}
	if (!g_str_equal(columns[SUM_UNKNOWN], "0")) {
		append_number(ret, columns[SUM_UNKNOWN]);
		g_string_append_printf(ret, " %s passed over: no reader knows the format.\n",
			g_str_equal(columns[SUM_UNKNOWN], "1") ? "was" : "were");
	}
	if (columns[SUM_INTERRUPTED][0] == '1')
		terminal_append_styled(terminal, ret, STYLE_WARN,
			"The last scan was interrupted: there may be evidence that it did not come "
			"to, "
			"and that\nis not even listed. The same command goes on.\n");
	else if (columns[SUM_COMPLETE][0] == '1')
		terminal_append_styled(terminal, ret, STYLE_GOOD,
			"All evidence of known formats was assessed wholly.\n");
	else
		terminal_append_styled(terminal, ret, STYLE_WARN,
			"Not all evidence was assessed: see the gaps below.\n");
	g_string_append_c(ret, '\n');
}

/* What an interrupted scan did not come to may not even be listed. */
#define LAST_INTERRUPTED                                                                           \
	"coalesce((SELECT outcome NOT IN ('complete', 'incomplete') FROM run "                     \
	"ORDER BY id DESC LIMIT 1), 0)"

/* An archive in another one has its members counted once. */
#define MEMBERS_JUDGED                                                                             \
	"(SELECT count(DISTINCT m.path) FROM evidence r JOIN evidence_path a ON "                  \
	"a.sha256 = r.sha256 JOIN evidence_path m ON m.path > a.path || '/' AND "                  \
	"m.path < a.path || '0' WHERE r.reader = 'archive' AND m.judged)"

/* Indicators are counted apart. */
#define RULES "kind NOT IN ('indicator', 'indicators', 'observation') AND "

static const Listing sum_listing = {
	.schema = "spoor.coverage/1",
	.sql = "SELECT count(*), coalesce(sum(state = 'done' AND reader <> ''), 0), "
	       "coalesce(sum(state = 'done' AND reader = '' AND NOT EXISTS "
	       "(SELECT 1 FROM evidence_path p WHERE p.sha256 = e.sha256 AND p.judged)), 0), "
	       "coalesce(sum(size), 0), coalesce(sum(in_use), 0), coalesce(sum(recovered), 0), "
	       "(SELECT count(*) FROM gap WHERE loss = 1), "
	       "(SELECT count(*) FROM gap WHERE loss = 0), "
	       "(SELECT count(*) FROM v_rule_summary WHERE " RULES "status = 'fired'), "
	       "(SELECT count(*) FROM v_rule_summary WHERE " RULES "status = 'quiet'), "
	       "(SELECT count(*) FROM v_rule_summary WHERE " RULES "status = 'not applicable'), "
	       "(SELECT count(*) FROM v_rule_summary WHERE " RULES "status = 'rejected'), "
	       "NOT EXISTS (SELECT 1 FROM gap WHERE loss = 1) "
	       "AND coalesce(sum(state = 'open'), 0) = 0 AND NOT " LAST_INTERRUPTED
	       ", " LAST_INTERRUPTED ", (SELECT count(*) FROM v_rule_summary WHERE " RULES
	       "status = 'correlated'), "
	       "(SELECT coalesce(sum(judged), 0) FROM evidence_path), " MEMBERS_JUDGED
	       ", (SELECT count(*) FROM intel_source), "
	       "(SELECT coalesce(sum(accepted), 0) FROM intel_source), "
	       "(SELECT count(*) FROM rule WHERE kind = 'indicator') "
	       "FROM evidence e",
	.fields = sum_fields,
	.n_fields = G_N_ELEMENTS(sum_fields),
	.append = append_sums,
};

/* ---- hours with and without logs ---- */

static const RowField hour_fields[] = { { "host", ROW_TEXT }, { "channel", ROW_TEXT },
	{ "hour", ROW_TEXT }, { "events", ROW_NUMBER }, { "recovered", ROW_NUMBER } };
static const RowField silence_fields[] = { { "host", ROW_TEXT }, { "channel", ROW_TEXT },
	{ "from", ROW_TEXT }, { "until", ROW_TEXT }, { "hours", ROW_NUMBER } };

#define HOURS_SQL                                                                                  \
	"SELECT host, channel, hour, in_use, recovered FROM v_hour WHERE hour <> '' "              \
	"ORDER BY host, channel, hour"

typedef struct Silence {
	char *host, *channel;
	Instant from, until; /* the first hour without events, and the next one with */
} Silence;

typedef struct Hours {
	gboolean json;
	char *host, *channel;
	Instant last;	  /* hour of the row before */
	GArray *silences; /* Silence; for people */
	guint64 n_hours, n_logs;
} Hours;

static void silence_clear(gpointer data)
{
	Silence *silence = data;

	g_free(silence->host);
	g_free(silence->channel);
}

static void print_silence(const Silence *silence)
{
	char from[INSTANT_TEXT_BYTES], until[INSTANT_TEXT_BYTES];
	g_autofree char *hours =
		g_strdup_printf("%" G_GINT64_FORMAT, (silence->until - silence->from) / HOUR);
	const char *columns[] = { silence->host, silence->channel, from, until, hours };
	g_autoptr(GString) text = g_string_new(NULL);

	instant_format(silence->from, from);
	instant_format(silence->until, until);
	row_append_json(
		text, "spoor.silence/1", silence_fields, G_N_ELEMENTS(silence_fields), columns);
	session_print(text);
}

/* Between two hours of the same log lies a silence, where they are not neighbours. */
static void note_silence(Hours *hours, Instant hour)
{
	Silence silence = { hours->host, hours->channel, hours->last + HOUR, hour };

	if (silence.until <= silence.from)
		return;
	if (hours->json) {
		print_silence(&silence);
		return;
	}
	silence.host = g_strdup(silence.host);
	silence.channel = g_strdup(silence.channel);
	g_array_append_val(hours->silences, silence);
}

static gboolean take_hour(void *context, guint n_columns, const char *const *columns)
{
	Hours *hours = context;
	Instant hour = INSTANT_NONE;
	gboolean same = g_strcmp0(hours->host, columns[0]) == 0 &&
		g_strcmp0(hours->channel, columns[1]) == 0;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!instant_parse(slice_from_text(columns[2]), &hour))
		return TRUE; /* a case made by hand: no hour, nothing to say */
	if (same)
		note_silence(hours, hour);
	else
		hours->n_logs++;
	hours->n_hours++;
	hours->last = hour;
	g_free(hours->host);
	g_free(hours->channel);
	hours->host = g_strdup(columns[0]);
	hours->channel = g_strdup(columns[1]);
	if (hours->json) {
		row_append_json(
			text, "spoor.hour/1", hour_fields, G_N_ELEMENTS(hour_fields), columns);
		session_print(text);
	}
	return !ferror(stdout);
}

static int compare_silences(gconstpointer a, gconstpointer b)
{
	const Silence *x = a, *y = b;
	Instant x_size = x->until - x->from, y_size = y->until - y->from;
	int order = (y_size > x_size) - (y_size < x_size);

	order = order ? order : strcmp(x->host, y->host);
	order = order ? order : strcmp(x->channel, y->channel);
	return order ? order : (x->from > y->from) - (x->from < y->from);
}

static void append_silences(const Terminal *terminal, GString *ret, const Hours *hours)
{
	g_string_append_printf(ret,
		"\n%" G_GUINT64_FORMAT " hour%s of %" G_GUINT64_FORMAT " log%s with events.",
		hours->n_hours, hours->n_hours == 1 ? "" : "s", hours->n_logs,
		hours->n_logs == 1 ? "" : "s");
	if (hours->silences->len == 0) {
		g_string_append(ret, " None is silent in between.\n");
		return;
	}
	g_string_append(ret, " The longest silences in between:\n");
	for (guint i = 0; i < MIN(hours->silences->len, SILENCES_SHOWN); i++) {
		const Silence *silence = &g_array_index(hours->silences, Silence, i);
		char from[INSTANT_TEXT_BYTES];

		instant_format(silence->from, from);
		g_string_append(ret, "  ");
		append_time(ret, from);
		g_string_append_printf(ret, "  %6" G_GINT64_FORMAT " h  ",
			(silence->until - silence->from) / HOUR);
		terminal_append_clipped(ret, silence->host, 20);
		g_string_append(ret, "  ");
		terminal_append_path(ret, silence->channel, terminal->width - 54);
		g_string_append_c(ret, '\n');
	}
	if (hours->silences->len > SILENCES_SHOWN)
		g_string_append_printf(ret, "  and %u more: --json has all\n",
			hours->silences->len - SILENCES_SHOWN);
}

static gboolean show_hours(Case *c, const Terminal *terminal, GError **error)
{
	Hours hours = { .json = terminal == NULL };
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean done;

	hours.silences = g_array_new(FALSE, FALSE, sizeof(Silence));
	g_array_set_clear_func(hours.silences, silence_clear);
	done = case_query(c, HOURS_SQL, NULL, take_hour, &hours, error);
	if (done && terminal) {
		g_array_sort(hours.silences, compare_silences);
		append_silences(terminal, text, &hours);
		session_print(text);
	}
	g_array_unref(hours.silences);
	g_free(hours.host);
	g_free(hours.channel);
	return done;
}

static void print_heading(const Terminal *terminal, const char *heading)
{
	g_autoptr(GString) text = g_string_new("\n");

	if (!terminal)
		return;
	terminal_append_styled(terminal, text, STYLE_BOLD, heading);
	g_string_append_c(text, '\n');
	session_print(text);
}

gboolean show_coverage(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	if (!listing_print(&sum_listing, c, NULL, terminal, NULL, error) ||
		!listing_print(&evidence_listing, c, NULL, terminal, NULL, error))
		return FALSE;
	print_heading(terminal, "Intelligence");
	if (!show_intel(arguments, c, terminal, error))
		return FALSE;
	print_heading(terminal, "Gaps and remarks");
	if (!show_gaps(arguments, c, terminal, error))
		return FALSE;
	/* All rules, whatever filters were given: for people only what `show rules` does not list.
	 */
	if (!terminal && !show_rules(arguments, c, terminal, error))
		return FALSE;
	return show_hours(c, terminal, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyara reports when all of a file is judged, or not at all. A rule that makes it fail (a regular
 * expression with more states than it holds) is switched off for this file, and the file is judged
 * again by the others.
 */
#include "engines/yara/scan.h"

#include "base/limits.h"
#include "engines/yara/printable.h"

#define FLAGS (SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH)
#define FLAGS_LESS                                                                                 \
	(FLAGS | SCAN_FLAGS_FAST_MODE) /* of most strings the first match alone is kept */

struct YaraScan {
	const YaraRuleset *ruleset;
	const EngineReport *report;
	YR_SCANNER *scanner;
	const Event *event; /* at hand */
	GString *texts;	    /* of the matches at hand, each with its NUL */
	Match matches[LIMIT_FINDING_MATCHES];
	gsize tests[LIMIT_FINDING_MATCHES], values[LIMIT_FINDING_MATCHES]; /* in @texts */
	guint n_matches;
	guint n_too_many; /* strings that match more often than libyara counts */
	char *too_many;	  /* the first of them */
};

/* ---- findings ---- */

static void add_match(YaraScan *scan, const YR_STRING *string, const YR_MATCH *first, gint32 count)
{
	guint n = scan->n_matches++;
	Slice found = slice_sub(scan->event->content, (gsize)(first->base + first->offset),
		(gsize)first->match_length);

	scan->matches[n] = (Match){ .field = string->identifier };
	scan->values[n] = scan->texts->len;
	yara_append_printable(scan->texts, found);
	g_string_append_c(scan->texts, '\0');
	scan->tests[n] = scan->texts->len;
	g_string_append_printf(scan->texts, "at 0x%" G_GINT64_MODIFIER "x",
		(guint64)(first->base + first->offset));
	if (count > 1)
		g_string_append_printf(scan->texts, ", %d times", count);
	g_string_append_c(scan->texts, '\0');
}

static void collect_matches(YaraScan *scan, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	const YR_STRING *string;

	scan->n_matches = 0;
	g_string_truncate(scan->texts, 0);
	yr_rule_strings_foreach(rule, string)
	{
		const YR_MATCHES *found = &context->matches[string->idx];

		if (found->head && !found->head->is_private &&
			scan->n_matches < LIMIT_FINDING_MATCHES)
			add_match(scan, string, found->head, found->count);
	}
	for (guint i = 0; i < scan->n_matches; i++) {
		scan->matches[i].value = scan->texts->str + scan->values[i];
		scan->matches[i].test = scan->texts->str + scan->tests[i];
	}
}

static void report_finding(YaraScan *scan, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	static const Match alone = { .field = "condition",
		.test = "",
		.value = "true without a string that could be shown" };
	guint index = yara_ruleset_index(scan->ruleset, rule);

	if (index == G_MAXUINT)
		return;
	collect_matches(scan, context, rule);
	scan->report->finding(scan->report->context, index, LEVEL_OF_RULE, scan->event,
		scan->n_matches ? scan->matches : &alone, MAX(scan->n_matches, 1));
}

static void note_too_many(YaraScan *scan, const YR_STRING *string)
{
	const YR_RULE *rule = &yara_ruleset_rules(scan->ruleset)->rules_table[string->rule_idx];

	if (scan->n_too_many++ == 0)
		scan->too_many = g_strdup_printf("%s of %s", string->identifier, rule->identifier);
}

static int take_message(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
	YaraScan *scan = user;

	if (message == CALLBACK_MSG_RULE_MATCHING)
		report_finding(scan, context, data);
	else if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		note_too_many(scan, data);
	return CALLBACK_CONTINUE;
}

/* ---- gaps ---- */

static void report_gap(YaraScan *scan, char *note)
{
	const Gap gap = {
		.kind = GAP_LIMIT, .size = scan->event->content.size, .records = 1, .note = note
	};

	scan->report->gap(scan->report->context, scan->event, &gap);
	g_free(note);
}

static void report_too_many(YaraScan *scan)
{
	if (!scan->n_too_many)
		return;
	report_gap(scan,
		g_strdup_printf("%u strings of YARA rules match more than %d times (the first is "
				"%s): matches beyond that were not counted",
			scan->n_too_many, YR_MAX_STRING_MATCHES, scan->too_many));
	g_clear_pointer(&scan->too_many, g_free);
	scan->n_too_many = 0;
}

static void report_less(YaraScan *scan)
{
	report_gap(scan,
		g_strdup("strings of YARA rules match so often that a worker's memory "
			 "(LIMIT_CHILD_MEMORY_BYTES) does not hold all matches: judged again with "
			 "the first match of most strings alone, so that rules that count may be "
			 "wrong"));
}

static const char *explain(int result)
{
	switch (result) {
	case ERROR_INSUFFICIENT_MEMORY:
		return "more memory is needed than a worker has (LIMIT_CHILD_MEMORY_BYTES)";
	case ERROR_TOO_MANY_RE_FIBERS:
		return "a regular expression has more states at once than libyara allows";
	case ERROR_EXEC_STACK_OVERFLOW:
		return "a condition needs more stack than libyara has";
	default:
		return "libyara failed for a reason that it does not tell";
	}
}

static void report_failure(YaraScan *scan, int result, const YR_RULE *rule)
{
	if (result == ERROR_SCAN_TIMEOUT)
		report_gap(scan,
			g_strdup_printf("not judged by YARA: that takes more than %d seconds "
					"(LIMIT_YARA_FILE_SECONDS)",
				LIMIT_YARA_FILE_SECONDS));
	else if (rule)
		report_gap(scan,
			g_strdup_printf("not judged by the YARA rule %s, which rules that refer to "
					"it took for false: %s",
				rule->identifier, explain(result)));
	else
		report_gap(scan, g_strdup_printf("not judged by YARA: %s", explain(result)));
}

/* ---- judging ---- */

/* Whose fault it is that the last scan failed; NULL where it is no rule's. */
static YR_RULE *find_culprit(YaraScan *scan, int result)
{
	YR_RULE *rule;

	if (result == ERROR_SCAN_TIMEOUT || result == ERROR_INSUFFICIENT_MEMORY)
		return NULL;
	rule = yr_scanner_last_error_rule(scan->scanner);
	return rule && !RULE_IS_DISABLED(rule) ? rule : NULL;
}

/* However often a file is judged anew, it gets its time but once. */
static gboolean set_time_left(YaraScan *scan, gint64 begun)
{
	gint64 taken = (g_get_monotonic_time() - begun) / G_USEC_PER_SEC;

	if (taken >= LIMIT_YARA_FILE_SECONDS)
		return FALSE;
	yr_scanner_set_timeout(scan->scanner, (int)(LIMIT_YARA_FILE_SECONDS - taken));
	return TRUE;
}

/*
 * libyara 4.2 passes over the condition of a rule that is switched off, but looks for its strings
 * all the same, and fails at the same one again. What it has for strings with too many matches
 * keeps it from that; it forgets them at the end of each scan.
 */
static void pass_over_strings(const YaraScan *scan, const GPtrArray *off)
{
	for (guint i = 0; i < off->len; i++) {
		const YR_RULE *rule = off->pdata[i];
		const YR_STRING *string;

		yr_rule_strings_foreach(rule, string)
		{
			yr_bitmask_set(scan->scanner->strings_temp_disabled, string->idx);
		}
	}
}

static int scan_once(YaraScan *scan, const GPtrArray *off, gint64 begun)
{
	Slice content = scan->event->content;

	scan->scanner->last_error_string = NULL; /* libyara keeps it for good */
	scan->n_too_many = 0;			 /* of an attempt that failed */
	g_clear_pointer(&scan->too_many, g_free);
	pass_over_strings(scan, off);
	return set_time_left(scan, begun)
		? yr_scanner_scan_mem(scan->scanner, content.data, content.size)
		: ERROR_SCAN_TIMEOUT;
}

static void scan_content(YaraScan *scan)
{
	g_autoptr(GPtrArray) off = g_ptr_array_new();
	gint64 begun = g_get_monotonic_time();

	yr_scanner_set_flags(scan->scanner, FLAGS);
	for (gboolean is_less = FALSE;;) {
		int result = scan_once(scan, off, begun);
		YR_RULE *culprit;

		if (result == ERROR_SUCCESS)
			break;
		if (result == ERROR_INSUFFICIENT_MEMORY && !is_less) {
			is_less = TRUE;
			yr_scanner_set_flags(scan->scanner, FLAGS_LESS);
			report_less(scan);
			continue;
		}
		culprit = off->len < LIMIT_YARA_CULPRITS ? find_culprit(scan, result) : NULL;
		report_failure(scan, result, culprit);
		if (!culprit)
			break;
		yr_rule_disable(culprit);
		g_ptr_array_add(off, culprit);
	}
	for (guint i = 0; i < off->len; i++)
		yr_rule_enable(off->pdata[i]);
}

void yara_scan_judge(
	YaraScan *scan, const Event *event, const char *const externals[YARA_N_EXTERNALS])
{
	scan->event = event;
	for (guint i = 0; i < YARA_N_EXTERNALS; i++)
		(void)yr_scanner_define_string_variable(
			scan->scanner, yara_external_names[i], externals[i]);
	scan_content(scan);
	report_too_many(scan);
	scan->event = NULL;
}

YaraScan *yara_scan_new(const YaraRuleset *ruleset, const EngineReport *report)
{
	YaraScan *scan = g_new0(YaraScan, 1);

	scan->ruleset = ruleset;
	scan->report = report;
	scan->texts = g_string_new(NULL);
	if (yr_scanner_create(yara_ruleset_rules(ruleset), &scan->scanner) != ERROR_SUCCESS) {
		scan->scanner = NULL;
		yara_scan_free(scan);
		return NULL;
	}
	yr_scanner_set_callback(scan->scanner, take_message, scan);
	return scan;
}

void yara_scan_free(YaraScan *scan)
{
	if (!scan)
		return;
	if (scan->scanner)
		yr_scanner_destroy(scan->scanner);
	g_string_free(scan->texts, TRUE);
	g_free(scan->too_many);
	g_free(scan);
}

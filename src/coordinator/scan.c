/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_run(): a pipeline whose sink is a case.
 */
#include "coordinator/scan.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/correlation/correlator.h"
#include "coordinator/correlation/hit-taker.h"
#include "coordinator/pipeline.h"
#include "coordinator/tally-sum.h"
#include "coordinator/walk.h"

#define COMMIT_US   (2 * G_USEC_PER_SEC)
#define COMMIT_PART 20 /* at most this part of the time is for committing */

typedef struct Scan {
	const ScanOptions *options;
	const ScanHooks *hooks;
	Case *c;
	Loader *loader;
	Pipeline *pipeline;
	GHashTable *seen;  /* SHA-256 of the evidence of this run */
	GHashTable *sizes; /* of the evidence in the case, and of what may_be_known() was asked */
	HitTaker *hits;
	GHashTable *learnt_more; /* names of readers that learnt more than the case knew */
	guint8 *applicable;	 /* a bit for each rule that is recorded as applicable */
	gint64 next_commit;	 /* not before this time */
	TallySum *tallies;	 /* of the evidence whose SHA-256 is @tallied */
	char tallied[65];
} Scan;

/* ---- the sink ---- */

/* No two pieces of evidence of different sizes are the same. */
static gboolean may_be_known(void *context, guint64 size)
{
	Scan *scan = context;

	return !g_hash_table_add(scan->sizes, g_memdup2(&size, sizeof size));
}

static gboolean begin_evidence(void *context, Evidence *evidence, Want *ret_want, GError **error)
{
	Scan *scan = context;
	const CaseEvidence entry = {
		.sha256 = evidence->sha256,
		.path = evidence->file->shown,
		.place = evidence->file->place,
		.size = evidence->size,
		.modified = evidence->has_no_time ? INSTANT_NONE : evidence->modified,
	};
	EvidenceState state;
	gboolean is_judged;

	if (!case_add_evidence(scan->c, &entry, &state, error))
		return FALSE;
	if (evidence->parent &&
		!case_add_member(scan->c, evidence->parent->sha256, evidence->sha256, error))
		return FALSE;
	if (evidence->judges_file) {
		if (!case_file_is_judged(scan->c, entry.path, &is_judged, error))
			return FALSE;
		evidence->judges_file = !is_judged;
	}
	/* Where an archive is known, its members' own turn comes with what knew it. */
	if (evidence->parent && evidence->parent->unwanted && state != EVIDENCE_NEW)
		*ret_want = WANT_NOTHING;
	else if (!g_hash_table_add(scan->seen, g_strdup(evidence->sha256)))
		*ret_want = WANT_NOTHING; /* one more path of the same bytes */
	else
		*ret_want = state == EVIDENCE_NEW ? WANT_ALL : WANT_RECOVERY;
	/* Members never come unhashed, so nobody has asked about theirs. */
	if (evidence->parent)
		(void)may_be_known(scan, evidence->size);
	return TRUE;
}

static gboolean take_known(void *context, guint n_columns, const char *const *columns)
{
	Evidence *evidence = context;

	(void)g_ascii_string_to_unsigned(
		columns[0], 10, 0, G_MAXINT64, &evidence->in_use, NULL); /* the case's own number */
	(void)instant_parse(slice_from_text(columns[1]), &evidence->first); /* or none */
	(void)instant_parse(slice_from_text(columns[2]), &evidence->last);
	return FALSE; /* there is but one */
}

/*
 * Evidence that an earlier run was interrupted over, or that was done before more was learnt from
 * other evidence: what is in use is judged, what can be recovered is looked for (again).
 */
static gboolean again_evidence(
	void *context, Evidence *evidence, gboolean *ret_wanted, GError **error)
{
	Scan *scan = context;
	const char *const bind[] = { evidence->sha256, NULL };

	if (!case_evidence_is_half_done(scan->c, evidence->sha256, ret_wanted, error))
		return FALSE;
	return !*ret_wanted ||
		(case_evidence_reopen(scan->c, evidence->sha256, error) &&
			case_query(scan->c,
				"SELECT in_use, first, last FROM evidence WHERE sha256 = ?1", bind,
				take_known, evidence, error));
}

static gboolean add_gap(void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	Scan *scan = context;

	return case_add_gap(scan->c, *evidence->sha256 ? evidence->sha256 : NULL,
		evidence->file->shown, gap, error);
}

/* An indicator that is found is kept when it is told of first. */
static gboolean add_rule(Scan *scan, const Message *message, GError **error)
{
	LateRules *late = scan->loader->late;
	const RuleInfo *rule;

	/* Where there is no room, its findings tell so. */
	if (!late_rules_take(late, message, &rule) || !rule)
		return TRUE;
	if (!case_add_found_rule(scan->c, rule, error))
		return FALSE;
	late_rules_forget_texts(late, rule->index);
	return TRUE;
}

/* NULL for an indicator that there was no room for. */
static const RuleInfo *find_rule(const Scan *scan, guint index)
{
	const GPtrArray *rules = scan->loader->rules;

	return index < rules->len ? rules->pdata[index]
				  : late_rules_find(scan->loader->late, index);
}

/* One line for each piece of evidence: the same again is no other. */
static gboolean tell_too_many(Scan *scan, const Evidence *evidence, GError **error)
{
	const Gap gap = {
		.kind = GAP_LIMIT,
		.size = evidence->size,
		.note = "It holds more indicators than LIMIT_LATE_RULES_FOUND allows one scan to "
			"find: that further ones are in it is not listed.",
	};

	return add_gap(scan, evidence, &gap, error);
}

static gboolean add_finding(
	Scan *scan, const Evidence *evidence, const Message *message, GError **error)
{
	const RuleInfo *rule = find_rule(scan, (guint)message->fields[0].number);
	guint64 level = message->fields[10].number;
	g_autofree char *locator = message_dup_text(message, 5);
	g_autofree char *host = message_dup_text(message, 6);
	g_autofree char *channel = message_dup_text(message, 7);
	g_autofree char *matched = message_dup_text(message, 8);
	g_autofree char *event = message_dup_text(message, 9);
	const CaseFinding finding = {
		.rule = rule,
		.level = !rule || level < LEVEL_N ? (RuleLevel)level : rule->level,
		.evidence_sha256 = evidence->sha256,
		.locator = locator,
		.record = message->fields[1].number,
		.offset = message->fields[2].number,
		.recovered = message->fields[3].number == 1,
		.time = (Instant)message->fields[4].number,
		.host = host,
		.channel = channel,
		.matched_json = matched,
		.event_json = event,
	};

	if (!rule)
		return tell_too_many(scan, evidence, error);
	pipeline_progress(scan->pipeline)->findings[finding.level]++;
	return case_add_finding(scan->c, &finding, error);
}

static gboolean store_tally(void *context, const Tally *tally, GError **error)
{
	Scan *scan = context;

	return case_add_tally(scan->c, scan->tallied, tally, error);
}

/* Gives the case what was summed up, before its evidence is done or another's turn comes. */
static gboolean store_tallies(Scan *scan, GError **error)
{
	return tally_sum_take(scan->tallies, store_tally, scan, error);
}

static gboolean add_tally(
	Scan *scan, const Evidence *evidence, const Message *message, GError **error)
{
	g_autofree char *host = message_dup_text(message, 3);
	g_autofree char *channel = message_dup_text(message, 4);
	const Tally tally = {
		.hour = (Instant)message->fields[0].number,
		.in_use = message->fields[1].number,
		.recovered = message->fields[2].number,
		.host = host,
		.channel = channel,
	};

	if ((!g_str_equal(scan->tallied, evidence->sha256) || tally_sum_is_full(scan->tallies)) &&
		!store_tallies(scan, error))
		return FALSE;
	(void)g_strlcpy(scan->tallied, evidence->sha256, sizeof scan->tallied);
	tally_sum_add(scan->tallies, &tally);
	return TRUE;
}

static gboolean add_observation(
	Scan *scan, Evidence *evidence, const Message *message, GError **error)
{
	static const Gap full = { .kind = GAP_LIMIT,
		.note = "What it says further of systems is left out (LIMIT_OBSERVATIONS)." };
	const RuleInfo *rule = scan->loader->rules->pdata[message->fields[0].number];
	g_autofree char *kind = message_dup_text(message, 1);
	g_autofree char *subject = message_dup_text(message, 2);
	g_autofree char *value = message_dup_text(message, 3);
	g_autofree char *first = message_dup_text(message, 6);
	g_autofree char *last = message_dup_text(message, 8);
	const Observation observation = {
		.kind = kind,
		.subject = subject,
		.value = value,
		.n_events = message->fields[4].number,
		.first = { (Instant)message->fields[5].number, first },
		.last = { (Instant)message->fields[7].number, last },
	};
	gboolean is_file = g_str_has_prefix(first, "file ");
	guint room = LIMIT_OBSERVATIONS - evidence->n_observations;
	gboolean left_out;

	if (!case_add_observation(scan->c, rule, evidence->sha256,
		    is_file ? evidence->file->place : NULL, &observation, &room, &left_out, error))
		return FALSE;
	evidence->n_observations = LIMIT_OBSERVATIONS - room;
	return !left_out || add_gap(scan, evidence, &full, error);
}

/* Records the rules in DONE's bits that were not recorded before. */
static gboolean add_applicable(Scan *scan, Slice bits, GError **error)
{
	for (gsize i = 0; i < bits.size; i++) {
		guint fresh = bits.data[i] & ~scan->applicable[i];

		scan->applicable[i] |= bits.data[i];
		for (gsize rule = i * 8; fresh; fresh >>= 1, rule++) {
			if (!(fresh & 1) || rule >= scan->loader->rules->len)
				continue;
			if (!case_add_applicable(scan->c,
				    ((RuleInfo *)scan->loader->rules->pdata[rule])->sha256, error))
				return FALSE;
		}
	}
	return TRUE;
}

static gboolean add_learnt(
	Scan *scan, const Evidence *evidence, const Message *message, GError **error)
{
	gboolean is_new;

	if (!case_add_learnt(scan->c, evidence->reader, message->fields[1].bytes, &is_new, error))
		return FALSE;
	if (!is_new || !g_hash_table_add(scan->learnt_more, g_strdup(evidence->reader)))
		return TRUE;
	return case_learnt_more(scan->c, evidence->reader, error);
}

static gboolean add_result(
	void *context, Evidence *evidence, const Message *message, GError **error)
{
	switch (message->type) {
	case MESSAGE_RULE:
		return add_rule(context, message, error);
	case MESSAGE_FINDING:
		return add_finding(context, evidence, message, error);
	case MESSAGE_HIT:
		return hit_taker_take(((Scan *)context)->hits, evidence->sha256, message, error);
	case MESSAGE_TALLY:
		return add_tally(context, evidence, message, error);
	case MESSAGE_OBSERVATION:
		return add_observation(context, evidence, message, error);
	case MESSAGE_LIBRARY:
		return add_learnt(context, evidence, message, error);
	case MESSAGE_DONE:
		return add_applicable(context, message->fields[4].bytes, error);
	default:
		return TRUE;
	}
}

static gboolean judged_file(void *context, Evidence *evidence, GError **error)
{
	return case_file_judged(((Scan *)context)->c, evidence->file->shown, error);
}

static CaseEvidenceResult result_of(const Evidence *evidence)
{
	return (CaseEvidenceResult){
		.reader = evidence->reader ? evidence->reader : "",
		.score = evidence->score,
		.in_use = evidence->in_use,
		.recovered = evidence->recovered,
		.first = evidence->first,
		.last = evidence->last,
	};
}

static gboolean half_done_evidence(void *context, Evidence *evidence, GError **error)
{
	Scan *scan = context;
	const CaseEvidenceResult result = result_of(evidence);

	return store_tallies(scan, error) &&
		case_evidence_half_done(scan->c, evidence->sha256, &result, error);
}

static gboolean end_evidence(void *context, Evidence *evidence, GError **error)
{
	Scan *scan = context;
	const CaseEvidenceResult result = result_of(evidence);

	return store_tallies(scan, error) &&
		case_evidence_done(scan->c, evidence->sha256, &result, error);
}

static gboolean commit_at_times(void *context, GError **error)
{
	Scan *scan = context;
	gint64 now = g_get_monotonic_time();

	if (now < scan->next_commit)
		return TRUE;
	if (!case_commit(scan->c, error))
		return FALSE;
	/* The larger a case, the more of its pages are touched between two commits. */
	scan->next_commit = g_get_monotonic_time();
	scan->next_commit += MAX(COMMIT_US, COMMIT_PART * (scan->next_commit - now));
	return TRUE;
}

/* ---- the run ---- */

static char *time_now(void)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(g_get_real_time() * 1000, text);
	return g_strdup(text);
}

static guint count_workers(const ScanOptions *options)
{
	return options->n_workers ? options->n_workers : g_get_num_processors();
}

/* The options that shape the result, for the case to know its judgement by. */
static char *describe_options(const ScanOptions *options)
{
	GString *text = g_string_new(options->recovered ? "recovered=1" : "recovered=0");

	if (options->times.timezone)
		g_string_append_printf(text, " timezone=%s", options->times.timezone);
	if (options->times.year)
		g_string_append_printf(text, " year=%u", options->times.year);
	return g_string_free(text, FALSE);
}

static gboolean begin_run(Scan *scan, GError **error)
{
	g_autofree char *rules_sha256 = loader_content_sha256(scan->loader);
	g_autofree char *started = time_now();
	g_autofree char *shaping = describe_options(scan->options);
	const CaseRun run = {
		.tool_version = scan->options->tool_version,
		.rules_sha256 = rules_sha256,
		.options = shaping,
		.command_line = scan->options->command_line,
		.host = g_get_host_name(),
		.user = g_get_user_name(),
		.started = started,
		.sealed = scan->loader->sealed,
		.n_workers = count_workers(scan->options),
	};

	return case_begin_run(scan->c, &run, error);
}

static void keep_learnt(void *context, const char *reader, Slice entry)
{
	library_set_add(context, reader, entry);
}

/* The case and what SQLite keeps beside it may lie in a folder of evidence; they are none. */
static gboolean add_own_files(void *context, guint n_columns, const char *const *columns)
{
	static const char *const endings[] = { "", "-journal", "-wal", "-shm" };

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *path = g_strconcat(columns[2], endings[i], NULL);
		struct stat about;

		if (stat(path, &about) == 0) {
			const OwnFile own = { about.st_dev, about.st_ino };

			g_array_append_val((GArray *)context, own);
		}
	}
	return TRUE;
}

static gboolean add_size(void *context, guint n_columns, const char *const *columns)
{
	guint64 size;

	if (g_ascii_string_to_unsigned(columns[0], 10, 0, G_MAXINT64, &size, NULL))
		(void)g_hash_table_add(context, g_memdup2(&size, sizeof size)); /* they differ */
	return TRUE;
}

static gboolean keep_intel(Scan *scan, GError **error)
{
	const GPtrArray *entries = scan->loader->intel->entries;

	if (!case_begin_intel(scan->c, error))
		return FALSE;
	for (guint i = 0; i < entries->len; i++) {
		const IntelEntry *entry = entries->pdata[i];

		if (!case_add_intel(scan->c, &entry->source,
			    (const IntelNote *)(gpointer)entry->notes->data, entry->notes->len,
			    error))
			return FALSE;
	}
	return TRUE;
}

static gboolean read_evidence(Scan *scan, GError **error)
{
	g_autoptr(GArray) own_files = g_array_new(FALSE, FALSE, sizeof(OwnFile));
	const PipelineOptions options = {
		.flags = READ_JUDGE | (scan->options->recovered ? READ_RECOVERED_TOO : 0),
		.recover = TRUE,
		.files = (scan->loader->wants & WANTS_FILES) != 0,
		.own_files = own_files,
		.hash_later = scan->options->hash_later,
		.limits = { LIMIT_TASK_SECONDS, LIMIT_TASK_TOTAL_SECONDS },
	};
	const Sink sink = {
		.may_be_known = may_be_known,
		.begin = begin_evidence,
		.again = again_evidence,
		.judged_file = judged_file,
		.half_done = half_done_evidence,
		.gap = add_gap,
		.result = add_result,
		.end = end_evidence,
		.tick = commit_at_times,
		.context = scan,
	};

	if (!case_query(scan->c, "PRAGMA database_list", NULL, add_own_files, own_files, error) ||
		!case_query(scan->c, "SELECT DISTINCT size FROM evidence", NULL, add_size,
			scan->sizes, error) ||
		/* Last: the next query would write them. */
		!case_begin_rules(scan->c, scan->loader->rules, error))
		return FALSE;
	scan->pipeline = pipeline_new(scan->loader, count_workers(scan->options),
		scan->options->evidence, &options, &sink, scan->hooks, error);
	return scan->pipeline &&
		case_each_learnt(scan->c, keep_learnt, pipeline_library(scan->pipeline), error) &&
		pipeline_run(scan->pipeline, error);
}

static gboolean note_row(void *context, guint n_columns, const char *const *columns)
{
	*(gboolean *)context = TRUE;
	return FALSE; /* one is enough */
}

static gboolean correlate(const Scan *scan, GError **error)
{
	const CorrelatorInput input = { scan->loader->rules, scan->loader->correlations,
		scan->hooks ? scan->hooks->interrupted : NULL };

	return correlator_run(scan->c, &input, pipeline_progress(scan->pipeline)->findings, error);
}

static gboolean end_run(Scan *scan, ScanOutcome *outcome, GError **error)
{
	g_autofree char *ended = time_now();
	gboolean lost = FALSE;
	const char *word;

	if (!store_tallies(scan, error) || /* of evidence that an interrupt left open */
		!case_query(scan->c, "SELECT 1 FROM gap WHERE loss = 1 LIMIT 1", NULL, note_row,
			&lost, error))
		return FALSE;
	outcome->interrupted = pipeline_is_interrupted(scan->pipeline);
	outcome->complete = !lost && !outcome->interrupted;
	word = outcome->interrupted ? "interrupted" : outcome->complete ? "complete" : "incomplete";
	return case_end_run(scan->c, ended, word, error) && case_commit(scan->c, error);
}

static void fill_outcome(const Scan *scan, ScanOutcome *ret)
{
	const GPtrArray *rules = scan->loader->rules;

	ret->totals = *pipeline_progress(scan->pipeline);
	ret->totals.current = NULL; /* goes with the pipeline */
	for (guint i = 0; i < rules->len; i++) {
		const RuleInfo *rule = rules->pdata[i];

		if (rule->status == RULE_REJECTED)
			ret->rules_rejected++;
		else if (rule->kind != RULE_INDICATORS)
			ret->rules_loaded++;
	}
	ret->n_indicators = late_rules_count(scan->loader->late);
}

/* Says in the case that the run failed; the reason is on its way to the caller already. */
static void record_failure(const Scan *scan)
{
	g_autofree char *ended = time_now();

	if (case_end_run(scan->c, ended, "failed", NULL))
		(void)case_commit(scan->c, NULL);
}

gboolean scan_run(const ScanOptions *options, Case *c, const ScanHooks *hooks,
	ScanOutcome *ret_outcome, GError **error)
{
	g_autoptr(Loader) loader = loader_new(
		&options->content, &options->times, options->worker_path, options->sandbox, error);
	g_autoptr(Pipeline) pipeline = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) learnt_more =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) sizes =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_autoptr(HitTaker) hits = NULL;
	g_autoptr(TallySum) tallies = tally_sum_new();
	g_autofree guint8 *applicable = NULL;
	ScanOutcome outcome = { 0 };
	Scan scan = {
		.options = options,
		.hooks = hooks,
		.c = c,
		.loader = loader,
		.seen = seen,
		.sizes = sizes,
		.tallies = tallies,
		.learnt_more = learnt_more,
	};

	if (!loader)
		return FALSE;
	hits = scan.hits = hit_taker_new(c, loader->rules, loader->correlations);
	applicable = scan.applicable = g_malloc0(loader->rules->len / 8 + 1);
	scan.next_commit = g_get_monotonic_time() + COMMIT_US;
	if (!begin_run(&scan, error) || !keep_intel(&scan, error))
		return FALSE;
	if (!loader->sealed && hooks && hooks->warning)
		hooks->warning(
			hooks->context, "The workers run without the seal; the case says so.");
	if (!read_evidence(&scan, error)) {
		pipeline = scan.pipeline;
		record_failure(&scan);
		return FALSE;
	}
	pipeline = scan.pipeline;
	if (!correlate(&scan, error)) {
		record_failure(&scan);
		return FALSE;
	}
	fill_outcome(&scan, &outcome);
	if (!end_run(&scan, &outcome, error))
		return FALSE;
	if (hooks && hooks->progress)
		hooks->progress(hooks->context, &outcome.totals);
	*ret_outcome = outcome;
	return TRUE;
}

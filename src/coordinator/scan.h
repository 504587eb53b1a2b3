/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scanning: evidence in, findings and ledger into a case. The coordinator opens, hashes and hands
 * out evidence and keeps what comes back; it parses nothing itself. It runs one spoor-worker, which
 * loads the content, and as many sealed children of it as asked.
 */
#pragma once

#include <glib.h>

#include "case/case.h"
#include "model/rule.h"

typedef struct ContentOptions {
	const char *const *rules;	 /* files and folders; NULL-terminated */
	const char *const *intel;	 /* files and folders of intelligence; likewise, or NULL */
	const char *tables;		 /* folder of content/tables; never NULL */
	const char *const *check;	 /* values to be looked up; or NULL: scan_ask_intel() */
	gboolean store;			 /* a compiled store is wanted; likewise */
	const char *const *placeholders; /* further placeholder files; NULL-terminated */
} ContentOptions;

/* How times are read that name no zone, or no year. */
typedef struct TimeOptions {
	const char *timezone; /* as zone_new() takes it; NULL: UTC, which is then said */
	guint year; /* of the first such time of each file; 0: by the file's last change */
} TimeOptions;

typedef struct ScanOptions {
	ContentOptions content;
	TimeOptions times;
	const char *const *evidence; /* files and folders; NULL-terminated */
	guint n_workers;	     /* 0: one for each core */
	gboolean files;		     /* scan_print_events(): those of files as wholes, no others */
	gboolean recovered;	 /* judge recovered events too (they are read and told anyway) */
	gboolean sandbox;	 /* FALSE only by --no-sandbox */
	const char *worker_path; /* the spoor-worker to run */
	guint64 hash_later;	 /* PipelineOptions; 0 but in tests */
	const char *tool_version, *command_line;
} ScanOptions;

typedef struct ScanProgress {
	guint64 bytes_total, bytes_done, events, findings[LEVEL_N], gaps;
	guint n_evidence, n_evidence_done;
	const char *current; /* path; may be NULL */
} ScanProgress;

typedef struct ScanHooks {
	void (*progress)(void *context, const ScanProgress *progress); /* at most 10 a second */
	void (*warning)(void *context, const char *text); /* for stderr, as it happens */
	void *context;
	const volatile gint
		*interrupted; /* set by the caller's signal handler: stop in good order */
} ScanHooks;

typedef struct ScanOutcome {
	ScanProgress totals;
	guint rules_loaded, rules_rejected;
	guint n_indicators; /* beside the rules */
	gboolean complete;  /* no gap_kind_is_loss() gap in the case, and not interrupted */
	gboolean interrupted;
} ScanOutcome;

/* FALSE with @error where the scan as a whole could not be done; the case is left consistent. */
gboolean scan_run(const ScanOptions *options, Case *c, const ScanHooks *hooks,
	ScanOutcome *ret_outcome, GError **error);

/*
 * Prints every event of the files under @options->evidence as JSON lines to @out, in order of path
 * and offset (recovered ones, with options->recovered, after those in use). Gaps go to
 * hooks->warning.
 */
gboolean scan_print_events(const ScanOptions *options, int out_fd, const ScanHooks *hooks,
	gboolean *ret_complete, GError **error);

/* What a file, or what lies in an archive, is taken for. Texts are borrowed for the call. */
typedef struct EvidenceKind {
	const char *path;
	guint64 size;
	const char *reader; /* "" if none */
	guint score;
	gboolean is_unknown; /* no reader knows it, and that is all that is wrong */
	guint64 n_events;    /* in use; 0 where they were not counted */
	Instant first, last; /* of their times; INSTANT_NONE */
	const char *problem; /* what of it can not be read and why, a sentence; or NULL */
	guint64 n_problems;
} EvidenceKind;

/*
 * Calls @each for every piece of evidence, archives behind their members. With @read all of it is
 * read, without being judged, so that events and times are known.
 */
typedef void (*ScanEvidenceFunc)(void *context, const EvidenceKind *kind);
gboolean scan_list_evidence(const ScanOptions *options, gboolean read, const ScanHooks *hooks,
	ScanEvidenceFunc each, void *context, GError **error);

/* What is asked of intelligence. */
typedef struct IntelQuestion {
	const char *const *values; /* is this an indicator? NULL-terminated; or NULL */
	const char *store;	   /* where to write a compiled store of all of it; or NULL */
} IntelQuestion;

/* All may be NULL. Texts are borrowed for the call. */
typedef struct IntelAnswers {
	/* Of each file, in order: what became of it; of its notes as many as are told. */
	void (*source)(void *context, const IntelSource *source, const IntelNote *notes, guint n);
	/* Of each rule: those of all indicators of a kind (RULE_INDICATORS), and those that stand
	 * in intelligence for other engines. */
	void (*rule)(void *context, const RuleInfo *rule);
	/* Value number @value is this indicator. */
	void (*indicator)(void *context, guint value, const RuleInfo *indicator);
	void *context;
} IntelAnswers;

/*
 * Loads the intelligence of @options as a scan would, and answers. A store is written last, whole
 * or not at all.
 */
gboolean scan_ask_intel(const ScanOptions *options, const IntelQuestion *question,
	const IntelAnswers *answers, GError **error);

/* Loads the content as a scan would and calls @each for every rule, loaded or rejected, in order.
 */
typedef void (*ScanRuleFunc)(void *context, const RuleInfo *rule);
gboolean scan_list_rules(const ScanOptions *options, const ScanHooks *hooks, ScanRuleFunc each,
	void *context, GError **error);

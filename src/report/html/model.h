/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReportModel: what the HTML report needs of a case, read once and put in order.
 *
 * Findings are kept as rows of numbers into tables of texts, since a case may hold a hundred
 * thousand of them with few different texts. Tables are in an order that follows from the case
 * alone (rules and hosts from the worst on, the rest as first met in order of time), so that the
 * same case gives the same bytes.
 */
#pragma once

#include <glib.h>

#include "assessment/assessment.h"
#include "base/instant.h"
#include "model/coverage.h"
#include "model/intel-report.h"
#include "model/rule.h"
#include "report/attack-groups.h"
#include "report/attack.h"
#include "report/report.h"

/* Texts, each once, numbered as first met. */
typedef struct TextTable {
	GHashTable *index; /* owns the texts; text -> number + 1 */
	GPtrArray *texts;  /* borrowed from index */
} TextTable;

guint text_table_add(TextTable *table, const char *text);
const char *text_table_get(const TextTable *table, guint number);

/* The first number of a set ("3,14"), which is moved on to the next; not for the empty set. */
guint model_next_member(const char **set);

typedef struct ModelRule {
	RuleInfo *info;
	RuleLevel worst; /* of its findings */
	guint64 n_findings, n_recovered;
	char *first, *last; /* times, or "" */
	GPtrArray *hosts;   /* names, as many as MODEL_RULE_HOSTS; in order of name */
	guint n_hosts;
	gint tactic;	 /* the one it is coloured by, or -1 */
	guint32 tactics; /* bit set over the table's tactics */
	guint *days;	 /* findings per bin of time, MODEL_RULE_BINS of them */
} ModelRule;

#define MODEL_RULE_HOSTS 8
#define MODEL_RULE_BINS	 32

typedef struct ModelHost {
	char *name;
	guint64 findings[LEVEL_N];
	guint64 events;
	guint high_rules;     /* rules with findings of level high here... */
	guint32 high_tactics; /* ...and their tactics, as a bit set */
	GArray *hours;	      /* ModelHours: when it has events, in order */
} ModelHost;

typedef struct ModelHours {
	gint32 first, n; /* hours since ReportModel.first_hour */
} ModelHours;

typedef struct ModelEvidence {
	char *sha256, *reader, *first, *last;
	guint64 size, in_use, recovered;
	gboolean done;
	gboolean as_file; /* judged as a file, under some path at least */
	GPtrArray *paths;
} ModelEvidence;

typedef struct ModelGap {
	char *sha256, *path, *kind, *note; /* path is filled in from sha256 */
	guint64 offset, size, records;
	gboolean loss, unjudged; /* unjudged: a loss, or of a kind that spoor does not read */
} ModelGap;

typedef struct ModelRun {
	char *started, *ended, *outcome, *command_line, *host, *user;
	gboolean sealed;
	guint workers;
} ModelRun;

/* A count with a name: rejected rules by reason, log sources without evidence. */
typedef struct ModelCount {
	char *name, *detail;
	guint64 n;
} ModelCount;

/* A source of intelligence. */
typedef struct ModelIntel {
	char *path, *name, *format;
	guint64 accepted, rules;
	guint64 notes[INTEL_N_NOTE_KINDS];
} ModelIntel;

/* All indicators of a kind in a source. */
typedef struct ModelSet {
	char *path, *title, *status; /* "found", "not found", "not assessed" */
	guint64 found, findings;
} ModelSet;

/* A host without events for so many hours is shown as silent. */
#define MODEL_SILENCE_HOURS 24

#define MODEL_NO_TIME G_MININT64

typedef struct ModelFinding {
	guint32 rule, host, channel, evidence;
	guint32 level; /* its own */
	gboolean recovered;
	gint64 time_ms; /* since 1970, or MODEL_NO_TIME */
	guint64 record, offset;
	guint32 locator;	   /* into locators, which are templates: model-findings.c */
	guint32 matches, entities; /* into match_sets, entity_sets: numbers joined by commas */
	gint32 event;		   /* into events, or -1: not in this file */
} ModelFinding;

/* A finding that the assessment of Exchange servers counts; of each stage it lists the first. */
typedef struct ModelHit {
	guint server; /* number in the assessment */
	const StageFacts *facts;
	Instant time; /* INSTANT_NONE: unknown */
} ModelHit;

typedef struct ReportModel {
	const ReportOptions *options; /* borrowed */
	AttackTable *attack;
	AttackGroups *groups;
	char *tool_version, *rules_sha256, *judged_with;
	GPtrArray *runs, *evidence, *gaps;  /* ModelRun, ModelEvidence, ModelGap */
	GPtrArray *rules;		    /* ModelRule: those with findings, worst first */
	GPtrArray *hosts;		    /* ModelHost: worst first */
	GPtrArray *rejected, *inapplicable; /* ModelCount */
	GHashTable *rule_index;		    /* SHA-256 (borrowed) -> number + 1 */
	GHashTable *host_index; /* name in lower case -> number + 1: Windows names hosts in any */
	guint64 n_loaded, n_rejected, n_applicable;
	GPtrArray *intel, *sets; /* ModelIntel; ModelSet, by source */
	GHashTable *seeable;	 /* technique id -> number of loaded rules */

	gint64 first_hour; /* hours since 1970 of the first event */
	gint64 n_hours;	   /* from there to the last */
	guint64 n_events, n_recovered_events;

	guint64 findings[LEVEL_N], n_findings, n_recovered_findings;
	char *first_finding, *last_finding;
	GArray *rows; /* ModelFinding in order of time and id: all, or a fair part */
	gboolean sampled;
	GArray *locator_numbers; /* guint64: those that the locators' templates leave out, row by
				    row */
	TextTable channels, locators, values, tests, entities, match_sets, entity_sets;
	GPtrArray *events;  /* records as JSON text, of the findings that come first of each rule */
	GArray *event_rows; /* guint32: the row each stands for */
	/* Ids that the page can not compute: those of correlations. */
	GPtrArray *own_ids;  /* texts */
	GArray *own_id_rows; /* guint32: the row each is of */
	Assessment *assessment;
	GArray *hits; /* ModelHit, by server, stage and time */
} ReportModel;

/*
 * Reads @c. At most @max_rows findings are taken: all critical and high ones as far as they fit, of
 * the rest those with the smallest ids, which are hashes and hence a fair sample.
 */
ReportModel *report_model_load(
	Case *c, const ReportOptions *options, guint max_rows, GError **error);
void report_model_free(ReportModel *model); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportModel, report_model_free)

/* ---- inside the folder: the parts of report_model_load() ---- */

gboolean model_load_coverage(ReportModel *model, Case *c, GError **error);
gboolean model_load_rules(ReportModel *model, Case *c, GError **error);
gboolean model_load_intel(ReportModel *model, Case *c, GError **error);
gboolean model_load_exchange(ReportModel *model, Case *c, GError **error);
gboolean model_load_findings(ReportModel *model, Case *c, guint max_rows, GError **error);

/* What stands for the record of a correlation's finding: JSON, of about so many bytes. */
#define MODEL_CORRELATION_BYTES 8192
gboolean model_correlation_record(Case *c, const char *correlated, char **ret, GError **error);

/* Did the last scan not come to its end? Then evidence may be missing that is not even listed. */
gboolean model_is_interrupted(const ReportModel *model);

/* The number of a host + 1, regardless of case; 0 where there is none. */
guint model_host_number(const ReportModel *model, const char *name);

/* The number of a stage of the assessment: 0 is the first. */
guint model_stage_number(const ReportModel *model, const StageInfo *stage);
/* The name of a server, or words for evidence that names none. */
const char *model_server_name(const AssessedServer *server);

guint64 model_number(const char *text); /* 0 for NULL and for no number */

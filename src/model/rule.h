/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RuleInfo: what the case keeps of a rule, whichever language it is written in; and Match, what an
 * engine says when a rule is true of an event.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef enum RuleStatus {
	RULE_LOADED,
	RULE_REJECTED, /* not usable; reason says why */
} RuleStatus;

typedef enum RuleKind {
	RULE_DETECTION,	  /* is true of events */
	RULE_CORRELATION, /* is true of several events together: model/correlation.h */
	RULE_FILTER,	  /* takes events away from other rules; makes no findings */
	RULE_OBSERVATION, /* tells facts of events, no findings: model/observation.h */
	/*
	 * One indicator; told of when it is first found. @source is its canonical JSON text;
	 * engine, path and logsource ("indicator/md5/-") are those of the RULE_INDICATORS it is
	 * among. Where several files tell of it, its JSON has an array "sources" of objects with
	 * a "file" each.
	 */
	RULE_INDICATOR,
	/* All indicators of a kind in a source: for the ledger, makes no findings. */
	RULE_INDICATORS,
	RULE_N_KINDS,
} RuleKind;

typedef enum RuleLevel {
	LEVEL_INFORMATIONAL,
	LEVEL_LOW,
	LEVEL_MEDIUM,
	LEVEL_HIGH,
	LEVEL_CRITICAL,
	LEVEL_N,
} RuleLevel;

const char *rule_level_name(RuleLevel level);

/* "detection", "correlation", "filter", "observation", "indicator", "indicators" */
const char *rule_kind_name(RuleKind kind);

/* From Sigma's words, regardless of case; false for others. */
gboolean rule_level_parse(const char *name, RuleLevel *ret);

typedef struct RuleInfo {
	guint index; /* number within the run; says nothing across runs */
	RuleStatus status;
	RuleLevel level;
	RuleKind kind;
	gboolean is_silent; /* makes no findings of its own: only a correlation without "generate"
			     * asks for it */
	char *engine;	    /* "sigma" */
	char *sha256;	    /* hex, of the rule's document bytes: the rule's part of finding ids */
	char *id;	    /* the author's id (a UUID), or "" */
	char *name;	    /* by which correlations and filters may refer to it, or "" */
	char *title;
	char *path;	 /* as found below the folder that was named */
	guint line;	 /* where the document starts; for a rejected rule, where the trouble is */
	char *reason;	 /* rejected: why; loaded: what is odd about it nonetheless, or "" */
	char *logsource; /* "windows/process_creation/-" */
	char *tags;	 /* joined by spaces: "attack.t1059.001 attack.execution" */
	char *author;
	char *description;
	char *falsepositives; /* joined by line feeds */
	char *references;     /* joined by line feeds */
	char *source;	      /* the document's text as UTF-8 */
} RuleInfo;

void rule_info_free(RuleInfo *rule); /* frees every text, and the struct */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleInfo, rule_info_free)

/* One reason why a rule is true: a field, what it holds, and what it was compared with. */
typedef struct Match {
	const char *field; /* as the rule writes it; "" for keywords; borrowed */
	const char
		*source;   /* the event's own name for it, where the log records it under another */
	const char *test;  /* modifiers and pattern: "endswith \\rundll32.exe"; borrowed */
	const char *value; /* the field's text; borrowed */
	const char *selection; /* the rule's identifier it belongs to; borrowed */
} Match;

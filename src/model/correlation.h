/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlation: what a Sigma correlation rule asks of the events that other rules are true of; and
 * Hit, one such event.
 *
 * The engine (in the worker) reads correlation rules and, where a rule that a correlation refers to
 * is true of an event, makes a Hit of it: its time, and the values of the fields by which the
 * correlation groups and counts. Hits of all evidence meet in the coordinator, which stores them in
 * the case and evaluates the correlations in event time when all evidence is judged, so that what
 * comes out depends on the set of hits alone.
 *
 * Source: Sigma specification 2.1.0, specification/sigma-correlation-rules-specification.md.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/slice.h"

typedef enum CorrelationType {
	CORRELATION_EVENT_COUNT,
	CORRELATION_VALUE_COUNT, /* distinct values */
	CORRELATION_TEMPORAL,	 /* all rules (or as many as the condition says), in any order */
	CORRELATION_TEMPORAL_ORDERED,
	CORRELATION_VALUE_SUM,
	CORRELATION_VALUE_AVG,
	CORRELATION_VALUE_PERCENTILE,
	CORRELATION_STIX_PATTERN, /* an observation expression over its parts; not of Sigma */
	CORRELATION_N_TYPES,
} CorrelationType;

/* "event_count" … as Sigma writes them; and "stix_pattern", which parse() does not know. */
const char *correlation_type_name(CorrelationType type);
gboolean correlation_type_parse(const char *name, CorrelationType *ret);

gboolean correlation_type_is_temporal(CorrelationType type);

typedef enum CorrelationOperator {
	CORRELATION_GT,
	CORRELATION_GTE,
	CORRELATION_LT,
	CORRELATION_LTE,
	CORRELATION_EQ,
	CORRELATION_NEQ,
	CORRELATION_N_OPERATORS,
} CorrelationOperator;

/* "gt", "gte" … */
const char *correlation_operator_name(CorrelationOperator operator);
gboolean correlation_operator_parse(const char *name, CorrelationOperator *ret);

typedef struct CorrelationCondition {
	CorrelationOperator operator;
	double number;
} CorrelationCondition;

/* One of the rules that a correlation refers to. */
typedef struct CorrelationPart {
	guint rule;	 /* its number within the run: a detection or another correlation */
	char *name;	 /* as the correlation writes it (id or name) */
	char **group_by; /* as the correlation's group_by, each by the name that this rule's events
			  * have for it (aliases are resolved); of a correlation: a name among its
			  * own group_by, fields or carried */
	char **fields;	 /* as the correlation's fields, likewise */
	char **carried;	 /* as the correlation's carried, likewise */
} CorrelationPart;

typedef struct Correlation {
	guint rule; /* its own number within the run */
	CorrelationType type;
	gboolean generate; /* the rules it refers to make findings of their own, too */
	gint64 timespan;   /* nanoseconds, > 0 */
	char **group_by;   /* NULL-terminated, may be empty: everything is one group */
	char **fields; /* VALUE_*: the field of the condition; more than one: values are tuples */
	/*
	 * What correlations over this one group by or count, and this one does neither by nor of:
	 * "failed logins by computer, then a login by one of their users". Its hits carry these
	 * values along.
	 */
	char **carried;
	double percentile;  /* VALUE_PERCENTILE: 0 to 100 */
	guint n_conditions; /* all must hold; TEMPORAL*: may be 0, then every part is needed */
	CorrelationCondition *conditions;
	guint n_parts;
	CorrelationPart *parts; /* in the order of the rule: that of TEMPORAL_ORDERED */
	/*
	 * STIX_PATTERN: the expression, as stix/join.h reads it; else NULL. Then there are no
	 * values and conditions, and the timespan says nothing.
	 */
	GBytes *expression;
} Correlation;

void correlation_free(Correlation *correlation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Correlation, correlation_free)

/* Empty where there is none; borrowed. */
Slice correlation_expression(const Correlation *correlation);

/*
 * As bytes, from the loader to the coordinator. decode() trusts nothing: NULL with @error unless
 * @bytes are a whole correlation within the limits LIMIT_CORRELATION_* whose numbers make sense by
 * themselves; whether the rules it refers to exist is the caller's to check.
 */
void correlation_encode(const Correlation *correlation, GByteArray *ret);
Correlation *correlation_decode(Slice bytes, GError **error);

/*
 * The values of a hit, for one correlation: its group_by, then its fields, then what is carried,
 * each present or missing, as text. All in one are a key.
 */
guint correlation_n_values(const Correlation *correlation);

/*
 * Appends the key of @n values; NULL stands for one that the event lacks. Of a text of more than
 * LIMIT_HIT_VALUE_BYTES its start and a hash of the whole are kept, so that different ones stay
 * different.
 */
void hit_key_append(GByteArray *ret, const char *const *texts, guint n);

/*
 * Reads a key of @n values: each as a slice of @key (UTF-8 without NUL), with data NULL where
 * missing. FALSE: it is none.
 */
gboolean hit_key_read(Slice key, guint n, Slice *ret);

/*
 * Appends @key, which is one of @n values, folded: two of these are equal byte by byte exactly
 * where all values are, regardless of case as everything in Sigma. What people are shown is the
 * unfolded text.
 */
void hit_key_append_folded(GByteArray *ret, Slice key, guint n);

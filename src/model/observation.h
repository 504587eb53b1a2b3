/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observation: what evidence says of a system without judging it, such as the build a server ran.
 *
 * A rule of kind RULE_OBSERVATION says of which events, and which of their fields: whom it is about
 * (the subject) and what (the value). An event alone is not kept: per piece of evidence there is
 * one row for each rule, subject and value, with how often, and where and when it stands first and
 * last. Such rows are facts for others to join (src/assessment/); they are no findings.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

/* Where an observation stands. */
typedef struct ObservationPlace {
	Instant time; /* INSTANT_NONE: the event has none */
	const char *locator;
} ObservationPlace;

/* All texts are borrowed. */
typedef struct Observation {
	const char *kind;    /* "exchange-build": what is observed, as the rule calls it */
	const char *subject; /* whom it is about; "" if unknown */
	const char *value;
	guint64 n_events;
	/* By time, and at the same time by place in the evidence; those without a time count only
	 * where there is no other. */
	ObservationPlace first, last;
} Observation;

/* TRUE where @kind is one: lower-case letters, digits and single hyphens between them. */
gboolean observation_kind_is_valid(const char *kind);

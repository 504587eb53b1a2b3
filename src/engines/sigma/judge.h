/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge: which bound rules are true of an event.
 *
 * First the eager scans run, those of columns by which rules are triggered. A rule is a candidate
 * once all its trigger sets are hit; then its code runs, and where that asks for a bit of another
 * column, that column is scanned then.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/bind.h"
#include "engines/sigma/texts.h"

/* What judging costs, for benchmarks; counted always, since counting is next to free. */
typedef struct JudgeCounts {
	guint64 events, candidates, asked, tests, findings;
} JudgeCounts;

/* What is used again from event to event; one for each engine state. */
typedef struct Judge {
	Texts texts;
	PrefilterHits hits;
	guint hits_room;
	guint64 *bits; /* of one event; see bind.h */
	guint bits_room;
	guint64 *ran; /* for each scan: number of the event it last ran for */
	guint ran_room;
	LineScratch lines;
	JudgeCounts counts;
} Judge;

typedef void (*JudgeFunc)(
	void *context, Texts *texts, const Binding *binding, const BoundRule *rule);

void judge_init(Judge *judge);
void judge_clear(Judge *judge);

/* Calls @each for every rule that is true of @event, once, in order of index. */
void judge_event(Judge *judge, const Ruleset *ruleset, const Binding *binding, const Event *event,
	JudgeFunc each, void *context);

/* The same without triggers: every rule's code runs. For tests of the former. */
void judge_event_plainly(Judge *judge, const Ruleset *ruleset, const Binding *binding,
	const Event *event, JudgeFunc each, void *context);

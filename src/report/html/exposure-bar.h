/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exposure bars: when a server was open to a flaw, as drawings that need no script.
 *
 * All servers share one axis. It reaches from before anything happened to after it, not over all
 * that logs cover: years of quiet would leave a week in March no room. States are told by a word,
 * by lightness and by pattern; colour only adds to it. Positions are percentages, so that text
 * keeps its size at any width.
 */
#pragma once

#include <glib.h>

#include "report/html/model.h"

typedef struct BarAxis {
	Instant from, to; /* from < to; both INSTANT_NONE: nothing has a time */
} BarAxis;

BarAxis exposure_axis(const ReportModel *model);

/* A stretch of a bar. */
typedef struct BarPart {
	ExposureState state;
	Instant from, to;
} BarPart;

#define BAR_PARTS_MAX 3

/* The parts of @exposure's bar within @axis, in order; what is before them is left empty: the flaw
 * was not known to be used. Returns how many. */
guint exposure_parts(const AssessedServer *server, const Exposure *exposure, const BarAxis *axis,
	BarPart ret[BAR_PARTS_MAX]);

/* Bars of the builds, of each flaw and of the hits of server number @server, below their axis. */
void exposure_append_bars(
	GString *out, const ReportModel *model, const BarAxis *axis, guint server);

/* What the bars' patterns mean. */
void exposure_append_legend(GString *out);

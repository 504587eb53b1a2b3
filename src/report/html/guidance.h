/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guidance: what to do first, from content/guidance/first-steps.tsv.
 *
 * The table holds the steps in order, each with the circumstances in which it is said and the kinds
 * of names of this case to set beside it. Its head explains the columns; teams may edit it.
 */
#pragma once

#include <glib.h>

#include "report/html/model.h"
#include "report/html/verdict.h"

typedef struct GuidanceNames {
	const char *label; /* "Hosts" */
	GPtrArray *names;  /* the first few, owned */
	guint n;	   /* of all */
	gboolean defang;
} GuidanceNames;

typedef struct GuidanceStep {
	char *phase, *title, *text;
	GPtrArray *names; /* GuidanceNames */
} GuidanceStep;

/* The steps that apply to this case, in order; NULL with @error naming file, line and reason. */
GPtrArray *guidance_steps(const ReportModel *model, const Verdict *verdict, GError **error);

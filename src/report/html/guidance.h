/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guidance: what to do first, from content/guidance/first-steps.tsv and exchange.tsv.
 *
 * The tables hold steps, each with the circumstances in which it is said and the kinds of names of
 * this case to set beside it. Steps stand in order of their phase, then of the tables; of steps
 * with the same key that apply, the last one is said: so a table for one kind of server says better
 * what the general one says. Heads of the tables explain the columns; teams may edit them.
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
	char *key;	  /* "" where no other step says the same */
	char *references; /* "" for none */
	GPtrArray *names; /* GuidanceNames */
	guint order;	  /* of its phase */
} GuidanceStep;

typedef struct Guidance {
	GPtrArray *steps; /* GuidanceStep: those that apply to this case, in order */
	GHashTable *logs; /* stage's slug -> char **: the kinds of logs that would show it */
} Guidance;

/* NULL with @error naming file, line and reason. */
Guidance *guidance_load(const ReportModel *model, const Verdict *verdict, GError **error);
void guidance_free(Guidance *guidance); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guidance, guidance_free)

/* The kinds of logs that would show stage @slug, as LogWindow names them; NULL: none are told. */
char *const *guidance_logs_of(const Guidance *guidance, const char *slug);

/* ---- inside the folder: guidance-servers.c ---- */

/* Of which Exchange servers a step speaks. */
typedef struct GuidanceServers {
	gboolean *marked;  /* by number in the assessment */
	guint least_stage; /* names are of this stage and those beyond it */
} GuidanceServers;

/* Marks the servers of which @circumstance ("stage:entered") is true; TRUE if there is one. */
gboolean guidance_servers_apply(
	const ReportModel *model, const char *circumstance, GuidanceServers *servers);

/* What @word ("server-files") names of them, or NULL: no such word, or nothing to name. */
GuidanceNames *guidance_servers_names(
	const ReportModel *model, const char *word, const GuidanceServers *servers);

/* The first few of @names (texts), of which there are @n. */
GuidanceNames *guidance_names_new(
	const GPtrArray *names, guint n, const char *label, gboolean defang);

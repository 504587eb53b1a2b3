/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PatchWindow: when a server had a flaw, from all that evidence says of its builds.
 *
 * Proofs differ. A row of a log says which build wrote it, at its time. A file says which build it
 * is of, but its time of last change says little: such proofs are weak, as are those without a time
 * and those from before their build was released. They decide only where there is nothing else.
 *
 * What follows from proofs with a time (a server gets newer builds; older ones are put back now and
 * then):
 *
 *	up to the last proof of a build with the flaw   exposed, unless one without came before
 *	before the first fix was released               exposed, whatever the server ran
 *	from the first proof of a build without,
 *	after the last of one with it                   closed
 *	in between                                      not known
 */
#pragma once

#include "assessment/assessment.h"
#include "assessment/build-table.h"

/* What one piece of evidence says of one build or update. */
typedef struct BuildProof {
	Build build;
	const UpdateRow *update; /* not NULL: an update is installed; @build says nothing */
	const char *source;	 /* borrowed: the title of the observation's rule */
	const char *path;	 /* borrowed */
	char *first_locator, *last_locator;
	Instant first, last; /* INSTANT_NONE: no time */
	guint64 n;
	gboolean is_weak;
	gboolean is_least; /* the server has had this build by then, or a later one */
	gboolean is_early; /* its time is before the build was released */
} BuildProof;

void build_proof_free(gpointer proof);

/* What @proof says of @set. */
BuildVerdict build_proof_judge(const BuildTable *table, const BuildProof *proof, CveSet set);

typedef struct PatchWindow {
	ExposureState state;	   /* as of the last build known */
	const BuildProof *exposed; /* last proof of a build with the flaw, or NULL */
	const BuildProof *closed;  /* first of one without, after that, or NULL */
	Instant exposed_at;	   /* time of the last proof; INSTANT_NONE: none, or without time */
	Instant closed_at;	   /* of the first, likewise */
	Instant exposed_first;	   /* time of the first proof of a build with the flaw */
	Instant restarted;	   /* of that, where a build without it was there before */
	Instant closed_first;	   /* first of any proof of a build without it */
	Instant first_fix;	   /* when the first build without it came out for this version */
	const BuildProof *newer;   /* weak proof of a newer build without it than @exposed is of */
	const BuildProof *undecided; /* proof of the newest build that does not decide it */
	gboolean is_contradicting;   /* builds without the flaw were there before @exposed */
	gboolean is_early;	     /* some proof is from before its build was released */
	GArray *exposed_spans, *closed_spans;
} PatchWindow;

/* @proofs (BuildProof) are borrowed. */
PatchWindow *patch_window_new(const BuildTable *table, const GPtrArray *proofs, CveSet set);
void patch_window_free(gpointer window); /* accepts NULL */

typedef enum WindowPlace {
	WINDOW_UNDECIDED,
	WINDOW_INSIDE,
	WINDOW_OUTSIDE,
} WindowPlace;

/* Was the server exposed at @time? */
WindowPlace patch_window_place(const PatchWindow *window, Instant time);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over: what a finished task's results mean for its evidence, in the order of the evidence.
 *
 * Everything whose outcome could depend on which child was faster happens here, where it does not:
 * counting gaps against their limit, adding up what lost children cost, joining spans.
 */
#pragma once

#include <glib.h>

#include "coordinator/evidence.h"
#include "coordinator/library-set.h"
#include "coordinator/pipeline.h"

typedef struct Taking {
	const Sink *sink;
	LibrarySet *library;
	gboolean recover; /* there is a second pass */
	gboolean files;	  /* files are judged as wholes, too */
	ScanProgress progress;
	char *current; /* progress.current; the owner of the taking frees it */
} Taking;

/* Takes over @task, which is finished. */
gboolean taking_task(Taking *taking, Task *task, GError **error);

/* Counts @evidence as dealt with, for progress. */
void taking_skip(Taking *taking, Evidence *evidence);

/* TRUE where the second pass has something to do with @evidence. */
gboolean taking_wants_recovery(const Evidence *evidence);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IntelList: what the loader tells of the sources of intelligence, source by source, as the case
 * and `spoor intel` tell it on. The loader may be in an attacker's hands: all is bounded here.
 */
#pragma once

#include <glib.h>

#include "ipc/message.h"
#include "model/intel-report.h"

typedef struct IntelEntry {
	IntelSource source; /* texts are the entry's */
	GArray *notes;	    /* IntelNote, in the order of the source; texts are the entry's */
} IntelEntry;

typedef struct IntelList {
	GPtrArray *entries; /* IntelEntry, in the order of the paths that were named */
	/* private: */
	GArray *waiting; /* notes whose source is still to come */
	guint n_notes;
} IntelList;

IntelList *intel_list_new(void);
void intel_list_free(IntelList *list); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntelList, intel_list_free)

/* Takes an INTEL_NOTE or INTEL_SOURCE. FALSE where it can not be. */
gboolean intel_list_take(IntelList *list, const Message *message);

/* TRUE where no note waits for its source: the loader may go on. */
gboolean intel_list_is_whole(const IntelList *list);

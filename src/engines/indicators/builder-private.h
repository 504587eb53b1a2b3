/* SPDX-License-Identifier: Apache-2.0 */
/* What builder.c and builder-finish.c share. */
#pragma once

#include "engines/indicators/builder.h"

typedef struct Added {
	guint32 value; /* where it ends in values; it begins where the one before ends */
	guint32 about, line;
	guint32 kind;
} Added;

struct Builder {
	GString *values;
	GArray *added;		    /* Added */
	GString *strings;	    /* as in the store */
	GHashTable *string_numbers; /* Slice -> where in strings */
	GArray *abouts;		    /* STORE_ABOUT_WORDS each */
	GHashTable *about_numbers;  /* Slice -> number */
	GArray *sets;		    /* StoreSet */
	GArray *sources;	    /* STORE_SOURCE_WORDS each */
	GArray *set_of;		    /* INDICATOR_N_KINDS guint32 for each source: its sets */
	guint source;		    /* at hand */
	guint32 last_texts[STORE_ABOUT_WORDS];
	guint32 last_about;
	GString *lists;
};

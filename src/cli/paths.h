/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the other parts of spoor are: in the build tree, next to this program; once installed,
 * where the build was told to put them. No environment variable can change it: the worker is what
 * is sealed.
 */
#pragma once

#include <glib.h>

typedef struct Paths {
	char *worker;  /* the executable spoor-worker */
	char *fetch;   /* the executable spoor-fetch */
	char *content; /* the folder content/ */
	char *tables;  /* content/tables */
	char *rules;   /* content/rules */
	char *yara;    /* content/yara: rules too */
	char *intel;   /* content/intel */
} Paths;

/* NULL with @error (SYSTEM) where the program can not find out where it is itself. */
Paths *paths_find(GError **error);
void paths_free(Paths *paths); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paths, paths_free)

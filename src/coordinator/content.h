/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The coordinator's side of the loader: starts spoor-worker, hears which rules it loaded, and asks
 * it for children.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "coordinator/intel-list.h"
#include "coordinator/late-rules.h"
#include "coordinator/scan.h"
#include "ipc/channel.h"

typedef struct Loader {
	Channel *control;
	pid_t pid;
	gboolean sealed;
	GPtrArray *rules;	 /* RuleInfo, by index */
	GPtrArray *correlations; /* Correlation, by ascending rule; they fit the rules */
	char *tables_sha256;	 /* over all tables and placeholder files */
	guint wants;		 /* ContentWants */
	LateRules *late;	 /* rules that only children tell of */
	IntelList *intel;	 /* sources of intelligence */
} Loader;

/*
 * Starts the worker and waits until it has loaded the content. NULL with @error where it can not be
 * started, is not sealed though @sandbox asks for it, breaks the protocol, or the content as a
 * whole can not be used; rejected rules are no failure.
 */
Loader *loader_new(const ContentOptions *content, const TimeOptions *times, const char *worker_path,
	gboolean sandbox, GError **error);

/* Ends the worker, and with it all its children; accepts NULL. */
void loader_free(Loader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Loader, loader_free)

/* The hash over all loaded rules, files of intelligence and tables: the content's part of a
 * judgement. Free with g_free().
 */
char *loader_content_sha256(const Loader *loader);

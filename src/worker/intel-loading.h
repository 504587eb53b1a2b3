/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading intelligence: each file at the places that are named is mapped and offered to the engines
 * that read such files; what becomes of it is told to the coordinator. Rules in other engines'
 * languages that stand in a file go to their engines behind it.
 */
#pragma once

#include <glib.h>

#include "worker/files.h"
#include "worker/worker.h"

typedef struct IntelLoading IntelLoading;

/* Sets the functions of @worker's report that are about intelligence. */
IntelLoading *intel_loading_new(Worker *worker);
void intel_loading_free(IntelLoading *loading); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntelLoading, intel_loading_free)

/* Loads one file. Whatever is wrong with it is a note. */
void intel_loading_load(IntelLoading *loading, const ContentFile *file);

/* After LOADED, where the coordinator asked for it: what the engines make of all intelligence. */
void intel_loading_send_store(Worker *worker);

/* Likewise: for each of @values the indicators it is one of. */
void intel_loading_check(Worker *worker, const char *const *values);

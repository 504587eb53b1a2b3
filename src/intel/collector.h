/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collector: from claims to indicators. Everything that is decided about a claim is decided here,
 * the same for all formats: defanged writing is undone, values are brought into normal form and
 * checked against the kind they claim to be, duplicates and contradictions within the source are
 * found, and what is over-broad or looks like a mistake is said. Nothing is dropped without a note.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "intel/warning-lists.h"
#include "model/indicator.h"
#include "model/intel-report.h"

/* Who wants to know. All texts are borrowed for the call. */
typedef struct IntelSink {
	/* In normal form, each value once for each source. Silent ones too. */
	void (*indicator)(void *context, const Indicator *indicator);
	/* A rule in another engine's language ("sigma", "yara") that stands in the source. */
	void (*rule)(void *context, const char *engine, const char *name, guint line, Slice text);
	void (*note)(void *context, const IntelNote *note);
	void (*source)(void *context, const IntelSource *source);
	void *context;
} IntelSink;

typedef struct Collector Collector;

/* @lists may be NULL; both are borrowed. */
Collector *collector_new(const char *path, const WarningLists *lists, const IntelSink *sink);
void collector_free(Collector *collector); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Collector, collector_free)

/* What the source calls itself; for claims that name no source of their own. */
void collector_set_name(Collector *collector, const char *name);

/*
 * Takes a claim: @claim->value as it stands in the source, @claim->kind what the source says it is,
 * or INDICATOR_ANY. Texts may be NULL for "". Values of free text (@from_text) are taken only where
 * they can be nothing else, since nobody says that they are meant: no file names, no popular hosts.
 */
void collector_add(Collector *collector, const Indicator *claim, gboolean from_text);

/* A Sigma or YARA rule in the source. */
void collector_add_rule(
	Collector *collector, const char *engine, const char *name, guint line, Slice text);

/* What a format itself has to say: a line it can not read, a type nobody can look for. */
void collector_note(Collector *collector, IntelNoteKind kind, guint line, const char *value,
	const char *reason);

/*
 * The source is read: tells what could only be told now (neighbouring lines that look like one hash
 * cut in the wrong place, contradictions) and then the source, as @format.
 */
void collector_finish(Collector *collector, const char *format, const char *sha256);

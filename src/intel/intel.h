/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of intelligence: files that say what to look for, in the formats in which they are
 * shared. One const descriptor for each format, like readers of evidence; all run in the sealed
 * loader, since feeds are hostile input.
 *
 * A format only says what stands in the file: it makes a claim (an Indicator with the value as
 * written) of each thing and hands it to the Collector, which decides what becomes of it.
 *
 *	file ──▶ format ──▶ claims ──▶ collector ──▶ indicators, notes ──▶ sink
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "intel/collector.h"

typedef struct IntelFormat {
	const char *name; /* "stix" */
	const char *description;
	const char *docs;

	/*
	 * 0 (not mine) to 100 (certain), by content; @name (without folder) is a hint. @text is the
	 * whole file.
	 */
	guint (*probe)(Slice text, const char *name);

	/*
	 * Reads the file and hands every claim to @collector. Never fails: what can not be read is
	 * a note (INTEL_REJECTED) with its line.
	 */
	void (*read)(Slice text, const char *name, Collector *collector);
} IntelFormat;

/* All formats, NULL-terminated, in order of name. */
extern const IntelFormat *const intel_registry[];

/* The format with the highest score (ties: the first by name), or NULL. */
const IntelFormat *intel_probe(Slice text, const char *name);

/*
 * Reads one file of intelligence, of whichever format, and tells @sink what is in it; the last word
 * is sink->source(). FALSE where no format knows the file (then a source with format "" is told).
 */
gboolean intel_read(const char *path, Slice text, const WarningLists *lists, const IntelSink *sink);

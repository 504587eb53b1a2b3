/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress of a scan on stderr: one line that is written over on a terminal, or plain lines.
 */
#pragma once

#include <glib.h>

#include "cli/terminal.h"
#include "coordinator/scan.h"

typedef enum ProgressMode {
	PROGRESS_NEVER,
	PROGRESS_PLAIN, /* a line every few seconds, for logs */
	PROGRESS_LIVE,	/* on a terminal */
} ProgressMode;

typedef struct ProgressLine {
	ProgressMode mode;
	Terminal terminal;
	gint64 started_us, shown_us; /* monotonic; shown_us 0: never */
	gboolean on_screen;	     /* a live line stands there and has to be wiped */
} ProgressLine;

/* @mode is "auto", "plain", "never" or NULL (auto: live where stderr is a terminal, else never). */
ProgressLine progress_make(const char *mode, const char *color);

/* ScanHooks.progress and ScanHooks.warning, with a ProgressLine as context. */
void progress_show(void *context, const ScanProgress *progress);
void progress_warn(void *context, const char *text);

/* Wipes the live line. */
void progress_end(ProgressLine *line);

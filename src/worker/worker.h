/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor-worker: loads the content once, then forks sealed children that read and judge evidence.
 *
 *	worker.c    arguments; what must happen before the seal
 *	loader.c    the LOADER: reads tables and rules, then forks children on demand
 *	files.c     finds and reads rule files; intel-files.c maps those of intelligence
 *	intel-loading.c  offers these to the engines and tells what becomes of them
 *	child.c     the READER: one sealed child, from its seal to its end
 *	judging.c   one READ task: events in; findings, lines and tallies out
 *	tally.c     events by hour, host and log
 *	observing.c what events say of systems, condensed
 *
 * Nothing here knows a format or a rule language: readers and engines come from their registries.
 */
#pragma once

#include <glib.h>

#include "engines/engine.h"
#include "ipc/channel.h"
#include "readers/file/file.h"
#include "readers/reader.h"

/* The binding slot of every shape in which tally.c keeps what it knows of the shape. */
#define TALLY_SLOT (SHAPE_MAX_BINDINGS - 1)

/* The name under which engines get the placeholder files that the user adds. */
#define PLACEHOLDERS_NAME "placeholders.yml"

typedef struct WorkerOptions {
	const char *tables;		 /* folder */
	const char *const *placeholders; /* files; NULL-terminated */
	const char *const *rules;	 /* files and folders; NULL-terminated */
	const char *const *intel;	 /* likewise */
	const char *const *texts;	 /* of PDF files: see intel-files.h; likewise */
	const char *const *check;	 /* values to look up when all is loaded; likewise */
	gboolean store;			 /* send a compiled store when all is loaded */
	gboolean sandbox;
} WorkerOptions;

typedef struct Judging Judging;

/* The late rules of an engine (engines/engine.h), by their numbers within the run. */
typedef struct LateRange {
	guint first, n;
} LateRange;

typedef struct Worker {
	const WorkerOptions *options;
	ReaderTimes times;
	Channel *channel; /* to the coordinator: the loader's, then the child's own */
	gboolean in_child;
	gboolean sealed;
	EngineState **engines;	    /* as engine_registry, NULL-terminated */
	ReaderLibrary **libraries;  /* as reader_registry */
	FileLibrary *files;	    /* for events that tell of files */
	guint wants;		    /* ContentWants; once the content is loaded */
	EngineReport report;	    /* what all engines report to */
	struct Telling *telling;    /* in the loader, while it loads */
	struct IntelLoading *intel; /* likewise */
	guint64 intel_memory;	    /* bytes that intelligence may take beside all else */
	guint n_rules;		    /* reported to the coordinator so far */
	LateRange *late;	    /* as engine_registry */
	Judging *judging;	    /* in a child: the task at hand, or NULL */
} Worker;

/* Loads the content and serves until the coordinator hangs up. Returns the exit status. */
int loader_run(Worker *worker);

/* In a process just forked, with @channel_fd to the coordinator: seals itself and serves. */
void child_run(Worker *worker, int channel_fd, int parent) G_GNUC_NORETURN;

/*
 * Reads and judges one range of evidence, or where @reader is NULL the file as a whole; sends
 * everything it finds, and DONE or FAILED.
 */
void judging_run(Worker *worker, const Reader *reader, ReaderLibrary *library, const Source *source,
	const Message *read);

/* EngineReport.finding of all engines; context is the Worker. */
void judging_finding(void *worker, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches);

/* EngineReport.observation of all engines; context is the Worker. */
void judging_observation(void *worker, guint index, const char *kind, const Event *event,
	const Slice *subject, Slice value);

/* EngineReport.gap of all engines; context is the Worker. */
void judging_gap(void *worker, const Event *event, const Gap *gap);

/* EngineReport.hit and hits_left_out of all engines; context is the Worker. */
void judging_hit(void *worker, guint correlation, guint part, const Event *event, Slice key,
	const Match *matches, guint n_matches);
void judging_hits_left_out(void *worker, guint correlation, const Event *event, guint64 n);

/* For ReaderReport.gap; context is the Worker. */
void worker_send_gap(void *worker, const Gap *gap);

/* What both executables made of this folder (spoor-worker, and the tests' own) start with. */
int worker_main(int argc, char **argv);

/* Sends @message, or ends the process: without its coordinator it has nothing to do. */
void worker_send(Worker *worker, const Message *message);
void worker_send_frame(Worker *worker, Slice frame); /* one that message_append() made */
void worker_flush(Worker *worker);

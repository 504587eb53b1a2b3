/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence and Task: what the parts of the coordinator hand to each other.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "coordinator/expansion.h"
#include "coordinator/result-buffer.h"
#include "coordinator/span-list.h"
#include "model/coverage.h"
#include "readers/reader.h"

/* A file that the walk found, and how to open it again. */
typedef struct IntakeFile {
	char *path;	   /* as the operating system has it */
	char *shown;	   /* the same as valid UTF-8, for people and the case */
	const char *place; /* part of @shown: the path below the folder that was named,
			    * or that holds all that was named */
	int root; /* descriptor of the folder that was named; AT_FDCWD where the file itself was */
	guint below;	   /* where the path below the root starts in @path */
	gboolean named;	   /* on the command line, not found in a walk */
	gboolean is_input; /* standard input, named as "-" */
	guint64 size;	   /* when it was found; for progress */
	char *problem;	   /* why it can not be evidence, or NULL */
	GapKind problem_kind;
} IntakeFile;

/* One file's content, from its hash to its last record. */
typedef struct Evidence Evidence;
struct Evidence {
	const IntakeFile *file;		/* borrowed from the intake, or @own_file */
	IntakeFile *own_file;		/* of what is no file of its own; or NULL */
	int fd;				/* -1 where closed */
	char *problem;			/* why it could not be read, or NULL */
	char sha256[DIGEST_TEXT_BYTES]; /* "" until it is hashed */
	gint hashing;	    /* atomic; while it is not 0, the intake's thread owns the next two: */
	char *hash_problem; /* why it could not be hashed, or NULL */
	char late_sha256[DIGEST_TEXT_BYTES]; /* what sha256 shall be */
	guint64 size, base;		     /* see Source */
	guint64 number;			     /* within the run, from 1 */
	Instant modified;
	gboolean has_no_time; /* @modified is when it came in, which only years are guessed by */
	dev_t device;
	ino_t inode;

	/* From PLANNED */
	char *reader; /* "" where no reader knows the format */
	guint score;
	gboolean recovers;
	guint64 n_units, units_per_task, unit_bytes, first_offset;

	/* A bit for each unit in which something remains to be recovered; NULL: perhaps in all */
	GByteArray *remains;

	/* Added up while results are taken over, in order */
	guint64 in_use, recovered;
	Instant first, last;
	SpanList *spans;
	guint n_gaps;			   /* written */
	guint n_observations;		   /* rows of the case */
	GPtrArray *told;		   /* char *: notes on times, each of which is told once */
	guint64 further_gaps[GAP_N_KINDS]; /* counted only, behind LIMIT_GAPS_PER_EVIDENCE */
	guint cost;			   /* of children lost over it; see LIMIT_CHILD_RESTARTS */
	gboolean given_up;		   /* it cost too much */
	gboolean failed;		   /* it could not be read at all */
	gboolean read_before;		   /* for what is in use, by an earlier run */
	gboolean unwanted;		   /* its bytes are known: their records are not read */
	gboolean judges_file;		   /* the file as a whole is to be judged, under its path */
	guint64 bytes_done;
	gboolean waits; /* for the second pass; set at the end of a pass */

	/* Archives and their members */
	Evidence *parent;	/* the archive that it lies in, or NULL; it ends later */
	const char *inner;	/* its name in there; part of file->shown */
	guint depth;		/* how many archives it lies in */
	gboolean expands;	/* it is an archive itself */
	Spool *spool;		/* where its bytes are, where not in a file; or NULL */
	Expansion *expansion;	/* the members, while they are taken in; or NULL */
	guint n_taken_in;	/* of them */
	guint n_waiting;	/* members that wait for the second pass */
	gboolean is_waited_for; /* counted in its parent's n_waiting */
	guint64 expanded;	/* bytes of all archives in it, where it lies in none */
};

Evidence *evidence_new(const IntakeFile *file);
void evidence_free(Evidence *evidence); /* closes; accepts NULL */

/* How to speak of @evidence: by its path, or as standard input. Borrowed. */
const char *evidence_called(const Evidence *evidence);

/* The member of @archive->expansion at @index as evidence. */
Evidence *evidence_new_member(Evidence *archive, guint index);

/* The file that all archives around @evidence are in; itself where there are none. */
Evidence *evidence_root(Evidence *evidence);

/* Something remains in units of @first to @first + @n_units: in those that @bits say, or (empty) in
 * all. */
void evidence_add_remains(Evidence *evidence, guint64 first, guint64 n_units, Slice bits);
/* Does something remain in a unit? */
gboolean evidence_remains_at(const Evidence *evidence, guint64 unit);

/* TRUE where so much was unpacked from the file @evidence is in that nothing more may be. */
gboolean evidence_is_exhausted(Evidence *evidence);

void intake_file_free(gpointer file); /* a GDestroyNotify; accepts NULL */
void evidence_close(Evidence *evidence);

typedef enum TaskKind {
	TASK_BEGIN, /* done by the intake, which hashes the evidence: nothing counts before that */
	TASK_PLAN,
	TASK_READ,
	TASK_FILE, /* the file as a whole */
	TASK_EXPAND,
	TASK_MEMBERS, /* done by nobody: the members that are to come stand in front of it */
	TASK_END,     /* done by nobody: marks where the evidence's tasks of a pass end */
} TaskKind;

typedef enum TaskState {
	TASK_WAITING,
	TASK_RUNNING,
	TASK_FINISHED,
} TaskState;

typedef struct Task {
	TaskKind kind;
	TaskState state;
	Evidence *evidence; /* borrowed; owned by the END task of a pass */
	ReadPass pass;
	guint64 first_unit, n_units;
	guint flags;	  /* ReadFlags */
	guint attempts;	  /* that failed */
	gboolean is_part; /* of a task that failed */
	guint cost;	  /* of the children it took, its own and its parents' */
	char *lost;	  /* why it was given up, or NULL */
	ResultBuffer *results;
	GHashTable *told_rules; /* indices of late rules that @results tells of; or NULL */
	Expansion *expansion;	/* EXPAND: what came */
} Task;

/*
 * What judging a file as a whole needs may not be known yet: its hash, and of a large one whether a
 * reader knows it.
 */
gboolean evidence_is_ready_as_file(const Evidence *evidence);

/* The results of @task are not whole: its child is gone. */
void task_clear_results(Task *task);

Task *task_new(TaskKind kind, Evidence *evidence, ReadPass pass);
void task_free(Task *task);

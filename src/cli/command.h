/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands: each is a const descriptor in its own file, listed in commands.c.
 *
 * The option table of a command is the one place that says what it takes: arguments.c parses by it,
 * help.c makes the help text, the man page and the completions of it.
 */
#pragma once

#include <glib.h>

/* The exit status of every command. 1 wins over 3, 3 over 0. */
typedef enum ExitStatus {
	STATUS_GOOD = 0,       /* assessed, nothing at or above --fail-on */
	STATUS_FINDINGS = 1,   /* findings at or above --fail-on */
	STATUS_USAGE = 2,      /* the command line is not as it should be */
	STATUS_INCOMPLETE = 3, /* something could not be assessed */
	STATUS_ERROR = 4,      /* it could not be done */
	STATUS_INTERRUPTED = 130,
	STATUS_READER_LEFT = 141, /* who read stdout went away: as where SIGPIPE ends a program */
} ExitStatus;

typedef struct Option {
	char letter;	      /* "-o"; 0 where there is none */
	const char *name;     /* "output" */
	const char *argument; /* what it takes: "FILE"; NULL for a switch */
	const char *choices;  /* the values it takes, joined by spaces; NULL for any */
	gboolean repeated;    /* may be given several times */
	const char *help;     /* one sentence without full stop */
} Option;

typedef struct Arguments Arguments; /* cli/arguments.h */

typedef struct Command {
	const char *name;
	const char *summary;  /* one line */
	const char *operands; /* "EVIDENCE..." for the usage line; "" where there are none */
	const char *words;    /* choices of the first operand, joined by spaces; NULL for any */
	guint min_operands, max_operands; /* G_MAXUINT: any number */
	const char *description;	  /* paragraphs, separated by an empty line */
	const char *examples;		  /* lines "command<TAB>what it does" */
	const Option *options;		  /* the last has name NULL */
	ExitStatus (*run)(const Arguments *arguments);
} Command;

/* All commands, NULL-terminated, in the order of help. */
extern const Command *const commands[];

/* Options that every command takes; the last has name NULL. */
extern const Option common_options[];

/* The command called @name, or NULL. */
const Command *command_find(const char *name);

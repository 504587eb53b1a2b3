/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraFile: one rule file on its way to being compiled, and what became of each of its pieces.
 *
 * Whole files are compiled where nothing is wrong. Where something is, each rule is tried by itself
 * with what it refers to, so that it is judged by its own merit and by no other's fault; then what
 * is left is compiled together.
 */
#pragma once

#include <glib.h>

#include "engines/yara/cut.h"

typedef struct YaraVerdict {
	char *reason; /* why the piece was left out, or NULL */
	guint line;   /* where the trouble is */
	char *note;   /* what is odd about it nonetheless, or NULL */
} YaraVerdict;

typedef struct YaraFile {
	char *path;
	char *text; /* owned; NULs and a byte order mark outside of rules are blank */
	gsize size;
	YaraCut *cut;
	YaraVerdict *verdicts; /* for each piece */
} YaraFile;

/* Copies both. What cutting alone shows to be wrong is left out already. */
YaraFile *yara_file_new(const char *path, Slice text);
void yara_file_free(YaraFile *file);

/* Whether the piece is told of as a rule: all but imports that work. */
gboolean yara_file_tells(const YaraFile *file, guint piece);

/* Leaves out a piece, unless that has happened already. */
void yara_file_reject(YaraFile *file, guint piece, guint line, const char *reason);
void yara_file_reject_all(YaraFile *file, const char *reason);

/* Leaves out the rules that refer to something left out. */
void yara_file_propagate(YaraFile *file);

/* Finds out what is wrong with a file that does not compile, and leaves it out. */
void yara_file_repair(YaraFile *file);

/* The text without what was left out; every line keeps its number. Free with g_free(). */
char *yara_file_compose(const YaraFile *file);

/* The rule that holds @line, or -1. */
int yara_file_piece_at(const YaraFile *file, guint line);

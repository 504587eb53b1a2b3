/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YARA rule file, cut into its pieces: rules, imports, includes and what is none of them.
 *
 * libyara compiles a file as a whole and forgets its text. To lose only the rules at fault, to show
 * a rule, and to make its hash a function of what judges, the text of each rule and what it refers
 * to have to be known without it.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef enum YaraPieceKind {
	YARA_PIECE_RULE,
	YARA_PIECE_IMPORT,
	YARA_PIECE_INCLUDE,
	YARA_PIECE_STRAY, /* text outside of rules that means nothing */
} YaraPieceKind;

typedef struct YaraPiece {
	YaraPieceKind kind;
	Slice text; /* of the file: from the first modifier to the last brace */
	Slice name; /* RULE: its identifier; IMPORT: the module; INCLUDE: the file */
	guint line; /* where it starts, from 1 */
	gboolean is_private, is_global;
	const char *problem; /* what its mere cut shows to be wrong, or NULL */
	/*
	 * RULE: numbers of the rules and imports above it that its condition refers to, each once,
	 * or NULL. Those of a global rule concern all rules of the file and are not listed.
	 */
	GArray *needs; /* guint */
} YaraPiece;

typedef struct YaraCut {
	GArray *pieces; /* YaraPiece, in the order of the file */
} YaraCut;

/* @text outlives the cut. Never fails: what can not be read is STRAY. */
YaraCut *yara_cut_new(Slice text);
void yara_cut_free(YaraCut *cut);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraCut, yara_cut_free)

YaraPiece *yara_cut_piece(const YaraCut *cut, guint number);

/* "pe" for an import; "a rule", "text outside of rules": for messages. */
const char *yara_piece_kind_name(YaraPieceKind kind);

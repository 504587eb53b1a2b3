/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Literals: the fixed texts by which rules are triggered.
 *
 * A rule that asks for CommandLine to contain "sekurlsa" needs no look unless "sekurlsa" stands
 * there. At compile time every positive test of every rule yields such a literal where it can
 * (LiteralSet keeps each only once), with a guess of how often events hold it. The binder picks,
 * for each rule, the rarest literals without one of which the rule can not be true (trigger.h); the
 * prefilter finds all of them in a text in one pass (prefilter.h).
 *
 * The guesses steer speed, never results: any choice of triggers finds the same.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef enum LiteralKind {
	LITERAL_EXACT,	  /* the folded text equals it */
	LITERAL_PREFIX,	  /* starts with it */
	LITERAL_SUFFIX,	  /* ends with it */
	LITERAL_CONTAINS, /* holds it somewhere */
	LITERAL_N_KINDS,
} LiteralKind;

#define LITERAL_NONE	  G_MAXUINT32
#define LITERAL_GRAM_SIZE 4 /* bytes of the piece by which the prefilter looks for it */

typedef struct Literal {
	Slice text; /* folded; owned by the set */
	LiteralKind kind;
	guint32 gram_offset; /* CONTAINS: where its rarest LITERAL_GRAM_SIZE bytes are */
	float probability;   /* guess: the share of texts for which it holds */
} Literal;

typedef struct LiteralSet LiteralSet;

LiteralSet *literal_set_new(void);
void literal_set_free(LiteralSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiteralSet, literal_set_free)

/* Adds a literal, copying @folded; returns its number, the same for the same literal. */
guint literal_set_add(LiteralSet *set, LiteralKind kind, Slice folded);

/* Chooses grams and guesses probabilities; call once, after the last add. */
void literal_set_finish(LiteralSet *set);

guint literal_set_size(const LiteralSet *set);
const Literal *literal_set_get(const LiteralSet *set, guint number);

/* Whether @literal holds for @folded: what the prefilter must agree with. */
gboolean literal_holds(const Literal *literal, Slice folded);

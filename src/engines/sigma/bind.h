/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bind: the rules that can be true of one shape's events, ready to be judged.
 *
 * A binding answers most tests by bits. Each column that rules compare with literals has a scan:
 * one prefilter of all these literals. Running it sets, for each literal that is there,
 *
 *  - the literal's own bit: the answer of every test that asks for just this;
 *  - the bits of alternatives that it is part of: a list of 50 values is one bit ("any of them");
 *  - the bits of trigger sets that it is part of (trigger.h): they make rules candidates.
 *
 * A bound rule is code: instructions that ask for a bit or make a test, and name the next
 * instruction for either outcome. And, Or and Not are in these jumps alone, so evaluation is a loop
 * without a stack, stops as early as it can, and asks the cheapest and most decisive first.
 * Instructions 0 and 1 stand for the outcomes.
 *
 * A binding belongs to its shape (shape->bindings[slot]) and lives in one process.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/field-map.h"
#include "engines/sigma/line-filter.h"
#include "engines/sigma/prefilter.h"
#include "engines/sigma/trigger.h"

#define CODE_TRUE  0
#define CODE_FALSE 1

typedef enum InstructionKind {
	ASK_BIT,      /* the bit is the answer */
	ASK_AND_TEST, /* false unless the bit is set; then the test answers */
	MAKE_TEST,
} InstructionKind;

typedef struct Instruction {
	guint16 kind;
	guint16 scan; /* ASK…: must have been run for the bit to be right */
	guint32 bit;
	guint32 test;
	guint16 column, other; /* of the test */
	guint32 on_true, on_false;
} Instruction;

typedef struct BoundRule {
	guint32 index;	     /* of the rule within the run */
	guint32 rule;	     /* its number in the rule set */
	guint32 entry;	     /* first instruction */
	guint32 root;	     /* the rule's tree in the rule set, and */
	guint32 alternative; /* how it reaches the shape: for explanations */
} BoundRule;

/* The literals of one column, or of all columns that are not constant (COLUMN_KEYWORD). */
typedef struct Scan {
	guint16 column;
	gboolean is_eager; /* some rule is triggered by it: runs for every event, others when asked
			    */
	Prefilter *prefilter;
	guint n_literals;
	guint32 *bits; /* what literals set: literal i those from first[i] to before first[i + 1] */
	guint32 *first;
} Scan;

typedef struct Binding {
	FieldMap fields;
	GArray *groups; /* guint32: numbers of the log sources the shape belongs to */
	guint n_rules;
	BoundRule *rules; /* by ascending index */
	guint n_code;
	Instruction *code;
	/* Bits: first TRIGGER_SETS bitmaps of the rules, n_words each, then those of literals. */
	guint n_words, n_all_words;
	guint64 *start; /* the bitmaps of rules before any scan: sets that a rule does not have are
			   set */
	guint n_scans;
	Scan *scans;
	guint max_literals; /* of one scan */
	LineFilter *lines;  /* for events with raw bytes; NULL where it would be of no use */
	gboolean has_raw;   /* such events were expected */
	guint64 epoch;	    /* for the engine: when the shape was last counted as seen */
	void *owner;	    /* for the engine: itself */
} Binding;

/*
 * Binds @ruleset, which the binding borrows, to @shape; with a line filter only if @has_raw, as it
 * takes a third of the time and events without raw bytes have no use for it.
 */
Binding *binding_new(const Ruleset *ruleset, const Shape *shape, gboolean has_raw);
void binding_free(Binding *binding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Binding, binding_free)

/* The bytes it takes, roughly, for memory accounts. */
gsize binding_size(const Binding *binding);

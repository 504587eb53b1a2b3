/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ScanBuilder: gathers which literal of which column sets which bits, while rules are bound.
 *
 * Bits of literals and of alternatives are numbered here as they come up; where they lie in a
 * binding's bitmap is known only when all rules are bound, so numbers are kept in two spaces until
 * then (BitSpace). Everything is arrays and linked numbers: binding a shape that 1,400 rules apply
 * to takes some 20,000 additions.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/bind.h"

typedef enum BitSpace {
	BIT_OF_RULE,	/* number of the rule * TRIGGER_SETS + set */
	BIT_OF_LITERAL, /* number of the literal's or alternative's bit */
} BitSpace;

typedef struct ScanBuilder {
	const Ruleset *ruleset;
	guint32 *by_literal; /* literal -> its first spot + 1 */
	GArray *spots;	     /* Spot: a literal in a column */
	GArray *targets;     /* Target: linked lists of what spots set */
	GArray *scans;	     /* ScanDraft */
	GArray *scan_of;     /* guint16: column + 1 -> its scan + 1; at 0 that of keywords */
	guint32 n_bits;	     /* of literals and alternatives, so far */
} ScanBuilder;

void scan_builder_init(ScanBuilder *builder, const Ruleset *ruleset);
void scan_builder_clear(ScanBuilder *builder);

/* The bit of @literal in @column, and the number of the column's scan. */
guint32 scan_builder_literal(
	ScanBuilder *builder, guint32 literal, guint16 column, guint16 *ret_scan);

/* A new bit for an alternative. */
guint32 scan_builder_new_bit(ScanBuilder *builder);

/* Lets @literal in @column also set another bit; one of a rule makes the scan an eager one. */
void scan_builder_add(
	ScanBuilder *builder, guint32 literal, guint16 column, BitSpace space, guint32 number);

/* Makes the scans of @binding, whose n_rules and n_words are set, and sets n_all_words. */
void scan_builder_finish(ScanBuilder *builder, Binding *binding);

/* After that, and when the binding's start is made: gives it a line filter, if one is of use. */
void scan_builder_finish_lines(ScanBuilder *builder, Binding *binding);

/* Where a bit of BIT_OF_LITERAL lies in the bitmap of @binding. */
static inline guint32 scan_builder_position(const Binding *binding, guint32 number)
{
	return binding->n_words * 64 * TRIGGER_SETS + number;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FieldMap: where the fields of rules are in the events of one shape.
 *
 * A field is looked for in this order:
 *
 *  1. the log source's own field map (Image is NewProcessName in Security 4688): what it lists for
 * the field and the shape can serve, as columns or as facts that analysers make of columns. Where
 * that are several, each event has the first that it has: many events of one shape can lack one;
 *  2. the column of exactly that name;
 *  3. the first column of that name but for spaces and case ("Threat Name", "ProcessID"): logs
 * write the same name differently from version to version, and a rule must not go blind by that.
 *
 * Facts are numbered behind the shape's own columns. Constant columns keep their text, plain and
 * folded, so that tests of them are decided when rules are bound.
 */
#pragma once

#include <glib.h>

#include "analysers/analyser.h"
#include "engines/sigma/ruleset.h"
#include "model/event.h"

#define COLUMN_ABSENT  0xFFFF /* the shape has no such field */
#define COLUMN_KEYWORD 0xFFFE /* all columns: for tests without a field */

#define FIELD_MAP_CHOICES                                                                          \
	16 /* columns and facts that one field may be, at most; others are left out */

typedef struct FieldFact {
	const LogSourceField *field; /* borrowed from the log source table; NULL for a choice: the
				      * first of the inputs, columns or facts, that an event has */
	guint32 first_input, n_inputs;
} FieldFact;

typedef struct FieldConstant {
	gboolean is_set;
	Slice plain, folded;
} FieldConstant;

/* A column called like one before it but for case or blanks: "user" behind "User". */
typedef struct FieldTwin {
	const char *loose; /* in FieldMap.texts */
	guint16 column;
} FieldTwin;

typedef struct FieldMap {
	const Ruleset *ruleset;
	const Shape *shape;	   /* borrowed: a binding lives as long as its shape */
	FieldConstant *constants;  /* shape->n_columns of them */
	GStringChunk *texts;	   /* owns what constants and loose names point to */
	GHashTable *exact, *loose; /* column name -> number + 1; NULL once binding is over */
	GArray *twins;		   /* FieldTwin: columns that are called like one before them */
	GArray *facts;		   /* FieldFact */
	GArray *inputs;		   /* guint16: columns that facts are made of, or COLUMN_ABSENT */
	GPtrArray *maps;	   /* by alternative: guint16 for each field, or NULL */
	guint16 *keywords;	   /* by alternative: see field_map_keywords() */
	guint16 no_keyword;	   /* the column that keywords pass over: see field-map.c */
} FieldMap;

void field_map_init(FieldMap *fields, const Ruleset *ruleset, const Shape *shape);
void field_map_clear(FieldMap *fields);

/*
 * The column of @field for rules that reach the shape by @alternative. RULESET_NO_FIELD gives
 * COLUMN_KEYWORD.
 */
guint16 field_map_resolve(FieldMap *fields, guint32 alternative, guint32 field);

/*
 * The fact in which keywords are sought beside all columns, for rules that reach the shape by
 * @alternative; COLUMN_ABSENT where its log source names none.
 */
guint16 field_map_keywords(FieldMap *fields, guint32 alternative);

/* The same for the conditions of alternatives, which name columns, not fields. */
guint16 field_map_resolve_column(FieldMap *fields, guint32 field);

/* Once all columns are resolved: lets go of what only resolving needs. */
void field_map_settle(FieldMap *fields);

/* The constant text of @column, or NULL where it has none. */
const FieldConstant *field_map_constant(const FieldMap *fields, guint16 column);

/* The event's own name of a column; for a fact, the name of the first field it is made of; for a
 * choice "": see texts_chosen(). */
const char *field_map_column_name(const FieldMap *fields, guint16 column);

/* The fact that has number @column; NULL for the shape's own columns. */
static inline const FieldFact *field_map_fact(const FieldMap *fields, guint16 column)
{
	guint n = fields->shape->n_columns;

	return column < n ? NULL : &g_array_index(fields->facts, FieldFact, column - n);
}

static inline const guint16 *field_map_inputs(const FieldMap *fields, const FieldFact *fact)
{
	return &g_array_index(fields->inputs, guint16, fact->first_input);
}

static inline guint field_map_n_columns(const FieldMap *fields)
{
	return fields->shape->n_columns + fields->facts->len;
}

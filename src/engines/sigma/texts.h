/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts: the texts of one event's columns, each made when first asked for and at most once.
 *
 * A column has items: none where the event lacks it or it has no value, one in general, several
 * where the field is multi-valued. Each item has two forms, folded and plain. All texts of an event
 * lie in two buffers that are used again for the next event.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/field-map.h"
#include "model/event.h"

typedef enum TextForm {
	TEXT_FOLDED, /* how rules compare */
	TEXT_PLAIN,  /* as written: cased tests, regular expressions, what people see */
	TEXT_N_FORMS,
} TextForm;

typedef struct TextRange {
	gsize offset, size;
} TextRange;

typedef struct ColumnTexts {
	guint64 epoch[TEXT_N_FORMS]; /* of the event these are of; older ones are stale */
	guint32 first[TEXT_N_FORMS], n[TEXT_N_FORMS];
	guint64 fact_epoch;
	gboolean has_fact;
	TextRange fact; /* in the buffer of plain texts */
} ColumnTexts;

typedef struct Texts {
	const Event *event;
	const FieldMap *fields;
	guint64 epoch; /* number of the event */
	GString *buffer[TEXT_N_FORMS];
	GArray *ranges[TEXT_N_FORMS]; /* TextRange */
	GString *scratch;	      /* of one fact */
	ColumnTexts *columns;
	guint n_columns;
} Texts;

typedef enum ColumnState {
	COLUMN_IS_ABSENT, /* no such field in the event */
	COLUMN_IS_NULL,	  /* there, without a value */
	COLUMN_IS_PRESENT,
} ColumnState;

void texts_init(Texts *texts);
void texts_clear(Texts *texts);

/* Turns to another event, whose shape @fields describes. Both are borrowed until the next call. */
void texts_begin(Texts *texts, const Event *event, const FieldMap *fields);

/* How many items @column has, after making their texts. */
guint texts_count(Texts *texts, TextForm form, guint16 column);

/* Item @i of a column that texts_count() was asked for. Valid until a further text is made. */
static inline Slice texts_item(const Texts *texts, TextForm form, guint16 column, guint i)
{
	const TextRange *range = &g_array_index(
		texts->ranges[form], TextRange, texts->columns[column].first[form] + i);

	return slice_make(texts->buffer[form]->str + range->offset, range->size);
}

/* Which of its columns the event has where @column is a choice, COLUMN_ABSENT if none; else
 * @column.
 */
guint16 texts_chosen(Texts *texts, guint16 column);

ColumnState texts_state(Texts *texts, guint16 column);

/* The event's own value of @column, or NULL for facts and constants, which only have text. */
const Value *texts_value(const Texts *texts, guint16 column);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event that an XML element becomes: columns in the order in which they are added, and shapes
 * that are interned by them. A column that is added more than once has a list. Lives in the
 * reader's library.
 *
 * Evidence decides how columns are called. Where it has too many for one event, or makes too many
 * different shapes in one task (each costs a binding), further values are in one column,
 * "other_fields", as name=value, and a gap says so.
 */
#pragma once

#include <glib.h>

#include "model/event.h"
#include "readers/evtx/arena.h"
#include "readers/reader.h"

/* A reader needs nothing else from one task to the next: the row is its library. */
typedef struct ReaderLibrary XmlRow;

/*
 * @format is static; it is also the constant LogFormat of all events. @own: the columns that are
 * the reader's own; NULL-terminated, static.
 */
XmlRow *xml_row_new(const char *format, const char *const *own);
void xml_row_free(XmlRow *row); /* accepts NULL */

/* When evidence is opened, and when it is closed: tells of limits and encodings. */
void xml_row_begin_task(XmlRow *row);
void xml_row_report(const XmlRow *row, const ReaderReport *report);

/* Forgets the event before; at the beginning of next() alone: shapes may be forgotten, too. */
void xml_row_start(XmlRow *row);

/* For what values point to, until the next start. */
Arena *xml_row_arena(XmlRow *row);

/* Text from the evidence as a value: UTF-8 if it is, else Windows-1252 (which is told). */
Value xml_row_text(XmlRow *row, Slice text);

/* What says where the event is from: a column whose value is a constant of the shape if it can. */
void xml_row_add_constant(XmlRow *row, const char *name, Value value);

/*
 * A column that evidence names. One that is called as one of the reader's own, whatever its case,
 * gets @prefix before its name; without @prefix, it is the reader's own. @value and what it points
 * to must stay until the next start; @name is copied.
 */
void xml_row_add(XmlRow *row, const char *prefix, Slice name, Value value);

/* Sets shape and values of the event. */
void xml_row_finish(XmlRow *row, Event *ret_event);

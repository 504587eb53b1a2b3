/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object of a CLIXML document as it becomes an event: texts of properties in, columns out. What
 * it is called inside of the document ("Identity.Name") is a path of names that is pushed and
 * popped.
 *
 * Records of event logs (Get-WinEvent) get the names that the csv reader gives them.
 */
#pragma once

#include <glib.h>

#include "readers/xml/xml-row.h"

typedef struct Object Object;

#define CLIXML_TYPE_BYTES 1024 /* of a type's name that are kept */

/* @row is borrowed; @times too. */
Object *object_new(XmlRow *row, const ReaderTimes *times);
void object_free(Object *object); /* accepts NULL */

/* Forgets the object before; xml_row_start() was called. */
void object_start(Object *object);

/* Its type, as the first thing that is said of it. */
void object_set_type(Object *object, Slice type);

/* Names of properties inside of each other. */
gsize object_push_name(Object *object, Slice name); /* returns what to go back to */
void object_pop_name(Object *object, gsize before);

/*
 * A value of the property at hand; without a name it is "Value". @element is that of CLIXML ("S",
 * "I32") and decides how it reads; NULL data: the property has none. Texts are copied.
 */
void object_add(Object *object, Slice element, Slice text);

/* There is something beside the type. */
gboolean object_has_columns(const Object *object);

/* Shape, values and time of the event, whose offset is set. */
void object_finish(Object *object, Event *ret_event);

/* Tells which times lacked a zone, and that LIMIT_CLIXML_OBJECT_BYTES cut something off. */
void object_report(const Object *object, const ReaderReport *report);

/*
 * Is there still room for texts (LIMIT_CLIXML_OBJECT_BYTES of the row's arena)? Where not, it is
 * noted that something is left out; so it is by object_note_cut().
 */
gboolean object_has_room(Object *object);
void object_note_cut(Object *object);

/* "_x000D_" is how PowerShell writes what XML does not allow. Appended to @ret. */
void clixml_append_text(GString *ret, Slice text);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STIX objects of events: which fields of events are which properties of which objects, as
 * content/tables/stix-objects.yml says (see there for its format), and what a shape has of them.
 *
 * Object types and properties are numbered, for patterns and the table alike. A property's name is
 * its path without [n] and [*], and without quotes; names of hashes are told apart by letters and
 * digits alone: "file:hashes.SHA256".
 */
#pragma once

#include "analysers/analyser.h"
#include "model/event.h"

typedef struct PatternObjects PatternObjects;

PatternObjects *pattern_objects_new(void);
void pattern_objects_free(PatternObjects *objects); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatternObjects, pattern_objects_free)

/* Reads the table, once. FALSE with @error where it is malformed. */
gboolean pattern_objects_read(PatternObjects *objects, Slice text, GError **error);

/* The number of the property that a pattern's path is about, and of its object type. */
guint pattern_objects_property(PatternObjects *objects, const char *path);
guint pattern_objects_type(PatternObjects *objects, const char *type);
guint pattern_objects_n_properties(const PatternObjects *objects);
guint pattern_objects_n_types(const PatternObjects *objects);

/* ---- what a shape has ---- */

/* Where a value comes from: a field, or a fact made of some. */
typedef struct ObjectSource {
	const Analyser *analyser; /* NULL: the field itself */
	const char *parameter;
	const char *name; /* of the field, or the first of them */
	guint n_columns;
	int columns[ANALYSER_MAX_INPUTS]; /* -1: the shape has none */
} ObjectSource;

typedef struct ObjectProperty {
	guint property;
	guint first, n; /* of the shape's sources */
} ObjectProperty;

typedef struct ShapeObject {
	guint type;
	gboolean ignores_case;
	guint first, n; /* of the shape's properties */
} ShapeObject;

typedef struct ShapeObjects {
	GArray *objects;    /* ShapeObject */
	GArray *properties; /* ObjectProperty */
	GArray *sources;    /* ObjectSource */
} ShapeObjects;

/* Every object of which @shape has some field. Texts are borrowed from @objects. */
ShapeObjects *pattern_objects_bind(const PatternObjects *objects, const Shape *shape);
void shape_objects_free(ShapeObjects *shape); /* accepts NULL */

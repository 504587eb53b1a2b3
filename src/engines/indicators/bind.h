/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bind: which columns of a shape are looked at, and for what. Columns that can hold nothing that is
 * looked for are left out, constant ones are looked at once.
 */
#pragma once

#include <glib.h>

#include "engines/indicators/find.h"
#include "engines/indicators/pattern-judge.h"

typedef struct BoundColumn {
	guint32 column, holds;
} BoundColumn;

/* Columns that are a URL together; -1 where there is none. */
typedef struct BoundUrl {
	int scheme, host, port, path, query;
} BoundUrl;

typedef struct BoundShape {
	GArray *columns;      /* BoundColumn */
	GArray *urls;	      /* BoundUrl */
	GArray *constant;     /* Hit: what constant columns are */
	guint32 kinds;	      /* bits of those that events of the shape are evidence of */
	const Shape *shape;   /* borrowed: a binding lives as long as its shape */
	void *owner;	      /* for the engine: itself */
	PatternBinding *stix; /* likewise: what STIX patterns there are for it; or NULL */
} BoundShape;

/* @finder says what is looked for; its hits are lost. */
BoundShape *bound_shape_new(const Observables *observables, Finder *finder, const Shape *shape);
void bound_shape_free(BoundShape *binding); /* accepts NULL */

/* Looks for indicators in @event; the hits are in @finder. */
void bound_shape_look(const BoundShape *binding, Finder *finder, const Event *event);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instance: what a record says behind a template token: which definition, and the values for it.
 *
 *	0c 01  template id  definition offset  [definition, where it stands here for the first time]
 *	number of values  {size, type, 0} for each value  the values' bytes, one behind the other
 */
#pragma once

#include <glib.h>

#include "base/cursor.h"

typedef struct InstanceValue {
	guint32 offset; /* in the chunk */
	guint16 size;
	guint8 type; /* enum BinxmlType, with its array flag */
} InstanceValue;

#define VALUE_POOL_SIZE 4096

/* Where the values of one record's instances stand; emptied for each record. */
typedef struct ValuePool {
	guint used;
	InstanceValue values[VALUE_POOL_SIZE];
} ValuePool;

typedef struct Instance {
	guint32 template_id;	   /* the first number of the definition's GUID */
	guint32 definition_offset; /* in the chunk */
	guint n_values;
	guint first_embedded;	     /* the first value of type BinXML, or n_values */
	const InstanceValue *values; /* in the pool */
} Instance;

/*
 * Reads an instance at @c, just behind the token byte. @c walks over the chunk's bytes from its
 * very start, so that positions are offsets in the chunk, and ends where the instance must end.
 * Returns NULL, or what is wrong.
 */
const char *instance_read(Cursor *c, ValuePool *pool, Instance *ret);

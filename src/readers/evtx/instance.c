/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/instance.h"

#include "base/limits.h"
#include "readers/evtx/binxml.h"

#define DESCRIPTOR_BYTES 4

/* Passes over the definition where it stands inside the record. */
static bool skip_definition(Cursor *c, guint32 definition_offset)
{
	uint32_t size;

	if (c->position != definition_offset)
		return true;
	return cursor_skip(c, EVTX_DEFINITION_HEADER - 4) && cursor_u32(c, &size) &&
		cursor_skip(c, size);
}

/* Where only the size of embedded BinXML is damaged, what is embedded says where it ends. */
static bool cut_last_value(Cursor *c, InstanceValue *values, guint n_values)
{
	InstanceValue *last = n_values > 0 ? &values[n_values - 1] : NULL;

	if (!last || last->type != TYPE_BINXML || !cursor_seek(c, last->offset))
		return false;
	last->size = (guint16)cursor_remaining(c);
	return cursor_skip(c, last->size);
}

static const char *read_values(Cursor *c, ValuePool *pool, Instance *instance)
{
	InstanceValue *values = pool->values + pool->used;
	Slice descriptors;

	if (!cursor_slice(c, (gsize)instance->n_values * DESCRIPTOR_BYTES, &descriptors))
		return "its table of values reaches behind its end";

	Cursor d = cursor_make(descriptors);
	gsize position = c->position;

	instance->first_embedded = instance->n_values;
	for (guint i = 0; i < instance->n_values; i++) {
		InstanceValue *value = &values[i];

		(void)cursor_u16(&d, &value->size); /* the table's size was checked above */
		(void)cursor_u8(&d, &value->type);
		(void)cursor_skip(&d, 1);
		value->offset = (guint32)position;
		position += value->size;
		if (value->type == TYPE_BINXML && instance->first_embedded == instance->n_values)
			instance->first_embedded = i;
	}
	if (!cursor_seek(c, position) && !cut_last_value(c, values, instance->n_values))
		return "its values reach behind its end";
	instance->values = values;
	pool->used += instance->n_values;
	return NULL;
}

const char *instance_read(Cursor *c, ValuePool *pool, Instance *ret)
{
	Instance instance = { 0 };
	uint32_t n_values;

	if (!cursor_skip(c, 1) || !cursor_u32(c, &instance.template_id) ||
		!cursor_u32(c, &instance.definition_offset))
		return "its template reference is cut off";
	if (!skip_definition(c, instance.definition_offset))
		return "the template definition in it reaches behind its end";
	if (!cursor_u32(c, &n_values))
		return "its number of values is cut off";
	if (n_values > LIMIT_EVTX_SUBSTITUTIONS || n_values > VALUE_POOL_SIZE - pool->used)
		return "it has more values than LIMIT_EVTX_SUBSTITUTIONS allows";
	instance.n_values = n_values;

	const char *trouble = read_values(c, pool, &instance);

	if (!trouble)
		*ret = instance;
	return trouble;
}

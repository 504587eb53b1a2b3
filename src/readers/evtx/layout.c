/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling: the hot path. Nearly all slots are SLOT_VALUE with a value that is neither empty nor an
 * array; those cost a table look-up and a bounds check each.
 */
#include "readers/evtx/layout.h"

#include "base/limits.h"
#include "readers/evtx/binxml.h"

/* What the types of BinXML are to the rest of spoor; what is not listed reads as bytes. */
static const guint8 value_types[TYPE_ARRAY] = {
	[TYPE_NULL] = VALUE_NULL,
	[TYPE_STRING] = VALUE_UTF16,
	[TYPE_ANSI] = VALUE_ANSI,
	[TYPE_INT8] = VALUE_INT,
	[TYPE_UINT8] = VALUE_UINT,
	[TYPE_INT16] = VALUE_INT,
	[TYPE_UINT16] = VALUE_UINT,
	[TYPE_INT32] = VALUE_INT,
	[TYPE_UINT32] = VALUE_UINT,
	[TYPE_INT64] = VALUE_INT,
	[TYPE_UINT64] = VALUE_UINT,
	[TYPE_REAL32] = VALUE_REAL,
	[TYPE_REAL64] = VALUE_REAL,
	[TYPE_BOOL] = VALUE_BOOL,
	[TYPE_BINARY] = VALUE_BINARY,
	[TYPE_GUID] = VALUE_GUID,
	[TYPE_SIZE] = VALUE_HEX,
	[TYPE_FILETIME] = VALUE_FILETIME,
	[TYPE_SYSTEMTIME] = VALUE_SYSTEMTIME,
	[TYPE_SID] = VALUE_SID,
	[TYPE_HEX32] = VALUE_HEX,
	[TYPE_HEX64] = VALUE_HEX,
	[TYPE_HANDLE] = VALUE_HEX,
	[TYPE_XML] = VALUE_UTF16,
};

guint frames_find_child(const Frames *frames, guint parent, guint index)
{
	for (guint i = parent + 1; i < frames->n; i++) {
		if (frames->frame[i].parent == parent && frames->frame[i].parent_index == index)
			return i;
	}
	return 0;
}

static ValueType value_type(guint8 type)
{
	ValueType found = value_types[type & ~TYPE_ARRAY];

	return found == VALUE_ABSENT ? VALUE_BINARY : found;
}

Value layout_known_value(const Piece *piece)
{
	if (piece->type == TYPE_NULL || piece->type == TYPE_BINXML)
		return (Value){ .type = VALUE_NULL };
	return (Value){ .type = value_type(piece->type), .bytes = piece->bytes };
}

/* Size of the first item of an array's remaining bytes, with what separates it from the next. */
static gsize next_item_size(guint8 type, Slice rest, gsize *ret_text_size)
{
	gsize size = binxml_type_size(type);

	if (type == TYPE_STRING || type == TYPE_XML) {
		for (size = 0; size + 1 < rest.size; size += 2) {
			if (rest.data[size] == 0 && rest.data[size + 1] == 0) {
				*ret_text_size = size;
				return size + 2;
			}
		}
		size = rest.size;
	} else if (type == TYPE_ANSI) {
		const guint8 *end = memchr(rest.data, 0, rest.size);

		if (end) {
			*ret_text_size = (gsize)(end - rest.data);
			return *ret_text_size + 1;
		}
		size = rest.size;
	} else if (type == TYPE_SID) {
		size = rest.size >= 8 ? 8 + 4 * (gsize)rest.data[1] : rest.size;
	}
	if (size == 0 || size > rest.size)
		size = rest.size;
	*ret_text_size = size;
	return size;
}

/* The items under construction of one column; they move to the arena when they are complete. */
typedef struct Items {
	Value value[LIMIT_EVTX_LIST_ITEMS];
	guint n;
} Items;

static void add_item(Fill *fill, Items *items, ValueType type, Slice bytes)
{
	if (items->n == LIMIT_EVTX_LIST_ITEMS) {
		fill->n_cut++;
		return;
	}
	items->value[items->n++] = (Value){ .type = type, .bytes = bytes };
}

static void add_array(Fill *fill, Items *items, guint8 type, Slice bytes, ValueType when_empty)
{
	guint8 base = type & (guint8)~TYPE_ARRAY;

	if (bytes.size == 0)
		add_item(fill, items, when_empty, SLICE_EMPTY);
	while (bytes.size > 0) {
		gsize text_size = 0, size = next_item_size(base, bytes, &text_size);

		if (items->n == LIMIT_EVTX_LIST_ITEMS) {
			fill->n_cut++;
			return;
		}
		add_item(fill, items, value_type(base), slice_sub(bytes, 0, text_size));
		bytes = slice_sub(bytes, size, bytes.size);
	}
}

/* TRUE where there is nothing to show. An empty string that is not optional is a text, though. */
static bool is_empty(guint8 type, Slice bytes, bool optional)
{
	if (type == TYPE_NULL || type == TYPE_BINXML)
		return true; /* what NULL values have as bytes are remains, not content */
	return bytes.size == 0 && (optional || (type != TYPE_STRING && type != TYPE_ANSI));
}

static void add_value(
	Fill *fill, Items *items, guint8 type, Slice bytes, bool optional, ValueType when_empty)
{
	if (type & TYPE_ARRAY)
		add_array(fill, items, type, bytes, when_empty);
	else if (is_empty(type, bytes, optional))
		add_item(fill, items, when_empty, SLICE_EMPTY);
	else
		add_item(fill, items, value_type(type), bytes);
}

/* What a piece of content is in this record. */
static Slice resolve_piece(Fill *fill, const Piece *piece, guint8 *ret_type)
{
	const Frame *frame = &fill->frames->frame[piece->frame];

	if (piece->is_known) {
		*ret_type = piece->type;
		return piece->bytes;
	}
	if (piece->index >= frame->n_values) {
		fill->n_missing++;
		*ret_type = TYPE_NULL;
		return SLICE_EMPTY;
	}

	const InstanceValue *value = &frame->values[piece->index];

	*ret_type = value->type;
	return slice_sub(fill->frames->chunk, value->offset, value->size);
}

/* Moves the items of @items from @from on to the arena, as one value. */
static Value collect(Fill *fill, Items *items, guint from, ValueType when_empty)
{
	guint n = items->n - from;

	items->n = from;
	if (n == 0)
		return (Value){ .type = when_empty };
	if (n == 1)
		return items->value[from];

	gsize size = n * sizeof(Value);

	if (size > fill->max_arena_bytes - MIN(fill->max_arena_bytes, fill->arena->total)) {
		fill->n_cut++;
		return items->value[from];
	}

	Slice copy = arena_copy(fill->arena, slice_make(&items->value[from], size));

	return (Value){ .type = VALUE_LIST, .n_items = n, .items = (const Value *)copy.data };
}

/* Text and values mixed: joined as text. An optional value that is empty takes all with it. */
static void add_joined(Fill *fill, Items *items, const Layout *layout, const Occurrence *o)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < o->n_pieces; i++) {
		const Piece *piece = &layout->pieces[o->first_piece + i];
		guint before = items->n;
		guint8 type;
		Slice bytes = resolve_piece(fill, piece, &type);

		if (piece->optional && is_empty(type, bytes, true)) {
			add_item(fill, items, o->when_empty, SLICE_EMPTY);
			return;
		}
		add_value(fill, items, type, bytes, piece->optional, VALUE_NULL);

		Value value = collect(fill, items, before, VALUE_NULL);

		value_append_text(text, &value);
		if (text->len > LIMIT_VALUE_BYTES) {
			g_string_truncate(text, LIMIT_VALUE_BYTES);
			fill->n_cut++;
			break;
		}
	}
	if (text->len > fill->max_arena_bytes - MIN(fill->max_arena_bytes, fill->arena->total)) {
		fill->n_cut++;
		return;
	}
	add_item(
		fill, items, VALUE_UTF8, arena_copy(fill->arena, slice_make(text->str, text->len)));
}

static void add_occurrence(Fill *fill, Items *items, const Layout *layout, const Occurrence *o)
{
	if (o->n_pieces == 0) {
		add_item(fill, items, o->when_empty, SLICE_EMPTY);
	} else if (o->n_pieces == 1) {
		const Piece *piece = &layout->pieces[o->first_piece];
		guint8 type;
		Slice bytes = resolve_piece(fill, piece, &type);

		add_value(fill, items, type, bytes, piece->optional, o->when_empty);
	} else {
		add_joined(fill, items, layout, o);
	}
}

static G_GNUC_NO_INLINE Value fill_mixed(const Layout *layout, Fill *fill, const Slot *slot)
{
	Items items;
	guint n_kept = 0;

	items.n = 0;
	for (guint i = 0; i < slot->n_occurrences; i++)
		add_occurrence(
			fill, &items, layout, &layout->occurrences[slot->first_occurrence + i]);
	for (guint i = 0; i < items.n; i++) { /* attributes that are not there are no items */
		if (items.value[i].type != VALUE_ABSENT)
			items.value[n_kept++] = items.value[i];
	}
	items.n = n_kept;
	return collect(fill, &items, 0, VALUE_ABSENT);
}

/* A single value that is empty, an array or missing. */
static G_GNUC_NO_INLINE Value fill_unusual(Fill *fill, const Slot *slot)
{
	const Frame *frame = &fill->frames->frame[slot->frame];

	if (slot->index >= frame->n_values) {
		fill->n_missing++;
		return (Value){ .type = slot->when_empty };
	}

	const InstanceValue *value = &frame->values[slot->index];
	Slice bytes = slice_sub(fill->frames->chunk, value->offset, value->size);

	if (value->type & TYPE_ARRAY) {
		Items items;

		items.n = 0;
		add_array(fill, &items, value->type, bytes, slot->when_empty);
		return collect(fill, &items, 0, slot->when_empty);
	}
	if (is_empty(value->type, bytes, slot->optional))
		return (Value){ .type = slot->when_empty };
	return (Value){ .type = value_type(value->type), .bytes = bytes };
}

void layout_fill(const Layout *layout, Fill *fill, Value *values)
{
	for (guint i = 0; i < layout->n_slots; i++) {
		const Slot *slot = &layout->slots[i];
		const Frame *frame = &fill->frames->frame[slot->frame];

		if (slot->kind == SLOT_FIXED) {
			values[i] = slot->fixed;
			continue;
		}
		if (slot->kind == SLOT_MIXED) {
			values[i] = fill_mixed(layout, fill, slot);
			continue;
		}
		if (slot->index < frame->n_values) {
			const InstanceValue *value = &frame->values[slot->index];
			guint8 type = value->type < TYPE_ARRAY ? value_types[value->type] : 0;

			if (type > VALUE_NULL && value->size > 0) {
				values[i] = (Value){ .type = type,
					.bytes = slice_sub(
						fill->frames->chunk, value->offset, value->size) };
				continue;
			}
		}
		values[i] = fill_unusual(fill, slot);
	}
}

Slice layout_key_value(const Frames *frames, ProgramKey key, guint8 *ret_type)
{
	const Frame *outer = &frames->frame[0];
	int index = outer->program->keys[key];

	if (index == KEY_CONSTANT || (guint)index >= outer->n_values) {
		*ret_type = TYPE_NULL;
		return SLICE_EMPTY;
	}

	const InstanceValue *value = &outer->values[index];

	*ret_type = value->type;
	return slice_sub(frames->chunk, value->offset, value->size);
}

gboolean layout_matches(const Layout *layout, const Frames *frames)
{
	if (layout->n_places != frames->n)
		return FALSE;
	for (guint i = 0; i < frames->n; i++) {
		const Frame *frame = &frames->frame[i];
		const LayoutPlace *place = &layout->places[i];

		if (place->program != frame->program || place->parent != frame->parent ||
			place->parent_index != frame->parent_index)
			return FALSE;
	}
	for (guint key = 0; key < KEY_N; key++) {
		guint8 type;
		Slice bytes = layout_key_value(frames, key, &type);

		if (type != layout->key_types[key] || !slice_equal(bytes, layout->key_bytes[key]))
			return FALSE;
	}
	return TRUE;
}

static void append_number(GByteArray *ret, guint64 number)
{
	g_byte_array_append(ret, (const guint8 *)&number, sizeof(number));
}

void layout_append_key(GByteArray *ret, const Frames *frames)
{
	for (guint i = 0; i < frames->n; i++) {
		const Frame *frame = &frames->frame[i];

		append_number(ret, GPOINTER_TO_SIZE(frame->program)); /* never leaves the process */
		append_number(ret, (guint64)frame->parent << 32 | frame->parent_index);
	}
	for (guint key = 0; key < KEY_N; key++) {
		guint8 type;
		Slice bytes = layout_key_value(frames, key, &type);

		append_number(ret, (guint64)type << 32 | bytes.size);
		g_byte_array_append(ret, bytes.data, (guint)bytes.size);
	}
}

gsize layout_size(const Layout *layout)
{
	return sizeof(*layout) + layout->n_slots * (sizeof(Slot) + sizeof(ShapeColumn) + 64) +
		layout->n_occurrences * sizeof(Occurrence) + layout->n_pieces * sizeof(Piece);
}

void layout_free(Layout *layout)
{
	if (!layout)
		return;
	for (guint key = 0; key < KEY_N; key++)
		g_free((void *)layout->key_bytes[key].data);
	g_free(layout->slots);
	g_free(layout->occurrences);
	g_free(layout->pieces);
	g_free(layout);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns are kept in *slots*: first the fixed ones, then others in the order in which they turned
 * up. A slot's place in the shape changes as the shape grows; its number does not. Logs repeat
 * their keys in the same order, so each slot remembers which one was added after it, and most names
 * are found by one comparison.
 */
#include "readers/wide.h"

#include "base/hash.h"
#include "base/limits.h"

#define NO_SLOT	  G_MAXUINT
#define OTHERS	  "other_fields" /* has fields as name=value, once there are too many names */
#define RAW_BYTES (64u << 10)	 /* of events with more, each value is looked at */

typedef struct Slot {
	Slice name;   /* owned, but for fixed columns; first: the key of the table */
	guint column; /* in the shape */
	guint next;   /* the slot that was added after this one, last time */
	guint64 task; /* that had it last; of columns that are not fixed */
	guint n_values;
	guint first_item; /* while lists are made */
	Value value;	  /* the first one */
} Slot;

typedef struct Further {
	guint slot;
	Value value;
} Further;

struct Wide {
	const char *format;
	const WideColumn *fixed;
	guint n_fixed;
	GPtrArray *slots; /* Slot */
	GHashTable *by_name;
	GArray *touched;   /* guint: slots that this event has */
	GArray *further;   /* Further: second values and more */
	GPtrArray *shapes; /* the last is in use */
	guint shape_slots; /* how many slots that one has columns for */
	guint64 task;	   /* number of the task at hand */
	guint n_own;	   /* names of it that are not fixed */
	guint64 n_others;  /* events of it that have fields in OTHERS */
	guint64 first_others;
	gboolean has_others;
	guint last; /* slot added last */
	guint n_values;
	GArray *row;	 /* Value, by column */
	GByteArray *raw; /* all values of the event: Event.raw */
	Arena arena;
};

static void slot_free(gpointer data)
{
	g_free(data);
}

static Slot *slot_at(const Wide *wide, guint index)
{
	return g_ptr_array_index(wide->slots, index);
}

static guint slot_new(Wide *wide, Slice name)
{
	/* One block for the slot and its name. */
	GByteArray *block = g_byte_array_sized_new((guint)(sizeof(Slot) + name.size));
	Slot slot = { .next = NO_SLOT };

	g_byte_array_append(block, (const guint8 *)&slot, sizeof slot);
	g_byte_array_append(block, name.data, (guint)name.size);

	guint8 *bytes = g_byte_array_free(block, FALSE);
	Slot *made = (void *)bytes;

	made->name = slice_make(&bytes[sizeof(Slot)], name.size);
	g_ptr_array_add(wide->slots, made);
	g_hash_table_insert(wide->by_name, made, GUINT_TO_POINTER(wide->slots->len));
	return wide->slots->len - 1;
}

Wide *wide_new(const char *format, const WideColumn *fixed, guint n_fixed)
{
	Wide *wide = g_new0(Wide, 1);

	*wide = (Wide){
		.format = format,
		.fixed = fixed,
		.n_fixed = n_fixed,
		.slots = g_ptr_array_new_with_free_func(slot_free),
		.by_name = g_hash_table_new(slice_hash_key, slice_equal_key),
		.touched = g_array_new(FALSE, FALSE, sizeof(guint)),
		.further = g_array_new(FALSE, FALSE, sizeof(Further)),
		.shapes = g_ptr_array_new_with_free_func((GDestroyNotify)shape_free),
		.row = g_array_new(FALSE, TRUE, sizeof(Value)),
		.raw = g_byte_array_new(),
		.last = NO_SLOT,
	};
	arena_init(&wide->arena);
	for (guint i = 0; i < n_fixed; i++)
		(void)slot_new(wide, slice_from_text(fixed[i].name));
	return wide;
}

void wide_free(Wide *wide)
{
	if (!wide)
		return;
	g_hash_table_unref(wide->by_name);
	g_ptr_array_unref(wide->slots);
	g_array_unref(wide->touched);
	g_array_unref(wide->further);
	g_ptr_array_unref(wide->shapes);
	g_array_unref(wide->row);
	g_byte_array_unref(wide->raw);
	arena_clear(&wide->arena);
	g_free(wide);
}

void wide_start(Wide *wide)
{
	for (guint i = 0; i < wide->touched->len; i++)
		slot_at(wide, g_array_index(wide->touched, guint, i))->n_values = 0;
	g_array_set_size(wide->touched, 0);
	g_array_set_size(wide->further, 0);
	wide->last = NO_SLOT;
	wide->n_values = 0;
	wide->has_others = FALSE;
	if (wide->shapes->len > 1)
		g_ptr_array_remove_range(wide->shapes, 0, wide->shapes->len - 1);
	arena_reset(&wide->arena);
}

static gboolean add_to_slot(Wide *wide, guint index, Value value)
{
	Slot *slot = slot_at(wide, index);

	if (value.type == VALUE_ABSENT)
		return TRUE;
	if (wide->n_values >= LIMIT_EVENT_VALUES)
		return FALSE;
	wide->n_values++;
	if (slot->n_values++ == 0) {
		slot->value = value;
		g_array_append_val(wide->touched, index);
		return TRUE;
	}

	Further further = { index, value };

	g_array_append_val(wide->further, further);
	return TRUE;
}

gboolean wide_set(Wide *wide, guint column, Value value)
{
	return add_to_slot(wide, column, value);
}

gboolean wide_has(const Wide *wide, guint column)
{
	return slot_at(wide, column)->n_values > 0;
}

/* Without its room for the names of earlier tasks, no task gets too many. */
static void forget_others(Wide *wide)
{
	g_hash_table_remove_all(wide->by_name);
	g_ptr_array_set_size(wide->slots, (gint)wide->n_fixed);
	for (guint i = 0; i < wide->n_fixed; i++) {
		slot_at(wide, i)->next = NO_SLOT;
		g_hash_table_insert(wide->by_name, slot_at(wide, i), GUINT_TO_POINTER(i + 1));
	}
	wide->shape_slots = 0; /* no shape fits any more */
}

void wide_begin_task(Wide *wide)
{
	wide_start(wide);
	wide->task++;
	wide->n_own = 0;
	wide->n_others = 0;
	if (wide->slots->len + LIMIT_TASK_COLUMNS + 1 > LIMIT_EVENT_COLUMNS)
		forget_others(wide);
}

void wide_report(const Wide *wide, const ReaderReport *report)
{
	Gap gap = {
		.kind = GAP_LIMIT,
		.offset = wide->first_others,
		.records = wide->n_others,
		.note = "Of more different fields than LIMIT_TASK_COLUMNS, events have the later "
			"ones as name=value in " OTHERS ".",
	};

	if (wide->n_others)
		report->gap(report->context, &gap);
}

static guint find_slot(Wide *wide, Slice name)
{
	if (wide->last != NO_SLOT) {
		guint guess = slot_at(wide, wide->last)->next;

		if (guess != NO_SLOT && slice_equal(slot_at(wide, guess)->name, name))
			return guess;
	}

	gpointer found = g_hash_table_lookup(wide->by_name, &name);

	return found ? GPOINTER_TO_UINT(found) - 1 : NO_SLOT;
}

/*
 * The slot of @name; NO_SLOT where the task has had too many other names. Only what is in the task
 * counts: of a name that an earlier one brought, this one knows nothing until it has it, too.
 */
static guint take_slot(Wide *wide, Slice name)
{
	guint index = find_slot(wide, name);

	if (index < wide->n_fixed || (index != NO_SLOT && slot_at(wide, index)->task == wide->task))
		return index;
	if (wide->n_own >= LIMIT_TASK_COLUMNS)
		return NO_SLOT;
	if (index == NO_SLOT)
		index = slot_new(wide, name);
	wide->n_own++;
	slot_at(wide, index)->task = wide->task;
	return index;
}

/* A field without a column of its own: "name=value" in a column that is for all such. */
static gboolean add_to_others(Wide *wide, Slice name, Value value)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	guint index = find_slot(wide, slice_from_text(OTHERS));

	if (value.type != VALUE_UTF8 && value.type != VALUE_ANSI && value.type != VALUE_NULL)
		return FALSE;
	if (index == NO_SLOT)
		index = slot_new(wide, slice_from_text(OTHERS));
	slot_at(wide, index)->task = wide->task;
	g_byte_array_append(text, name.data, (guint)name.size);
	g_byte_array_append(text, (const guint8 *)"=", 1);
	if (value.type != VALUE_NULL)
		g_byte_array_append(text, value.bytes.data, (guint)value.bytes.size);
	value.type = value.type == VALUE_ANSI ? VALUE_ANSI : VALUE_UTF8;
	value.bytes = arena_copy(&wide->arena, slice_make(text->data, text->len));
	wide->has_others = TRUE;
	return add_to_slot(wide, index, value);
}

gboolean wide_add(Wide *wide, Slice name, Value value)
{
	if (name.size == 0 || name.size > LIMIT_COLUMN_NAME_BYTES)
		return FALSE;

	if (value.type == VALUE_ABSENT)
		return TRUE;

	guint index = take_slot(wide, name);

	if (index == NO_SLOT)
		return add_to_others(wide, name, value);
	if (wide->last != NO_SLOT)
		slot_at(wide, wide->last)->next = index;
	wide->last = index;
	return add_to_slot(wide, index, value);
}

static int compare_slots(gconstpointer a, gconstpointer b)
{
	const Slot *x = *(const Slot *const *)a, *y = *(const Slot *const *)b;

	return slice_compare(x->name, y->name);
}

static void make_shape(Wide *wide)
{
	Shape *shape = shape_new(wide->format);
	g_autoptr(GPtrArray) others = g_ptr_array_new();
	g_autoptr(GString) name = g_string_new(NULL);

	for (guint i = 0; i < wide->n_fixed; i++)
		slot_at(wide, i)->column =
			shape_add_column(shape, wide->fixed[i].name, wide->fixed[i].constant);
	for (guint i = wide->n_fixed; i < wide->slots->len; i++)
		g_ptr_array_add(others, slot_at(wide, i));
	g_ptr_array_sort(others, compare_slots);
	for (guint i = 0; i < others->len; i++) {
		Slot *slot = g_ptr_array_index(others, i);

		g_string_truncate(name, 0);
		g_string_append_len(name, (const char *)slot->name.data, (gssize)slot->name.size);
		slot->column = shape_add_column(shape, name->str, NULL);
	}
	g_ptr_array_add(wide->shapes, shape);
	wide->shape_slots = wide->slots->len;
}

static Value *row_at(Wide *wide, guint column)
{
	return &g_array_index(wide->row, Value, column);
}

/* Values of constant columns are there as well: an event is read without its shape's help. */
static void clear_row(Wide *wide)
{
	g_array_set_size(wide->row, 0);
	g_array_set_size(wide->row, wide->slots->len); /* zeroed: ABSENT */
	for (guint i = 0; i < wide->n_fixed; i++) {
		if (wide->fixed[i].constant)
			*row_at(wide, i) =
				wide_text(slice_from_text(wide->fixed[i].constant), VALUE_UTF8);
	}
}

static void make_lists(Wide *wide)
{
	guint n_items = 0;

	for (guint i = 0; i < wide->touched->len; i++) {
		Slot *slot = slot_at(wide, g_array_index(wide->touched, guint, i));

		slot->first_item = n_items;
		n_items += slot->n_values > 1 ? slot->n_values : 0;
	}

	Value *items = arena_alloc(&wide->arena, n_items * sizeof *items);

	for (guint i = 0; i < wide->touched->len; i++) {
		Slot *slot = slot_at(wide, g_array_index(wide->touched, guint, i));

		if (slot->n_values < 2)
			continue;
		*row_at(wide, slot->column) = (Value){
			.type = VALUE_LIST,
			.n_items = slot->n_values,
			.items = &items[slot->first_item],
		};
		items[slot->first_item++] = slot->value;
	}
	for (guint i = 0; i < wide->further->len; i++) {
		const Further *further = &g_array_index(wide->further, Further, i);

		items[slot_at(wide, further->slot)->first_item++] = further->value;
	}
}

/* FALSE where what is searched for in @value may not stand in its bytes. */
static gboolean append_raw(GByteArray *raw, const Value *value, char separator)
{
	if (value->type == VALUE_ABSENT || value->type == VALUE_NULL)
		return TRUE;
	if ((value->type != VALUE_UTF8 && value->type != VALUE_ANSI) ||
		value->bytes.size + raw->len > RAW_BYTES)
		return FALSE;
	g_byte_array_append(raw, (const guint8 *)&separator, 1);
	g_byte_array_append(raw, value->bytes.data, (guint)value->bytes.size);
	return TRUE;
}

/*
 * Values do not all stand in the evidence as they are, so they are put behind each other, as a log
 * of columns would have them: in order, with a blank before each, or a line feed in lists.
 */
static Slice make_raw(Wide *wide)
{
	g_byte_array_set_size(wide->raw, 0);
	for (guint i = 0; i < wide->row->len; i++) {
		const Value *value = row_at(wide, i);
		guint n_items = value->type == VALUE_LIST ? value->n_items : 1;
		const Value *items = value->type == VALUE_LIST ? value->items : value;

		if (i < wide->n_fixed && wide->fixed[i].constant)
			continue;
		for (guint k = 0; k < n_items; k++) {
			if (!append_raw(wide->raw, &items[k], k == 0 ? ' ' : '\n'))
				return SLICE_EMPTY;
		}
	}
	return slice_make(wide->raw->data, wide->raw->len);
}

void wide_finish(Wide *wide, Event *ret_event)
{
	if (wide->shape_slots != wide->slots->len)
		make_shape(wide);
	clear_row(wide);
	for (guint i = 0; i < wide->touched->len; i++) {
		const Slot *slot = slot_at(wide, g_array_index(wide->touched, guint, i));

		*row_at(wide, slot->column) = slot->value;
	}
	if (wide->further->len > 0)
		make_lists(wide);
	ret_event->shape = g_ptr_array_index(wide->shapes, wide->shapes->len - 1);
	ret_event->values = row_at(wide, 0);
	ret_event->raw = make_raw(wide);
	if (wide->has_others && wide->n_others++ == 0)
		wide->first_others = ret_event->offset;
}

Arena *wide_arena(Wide *wide)
{
	return &wide->arena;
}

Value wide_text(Slice text, ValueType type)
{
	return text.data ? (Value){ .type = type, .bytes = text } : (Value){ .type = VALUE_ABSENT };
}

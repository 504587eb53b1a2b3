/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of columns are numbered, so that a shape is found by the numbers of its columns and the
 * texts of its constants, without looking at names again.
 */
#include "readers/windows-xml/event.h"

#include "base/hash.h"
#include "base/limits.h"
#include "readers/windows-xml/xml-scan.h"

#define NO_COLUMN      G_MAXUINT
#define CONSTANT_BYTES 1024

typedef enum Section {
	SECTION_TOP,
	SECTION_EVENT,	/* System, EventData, UserData … */
	SECTION_SYSTEM, /* all below: inside one of those */
	SECTION_EVENT_DATA,
	SECTION_USER_DATA,
	SECTION_RENDERING,
} Section;

typedef struct Element {
	Slice name;
	Slice label; /* the Name attribute of Data; without data: none */
	Section section;
	gboolean has_children, has_attributes;
	gboolean has_words; /* the text is more than blanks */
	Slice text;	    /* its content so far, decoded */
	guint8 *joined;	    /* where it was put together from pieces, with room for more: */
	gsize room;
} Element;

typedef struct Name {
	Slice text; /* owned; first: the key of the table */
	guint id;
	guint column; /* in the event number @event */
	guint64 event;
} Name;

typedef struct Column {
	Name *name;
	Value value; /* the first */
	guint n_values, first_item;
} Column;

typedef struct Further {
	guint column;
	Value value;
} Further;

typedef struct ShapeEntry {
	Slice key; /* owned; first: the key of the table */
	Shape *shape;
} ShapeEntry;

struct XmlEvents {
	GHashTable *names;  /* Name */
	GHashTable *shapes; /* ShapeEntry */
	GArray *columns;    /* Column */
	GArray *further;    /* Further */
	GArray *row;	    /* Value */
	GByteArray *key;
	GString *scratch;
	Arena arena;
	Element stack[LIMIT_XML_DEPTH];
	guint depth, n_nodes;
	guint64 number; /* of the event at hand */
	gboolean is_cut;
	ValueType type;
	Slice time, record;
};

/* As the reader of EVTX: what says which event it is stays clean of fields called the same. */
static const char *const identity_columns[] = { "Channel", "Computer", "EventID", "EventRecordID",
	"Provider_Name", "TimeCreated_SystemTime", NULL };
static const char *const constant_columns[] = { "Channel", "Provider_Name", "EventID", NULL };
static const char *const number_columns[] = { "EventID", "EventID_Qualifiers", "Version", "Level",
	"Task", "Opcode", "EventRecordID", "Execution_ProcessID", "Execution_ThreadID",
	"Execution_ProcessorID", "Execution_SessionID", "Execution_KernelTime",
	"Execution_UserTime", NULL };

static gboolean slice_is(Slice s, const char *text)
{
	return slice_equal(s, slice_from_text(text));
}

static gboolean is_one_of(const char *const *names, Slice name)
{
	for (; *names; names++) {
		if (slice_is(name, *names))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_blank(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isspace(text.data[i]))
			return FALSE;
	}
	return TRUE;
}

/* ---- names and shapes ---- */

static void name_free(gpointer data)
{
	Name *name = data;

	g_free((void *)name->text.data);
	g_free(name);
}

static void shape_entry_free(gpointer data)
{
	ShapeEntry *entry = data;

	g_free((void *)entry->key.data);
	shape_free(entry->shape);
	g_free(entry);
}

XmlEvents *xml_events_new(void)
{
	XmlEvents *events = g_new0(XmlEvents, 1);

	events->names = g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, name_free);
	events->shapes =
		g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, shape_entry_free);
	events->columns = g_array_new(FALSE, FALSE, sizeof(Column));
	events->further = g_array_new(FALSE, FALSE, sizeof(Further));
	events->row = g_array_new(FALSE, TRUE, sizeof(Value));
	events->key = g_byte_array_new();
	events->scratch = g_string_new(NULL);
	arena_init(&events->arena);
	return events;
}

void xml_events_free(XmlEvents *events)
{
	if (!events)
		return;
	g_hash_table_unref(events->names);
	g_hash_table_unref(events->shapes);
	g_array_unref(events->columns);
	g_array_unref(events->further);
	g_array_unref(events->row);
	g_byte_array_unref(events->key);
	g_string_free(events->scratch, TRUE);
	arena_clear(&events->arena);
	g_free(events);
}

void xml_events_start(XmlEvents *events)
{
	if (g_hash_table_size(events->shapes) >= LIMIT_SHAPES ||
		g_hash_table_size(events->names) >= LIMIT_XML_NAMES) {
		g_hash_table_remove_all(events->shapes);
		g_hash_table_remove_all(events->names);
	}
	g_array_set_size(events->columns, 0);
	g_array_set_size(events->further, 0);
	arena_reset(&events->arena);
	events->number++;
	events->depth = 0;
	events->n_nodes = 0;
	events->is_cut = FALSE;
	events->time = events->record = SLICE_EMPTY;
}

static Name *intern_name(XmlEvents *events, Slice text)
{
	Name *name = g_hash_table_lookup(events->names, &text);

	if (name)
		return name;
	name = g_new0(Name, 1);
	name->text = slice_make(g_memdup2(text.data, text.size), text.size);
	name->id = g_hash_table_size(events->names);
	g_hash_table_add(events->names, name);
	return name;
}

/* ---- columns ---- */

static Column *column_at(XmlEvents *events, guint index)
{
	return &g_array_index(events->columns, Column, index);
}

static Slice scratch_slice(const XmlEvents *events)
{
	return slice_make(events->scratch->str, events->scratch->len);
}

/* The column called events->scratch, made where the event has none; NO_COLUMN: too many. */
static guint find_column(XmlEvents *events, Section section)
{
	Name *name;

	if (section != SECTION_SYSTEM && is_one_of(identity_columns, scratch_slice(events)))
		g_string_prepend(events->scratch,
			section == SECTION_EVENT_DATA ? "EventData_" : "UserData_");
	if (events->scratch->len == 0 || events->scratch->len > LIMIT_COLUMN_NAME_BYTES)
		return NO_COLUMN;
	name = intern_name(events, scratch_slice(events));
	if (name->event == events->number)
		return name->column;
	if (events->columns->len + 1 >= LIMIT_EVENT_COLUMNS)
		return NO_COLUMN;

	Column column = { .name = name };

	g_array_append_val(events->columns, column);
	name->event = events->number;
	name->column = events->columns->len - 1;
	return name->column;
}

/* Numbers of System are numbers, as in EVTX. */
static Value typed_value(XmlEvents *events, Section section, Slice text)
{
	guint8 bytes[8];
	guint64 number = 0;

	if (section != SECTION_SYSTEM || text.size == 0 || text.size > 18 ||
		(text.data[0] == '0' && text.size > 1) ||
		!is_one_of(number_columns, scratch_slice(events)))
		return (Value){ .type = events->type, .bytes = text };
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return (Value){ .type = events->type, .bytes = text };
		number = number * 10 + (guint64)(text.data[i] - '0');
	}
	for (guint i = 0; i < 8; i++)
		bytes[i] = (guint8)(number >> 8 * i);
	return (Value){ .type = VALUE_UINT,
		.bytes = arena_copy(&events->arena, slice_make(bytes, 8)) };
}

static void add_value(XmlEvents *events, Section section, Slice text)
{
	guint index = find_column(events, section);

	if (index == NO_COLUMN) {
		events->is_cut = TRUE;
		return;
	}

	Column *column = column_at(events, index);
	Value value = typed_value(events, section, text);

	if (section == SECTION_SYSTEM && slice_is(column->name->text, "TimeCreated_SystemTime"))
		events->time = text;
	if (section == SECTION_SYSTEM && slice_is(column->name->text, "EventRecordID"))
		events->record = text;
	if (column->n_values++ == 0) {
		column->value = value;
	} else {
		Further further = { index, value };

		g_array_append_val(events->further, further);
	}
}

/* As much of a name as makes it too long. */
static void append_name(GString *ret, Slice name)
{
	name = slice_sub(name, 0, LIMIT_COLUMN_NAME_BYTES + 1);
	g_string_append_len(ret, (const char *)name.data, (gssize)name.size);
}

/* The element's name in events->scratch. */
static void name_element(XmlEvents *events, const Element *element)
{
	GString *ret = events->scratch;

	g_string_truncate(ret, 0);
	if (element->section == SECTION_RENDERING)
		g_string_append(ret, "RenderingInfo_");

	gsize before = ret->len;

	/* It is asked for with each attribute, and longer than this no column is called. */
	for (gsize i = 0; i < element->label.size && ret->len <= LIMIT_COLUMN_NAME_BYTES; i++) {
		if (!g_ascii_isspace(element->label.data[i]) && element->label.data[i])
			g_string_append_c(ret, (char)element->label.data[i]);
	}
	if (ret->len == before)
		append_name(ret, element->name);
}

/* ---- elements ---- */

static Section section_of_child(const Element *parent)
{
	if (parent->section == SECTION_TOP)
		return SECTION_EVENT;
	if (parent->section != SECTION_EVENT)
		return parent->section;
	if (slice_is(parent->name, "System"))
		return SECTION_SYSTEM;
	if (slice_is(parent->name, "EventData"))
		return SECTION_EVENT_DATA;
	if (slice_is(parent->name, "RenderingInfo"))
		return SECTION_RENDERING;
	return SECTION_USER_DATA;
}

static void add_attributes(XmlEvents *events, Element *element, Slice attributes)
{
	gboolean is_data = element->section != SECTION_SYSTEM &&
		(slice_is(element->name, "Data") || slice_is(element->name, "ComplexData"));
	gsize at = 0;
	Slice name, value;

	while (is_data && xml_attribute_next(attributes, &at, &name, &value)) {
		if (slice_is(name, "Name"))
			element->label = xml_decode(value, &events->arena);
	}
	for (at = 0; xml_attribute_next(attributes, &at, &name, &value);) {
		if (slice_is(slice_sub(name, 0, 5), "xmlns") || (is_data && slice_is(name, "Name")))
			continue;
		if (++events->n_nodes > LIMIT_XML_NODES) {
			events->is_cut = TRUE;
			return;
		}
		name_element(events, element);
		g_string_append_c(events->scratch, '_');

		const guint8 *colon = memchr(name.data, ':', name.size);

		if (colon)
			name = slice_sub(name, (gsize)(colon - name.data) + 1, name.size);
		append_name(events->scratch, name);
		add_value(events, element->section, xml_decode(value, &events->arena));
		element->has_attributes = TRUE;
	}
}

static gboolean has_content_column(const Element *element)
{
	switch (element->section) {
	case SECTION_TOP:
	case SECTION_EVENT:
		return element->has_words;
	case SECTION_SYSTEM:
		return element->has_children ? element->has_words : element->text.size > 0;
	default:
		if (element->has_children)
			return element->has_words;
		return element->text.size > 0 || !element->has_attributes;
	}
}

static void close_element(XmlEvents *events)
{
	const Element *element = &events->stack[--events->depth];

	if (!has_content_column(element))
		return;
	name_element(events, element);
	add_value(
		events, element->section, element->text.data ? element->text : slice_from_text(""));
}

static gboolean open_element(XmlEvents *events, const XmlScan *scan)
{
	Element element = { .name = scan->name, .section = SECTION_TOP };

	if (events->depth == LIMIT_XML_DEPTH || ++events->n_nodes > LIMIT_XML_NODES) {
		events->is_cut = TRUE;
		return FALSE;
	}
	if (events->depth > 0) {
		Element *parent = &events->stack[events->depth - 1];

		parent->has_children = TRUE;
		element.section = section_of_child(parent);
	}
	events->stack[events->depth++] = element;
	add_attributes(events, &events->stack[events->depth - 1], scan->attributes);
	if (scan->is_empty)
		close_element(events);
	return TRUE;
}

/* Room doubles, so many small pieces cost no more than their bytes. */
static void join_text(XmlEvents *events, Element *element, Slice text)
{
	Slice before = element->text;
	gsize size = before.size + text.size;

	if (!element->joined || size > element->room) {
		element->room = 2 * size;
		element->joined = arena_alloc(&events->arena, element->room);
		for (gsize i = 0; i < before.size; i++)
			element->joined[i] = before.data[i];
	}
	for (gsize i = 0; i < text.size; i++)
		element->joined[before.size + i] = text.data[i];
	element->text = slice_make(element->joined, size);
}

/* Text in pieces (beside CDATA or children) is put together; blanks between children are not. */
static void add_text(XmlEvents *events, Slice text)
{
	gboolean has_words = !is_blank(text);
	Element *element;

	if (events->depth == 0)
		return;
	element = &events->stack[events->depth - 1];
	if (!has_words && element->has_children)
		return;
	/* Each text is looked at once: what there is already can be long, and pieces many. */
	if (element->has_words || (element->text.size > 0 && !element->has_children))
		join_text(events, element, text);
	else
		element->text = text;
	element->has_words = element->has_words || has_words;
}

/* An end tag closes what is open up to the element of its name; one without it is passed over. */
static void end_element(XmlEvents *events, Slice name)
{
	guint depth = events->depth;

	while (depth > 0 && !slice_equal(events->stack[depth - 1].name, name))
		depth--;
	if (depth == 0)
		return;
	while (events->depth >= depth)
		close_element(events);
}

/* Returns what went wrong, or NULL. */
static const char *walk(XmlEvents *events, Slice bytes)
{
	XmlScan scan = xml_scan_make(bytes);

	for (;;) {
		switch (xml_scan_next(&scan)) {
		case XML_START:
			if (!open_element(events, &scan))
				return "it has more elements, or deeper ones, than LIMIT_XML_NODES "
				       "and LIMIT_XML_DEPTH allow";
			break;
		case XML_END:
			end_element(events, scan.name);
			break;
		case XML_TEXT:
			add_text(events,
				scan.is_raw ? xml_decode(scan.text, &events->arena) : scan.text);
			break;
		case XML_BROKEN:
			return scan.trouble;
		case XML_OVER:
			return events->depth > 0 ? "it does not end" : NULL;
		}
	}
}

/* ---- shapes ---- */

/*
 * TRUE where the column's value is one of the shape's constants, with its text in events->scratch.
 * Shapes are kept, so it has to be short, and a text for C.
 */
static gboolean take_constant(XmlEvents *events, const Column *column)
{
	GString *text = events->scratch;

	if (column->n_values != 1 || column->value.bytes.size > CONSTANT_BYTES ||
		!is_one_of(constant_columns, column->name->text))
		return FALSE;
	g_string_truncate(text, 0);
	value_append_text(text, &column->value);
	return memchr(text->str, 0, text->len) == NULL;
}

/* To the key: the column, and its constant with a zero byte behind it, if it has one. */
static void append_column(XmlEvents *events, const Column *column)
{
	gboolean is_constant = take_constant(events, column);
	guint32 id = column->name->id << 1 | (guint)is_constant;

	g_byte_array_append(events->key, (const guint8 *)&id, sizeof id);
	if (is_constant)
		g_byte_array_append(events->key, (const guint8 *)events->scratch->str,
			(guint)events->scratch->len + 1);
}

static Shape *make_shape(XmlEvents *events)
{
	Shape *shape = shape_new("windows-xml");
	g_autoptr(GString) label = g_string_new(NULL);

	(void)shape_add_column(shape, "LogFormat", "windows-xml");
	for (guint i = 0; i < events->columns->len; i++) {
		const Column *column = column_at(events, i);
		Slice name = column->name->text;

		g_string_truncate(label, 0);
		g_string_append_len(label, (const char *)name.data, (gssize)name.size);
		(void)shape_add_column(shape, label->str,
			take_constant(events, column) ? events->scratch->str : NULL);
	}
	return shape;
}

static Shape *find_shape(XmlEvents *events)
{
	g_byte_array_set_size(events->key, 0);
	for (guint i = 0; i < events->columns->len; i++)
		append_column(events, column_at(events, i));

	Slice key = slice_make(events->key->data, events->key->len);
	ShapeEntry *entry = g_hash_table_lookup(events->shapes, &key);

	if (!entry) {
		entry = g_new0(ShapeEntry, 1);
		entry->key = slice_make(g_memdup2(key.data, key.size), key.size);
		entry->shape = make_shape(events);
		g_hash_table_add(events->shapes, entry);
	}
	return entry->shape;
}

static void fill_row(XmlEvents *events)
{
	GArray *row = events->row;
	guint n_items = 0;

	g_array_set_size(row, 0);
	g_array_set_size(row, events->columns->len + 1);
	g_array_index(row, Value, 0) =
		(Value){ .type = VALUE_UTF8, .bytes = slice_from_text("windows-xml") };
	for (guint i = 0; i < events->columns->len; i++) {
		Column *column = column_at(events, i);

		g_array_index(row, Value, i + 1) = column->value;
		column->first_item = n_items;
		n_items += column->n_values > 1 ? column->n_values : 0;
	}
	if (n_items == 0)
		return;

	Value *items = arena_alloc(&events->arena, n_items * sizeof *items);

	for (guint i = 0; i < events->columns->len; i++) {
		Column *column = column_at(events, i);

		if (column->n_values < 2)
			continue;
		g_array_index(row, Value, i + 1) = (Value){
			.type = VALUE_LIST,
			.n_items = column->n_values,
			.items = &items[column->first_item],
		};
		items[column->first_item++] = column->value;
	}
	for (guint i = 0; i < events->further->len; i++) {
		const Further *further = &g_array_index(events->further, Further, i);

		items[column_at(events, further->column)->first_item++] = further->value;
	}
}

static guint64 record_number(Slice text)
{
	guint64 number = 0;

	for (gsize i = 0; i < text.size && text.size < 19; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return 0;
		number = number * 10 + (guint64)(text.data[i] - '0');
	}
	return number;
}

XmlEventResult xml_events_read(XmlEvents *events, Slice element, ValueType type, Event *ret_event,
	const char **ret_trouble)
{
	events->type = type;
	*ret_trouble = walk(events, element);
	while (events->depth > 0)
		close_element(events);
	if (events->columns->len == 0) {
		*ret_trouble = *ret_trouble ? *ret_trouble : "it has no fields";
		return XML_EVENT_NONE;
	}
	*ret_event = (Event){
		.shape = find_shape(events),
		.time = INSTANT_NONE,
		.origin = EVENT_IN_USE,
		.record = record_number(events->record),
	};
	fill_row(events);
	ret_event->values = &g_array_index(events->row, Value, 0);
	if (events->time.data && !instant_parse(events->time, &ret_event->time))
		ret_event->time = INSTANT_NONE;
	if (events->is_cut) {
		*ret_trouble = *ret_trouble ? *ret_trouble
					    : "it has more fields than LIMIT_EVENT_COLUMNS allows";
		return XML_EVENT_CUT;
	}
	return *ret_trouble ? XML_EVENT_PARTIAL : XML_EVENT_WHOLE;
}

gboolean xml_event_starts(Slice text)
{
	static const char start[] = "<Event";
	Slice tag = slice_sub(text, 0, LIMIT_XML_TAG_BYTES);
	const guint8 *close;
	gsize at;

	if (tag.size < 7 || memcmp(tag.data, start, 6) != 0 ||
		!(tag.data[6] == '>' || g_ascii_isspace(tag.data[6])))
		return FALSE;
	close = memchr(tag.data, '>', tag.size);
	if (!close || memchr(&tag.data[1], '<', (gsize)(close - tag.data) - 1))
		return FALSE;
	at = (gsize)(close - tag.data) + 1;
	while (at < tag.size && g_ascii_isspace(tag.data[at]))
		at++;
	return slice_equal(slice_sub(text, at, 7), slice_from_text("<System"));
}

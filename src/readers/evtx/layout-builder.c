/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over the programs of a record that gives its columns, done once for each layout.
 *
 * Elements are walked with a stack of their own. The content of an element or attribute is a chain
 * of pieces; when it is over, the chain becomes an occurrence of a column. In the end the
 * occurrences are sorted by column and the chains laid out one behind the other.
 *
 * The walk follows the frames, and the same frame can be asked for again and again, so the number
 * of nodes walked is limited, not only the number of nodes there are.
 */
#include "base/limits.h"
#include "base/text.h"
#include "readers/evtx/binxml.h"
#include "readers/evtx/layout.h"
#include "readers/evtx/library.h"

/* Which part of an event an element stands in. */
typedef enum Section {
	SECTION_TOP,	/* the root element */
	SECTION_EVENT,	/* System, EventData, UserData … */
	SECTION_SYSTEM, /* all below: inside one of those */
	SECTION_EVENT_DATA,
	SECTION_USER_DATA,
	SECTION_RENDERING,
} Section;

typedef struct Chain {
	guint first, last; /* numbers of pieces, plus one */
	guint n;
	bool has_text;	  /* other than white space */
	bool only_embeds; /* nothing but places for BinXML */
} Chain;

typedef struct Element {
	Slice name;
	Section section;
	bool has_children, has_attributes;
	Chain content;
	Chain label; /* the Name attribute of Data */
	bool has_label;
} Element;

typedef struct Attribute {
	Slice name;
	Chain content;
} Attribute;

typedef struct Building {
	const Frames *frames;
	GArray *pieces;	     /* Piece, chained */
	GArray *occurrences; /* Occurrence; first_piece is a chain's */
	GPtrArray *names;
	GHashTable *by_name;
	GArray *attributes; /* of the element whose start tag is open */
	bool in_attribute;
	Element stack[LIMIT_BINXML_DEPTH];
	guint depth;
	guint n_walked, n_missing;
	GString *scratch;
} Building;

/*
 * What System says about an event's identity is never mixed with a field of the same name in the
 * event's own data: that becomes EventData_Channel and the like.
 */
static const char *const identity_columns[] = { "Channel", "Computer", "EventID", "EventRecordID",
	"Provider_Name", "TimeCreated_SystemTime", NULL };

static bool is_blank(Slice utf16)
{
	for (gsize i = 0; i + 1 < utf16.size; i += 2) {
		guint unit = utf16.data[i] | (guint)utf16.data[i + 1] << 8;

		if (unit != ' ' && unit != '\t' && unit != '\r' && unit != '\n')
			return false;
	}
	return true;
}

static void chain_add(Building *b, Chain *chain, Piece piece, bool embeds)
{
	g_array_append_val(b->pieces, piece);
	if (chain->n == 0) {
		chain->first = b->pieces->len;
		chain->only_embeds = true;
	} else {
		g_array_index(b->pieces, Piece, chain->last - 1).next = b->pieces->len;
	}
	chain->last = b->pieces->len;
	chain->n++;
	chain->only_embeds = chain->only_embeds && embeds;
	if (!embeds && !(piece.is_known && piece.type == TYPE_STRING && is_blank(piece.bytes)))
		chain->has_text = true;
}

/* Names lose their namespace prefix; Sigma knows none. */
static void append_plain_name(GString *ret, Slice name)
{
	for (gsize i = name.size; i >= 2; i -= 2) {
		if (name.data[i - 2] == ':' && name.data[i - 1] == 0) {
			name = slice_sub(name, i, name.size);
			break;
		}
	}
	text_append_utf16(ret, name);
}

static bool is_namespace(Slice name)
{
	return name_equal(slice_sub(name, 0, 10), "xmlns") ||
		name_equal(slice_sub(name, 0, 12), "xmlns:");
}

/* The text of a chain without values of the record, spaces stripped as the Sigma specification
 * asks. */
static void append_label(Building *b, const Chain *label, GString *ret)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint at = label->first; at != 0;) {
		const Piece *piece = &g_array_index(b->pieces, Piece, at - 1);
		Value value = layout_known_value(piece);

		value_append_text(text, &value);
		at = piece->next;
	}
	for (gsize i = 0; i < text->len; i++) {
		if (!g_ascii_isspace(text->str[i]) && text->str[i] != '\0')
			g_string_append_c(ret, text->str[i]);
	}
}

static void append_element_name(Building *b, const Element *element, GString *ret)
{
	if (element->section == SECTION_RENDERING)
		g_string_append(ret, "RenderingInfo_");
	if (element->has_label) {
		gsize before = ret->len;

		append_label(b, &element->label, ret);
		if (ret->len > before)
			return;
	}
	append_plain_name(ret, element->name);
}

/* The number of the column called b->scratch, which is made where it is not there; -1 if too many.
 */
static int find_column(Building *b, Section section)
{
	gpointer found;

	if (section != SECTION_SYSTEM && g_strv_contains(identity_columns, b->scratch->str))
		g_string_prepend(
			b->scratch, section == SECTION_EVENT_DATA ? "EventData_" : "UserData_");
	if (g_hash_table_lookup_extended(b->by_name, b->scratch->str, NULL, &found))
		return GPOINTER_TO_INT(found);
	if (b->names->len >= LIMIT_EVENT_COLUMNS) {
		b->n_missing++;
		return -1;
	}

	char *name = g_strdup(b->scratch->str);

	g_ptr_array_add(b->names, name);
	(void)g_hash_table_insert(b->by_name, name, GINT_TO_POINTER((int)b->names->len - 1));
	return (int)b->names->len - 1;
}

static void add_occurrence(
	Building *b, const Element *element, const Chain *chain, ValueType when_empty)
{
	int column = find_column(b, element->section);

	if (column < 0)
		return;

	Occurrence occurrence = {
		.column = (guint)column,
		.first_piece = chain->first,
		.n_pieces = chain->n,
		.when_empty = when_empty,
	};

	g_array_append_val(b->occurrences, occurrence);
}

/* The start tag is over: its attributes become columns, but for those that only name the column. */
static void close_attributes(Building *b)
{
	Element *element = &b->stack[b->depth - 1];
	bool is_data = element->section != SECTION_SYSTEM &&
		(name_equal(element->name, "Data") || name_equal(element->name, "ComplexData"));

	b->in_attribute = false;
	for (guint i = 0; is_data && i < b->attributes->len; i++) {
		const Attribute *attribute = &g_array_index(b->attributes, Attribute, i);

		if (name_equal(attribute->name, "Name")) {
			element->label = attribute->content;
			element->has_label = true;
		}
	}
	for (guint i = 0; i < b->attributes->len; i++) {
		const Attribute *attribute = &g_array_index(b->attributes, Attribute, i);

		if (is_namespace(attribute->name) ||
			(is_data && name_equal(attribute->name, "Name")))
			continue;
		g_string_truncate(b->scratch, 0);
		append_element_name(b, element, b->scratch);
		g_string_append_c(b->scratch, '_');
		append_plain_name(b->scratch, attribute->name);
		add_occurrence(b, element, &attribute->content, VALUE_ABSENT);
		element->has_attributes = true;
	}
	g_array_set_size(b->attributes, 0);
}

/* Whether an element has a column for its own content, beside those of its children. */
static bool has_content_column(const Element *element)
{
	switch (element->section) {
	case SECTION_TOP:
	case SECTION_EVENT:
		return element->content.has_text ||
			(element->content.n > 0 && !element->has_children);
	case SECTION_SYSTEM:
		return element->content.n > 0;
	default:
		if (element->has_children)
			return element->content.has_text;
		return element->content.n > 0 || !element->has_attributes;
	}
}

static void close_element(Building *b)
{
	const Element *element = &b->stack[b->depth - 1];

	close_attributes(b);
	if (has_content_column(element)) {
		g_string_truncate(b->scratch, 0);
		append_element_name(b, element, b->scratch);
		add_occurrence(b, element, &element->content,
			element->content.only_embeds ? VALUE_ABSENT : VALUE_NULL);
	}
	b->depth--;
}

static Section section_of_child(const Element *parent)
{
	if (parent->section == SECTION_TOP)
		return SECTION_EVENT;
	if (parent->section != SECTION_EVENT)
		return parent->section;
	if (name_equal(parent->name, "System"))
		return SECTION_SYSTEM;
	if (name_equal(parent->name, "EventData"))
		return SECTION_EVENT_DATA;
	if (name_equal(parent->name, "RenderingInfo"))
		return SECTION_RENDERING;
	return SECTION_USER_DATA;
}

static const char *open_element(Building *b, const Node *node)
{
	Element element = { .name = node->bytes, .section = SECTION_TOP };

	if (b->depth == LIMIT_BINXML_DEPTH)
		return "its elements nest deeper than LIMIT_BINXML_DEPTH allows";
	if (b->depth > 0) {
		Element *parent = &b->stack[b->depth - 1];

		parent->has_children = true;
		element.section = section_of_child(parent);
	}
	b->stack[b->depth++] = element;
	return NULL;
}

static void add_piece(Building *b, const Node *node, guint frame)
{
	bool embeds = node->token == TOKEN_SUBSTITUTION && node->type == TYPE_BINXML;
	Piece piece = {
		.is_known = node->token != TOKEN_SUBSTITUTION,
		.optional = node->optional,
		.frame = frame,
		.index = node->index,
		.type = node->token == TOKEN_TEXT ? TYPE_STRING : node->type,
		.bytes = node->bytes,
	};

	if (b->depth == 0)
		return; /* text beside the root element: XML has no place for it */
	if (b->in_attribute)
		chain_add(b,
			&g_array_index(b->attributes, Attribute, b->attributes->len - 1).content,
			piece, embeds);
	else
		chain_add(b, &b->stack[b->depth - 1].content, piece, embeds);
}

static const char *walk_frame(Building *b, guint frame);

static const char *walk_node(Building *b, const Node *node, guint frame)
{
	switch (node->token) {
	case TOKEN_OPEN_ELEMENT:
		return open_element(b, node);
	case TOKEN_ATTRIBUTE: {
		Attribute attribute = { .name = node->bytes };

		g_array_append_val(b->attributes, attribute);
		b->in_attribute = true;
		return NULL;
	}
	case TOKEN_CLOSE_START:
		close_attributes(b);
		return NULL;
	case TOKEN_END_ELEMENT:
		close_element(b);
		return NULL;
	default:
		break;
	}

	guint child = 0;

	if (node->token == TOKEN_SUBSTITUTION && !b->in_attribute)
		child = frames_find_child(b->frames, frame, node->index);
	if (child > 0)
		return walk_frame(b, child);
	add_piece(b, node, frame);
	return NULL;
}

/* Recursion ends: children stand behind their parents, and there are MAX_FRAMES of them. */
static const char *walk_frame(Building *b, guint frame)
{
	const Program *program = b->frames->frame[frame].program;
	const char *trouble = NULL;

	for (guint i = 0; i < program->n_nodes && !trouble; i++) {
		if (++b->n_walked > LIMIT_BINXML_NODES)
			return "it has more elements than LIMIT_BINXML_NODES allows";
		trouble = walk_node(b, &program->nodes[i], frame);
	}
	return trouble;
}

static int compare_occurrences(gconstpointer a, gconstpointer b)
{
	const Occurrence *x = a, *y = b;

	return (x->column > y->column) - (x->column < y->column); /* the sort is stable */
}

/* Lays the chain at @first (plus one) out at the end of @pieces. */
static guint lay_out(Building *b, guint first, GArray *pieces)
{
	guint start = pieces->len;

	for (guint at = first; at != 0;) {
		Piece piece = g_array_index(b->pieces, Piece, at - 1);

		at = piece.next;
		g_array_append_val(pieces, piece);
	}
	return start;
}

static Slot make_slot(const Layout *layout, guint first, guint n)
{
	const Occurrence *o = &layout->occurrences[first];
	Slot slot = { .kind = SLOT_MIXED, .first_occurrence = first, .n_occurrences = n };

	if (n > 1 || o->n_pieces > 1)
		return slot;
	if (o->n_pieces == 0) {
		slot.kind = SLOT_FIXED;
		slot.fixed.type = o->when_empty;
		return slot;
	}

	const Piece *piece = &layout->pieces[o->first_piece];

	if (!piece->is_known) {
		slot.kind = SLOT_VALUE;
		slot.frame = (guint8)piece->frame;
		slot.index = (guint16)piece->index;
		slot.optional = piece->optional;
		slot.when_empty = (guint8)o->when_empty;
	} else if (piece->type < TYPE_ARRAY && piece->bytes.size > 0) {
		slot.kind = SLOT_FIXED;
		slot.fixed = layout_known_value(piece);
	}
	return slot;
}

static void set_slots(Building *b, Layout *layout)
{
	g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	guint n = b->occurrences->len, slot = 0;

	g_array_sort(b->occurrences, compare_occurrences);
	for (guint i = 0; i < n; i++) {
		Occurrence *o = &g_array_index(b->occurrences, Occurrence, i);

		o->first_piece = lay_out(b, o->first_piece, pieces);
	}
	layout->n_occurrences = n;
	layout->n_pieces = pieces->len;
	layout->occurrences = (Occurrence *)g_array_free(g_steal_pointer(&b->occurrences), FALSE);
	layout->pieces = (Piece *)g_array_free(g_steal_pointer(&pieces), FALSE);
	layout->n_slots = b->names->len;
	layout->slots = g_new0(Slot, layout->n_slots);
	for (guint i = 0; i < n; slot++) {
		guint first = i;

		while (i < n && layout->occurrences[i].column == slot)
			i++;
		layout->slots[slot] = make_slot(layout, first, i - first);
	}
}

static int column_named(Building *b, const char *name)
{
	gpointer found;

	if (!g_hash_table_lookup_extended(b->by_name, name, NULL, &found))
		return -1;
	return GPOINTER_TO_INT(found);
}

/* The texts that are the same in all events of the layout: it is found by just these values. */
static void set_constants(Building *b, Layout *layout, char **constants)
{
	static const char *const names[KEY_N] = { [KEY_CHANNEL] = "Channel",
		[KEY_PROVIDER] = "Provider_Name",
		[KEY_EVENT_ID] = "EventID" };
	g_autofree Value *values = g_new0(Value, MAX(layout->n_slots, 1));
	Arena arena;
	Fill fill = { .frames = b->frames, .arena = &arena, .max_arena_bytes = G_MAXSIZE };

	arena_init(&arena);
	layout_fill(layout, &fill, values);
	for (guint key = 0; key < KEY_N; key++) {
		int column = column_named(b, names[key]);
		g_autoptr(GString) text = g_string_new(NULL);

		if (column < 0 || layout->slots[column].kind == SLOT_MIXED ||
			values[column].type <= VALUE_NULL)
			continue;
		value_append_text(text, &values[column]);
		constants[column] = g_strdup(text->str);
	}
	arena_clear(&arena);
}

/* Windows says so in the log that was cleared: 1102 in Security, 104 in the others. */
static gboolean tells_of_clearing(Building *b, char **constants)
{
	int provider = column_named(b, "Provider_Name"), id = column_named(b, "EventID");

	return provider >= 0 && id >= 0 &&
		g_strcmp0(constants[provider], "Microsoft-Windows-Eventlog") == 0 &&
		(g_strcmp0(constants[id], "1102") == 0 || g_strcmp0(constants[id], "104") == 0);
}

static void set_key(Layout *layout, const Frames *frames)
{
	layout->n_places = frames->n;
	for (guint i = 0; i < frames->n; i++) {
		const Frame *frame = &frames->frame[i];

		layout->places[i] =
			(LayoutPlace){ frame->program, frame->parent, frame->parent_index };
	}
	for (guint key = 0; key < KEY_N; key++) {
		Slice bytes = layout_key_value(frames, key, &layout->key_types[key]);

		layout->key_bytes[key] = slice_make(g_memdup2(bytes.data, bytes.size), bytes.size);
	}
}

static void finish(Building *b, Layout *layout, ReaderLibrary *library)
{
	g_auto(GStrv) constants = g_new0(char *, b->names->len + 1);
	guint n = b->names->len;

	set_slots(b, layout);
	set_constants(b, layout, constants);
	layout->shape =
		library_intern_shape(library, (const char *const *)b->names->pdata, constants, n);
	layout->time_column = column_named(b, "TimeCreated_SystemTime");
	layout->channel_column = column_named(b, "Channel");
	layout->clears_log = tells_of_clearing(b, constants);
	layout->n_missing = b->n_missing;
	set_key(layout, b->frames);
	for (guint i = 0; i < n; i++) /* there can be NULLs between them */
		g_clear_pointer(&constants[i], g_free);
}

Layout *layout_new(ReaderLibrary *library, const Frames *frames, const char **ret_trouble)
{
	g_autoptr(Layout) layout = g_new0(Layout, 1);
	g_autofree Building *b = g_new0(Building, 1);

	b->frames = frames;
	b->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	b->occurrences = g_array_new(FALSE, FALSE, sizeof(Occurrence));
	b->attributes = g_array_new(FALSE, FALSE, sizeof(Attribute));
	b->names = g_ptr_array_new_with_free_func(g_free);
	b->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	b->scratch = g_string_new(NULL);

	const char *trouble = walk_frame(b, 0);

	if (trouble)
		*ret_trouble = trouble;
	else
		finish(b, layout, library);
	g_array_unref(b->pieces);
	if (b->occurrences)
		g_array_unref(b->occurrences);
	g_array_unref(b->attributes);
	g_hash_table_unref(b->by_name);
	g_ptr_array_unref(b->names);
	(void)g_string_free(b->scratch, TRUE);
	return trouble ? NULL : g_steal_pointer(&layout);
}

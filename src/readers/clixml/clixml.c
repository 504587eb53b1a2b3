/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PowerShell's Export-Clixml: an event for each object, and for each item of a list that is one.
 *
 *	<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
 *	  <Obj RefId="0">
 *	    <TN RefId="0"> <T>its type</T> <T>what that derives from</T> </TN>   or <TNRef
 *RefId="0"/> <ToString>what it says of itself</ToString> <Props> <S N="Name">…</S> <I32
 *N="Count">…</I32> <Obj N="Identity" RefId="1"> … </Obj> </Props> <MS> properties that were added
 *to it </MS> <LST> items </LST>     or <IE>, <STK>, <QUE>; or <DCT> <En> <S N="Key"/> <S
 *N="Value"/> </En> </DCT>
 *	  </Obj>
 *	  <Ref N="…" RefId="1"/>   an object that was there before
 *
 * An object inside of another stands for what it says of itself; one that says nothing (its type,
 * or "@{…}") has a column for each of its properties, with a dot between the names. A list's items
 *are the values of one column.
 *
 * Source: Microsoft, [MS-PSRP], section 2.2.5.
 */
#include "readers/clixml/clixml.h"

#include "base/limits.h"
#include "readers/clixml/object.h"
#include "readers/clixml/references.h"
#include "readers/text/lines.h"
#include "readers/xml/xml-stream.h"

#define NAMESPACE "http://schemas.microsoft.com/powershell/2004/04"

typedef enum Kind {
	KIND_OTHER,
	KIND_OBJECTS, /* the root */
	KIND_OBJECT,
	KIND_TYPES,
	KIND_TYPE,
	KIND_TO_STRING,
	KIND_MEMBERS,
	KIND_ITEMS,
	KIND_DICTIONARY,
	KIND_ENTRY,
	KIND_VALUE, /* S, I32, … */
	KIND_NIL,
} Kind;

typedef struct Frame {
	Kind kind;
	gsize name;	    /* to go back to */
	gboolean has_type;  /* OBJECT, TYPES */
	gboolean has_value; /* OBJECT: something stands for it; ITEMS: there is one */
	gboolean is_key;    /* of an entry */
	Slice number;	    /* OBJECT, TYPES: its RefId */
	Slice type;	    /* OBJECT */
	Slice text;	    /* OBJECT: what it says of itself; ENTRY: its key */
} Frame;		    /* its slices are in the row's arena */

typedef struct ClixmlState {
	const Source *source;
	const ReaderReport *report;
	XmlRow *row;
	XmlStream *stream;
	Object *object;
	References *types, *objects;
	Frame frames[LIMIT_MARKUP_DEPTH + 1];
	guint record; /* depth of the element that becomes an event; 0: none */
	guint list;   /* depth of the list whose items do; 0: none */
	guint muted;  /* depth of what is not looked at for values; 0: none */
	guint64 offset, line;
	guint text_depth; /* of the element whose text is taken; 0: none */
	GString *text, *plain;
	GString *list_type; /* of the object whose list it is, which outlasts events */
	guint64 n_unknown, first_unknown; /* references */
} ClixmlState;

static gboolean slice_is(Slice s, const char *text)
{
	return slice_equal(s, slice_from_text(text));
}

/* ---- probe, library and task ---- */

static guint clixml_probe(Slice head, const char *name)
{
	TextHead text;
	guint score = 0;
	Slice root, attributes, rest;

	text_head_init(&text, head);
	if (xml_root_find(slice_make(text.text->str, text.text->len), &root, &attributes, &rest) &&
		slice_is(root, "Objs"))
		score = attributes.size > 0 &&
				memmem(attributes.data, attributes.size, NAMESPACE,
					strlen(NAMESPACE))
			? 97
			: 60;
	text_head_clear(&text);
	return score;
}

static const char *const own_columns[] = { "TypeName", NULL };

static ReaderLibrary *clixml_library_new(void)
{
	return xml_row_new("clixml", own_columns);
}

static void *clixml_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	ClixmlState *state = g_new0(ClixmlState, 1);

	state->source = source;
	state->report = report;
	state->row = library;
	state->stream = xml_stream_new(source, report);
	state->object = object_new(library, &source->times);
	state->types = references_new();
	state->objects = references_new();
	state->text = g_string_new(NULL);
	state->list_type = g_string_new(NULL);
	state->plain = g_string_new(NULL);
	xml_row_begin_task(state->row);
	return state;
}

static void clixml_close(void *data)
{
	ClixmlState *state = data;

	if (!state)
		return;
	xml_stream_free(state->stream);
	if (state->n_unknown) {
		Gap gap = {
			.kind = GAP_DAMAGED,
			.offset = state->first_unknown,
			.records = state->n_unknown,
			.note = "Objects refer to others that are not there before them, or that "
				"are more than LIMIT_CLIXML_REFERENCES.",
		};

		state->report->gap(state->report->context, &gap);
	}
	object_report(state->object, state->report);
	xml_row_report(state->row, state->report);
	object_free(state->object);
	references_free(state->types);
	references_free(state->objects);
	(void)g_string_free(state->text, TRUE);
	(void)g_string_free(state->list_type, TRUE);
	(void)g_string_free(state->plain, TRUE);
	g_free(state);
}

/* ---- texts ---- */

static Slice keep(ClixmlState *state, Slice text)
{
	Arena *arena = xml_row_arena(state->row);

	return arena->total > LIMIT_CLIXML_OBJECT_BYTES ? SLICE_EMPTY : arena_copy(arena, text);
}

/* @text with its escapes undone, until the next call. */
static Slice plain_text(ClixmlState *state, Slice text)
{
	g_string_truncate(state->plain, 0);
	clixml_append_text(state->plain, text);
	return slice_make(state->plain->str, state->plain->len);
}

/* The attribute @wanted of the piece, until the next call; without data where there is none. */
static Slice attribute(ClixmlState *state, const XmlPiece *piece, const char *wanted)
{
	Slice name, value;
	gsize at = 0;

	if (!object_has_room(state->object))
		return SLICE_EMPTY;
	while (xml_stream_attribute(state->stream, piece, &at, &name, &value)) {
		if (!slice_is(name, wanted))
			continue;
		value = slice_sub(value, 0, LIMIT_COLUMN_NAME_BYTES * 8);
		return plain_text(state, xml_decode(value, xml_row_arena(state->row)));
	}
	return SLICE_EMPTY;
}

static void add(ClixmlState *state, Slice element, Slice text)
{
	if (!state->muted && object_has_room(state->object))
		object_add(state->object, element, text);
}

/* ---- records ---- */

static void start_record(ClixmlState *state, const XmlPiece *piece)
{
	state->record = piece->depth;
	state->offset = piece->offset;
	state->line = piece->line;
	object_start(state->object);
}

static gboolean end_record(ClixmlState *state, Event *ret_event)
{
	state->record = 0;
	if (!object_has_columns(state->object)) {
		xml_row_start(state->row);
		return FALSE;
	}
	ret_event->offset = state->offset;
	ret_event->record = state->line;
	object_finish(state->object, ret_event);
	return TRUE;
}

/* ---- beginnings ---- */

static Kind kind_of(Slice name)
{
	static const struct {
		const char *name;
		Kind kind;
	} kinds[] = { { "Objs", KIND_OBJECTS }, { "Obj", KIND_OBJECT }, { "TN", KIND_TYPES },
		{ "T", KIND_TYPE }, { "ToString", KIND_TO_STRING }, { "Props", KIND_MEMBERS },
		{ "MS", KIND_MEMBERS }, { "LST", KIND_ITEMS }, { "IE", KIND_ITEMS },
		{ "STK", KIND_ITEMS }, { "QUE", KIND_ITEMS }, { "DCT", KIND_DICTIONARY },
		{ "En", KIND_ENTRY }, { "Nil", KIND_NIL }, { "Ref", KIND_OTHER },
		{ "TNRef", KIND_OTHER } };

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (slice_is(name, kinds[i].name))
			return kinds[i].kind;
	}
	return KIND_VALUE;
}

static gboolean is_of_record(const ClixmlState *state, guint depth)
{
	return depth == state->record;
}

static void set_type(ClixmlState *state, guint depth, Slice type)
{
	Frame *frame = &state->frames[depth];

	if (frame->kind != KIND_OBJECT || frame->type.data)
		return;
	frame->type = keep(state, slice_sub(type, 0, CLIXML_TYPE_BYTES));
	references_set(state->objects, frame->number, SLICE_EMPTY);
	if (is_of_record(state, depth))
		object_set_type(state->object, frame->type);
}

/* The names of members; of an entry's value, its key. */
static void push_name(ClixmlState *state, const XmlPiece *piece, Frame *frame)
{
	const Frame *parent = &state->frames[piece->depth - 1];
	Slice name = SLICE_EMPTY;

	if (parent->kind == KIND_MEMBERS)
		name = attribute(state, piece, "N");
	if (parent->kind == KIND_ENTRY) {
		frame->is_key = slice_is(attribute(state, piece, "N"), "Key");
		name = frame->is_key ? SLICE_EMPTY : parent->text;
	}
	frame->name = object_push_name(state->object, name);
}

static void take_text(ClixmlState *state, guint depth)
{
	state->text_depth = depth;
	g_string_truncate(state->text, 0);
}

/* What an empty element says. */
static void take_reference(ClixmlState *state, const XmlPiece *piece)
{
	Slice text = SLICE_EMPTY, number = attribute(state, piece, "RefId");

	if (slice_is(piece->name, "TNRef")) {
		if (references_find(state->types, number, &text))
			set_type(state, piece->depth - 1, text);
		return;
	}
	if (!slice_is(piece->name, "Ref"))
		return;
	if (!references_find(state->objects, number, &text) && state->n_unknown++ == 0)
		state->first_unknown = piece->offset;
	add(state, slice_from_text("S"), text.size > 0 ? text : SLICE_EMPTY);
}

/* An object's list whose items are events: what the object said so far becomes one before them. */
static gboolean begin_list(ClixmlState *state, guint depth, Event *ret_event)
{
	Frame *owner = &state->frames[depth - 1];

	g_string_truncate(state->list_type, 0);
	g_string_append_len(
		state->list_type, (const char *)owner->type.data, (gssize)owner->type.size);
	*owner = (Frame){ .kind = KIND_OBJECT };
	state->list = depth;
	return end_record(state, ret_event);
}

static gboolean is_list_of_records(const ClixmlState *state, const Frame *frame, guint depth)
{
	return frame->kind == KIND_ITEMS && state->list == 0 && state->record == depth - 1 &&
		state->frames[depth - 1].kind == KIND_OBJECT;
}

/* Does a record begin with the element? In a list, at the top, and behind a list of its object. */
static gboolean begins_record(const ClixmlState *state, const Frame *frame, guint depth)
{
	const Frame *parent = &state->frames[depth - 1];

	if (state->record || frame->kind == KIND_OBJECTS)
		return FALSE;
	return depth == 1 || parent->kind == KIND_OBJECTS || depth - 1 == state->list ||
		(parent->kind == KIND_OBJECT && depth > 1);
}

static void begin_kind(ClixmlState *state, const XmlPiece *piece, Frame *frame)
{
	guint depth = piece->depth;
	Frame *parent = &state->frames[depth - 1];

	switch (frame->kind) {
	case KIND_OBJECT:
	case KIND_TYPES:
		frame->number = keep(state, attribute(state, piece, "RefId"));
		break;
	case KIND_TYPE:
	case KIND_TO_STRING:
	case KIND_VALUE:
		take_text(state, depth);
		break;
	case KIND_NIL:
		add(state, piece->name, SLICE_EMPTY);
		break;
	case KIND_MEMBERS:
	case KIND_ITEMS:
	case KIND_DICTIONARY:
		/* Where an object says what it is, its insides are not asked. */
		if (parent->kind == KIND_OBJECT && frame->kind == KIND_MEMBERS &&
			parent->text.size > 0 && !is_of_record(state, depth - 1) && !state->muted)
			state->muted = depth;
		else if (parent->kind == KIND_OBJECT)
			parent->has_value = TRUE;
		break;
	default:
		take_reference(state, piece);
	}
}

/* What stands for itself has no type but its element. */
static Slice type_of_value(Slice element)
{
	static const char *const types[] = { "S", "System.String", "C", "System.Char", "B",
		"System.Boolean", "DT", "System.DateTime", "TS", "System.TimeSpan", "I32",
		"System.Int32", "I64", "System.Int64", "U32", "System.UInt32", "U64",
		"System.UInt64", "Db", "System.Double", "D", "System.Decimal", "G", "System.Guid",
		"URI", "System.Uri", "Version", "System.Version", "XD", "System.Xml.XmlDocument",
		"SBK", "System.Management.Automation.ScriptBlock", "BA", "System.Byte[]" };

	for (guint i = 0; i < G_N_ELEMENTS(types); i += 2) {
		if (slice_is(element, types[i]))
			return slice_from_text(types[i + 1]);
	}
	return element;
}

/* Behind an object's list stands the rest of the object. */
static void begin_record(ClixmlState *state, const XmlPiece *piece, const Frame *frame)
{
	const Frame *parent = &state->frames[piece->depth - 1];

	start_record(state, piece);
	if (frame->kind == KIND_VALUE)
		object_set_type(state->object, type_of_value(piece->name));
	if (parent->kind != KIND_OBJECT)
		return;
	state->record = piece->depth - 1;
	if (state->list_type->len > 0)
		object_set_type(
			state->object, slice_make(state->list_type->str, state->list_type->len));
}

static gboolean begin(ClixmlState *state, const XmlPiece *piece, Event *ret_event)
{
	guint depth = piece->depth;
	Frame *frame = &state->frames[depth], *parent = &state->frames[depth - 1];

	*frame = (Frame){ .kind = kind_of(piece->name) };
	if (state->text_depth && depth > state->text_depth)
		frame->kind = KIND_OTHER; /* a tag in a text */
	if (begins_record(state, frame, depth))
		begin_record(state, piece, frame);
	if (state->record == 0)
		return FALSE;
	if (parent->kind == KIND_ITEMS)
		parent->has_value = TRUE;
	if (is_list_of_records(state, frame, depth))
		return begin_list(state, depth, ret_event);
	push_name(state, piece, frame);
	if (!state->text_depth)
		begin_kind(state, piece, frame);
	return FALSE;
}

/* ---- ends ---- */

static gboolean says_something(const Frame *frame, Slice text)
{
	Slice type = frame->type, deserialized = slice_from_text("Deserialized.");

	if (slice_equal(slice_sub(type, 0, deserialized.size), deserialized))
		type = slice_sub(type, deserialized.size, type.size);
	return text.size > 0 && !slice_equal(text, type) && !slice_equal(text, frame->type) &&
		!slice_equal(slice_sub(text, 0, 2), slice_from_text("@{"));
}

static void end_to_string(ClixmlState *state, guint depth, Slice text)
{
	Frame *parent = &state->frames[depth - 1];
	gsize name;

	if (parent->kind != KIND_OBJECT || !says_something(parent, text))
		return;
	references_set(state->objects, parent->number, text);
	if (!is_of_record(state, depth - 1)) {
		parent->text = keep(state, text);
		return;
	}
	name = object_push_name(state->object, slice_from_text("ToString"));
	add(state, slice_from_text("S"), text);
	object_pop_name(state->object, name);
}

static void end_type(ClixmlState *state, guint depth, Slice text)
{
	Frame *types = &state->frames[depth - 1];

	if (types->kind != KIND_TYPES || types->has_type)
		return;
	types->has_type = TRUE;
	references_set(state->types, types->number, slice_sub(text, 0, CLIXML_TYPE_BYTES));
	if (depth > 2)
		set_type(state, depth - 2, text);
}

static void end_value(ClixmlState *state, const XmlPiece *piece, Slice text)
{
	Frame *frame = &state->frames[piece->depth], *parent = &state->frames[piece->depth - 1];

	if (frame->is_key) {
		parent->text = keep(state, slice_sub(text, 0, LIMIT_COLUMN_NAME_BYTES));
		return;
	}
	/* An enumeration's number is not asked for where its name is there. */
	if (parent->kind == KIND_OBJECT && parent->text.size > 0)
		return;
	if (parent->kind == KIND_OBJECT)
		parent->has_value = TRUE;
	add(state, piece->name, text);
}

static void end_object(ClixmlState *state, guint depth)
{
	Frame *frame = &state->frames[depth], *parent = &state->frames[depth - 1];

	if (is_of_record(state, depth))
		return;
	if (frame->is_key && parent->kind == KIND_ENTRY)
		parent->text = frame->text;
	else if (!frame->has_value)
		add(state, slice_from_text("S"), frame->text.size > 0 ? frame->text : SLICE_EMPTY);
}

static void end_kind(ClixmlState *state, const XmlPiece *piece)
{
	guint depth = piece->depth;
	Frame *frame = &state->frames[depth];
	Slice text = SLICE_EMPTY;

	if (state->text_depth == depth) {
		text = plain_text(state, slice_make(state->text->str, state->text->len));
		state->text_depth = 0;
	}
	if (frame->kind == KIND_TO_STRING)
		end_to_string(state, depth, text);
	else if (frame->kind == KIND_TYPE)
		end_type(state, depth, text);
	else if (frame->kind == KIND_VALUE)
		end_value(state, piece, text.data ? text : slice_from_text(""));
	else if (frame->kind == KIND_OBJECT)
		end_object(state, depth);
	else if (frame->kind == KIND_ITEMS && !frame->has_value)
		add(state, slice_from_text("S"), SLICE_EMPTY);
}

static gboolean end(ClixmlState *state, const XmlPiece *piece, Event *ret_event)
{
	guint depth = piece->depth;

	if (state->list == depth)
		state->list = 0;
	if (state->record == 0 || depth < state->record)
		return FALSE;
	end_kind(state, piece);
	if (state->muted == depth)
		state->muted = 0;
	object_pop_name(state->object, state->frames[depth].name);
	return depth == state->record && end_record(state, ret_event);
}

/* ---- the reader ---- */

static void add_words(ClixmlState *state, const XmlPiece *piece)
{
	Slice text = piece->text;

	if (state->text_depth == 0 || state->record == 0)
		return;
	if (state->text->len >= LIMIT_VALUE_BYTES) {
		object_note_cut(state->object);
		return;
	}
	if (!object_has_room(state->object))
		return;
	if (piece->is_raw)
		text = xml_decode(text, xml_row_arena(state->row));
	g_string_append_len(state->text, (const char *)text.data, (gssize)text.size);
}

static NextResult clixml_next(void *data, Event *ret_event)
{
	ClixmlState *state = data;
	XmlPiece piece;

	xml_row_start(state->row);
	while (xml_stream_next(state->stream, &piece)) {
		if (piece.token == XML_TEXT)
			add_words(state, &piece);
		else if (piece.token == XML_START && begin(state, &piece, ret_event))
			return NEXT_EVENT;
		else if (piece.token == XML_END && end(state, &piece, ret_event))
			return NEXT_EVENT;
	}
	return NEXT_END;
}

static const char *const host_columns[] = { "Computer", "MachineName", "Server", "ServerName",
	"Fqdn", "PSComputerName", NULL };
static const char *const channel_columns[] = { "Channel", "LogName", "LogFormat", NULL };

const Reader clixml_reader = {
	.name = "clixml",
	.description = "objects that PowerShell exported with Export-Clixml",
	.docs = "docs/evidence-exchange.md",
	.probe = clixml_probe,
	.library_new = clixml_library_new,
	.library_free = xml_row_free,
	.plan = lines_plan_whole,
	.open = clixml_open,
	.next = clixml_next,
	.close = clixml_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

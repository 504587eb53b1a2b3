/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BinXML is a flat stream of tokens, so it is walked with a count of open elements, not by
 * recursion. Only what is embedded (a template in a record, BinXML as a value) opens a walk of its
 * own, and those nest to LIMIT_BINXML_DEPTH at most. Work is bounded by the number of tokens and by
 * the bytes that are written, since names and templates can be referred to again and again.
 */
#include "readers/evtx/definition.h"

#include "base/limits.h"
#include "readers/evtx/binxml.h"

#define NAME_HEADER_BYTES 6 /* next offset and hash */

typedef struct Walk {
	DefinitionReader *reader;
	Cursor c;	   /* over the chunk from its start, so that positions are offsets */
	guint open, level; /* elements open here; walks around this one */
	bool in_start;
	bool in_template; /* then element tokens carry a dependency */
} Walk;

static const char *walk(Walk *w);
static const char *expand_program(
	DefinitionReader *reader, const Program *program, const Instance *instance, guint level);

static bool emit(DefinitionReader *reader, Slice bytes)
{
	if (bytes.size > reader->max_bytes - MIN(reader->max_bytes, reader->out->len))
		return false;
	g_byte_array_append(reader->out, bytes.data, (guint)bytes.size);
	return true;
}

static bool emit_u8(DefinitionReader *reader, guint8 number)
{
	return emit(reader, slice_make(&number, 1));
}

static bool emit_u16(DefinitionReader *reader, guint number)
{
	guint8 bytes[2] = { (guint8)number, (guint8)(number >> 8) };

	return emit(reader, slice_make(bytes, 2));
}

/* A token with a run of UTF-16 units. */
static bool emit_units(DefinitionReader *reader, guint8 token, Slice units)
{
	return emit_u8(reader, token) && emit_u16(reader, (guint)(units.size / 2)) &&
		emit(reader, units);
}

static const char *emitted(bool done)
{
	return done ? NULL
		    : "it is larger than LIMIT_EVTX_TEMPLATE_BYTES, or in place "
		      "LIMIT_EVTX_EXPANDED_BYTES, allows";
}

/* [MS-EVEN6] 2.2.12: the low 16 bits of a polynomial hash with factor 65599. */
static guint16 name_hash(Slice name)
{
	Cursor c = cursor_make(name);
	guint32 hash = 0;
	uint16_t unit;

	while (cursor_u16(&c, &unit))
		hash = hash * 65599 + unit;
	return (guint16)hash;
}

static bool read_name_at(Walk *w, Cursor *c, Slice *ret, bool *ret_bad)
{
	uint16_t hash, n_units;

	if (!cursor_skip(c, 4) || !cursor_u16(c, &hash) || !cursor_u16(c, &n_units) ||
		n_units > LIMIT_EVTX_NAME_UNITS || !cursor_slice(c, (gsize)n_units * 2, ret))
		return false;
	w->reader->name_bytes += ret->size;
	if (w->reader->name_bytes > w->reader->max_bytes)
		return false;
	*ret_bad = ret->size == 0 || /* zeros would pass for an empty name */
		name_hash(*ret) != hash;
	return true;
}

/*
 * A name stands at the offset given, which can be right behind the offset itself. Where names are
 * to be mended, one that is damaged becomes empty.
 */
static bool read_name(Walk *w, Slice *ret)
{
	Cursor elsewhere = cursor_make(w->reader->chunk);
	bool found, bad = true;
	uint32_t offset;

	if (!cursor_u32(&w->c, &offset))
		return false;
	if (offset == w->c.position) {
		if (!read_name_at(w, &w->c, ret, &bad) || !cursor_skip(&w->c, 2)) /* its NUL */
			return false;
		found = true;
	} else {
		found = cursor_seek(&elsewhere, offset) && read_name_at(w, &elsewhere, ret, &bad);
	}
	if (found && !bad)
		return true;
	w->reader->bad_names = TRUE;
	if (w->reader->mend_names)
		*ret = SLICE_EMPTY;
	return found || w->reader->mend_names;
}

static bool read_counted(Walk *w, Slice *ret)
{
	uint16_t n_units;

	return cursor_u16(&w->c, &n_units) && cursor_slice(&w->c, (gsize)n_units * 2, ret);
}

/*
 * The dependency is the number of the optional value right inside the element, without which
 * Windows leaves the element out. That value says so itself, so the number is not needed.
 *
 * It stands only in template definitions, but not every writer keeps to that: where the
 * element's size makes no sense and would without (or with) the dependency, that is what is meant.
 */
static bool size_is_plausible(const Walk *w, bool with_dependency)
{
	Cursor c = w->c;
	uint32_t size;

	return cursor_skip(&c, with_dependency ? 2 : 0) && cursor_u32(&c, &size) &&
		size <= cursor_remaining(&c);
}

static const char *read_element(Walk *w, bool has_attributes)
{
	bool with_dependency = w->in_template;
	Slice name;

	if (!size_is_plausible(w, with_dependency) && size_is_plausible(w, !with_dependency))
		with_dependency = !with_dependency;
	if (w->in_start)
		return "an element begins inside a start tag";
	if (w->open >= LIMIT_BINXML_DEPTH)
		return "its elements nest deeper than LIMIT_BINXML_DEPTH allows";
	if (!cursor_skip(&w->c, with_dependency ? 6 : 4) || !read_name(w, &name) ||
		(has_attributes && !cursor_skip(&w->c, 4)))
		return "an element's name is damaged";
	w->open++;
	w->in_start = true;
	return emitted(emit_units(w->reader, TOKEN_OPEN_ELEMENT, name));
}

static const char *read_end(Walk *w, guint8 token)
{
	if (w->open == 0 || w->in_start != (token != TOKEN_END_ELEMENT))
		return "an element ends that did not begin";
	w->in_start = false;
	if (token == TOKEN_CLOSE_START)
		return emitted(emit_u8(w->reader, TOKEN_CLOSE_START));
	w->open--;
	return emitted(emit_u8(w->reader, TOKEN_END_ELEMENT));
}

static const char *read_attribute(Walk *w)
{
	Slice name;

	if (!w->in_start)
		return "an attribute stands outside a start tag";
	if (!read_name(w, &name))
		return "an attribute's name is damaged";
	return emitted(emit_units(w->reader, TOKEN_ATTRIBUTE, name));
}

static const char *emit_value(DefinitionReader *reader, guint8 type, bool optional, Slice bytes)
{
	return emitted(emit_u8(reader, NORMAL_VALUE) && emit_u8(reader, type) &&
		emit_u8(reader, optional) && emit_u16(reader, (guint)bytes.size) &&
		emit(reader, bytes));
}

/* Literal text; Windows writes no other type here, but the format has room for them. */
static const char *read_literal(Walk *w)
{
	uint8_t type;
	Slice bytes;

	if (!cursor_u8(&w->c, &type))
		return "a text is cut off";
	if (type == TYPE_STRING) {
		if (!read_counted(w, &bytes))
			return "a text is cut off";
		return emitted(emit_units(w->reader, TOKEN_TEXT, bytes));
	}
	if (binxml_type_size(type) == 0)
		return "a literal value is of a type without size";
	if (!cursor_slice(&w->c, binxml_type_size(type), &bytes))
		return "a literal value is cut off";
	return emit_value(w->reader, type, false, bytes);
}

static const char *read_cdata(Walk *w)
{
	Slice text;

	if (!read_counted(w, &text))
		return "a CDATA section is cut off";
	return emitted(emit_units(w->reader, TOKEN_TEXT, text));
}

static const char *read_char_ref(Walk *w)
{
	Slice unit;

	if (!cursor_slice(&w->c, 2, &unit))
		return "a character reference is cut off";
	return emitted(emit_units(w->reader, TOKEN_TEXT, unit));
}

static const char *read_entity_ref(Walk *w)
{
	static const struct {
		const char *name;
		guint8 unit[2];
	} entities[] = { { "amp", { '&', 0 } }, { "lt", { '<', 0 } }, { "gt", { '>', 0 } },
		{ "quot", { '"', 0 } }, { "apos", { '\'', 0 } } };
	static const guint8 ampersand[2] = { '&', 0 }, semicolon[2] = { ';', 0 };
	Slice name;

	if (!read_name(w, &name))
		return "the name of an entity is damaged";
	for (guint i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (name_equal(name, entities[i].name))
			return emitted(
				emit_units(w->reader, TOKEN_TEXT, slice_make(entities[i].unit, 2)));
	}
	/* Not one of XML's own: kept as it would be written. */
	return emitted(emit_units(w->reader, TOKEN_TEXT, slice_make(ampersand, 2)) &&
		emit_units(w->reader, TOKEN_TEXT, name) &&
		emit_units(w->reader, TOKEN_TEXT, slice_make(semicolon, 2)));
}

/* Processing instructions say nothing about the event. */
static const char *skip_instruction(Walk *w, guint8 token)
{
	Slice ignored;
	bool whole = token == TOKEN_PI_TARGET ? read_name(w, &ignored) : read_counted(w, &ignored);

	return whole ? NULL : "a processing instruction is cut off";
}

static const char *read_substitution(Walk *w, guint8 token)
{
	uint16_t index;
	uint8_t type;

	if (!cursor_u16(&w->c, &index) || !cursor_u8(&w->c, &type))
		return "a substitution is cut off";
	if (index >= LIMIT_EVTX_SUBSTITUTIONS)
		return "a substitution's index is beyond LIMIT_EVTX_SUBSTITUTIONS";
	if (!w->in_template)
		return "a substitution stands outside a template";
	return emitted(emit_u8(w->reader, token) && emit_u16(w->reader, index) &&
		emit_u8(w->reader, type));
}

static const char *read_template(Walk *w)
{
	DefinitionReader *reader = w->reader;
	Instance instance;
	const char *trouble;

	if (!reader->pool)
		return "a template stands inside a template definition";
	if (w->level + 1 >= LIMIT_BINXML_DEPTH)
		return "its templates nest deeper than LIMIT_BINXML_DEPTH allows";
	trouble = instance_read(&w->c, reader->pool, &instance);
	if (trouble)
		return trouble;

	const Program *program = reader->resolve(reader->context, &instance, &trouble);

	return program ? expand_program(reader, program, &instance, w->level + 1) : trouble;
}

static const char *read_content(Walk *w, guint8 token)
{
	switch (token) {
	case TOKEN_TEXT:
		return read_literal(w);
	case TOKEN_CDATA:
		return read_cdata(w);
	case TOKEN_CHAR_REF:
		return read_char_ref(w);
	case TOKEN_ENTITY_REF:
		return read_entity_ref(w);
	case TOKEN_PI_TARGET:
	case TOKEN_PI_DATA:
		return skip_instruction(w, token);
	case TOKEN_SUBSTITUTION:
	case TOKEN_OPTIONAL_SUBSTITUTION:
		return read_substitution(w, token);
	case TOKEN_TEMPLATE:
		return read_template(w);
	default:
		return "a byte is no BinXML token";
	}
}

static const char *read_token(Walk *w, guint8 token)
{
	guint8 kind = token & (guint8)~TOKEN_MORE;

	switch (kind) {
	case TOKEN_OPEN_ELEMENT:
		return read_element(w, token & TOKEN_MORE);
	case TOKEN_CLOSE_START:
	case TOKEN_CLOSE_EMPTY:
	case TOKEN_END_ELEMENT:
		return read_end(w, kind);
	case TOKEN_ATTRIBUTE:
		return read_attribute(w);
	case TOKEN_FRAGMENT_HEADER:
		return cursor_skip(&w->c, 3) ? NULL : "a fragment header is cut off";
	default:
		return read_content(w, kind);
	}
}

static const char *walk(Walk *w)
{
	uint8_t token;

	while (cursor_u8(&w->c, &token) && token != TOKEN_END_OF_FRAGMENT) {
		if (++w->reader->n_tokens > LIMIT_BINXML_NODES)
			return "it has more elements than LIMIT_BINXML_NODES allows";

		const char *trouble = read_token(w, token);

		if (trouble)
			return trouble;
	}
	return w->open > 0 ? "it ends inside an element" : NULL;
}

static const char *walk_at(
	DefinitionReader *reader, gsize offset, gsize end, guint level, bool in_template)
{
	Walk w = {
		.reader = reader,
		.c = cursor_make(slice_sub(reader->chunk, 0, end)),
		.level = level,
		.in_template = in_template,
	};

	if (!cursor_seek(&w.c, offset))
		return "it lies outside the chunk";
	return walk(&w);
}

/* A value of an instance where the template asks for it. */
static const char *expand_value(
	DefinitionReader *reader, const Node *node, const Instance *instance, guint level)
{
	InstanceValue value = { 0 };

	if (node->index < instance->n_values)
		value = instance->values[node->index];

	Slice bytes = slice_sub(reader->chunk, value.offset, value.size);

	if (value.type != TYPE_BINXML || bytes.size == 0)
		return emit_value(reader, value.type, node->optional, bytes);
	if (level + 1 >= LIMIT_BINXML_DEPTH)
		return "its fragments nest deeper than LIMIT_BINXML_DEPTH allows";
	return walk_at(reader, value.offset, value.offset + bytes.size, level + 1, false);
}

static const char *expand_node(
	DefinitionReader *reader, const Node *node, const Instance *instance, guint level)
{
	switch (node->token) {
	case TOKEN_OPEN_ELEMENT:
	case TOKEN_ATTRIBUTE:
	case TOKEN_TEXT:
		return emitted(emit_units(reader, node->token, node->bytes));
	case NORMAL_VALUE:
		return emit_value(reader, node->type, node->optional, node->bytes);
	case TOKEN_SUBSTITUTION:
		return expand_value(reader, node, instance, level);
	default:
		return emitted(emit_u8(reader, node->token));
	}
}

static const char *expand_program(
	DefinitionReader *reader, const Program *program, const Instance *instance, guint level)
{
	for (guint i = 0; i < program->n_nodes; i++) {
		if (++reader->n_tokens > LIMIT_BINXML_NODES)
			return "it has more elements than LIMIT_BINXML_NODES allows";

		const char *trouble = expand_node(reader, &program->nodes[i], instance, level);

		if (trouble)
			return trouble;
	}
	return NULL;
}

const char *definition_read(DefinitionReader *reader, gsize offset, gsize end)
{
	return walk_at(reader, offset, end, 0, true);
}

const char *definition_expand(DefinitionReader *reader, gsize offset, gsize end)
{
	return walk_at(reader, offset, end, 0, false);
}

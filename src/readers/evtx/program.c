/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/program.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "readers/evtx/binxml.h"
#include "readers/evtx/instance.h"

/* Integers of all widths are one class, since Windows itself does not keep to the declared one. */
static guint binxml_type_class(guint8 type)
{
	static const guint8 classes[] = {
		[TYPE_ANSI] = TYPE_STRING,
		[TYPE_XML] = TYPE_STRING,
		[TYPE_INT8] = TYPE_INT64,
		[TYPE_INT16] = TYPE_INT64,
		[TYPE_INT32] = TYPE_INT64,
		[TYPE_UINT8] = TYPE_UINT64,
		[TYPE_UINT16] = TYPE_UINT64,
		[TYPE_UINT32] = TYPE_UINT64,
		[TYPE_SIZE] = TYPE_HEX64,
		[TYPE_HEX32] = TYPE_HEX64,
		[TYPE_REAL32] = TYPE_REAL64,
	};

	return type < G_N_ELEMENTS(classes) && classes[type] ? classes[type] : type;
}

gsize binxml_type_size(guint8 type)
{
	static const guint8 sizes[] = {
		[TYPE_INT8] = 1,
		[TYPE_UINT8] = 1,
		[TYPE_INT16] = 2,
		[TYPE_UINT16] = 2,
		[TYPE_INT32] = 4,
		[TYPE_UINT32] = 4,
		[TYPE_INT64] = 8,
		[TYPE_UINT64] = 8,
		[TYPE_REAL32] = 4,
		[TYPE_REAL64] = 8,
		[TYPE_BOOL] = 4,
		[TYPE_GUID] = 16,
		[TYPE_SIZE] = 8,
		[TYPE_FILETIME] = 8,
		[TYPE_SYSTEMTIME] = 16,
		[TYPE_HEX32] = 4,
		[TYPE_HEX64] = 8,
	};

	return type < G_N_ELEMENTS(sizes) ? sizes[type] : 0;
}

gboolean name_equal(Slice name, const char *text)
{
	gsize length = strlen(text);

	if (name.size != length * 2)
		return FALSE;
	for (gsize i = 0; i < length; i++) {
		if (name.data[i * 2] != (guint8)text[i] || name.data[i * 2 + 1] != 0)
			return FALSE;
	}
	return TRUE;
}

static bool read_units(Cursor *c, Slice *ret)
{
	uint16_t n_units;

	return cursor_u16(c, &n_units) && cursor_slice(c, (gsize)n_units * 2, ret);
}

static bool read_value_node(Cursor *c, Node *node)
{
	uint8_t optional;
	uint16_t size;

	if (!cursor_u8(c, &node->type) || !cursor_u8(c, &optional) || !cursor_u16(c, &size) ||
		!cursor_slice(c, size, &node->bytes))
		return false;
	node->optional = optional != 0;
	return true;
}

static bool read_node(Cursor *c, Node *ret)
{
	Node node = { 0 };

	if (!cursor_u8(c, &node.token))
		return false;
	switch (node.token) {
	case TOKEN_OPEN_ELEMENT:
	case TOKEN_ATTRIBUTE:
	case TOKEN_TEXT:
		if (!read_units(c, &node.bytes))
			return false;
		break;
	case TOKEN_CLOSE_START:
	case TOKEN_END_ELEMENT:
		break;
	case TOKEN_SUBSTITUTION:
	case TOKEN_OPTIONAL_SUBSTITUTION:
		if (!cursor_u16(c, &node.index) || !cursor_u8(c, &node.type) ||
			node.index >= LIMIT_EVTX_SUBSTITUTIONS)
			return false;
		node.optional = node.token == TOKEN_OPTIONAL_SUBSTITUTION;
		node.token = TOKEN_SUBSTITUTION;
		break;
	case NORMAL_VALUE:
		if (!read_value_node(c, &node))
			return false;
		break;
	default:
		return false;
	}
	*ret = node;
	return true;
}

/* Holds the rules of nesting: attributes only in start tags, as many ends as beginnings. */
typedef struct Nesting {
	guint depth;
	bool in_start;
	bool in_attribute;
} Nesting;

static bool nesting_step(Nesting *nesting, const Node *node)
{
	switch (node->token) {
	case TOKEN_OPEN_ELEMENT:
		if (nesting->in_start || ++nesting->depth > LIMIT_BINXML_DEPTH)
			return false;
		nesting->in_start = true;
		nesting->in_attribute = false;
		return true;
	case TOKEN_ATTRIBUTE:
		nesting->in_attribute = true;
		return nesting->in_start;
	case TOKEN_CLOSE_START:
		if (!nesting->in_start)
			return false;
		nesting->in_start = false;
		return true;
	case TOKEN_END_ELEMENT:
		if (nesting->depth == 0)
			return false;
		nesting->in_start = false;
		nesting->depth--;
		return true;
	default: /* content: of an attribute, or of an element whose start tag is over */
		return nesting->in_start ? nesting->in_attribute : nesting->depth > 0;
	}
}

static GArray *read_nodes(Slice normal)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
	Cursor c = cursor_make(normal);
	Nesting nesting = { 0 };

	while (cursor_remaining(&c) > 0) {
		Node node;

		if (nodes->len >= LIMIT_BINXML_NODES || !read_node(&c, &node) ||
			!nesting_step(&nesting, &node))
			return NULL;
		g_array_append_val(nodes, node);
	}
	if (nesting.depth != 0)
		return NULL;
	return g_steal_pointer(&nodes);
}

/* The one value that makes up the content at node @at; KEY_CONSTANT where it is text or nothing. */
static int key_at(Program *program, guint at)
{
	int key = KEY_CONSTANT;
	guint n_pieces = 0;

	for (; at < program->n_nodes; at++) {
		const Node *node = &program->nodes[at];

		if (node->token == TOKEN_SUBSTITUTION)
			key = node->index;
		else if (node->token != TOKEN_TEXT && node->token != NORMAL_VALUE)
			break;
		n_pieces++;
	}
	if (key != KEY_CONSTANT && n_pieces > 1)
		program->dynamic = TRUE; /* glued together: not worth a fast path */
	return key;
}

static void set_key(Program *program, ProgramKey which, guint at)
{
	int key = key_at(program, at);

	if (key == KEY_CONSTANT)
		return;
	if (program->keys[which] != KEY_CONSTANT && program->keys[which] != key)
		program->dynamic = TRUE; /* there twice */
	program->keys[which] = key;
}

/* The keys stand in Event/System/Channel, …/EventID and …/Provider@Name. */
static void find_keys(Program *program)
{
	Slice path[4] = { SLICE_EMPTY };
	guint depth = 0;

	for (guint i = 0; i < program->n_nodes; i++) {
		const Node *node = &program->nodes[i];

		if (node->token == TOKEN_OPEN_ELEMENT) {
			if (depth < G_N_ELEMENTS(path))
				path[depth] = node->bytes;
			depth++;
		} else if (node->token == TOKEN_END_ELEMENT) {
			depth--;
		}
		if (depth != 3 || !name_equal(path[1], "System"))
			continue;
		if (node->token == TOKEN_CLOSE_START && name_equal(path[2], "Channel"))
			set_key(program, KEY_CHANNEL, i + 1);
		else if (node->token == TOKEN_CLOSE_START && name_equal(path[2], "EventID"))
			set_key(program, KEY_EVENT_ID, i + 1);
		else if (node->token == TOKEN_ATTRIBUTE && name_equal(path[2], "Provider") &&
			name_equal(node->bytes, "Name"))
			set_key(program, KEY_PROVIDER, i + 1);
	}
}

/* <Data Name="%3">: the column's name comes with the record. */
static void find_dynamic_names(Program *program)
{
	for (guint i = 0; i + 1 < program->n_nodes; i++) {
		const Node *node = &program->nodes[i];

		if (node->token == TOKEN_ATTRIBUTE && name_equal(node->bytes, "Name") &&
			key_at(program, i + 1) != KEY_CONSTANT && i > 0 &&
			!name_equal(program->nodes[i - 1].bytes, "Provider"))
			program->dynamic = TRUE;
	}
}

Program *program_new(Slice normal)
{
	g_autoptr(Program) program = g_new0(Program, 1);

	program->bytes = slice_make(g_memdup2(normal.data, normal.size), normal.size);

	g_autoptr(GArray) nodes = read_nodes(program->bytes);

	if (!nodes)
		return NULL;
	program->n_nodes = nodes->len;
	program->nodes = (Node *)g_array_free(g_steal_pointer(&nodes), FALSE);
	for (guint i = 0; i < program->n_nodes; i++) {
		const Node *node = &program->nodes[i];

		if (node->token == TOKEN_SUBSTITUTION)
			program->n_values = MAX(program->n_values, node->index + 1u);
	}
	for (guint i = 0; i < KEY_N; i++)
		program->keys[i] = KEY_CONSTANT;
	find_keys(program);
	find_dynamic_names(program);
	return g_steal_pointer(&program);
}

void program_free(Program *program)
{
	if (!program)
		return;
	g_free((void *)program->bytes.data);
	g_free(program->nodes);
	g_free(program);
}

gboolean program_fits(const Program *program, const Instance *instance)
{
	if (instance->n_values < program->n_values)
		return FALSE;
	for (guint i = 0; i < program->n_nodes; i++) {
		const Node *node = &program->nodes[i];

		if (node->token != TOKEN_SUBSTITUTION)
			continue;

		guint8 found = instance->values[node->index].type;

		if (found != TYPE_NULL && binxml_type_class(found) != binxml_type_class(node->type))
			return FALSE;
	}
	return TRUE;
}

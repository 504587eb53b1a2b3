/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BinXML: nodes, templates and how they are laid out.
 *
 *	name       offset of the next name in its bucket (4), hash (2), characters (2), UTF-16, NUL
 *	template   offset of the next one in its bucket (4), GUID (16), size (4), fragment
 *	instance   0c 01, first four bytes of the GUID, offset of the template, [the template itself
 *	           where this is its first use in the chunk], number of values (4), for each size
 *(2), type (1), 0; then the values
 *
 * Elements of a template have a dependency identifier, those outside have none: so does Windows.
 */
#include <string.h>

#include "evtx-internal.h"

#define NO_DEPENDENCY 0xffff
#define MORE	      0x40 /* on a token: more of the same follows, or has attributes */

static EvtxNode *node_new(NodeKind kind, const char *name, const char *text)
{
	EvtxNode *node = g_new0(EvtxNode, 1);

	node->kind = kind;
	node->name = g_strdup(name);
	node->text = g_strdup(text);
	return node;
}

static void attribute_free(gpointer p)
{
	Attribute *attribute = p;

	g_free(attribute->name);
	evtx_node_free(attribute->content);
	g_free(attribute);
}

void evtx_node_free(EvtxNode *node)
{
	if (!node)
		return;
	g_free(node->name);
	g_free(node->text);
	g_clear_pointer(&node->attributes, g_ptr_array_unref);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_clear_pointer(&node->values, g_ptr_array_unref);
	evtx_template_unref(node->template);
	g_free(node);
}

EvtxNode *evtx_element(const char *name)
{
	EvtxNode *node = node_new(NODE_ELEMENT, name, NULL);

	node->number = NO_DEPENDENCY;
	node->attributes = g_ptr_array_new_with_free_func(attribute_free);
	node->children = g_ptr_array_new_with_free_func((GDestroyNotify)evtx_node_free);
	return node;
}

void evtx_element_depends(EvtxNode *element, guint16 value_index)
{
	element->number = value_index;
}

void evtx_element_attribute(EvtxNode *element, const char *name, EvtxNode *content)
{
	Attribute *attribute = g_new0(Attribute, 1);

	attribute->name = g_strdup(name);
	attribute->content = content;
	g_ptr_array_add(element->attributes, attribute);
}

EvtxNode *evtx_element_add(EvtxNode *element, EvtxNode *child)
{
	g_assert_cmpint(element->kind, ==, NODE_ELEMENT);
	g_ptr_array_add(element->children, child);
	return element;
}

EvtxNode *evtx_node_text(const char *utf8)
{
	return node_new(NODE_TEXT, NULL, utf8);
}

EvtxNode *evtx_node_slot(guint16 value_index, EvtxType type, gboolean optional)
{
	EvtxNode *node = node_new(NODE_SLOT, NULL, NULL);

	node->number = value_index;
	node->type = type;
	node->optional = optional;
	return node;
}

EvtxNode *evtx_node_cdata(const char *utf8)
{
	return node_new(NODE_CDATA, NULL, utf8);
}

EvtxNode *evtx_node_char(guint16 code)
{
	EvtxNode *node = node_new(NODE_CHAR, NULL, NULL);

	node->number = code;
	return node;
}

EvtxNode *evtx_node_entity(const char *name)
{
	return node_new(NODE_ENTITY, name, NULL);
}

EvtxNode *evtx_node_instruction(const char *target, const char *data)
{
	return node_new(NODE_INSTRUCTION, target, data);
}

EvtxNode *evtx_node_instance(EvtxTemplate *template, GPtrArray *values)
{
	EvtxNode *node = node_new(NODE_INSTANCE, NULL, NULL);

	node->template = evtx_template_ref(template);
	node->values = values;
	g_ptr_array_set_free_func(values, (GDestroyNotify)evtx_value_free);
	return node;
}

/* ---- templates ----------------------------------------------------------------------------------
 */

/* All that a node consists of, as text: templates with the same text are the same template. */
static void describe(const EvtxNode *node, GString *ret)
{
	g_string_append_printf(ret, "(%d %u %u %d %s|%s", (int)node->kind, node->number, node->type,
		node->optional, node->name ? node->name : "", node->text ? node->text : "");
	for (guint i = 0; node->attributes && i < node->attributes->len; i++) {
		const Attribute *attribute = node->attributes->pdata[i];

		g_string_append_printf(ret, "[%s", attribute->name);
		describe(attribute->content, ret);
		g_string_append_c(ret, ']');
	}
	for (guint i = 0; node->children && i < node->children->len; i++)
		describe(node->children->pdata[i], ret);
	g_string_append_c(ret, ')');
}

EvtxTemplate *evtx_template_new(EvtxNode *root)
{
	EvtxTemplate *template = g_new0(EvtxTemplate, 1);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GChecksum) md5 = g_checksum_new(G_CHECKSUM_MD5);
	gsize size = sizeof(template->guid);

	describe(root, text);
	g_checksum_update(md5, (const guint8 *)text->str, (gssize)text->len);
	g_checksum_get_digest(md5, template->guid, &size);
	template->references = 1;
	template->root = root;
	return template;
}

EvtxTemplate *evtx_template_ref(EvtxTemplate *template)
{
	template->references++;
	return template;
}

void evtx_template_unref(EvtxTemplate *template)
{
	if (!template || --template->references > 0)
		return;
	evtx_node_free(template->root);
	g_free(template);
}

/* ---- layout -------------------------------------------------------------------------------------
 */

void draft_u8(Draft *d, guint8 n)
{
	evtx_append_le(d->bytes, n, 1);
}

void draft_u16(Draft *d, guint16 n)
{
	evtx_append_le(d->bytes, n, 2);
}

void draft_u32(Draft *d, guint32 n)
{
	evtx_append_le(d->bytes, n, 4);
}

void draft_u64(Draft *d, guint64 n)
{
	evtx_append_le(d->bytes, n, 8);
}

void draft_bytes(Draft *d, const void *bytes, gsize size)
{
	g_byte_array_append(d->bytes, bytes, size);
}

void draft_patch_u16(Draft *d, gsize position, guint16 n)
{
	d->bytes->data[position] = (guint8)n;
	d->bytes->data[position + 1] = (guint8)(n >> 8);
}

void draft_patch_u32(Draft *d, gsize position, guint32 n)
{
	draft_patch_u16(d, position, (guint16)n);
	draft_patch_u16(d, position + 2, (guint16)(n >> 16));
}

static guint32 here(const Draft *d)
{
	return d->base + d->bytes->len;
}

/* The hash of names and of template GUIDs: h = h * 65599 + unit, over 16-bit units. */
static guint32 hash_units(const guint8 *units, gsize n_bytes)
{
	guint32 hash = 0;

	for (gsize i = 0; i + 1 < n_bytes; i += 2)
		hash = hash * 65599u + (guint32)(units[i] | units[i + 1] << 8);
	return hash;
}

static guint32 look_up(GHashTable *own, GHashTable *chunk, const char *key)
{
	guint32 offset = GPOINTER_TO_UINT(g_hash_table_lookup(own, key));

	return offset ? offset : GPOINTER_TO_UINT(g_hash_table_lookup(chunk, key));
}

/* The offset of the name, and the name itself where the chunk does not have it yet. */
static void draft_name(Draft *d, const char *name)
{
	guint32 known = look_up(d->names, d->chunk_names, name);

	if (known) {
		draft_u32(d, known);
		return;
	}

	g_autoptr(GByteArray) utf16 = evtx_utf16(name);
	guint32 hash = hash_units(utf16->data, utf16->len);
	guint32 *bucket = &d->tables.names[(hash & 0xffff) % EVTX_NAME_BUCKETS];

	draft_u32(d, here(d) + 4);
	g_hash_table_insert(d->names, g_strdup(name), GUINT_TO_POINTER(here(d)));

	guint32 next = *bucket;

	*bucket = here(d);
	draft_u32(d, next);
	draft_u16(d, (guint16)hash);
	draft_u16(d, (guint16)(utf16->len / 2));
	draft_bytes(d, utf16->data, utf16->len);
	draft_u16(d, 0);
}

static void draft_text(Draft *d, const char *utf8)
{
	g_autoptr(GByteArray) utf16 = evtx_utf16(utf8);

	g_assert_cmpuint(utf16->len / 2, <=, G_MAXUINT16);
	draft_u16(d, (guint16)(utf16->len / 2));
	draft_bytes(d, utf16->data, utf16->len);
}

static void draft_node(Draft *d, const EvtxNode *node, gboolean in_template, gboolean more);

static void draft_attributes(Draft *d, const EvtxNode *element, gboolean in_template)
{
	gsize size_at = d->bytes->len;

	draft_u32(d, 0);
	for (guint i = 0; i < element->attributes->len; i++) {
		const Attribute *attribute = element->attributes->pdata[i];

		draft_u8(d, i + 1 < element->attributes->len ? 0x06 | MORE : 0x06);
		draft_name(d, attribute->name);
		draft_node(d, attribute->content, in_template, FALSE);
	}
	draft_patch_u32(d, size_at, (guint32)(d->bytes->len - size_at - 4));
}

static void draft_element(Draft *d, const EvtxNode *element, gboolean in_template)
{
	gboolean has_attributes = element->attributes->len > 0;

	draft_u8(d, has_attributes ? 0x01 | MORE : 0x01);
	if (in_template || d->dependencies)
		draft_u16(d, element->number);

	gsize size_at = d->bytes->len;

	draft_u32(d, 0);
	draft_name(d, element->name);
	if (has_attributes)
		draft_attributes(d, element, in_template);
	if (element->children->len == 0) {
		draft_u8(d, 0x03);
	} else {
		draft_u8(d, 0x02);
		for (guint i = 0; i < element->children->len; i++)
			draft_node(d, element->children->pdata[i], in_template,
				i + 1 < element->children->len);
		draft_u8(d, 0x04);
	}
	draft_patch_u32(d, size_at, (guint32)(d->bytes->len - size_at - 4));
}

/* The offset of the template, and the template itself where the chunk does not have it yet. */
static void draft_template(Draft *d, const EvtxTemplate *template)
{
	g_autofree char *key = g_base64_encode(template->guid, sizeof(template->guid));
	guint32 known = look_up(d->templates, d->chunk_templates, key);

	draft_bytes(d, template->guid, 4);
	if (known) {
		draft_u32(d, known);
		return;
	}

	guint32 hash = hash_units(template->guid, sizeof(template->guid));
	guint32 *bucket = &d->tables.templates[hash % EVTX_TPL_BUCKETS];

	draft_u32(d, here(d) + 4);
	g_hash_table_insert(d->templates, g_steal_pointer(&key), GUINT_TO_POINTER(here(d)));

	guint32 next = *bucket;

	*bucket = here(d);
	draft_u32(d, next);
	draft_bytes(d, template->guid, sizeof(template->guid));

	gsize size_at = d->bytes->len;

	draft_u32(d, 0);
	draft_fragment(d, template->root, TRUE);
	draft_patch_u32(d, size_at, (guint32)(d->bytes->len - size_at - 4));
}

static void draft_instance(Draft *d, const EvtxNode *instance)
{
	const GPtrArray *values = instance->values;

	draft_u8(d, 0x0c);
	draft_u8(d, 0x01);
	draft_template(d, instance->template);
	draft_u32(d, values->len);

	gsize descriptors_at = d->bytes->len;

	for (guint i = 0; i < values->len; i++) {
		const EvtxValue *value = values->pdata[i];

		draft_u16(d, 0);
		draft_u8(d, value->absent ? EVTX_NULL : value->type);
		draft_u8(d, 0);
	}
	for (guint i = 0; i < values->len; i++) {
		const EvtxValue *value = values->pdata[i];
		gsize start = d->bytes->len;

		if (value->node)
			draft_fragment(d, value->node, FALSE);
		else
			draft_bytes(d, value->bytes->data, value->bytes->len);
		g_assert_cmpuint(d->bytes->len - start, <=, G_MAXUINT16);
		draft_patch_u16(d, descriptors_at + 4 * i, (guint16)(d->bytes->len - start));
	}
}

/* @more: another node follows on the same level; some tokens say so. */
static void draft_node(Draft *d, const EvtxNode *node, gboolean in_template, gboolean more)
{
	guint8 flag = more ? MORE : 0;

	switch (node->kind) {
	case NODE_ELEMENT:
		draft_element(d, node, in_template);
		break;
	case NODE_TEXT:
		draft_u8(d, 0x05 | flag);
		draft_u8(d, EVTX_TEXT);
		draft_text(d, node->text);
		break;
	case NODE_SLOT:
		draft_u8(d, node->optional ? 0x0e : 0x0d);
		draft_u16(d, node->number);
		draft_u8(d, node->type);
		break;
	case NODE_CDATA:
		draft_u8(d, 0x07 | flag);
		draft_text(d, node->text);
		break;
	case NODE_CHAR:
		draft_u8(d, 0x08 | flag);
		draft_u16(d, node->number);
		break;
	case NODE_ENTITY:
		draft_u8(d, 0x09 | flag);
		draft_name(d, node->name);
		break;
	case NODE_INSTRUCTION:
		draft_u8(d, 0x0a);
		draft_name(d, node->name);
		draft_u8(d, 0x0b);
		draft_text(d, node->text);
		break;
	case NODE_INSTANCE:
		draft_instance(d, node);
		break;
	}
}

void draft_fragment(Draft *d, const EvtxNode *root, gboolean in_template)
{
	static const guint8 header[] = { 0x0f, 0x01, 0x01, 0x00 };

	draft_bytes(d, header, sizeof(header));
	draft_node(d, root, in_template, FALSE);
	draft_u8(d, 0x00);
}

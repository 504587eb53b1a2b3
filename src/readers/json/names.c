/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/names.h"

#include "base/hash.h"
#include "base/json-text.h"
#include "base/limits.h"

#define FIRST_SLOTS 1024
#define PARENT_MIX  G_GUINT64_CONSTANT(0x9E3779B97F4A7C15)

struct Names {
	GPtrArray *all; /* Name, by number */
	Name **slots;	/* open addressing, at most half full */
	guint n_slots;
	GStringChunk *texts;
	gsize n_bytes;
	GString *scratch;
};

static guint slot_of(const Names *names, const Name *parent, Slice key)
{
	return (guint)(slice_hash(key) ^ (parent->number + 1) * PARENT_MIX) & (names->n_slots - 1);
}

static void insert(Names *names, Name *name)
{
	guint slot = slot_of(names, name->parent, name->key);

	while (names->slots[slot])
		slot = (slot + 1) & (names->n_slots - 1);
	names->slots[slot] = name;
}

static void start(Names *names)
{
	Name *root = g_new0(Name, 1);

	names->all = g_ptr_array_new_with_free_func(g_free);
	names->n_slots = FIRST_SLOTS;
	names->slots = g_new0(Name *, names->n_slots);
	names->texts = g_string_chunk_new(4096);
	names->n_bytes = 0;
	root->text = "";
	g_ptr_array_add(names->all, root);
}

static void stop(Names *names)
{
	g_ptr_array_unref(names->all);
	g_free(names->slots);
	g_string_chunk_free(names->texts);
}

Names *names_new(void)
{
	Names *names = g_new0(Names, 1);

	names->scratch = g_string_new(NULL);
	start(names);
	return names;
}

void names_free(Names *names)
{
	if (!names)
		return;
	stop(names);
	g_string_free(names->scratch, TRUE);
	g_free(names);
}

void names_reset(Names *names)
{
	stop(names);
	start(names);
}

gboolean names_are_full(const Names *names)
{
	return names->all->len >= LIMIT_JSON_NAMES || names->n_bytes >= LIMIT_JSON_NAMES_BYTES;
}

guint names_count(const Names *names)
{
	return names->all->len;
}

Name *names_root(const Names *names)
{
	return g_ptr_array_index(names->all, 0);
}

static void grow(Names *names)
{
	if (names->all->len * 2 <= names->n_slots)
		return;
	g_free(names->slots);
	names->n_slots *= 2;
	names->slots = g_new0(Name *, names->n_slots);
	for (guint i = 1; i < names->all->len; i++)
		insert(names, g_ptr_array_index(names->all, i));
}

/* The text of a name: what a C string can not hold is replaced. */
static const char *make_text(Names *names, const Name *parent, Slice key)
{
	GString *text = g_string_assign(names->scratch, parent->text);

	if (text->len > 0)
		g_string_append_c(text, '.');
	json_append_unescaped(text, key);
	if (text->len > LIMIT_JSON_NAME_BYTES)
		return NULL;
	for (gsize i = 0; i < text->len; i++) {
		if (text->str[i] == '\0')
			text->str[i] = '?';
	}
	return g_string_chunk_insert_len(names->texts, text->str, (gssize)text->len);
}

static Name *add(Names *names, Name *parent, Slice key)
{
	const char *text = key.size <= LIMIT_JSON_NAME_BYTES ? make_text(names, parent, key) : NULL;
	Name *name;

	if (!text)
		return NULL;
	name = g_new0(Name, 1);
	name->key = slice_make(
		g_string_chunk_insert_len(names->texts, (const char *)key.data, (gssize)key.size),
		key.size);
	for (gsize i = 0; i < MIN(key.size, BLOCK_BYTES); i++)
		name->start[i] = key.data[i];
	name->start_mask = (1u << MIN(key.size, BLOCK_BYTES)) - 1;
	name->number = names->all->len;
	name->parent = parent;
	name->text = text;
	dialects_describe(text, parent->parent == NULL, &name->traits);
	names->n_bytes += sizeof(Name) + key.size + strlen(text);
	g_ptr_array_add(names->all, name);
	grow(names);
	insert(names, name);
	return name;
}

Name *names_find(Names *names, Name *parent, Slice key)
{
	guint slot = slot_of(names, parent, key);

	for (Name *name; (name = names->slots[slot]); slot = (slot + 1) & (names->n_slots - 1)) {
		if (name->parent == parent && slice_equal(name->key, key))
			return name;
	}
	return add(names, parent, key);
}

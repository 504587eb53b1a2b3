/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/templates.h"

#include "base/limits.h"
#include "readers/evtx/binxml.h"
#include "readers/evtx/definition.h"
#include "readers/evtx/mend.h"

#define MAX_PROBES 8

void templates_init(Templates *templates, ReaderLibrary *library, gboolean recovering, gsize *work)
{
	*templates = (Templates){ .library = library, .recovering = recovering, .work = work };
	templates->scratch = g_byte_array_new();
}

void templates_clear(Templates *templates)
{
	g_clear_pointer(&templates->scratch, g_byte_array_unref);
}

void templates_start_chunk(Templates *templates, Slice chunk)
{
	templates->chunk = chunk;
	templates->stamp++;
	if (templates->stamp == 0) {
		memset(templates->entries, 0, sizeof(templates->entries));
		templates->stamp = 1;
	}
}

/* The entry of the definition at @offset, or the one to use for it (then its offset differs). */
static TemplateEntry *find_entry(Templates *templates, guint32 offset)
{
	guint home = (offset * 2654435761u >> 16) % TEMPLATES_SLOTS;

	for (guint i = 0; i < MAX_PROBES; i++) {
		TemplateEntry *entry = &templates->entries[(home + i) % TEMPLATES_SLOTS];

		if (entry->stamp != templates->stamp || entry->offset == offset)
			return entry;
	}
	return &templates->entries[home];
}

/* Reads the definition at @offset into the entry; NULL, or what is wrong with it. */
static const char *read_definition(
	Templates *templates, guint32 offset, gboolean mend_names, TemplateEntry *entry)
{
	Cursor c = cursor_make(templates->chunk);
	DefinitionReader reader = {
		.chunk = templates->chunk,
		.out = templates->scratch,
		.max_bytes = LIMIT_EVTX_TEMPLATE_BYTES,
		.mend_names = mend_names,
	};
	uint32_t size;

	if (!cursor_seek(&c, offset) || !cursor_skip(&c, 4) || !cursor_u32(&c, &entry->id) ||
		!cursor_skip(&c, GUID_BYTES - 4) || !cursor_u32(&c, &size) ||
		size > cursor_remaining(&c))
		return "its template definition does not lie inside the chunk";
	g_byte_array_set_size(templates->scratch, 0);

	const char *trouble = definition_read(&reader, c.position, c.position + size);

	*templates->work +=
		templates->scratch->len + reader.name_bytes + reader.n_tokens * sizeof(Node);
	if (trouble)
		return trouble;
	entry->program = library_intern_program(
		templates->library, slice_make(templates->scratch->data, templates->scratch->len));
	if (!entry->program || entry->program->n_nodes == 0)
		return "its template definition makes no sense";
	entry->bad_names = reader.bad_names;
	return NULL;
}

/* The entry's definition with its damaged names mended; NULL where it needs or allows no mending.
 */
static Program *mended_program(Templates *templates, TemplateEntry *entry)
{
	TemplateEntry damaged = *entry;
	GByteArray *normal = templates->scratch;
	gsize work = *templates->work;

	if (entry->program && !entry->bad_names)
		return NULL;
	if (entry->mended_epoch == templates->library->epoch + 1)
		return entry->mended;
	entry->mended = NULL;
	if (!read_definition(templates, entry->offset, TRUE, &damaged) && damaged.bad_names) {
		g_byte_array_set_size(normal, 0);
		if (mend_append(normal, damaged.program))
			entry->mended = library_intern_program(
				templates->library, slice_make(normal->data, normal->len));
	}
	if (entry->mended_epoch != 0)
		*templates->work = work; /* done anew, as in entry_at() */
	entry->mended_epoch = templates->library->epoch + 1;
	return entry->mended;
}

static void fill_entry(Templates *templates, TemplateEntry *entry)
{
	entry->trouble = read_definition(templates, entry->offset, FALSE, entry);
	if (entry->trouble)
		entry->program = NULL;
	entry->epoch = templates->library->epoch;
}

static TemplateEntry *entry_at(Templates *templates, guint32 offset)
{
	TemplateEntry *entry = find_entry(templates, offset);
	gsize work = *templates->work;

	if (entry->stamp != templates->stamp || entry->offset != offset) {
		*entry = (TemplateEntry){ .stamp = templates->stamp, .offset = offset };
		fill_entry(templates, entry);
	} else if (entry->epoch != templates->library->epoch) {
		/* The library has forgotten the program. That it did depends on what was read
		 * before this chunk, so it must not count as work of the chunk. */
		fill_entry(templates, entry);
		*templates->work = work;
	}
	return entry;
}

static void learn(Templates *templates, TemplateEntry *entry, Program *program)
{
	if (entry->is_learnt)
		return;
	entry->is_learnt = true;
	library_learn(templates->library,
		slice_sub(templates->chunk, (gsize)entry->offset + 4, GUID_BYTES), program);
}

/* The definition the instance refers to, if it is beyond doubt that it is the one. */
static Program *certain_program(
	Templates *templates, TemplateEntry *entry, const Instance *instance)
{
	Program *program = entry->program && !entry->bad_names ? entry->program
							       : mended_program(templates, entry);

	if (!program || entry->id != instance->template_id || !program_fits(program, instance))
		return NULL;
	return program;
}

static Program *find_recovering(
	Templates *templates, TemplateEntry *entry, const Instance *instance)
{
	Program *program = certain_program(templates, entry, instance);

	return program ? program : library_find_candidate(templates->library, instance);
}

/* The definition where the record says it is; what is read in use is only read by this. */
static Program *find_in_use(const TemplateEntry *entry, const Instance *instance)
{
	Program *program = entry->program;

	/* The id alone is damaged? Then all the rest fits well. */
	if (program && entry->id != instance->template_id &&
		(program->n_values != instance->n_values || !program_fits(program, instance)))
		return NULL;
	return program;
}

gboolean templates_has(Templates *templates, const Instance *instance)
{
	return find_in_use(entry_at(templates, instance->definition_offset), instance) != NULL;
}

Program *templates_find(Templates *templates, const Instance *instance, const char **ret_trouble)
{
	TemplateEntry *entry = entry_at(templates, instance->definition_offset);

	if (templates->recovering) {
		Program *program = find_recovering(templates, entry, instance);

		if (!program)
			*ret_trouble = "no template for it is known";
		return program;
	}

	Program *program = find_in_use(entry, instance);

	if (program && entry->id == instance->template_id && !entry->bad_names)
		learn(templates, entry, program);
	if (!program)
		*ret_trouble = entry->trouble ? entry->trouble
					      : "its template definition is not where it should be";
	return program;
}

Program *templates_unnamed(Templates *templates, guint n_values)
{
	GByteArray *normal = templates->scratch;

	g_byte_array_set_size(normal, 0);
	mend_append_unnamed(normal, n_values);
	return library_intern_program(templates->library, slice_make(normal->data, normal->len));
}

void templates_learn(Templates *templates, const Instance *instance)
{
	TemplateEntry *entry = entry_at(templates, instance->definition_offset);
	Program *program = certain_program(templates, entry, instance);

	if (program)
		learn(templates, entry, program);
}

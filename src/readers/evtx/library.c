/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/library.h"

#include "base/hash.h"
#include "base/limits.h"

typedef struct ShapeEntry {
	Slice key; /* owned */
	Shape *shape;
} ShapeEntry;

typedef struct LayoutEntry {
	Slice key; /* owned */
	Layout *layout;
} LayoutEntry;

typedef struct Candidate {
	Slice entry;	  /* GUID and normal form; owned */
	gboolean is_new;  /* learnt here, and not yet taken */
	Program *program; /* of the library, while the epoch is the same */
	guint epoch;
} Candidate;

static void shape_entry_free(gpointer data)
{
	ShapeEntry *entry = data;

	g_free((void *)entry->key.data);
	shape_free(entry->shape);
	g_free(entry);
}

static void layout_entry_free(gpointer data)
{
	LayoutEntry *entry = data;

	g_free((void *)entry->key.data);
	layout_free(entry->layout);
	g_free(entry);
}

static void candidate_free(gpointer data)
{
	Candidate *candidate = data;

	g_free((void *)candidate->entry.data);
	g_free(candidate);
}

static void program_free_value(gpointer program)
{
	program_free(program);
}

static Slice slice_copy(Slice s)
{
	return slice_make(g_memdup2(s.data, s.size), s.size);
}

/* All tables have a Slice as the first member of what they hold, and that as its key. */
static GHashTable *table_new(GDestroyNotify free_value)
{
	return g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, free_value);
}

ReaderLibrary *library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->programs = table_new(program_free_value);
	library->layouts = table_new(layout_entry_free);
	library->shapes = table_new(shape_entry_free);
	library->candidates = g_ptr_array_new_with_free_func(candidate_free);
	library->scratch = g_byte_array_new();
	return library;
}

void library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	g_hash_table_unref(library->layouts);
	g_hash_table_unref(library->shapes);
	g_hash_table_unref(library->programs);
	g_ptr_array_unref(library->candidates);
	g_byte_array_unref(library->scratch);
	if (library->cut)
		g_byte_array_unref(library->cut);
	g_free(library);
}

static void count_bytes(ReaderLibrary *library, gsize size)
{
	library->n_bytes += size;
	if (library->n_bytes >= LIMIT_EVTX_LIBRARY_BYTES)
		library->full = TRUE;
}

void library_reset_if_full(ReaderLibrary *library)
{
	if (!library->full)
		return;
	g_hash_table_remove_all(library->layouts);
	g_hash_table_remove_all(library->shapes);
	g_hash_table_remove_all(library->programs);
	library->full = FALSE;
	library->n_bytes = 0;
	library->epoch++;
}

Program *library_intern_program(ReaderLibrary *library, Slice normal)
{
	Program *program = g_hash_table_lookup(library->programs, &normal);

	if (program)
		return program;
	program = program_new(normal);
	if (!program)
		return NULL;
	(void)g_hash_table_insert(library->programs, &program->bytes, program);
	count_bytes(library, program->bytes.size + program->n_nodes * sizeof(Node));
	if (g_hash_table_size(library->programs) >= LIMIT_EVTX_TEMPLATES)
		library->full = TRUE;
	return program;
}

Layout *library_find_layout(ReaderLibrary *library, const Frames *frames, const char **ret_trouble)
{
	Program *last = frames->frame[frames->n - 1].program;
	LayoutEntry *entry;

	for (guint i = 0; i < PROGRAM_RECENT; i++) {
		if (last->recent[i] && layout_matches(last->recent[i], frames))
			return last->recent[i];
	}
	g_byte_array_set_size(library->scratch, 0);
	layout_append_key(library->scratch, frames);

	Slice key = slice_make(library->scratch->data, library->scratch->len);

	entry = g_hash_table_lookup(library->layouts, &key);
	if (!entry) {
		Layout *layout = layout_new(library, frames, ret_trouble);

		if (!layout)
			return NULL;
		entry = g_new0(LayoutEntry, 1);
		entry->key = slice_copy(key);
		entry->layout = layout;
		(void)g_hash_table_insert(library->layouts, &entry->key, entry);
		count_bytes(library, layout_size(layout) + key.size);
		if (g_hash_table_size(library->layouts) >= LIMIT_SHAPES)
			library->full = TRUE;
	}
	last->recent[last->next_recent++ % PROGRAM_RECENT] = entry->layout;
	return entry->layout;
}

Shape *library_intern_shape(
	ReaderLibrary *library, const char *const *names, char *const *constants, guint n_columns)
{
	g_autoptr(GString) key_text = g_string_new(NULL);
	ShapeEntry *entry;

	for (guint i = 0; i < n_columns; i++) {
		g_string_append_len(key_text, names[i], (gssize)strlen(names[i]) + 1);
		if (constants[i])
			g_string_append_printf(key_text, "=%s", constants[i]);
		g_string_append_c(key_text, '\0');
	}

	Slice key = slice_make(key_text->str, key_text->len);

	entry = g_hash_table_lookup(library->shapes, &key);
	if (entry)
		return entry->shape;
	entry = g_new0(ShapeEntry, 1);
	entry->key = slice_copy(key);
	entry->shape = shape_new("evtx");
	for (guint i = 0; i < n_columns; i++)
		(void)shape_add_column(entry->shape, names[i], constants[i]);
	(void)g_hash_table_insert(library->shapes, &entry->key, entry);
	if (g_hash_table_size(library->shapes) >= LIMIT_SHAPES)
		library->full = TRUE;
	return entry->shape;
}

/* The place of the first candidate that is not before @bytes. */
static guint lower_bound(const ReaderLibrary *library, Slice bytes)
{
	guint low = 0, high = library->candidates->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const Candidate *candidate = g_ptr_array_index(library->candidates, middle);

		if (slice_compare(candidate->entry, bytes) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void drop_last(ReaderLibrary *library)
{
	guint last = library->candidates->len - 1;
	const Candidate *candidate = g_ptr_array_index(library->candidates, last);

	if (!library->cut)
		library->cut = g_byte_array_new();
	g_byte_array_set_size(library->cut, 0);
	g_byte_array_append(library->cut, candidate->entry.data, (guint)candidate->entry.size);
	library->candidate_bytes -= candidate->entry.size;
	g_ptr_array_set_size(library->candidates, (gint)last);
}

static void add_candidate(ReaderLibrary *library, Slice entry, gboolean is_new)
{
	guint at = lower_bound(library, entry);

	if (library->cut &&
		slice_compare(entry, slice_make(library->cut->data, library->cut->len)) >= 0)
		return;
	if (at < library->candidates->len) {
		const Candidate *there = g_ptr_array_index(library->candidates, at);

		if (slice_equal(there->entry, entry))
			return;
	}

	Candidate *candidate = g_new0(Candidate, 1);

	candidate->entry = slice_copy(entry);
	candidate->is_new = is_new;
	g_ptr_array_insert(library->candidates, (gint)at, candidate);
	library->candidate_bytes += entry.size;
	while (library->candidates->len > LIMIT_EVTX_TEMPLATES ||
		library->candidate_bytes > LIMIT_EVTX_LIBRARY_BYTES)
		drop_last(library);
}

void library_learn(ReaderLibrary *library, Slice guid, Program *program)
{
	Slice last = slice_make(program->learnt_guid, GUID_BYTES);

	if (guid.size != GUID_BYTES || (program->is_learnt && slice_equal(guid, last)))
		return;
	program->is_learnt = TRUE;
	memcpy(program->learnt_guid, guid.data, GUID_BYTES);

	g_autoptr(GByteArray) entry = g_byte_array_new();

	g_byte_array_append(entry, guid.data, GUID_BYTES);
	g_byte_array_append(entry, program->bytes.data, (guint)program->bytes.size);
	add_candidate(library, slice_make(entry->data, entry->len), TRUE);
}

/* The candidate's program, which is looked up again when the library has forgotten its programs. */
static Program *candidate_program(ReaderLibrary *library, Candidate *candidate)
{
	if (!candidate->program || candidate->epoch != library->epoch) {
		candidate->program = library_intern_program(
			library, slice_sub(candidate->entry, GUID_BYTES, candidate->entry.size));
		candidate->epoch = library->epoch;
	}
	return candidate->program;
}

Program *library_find_candidate(ReaderLibrary *library, const Instance *instance)
{
	guint32 id = GUINT32_TO_LE(instance->template_id);
	Slice prefix = slice_make(&id, sizeof(id));
	guint first = lower_bound(library, prefix);
	guint end = MIN(library->candidates->len, first + LIMIT_EVTX_SAME_TEMPLATE);
	Program *second_best = NULL;

	for (guint i = first; i < end; i++) {
		Candidate *candidate = g_ptr_array_index(library->candidates, i);

		if (!slice_equal(slice_sub(candidate->entry, 0, sizeof(id)), prefix))
			break;

		Program *program = candidate_program(library, candidate);

		if (!program || !program_fits(program, instance))
			continue;
		if (program->n_values == instance->n_values)
			return program;
		if (!second_best)
			second_best = program;
	}
	return second_best;
}

void library_take(ReaderLibrary *library, void (*emit)(void *context, Slice entry), void *context)
{
	for (guint i = 0; i < library->candidates->len; i++) {
		Candidate *candidate = g_ptr_array_index(library->candidates, i);

		if (!candidate->is_new)
			continue;
		candidate->is_new = FALSE;
		emit(context, candidate->entry);
	}
}

void library_give(ReaderLibrary *library, Slice entry)
{
	Slice normal = slice_sub(entry, GUID_BYTES, entry.size);

	if (normal.size == 0 || normal.size > LIMIT_EVTX_TEMPLATE_BYTES)
		return;

	g_autoptr(Program) program = program_new(normal);

	if (program)
		add_candidate(library, entry, FALSE);
}

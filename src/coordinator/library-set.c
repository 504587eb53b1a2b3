/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/library-set.h"

#include "ipc/message.h"

#define ENTRY_BYTES 128 /* what keeping an entry takes beside its own bytes, roughly */

struct LibrarySet {
	GTree *frames; /* GBytes -> itself, in bytewise order */
	gsize size, max_bytes;
	GBytes *cut; /* nothing from here on is kept; NULL: everything is */
	GPtrArray *listed;
};

static int compare_frames(gconstpointer a, gconstpointer b, gpointer unused)
{
	return g_bytes_compare(a, b);
}

LibrarySet *library_set_new(gsize max_bytes)
{
	LibrarySet *set = g_new0(LibrarySet, 1);

	set->frames = g_tree_new_full(compare_frames, NULL, (GDestroyNotify)g_bytes_unref, NULL);
	set->max_bytes = max_bytes;
	return set;
}

void library_set_free(LibrarySet *set)
{
	if (!set)
		return;
	g_tree_unref(set->frames);
	g_clear_pointer(&set->cut, g_bytes_unref);
	g_clear_pointer(&set->listed, g_ptr_array_unref);
	g_free(set);
}

/* Leaves out the last entries until the rest fits. */
static void keep_limit(LibrarySet *set)
{
	while (set->size > set->max_bytes) {
		GBytes *last = g_tree_node_key(g_tree_node_last(set->frames));

		g_clear_pointer(&set->cut, g_bytes_unref);
		set->cut = g_bytes_ref(last);
		set->size -= g_bytes_get_size(last) + ENTRY_BYTES;
		g_tree_remove(set->frames, last);
	}
}

void library_set_add(LibrarySet *set, const char *reader, Slice entry)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message message = message_begin(MESSAGE_LIBRARY);
	GBytes *frame;

	message_add_text(&message, reader);
	message_add_slice(&message, entry);
	message_append(bytes, &message);
	frame = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
	if (g_tree_lookup(set->frames, frame) ||
		(set->cut && g_bytes_compare(frame, set->cut) >= 0)) {
		g_bytes_unref(frame);
		return;
	}
	set->size += g_bytes_get_size(frame) + ENTRY_BYTES;
	g_tree_insert(set->frames, frame, frame);
	keep_limit(set);
}

static gboolean list_frame(gpointer key, gpointer value, gpointer listed)
{
	g_ptr_array_add(listed, g_bytes_ref(key));
	return FALSE; /* go on */
}

const GPtrArray *library_set_frames(LibrarySet *set)
{
	g_clear_pointer(&set->listed, g_ptr_array_unref);
	set->listed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_tree_foreach(set->frames, list_frame, set->listed);
	return set->listed;
}

gboolean library_set_is_cut(const LibrarySet *set)
{
	return set->cut != NULL;
}

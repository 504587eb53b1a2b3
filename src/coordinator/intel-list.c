/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/intel-list.h"

#include "base/limits.h"

#define TEXT_BYTES (3 * LIMIT_INTEL_NOTE_BYTES)		    /* what was no text is longer as text */
#define COUNTS	   (INTEL_N_NOTE_KINDS + INDICATOR_N_KINDS) /* in one INTEL_SOURCE */

static void note_clear(gpointer data)
{
	IntelNote *note = data;

	g_free((char *)note->value);
	g_free((char *)note->reason);
}

static GArray *notes_new(void)
{
	GArray *notes = g_array_new(FALSE, FALSE, sizeof(IntelNote));

	g_array_set_clear_func(notes, note_clear);
	return notes;
}

static void entry_free(gpointer data)
{
	IntelEntry *entry = data;

	g_free((char *)entry->source.path);
	g_free((char *)entry->source.format);
	g_free((char *)entry->source.name);
	g_free((char *)entry->source.sha256);
	g_array_unref(entry->notes);
	g_free(entry);
}

IntelList *intel_list_new(void)
{
	IntelList *list = g_new0(IntelList, 1);

	list->entries = g_ptr_array_new_with_free_func(entry_free);
	list->waiting = notes_new();
	return list;
}

void intel_list_free(IntelList *list)
{
	if (!list)
		return;
	g_ptr_array_unref(list->entries);
	g_array_unref(list->waiting);
	g_free(list);
}

static gboolean take_note(IntelList *list, const Message *message)
{
	IntelNote note;

	if (message->fields[0].number >= INTEL_N_NOTE_KINDS || list->n_notes >= LIMIT_INTEL_NOTES ||
		list->waiting->len >= LIMIT_INTEL_NOTES_PER_SOURCE ||
		message->fields[2].bytes.size > TEXT_BYTES ||
		message->fields[3].bytes.size > TEXT_BYTES)
		return FALSE;
	note = (IntelNote){
		.kind = (IntelNoteKind)message->fields[0].number,
		.line = (guint)message->fields[1].number,
		.value = message_dup_text(message, 2),
		.reason = message_dup_text(message, 3),
	};
	g_array_append_val(list->waiting, note);
	list->n_notes++;
	return TRUE;
}

static gboolean is_sha256(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit((char)text.data[i]))
			return FALSE;
	}
	return text.size == 64;
}

static gboolean take_source(IntelList *list, const Message *message)
{
	IntelEntry *entry;
	guint64 counts[COUNTS];
	guint64 *kinds = counts + INTEL_N_NOTE_KINDS;

	if (list->entries->len >= LIMIT_INTEL_SOURCES || !is_sha256(message->fields[3].bytes) ||
		message->fields[4].number > G_MAXUINT32 ||
		message->fields[5].number > LIMIT_RULES ||
		!intel_counts_read(message->fields[6].bytes, counts, COUNTS))
		return FALSE;
	for (guint i = 0; i < 3; i++) {
		if (message->fields[i].bytes.size > TEXT_BYTES)
			return FALSE;
	}
	entry = g_new0(IntelEntry, 1);
	entry->source = (IntelSource){
		.path = message_dup_text(message, 0),
		.format = message_dup_text(message, 1),
		.name = message_dup_text(message, 2),
		.sha256 = message_dup_text(message, 3),
		.accepted = message->fields[4].number,
		.rules = message->fields[5].number,
	};
	memcpy(entry->source.notes, counts, sizeof entry->source.notes);
	memcpy(entry->source.kinds, kinds, sizeof entry->source.kinds);
	entry->notes = g_steal_pointer(&list->waiting);
	list->waiting = notes_new();
	g_ptr_array_add(list->entries, entry);
	return TRUE;
}

gboolean intel_list_take(IntelList *list, const Message *message)
{
	return message->type == MESSAGE_INTEL_NOTE ? take_note(list, message)
						   : take_source(list, message);
}

gboolean intel_list_is_whole(const IntelList *list)
{
	return list->waiting->len == 0;
}

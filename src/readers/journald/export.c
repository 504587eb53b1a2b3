/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/journald/export.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "readers/text/scan.h"
#include "readers/windows-xml/window.h"

#define LINE_BYTES (16u << 10) /* most lines are shorter */

struct ExportWalk {
	const Source *source;
	Window *window;
	guint64 at;
	GError *error;
};

ExportWalk *export_walk_new(const Source *source)
{
	ExportWalk *walk = g_new0(ExportWalk, 1);

	walk->source = source;
	walk->window = window_new(source);
	return walk;
}

void export_walk_free(ExportWalk *walk)
{
	if (!walk)
		return;
	window_free(walk->window);
	g_clear_error(&walk->error);
	g_free(walk);
}

guint64 export_walk_offset(const ExportWalk *walk)
{
	return walk->at;
}

const GError *export_walk_error(const ExportWalk *walk)
{
	return walk->error;
}

static Slice bytes_at(ExportWalk *walk, guint64 offset, gsize size)
{
	if (walk->error || offset >= walk->source->size)
		return SLICE_EMPTY;

	Slice bytes = window_at(walk->window, offset, size, &walk->error);

	return walk->error ? SLICE_EMPTY : bytes;
}

/* Moves behind the next line feed at or behind @offset. */
static void skip_line(ExportWalk *walk, guint64 offset)
{
	for (;;) {
		Slice bytes = bytes_at(walk, offset, LINE_BYTES);
		gsize end = scan_byte(bytes, 0, '\n');

		if (bytes.size == 0 || end < bytes.size) {
			walk->at = MIN(offset + end + 1, walk->source->size);
			return;
		}
		offset += bytes.size;
	}
}

/* Moves to the next __CURSOR= behind a blank line; that begins an entry in all likelihood. */
static ExportItem skip_damage(ExportWalk *walk, ExportField *ret, const char *trouble)
{
	static const char mark[] = "\n\n__CURSOR=";
	guint64 offset = ret->offset;

	ret->trouble = trouble;
	for (;;) {
		Slice bytes = bytes_at(walk, offset, LINE_BYTES);
		const guint8 *found =
			bytes.size ? memmem(bytes.data, bytes.size, mark, sizeof mark - 1) : NULL;

		if (found) {
			walk->at = offset + (guint64)(found - bytes.data) + 2;
			return EXPORT_DAMAGED;
		}
		if (bytes.size < LINE_BYTES) {
			walk->at = walk->source->size;
			return EXPORT_DAMAGED;
		}
		offset += bytes.size - (sizeof mark - 2); /* half of it can stand at the end */
	}
}

static gboolean is_name(Slice name)
{
	if (name.size == 0 || name.size > LIMIT_COLUMN_NAME_BYTES)
		return FALSE;
	for (gsize i = 0; i < name.size; i++) {
		guint8 c = name.data[i];

		if (!g_ascii_isupper(c) && !g_ascii_isdigit(c) && c != '_')
			return FALSE;
	}
	return TRUE;
}

/* The name stands at walk->at and is @name_size bytes long, with a line feed behind it. */
static ExportItem read_binary(ExportWalk *walk, gsize name_size, ExportField *ret)
{
	guint64 size = 0, room, start = walk->at + name_size + 1 + 8;
	Slice bytes = bytes_at(walk, walk->at, name_size + 1 + 8 + LIMIT_VALUE_BYTES + 1);
	Cursor cursor = cursor_make(bytes);

	if (!cursor_skip(&cursor, name_size + 1) || !cursor_u64(&cursor, &size)) {
		walk->at = walk->source->size;
		return EXPORT_CUT;
	}
	room = walk->source->size - start;
	if (size >= room && size - room > LIMIT_JOURNAL_FIELD_BYTES)
		return skip_damage(walk, ret, "a field is longer than all that follows");
	ret->name = slice_sub(bytes, 0, name_size);
	ret->value =
		slice_sub(bytes, name_size + 1 + 8, (gsize)MIN(size, (guint64)LIMIT_VALUE_BYTES));
	ret->is_cut = size > LIMIT_VALUE_BYTES;
	if (size >= room) {
		walk->at = walk->source->size;
		return EXPORT_CUT;
	}
	if (size > LIMIT_VALUE_BYTES) {
		/* What is behind must be looked at without letting go of the value: by itself. */
		guint8 last = 0;

		if (source_read(walk->source, start + size, &last, 1, NULL) != 1 || last != '\n')
			return skip_damage(walk, ret, "no line feed follows a field");
	} else if (scan_byte(bytes, name_size + 1 + 8 + (gsize)size, '\n') !=
		name_size + 1 + 8 + size) {
		return skip_damage(walk, ret, "no line feed follows a field");
	}
	walk->at = start + size + 1;
	return EXPORT_FIELD;
}

static ExportItem read_text(ExportWalk *walk, Slice line, gboolean ends, ExportField *ret)
{
	gsize equals = scan_byte(line, 0, '=');

	ret->name = slice_sub(line, 0, equals);
	ret->value = slice_sub(line, equals + 1, LIMIT_VALUE_BYTES);
	if (!ret->value.data)
		ret->value = slice_from_text("");
	ret->is_cut = line.size - equals - 1 > LIMIT_VALUE_BYTES;
	walk->at += line.size + ends;
	return ends ? EXPORT_FIELD : EXPORT_CUT;
}

ExportItem export_walk_next(ExportWalk *walk, ExportField *ret)
{
	gsize limit = LIMIT_COLUMN_NAME_BYTES + 1 + LIMIT_VALUE_BYTES + 1, end, equals;
	Slice bytes = bytes_at(walk, walk->at, LINE_BYTES);

	*ret = (ExportField){ .offset = walk->at };
	if (bytes.size == 0)
		return EXPORT_OVER;
	if (bytes.data[0] == '\n') {
		walk->at++;
		return EXPORT_BLANK;
	}
	end = scan_byte(bytes, 0, '\n');
	if (end == bytes.size) {
		bytes = bytes_at(walk, walk->at, limit);
		end = scan_byte(bytes, 0, '\n');
	}
	equals = scan_byte(slice_sub(bytes, 0, MIN(end, LIMIT_COLUMN_NAME_BYTES + 1)), 0, '=');
	if (!is_name(slice_sub(bytes, 0, MIN(equals, end))))
		return skip_damage(walk, ret, "what stands here is no field");
	if (equals >= end)
		return read_binary(walk, end, ret);
	if (end < bytes.size || walk->at + bytes.size >= walk->source->size)
		return read_text(walk, slice_sub(bytes, 0, end), end < bytes.size, ret);

	/* Longer than its limit: what is kept of it is read again behind the skip. */
	guint64 start = walk->at;

	skip_line(walk, start + bytes.size);
	bytes = bytes_at(walk, start, limit);
	ret->name = slice_sub(bytes, 0, equals);
	ret->value = slice_sub(bytes, equals + 1, LIMIT_VALUE_BYTES);
	ret->is_cut = TRUE;
	return EXPORT_FIELD;
}

guint64 export_walk_to(ExportWalk *walk, guint64 offset, ExportMemo *memo, guint64 number)
{
	gboolean in_entry = FALSE;
	ExportField field;
	guint64 n = 0;

	walk->at = 0;
	if (number > 0 && memo->source == number && memo->offset <= offset) {
		walk->at = memo->offset;
		n = memo->n_entries;
	}
	while (in_entry || walk->at < offset) {
		ExportItem item = export_walk_next(walk, &field);

		if (item == EXPORT_OVER)
			break;
		if (item == EXPORT_FIELD || item == EXPORT_CUT) {
			n += !in_entry;
			in_entry = TRUE;
		} else {
			in_entry = FALSE;
		}
	}
	*memo = (ExportMemo){ .source = number, .offset = walk->at, .n_entries = n };
	return n;
}

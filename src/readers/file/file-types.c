/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/file/file-types.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "readers/file/file-parts.h"

#define N_CELLS 4 /* offset, bytes, name, description */

/* One place and what must stand there. */
typedef struct Test {
	FilePart part;
	gboolean is_pointer; /* @first is where the place itself stands, u32 */
	guint32 first, last; /* where the bytes may begin */
	guint n;	     /* bytes; 0: any */
	gboolean has_gaps;
	guint8 bytes[LIMIT_FILE_TYPE_BYTES], mask[LIMIT_FILE_TYPE_BYTES]; /* 0xFF, or 0 */
} Test;

typedef struct Row {
	char *name;
	GArray *tests; /* Test */
} Row;

struct FileTypes {
	GPtrArray *rows; /* Row */
	FileParts parts; /* of the file at hand */
};

static void row_free(gpointer data)
{
	Row *row = data;

	g_free(row->name);
	g_array_unref(row->tests);
	g_free(row);
}

void file_types_free(FileTypes *types)
{
	if (!types)
		return;
	g_ptr_array_unref(types->rows);
	file_parts_clear(&types->parts);
	g_free(types);
}

/* ---- the table: places ---- */

static gboolean fail(GError **error, const char *reason, const char *text)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: \"%s\"", reason, text);
	return FALSE;
}

static gboolean read_number(const char *text, guint32 *ret)
{
	gboolean is_hex = g_str_has_prefix(text, "0x");
	guint64 number;

	if (!g_ascii_string_to_unsigned(
		    is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, G_MAXINT32, &number, NULL))
		return FALSE;
	*ret = (guint32)number;
	return TRUE;
}

/* "12" or "12-40" */
static gboolean read_range(const char *text, Test *ret)
{
	g_auto(GStrv) ends = g_strsplit(text, "-", 2);

	if (!ends[0] || !read_number(ends[0], &ret->first))
		return FALSE;
	ret->last = ret->first;
	return !ends[1] ||
		(read_number(ends[1], &ret->last) && ret->last >= ret->first &&
			ret->last - ret->first <= LIMIT_FILE_TYPE_WITHIN);
}

static gboolean read_place(const char *text, Test *ret, GError **error)
{
	static const struct {
		const char *name;
		FilePart part;
		guint32 last;
	} words[] = {
		{ "text", FILE_PART_TEXT, 0 },
		{ "in-text", FILE_PART_TEXT, LIMIT_FILE_TEXT_BYTES },
		{ "utf-16", FILE_PART_UTF16, 0 },
		{ "ole", FILE_PART_OLE, LIMIT_FILE_DIRECTORY_BYTES },
		{ "zip", FILE_PART_ZIP, LIMIT_FILE_ZIP_BYTES },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(text, words[i].name) == 0) {
			*ret = (Test){ .part = words[i].part, .last = words[i].last };
			return TRUE;
		}
	}
	*ret = (Test){ .part = FILE_PART_HEAD, .is_pointer = text[0] == '@' };
	return read_range(text[0] == '@' ? text + 1 : text, ret) ||
		fail(error, "no place in a file is written so", text);
}

/* ---- the table: bytes ---- */

static gboolean add_byte(Test *test, guint8 byte, guint8 mask)
{
	if (test->n == LIMIT_FILE_TYPE_BYTES)
		return FALSE;
	if (test->part == FILE_PART_TEXT || test->part == FILE_PART_UTF16)
		byte = (guint8)g_ascii_tolower((char)byte);
	test->bytes[test->n] = byte;
	test->mask[test->n++] = mask;
	test->has_gaps |= !mask;
	return TRUE;
}

/* "text", or u"text" for UTF-16LE. Returns what follows it, or NULL. */
static const char *read_quoted(const char *at, gboolean is_wide, Test *test)
{
	for (at++; *at && *at != '"'; at++) {
		if (!add_byte(test, (guint8)*at, 0xFF) || (is_wide && !add_byte(test, 0, 0xFF)))
			return NULL;
	}
	return *at ? at + 1 : NULL;
}

/* One of "4D", "??", quoted text. Returns what follows it, or NULL. */
static const char *read_piece(const char *at, Test *test)
{
	if (*at == '"')
		return read_quoted(at, FALSE, test);
	if (at[0] == 'u' && at[1] == '"')
		return read_quoted(at + 1, TRUE, test);
	if (at[0] == '?' && at[1] == '?')
		return add_byte(test, 0, 0) ? at + 2 : NULL;
	if (!g_ascii_isxdigit(at[0]) || !g_ascii_isxdigit(at[1]))
		return NULL;
	return add_byte(test,
		       (guint8)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1])),
		       0xFF)
		? at + 2
		: NULL;
}

static gboolean read_bytes(const char *text, Test *ret, GError **error)
{
	const char *at = text;

	while (at && *at) {
		while (*at == ' ')
			at++;
		if (*at)
			at = read_piece(at, ret);
	}
	return at || fail(error, "no bytes are written so, or not so many", text);
}

/* ---- the table: rows ---- */

static gboolean read_row(char *const *cells, Row *row, GError **error)
{
	g_auto(GStrv) places = g_strsplit(cells[0], " & ", -1);
	g_auto(GStrv) bytes = g_strsplit(cells[1], " & ", -1);
	guint n = g_strv_length(places);

	if (n > LIMIT_FILE_TYPE_TESTS || MAX(g_strv_length(bytes), 1) != n)
		return fail(
			error, "to each place belong bytes, and to each bytes a place", cells[1]);
	for (guint i = 0; i < n; i++) {
		Test test;

		if (!read_place(places[i], &test, error) ||
			!read_bytes(bytes[i] ? bytes[i] : "", &test, error))
			return FALSE;
		g_array_append_val(row->tests, test);
	}
	return TRUE;
}

static gboolean read_line(FileTypes *types, const char *line, GError **error)
{
	g_auto(GStrv) cells = g_strsplit(line, "\t", -1);
	Row *row;

	if (g_strv_length(cells) != N_CELLS || !*cells[0] || !*cells[2] || !*cells[3])
		return fail(error, "a row has an offset, bytes, a name and a description", line);
	if (types->rows->len >= LIMIT_FILE_TYPES)
		return fail(error, "more rows than LIMIT_FILE_TYPES allows", line);
	row = g_new0(Row, 1);
	row->name = g_strdup(cells[2]);
	row->tests = g_array_new(FALSE, FALSE, sizeof(Test));
	g_ptr_array_add(types->rows, row);
	return read_row(cells, row, error);
}

FileTypes *file_types_read(Slice text, GError **error)
{
	g_autoptr(FileTypes) types = g_new0(FileTypes, 1);
	g_autofree char *whole = g_strndup((const char *)text.data, text.size);
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);

	types->rows = g_ptr_array_new_with_free_func(row_free);
	file_parts_init(&types->parts);
	if (!g_utf8_validate(whole, -1, NULL)) {
		(void)fail(error, "the table is no text in UTF-8", "");
		return NULL;
	}
	for (guint i = 0; lines[i]; i++) {
		g_strchomp(lines[i]);
		if (!*lines[i] || *lines[i] == '#')
			continue;
		if (!read_line(types, lines[i], error)) {
			g_prefix_error(error, "line %u: ", i + 1);
			return NULL;
		}
	}
	return g_steal_pointer(&types);
}

/* ---- finding ---- */

static gboolean stands_at(const Test *test, Slice part, size_t at)
{
	Slice there = slice_sub(part, at, test->n);

	if (there.size < test->n)
		return FALSE;
	if (!test->has_gaps)
		return test->n == 0 || memcmp(there.data, test->bytes, test->n) == 0;
	for (guint i = 0; i < test->n; i++) {
		if ((there.data[i] ^ test->bytes[i]) & test->mask[i])
			return FALSE;
	}
	return TRUE;
}

static gboolean stands_within(const Test *test, Slice part)
{
	size_t room = (size_t)test->last - test->first + test->n;
	Slice there = slice_sub(part, test->first, room);

	if (there.size < test->n)
		return FALSE;
	if (!test->has_gaps)
		return test->n == 0 || memmem(there.data, there.size, test->bytes, test->n) != NULL;
	for (size_t at = 0; at + test->n <= there.size; at++) {
		if (stands_at(test, there, at))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_true(FileTypes *types, const Test *test)
{
	FileParts *parts = &types->parts;
	guint32 at = test->first;
	Slice part;

	if (!file_parts_get(parts, test->part, &part) ||
		(test->is_pointer && !slice_u32(part, test->first, &at)))
		return FALSE;
	if (test->is_pointer || test->last == test->first)
		return stands_at(test, part, at);
	if (test->part == FILE_PART_TEXT && !test->has_gaps &&
		!file_parts_may_have(parts, slice_make(test->bytes, test->n)))
		return FALSE;
	return stands_within(test, part);
}

const char *file_types_find(FileTypes *types, Slice head, Slice content)
{
	file_parts_begin(&types->parts, head, content);
	for (guint i = 0; i < types->rows->len; i++) {
		const Row *row = types->rows->pdata[i];
		guint n = 0;

		while (n < row->tests->len && is_true(types, &g_array_index(row->tests, Test, n)))
			n++;
		if (n == row->tests->len)
			return row->name;
	}
	return NULL;
}

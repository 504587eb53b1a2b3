/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths and the names of files.
 *
 * In a field of its kind a path is the whole text. In free text only its last component is cut out
 * where blanks and punctuation end it; from there on the path is walked to the left, component by
 * component, and since folders may have blanks in their names, each blank is tried as its start.
 */
#include "base/text.h"
#include "engines/indicators/find.h"
#include "engines/indicators/words.h"

#define MAX_COMPONENTS 64
#define MAX_STARTS     8   /* blanks of one component that are tried */
#define MAX_NAME_BYTES 255 /* of one component; no file system has longer ones */

static void look_name(Finder *finder, Slice name)
{
	if (finder_has(finder, INDICATOR_FILE_NAME))
		finder_look(finder, INDICATOR_FILE_NAME, key_hash(INDICATOR_FILE_NAME, name), name,
			FALSE);
}

/*
 * Looks the end of @path up from each component on, the last one first. Where @is_text, the path
 * may begin behind any character that is no part of a word.
 */
static void walk_tails(Finder *finder, IndicatorKind kind, Slice path, gboolean is_text)
{
	guint64 hash = key_start(kind);
	gsize end = path.size;
	guint n_components = 0, n_starts = 0;

	for (gsize i = path.size; i-- > 0 && n_components < MAX_COMPONENTS;) {
		Slice component = slice_sub(path, i + 1, end - i - 1);
		guint8 c = path.data[i];

		if (c == '\\') {
			hash = key_add(hash, component);
			if (n_components++ == 0 && !finder_may_have(finder, kind, key_gate(hash)))
				return;
			finder_look(finder, kind, hash, slice_sub(path, i + 1, path.size), FALSE);
			end = i;
			n_starts = 0;
		} else if (is_text && !word_is(c, WORD_NAME) && n_components > 0 &&
			n_starts++ < MAX_STARTS) {
			finder_look(finder, kind, key_add(hash, component),
				slice_sub(path, i + 1, path.size), FALSE);
		}
	}
	if (n_components == MAX_COMPONENTS)
		return;
	hash = key_add(hash, slice_sub(path, 0, end));
	finder_look(finder, kind, hash, path, FALSE);
}

/* One "\" for each run of separators. */
static void normalise(GString *folded)
{
	gsize n = 0;

	for (gsize i = 0; i < folded->len; i++) {
		char c = folded->str[i] == '/' ? '\\' : folded->str[i];

		if (c != '\\' || n == 0 || folded->str[n - 1] != '\\')
			folded->str[n++] = c;
	}
	g_string_truncate(folded, n);
}

static Slice last_component(Slice path)
{
	gsize start = path.size;

	while (start > 0 && path.data[start - 1] != '\\')
		start--;
	return slice_sub(path, start, path.size);
}

static void look_path(Finder *finder, Slice path)
{
	if (path.size == 0)
		return;
	look_name(finder, last_component(path));
	if (finder_has(finder, INDICATOR_FILE_PATH))
		walk_tails(finder, INDICATOR_FILE_PATH, path, FALSE);
}

void find_path_field(Finder *finder, GString *folded, gboolean is_name)
{
	Slice path, name;
	const guint8 *stream;

	normalise(folded);
	path = slice_make(folded->str, folded->len);
	while (path.size && (path.data[path.size - 1] == '\\' || path.data[path.size - 1] == '"'))
		path.size--;
	while (path.size && (path.data[0] == '\\' || path.data[0] == '"'))
		path = slice_sub(path, 1, path.size);
	if (path.size > 2 && path.data[1] == ':' && path.data[2] == '\\')
		path = slice_sub(path, 3, path.size); /* the drive */
	look_path(finder, path);
	name = last_component(path);
	stream = name.size ? memchr(name.data, ':', name.size) : NULL;
	if (stream && !is_name) /* x.exe:Zone.Identifier is about x.exe, too */
		look_path(finder, slice_sub(path, 0, (gsize)(stream - path.data)));
}

/* ---- free text ---- */

/* The start of what can be a path that ends at @end. */
static gsize path_start(Slice text, gsize end)
{
	gsize start = end;
	guint n_components = 0;

	while (start > 0 && n_components <= MAX_COMPONENTS) {
		guint8 c = text.data[start - 1];

		if (c == '\\' || c == '/')
			n_components++;
		else if (!word_is(c, WORD_FOLDER))
			break;
		if (end - start > (gsize)MAX_COMPONENTS * MAX_NAME_BYTES)
			break;
		start--;
	}
	return start;
}

static void find_tail_text(Finder *finder, Slice text, gsize end)
{
	GString *folded = finder->folded;
	gsize start = path_start(text, end);
	Slice path;

	g_string_truncate(folded, 0);
	text_append_folded(folded, slice_sub(text, start, end - start));
	normalise(folded);
	path = slice_make(folded->str, folded->len);
	while (path.size && path.data[0] == '\\')
		path = slice_sub(path, 1, path.size);
	walk_tails(finder, INDICATOR_FILE_PATH, path, TRUE);
}

void find_path_text(Finder *finder, Slice text, gsize start, gsize end)
{
	Slice name;

	while (start > 0 && word_is(text.data[start - 1], WORD_NAME) &&
		end - start <= MAX_NAME_BYTES)
		start--;
	while (end < text.size && word_is(text.data[end], WORD_NAME) &&
		end - start <= MAX_NAME_BYTES)
		end++;
	while (end > start && (text.data[end - 1] == '.' || text.data[end - 1] == '!'))
		end--;
	if (end == start || end - start > MAX_NAME_BYTES)
		return;
	g_string_truncate(finder->folded, 0);
	text_append_folded(finder->folded, slice_sub(text, start, end - start));
	name = slice_make(finder->folded->str, finder->folded->len);
	look_name(finder, name);
	if (finder_has(finder, INDICATOR_FILE_PATH) &&
		finder_may_have(
			finder, INDICATOR_FILE_PATH, key_gate(key_hash(INDICATOR_FILE_PATH, name))))
		find_tail_text(finder, text, end);
}

void find_dotless_paths(Finder *finder, Slice text)
{
	gsize at = 0;

	while (at < text.size) {
		gsize start, end;

		while (at < text.size && text.data[at] != '\\' && text.data[at] != '/')
			at++;
		start = end = ++at;
		while (end < text.size && word_is(text.data[end], WORD_NAME))
			end++;
		if (end > start && end <= text.size && !memchr(&text.data[start], '.', end - start))
			find_path_text(finder, text, start, end);
		at = MAX(at, end);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registry keys and values: the whole path in normal form, its end from each separator on, and the
 * same of the key that holds it, since logs name the value and reports the key.
 */
#include "base/text.h"
#include "engines/indicators/find.h"
#include "engines/indicators/words.h"
#include "intel/normal.h"

#define MAX_COMPONENTS 64
#define MAX_KEY_BYTES  4096

static void look_tails(Finder *finder, Slice path, gboolean is_parent)
{
	guint64 hash = key_start(INDICATOR_REGISTRY_KEY);
	gsize end = path.size;
	guint n_components = 0;

	for (gsize i = path.size; i-- > 0 && n_components < MAX_COMPONENTS;) {
		if (path.data[i] != '\\')
			continue;
		hash = key_add(hash, slice_sub(path, i + 1, end - i - 1));
		if (n_components++ == 0 &&
			!finder_may_have(finder, INDICATOR_REGISTRY_KEY, key_gate(hash)))
			return;
		finder_look(finder, INDICATOR_REGISTRY_KEY, hash, slice_sub(path, i + 1, path.size),
			is_parent);
		end = i;
	}
	if (n_components == MAX_COMPONENTS)
		return;
	hash = key_add(hash, slice_sub(path, 0, end));
	finder_look(finder, INDICATOR_REGISTRY_KEY, hash, path, is_parent);
}

static void look_both(Finder *finder, Slice path)
{
	look_tails(finder, path, FALSE);
	for (gsize i = path.size; i-- > 0;) {
		if (path.data[i] == '\\') {
			look_tails(finder, slice_sub(path, 0, i), TRUE);
			return;
		}
	}
}

/* HKU\S-1-5-21-…\x is HKCU\x of that user. */
static Slice user_part(Slice path)
{
	static const char prefix[] = "hku\\s-1-5-21-";
	gsize n = sizeof(prefix) - 1;
	const guint8 *end;

	if (path.size < n || memcmp(path.data, prefix, n) != 0)
		return SLICE_EMPTY;
	end = memchr(&path.data[n], '\\', path.size - n);
	return end ? slice_sub(path, (gsize)(end - path.data), path.size) : SLICE_EMPTY;
}

void find_registry_field(Finder *finder, Slice text)
{
	GString *folded = finder->folded;
	g_autoptr(GString) user = NULL;
	Slice path, rest;

	if (!finder_has(finder, INDICATOR_REGISTRY_KEY) || text.size > MAX_KEY_BYTES)
		return;
	g_string_truncate(finder->host, 0);
	if (normal_append(finder->host, INDICATOR_REGISTRY_KEY, text) != NULL)
		text_append_utf8(finder->host, text);
	g_string_truncate(folded, 0);
	text_append_folded(folded, slice_make(finder->host->str, finder->host->len));
	path = slice_make(folded->str, folded->len);
	while (path.size && path.data[path.size - 1] == '\\')
		path.size--;
	if (path.size == 0)
		return;
	look_both(finder, path);
	rest = user_part(path);
	if (rest.size) {
		user = g_string_new("hkcu");
		g_string_append_len(user, (const char *)rest.data, (gssize)rest.size);
		look_both(finder, slice_make(user->str, user->len));
	}
}

/* Where a hive's name begins, up to a quote, a line's end or, outside of quotes, a blank. */
void find_registry_text(Finder *finder, Slice text)
{
	gsize at = 0;

	while (at + 4 < text.size) {
		gsize end = at;
		gboolean is_quoted =
			at > 0 && (text.data[at - 1] == '"' || text.data[at - 1] == '\'');

		if ((text.data[at] | 0x20) != 'h' || (text.data[at + 1] | 0x20) != 'k' ||
			(at > 0 && word_is(text.data[at - 1], WORD_HOST))) {
			at++;
			continue;
		}
		while (end < text.size && text.data[end] >= ' ' && text.data[end] != '"' &&
			text.data[end] != '\'' && (is_quoted || text.data[end] != ' '))
			end++;
		if (end - at > 4)
			find_registry_field(finder, slice_sub(text, at, end - at));
		at = MAX(end, at + 1);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs. They are looked up by what stands behind the scheme, once a filter knows their host: with
 * and without the port where it is the usual one, with and without the query.
 */
#include "engines/indicators/find.h"
#include "engines/indicators/form.h"
#include "engines/indicators/words.h"

#define MAX_SCHEME_BYTES 16
#define MAX_URL_BYTES	 8192
#define MAX_ENDS	 4 /* signs at the end that may be the sentence's */

static const struct {
	const char *scheme, *port;
} usual_ports[] = { { "http", "80" }, { "https", "443" }, { "ftp", "21" } };

/* Where a scheme is told, only it has a usual port. */
static gboolean is_usual_port(Slice scheme, Slice port)
{
	for (guint i = 0; i < G_N_ELEMENTS(usual_ports); i++) {
		if (slice_equal(port, slice_from_text(usual_ports[i].port)) &&
			(scheme.size == 0 ||
				slice_equal(scheme, slice_from_text(usual_ports[i].scheme))))
			return TRUE;
	}
	return FALSE;
}

/* TRUE where the URL has @scheme, or none is told. */
static gboolean has_scheme(const Store *store, guint32 number, Slice key, Slice scheme)
{
	Slice value = store_value(store, number);

	return scheme.size == 0 || slice_equal(slice_sub(value, key.size + 1, value.size), scheme);
}

static void look_url(Finder *finder, Slice key, Slice scheme, gboolean has_text)
{
	guint64 hash = key_hash(INDICATOR_URL, key);
	guint first = finder->hits->len;
	guint kept = first;

	finder_look(finder, INDICATOR_URL, hash, key, FALSE);
	for (guint i = first; i < finder->hits->len; i++) {
		Hit hit = g_array_index(finder->hits, Hit, i);

		if (!has_scheme(&finder->stores[hit.store], hit.number, key, scheme))
			continue;
		if (has_text) {
			hit.text = (guint32)finder->texts->len + 1;
			g_string_append_len(
				finder->texts, (const char *)key.data, (gssize)key.size);
			g_string_append_c(finder->texts, 0);
		}
		g_array_index(finder->hits, Hit, kept++) = hit;
	}
	g_array_set_size(finder->hits, kept);
}

/* Host, port and what follows, as a normal form has them; then the same without query. */
static void look_parts(
	Finder *finder, Slice scheme, Slice host, Slice port, Slice rest, gboolean has_text)
{
	GString *url = finder->url;
	const guint8 *fragment = rest.size ? memchr(rest.data, '#', rest.size) : NULL;
	const guint8 *query;
	Slice key;

	if (fragment)
		rest.size = (gsize)(fragment - rest.data);
	g_string_truncate(url, 0);
	for (gsize i = 0; i < host.size; i++)
		g_string_append_c(url, g_ascii_tolower((char)host.data[i]));
	if (port.size && !is_usual_port(scheme, port)) {
		g_string_append_c(url, ':');
		g_string_append_len(url, (const char *)port.data, (gssize)port.size);
	}
	if (rest.size == 0 || rest.data[0] != '/')
		g_string_append_c(url, '/');
	g_string_append_len(url, (const char *)rest.data, (gssize)rest.size);
	key = slice_make(url->str, url->len);
	look_url(finder, key, scheme, has_text);
	query = memchr(key.data, '?', key.size);
	if (query)
		look_url(finder, slice_sub(key, 0, (gsize)(query - key.data)), scheme, has_text);
}

static Slice lower_scheme(Slice text, gsize end, char ret[MAX_SCHEME_BYTES])
{
	gsize start = end;

	while (start > 0 && end - start < MAX_SCHEME_BYTES &&
		(word_is(text.data[start - 1], WORD_ALNUM) ||
			memchr("+.-", text.data[start - 1], 3)))
		start--;
	for (gsize i = start; i < end; i++)
		ret[i - start] = g_ascii_tolower((char)text.data[i]);
	return slice_make(ret, end - start);
}

static Slice take_port(Slice text, gsize *at)
{
	gsize start = *at, end = start;

	if (start >= text.size || text.data[start] != ':')
		return SLICE_EMPTY;
	for (end = ++start; end < text.size && g_ascii_isdigit((char)text.data[end]);)
		end++;
	if (end == start || end - start > 5)
		return SLICE_EMPTY;
	*at = end;
	return slice_sub(text, start, end - start);
}

void find_url(Finder *finder, Slice host, Slice text, gsize start, gsize end, gboolean is_whole)
{
	char scheme_text[MAX_SCHEME_BYTES];
	Slice scheme = SLICE_EMPTY, port, rest;
	gsize at = end, stop;

	if (start > 0 && end < text.size && text.data[start - 1] == '[' && text.data[end] == ']') {
		start--;
		at++;
	}
	if (start >= 3 && memcmp(&text.data[start - 3], "://", 3) == 0)
		scheme = lower_scheme(text, start - 3, scheme_text);
	if (at < text.size && text.data[at] == '.')
		at++; /* the root's */
	port = take_port(text, &at);
	stop = at;
	while (stop < text.size && stop - at < MAX_URL_BYTES &&
		(is_whole || word_is(text.data[stop], WORD_URL)))
		stop++;
	if (stop > at && !memchr("/?#", text.data[at], 3))
		stop = at; /* another word begins: "host, ..." */
	rest = slice_sub(text, at, stop - at);
	look_parts(finder, scheme, host, port, rest, FALSE);
	for (guint i = 0; i < MAX_ENDS && rest.size && !is_whole &&
		memchr(".,;:!?')]", rest.data[rest.size - 1], 8);
		i++) {
		rest.size--;
		look_parts(finder, scheme, host, port, rest, FALSE);
	}
}

void find_url_parts(Finder *finder, Slice scheme, Slice host, Slice port, Slice path, Slice query)
{
	g_autoptr(GString) rest = NULL;
	gsize at;
	Slice name = form_url_host(host), told = port;

	if (name.size == 0 || name.size > 253 || path.size + query.size > MAX_URL_BYTES ||
		!find_host(finder, name))
		return;
	at = name.size;
	if (told.size == 0)
		told = take_port(host, &at);
	rest = g_string_new_len((const char *)path.data, (gssize)path.size);
	if (query.size && !slice_equal(query, slice_from_text("-"))) {
		g_string_append_c(rest, '?');
		g_string_append_len(rest, (const char *)query.data, (gssize)query.size);
	}
	look_parts(finder, scheme, name, told, slice_make(rest->str, rest->len), TRUE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url-part: one part of a URL, of the first field that has any. The parameter names it:
 *
 *	part        of https://eve@example.org:8443/a/b.exe?x=1#top
 *	scheme      https
 *	host        example.org
 *	port        8443
 *	path        /a/b.exe
 *	query       x=1
 *	request     /a/b.exe?x=1
 *	extension   exe
 *
 * What a proxy is asked for by CONNECT ("example.org:443") has a host and a port; a path alone has
 *no host. A part that is not there is no fact.
 */
#include "analysers/web/web.h"

typedef struct Url {
	Slice scheme, host, port, path, query;
	Slice request; /* path and query as they stand */
} Url;

static gsize find_any(Slice text, const char *bytes)
{
	for (gsize i = 0; i < text.size; i++)
		if (text.data[i] && strchr(bytes, text.data[i]))
			return i;
	return text.size;
}

/* "user@host:port", the host perhaps an IPv6 address in brackets. */
static void split_site(Slice site, Url *ret)
{
	gsize at = find_any(site, "@"), end;

	if (at < site.size)
		site = slice_sub(site, at + 1, G_MAXSIZE);
	end = site.size > 0 && site.data[0] == '[' ? find_any(site, "]") + 1 : find_any(site, ":");
	ret->host = slice_sub(site, 0, MIN(end, site.size));
	if (end < site.size && site.data[end] == ':')
		ret->port = slice_sub(site, end + 1, G_MAXSIZE);
}

/* "host:443", as CONNECT has it: digits behind a colon, and nothing else. */
static gboolean is_site(Slice text)
{
	gsize colon = find_any(text, ":/?");

	if (colon == 0 || colon + 1 >= text.size || text.data[colon] != ':')
		return FALSE;
	for (gsize i = colon + 1; i < text.size; i++)
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
	return TRUE;
}

static void split_url(Slice text, Url *ret)
{
	gsize slashes = fact_find(text, 0, "://", 3);
	gsize end;

	if (slashes < text.size && find_any(text, "/?#") > slashes) {
		ret->scheme = slice_sub(text, 0, slashes);
		text = slice_sub(text, slashes + 3, G_MAXSIZE);
		end = find_any(text, "/?#");
		split_site(slice_sub(text, 0, end), ret);
		text = slice_sub(text, end, G_MAXSIZE);
	} else if (is_site(text)) {
		split_site(text, ret);
		return;
	}
	text.size = find_any(text, "#");
	ret->request = text;
	end = find_any(text, "?");
	ret->path = slice_sub(text, 0, end);
	if (end < text.size)
		ret->query = slice_sub(text, end + 1, G_MAXSIZE);
}

/* What stands behind the last dot of the last part of the path. */
static Slice find_extension(Slice path)
{
	for (gsize i = path.size; i-- > 0 && path.data[i] != '/';)
		if (path.data[i] == '.')
			return slice_sub(path, i + 1, G_MAXSIZE);
	return SLICE_EMPTY;
}

static Slice find_part(const Url *url, const char *name)
{
	const struct {
		const char *name;
		Slice part;
	} parts[] = {
		{ "scheme", url->scheme },
		{ "host", url->host },
		{ "port", url->port },
		{ "path", url->path },
		{ "query", url->query },
		{ "request", url->request },
	};

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return parts[i].part;
	return strcmp(name, "extension") == 0 ? find_extension(url->path) : SLICE_EMPTY;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i < n_inputs; i++) {
		Url url = { 0 };
		Slice part;

		if (fact_is_empty(inputs[i]))
			continue;
		split_url(inputs[i], &url);
		part = find_part(&url, parameter);
		if (part.size == 0)
			continue;
		fact_append(ret, part);
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_url_part = {
	.name = "url-part",
	.description = "scheme, host, port, path, query, request or extension of a URL",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.compute = compute,
};

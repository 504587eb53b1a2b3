/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: a whole URL from scheme, host, path and query, as far as they are there. The parameter is
 *the scheme where there is none.
 *
 *	scheme   host            path          query   makes
 *	https    example.org     /a            x=1     https://example.org/a?x=1
 *	-        example.org     /a            -       http://example.org/a (parameter "http")
 *	-        -               /a            -       /a
 *	-        example.org     http://h/a    -       http://h/a: what a proxy is asked for
 */
#include "analysers/web/web.h"

enum { SCHEME, HOST, PATH, QUERY, N_PARTS };

/* Paths start with a slash; a whole URL, or host and port of CONNECT, with something else. */
static gboolean is_whole(Slice path)
{
	return path.size > 0 && path.data[0] != '/' && path.data[0] != '*';
}

static void append_site(const Slice *parts, const char *parameter, GString *ret)
{
	gboolean has_scheme = !fact_is_empty(parts[SCHEME]);

	if (fact_is_empty(parts[HOST]) || (!fact_is_empty(parts[PATH]) && is_whole(parts[PATH])))
		return;
	if (has_scheme)
		fact_append(ret, parts[SCHEME]);
	else
		g_string_append(ret, parameter);
	if (has_scheme || *parameter)
		g_string_append(ret, "://");
	fact_append(ret, parts[HOST]);
	if (!fact_is_empty(parts[PATH]) && parts[PATH].data[0] == '*')
		g_string_append_c(ret, '/');
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice parts[N_PARTS] = { { NULL, 0 } };

	for (guint i = 0; i < n_inputs; i++)
		parts[i] = inputs[i];
	if (fact_is_empty(parts[HOST]) && fact_is_empty(parts[PATH]))
		return FALSE;
	append_site(parts, parameter, ret);
	if (!fact_is_empty(parts[PATH]))
		fact_append(ret, parts[PATH]);
	if (!fact_is_empty(parts[QUERY])) {
		if (parts[QUERY].data[0] != '?')
			g_string_append_c(ret, '?');
		fact_append(ret, parts[QUERY]);
	}
	return TRUE;
}

const Analyser analyser_url = {
	.name = "url",
	.description = "a URL from scheme, host, path and query",
	.docs = "docs/writing-rules.md",
	.min_inputs = 3,
	.max_inputs = N_PARTS,
	.compute = compute,
};

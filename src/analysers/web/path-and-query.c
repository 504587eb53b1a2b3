/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path-and-query: what rules mean by cs-uri-query, from the two columns of a W3C log.
 *
 *	path         query   values
 *	/a/b.aspx    x=1     /a/b.aspx?x=1 and x=1
 *	/a/b.aspx    -       /a/b.aspx
 *
 * Rules look for paths in the query, since other products log path and query as one; some look for
 * the start of the query itself. So both are values of the field.
 */
#include "analysers/web/web.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice path = inputs[0], query = inputs[1];

	if (fact_is_empty(path) && fact_is_empty(query))
		return FALSE;
	if (!fact_is_empty(path))
		fact_append(ret, path);
	if (fact_is_empty(query))
		return TRUE;
	if (!fact_is_empty(path)) {
		if (query.data[0] != '?')
			g_string_append_c(ret, '?');
		fact_append(ret, query);
		g_string_append_c(ret, '\n');
	}
	fact_append(ret, query);
	return TRUE;
}

const Analyser analyser_path_and_query = {
	.name = "path-and-query",
	.description = "a path with its query, and the query alone",
	.docs = "docs/writing-rules.md",
	.min_inputs = 2,
	.max_inputs = 2,
	.makes_list = TRUE,
	.keeps_runs = TRUE,
	.compute = compute,
};

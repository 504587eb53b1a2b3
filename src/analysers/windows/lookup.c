/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup: another word for a word. The parameter lists them: "6=tcp|17=udp". A word that is not
 * listed gives no fact, unless the list ends with "*", which lets it through as it is.
 */
#include "analysers/windows/windows.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	const char *at = parameter;

	while (*at) {
		gsize size = strcspn(at, "|"), name = strcspn(at, "=");

		if (size == 1 && at[0] == '*' && inputs[0].size > 0) {
			fact_append(ret, inputs[0]);
			return TRUE;
		}
		if (name < size && inputs[0].size == name &&
			g_ascii_strncasecmp((const char *)inputs[0].data, at, name) == 0) {
			g_string_append_len(ret, at + name + 1, (gssize)(size - name - 1));
			return TRUE;
		}
		at += size + (at[size] == '|');
	}
	return FALSE;
}

const Analyser analyser_lookup = {
	.name = "lookup",
	.description = "another word for a word, from a list such as 6=tcp|17=udp",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.needs_parameter = TRUE,
	.compute = compute,
};

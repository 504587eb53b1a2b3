/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash-part: one hash of Sysmon's Hashes field, "SHA1=…,MD5=…,SHA256=…,IMPHASH=…". The parameter
 * names which.
 */
#include "analysers/windows/windows.h"

/* The end of the item of the list that starts at @start. */
static gsize item_end(Slice list, gsize start)
{
	while (start < list.size && list.data[start] != ',' && list.data[start] != '\n')
		start++;
	return start;
}

static gboolean append_hash(Slice list, const char *name, GString *ret)
{
	gsize name_size = strlen(name);

	for (gsize start = 0; start < list.size;) {
		gsize end = item_end(list, start);
		Slice item = slice_sub(list, start, end - start);

		while (item.size > 0 && item.data[0] == ' ')
			item = slice_sub(item, 1, G_MAXSIZE);
		if (fact_has_prefix(item, name) && item.size > name_size + 1 &&
			item.data[name_size] == '=') {
			fact_append(ret, slice_sub(item, name_size + 1, G_MAXSIZE));
			return TRUE;
		}
		start = end + 1;
	}
	return FALSE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i < n_inputs; i++)
		if (append_hash(inputs[i], parameter, ret))
			return TRUE;
	return FALSE;
}

const Analyser analyser_hash_part = {
	.name = "hash-part",
	.description = "one hash of a list such as SHA1=…,MD5=…",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 2,
	.needs_parameter = TRUE,
	.compute = compute,
};

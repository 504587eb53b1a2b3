/* SPDX-License-Identifier: Apache-2.0 */
/*
 * integrity-level: the name of a mandatory label, as Sysmon writes it, from its SID. Labels without
 * a name of their own stay SIDs.
 */
#include "analysers/windows/windows.h"

static const struct {
	const char *sid, *name;
} levels[] = {
	{ "S-1-16-0", "Untrusted" },
	{ "S-1-16-4096", "Low" },
	{ "S-1-16-8192", "Medium" },
	{ "S-1-16-8448", "Medium Plus" },
	{ "S-1-16-12288", "High" },
	{ "S-1-16-16384", "System" },
	{ "S-1-16-20480", "Protected Process" },
};

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	if (fact_is_empty(inputs[0]))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
		if (fact_equals(inputs[0], levels[i].sid)) {
			g_string_append(ret, levels[i].name);
			return TRUE;
		}
	}
	fact_append(ret, inputs[0]);
	return TRUE;
}

const Analyser analyser_integrity_level = {
	.name = "integrity-level",
	.description = "the name of an integrity level from its SID",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};

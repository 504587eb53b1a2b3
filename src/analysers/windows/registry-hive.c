/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry-hive: a registry path with its hive's long name: HKEY_LOCAL_MACHINE\… for HKLM\… and
 * \REGISTRY\MACHINE\…, HKEY_USERS\… for HKU\… and \REGISTRY\USER\…
 */
#include "analysers/windows/windows.h"

static const struct {
	const char *prefix, *hive;
} HIVES[] = {
	{ "HKLM\\", "HKEY_LOCAL_MACHINE\\" },
	{ "HKU\\", "HKEY_USERS\\" },
	{ "HKCU\\", "HKEY_CURRENT_USER\\" },
	{ "HKCR\\", "HKEY_CLASSES_ROOT\\" },
	{ "HKCC\\", "HKEY_CURRENT_CONFIG\\" },
	{ "\\REGISTRY\\MACHINE\\", "HKEY_LOCAL_MACHINE\\" },
	{ "\\REGISTRY\\USER\\", "HKEY_USERS\\" },
};

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	if (fact_is_empty(inputs[0]))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(HIVES); i++) {
		if (!fact_has_prefix(inputs[0], HIVES[i].prefix))
			continue;
		g_string_append(ret, HIVES[i].hive);
		fact_append(ret, slice_sub(inputs[0], strlen(HIVES[i].prefix), G_MAXSIZE));
		return TRUE;
	}
	fact_append(ret, inputs[0]);
	return TRUE;
}

const Analyser analyser_registry_hive = {
	.name = "registry-hive",
	.description = "a registry path with the long name of its hive",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};

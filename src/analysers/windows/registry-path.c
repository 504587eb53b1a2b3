/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry-path: a key, and the value in it, as Sysmon writes them, from the kernel's names:
 *
 *	\REGISTRY\MACHINE\SOFTWARE\X                  HKLM\SOFTWARE\X
 *	\REGISTRY\MACHINE\SYSTEM\ControlSet001\X      HKLM\SYSTEM\CurrentControlSet\X
 *	\REGISTRY\USER\S-1-5-21-…\X                   HKU\S-1-5-21-…\X
 *
 * The name of a value, if given, stands behind the key.
 */
#include "analysers/windows/windows.h"

#define CONTROL_SET "\\SYSTEM\\ControlSet"

static const struct {
	const char *kernel, *shown;
} hives[] = {
	{ "\\REGISTRY\\MACHINE", "HKLM" },
	{ "\\REGISTRY\\USER", "HKU" },
};

/* The size of "\SYSTEM\ControlSet001" at the start of @path, or 0. */
static gsize control_set_size(Slice path)
{
	gsize start = strlen(CONTROL_SET), end = start;

	if (!fact_has_prefix(path, CONTROL_SET))
		return 0;
	while (end < path.size && g_ascii_isdigit(path.data[end]))
		end++;
	return end > start && (end == path.size || path.data[end] == '\\') ? end : 0;
}

static void append_key(Slice path, GString *ret)
{
	for (guint i = 0; i < G_N_ELEMENTS(hives); i++) {
		gsize size = strlen(hives[i].kernel);

		if (!fact_has_prefix(path, hives[i].kernel) ||
			(path.size > size && path.data[size] != '\\'))
			continue;
		g_string_append(ret, hives[i].shown);
		path = slice_sub(path, size, G_MAXSIZE);
		size = i == 0 ? control_set_size(path) : 0;
		if (size > 0) {
			fact_append(ret, slice_sub(path, 0, strlen("\\SYSTEM")));
			g_string_append(ret, "\\CurrentControlSet");
			path = slice_sub(path, size, G_MAXSIZE);
		}
		break;
	}
	fact_append(ret, path);
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	if (fact_is_empty(inputs[0]))
		return FALSE;
	append_key(inputs[0], ret);
	if (n_inputs > 1 && !fact_is_empty(inputs[1])) {
		g_string_append_c(ret, '\\');
		fact_append(ret, inputs[1]);
	}
	return TRUE;
}

const Analyser analyser_registry_path = {
	.name = "registry-path",
	.description = "a registry key and value as Sysmon writes them: HKLM\\…",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 2,
	.compute = compute,
};

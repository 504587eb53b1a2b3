/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry-details: the value that was written to the registry, as Sysmon's Details has it, from
 *the type and the value of Security 4657:
 *
 *	type      4657      value        Details
 *	DWORD     %%1876    1            DWORD (0x00000001)
 *	QWORD     %%1883    1            QWORD (0x00000000-0x00000001)
 *	BINARY    %%1875    …            Binary Data
 *	others    …         text         text
 *	          any       nothing      (Empty)
 */
#include "analysers/windows/windows.h"

#define TYPE_BINARY "%%1875"
#define TYPE_DWORD  "%%1876"
#define TYPE_QWORD  "%%1883"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice type = inputs[0], value = inputs[1];
	guint64 number;

	if (!type.data && !value.data)
		return FALSE;
	if (fact_equals(type, TYPE_BINARY)) {
		g_string_append(ret, "Binary Data");
	} else if (fact_is_empty(value)) {
		g_string_append(ret, "(Empty)");
	} else if (fact_equals(type, TYPE_DWORD) && fact_number(value, &number)) {
		g_string_append_printf(ret, "DWORD (0x%08x)", (guint)number);
	} else if (fact_equals(type, TYPE_QWORD) && fact_number(value, &number)) {
		g_string_append_printf(
			ret, "QWORD (0x%08x-0x%08x)", (guint)(number >> 32), (guint)number);
	} else {
		fact_append(ret, value);
	}
	return TRUE;
}

const Analyser analyser_registry_details = {
	.name = "registry-details",
	.description = "a registry value as Sysmon writes it, from its type and content",
	.docs = "docs/writing-rules.md",
	.min_inputs = 2,
	.max_inputs = 2,
	.compute = compute,
};

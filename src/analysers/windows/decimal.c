/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decimal: a number in decimal digits. Security writes process ids as 0x1f4, Sysmon as 500.
 */
#include "analysers/windows/windows.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	guint64 number;

	if (!fact_number(inputs[0], &number))
		return FALSE;
	g_string_append_printf(ret, "%" G_GUINT64_FORMAT, number);
	return TRUE;
}

const Analyser analyser_decimal = {
	.name = "decimal",
	.description = "a number, hexadecimal or not, in decimal digits",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};

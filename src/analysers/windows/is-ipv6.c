/* SPDX-License-Identifier: Apache-2.0 */
/*
 * is-ipv6: true or false, as Sysmon writes SourceIsIpv6 and DestinationIsIpv6, from an address.
 */
#include "analysers/windows/windows.h"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	if (fact_is_empty(inputs[0]))
		return FALSE;
	g_string_append(ret, memchr(inputs[0].data, ':', inputs[0].size) ? "true" : "false");
	return TRUE;
}

const Analyser analyser_is_ipv6 = {
	.name = "is-ipv6",
	.description = "true for an IPv6 address, false for another",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};

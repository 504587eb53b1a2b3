/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account: who did it, as Sysmon writes it: DOMAIN\name.
 *
 * Security events name accounts by groups of three fields: SID, domain, name. Of the groups given,
 * the first that names anyone is taken (Security 4688 leaves its target empty where the new process
 * runs under the account of its creator). The service accounts, which Security writes as HOST$, are
 * named as everyone knows them.
 */
#include "analysers/windows/windows.h"

#define GROUP 3

static const struct {
	const char *sid, *name;
} service_accounts[] = {
	{ "S-1-5-18", "NT AUTHORITY\\SYSTEM" },
	{ "S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE" },
	{ "S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE" },
};

static gboolean append_group(const Slice *group, GString *ret)
{
	for (guint i = 0; i < G_N_ELEMENTS(service_accounts); i++) {
		if (fact_equals(group[0], service_accounts[i].sid)) {
			g_string_append(ret, service_accounts[i].name);
			return TRUE;
		}
	}
	if (fact_is_empty(group[2]))
		return FALSE;
	if (!fact_is_empty(group[1])) {
		fact_append(ret, group[1]);
		g_string_append_c(ret, '\\');
	}
	fact_append(ret, group[2]);
	return TRUE;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i + GROUP <= n_inputs; i += GROUP)
		if (append_group(inputs + i, ret))
			return TRUE;
	return FALSE;
}

const Analyser analyser_account = {
	.name = "account",
	.description = "DOMAIN\\name of the first of several accounts that is given",
	.docs = "docs/writing-rules.md",
	.min_inputs = 3,
	.max_inputs = 6,
	.compute = compute,
};

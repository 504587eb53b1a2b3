/* SPDX-License-Identifier: Apache-2.0 */
#include "case/case.h"

void case_finding_id(const char *rule_sha256, const char *evidence_sha256, const char *locator,
	char ret[CASE_FINDING_ID_BYTES])
{
	const char *parts[] = { "spoor-finding-1", rule_sha256, evidence_sha256, locator };
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_checksum_update(checksum, (const guchar *)parts[i], -1);
		g_checksum_update(checksum, (const guchar *)"\n", 1);
	}
	(void)g_strlcpy(ret, g_checksum_get_string(checksum), CASE_FINDING_ID_BYTES); /* cut */
}

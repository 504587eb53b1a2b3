/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"
#include "case/case.h"

void case_finding_id(const char *rule_sha256, const char *evidence_sha256, const char *locator,
	char ret[CASE_FINDING_ID_BYTES])
{
	const Slice end = slice_from_text("\n");
	const Slice parts[] = { slice_from_text("spoor-finding-1"), end,
		slice_from_text(rule_sha256), end, slice_from_text(evidence_sha256), end,
		slice_from_text(locator), end };
	char whole[SHA256_HEX_BYTES];

	sha256_hex(parts, G_N_ELEMENTS(parts), whole);
	(void)g_strlcpy(ret, whole, CASE_FINDING_ID_BYTES); /* cut */
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A file of OpenIOC, of any bytes at all. */
#include "base/hash.h"
#include "base/text.h"
#include "intel/openioc/openioc.h"
#include "intel/test-claims.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *claims = claims_of(&intel_openioc, slice_make(data, size), "x.ioc");

	return claims ? 0 : -1;
}

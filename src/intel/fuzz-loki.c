/* SPDX-License-Identifier: Apache-2.0 */
/* Indicator files of Loki of any bytes at all: the input is the file. */
#include "base/hash.h"
#include "base/text.h"
#include "intel/loki.h"
#include "intel/test-import.h"

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
	import_any(&intel_loki, data, size);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of any bytes at all: the input is the file. */
#include "base/hash.h"
#include "base/text.h"
#include "intel/csv.h"
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
	import_any(&intel_csv, data, size);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The reader on any bytes at all: the input is the image of a file. */
#include "base/hash.h"
#include "base/text.h"
#include "readers/format-list/format-list.h"
#include "readers/test-read.h"

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
	test_read_any(&format_list_reader, data, size);
	return 0;
}

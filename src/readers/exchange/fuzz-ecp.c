/* SPDX-License-Identifier: Apache-2.0 */
/* EventData on any bytes at all: the input is the text of one row. */
#include "base/limits.h"
#include "readers/exchange/ecp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean count(void *context, Slice name, Slice value)
{
	guint *n = context;

	g_assert_cmpuint(name.size, >, 0);
	g_assert_true(value.data || value.size == 0);
	return ++*n < LIMIT_EVENT_VALUES;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	Arena arena;
	guint n = 0;

	arena_init(&arena);
	ecp_read(slice_make(data, size), &arena, count, count, &n);
	arena_clear(&arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child sends is hostile: any bytes are valid messages or errors, never anything else; and a
 * message that was accepted is written back as the same bytes.
 */
#include <glib.h>

#include "base/error.h"
#include "ipc/message.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GByteArray) again = g_byte_array_new();
	Slice rest = slice_make(data, size);
	gsize taken = 1;

	while (taken) {
		g_autoptr(GError) error = NULL;
		Message message;

		if (!message_parse(rest, &message, &taken, &error)) {
			g_assert_nonnull(error);
			break;
		}
		if (!taken)
			break;
		g_byte_array_set_size(again, 0);
		message_append(again, &message);
		g_assert_cmpmem(again->data, again->len, rest.data, taken);
		rest = slice_sub(rest, taken, rest.size);
	}
	return 0;
}

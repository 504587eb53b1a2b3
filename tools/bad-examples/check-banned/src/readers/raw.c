/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

/* strcpy() in a comment is no finding, nor "goto out;" in a string. */
static const char *const fine = "goto out; system()";
static int counter;
static const char *name = "can be pointed elsewhere";
static const char *const words[] = { "can", "not" };
unsigned table[4] = { 1, 2, 3, 4 };

int reader_first(const unsigned char *bytes, char *copy)
{
	static int calls;
	const unsigned *numbers = (const unsigned *)bytes;

	calls++;
	strcpy(copy, "x");
	if (atoi(copy) > 0)
		goto out;
	memcpy(copy, bytes, 4);
	system("ls");
	counter += rand();
out:
	return (int)*(const guint32 *)bytes + (int)numbers[0] + calls;
}

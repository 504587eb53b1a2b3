/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that links a database: check-links must say so. */
#include <sqlite3.h>
#include <stdio.h>

int main(void)
{
	return puts(sqlite3_libversion()) < 0;
}

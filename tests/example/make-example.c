/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-example FOLDER: writes the evidence of examples/intrusion.
 *
 * The result is checked in; tests/example/check-example.py holds it to what this program writes.
 */
#include <stdio.h>

#include "world.h"

#define SEED 20210302

int main(int argc, char **argv)
{
	g_autoptr(World) world = world_new(SEED);
	g_autoptr(GError) error = NULL;

	if (argc != 2) {
		fputs("usage: make-example FOLDER\n", stderr);
		return 2;
	}
	background(world);
	intrusion(world);
	if (!world_write(world, argv[1], &error) || !proxy_write(world, argv[1], &error) ||
		!files_write(argv[1], &error)) {
		fprintf(stderr, "make-example: %s\n", error->message);
		return 1;
	}
	return 0;
}

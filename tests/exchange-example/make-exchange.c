/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-exchange SIZE FOLDER TRUTH: writes the evidence of two mail servers.
 *
 * SIZE is "small" (examples/exchange; what is checked in is held to it by check-example.py), "full"
 * (30 days, 300,000 rows of HttpProxy: tests/e2e/test-exchange.py) or "day" (one day of one busy
 * server, 550,000 rows: the benchmark). TRUTH is written outside of FOLDER.
 */
#include <stdio.h>
#include <string.h>

#include "story.h"
#include "traffic.h"

#define SEED 20210303

static const Size sizes[] = {
	{ "small", 25, 30, 2, 480, 120, 120, 60, 240, TRUE },
	{ "full", 25, 30, 2, 300000, 30000, 60000, 3000, 1, TRUE },
	{ "day", 31, 1, 1, 389000, 36000, 125000, 4000, 1, FALSE },
};

static const Size *find_size(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
		if (strcmp(sizes[i].name, name) == 0)
			return &sizes[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const Size *size = argc == 4 ? find_size(argv[1]) : NULL;
	g_autoptr(Farm) farm = NULL;
	g_autoptr(Windows) windows = NULL;
	g_autoptr(GError) error = NULL;

	if (!size) {
		fputs("usage: make-exchange small|full|day FOLDER TRUTH\n", stderr);
		return 2;
	}
	farm = farm_new(SEED, size, argv[2]);
	windows = windows_new(farm);
	attack_plan(farm, windows);
	if (size->everything)
		windows_everyday(windows);
	proxy_traffic(farm);
	iis_traffic(farm);
	ecp_traffic(farm);
	if (!farm_finish(farm, &error) ||
		(size->everything &&
			(!windows_write(windows, &error) || !files_write(farm, &error))) ||
		!farm_write_truth(farm, argv[3], &error)) {
		fprintf(stderr, "make-exchange: %s\n", error->message);
		return 1;
	}
	return 0;
}

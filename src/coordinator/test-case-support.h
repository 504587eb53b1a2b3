/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans of a fixture into a case, and what the case says then.
 */
#pragma once

#include "coordinator/scan.h"
#include "coordinator/test-support.h"

typedef struct Trip {
	const Fixture *fixture;
	const char *case_path;
	const char *evidence;	   /* NULL: the fixture's folder */
	const char *more_evidence; /* or NULL */
	guint n_workers;
	guint64 hash_later; /* see ScanOptions: with 1 everything is read while it is hashed */
	const volatile gint *interrupted;
} Trip;

ScanOutcome trip_scan(const Trip *trip);

/* The rows of @query, columns joined by "|". */
char *case_rows(const char *path, const char *query);

/* All that a case says but who ran what when, as text. */
char *case_dump(const char *path);

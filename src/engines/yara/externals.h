/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The external variables of a file, as LOKI and THOR set them:
 *
 *	filename    its name, as written
 *	filepath    its folder, without the name and without a separator at the end
 *	extension   with its dot, in lower case; "" where there is none
 *	filetype    what it is by its content; "UNKNOWN" where that is not known
 *	owner       "": evidence is judged far from its system's accounts
 *
 * Rules write the folders of Windows as Windows does. Below a folder that collectors make of a
 * drive (C:, C%3A, or C with a folder of Windows in it), filepath is "C:\Windows\System32".
 */
#pragma once

#include <glib.h>

#include "engines/yara/compile.h"
#include "model/event.h"

typedef struct YaraExternals {
	GString *texts[YARA_N_EXTERNALS];
	const char *values[YARA_N_EXTERNALS]; /* what yara_externals_set() made */
} YaraExternals;

/* The columns of file events that they are made of. */
typedef struct YaraColumns {
	int file_name, file_path, extension, file_type, size; /* or -1 */
} YaraColumns;

void yara_externals_init(YaraExternals *externals);
void yara_externals_clear(YaraExternals *externals);

YaraColumns yara_columns_find(const Shape *shape);

/* Sets the values for @event; valid until the next call. */
void yara_externals_set(YaraExternals *externals, const YaraColumns *columns, const Event *event);

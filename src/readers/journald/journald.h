/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for what `journalctl -o export` writes (export.h has the format): fields are columns,
 * called as journald calls them. docs/evidence-unix.md
 */
#pragma once

#include "readers/reader.h"

extern const Reader journald_reader;

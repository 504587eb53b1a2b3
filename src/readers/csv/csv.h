/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as text with a line of names at the top: CSV, TSV and their like. */
#pragma once

#include "readers/reader.h"

extern const Reader csv_reader;

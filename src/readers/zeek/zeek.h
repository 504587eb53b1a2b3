/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's logs as tab-separated values. (As JSON they are read like other JSON.) */
#pragma once

#include "readers/reader.h"

extern const Reader zeek_reader;

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "readers/reader.h"

extern const Reader json_reader;

/* SPDX-License-Identifier: Apache-2.0 */
/* Squid's native access log. */
#pragma once

#include "readers/reader.h"

extern const Reader squid_reader;

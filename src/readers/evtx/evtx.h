/* SPDX-License-Identifier: Apache-2.0 */
/* The reader for Windows event logs: see readers/reader.h, and docs/evidence-evtx.md. */
#pragma once

#include "readers/reader.h"

extern const Reader evtx_reader;

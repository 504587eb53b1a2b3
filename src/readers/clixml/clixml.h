/* SPDX-License-Identifier: Apache-2.0 */
/* Objects as PowerShell's Export-Clixml writes them. */
#pragma once

#include "readers/reader.h"

extern const Reader clixml_reader;

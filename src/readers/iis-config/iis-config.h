/* SPDX-License-Identifier: Apache-2.0 */
/* What IIS and ASP.NET leave as XML: their configuration, and what tells of compiled pages. */
#pragma once

#include "readers/reader.h"

extern const Reader iis_config_reader;
extern const Reader aspnet_compiled_reader;

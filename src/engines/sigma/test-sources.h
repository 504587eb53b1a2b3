/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: a small log source table.
 */
#pragma once

#include "engines/sigma/logsource.h"

#define TEST_CHANNEL "Microsoft-Windows-Sysmon/Operational"

const char *test_sources_text(void);
LogSourceTable *test_sources_new(void);

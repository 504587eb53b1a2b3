/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers for what Exchange's setup and Microsoft's own tools leave on a server:
 *
 *	exchange-setup  C:\ExchangeSetupLogs\ExchangeSetup.log
 *	msert           %SystemRoot%\debug\msert.log, msert.old.log and mrt.log
 *	eomt            EOMT.log and EOMTSummary.txt of the Exchange On-premises Mitigation Tool
 */
#pragma once

#include "readers/reader.h"

extern const Reader eomt_reader;
extern const Reader exchange_setup_reader;
extern const Reader msert_reader;

/* SPDX-License-Identifier: Apache-2.0 */
/* Every reader there is. A new one is a line here: docs/adding-a-reader.md. */
#include "readers/archive/archive.h"
#include "readers/auditd/auditd.h"
#include "readers/clixml/clixml.h"
#include "readers/csv/csv.h"
#include "readers/evtx/evtx.h"
#include "readers/exchange/exchange.h"
#include "readers/format-list/format-list.h"
#include "readers/iis-config/iis-config.h"
#include "readers/journald/journald.h"
#include "readers/json/json.h"
#include "readers/lines/lines-reader.h"
#include "readers/ncsa/ncsa.h"
#include "readers/reader.h"
#include "readers/squid/squid.h"
#include "readers/syslog/syslog.h"
#include "readers/w3c/w3c.h"
#include "readers/windows-xml/windows-xml.h"
#include "readers/zeek/zeek.h"

const Reader *const reader_registry[] = {
	&archive_reader,
	&aspnet_compiled_reader,
	&auditd_reader,
	&clixml_reader,
	&csv_reader,
	&eomt_reader,
	&evtx_reader,
	&exchange_setup_reader,
	&format_list_reader,
	&iis_config_reader,
	&journald_reader,
	&json_reader,
	&lines_reader,
	&msert_reader,
	&ncsa_reader,
	&squid_reader,
	&syslog_reader,
	&w3c_reader,
	&windows_xml_reader,
	&zeek_reader,
	NULL,
};

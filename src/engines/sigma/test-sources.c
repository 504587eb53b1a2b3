/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/test-sources.h"

static const char table_text[] =
	"products:\n"
	"  - product: windows\n"
	"    where: {Channel: '*'}\n"
	"services:\n"
	"  - service: sysmon\n"
	"    product: windows\n"
	"    where: {Channel: " TEST_CHANNEL "}\n"
	"  - service: security\n"
	"    product: windows\n"
	"    where: {Channel: Security}\n"
	"categories:\n"
	"  - category: process_creation\n"
	"    product: windows\n"
	"    service: sysmon\n"
	"    where: {EventID: 1}\n"
	"  - category: process_creation\n"
	"    product: windows\n"
	"    service: security\n"
	"    where: {EventID: 4688}\n"
	"    fields: {Image: NewProcessName, ParentImage: ParentProcessName}\n"
	"  - category: registry_set\n"
	"    product: windows\n"
	"    service: sysmon\n"
	"    where: {EventID: 13, EventType: [SetValue, Set*]}\n"
	"  - category: twice\n"
	"    product: windows\n"
	"    service: sysmon\n"
	"    where: {EventID: 1}\n"
	"  - category: twice\n"
	"    product: windows\n"
	"    service: sysmon\n"
	"    where: {EventID: [1, 2]}\n"
	"    fields: {Image: OtherImage}\n";

const char *test_sources_text(void)
{
	return table_text;
}

LogSourceTable *test_sources_new(void)
{
	g_autoptr(GError) error = NULL;
	LogSourceTable *table = logsource_table_new(slice_from_text(table_text), &error);

	g_assert_no_error(error);
	return table;
}

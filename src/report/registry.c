/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

extern const ReportFormat csv_report;
extern const ReportFormat html_report;
extern const ReportFormat jsonl_report;
extern const ReportFormat navigator_report;
extern const ReportFormat notification_json_report;
extern const ReportFormat notification_report;

const ReportFormat *const report_registry[] = {
	&csv_report,
	&html_report,
	&jsonl_report,
	&navigator_report,
	&notification_report,
	&notification_json_report,
	NULL,
};

const ReportFormat *report_find(const char *name)
{
	for (guint i = 0; report_registry[i]; i++)
		if (g_str_equal(report_registry[i]->name, name))
			return report_registry[i];
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/exchange/logs.h"

#include "readers/text/scan.h"

#define TELLING_COLUMNS 4

int exchange_header_kind(Slice line)
{
	static const char *const starts[] = { "DateTime,RequestId,",
		"DateTime,StartTime,RequestId,", "TimeStamp,ServerName,EventId,EventData" };
	Slice rest;

	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		if (scan_skip_prefix(line, starts[i], &rest))
			return 0;
	}
	return -1;
}

static gboolean has_column(const Shape *shape, const char *name)
{
	for (guint i = 0; i < shape->n_columns; i++) {
		if (g_ascii_strcasecmp(shape->columns[i].name, name) == 0)
			return TRUE;
	}
	return FALSE;
}

const char *exchange_log_type(const Shape *shape)
{
	static const struct {
		const char *type, *columns[TELLING_COLUMNS];
	} logs[] = {
		{ "HttpProxy Logs", { "UrlStem", "AnchorMailbox", "HttpStatus", "DateTime" } },
		{ "Rps Http Logs", { "ShellId", "ClientInfo", "HttpStatus", "DateTime" } },
		{ "Rps Cmdlet Logs", { "Cmdlet", "Parameters", "CmdletUniqueId", "DateTime" } },
		{ "EWS Logs", { "SoapAction", "AuthenticatedUser", "HttpStatus", "DateTime" } },
		{ "ECP Log", { "TimeStamp", "ServerName", "EventId", "EventData" } },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(logs); i++) {
		guint n = 0;

		while (n < TELLING_COLUMNS && has_column(shape, logs[i].columns[n]))
			n++;
		if (n == TELLING_COLUMNS)
			return logs[i].type;
	}
	return NULL;
}

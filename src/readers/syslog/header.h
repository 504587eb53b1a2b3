/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a syslog line, in the forms that are written to files and sent over the network:
 *
 *	form      example
 *	RFC 5424  <34>1 2021-03-02T10:11:12.123Z host app 123 ID47 [id a="b"] message
 *	RFC 3164  [<34>]Mar  2 10:11:12 host tag[123]: message
 *	rsyslog   2021-03-02T10:11:12.123+01:00 host tag[123]: message
 *	Cisco     <189>[host ]123: *Mar  2 10:11:12.123 UTC: %SYS-5-CONFIG_I: message
 *	appliance <189>date=2021-03-02 time=10:11:12 …   (no header but a priority)
 *
 * Real ones leave out the host or the tag, say the host twice, or put a year into the date.
 */
#pragma once

#include <glib.h>

#include "readers/syslog/stamp.h"

typedef enum SyslogForm {
	SYSLOG_NONE,	/* no header at all: the message is the whole line */
	SYSLOG_BARE,	/* a priority and nothing else */
	SYSLOG_RFC3164, /* also with other times */
	SYSLOG_RFC5424,
} SyslogForm;

/* Slices point into the line; without data where it has none. */
typedef struct SyslogHeader {
	SyslogForm form;
	int priority; /* -1: not there */
	gboolean has_stamp;
	Stamp stamp;
	Slice timestamp; /* as written */
	Slice hostname, appname, procid, msgid;
	Slice data; /* structured data, brackets included */
	Slice message;
	int severity; /* from the priority or from what a Cisco message says; -1: unknown */
} SyslogHeader;

/* Never fails: a line without header is a message. */
void syslog_header_read(Slice line, SyslogHeader *ret);

/* "auth", "err"; NULL for numbers that have no name. */
const char *syslog_facility_name(int priority);
const char *syslog_severity_name(int severity);

/*
 * The next parameter of structured data. @at starts at 0. @ret_value is as written: with its
 * escapes where @ret_escaped. FALSE at the end, or where the data is broken.
 */
gboolean syslog_data_next(
	Slice data, gsize *at, Slice *id, Slice *ret_name, Slice *ret_value, gboolean *ret_escaped);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins the records of an audit event: those of the same node, time and serial number.
 *
 * The kernel writes the records of different events in between each other, and says the end of an
 * event only sometimes. So a record belongs to the event of the last one of the same key before it,
 * if that begins less than LIMIT_AUDIT_SPAN_BYTES before; else it begins an event. That depends on
 * no more than the bytes around the record: a range reads LIMIT_AUDIT_SPAN_BYTES before its start
 * to know which records are not its own, and beyond its end until its own events are complete.
 *
 * Events come in the order of their first records. What makes an event longer than
 * LIMIT_AUDIT_EVENT_BYTES (from its first record on), or more than LIMIT_RECORD_LINES, is passed
 * over with a gap.
 */
#pragma once

#include <glib.h>

#include "readers/auditd/record.h"
#include "readers/text/lines.h"

typedef struct AuditLine {
	gsize start, size; /* of the record in the event's text */
	ValueType type;
} AuditLine;

typedef struct AuditEvent {
	GByteArray *text;
	GArray *lines;		/* AuditLine */
	guint64 offset;		/* of the first record, */
	guint64 number;		/* and its line number */
	gboolean has_arguments; /* one of its records is an EXECVE */
	gboolean is_record;	/* FALSE: a line that is no audit record, alone */
} AuditEvent;

typedef struct AuditJoin AuditJoin;

/* All are borrowed. NULL with @error. */
AuditJoin *audit_join_new(const Source *source, const ReadTask *task, LineMemo *memo,
	const ReaderReport *report, GError **error);
void audit_join_free(AuditJoin *join); /* accepts NULL */

/* The next event, valid until the next call; NULL at the end. */
const AuditEvent *audit_join_next(AuditJoin *join);

Slice audit_event_line(const AuditEvent *event, guint index);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of an audit log: which event it belongs to, and its fields.
 *
 *	[node=HOST ]type=SYSCALL msg=audit(1604994496.155:92733): arch=c000003e comm="arp"
 *key=(null) … syslog header … audit[1]: type=1300 audit(1604994496.155:92733): …
 *
 * Values stand in double quotes, or bare; texts with characters that would break that are written
 * as hexadecimal digits without quotes, but only in fields that can be such texts. Messages of
 * programs are in single quotes and hold fields of their own, which count as the record's. auditd
 * in its format ENRICHED adds names in capitals behind a byte 0x1d.
 *
 * Source: audit-documentation (specs/fields, specs/messages) and auparse of the Linux audit
 *project.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "readers/evtx/arena.h"

typedef struct AuditRecord {
	Slice node; /* without data: not there */
	Slice type; /* "SYSCALL"; numbers have their name */
	Slice stamp, serial;
	Instant time;
	Slice fields;
} AuditRecord;

/* FALSE for lines that are no audit record. */
gboolean audit_record_read(Slice line, AuditRecord *ret);

typedef enum AuditQuoting {
	AUDIT_BARE,
	AUDIT_QUOTED,
	AUDIT_WORD, /* no field: a word that stands between fields; the name is without data */
} AuditQuoting;

typedef struct AuditField {
	Slice name, value;
	AuditQuoting quoting;
} AuditField;

/* The next field; @at starts at 0. FALSE at the end. */
gboolean audit_field_next(Slice fields, gsize *at, AuditField *ret);

/*
 * The text of a field's value: what is in hexadecimal digits is decoded into @arena, zero bytes in
 * it become blanks. Without data for "(null)".
 */
Slice audit_field_text(const AuditField *field, Slice type, Arena *arena);

/* The address of a SOCKADDR record: "inet", "10.0.0.1", "443"; or "local" and a path. */
typedef struct AuditAddress {
	Slice family, address, port, path; /* without data: not there */
} AuditAddress;

gboolean audit_address_read(Slice hex, Arena *arena, AuditAddress *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What appliances write into the message of a syslog line, field by field:
 *
 *	form       example
 *	key=value  date=2021-03-02 time=10:11:12 devname="fw 1" action="deny"      (Fortinet and
 *others) CEF        CEF:0|vendor|product|version|id|name|severity|src=10.0.0.1 msg=some words LEEF
 *LEEF:1.0|vendor|product|version|id|src=10.0.0.1<TAB>usrName=alice sudo       alice : TTY=pts/0 ;
 *PWD=/root ; USER=root ; COMMAND=/bin/cat /etc/shadow
 */
#pragma once

#include <glib.h>

#include "readers/evtx/arena.h"

typedef enum PayloadKind {
	PAYLOAD_PLAIN, /* words */
	PAYLOAD_SUDO,
	PAYLOAD_KEY_VALUE,
	PAYLOAD_FORTIGATE, /* key=value with what all logs of a FortiGate have */
	PAYLOAD_CEF,
	PAYLOAD_LEEF,
} PayloadKind;

PayloadKind payload_kind(Slice message, Slice appname);

typedef void (*PayloadField)(void *context, Slice name, Slice value);

/*
 * Calls @field for each field of the message, in order. Names and values point into the message or,
 * unescaped, into @arena.
 */
void payload_read(PayloadKind kind, Slice message, Arena *arena, PayloadField field, void *context);

/* @text without its backslashes; itself where it has none. */
Slice payload_unescape(Slice text, Arena *arena);

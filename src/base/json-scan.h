/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in, as far as spoor reads back what it wrote itself: the members of one object, one by one,
 * without building anything. Values that are objects or arrays are passed over whole.
 *
 *	JsonScan scan = json_scan_begin(text);
 *	JsonMember member;
 *	while (json_scan_next(&scan, &member)) …
 *	if (scan.malformed) …
 */
#pragma once

#include <glib.h>

#include "base/cursor.h"

typedef struct JsonScan {
	Cursor at;
	gboolean begun, malformed;
} JsonScan;

typedef struct JsonMember {
	Slice key;	    /* between its quotes, escapes as they stand (base/json-text.h) */
	Slice value;	    /* a text between its quotes likewise; anything else whole */
	gboolean is_text;   /* else: number, word, object or array */
	gboolean is_nested; /* an object or array */
} JsonMember;

/* @object is borrowed until the scan's end. */
JsonScan json_scan_begin(Slice object);

/* The next member; FALSE at the end, and where @scan->malformed says so in the middle. */
gboolean json_scan_next(JsonScan *scan, JsonMember *ret);

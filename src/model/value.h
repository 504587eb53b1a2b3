/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Value: one typed field of an event, still as the bytes that stand in the evidence.
 *
 * A reader only says where a value lies and of which type it is. Nobody pays for turning it into
 * text unless a rule or a person looks at it, by value_append_text() or value_append_folded().
 *
 * How each type reads as text (this is what rules see; it follows what Windows itself prints):
 *
 *	type             bytes                          text
 *	ABSENT           -                              no such field in this event
 *	NULL             -                              the field is there and has no value
 *	UTF8             UTF-8 (repaired if not)        as is; trailing NULs are cut
 *	UTF16            UTF-16LE                       as is; trailing NULs are cut
 *	ANSI             Windows-1252                   as is; trailing NULs are cut
 *	INT              1, 2, 4 or 8 bytes, signed     decimal
 *	UINT             1, 2, 4 or 8 bytes, unsigned   decimal
 *	HEX              4 or 8 bytes, unsigned         0x and lower-case digits, not padded
 *	REAL             4 or 8 bytes, IEEE 754         shortest that reads back the same
 *	BOOL             4 bytes                        true or false
 *	BINARY           any                            upper-case hexadecimal digits
 *	GUID             16 bytes                       {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}
 *	FILETIME         8 bytes                        instant_format()
 *	SYSTEMTIME       16 bytes                       instant_format()
 *	SID              8 to 68 bytes                  S-1-5-18
 *	LIST             items of another type          items joined by a line feed
 *	JSON             a JSON string without quotes   its text, escapes read
 *	BARE             a JSON number, true or false   as is
 *
 * A value whose bytes do not fit its type (a SID too short, say) reads as BINARY.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/slice.h"

typedef enum ValueType {
	VALUE_ABSENT = 0,
	VALUE_NULL,
	VALUE_UTF8,
	VALUE_UTF16,
	VALUE_ANSI,
	VALUE_INT,
	VALUE_UINT,
	VALUE_HEX,
	VALUE_REAL,
	VALUE_BOOL,
	VALUE_BINARY,
	VALUE_GUID,
	VALUE_FILETIME,
	VALUE_SYSTEMTIME,
	VALUE_SID,
	VALUE_LIST,
	VALUE_JSON, /* for strings with escapes; those without are UTF8 */
	VALUE_BARE, /* so that 1e5 and 64-bit numbers read back as they were written */
} ValueType;

typedef struct Value Value;

struct Value {
	ValueType type;
	guint n_items;	    /* LIST: how many */
	const Value *items; /* LIST: borrowed like bytes; never itself of type LIST */
	Slice bytes;	    /* all others: borrowed from the reader until its next event */
};

/* Appends @value as UTF-8 text; nothing for ABSENT and NULL. Cut at LIMIT_VALUE_BYTES. */
void value_append_text(GString *ret, const Value *value);

/* Appends the folded text (base/text.h) of @value: the form in which rules compare. */
void value_append_folded(GString *ret, const Value *value);

/* Appends @value as JSON: null, a number for INT and UINT, what it is for BARE, an array for LIST,
 * else a string. */
void value_append_json(GString *ret, const Value *value);

/*
 * INT, UINT, HEX, BOOL and BARE without fraction as a number; false for other types and for
 * what lies outside of gint64.
 */
bool value_to_int(const Value *value, gint64 *ret);

/* FILETIME, SYSTEMTIME or text that instant_parse() reads, as an instant; else INSTANT_NONE. */
Instant value_to_instant(const Value *value);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON out: appends to a GString, with commas put where they belong.
 *
 * spoor writes JSON lines in many places and must write the same bytes for the same facts: members
 * in the order they are added, no white space, only what RFC 8259 requires escaped, plus U+2028,
 * U+2029 and DEL, so that the text is safe to embed. Strings must be valid UTF-8 (base/text.h makes
 * them so).
 *
 *	Json j = json_begin(out);
 *	json_object_begin(&j);
 *	json_key(&j, "id"); json_text(&j, id);
 *	json_object_end(&j);
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Json {
	GString *out;	  /* borrowed */
	gboolean pending; /* a value came before on this level: a comma is due */
} Json;

Json json_begin(GString *out);
void json_object_begin(Json *j);
void json_object_end(Json *j);
void json_array_begin(Json *j);
void json_array_end(Json *j);
void json_key(Json *j, const char *key);
void json_key_slice(Json *j, Slice key);
void json_text(Json *j, const char *text); /* NULL is written as null */
void json_slice(Json *j, Slice utf8);
void json_int(Json *j, gint64 number);
void json_uint(Json *j, guint64 number);
void json_bool(Json *j, gboolean truth);
void json_null(Json *j);
void json_raw(Json *j, Slice json); /* a whole value that is JSON already */

/* A key and its value in one call, for the common kinds. */
void json_member_text(Json *j, const char *key, const char *text);
void json_member_int(Json *j, const char *key, gint64 number);
void json_member_bool(Json *j, const char *key, gboolean truth);

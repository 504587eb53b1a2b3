/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Match: whether one test is true of one text, or of a column of an event.
 *
 * What the specification leaves open, and how it is decided here:
 *
 *  - A field that is absent or has no value makes every test false but NULL and EXISTS.
 *  - The empty text is a value: NULL is false of it; it equals '' and contains, starts and ends
 * with nothing but ''. "-", as Windows writes for "none", is a text like any other.
 *  - Numbers are compared as numbers where the text is a decimal integer, 0x and hexadecimal
 * digits, or a decimal fraction with or without exponent; any other text compares false.
 *  - An IPv4 address in an IPv6 form (::ffff:192.0.2.1) is also in IPv4 networks.
 *  - Parts of times are those of UTC, in which event logs write them; of a text with a zone behind
 * it they are taken as they stand ("not designed to handle timezone or format conversions").
 */
#pragma once

#include <glib.h>

#include "engines/sigma/rule.h"
#include "engines/sigma/texts.h"

/* The form of text that @test compares. */
TextForm match_form(const Test *test);

/*
 * Whether @test is true of one text in that form. Not for NULL and EXISTS, which ask for no text,
 * nor for FIELD_*, which ask for two.
 */
gboolean match_text(const Test *test, Slice text);

/* FIELD_*: whether @text compares so with @other. */
gboolean match_texts(TestKind kind, Slice text, Slice other);

/*
 * Whether @test is true of @column of the event that @texts has begun; @other is the second column
 * of FIELD_* tests. Columns may be COLUMN_ABSENT; COLUMN_KEYWORD stands for all the event's own
 * columns.
 */
gboolean match_column(Texts *texts, const Test *test, guint16 column, guint16 other);

/*
 * The item of @column, or for keywords the column and its item, of which @test is true; FALSE where
 * there is none. For explanations.
 */
gboolean match_find(Texts *texts, const Test *test, guint16 column, guint16 other,
	guint16 *ret_column, guint *ret_item);

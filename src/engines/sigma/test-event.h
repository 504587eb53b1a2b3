/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: events made field by field, without a reader.
 *
 *	g_autoptr(TestEvent) e = test_event_new();
 *	test_event_constant(e, "EventID", "1");
 *	test_event_text(e, "Image", "C:\\Windows\\cmd.exe");
 *	judge(state, test_event_get(e));
 */
#pragma once

#include <glib.h>

#include "model/event.h"

typedef struct TestEvent TestEvent;

TestEvent *test_event_new(void);
void test_event_free(TestEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestEvent, test_event_free)

/* Columns, in the order in which they are added. Texts are copied. */
void test_event_constant(TestEvent *event, const char *name, const char *text);
void test_event_text(TestEvent *event, const char *name, const char *text);
void test_event_bytes(TestEvent *event, const char *name, ValueType type, Slice bytes);
void test_event_list(TestEvent *event, const char *name, const char *const *texts);
void test_event_items(TestEvent *event, const char *name, const Value *items, guint n);
void test_event_null(TestEvent *event, const char *name);
void test_event_absent(TestEvent *event, const char *name);

/* Changes the text of a column, as the next event of the same shape might have it. */
void test_event_set_text(TestEvent *event, const char *name, const char *text);

/* Takes a column's value away: the next event lacks the field, or has it without a value. */
void test_event_clear(TestEvent *event, const char *name, gboolean absent);

/* The event; borrowed, valid until the next change. No column can be added after the first get. */
const Event *test_event_get(TestEvent *event);

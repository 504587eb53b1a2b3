/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notification: what an authority asks for, filled in from the case as far as evidence goes.
 *
 * content/guidance/notification.tsv is the form: sections and fields, each with the fact that
 * answers it and the question that a person has to answer. facts.c knows the facts; the two formats
 * (markdown.c, json.c) write the same form. Nothing is made up: what evidence does not tell is
 * asked for. Values that may be code (a shell's command in a user agent) are left out, since forms
 * of authorities must not hold malicious code.
 */
#pragma once

#include <glib.h>

#include "report/html/model.h"
#include "report/html/verdict.h"

typedef enum ValueKind {
	VALUE_WORDS,   /* sentences; names in them come from evidence all the same */
	VALUE_LITERAL, /* a path, an account: as evidence has it */
	VALUE_ADDRESS, /* likewise, defanged for people */
} ValueKind;

typedef struct NotificationField {
	char *id, *asked_by, *fact, *label;
	char *question; /* "" for none */
	char **choices; /* may be empty */
	ValueKind kind;
	GPtrArray *values; /* texts */
	guint64 n_more;	   /* that are not listed */
} NotificationField;

typedef struct NotificationSection {
	char *id, *title;
	GPtrArray *fields; /* NotificationField */
} NotificationSection;

/* The filled form: an array of NotificationSection. NULL with @error where the case can not be
 * read, or naming file, line and reason where the table is malformed. */
GPtrArray *notification_fill(Case *c, const ReportOptions *options, GError **error);

/* ---- inside the folder: facts.c ---- */

/* Fills in the values of @field; FALSE without @error: there is no such fact. */
gboolean notification_fact(
	NotificationField *field, Case *c, const ReportModel *model, GError **error);

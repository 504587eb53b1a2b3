/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Document: a file of JSON as intelligence comes in: one document, or several in a row, a line each
 * or not; with a byte order mark, or in UTF-16; cut off or damaged. What is whole before the
 * trouble is read; reading goes on at the next line that begins with a bracket.
 */
#pragma once

#include <glib.h>

#include "base/json-walk.h"
#include "intel/collector.h"
#include "intel/place.h"

typedef struct Document {
	Slice text;	  /* UTF-8, without byte order mark */
	GString *decoded; /* owns it where the file is in UTF-16; else NULL */
	Place place;
} Document;

/* @file is borrowed. */
void document_init(Document *document, Slice file);
void document_clear(Document *document);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Document, document_clear)

/*
 * Calls @each with every value on the top level, in order; one that is cut off is not whole. What
 * is no JSON is told to @collector (may be NULL).
 */
typedef void (*DocumentFunc)(void *context, const JsonValue *value);
void document_each(Document *document, Collector *collector, DocumentFunc each, void *context);

/*
 * For probing: the first value of a file, which is not whole where @file is large. JSON_NOTHING
 * where the file begins with no object or array. Free *ret_owned after use.
 */
JsonValue document_peek(Slice file, GString **ret_owned);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as Windows writes its events: elements, attributes, text, CDATA and the five entities of XML
 * itself. There is no DTD, so nothing expands. Comments, processing instructions and declarations
 * are passed over. Names lose their namespace prefix.
 *
 * Source: W3C, Extensible Markup Language (XML) 1.0, fifth edition.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/arena.h"

typedef enum XmlToken {
	XML_START, /* name, attributes, is_empty: then no XML_END follows */
	XML_END,   /* name */
	XML_TEXT,  /* text: with its entities where @is_raw */
	XML_OVER,
	XML_BROKEN, /* trouble says why */
} XmlToken;

typedef struct XmlScan {
	Slice bytes; /* UTF-8, or any other superset of ASCII */
	gsize at;
	Slice name, attributes, text;
	gboolean is_empty, is_raw;
	const char *trouble;
} XmlScan;

XmlScan xml_scan_make(Slice bytes);
XmlToken xml_scan_next(XmlScan *scan);

/* The next attribute of a start tag; @at starts at 0. FALSE at the end or where it makes no sense.
 */
gboolean xml_attribute_next(Slice attributes, gsize *at, Slice *ret_name, Slice *ret_value);

/* @text with its entities resolved: itself where it has none, else in @arena. */
Slice xml_decode(Slice text, Arena *arena);

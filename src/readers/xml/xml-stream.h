/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML documents of any length, read piece by piece in flat memory: elements, attributes, text,
 * CDATA and the five entities of XML itself, in UTF-8 or UTF-16. Comments, processing instructions
 * and declarations are passed over; there is no DTD, so nothing expands.
 *
 * Damage costs what is damaged. Where a library for XML ends at the first mistake, this one says so
 * (GAP_DAMAGED, with the line and the reason) and reads on at the next tag: a tag without end ends
 * where the next one begins, a < that begins none is text, an element without end ends with the one
 * around it. What comes out is always nested properly.
 *
 * Source: W3C, Extensible Markup Language (XML) 1.0, fifth edition.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"
#include "readers/windows-xml/xml-scan.h"

typedef struct XmlStream XmlStream;

/* All slices are borrowed until the next call. */
typedef struct XmlPiece {
	XmlToken token;	  /* XML_START, XML_END, XML_TEXT (long ones in pieces), XML_OVER */
	Slice name;	  /* of the element that begins or ends, without prefix */
	Slice path;	  /* of the names from the root to it: "configuration/system.web/pages" */
	Slice attributes; /* XML_START: for xml_stream_attribute() */
	gboolean is_cut;  /* XML_START: the tag did not end, which was told */
	Slice text;	  /* XML_TEXT: with its entities where @is_raw */
	gboolean is_raw;
	guint depth;	/* of the element, or of the one that text stands in: the root's is 1 */
	guint64 offset; /* where it begins in the evidence */
	guint64 line;
} XmlPiece;

/* Both are borrowed. */
XmlStream *xml_stream_new(const Source *source, const ReaderReport *report);
void xml_stream_free(XmlStream *stream); /* accepts NULL; tells what is still to be told */

/* FALSE at the end (XML_OVER): by then each element that began has ended. */
gboolean xml_stream_next(XmlStream *stream, XmlPiece *ret);

/*
 * The next attribute of the element that @piece begins; @at starts at 0. Its name is without
 * prefix, its value with entities. FALSE at the end; what makes no sense is told and passed over.
 */
gboolean xml_stream_attribute(
	XmlStream *stream, const XmlPiece *piece, gsize *at, Slice *ret_name, Slice *ret_value);

/*
 * The root element of the document that @head begins, in UTF-8: its name and attributes, and what
 * follows it. FALSE where there is none.
 */
gboolean xml_root_find(Slice head, Slice *ret_name, Slice *ret_attributes, Slice *ret_rest);

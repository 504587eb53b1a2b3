/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree: an OpenIOC document, 1.0 or 1.1, as read from its XML.
 *
 *	1.0   ioc/short_description …   ioc/definition/Indicator       condition is, isnot, contains
 *… 1.1   OpenIOC/metadata/…        OpenIOC/criteria/Indicator     negate, preserve-case, parameters
 *
 * The XML is read by expat. It declares no entities here: a document that does is rejected, so
 * nothing in it can grow, and nothing is ever fetched.
 *
 * Source: mandiant/OpenIOC_1.1, schemas/ioc.xsd.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define IOC_NONE G_MAXUINT

typedef struct IocNode {
	gboolean is_item; /* else an Indicator: AND or OR of what is in it */
	gboolean is_and;
	gboolean is_negated, keeps_case;
	const char *condition;	  /* "is", "contains" …; the negated ones of 1.0 without "not" */
	const char *term;	  /* "FileItem/Md5sum" */
	const char *content, *id; /* never NULL in an item */
	guint line;
	guint first, last, next; /* nodes: the first and last in it, the next beside it; IOC_NONE */
} IocNode;

typedef struct IocParameter {
	const char *ref_id, *name, *value;
} IocParameter;

typedef struct Ioc {
	GArray *nodes;	    /* IocNode; the first is an OR of all on the top level */
	GArray *parameters; /* IocParameter */
	GStringChunk *texts;
	GString *id, *title, *description, *author, *links, *date;
	guint line;
} Ioc;

/* For every document in @text, whole; @ioc is valid during the call. */
typedef void (*IocFunc)(void *context, const Ioc *ioc);

/*
 * FALSE where the XML ends badly: *ret_reason (static) and *ret_line say why and where. Documents
 * before that place were told.
 */
gboolean ioc_read(
	Slice text, IocFunc each, void *context, const char **ret_reason, guint *ret_line);

static inline const IocNode *ioc_node(const Ioc *ioc, guint i)
{
	return &g_array_index(ioc->nodes, IocNode, i);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the EVTX writer share.
 *
 * Names and template definitions are stored once for each chunk and referred to by their offset in
 * it, so a record can only be laid out when its place is known. It is laid out in a Draft, which
 * sees the chunk's tables and keeps its own additions to them; if the record fits, the draft is
 * committed, else thrown away and the record is laid out again for the next chunk.
 */
#pragma once

#include "evtx-writer.h"

#define EVTX_CHUNK_BYTES   65536u
#define EVTX_HEADER_BYTES  4096u
#define EVTX_RECORDS_START 512u
#define EVTX_NAME_BUCKETS  64u
#define EVTX_TPL_BUCKETS   32u

struct EvtxValue {
	guint8 type;	 /* as the instance says it */
	guint8 declared; /* as the template says it */
	gboolean absent; /* the instance has no bytes for it and says type 0 */
	GByteArray *bytes;
	EvtxNode *node; /* BINXML by evtx_embedded() */
	char *text;	/* as a person reads it; for EVTX_STYLE_PLAIN */
};

typedef enum NodeKind {
	NODE_ELEMENT,
	NODE_TEXT,
	NODE_SLOT,
	NODE_CDATA,
	NODE_CHAR,
	NODE_ENTITY,
	NODE_INSTRUCTION,
	NODE_INSTANCE,
} NodeKind;

typedef struct Attribute {
	char *name;
	EvtxNode *content;
} Attribute;

struct EvtxNode {
	NodeKind kind;
	char *name, *text;
	guint16 number; /* SLOT: value index; ELEMENT: dependency; CHAR: code */
	guint8 type;
	gboolean optional;
	GPtrArray *attributes, *children; /* ELEMENT */
	EvtxTemplate *template;		  /* INSTANCE */
	GPtrArray *values;		  /* INSTANCE: EvtxValue */
};

struct EvtxTemplate {
	gint references;
	guint8 guid[16];
	EvtxNode *root;
};

/* The string and template tables of a chunk header: heads of chains. */
typedef struct Tables {
	guint32 names[EVTX_NAME_BUCKETS];
	guint32 templates[EVTX_TPL_BUCKETS];
} Tables;

typedef struct Draft {
	GByteArray *bytes;
	guint32 base;	       /* offset in the chunk of the first of bytes */
	gboolean dependencies; /* for elements outside templates too */
	Tables tables;
	GHashTable *chunk_names, *chunk_templates; /* text of name or GUID to offset; the chunk's */
	GHashTable *names, *templates;		   /* the draft's own */
} Draft;

void draft_u8(Draft *d, guint8 n);
void draft_u16(Draft *d, guint16 n);
void draft_u32(Draft *d, guint32 n);
void draft_u64(Draft *d, guint64 n);
void draft_bytes(Draft *d, const void *bytes, gsize size);
void draft_patch_u32(Draft *d, gsize position, guint32 n);
void draft_patch_u16(Draft *d, gsize position, guint16 n);

/* A fragment header, @root and the end of the fragment. */
void draft_fragment(Draft *d, const EvtxNode *root, gboolean in_template);

/* UTF-16LE without an end. */
GByteArray *evtx_utf16(const char *utf8);

/* Little-endian appending, for all byte arrays of the writer. */
void evtx_append_le(GByteArray *array, guint64 number, guint n_bytes);

EvtxNode *evtx_event_node(
	const EvtxEvent *event, guint64 record_id, EvtxData *data, EvtxStyle style);

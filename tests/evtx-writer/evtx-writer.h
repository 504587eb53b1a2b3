/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small EVTX writer, for the tests and the example only.
 *
 * Tests can have any event log they need, clean or dirty, without a file from somebody's network.
 * It shares no code with src/readers/, so that the two can not be wrong in the same way. libevtx
 * and python-evtx read what it writes (check-peers.py).
 *
 * Simple use:
 *
 *	g_autoptr(EvtxWriter) w = evtx_writer_new();
 *	EvtxEvent e = { .provider = "Microsoft-Windows-Sysmon", .event_id = 1, .qualifiers = -1,
 *			.channel = "Microsoft-Windows-Sysmon/Operational", .computer = "ws01" };
 *	EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
 *
 *	evtx_data_add(d, "Image", evtx_text("C:\\Windows\\System32\\cmd.exe"));
 *	evtx_writer_add(w, &e, d);
 *	evtx_writer_save(w, "out.evtx", &error);
 *
 * A record is laid out as EvtxStyle says; all else is built from nodes for evtx_writer_add_node().
 * Values, nodes and data are consumed by the function they are given to. Templates are shared:
 * evtx_node_instance() takes a reference. Misuse ends in g_assert(): this is for tests.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

/* ---- values ------------------------------------------------------------------------------------
 */

typedef enum EvtxType {
	EVTX_NULL = 0x00,
	EVTX_TEXT = 0x01,
	EVTX_ANSI = 0x02,
	EVTX_INT8 = 0x03,
	EVTX_UINT8 = 0x04,
	EVTX_INT16 = 0x05,
	EVTX_UINT16 = 0x06,
	EVTX_INT32 = 0x07,
	EVTX_UINT32 = 0x08,
	EVTX_INT64 = 0x09,
	EVTX_UINT64 = 0x0a,
	EVTX_REAL32 = 0x0b,
	EVTX_REAL64 = 0x0c,
	EVTX_BOOL = 0x0d,
	EVTX_BINARY = 0x0e,
	EVTX_GUID = 0x0f,
	EVTX_SIZE = 0x10,
	EVTX_FILETIME = 0x11,
	EVTX_SYSTEMTIME = 0x12,
	EVTX_SID = 0x13,
	EVTX_HEX32 = 0x14,
	EVTX_HEX64 = 0x15,
	EVTX_BINXML = 0x21,
	EVTX_ARRAY = 0x80, /* added to the type of the items */
} EvtxType;

typedef struct EvtxValue EvtxValue;
typedef struct EvtxNode EvtxNode;
typedef struct EvtxTemplate EvtxTemplate;

EvtxValue *evtx_null(EvtxType declared); /* no bytes; @declared is what the template says it is */
EvtxValue *evtx_text(const char *utf8);
EvtxValue *evtx_ansi(const char *bytes);
EvtxValue *evtx_uint(EvtxType type, guint64 number); /* all whole numbers, HEX, BOOL and SIZE */
EvtxValue *evtx_int(EvtxType type, gint64 number);
EvtxValue *evtx_real(EvtxType type, double number);
EvtxValue *evtx_binary(const void *bytes, gsize size);
EvtxValue *evtx_guid(const char *text); /* with or without braces */
EvtxValue *evtx_filetime(Instant instant);
EvtxValue *evtx_systemtime(Instant instant);
EvtxValue *evtx_sid(const char *text);
EvtxValue *evtx_list(EvtxType item, EvtxValue *first, ...) G_GNUC_NULL_TERMINATED;
EvtxValue *evtx_raw(guint8 type, const void *bytes, gsize size); /* sensible or not */

/* Embedded BinXML: an instance of a template, or an element that stands for itself. */
EvtxValue *evtx_embedded(EvtxNode *node);

/* From text, by a type as in make-evtx.c ("u32", "list:text"); NULL if it can not be. */
EvtxValue *evtx_value_parse(const char *type, const char *text);

void evtx_value_free(EvtxValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvtxValue, evtx_value_free)

/* ---- nodes: BinXML by hand ----------------------------------------------------------------------
 */

EvtxNode *evtx_element(const char *name);
void evtx_element_depends(EvtxNode *element, guint16 value_index); /* the dependency identifier */
void evtx_element_attribute(EvtxNode *element, const char *name, EvtxNode *content);
EvtxNode *evtx_element_add(EvtxNode *element, EvtxNode *child); /* returns @element */

EvtxNode *evtx_node_text(const char *utf8);
EvtxNode *evtx_node_slot(guint16 value_index, EvtxType type, gboolean optional);
EvtxNode *evtx_node_cdata(const char *utf8);
EvtxNode *evtx_node_char(guint16 code);
EvtxNode *evtx_node_entity(const char *name); /* "amp" */
EvtxNode *evtx_node_instruction(const char *target, const char *data);
/* @values (of EvtxValue *) is consumed; @template is not. */
EvtxNode *evtx_node_instance(EvtxTemplate *template, GPtrArray *values);
void evtx_node_free(EvtxNode *node);

EvtxTemplate *evtx_template_new(EvtxNode *root); /* its GUID is a hash of its content */
EvtxTemplate *evtx_template_ref(EvtxTemplate *template);
void evtx_template_unref(EvtxTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvtxTemplate, evtx_template_unref)

/* ---- events -------------------------------------------------------------------------------------
 */

typedef struct EvtxEvent {
	const char *provider, *provider_guid, *source_name; /* the last two may be NULL */
	guint16 event_id;
	gint32 qualifiers; /* -1: none */
	guint8 version, level, opcode;
	guint16 task;
	guint64 keywords;
	Instant time;
	guint64 record_id;			 /* 0: one more than the last */
	const char *activity, *related_activity; /* GUIDs or NULL */
	guint32 process_id, thread_id;
	const char *channel, *computer;
	const char *user_sid; /* or NULL */
} EvtxEvent;

typedef enum EvtxDataKind {
	EVTX_EVENT_DATA,       /* <EventData><Data Name="x">…; <Data>… where the name is NULL */
	EVTX_USER_DATA,	       /* <UserData><root xmlns="…"><x>… */
	EVTX_PROCESSING_ERROR, /* <ProcessingErrorData><x>… */
} EvtxDataKind;

typedef struct EvtxData EvtxData;

/* @root and @xmlns are for USER_DATA; @xmlns may be NULL. */
EvtxData *evtx_data_new(EvtxDataKind kind, const char *root, const char *xmlns);
void evtx_data_add(EvtxData *data, const char *name, EvtxValue *value);
void evtx_data_add_optional(EvtxData *data, const char *name, EvtxValue *value); /* token 0x0e */
void evtx_data_add_element(EvtxData *data, const char *name, EvtxValue *value);	 /* <Binary>… */
void evtx_data_free(EvtxData *data);

typedef enum EvtxStyle {
	EVTX_STYLE_NESTED,   /* as Windows: System template, data template embedded in it */
	EVTX_STYLE_FLAT,     /* one template for all */
	EVTX_STYLE_FRAGMENT, /* System template, data embedded as elements without a template */
	EVTX_STYLE_PLAIN,    /* no template at all, all values as text: forwarded events */
} EvtxStyle;

/* ---- the file -----------------------------------------------------------------------------------
 */

typedef struct EvtxWriter EvtxWriter;

EvtxWriter *evtx_writer_new(void);
void evtx_writer_free(EvtxWriter *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvtxWriter, evtx_writer_free)

void evtx_writer_set_style(EvtxWriter *w, EvtxStyle style); /* of the events to come */
void evtx_writer_add(EvtxWriter *w, const EvtxEvent *event, EvtxData *data /* or NULL */);
void evtx_writer_add_node(EvtxWriter *w, EvtxNode *root, Instant time, guint64 record_id);
void evtx_writer_new_chunk(EvtxWriter *w); /* the next record starts a chunk */
guint64 evtx_writer_next_id(const EvtxWriter *w);
void evtx_writer_skip_ids(EvtxWriter *w, guint64 n); /* leaves a gap in the record ids */

/* Chunk 0 starts anew over its old records, the others are freed, to be used again; ids from 1. */
void evtx_writer_clear(EvtxWriter *w);
/* The current chunk starts anew over its own old bytes: its records stay behind as slack. */
void evtx_writer_reuse_chunk(EvtxWriter *w);
/* Chunk @index is marked as empty; its records stay where they are. */
void evtx_writer_free_chunk(EvtxWriter *w, guint index);

guint evtx_writer_n_chunks(const EvtxWriter *w);
guint evtx_writer_n_records(const EvtxWriter *w); /* in order of writing, lost ones included */
guint64 evtx_writer_record_offset(const EvtxWriter *w, guint record); /* in the file */

/* What is to be wrong with the file. */
typedef enum EvtxFlaw {
	EVTX_FLAW_DIRTY = 1 << 0,
	EVTX_FLAW_FULL = 1 << 1,
	EVTX_FLAW_CHUNK_COUNT = 1 << 2, /* header counts one chunk whatever there is */
	EVTX_FLAW_FILE_CHECKSUM = 1 << 3,
	EVTX_FLAW_CHUNK_CHECKSUM = 1 << 4,  /* header checksum of every chunk */
	EVTX_FLAW_RECORD_CHECKSUM = 1 << 5, /* data checksum of every chunk */
	EVTX_FLAW_FREE_OFFSET = 1 << 6,	    /* free space offset points to the end of the chunk */
	EVTX_FLAW_NO_TABLES = 1 << 7,	    /* string and template tables of chunks are zero */
} EvtxFlaw;

void evtx_writer_set_flaws(EvtxWriter *w, guint flaws);
/*
 * Elements outside templates get a dependency identifier: not what Windows writes, but the only
 * form of EVTX_STYLE_FRAGMENT and _PLAIN that libevtx 20181227 and python-evtx 0.6 can read.
 */
void evtx_writer_set_dependencies(EvtxWriter *w, gboolean everywhere);
void evtx_writer_set_minor_version(EvtxWriter *w, guint16 minor); /* 1 (as it starts) or 2 */

/* The whole file. Free with g_byte_array_unref(); patch it at will. The writer can go on. */
GByteArray *evtx_writer_finish(const EvtxWriter *w);
gboolean evtx_writer_save(const EvtxWriter *w, const char *path, GError **error);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks, the file header and what can be wrong with them.
 *
 *	file    header (4096), chunks (65536 each)
 *	chunk   header (128), name table (64 x 4), template table (32 x 4), records from 512 on
 *	record  2a 2a 00 00, size (4), record id (8), FILETIME (8), BinXML, size (4); a multiple of
 *8
 */
#include <string.h>

#include "evtx-internal.h"

typedef struct Chunk {
	guint8 bytes[EVTX_CHUNK_BYTES];
	guint32 free_offset, last_offset;
	guint64 first_number, last_number, first_id, last_id;
	gboolean freed;
	Tables tables;
	GHashTable *names, *templates;
} Chunk;

struct EvtxWriter {
	GPtrArray *chunks;
	guint current; /* index of the chunk that records go to */
	gboolean chunk_due;
	guint64 next_id, next_number;
	EvtxStyle style;
	gboolean dependencies;
	guint flaws;
	guint16 minor_version;
	GArray *record_offsets; /* guint64 */
};

static void chunk_reset(Chunk *c)
{
	c->free_offset = EVTX_RECORDS_START;
	c->last_offset = 0;
	c->first_number = c->last_number = c->first_id = c->last_id = 0;
	c->freed = FALSE;
	memset(&c->tables, 0, sizeof(c->tables));
	g_hash_table_remove_all(c->names);
	g_hash_table_remove_all(c->templates);
}

static GHashTable *offsets_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static Chunk *chunk_new(void)
{
	Chunk *c = g_new0(Chunk, 1);

	c->names = offsets_new();
	c->templates = offsets_new();
	chunk_reset(c);
	return c;
}

static void chunk_free(gpointer p)
{
	Chunk *c = p;

	g_hash_table_unref(c->names);
	g_hash_table_unref(c->templates);
	g_free(c);
}

EvtxWriter *evtx_writer_new(void)
{
	EvtxWriter *w = g_new0(EvtxWriter, 1);

	w->chunks = g_ptr_array_new_with_free_func(chunk_free);
	w->record_offsets = g_array_new(FALSE, FALSE, sizeof(guint64));
	w->next_id = w->next_number = 1;
	w->minor_version = 1;
	w->chunk_due = TRUE;
	return w;
}

void evtx_writer_free(EvtxWriter *w)
{
	if (!w)
		return;
	g_ptr_array_unref(w->chunks);
	g_array_unref(w->record_offsets);
	g_free(w);
}

void evtx_writer_set_style(EvtxWriter *w, EvtxStyle style)
{
	w->style = style;
}

void evtx_writer_set_flaws(EvtxWriter *w, guint flaws)
{
	w->flaws = flaws;
}

void evtx_writer_set_dependencies(EvtxWriter *w, gboolean everywhere)
{
	w->dependencies = everywhere;
}

void evtx_writer_set_minor_version(EvtxWriter *w, guint16 minor)
{
	w->minor_version = minor;
}

void evtx_writer_new_chunk(EvtxWriter *w)
{
	w->chunk_due = TRUE;
}

guint64 evtx_writer_next_id(const EvtxWriter *w)
{
	return w->next_id;
}

void evtx_writer_skip_ids(EvtxWriter *w, guint64 n)
{
	w->next_id += n;
}

guint evtx_writer_n_chunks(const EvtxWriter *w)
{
	return w->chunks->len;
}

guint evtx_writer_n_records(const EvtxWriter *w)
{
	return w->record_offsets->len;
}

guint64 evtx_writer_record_offset(const EvtxWriter *w, guint record)
{
	g_assert_cmpuint(record, <, w->record_offsets->len);
	return g_array_index(w->record_offsets, guint64, record);
}

/* ---- records ------------------------------------------------------------------------------------
 */

static Chunk *current_chunk(EvtxWriter *w)
{
	if (!w->chunk_due)
		return w->chunks->pdata[w->current];

	w->chunk_due = FALSE;
	w->current = w->chunks->len > 0 ? w->current + 1 : 0;
	if (w->current == w->chunks->len)
		g_ptr_array_add(w->chunks, chunk_new());

	Chunk *c = w->chunks->pdata[w->current];

	chunk_reset(c); /* a freed one keeps its bytes */
	return c;
}

static void move_offsets(GHashTable *from, GHashTable *to)
{
	GHashTableIter iter;
	gpointer key, offset;

	/* The order does not matter: both are only ever looked up by key. */
	g_hash_table_iter_init(&iter, from);
	while (g_hash_table_iter_next(&iter, &key, &offset)) {
		g_hash_table_iter_steal(&iter);
		g_hash_table_insert(to, key, offset);
	}
}

static void draft_record(Draft *d, const EvtxNode *root, Instant time, guint64 id)
{
	static const guint8 magic[] = { 0x2a, 0x2a, 0x00, 0x00 };
	g_autoptr(EvtxValue) written = evtx_filetime(time);

	draft_bytes(d, magic, sizeof(magic));
	draft_u32(d, 0);
	draft_u64(d, id);
	draft_bytes(d, written->bytes->data, written->bytes->len);
	draft_fragment(d, root, FALSE);
	while ((d->bytes->len + 4) % 8)
		draft_u8(d, 0);

	guint32 size = d->bytes->len + 4;

	draft_u32(d, size);
	draft_patch_u32(d, 4, size);
}

static void commit(EvtxWriter *w, Chunk *c, Draft *d, guint64 id)
{
	guint64 offset = EVTX_HEADER_BYTES + w->current * (guint64)EVTX_CHUNK_BYTES + d->base;

	memcpy(c->bytes + d->base, d->bytes->data, d->bytes->len);
	c->tables = d->tables;
	move_offsets(d->names, c->names);
	move_offsets(d->templates, c->templates);
	if (c->free_offset == EVTX_RECORDS_START) {
		c->first_number = w->next_number;
		c->first_id = id;
	}
	c->last_number = w->next_number++;
	c->last_id = id;
	c->last_offset = d->base;
	c->free_offset = d->base + d->bytes->len;
	w->next_id = id + 1;
	g_array_append_val(w->record_offsets, offset);
}

/* FALSE where the chunk has no room for the record. */
static gboolean try_record(EvtxWriter *w, const EvtxNode *root, Instant time, guint64 id)
{
	Chunk *c = current_chunk(w);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GHashTable) names = offsets_new();
	g_autoptr(GHashTable) templates = offsets_new();
	Draft d = { bytes, c->free_offset, w->dependencies, c->tables, c->names, c->templates,
		names, templates };

	draft_record(&d, root, time, id);
	/* libevtx loses a record that ends with its chunk, and no real file was seen to have one.
	 */
	if (d.base + bytes->len >= EVTX_CHUNK_BYTES)
		return FALSE;
	commit(w, c, &d, id);
	return TRUE;
}

void evtx_writer_add_node(EvtxWriter *w, EvtxNode *root, Instant time, guint64 record_id)
{
	guint64 id = record_id ? record_id : w->next_id;

	if (!try_record(w, root, time, id)) {
		w->chunk_due = TRUE;

		gboolean fits = try_record(w, root, time, id);

		g_assert_true(fits); /* a record larger than a chunk can not be */
	}
	evtx_node_free(root);
}

void evtx_writer_add(EvtxWriter *w, const EvtxEvent *event, EvtxData *data)
{
	guint64 id = event->record_id ? event->record_id : w->next_id;

	evtx_writer_add_node(w, evtx_event_node(event, id, data, w->style), event->time, id);
}

/* ---- what happens to chunks ---------------------------------------------------------------------
 */

void evtx_writer_reuse_chunk(EvtxWriter *w)
{
	chunk_reset(current_chunk(w));
}

static void mark_free(Chunk *c)
{
	chunk_reset(c);
	c->freed = TRUE;
	c->first_number = c->last_number = c->first_id = c->last_id = G_MAXUINT64;
}

void evtx_writer_free_chunk(EvtxWriter *w, guint index)
{
	g_assert_cmpuint(index, <, w->chunks->len);
	mark_free(w->chunks->pdata[index]);
	if (index == w->current)
		w->chunk_due = TRUE;
}

void evtx_writer_clear(EvtxWriter *w)
{
	g_assert_cmpuint(w->chunks->len, >, 0);
	for (guint i = 1; i < w->chunks->len; i++)
		mark_free(w->chunks->pdata[i]);
	w->current = 0;
	chunk_reset(w->chunks->pdata[0]);
	w->chunk_due = FALSE;
	w->next_id = w->next_number = 1;
}

/* ---- the bytes ----------------------------------------------------------------------------------
 */

/* CRC-32 of RFC 1952, by nibbles. */
static guint32 crc32_add(guint32 crc, const guint8 *bytes, gsize size)
{
	static const guint32 table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

	crc = ~crc;
	for (gsize i = 0; i < size; i++) {
		crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

static void append_tables(GByteArray *header, const Tables *tables)
{
	for (guint i = 0; i < EVTX_NAME_BUCKETS; i++)
		evtx_append_le(header, tables->names[i], 4);
	for (guint i = 0; i < EVTX_TPL_BUCKETS; i++)
		evtx_append_le(header, tables->templates[i], 4);
}

static void append_zeros(GByteArray *array, gsize n)
{
	for (gsize i = 0; i < n; i++)
		evtx_append_le(array, 0, 1);
}

static void append_chunk(GByteArray *ret, const Chunk *c, guint flaws)
{
	static const Tables no_tables;
	g_autoptr(GByteArray) header = g_byte_array_new();
	gsize n_record_bytes = c->free_offset - EVTX_RECORDS_START;
	guint32 crc = crc32_add(0, c->bytes + EVTX_RECORDS_START, n_record_bytes);
	guint32 free_offset = flaws & EVTX_FLAW_FREE_OFFSET ? EVTX_CHUNK_BYTES : c->free_offset;

	g_byte_array_append(header, (const guint8 *)"ElfChnk", 8);
	evtx_append_le(header, c->first_number, 8);
	evtx_append_le(header, c->last_number, 8);
	evtx_append_le(header, c->first_id, 8);
	evtx_append_le(header, c->last_id, 8);
	evtx_append_le(header, 128, 4);
	evtx_append_le(header, c->last_offset, 4);
	evtx_append_le(header, free_offset, 4);
	evtx_append_le(header, flaws & EVTX_FLAW_RECORD_CHECKSUM ? ~crc : crc, 4);
	append_zeros(header, 128 - header->len);
	append_tables(header, flaws & EVTX_FLAW_NO_TABLES ? &no_tables : &c->tables);
	crc = crc32_add(crc32_add(0, header->data, 120), header->data + 128, 384);
	if (flaws & EVTX_FLAW_CHUNK_CHECKSUM)
		crc = ~crc;
	for (guint i = 0; i < 4; i++)
		header->data[124 + i] = (guint8)(crc >> (8 * i));

	g_byte_array_append(ret, header->data, header->len);
	g_byte_array_append(
		ret, c->bytes + EVTX_RECORDS_START, EVTX_CHUNK_BYTES - EVTX_RECORDS_START);
}

/* Freed chunks at the end are not counted. */
static guint count_chunks(const EvtxWriter *w)
{
	guint n = w->chunks->len;

	while (n > 1 && ((const Chunk *)w->chunks->pdata[n - 1])->freed)
		n--;
	return n;
}

static void append_file_header(GByteArray *ret, const EvtxWriter *w)
{
	guint n_chunks = w->flaws & EVTX_FLAW_CHUNK_COUNT ? 1 : count_chunks(w);
	guint32 flags = (w->flaws & EVTX_FLAW_DIRTY ? 1 : 0) | (w->flaws & EVTX_FLAW_FULL ? 2 : 0);

	g_byte_array_append(ret, (const guint8 *)"ElfFile", 8);
	evtx_append_le(ret, 0, 8);
	evtx_append_le(ret, n_chunks ? n_chunks - 1 : 0, 8);
	evtx_append_le(ret, w->next_id, 8);
	evtx_append_le(ret, 128, 4);
	evtx_append_le(ret, w->minor_version, 2);
	evtx_append_le(ret, 3, 2);
	evtx_append_le(ret, EVTX_HEADER_BYTES, 2);
	evtx_append_le(ret, n_chunks, 2);
	append_zeros(ret, 120 - ret->len);

	guint32 crc = crc32_add(0, ret->data, 120);

	evtx_append_le(ret, flags, 4);
	evtx_append_le(ret, w->flaws & EVTX_FLAW_FILE_CHECKSUM ? ~crc : crc, 4);
	append_zeros(ret, EVTX_HEADER_BYTES - ret->len);
}

GByteArray *evtx_writer_finish(const EvtxWriter *w)
{
	GByteArray *ret = g_byte_array_new();

	append_file_header(ret, w);
	for (guint i = 0; i < w->chunks->len; i++)
		append_chunk(ret, w->chunks->pdata[i], w->flaws);
	return ret;
}

gboolean evtx_writer_save(const EvtxWriter *w, const char *path, GError **error)
{
	g_autoptr(GByteArray) bytes = evtx_writer_finish(w);

	return g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, error);
}

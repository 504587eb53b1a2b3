/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was added to the bytes of a store. Values are sorted kind by kind, by their first eight
 * bytes where these tell them apart, and written where they stay; what is not known before (how
 * many are the same) is put behind, so that no section is made twice.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "engines/indicators/builder-private.h"
#include "engines/indicators/form.h"

#define KEYS_A_WORD  4	/* of a filter: 16 bits for each key */
#define SLOTS_TENTHS 14 /* slots for ten indicators */

typedef struct SortKey {
	guint64 prefix; /* of the value, first byte highest */
	guint32 added;
	guint32 size;
} SortKey;

typedef struct Output {
	Builder *builder;
	guint8 *data;
	gsize size, room;
	gsize offsets[STORE_N_SECTIONS], sizes[STORE_N_SECTIONS];
	guint32 n, n_parts, counts[INDICATOR_N_KINDS];
	guint32 filter_words[INDICATOR_N_KINDS];
	guint n_refused;
} Output;

static void put_32(Output *out, gsize at, guint32 number)
{
	number = GUINT32_TO_LE(number);
	memcpy(&out->data[at], &number, sizeof(number));
}

static void put_64(Output *out, gsize at, guint64 number)
{
	number = GUINT64_TO_LE(number);
	memcpy(&out->data[at], &number, sizeof(number));
}

static Slice value_of(const Builder *builder, guint32 added)
{
	gsize start = added ? g_array_index(builder->added, Added, added - 1).value : 0;
	gsize end = g_array_index(builder->added, Added, added).value;

	return slice_make(&builder->values->str[start], end - start);
}

/* ---- order ---- */

static guint64 prefix_of(Slice value)
{
	guint64 prefix = 0;

	for (gsize i = 0; i < 8; i++)
		prefix = prefix << 8 | (i < value.size ? value.data[i] : 0);
	return prefix;
}

static int compare_keys(const void *a, const void *b, void *context)
{
	const SortKey *x = a, *y = b;
	int order;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	order = slice_compare(value_of(context, x->added), value_of(context, y->added));
	return order ? order : (x->added > y->added) - (x->added < y->added);
}

static SortKey *sort_kind(Builder *builder, IndicatorKind kind, guint32 *ret_n)
{
	guint32 n = 0;
	SortKey *keys;

	for (guint i = 0; i < builder->added->len; i++)
		n += g_array_index(builder->added, Added, i).kind == (guint32)kind;
	keys = g_new(SortKey, n + 1);
	n = 0;
	for (guint i = 0; i < builder->added->len; i++) {
		Slice value;

		if (g_array_index(builder->added, Added, i).kind != (guint32)kind)
			continue;
		value = value_of(builder, i);
		keys[n++] = (SortKey){ prefix_of(value), i, (guint32)value.size };
	}
	qsort_r(keys, n, sizeof(*keys), compare_keys, builder);
	*ret_n = n;
	return keys;
}

/* ---- sections ---- */

static void begin_section(Output *out, StoreSection section, gsize size)
{
	gsize start = (out->size + 7) & ~(gsize)7;

	if (start + size > out->room) {
		out->data = g_realloc(out->data, start + size);
		out->room = start + size;
	}
	memset(&out->data[out->size], 0, start - out->size);
	out->offsets[section] = start;
	out->sizes[section] = size;
	out->size = start + size;
}

static void add_section(Output *out, StoreSection section, const void *bytes, gsize size)
{
	begin_section(out, section, size);
	if (size)
		memcpy(&out->data[out->offsets[section]], bytes, size);
}

/* Numbers as the store has them. */
static void add_words(Output *out, StoreSection section, const GArray *words, gsize n_words)
{
	begin_section(out, section, 4 * n_words);
	for (gsize i = 0; i < n_words; i++)
		put_32(out, out->offsets[section] + 4 * i,
			((const guint32 *)(gconstpointer)words->data)[i]);
}

static void put_part(Output *out, guint32 added)
{
	const Added *from = &g_array_index(out->builder->added, Added, added);
	gsize at = out->offsets[STORE_PARTS] + 8 * (gsize)out->n_parts++;

	put_32(out, at, from->about);
	put_32(out, at + 4, from->line);
}

static void put_indicator(Output *out, Slice value)
{
	gsize *size = &out->sizes[STORE_VALUES];

	memcpy(&out->data[out->offsets[STORE_VALUES] + *size], value.data, value.size);
	*size += value.size;
	put_32(out, out->offsets[STORE_VALUE_ENDS] + 4 * (gsize)out->n, (guint32)*size);
}

/* One indicator for each different value, with all that name it. */
static void put_kind(Output *out, IndicatorKind kind)
{
	guint32 n;
	g_autofree SortKey *keys = sort_kind(out->builder, kind, &n);
	Slice last = SLICE_EMPTY;

	for (guint32 i = 0; i < n; i++) {
		Slice value = value_of(out->builder, keys[i].added);

		if (i == 0 || !slice_equal(value, last)) {
			put_indicator(out, value);
			out->n++;
			out->counts[kind]++;
		}
		last = value;
		put_part(out, keys[i].added);
		put_32(out, out->offsets[STORE_PART_ENDS] + 4 * ((gsize)out->n - 1), out->n_parts);
	}
}

/* Values may be fewer than expected: closes the gaps behind those that came out shorter. */
static void close_gaps(Output *out)
{
	gsize end = STORE_HEADER_BYTES;

	for (guint i = STORE_VALUES; i <= STORE_PARTS; i++) {
		gsize start = (end + 7) & ~(gsize)7;

		memmove(&out->data[start], &out->data[out->offsets[i]], out->sizes[i]);
		memset(&out->data[end], 0, start - end);
		out->offsets[i] = start;
		end = start + out->sizes[i];
	}
	out->size = end;
}

static void put_values(Output *out)
{
	gsize n = out->builder->added->len;

	begin_section(out, STORE_VALUES, out->builder->values->len);
	begin_section(out, STORE_VALUE_ENDS, 4 * n);
	begin_section(out, STORE_PART_ENDS, 4 * n);
	begin_section(out, STORE_PARTS, 8 * n);
	out->sizes[STORE_VALUES] = 0;
	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++)
		put_kind(out, (IndicatorKind)kind);
	out->sizes[STORE_VALUE_ENDS] = out->sizes[STORE_PART_ENDS] = 4 * (gsize)out->n;
	out->sizes[STORE_PARTS] = 8 * (gsize)out->n_parts;
	close_gaps(out);
}

/* ---- finding ---- */

static Slice section_value(const Output *out, guint32 number)
{
	Slice ends = slice_make(&out->data[out->offsets[STORE_VALUE_ENDS]], 4 * (gsize)out->n);
	guint32 start = 0, end = 0;

	if (number)
		(void)slice_u32(ends, 4 * ((gsize)number - 1), &start);
	(void)slice_u32(ends, 4 * (gsize)number, &end);
	return slice_make(&out->data[out->offsets[STORE_VALUES] + start], end - start);
}

static void set_filter(Output *out, gsize first_word, guint32 n_words, guint64 hash)
{
	gsize at = out->offsets[STORE_FILTERS] +
		8 * (first_word + ((hash >> 32) * (guint64)n_words >> 32));
	guint32 low = (guint32)hash;
	guint64 word = 0;

	memcpy(&word, &out->data[at], sizeof(word));
	word = GUINT64_FROM_LE(word);
	for (guint shift = 0; shift < 24; shift += 6)
		word |= G_GUINT64_CONSTANT(1) << (low >> shift & 63);
	put_64(out, at, word);
}

static void set_slot(Output *out, guint32 number, guint64 hash)
{
	guint32 n_slots = (guint32)(out->sizes[STORE_SLOTS] / 4);
	guint64 slot = (guint64)((unsigned __int128)hash * n_slots >> 64);

	for (guint probe = 0; probe < MIN(STORE_MAX_PROBES, n_slots); probe++) {
		gsize at = out->offsets[STORE_SLOTS] + 4 * (gsize)slot;
		guint32 there;

		memcpy(&there, &out->data[at], sizeof(there));
		if (there == 0) {
			put_32(out, at, number + 1);
			return;
		}
		slot = slot + 1 < n_slots ? slot + 1 : 0;
	}
	out->n_refused++;
}

static gsize count_filter_words(Output *out)
{
	gsize n = 0;

	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		guint64 keys = out->counts[kind];
		char separator;

		/* Those that have a gate have two keys. */
		if (kind == INDICATOR_URL ||
			(kind != INDICATOR_HOST && form_is_tail((IndicatorKind)kind, &separator)))
			keys *= 2;
		out->filter_words[kind] = (guint32)((keys + KEYS_A_WORD - 1) / KEYS_A_WORD);
		n += out->filter_words[kind];
	}
	return n;
}

static void put_index(Output *out)
{
	gsize first_word = 0;
	guint32 number = 0;

	begin_section(out, STORE_SLOTS, 4 * ((gsize)out->n * SLOTS_TENTHS / 10 + 1));
	begin_section(out, STORE_FILTERS, 8 * count_filter_words(out));
	memset(&out->data[out->offsets[STORE_SLOTS]], 0, out->size - out->offsets[STORE_SLOTS]);
	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		guint32 n_words = out->filter_words[kind];

		for (guint32 i = 0; i < out->counts[kind]; i++, number++) {
			Slice key = form_key((IndicatorKind)kind, section_value(out, number));
			guint64 gate, hash = form_hash((IndicatorKind)kind, key, &gate);

			set_filter(out, first_word, n_words, hash);
			if (gate)
				set_filter(out, first_word, n_words, gate);
			set_slot(out, number, hash);
		}
		first_word += n_words;
	}
}

static void put_lengths(Output *out)
{
	guint32 number = 0;
	gsize at;

	begin_section(out, STORE_LENGTHS, STORE_N_LENGTHS);
	at = out->offsets[STORE_LENGTHS];
	memset(&out->data[at], 0, STORE_N_LENGTHS);
	for (guint kind = 0; kind <= INDICATOR_NETWORK; kind++) {
		for (guint32 i = 0; i < out->counts[kind]; i++, number++) {
			Slice value = section_value(out, number);

			if (kind == INDICATOR_NETWORK)
				out->data[at + (value.size == 5 ? 0 : 33) + value.data[0]] = 1;
			else if (kind == INDICATOR_ADDRESS && value.size == 16)
				out->data[at + STORE_HAS_IPV6] = 1;
		}
	}
}

static void put_header(Output *out)
{
	memset(out->data, 0, STORE_HEADER_BYTES);
	memcpy(out->data, STORE_MAGIC, STORE_MAGIC_BYTES);
	put_32(out, 8, STORE_VERSION);
	put_32(out, 12, INDICATOR_N_KINDS);
	put_64(out, 16, out->size);
	put_32(out, 24, out->n);
	for (guint i = 0; i < INDICATOR_N_KINDS; i++) {
		put_32(out, STORE_COUNTS_OFFSET + 4 * i, out->counts[i]);
		put_32(out, STORE_FILTER_OFFSET + 4 * i, out->filter_words[i]);
	}
	for (guint i = 0; i < STORE_N_SECTIONS; i++) {
		put_64(out, STORE_SECTIONS_OFFSET + 16 * i, out->offsets[i]);
		put_64(out, STORE_SECTIONS_OFFSET + 16 * i + 8, out->sizes[i]);
	}
}

static void empty(Builder *builder)
{
	g_string_truncate(builder->values, 0);
	g_array_set_size(builder->added, 0);
}

guint8 *builder_finish(Builder *builder, gsize *ret_size, guint *ret_n_refused)
{
	Output out = { .builder = builder, .size = STORE_HEADER_BYTES, .room = STORE_HEADER_BYTES };

	out.data = g_malloc(out.room);
	put_values(&out);
	empty(builder);
	add_words(&out, STORE_ABOUTS, builder->abouts,
		(gsize)builder->abouts->len * STORE_ABOUT_WORDS);
	add_words(&out, STORE_SETS, builder->sets, (gsize)builder->sets->len * 3);
	add_words(&out, STORE_SOURCES, builder->sources,
		(gsize)builder->sources->len * STORE_SOURCE_WORDS);
	add_section(&out, STORE_STRINGS, builder->strings->str, builder->strings->len);
	put_index(&out);
	put_lengths(&out);
	put_header(&out);
	*ret_size = out.size;
	*ret_n_refused = out.n_refused;
	return g_realloc(out.data, out.size);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/prefilter.h"

#define NO_LITERAL     G_MAXUINT32
#define BLOCK_BYTES    4     /* starts and ends of texts are hashed block by block, */
#define MAX_BLOCKS     8     /* at most so many */
#define PAIRS	       65536 /* pairs of bytes: the bitmap of short literals */
#define MIN_BITMAP_LOG 9     /* bits of the gram bitmap: at least 2^9, at most 2^17 (16 KiB) */
#define MAX_BITMAP_LOG 17
#define BITS_PER_GRAM  64 /* so that one position in 64 asks the table in vain */

/* A hash table from a key to a chain of literals, open addressing, at most half full. */
typedef struct KeyTable {
	guint32 mask;
	guint64 *keys;
	guint32 *first; /* of the chain; NO_LITERAL where the slot is free */
} KeyTable;

/* PREFIX or SUFFIX literals. */
typedef struct Ends {
	gboolean at_start;
	KeyTable table;
	guint blocks; /* bit k: some literal is hashed by k blocks; bit 0: by less than one */
	guint bytes;  /* bit k: some literal is hashed by k bytes, less than a block */
} Ends;

struct Prefilter {
	guint n_literals;
	const Literal **literals;
	guint32 *next; /* chains of all tables: the literal behind this one, or NO_LITERAL */
	KeyTable exact;
	gsize max_exact_size; /* texts longer than that equal none */
	gboolean has_exact;
	Ends prefix, suffix;
	KeyTable grams, shorts;
	guint64 *gram_bitmap; /* NULL where there are no CONTAINS literals of 4 bytes or more */
	guint gram_shift;
	guint64 *pair_bitmap; /* NULL where there are no shorter ones */
	guint short_sizes;    /* bit k: some literal of k bytes, k = 1 to 3 */
	gboolean fits_numbers, fits_digits;
	gsize memory;
};

static inline guint32 load32(const guint8 *bytes)
{
	guint32 number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

static inline guint64 load64(const guint8 *bytes)
{
	guint64 number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

static inline guint64 mix(guint64 x)
{
	x ^= x >> 32;
	x *= G_GUINT64_CONSTANT(0x9FB21C651E98DF25);
	x ^= x >> 29;
	return x;
}

/* A key for up to 4 bytes; those of different sizes never share one. */
static inline guint64 key_of_bytes(Slice s)
{
	guint64 key = s.size;

	for (gsize i = 0; i < s.size; i++)
		key = key << 8 | s.data[i];
	return key;
}

/*
 * The key of one block more, from the start or from the end of a text. Keys of different lengths
 * may be the same, since literals are compared anyway.
 */
static inline guint64 key_of_block(guint64 key, Slice s, gsize block, gboolean at_start)
{
	gsize offset = block * BLOCK_BYTES;

	if (!at_start)
		offset = s.size - offset - BLOCK_BYTES;
	return mix(key + load32(s.data + offset) + 1);
}

/* A key for a whole text. It need not resist an attacker: chains hold literals of rules only. */
static guint64 key_of_text(Slice s)
{
	guint64 key = s.size;
	gsize i = 0;

	for (; i + 8 <= s.size; i += 8)
		key = mix(key ^ load64(s.data + i)) + s.size;
	for (; i < s.size; i++)
		key = mix(key ^ s.data[i]) + i;
	return key;
}

/* ---- key tables ---- */

static void key_table_init(Prefilter *p, KeyTable *table, guint n)
{
	gsize size = 4;

	while (size < 2 * (gsize)n)
		size *= 2;
	table->mask = (guint32)(size - 1);
	table->keys = g_new(guint64, size);
	table->first = g_new(guint32, size);
	memset(table->first, 0xFF, size * sizeof(guint32)); /* NO_LITERAL in every slot */
	p->memory += size * (sizeof(guint64) + sizeof(guint32));
}

static void key_table_clear(KeyTable *table)
{
	g_free(table->keys);
	g_free(table->first);
}

static inline guint32 key_table_slot(const KeyTable *table, guint64 key)
{
	guint32 slot = (guint32)mix(key) & table->mask;

	while (table->first[slot] != NO_LITERAL && table->keys[slot] != key)
		slot = (slot + 1) & table->mask;
	return slot;
}

static void key_table_add(Prefilter *p, KeyTable *table, guint64 key, guint32 literal)
{
	guint32 slot = key_table_slot(table, key);

	table->keys[slot] = key;
	p->next[literal] = table->first[slot];
	table->first[slot] = literal;
}

/* ---- building ---- */

/* Whether @text is made of @characters alone. */
static gboolean is_made_of(Slice text, const char *characters)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!text.data[i] || !strchr(characters, text.data[i]))
			return FALSE;
	}
	return TRUE;
}

typedef struct Counts {
	guint kind[LITERAL_N_KINDS];
	guint shorts;
} Counts;

static void add_end(Prefilter *p, Ends *ends, guint32 number)
{
	Slice text = p->literals[number]->text;
	gsize n_blocks = MIN(text.size / BLOCK_BYTES, MAX_BLOCKS);
	guint64 key = key_of_bytes(slice_sub(text, 0, n_blocks ? 0 : text.size));

	for (gsize i = 0; i < n_blocks; i++)
		key = key_of_block(key, text, i, ends->at_start);
	ends->blocks |= 1u << n_blocks;
	if (n_blocks == 0)
		ends->bytes |= 1u << text.size;
	key_table_add(p, &ends->table, key, number);
}

static void set_bit(guint64 *bitmap, guint32 bit)
{
	bitmap[bit / 64] |= G_GUINT64_CONSTANT(1) << (bit % 64);
}

static inline gboolean has_bit(const guint64 *bitmap, guint32 bit)
{
	return bitmap[bit / 64] >> (bit % 64) & 1;
}

static inline guint32 gram_bit(guint32 gram, guint shift)
{
	return (gram * 0x9E3779B1u) >> shift;
}

static inline guint32 pair_bit(guint8 first, guint8 second)
{
	return (guint32)first << 8 | second;
}

static void add_contains(Prefilter *p, guint32 number)
{
	const Literal *literal = p->literals[number];
	Slice text = literal->text;

	if (text.size >= LITERAL_GRAM_SIZE) {
		guint32 gram = load32(text.data + literal->gram_offset);

		set_bit(p->gram_bitmap, gram_bit(gram, p->gram_shift));
		key_table_add(p, &p->grams, gram, number);
		return;
	}
	p->short_sizes |= 1u << text.size;
	key_table_add(p, &p->shorts, key_of_bytes(text), number);
	if (text.size > 1) {
		set_bit(p->pair_bitmap, pair_bit(text.data[0], text.data[1]));
		return;
	}
	for (guint second = 0; second < 256; second++)
		set_bit(p->pair_bitmap, pair_bit(text.data[0], (guint8)second));
}

static Counts count_kinds(const Literal *const *literals, guint n)
{
	Counts counts = { 0 };

	for (guint i = 0; i < n; i++) {
		if (literals[i]->kind == LITERAL_CONTAINS &&
			literals[i]->text.size < LITERAL_GRAM_SIZE)
			counts.shorts++;
		else
			counts.kind[literals[i]->kind]++;
	}
	return counts;
}

static void make_tables(Prefilter *p, const Counts *counts)
{
	guint n_grams = counts->kind[LITERAL_CONTAINS], log = MIN_BITMAP_LOG;

	key_table_init(p, &p->exact, counts->kind[LITERAL_EXACT]);
	key_table_init(p, &p->prefix.table, counts->kind[LITERAL_PREFIX]);
	key_table_init(p, &p->suffix.table, counts->kind[LITERAL_SUFFIX]);
	key_table_init(p, &p->grams, n_grams);
	key_table_init(p, &p->shorts, counts->shorts);
	if (n_grams > 0) {
		while (log < MAX_BITMAP_LOG && (1u << log) < (guint64)n_grams * BITS_PER_GRAM)
			log++;
		p->gram_shift = 32 - log;
		p->gram_bitmap = g_malloc0((1u << log) / 8);
		p->memory += (1u << log) / 8;
	}
	if (counts->shorts > 0) {
		p->pair_bitmap = g_malloc0(PAIRS / 8);
		p->memory += PAIRS / 8;
	}
}

Prefilter *prefilter_new(const Literal *const *literals, guint n)
{
	Prefilter *p = g_new0(Prefilter, 1);
	Counts counts = count_kinds(literals, n);

	p->n_literals = n;
	p->literals = g_memdup2(literals, n * sizeof(*literals));
	p->next = g_new(guint32, n);
	p->prefix.at_start = TRUE;
	p->memory = sizeof(*p) + n * (sizeof(*literals) + sizeof(guint32));
	make_tables(p, &counts);
	/* From the last to the first, so that chains run in the order of the literals. */
	for (guint32 i = n; i-- > 0;) {
		const Literal *literal = literals[i];

		/* What numbers, times, GUIDs, SIDs and binary values have as text. */
		p->fits_numbers =
			p->fits_numbers || is_made_of(literal->text, "0123456789abcdefstxz-+.:{}");
		p->fits_digits = p->fits_digits || is_made_of(literal->text, PREFILTER_DIGITS);
		switch (literal->kind) {
		case LITERAL_EXACT:
			p->has_exact = TRUE;
			p->max_exact_size = MAX(p->max_exact_size, literal->text.size);
			key_table_add(p, &p->exact, key_of_text(literal->text), i);
			break;
		case LITERAL_PREFIX:
			add_end(p, &p->prefix, i);
			break;
		case LITERAL_SUFFIX:
			add_end(p, &p->suffix, i);
			break;
		default:
			add_contains(p, i);
		}
	}
	return p;
}

void prefilter_free(Prefilter *p)
{
	if (!p)
		return;
	key_table_clear(&p->exact);
	key_table_clear(&p->prefix.table);
	key_table_clear(&p->suffix.table);
	key_table_clear(&p->grams);
	key_table_clear(&p->shorts);
	g_free(p->gram_bitmap);
	g_free(p->pair_bitmap);
	g_free(p->next);
	g_free(p->literals);
	g_free(p);
}

gsize prefilter_size(const Prefilter *p)
{
	return p->memory;
}

gboolean prefilter_fits_numbers(const Prefilter *p)
{
	return p->fits_numbers;
}

gboolean prefilter_fits_digits(const Prefilter *p)
{
	return p->fits_digits;
}

/* ---- finding ---- */

static inline void hit(PrefilterHits *hits, guint32 literal)
{
	hits->seen[literal] = 1;
	hits->found[hits->n_found++] = literal;
}

static void find_whole(
	const Prefilter *p, const KeyTable *table, guint64 key, Slice folded, PrefilterHits *hits)
{
	guint32 slot = key_table_slot(table, key);

	for (guint32 i = table->first[slot]; i != NO_LITERAL; i = p->next[i]) {
		if (!hits->seen[i] && literal_holds(p->literals[i], folded))
			hit(hits, i);
	}
}

static void find_ends(const Prefilter *p, const Ends *ends, Slice folded, PrefilterHits *hits)
{
	guint64 key = 0;

	for (gsize size = 1; ends->bytes >> size != 0 && size <= folded.size; size++) {
		Slice end = slice_sub(folded, ends->at_start ? 0 : folded.size - size, size);

		if (ends->bytes >> size & 1)
			find_whole(p, &ends->table, key_of_bytes(end), folded, hits);
	}
	for (gsize n = 1; ends->blocks >> n != 0 && n * BLOCK_BYTES <= folded.size; n++) {
		key = key_of_block(key, folded, n - 1, ends->at_start);
		if (ends->blocks >> n & 1)
			find_whole(p, &ends->table, key, folded, hits);
	}
}

/* The bitmap said "perhaps" of the gram at @position: compares the literals that have it. */
static void find_gram(
	const Prefilter *p, guint32 gram, gsize position, Slice folded, PrefilterHits *hits)
{
	guint32 slot = key_table_slot(&p->grams, gram);

	for (guint32 i = p->grams.first[slot]; i != NO_LITERAL; i = p->next[i]) {
		const Literal *literal = p->literals[i];

		if (hits->seen[i] || literal->gram_offset > position)
			continue;

		Slice here = slice_sub(folded, position - literal->gram_offset, literal->text.size);

		if (slice_equal(here, literal->text))
			hit(hits, i);
	}
}

/* What the bitmap says of the gram at @at, in bit 0. */
static inline guint64 ask_gram(const guint64 *bitmap, guint shift, const guint8 *at)
{
	guint32 bit = gram_bit(load32(at), shift);

	return bitmap[bit / 64] >> (bit % 64);
}

static void find_grams(const Prefilter *p, Slice folded, PrefilterHits *hits)
{
	const guint64 *bitmap = p->gram_bitmap;
	guint shift = p->gram_shift;
	gsize i = 0;

	/* Four together: most often the bitmap says "no" of all. */
	for (; i + 3 + LITERAL_GRAM_SIZE <= folded.size; i += 4) {
		const guint8 *at = folded.data + i;
		guint64 some = ask_gram(bitmap, shift, at) | ask_gram(bitmap, shift, at + 1) |
			ask_gram(bitmap, shift, at + 2) | ask_gram(bitmap, shift, at + 3);

		if (G_LIKELY(!(some & 1)))
			continue;
		for (gsize k = 0; k < 4; k++) {
			if (ask_gram(bitmap, shift, at + k) & 1)
				find_gram(p, load32(at + k), i + k, folded, hits);
		}
	}
	for (; i + LITERAL_GRAM_SIZE <= folded.size; i++) {
		if (ask_gram(bitmap, shift, folded.data + i) & 1)
			find_gram(p, load32(folded.data + i), i, folded, hits);
	}
}

static void find_shorts(const Prefilter *p, Slice folded, PrefilterHits *hits)
{
	for (gsize i = 0; i < folded.size; i++) {
		guint8 second = i + 1 < folded.size ? folded.data[i + 1] : 0;

		if (!has_bit(p->pair_bitmap, pair_bit(folded.data[i], second)))
			continue;
		for (gsize size = 1; size < LITERAL_GRAM_SIZE; size++) {
			Slice here = slice_sub(folded, i, size);

			if (!(p->short_sizes >> size & 1) || here.size < size)
				continue;

			guint32 slot = key_table_slot(&p->shorts, key_of_bytes(here));

			for (guint32 n = p->shorts.first[slot]; n != NO_LITERAL; n = p->next[n]) {
				if (!hits->seen[n] && slice_equal(here, p->literals[n]->text))
					hit(hits, n);
			}
		}
	}
}

void prefilter_find(const Prefilter *p, Slice folded, PrefilterHits *hits)
{
	if (p->has_exact && folded.size <= p->max_exact_size)
		find_whole(p, &p->exact, key_of_text(folded), folded, hits);
	if (p->prefix.blocks)
		find_ends(p, &p->prefix, folded, hits);
	if (p->suffix.blocks)
		find_ends(p, &p->suffix, folded, hits);
	if (p->gram_bitmap)
		find_grams(p, folded, hits);
	if (p->pair_bitmap)
		find_shorts(p, folded, hits);
}

void prefilter_hits_reset(PrefilterHits *hits)
{
	for (guint i = 0; i < hits->n_found; i++)
		hits->seen[hits->found[i]] = 0;
	hits->n_found = 0;
}

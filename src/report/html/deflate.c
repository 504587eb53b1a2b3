/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input is cut into blocks of BLOCK_TOKENS tokens; a token is a literal or a (length, distance)
 * pair. Each block counts its symbols, builds two Huffman codes of at most 15 bits and writes them
 * as RFC 1951, section 3.2.7 says. Where a code would grow too long, its counts are halved and it
 * is built anew: simple, and nearly as good as package-merge.
 */
#include "report/html/deflate.h"

#include <string.h>

#define WINDOW_BYTES   32768u
#define HASH_BITS      15
#define MIN_MATCH      3u
#define MAX_MATCH      258u
#define MAX_CHAIN      48  /* candidates tried at each position */
#define GOOD_MATCH     64u /* long enough to stop looking for a longer one */
#define BLOCK_TOKENS   16384
#define N_LITERALS     286
#define N_DISTANCES    30
#define N_CODE_LENGTHS 19
#define END_OF_BLOCK   256

typedef struct Token {
	guint16 length; /* 0: a literal */
	guint16 value;	/* the literal, or the distance */
} Token;

typedef struct Deflate {
	GByteArray *out;
	guint64 bits;
	guint n_bits;
	Slice input;
	gint32 head[1 << HASH_BITS];
	gint32 previous[WINDOW_BYTES];
	Token tokens[BLOCK_TOKENS];
	guint n_tokens;
} Deflate;

typedef struct Code {
	guint8 length[N_LITERALS];
	guint16 code[N_LITERALS];
} Code;

static const guint16 length_base[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
	35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
static const guint8 length_extra[29] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
	4, 4, 4, 4, 5, 5, 5, 5, 0 };
static const guint16 distance_base[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129,
	193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };
static const guint8 distance_extra[30] = { 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8,
	8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13 };
static const guint8 code_length_order[N_CODE_LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4,
	12, 3, 13, 2, 14, 1, 15 };

/* ---- bits ---- */

static void put_bits(Deflate *d, guint32 value, guint n)
{
	d->bits |= (guint64)value << d->n_bits;
	d->n_bits += n;
	while (d->n_bits >= 8) {
		guint8 byte = (guint8)d->bits;

		g_byte_array_append(d->out, &byte, 1);
		d->bits >>= 8;
		d->n_bits -= 8;
	}
}

/* ---- Huffman codes ---- */

typedef struct Leaf {
	guint32 count;
	guint16 symbol;
} Leaf;

static int compare_leaves(const void *a, const void *b)
{
	const Leaf *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->symbol < y->symbol ? -1 : 1;
}

/* Merges sorted @leaves by the two-queue method; returns the depth of the deepest. */
static guint build_depths(const Leaf *leaves, guint n, guint8 *ret_lengths)
{
	guint32 count[2 * N_LITERALS];
	guint16 parent[2 * N_LITERALS] = { 0 };
	guint8 depth[2 * N_LITERALS] = { 0 };
	guint next_leaf = 0, next_node = n, n_nodes = n, deepest = 0;

	for (guint i = 0; i < n; i++)
		count[i] = leaves[i].count;
	while (n_nodes < 2 * n - 1) {
		count[n_nodes] = 0;
		for (guint k = 0; k < 2; k++) {
			gboolean leaf = next_leaf < n &&
				(next_node >= n_nodes || count[next_leaf] <= count[next_node]);
			guint child = leaf ? next_leaf++ : next_node++;

			count[n_nodes] += count[child];
			parent[child] = (guint16)n_nodes;
		}
		n_nodes++;
	}
	for (guint i = 2 * n - 1; i-- > 0;) {
		if (i < 2 * n - 2)
			depth[i] = depth[parent[i]] + 1;
		if (i < n) {
			ret_lengths[leaves[i].symbol] = depth[i];
			deepest = MAX(deepest, depth[i]);
		}
	}
	return deepest;
}

/* The codes of RFC 1951, section 3.2.2, with their bits reversed as they are written. */
static void assign_codes(Code *code, guint n)
{
	guint per_length[16] = { 0 }, next[16] = { 0 }, value = 0;

	for (guint i = 0; i < n; i++)
		per_length[code->length[i]]++;
	per_length[0] = 0;
	for (guint bits = 1; bits < 16; bits++) {
		value = (value + per_length[bits - 1]) << 1;
		next[bits] = value;
	}
	for (guint i = 0; i < n; i++) {
		guint forward = code->length[i] ? next[code->length[i]]++ : 0, reversed = 0;

		for (guint bit = 0; bit < code->length[i]; bit++)
			reversed |= ((forward >> bit) & 1) << (code->length[i] - 1 - bit);
		code->code[i] = (guint16)reversed;
	}
}

static void code_build(Code *ret, const guint32 *counts, guint n, guint limit)
{
	Leaf leaves[N_LITERALS];
	guint n_leaves = 0;

	memset(ret, 0, sizeof *ret);
	for (guint i = 0; i < n; i++) {
		if (counts[i])
			leaves[n_leaves++] = (Leaf){ counts[i], (guint16)i };
	}
	/* One symbol alone still needs a bit; inflaters want a complete code, so it gets company.
	 */
	for (guint i = 0; n_leaves < 2; i++) {
		if (!counts[i])
			leaves[n_leaves++] = (Leaf){ 1, (guint16)i };
	}
	qsort(leaves, n_leaves, sizeof *leaves, compare_leaves);
	while (build_depths(leaves, n_leaves, ret->length) > limit) {
		for (guint i = 0; i < n_leaves; i++)
			leaves[i].count = (leaves[i].count + 1) / 2;
		qsort(leaves, n_leaves, sizeof *leaves, compare_leaves);
	}
	assign_codes(ret, n);
}

/* ---- blocks ---- */

static guint find_code(const guint16 *base, guint n, guint value)
{
	guint low = 0, high = n;

	while (high - low > 1) {
		guint middle = (low + high) / 2;

		if (base[middle] <= value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* One code length, or a run of them, as section 3.2.7 writes it. */
typedef struct LengthToken {
	guint8 symbol, extra, extra_bits;
} LengthToken;

static guint pack_lengths(const guint8 *lengths, guint n, LengthToken *ret)
{
	guint n_ret = 0;

	for (guint i = 0; i < n;) {
		guint run = 1;

		while (i + run < n && lengths[i + run] == lengths[i])
			run++;
		if (lengths[i] == 0 && run >= 3) {
			run = MIN(run, 138);
			ret[n_ret++] = run < 11 ? (LengthToken){ 17, (guint8)(run - 3), 3 }
						: (LengthToken){ 18, (guint8)(run - 11), 7 };
		} else if (lengths[i] && run >= 4) {
			run = MIN(run, 7);
			ret[n_ret++] = (LengthToken){ lengths[i], 0, 0 };
			ret[n_ret++] = (LengthToken){ 16, (guint8)(run - 4), 2 };
		} else {
			run = 1;
			ret[n_ret++] = (LengthToken){ lengths[i], 0, 0 };
		}
		i += run;
	}
	return n_ret;
}

static void put_codes(Deflate *d, const Code *literals, const Code *distances)
{
	guint8 lengths[N_LITERALS + N_DISTANCES];
	LengthToken packed[N_LITERALS + N_DISTANCES];
	guint32 counts[N_CODE_LENGTHS] = { 0 };
	guint n_packed, n_written = N_CODE_LENGTHS;
	Code code;

	memcpy(lengths, literals->length, N_LITERALS);
	memcpy(lengths + N_LITERALS, distances->length, N_DISTANCES);
	n_packed = pack_lengths(lengths, N_LITERALS + N_DISTANCES, packed);
	for (guint i = 0; i < n_packed; i++)
		counts[packed[i].symbol]++;
	code_build(&code, counts, N_CODE_LENGTHS, 7);
	while (n_written > 4 && code.length[code_length_order[n_written - 1]] == 0)
		n_written--;

	put_bits(d, N_LITERALS - 257, 5);
	put_bits(d, N_DISTANCES - 1, 5);
	put_bits(d, n_written - 4, 4);
	for (guint i = 0; i < n_written; i++)
		put_bits(d, code.length[code_length_order[i]], 3);
	for (guint i = 0; i < n_packed; i++) {
		put_bits(d, code.code[packed[i].symbol], code.length[packed[i].symbol]);
		put_bits(d, packed[i].extra, packed[i].extra_bits);
	}
}

static void put_match(Deflate *d, const Token *token, const Code *literals, const Code *distances)
{
	guint length = find_code(length_base, 29, token->length);
	guint distance = find_code(distance_base, 30, token->value);

	put_bits(d, literals->code[257 + length], literals->length[257 + length]);
	put_bits(d, token->length - length_base[length], length_extra[length]);
	put_bits(d, distances->code[distance], distances->length[distance]);
	put_bits(d, token->value - distance_base[distance], distance_extra[distance]);
}

static void put_block(Deflate *d, gboolean final)
{
	guint32 literal_counts[N_LITERALS] = { 0 }, distance_counts[N_DISTANCES] = { 0 };
	Code literals, distances;

	literal_counts[END_OF_BLOCK] = 1;
	for (guint i = 0; i < d->n_tokens; i++) {
		const Token *token = &d->tokens[i];

		if (token->length) {
			literal_counts[257 + find_code(length_base, 29, token->length)]++;
			distance_counts[find_code(distance_base, 30, token->value)]++;
		} else {
			literal_counts[token->value]++;
		}
	}
	code_build(&literals, literal_counts, N_LITERALS, 15);
	code_build(&distances, distance_counts, N_DISTANCES, 15);

	put_bits(d, final, 1);
	put_bits(d, 2, 2);
	put_codes(d, &literals, &distances);
	for (guint i = 0; i < d->n_tokens; i++) {
		guint value = d->tokens[i].value;

		if (d->tokens[i].length)
			put_match(d, &d->tokens[i], &literals, &distances);
		else
			put_bits(d, literals.code[value], literals.length[value]);
	}
	put_bits(d, literals.code[END_OF_BLOCK], literals.length[END_OF_BLOCK]);
	d->n_tokens = 0;
}

/* ---- repeats ---- */

static guint hash_at(const Deflate *d, gsize at)
{
	const guint8 *p = d->input.data + at;
	guint32 three = (guint32)p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16;

	return (three * 2654435761u) >> (32 - HASH_BITS);
}

static void remember(Deflate *d, gsize at)
{
	if (at + MIN_MATCH <= d->input.size) {
		guint hash = hash_at(d, at);

		d->previous[at % WINDOW_BYTES] = d->head[hash];
		d->head[hash] = (gint32)at;
	}
}

/* The longest repeat at @at of what came before it; 0 where there is none. */
static guint longest_match(const Deflate *d, gsize at, guint *ret_distance)
{
	gsize room = MIN(d->input.size - at, MAX_MATCH);
	const guint8 *here = d->input.data + at;
	guint best = 0;
	gint32 candidate;

	if (room < MIN_MATCH)
		return 0;
	candidate = d->head[hash_at(d, at)];
	for (guint tries = 0; tries < MAX_CHAIN && candidate >= 0; tries++) {
		const guint8 *there = d->input.data + candidate;
		guint length = 0;

		if (at - (gsize)candidate > WINDOW_BYTES - MAX_MATCH)
			break;
		if (best == 0 || there[best] == here[best]) {
			while (length < room && there[length] == here[length])
				length++;
		}
		if (length > best) {
			best = length;
			*ret_distance = (guint)(at - (gsize)candidate);
			if (best >= GOOD_MATCH || best == room)
				break;
		}
		candidate = d->previous[(gsize)candidate % WINDOW_BYTES];
	}
	return best >= MIN_MATCH ? best : 0;
}

static void add_token(Deflate *d, guint length, guint value)
{
	if (d->n_tokens == BLOCK_TOKENS)
		put_block(d, FALSE);
	d->tokens[d->n_tokens++] = (Token){ (guint16)length, (guint16)value };
}

static void compress(Deflate *d)
{
	gsize at = 0;

	while (at < d->input.size) {
		guint distance = 0, length = longest_match(d, at, &distance);

		remember(d, at);
		if (length && length < GOOD_MATCH && at + 1 < d->input.size) {
			guint later_distance = 0;

			/* A literal now is worth it where the next byte begins a longer match. */
			if (longest_match(d, at + 1, &later_distance) > length)
				length = 0;
		}
		if (!length) {
			add_token(d, 0, d->input.data[at++]);
			continue;
		}
		add_token(d, length, distance);
		for (guint i = 1; i < length; i++)
			remember(d, at + i);
		at += length;
	}
	put_block(d, TRUE);
	put_bits(d, 0, (8 - d->n_bits % 8) % 8);
}

/* ---- gzip ---- */

static guint32 crc32_of(Slice input)
{
	guint32 table[256], crc = 0xFFFFFFFFu;

	for (guint i = 0; i < 256; i++) {
		guint32 c = i;

		for (guint bit = 0; bit < 8; bit++)
			c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
		table[i] = c;
	}
	for (gsize i = 0; i < input.size; i++)
		crc = table[(crc ^ input.data[i]) & 0xFF] ^ (crc >> 8);
	return ~crc;
}

static void append_u32(GByteArray *out, guint32 value)
{
	guint32 little = GUINT32_TO_LE(value);

	g_byte_array_append(out, (const guint8 *)&little, 4);
}

void deflate_append_gzip(GByteArray *out, Slice input)
{
	static const guint8 header[10] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF };
	Deflate *d;

	/* Positions are kept as gint32; the report's payloads are far smaller. */
	g_assert(input.size <= G_MAXINT32);
	d = g_new0(Deflate, 1);
	d->out = out;
	d->input = input;
	memset(d->head, 0xFF, sizeof d->head);
	g_byte_array_append(out, header, sizeof header);
	compress(d);
	append_u32(out, crc32_of(input));
	append_u32(out, (guint32)input.size);
	g_free(d);
}

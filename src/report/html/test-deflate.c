/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compressor, against a small inflater of our own (RFC 1951, dynamic blocks only, in the manner
 * of Mark Adler's puff): what goes in comes out, and repeats make it small. tests/report has
 * browsers' and Python's inflaters read it too.
 */
#include <string.h>

#include "report/html/deflate.h"

typedef struct Reader {
	const guint8 *data;
	gsize size, at_bit;
} Reader;

typedef struct Huffman {
	guint16 count[16], symbol[288];
} Huffman;

static const guint16 length_bases[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
	35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
static const guint16 distance_bases[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129,
	193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };

static guint read_bits(Reader *r, guint n)
{
	guint value = 0;

	for (guint i = 0; i < n; i++, r->at_bit++) {
		g_assert_cmpuint(r->at_bit / 8, <, r->size);
		value |= (guint)(r->data[r->at_bit / 8] >> (r->at_bit % 8) & 1) << i;
	}
	return value;
}

static void huffman_init(Huffman *h, const guint8 *lengths, guint n)
{
	guint16 offset[16] = { 0 };
	gint left = 1;

	memset(h, 0, sizeof *h);
	for (guint i = 0; i < n; i++)
		h->count[lengths[i]]++;
	h->count[0] = 0;
	for (guint bits = 1; bits < 16; bits++) {
		left = left * 2 - h->count[bits];
		g_assert_cmpint(left, >=, 0); /* not over-subscribed */
		if (bits < 15)
			offset[bits + 1] = (guint16)(offset[bits] + h->count[bits]);
	}
	g_assert_cmpint(left, ==, 0); /* complete: what every inflater accepts */
	for (guint i = 0; i < n; i++) {
		if (lengths[i])
			h->symbol[offset[lengths[i]]++] = (guint16)i;
	}
}

static guint read_symbol(Reader *r, const Huffman *h)
{
	gint code = 0, first = 0, index = 0;

	for (guint bits = 1; bits < 16; bits++) {
		code |= (gint)read_bits(r, 1);
		if (code - h->count[bits] < first)
			return h->symbol[index + code - first];
		index += h->count[bits];
		first = (first + h->count[bits]) << 1;
		code <<= 1;
	}
	g_assert_not_reached();
}

static void read_codes(Reader *r, Huffman *literals, Huffman *distances)
{
	static const guint8 order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14,
		1, 15 };
	guint n_literals = read_bits(r, 5) + 257, n_distances = read_bits(r, 5) + 1;
	guint n_lengths = read_bits(r, 4) + 4, n = 0;
	guint8 lengths[320] = { 0 };
	Huffman code;

	for (guint i = 0; i < n_lengths; i++)
		lengths[order[i]] = (guint8)read_bits(r, 3);
	huffman_init(&code, lengths, 19);
	memset(lengths, 0, sizeof lengths);
	while (n < n_literals + n_distances) {
		guint symbol = read_symbol(r, &code), times = 1;
		guint8 length = (guint8)symbol;

		if (symbol >= 16) {
			length = symbol == 16 ? lengths[n - 1] : 0;
			times = symbol == 16   ? 3 + read_bits(r, 2)
				: symbol == 17 ? 3 + read_bits(r, 3)
					       : 11 + read_bits(r, 7);
		}
		while (times-- > 0)
			lengths[n++] = length;
	}
	huffman_init(literals, lengths, n_literals);
	huffman_init(distances, lengths + n_literals, n_distances);
}

static void read_block(Reader *r, GByteArray *out)
{
	Huffman literals, distances;
	guint symbol;

	g_assert_cmpuint(read_bits(r, 2), ==, 2);
	read_codes(r, &literals, &distances);
	while ((symbol = read_symbol(r, &literals)) != 256) {
		guint8 byte = (guint8)symbol;
		guint length, distance;

		if (symbol < 256) {
			g_byte_array_append(out, &byte, 1);
			continue;
		}
		symbol -= 257;
		length = length_bases[symbol] +
			read_bits(r, symbol < 8 || symbol == 28 ? 0 : (symbol - 4) / 4);
		symbol = read_symbol(r, &distances);
		distance = distance_bases[symbol] + read_bits(r, symbol < 4 ? 0 : (symbol - 2) / 2);
		g_assert_cmpuint(distance, <=, out->len);
		while (length-- > 0) {
			byte = out->data[out->len - distance];
			g_byte_array_append(out, &byte, 1);
		}
	}
}

/* Packs and unpacks @size bytes of @data; returns the packed size. */
static guint assert_round_trip(const void *data, gsize size)
{
	g_autoptr(GByteArray) packed = g_byte_array_new(), again = g_byte_array_new();
	g_autoptr(GByteArray) out = g_byte_array_new();
	guint32 size_told;
	Reader r;
	guint last;

	deflate_append_gzip(packed, slice_make(data, size));
	deflate_append_gzip(again, slice_make(data, size));
	g_assert_cmpmem(packed->data, packed->len, again->data, again->len);
	g_assert_cmpmem(packed->data, 10, "\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
	r = (Reader){ packed->data + 10, packed->len - 18, 0 };
	do {
		last = read_bits(&r, 1);
		read_block(&r, out);
	} while (!last);
	g_assert_cmpuint((r.at_bit + 7) / 8, ==, r.size);
	g_assert_cmpmem(out->data, out->len, data, size);
	memcpy(&size_told, packed->data + packed->len - 4, 4);
	g_assert_cmpuint(GUINT32_FROM_LE(size_told), ==, size);
	return packed->len;
}

static void test_small(void)
{
	(void)assert_round_trip("", 0);
	(void)assert_round_trip("a", 1);
	(void)assert_round_trip("aaaa", 4);
	(void)assert_round_trip("abcabcabcabd", 12);
}

/* A simple generator: noise that is the same on every machine. */
static guint32 next_noise(guint32 *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

static void test_noise(void)
{
	enum { SIZE = 300000 };
	g_autofree guint8 *noise = g_malloc(SIZE);
	guint32 state = 1;

	for (guint i = 0; i < SIZE; i++)
		noise[i] = (guint8)next_noise(&state);
	g_assert_cmpuint(assert_round_trip(noise, SIZE), <, SIZE + SIZE / 100);
}

static void test_repeats(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint32 state = 2;

	for (guint i = 0; i < 20000; i++)
		g_string_append_printf(text, "{\"Image\":\"C:\\\\Windows\\\\%u.exe\",\"n\":%u},",
			next_noise(&state) % 40, i);
	g_assert_cmpuint(assert_round_trip(text->str, text->len), <, text->len / 6);
}

/* Counts as Fibonacci numbers give the deepest tree: more than 15 levels before the limit. */
static void test_deep_code(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint a = 1, b = 1;

	for (guint symbol = 0; symbol < 22; symbol++) {
		for (guint i = 0; i < a; i++)
			g_string_append_c(text, (char)('A' + symbol));
		b += a;
		a = b - a;
	}
	(void)assert_round_trip(text->str, text->len);
}

static void test_far_repeat(void)
{
	enum { SIZE = 100000 };
	g_autofree guint8 *data = g_malloc(SIZE);
	guint32 state = 3;

	for (guint i = 0; i < SIZE; i++)
		data[i] = i < 33000 ? (guint8)next_noise(&state) : data[i - 32700];
	(void)assert_round_trip(data, SIZE);
}

/* The known check value of CRC-32 (of "123456789") as gzip keeps it. */
static void test_crc(void)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();

	deflate_append_gzip(packed, slice_from_text("123456789"));
	g_assert_cmpmem(packed->data + packed->len - 8, 4, "\x26\x39\xF4\xCB", 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/deflate/small", test_small);
	g_test_add_func("/report/deflate/noise", test_noise);
	g_test_add_func("/report/deflate/repeats", test_repeats);
	g_test_add_func("/report/deflate/deep-code", test_deep_code);
	g_test_add_func("/report/deflate/far-repeat", test_far_repeat);
	g_test_add_func("/report/deflate/crc", test_crc);
	return g_test_run();
}

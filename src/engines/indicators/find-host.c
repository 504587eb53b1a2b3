/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and addresses. */
#include "base/block.h"
#include "base/text.h"
#include "engines/indicators/find.h"
#include "engines/indicators/form.h"
#include "engines/indicators/words.h"
#include "intel/normal.h"

#define MAX_HOST_BYTES 253 /* RFC 1035 */
#define MAX_PORT_BYTES 5

/* A host in lower case, and where its dots are. */
typedef struct Labels {
	guint8 text[MAX_HOST_BYTES + 3 + BLOCK_BYTES];
	guint64 dots[4];
} Labels;

static void read_labels(Labels *labels, Slice host)
{
	labels->dots[0] = labels->dots[1] = labels->dots[2] = labels->dots[3] = 0;
	memcpy(labels->text, host.data, host.size);
	memset(&labels->text[host.size], 0, BLOCK_BYTES);
	for (gsize i = 0; i < host.size; i += BLOCK_BYTES) {
		Block block = block_fold_ascii(block_load(&labels->text[i]));

		block_store(&labels->text[i], block);
		labels->dots[i / 64] |= (guint64)block_equal(block, '.') << i % 64;
	}
}

/* Looks up the host and, from label to label, its parents, but for the last label alone. */
static void look_suffixes(Finder *finder, const Labels *labels, gsize size)
{
	Slice text = slice_make(labels->text, size);
	guint64 hash = key_start(INDICATOR_HOST);
	gsize end = size;

	for (gsize word = (size + 63) / 64; word-- > 0;) {
		guint64 dots = labels->dots[word];

		while (dots) {
			gsize bit = 63 - (gsize)__builtin_clzll(dots);
			gsize dot = word * 64 + bit;

			dots &= ~(G_GUINT64_CONSTANT(1) << bit);
			hash = key_add(hash, slice_make(&labels->text[dot + 1], end - dot - 1));
			if (end != size)
				finder_look(finder, INDICATOR_HOST, hash,
					slice_sub(text, dot + 1, size), TRUE);
			end = dot;
		}
	}
	hash = key_add(hash, slice_make(labels->text, end));
	finder_look(finder, INDICATOR_HOST, hash, text, FALSE);
}

gboolean find_host(Finder *finder, Slice host)
{
	Labels labels;

	if (host.size == 0 || host.size > MAX_HOST_BYTES)
		return FALSE;
	read_labels(&labels, host);
	if (finder_has(finder, INDICATOR_HOST))
		look_suffixes(finder, &labels, host.size);
	return finder_has(finder, INDICATOR_URL) &&
		finder_may_have(finder, INDICATOR_URL,
			key_gate(key_hash(INDICATOR_URL, slice_make(labels.text, host.size))));
}

/* ---- other letters than ASCII's ---- */

/* What can be a letter of a host; dots of other scripts are dots there (UTS #46). */
static gboolean is_host_char(gunichar c)
{
	if (c < 0x80)
		return word_is(c, WORD_HOST);
	return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == 0x3002 || c == 0xFF0E ||
		c == 0xFF61 || c == 0x200D || c == 0x200C || c == 0xB7;
}

static void find_foreign_piece(Finder *finder, Slice text, gsize start, gsize end)
{
	Slice piece = words_trim(slice_sub(text, start, end - start));
	gsize at = piece.size ? (gsize)(piece.data - text.data) : start;
	Slice host = piece;

	if (piece.size == 0 || piece.size > 4 * MAX_HOST_BYTES)
		return;
	for (gsize i = 0; i < piece.size; i++) {
		if (piece.data[i] < 0x80)
			continue;
		g_string_truncate(finder->host, 0);
		if (normal_append(finder->host, INDICATOR_HOST, piece) != NULL)
			return;
		host = slice_make(finder->host->str, finder->host->len);
		break;
	}
	if (host.data == piece.data)
		find_word(finder, text, at, at + piece.size, FALSE);
	else if (find_host(finder, host))
		find_url(finder, host, text, at, at + piece.size, FALSE);
}

void find_foreign_host(Finder *finder, Slice text, gsize start, gsize end)
{
	gsize piece = start, at = start;

	while (at < end) {
		gunichar c =
			g_utf8_get_char_validated((const char *)&text.data[at], (gssize)(end - at));
		gsize size = 1;

		if (c == (gunichar)-1 || c == (gunichar)-2)
			c = ' ';
		else
			size = (gsize)g_unichar_to_utf8(c, NULL);
		if (!is_host_char(c)) {
			find_foreign_piece(finder, text, piece, at);
			piece = at + size;
		}
		at += size;
	}
	find_foreign_piece(finder, text, piece, end);
}

/* ---- addresses ---- */

static void look_network(Finder *finder, const guint8 *address, gsize n, guint length)
{
	guint8 key[17] = { (guint8)length };

	for (guint i = 0; i < n; i++) {
		guint left = length > i * 8 ? length - i * 8 : 0;

		key[1 + i] = left >= 8 ? address[i] : address[i] & (guint8)(0xFF00 >> left);
	}
	finder_look(finder, INDICATOR_NETWORK, key_hash(INDICATOR_NETWORK, slice_make(key, n + 1)),
		slice_make(key, n + 1), TRUE);
}

void find_address(Finder *finder, const guint8 *address, gsize n)
{
	Slice key = slice_make(address, n);
	const guint8 *lengths = n == 4 ? finder->lengths_v4 : finder->lengths_v6;
	guint n_lengths = n == 4 ? finder->n_lengths_v4 : finder->n_lengths_v6;

	finder_look(finder, INDICATOR_ADDRESS, key_hash(INDICATOR_ADDRESS, key), key, FALSE);
	for (guint i = 0; i < n_lengths; i++)
		look_network(finder, address, n, lengths[i]);
}

/* TRUE where @text is an address as a whole, also [in brackets]; it has been looked up then. */
static gboolean take_address(Finder *finder, Slice text)
{
	guint8 address[16];
	guint n;

	if (form_from_ipv4(text, address)) {
		find_address(finder, address, 4);
		return TRUE;
	}
	if (text.size < 2 || !memchr(text.data, ':', text.size))
		return FALSE;
	if (text.data[0] == '[' && text.data[text.size - 1] == ']')
		text = slice_sub(text, 1, text.size - 2);
	n = form_from_ipv6(text, address);
	if (n)
		find_address(finder, address, n);
	return n != 0;
}

static gboolean can_be_in_ipv6(guint8 c)
{
	return g_ascii_isxdigit((char)c) || c == ':' || c == '.';
}

static void take_ipv6(Finder *finder, Slice run)
{
	guint8 address[16];
	guint n;

	/* A colon or dot behind it may be the sentence's. */
	while (run.size &&
		(run.data[run.size - 1] == '.' ||
			(run.data[run.size - 1] == ':' && run.size > 2 &&
				run.data[run.size - 2] != ':')))
		run.size--;
	n = form_from_ipv6(run, address);
	if (n == 16) /* mapped ones have been found by their dots */
		find_address(finder, address, n);
}

/* From colon to colon, since each address has at least two. */
void find_ipv6_text(Finder *finder, Slice text)
{
	gsize at = 0;

	while (at < text.size) {
		const guint8 *colon = memchr(&text.data[at], ':', text.size - at);
		gsize start, end, first;
		guint n_colons = 0;

		if (!colon)
			return;
		first = start = end = (gsize)(colon - text.data);
		while (start > at && can_be_in_ipv6(text.data[start - 1]))
			start--;
		for (; end < text.size && can_be_in_ipv6(text.data[end]); end++)
			n_colons += text.data[end] == ':';
		/* "src:2001:db8::1": what stands before the first colon belongs to a word. */
		if (start > 0 && word_is(text.data[start - 1], WORD_HOST))
			start = first + 1;
		if (n_colons >= 2 && (end == text.size || !word_is(text.data[end], WORD_HOST)))
			take_ipv6(finder, slice_sub(text, start, end - start));
		at = MAX(end, first + 1);
	}
}

/* ---- fields ---- */

/* Cuts ":443" off. */
static Slice cut_port(Slice text)
{
	gsize n = 0;

	while (n < text.size && n <= MAX_PORT_BYTES &&
		g_ascii_isdigit((char)text.data[text.size - 1 - n]))
		n++;
	if (n > 0 && n <= MAX_PORT_BYTES && n < text.size && text.data[text.size - 1 - n] == ':')
		text.size -= n + 1;
	return text;
}

static gboolean is_word(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!word_is(text.data[i], WORD_HOST) || text.data[i] >= 0x80)
			return FALSE;
	}
	return text.size > 0;
}

void find_host_field(Finder *finder, Slice text)
{
	Slice host = cut_port(text), trimmed;

	if (!is_word(host)) {
		if (!take_address(finder, text))
			find_text(finder, text, TRUE);
		return;
	}
	trimmed = words_trim(host);
	if (trimmed.size == 0)
		return;
	if (g_ascii_isdigit((char)trimmed.data[0]) && take_address(finder, trimmed))
		return;
	if (find_host(finder, trimmed)) {
		gsize start = (gsize)(trimmed.data - text.data);

		find_url(finder, trimmed, text, start, start + trimmed.size, TRUE);
	}
}

void find_address_field(Finder *finder, Slice text)
{
	if (!take_address(finder, text) && !take_address(finder, cut_port(text)))
		find_text(finder, text, FALSE);
}

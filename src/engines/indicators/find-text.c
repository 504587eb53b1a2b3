/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Free text. All that is looked for has a dot, but hashes, IPv6 addresses and the odd path: so it
 * is gone through from dot to dot, and the word around each is looked at.
 */
#include "engines/indicators/find.h"
#include "engines/indicators/form.h"
#include "engines/indicators/words.h"

#define MAX_WORD_BYTES	4096
#define MAX_LOCAL_BYTES 64 /* RFC 5321 */

#define KIND(kind) (1u << (kind))
#define HASH_KINDS                                                                                 \
	(KIND(INDICATOR_MD5) | KIND(INDICATOR_SHA1) | KIND(INDICATOR_SHA256) |                     \
		KIND(INDICATOR_IMPHASH) | KIND(INDICATOR_JA3))
#define HOST_KINDS    (KIND(INDICATOR_HOST) | KIND(INDICATOR_URL))
#define ADDRESS_KINDS (KIND(INDICATOR_ADDRESS) | KIND(INDICATOR_NETWORK) | KIND(INDICATOR_URL))
#define PATH_KINDS    (KIND(INDICATOR_FILE_NAME) | KIND(INDICATOR_FILE_PATH))

/* A component of a path is no host; what stands behind two separators is one. */
static gboolean is_component(Slice text, gsize start)
{
	guint8 before = start > 0 ? text.data[start - 1] : ' ';

	if (before != '/' && before != '\\')
		return FALSE;
	return start < 2 || text.data[start - 2] != before;
}

/* TRUE where @word is of digits, dots, "-" and "_" alone: its parts may be addresses, nothing else.
 */
static gboolean take_numbers(Finder *finder, Slice text, gsize start, gsize end, gboolean is_url)
{
	gsize part = start;

	for (gsize i = start; i < end; i++) {
		if (!g_ascii_isdigit((char)text.data[i]) && !memchr(".-_", text.data[i], 3))
			return FALSE;
	}
	for (gsize i = start; i <= end; i++) {
		guint8 address[4];
		Slice piece;

		if (i < end && text.data[i] != '-' && text.data[i] != '_')
			continue;
		piece = words_trim(slice_sub(text, part, i - part));
		if (form_from_ipv4(piece, address)) {
			gsize at = (gsize)(piece.data - text.data);

			find_address(finder, address, 4);
			if (finder_has(finder, INDICATOR_URL) &&
				finder_may_have(finder, INDICATOR_URL,
					key_gate(key_hash(INDICATOR_URL, piece))))
				find_url(finder, piece, text, at, at + piece.size, is_url);
		}
		part = i + 1;
	}
	return TRUE;
}

static void take_email(Finder *finder, Slice text, gsize start, gsize end)
{
	g_autoptr(GString) email = NULL;
	gsize local = start - 1;
	Slice key;

	while (local > 0 && word_is(text.data[local - 1], WORD_LOCAL) &&
		start - local <= MAX_LOCAL_BYTES)
		local--;
	while (local < start - 1 && memchr("'.", text.data[local], 2))
		local++;
	if (local == start - 1)
		return;
	email = g_string_sized_new(end - local);
	for (gsize i = local; i < end; i++)
		g_string_append_c(email, g_ascii_tolower((char)text.data[i]));
	key = slice_make(email->str, email->len);
	finder_look(finder, INDICATOR_EMAIL, key_hash(INDICATOR_EMAIL, key), key, FALSE);
}

void find_word(Finder *finder, Slice text, gsize start, gsize end, gboolean is_url)
{
	Slice host = slice_sub(text, start, end - start);
	gsize at;

	if (finder->kinds & PATH_KINDS)
		find_path_text(finder, text, start, end);
	host = words_trim(host);
	if (host.size < 3)
		return;
	at = (gsize)(host.data - text.data);
	if (g_ascii_isdigit((char)host.data[host.size - 1]) && finder->kinds & ADDRESS_KINDS &&
		take_numbers(finder, text, at, at + host.size, is_url))
		return;
	if (is_component(text, start))
		return;
	if (at > 0 && text.data[at - 1] == '@' && finder_has(finder, INDICATOR_EMAIL))
		take_email(finder, text, at, at + host.size);
	if (finder->kinds & HOST_KINDS && memchr(host.data, '.', host.size) &&
		find_host(finder, host))
		find_url(finder, host, text, at, at + host.size, is_url);
}

static gboolean is_ascii(Slice text)
{
	guint8 all = 0;

	for (gsize i = 0; i < text.size; i++)
		all |= text.data[i];
	return all < 0x80;
}

static void find_words(Finder *finder, Slice text, gboolean is_url)
{
	gsize at = 0;

	while (at < text.size) {
		const guint8 *dot = memchr(&text.data[at], '.', text.size - at);
		gsize start, end;

		if (!dot)
			return;
		start = end = (gsize)(dot - text.data);
		while (start > at && word_is(text.data[start - 1], WORD_HOST))
			start--;
		while (end < text.size && word_is(text.data[end], WORD_HOST))
			end++;
		at = end;
		if (end - start > MAX_WORD_BYTES)
			continue;
		if (G_LIKELY(is_ascii(slice_sub(text, start, end - start))))
			find_word(finder, text, start, end, is_url);
		else
			find_foreign_host(finder, text, start, end);
	}
}

void find_text(Finder *finder, Slice text, gboolean is_url)
{
	guint32 kinds = finder->kinds;

	if (kinds & (HOST_KINDS | ADDRESS_KINDS | PATH_KINDS | KIND(INDICATOR_EMAIL)))
		find_words(finder, text, is_url);
	if (finder->has_ipv6)
		find_ipv6_text(finder, text);
	if (kinds & HASH_KINDS)
		find_hashes(finder, text, kinds & HASH_KINDS);
	if (kinds & KIND(INDICATOR_FILE_PATH))
		find_dotless_paths(finder, text);
	if (kinds & KIND(INDICATOR_REGISTRY_KEY))
		find_registry_text(finder, text);
}

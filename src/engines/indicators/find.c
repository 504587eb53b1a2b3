/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/find.h"

#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/patterns.h"

#define MAX_HITS (2 * LIMIT_INDICATOR_FINDINGS)

void finder_init(Finder *finder, const Store *stores, guint n_stores)
{
	*finder = (Finder){ .stores = stores, .n_stores = n_stores };
	finder->hits = g_array_new(FALSE, FALSE, sizeof(Hit));
	finder->texts = g_string_new(NULL);
	finder->plain = g_string_new(NULL);
	finder->folded = g_string_new(NULL);
	finder->url = g_string_new(NULL);
	finder->host = g_string_new(NULL);
	for (guint s = 0; s < n_stores; s++) {
		for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++)
			finder->kinds |=
				store_count(&stores[s], (IndicatorKind)kind) ? 1u << kind : 0;
		finder->has_ipv6 |= store_has_ipv6(&stores[s]);
	}
	for (guint length = 0; length <= 128; length++) {
		gboolean v4 = FALSE, v6 = FALSE;

		for (guint s = 0; s < n_stores; s++) {
			v4 |= length <= 32 && store_has_length(&stores[s], FALSE, length);
			v6 |= store_has_length(&stores[s], TRUE, length);
		}
		if (v4)
			finder->lengths_v4[finder->n_lengths_v4++] = (guint8)length;
		if (v6)
			finder->lengths_v6[finder->n_lengths_v6++] = (guint8)length;
	}
}

void finder_clear(Finder *finder)
{
	if (!finder->hits)
		return;
	g_array_unref(finder->hits);
	g_string_free(finder->texts, TRUE);
	g_string_free(finder->plain, TRUE);
	g_string_free(finder->folded, TRUE);
	g_string_free(finder->url, TRUE);
	g_string_free(finder->host, TRUE);
	*finder = (Finder){ 0 };
}

void finder_begin(Finder *finder)
{
	g_array_set_size(finder->hits, 0);
	g_string_truncate(finder->texts, 0);
	finder->seen_kinds = 0;
}

void finder_look_up(Finder *finder, IndicatorKind kind, guint64 hash, Slice key, gboolean is_parent)
{
	for (guint s = 0; s < finder->n_stores; s++) {
		guint32 found[STORE_MAX_SAME];
		guint n = store_find(&finder->stores[s], kind, hash, key, found);

		for (guint i = 0; i < n && finder->hits->len < MAX_HITS; i++) {
			Hit hit = { .store = s,
				.number = found[i],
				.column = finder->column,
				.is_text = finder->is_text,
				.is_parent = is_parent };

			g_array_append_val(finder->hits, hit);
		}
	}
}

/* ---- values that are looked for as they are ---- */

static Slice trim(Slice text)
{
	while (text.size && text.data[0] <= ' ')
		text = slice_sub(text, 1, text.size);
	while (text.size && text.data[text.size - 1] <= ' ')
		text.size--;
	return text;
}

static void find_whole(Finder *finder, IndicatorKind kind, Slice text)
{
	text = trim(text);
	finder_look(finder, kind, key_hash(kind, text), text, FALSE);
}

/* W3C logs write "+" for each blank of a user agent. */
static void find_user_agent(Finder *finder, Slice text)
{
	find_whole(finder, INDICATOR_USER_AGENT, text);
	if (text.size == 0 || !memchr(text.data, '+', text.size) ||
		memchr(text.data, ' ', text.size))
		return;
	g_string_truncate(finder->host, 0);
	for (gsize i = 0; i < text.size; i++)
		g_string_append_c(finder->host, text.data[i] == '+' ? ' ' : (char)text.data[i]);
	find_whole(finder, INDICATOR_USER_AGENT, slice_make(finder->host->str, finder->host->len));
}

/* What follows \\.\pipe\ or the first separator. */
static void find_pipe(Finder *finder, Slice text)
{
	static const char prefix[] = "\\\\.\\pipe\\";
	gsize n = sizeof(prefix) - 1;

	g_string_truncate(finder->folded, 0);
	text_append_folded(finder->folded, trim(text));
	text = slice_make(finder->folded->str, finder->folded->len);
	if (text.size > n && memcmp(text.data, prefix, n) == 0)
		text = slice_sub(text, n, text.size);
	while (text.size && text.data[0] == '\\')
		text = slice_sub(text, 1, text.size);
	finder_look(finder, INDICATOR_PIPE, key_hash(INDICATOR_PIPE, text), text, FALSE);
}

static void find_paths(Finder *finder, guint32 holds, Slice text)
{
	gboolean is_name = !(holds & OBSERVE_BIT(OBSERVE_PATH));

	if (finder->patterns)
		patterns_look(finder->patterns, finder, finder->column, trim(text));
	if (!finder_has(finder, INDICATOR_FILE_NAME) && !finder_has(finder, INDICATOR_FILE_PATH))
		return;
	g_string_truncate(finder->folded, 0);
	text_append_folded(finder->folded, trim(text));
	find_path_field(finder, finder->folded, is_name);
}

static const struct {
	Observable observable;
	IndicatorKind kind;
} hash_fields[] = {
	{ OBSERVE_MD5, INDICATOR_MD5 },
	{ OBSERVE_SHA1, INDICATOR_SHA1 },
	{ OBSERVE_SHA256, INDICATOR_SHA256 },
	{ OBSERVE_IMPHASH, INDICATOR_IMPHASH },
	{ OBSERVE_JA3, INDICATOR_JA3 },
};

static void find_hash_fields(Finder *finder, guint32 holds, Slice text)
{
	for (guint i = 0; i < G_N_ELEMENTS(hash_fields); i++) {
		if (holds & OBSERVE_BIT(hash_fields[i].observable))
			find_hashes(finder, text, 1u << hash_fields[i].kind);
	}
	if (holds & OBSERVE_BIT(OBSERVE_HASHES))
		find_hash_list(finder, text);
}

#define HOLDS_HASHES                                                                               \
	(OBSERVE_BIT(OBSERVE_MD5) | OBSERVE_BIT(OBSERVE_SHA1) | OBSERVE_BIT(OBSERVE_SHA256) |      \
		OBSERVE_BIT(OBSERVE_IMPHASH) | OBSERVE_BIT(OBSERVE_JA3) |                          \
		OBSERVE_BIT(OBSERVE_HASHES))

void finder_look_in(Finder *finder, guint column, guint32 holds, Slice text)
{
	while (text.size && text.data[text.size - 1] == 0)
		text.size--;
	finder->column = column;
	finder->is_text = FALSE;
	if (text.size == 0)
		return;
	if (holds & OBSERVE_BIT(OBSERVE_HOST))
		find_host_field(finder, text);
	if (holds & OBSERVE_BIT(OBSERVE_ADDRESS))
		find_address_field(finder, text);
	if (holds & (OBSERVE_BIT(OBSERVE_URL) | OBSERVE_BIT(OBSERVE_EMAIL)))
		find_text(finder, text, (holds & OBSERVE_BIT(OBSERVE_URL)) != 0);
	if (holds & (OBSERVE_BIT(OBSERVE_PATH) | OBSERVE_BIT(OBSERVE_FILE_NAME)))
		find_paths(finder, holds, text);
	if (holds & OBSERVE_BIT(OBSERVE_REGISTRY_KEY))
		find_registry_field(finder, text);
	if (holds & OBSERVE_BIT(OBSERVE_PIPE) && finder_has(finder, INDICATOR_PIPE))
		find_pipe(finder, text);
	if (holds & OBSERVE_BIT(OBSERVE_MUTEX) && finder_has(finder, INDICATOR_MUTEX))
		find_whole(finder, INDICATOR_MUTEX, text);
	if (holds & OBSERVE_BIT(OBSERVE_USER_AGENT) && finder_has(finder, INDICATOR_USER_AGENT))
		find_user_agent(finder, text);
	if (holds & HOLDS_HASHES)
		find_hash_fields(finder, holds, text);
	if (holds & OBSERVE_BIT(OBSERVE_TEXT)) {
		finder->is_text = TRUE;
		find_text(finder, text, FALSE);
	}
}

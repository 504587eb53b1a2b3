/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes: as fields, in lists with names, and in text. */
#include "engines/indicators/find.h"
#include "engines/indicators/form.h"
#include "engines/indicators/words.h"

#define MIN_DIGITS 32
#define MAX_DIGITS 64

static const IndicatorKind hash_kinds[] = { INDICATOR_MD5, INDICATOR_SHA1, INDICATOR_SHA256,
	INDICATOR_IMPHASH, INDICATOR_JA3 };

static void look_hash(Finder *finder, Slice digits, guint32 kinds)
{
	guint8 bytes[MAX_DIGITS / 2];
	Slice key = slice_make(bytes, digits.size / 2);

	if (!form_from_hex(digits, bytes, key.size))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(hash_kinds); i++) {
		IndicatorKind kind = hash_kinds[i];

		if (kinds >> kind & 1 && form_hash_bytes(kind) == key.size) {
			finder->seen_kinds |= finder->is_text ? 0 : 1u << kind;
			if (finder_has(finder, kind))
				finder_look(finder, kind, key_hash(kind, key), key, FALSE);
		}
	}
}

/*
 * Runs of letters and digits of one of the three lengths. Of 32 characters that hold a part of such
 * a run the last is in it; so only every 32nd is looked at where there is none.
 */
void find_hashes(Finder *finder, Slice text, guint32 kinds)
{
	gsize at = 0;

	while (text.size - at >= MIN_DIGITS) {
		gsize start = at + MIN_DIGITS - 1, end = start;

		if (!word_is(text.data[start], WORD_ALNUM)) {
			at = start + 1;
			continue;
		}
		while (start > at && word_is(text.data[start - 1], WORD_ALNUM))
			start--;
		while (end < text.size && word_is(text.data[end], WORD_ALNUM))
			end++;
		if (end - start == 32 || end - start == 40 || end - start == 64)
			look_hash(finder, slice_sub(text, start, end - start), kinds);
		at = end;
	}
}

static guint32 kinds_called(Slice name)
{
	static const struct {
		const char *name;
		IndicatorKind kind;
	} names[] = { { "md5", INDICATOR_MD5 }, { "sha1", INDICATOR_SHA1 },
		{ "sha-1", INDICATOR_SHA1 }, { "sha256", INDICATOR_SHA256 },
		{ "sha-256", INDICATOR_SHA256 }, { "imphash", INDICATOR_IMPHASH } };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (name.size == strlen(names[i].name) &&
			g_ascii_strncasecmp((const char *)name.data, names[i].name, name.size) == 0)
			return 1u << names[i].kind;
	}
	return 0;
}

#define FILE_HASHES (1u << INDICATOR_MD5 | 1u << INDICATOR_SHA1 | 1u << INDICATOR_SHA256)

/* The next run of letters, digits and "-" from *at on; *at is behind it then. */
static Slice next_run(Slice text, gsize *at)
{
	gsize start = *at;

	while (start < text.size && !word_is(text.data[start], WORD_ALNUM))
		start++;
	*at = start;
	while (*at < text.size && (word_is(text.data[*at], WORD_ALNUM) || text.data[*at] == '-'))
		(*at)++;
	return slice_sub(text, start, *at - start);
}

/* NAME=digits or NAME:digits, else digits alone, whatever stands between them. */
void find_hash_list(Finder *finder, Slice text)
{
	guint32 kinds = FILE_HASHES;
	gsize at = 0;

	while (at < text.size) {
		Slice run = next_run(text, &at);
		gboolean is_name = at < text.size && (text.data[at] == '=' || text.data[at] == ':');

		if (is_name) {
			kinds = kinds_called(run);
			continue;
		}
		if (run.size == 32 || run.size == 40 || run.size == 64)
			look_hash(finder, run, kinds);
		kinds = FILE_HASHES;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/store.h"

#include <arpa/inet.h>

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/form.h"

static gboolean fail(GError **error, const char *reason)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
		"it is no store of indicators that this version of spoor can use: %s", reason);
	return FALSE;
}

gboolean store_is_store(Slice bytes)
{
	return bytes.size >= STORE_MAGIC_BYTES &&
		memcmp(bytes.data, STORE_MAGIC, STORE_MAGIC_BYTES) == 0;
}

static guint32 number_at(Slice section, guint64 index)
{
	guint32 number = 0;

	if (index < section.size / 4)
		(void)slice_u32(section, (gsize)index * 4, &number);
	return number;
}

/* ---- opening ---- */

static gboolean open_header(Store *store, GError **error)
{
	Slice bytes = store->bytes;
	guint32 version = 0, n_kinds = 0;
	guint64 size = 0;

	if (!store_is_store(bytes) || bytes.size < STORE_HEADER_BYTES)
		return fail(error, "it does not begin as one");
	(void)slice_u32(bytes, 8, &version); /* the size is checked above */
	(void)slice_u32(bytes, 12, &n_kinds);
	(void)slice_u64(bytes, 16, &size);
	(void)slice_u32(bytes, 24, &store->n);
	if (version != STORE_VERSION || n_kinds != INDICATOR_N_KINDS)
		return fail(error, "it is of another version; import its sources again");
	if (size != bytes.size)
		return fail(error, "it is cut short, or has more bytes than it should");
	return TRUE;
}

static gboolean open_sections(Store *store, GError **error)
{
	for (guint i = 0; i < STORE_N_SECTIONS; i++) {
		guint64 offset = 0, size = 0;

		(void)slice_u64(store->bytes, STORE_SECTIONS_OFFSET + 16 * i, &offset);
		(void)slice_u64(store->bytes, STORE_SECTIONS_OFFSET + 16 * i + 8, &size);
		if (offset > store->bytes.size || size > store->bytes.size - offset)
			return fail(error, "a section lies outside of it");
		store->sections[i] = slice_sub(store->bytes, offset, size);
	}
	return TRUE;
}

static gboolean open_kinds(Store *store, GError **error)
{
	guint64 n = 0, word = 0;

	for (guint i = 0; i < INDICATOR_N_KINDS; i++) {
		guint32 count = 0, n_words = 0;

		(void)slice_u32(store->bytes, STORE_COUNTS_OFFSET + 4 * i, &count);
		(void)slice_u32(store->bytes, STORE_FILTER_OFFSET + 4 * i, &n_words);
		store->first[i] = (guint32)n;
		n += count;
		if (n > store->n || (word + n_words) * 8 > store->sections[STORE_FILTERS].size)
			return fail(error, "its numbers do not agree");
		store->filters[i] =
			slice_sub(store->sections[STORE_FILTERS], word * 8, (gsize)n_words * 8);
		word += n_words;
	}
	store->first[INDICATOR_N_KINDS] = (guint32)n;
	return n == store->n || fail(error, "its numbers do not agree");
}

gboolean store_open(Store *ret, Slice bytes, GError **error)
{
	Store store = { .bytes = bytes };
	const Slice *sections = store.sections;

	if (!open_header(&store, error) || !open_sections(&store, error) ||
		!open_kinds(&store, error))
		return FALSE;
	if (sections[STORE_VALUE_ENDS].size / 4 != store.n ||
		sections[STORE_PART_ENDS].size / 4 != store.n ||
		sections[STORE_LENGTHS].size != STORE_N_LENGTHS ||
		sections[STORE_SLOTS].size / 4 > G_MAXUINT32 ||
		sections[STORE_PARTS].size / 8 > G_MAXUINT32 ||
		sections[STORE_ABOUTS].size / (4 * STORE_ABOUT_WORDS) > G_MAXUINT32)
		return fail(error, "the sizes of its sections do not agree");
	if (sections[STORE_STRINGS].size == 0 ||
		sections[STORE_STRINGS].data[sections[STORE_STRINGS].size - 1] != 0)
		return fail(error, "its texts do not end");
	store.n_slots = (guint32)(sections[STORE_SLOTS].size / 4);
	store.n_parts = (guint32)(sections[STORE_PARTS].size / 8);
	store.n_abouts = (guint32)(sections[STORE_ABOUTS].size / (4 * STORE_ABOUT_WORDS));
	store.n_sets = (guint32)MIN(sections[STORE_SETS].size / 12, G_MAXUINT32);
	store.n_sources =
		(guint32)MIN(sections[STORE_SOURCES].size / (4 * STORE_SOURCE_WORDS), G_MAXUINT32);
	if (store.n > LIMIT_INDICATORS || store.n_sets > LIMIT_INDICATOR_SETS ||
		store.n_sources > LIMIT_INTEL_SOURCES * LIMIT_INDICATOR_STORES)
		return fail(error, "it has more indicators, sets or sources than one may have");
	*ret = store;
	return TRUE;
}

/* ---- values ---- */

IndicatorKind store_kind(const Store *store, guint32 number)
{
	guint kind = 0;

	while (kind + 1 < INDICATOR_N_KINDS && number >= store->first[kind + 1])
		kind++;
	return (IndicatorKind)kind;
}

Slice store_value(const Store *store, guint32 number)
{
	guint32 start = number ? number_at(store->sections[STORE_VALUE_ENDS], number - 1) : 0;
	guint32 end = number_at(store->sections[STORE_VALUE_ENDS], number);

	if (end < start)
		return SLICE_EMPTY;
	return slice_sub(store->sections[STORE_VALUES], start, end - start);
}

guint store_find(const Store *store, IndicatorKind kind, guint64 hash, Slice key,
	guint32 ret[STORE_MAX_SAME])
{
	guint64 slot = (guint64)((unsigned __int128)hash * store->n_slots >> 64);
	guint n = 0;

	for (guint probe = 0; probe < MIN(STORE_MAX_PROBES, store->n_slots); probe++) {
		guint32 number = number_at(store->sections[STORE_SLOTS], slot);

		if (number == 0)
			break;
		number--;
		if (number >= store->first[kind] && number < store->first[kind + 1] &&
			slice_equal(form_key(kind, store_value(store, number)), key) &&
			n < STORE_MAX_SAME)
			ret[n++] = number;
		slot = slot + 1 < store->n_slots ? slot + 1 : 0;
	}
	return n;
}

static void append_address(GString *ret, Slice address)
{
	char text[INET6_ADDRSTRLEN];

	if ((address.size == 4 && inet_ntop(AF_INET, address.data, text, sizeof(text))) ||
		(address.size == 16 && inet_ntop(AF_INET6, address.data, text, sizeof(text))))
		g_string_append(ret, text);
}

static void append_hex(GString *ret, Slice bytes)
{
	for (gsize i = 0; i < bytes.size; i++)
		g_string_append_printf(ret, "%02x", bytes.data[i]);
}

void store_append_value(GString *ret, const Store *store, guint32 number)
{
	IndicatorKind kind = store_kind(store, number);
	Slice value = store_value(store, number), half = form_key(kind, value);

	switch (kind) {
	case INDICATOR_MD5:
	case INDICATOR_SHA1:
	case INDICATOR_SHA256:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		append_hex(ret, value);
		break;
	case INDICATOR_ADDRESS:
		append_address(ret, value);
		break;
	case INDICATOR_NETWORK:
		append_address(ret, slice_sub(value, 1, 16));
		if (value.size)
			g_string_append_printf(ret, "/%u", value.data[0]);
		break;
	case INDICATOR_URL:
		text_append_utf8(ret, slice_sub(value, half.size + 1, value.size));
		g_string_append(ret, "://");
		text_append_utf8(ret, half);
		break;
	default:
		text_append_utf8(ret, half);
	}
}

/* ---- parts ---- */

static const char *text_at(const Store *store, guint32 offset)
{
	Slice rest = slice_sub(store->sections[STORE_STRINGS], offset, LIMIT_INDICATOR_TEXT_BYTES);

	/* No longer than a builder makes it: one of gigabytes would be read for each source. */
	if (rest.size == 0 || !memchr(rest.data, 0, rest.size))
		return "";
	return g_utf8_validate((const char *)rest.data, -1, NULL) ? (const char *)rest.data : "";
}

static Instant instant_of(guint32 low, guint32 high)
{
	return (Instant)((guint64)high << 32 | low);
}

static void part_range(const Store *store, guint32 number, guint32 *ret_start, guint32 *ret_end)
{
	*ret_start = number ? number_at(store->sections[STORE_PART_ENDS], number - 1) : 0;
	*ret_end = MIN(number_at(store->sections[STORE_PART_ENDS], number), store->n_parts);
}

guint store_count_parts(const Store *store, guint32 number)
{
	guint32 start, end;

	part_range(store, number, &start, &end);
	return end > start ? end - start : 0;
}

void store_part(const Store *store, guint32 number, guint i, StorePart *ret)
{
	Slice parts = store->sections[STORE_PARTS], abouts = store->sections[STORE_ABOUTS];
	guint32 start, end, words[STORE_ABOUT_WORDS];
	guint64 about;

	part_range(store, number, &start, &end);
	about = number_at(parts, ((guint64)start + i) * 2);
	for (guint w = 0; w < STORE_ABOUT_WORDS; w++)
		words[w] = number_at(abouts, about * STORE_ABOUT_WORDS + w);
	*ret = (StorePart){
		.set = words[ABOUT_SET],
		.written = text_at(store, words[ABOUT_WRITTEN]),
		.id = text_at(store, words[ABOUT_ID]),
		.source = text_at(store, words[ABOUT_SOURCE]),
		.title = text_at(store, words[ABOUT_TITLE]),
		.description = text_at(store, words[ABOUT_DESCRIPTION]),
		.reference = text_at(store, words[ABOUT_REFERENCE]),
		.tags = text_at(store, words[ABOUT_TAGS]),
		.lists = text_at(store, words[ABOUT_LISTS]),
		.confidence = words[ABOUT_CONFIDENCE] & 0xFF,
		.is_silent = (words[ABOUT_CONFIDENCE] & STORE_IS_SILENT) != 0,
		.valid_from = instant_of(words[ABOUT_FROM_LOW], words[ABOUT_FROM_HIGH]),
		.valid_until = instant_of(words[ABOUT_UNTIL_LOW], words[ABOUT_UNTIL_HIGH]),
		.line = number_at(parts, ((guint64)start + i) * 2 + 1),
	};
}

void store_set(const Store *store, guint32 set, StoreSet *ret)
{
	Slice sets = store->sections[STORE_SETS];
	guint32 kind = number_at(sets, (guint64)set * 3 + 1);

	*ret = (StoreSet){ .source = number_at(sets, (guint64)set * 3),
		.kind = (IndicatorKind)MIN(kind, INDICATOR_N_KINDS - 1),
		.n = number_at(sets, (guint64)set * 3 + 2) };
}

void store_source(const Store *store, guint32 source, IntelSource *ret)
{
	Slice sources = store->sections[STORE_SOURCES];
	guint64 first = (guint64)source * STORE_SOURCE_WORDS;
	guint64 numbers[2 + INTEL_N_NOTE_KINDS];

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		numbers[i] = number_at(sources, first + SOURCE_ACCEPTED + 2 * i) |
			(guint64)number_at(sources, first + SOURCE_ACCEPTED + 2 * i + 1) << 32;
	*ret = (IntelSource){
		.path = text_at(store, number_at(sources, first + SOURCE_PATH)),
		.format = text_at(store, number_at(sources, first + SOURCE_FORMAT)),
		.name = text_at(store, number_at(sources, first + SOURCE_NAME)),
		.sha256 = text_at(store, number_at(sources, first + SOURCE_SHA256)),
		.accepted = numbers[0],
		.rules = numbers[1],
	};
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		ret->notes[i] = numbers[2 + i];
}

gboolean store_has_length(const Store *store, gboolean is_v6, guint length)
{
	Slice lengths = store->sections[STORE_LENGTHS];
	gsize at = is_v6 ? 33 + length : length;

	return at < lengths.size && lengths.data[at];
}

gboolean store_has_ipv6(const Store *store)
{
	Slice lengths = store->sections[STORE_LENGTHS];

	for (gsize i = 33; i < lengths.size; i++) {
		if (lengths.data[i])
			return TRUE;
	}
	return FALSE;
}

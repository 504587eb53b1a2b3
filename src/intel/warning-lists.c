/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All entries of all lists are in one table of keyed hashes, without their texts: a list is only
 * asked whether something is on it. Of networks the bits of the network alone are hashed, so an
 * address is looked up once for each prefix length that some list has.
 */
#include "intel/warning-lists.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "intel/address.h"
#include "intel/normal.h"
#include "intel/words.h"

#define FIRST_SLOTS    1024 /* a power of two */
#define PREFIX_LENGTHS 129
#define AHEAD	       16  /* entries between asking for memory and writing to it */
#define ANY_LENGTH     255 /* of a key that is no network */

typedef struct List {
	char *name, *description;
	WarningEffect effect;
	gboolean kinds[INDICATOR_N_KINDS];
	guint n_kinds;
	gboolean has_words;
} List;

typedef struct Entry {
	guint64 hash; /* 0: none */
	guint32 list;
} Entry;

struct WarningLists {
	GPtrArray *lists;
	Entry *entries;
	gsize n_entries, n_slots;
	gboolean has_length[2][PREFIX_LENGTHS]; /* of version 4 and 6 */
	int public_suffixes;			/* list, or -1 */
	GArray *added;				/* hashes of the list at hand */
	GPtrArray *words;
	GPtrArray *found; /* names, of the last look-up */
	GString *key, *normal;
};

static void list_free(void *data)
{
	List *list = data;

	g_free(list->name);
	g_free(list->description);
	g_free(list);
}

WarningLists *warning_lists_new(void)
{
	WarningLists *lists = g_new0(WarningLists, 1);

	lists->lists = g_ptr_array_new_with_free_func(list_free);
	lists->added = g_array_new(FALSE, FALSE, sizeof(guint64));
	lists->words = g_ptr_array_new_with_free_func(g_free);
	lists->found = g_ptr_array_new();
	lists->n_slots = FIRST_SLOTS;
	lists->entries = g_new0(Entry, lists->n_slots);
	lists->public_suffixes = -1;
	lists->key = g_string_new(NULL);
	lists->normal = g_string_new(NULL);
	return lists;
}

void warning_lists_free(WarningLists *lists)
{
	if (!lists)
		return;
	g_ptr_array_unref(lists->lists);
	g_array_unref(lists->added);
	g_ptr_array_unref(lists->words);
	g_ptr_array_unref(lists->found);
	g_free(lists->entries);
	(void)g_string_free(lists->key, TRUE);
	(void)g_string_free(lists->normal, TRUE);
	g_free(lists);
}

/* ---- the table ---- */

static void place(Entry *entries, gsize n_slots, Entry entry)
{
	gsize i = entry.hash & (n_slots - 1);

	while (entries[i].hash != 0)
		i = (i + 1) & (n_slots - 1);
	entries[i] = entry;
}

/* Makes room for @n more entries; at most half of the slots are taken. */
static void reserve(WarningLists *lists, gsize n)
{
	gsize n_slots = lists->n_slots;
	Entry *entries;

	while (lists->n_entries + n > n_slots / 2)
		n_slots *= 2;
	if (n_slots == lists->n_slots)
		return;
	entries = g_new0(Entry, n_slots);
	for (gsize i = 0; i < lists->n_slots; i++) {
		if (lists->entries[i].hash != 0)
			place(entries, n_slots, lists->entries[i]);
	}
	g_free(lists->entries);
	lists->entries = entries;
	lists->n_slots = n_slots;
}

static void add_hash(WarningLists *lists, guint64 hash)
{
	g_array_append_val(lists->added, hash);
}

/*
 * Puts what was added into the table, at once: each goes to another page of it, and so the memory
 * is asked for ahead.
 */
static void place_added(WarningLists *lists)
{
	const guint64 *hashes = (const guint64 *)(void *)lists->added->data; /* NULL: none */
	guint n = lists->added->len;

	reserve(lists, n);
	for (guint i = 0; i < n; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(
				&lists->entries[hashes[i + AHEAD] & (lists->n_slots - 1)], 1);
		place(lists->entries, lists->n_slots,
			(Entry){ .hash = hashes[i], .list = lists->lists->len - 1 });
	}
	lists->n_entries += n;
	g_array_set_size(lists->added, 0);
}

/* The hash of @bytes as something of @kind; of networks with @length. Never 0. */
static guint64 key_hash(WarningLists *lists, IndicatorKind kind, guint length, Slice bytes)
{
	guint64 hash;

	g_string_truncate(lists->key, 0);
	g_string_append_c(lists->key, (char)kind);
	g_string_append_c(lists->key, (char)length);
	if (normal_is_caseless(kind) || kind == INDICATOR_USER_AGENT) {
		for (gsize i = 0; i < bytes.size; i++)
			g_string_append_c(lists->key, g_ascii_tolower((char)bytes.data[i]));
	} else {
		words_append(lists->key, bytes);
	}
	hash = slice_hash(slice_make(lists->key->str, lists->key->len));
	return hash ? hash : 1;
}

static guint64 network_hash(WarningLists *lists, const Address *address, guint length)
{
	Address network = *address;

	for (guint i = length; i < network.n_bits; i++) {
		if (i % 8 == 0) {
			memset(&network.bytes[i / 8], 0, network.n_bits / 8 - i / 8);
			break;
		}
		network.bytes[i / 8] &= (guint8) ~(0x80u >> i % 8);
	}
	return key_hash(
		lists, INDICATOR_NETWORK, length, slice_make(network.bytes, network.n_bits / 8));
}

/* ---- reading a list ---- */

/* The value of header line @line if it is the one called @key. */
static gboolean header_value(Slice line, const char *key, Slice *ret)
{
	line = words_trim(words_from(line, 1));
	if (!words_has_prefix(line, key) || line.size <= strlen(key) ||
		line.data[strlen(key)] != ':')
		return FALSE;
	*ret = words_trim(words_from(line, strlen(key) + 1));
	return TRUE;
}

static char *dup_slice(Slice s)
{
	return g_strndup((const char *)s.data, s.size);
}

static const char *read_kinds(List *list, Slice text)
{
	Slice word;

	while (words_next_part(&text, ' ', &word)) {
		g_autofree char *name = dup_slice(word);
		IndicatorKind kind;

		if (word.size == 0)
			continue;
		if (strcmp(name, "words") == 0) {
			list->has_words = TRUE;
		} else if (indicator_kind_parse(name, &kind)) {
			list->n_kinds += !list->kinds[kind];
			list->kinds[kind] = TRUE;
		} else {
			return "kinds: names what is no kind of indicator";
		}
	}
	return NULL;
}

static const char *read_effect(List *list, Slice text)
{
	static const char *const names[WARNING_N_EFFECTS] = { "lower", "over-broad", "suspicious",
		"mistake", "excludes" };

	for (guint i = 0; i < WARNING_N_EFFECTS; i++) {
		if (words_equal(text, names[i])) {
			list->effect = (WarningEffect)i;
			return NULL;
		}
	}
	return "effect: is none of lower, over-broad, suspicious, mistake, excludes";
}

static const char *read_header(List *list, Slice line)
{
	Slice value;

	if (!list->name && header_value(line, "name", &value))
		list->name = dup_slice(value);
	else if (!list->description && header_value(line, "description", &value))
		list->description = dup_slice(value);
	else if (header_value(line, "kinds", &value))
		return read_kinds(list, value);
	else if (header_value(line, "effect", &value))
		return read_effect(list, value);
	return NULL;
}

static const char *check_header(const List *list)
{
	if (!list->name || !*list->name)
		return "has no name: in its header";
	if (!list->description || !*list->description)
		return "has no description: in its header";
	if (list->n_kinds == 0 && !list->has_words)
		return "has no kinds: in its header";
	return NULL;
}

static void add_network(WarningLists *lists, const Address *address, guint length)
{
	lists->has_length[address->n_bits == 128][length] = TRUE;
	add_hash(lists, network_hash(lists, address, length));
}

/* "192.0.2.7,9,20-23": takes one number or range off *@rest. */
static gboolean take_numbers(Slice *rest, guint *ret_first, guint *ret_last)
{
	guint numbers[2] = { 0, 0 }, n = 0, n_digits = 0;
	Slice part;

	if (!words_next_part(rest, ',', &part))
		return FALSE;
	for (gsize i = 0; i < part.size; i++) {
		if (part.data[i] == '-' && n == 0 && n_digits > 0) {
			n = 1;
			n_digits = 0;
			continue;
		}
		if (!g_ascii_isdigit(part.data[i]) || ++n_digits > 3)
			return FALSE;
		numbers[n] = numbers[n] * 10 + (guint)(part.data[i] - '0');
	}
	*ret_first = numbers[0];
	*ret_last = numbers[n];
	return n_digits > 0 && numbers[n] <= 255 && numbers[0] <= numbers[n];
}

static const char *add_addresses(WarningLists *lists, Slice entry)
{
	gsize dot = entry.size;
	guint first, last, length;
	Address address;

	if (address_parse_network(entry, &address, &length)) {
		add_network(lists, &address, length);
		return NULL;
	}
	if (address_parse(entry, &address)) {
		add_network(lists, &address, address.n_bits);
		return NULL;
	}
	while (dot > 0 && entry.data[dot - 1] != '.')
		dot--;
	g_string_truncate(lists->normal, 0);
	words_append(lists->normal, slice_sub(entry, 0, dot));
	g_string_append_c(lists->normal, '0');
	if (dot == 0 ||
		!address_parse(slice_make(lists->normal->str, lists->normal->len), &address) ||
		address.n_bits != 32)
		return "is neither an address nor a network";
	for (Slice rest = words_from(entry, dot); rest.data;) {
		if (!take_numbers(&rest, &first, &last))
			return "names no last numbers of addresses";
		for (guint i = first; i <= last; i++) {
			address.bytes[3] = (guint8)i;
			add_network(lists, &address, 32);
		}
	}
	return NULL;
}

/* A site is as popular with "www." before its name as without. */
static Slice without_www(Slice host)
{
	Slice rest = words_from(host, 4);

	return words_has_prefix(host, "www.") && words_find(rest, 0, '.') < rest.size ? rest : host;
}

static const char *add_entry(WarningLists *lists, const List *list, Slice entry)
{
	IndicatorKind kind = INDICATOR_ANY;
	const char *problem;

	if (list->has_words) {
		g_ptr_array_add(lists->words, dup_slice(entry));
		return NULL;
	}
	for (guint i = 0; i < INDICATOR_N_KINDS && list->n_kinds == 1; i++) {
		if (list->kinds[i])
			kind = (IndicatorKind)i;
	}
	if (kind == INDICATOR_ANY && list->kinds[INDICATOR_FILE_NAME])
		kind = words_find(entry, 0, '\\') < entry.size ? INDICATOR_FILE_PATH
							       : INDICATOR_FILE_NAME;
	if (kind == INDICATOR_ANY)
		kind = normal_detect(entry);
	if (kind == INDICATOR_ADDRESS || kind == INDICATOR_NETWORK ||
		(kind == INDICATOR_ANY && list->kinds[INDICATOR_ADDRESS]))
		return add_addresses(lists, entry);
	if (kind == INDICATOR_ANY || !list->kinds[kind])
		return "is of none of the kinds in its header";
	g_string_truncate(lists->normal, 0);
	problem = normal_append(lists->normal, kind, entry);
	if (problem)
		return problem;
	entry = slice_make(lists->normal->str, lists->normal->len);
	if (kind == INDICATOR_HOST)
		entry = without_www(entry);
	add_hash(lists, key_hash(lists, kind, ANY_LENGTH, entry));
	return NULL;
}

static gboolean fail(GError **error, const char *name, guint line, const char *problem)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: line %u %s", name, line, problem);
	return FALSE;
}

gboolean warning_lists_add(WarningLists *lists, const char *name, Slice text, GError **error)
{
	List *list = g_new0(List, 1);
	const char *problem = NULL;
	gboolean in_header = TRUE;
	Slice rest = words_without_mark(text), line;
	guint number = 0;

	g_ptr_array_add(lists->lists, list);
	while (!problem && words_next_line(&rest, &line)) {
		number++;
		line = words_trim(line);
		if (line.size == 0)
			continue;
		if (line.data[0] == '#') {
			problem = in_header ? read_header(list, line) : NULL;
		} else {
			problem = in_header ? check_header(list) : NULL;
			in_header = FALSE;
			if (!problem &&
				lists->n_entries + lists->added->len >= LIMIT_WARNING_ENTRIES)
				problem = "is beyond LIMIT_WARNING_ENTRIES";
			if (!problem)
				problem = add_entry(lists, list, line);
		}
	}
	place_added(lists);
	if (!problem)
		problem = check_header(list);
	if (problem) { /* what was taken of it stays, under a name */
		if (!list->name)
			list->name = g_strdup(name);
		if (!list->description)
			list->description = g_strdup("");
		return fail(error, name, number, problem);
	}
	if (strcmp(list->name, WARNING_PUBLIC_SUFFIXES) == 0)
		lists->public_suffixes = (int)lists->lists->len - 1;
	return TRUE;
}

/* ---- looking up ---- */

static const List *list_at(const WarningLists *lists, guint index)
{
	return g_ptr_array_index(lists->lists, index);
}

static void add_name(WarningLists *lists, const char *name)
{
	for (guint i = 0; i < lists->found->len; i++) {
		if (g_ptr_array_index(lists->found, i) == name)
			return;
	}
	g_ptr_array_add(lists->found, (gpointer)name);
}

static gboolean find_hash(WarningLists *lists, guint64 hash, WarningHit *ret)
{
	gboolean found = FALSE;

	for (gsize i = hash & (lists->n_slots - 1); lists->entries[i].hash != 0;
		i = (i + 1) & (lists->n_slots - 1)) {
		const List *list;

		if (lists->entries[i].hash != hash)
			continue;
		list = list_at(lists, lists->entries[i].list);
		found = TRUE;
		if (!ret->lists[list->effect] || strcmp(list->name, ret->lists[list->effect]) < 0) {
			ret->lists[list->effect] = list->name;
			ret->descriptions[list->effect] = list->description;
		}
		if (list->effect == WARNING_LOWER || list->effect == WARNING_OVER_BROAD)
			add_name(lists, list->name);
	}
	return found;
}

static gboolean find_address(
	WarningLists *lists, const Address *address, guint length, WarningHit *ret)
{
	const gboolean *has_length = lists->has_length[address->n_bits == 128];
	gboolean found = FALSE;

	for (guint i = 0; i <= length; i++) {
		if (has_length[i])
			found |= find_hash(lists, network_hash(lists, address, i), ret);
	}
	return found;
}

static gboolean find_host(WarningLists *lists, Slice host, WarningHit *ret)
{
	return find_hash(
		lists, key_hash(lists, INDICATOR_HOST, ANY_LENGTH, without_www(host)), ret);
}

/* A URL is as broad as its host where it names nothing else. */
static gboolean find_url(WarningLists *lists, Slice url, WarningHit *ret)
{
	gsize colon = words_find(url, 0, ':');
	Slice host = words_from(url, colon + 3);
	gboolean found = find_hash(lists, key_hash(lists, INDICATOR_URL, ANY_LENGTH, url), ret);

	if (host.size > 1 && words_find(host, 0, '/') == host.size - 1)
		found |= find_host(lists, slice_sub(host, 0, host.size - 1), ret);
	return found;
}

/* Each product of a user agent: "Googlebot/" in "Mozilla/5.0 (compatible; Googlebot/2.1)". */
static gboolean find_user_agent(WarningLists *lists, Slice agent, WarningHit *ret)
{
	gboolean found =
		find_hash(lists, key_hash(lists, INDICATOR_USER_AGENT, ANY_LENGTH, agent), ret);
	gsize start = 0;

	for (gsize i = 0; i < agent.size; i++) {
		guint8 c = agent.data[i];

		if (c == ' ' || c == '(' || c == ';' || c == ',') {
			start = i + 1;
		} else if (c == '/' && i > start) {
			Slice product = words_range(agent, start, i + 1);

			found |= find_hash(lists,
				key_hash(lists, INDICATOR_USER_AGENT, ANY_LENGTH, product), ret);
			start = agent.size;
		}
	}
	return found;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

gboolean warning_lists_look_up(
	WarningLists *lists, IndicatorKind kind, const char *value, WarningHit *ret)
{
	Slice text = slice_from_text(value);
	Address address;
	gboolean found;
	guint length;

	*ret = (WarningHit){ 0 };
	if (!lists)
		return FALSE;
	g_ptr_array_set_size(lists->found, 0);
	if (kind == INDICATOR_ADDRESS)
		found = address_parse(text, &address) &&
			find_address(lists, &address, address.n_bits, ret);
	else if (kind == INDICATOR_NETWORK)
		found = address_parse_network(text, &address, &length) &&
			find_address(lists, &address, length, ret);
	else if (kind == INDICATOR_HOST)
		found = find_host(lists, text, ret);
	else if (kind == INDICATOR_URL)
		found = find_url(lists, text, ret);
	else if (kind == INDICATOR_USER_AGENT)
		found = find_user_agent(lists, text, ret);
	else
		found = find_hash(lists, key_hash(lists, kind, ANY_LENGTH, text), ret);
	if (lists->found->len > 0) {
		g_ptr_array_sort(lists->found, compare_names);
		g_ptr_array_add(lists->found, NULL);
		ret->names = (const char *const *)lists->found->pdata;
	}
	return found;
}

const char *const *warning_lists_find(
	WarningLists *lists, IndicatorKind kind, const char *value, gboolean *ret_over_broad)
{
	WarningHit hit;

	(void)warning_lists_look_up(lists, kind, value, &hit);
	if (ret_over_broad)
		*ret_over_broad = hit.descriptions[WARNING_OVER_BROAD] != NULL;
	return hit.names;
}

gboolean warning_lists_may_be_top_level(WarningLists *lists, const char *label)
{
	guint64 hash;

	if (!lists || lists->public_suffixes < 0)
		return TRUE;
	hash = key_hash(lists, INDICATOR_HOST, ANY_LENGTH, slice_from_text(label));
	for (gsize i = hash & (lists->n_slots - 1); lists->entries[i].hash != 0;
		i = (i + 1) & (lists->n_slots - 1)) {
		if (lists->entries[i].hash == hash &&
			lists->entries[i].list == (guint32)lists->public_suffixes)
			return TRUE;
	}
	return FALSE;
}

/* Where @word stands last in @text, at the beginning of a word; FALSE where it does not. */
static gboolean find_last(Slice text, const char *word, gsize *ret)
{
	gsize size = strlen(word);

	for (gsize at = text.size; at-- > 0;) {
		if (at + size <= text.size && words_has_prefix(words_from(text, at), word) &&
			(at == 0 || !g_ascii_isalnum(text.data[at - 1]))) {
			*ret = at;
			return TRUE;
		}
	}
	return FALSE;
}

const char *warning_lists_excluding_word(WarningLists *lists, Slice text, gsize *ret_end)
{
	const char *found = NULL;
	gsize last = 0;

	for (guint i = 0; lists && i < lists->words->len; i++) {
		const char *word = g_ptr_array_index(lists->words, i);
		gsize at;

		if (find_last(text, word, &at) && (!found || at >= last)) {
			found = word;
			last = at;
		}
	}
	if (found) {
		last += strlen(found);
		while (last < text.size && g_ascii_isalpha(text.data[last]))
			last++;
		*ret_end = last;
	}
	return found;
}

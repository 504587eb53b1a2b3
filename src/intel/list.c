/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain lists, as people keep them and feeds give them away:
 *
 *	# a title for what follows, up to an empty line
 *	bad.example
 *	192.0.2.1		# a title of its own
 *	192.0.2.0/28
 *	192.0.2.3 - 192.0.2.9
 *	0.0.0.0 bad.example	a line of a hosts file
 *
 * What a value is, its looks say.
 */
#include "intel/list.h"

#include "intel/address.h"
#include "intel/hash-shift.h"
#include "intel/normal.h"
#include "intel/words.h"

#define PROBE_LINES 200
#define SCORE	    50

static gboolean is_comment(Slice line)
{
	return line.size > 0 &&
		(line.data[0] == '#' || line.data[0] == ';' || words_has_prefix(line, "//"));
}

/* What a comment says: without its signs and rules of dashes. */
static Slice comment_text(Slice line)
{
	while (line.size > 0 && strchr("#;/-=* \t", line.data[0]))
		line = words_from(line, 1);
	while (line.size > 0 && strchr("#-=* \t", line.data[line.size - 1]))
		line.size--;
	return line;
}

/* Cuts a comment behind the value off: "#" or ";" or "//" after a blank. */
static Slice cut_comment(Slice *line)
{
	for (gsize i = 1; i < line->size; i++) {
		Slice rest = words_from(*line, i);

		if (words_is_blank(line->data[i - 1]) && is_comment(rest)) {
			*line = words_trim(slice_sub(*line, 0, i));
			return comment_text(rest);
		}
	}
	return SLICE_EMPTY;
}

static Slice first_word(Slice line, Slice *ret_rest)
{
	gsize size = 0;

	while (size < line.size && !words_is_blank(line.data[size]))
		size++;
	*ret_rest = words_trim(words_from(line, size));
	return slice_sub(line, 0, size);
}

static gboolean is_hosts_line(Slice line, Slice *ret_names)
{
	static const char *const nowhere[] = { "0.0.0.0", "127.0.0.1", "::1", "::" };
	Slice address = first_word(line, ret_names);

	for (guint i = 0; i < G_N_ELEMENTS(nowhere); i++) {
		if (words_equal(address, nowhere[i]))
			return ret_names->size > 0;
	}
	return FALSE;
}

static guint32 ipv4_number(const Address *address)
{
	return (guint32)address->bytes[0] << 24 | (guint32)address->bytes[1] << 16 |
		(guint32)address->bytes[2] << 8 | address->bytes[3];
}

/* "192.0.2.3-192.0.2.9" */
static gboolean is_range(Slice line, guint32 *ret_first, guint32 *ret_last)
{
	gsize dash = words_find(line, 0, '-');
	Address first, last;

	if (dash == line.size || !address_parse(words_trim(slice_sub(line, 0, dash)), &first) ||
		!address_parse(words_trim(words_from(line, dash + 1)), &last))
		return FALSE;
	*ret_first = ipv4_number(&first);
	*ret_last = ipv4_number(&last);
	return first.n_bits == 32 && last.n_bits == 32 && *ret_first <= *ret_last;
}

/* ---- reading ---- */

typedef struct Reading {
	Collector *collector;
	char *title; /* of the lines that follow */
	guint line;
} Reading;

static void add(Reading *reading, IndicatorKind kind, const char *value, Slice title)
{
	g_autofree char *own = title.size ? g_strndup((const char *)title.data, title.size) : NULL;
	Indicator claim = {
		.kind = kind,
		.value = value,
		.title = own ? own : reading->title,
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.line = reading->line,
	};

	collector_add(reading->collector, &claim, FALSE);
}

static void add_slice(Reading *reading, IndicatorKind kind, Slice value, Slice title)
{
	g_autofree char *text = g_strndup((const char *)value.data, value.size);

	add(reading, kind, text, title);
}

/* The fewest networks that are the range: at most 62. */
static void add_range(Reading *reading, guint64 first, guint64 last, Slice title)
{
	while (first <= last) {
		g_autofree char *network = NULL;
		guint bits = 0;

		while (bits < 32 && (first & ((2ull << bits) - 1)) == 0 &&
			first + (2ull << bits) - 1 <= last)
			bits++;
		network = g_strdup_printf("%u.%u.%u.%u/%u", (guint)(first >> 24 & 255),
			(guint)(first >> 16 & 255), (guint)(first >> 8 & 255), (guint)(first & 255),
			32 - bits);
		add(reading, INDICATOR_NETWORK, network, title);
		first += 1ull << bits;
	}
}

static void add_hosts(Reading *reading, Slice names, Slice title)
{
	static const char *const own[] = { "localhost", "localhost.localdomain", "local",
		"broadcasthost", "ip6-localhost", "ip6-loopback", "0.0.0.0" };

	while (names.size > 0) {
		Slice name = first_word(names, &names);
		gboolean is_own = FALSE;

		for (guint i = 0; i < G_N_ELEMENTS(own); i++)
			is_own |= words_equal(name, own[i]);
		if (!is_own)
			add_slice(reading, INDICATOR_HOST, name, title);
	}
}

static void read_line(Reading *reading, Slice line)
{
	Slice title, names;
	guint32 first, last;

	if (is_comment(line)) {
		title = comment_text(line);
		if (title.size > 0) {
			g_free(reading->title);
			reading->title = g_strndup((const char *)title.data, title.size);
		}
		return;
	}
	if (line.size == 0) {
		g_clear_pointer(&reading->title, g_free);
		return;
	}
	title = cut_comment(&line);
	if (is_hosts_line(line, &names))
		add_hosts(reading, names, title);
	else if (is_range(line, &first, &last))
		add_range(reading, first, last, title);
	else
		add_slice(reading, INDICATOR_ANY, line, title);
}

static void list_read(Slice text, const char *name, Collector *collector)
{
	Reading reading = { .collector = collector };
	Slice line;

	while (words_next_line(&text, &line)) {
		reading.line++;
		read_line(&reading, words_trim(line));
	}
	g_free(reading.title);
}

/* ---- probing ---- */

static gboolean looks_like_value(Slice line)
{
	g_autoptr(GString) refanged = g_string_new(NULL);
	guint32 first, last;
	Slice names;

	(void)cut_comment(&line);
	if (hash_shift_concerns(line) || is_hosts_line(line, &names) ||
		is_range(line, &first, &last))
		return TRUE;
	normal_append_refanged(refanged, line);
	return normal_detect(slice_make(refanged->str, refanged->len)) != INDICATOR_ANY;
}

static guint list_probe(Slice text, const char *name)
{
	guint n_lines = 0, n_values = 0;
	Slice line;

	while (n_lines < PROBE_LINES && words_next_line(&text, &line)) {
		line = words_trim(line);
		if (line.size == 0 || is_comment(line))
			continue;
		n_lines++;
		n_values += line.size < 4096 && looks_like_value(line);
	}
	return n_values > 0 && n_values * 2 >= n_lines ? SCORE : 0;
}

const IntelFormat intel_list = {
	.name = "list",
	.description = "plain lists, one value a line; hosts files",
	.docs = "docs/intelligence.md",
	.probe = list_probe,
	.read = list_read,
};

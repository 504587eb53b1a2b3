/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/line-filter.h"

#include "base/block.h"

#define GRAM_BYTES    4
#define NONE	      G_MAXUINT32
#define BITS_PER_GRAM 64
#define MIN_LOG	      10
#define MAX_LOG	      17
#define MAX_SHORT     128 /* literals of three or four bytes: each has a hundred grams or two */
#define MAX_LINE      (64u << 10) /* longer lines are judged in full */

typedef struct Entry {
	gsize text; /* where it begins in the texts of all */
	guint32 size;
	gint32 offset;		 /* where in the literal is; -1: a byte before it begins */
	guint8 gram[GRAM_BYTES]; /* what it is found by */
	guint32 next;		 /* of the same slot, or NONE */
	guint32 position;	 /* the bit it sets */
} Entry;

struct LineFilter {
	guint n_sets, n_words, n_short;
	guint64 *start;
	GByteArray *texts;
	GArray *entries; /* Entry */
	GArray *joins;	 /* guint */
	guint8 *bitmap;	 /* of hashed grams */
	guint32 *slots;	 /* by the same hash: the first entry, or NONE */
	guint shift;
};

LineFilter *line_filter_new(guint n_sets, guint n_words, const guint64 *start)
{
	LineFilter *filter = g_new0(LineFilter, 1);

	filter->n_sets = n_sets;
	filter->n_words = n_words;
	filter->start = g_memdup2(start, (gsize)n_sets * n_words * sizeof(*start));
	filter->texts = g_byte_array_new();
	filter->joins = g_array_new(FALSE, FALSE, sizeof(guint));
	filter->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	return filter;
}

void line_filter_free(LineFilter *filter)
{
	if (!filter)
		return;
	g_byte_array_unref(filter->texts);
	g_array_unref(filter->entries);
	g_array_unref(filter->joins);
	g_free(filter->start);
	g_free(filter->bitmap);
	g_free(filter->slots);
	g_free(filter);
}

void line_scratch_clear(LineScratch *scratch)
{
	g_clear_pointer(&scratch->text, g_free);
	g_clear_pointer(&scratch->bits, g_free);
	scratch->room = scratch->bits_room = 0;
}

static Entry *entry_at(const LineFilter *filter, guint32 number)
{
	return &g_array_index(filter->entries, Entry, number);
}

/* The bytes that analysers change into each other are one. */
static guint8 plain_byte(guint8 c)
{
	return c == '\t' || c == '+' || c == '?' || c == ',' ? ' ' : c;
}

/* What text logs have much of is a poor thing to look for. */
static guint weight(guint8 c)
{
	if (g_ascii_isalpha((char)c))
		return memchr("etaoinsr", c, 8) ? 1 : memchr("qxzjkv", c, 6) ? 4 : 2;
	if (g_ascii_isdigit((char)c))
		return 2;
	return memchr(" ./-;:=&%()", c, 11) ? 1 : 6;
}

static guint gram_weight(Slice text, gsize offset)
{
	guint sum = 0;

	for (guint k = 0; k < GRAM_BYTES; k++)
		sum += weight(text.data[offset + k]);
	return sum;
}

/* The offset of two grams behind each other, so that the commoner of them is as rare as can be. */
static gint32 choose_grams(Slice text)
{
	gint32 best = 0;
	guint best_weight = 0;

	for (gsize i = 0; i + GRAM_BYTES < text.size; i++) {
		guint lower = MIN(gram_weight(text, i), gram_weight(text, i + 1));

		if (lower > best_weight) {
			best = (gint32)i;
			best_weight = lower;
		}
	}
	return best;
}

void line_filter_add_unknown(LineFilter *filter, guint32 position)
{
	filter->start[position / 64] |= G_GUINT64_CONSTANT(1) << (position % 64);
}

/* Letters and digits alone, so short, stand in most lines. */
static gboolean is_common(Slice literal)
{
	for (gsize i = 0; i < literal.size; i++) {
		if (!g_ascii_isalnum((char)literal.data[i]))
			return FALSE;
	}
	return TRUE;
}

/* The gram at entry.offset of the literal, of which bytes outside of it are @other. */
static void add_entry(LineFilter *filter, Entry entry, guint8 other)
{
	for (gint32 i = 0; i < GRAM_BYTES; i++) {
		gint32 at = entry.offset + i;

		entry.gram[i] = at < 0 || at >= (gint32)entry.size
			? other
			: filter->texts->data[entry.text + (gsize)at];
	}
	g_array_append_val(filter->entries, entry);
}

/* The same with each byte that may stand there. */
static void add_entries(LineFilter *filter, Entry entry, gint32 offset)
{
	entry.offset = offset;
	for (guint8 other = 0; other < 0x80; other++) {
		/* Others are not in lines as they are searched. */
		if (!g_ascii_isupper((char)other) && plain_byte(other) == other)
			add_entry(filter, entry, other);
	}
}

/*
 * Lines are searched at every second place, so a literal is found by two grams, one for even and
 * one for odd places; where it is too short for that, by grams with a byte before or behind it.
 */
void line_filter_add(LineFilter *filter, Slice literal, guint32 position)
{
	Entry entry = {
		.text = filter->texts->len, .size = (guint32)literal.size, .position = position
	};

	if (literal.size < GRAM_BYTES - 1 || (literal.size < GRAM_BYTES && is_common(literal)) ||
		(literal.size <= GRAM_BYTES && filter->n_short++ >= MAX_SHORT)) {
		line_filter_add_unknown(filter, position);
		return;
	}
	g_byte_array_append(filter->texts, literal.data, (guint)literal.size);
	for (gsize i = entry.text; i < filter->texts->len; i++)
		filter->texts->data[i] = plain_byte(filter->texts->data[i]);
	if (literal.size > GRAM_BYTES)
		entry.offset =
			choose_grams(slice_make(&filter->texts->data[entry.text], entry.size));
	else
		add_entries(filter, entry, -1);
	if (literal.size < GRAM_BYTES) {
		add_entries(filter, entry, 0);
		return;
	}
	add_entry(filter, entry, 0);
	if (literal.size > GRAM_BYTES) {
		entry.offset++;
		add_entry(filter, entry, 0);
	}
}

void line_filter_add_join(LineFilter *filter, guint column)
{
	g_array_append_val(filter->joins, column);
}

static inline guint32 hash_gram(const guint8 gram[GRAM_BYTES], guint shift)
{
	guint32 number = (guint32)gram[0] | (guint32)gram[1] << 8 | (guint32)gram[2] << 16 |
		(guint32)gram[3] << 24;

	return (number * 0x9E3779B1u) >> shift;
}

/* TRUE where some rule has all its sets. */
static gboolean has_candidate(const LineFilter *filter, const guint64 *bits)
{
	for (guint word = 0; word < filter->n_words; word++) {
		guint64 all = bits[word];

		for (guint set = 1; set < filter->n_sets; set++)
			all &= bits[set * filter->n_words + word];
		if (all)
			return TRUE;
	}
	return FALSE;
}

gboolean line_filter_finish(LineFilter *filter)
{
	guint log = MIN_LOG;

	if (has_candidate(filter, filter->start))
		return FALSE;
	while (log < MAX_LOG && (1u << log) < (guint64)filter->entries->len * BITS_PER_GRAM)
		log++;
	filter->shift = 32 - log;
	filter->bitmap = g_malloc0((1u << log) / 8);
	filter->slots = g_new(guint32, 1u << log);
	memset(filter->slots, 0xFF, (1u << log) * sizeof(*filter->slots)); /* NONE in each */
	for (guint32 i = 0; i < filter->entries->len; i++) {
		Entry *entry = entry_at(filter, i);
		guint32 hash = hash_gram(entry->gram, filter->shift);

		filter->bitmap[hash / 8] |= (guint8)(1u << hash % 8);
		entry->next = filter->slots[hash];
		filter->slots[hash] = i;
	}
	return TRUE;
}

gsize line_filter_size(const LineFilter *filter)
{
	if (!filter)
		return 0;
	return sizeof(*filter) + filter->texts->len + filter->entries->len * sizeof(Entry) +
		(filter->bitmap ? (1u << (32 - filter->shift)) * (sizeof(guint32) + 1) : 0) +
		(gsize)filter->n_sets * filter->n_words * sizeof(guint64);
}

/* ---- looking ---- */

static void make_room(const LineFilter *filter, LineScratch *scratch, gsize size)
{
	guint n_bits = filter->n_sets * filter->n_words;

	if (size + BLOCK_BYTES > scratch->room) {
		scratch->room = size + 1024;
		scratch->text = g_realloc(scratch->text, scratch->room);
	}
	if (n_bits > scratch->bits_room) {
		scratch->bits_room = n_bits;
		scratch->bits = g_renew(guint64, scratch->bits, n_bits);
	}
}

/* Writes @line as it is searched to @text, which has room; FALSE where it is not ASCII. */
static gboolean make_plain(Slice line, guint8 *text)
{
	guint high = 0;
	gsize i = 0;

	for (; block_fits(line, i); i += BLOCK_BYTES) {
		Block block = block_load(&line.data[i]);

		high |= block_high(block);
		block = block_fold_ascii(block);
		block = block_replace(block, '\t', ' ');
		block = block_replace(block, '+', ' ');
		block = block_replace(block, '?', ' ');
		block_store(&text[i], block_replace(block, ',', ' '));
	}
	for (; i < line.size; i++) {
		high |= line.data[i] & 0x80;
		text[i] = plain_byte((guint8)g_ascii_tolower((char)line.data[i]));
	}
	return high == 0;
}

/* The bitmap said "perhaps" of the gram at @at: sets the bits of the literals that are there. */
static void take_gram(const LineFilter *filter, guint32 hash, Slice text, gsize at, guint64 *bits)
{
	for (guint32 i = filter->slots[hash]; i != NONE;) {
		const Entry *entry = entry_at(filter, i);
		Slice wanted = slice_make(&filter->texts->data[entry->text], entry->size);

		gssize start = (gssize)at - entry->offset;

		if (start >= 0 && slice_equal(slice_sub(text, (gsize)start, entry->size), wanted))
			bits[entry->position / 64] |= G_GUINT64_CONSTANT(1)
				<< (entry->position % 64);
		i = entry->next;
	}
}

static gboolean is_text(const Value *value)
{
	return value->type == VALUE_UTF8 || value->type == VALUE_ANSI || value->type == VALUE_BARE;
}

/* TRUE where @part lies in @whole, byte for byte. */
static gboolean lies_in(Slice part, Slice whole)
{
	return part.data >= whole.data && part.data + part.size <= whole.data + whole.size;
}

/*
 * TRUE where @before and @value joined may read otherwise than they stand in @line: lists, a
 * second part that brings its own mark, NULs that are cut, or more than a mark between them.
 */
static gboolean is_odd_join(const Value *before, const Value *value, Slice line)
{
	gsize next;

	if (value->type == VALUE_ABSENT || before->type == VALUE_ABSENT ||
		value->type == VALUE_NULL || before->type == VALUE_NULL)
		return FALSE; /* nothing is joined */
	if (!is_text(before) || !is_text(value))
		return TRUE;
	if (before->bytes.size == 0 || value->bytes.size == 0)
		return FALSE;
	if (plain_byte(value->bytes.data[0]) == ' ' ||
		before->bytes.data[before->bytes.size - 1] == 0)
		return TRUE;
	if (!lies_in(before->bytes, line) || !lies_in(value->bytes, line))
		return FALSE; /* the reader has put the line together: a blank between any two */
	next = (gsize)(before->bytes.data - line.data) + before->bytes.size;
	return (gsize)(value->bytes.data - line.data) != next + 1 ||
		plain_byte(line.data[next]) != ' ';
}

static gboolean has_odd_join(const LineFilter *filter, const Event *event)
{
	for (guint i = 0; i < filter->joins->len; i++) {
		guint column = g_array_index(filter->joins, guint, i);

		if (is_odd_join(&event->values[column - 1], &event->values[column], event->raw))
			return TRUE;
	}
	return FALSE;
}

static void start_bits(const LineFilter *filter, LineScratch *scratch)
{
	gsize n = (gsize)filter->n_sets * filter->n_words;

	for (gsize i = 0; i < n; i++)
		scratch->bits[i] = filter->start[i];
}

LineVerdict line_filter_look(const LineFilter *filter, const Event *event, LineScratch *scratch)
{
	const guint8 *bitmap = filter->bitmap;
	guint shift = filter->shift;
	gboolean found = FALSE;
	Slice line = event->raw, text;

	if (!line.data || line.size > MAX_LINE || has_odd_join(filter, event))
		return LINE_UNKNOWN;
	make_room(filter, scratch, line.size);
	if (!make_plain(line, scratch->text))
		return LINE_UNKNOWN;
	/* A blank more, so that what is short is found at the end, too. */
	scratch->text[line.size] = ' ';
	text = slice_make(scratch->text, line.size + 1);
	for (gsize i = 0; i + GRAM_BYTES <= text.size; i += 2) {
		guint32 hash = hash_gram(&text.data[i], shift);

		if (G_LIKELY(!(bitmap[hash / 8] >> hash % 8 & 1)))
			continue;
		if (!found)
			start_bits(filter, scratch);
		found = TRUE;
		take_gram(filter, hash, text, i, scratch->bits);
	}
	return found && has_candidate(filter, scratch->bits) ? LINE_CANDIDATES : LINE_QUIET;
}

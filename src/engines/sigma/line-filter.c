/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/line-filter.h"

#include "base/block.h"

#define GRAM_BYTES    4
#define NONE	      G_MAXUINT32
#define BITS_PER_GRAM 64
#define MIN_LOG	      10
#define MAX_LOG	      17
#define MAX_SHORT     128 /* literals of three or four bytes: each has a hundred grams or two */
#define MAX_BLANKS    3	  /* in a gram: each may be one of five bytes in a line */
#define MAX_LINE      (64u << 10) /* longer lines are judged in full */
#define WINDOW_STEP   8		  /* four grams, at every second place */
#define WINDOW_BYTES  10	  /* what they take */
#define WINDOW_BITS   ((1u << WINDOW_BYTES) - 1)
#define LEARN	      256  /* lines: then it is known which columns are long */
#define LONG_BYTES    32   /* on average: such a column is a part alone */
#define MAX_PARTS     6	   /* with more the whole line is as cheap */
#define CREDIT	      1024 /* see may_be_seen() */
#define RETRY	      64

typedef struct Entry {
	gsize text; /* where it begins in the texts of all */
	guint32 size;
	gint32 offset;		 /* where in the literal is; -1: a byte before it begins */
	guint8 gram[GRAM_BYTES]; /* what it is found by, see loose_byte() */
	guint32 position;	 /* the bit it sets */
} Entry;

/* What finding an entry takes, apart from it: these are asked far more often. */
typedef struct Link {
	guint32 gram;
	guint32 next; /* of the same slot, or NONE */
} Link;

/* Columns in which literals may stand, and what lies between them. */
typedef struct Part {
	guint first, last;
	guint64 n_bytes; /* of its values, while learning */
	guint32 owner;	 /* of its values among those seen */
	gint credit;
	guint n_passed;
} Part;

struct LineFilter {
	guint n_sets, n_words, n_short;
	GArray *parts;	/* Part, in the order of columns */
	guint n_learnt; /* lines, up to LEARN */
	guint64 *start;
	GByteArray *texts;
	GArray *entries;     /* Entry */
	GArray *joins;	     /* guint */
	gboolean has_digits; /* a gram is of such bytes alone as dates, times and addresses */
	guint32 *bitmap;     /* of hashed grams */
	guint shift;
	Link *links;	/* for each entry */
	guint32 *slots; /* by the first bits of the same hash: the first entry, or NONE */
	guint slot_shift;
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
	filter->parts = g_array_new(FALSE, FALSE, sizeof(Part));
	return filter;
}

void line_filter_free(LineFilter *filter)
{
	if (!filter)
		return;
	g_byte_array_unref(filter->texts);
	g_array_unref(filter->entries);
	g_array_unref(filter->joins);
	g_array_unref(filter->parts);
	g_free(filter->links);
	g_free(filter->start);
	g_free(filter->bitmap);
	g_free(filter->slots);
	g_free(filter);
}

void line_scratch_clear(LineScratch *scratch)
{
	g_clear_pointer(&scratch->bits, g_free);
	g_clear_pointer(&scratch->seen, seen_values_free);
	scratch->bits_room = 0;
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

static guint8 fold_plain(guint8 c)
{
	return plain_byte((guint8)g_ascii_tolower((char)c));
}

/* As grams have it: letters in lower case by one step, at the price of some other bytes' being
 * taken for each other. */
static guint8 loose_byte(guint8 c)
{
	return c | 0x20;
}

/* What text logs have much of is a poor thing to look for. */
static guint weight(guint8 c)
{
	if (g_ascii_isalpha((char)c))
		return memchr("etaoinsr", c, 8) ? 1 : memchr("qxzjkv", c, 6) ? 4 : 2;
	if (g_ascii_isdigit((char)c))
		return 2;
	return c == ' ' ? 0 : memchr("./-;:=&%()", c, 10) ? 1 : 6;
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

static void set_bit(guint64 *bits, guint32 position)
{
	bits[position / 64] |= G_GUINT64_CONSTANT(1) << (position % 64);
}

void line_filter_add_unknown(LineFilter *filter, guint32 position)
{
	set_bit(filter->start, position);
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

/* One entry for each form that the gram at entry.offset can have in a line. */
static void add_entry(LineFilter *filter, Entry entry, guint8 other)
{
	static const guint8 blanks[] = { ' ', '\t', '+', '?', ',' };
	guint n_forms = 1;

	for (gint32 i = 0; i < GRAM_BYTES; i++) {
		gint32 at = entry.offset + i;

		entry.gram[i] = at < 0 || at >= (gint32)entry.size
			? other
			: filter->texts->data[entry.text + (gsize)at];
		n_forms *= entry.gram[i] == ' ' ? G_N_ELEMENTS(blanks) : 1;
	}
	for (guint form = 0; form < n_forms; form++) {
		Entry added = entry;
		guint rest = form;

		for (guint i = 0; i < GRAM_BYTES; i++) {
			if (entry.gram[i] == ' ') {
				added.gram[i] = blanks[rest % G_N_ELEMENTS(blanks)];
				rest /= G_N_ELEMENTS(blanks);
			}
			added.gram[i] = loose_byte(added.gram[i]);
		}
		g_array_append_val(filter->entries, added);
	}
}

/* The same with each byte that may stand beside the literal. */
static void add_entries(LineFilter *filter, Entry entry, gint32 offset)
{
	entry.offset = offset;
	for (guint8 other = 0; other < 0x80; other++) {
		if (other == loose_byte(other) && other != ' ')
			add_entry(filter, entry, other);
	}
	/* In all its forms: the byte that loose_byte() makes of a tab is none of the above. */
	add_entry(filter, entry, ' ');
}

/* So many blanks have too many forms. */
static gboolean is_blank(const LineFilter *filter, const Entry *entry)
{
	guint n = 0;

	for (gint32 i = 0; i <= GRAM_BYTES; i++) {
		gsize at = (gsize)(entry->offset + i);

		n += at < entry->size && filter->texts->data[entry->text + at] == ' ';
	}
	return n > MAX_BLANKS;
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
	if (is_blank(filter, &entry)) {
		line_filter_add_unknown(filter, position);
		return;
	}
	if (literal.size <= GRAM_BYTES)
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

void line_filter_add_part(LineFilter *filter, guint first, guint last)
{
	Part part = { .first = first, .last = last, .credit = CREDIT };

	g_array_append_val(filter->parts, part);
}

/* The gram at @text in its loose form. */
static inline guint32 load_gram(const guint8 *text)
{
	guint32 number;

	memcpy(&number, text, sizeof(number));
	return number | 0x20202020;
}

static inline guint32 hash_gram(guint32 gram)
{
	return gram * 0x9E3779B1u;
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

/* As block_beyond_digits() has it. */
static gboolean is_digits(const guint8 gram[GRAM_BYTES])
{
	for (guint i = 0; i < GRAM_BYTES; i++) {
		if (!g_ascii_isdigit((char)gram[i]) && gram[i] != ' ' && gram[i] != '-' &&
			gram[i] != '.' && gram[i] != ':')
			return FALSE;
	}
	return TRUE;
}

static int compare_parts(gconstpointer a, gconstpointer b)
{
	const Part *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Puts parts that overlap together. */
static void settle_parts(LineFilter *filter)
{
	GArray *parts = filter->parts;
	guint n = 0;

	g_array_sort(parts, compare_parts);
	for (guint i = 0; i < parts->len; i++) {
		Part part = g_array_index(parts, Part, i);
		Part *before = n ? &g_array_index(parts, Part, n - 1) : NULL;

		if (before && part.first <= before->last)
			before->last = MAX(before->last, part.last);
		else
			g_array_index(parts, Part, n++) = part;
	}
	g_array_set_size(parts, n);
}

static guint log_for(guint64 wanted)
{
	guint log = MIN_LOG;

	while (log < MAX_LOG && (1u << log) < wanted)
		log++;
	return log;
}

gboolean line_filter_finish(LineFilter *filter)
{
	guint log = log_for((guint64)filter->entries->len * BITS_PER_GRAM);
	guint slot_log = log_for(filter->entries->len);

	if (has_candidate(filter, filter->start))
		return FALSE;
	settle_parts(filter);
	filter->shift = 32 - log;
	filter->slot_shift = 32 - slot_log;
	filter->bitmap = g_malloc0((1u << log) / 8);
	filter->slots = g_new(guint32, 1u << slot_log);
	filter->links = g_new(Link, filter->entries->len);
	memset(filter->slots, 0xFF, (1u << slot_log) * sizeof(*filter->slots)); /* NONE in each */
	for (guint32 i = 0; i < filter->entries->len; i++) {
		guint32 gram = load_gram(entry_at(filter, i)->gram), hash = hash_gram(gram);
		guint32 *slot = &filter->slots[hash >> filter->slot_shift];

		filter->bitmap[(hash >> filter->shift) / 32] |= 1u << (hash >> filter->shift) % 32;
		filter->links[i] = (Link){ gram, *slot };
		*slot = i;
		filter->has_digits |= is_digits(entry_at(filter, i)->gram);
	}
	return TRUE;
}

gsize line_filter_size(const LineFilter *filter)
{
	if (!filter)
		return 0;
	return sizeof(*filter) + filter->texts->len +
		filter->entries->len * (sizeof(Entry) + sizeof(Link)) +
		(filter->bitmap ? (1u << (32 - filter->shift)) / 8 +
					(1u << (32 - filter->slot_shift)) * sizeof(guint32)
				: 0) +
		(gsize)filter->n_sets * filter->n_words * sizeof(guint64);
}

/* ---- looking ---- */

static void make_room(const LineFilter *filter, LineScratch *scratch)
{
	guint n_bits = filter->n_sets * filter->n_words;

	if (n_bits > scratch->bits_room) {
		scratch->bits_room = n_bits;
		scratch->bits = g_renew(guint64, scratch->bits, n_bits);
	}
}

static void start_bits(const LineFilter *filter, LineScratch *scratch)
{
	gsize n = (gsize)filter->n_sets * filter->n_words;

	for (gsize i = 0; i < n && !scratch->has_found; i++)
		scratch->bits[i] = filter->start[i];
	scratch->has_found = TRUE;
}

/* Takes it that the literal that sets bit @position is there. */
static void take_find(const LineFilter *filter, LineScratch *scratch, guint32 position)
{
	start_bits(filter, scratch);
	set_bit(scratch->bits, position);
	if (scratch->n_finds < SEEN_FINDS)
		scratch->finds[scratch->n_finds] = position;
	scratch->n_finds++;
}

/* Whether @literal stands in @text at @start, which may lie outside of it. */
static gboolean stands_at(Slice text, gssize start, Slice literal)
{
	if (start < 0 || (gsize)start > text.size || literal.size > text.size - (gsize)start)
		return FALSE;
	for (gsize i = 0; i < literal.size; i++) {
		if (fold_plain(text.data[(gsize)start + i]) != literal.data[i])
			return FALSE;
	}
	return TRUE;
}

/* Sets the bits of the literals that have @gram, which stands at @at, and are there. */
static void take_gram(
	const LineFilter *filter, Slice text, gsize at, guint32 gram, LineScratch *scratch)
{
	const Link *link;

	for (guint32 i = filter->slots[hash_gram(gram) >> filter->slot_shift]; i != NONE;
		i = link->next) {
		const Entry *entry = entry_at(filter, i);

		link = &filter->links[i];
		if (link->gram == gram &&
			stands_at(text, (gssize)at - entry->offset,
				slice_make(&filter->texts->data[entry->text], entry->size)))
			take_find(filter, scratch, entry->position);
	}
}

/* What the bitmap says of a gram: bit 0 of it. */
static inline guint32 ask_bitmap(const guint32 *bitmap, guint shift, guint32 gram)
{
	guint32 bit = hash_gram(gram) >> shift;

	return bitmap[bit / 32] >> bit % 32;
}

static inline void find_gram(
	const LineFilter *filter, Slice text, gsize at, guint32 gram, LineScratch *scratch)
{
	if (ask_bitmap(filter->bitmap, filter->shift, gram) & 1)
		take_gram(filter, text, at, gram, scratch);
}

/* The grams at @at and the three second places behind it, if the bitmap says "perhaps" of one. */
static inline void find_window(const LineFilter *filter, Slice text, gsize i, LineScratch *scratch)
{
	const guint32 *bitmap = filter->bitmap;
	const guint8 *at = &text.data[i];
	guint shift = filter->shift;
	guint32 some = ask_bitmap(bitmap, shift, load_gram(at)) |
		ask_bitmap(bitmap, shift, load_gram(at + 2)) |
		ask_bitmap(bitmap, shift, load_gram(at + 4)) |
		ask_bitmap(bitmap, shift, load_gram(at + 6));

	if (G_LIKELY(!(some & 1)))
		return;
	for (gsize k = 0; k < WINDOW_STEP; k += 2)
		find_gram(filter, text, i + k, load_gram(at + k), scratch);
}

/* Literals that end with the text, found by a gram with a byte behind them. */
static void find_last(const LineFilter *filter, Slice text, LineScratch *scratch)
{
	guint8 bytes[GRAM_BYTES] = { 0, 0, 0, ' ' };
	gsize at = text.size - (GRAM_BYTES - 1);

	if (text.size < GRAM_BYTES - 1 || at % 2 != 0)
		return;
	for (gsize i = 0; i < GRAM_BYTES - 1; i++)
		bytes[i] = text.data[at + i];
	find_gram(filter, text, at, load_gram(bytes), scratch);
}

/* FALSE where @text can not be searched, as it is not ASCII. */
static gboolean search(const LineFilter *filter, Slice text, LineScratch *scratch)
{
	guint passed = filter->has_digits ? 0 : WINDOW_BITS, high = 0;
	gsize i = 0;

	for (; block_fits(text, i); i += WINDOW_STEP) {
		Block block = block_load(&text.data[i]);

		high |= block_high(block);
		if ((block_beyond_digits(block) | ~passed) & WINDOW_BITS)
			find_window(filter, text, i, scratch);
	}
	for (gsize k = i; k < text.size; k++)
		high |= text.data[k] & 0x80;
	for (; i + GRAM_BYTES <= text.size; i += 2)
		find_gram(filter, text, i, load_gram(&text.data[i]), scratch);
	find_last(filter, text, scratch);
	return high == 0;
}

/* ---- parts ---- */

/* Whether to look for the value among those seen: not where most were in vain, but now and then. */
static gboolean may_be_seen(Part *part, Slice text)
{
	if (text.size < SEEN_MIN_BYTES || text.size > SEEN_MAX_BYTES)
		return FALSE;
	return part->credit > 0 || ++part->n_passed % RETRY == 0;
}

static gboolean search_part(LineFilter *filter, Part *part, Slice text, LineScratch *scratch)
{
	SeenValue *place;

	if (!may_be_seen(part, text))
		return search(filter, text, scratch);
	if (!scratch->seen)
		scratch->seen = seen_values_new();
	if (part->owner == 0)
		part->owner = ++scratch->n_owners;
	place = seen_values_place(scratch->seen, part->owner, text);
	if (seen_value_is(place, part->owner, text)) {
		part->credit = MIN(part->credit + 1, CREDIT);
		for (guint i = 0; i < place->n_finds; i++)
			take_find(filter, scratch, place->finds[i]);
		return TRUE;
	}
	part->credit = MAX(part->credit - 1, 0);
	scratch->n_finds = 0;
	if (!search(filter, text, scratch))
		return FALSE;
	if (scratch->n_finds <= SEEN_FINDS)
		seen_value_set(place, part->owner, text, scratch->finds, scratch->n_finds);
	return TRUE;
}

static gboolean is_there(const Value *value)
{
	return value->type != VALUE_ABSENT && value->type != VALUE_NULL && value->bytes.size > 0;
}

/* The bytes of the part in the line of an event whose values stand in order. */
static Slice part_text(const Part *part, const Event *event)
{
	const Value *low = &event->values[part->first], *high = &event->values[part->last];

	while (low < high && !is_there(low))
		low++;
	while (low < high && !is_there(high))
		high--;
	if (!is_there(low))
		return SLICE_EMPTY;
	return slice_make(
		low->bytes.data, (gsize)(high->bytes.data + high->bytes.size - low->bytes.data));
}

/* FALSE where there is something that is not searched. */
static gboolean search_parts(LineFilter *filter, const Event *event, LineScratch *scratch)
{
	for (guint i = 0; i < filter->parts->len; i++) {
		Part *part = &g_array_index(filter->parts, Part, i);
		Slice text = part_text(part, event);

		if (text.size > 0 && !search_part(filter, part, text, scratch))
			return FALSE;
	}
	return TRUE;
}

/* Columns with long values stay parts alone, others are put together with their neighbours. */
static void join_parts(LineFilter *filter)
{
	GArray *parts = filter->parts;
	gboolean can_join = FALSE;
	guint n = 0;

	for (guint i = 0; i < parts->len; i++) {
		Part part = g_array_index(parts, Part, i);
		Part *before = n ? &g_array_index(parts, Part, n - 1) : NULL;
		gboolean is_long = part.first == part.last && part.n_bytes >= LONG_BYTES * LEARN;

		if (can_join && !is_long && part.first == before->last + 1)
			before->last = part.last;
		else
			g_array_index(parts, Part, n++) = part;
		can_join = !is_long;
	}
	g_array_set_size(parts, n);
}

static void learn(LineFilter *filter, const Event *event)
{
	for (guint i = 0; i < filter->parts->len; i++) {
		Part *part = &g_array_index(filter->parts, Part, i);

		part->n_bytes += part_text(part, event).size;
	}
	if (++filter->n_learnt == LEARN)
		join_parts(filter);
}

/* FALSE where there is something that is not searched. */
static gboolean search_line(LineFilter *filter, const Event *event, LineScratch *scratch)
{
	if (!event->raw_in_order)
		return search(filter, event->raw, scratch);
	if (filter->n_learnt < LEARN)
		learn(filter, event);
	if (filter->n_learnt < LEARN || filter->parts->len > MAX_PARTS || filter->parts->len == 0)
		return search(filter, event->raw, scratch);
	return search_parts(filter, event, scratch);
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

LineVerdict line_filter_look(LineFilter *filter, const Event *event, LineScratch *scratch)
{
	if (!event->raw.data || event->raw.size > MAX_LINE || has_odd_join(filter, event))
		return LINE_UNKNOWN;
	make_room(filter, scratch);
	scratch->has_found = FALSE;
	scratch->n_finds = 0;
	if (!search_line(filter, event, scratch))
		return LINE_UNKNOWN;
	return scratch->has_found && has_candidate(filter, scratch->bits) ? LINE_CANDIDATES
									  : LINE_QUIET;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is added is kept as 16 bytes and the value, and put in order by builder_finish()
 * (builder-finish.c). Texts are kept once each, and so is all that a source says beside the value
 * and the line: feeds say the same of a million values.
 */
#include "engines/indicators/builder-private.h"

#include "base/hash.h"
#include "base/limits.h"
#include "engines/indicators/form.h"

#define NO_SET G_MAXUINT32

static GHashTable *new_numbers(void)
{
	return g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
}

Builder *builder_new(void)
{
	Builder *builder = g_new0(Builder, 1);

	builder->values = g_string_new(NULL);
	builder->added = g_array_new(FALSE, FALSE, sizeof(Added));
	builder->strings = g_string_new(NULL);
	g_string_append_c(builder->strings, 0); /* "" */
	builder->string_numbers = new_numbers();
	builder->abouts = g_array_new(FALSE, FALSE, 4 * STORE_ABOUT_WORDS);
	builder->about_numbers = new_numbers();
	builder->sets = g_array_new(FALSE, FALSE, sizeof(StoreSet));
	builder->sources = g_array_new(FALSE, TRUE, 4 * STORE_SOURCE_WORDS);
	builder->set_of = g_array_new(FALSE, FALSE, 4 * INDICATOR_N_KINDS);
	builder->lists = g_string_new(NULL);
	return builder;
}

void builder_free(Builder *builder)
{
	if (!builder)
		return;
	g_string_free(builder->values, TRUE);
	g_array_unref(builder->added);
	g_string_free(builder->strings, TRUE);
	g_hash_table_unref(builder->string_numbers);
	g_array_unref(builder->abouts);
	g_hash_table_unref(builder->about_numbers);
	g_array_unref(builder->sets);
	g_array_unref(builder->sources);
	g_array_unref(builder->set_of);
	g_string_free(builder->lists, TRUE);
	g_free(builder);
}

/* ---- what is kept once ---- */

/* The number of @bytes in @numbers; @next, and TRUE in @ret_is_new, where they were not there. */
static guint32 number_of(GHashTable *numbers, Slice bytes, guint32 next, gboolean *ret_is_new)
{
	gpointer found;
	Slice *key;

	*ret_is_new = FALSE;
	if (g_hash_table_lookup_extended(numbers, &bytes, NULL, &found))
		return GPOINTER_TO_UINT(found);
	key = g_malloc(sizeof(*key) + bytes.size);
	memcpy(key + 1, bytes.data, bytes.size);
	*key = slice_make(key + 1, bytes.size);
	(void)g_hash_table_insert(numbers, key, GUINT_TO_POINTER(next));
	*ret_is_new = TRUE;
	return next;
}

static guint32 keep_text(Builder *builder, const char *text, guint32 *last)
{
	GString *strings = builder->strings;
	g_autofree char *start = NULL;
	gboolean is_new;

	if (!text || !*text)
		return 0;
	if (strlen(text) >= LIMIT_INDICATOR_TEXT_BYTES) {
		gsize size = LIMIT_INDICATOR_TEXT_BYTES - 1;

		while (size > 0 && (text[size] & 0xC0) == 0x80)
			size--;
		text = start = g_strndup(text, size);
	}
	if (*last && strcmp(&strings->str[*last], text) == 0)
		return *last;
	*last = number_of(
		builder->string_numbers, slice_from_text(text), (guint32)strings->len, &is_new);
	if (is_new)
		g_string_append_len(strings, text, (gssize)strlen(text) + 1);
	return *last;
}

static guint32 keep_about(Builder *builder, const guint32 words[STORE_ABOUT_WORDS])
{
	Slice bytes = slice_make(words, 4 * STORE_ABOUT_WORDS);
	GArray *abouts = builder->abouts;
	gboolean is_new;

	if (abouts->len > 0 &&
		memcmp(&abouts->data[(gsize)builder->last_about * bytes.size], words, bytes.size) ==
			0)
		return builder->last_about;
	builder->last_about = number_of(builder->about_numbers, bytes, abouts->len, &is_new);
	if (is_new)
		g_array_append_vals(abouts, words, 1);
	return builder->last_about;
}

/* ---- sources ---- */

static guint32 *source_words(const Builder *builder)
{
	return (guint32 *)(gpointer)&builder->sources
		->data[(gsize)builder->source * 4 * STORE_SOURCE_WORDS];
}

/* The set of @kind in the source at hand. */
static guint32 *set_of(const Builder *builder, IndicatorKind kind)
{
	return &((guint32 *)(gpointer)
			 builder->set_of->data)[(gsize)builder->source * INDICATOR_N_KINDS + kind];
}

guint builder_begin_source(Builder *builder, const char *path)
{
	guint32 sets[INDICATOR_N_KINDS], last = 0;

	for (guint i = 0; i < INDICATOR_N_KINDS; i++)
		sets[i] = NO_SET;
	g_array_append_vals(builder->set_of, sets, 1);
	builder->source = builder->sources->len;
	g_array_set_size(builder->sources, builder->source + 1);
	source_words(builder)[SOURCE_PATH] = keep_text(builder, path, &last);
	return builder->source;
}

void builder_turn_to_source(Builder *builder, guint source)
{
	builder->source = source;
}

static void put_64(guint32 *words, guint64 number)
{
	words[0] = (guint32)number;
	words[1] = (guint32)(number >> 32);
}

void builder_end_source(Builder *builder, const IntelSource *source)
{
	guint32 last = 0;
	guint32 *words = source_words(builder);

	words[SOURCE_FORMAT] = keep_text(builder, source->format, &last);
	words[SOURCE_NAME] = keep_text(builder, source->name, &last);
	words[SOURCE_SHA256] = keep_text(builder, source->sha256, &last);
	put_64(&words[SOURCE_ACCEPTED], source->accepted);
	put_64(&words[SOURCE_RULES], source->rules);
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		put_64(&words[SOURCE_NOTES + 2 * i], source->notes[i]);
}

guint builder_count(const Builder *builder, IndicatorKind kind)
{
	guint32 set = builder->sources->len ? *set_of(builder, kind) : NO_SET;

	return set == NO_SET ? 0 : g_array_index(builder->sets, StoreSet, set).n;
}

guint builder_count_all(const Builder *builder)
{
	return builder->added->len;
}

/* ---- indicators ---- */

static StoreSet *set_for(Builder *builder, IndicatorKind kind)
{
	guint32 *number = set_of(builder, kind);

	if (*number == NO_SET) {
		StoreSet set = { .source = builder->source, .kind = kind };

		*number = builder->sets->len;
		g_array_append_val(builder->sets, set);
	}
	return &g_array_index(builder->sets, StoreSet, *number);
}

/* How the source writes the value, where its form does not say. */
static const char *written(const Builder *builder, const Indicator *indicator, gsize start)
{
	switch (indicator->kind) {
	case INDICATOR_FILE_NAME:
	case INDICATOR_FILE_PATH:
	case INDICATOR_REGISTRY_KEY:
	case INDICATOR_PIPE:
		return strcmp(&builder->values->str[start], indicator->value) == 0
			? ""
			: indicator->value;
	default:
		return "";
	}
}

static const char *join_lists(Builder *builder, const char *const *lists)
{
	g_string_truncate(builder->lists, 0);
	for (guint i = 0; lists && lists[i]; i++)
		g_string_append_printf(builder->lists, "%s%s", i ? "\n" : "", lists[i]);
	return builder->lists->str;
}

static guint32 describe(Builder *builder, const Indicator *indicator, gsize start)
{
	const char *const texts[] = {
		[ABOUT_WRITTEN] = written(builder, indicator, start),
		[ABOUT_ID] = indicator->id,
		[ABOUT_SOURCE] = indicator->source,
		[ABOUT_TITLE] = indicator->title,
		[ABOUT_DESCRIPTION] = indicator->description,
		[ABOUT_REFERENCE] = indicator->reference,
		[ABOUT_TAGS] = indicator->tags,
		[ABOUT_LISTS] = join_lists(builder, indicator->lists),
	};
	guint32 words[STORE_ABOUT_WORDS] = { 0 };

	words[ABOUT_SET] = *set_of(builder, indicator->kind);
	for (guint i = ABOUT_WRITTEN; i <= ABOUT_LISTS; i++)
		words[i] = keep_text(builder, texts[i], &builder->last_texts[i]);
	words[ABOUT_CONFIDENCE] = MIN(indicator->confidence, INDICATOR_CONFIDENCE_UNKNOWN) |
		(indicator->is_silent ? STORE_IS_SILENT : 0);
	put_64(&words[ABOUT_FROM_LOW], (guint64)indicator->valid_from);
	put_64(&words[ABOUT_UNTIL_LOW], (guint64)indicator->valid_until);
	return keep_about(builder, words);
}

const char *builder_add(Builder *builder, const Indicator *indicator)
{
	gsize start = builder->values->len;
	Added added = { .line = indicator->line, .kind = indicator->kind };

	if ((guint)indicator->kind >= INDICATOR_N_KINDS)
		return "has no kind";
	if (strlen(indicator->value) > LIMIT_INDICATOR_VALUE_BYTES)
		return "is longer than LIMIT_INDICATOR_VALUE_BYTES";
	if (builder->added->len >= LIMIT_INDICATORS ||
		builder->strings->len >= LIMIT_INDICATOR_STORE_BYTES ||
		start >= LIMIT_INDICATOR_STORE_BYTES)
		return "is one too many: LIMIT_INDICATORS or LIMIT_INDICATOR_STORE_BYTES is "
		       "reached";
	if (*set_of(builder, indicator->kind) == NO_SET &&
		builder->sets->len >= LIMIT_INDICATOR_SETS)
		return "is of one set too many: LIMIT_INDICATOR_SETS is reached";
	if (!form_append(builder->values, indicator)) {
		g_string_truncate(builder->values, start);
		return "is not in normal form";
	}
	set_for(builder, indicator->kind)->n++;
	added.value = (guint32)builder->values->len;
	added.about = describe(builder, indicator, start);
	g_array_append_val(builder->added, added);
	return NULL;
}

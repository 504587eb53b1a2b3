/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: MISP's CSV export, feeds, what agencies put beside their advisories, and what people keep
 * in spreadsheets. csv-columns.h says which column is what; here a row becomes claims.
 */
#include "intel/csv.h"

#include "base/limits.h"
#include "intel/claim.h"
#include "intel/csv-columns.h"
#include "intel/kind-names.h"
#include "intel/normal.h"
#include "intel/words.h"

typedef struct Table {
	const CsvColumns *columns;
	const CsvReader *row;
	Collector *collector;
	Claim claim;
	GString *value, *text;
} Table;

/* ---- the row's other columns ---- */

static const char *text_of(Table *table, Slice field)
{
	g_string_truncate(table->text, 0);
	words_append(table->text, field);
	return table->text->str;
}

/* "2021-03-09", "20210309", "2021-03-05T10:07:29Z", "2021-03-05 10:07:29", seconds since 1970. */
static Instant parse_time(Slice field)
{
	g_autofree char *text = g_strndup((const char *)field.data, MIN(field.size, 40));
	Instant instant = INSTANT_NONE;
	guint64 number;

	if (instant_parse(field, &instant))
		return instant;
	if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL)) {
		if (field.size == 8)
			return instant_from_parts((int)(number / 10000), (int)(number / 100 % 100),
				(int)(number % 100), 0, 0, 0, 0);
		return field.size >= 9 ? (Instant)number * INSTANT_SECOND : INSTANT_NONE;
	}
	if (field.size == 10) {
		g_autofree char *whole = g_strconcat(text, "T00:00:00Z", NULL);

		(void)instant_parse(slice_from_text(whole), &instant);
	}
	return instant;
}

/* A number up to 100, or a word. */
static guint parse_confidence(Slice field)
{
	g_autofree char *text = g_strndup((const char *)field.data, MIN(field.size, 8));
	guint64 number;

	if (words_equal(field, "high"))
		return 85;
	if (words_equal(field, "medium") || words_equal(field, "moderate"))
		return 50;
	if (words_equal(field, "low"))
		return 15;
	if (g_str_has_suffix(text, "%"))
		text[strlen(text) - 1] = '\0';
	return g_ascii_string_to_unsigned(text, 10, 0, 100, &number, NULL)
		? (guint)number
		: INDICATOR_CONFIDENCE_UNKNOWN;
}

static gboolean is_no(Slice field)
{
	return words_equal(field, "0") || words_equal(field, "false") || words_equal(field, "no");
}

/* URLs in a text, as references. */
static void add_references(Claim *claim, Slice text)
{
	Slice word;

	while (words_next_part(&text, ' ', &word)) {
		g_autofree char *url = NULL;

		if (!words_has_prefix(word, "http://") && !words_has_prefix(word, "https://"))
			continue;
		url = g_strndup((const char *)word.data, word.size);
		claim_add_reference(claim, url);
	}
}

static void add_tags(Table *table, Slice field)
{
	Slice word;

	while (words_next_part(&field, ',', &word)) {
		word = words_trim(word);
		if (word.size > 0 && word.size < 100)
			claim_add_tag(&table->claim, "", text_of(table, word));
	}
}

static void take_field(Table *table, CsvRole role, Slice field)
{
	Claim *claim = &table->claim;

	switch (role) {
	case CSV_TITLE:
		claim_append(claim->title, " - ", text_of(table, field));
		add_references(claim, field);
		break;
	case CSV_DESCRIPTION:
		claim_append(claim->description, "\n", text_of(table, field));
		add_references(claim, field);
		break;
	case CSV_SOURCE:
		claim_append(claim->source, ", ", text_of(table, field));
		break;
	case CSV_REFERENCE:
		add_references(claim, field);
		break;
	case CSV_CONFIDENCE:
		claim->is.confidence = parse_confidence(field);
		break;
	case CSV_FROM:
		if (claim->is.valid_from == INSTANT_NONE)
			claim->is.valid_from = parse_time(field);
		break;
	case CSV_UNTIL:
		if (claim->is.valid_until == INSTANT_NONE)
			claim->is.valid_until = parse_time(field);
		break;
	case CSV_TAGS:
		add_tags(table, field);
		break;
	case CSV_ID:
		claim_append(claim->id, " ", text_of(table, field));
		break;
	case CSV_TO_IDS:
		claim->is.is_silent |= is_no(field);
		break;
	default:
		break;
	}
}

/* ---- values ---- */

/* "path_regex(score 40)": the score is the row's confidence. */
static Slice take_score(Table *table, Slice type)
{
	gsize open = words_find(type, 0, '(');
	Slice inside = words_from(type, open + 1);

	if (open == type.size || !words_has_prefix(inside, "score "))
		return type;
	inside = words_from(inside, strlen("score "));
	table->claim.is.confidence =
		parse_confidence(words_trim(slice_sub(inside, 0, words_find(inside, 0, ')'))));
	return words_trim(slice_sub(type, 0, open));
}

/* The last ":443" of an address. */
static Slice without_port(Slice value)
{
	for (gsize i = value.size; i-- > 0 && i + 6 >= value.size;) {
		if (value.data[i] == ':' || value.data[i] == '|')
			return slice_sub(value, 0, i);
	}
	return value;
}

/* A NUL would hide what follows it. */
static void tell_value(Table *table, IndicatorKind kind, Slice value)
{
	g_string_truncate(table->value, 0);
	for (gsize i = 0; i < value.size; i++)
		g_string_append_c(table->value, value.data[i] ? (char)value.data[i] : ' ');
	claim_tell(&table->claim, table->collector, kind, table->value->str);
}

static void note_type(Table *table, Slice type, Slice value)
{
	g_autofree char *word = g_strndup((const char *)type.data, words_cut(type, 60).size);
	g_autofree char *reason =
		g_strdup_printf("is of the type \"%s\", which is nothing to look for", word);

	collector_note(table->collector, INTEL_UNSUPPORTED, table->row->line,
		text_of(table, words_cut(value, 4096)), reason);
}

static gboolean is_sure(IndicatorKind kind)
{
	return kind != INDICATOR_ANY && kind != INDICATOR_FILE_NAME && kind != INDICATOR_FILE_PATH;
}

/* A type that names no kind: "C2", "payload" say what a value is for, so its looks decide. */
static void tell_by_looks(Table *table, Slice type, Slice value)
{
	g_autoptr(GString) refanged = g_string_new(NULL);

	normal_append_refanged(refanged, value);
	if (!kind_names_is_foreign(type) &&
		is_sure(normal_detect(slice_make(refanged->str, refanged->len))))
		tell_value(table, INDICATOR_ANY, value);
	else
		note_type(table, type, value);
}

/* "filename|md5": both parts of type and value. */
static gboolean tell_composite(Table *table, Slice type, Slice value)
{
	Slice types[2], values[2];
	gsize bar = words_find(type, 0, '|');

	if (bar == type.size)
		return FALSE;
	types[0] = slice_sub(type, 0, bar);
	types[1] = words_from(type, bar + 1);
	bar = words_find(value, 0, '|');
	values[0] = slice_sub(value, 0, bar);
	values[1] = words_from(value, bar + 1);
	for (guint i = 0; i < 2; i++) {
		IndicatorKind kind;

		if (words_equal(types[i], "port") || words_equal(types[i], "value") ||
			values[i].size == 0)
			continue;
		/* A file's name beside its hash is what the hash is of. */
		if (words_equal(types[i], "filename") && i == 0)
			claim_append(table->claim.title, " - ", text_of(table, values[0]));
		else if (kind_names_find(types[i], &kind))
			tell_value(table, kind, values[i]);
		else
			note_type(table, type, value);
	}
	return TRUE;
}

static void tell_typed(Table *table, Slice type, Slice value)
{
	IndicatorKind kind;

	type = take_score(table, type);
	if (kind_names_is_benign(type)) {
		table->claim.is.is_silent = TRUE;
		tell_value(table, INDICATOR_ANY, value);
	} else if (tell_composite(table, type, value)) {
		return;
	} else if (!kind_names_find(type, &kind)) {
		tell_by_looks(table, type, value);
	} else {
		if (kind_names_has_port(type))
			value = without_port(value);
		tell_value(table, kind, value);
	}
}

/* The row's type: that of the column before the value which is nearest to it, else behind it. */
static Slice type_for(const Table *table, guint value_column)
{
	for (guint i = value_column; i-- > 0;) {
		if (table->columns->columns[i].role == CSV_TYPE)
			return csv_reader_field(table->row, i);
	}
	for (guint i = value_column + 1; i < table->columns->n_columns; i++) {
		if (table->columns->columns[i].role == CSV_TYPE)
			return csv_reader_field(table->row, i);
	}
	return SLICE_EMPTY;
}

static void read_row(Table *table)
{
	const CsvColumns *columns = table->columns;
	guint n_values = 0;

	claim_reset(&table->claim);
	table->claim.is.line = table->row->line;
	for (guint i = 0; i < columns->n_columns; i++) {
		Slice field = csv_reader_field(table->row, i);

		if (field.size > 0)
			take_field(table, columns->columns[i].role, field);
	}
	for (guint i = 0; i < columns->n_columns; i++) {
		const CsvColumn *column = &columns->columns[i];
		Slice field = csv_reader_field(table->row, i), type;

		if (column->role != CSV_VALUE || field.size == 0)
			continue;
		n_values++;
		type = column->kind == INDICATOR_ANY ? type_for(table, i) : SLICE_EMPTY;
		if (type.size > 0)
			tell_typed(table, type, field);
		else
			tell_value(table, column->kind, field);
	}
	if (n_values == 0)
		collector_note(table->collector, INTEL_REJECTED, table->row->line,
			text_of(table, words_cut(table->row->text, 4096)),
			"has nothing in the column of values");
}

/* ---- the file ---- */

/* The word in a file's name that says that it lists what is harmless, or NULL. */
static const char *benign_word(const char *name)
{
	static const char *const words[] = { "legit", "benign", "whitelist", "allowlist",
		"goodware", "known-good", "baseline", "false-positive" };
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strstr(lower, words[i]))
			return words[i];
	}
	return NULL;
}

static char *file_problem(const CsvColumns *columns, const char *name)
{
	const char *word = benign_word(name);

	if (word)
		return g_strdup_printf("heads a table of what is harmless, by its file's name "
				       "(\"%s\"): nothing was taken",
			word);
	return csv_columns_problem(columns);
}

static void read_rows(Table *table, CsvReader *reader)
{
	while (csv_reader_next(reader)) {
		if (reader->text.data[0] == '#' || reader->line == table->columns->heading_line)
			continue;
		read_row(table);
	}
}

static void csv_read(Slice text, const char *name, Collector *collector)
{
	CsvColumns columns;
	g_autofree char *problem = NULL;
	Table table = { .columns = &columns, .collector = collector };
	CsvReader reader;

	if (!csv_columns_find(text, &columns)) {
		csv_columns_clear(&columns);
		collector_note(collector, INTEL_REJECTED, 0, "", "is no table");
		return;
	}
	problem = file_problem(&columns, name);
	if (problem) {
		collector_note(collector, INTEL_REJECTED, MAX(columns.heading_line, 1),
			columns.heading, problem);
		csv_columns_clear(&columns);
		return;
	}
	csv_reader_init(&reader, text, columns.separator);
	table.row = &reader;
	table.value = g_string_new(NULL);
	table.text = g_string_new(NULL);
	claim_init(&table.claim);
	read_rows(&table, &reader);
	claim_clear(&table.claim);
	(void)g_string_free(table.value, TRUE);
	(void)g_string_free(table.text, TRUE);
	csv_reader_clear(&reader);
	csv_columns_clear(&columns);
}

/* Prose has commas, too; tabs and names of files say that a table is meant. */
static gboolean is_table_name(guint8 separator, const char *name)
{
	return separator == '\t' || g_str_has_suffix(name, ".csv") ||
		g_str_has_suffix(name, ".tsv");
}

static guint csv_probe(Slice text, const char *name)
{
	CsvColumns columns;
	guint score = 0;

	if (words_find(slice_sub(text, 0, 4096), 0, 0) < MIN(text.size, 4096))
		return 0;
	/* A table whose values are known by name; by what they are; one of something else. */
	if (csv_columns_find(text, &columns)) {
		g_autofree char *problem = csv_columns_problem(&columns);
		gboolean is_named = FALSE;

		for (guint i = 0; i < columns.n_columns; i++)
			is_named |=
				columns.columns[i].role == CSV_VALUE && columns.columns[i].is_named;
		score = is_named							? 80
			: !problem							? 70
			: columns.has_heading && is_table_name(columns.separator, name) ? 30
											: 0;
	}
	csv_columns_clear(&columns);
	return score;
}

const IntelFormat intel_csv = {
	.name = "csv",
	.description = "tables of indicators (CSV, tab-separated), MISP's CSV export",
	.docs = "docs/intelligence.md",
	.probe = csv_probe,
	.read = csv_read,
};

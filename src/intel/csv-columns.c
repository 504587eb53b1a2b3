/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/csv-columns.h"

#include "base/limits.h"
#include "intel/kind-names.h"
#include "intel/normal.h"
#include "intel/words.h"

#define LOOKED_AT_ROWS 200
#define NAME_BYTES     40

/* ---- by name ---- */

static const struct {
	const char *name;
	CsvRole role;
} roles[] = {
	{ "value", CSV_VALUE },
	{ "indicator", CSV_VALUE },
	{ "indicatorvalue", CSV_VALUE },
	{ "ioc", CSV_VALUE },
	{ "iocvalue", CSV_VALUE },
	{ "observable", CSV_VALUE },
	{ "observablevalue", CSV_VALUE },
	{ "artifact", CSV_VALUE },
	{ "type", CSV_TYPE },
	{ "kind", CSV_TYPE },
	{ "indicatortype", CSV_TYPE },
	{ "ioctype", CSV_TYPE },
	{ "datatype", CSV_TYPE },
	{ "observabletype", CSV_TYPE },
	{ "note", CSV_TITLE },
	{ "notes", CSV_TITLE },
	{ "comment", CSV_TITLE },
	{ "comments", CSV_TITLE },
	{ "meaning", CSV_TITLE },
	{ "title", CSV_TITLE },
	{ "name", CSV_TITLE },
	{ "context", CSV_TITLE },
	{ "malware", CSV_TITLE },
	{ "malwareprintable", CSV_TITLE },
	{ "signature", CSV_TITLE },
	{ "threat", CSV_TITLE },
	{ "description", CSV_DESCRIPTION },
	{ "details", CSV_DESCRIPTION },
	{ "source", CSV_SOURCE },
	{ "feed", CSV_SOURCE },
	{ "reporter", CSV_SOURCE },
	{ "author", CSV_SOURCE },
	{ "reference", CSV_REFERENCE },
	{ "references", CSV_REFERENCE },
	{ "link", CSV_REFERENCE },
	{ "report", CSV_REFERENCE },
	{ "urlhauslink", CSV_REFERENCE },
	{ "confidence", CSV_CONFIDENCE },
	{ "confidencelevel", CSV_CONFIDENCE },
	{ "score", CSV_CONFIDENCE },
	{ "date", CSV_FROM },
	{ "firstseen", CSV_FROM },
	{ "firstseenutc", CSV_FROM },
	{ "dateadded", CSV_FROM },
	{ "validfrom", CSV_FROM },
	{ "published", CSV_FROM },
	{ "lastseen", CSV_UNTIL },
	{ "lastseenutc", CSV_UNTIL },
	{ "validuntil", CSV_UNTIL },
	{ "expires", CSV_UNTIL },
	{ "tags", CSV_TAGS },
	{ "labels", CSV_TAGS },
	{ "uuid", CSV_ID },
	{ "id", CSV_ID },
	{ "iocid", CSV_ID },
	{ "toids", CSV_TO_IDS },
	{ "ids", CSV_TO_IDS },
};

static gboolean find_role(const char *reduced, CsvRole *ret)
{
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (strcmp(reduced, roles[i].name) == 0) {
			*ret = roles[i].role;
			return TRUE;
		}
	}
	return FALSE;
}

/* Names that also head columns which are no indicators. */
static gboolean is_vague(const char *reduced)
{
	static const char *const vague[] = { "path", "file", "hash", "host", "hostname", "network",
		"address", "any", "unknown", "filehash", "pipe", "registry", "dns", "uri", "c2" };

	for (guint i = 0; i < G_N_ELEMENTS(vague); i++) {
		if (strcmp(reduced, vague[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean name_column(CsvColumn *column, Slice name)
{
	char reduced[NAME_BYTES];

	kind_names_reduce(name, reduced, sizeof(reduced));
	if (find_role(reduced, &column->role)) {
		column->kind = INDICATOR_ANY;
		column->is_named = TRUE;
		return TRUE;
	}
	if (!is_vague(reduced) && kind_names_find(name, &column->kind)) {
		column->role = CSV_VALUE;
		column->is_named = TRUE;
		return TRUE;
	}
	column->kind = INDICATOR_ANY;
	return FALSE;
}

/* "signature_component.value": the last part where the whole says nothing. */
static guint name_columns(CsvColumns *columns, const CsvReader *reader)
{
	guint n_known = 0;

	columns->n_columns = MIN(reader->n_fields, G_N_ELEMENTS(columns->columns));
	for (guint i = 0; i < columns->n_columns; i++) {
		CsvColumn *column = &columns->columns[i];
		Slice name = csv_reader_field(reader, i);
		gsize dot = name.size;

		*column = (CsvColumn){ 0 };
		if (name.size > 0 && name.data[0] == '#')
			name = words_trim(words_from(name, 1));
		if (!name_column(column, name)) {
			for (dot = name.size; dot > 0 && name.data[dot - 1] != '.'; dot--)
				;
			if (dot > 0)
				(void)name_column(column, words_from(name, dot));
		}
		n_known += column->role != CSV_NONE;
	}
	return n_known;
}

/* ---- by contents ---- */

/* What a text is by its looks, where these leave no doubt; else ANY. */
static IndicatorKind sure_kind(Slice field, GString *scratch)
{
	IndicatorKind kind;

	if (field.size == 0 || field.size > LIMIT_INTEL_VALUE_BYTES)
		return INDICATOR_ANY;
	g_string_truncate(scratch, 0);
	normal_append_refanged(scratch, field);
	kind = normal_detect(slice_make(scratch->str, scratch->len));
	return kind == INDICATOR_FILE_NAME ? INDICATOR_ANY : kind;
}

static void look_at_row(CsvColumns *columns, const CsvReader *reader, GString *scratch)
{
	columns->n_rows++;
	columns->n_columns = MAX(
		columns->n_columns, MIN(reader->n_fields, (guint)G_N_ELEMENTS(columns->columns)));
	for (guint i = 0; i < columns->n_columns; i++) {
		Slice field = csv_reader_field(reader, i);

		columns->columns[i].n_filled += field.size > 0;
		columns->columns[i].n_kinds[sure_kind(field, scratch)]++;
	}
}

/* The kind that most of the column is; ANY where none is most. */
static IndicatorKind most_of(const CsvColumn *column)
{
	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		if (column->n_kinds[kind] > 0 && column->n_kinds[kind] * 5 >= column->n_filled * 3)
			return (IndicatorKind)kind;
	}
	return INDICATOR_ANY;
}

static guint n_values(const CsvColumns *columns, CsvColumn const **ret_first)
{
	guint n = 0;

	for (guint i = 0; i < columns->n_columns; i++) {
		if (columns->columns[i].role == CSV_VALUE && n++ == 0 && ret_first)
			*ret_first = &columns->columns[i];
	}
	return n;
}

static gboolean is_hash(IndicatorKind kind)
{
	return kind == INDICATOR_MD5 || kind == INDICATOR_SHA1 || kind == INDICATOR_SHA256;
}

/*
 * Named columns of values: of those whose name leaves the kind open the fullest one stays; names of
 * files beside hashes are what the hashes are of.
 */
static void settle_named(CsvColumns *columns)
{
	CsvColumn *fullest = NULL;
	gboolean has_hash = FALSE;

	for (guint i = 0; i < columns->n_columns; i++) {
		CsvColumn *column = &columns->columns[i];

		if (column->role != CSV_VALUE)
			continue;
		has_hash |= is_hash(column->kind);
		if (column->kind == INDICATOR_ANY &&
			(!fullest || column->n_filled > fullest->n_filled))
			fullest = column;
	}
	for (guint i = 0; i < columns->n_columns; i++) {
		CsvColumn *column = &columns->columns[i];

		if (column->role != CSV_VALUE)
			continue;
		if (column->n_filled == 0 ||
			(fullest && fullest->n_filled > 0 && column != fullest))
			column->role = CSV_NONE;
		else if (has_hash && column->kind == INDICATOR_FILE_NAME)
			column->role = CSV_TITLE;
	}
}

/* Columns of values by their contents: hashes of whichever kinds, or else one single column. */
static void settle_by_contents(CsvColumns *columns)
{
	gboolean has_hash = FALSE;

	for (guint i = 0; i < columns->n_columns; i++)
		has_hash |= is_hash(most_of(&columns->columns[i]));
	for (guint i = 0; i < columns->n_columns; i++) {
		CsvColumn *column = &columns->columns[i];
		IndicatorKind kind = most_of(column);

		if (column->is_named || kind == INDICATOR_ANY || (has_hash && !is_hash(kind)))
			continue;
		column->role = CSV_VALUE;
		column->kind = INDICATOR_ANY;
	}
}

/* ---- the table ---- */

/*
 * Whether most of the first records have @separator: tabs in whichever number, others about as
 * often as the first one.
 */
static gboolean is_separated(Slice text, guint8 separator)
{
	guint n_records = 0, n_same = 0, first = 0;
	CsvReader reader;

	csv_reader_init(&reader, text, separator);
	while (n_records < LOOKED_AT_ROWS && csv_reader_next(&reader)) {
		if (reader.text.data[0] == '#' && reader.n_fields < 2)
			continue;
		if (n_records++ == 0)
			first = reader.n_fields;
		n_same +=
			reader.n_fields > 1 && (separator == '\t' || reader.n_fields + 1 >= first);
	}
	csv_reader_clear(&reader);
	return n_records > 0 && n_same * 10 >= n_records * 9;
}

/* A comment that names columns, or a first line that does. */
static gboolean is_heading(CsvColumns *columns, const CsvReader *reader, GString *scratch)
{
	guint n_known, n_hosts = 0;

	if (reader->n_fields < 2)
		return FALSE;
	n_known = name_columns(columns, reader);
	for (guint i = 0; i < columns->n_columns; i++) {
		IndicatorKind kind = sure_kind(csv_reader_field(reader, i), scratch);

		n_hosts += kind == INDICATOR_HOST;
		if (kind != INDICATOR_ANY && kind != INDICATOR_HOST)
			return FALSE;
	}
	if (n_hosts > 0) /* names with dots look like hosts */
		return n_known > 1;
	return n_known > 0 || reader->text.data[0] == '#' || columns->n_columns > 2;
}

static void take_heading(CsvColumns *columns, const CsvReader *reader)
{
	g_free(columns->heading);
	columns->heading = g_strndup((const char *)reader->text.data, reader->text.size);
	columns->heading_line = reader->line;
	columns->has_heading = TRUE;
}

static void look_at_rows(CsvColumns *columns, CsvReader *reader)
{
	g_autoptr(GString) scratch = g_string_new(NULL);
	CsvColumns tried = { 0 };

	while (columns->n_rows < LOOKED_AT_ROWS && csv_reader_next(reader)) {
		gboolean is_comment = reader->text.data[0] == '#';

		if (columns->n_rows == 0 && (is_comment || !columns->has_heading)) {
			tried = (CsvColumns){ 0 };
			if (is_heading(&tried, reader, scratch)) {
				for (guint i = 0; i < tried.n_columns; i++)
					columns->columns[i] = tried.columns[i];
				columns->n_columns = tried.n_columns;
				take_heading(columns, reader);
				continue;
			}
		}
		if (!is_comment)
			look_at_row(columns, reader, scratch);
	}
}

gboolean csv_columns_find(Slice text, CsvColumns *ret)
{
	static const guint8 separators[] = { '\t', ';', '|', ',' };
	CsvReader reader;

	*ret = (CsvColumns){ 0 };
	for (guint i = 0; i < sizeof(separators) && ret->separator == 0; i++) {
		if (is_separated(text, separators[i]))
			ret->separator = separators[i];
	}
	if (ret->separator == 0)
		return FALSE;
	csv_reader_init(&reader, text, ret->separator);
	look_at_rows(ret, &reader);
	csv_reader_clear(&reader);
	settle_named(ret);
	if (n_values(ret, NULL) == 0)
		settle_by_contents(ret);
	return ret->n_rows > 0;
}

void csv_columns_clear(CsvColumns *columns)
{
	g_clear_pointer(&columns->heading, g_free);
}

char *csv_columns_problem(const CsvColumns *columns)
{
	const CsvColumn *first = NULL;
	guint n = n_values(columns, &first);

	if (n == 0)
		return g_strdup("heads a table of which no column holds indicators, by name or by "
				"contents: nothing was taken");
	if (n > 1 && !first->is_named && !is_hash(most_of(first)))
		return g_strdup_printf(
			"heads a table of which %u columns hold what may be indicators, "
			"and no name says which are meant: nothing was taken",
			n);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source: W3C working draft WD-logfile-960323, "Extended Log File Format". Tabs and commas between
 * fields, and quotes, are what ISA, CloudFront, Exchange and proxies do.
 */
#include "readers/w3c/header.h"

#include "readers/exchange/ecp-rows.h"
#include "readers/text/scan.h"

static const char *const prefixes[W3C_N_KINDS] = {
	[W3C_SOFTWARE] = "#Software:",
	[W3C_LOG_TYPE] = "#Log-type:",
	[W3C_DATE] = "#Date:",
	[W3C_FIELDS] = "#Fields:",
};

int w3c_header_kind(Slice line)
{
	Slice rest;

	for (int kind = 0; kind < W3C_N_KINDS; kind++) {
		if (scan_skip_prefix(line, prefixes[kind], &rest))
			return kind;
	}
	return -1;
}

void w3c_table_init(W3cTable *table)
{
	*table = (W3cTable){ .date = -1 };
	for (guint kind = 0; kind < W3C_N_KINDS; kind++)
		table->texts[kind] = g_string_new(NULL);
}

void w3c_table_clear(W3cTable *table)
{
	for (guint kind = 0; kind < W3C_N_KINDS; kind++) {
		if (table->texts[kind])
			(void)g_string_free(table->texts[kind], TRUE);
		table->texts[kind] = NULL;
	}
	g_clear_pointer(&table->values, g_free);
}

void w3c_table_take(W3cTable *table, W3cHeaderKind kind, Slice line)
{
	GString *text = table->texts[kind];
	Slice rest;

	if (!scan_skip_prefix(line, prefixes[kind], &rest))
		return;
	rest = scan_trim(rest);
	if (table->is_set[kind] && slice_equal(rest, slice_make(text->str, text->len)))
		return;
	g_string_truncate(text, 0);
	g_string_append_len(text, (const char *)rest.data, (gssize)rest.size);
	table->is_set[kind] = TRUE;
	if (kind != W3C_DATE)
		table->shape = NULL;
}

/* ---- the shape ---- */

static Slice text_of(const W3cTable *table, W3cHeaderKind kind)
{
	return slice_make(table->texts[kind]->str, table->texts[kind]->len);
}

/*
 * IIS and what else Microsoft builds on it never quotes, and puts a quote that a client sent into
 * the line as it is; proxies quote what has blanks in it.
 */
static gboolean may_quote(Slice software)
{
	static const char *const plain[] = { "Microsoft Internet Information Services",
		"Microsoft HTTP", "Microsoft Windows Media", NULL };
	Slice rest;

	for (guint i = 0; plain[i]; i++) {
		if (scan_skip_prefix(software, plain[i], &rest))
			return FALSE;
	}
	return TRUE;
}

static void find_separator(W3cTable *table)
{
	Slice fields = text_of(table, W3C_FIELDS);

	table->is_quoted = may_quote(text_of(table, W3C_SOFTWARE));
	table->separator = ' ';
	if (scan_byte(fields, 0, '\t') < fields.size)
		table->separator = '\t';
	else if (scan_byte(fields, 0, ' ') == fields.size &&
		scan_byte(fields, 0, ',') < fields.size)
		table->separator = ',';
}

static void add_constant(Shape *shape, const char *name, const W3cTable *table, W3cHeaderKind kind)
{
	if (table->is_set[kind] && table->texts[kind]->len > 0)
		(void)shape_add_column(shape, name, table->texts[kind]->str);
}

/* The next name of the field line at or behind *@at. */
static gboolean next_name(const W3cTable *table, gsize *at, Slice *ret)
{
	Slice fields = text_of(table, W3C_FIELDS);

	while (*at < fields.size) {
		gsize end = scan_byte(fields, *at, table->separator);

		*ret = scan_trim(slice_sub(fields, *at, end - *at));
		*at = end + 1;
		if (ret->size > 0 || table->separator != ' ')
			return TRUE;
	}
	return FALSE;
}

static Shape *make_shape(const W3cTable *table)
{
	Shape *shape = shape_new("w3c");
	ColumnNames names;
	gsize at = 0;
	Slice name;

	(void)shape_add_column(shape, "LogFormat", "w3c");
	add_constant(shape, "LogName", table, W3C_SOFTWARE);
	add_constant(shape, "LogType", table, W3C_LOG_TYPE);
	column_names_init(&names, shape);
	while (next_name(table, &at, &name) && column_names_add(&names, name) >= 0)
		;
	column_names_clear(&names);
	return shape;
}

static int find_column(const Shape *shape, const char *const *names)
{
	for (guint i = 0; names[i]; i++) {
		int column = shape_find_column(shape, names[i]);

		if (column >= 0)
			return column;
	}
	return -1;
}

static void take_shape(W3cTable *table, Shape *shape)
{
	static const char *const dates[] = { "date", NULL }, *const times[] = { "time", NULL };
	static const char *const both[] = { "date-time", "DateTime", "datetime", "timestamp",
		"x-timestamp", "TimeStamp", "gmttime", NULL };
	guint n_names = 0;
	gsize at = 0;
	Slice name;

	table->shape = shape;
	table->date = find_column(shape, dates);
	table->time = find_column(shape, times);
	table->date_time = table->date >= 0 && table->time >= 0 ? -1 : find_column(shape, both);
	table->event_data = ecp_rows_find_column(shape);
	g_free(table->values);
	table->values = g_new0(Value, shape->n_columns);
	table->n_constants = 0;
	for (guint i = 0; i < shape->n_columns && shape->columns[i].constant; i++) {
		table->values[i] = (Value){ .type = VALUE_UTF8,
			.bytes = slice_from_text(shape->columns[i].constant) };
		table->n_constants++;
	}
	table->n_fields = shape->n_columns - table->n_constants;
	while (next_name(table, &at, &name))
		n_names++;
	table->has_more_fields = n_names > table->n_fields;
}

gboolean w3c_table_prepare(W3cTable *table, ShapeStore *store)
{
	g_autoptr(GString) key = NULL;
	Shape *shape;

	if (table->shape)
		return TRUE;
	if (!table->is_set[W3C_FIELDS] || table->texts[W3C_FIELDS]->len == 0)
		return FALSE;
	find_separator(table);
	key = g_string_new(NULL);
	for (guint kind = 0; kind < W3C_N_KINDS; kind++) {
		if (kind != W3C_DATE)
			g_string_append_len(
				key, table->texts[kind]->str, (gssize)table->texts[kind]->len);
		g_string_append_c(key, '\n'); /* stands in no line */
	}
	shape = shape_store_find(store, slice_make(key->str, key->len));
	if (!shape)
		shape = shape_store_add(store, slice_make(key->str, key->len), make_shape(table));
	take_shape(table, shape);
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Source: Zeek, "Zeek Log Formats and Inspection"; src/logging/writers/ascii. */
#include "readers/zeek/header.h"

#include "readers/text/scan.h"

static const char *const names[ZEEK_N_KINDS] = {
	[ZEEK_SEPARATOR] = "#separator",
	[ZEEK_SET_SEPARATOR] = "#set_separator",
	[ZEEK_EMPTY] = "#empty_field",
	[ZEEK_UNSET] = "#unset_field",
	[ZEEK_PATH] = "#path",
	[ZEEK_FIELDS] = "#fields",
	[ZEEK_TYPES] = "#types",
};

/* @line behind the name of @kind and what separates it. */
static gboolean skip_name(Slice line, int kind, Slice *ret)
{
	gsize size = strlen(names[kind]);

	if (line.size <= size || memcmp(line.data, names[kind], size) != 0 ||
		line.data[size] >= 0x80 || g_ascii_isalnum((char)line.data[size]) ||
		line.data[size] == '_')
		return FALSE;
	*ret = slice_make(&line.data[size + 1], line.size - size - 1);
	return TRUE;
}

int zeek_header_kind(Slice line)
{
	Slice rest;

	for (int kind = 0; kind < ZEEK_N_KINDS; kind++) {
		if (skip_name(line, kind, &rest))
			return kind;
	}
	return -1;
}

void zeek_table_init(ZeekTable *table)
{
	*table = (ZeekTable){ .time = -1 };
	for (guint kind = 0; kind < ZEEK_N_KINDS; kind++)
		table->texts[kind] = g_string_new(NULL);
}

void zeek_table_clear(ZeekTable *table)
{
	for (guint kind = 0; kind < ZEEK_N_KINDS; kind++) {
		if (table->texts[kind])
			(void)g_string_free(table->texts[kind], TRUE);
		table->texts[kind] = NULL;
	}
	g_clear_pointer(&table->values, g_free);
	g_clear_pointer(&table->is_list, g_free);
}

void zeek_table_take(ZeekTable *table, ZeekHeaderKind kind, Slice line)
{
	GString *text = table->texts[kind];
	Slice rest;

	if (!skip_name(line, (int)kind, &rest))
		return;
	if (table->is_set[kind] && slice_equal(rest, slice_make(text->str, text->len)))
		return;
	g_string_truncate(text, 0);
	g_string_append_len(text, (const char *)rest.data, (gssize)rest.size);
	table->is_set[kind] = TRUE;
	table->shape = NULL;
}

static Slice text_of(const ZeekTable *table, ZeekHeaderKind kind, const char *otherwise)
{
	if (!table->is_set[kind])
		return slice_from_text(otherwise);
	return slice_make(table->texts[kind]->str, table->texts[kind]->len);
}

/* One character, as it is or as \x09. */
static guint8 separator_of(Slice text, guint8 otherwise)
{
	if (text.size == 4 && text.data[0] == '\\' && text.data[1] == 'x' &&
		g_ascii_isxdigit((char)text.data[2]) && g_ascii_isxdigit((char)text.data[3]))
		return (guint8)(g_ascii_xdigit_value((char)text.data[2]) << 4 |
			g_ascii_xdigit_value((char)text.data[3]));
	return text.size == 1 ? text.data[0] : otherwise;
}

static gboolean next_name(const ZeekTable *table, Slice list, gsize *at, Slice *ret)
{
	gsize end;

	if (*at >= list.size)
		return FALSE;
	end = scan_byte(list, *at, table->separator);
	*ret = slice_sub(list, *at, end - *at);
	*at = end + 1;
	return TRUE;
}

static Shape *make_shape(const ZeekTable *table)
{
	Shape *shape = shape_new("zeek");
	Slice fields = text_of(table, ZEEK_FIELDS, ""), name;
	ColumnNames columns;
	gsize at = 0;

	(void)shape_add_column(shape, "LogFormat", "zeek");
	if (table->is_set[ZEEK_PATH] && table->texts[ZEEK_PATH]->len > 0)
		(void)shape_add_column(shape, "LogName", table->texts[ZEEK_PATH]->str);
	column_names_init(&columns, shape);
	while (next_name(table, fields, &at, &name) && column_names_add(&columns, name) >= 0)
		;
	column_names_clear(&columns);
	return shape;
}

/* The columns that are sets or vectors, and the first one that is a time. */
static void take_types(ZeekTable *table)
{
	Slice types = text_of(table, ZEEK_TYPES, ""), type, rest;
	gsize at = 0;

	g_free(table->is_list);
	table->is_list = g_new0(gboolean, MAX(table->n_fields, 1));
	table->time = shape_find_column(table->shape, "ts");
	for (guint i = 0; i < table->n_fields && next_name(table, types, &at, &type); i++) {
		table->is_list[i] = scan_skip_prefix(type, "set[", &rest) ||
			scan_skip_prefix(type, "vector[", &rest);
		if (table->time < 0 && slice_equal(type, slice_from_text("time")))
			table->time = (int)(table->n_constants + i);
	}
}

static void take_shape(ZeekTable *table, Shape *shape)
{
	Slice fields = text_of(table, ZEEK_FIELDS, ""), name;
	gsize at = 0;

	table->shape = shape;
	g_free(table->values);
	table->values = g_new0(Value, shape->n_columns);
	table->n_constants = 0;
	for (guint i = 0; i < shape->n_columns && shape->columns[i].constant; i++) {
		table->values[i] = (Value){ .type = VALUE_UTF8,
			.bytes = slice_from_text(shape->columns[i].constant) };
		table->n_constants++;
	}
	table->n_fields = shape->n_columns - table->n_constants;
	for (table->n_names = 0; next_name(table, fields, &at, &name); table->n_names++)
		;
	table->empty = text_of(table, ZEEK_EMPTY, "(empty)");
	table->unset = text_of(table, ZEEK_UNSET, "-");
	take_types(table);
}

gboolean zeek_table_prepare(ZeekTable *table, ShapeStore *store)
{
	g_autoptr(GString) key = NULL;
	Shape *shape;

	if (table->shape)
		return TRUE;
	if (!table->is_set[ZEEK_FIELDS] || table->texts[ZEEK_FIELDS]->len == 0)
		return FALSE;
	table->separator = separator_of(text_of(table, ZEEK_SEPARATOR, "\t"), '\t');
	table->set_separator = separator_of(text_of(table, ZEEK_SET_SEPARATOR, ","), ',');
	key = g_string_new(NULL);
	g_string_append_c(key, (char)table->separator);
	g_string_append_len(
		key, table->texts[ZEEK_PATH]->str, (gssize)table->texts[ZEEK_PATH]->len);
	g_string_append_c(key, '\n'); /* stands in no line */
	g_string_append_len(
		key, table->texts[ZEEK_FIELDS]->str, (gssize)table->texts[ZEEK_FIELDS]->len);
	shape = shape_store_find(store, slice_make(key->str, key->len));
	if (!shape)
		shape = shape_store_add(store, slice_make(key->str, key->len), make_shape(table));
	take_shape(table, shape);
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/exchange/ecp-rows.h"

#include "base/limits.h"
#include "readers/exchange/ecp.h"
#include "readers/wide.h"

enum {
	COLUMN_FORMAT,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_TIME,
	COLUMN_SERVER,
	COLUMN_ID,
	COLUMN_DATA,
	N_COLUMNS,
};

struct EcpRows {
	WideColumn columns[N_COLUMNS];
	Wide *wide;
	ValueType type; /* of the row's text */
	guint64 n_cut, first_cut;
	gboolean is_cut; /* the row at hand has more texts than an event may have */
};

EcpRows *ecp_rows_new(const char *format)
{
	EcpRows *rows = g_new0(EcpRows, 1);
	const WideColumn columns[N_COLUMNS] = {
		[COLUMN_FORMAT] = { "LogFormat", format },
		[COLUMN_NAME] = { "LogName", NULL },
		[COLUMN_TYPE] = { "LogType", NULL },
		[COLUMN_TIME] = { "TimeStamp", NULL },
		[COLUMN_SERVER] = { "ServerName", NULL },
		[COLUMN_ID] = { "EventId", NULL },
		[COLUMN_DATA] = { "EventData", NULL },
	};

	for (guint i = 0; i < N_COLUMNS; i++)
		rows->columns[i] = columns[i];
	rows->wide = wide_new(format, rows->columns, N_COLUMNS);
	return rows;
}

void ecp_rows_free(EcpRows *rows)
{
	if (!rows)
		return;
	wide_free(rows->wide);
	g_free(rows);
}

static int find_column(const Shape *shape, const char *name)
{
	for (guint i = 0; i < shape->n_columns; i++) {
		if (g_ascii_strcasecmp(shape->columns[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

int ecp_rows_find_column(const Shape *shape)
{
	if (find_column(shape, "ServerName") < 0 || find_column(shape, "EventId") < 0)
		return -1;
	return find_column(shape, "EventData");
}

void ecp_rows_begin_task(EcpRows *rows)
{
	wide_begin_task(rows->wide);
	rows->n_cut = 0;
}

void ecp_rows_report(const EcpRows *rows, const ReaderReport *report)
{
	const Gap gap = {
		.kind = GAP_LIMIT,
		.offset = rows->first_cut,
		.records = rows->n_cut,
		.note = "EventData with more texts than LIMIT_EVENT_VALUES: further ones are in "
			"it alone",
	};

	wide_report(rows->wide, report);
	if (rows->n_cut)
		report->gap(report->context, &gap);
}

void ecp_rows_start(EcpRows *rows)
{
	wide_start(rows->wide);
}

/* What the log itself says, or is made of CMD, has its names to itself. */
static gboolean is_taken(const EcpRows *rows, Slice key)
{
	Slice rest;

	for (guint i = 0; i < N_COLUMNS; i++) {
		Slice name = slice_from_text(rows->columns[i].name);

		if (key.size == name.size &&
			g_ascii_strncasecmp(
				rows->columns[i].name, (const char *)key.data, key.size) == 0)
			return TRUE;
	}
	rest = slice_sub(key, 0, strlen(ECP_PARAMETERS));
	return slice_equal(key, slice_from_text(ECP_CMDLET)) ||
		slice_equal(rest, slice_from_text(ECP_PARAMETERS));
}

static Slice other_name(EcpRows *rows, Slice key)
{
	g_autoptr(GByteArray) name = g_byte_array_new();

	g_byte_array_append(name, (const guint8 *)"EventData_", 10);
	g_byte_array_append(name, key.data, (guint)key.size);
	return arena_copy(wide_arena(rows->wide), slice_make(name->data, name->len));
}

static gboolean add(EcpRows *rows, Slice name, Slice value)
{
	if (!value.data)
		value = slice_from_text("");
	if (wide_add(rows->wide, name, wide_text(value, rows->type)))
		return TRUE;
	rows->is_cut = TRUE;
	return FALSE;
}

static gboolean add_text(void *context, Slice name, Slice value)
{
	return add(context, name, value);
}

static gboolean add_key(void *context, Slice key, Slice value)
{
	EcpRows *rows = context;

	return add(rows, is_taken(rows, key) ? other_name(rows, key) : key, value);
}

/* The columns that the row has anyway. */
static void add_own(EcpRows *rows, const Event *event)
{
	for (guint i = 0; i < event->shape->n_columns; i++) {
		const char *name = event->shape->columns[i].name;
		guint fixed = COLUMN_NAME;

		while (fixed < N_COLUMNS && g_ascii_strcasecmp(rows->columns[fixed].name, name))
			fixed++;
		if (fixed < N_COLUMNS)
			(void)wide_set(rows->wide, fixed, event->values[i]);
		else if (g_ascii_strcasecmp(name, "LogFormat") != 0)
			(void)wide_add(rows->wide, slice_from_text(name), event->values[i]);
	}
}

void ecp_rows_expand(EcpRows *rows, Event *event, guint column)
{
	const Value *data = &event->values[column];

	rows->type = data->type;
	rows->is_cut = FALSE;
	add_own(rows, event);
	if (data->type == VALUE_UTF8 || data->type == VALUE_ANSI)
		ecp_read(data->bytes, wide_arena(rows->wide), add_key, add_text, rows);
	if (rows->is_cut && rows->n_cut++ == 0)
		rows->first_cut = event->offset;
	event->raw_in_order = FALSE;
	wide_finish(rows->wide, event);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/clixml/object.h"

#include "base/limits.h"
#include "readers/text/text-time.h"

#define EVENT_RECORDS "System.Diagnostics.Eventing.Reader.EventLogRecord"

struct Object {
	XmlRow *row;
	const ReaderTimes *times;
	GString *name;
	gboolean is_event_record, has_columns;
	Slice time;
	guint64 n_cut, n_assumed, first_assumed;
};

typedef struct Renamed {
	const char *from, *to;
	gboolean is_constant;
} Renamed;

/* As the csv reader has it for Get-WinEvent | Export-Csv, and the texts of events without names. */
static const Renamed event_columns[] = { { "Id", "EventID", TRUE }, { "LogName", "Channel", TRUE },
	{ "ProviderName", "Provider_Name", TRUE }, { "ProviderId", "Provider_Guid", FALSE },
	{ "MachineName", "Computer", FALSE }, { "RecordId", "EventRecordID", FALSE },
	{ "ProcessId", "Execution_ProcessID", FALSE }, { "ThreadId", "Execution_ThreadID", FALSE },
	{ "UserId", "Security_UserID", FALSE }, { "TimeCreated", "TimeCreated_SystemTime", FALSE },
	{ "Properties.Value", "Data", FALSE }, { NULL, NULL, FALSE } };

Object *object_new(XmlRow *row, const ReaderTimes *times)
{
	Object *object = g_new0(Object, 1);

	object->row = row;
	object->times = times;
	object->name = g_string_new(NULL);
	return object;
}

void object_free(Object *object)
{
	if (!object)
		return;
	(void)g_string_free(object->name, TRUE);
	g_free(object);
}

void object_start(Object *object)
{
	g_string_truncate(object->name, 0);
	object->is_event_record = object->has_columns = FALSE;
	object->time = SLICE_EMPTY;
}

static gboolean ends_with(Slice s, const char *end)
{
	gsize size = strlen(end);

	return s.size >= size &&
		slice_equal(slice_sub(s, s.size - size, size), slice_from_text(end));
}

void object_set_type(Object *object, Slice type)
{
	type = arena_copy(xml_row_arena(object->row), slice_sub(type, 0, CLIXML_TYPE_BYTES));
	object->is_event_record = ends_with(type, EVENT_RECORDS); /* "Deserialized." before it */
	xml_row_add_constant(object->row, "TypeName", xml_row_text(object->row, type));
}

/* ---- names ---- */

gsize object_push_name(Object *object, Slice name)
{
	gsize before = object->name->len;

	/* Longer than this no column is called, whatever follows. */
	if (before > LIMIT_COLUMN_NAME_BYTES)
		return before;
	if (before > 0 && name.size > 0)
		g_string_append_c(object->name, '.');
	name = slice_sub(name, 0, LIMIT_COLUMN_NAME_BYTES + 1);
	for (gsize i = 0; i < name.size; i++)
		g_string_append_c(object->name, name.data[i] < ' ' ? '_' : (char)name.data[i]);
	return before;
}

void object_pop_name(Object *object, gsize before)
{
	g_string_truncate(object->name, before);
}

/* ---- values ---- */

gboolean object_has_room(Object *object)
{
	if (xml_row_arena(object->row)->total <= LIMIT_CLIXML_OBJECT_BYTES)
		return TRUE;
	object->n_cut++;
	return FALSE;
}

void object_note_cut(Object *object)
{
	object->n_cut++;
}

static gboolean slice_is(Slice s, const char *text)
{
	return slice_equal(s, slice_from_text(text));
}

static gboolean is_number(Slice text)
{
	gsize at = text.size > 0 && text.data[0] == '-';

	if (text.size - at == 0 || text.size > 20 || (text.data[at] == '0' && text.size > 1))
		return FALSE;
	for (; at < text.size; at++) {
		if (!g_ascii_isdigit(text.data[at]))
			return FALSE;
	}
	return TRUE;
}

static gboolean is_bare(Slice element, Slice text)
{
	static const char *const numbers[] = { "By", "SB", "I16", "U16", "I32", "U32", "I64", "U64",
		NULL };

	if (slice_is(element, "B"))
		return slice_is(text, "true") || slice_is(text, "false");
	for (const char *const *number = numbers; *number; number++) {
		if (slice_is(element, *number))
			return is_number(text);
	}
	return FALSE;
}

static Value make_value(Object *object, Slice element, Slice text)
{
	if (!text.data)
		return (Value){ .type = VALUE_NULL };
	text = arena_copy(xml_row_arena(object->row), slice_sub(text, 0, LIMIT_VALUE_BYTES));
	if (is_bare(element, text))
		return (Value){ .type = VALUE_BARE, .bytes = text };
	return xml_row_text(object->row, text);
}

static const Renamed *find_renamed(const Object *object)
{
	if (!object->is_event_record)
		return NULL;
	for (const Renamed *renamed = event_columns; renamed->from; renamed++) {
		if (strcmp(renamed->from, object->name->str) == 0)
			return renamed;
	}
	return NULL;
}

void object_add(Object *object, Slice element, Slice text)
{
	const Renamed *renamed = find_renamed(object);
	Slice name = slice_make(object->name->str, object->name->len);
	Value value = make_value(object, element, text);

	object->has_columns = TRUE;
	if (slice_is(name, "TimeCreated") && value.type == VALUE_UTF8 && !object->time.data)
		object->time = value.bytes;
	if (renamed && renamed->is_constant && value.type == VALUE_BARE)
		value.type = VALUE_UTF8; /* the texts of constants */
	if (renamed && renamed->is_constant)
		xml_row_add_constant(object->row, renamed->to, value);
	else if (renamed)
		xml_row_add(object->row, NULL, slice_from_text(renamed->to), value);
	else if (name.size == 0)
		xml_row_add(object->row, NULL, slice_from_text("Value"), value);
	else
		xml_row_add(object->row, "Property_", name, value);
}

gboolean object_has_columns(const Object *object)
{
	return object->has_columns;
}

void object_finish(Object *object, Event *ret_event)
{
	guint assumed = 0;

	ret_event->time = INSTANT_NONE;
	if (object->time.data)
		ret_event->time = text_time_any(object->time, object->times->zone, &assumed);
	if (assumed && object->n_assumed++ == 0)
		object->first_assumed = ret_event->offset;
	xml_row_finish(object->row, ret_event);
}

void object_report(const Object *object, const ReaderReport *report)
{
	Gap cut = {
		.kind = GAP_LIMIT,
		.records = object->n_cut,
		.note = "Values of objects larger than LIMIT_CLIXML_OBJECT_BYTES, and texts above "
			"LIMIT_VALUE_BYTES, were left out.",
	};
	Gap assumed = {
		.kind = GAP_TIME_ASSUMED,
		.offset = object->first_assumed,
		.records = object->n_assumed,
		.note = "times in \"TimeCreated\" name no zone and were taken for UTC",
	};

	if (object->n_cut)
		report->gap(report->context, &cut);
	if (object->n_assumed && !object->times->zone)
		report->gap(report->context, &assumed);
}

/* ---- escapes ---- */

/* The UTF-16 unit of "_xHHHH_" at @at, or -1. */
static int unit_at(Slice text, gsize at)
{
	int unit = 0;

	if (at + 7 > text.size || text.data[at] != '_' || text.data[at + 1] != 'x' ||
		text.data[at + 6] != '_')
		return -1;
	for (gsize i = at + 2; i < at + 6; i++) {
		int digit = g_ascii_xdigit_value((char)text.data[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

void clixml_append_text(GString *ret, Slice text)
{
	for (gsize at = 0; at < text.size;) {
		int unit = text.data[at] == '_' ? unit_at(text, at) : -1;
		gunichar c = (gunichar)unit;

		if (unit < 0) {
			g_string_append_c(ret, (char)text.data[at++]);
			continue;
		}
		at += 7;
		if (unit >= 0xD800 && unit < 0xDC00) {
			int low = unit_at(text, at);

			c = 0xFFFD;
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((gunichar)(unit - 0xD800) << 10) +
					(gunichar)(low - 0xDC00);
				at += 7;
			}
		}
		g_string_append_unichar(ret, unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : c);
	}
}

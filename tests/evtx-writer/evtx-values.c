/* SPDX-License-Identifier: Apache-2.0 */
/* The values of an event and their bytes. Every value also knows its text, for plain records. */
#include <stdarg.h>
#include <string.h>

#include "evtx-internal.h"

void evtx_append_le(GByteArray *array, guint64 number, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++) {
		guint8 byte = (guint8)(number >> (8 * i));

		g_byte_array_append(array, &byte, 1);
	}
}

GByteArray *evtx_utf16(const char *utf8)
{
	GByteArray *ret = g_byte_array_new();
	glong n_units = 0;
	g_autofree gunichar2 *units = g_utf8_to_utf16(utf8, -1, NULL, &n_units, NULL);

	g_assert_nonnull(units);
	for (glong i = 0; i < n_units; i++)
		evtx_append_le(ret, units[i], 2);
	return ret;
}

/* Decimal, hexadecimal after 0x, or negative; anything else is a mistake in a test. */
static guint64 parse_number(const char *text)
{
	gboolean hex = g_str_has_prefix(text, "0x");
	guint64 number = 0;
	gint64 negative = 0;
	gboolean fine;

	if (*text == '-') {
		fine = g_ascii_string_to_signed(text, 10, G_MININT64, 0, &negative, NULL);
		number = (guint64)negative;
	} else {
		fine = g_ascii_string_to_unsigned(
			text + (hex ? 2 : 0), hex ? 16 : 10, 0, G_MAXUINT64, &number, NULL);
	}
	g_assert_true(fine);
	return number;
}

static EvtxValue *value_new(guint8 type, char *text)
{
	EvtxValue *value = g_new0(EvtxValue, 1);

	value->type = type;
	value->declared = type;
	value->bytes = g_byte_array_new();
	value->text = text;
	return value;
}

void evtx_value_free(EvtxValue *value)
{
	if (!value)
		return;
	g_byte_array_unref(value->bytes);
	evtx_node_free(value->node);
	g_free(value->text);
	g_free(value);
}

EvtxValue *evtx_null(EvtxType declared)
{
	EvtxValue *value = value_new(declared, NULL);

	value->absent = TRUE;
	return value;
}

EvtxValue *evtx_text(const char *utf8)
{
	EvtxValue *value = value_new(EVTX_TEXT, g_strdup(utf8));

	g_byte_array_unref(value->bytes);
	value->bytes = evtx_utf16(utf8);
	return value;
}

EvtxValue *evtx_ansi(const char *bytes)
{
	EvtxValue *value = value_new(EVTX_ANSI, g_strdup(bytes));

	g_byte_array_append(value->bytes, (const guint8 *)bytes, strlen(bytes));
	return value;
}

static guint number_bytes(EvtxType type)
{
	switch (type) {
	case EVTX_INT8:
	case EVTX_UINT8:
		return 1;
	case EVTX_INT16:
	case EVTX_UINT16:
		return 2;
	case EVTX_INT32:
	case EVTX_UINT32:
	case EVTX_REAL32:
	case EVTX_BOOL:
	case EVTX_HEX32:
		return 4;
	case EVTX_INT64:
	case EVTX_UINT64:
	case EVTX_REAL64:
	case EVTX_SIZE:
	case EVTX_HEX64:
		return 8;
	default:
		g_assert_not_reached();
	}
}

EvtxValue *evtx_uint(EvtxType type, guint64 number)
{
	gboolean hex = type == EVTX_HEX32 || type == EVTX_HEX64 || type == EVTX_SIZE;
	char *text;

	if (type == EVTX_BOOL)
		text = g_strdup(number ? "true" : "false");
	else
		text = g_strdup_printf(
			hex ? "0x%" G_GINT64_MODIFIER "x" : "%" G_GUINT64_FORMAT, number);

	/* What a template calls SIZE stands in the instance as HEX64. */
	EvtxValue *value = value_new(type == EVTX_SIZE ? EVTX_HEX64 : type, text);

	value->declared = type;
	evtx_append_le(value->bytes, number, number_bytes(type));
	return value;
}

EvtxValue *evtx_int(EvtxType type, gint64 number)
{
	EvtxValue *value = value_new(type, g_strdup_printf("%" G_GINT64_FORMAT, number));

	evtx_append_le(value->bytes, (guint64)number, number_bytes(type));
	return value;
}

EvtxValue *evtx_real(EvtxType type, double number)
{
	EvtxValue *value = value_new(type, g_strdup_printf("%.6f", number));
	float single = (float)number;
	guint32 bits32;
	guint64 bits64;

	memcpy(&bits32, &single, sizeof(bits32));
	memcpy(&bits64, &number, sizeof(bits64));
	evtx_append_le(value->bytes, type == EVTX_REAL32 ? bits32 : bits64, number_bytes(type));
	return value;
}

static char *hex_text(const guint8 *bytes, gsize size)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < size; i++)
		g_string_append_printf(text, "%02X", bytes[i]);
	return g_string_free(text, FALSE);
}

EvtxValue *evtx_raw(guint8 type, const void *bytes, gsize size)
{
	EvtxValue *value = value_new(type, hex_text(bytes, size));

	g_byte_array_append(value->bytes, bytes, size);
	return value;
}

EvtxValue *evtx_binary(const void *bytes, gsize size)
{
	return evtx_raw(EVTX_BINARY, bytes, size);
}

/* The digits of a GUID's text are in the order of its numbers; these are the bytes they go to. */
static const guint8 guid_order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

EvtxValue *evtx_guid(const char *text)
{
	guint8 bytes[16] = { 0 };
	guint n = 0;

	for (const char *p = text; *p; p++) {
		if (!g_ascii_isxdigit(*p))
			continue;
		g_assert_cmpuint(n, <, 32);
		bytes[guid_order[n / 2]] |= g_ascii_xdigit_value(*p) << (n % 2 ? 0 : 4);
		n++;
	}
	g_assert_cmpuint(n, ==, 32);

	EvtxValue *value = evtx_raw(EVTX_GUID, bytes, sizeof(bytes));

	g_free(value->text);
	value->text = g_strdup_printf("{%.36s}", text + (*text == '{'));
	return value;
}

static char *instant_text(Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant, text);
	return g_strdup(text);
}

/* 100 ns since 1601: what instant_from_filetime() undoes. */
static guint64 filetime(Instant instant)
{
	return (guint64)(instant / 100 + INT64_C(116444736000000000));
}

EvtxValue *evtx_filetime(Instant instant)
{
	EvtxValue *value = value_new(EVTX_FILETIME, instant_text(instant));

	evtx_append_le(value->bytes, filetime(instant), 8);
	return value;
}

EvtxValue *evtx_systemtime(Instant instant)
{
	EvtxValue *value = value_new(EVTX_SYSTEMTIME, instant_text(instant));
	InstantParts p = instant_parts(instant);
	gint64 days = instant / (86400 * INSTANT_SECOND);
	const int parts[] = { p.year, p.month, (int)((days + 4) % 7), p.day, p.hour, p.minute,
		p.second, p.nanosecond / 1000000 };

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		evtx_append_le(value->bytes, (guint64)parts[i], 2);
	return value;
}

EvtxValue *evtx_sid(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", -1);
	guint n_parts = g_strv_length(parts);
	EvtxValue *value = value_new(EVTX_SID, g_strdup(text));

	g_assert_cmpuint(n_parts, >=, 3);
	evtx_append_le(value->bytes, 1, 1);
	evtx_append_le(value->bytes, n_parts - 3, 1);
	/* The authority is 48 bits, big-endian; those in use fit the last byte. */
	evtx_append_le(value->bytes, 0, 5);
	evtx_append_le(value->bytes, parse_number(parts[2]), 1);
	for (guint i = 3; i < n_parts; i++)
		evtx_append_le(value->bytes, parse_number(parts[i]), 4);
	return value;
}

static void list_append(EvtxValue *list, EvtxValue *item)
{
	g_byte_array_append(list->bytes, item->bytes->data, item->bytes->len);
	if (item->type == EVTX_TEXT || item->type == EVTX_ANSI)
		evtx_append_le(list->bytes, 0, item->type == EVTX_TEXT ? 2 : 1);

	char *text = *list->text ? g_strconcat(list->text, "\n", item->text, NULL)
				 : g_strdup(item->text);

	g_free(list->text);
	list->text = text;
	evtx_value_free(item);
}

EvtxValue *evtx_list(EvtxType item_type, EvtxValue *first, ...)
{
	EvtxValue *value = value_new(EVTX_ARRAY | item_type, g_strdup(""));
	va_list items;

	va_start(items, first);
	for (EvtxValue *item = first; item; item = va_arg(items, EvtxValue *))
		list_append(value, item);
	va_end(items);
	return value;
}

EvtxValue *evtx_embedded(EvtxNode *node)
{
	EvtxValue *value = value_new(EVTX_BINXML, NULL);

	value->node = node;
	return value;
}

static const struct {
	const char *name;
	EvtxType type;
} type_names[] = {
	{ "text", EVTX_TEXT },
	{ "ansi", EVTX_ANSI },
	{ "i8", EVTX_INT8 },
	{ "u8", EVTX_UINT8 },
	{ "i16", EVTX_INT16 },
	{ "u16", EVTX_UINT16 },
	{ "i32", EVTX_INT32 },
	{ "u32", EVTX_UINT32 },
	{ "i64", EVTX_INT64 },
	{ "u64", EVTX_UINT64 },
	{ "f32", EVTX_REAL32 },
	{ "f64", EVTX_REAL64 },
	{ "bool", EVTX_BOOL },
	{ "binary", EVTX_BINARY },
	{ "guid", EVTX_GUID },
	{ "size", EVTX_SIZE },
	{ "filetime", EVTX_FILETIME },
	{ "systemtime", EVTX_SYSTEMTIME },
	{ "sid", EVTX_SID },
	{ "x32", EVTX_HEX32 },
	{ "x64", EVTX_HEX64 },
};

static EvtxValue *parse_binary(const char *text)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	for (const char *p = text; g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]); p += 2)
		evtx_append_le(bytes,
			(guint64)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1])), 1);
	return evtx_binary(bytes->data, bytes->len);
}

static EvtxValue *parse_one(EvtxType type, const char *text)
{
	Instant instant = INSTANT_NONE;

	switch (type) {
	case EVTX_TEXT:
		return evtx_text(text);
	case EVTX_ANSI:
		return evtx_ansi(text);
	case EVTX_INT8:
	case EVTX_INT16:
	case EVTX_INT32:
	case EVTX_INT64:
		return evtx_int(type, (gint64)parse_number(text));
	case EVTX_REAL32:
	case EVTX_REAL64:
		return evtx_real(type, g_ascii_strtod(text, NULL));
	case EVTX_BOOL:
		return evtx_uint(type, strcmp(text, "true") == 0);
	case EVTX_BINARY:
		return parse_binary(text);
	case EVTX_GUID:
		return evtx_guid(text);
	case EVTX_SID:
		return evtx_sid(text);
	case EVTX_FILETIME:
	case EVTX_SYSTEMTIME:
		if (!instant_parse(slice_from_text(text), &instant))
			return NULL;
		return type == EVTX_FILETIME ? evtx_filetime(instant) : evtx_systemtime(instant);
	default:
		return evtx_uint(type, parse_number(text));
	}
}

/* Items of a list are parted by '|'. */
static EvtxValue *parse_list(EvtxType type, const char *text)
{
	g_auto(GStrv) items = g_strsplit(text, "|", -1);
	EvtxValue *list = value_new(EVTX_ARRAY | type, g_strdup(""));

	for (char **item = items; *item; item++) {
		EvtxValue *value = parse_one(type, *item);

		g_assert_nonnull(value);
		list_append(list, value);
	}
	return list;
}

EvtxValue *evtx_value_parse(const char *type, const char *text)
{
	gboolean list = g_str_has_prefix(type, "list:");
	gboolean absent = g_str_has_prefix(type, "null:");

	if (strcmp(type, "null") == 0)
		return evtx_null(EVTX_TEXT);

	for (gsize i = 0; i < G_N_ELEMENTS(type_names); i++) {
		if (strcmp(type_names[i].name, type + (list || absent ? 5 : 0)) != 0)
			continue;
		if (absent)
			return evtx_null(type_names[i].type);
		return list ? parse_list(type_names[i].type, text)
			    : parse_one(type_names[i].type, text);
	}
	return NULL;
}

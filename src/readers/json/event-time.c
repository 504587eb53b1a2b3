/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/event-time.h"

#include "base/json-text.h"

#define TIME_BYTES   64				      /* of a text that may be a time */
#define MANY_SECONDS G_GUINT64_CONSTANT(100000000000) /* more are milliseconds: the year 5138 */

/* Digits from @at on, as whole units and the billionths of one; FALSE where there are none. */
static gboolean read_decimal(Slice text, gsize *at, guint64 *ret_whole, guint64 *ret_billionths)
{
	guint64 whole = 0, part = 0, scale = INSTANT_SECOND / 10;
	gsize start = *at;

	for (; *at < text.size && g_ascii_isdigit(text.data[*at]); (*at)++) {
		if (whole > G_MAXUINT64 / 10 - 1)
			return FALSE;
		whole = whole * 10 + (guint64)(text.data[*at] - '0');
	}
	if (*at == start)
		return FALSE;
	if (*at < text.size && text.data[*at] == '.') {
		for ((*at)++; *at < text.size && g_ascii_isdigit(text.data[*at]); (*at)++) {
			part += scale * (guint64)(text.data[*at] - '0');
			scale /= 10;
		}
	}
	*ret_whole = whole;
	*ret_billionths = part;
	return TRUE;
}

/* Small numbers are no times: 0 and 1 are flags and counters. */
static gboolean from_epoch(guint64 whole, guint64 billionths, Instant *ret)
{
	static const guint64 year = 365 * 86400;
	guint64 unit = INSTANT_SECOND;

	while (whole >= MANY_SECONDS * (INSTANT_SECOND / unit) && unit > 1)
		unit /= 1000;
	if (whole < year || whole > (guint64)G_MAXINT64 / unit - 1)
		return FALSE;
	*ret = (Instant)(whole * unit + billionths / (INSTANT_SECOND / unit));
	return TRUE;
}

static gboolean read_number(Slice text, Instant *ret)
{
	guint64 whole, billionths;
	gsize at = 0;

	return read_decimal(text, &at, &whole, &billionths) && at == text.size &&
		from_epoch(whole, billionths, ret);
}

/* /Date(1603282741088)/, perhaps with a zone, which only says how to show it. */
static gboolean read_dotnet(Slice text, Instant *ret)
{
	static const char start[] = "/Date(";
	gsize at = sizeof(start) - 1;
	guint64 whole, billionths;

	if (!slice_equal(slice_sub(text, 0, at), slice_from_text(start)) ||
		!read_decimal(text, &at, &whole, &billionths) ||
		whole > (guint64)G_MAXINT64 / 1000000)
		return FALSE;
	*ret = (Instant)whole * 1000000;
	return TRUE;
}

/* Whether an ISO time ends in Z or an offset; the date's own hyphens are not one. */
static gboolean has_zone(Slice text)
{
	static const gsize date_bytes = 10, short_zone = 5, long_zone = 6;

	if (text.size < date_bytes + long_zone)
		return FALSE;
	return text.data[text.size - 1] == 'Z' || strchr("+-", text.data[text.size - short_zone]) ||
		strchr("+-", text.data[text.size - long_zone]);
}

static TimeKind read_text(Slice text, Instant *ret)
{
	static const char utc[] = " UTC";
	gboolean is_utc = text.size > sizeof(utc) &&
		slice_equal(slice_sub(text, text.size - 4, 4), slice_from_text(utc));

	if (is_utc)
		text.size -= sizeof(utc) - 1;
	if (instant_parse(text, ret))
		return is_utc || has_zone(text) ? TIME_FIXED : TIME_LOCAL;
	return read_number(text, ret) || read_dotnet(text, ret) ? TIME_FIXED : TIME_NONE;
}

TimeKind event_time_read(const Value *value, Instant *ret)
{
	g_autoptr(GString) text = NULL;

	if (value->bytes.size == 0 || value->bytes.size > TIME_BYTES)
		return TIME_NONE;
	switch (value->type) {
	case VALUE_BARE:
		return read_number(value->bytes, ret) ? TIME_FIXED : TIME_NONE;
	case VALUE_UTF8:
		return read_text(value->bytes, ret);
	case VALUE_JSON:
		text = g_string_new(NULL);
		json_append_unescaped(text, value->bytes);
		return read_text(slice_make(text->str, text->len), ret);
	default:
		return TIME_NONE;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded, little-endian; a text is u32 size and its bytes, a list u32 number and its texts:
 *
 *	u32 rule, u8 type, u8 generate, u64 timespan, u64 percentile (as IEEE 754)
 *	list group_by, list fields, list carried
 *	u32 n_conditions, each: u8 operator, u64 number (as IEEE 754)
 *	u32 n_parts, each: u32 rule, text name, list group_by, list fields, list carried
 *	u32 size of the expression, and its bytes
 *
 * A hit's key: for each value u8 1 and a text, or u8 0 where it is missing.
 */
#include "model/correlation.h"

#include <math.h>

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#define ELLIPSIS	  "\xE2\x80\xA6"
#define NANOSECONDS	  G_GINT64_CONSTANT(1000000000)
#define HASH_SUFFIX_BYTES (3 + 64) /* the ellipsis, a SHA-256 in hex */
#define KEPT_CHARACTERS	  ((LIMIT_HIT_VALUE_BYTES - HASH_SUFFIX_BYTES) / 4)

static const char *const type_names[CORRELATION_N_TYPES] = {
	[CORRELATION_EVENT_COUNT] = "event_count",
	[CORRELATION_VALUE_COUNT] = "value_count",
	[CORRELATION_TEMPORAL] = "temporal",
	[CORRELATION_TEMPORAL_ORDERED] = "temporal_ordered",
	[CORRELATION_VALUE_SUM] = "value_sum",
	[CORRELATION_VALUE_AVG] = "value_avg",
	[CORRELATION_VALUE_PERCENTILE] = "value_percentile",
	[CORRELATION_STIX_PATTERN] = "stix_pattern",
};

static const char *const operator_names[CORRELATION_N_OPERATORS] = {
	[CORRELATION_GT] = "gt",
	[CORRELATION_GTE] = "gte",
	[CORRELATION_LT] = "lt",
	[CORRELATION_LTE] = "lte",
	[CORRELATION_EQ] = "eq",
	[CORRELATION_NEQ] = "neq",
};

static gboolean find_name(const char *const *names, guint n, const char *name, guint *ret)
{
	for (guint i = 0; i < n; i++) {
		if (g_ascii_strcasecmp(names[i], name) != 0)
			continue;
		*ret = i;
		return TRUE;
	}
	return FALSE;
}

const char *correlation_type_name(CorrelationType type)
{
	return type < CORRELATION_N_TYPES ? type_names[type] : "unknown";
}

gboolean correlation_type_parse(const char *name, CorrelationType *ret)
{
	guint found;

	if (!find_name(type_names, CORRELATION_STIX_PATTERN, name, &found))
		return FALSE;
	*ret = (CorrelationType)found;
	return TRUE;
}

gboolean correlation_type_is_temporal(CorrelationType type)
{
	return type == CORRELATION_TEMPORAL || type == CORRELATION_TEMPORAL_ORDERED;
}

const char *correlation_operator_name(CorrelationOperator operator)
{
	return operator<CORRELATION_N_OPERATORS ? operator_names[operator] : "unknown";
}

gboolean correlation_operator_parse(const char *name, CorrelationOperator *ret)
{
	guint found;

	if (!find_name(operator_names, CORRELATION_N_OPERATORS, name, &found))
		return FALSE;
	*ret = (CorrelationOperator)found;
	return TRUE;
}

void correlation_free(Correlation *correlation)
{
	if (!correlation)
		return;
	for (guint i = 0; i < correlation->n_parts; i++) {
		CorrelationPart *part = &correlation->parts[i];

		g_free(part->name);
		g_strfreev(part->group_by);
		g_strfreev(part->fields);
		g_strfreev(part->carried);
	}
	g_free(correlation->parts);
	g_free(correlation->conditions);
	g_strfreev(correlation->group_by);
	g_strfreev(correlation->fields);
	g_strfreev(correlation->carried);
	g_clear_pointer(&correlation->expression, g_bytes_unref);
	g_free(correlation);
}

guint correlation_n_values(const Correlation *correlation)
{
	return g_strv_length(correlation->group_by) + g_strv_length(correlation->fields) +
		g_strv_length(correlation->carried);
}

/* ---- encoding ---- */

static void append_number(GByteArray *ret, guint64 number, guint n_bytes)
{
	guint8 bytes[8];

	for (guint i = 0; i < n_bytes; i++)
		bytes[i] = (guint8)(number >> (8 * i));
	g_byte_array_append(ret, bytes, n_bytes);
}

static void append_double(GByteArray *ret, double number)
{
	guint64 bits;

	memcpy(&bits, &number, sizeof(bits));
	append_number(ret, bits, 8);
}

static void append_bytes(GByteArray *ret, Slice bytes)
{
	append_number(ret, bytes.size, 4);
	if (bytes.size)
		g_byte_array_append(ret, bytes.data, (guint)bytes.size);
}

static void append_list(GByteArray *ret, char *const *texts)
{
	append_number(ret, g_strv_length((char **)texts), 4);
	for (; *texts; texts++)
		append_bytes(ret, slice_from_text(*texts));
}

void correlation_encode(const Correlation *correlation, GByteArray *ret)
{
	append_number(ret, correlation->rule, 4);
	append_number(ret, correlation->type, 1);
	append_number(ret, correlation->generate ? 1 : 0, 1);
	append_number(ret, (guint64)correlation->timespan, 8);
	append_double(ret, correlation->percentile);
	append_list(ret, correlation->group_by);
	append_list(ret, correlation->fields);
	append_list(ret, correlation->carried);
	append_number(ret, correlation->n_conditions, 4);
	for (guint i = 0; i < correlation->n_conditions; i++) {
		append_number(ret, correlation->conditions[i].operator, 1);
		append_double(ret, correlation->conditions[i].number);
	}
	append_number(ret, correlation->n_parts, 4);
	for (guint i = 0; i < correlation->n_parts; i++) {
		const CorrelationPart *part = &correlation->parts[i];

		append_number(ret, part->rule, 4);
		append_bytes(ret, slice_from_text(part->name));
		append_list(ret, part->group_by);
		append_list(ret, part->fields);
		append_list(ret, part->carried);
	}
	append_bytes(ret, correlation_expression(correlation));
}

Slice correlation_expression(const Correlation *correlation)
{
	gsize size = 0;
	const guint8 *data =
		correlation->expression ? g_bytes_get_data(correlation->expression, &size) : NULL;

	return slice_make(data, size);
}

/* ---- decoding ---- */

static gboolean is_text(Slice text)
{
	/* With a length, NUL counts as invalid. */
	return text.size == 0 || g_utf8_validate((const char *)text.data, (gssize)text.size, NULL);
}

static gboolean read_bytes(Cursor *c, gsize most, Slice *ret)
{
	guint32 size;

	return cursor_u32(c, &size) && size <= most && cursor_slice(c, size, ret) && is_text(*ret);
}

static gboolean read_text(Cursor *c, char **ret)
{
	Slice text;

	if (!read_bytes(c, LIMIT_CORRELATION_NAME_BYTES, &text) || text.size == 0)
		return FALSE;
	*ret = g_strndup((const char *)text.data, text.size);
	return TRUE;
}

static gboolean read_list(Cursor *c, char ***ret)
{
	guint32 n;

	if (!cursor_u32(c, &n) || n > LIMIT_CORRELATION_VALUES)
		return FALSE;
	g_strfreev(*ret);
	*ret = g_new0(char *, n + 1);
	for (guint32 i = 0; i < n; i++) {
		if (!read_text(c, &(*ret)[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean read_double(Cursor *c, double *ret)
{
	guint64 bits;

	if (!cursor_u64(c, &bits))
		return FALSE;
	memcpy(ret, &bits, sizeof(bits));
	return isfinite(*ret);
}

static gboolean read_head(Cursor *c, Correlation *ret)
{
	guint32 rule;
	guint8 type, generate;
	guint64 timespan;

	if (!cursor_u32(c, &rule) || !cursor_u8(c, &type) || !cursor_u8(c, &generate) ||
		!cursor_u64(c, &timespan) || !read_double(c, &ret->percentile))
		return FALSE;
	if (type >= CORRELATION_N_TYPES || generate > 1 || timespan == 0 ||
		timespan > LIMIT_CORRELATION_SECONDS * NANOSECONDS || ret->percentile < 0 ||
		ret->percentile > 100)
		return FALSE;
	ret->rule = rule;
	ret->type = (CorrelationType)type;
	ret->generate = generate;
	ret->timespan = (gint64)timespan;
	return read_list(c, &ret->group_by) && read_list(c, &ret->fields) &&
		read_list(c, &ret->carried) &&
		correlation_n_values(ret) <= LIMIT_CORRELATION_VALUES;
}

static gboolean read_conditions(Cursor *c, Correlation *ret)
{
	guint32 n;

	if (!cursor_u32(c, &n) || n > LIMIT_CORRELATION_CONDITIONS)
		return FALSE;
	ret->conditions = g_new0(CorrelationCondition, n);
	for (; ret->n_conditions < n; ret->n_conditions++) {
		CorrelationCondition *condition = &ret->conditions[ret->n_conditions];
		guint8 operator;

		if (!cursor_u8(c, &operator) ||
			operator>= CORRELATION_N_OPERATORS || !read_double(c, &condition->number))
			return FALSE;
		condition->operator=(CorrelationOperator) operator;
	}
	return TRUE;
}

static gboolean read_part(Cursor *c, const Correlation *of, CorrelationPart *ret)
{
	guint32 rule;

	if (!cursor_u32(c, &rule) || !read_text(c, &ret->name) || !read_list(c, &ret->group_by) ||
		!read_list(c, &ret->fields) || !read_list(c, &ret->carried))
		return FALSE;
	ret->rule = rule;
	return g_strv_length(ret->group_by) == g_strv_length(of->group_by) &&
		g_strv_length(ret->fields) == g_strv_length(of->fields) &&
		g_strv_length(ret->carried) == g_strv_length(of->carried);
}

static gboolean read_parts(Cursor *c, Correlation *ret)
{
	guint32 n;

	if (!cursor_u32(c, &n) || n == 0 || n > LIMIT_CORRELATION_PARTS)
		return FALSE;
	ret->parts = g_new0(CorrelationPart, n);
	for (guint32 i = 0; i < n; i++) {
		ret->n_parts++; /* so that what a broken one has is freed */
		if (!read_part(c, ret, &ret->parts[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean read_expression(Cursor *c, Correlation *ret)
{
	guint32 size;
	Slice bytes;

	if (!cursor_u32(c, &size) || size > LIMIT_STIX_EXPRESSION_BYTES ||
		!cursor_slice(c, size, &bytes))
		return FALSE;
	if (size > 0)
		ret->expression = g_bytes_new(bytes.data, bytes.size);
	return (ret->type == CORRELATION_STIX_PATTERN) == (size > 0);
}

/* What the types ask for, whatever else is right. */
static gboolean is_sound(const Correlation *correlation)
{
	guint n_fields = g_strv_length(correlation->fields);

	switch (correlation->type) {
	case CORRELATION_STIX_PATTERN:
		return correlation_n_values(correlation) == 0 && correlation->n_conditions == 0;
	case CORRELATION_TEMPORAL:
	case CORRELATION_TEMPORAL_ORDERED:
		return n_fields == 0;
	case CORRELATION_EVENT_COUNT:
		return n_fields == 0 && correlation->n_conditions > 0;
	case CORRELATION_VALUE_COUNT:
		return n_fields > 0 && correlation->n_conditions > 0;
	default:
		return n_fields == 1 && correlation->n_conditions > 0;
	}
}

Correlation *correlation_decode(Slice bytes, GError **error)
{
	g_autoptr(Correlation) correlation = g_new0(Correlation, 1);
	Cursor c = cursor_make(bytes);

	correlation->group_by = g_new0(char *, 1);
	correlation->fields = g_new0(char *, 1);
	correlation->carried = g_new0(char *, 1);
	if (bytes.size > LIMIT_CORRELATION_BYTES || !read_head(&c, correlation) ||
		!read_conditions(&c, correlation) || !read_parts(&c, correlation) ||
		!read_expression(&c, correlation) || cursor_remaining(&c) ||
		!is_sound(correlation)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a correlation is malformed near byte %zu of %zu", c.position, bytes.size);
		return NULL;
	}
	return g_steal_pointer(&correlation);
}

/* ---- keys of hits ---- */

/*
 * The start of a long text, and a hash of all of it, folded: texts that are equal but for case
 * stay so. Characters are counted, since folding changes how many bytes they have.
 */
static void append_long_text(GByteArray *ret, const char *text)
{
	g_autofree char *folded = text_fold(text);
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, folded, -1);
	g_autofree char *start = g_utf8_substring(text, 0, KEPT_CHARACTERS);
	g_autofree char *cut = g_strconcat(start, ELLIPSIS, hash, NULL);

	append_bytes(ret, slice_from_text(cut));
}

void hit_key_append(GByteArray *ret, const char *const *texts, guint n)
{
	for (guint i = 0; i < n; i++) {
		append_number(ret, texts[i] ? 1 : 0, 1);
		if (texts[i] && strlen(texts[i]) > LIMIT_HIT_VALUE_BYTES)
			append_long_text(ret, texts[i]);
		else if (texts[i])
			append_bytes(ret, slice_from_text(texts[i]));
	}
}

gboolean hit_key_read(Slice key, guint n, Slice *ret)
{
	Cursor c = cursor_make(key);
	guint8 is_there;

	for (guint i = 0; i < n; i++) {
		ret[i] = SLICE_EMPTY;
		if (!cursor_u8(&c, &is_there) || is_there > 1 ||
			(is_there && !read_bytes(&c, LIMIT_HIT_VALUE_BYTES, &ret[i])))
			return FALSE;
	}
	return cursor_remaining(&c) == 0;
}

void hit_key_append_folded(GByteArray *ret, Slice key, guint n)
{
	g_autofree Slice *values = g_new(Slice, n);
	g_autoptr(GString) folded = g_string_new(NULL);

	g_return_if_fail(hit_key_read(key, n, values));
	for (guint i = 0; i < n; i++) {
		append_number(ret, values[i].data ? 1 : 0, 1);
		if (!values[i].data)
			continue;
		g_string_truncate(folded, 0);
		text_append_folded(folded, values[i]);
		append_bytes(ret, slice_make(folded->str, folded->len));
	}
}

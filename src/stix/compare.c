/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which kinds of values compare with which literals, and how:
 *
 *	literal      value
 *	number       number; a word that is one
 *	string       text, by code points; bytes, where each character is < 256
 *	boolean      boolean; a word that is one
 *	bytes        bytes; text, where each character is < 256
 *	timestamp    text that is a time; other text makes it not evaluable
 *
 * All else is unequal, and in no order: =, <, IN are false of it, != is true.
 */
#include "stix/compare.h"

#include "base/instant.h"
#include "base/text.h"
#include "stix/address.h"

typedef enum Order {
	ORDER_LESS = -1,
	ORDER_EQUAL = 0,
	ORDER_MORE = 1,
	ORDER_NONE = 2,	      /* not comparable */
	ORDER_UNREADABLE = 3, /* the value is not what it should be */
} Order;

static Order order_of(int difference)
{
	return difference < 0 ? ORDER_LESS : difference > 0 ? ORDER_MORE : ORDER_EQUAL;
}

static gboolean is_text(const StixValue *value)
{
	return value->kind == STIX_VALUE_TEXT || value->kind == STIX_VALUE_WORD;
}

/* ---- numbers and truths -------------------------------------------------------------------------
 */

static Order order_numbers(double a, double b)
{
	return a < b ? ORDER_LESS : a > b ? ORDER_MORE : a == b ? ORDER_EQUAL : ORDER_NONE;
}

static Order order_integers(gint64 a, const StixLiteral *literal)
{
	if (literal->kind == STIX_INTEGER && literal->is_exact)
		return order_of((a > literal->integer) - (a < literal->integer));
	return order_numbers((double)a, literal->number);
}

/* [+-]digits[.digits][e…], or 0x and hexadecimal digits; as an integer where it is one. */
static gboolean read_word(Slice word, gboolean *ret_is_integer, gint64 *ret_integer, double *ret)
{
	char text[64];
	char *end = NULL;
	guint64 number;

	if (word.size == 0 || word.size >= sizeof(text) ||
		(!g_ascii_isdigit(word.data[0]) && !strchr("+-.", word.data[0])))
		return FALSE;
	memcpy(text, word.data, word.size);
	text[word.size] = '\0';
	if (strlen(text) != word.size)
		return FALSE;
	*ret_is_integer = TRUE;
	if (g_str_has_prefix(text, "0x") || g_str_has_prefix(text, "0X")) {
		if (!g_ascii_string_to_unsigned(text + 2, 16, 0, G_MAXINT64, &number, NULL))
			return FALSE;
		*ret_integer = (gint64)number;
		*ret = (double)number;
		return TRUE;
	}
	if (g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, ret_integer, NULL)) {
		*ret = (double)*ret_integer;
		return TRUE;
	}
	*ret_is_integer = FALSE;
	*ret = g_ascii_strtod(text, &end);
	return strspn(text, "0123456789+-.eE") == word.size && !*end;
}

gboolean stix_word_number(Slice word, double *ret)
{
	gboolean is_integer;
	gint64 integer;

	return read_word(word, &is_integer, &integer, ret);
}

static Order order_word(Slice word, const StixLiteral *literal)
{
	gboolean is_integer;
	gint64 integer;
	double number;

	if (!read_word(word, &is_integer, &integer, &number))
		return ORDER_NONE;
	return is_integer ? order_integers(integer, literal)
			  : order_numbers(number, literal->number);
}

static Order order_number(const StixLiteral *literal, const StixValue *value)
{
	if (value->kind == STIX_VALUE_INTEGER)
		return order_integers(value->integer, literal);
	if (value->kind == STIX_VALUE_FLOAT)
		return order_numbers(value->number, literal->number);
	return value->kind == STIX_VALUE_WORD ? order_word(value->text, literal) : ORDER_NONE;
}

static Order order_boolean(const StixLiteral *literal, const StixValue *value)
{
	gboolean is;

	if (value->kind == STIX_VALUE_BOOLEAN)
		is = value->number != 0;
	else if (value->kind != STIX_VALUE_WORD)
		return ORDER_NONE;
	else if (value->text.size == 4 &&
		g_ascii_strncasecmp((const char *)value->text.data, "true", 4) == 0)
		is = TRUE;
	else if (value->text.size == 5 &&
		g_ascii_strncasecmp((const char *)value->text.data, "false", 5) == 0)
		is = FALSE;
	else
		return ORDER_NONE;
	return order_numbers(is, literal->number);
}

/* ---- texts, bytes, times ------------------------------------------------------------------------
 */

/* Bytes with a text whose characters are all < 256 and stand for one byte each. */
static Order order_bytes_with_text(Slice bytes, Slice text)
{
	gsize n = 0;

	for (gsize i = 0; i < text.size; n++) {
		guint8 c = text.data[i++];
		guint8 byte = c;

		if (c >= 0x80) {
			if (c > 0xc3 || i == text.size)
				return ORDER_NONE;
			byte = (guint8)((c & 0x03) << 6 | (text.data[i++] & 0x3f));
		}
		if (n == bytes.size || bytes.data[n] != byte) {
			gboolean bytes_are_less = n == bytes.size || bytes.data[n] < byte;

			for (; i < text.size; i++) /* the rest must be comparable, too */
				if (text.data[i] > 0xc3)
					return ORDER_NONE;
			return bytes_are_less ? ORDER_LESS : ORDER_MORE;
		}
	}
	return n == bytes.size ? ORDER_EQUAL : ORDER_MORE;
}

static Order order_folded(const StixLiteral *literal, Slice text)
{
	g_autoptr(GString) folded = g_string_sized_new(text.size + 1);

	text_append_folded(folded, text);
	return order_of(slice_compare(
		slice_make(folded->str, folded->len), slice_from_text(literal->folded)));
}

static Order order_string(const StixLiteral *literal, const StixValue *value)
{
	if (value->kind == STIX_VALUE_BYTES)
		return literal->has_bytes ? order_of(slice_compare(value->text, literal->bytes))
					  : ORDER_NONE;
	if (!is_text(value))
		return ORDER_NONE;
	if (value->ignores_case)
		return order_folded(literal, value->text);
	return order_of(slice_compare(value->text, slice_from_text(literal->text)));
}

static Order reversed(Order order)
{
	return order == ORDER_LESS ? ORDER_MORE : order == ORDER_MORE ? ORDER_LESS : order;
}

static Order order_bytes(const StixLiteral *literal, const StixValue *value)
{
	if (value->kind == STIX_VALUE_BYTES)
		return order_of(slice_compare(value->text, literal->bytes));
	if (!is_text(value))
		return ORDER_NONE;
	return reversed(order_bytes_with_text(literal->bytes, value->text));
}

static Order order_time(const StixLiteral *literal, const StixValue *value)
{
	Instant time;

	if (!is_text(value))
		return ORDER_NONE;
	if (value->kind == STIX_VALUE_TEXT ? !stix_time_parse(value->text, &time)
					   : !instant_parse(value->text, &time))
		return ORDER_UNREADABLE;
	if (time == INSTANT_NONE)
		return ORDER_UNREADABLE;
	return order_of((time > literal->time) - (time < literal->time));
}

/* Where @value stands, seen from @literal. */
static Order order(const StixLiteral *literal, const StixValue *value)
{
	switch (literal->kind) {
	case STIX_INTEGER:
	case STIX_FLOAT:
		return order_number(literal, value);
	case STIX_STRING:
		return order_string(literal, value);
	case STIX_BOOLEAN:
		return order_boolean(literal, value);
	case STIX_TIMESTAMP:
		return order_time(literal, value);
	default:
		return order_bytes(literal, value);
	}
}

/* ---- operators ----------------------------------------------------------------------------------
 */

static StixTruth truth_of(gboolean is, const StixNode *test)
{
	return (is != 0) != test->is_negated ? STIX_TRUE : STIX_FALSE;
}

static StixTruth compare_order(const StixNode *test, const StixValue *value)
{
	Order o = order(test->literals, value);
	gboolean is;

	if (o == ORDER_UNREADABLE)
		return STIX_UNKNOWN;
	if (test->operator== STIX_EQ)
		return truth_of(o == ORDER_EQUAL, test);
	if (test->operator== STIX_NE)
		return truth_of(o != ORDER_EQUAL, test);
	if (o == ORDER_NONE) /* in no order, and NOT does not make one */
		return STIX_FALSE;
	is = test->operator== STIX_LT	   ? o == ORDER_LESS
		: test->operator== STIX_LE ? o != ORDER_MORE
		: test->operator== STIX_GT ? o == ORDER_MORE
					   : o != ORDER_LESS;
	return truth_of(is, test);
}

static StixTruth compare_set(const StixNode *test, const StixValue *value)
{
	for (const StixLiteral *member = test->literals; member; member = member->next) {
		Order o = order(member, value);

		if (o == ORDER_UNREADABLE)
			return STIX_UNKNOWN;
		if (o == ORDER_EQUAL)
			return truth_of(TRUE, test);
	}
	return truth_of(FALSE, test);
}

static gboolean is_ascii(Slice text)
{
	for (gsize i = 0; i < text.size; i++)
		if (text.data[i] >= 0x80)
			return FALSE;
	return TRUE;
}

static gboolean matches_text(const StixRegex *regex, Slice text)
{
	g_autofree char *normal = NULL;

	if (is_ascii(text))
		return stix_regex_matches(regex, (const char *)text.data, text.size);
	normal = g_utf8_normalize((const char *)text.data, (gssize)text.size, G_NORMALIZE_NFC);
	return normal && stix_regex_matches(regex, normal, strlen(normal));
}

static StixTruth compare_regex(const StixNode *test, const StixValue *value)
{
	gboolean is = FALSE;

	if (is_text(value))
		is = matches_text(value->ignores_case && test->folded_regex ? test->folded_regex
									    : test->regex,
			value->text);
	else if (value->kind == STIX_VALUE_BYTES && test->operator== STIX_LIKE)
		is = test->literals->has_bytes &&
			g_utf8_validate_len(
				(const char *)value->text.data, value->text.size, NULL) &&
			matches_text(test->regex, value->text);
	else if (value->kind == STIX_VALUE_BYTES)
		is = test->bytes_regex &&
			stix_regex_matches(test->bytes_regex, (const char *)value->text.data,
				value->text.size);
	return truth_of(is, test);
}

static StixTruth compare_network(const StixNode *test, const StixValue *value)
{
	StixNetwork network;
	gboolean is;

	if (!is_text(value))
		return truth_of(FALSE, test);
	if (!stix_network_parse(value->text, &network))
		return STIX_UNKNOWN;
	is = test->operator== STIX_ISSUBSET ? stix_network_contains(test->network, &network)
					    : stix_network_contains(&network, test->network);
	return truth_of(is, test);
}

StixTruth stix_compare(const StixNode *test, const StixValue *value)
{
	switch (test->operator) {
	case STIX_IN:
		return compare_set(test, value);
	case STIX_LIKE:
	case STIX_MATCHES:
		return compare_regex(test, value);
	case STIX_ISSUBSET:
	case STIX_ISSUPERSET:
		return compare_network(test, value);
	default:
		return compare_order(test, value);
	}
}

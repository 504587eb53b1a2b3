/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/modifiers.h"

#include <math.h>

#include "base/limits.h"

static gboolean refuse(
	const Modifier *modifier, const Operand *operand, Draft *draft, const char *why)
{
	return draft_reject(draft, operand->node->line, "modifier %s %s", modifier->name, why);
}

static GPtrArray *pattern_list(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
}

static void operand_set_patterns(Operand *operand, GPtrArray *patterns)
{
	g_ptr_array_unref(operand->patterns);
	operand->patterns = patterns;
}

static gboolean is_textual(const Operand *operand)
{
	return operand->kind == OPERAND_TEXT || operand->kind == OPERAND_NUMBER;
}

/* For modifiers of text; a number is taken as its digits from here on. */
static gboolean need_text(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->node->kind == YAML_KIND_BOOL)
		return refuse(modifier, operand, draft, "needs text, not true or false");
	if (!is_textual(operand))
		return refuse(modifier, operand, draft,
			"can not follow a modifier that makes something else than text");
	operand->kind = OPERAND_TEXT;
	return TRUE;
}

/* ---- modifiers of text --------------------------------------------------------------------------
 */

enum { OPEN_START = 1, OPEN_END = 2 };

static gboolean apply_open(const Modifier *modifier, Operand *operand, Draft *draft)
{
	gboolean start = (modifier->parameter & OPEN_START) != 0;
	gboolean end = (modifier->parameter & OPEN_END) != 0;

	if (operand->kind == OPERAND_FIELD || operand->kind == OPERAND_REGEX) {
		operand->open_start |= start;
		operand->open_end |= end;
		operand->anchored = TRUE;
		return TRUE;
	}
	if (!need_text(modifier, operand, draft))
		return FALSE;
	for (guint i = 0; i < operand->patterns->len; i++)
		pattern_open(operand->patterns->pdata[i], start, end);
	return TRUE;
}

static gboolean apply_cased(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->kind == OPERAND_REGEX)
		return refuse(modifier, operand, draft,
			"can not follow re: expressions mind case unless i follows");
	if (!is_textual(operand) && operand->kind != OPERAND_FIELD)
		return refuse(modifier, operand, draft, "needs text");
	operand->cased = TRUE;
	return TRUE;
}

static gboolean apply_windash(const Modifier *modifier, Operand *operand, Draft *draft)
{
	GPtrArray *spread;
	gsize n_bytes = 0;

	if (!need_text(modifier, operand, draft))
		return FALSE;
	if (operand->encodings)
		return refuse(modifier, operand, draft, "can not follow an encoding");
	spread = pattern_list();
	for (guint i = 0; i < operand->patterns->len; i++) {
		guint n_before = spread->len;

		pattern_spread_dashes(operand->patterns->pdata[i], spread);
		for (guint new = n_before; new < spread->len; new ++)
			n_bytes += ((Pattern *)spread->pdata[new])->len;
		if (spread->len > LIMIT_RULE_VALUES || n_bytes > LIMIT_RULE_FILE_BYTES) {
			g_ptr_array_unref(spread);
			return refuse(modifier, operand, draft, "spreads a value to too many");
		}
	}
	operand_set_patterns(operand, spread);
	return TRUE;
}

static gboolean apply_expand(const Modifier *modifier, Operand *operand, Draft *draft)
{
	GPtrArray *expanded;

	if (operand->kind != OPERAND_REGEX && !need_text(modifier, operand, draft))
		return FALSE;
	expanded = pattern_list();
	for (guint i = 0; i < operand->patterns->len; i++) {
		if (!pattern_expand(
			    operand->patterns->pdata[i], draft, operand->node->line, expanded) ||
			expanded->len > LIMIT_RULE_VALUES) {
			g_ptr_array_unref(expanded);
			return refuse(modifier, operand, draft, "spreads a value to too many");
		}
	}
	operand_set_patterns(operand, expanded);
	return TRUE;
}

/* ---- encodings ----------------------------------------------------------------------------------
 */

static void note_encoding(const Modifier *modifier, Operand *operand)
{
	if (operand->encodings)
		g_string_append_printf(operand->encodings, ", %s", modifier->name);
	else
		operand->encodings = g_string_new(modifier->name);
}

enum { UTF16_BIG = 1, UTF16_MARK = 2 };

static gboolean apply_utf16(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (!need_text(modifier, operand, draft))
		return FALSE;
	if (operand->encodings)
		return refuse(modifier, operand, draft, "can not follow another encoding");
	for (guint i = 0; i < operand->patterns->len; i++) {
		Pattern **pattern = (Pattern **)&operand->patterns->pdata[i];

		for (guint u = 0; u < (*pattern)->len; u++)
			if (g_array_index(*pattern, guint16, u) == PATTERN_DASH)
				return refuse(modifier, operand, draft,
					"can not encode a value with that many dashes after "
					"windash");
		if (!pattern_encode_utf16(pattern, (modifier->parameter & UTF16_BIG) != 0,
			    (modifier->parameter & UTF16_MARK) != 0))
			return refuse(modifier, operand, draft, "needs text");
	}
	note_encoding(modifier, operand);
	return TRUE;
}

enum { BASE64_WHOLE, BASE64_OFFSETS };

static void encode_base64(const Pattern *pattern, int which, GPtrArray *ret)
{
	if (which == BASE64_WHOLE) {
		g_ptr_array_add(ret, pattern_base64(pattern));
		return;
	}
	for (guint shift = 0; shift < 3; shift++) {
		Pattern *form = pattern_base64_shifted(pattern, shift);

		/* Of a value of one byte, one shift leaves nothing that is certain. */
		if (form->len > 0)
			g_ptr_array_add(ret, form);
		else
			g_array_unref(form);
	}
}

static gboolean apply_base64(const Modifier *modifier, Operand *operand, Draft *draft)
{
	GPtrArray *encoded;

	if (!need_text(modifier, operand, draft))
		return FALSE;
	for (guint i = 0; i < operand->patterns->len; i++) {
		const Pattern *pattern = operand->patterns->pdata[i];

		if (!pattern_is_plain(pattern))
			return refuse(modifier, operand, draft,
				"can not encode a wildcard: contains, startswith and endswith "
				"stand "
				"behind it");
		if (pattern->len == 0)
			return refuse(modifier, operand, draft, "can not encode an empty value");
	}
	encoded = pattern_list();
	for (guint i = 0; i < operand->patterns->len; i++)
		encode_base64(operand->patterns->pdata[i], modifier->parameter, encoded);
	operand_set_patterns(operand, encoded);
	note_encoding(modifier, operand);
	return TRUE;
}

/* ---- modifiers that make something else of a value
 * ----------------------------------------------- */

/* For re and cidr: the value as it is written, escapes and wildcards too. */
static void take_as_written(Operand *operand)
{
	GPtrArray *patterns = pattern_list();
	Pattern *pattern = g_array_new(FALSE, FALSE, sizeof(guint16));

	for (gsize i = 0; i < operand->node->text.size; i++) {
		guint16 unit = operand->node->text.data[i];

		g_array_append_val(pattern, unit);
	}
	g_ptr_array_add(patterns, pattern);
	operand_set_patterns(operand, patterns);
}

static gboolean apply_re(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->first)
		return refuse(modifier, operand, draft, "must be the first");
	if (!need_text(modifier, operand, draft))
		return FALSE;
	take_as_written(operand);
	operand->kind = OPERAND_REGEX;
	return TRUE;
}

static gboolean apply_regex_flag(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->kind != OPERAND_REGEX)
		return refuse(modifier, operand, draft, "needs re before it");
	operand->flags |= (RegexFlags)modifier->parameter;
	return TRUE;
}

static gboolean apply_cidr(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->first && strcmp(operand->first, "expand") != 0)
		return refuse(modifier, operand, draft, "must be the first, or follow expand");
	if (!need_text(modifier, operand, draft))
		return FALSE;
	if (!operand->first)
		take_as_written(operand);
	operand->kind = OPERAND_NETWORK;
	return TRUE;
}

static gboolean apply_fieldref(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (!need_text(modifier, operand, draft))
		return FALSE;
	for (guint i = 0; i < operand->patterns->len; i++)
		if (!pattern_is_plain(operand->patterns->pdata[i]))
			return refuse(modifier, operand, draft,
				"names a field, which has no wildcards; contains, startswith and "
				"endswith stand behind it");
	if (operand->encodings)
		return refuse(modifier, operand, draft, "can not follow an encoding");
	operand->kind = OPERAND_FIELD;
	return TRUE;
}

static gboolean need_number(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (operand->kind != OPERAND_NUMBER && operand->kind != OPERAND_COMPARE)
		return refuse(modifier, operand, draft, "needs a number (without quotes)");
	if (!isfinite(operand->node->real))
		return refuse(modifier, operand, draft, "needs a finite number");
	operand->kind = OPERAND_COMPARE;
	return TRUE;
}

static gboolean apply_compare(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (!need_number(modifier, operand, draft))
		return FALSE;
	if (operand->compares)
		return refuse(modifier, operand, draft, "can not follow another comparison");
	operand->compares = TRUE;
	operand->comparison = (TestKind)modifier->parameter;
	return TRUE;
}

static gboolean apply_time_part(const Modifier *modifier, Operand *operand, Draft *draft)
{
	if (!need_number(modifier, operand, draft))
		return FALSE;
	if (operand->has_part)
		return refuse(modifier, operand, draft, "can not follow another part of a time");
	if (operand->node->kind != YAML_KIND_INT)
		return refuse(modifier, operand, draft, "needs a whole number");
	operand->has_part = TRUE;
	operand->part = (TimePart)modifier->parameter;
	return TRUE;
}

static const Modifier modifiers[] = {
	{ "all", NULL, 0 },
	{ "base64", apply_base64, BASE64_WHOLE },
	{ "base64offset", apply_base64, BASE64_OFFSETS },
	{ "cased", apply_cased, 0 },
	{ "cidr", apply_cidr, 0 },
	{ "contains", apply_open, OPEN_START | OPEN_END },
	{ "day", apply_time_part, TIME_DAY },
	{ "dotall", apply_regex_flag, REGEX_DOT_ALL },
	{ "endswith", apply_open, OPEN_START },
	{ "exists", NULL, 0 },
	{ "expand", apply_expand, 0 },
	{ "fieldref", apply_fieldref, 0 },
	{ "gt", apply_compare, TEST_GREATER },
	{ "gte", apply_compare, TEST_GREATER_EQUAL },
	{ "hour", apply_time_part, TIME_HOUR },
	{ "i", apply_regex_flag, REGEX_IGNORE_CASE },
	{ "ignorecase", apply_regex_flag, REGEX_IGNORE_CASE },
	{ "lt", apply_compare, TEST_LESS },
	{ "lte", apply_compare, TEST_LESS_EQUAL },
	{ "m", apply_regex_flag, REGEX_MULTI_LINE },
	{ "minute", apply_time_part, TIME_MINUTE },
	{ "month", apply_time_part, TIME_MONTH },
	{ "multiline", apply_regex_flag, REGEX_MULTI_LINE },
	{ "neq", NULL, 0 },
	{ "re", apply_re, 0 },
	{ "s", apply_regex_flag, REGEX_DOT_ALL },
	{ "startswith", apply_open, OPEN_END },
	{ "utf16", apply_utf16, UTF16_MARK },
	{ "utf16be", apply_utf16, UTF16_BIG },
	{ "utf16le", apply_utf16, 0 },
	{ "week", apply_time_part, TIME_WEEK },
	{ "wide", apply_utf16, 0 },
	{ "windash", apply_windash, 0 },
	{ "year", apply_time_part, TIME_YEAR },
};

const Modifier *modifier_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(modifiers); i++)
		if (strcmp(modifiers[i].name, name) == 0)
			return &modifiers[i];
	return NULL;
}

/* ---- operands -----------------------------------------------------------------------------------
 */

void operand_init(Operand *operand, const YamlNode *node)
{
	*operand = (Operand){ .kind = OPERAND_TEXT, .node = node };
	operand->patterns = pattern_list();

	if (node->kind == YAML_KIND_INT || node->kind == YAML_KIND_FLOAT)
		operand->kind = OPERAND_NUMBER;
	if (node->kind == YAML_KIND_INT) {
		/* As events write it: 0x10 is 16, +5 is 5. */
		g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, node->integer);

		g_ptr_array_add(operand->patterns, pattern_parse(slice_from_text(digits)));
	} else if (node->kind == YAML_KIND_BOOL) {
		g_ptr_array_add(operand->patterns,
			pattern_parse(slice_from_text(node->boolean ? "true" : "false")));
	} else {
		g_ptr_array_add(operand->patterns, pattern_parse(node->text));
	}
}

void operand_clear(Operand *operand)
{
	g_ptr_array_unref(operand->patterns);
	if (operand->encodings)
		g_string_free(operand->encodings, TRUE);
}

gboolean operand_apply(Operand *operand, const Modifier *modifier, Draft *draft)
{
	if (!modifier->apply)
		return TRUE;
	if (!modifier->apply(modifier, operand, draft))
		return FALSE;
	if (!operand->first)
		operand->first = modifier->name;
	return TRUE;
}

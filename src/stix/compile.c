/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comparing needs beyond parsing. LIKE becomes a regular expression, too: so it is linear in
 * the value, however many % it has.
 */
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "stix/address.h"
#include "stix/judge.h"
#include "stix/tree.h"

static StixRegex *add_regex(
	StixPattern *pattern, const char *text, gsize size, gboolean is_bytes, GError **error)
{
	g_autofree char *problem = NULL;
	StixRegex *regex;

	if (pattern->regexes->len >= LIMIT_STIX_REGEXES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"the pattern has more than %u regular expressions", LIMIT_STIX_REGEXES);
		return NULL;
	}
	regex = stix_regex_new(text, size, is_bytes, LIMIT_REGEX_MEMORY_BYTES, &problem);
	if (!regex) {
		g_autofree char *valid = g_utf8_make_valid(problem, -1);

		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"RE2 does not take the regular expression: %s", valid);
		return NULL;
	}
	g_ptr_array_add(pattern->regexes, regex);
	return regex;
}

/* ---- pieces -------------------------------------------------------------------------------------
 */

#define PIECE_MIN_BYTES 3

/*
 * Only what normalisation and folding leave as it is can be looked for in values that have gone
 * through neither: ASCII, but for two signs that others become.
 */
static gboolean can_be_in_piece(char c)
{
	return (guint8)c < 0x80 && c != ';' && c != '`';
}

/* The longest run of characters of @like that stand for themselves. */
static char *like_piece(const char *like)
{
	const char *best = like;
	gsize best_size = 0, size = 0;

	for (const char *at = like;; at++) {
		if (*at && *at != '%' && *at != '_' && can_be_in_piece(*at)) {
			size++;
			continue;
		}
		if (size > best_size) {
			best = at - size;
			best_size = size;
		}
		size = 0;
		if (!*at)
			break;
	}
	return best_size < PIECE_MIN_BYTES ? NULL : g_ascii_strdown(best, (gssize)best_size);
}

static void add_piece(StixPattern *pattern, StixNode *test, const char *normal)
{
	g_autofree char *piece = test->operator== STIX_LIKE
		? like_piece(normal)
		: stix_regex_required(test->regex, PIECE_MIN_BYTES);

	for (const char *at = piece; at && *at; at++)
		if (!can_be_in_piece(*at))
			return;
	if (piece)
		test->piece = stix_pattern_text(pattern, piece, (gssize)strlen(piece));
}

/* ---- LIKE ---------------------------------------------------------------------------------------
 */

static char *like_regex(const char *like, gboolean ignores_case)
{
	GString *regex = g_string_new(ignores_case ? "(?si)\\A(?:" : "(?s)\\A(?:");

	for (; *like; like++) {
		if (*like == '%')
			g_string_append(regex, ".*");
		else if (*like == '_')
			g_string_append_c(regex, '.');
		else if ((guint8)*like < 0x80 && !g_ascii_isalnum(*like))
			g_string_append_printf(regex, "\\x%02x", (guint)(guint8)*like);
		else
			g_string_append_c(regex, *like);
	}
	g_string_append(regex, ")\\z");
	return g_string_free(regex, FALSE);
}

static gboolean compile_like(
	StixPattern *pattern, StixNode *test, const char *normal, GError **error)
{
	g_autofree char *exact = like_regex(normal, FALSE);
	g_autofree char *folded = like_regex(normal, TRUE);

	test->regex = add_regex(pattern, exact, strlen(exact), FALSE, error);
	if (!test->regex)
		return FALSE;
	test->folded_regex = add_regex(pattern, folded, strlen(folded), FALSE, error);
	return test->folded_regex != NULL;
}

/* ---- MATCHES ------------------------------------------------------------------------------------
 */

static gboolean compile_matches(
	StixPattern *pattern, StixNode *test, const char *normal, GError **error)
{
	g_autoptr(GString) bytes = g_string_new(NULL);

	test->regex = add_regex(pattern, normal, strlen(normal), FALSE, error);
	if (!test->regex)
		return FALSE;
	for (const char *at = normal; *at; at = g_utf8_next_char(at)) {
		if (g_utf8_get_char(at) > 255)
			return TRUE; /* no byte can be such a character */
		g_string_append_c(bytes, (char)g_utf8_get_char(at));
	}
	test->bytes_regex = add_regex(pattern, bytes->str, bytes->len, TRUE, error);
	return test->bytes_regex != NULL;
}

/* ---- the rest -----------------------------------------------------------------------------------
 */

static gboolean compile_network(StixPattern *pattern, StixNode *test, GError **error)
{
	StixNetwork *network = stix_pattern_alloc(pattern, sizeof(StixNetwork));

	if (!stix_network_parse(slice_from_text(test->literals->text), network)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"\"%.80s\" is neither an IP address nor a network", test->literals->text);
		return FALSE;
	}
	test->network = network;
	return TRUE;
}

static void fold_literals(StixPattern *pattern, StixNode *test)
{
	for (StixLiteral *literal = test->literals; literal; literal = literal->next) {
		g_autofree char *folded = NULL;

		if (literal->kind != STIX_STRING)
			continue;
		folded = text_fold(literal->text);
		literal->folded = stix_pattern_text(pattern, folded, (gssize)strlen(folded));
	}
}

static gboolean compile_test(StixPattern *pattern, StixNode *test, GError **error)
{
	g_autofree char *normal = NULL;

	g_ptr_array_add(pattern->tests, test);
	fold_literals(pattern, test);
	switch (test->operator) {
	case STIX_LIKE:
	case STIX_MATCHES:
		normal = g_utf8_normalize(test->literals->text, -1, G_NORMALIZE_NFC);
		if (!(test->operator== STIX_LIKE ? compile_like(pattern, test, normal, error)
						 : compile_matches(pattern, test, normal, error)))
			return FALSE;
		add_piece(pattern, test, normal);
		return TRUE;
	case STIX_ISSUBSET:
	case STIX_ISSUPERSET:
		return compile_network(pattern, test, error);
	default:
		return TRUE;
	}
}

static gboolean compile_node(StixPattern *pattern, StixNode *node, GError **error)
{
	if (node->kind == STIX_TEST)
		return compile_test(pattern, node, error);
	for (StixNode *child = node->child; child; child = child->next)
		if (!compile_node(pattern, child, error))
			return FALSE;
	return TRUE;
}

gboolean stix_pattern_compile(StixPattern *pattern, GError **error)
{
	if (pattern->is_compiled)
		return TRUE;
	for (guint i = 0; i < pattern->parts->len; i++) {
		StixObservation *part = pattern->parts->pdata[i];

		if (!compile_node(pattern, part->test, error))
			return FALSE;
	}
	pattern->is_compiled = TRUE;
	return TRUE;
}

/* ---- what can be said of comparisons ------------------------------------------------------------
 */

static const char *const OPERATOR_NAMES[STIX_N_OPERATORS] = { "=", "!=", "<", "<=", ">", ">=", "in",
	"like", "matches", "issubset", "issuperset", "exists" };

guint stix_test_path(const StixPattern *pattern, guint test)
{
	const StixNode *node = pattern->tests->pdata[test];

	return node->path->number;
}

const char *stix_test_text(const StixPattern *pattern, guint test)
{
	StixNode *node = pattern->tests->pdata[test];

	return node->text;
}

void stix_test_describe(StixPattern *pattern, StixNode *test)
{
	g_autoptr(GString) text = g_string_new(test->is_negated ? "not " : "");
	guint n = 0;

	g_string_append(text, OPERATOR_NAMES[test->operator]);
	for (const StixLiteral *value = test->literals; value; value = value->next) {
		if (n++ == 8) {
			g_string_append(text, ", …");
			break;
		}
		g_string_append_printf(text, "%s%s", n > 1 ? ", " : " ", value->text);
	}
	test->text = stix_pattern_text(pattern, text->str, (gssize)text->len);
}

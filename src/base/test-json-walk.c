/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-walk.h"
#include "base/limits.h"
#include "base/text.h"

static JsonValue read_good(const char *text)
{
	Cursor at = cursor_make(slice_from_text(text));
	JsonTrouble trouble;
	JsonValue value;

	g_assert_true(json_value_read(&at, &value, &trouble));
	g_assert_null(trouble.reason);
	g_assert_true(value.is_whole);
	return value;
}

static void test_valid(void)
{
	static const char *const texts[] = { "{}", "[]", " [ ] ", "0", "-0.5e+3", "true", "null",
		"\"\"", "\"\\u00e9\\\\\\\"\"", "{\"a\":[{\"b\":[]},{}],\"c\":{\"d\":[1,2]}}",
		"[[],[[]],{}]", "{ \"a\" : 1 , \"b\" : [ 1 , \"x\" ] }" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		(void)read_good(texts[i]);
}

static void test_invalid(void)
{
	static const struct {
		const char *text;
		gsize at;
		const char *reason;
	} cases[] = {
		{ "", 0, "ends in the middle" },
		{ "[1,", 3, "ends in the middle" },
		{ "[1,]", 3, "a value is missing" },
		{ "{\"a\":1,}", 7, "the name of a member" },
		{ "{\"a\" 1}", 5, "a colon" },
		{ "{\"a\":1]", 6, "a comma or a closing bracket" },
		{ "[1 2]", 3, "a comma or a closing bracket" },
		{ "[01]", 2, "a comma or a closing bracket" },
		{ "[1.]", 3, "a number" },
		{ "[tru]", 4, "a word" },
		{ "[\"a\nb\"]", 3, "a control character" },
		{ "[\"\\x\"]", 3, "a backslash" },
		{ "[\"\\u00g0\"]", 6, "four hexadecimal digits" },
		{ "[NaN]", 1, "a value is missing" },
		{ "{1:2}", 1, "the name of a member" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Cursor at = cursor_make(slice_from_text(cases[i].text));
		JsonTrouble trouble;
		JsonValue value;

		g_assert_false(json_value_read(&at, &value, &trouble));
		g_assert_cmpuint(trouble.at, ==, cases[i].at);
		g_assert_nonnull(strstr(trouble.reason, cases[i].reason));
	}
}

/* As deep as allowed, and one more. */
static void test_depth(void)
{
	for (guint more = 0; more <= 1; more++) {
		g_autoptr(GString) text = g_string_new(NULL);
		JsonTrouble trouble;
		JsonValue value;
		Cursor at;

		for (guint i = 0; i < LIMIT_JSON_DEPTH + more; i++)
			g_string_append_c(text, '[');
		for (guint i = 0; i < LIMIT_JSON_DEPTH + more; i++)
			g_string_append_c(text, ']');
		at = cursor_make(slice_make(text->str, text->len));
		g_assert_cmpint(json_value_read(&at, &value, &trouble), ==, !more);
		if (more)
			g_assert_nonnull(strstr(trouble.reason, "nested too deeply"));
	}
}

static void test_pick(void)
{
	static const char *const names[] = { "id", "objects", "absent", "type" };
	JsonValue object =
		read_good("{\"type\":\"a\",\"objects\":[1,[2],{\"id\":3}],\"i\\u0064\":\"x\","
			  "\"other\":null,\"type\":\"b\"}");
	JsonValue picked[G_N_ELEMENTS(names)];
	JsonWalk walk;
	JsonItem item;
	guint n = 0;

	g_assert_cmphex(json_pick(&object, names, G_N_ELEMENTS(names), picked), ==, 1u << 3);
	g_assert_true(json_value_is(&picked[0], "x"));
	g_assert_cmpint(picked[1].type, ==, JSON_ARRAY);
	g_assert_cmpint(picked[2].type, ==, JSON_NOTHING);
	g_assert_true(json_value_is(&picked[3], "b")); /* the last */
	for (walk = json_walk_begin(&picked[1]); json_walk_next(&walk, &item); n++)
		g_assert_true(item.value.is_whole);
	g_assert_cmpuint(n, ==, 3);
	g_assert_cmphex(json_pick(&picked[1], names, G_N_ELEMENTS(names), picked), ==, 0);
	g_assert_cmpint(picked[0].type, ==, JSON_NOTHING);
}

static void test_text(void)
{
	g_autoptr(GString) text = g_string_new("<");
	JsonValue value = read_good("\"a\\u0000b\\u0000\\u00e9\"");
	guint64 number;

	json_value_append(text, &value);
	g_assert_cmpstr(text->str, ==, "<a\357\277\275b\357\277\275\303\251");
	value = read_good("[\"x\"]");
	json_value_append(text, &value);
	g_assert_cmpuint(text->len, ==, strlen("<a...b...\303\251"));
	value = read_good("\"1234\"");
	g_assert_true(json_value_uint(&value, &number));
	g_assert_cmpuint(number, ==, 1234);
	value = read_good("-1");
	g_assert_false(json_value_uint(&value, &number));
	value = read_good("1.5");
	g_assert_false(json_value_uint(&value, &number));
	value = read_good("\"0\"");
	g_assert_false(json_value_bool(&value, TRUE));
	value = read_good("1");
	g_assert_true(json_value_bool(&value, FALSE));
	value = read_good("[]");
	g_assert_true(json_value_bool(&value, TRUE));
}

/* What is whole before the end can be walked, wherever a document breaks off. */
static void test_truncated(void)
{
	const char *text = "{\"id\":\"x\",\"objects\":[{\"a\":1},{\"a\":2},{\"a\":[3]}]}";

	for (gsize size = 0; size < strlen(text); size++) {
		g_autofree guint8 *copy = g_memdup2(text, MAX(size, 1));
		Cursor at = cursor_make(slice_make(copy, size));
		guint n_whole = 0, n_expected = (size >= 28) + (size >= 36) + (size >= 46);
		JsonTrouble trouble;
		JsonValue value;
		JsonWalk walk, inner;
		JsonItem item;

		g_assert_false(json_value_read(&at, &value, &trouble));
		g_assert_cmpuint(trouble.at, ==, size);
		walk = json_walk_begin(&value);
		while (json_walk_next(&walk, &item)) {
			inner = json_walk_begin(&item.value);
			while (json_walk_next(&inner, &item))
				n_whole += item.value.is_whole;
		}
		g_assert_cmpuint(n_whole, ==, n_expected);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/json-walk/valid", test_valid);
	g_test_add_func("/json-walk/invalid", test_invalid);
	g_test_add_func("/json-walk/depth", test_depth);
	g_test_add_func("/json-walk/pick", test_pick);
	g_test_add_func("/json-walk/text", test_text);
	g_test_add_func("/json-walk/truncated", test_truncated);
	return g_test_run();
}

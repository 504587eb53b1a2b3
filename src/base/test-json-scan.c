/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-scan.h"

/* "key=value;" for each member as it stands, "!" behind them where the object is malformed. */
static char *scan_all(const char *text)
{
	JsonScan scan = json_scan_begin(slice_from_text(text));
	GString *told = g_string_new(NULL);
	JsonMember m;

	while (json_scan_next(&scan, &m))
		g_string_append_printf(told, "%.*s%s%.*s;", (int)m.key.size,
			(const char *)m.key.data,
			m.is_text	      ? "="
				: m.is_nested ? "#"
					      : ":",
			(int)m.value.size, (const char *)m.value.data);
	if (scan.malformed)
		g_string_append_c(told, '!');
	return g_string_free(told, FALSE);
}

static void test_members(void)
{
	static const char *const cases[][2] = {
		{ "{}", "" },
		{ " { \"a\" : \"b\" , \"n\":-1.5e+3,\"w\":null } ", "a=b;n:-1.5e+3;w:null;" },
		{ "{\"a\":\"x\\\"y\\\\\",\"b\":\"\"}", "a=x\\\"y\\\\;b=;" },
		{ "{\"o\":{\"p\":[1,\"}]\"]},\"q\":[],\"r\":\"s\"}",
			"o#{\"p\":[1,\"}]\"]};q#[];r=s;" },
		{ "", "!" },
		{ "[]", "!" },
		{ "{ no JSON", "!" },
		{ "{\"a\":\"b\"", "a=b;!" },
		{ "{\"a\":\"b", "!" },
		{ "{\"a\":\"b\\", "!" },
		{ "{\"a\":[1", "!" },
		{ "{\"a\":}", "!" },
		{ "{\"a\":1 \"b\":2}", "a:1;!" },
		{ "{,\"a\":1}", "!" },
		{ "{} x", "!" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *told = scan_all(cases[i][0]);

		g_assert_cmpstr(told, ==, cases[i][1]);
	}
}

/* No prefix of an object is one, and none is read beyond its end. */
static void test_prefixes(void)
{
	static const char whole[] = "{\"a\":\"\\u00e4\\n\",\"b\":[{\"c\":\"]\"}],\"d\":true}";

	for (gsize size = 0; size < sizeof whole - 1; size++) {
		g_autofree char *part = g_strndup(whole, size);
		g_autofree char *told = scan_all(part);

		g_assert_true(g_str_has_suffix(told, "!"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json-scan/members", test_members);
	g_test_add_func("/json-scan/prefixes", test_prefixes);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "readers/lines/lines-reader.h"
#include "readers/test-read.h"

#define MODIFIED (1614902400 * INSTANT_SECOND) /* 2021-03-05T00:00:00Z */

static void test_starts(void)
{
	static const struct {
		const char *line, *time, *timestamp;
	} cases[] = {
		{ "2021-03-02 10:11:12,123 INFO main: started", "2021-03-02T10:11:12.1230000Z",
			"2021-03-02 10:11:12,123" },
		{ "2021-03-02 10:11:12.123 UTC [42] LOG:  x", "2021-03-02T10:11:12.1230000Z",
			"2021-03-02 10:11:12.123 UTC" },
		{ "[Tue Mar 02 10:11:12.123456 2021] [core:error] x",
			"2021-03-02T10:11:12.1234560Z", "Tue Mar 02 10:11:12.123456 2021" },
		{ "Tue Mar  2 10:11:12 2021 [pid 2] CONNECT", "2021-03-02T10:11:12.0000000Z",
			"Tue Mar  2 10:11:12 2021" },
		{ "2021/03/02 10:11:12 [error] 7#7: x", "2021-03-02T10:11:12.0000000Z",
			"2021/03/02 10:11:12" },
		{ "INFO 2021-03-02 10:11:12,5 views x", "2021-03-02T10:11:12.5000000Z",
			"2021-03-02 10:11:12,5" },
		{ "[WARN]  2021-03-02T10:11:12+01:00 x", "2021-03-02T09:11:12.0000000Z",
			"2021-03-02T10:11:12+01:00" },
		{ "I, [2021-03-02T10:11:12.000001 #42]  INFO -- : x",
			"2021-03-02T10:11:12.0000010Z", "2021-03-02T10:11:12.000001" },
		{ "E0302 10:11:12.000001       1 file.go:7] x", "2021-03-02T10:11:12.0000010Z",
			"0302 10:11:12.000001" },
		{ "210302  9:11:12 [Note] x", "", NULL },
		{ "210302 10:11:12 [Note] x", "2021-03-02T10:11:12.0000000Z", "210302 10:11:12" },
		{ "1614679872.25 x", "2021-03-02T10:11:12.2500000Z", "1614679872.25" },
		{ "1614679872250 x", "2021-03-02T10:11:12.2500000Z", "1614679872250" },
		{ "[03/02/2021 10:11:12.0123] [0] x", "2021-03-02T10:11:12.0123000Z",
			"03/02/2021 10:11:12.0123" },
		{ "31/3/2020 1:11:12 PM x", "", NULL },
		{ "31/3/2020 11:11:12 PM x", "2020-03-31T23:11:12.0000000Z",
			"31/3/2020 11:11:12 PM" },
		{ "02.03.2021 10:11:12 x", "2021-03-02T10:11:12.0000000Z", "02.03.2021 10:11:12" },
		{ "02-Mar-2021 10:11:12.123 queries: x", "2021-03-02T10:11:12.1230000Z",
			"02-Mar-2021 10:11:12.123" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestRead) read = test_read_text(&lines_reader, cases[i].line, MODIFIED);
		g_autofree char *fields =
			g_strdup_printf("{\"LogFormat\":\"lines\",%s%s%s\"message\":\"%s\"}",
				cases[i].timestamp ? "\"timestamp\":\"" : "",
				cases[i].timestamp ? cases[i].timestamp : "",
				cases[i].timestamp ? "\"," : "", cases[i].line);

		g_assert_cmpuint(read->lines->len, ==, 1);
		g_assert_cmpstr(test_read_fields(read, 0), ==, fields);
		g_assert_true(g_str_has_prefix(read->lines->pdata[0], cases[i].time));
		g_assert_cmpuint(lines_reader.probe(slice_from_text(cases[i].line), ""), ==,
			cases[i].timestamp ? 20 : 0);
	}
}

/* One date that can be read in one way only settles the others of its file. */
static void test_month_order(void)
{
	g_autoptr(TestRead) assumed = test_read_text(&lines_reader, "03/02/2021 10:11:12 x\n", 0);
	g_autoptr(TestRead) months =
		test_read_text(&lines_reader, "03/02/2021 10:11:12 x\n03/13/2021 10:11:12 x\n", 0);
	g_autoptr(TestRead) days =
		test_read_text(&lines_reader, "03/02/2021 10:11:12 x\n13/02/2021 10:11:12 x\n", 0);

	g_assert_true(g_str_has_prefix(assumed->lines->pdata[0], "2021-03-02"));
	g_assert_cmpuint(assumed->notes->len, ==, 2); /* the zone, too */
	g_assert_true(g_str_has_prefix(months->lines->pdata[0], "2021-03-02"));
	g_assert_cmpuint(months->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(days->lines->pdata[0], "2021-02-03"));
	g_assert_cmpuint(days->notes->len, ==, 1);
}

static void test_stack_traces(void)
{
	static const char text[] = "loose\n2021-03-02 10:11:12 ERROR x\njava.lang.Error\n\tat a\n\n"
				   "\xe4\n\n2021-03-02 10:11:13 y\n";
	g_autoptr(TestRead) read = test_read_text(&lines_reader, text, MODIFIED);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_cmpstr(
		test_read_fields(read, 0), ==, "{\"LogFormat\":\"lines\",\"message\":\"loose\"}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"lines\",\"timestamp\":\"2021-03-02 10:11:12\","
		"\"message\":\"2021-03-02 10:11:12 ERROR x\\njava.lang.Error\\n\\tat a\\n\\n"
		"\xc3\xa4\"}");
	g_assert_true(g_str_has_prefix(read->lines->pdata[2], "2021-03-02T10:11:13.0000000Z 8 "));
	g_assert_cmpuint(read->n_losses, ==, 0);
}

/* Traces of all lengths, also such that are too long to be one event. */
static void test_split(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; text->len < 5 << 20; i++) {
		g_string_append_printf(text, "2021-03-02 10:11:12 event %u\n", i);
		for (guint k = 0; k < (i * i) % 2999; k++)
			g_string_append_printf(text, "\tat some.place.in.java(%u)\n", k);
	}
	whole = test_read_make(&lines_reader, text->str, text->len, MODIFIED, 100);
	split = test_read_make(&lines_reader, text->str, text->len, MODIFIED, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 1000);
}

static void test_probe(void)
{
	static const char *const others[] = { "", "hello\n", "10:11:12 x\n", "# a README\n\ntext\n",
		"{\"time\":\"2021-03-02 10:11:12\"}\n", "1234567890\n", "1234567890,1\n",
		"a\nb\n2021-03-02 10:11:12 x\n", "\n\n\n", "\t\tx\n",
		"2021-03-02 10:11:12 \x01\x02\n" };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(lines_reader.probe(slice_from_text(others[i]), "a.log"), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/lines/starts", test_starts);
	g_test_add_func("/lines/month-order", test_month_order);
	g_test_add_func("/lines/stack-traces", test_stack_traces);
	g_test_add_func("/lines/split-as-whole", test_split);
	g_test_add_func("/lines/probe", test_probe);
	return g_test_run();
}

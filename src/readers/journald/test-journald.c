/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/journald/journald.h"
#include "readers/test-read.h"

static TestRead *read_string(const GString *text, guint64 units)
{
	const Source like = { .number = 3 };

	return test_read_like(&journald_reader, text->str, text->len, &like, units);
}

static void add_binary(GString *ret, const char *name, const char *bytes, gsize size)
{
	g_string_append_printf(ret, "%s\n", name);
	for (guint i = 0; i < 8; i++)
		g_string_append_c(ret, (char)((guint64)size >> 8 * i));
	g_string_append_len(ret, bytes, (gssize)size);
	g_string_append_c(ret, '\n');
}

static void test_columns(void)
{
	g_autoptr(GString) text =
		g_string_new("__CURSOR=s=1\n__REALTIME_TIMESTAMP=1604994496155001\n"
			     "_HOSTNAME=web01\nSYSLOG_IDENTIFIER=sshd\nODD=1\n");
	g_autoptr(TestRead) read = NULL;

	add_binary(text, "MESSAGE", "a\n\n__CURSOR=b", 13);
	g_string_append(text, "ODD=2\n_COMM=\n\n\n__CURSOR=s=2\nMESSAGE=x\n\n");
	read = read_string(text, 0);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"journald\",\"__REALTIME_TIMESTAMP\":\"1604994496155001\","
		"\"_HOSTNAME\":\"web01\",\"SYSLOG_IDENTIFIER\":\"sshd\","
		"\"MESSAGE\":\"a\\n\\n__CURSOR=b\",\"_COMM\":\"\",\"__CURSOR\":\"s=1\","
		"\"ODD\":[\"1\",\"2\"]}");
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], "2020-11-10T07:48:16.1550010Z 1 0 "));
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], " 2 "));
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(journald_reader.probe(slice_make(text->str, text->len), ""), ==, 97);
}

static void test_messages(void)
{
	g_autoptr(GString) text = g_string_new(
		"__CURSOR=1\nSYSLOG_IDENTIFIER=sudo\nMESSAGE= a : TTY=pts/0 ; PWD=/ ; USER=root ; "
		"COMMAND=/bin/sh\n\n__CURSOR=2\nSYSLOG_IDENTIFIER=sysmon\nMESSAGE=<Event><System>"
		"<EventID>1</EventID></System></Event>\n\n");
	g_autoptr(TestRead) read = read_string(text, 0);

	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"journald\",\"SYSLOG_IDENTIFIER\":\"sudo\",\"MESSAGE\":\" a : "
		"TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh\",\"__CURSOR\":\"1\","
		"\"TTY\":\"pts/0\",\"PWD\":\"/\",\"USER\":\"root\",\"COMMAND\":\"/bin/sh\"}");
	g_assert_cmpstr(
		test_read_fields(read, 1), ==, "{\"LogFormat\":\"windows-xml\",\"EventID\":1}");
}

static void check_damage(const GString *text, guint n_events, const char *note)
{
	g_autoptr(TestRead) read = read_string(text, 0);

	g_assert_cmpuint(read->lines->len, ==, n_events);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], note));
}

static void test_damage(void)
{
	g_autoptr(GString) text = g_string_new("__CURSOR=1\nMESSAGE=x\n\nno field\n\nA=1\n\n"
					       "__CURSOR=2\nMESSAGE=y\n\n");

	check_damage(text, 2, "damaged 1 An entry of the journal makes no sense: what stands here");
	g_string_assign(text, "__CURSOR=1\n");
	add_binary(text, "MESSAGE", "abc", 3);
	text->str[text->len - 1] = 'x';
	g_string_append(text, "\n\n\n__CURSOR=2\nMESSAGE=y\n\n");
	check_damage(text, 2, "damaged 1 An entry of the journal makes no sense: no line feed");
	g_string_assign(text, "__CURSOR=1\nMESSAGE=x\n\n__CURSOR=2\nMESS");
	check_damage(text, 2, "truncated 1 The evidence ends inside");
	g_string_assign(text, "__CURSOR=1\n");
	add_binary(text, "MESSAGE", "abc", 3);
	text->str[text->len - 1 - 3 - 1] = 1; /* the highest byte of the size */
	g_string_append(text, "\n\n__CURSOR=2\nMESSAGE=y\n\n");
	check_damage(
		text, 2, "damaged 1 An entry of the journal makes no sense: a field is longer");
}

static void test_long_fields(void)
{
	g_autofree char *long_value = g_strnfill(3 << 20, 'v');
	g_autoptr(GString) text = g_string_new("__CURSOR=1\n");
	g_autoptr(TestRead) read = NULL;

	add_binary(text, "COREDUMP", long_value, 3 << 20);
	g_string_append_printf(text, "TEXT=%s\nEND=1\n\n__CURSOR=2\n\n", long_value);
	read = read_string(text, 0);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"END\":\"1\""));
	g_assert_cmpuint(strlen(test_read_fields(read, 0)), >, 2 * LIMIT_VALUE_BYTES);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "limit 1 Fields were cut"));
}

/* Binary fields hold what looks like entries: no range may take them for some. */
static void test_split(void)
{
	g_autoptr(GString) text = g_string_new(NULL), forged = g_string_new(NULL);
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; i < 1000; i++)
		g_string_append(forged, "\n\n__CURSOR=s=0\n_COMM=forged\nMESSAGE=x\n");
	for (guint i = 0; text->len < 5 << 20; i++) {
		g_string_append_printf(text, "__CURSOR=%u\n__REALTIME_TIMESTAMP=%u\n", i, i);
		if (i % 50 == 0)
			add_binary(text, "MESSAGE", forged->str, forged->len);
		else
			g_string_append_printf(text, "MESSAGE=number %u\n", i);
		g_string_append_printf(text, "F%u=x\n\n", i % 20);
	}
	whole = read_string(text, 100);
	split = read_string(text, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 5000);
	for (guint i = 0; i < whole->lines->len; i++)
		g_assert_null(strstr(test_read_fields(whole, i), "\"_COMM\""));
}

static void test_truncated(void)
{
	g_autoptr(GString) text = g_string_new("__CURSOR=1\nA=b\n");

	add_binary(text, "MESSAGE", "a\nb", 3);
	g_string_append(text, "\n__CURSOR=2\nMESSAGE=x\n\n");
	for (gsize size = 0; size < text->len; size++) {
		g_autoptr(TestRead) read = test_read_make(&journald_reader, text->str, size, 0, 0);

		g_assert_cmpuint(read->lines->len, <=, 2);
		g_assert_cmpuint(read->n_losses, <=, 1);
	}
}

static void test_probe(void)
{
	static const char *const others[] = { "", "hello\n", "A=1\nB=2\n", "KEY=value\n",
		"a=b\n__REALTIME_TIMESTAMP=1\n", "LPKSHHRH" };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(journald_reader.probe(slice_from_text(others[i]), ""), ==, 0);
	g_assert_cmpuint(
		journald_reader.probe(slice_from_text("MESSAGE=1\n__REALTIME_TIMESTAMP=1\n"), ""),
		==, 90);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/journald/columns", test_columns);
	g_test_add_func("/journald/messages", test_messages);
	g_test_add_func("/journald/damage", test_damage);
	g_test_add_func("/journald/long-fields", test_long_fields);
	g_test_add_func("/journald/split-as-whole", test_split);
	g_test_add_func("/journald/truncated-anywhere", test_truncated);
	g_test_add_func("/journald/probe", test_probe);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/format-list/format-list.h"
#include "readers/test-read.h"

static const char two_objects[] = "PS C:\\> Get-OabVirtualDirectory | fl\r\n"
				  "\r\n"
				  "\r\n"
				  "Name                          : OAB (Default Web Site)\r\n"
				  "InternalAuthenticationMethods : {Ntlm, WindowsIntegrated}\r\n"
				  "DistinguishedName             : CN=OAB (Default Web "
				  "Site),CN=HTTP,CN=Protocols,CN=EX01,CN=Servers,CN=Exchange\r\n"
				  "                                Administrative Group\r\n"
				  "Server                        : EX01\r\n"
				  "ExternalUrl                   :\r\n"
				  "\r\n"
				  "\r\n"
				  "Name   : owa (Default Web Site)\r\n"
				  "Server : EX01\r\n"
				  "X      : http://f/<script language=\"JScript\"\r\n"
				  "\r\n";

static void test_objects(void)
{
	g_autoptr(TestRead) read = test_read_text(&format_list_reader, two_objects, 0);

	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpstr(read->lines->pdata[0], ==,
		" 4 42 {\"LogFormat\":\"format-list\",\"Name\":\"OAB (Default Web Site)\","
		"\"InternalAuthenticationMethods\":\"{Ntlm, WindowsIntegrated}\","
		"\"DistinguishedName\":\"CN=OAB (Default Web Site),CN=HTTP,CN=Protocols,CN=EX01,"
		"CN=Servers,CN=Exchange Administrative Group\",\"Server\":\"EX01\","
		"\"ExternalUrl\":null}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"format-list\",\"Name\":\"owa (Default Web Site)\","
		"\"Server\":\"EX01\",\"X\":\"http://f/<script language=\\\"JScript\\\"\"}");
	g_assert_cmpuint(read->n_losses, ==, 0);
	g_assert_cmpuint(read->notes->len, ==, 1); /* the prompt */
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "header 1 "));
}

#define HEAD "A   : 1\nBc  : x\n"

/* What was broken at the console's width is whole again. */
static void test_values(void)
{
	static const struct {
		const char *lines, *value;
	} cases[] = {
		/* a word wider than a line, in three lines */
		{ HEAD "Def : "
		       "http://aa.example/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
		       "      "
		       "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\n"
		       "      d/e\n",
			"http://aa.example/"
			"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbccccccccccccccccccc"
			"ccccccccccccccccccccccccccccccccccccccccccccccccccccccd/e" },
		/* one that begins behind another; words that were only moved to the next line */
		{ HEAD "Def : ab "
		       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n"
		       "      gggggggggggggggggggg wx\n",
			"ab "
			"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffgggg"
			"gggggggggggggggg wx" },
		{ HEAD "Def : abc hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh "
		       "ijklm\n"
		       "      no pq\n",
			"abc hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh ijklm "
			"no pq" },
		/* the lines of a list, of which the first is the longest */
		{ HEAD "Def : WindowsIntegrated\n      OAuth\n", "WindowsIntegrated OAuth" },
		/* blanks at the end, lines of a list, an empty line in the middle */
		{ "A   : 1   \nBc  : x\nDef : OAuth\n      Windows    \n", "OAuth Windows" },
		{ "A   : 1\nBc  : x\nDef : one\n\n      two\n", "one two" },
		/* a text with line feeds, that nothing was put in front of */
		{ "A   : 1\nBc  : x\nDef : one\ntwelve : 3\n", "one twelve : 3" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestRead) read = test_read_text(&format_list_reader, cases[i].lines, 0);
		g_autofree char *wanted = g_strdup_printf("\"Def\":\"%s\"", cases[i].value);

		g_assert_cmpuint(read->lines->len, ==, 1);
		if (!strstr(test_read_fields(read, 0), wanted))
			g_error("%u: %s", i, test_read_fields(read, 0));
	}
}

/* Without the blank lines between them; a record of an event log has a time. */
static void test_next_object(void)
{
	static const char text[] = "TimeCreated : 3/13/2021 10:11:12 PM\nId          : 1\n"
				   "Message     : a\nTimeCreated : 3/14/2021 10:11:12 AM\n"
				   "Id          : 2\nMessage     : b\n   \nTimeCreated :\nId : 3\n";
	g_autoptr(TestRead) read = test_read_text(&format_list_reader, text, 0);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], "2021-03-13T22:11:12.0000000Z 1 0 "));
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], "2021-03-14T10:11:12.0000000Z 4 "));
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"format-list\",\"TimeCreated\":\"Id : 3\"}");
}

static void test_limits(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) read = NULL, large = NULL;

	for (guint i = 0; i < 600; i++)
		g_string_append_printf(text, "P%03u : %u\n       more\n", i, i);
	read = test_read_text(&format_list_reader, text->str, 0);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpuint(read->n_losses, ==, 1);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"P510\":\"510 more\"}"));
	g_string_assign(text, "A : ");
	for (guint i = 0; i < LIMIT_RECORD_LINES + 10; i++)
		g_string_append_printf(text, "    line\n");
	g_string_append(text, "B : 1\n");
	large = test_read_text(&format_list_reader, text->str, 0);
	g_assert_cmpuint(large->lines->len, ==, 1);
	g_assert_cmpuint(large->n_losses, ==, 1);
	g_assert_true(g_str_has_suffix(test_read_fields(large, 0), ",\"B\":\"1\"}"));
}

static void test_probe(void)
{
	static const char *const others[] = { "", "Name : x\nServer : y\nUrl : z\n",
		"Name   : x\nServer : y\n",
		"2021-03-02 10:11:12 : a\n2021-03-02 10:11:13 : a\n"
		"2021-03-02 10:11:14 : a\n",
		"Dear all:\nthis is prose : with colons\nand more : of it\n",
		"Host Name:                 EX01\nOS Name:                   X\n"
		"OS Version:                10\n",
		"   Host Name . . . : x\n   Node Type . . . : y\n   DNS Suffix. . . : z\n",
		"A text of four lines\nin which few\nare aligned\nand others\nare not, many\n"
		"A : 1\nB : 2\nC : 3\n" };

	g_assert_cmpuint(format_list_reader.probe(slice_from_text(two_objects), ""), ==, 70);
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(
			format_list_reader.probe(slice_from_text(others[i]), "a.txt"), ==, 0);
}

static void test_damage(void)
{
	for (gsize size = 0; size < sizeof(two_objects); size++) {
		g_autoptr(TestRead) cut =
			test_read_make(&format_list_reader, two_objects, size, 0, 0);
		g_autofree char *changed = g_memdup2(two_objects, sizeof(two_objects) - 1);
		g_autoptr(TestRead) read = NULL;

		g_assert_cmpuint(cut->n_losses, ==, 0);
		if (size + 1 < sizeof(two_objects))
			changed[size] = (char)(changed[size] ^ 0x5a);
		read = test_read_make(&format_list_reader, changed, sizeof(two_objects) - 1, 0, 0);
		g_assert_cmpuint(read->n_losses, ==, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/format-list/objects", test_objects);
	g_test_add_func("/format-list/values", test_values);
	g_test_add_func("/format-list/next-object", test_next_object);
	g_test_add_func("/format-list/limits", test_limits);
	g_test_add_func("/format-list/probe", test_probe);
	g_test_add_func("/format-list/damage", test_damage);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

static void test_defanged(void)
{
	static const char text[] =
		"The actor used hxxps://bad[.]example/x?a=1, 192[.]0[.]2[.]77 (and\n"
		"worse(dot)example), [2001:db8::1] and jane[at]bad[.]example.\n"
		"Hashes: 0123456789abcdef0123456789abcdef;1123456789abcdef0123456789abcdef,\n"
		"\xe2\x80\x9c"
		"da39a3ee5e6b4b0d3255bfef95601890afd80700\xe2\x80\x9d. See "
		"https://vendor.example/report.html or write to cert@agency.example, version "
		"4.2.3.1.\n";
	g_autoptr(Import) import = import_text("x.txt", text);

	g_assert_cmpstr(import->format, ==, "text");
	import_expect(import->indicators, "url https://bad.example/x?a=1 @1");
	import_expect(import->indicators, "address 192.0.2.77 @1");
	import_expect(import->indicators, "host worse.example @2");
	import_expect(import->indicators, "email jane@bad.example @2");
	import_expect(import->indicators, "md5 0123456789abcdef0123456789abcdef @3");
	import_expect(import->indicators, "md5 1123456789abcdef0123456789abcdef @3");
	import_expect(import->indicators, "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80700 @4");
	import_expect(
		import->notes, "rejected @4 https://vendor.example/report.html: is not defanged");
	import_expect(import->notes, "rejected @4 cert@agency.example: is not defanged");
	import_expect(import->notes, "rejected @4 4.2.3.1: is the number of a version");
	g_assert_cmpuint(import->accepted, ==, 7);
}

/* What the text of AA21-062A holds beside indicators. */
static void test_trap_3_advisory(void)
{
	static const char text[] =
		"Look for POST requests to .aspx files under \\owa\\auth, excluding\n"
		"TimeoutLogoff.aspx, from 103.77.192[.]219.\n"
		"The shell is described in https://github.com/x/y/tunnel.aspx as well.\n"
		"\n"
		"rule Webshell_X : shell\n"
		"{\n"
		"  meta:\n"
		"    sha256 = "
		"\"8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf7dfc\"\n"
		"  strings:\n"
		"    $a = \"x\"\n"
		"  condition:\n"
		"    $a\n"
		"}\n"
		"2f0bc81c2ea269643cae307239124d1b6479847867b1adfe9ae712a1d5ef135e\n"
		"All of lab[.]evil[.]example, excluding cdn[.]evil[.]example and "
		"login[.]microsoft[.]com\n";
	g_autoptr(WarningLists) lists = import_shipped_lists();
	g_autoptr(Import) import = import_new("x.txt", text, strlen(text), lists);

	import_expect(import->notes,
		"suspicious @2 TimeoutLogoff.aspx: is named only to be excluded (\"exclud\")");
	import_expect(import->indicators, "address 103.77.192.219 @2");
	import_expect(import->notes,
		"rejected @3 https://github.com/x/y/tunnel.aspx: is not defanged in a text that");
	import_expect(import->rules, "yara Webshell_X @5");
	import_expect(import->notes,
		"suspicious @8 8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf7dfc: "
		"stands in the YARA rule Webshell_X");
	import_expect(import->indicators,
		"sha256 2f0bc81c2ea269643cae307239124d1b6479847867b1adfe9ae712a1d5ef135e @14");
	/* what is defanged is meant, whatever its top-level domain */
	import_expect(import->indicators, "host lab.evil.example @15");
	import_expect(import->notes, "suspicious @15 cdn[.]evil[.]example: is named only to be");
	import_expect(import->notes, "suspicious @15 login[.]microsoft[.]com: is named only to be");
	g_assert_cmpuint(import->accepted, ==, 3);
}

/* A text that defangs nothing: what can be nothing else is taken. */
static void test_plain(void)
{
	static const char text[] =
		"Traffic went to evil-cdn.xyz and 8.9.10.11, e.g. by System.Net or Node.js, i.e. "
		"with\n"
		"powershell.exe and setup.zip; see https://www.fireeye.com/blog/x.html, "
		"https://github.com/x and mail soc@evil-cdn.xyz or www.microsoft.com.\n";
	g_autoptr(WarningLists) lists = import_shipped_lists();
	g_autoptr(Import) import = import_new("x.txt", text, strlen(text), lists);

	import_expect(import->indicators, "host evil-cdn.xyz @1");
	import_expect(import->indicators, "address 8.9.10.11 @1");
	import_expect(import->notes, "over-broad @1 System.Net");
	import_expect(import->notes, "rejected @2 powershell.exe: names a file in running text");
	import_expect(import->notes, "rejected @2 setup.zip: may be the name of a file");
	import_expect(import->notes, "over-broad @2 https://github.com/x: is a link to a popular");
	import_expect(import->notes, "rejected @2 soc@evil-cdn.xyz: is an e-mail address");
	import_expect(import->notes, "over-broad @2 www.microsoft.com");
	g_assert_cmpuint(import->accepted, ==, 2);
}

static void test_nothing(void)
{
	g_autoptr(Import) import = import_text("README.txt", "All is well.\nNothing here.\n");

	g_assert_cmpstr(import->format, ==, "text");
	import_expect(import->notes, "rejected @0 : is a text in which nothing looks like");
	g_assert_cmpuint(import->notes->len, ==, 1);
}

static void test_prefixes(void)
{
	static const char text[] =
		"rule x { condition: true }\nhxxp://bad[.]example\xc2\xa0(1.2.3[.]4)\n"
		"rule y\n{\n  condition: true\n}\n\xe2\x80\x9cx[.]example\xe2\x80\x9d";

	import_every_prefix("x.txt", text, sizeof(text) - 1);
}

/* Long words, brackets and open rules cost no more than their length. */
static void test_linear(void)
{
	g_autofree char *many = g_strnfill(30000, '<'), *blanks = g_strnfill(300, ' ');
	g_autofree char *far_end = g_strconcat(many, ">", NULL); /* of no tag */
	g_autofree char *no_rule = g_strconcat("rule x", blanks, "words\n", NULL);
	const char *const parts[] = { "((((", "rule a {\n", "[.]", "http://", "a.b.", "<", "&#",
		"x@", far_end, no_rule };

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autoptr(GString) text = g_string_new("bad[.]example ");

		while (text->len < 1000000)
			g_string_append(text, parts[i]);
		import_free(import_text("x.txt", text->str));
		g_string_prepend(text, "<html>");
		import_free(import_text("x.html", text->str));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/text/defanged", test_defanged);
	g_test_add_func("/intel/text/trap-3-advisory", test_trap_3_advisory);
	g_test_add_func("/intel/text/plain", test_plain);
	g_test_add_func("/intel/text/nothing", test_nothing);
	g_test_add_func("/intel/text/prefixes", test_prefixes);
	g_test_add_func("/intel/text/linear", test_linear);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define LIST                                                                                       \
	"# ---- Campaign X ----\r\n"                                                               \
	"Bad.Example\r\n"                                                                          \
	"hxxps://bad[.]example/x  # its page\r\n"                                                  \
	"\r\n"                                                                                     \
	"192.0.2.3 - 192.0.2.9\n"                                                                  \
	"198.51.100.0/28\n"                                                                        \
	"0.0.0.0 worse.example worst.example localhost\n"                                          \
	"*.wild.example\n"                                                                         \
	"203.0.113.5:8443\n"                                                                       \
	"d41d8cd98f00b204e9800998ecf8427f\n"                                                       \
	"C:\\Program Files\\Evil Dir\\x.exe\n"                                                     \
	"bad.example\n"                                                                            \
	"what is this?\n"

static void test_kinds(void)
{
	g_autoptr(Import) import = import_text("folder/x.txt", LIST);

	g_assert_cmpstr(import->format, ==, "list");
	g_assert_cmpstr(import->name, ==, "x.txt");
	import_expect(import->indicators, "host bad.example @2 \"Campaign X\" <x.txt>");
	import_expect(import->indicators, "url https://bad.example/x @3 \"its page\"");
	import_expect(import->indicators, "address 192.0.2.3 @5");
	import_expect(import->indicators, "network 192.0.2.4/30 @5");
	import_expect(import->indicators, "network 192.0.2.8/31 @5");
	import_expect(import->indicators, "network 198.51.100.0/28 @6 <");
	import_expect(import->indicators, "host worse.example @7");
	import_expect(import->indicators, "host worst.example @7");
	import_expect(import->indicators, "host wild.example @8");
	import_expect(import->indicators, "address 203.0.113.5 @9");
	import_expect(import->indicators, "md5 d41d8cd98f00b204e9800998ecf8427f @10");
	import_expect(import->indicators, "file-path Program Files\\Evil Dir\\x.exe @11");
	import_expect(import->notes, "suspicious @9 203.0.113.5:8443: names a port");
	import_expect(import->notes, "duplicate @12 bad.example: stands in line 2, too");
	import_expect(import->notes, "rejected @13 what is this?: is nothing that is known");
	g_assert_cmpuint(import->indicators->len, ==, 12);
	g_assert_cmpuint(import->accepted, ==, 12);
	g_assert_cmpuint(import->notes->len, ==, 3);
}

static void test_encodings(void)
{
	static const char utf16[] = "\xff\xfe"
				    "b\0a\0d\0.\0e\0x\0a\0m\0p\0l\0e\0\n\0";
	g_autoptr(Import) wide = import_new("x", utf16, sizeof(utf16) - 1, NULL);
	g_autoptr(Import) marked = import_text("x",
		"\xef\xbb\xbf"
		"bad.example");
	g_autoptr(Import) ansi = import_text("x",
		"bad.example # Gr\xfc\xdf"
		"e\n");

	import_expect(wide->indicators, "host bad.example @1");
	import_expect(marked->indicators, "host bad.example @1");
	import_expect(ansi->indicators,
		"host bad.example @1 \"Gr\xc3\xbc\xc3\x9f"
		"e\"");
}

static void test_foreign(void)
{
	static const char *const texts[] = { "%PDF-1.7\n", "", "{\"a\": 1}" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Import) import = import_text("x", texts[i]);

		g_assert_cmpstr(import->format, ==, "");
		g_assert_cmpuint(import->n_notes[INTEL_REJECTED], ==, 1);
	}
}

static void test_prefixes(void)
{
	import_every_prefix("x", LIST, strlen(LIST));
}

/* More notes than are told are counted. */
static void test_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(Import) import = NULL;

	for (guint i = 0; i < 25000; i++)
		g_string_append_printf(text, "h%u.example\nh%u.example\n", i, i);
	import = import_text("x", text->str);
	g_assert_cmpuint(import->accepted, ==, 25000);
	g_assert_cmpuint(import->n_notes[INTEL_DUPLICATE], ==, 25000);
	g_assert_cmpuint(import->notes->len, ==, 10000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/list/kinds", test_kinds);
	g_test_add_func("/intel/list/encodings", test_encodings);
	g_test_add_func("/intel/list/foreign", test_foreign);
	g_test_add_func("/intel/list/prefixes", test_prefixes);
	g_test_add_func("/intel/list/many", test_many);
	return g_test_run();
}

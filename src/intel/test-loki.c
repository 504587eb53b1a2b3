/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define FILENAMES                                                                                  \
	"# LOKI File Name Characteristics\n"                                                       \
	"# ------------\n"                                                                         \
	"\n"                                                                                       \
	"# Actor X https://bad.example/report\n"                                                   \
	"\\\\svcsstat\\.exe;70\n"                                                                  \
	"(?i)\\\\procdump(64)?\\.exe;50;(?i)(SysInternals\\\\)\n"                                  \
	"\\\\a_b\\_c\\.exe;80\n"                                                                   \
	"# Other\n"                                                                                \
	"\\\\x(?!y)\\.exe;60\n"                                                                    \
	"\\\\z\\.exe;60;(?<=a)b\n"                                                                 \
	"\\\\noscore\\.exe\n"                                                                      \
	"\\\\lower\\.exe;-30\n"                                                                    \
	"\\\\a;b\\.exe;150\n"

static void test_filenames(void)
{
	g_autoptr(Import) import = import_text("my-filename-iocs.txt", FILENAMES);

	g_assert_cmpstr(import->format, ==, "loki");
	import_expect(import->indicators,
		"file-pattern \\\\svcsstat\\.exe @5 70% \"Actor X https://bad.example/report\"");
	import_expect(import->indicators,
		"file-pattern (?i)\\\\procdump(64)?\\.exe @6 but (?i)(SysInternals\\\\) 50%");
	/* the exception is that line's alone; what RE2 spells otherwise is translated */
	import_expect(import->indicators, "file-pattern \\\\a_b_c\\.exe @7 80%");
	import_expect(import->notes,
		"unsupported @9 \\\\x(?!y)\\.exe: is no regular expression that RE2 takes: invalid "
		"perl "
		"operator: (?!");
	import_expect(import->notes,
		"unsupported @10 \\\\z\\.exe: has an exception that is no regular "
		"expression that RE2 takes");
	import_expect(import->notes, "rejected @11 \\\\noscore\\.exe: has no score");
	import_expect(import->notes, "unsupported @12");
	import_expect(import->indicators, "file-pattern \\\\a;b\\.exe @13 100% \"Other\"");
	g_assert_cmpuint(import->accepted, ==, 4);
	g_assert_cmpuint(import->notes->len, ==, 4);
}

#define HASHES                                                                                     \
	"# FORMAT\n"                                                                               \
	"0123456789abcdef0123456789abcdef;Tool of X; also Y http://bad.example/r\n"                \
	"1123456789ABCDEF0123456789abcdef;55;Vulnerable library\n"                                 \
	"d41d8cd98f00b204e9800998ecf8427e;Empty\n"                                                 \
	"2123456789abcdef0123456789abcde;Cut\n"

static void test_hashes(void)
{
	g_autoptr(Import) import = import_text("hash-iocs.txt", HASHES);
	g_autoptr(Import) unnamed = import_text("x", HASHES);
	g_autoptr(Import) trusted = import_text("my-trusted-hashes.txt", HASHES);

	g_assert_cmpstr(import->format, ==, "loki");
	g_assert_cmpstr(unnamed->format, ==, "loki");
	import_expect(import->indicators,
		"md5 0123456789abcdef0123456789abcdef @2 \"Tool of X; also Y "
		"http://bad.example/r\"");
	import_expect(import->indicators,
		"md5 1123456789abcdef0123456789abcdef @3 55% \"Vulnerable library\"");
	import_expect(import->notes, "rejected @5");
	g_assert_cmpuint(import->accepted, ==, 3);
	g_assert_cmpuint(unnamed->accepted, ==, 3);
	g_assert_cmpuint(trusted->accepted, ==, 0);
	g_assert_cmpuint(trusted->n_notes[INTEL_SILENT], ==, 3);
}

static void test_others(void)
{
	g_autoptr(Import) c2 = import_text(
		"my-c2-iocs.txt", "# Actor X\nbad.example\n192.0.2.1;65\n\nworse.example\n");
	g_autoptr(Import) handles = import_text("my-handles.txt", "# X\nGlobal\\evil mutex;60\n");
	g_autoptr(Import) pipes = import_text("my-pipes.txt", "\\\\.\\pipe\\evil\n");
	g_autoptr(Import) keywords = import_text("keywords.txt", "# X\nsekurlsa::logonpasswords\n");

	import_expect(c2->indicators, "host bad.example @2 \"Actor X\"");
	import_expect(c2->indicators, "address 192.0.2.1 @3 65% \"Actor X\"");
	import_expect(c2->indicators, "host worse.example @5 \"Actor X\"");
	import_expect(handles->indicators, "mutex Global\\evil mutex @2 60% \"X\"");
	import_expect(pipes->indicators, "pipe evil @1");
	import_expect(keywords->notes, "unsupported @2 sekurlsa::logonpasswords: is a keyword");
}

static void test_prefixes(void)
{
	import_every_prefix("filename-iocs.txt", FILENAMES, strlen(FILENAMES));
	import_every_prefix("hash-iocs.txt", HASHES, strlen(HASHES));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/loki/filenames", test_filenames);
	g_test_add_func("/intel/loki/hashes", test_hashes);
	g_test_add_func("/intel/loki/others", test_others);
	g_test_add_func("/intel/loki/prefixes", test_prefixes);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is decided about claims. The tests named trap-N are those of the research note: mistakes
 * that real sources of intelligence contain.
 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define CLAIM(kind_, value_, line_)                                                                \
	(Indicator)                                                                                \
	{                                                                                          \
		.kind = kind_, .value = value_, .line = line_,                                     \
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN, .valid_from = INSTANT_NONE,            \
		.valid_until = INSTANT_NONE                                                        \
	}

static const char *const list_texts[] = {
	"# name: zones\n# description: zones below which anybody can have a host\n# kinds: host\n"
	"# effect: over-broad\nzone.example\n",
	"# name: popular\n# description: popular hosts\n# kinds: host\n# effect: lower\n"
	"github.example\n",
	"# name: file-names\n# description: names that files of Windows have\n# kinds: file-name\n"
	"# effect: over-broad\nsvchost.exe\npowershell.exe\nntdsutil.exe\nrundll32.exe\n",
	"# name: libraries\n# description: names of libraries that look like hosts\n# kinds: host\n"
	"# effect: mistake\nsystem.net\n",
	"# name: words\n# description: words\n# kinds: words\n# effect: excludes\nexclud\n",
	"# name: agents\n# description: ordinary crawlers\n# kinds: user-agent\n# effect: lower\n"
	"Googlebot/\n",
};

static WarningLists *test_lists(void)
{
	WarningLists *lists = warning_lists_new();

	for (guint i = 0; i < G_N_ELEMENTS(list_texts); i++)
		g_assert_true(warning_lists_add(lists, "x", slice_from_text(list_texts[i]), NULL));
	return lists;
}

static void test_types(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "192.0.2.1", 1),
		CLAIM(INDICATOR_HOST, "https://bad.example/x", 2),
		CLAIM(INDICATOR_HOST, "bad.example:8080", 3),
		CLAIM(INDICATOR_ADDRESS, "worse.example", 4),
		CLAIM(INDICATOR_ADDRESS, "192.0.2.0/24", 5),
		CLAIM(INDICATOR_NETWORK, "192.0.2.7/32", 6),
		CLAIM(INDICATOR_MD5, "da39a3ee5e6b4b0d3255bfef95601890afd80700", 7),
		CLAIM(INDICATOR_URL, "/owa/auth/x.aspx", 8),
		CLAIM(INDICATOR_URL, "worst.example", 9),
		CLAIM(INDICATOR_FILE_NAME, "C:\\Temp\\x.exe", 10),
		CLAIM(INDICATOR_FILE_PATH, "%TEMP%\\y.exe", 11),
		CLAIM(INDICATOR_FILE_PATH, "C:\\Users\\*\\z?.exe", 12),
		CLAIM(INDICATOR_HOST, "setup.zip", 13),
		CLAIM(INDICATOR_EMAIL, "nobody", 14),
		CLAIM(INDICATOR_ANY, NULL, 15),
		CLAIM(INDICATOR_MUTEX, "Global\\hxxp[.]x", 16),
		CLAIM(INDICATOR_HOST,
			"ba\xff"
			"d.example",
			17),
	};
	g_autoptr(Import) import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);

	import_expect(import->indicators, "address 192.0.2.1 @1");
	import_expect(import->notes, "suspicious @1 192.0.2.1: is an address, not a host name");
	import_expect(import->indicators, "url https://bad.example/x @2");
	import_expect(import->notes, "suspicious @2");
	import_expect(import->indicators, "host bad.example @3");
	import_expect(import->notes, "suspicious @3 bad.example:8080: names a port");
	import_expect(import->indicators, "host worse.example @4");
	import_expect(import->indicators, "network 192.0.2.0/24 @5");
	g_assert_false(import_has(import->notes, "suspicious @5"));
	import_expect(import->indicators, "address 192.0.2.7 @6");
	import_expect(import->indicators, "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80700 @7");
	import_expect(import->notes, "suspicious @7");
	import_expect(import->notes, "unsupported @8");
	import_expect(import->indicators, "host worst.example @9");
	import_expect(import->indicators, "file-path Temp\\x.exe @10");
	import_expect(import->indicators, "file-name y.exe @11");
	import_expect(import->indicators,
		"file-pattern (?i)(^|\\\\)Users\\\\[^\\\\]*\\\\z[^\\\\]\\.exe$ @12");
	import_expect(import->indicators, "host setup.zip @13");
	import_expect(import->notes, "suspicious @13 setup.zip: may be the name of a file");
	import_expect(import->notes, "rejected @14 nobody: is no e-mail address");
	import_expect(import->notes, "rejected @15 : is empty");
	import_expect(import->indicators, "mutex Global\\hxxp[.]x @16");
	import_expect(import->notes, "rejected @17");
	g_assert_cmpuint(import->accepted, ==, 13);
}

static void test_lists_effects(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "zone.example", 1),
		CLAIM(INDICATOR_HOST, "bad.zone.example", 2),
		CLAIM(INDICATOR_HOST, "github.example", 3),
		CLAIM(INDICATOR_URL, "https://github.example/bad", 4),
		CLAIM(INDICATOR_FILE_NAME, "svchost.exe", 5),
		CLAIM(INDICATOR_FILE_PATH, "C:\\Temp\\svchost.exe", 6),
		CLAIM(INDICATOR_NETWORK, "10.0.0.0/8", 7),
		CLAIM(INDICATOR_NETWORK, "2001::/16", 8),
		CLAIM(INDICATOR_NETWORK, "192.0.0.0/16", 9),
	};
	g_autoptr(WarningLists) lists = test_lists();
	g_autoptr(Import) import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, lists);

	import_expect(import->notes,
		"over-broad @1 zone.example: is one of the zones below which anybody can have a "
		"host: too broad to look for");
	import_expect(import->indicators, "host bad.zone.example @2 <");
	import_expect(import->indicators, "host github.example @3 [popular]");
	import_expect(import->indicators, "url https://github.example/bad @4 <");
	import_expect(import->notes, "over-broad @5");
	import_expect(import->indicators, "file-path Temp\\svchost.exe @6 <");
	import_expect(import->notes, "over-broad @7");
	import_expect(import->notes, "over-broad @8");
	import_expect(import->indicators, "network 192.0.0.0/16 @9");
	g_assert_cmpuint(import->indicators->len, ==, 5);
}

static void test_silent(void)
{
	Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "a.example", 1), /* silent, then not */
		CLAIM(INDICATOR_HOST, "a.example", 2),
		CLAIM(INDICATOR_HOST, "b.example", 3), /* not, then silent */
		CLAIM(INDICATOR_HOST, "b.example", 4),
		CLAIM(INDICATOR_HOST, "c.example", 5), /* silent */
		CLAIM(INDICATOR_HOST, "c.example", 6), /* and again */
	};
	g_autoptr(Import) import = NULL;

	claims[0].is_silent = claims[3].is_silent = claims[4].is_silent = claims[5].is_silent =
		TRUE;
	claims[4].title = "of somebody";
	import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);
	import_expect(import->indicators, "host a.example @2 <");
	import_expect(import->indicators, "host b.example @3 <");
	import_expect(import->indicators, "host c.example @5 silent \"of somebody\"");
	import_expect(import->notes, "contradictory @2 a.example: must alert, but line 1");
	import_expect(import->notes, "contradictory @4 b.example: must not alert, but line 3");
	import_expect(import->notes, "silent @5");
	import_expect(import->notes, "duplicate @6");
	g_assert_cmpuint(import->indicators->len, ==, 3);
	g_assert_cmpuint(import->accepted, ==, 2);
	g_assert_cmpuint(import->notes->len, ==, 4);
}

/* Two authors in one file who say the same are two; who is meant by none is the file. */
static void test_sources(void)
{
	Indicator claims[] = {
		CLAIM(INDICATOR_FILE_NAME, "Evil.exe", 1),
		CLAIM(INDICATOR_FILE_NAME, "evil.EXE", 2),
		CLAIM(INDICATOR_FILE_NAME, "evil.exe", 3),
		CLAIM(INDICATOR_FILE_NAME, "evil.exe", 4),
	};
	g_autoptr(Import) import = NULL;

	claims[0].source = claims[1].source = "one";
	claims[2].source = claims[3].source = "two";
	import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);
	import_expect(import->indicators, "file-name Evil.exe @1 <one>");
	import_expect(import->indicators, "file-name evil.exe @3 <two>");
	import_expect(import->notes, "duplicate @2 evil.EXE: stands in line 1, too");
	import_expect(import->notes, "duplicate @4 evil.exe: stands in line 3, too");
	g_assert_cmpuint(import->indicators->len, ==, 2);
}

/* A hash cut in the wrong place shifts all that follow by one digit. */
static void test_trap_1_shifted_hashes(void)
{
	static const char text[] = "09aab083fb399527f8ff3065f779644\n"
				   "30b7bb3e241bcaad0c1a2bf4b4b4b4b4\n"
				   "b0123456789abcdef0123456789abcde\n"
				   "f1111111111111111111111111111111a\n"
				   "22222222222222222222222222222222\n"
				   "3333333333333333333333333333333\n"
				   "44444444444444444444444444444444\n";
	g_autoptr(Import) import = import_text("x", text);

	import_expect(import->notes,
		"rejected @1 09aab083fb399527f8ff3065f779644: has 31 hexadecimal digits");
	import_expect(import->notes, "rejected @4");
	import_expect(import->notes,
		"suspicious @4 f1111111111111111111111111111111a: line 1 is one hexadecimal digit "
		"short and line 4 one too long: cut in the right place they would be "
		"09aab083fb399527f8ff3065f7796443 and 1111111111111111111111111111111a; the 2 of "
		"the right length between them are doubtful");
	/* without a second symptom it is said at the end */
	import_expect(import->notes,
		"suspicious @6 3333333333333333333333333333333: line 6 is one hexadecimal digit "
		"short: joined with what follows it would be 33333333333333333333333333333334, and "
		"the 1 behind it (to line 7) may be shifted");
	g_assert_cmpuint(import->accepted, ==, 4);
}

static void test_trap_1_neighbours(void)
{
	g_autoptr(Import) shorter = import_text("x",
		"11111111111111111111111111111111\n"
		"2222222222222222222222222222222\n"
		"233333333333333333333333333333333\n");
	g_autoptr(Import) longer = import_text("x",
		"11111111111111111111111111111111\n"
		"222222222222222222222222222222223\n"
		"3333333333333333333333333333333\n");

	import_expect(shorter->notes,
		"suspicious @3 233333333333333333333333333333333: line 2 is one hexadecimal digit "
		"short and line 3 one too long: cut in the right place they would be "
		"22222222222222222222222222222222 and 33333333333333333333333333333333");
	import_expect(longer->notes,
		"suspicious @3 3333333333333333333333333333333: line 2 is one hexadecimal digit "
		"too long and line 3 one short: cut in the right place they would be "
		"22222222222222222222222222222222 and 33333333333333333333333333333333");
}

static void test_trap_2_broken_hashes(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_MD5, "720xc1f6a8dbbfeb4a3c2d1e0f9a8b7c", 4),
		CLAIM(INDICATOR_ANY, "720xc1f6a8dbbfeb4a3c2d1e0f9a8b7c", 5),
		CLAIM(INDICATOR_MD5, "a8dbbfeb4a3c2d1e0f9a8b7c", 6),
		CLAIM(INDICATOR_ANY, "a8dbbfeb4a3c2d1e0f9a8b7c", 7),
	};
	g_autoptr(Import) import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);

	import_expect(import->notes,
		"rejected @4 720xc1f6a8dbbfeb4a3c2d1e0f9a8b7c: has a character "
		"that is no hexadecimal digit");
	import_expect(import->notes,
		"rejected @5 720xc1f6a8dbbfeb4a3c2d1e0f9a8b7c: has a character "
		"that is no hexadecimal digit");
	import_expect(import->notes,
		"rejected @6 a8dbbfeb4a3c2d1e0f9a8b7c: has 24 hexadecimal digits "
		"where 32 are right");
	import_expect(
		import->notes, "rejected @7 a8dbbfeb4a3c2d1e0f9a8b7c: has 24 hexadecimal digits");
	g_assert_cmpuint(import->n_notes[INTEL_REJECTED], ==, 4);
	g_assert_cmpuint(import->accepted, ==, 0);
}

static void test_trap_3_named_to_be_excluded(void)
{
	Indicator claims[] = {
		CLAIM(INDICATOR_ANY, "TimeoutLogoff.aspx", 1),
		CLAIM(INDICATOR_ANY, "bad[.]example", 2),
		CLAIM(INDICATOR_ANY, "https://github.example/x/tunnel.aspx", 3),
	};
	g_autoptr(WarningLists) lists = test_lists();
	g_autoptr(Import) import = NULL;

	claims[0].description = "POST requests to .aspx files (Excluding TimeoutLogoff.aspx).";
	claims[1].description = "Look for bad[.]example, excluding those of partners.";
	import = import_claims(claims, G_N_ELEMENTS(claims), TRUE, lists);
	import_expect(import->notes,
		"suspicious @1 TimeoutLogoff.aspx: is named only to be excluded (\"exclud\"): not "
		"taken");
	import_expect(import->indicators, "host bad.example @2");
	import_expect(import->notes, "over-broad @3");
	g_assert_cmpuint(import->accepted, ==, 1);
}

static void test_trap_4_files_as_domains(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "System[.]Net", 1),
		CLAIM(INDICATOR_HOST, "ntdsutil[.]exe", 2),
		CLAIM(INDICATOR_HOST, "powershell[.]exe", 3),
		CLAIM(INDICATOR_HOST, "rundll32[.]exe", 4),
		CLAIM(INDICATOR_HOST, "evil123[.]exe", 5),
	};
	g_autoptr(WarningLists) lists = test_lists();
	g_autoptr(Import) typed = import_claims(claims, G_N_ELEMENTS(claims), FALSE, lists);
	g_autoptr(Import) free_text = import_claims(claims, G_N_ELEMENTS(claims), TRUE, lists);

	for (guint i = 1; i <= G_N_ELEMENTS(claims); i++) {
		g_autofree char *prefix = g_strdup_printf("suspicious @%u", i);

		import_expect(typed->notes, prefix);
	}
	import_expect(typed->indicators, "file-name evil123.exe @5");
	g_assert_cmpuint(typed->accepted, ==, 1);
	g_assert_cmpuint(free_text->accepted, ==, 0);
}

static void test_trap_7_crawlers(void)
{
	Indicator claims[] = {
		CLAIM(INDICATOR_USER_AGENT, "Googlebot/2.1+(+http://www.googlebot.com/bot.html)",
			1),
		CLAIM(INDICATOR_USER_AGENT, "antSword/v2.1", 2),
	};
	g_autoptr(WarningLists) lists = test_lists();
	g_autoptr(Import) import = NULL;

	claims[0].confidence = 70;
	import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, lists);
	import_expect(import->indicators,
		"user-agent Googlebot/2.1 ( http://www.googlebot.com/bot.html) @1 [agents] 70%");
	import_expect(import->indicators, "user-agent antSword/v2.1 @2 <");
}

/* Who says it is kept with each value. */
static void test_trap_8_provenance(void)
{
	Indicator claims[] = {
		CLAIM(INDICATOR_ADDRESS, "103.77.192.219", 1),
		CLAIM(INDICATOR_ADDRESS, "103.77.192.219", 2),
	};
	g_autoptr(Import) import = NULL;

	claims[0].source = "AA21-062A";
	claims[1].source = "a mock dashboard";
	import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);
	import_expect(import->indicators, "address 103.77.192.219 @1 <AA21-062A>");
	import_expect(import->indicators, "address 103.77.192.219 @2 <a mock dashboard>");
}

/* A host is a host: its parents are never added. */
static void test_trap_9_no_parents(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "evil.com.admin-mcas.ms", 1),
		CLAIM(INDICATOR_URL, "https://evil.com.admin-mcas.ms/x", 2),
	};
	g_autoptr(Import) import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);

	import_expect(import->indicators, "host evil.com.admin-mcas.ms @1");
	import_expect(import->indicators, "url https://evil.com.admin-mcas.ms/x @2");
	g_assert_cmpuint(import->indicators->len, ==, 2);
}

static void test_trap_10_path_in_domain(void)
{
	const Indicator claims[] = {
		CLAIM(INDICATOR_HOST, "bad.example/x", 1),
		CLAIM(INDICATOR_HOST, "worse.example/", 2),
	};
	g_autoptr(Import) import = import_claims(claims, G_N_ELEMENTS(claims), FALSE, NULL);

	import_expect(import->indicators, "url http://bad.example/x @1");
	import_expect(import->notes, "suspicious @1 bad.example/x: is a URL, not a host name");
	import_expect(import->indicators, "host worse.example @2");
	g_assert_cmpuint(import->accepted, ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/collector/types", test_types);
	g_test_add_func("/intel/collector/lists", test_lists_effects);
	g_test_add_func("/intel/collector/silent", test_silent);
	g_test_add_func("/intel/collector/sources", test_sources);
	g_test_add_func("/intel/collector/trap-1-shifted-hashes", test_trap_1_shifted_hashes);
	g_test_add_func("/intel/collector/trap-1-neighbours", test_trap_1_neighbours);
	g_test_add_func("/intel/collector/trap-2-broken-hashes", test_trap_2_broken_hashes);
	g_test_add_func(
		"/intel/collector/trap-3-named-to-be-excluded", test_trap_3_named_to_be_excluded);
	g_test_add_func("/intel/collector/trap-4-files-as-domains", test_trap_4_files_as_domains);
	g_test_add_func("/intel/collector/trap-7-crawlers", test_trap_7_crawlers);
	g_test_add_func("/intel/collector/trap-8-provenance", test_trap_8_provenance);
	g_test_add_func("/intel/collector/trap-9-no-parents", test_trap_9_no_parents);
	g_test_add_func("/intel/collector/trap-10-path-in-domain", test_trap_10_path_in_domain);
	return g_test_run();
}

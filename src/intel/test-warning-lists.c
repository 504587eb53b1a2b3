/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define HEADER(name, kinds, effect)                                                                \
	"# name: " name "\n# description: things\n# source: none\n# kinds: " kinds                 \
	"\n# effect: " effect "\n"

static WarningLists *lists_of(const char *const *texts)
{
	WarningLists *lists = warning_lists_new();

	for (guint i = 0; texts[i]; i++) {
		g_autoptr(GError) error = NULL;

		(void)warning_lists_add(lists, "x.txt", slice_from_text(texts[i]), &error);
		g_assert_no_error(error);
	}
	return lists;
}

static void expect(WarningLists *lists, IndicatorKind kind, const char *value, const char *names,
	gboolean over_broad)
{
	gboolean is_over_broad = !over_broad;
	const char *const *found = warning_lists_find(lists, kind, value, &is_over_broad);
	g_autofree char *joined = found ? g_strjoinv(" ", (char **)found) : g_strdup("");

	g_test_message("%s", value);
	g_assert_cmpstr(joined, ==, names);
	g_assert_cmpint(is_over_broad, ==, over_broad);
}

static void test_find(void)
{
	static const char *const texts[] = {
		HEADER("zones", "host", "over-broad") "3322.example\nUK.to.\n",
		HEADER("popular", "host", "lower") "www.github.example\n3322.example\n",
		HEADER("ranges", "address network", "lower") "192.0.2.0/25\n2001:db8::/32\n"
							     "198.51.100.7,9,20-23\n",
		HEADER("empty", "md5 sha1",
			"over-broad") "D41D8CD98F00B204E9800998ECF8427E\n"
				      "da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
		HEADER("names", "file-name", "over-broad") "svchost.exe\n",
		HEADER("agents", "user-agent", "lower") "Googlebot/\n",
		NULL,
	};
	g_autoptr(WarningLists) lists = lists_of(texts);

	expect(lists, INDICATOR_HOST, "3322.example", "popular zones", TRUE);
	expect(lists, INDICATOR_HOST, "uk.to", "zones", TRUE);
	/* more specific than the entry */
	expect(lists, INDICATOR_HOST, "bad.3322.example", "", FALSE);
	expect(lists, INDICATOR_HOST, "github.example", "popular", FALSE);
	expect(lists, INDICATOR_HOST, "www.github.example", "popular", FALSE);
	expect(lists, INDICATOR_URL, "https://github.example/", "popular", FALSE);
	expect(lists, INDICATOR_URL, "https://github.example/x", "", FALSE);
	expect(lists, INDICATOR_ADDRESS, "192.0.2.1", "ranges", FALSE);
	expect(lists, INDICATOR_ADDRESS, "192.0.2.128", "", FALSE);
	expect(lists, INDICATOR_ADDRESS, "2001:db8:1::1", "ranges", FALSE);
	expect(lists, INDICATOR_ADDRESS, "198.51.100.9", "ranges", FALSE);
	expect(lists, INDICATOR_ADDRESS, "198.51.100.22", "ranges", FALSE);
	expect(lists, INDICATOR_ADDRESS, "198.51.100.8", "", FALSE);
	expect(lists, INDICATOR_NETWORK, "192.0.2.0/26", "ranges", FALSE);
	expect(lists, INDICATOR_NETWORK, "192.0.2.0/24", "", FALSE);
	expect(lists, INDICATOR_MD5, "d41d8cd98f00b204e9800998ecf8427e", "empty", TRUE);
	expect(lists, INDICATOR_SHA256, "d41d8cd98f00b204e9800998ecf8427e", "", FALSE);
	expect(lists, INDICATOR_FILE_NAME, "SvcHost.exe", "names", TRUE);
	expect(lists, INDICATOR_USER_AGENT, "Mozilla/5.0 (compatible; Googlebot/2.1)", "agents",
		FALSE);
	expect(lists, INDICATOR_USER_AGENT, "NotGooglebot/2.1", "", FALSE);
}

static void test_effects(void)
{
	static const char *const texts[] = {
		HEADER("odd", "host", "suspicious") "odd.example\n",
		HEADER("wrong", "host", "mistake") "system.net\n",
		HEADER("words", "words", "excludes") "exclud\nother than\n",
		HEADER(WARNING_PUBLIC_SUFFIXES, "host", "over-broad") "example\nco.uk\n",
		HEADER("a-second", "host", "over-broad") "co.uk\n",
		NULL,
	};
	g_autoptr(WarningLists) lists = lists_of(texts);
	WarningHit hit;
	gsize end = 0;

	g_assert_true(warning_lists_look_up(lists, INDICATOR_HOST, "odd.example", &hit));
	g_assert_nonnull(hit.descriptions[WARNING_SUSPICIOUS]);
	g_assert_null(hit.names);
	g_assert_true(warning_lists_look_up(lists, INDICATOR_HOST, "system.net", &hit));
	g_assert_nonnull(hit.descriptions[WARNING_MISTAKE]);
	g_assert_false(warning_lists_look_up(lists, INDICATOR_HOST, "x.example", &hit));
	g_assert_false(warning_lists_look_up(NULL, INDICATOR_HOST, "x.example", &hit));
	/* of two lists the first by name speaks, in whichever order they were read */
	g_assert_true(warning_lists_look_up(lists, INDICATOR_HOST, "co.uk", &hit));
	g_assert_cmpstr(hit.lists[WARNING_OVER_BROAD], ==, "a-second");
	g_assert_true(warning_lists_may_be_top_level(lists, "example"));
	g_assert_false(warning_lists_may_be_top_level(lists, "net"));
	g_assert_true(warning_lists_may_be_top_level(NULL, "net"));
	g_assert_cmpstr(warning_lists_excluding_word(
				lists, slice_from_text("other than all files, Excluding x"), &end),
		==, "exclud");
	g_assert_cmpuint(end, ==, strlen("other than all files, Excluding"));
	g_assert_null(warning_lists_excluding_word(lists, slice_from_text("another thanks"), &end));
}

static void test_malformed(void)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "bad.example\n", "x.txt: line 1 has no name: in its header" },
		{ "# name: a\n# description: b\nbad.example\n",
			"x.txt: line 3 has no kinds: in its header" },
		{ "# name: a\n# kinds: nonsense\n",
			"x.txt: line 2 kinds: names what is no kind of indicator" },
		{ "# effect: none\n",
			"x.txt: line 1 effect: is none of lower, over-broad, suspicious, mistake, "
			"excludes" },
		{ HEADER("a", "address", "lower") "192.0.2.1\n192.0.2.x\n",
			"x.txt: line 7 names no last numbers of addresses" },
		{ HEADER("a", "host", "lower") "a b\n",
			"x.txt: line 6 has a character that host names do not have" },
		{ HEADER("a", "md5 sha1", "lower") "bad.example\n",
			"x.txt: line 6 is of none of the kinds in its header" },
		{ "", "x.txt: line 0 has no name: in its header" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(WarningLists) lists = warning_lists_new();
		g_autoptr(GError) error = NULL;

		g_assert_false(
			warning_lists_add(lists, "x.txt", slice_from_text(cases[i].text), &error));
		g_assert_cmpstr(error->message, ==, cases[i].message);
		/* and what is left can be asked all the same */
		g_assert_null(warning_lists_find(lists, INDICATOR_HOST, "bad.example", NULL));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/warning-lists/find", test_find);
	g_test_add_func("/intel/warning-lists/effects", test_effects);
	g_test_add_func("/intel/warning-lists/malformed", test_malformed);
	return g_test_run();
}

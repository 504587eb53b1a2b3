/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/indicators/builder.h"
#include "engines/indicators/patterns.h"
#include "engines/indicators/test-indicators.h"
#include "engines/indicators/words.h"
#include "intel/normal.h"

static const char *const lines[] = { "host evil.example", "host deep.sub.evil2.example",
	"host xn--bcher-kva.example", "host cher.example", "address 192.0.2.1",
	"address 2001:db8::1", "network 198.51.100.0/24", "network 2001:db8:1::/48",
	"url http://evil3.example/gate.php", "url https://evil3.example/a?b=c",
	"url http://192.0.2.9:8080/x", "url http://evil3.example/", "email x.y@mail.example",
	"file-name evil.exe", "file-name naïve.dll", "file-path inetpub\\wwwroot\\shell.aspx",
	"file-path tmp\\backdoor", "file-path Program Files\\X Y\\z.dll",
	"registry-key HKLM\\Software\\Evil", "registry-key HKCU\\Software\\Evil2\\Run",
	"registry-key CurrentVersion\\Run\\evil", "pipe evilpipe", "mutex Global\\Evil",
	"user-agent Mozilla/5.0 (evil; X)", "md5 0123456789abcdef0123456789abcdef",
	"sha1 0123456789abcdef0123456789abcdef01234567",
	"sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"imphash fedcba9876543210fedcba9876543210", "ja3 00112233445566778899aabbccddeeff", NULL };

#define EVIL "host evil.example"

typedef struct Case {
	guint32 holds;
	const char *text, *found;
} Case;

static void check(const Case *cases, gsize n)
{
	g_autoptr(TestStore) store = test_store_new(lines);
	Finder finder;

	finder_init(&finder, &store->store, 1);
	for (gsize i = 0; i < n; i++) {
		g_autofree char *found =
			test_find(&finder, OBSERVE_BIT(cases[i].holds), cases[i].text);

		if (strcmp(found, cases[i].found) != 0)
			g_error("in '%s': found '%s', not '%s'", cases[i].text, found,
				cases[i].found);
	}
	finder_clear(&finder);
}

static void test_hosts(void)
{
	static const Case cases[] = {
		{ OBSERVE_HOST, "evil.example", EVIL },
		{ OBSERVE_HOST, "EVIL.Example.", EVIL },
		{ OBSERVE_HOST, "www.evil.example", EVIL },
		{ OBSERVE_HOST, "a.b.c.evil.example:443", EVIL },
		{ OBSERVE_HOST, "notevil.example", "" },
		{ OBSERVE_HOST, "evil.example.com", "" },
		{ OBSERVE_HOST, "example", "" },
		{ OBSERVE_HOST, "sub.evil2.example", "" }, /* never parents of the indicator */
		{ OBSERVE_HOST, "evil2.example", "" },
		{ OBSERVE_HOST, "x.deep.sub.evil2.example", "host deep.sub.evil2.example" },
		{ OBSERVE_HOST, "_dmarc.evil.example", EVIL },
		{ OBSERVE_HOST, "bücher.example", "host xn--bcher-kva.example" },
		{ OBSERVE_HOST, "BÜCHER.example", "host xn--bcher-kva.example" },
		{ OBSERVE_HOST, "xn--bcher-kva.example", "host xn--bcher-kva.example" },
		{ OBSERVE_HOST, "192.0.2.1", "address 192.0.2.1" },
		{ OBSERVE_HOST, "[2001:db8::1]:443", "address 2001:db8::1" },
		{ OBSERVE_HOST, "a.example, evil.example", EVIL },
		{ OBSERVE_HOST, "", "" },
		{ OBSERVE_HOST, "...", "" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_addresses(void)
{
	static const Case cases[] = {
		{ OBSERVE_ADDRESS, "192.0.2.1", "address 192.0.2.1" },
		{ OBSERVE_ADDRESS, "192.0.2.1:8080", "address 192.0.2.1" },
		{ OBSERVE_ADDRESS, "192.0.2.11", "" },
		{ OBSERVE_ADDRESS, "::ffff:192.0.2.1", "address 192.0.2.1" },
		{ OBSERVE_ADDRESS, "::ffff:c000:201", "address 192.0.2.1" },
		{ OBSERVE_ADDRESS, "2001:0DB8:0:0::0001", "address 2001:db8::1" },
		{ OBSERVE_ADDRESS, "2001:db8::2", "" },
		{ OBSERVE_ADDRESS, "198.51.100.77", "network 198.51.100.0/24" },
		{ OBSERVE_ADDRESS, "198.51.101.77", "" },
		{ OBSERVE_ADDRESS, "2001:db8:1:ffff::5", "network 2001:db8:1::/48" },
		{ OBSERVE_ADDRESS, "10.0.0.1, 192.0.2.1", "address 192.0.2.1" },
		{ OBSERVE_TEXT, "from 192.0.2.1, port 80", "address 192.0.2.1" },
		{ OBSERVE_TEXT, "/192.0.2.1:443", "address 192.0.2.1" },
		{ OBSERVE_TEXT, "10.1.1.1->192.0.2.1.", "address 192.0.2.1" },
		{ OBSERVE_TEXT, "10.0.0.1-192.0.2.1", "address 192.0.2.1" },
		{ OBSERVE_TEXT, "v192.0.2.1", "" },
		{ OBSERVE_TEXT, "192.0.2.1.5", "" },
		{ OBSERVE_TEXT, "192.0.2.1.evil.example", EVIL },
		{ OBSERVE_TEXT, "src:2001:db8::1 at 10:11:12", "address 2001:db8::1" },
		{ OBSERVE_TEXT, "(2001:db8::1)", "address 2001:db8::1" },
		{ OBSERVE_TEXT, "2001:db8::1: refused", "address 2001:db8::1" },
		{ OBSERVE_TEXT, "a2001:db8::1", "" },
		{ OBSERVE_TEXT, "2001:db8::1x", "" },
		{ OBSERVE_TEXT, "00:11:22:33:44:55", "" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_text(void)
{
	static const Case cases[] = {
		{ OBSERVE_TEXT, "connect to evil.example.", EVIL },
		{ OBSERVE_TEXT, "(evil.example)", EVIL },
		{ OBSERVE_TEXT, "'evil.example',", EVIL },
		{ OBSERVE_TEXT, "\"evil.example\"", EVIL },
		{ OBSERVE_TEXT, "u=evil.example&v=1", EVIL },
		{ OBSERVE_TEXT, "http://www.evil.example/x", EVIL },
		{ OBSERVE_TEXT, "\\\\evil.example\\share", EVIL },
		{ OBSERVE_TEXT, "someone@evil.example", EVIL },
		{ OBSERVE_TEXT, "…evil.example…", EVIL },
		{ OBSERVE_TEXT, "“evil.example”", EVIL },
		{ OBSERVE_TEXT, "«bücher.example»", "host xn--bcher-kva.example" },
		{ OBSERVE_TEXT, "http://bücher.example/", "host xn--bcher-kva.example" },
		{ OBSERVE_TEXT, "xevil.example", "" },
		{ OBSERVE_TEXT, "evil.example2", "" },
		{ OBSERVE_TEXT, "evil-example", "" },
		{ OBSERVE_TEXT, "C:\\tools\\evil.example", "" }, /* a file's name */
		{ OBSERVE_TEXT, "http://good.example/evil.example", "" },
		{ OBSERVE_TEXT, "mail to X.Y@Mail.Example;", "email x.y@mail.example" },
		{ OBSERVE_TEXT, "z.x.y@mail.example", "" },
		{ OBSERVE_EMAIL, "Some One <x.y@mail.example>", "email x.y@mail.example" },
		{ OBSERVE_NOTHING, "evil.example", "" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_urls(void)
{
#define GATE "url http://evil3.example/gate.php"
#define ROOT "url http://evil3.example/"
	static const Case cases[] = {
		{ OBSERVE_URL, "http://evil3.example/gate.php", GATE },
		{ OBSERVE_URL, "HTTP://EVIL3.example:80/gate.php#x", GATE },
		{ OBSERVE_URL, "http://evil3.example/gate.php?id=1", GATE },
		{ OBSERVE_URL, "evil3.example/gate.php", GATE },
		{ OBSERVE_URL, "https://evil3.example/gate.php", "" }, /* another scheme */
		{ OBSERVE_URL, "http://evil3.example/Gate.php", "" },
		{ OBSERVE_URL, "http://x.evil3.example/gate.php", "" },
		{ OBSERVE_URL, "https://evil3.example/a?b=c", "url https://evil3.example/a?b=c" },
		{ OBSERVE_URL, "https://evil3.example/a?b=d", "" },
		{ OBSERVE_URL, "evil3.example:443", ROOT },
		{ OBSERVE_URL, "http://192.0.2.9:8080/x", "url http://192.0.2.9:8080/x" },
		{ OBSERVE_URL, "http://192.0.2.9/x", "" },
		{ OBSERVE_TEXT, "see http://evil3.example/gate.php.", GATE },
		{ OBSERVE_TEXT, "(http://evil3.example/gate.php)", GATE },
		{ OBSERVE_TEXT, "see evil3.example, then", ROOT },
		{ OBSERVE_TEXT, "wget \"http://evil3.example/gate.php\" -O x", GATE },
		{ OBSERVE_HOST, "evil3.example", ROOT },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_url_parts(void)
{
	g_autoptr(TestStore) store = test_store_new(lines);
	static const char *const cases[][6] = {
		{ "", "evil3.example", "", "/gate.php", "", "1" },
		{ "", "Evil3.example:80", "", "/gate.php", "id=7", "1" },
		{ "", "evil3.example", "443", "/a", "b=c", "1" },
		{ "http", "evil3.example", "443", "/gate.php", "", "0" },
		{ "https", "evil3.example", "443", "/gate.php", "", "0" },
		{ "", "evil3.example", "", "/gate", "", "0" },
		{ "", "192.0.2.9:8080", "", "/x", "-", "1" },
		{ "", "-", "", "-", "-", "0" },
	};
	Finder finder;

	finder_init(&finder, &store->store, 1);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *const *c = cases[i];
		guint n = 0;

		finder_begin(&finder);
		find_url_parts(&finder, slice_from_text(c[0]), slice_from_text(c[1]),
			slice_from_text(c[2]), slice_from_text(c[3]), slice_from_text(c[4]));
		for (guint k = 0; k < finder.hits->len; k++)
			n += store_kind(&store->store, g_array_index(finder.hits, Hit, k).number) ==
				INDICATOR_URL;
		g_test_message("case %zu", i);
		g_assert_cmpint(n > 0, ==, c[5][0] == '1');
	}
	finder_clear(&finder);
}

static void test_paths(void)
{
#define SHELL "file-path inetpub\\wwwroot\\shell.aspx"
	static const Case cases[] = {
		{ OBSERVE_PATH, "C:\\inetpub\\wwwroot\\shell.aspx", SHELL },
		{ OBSERVE_PATH, "D:/X/InetPub/wwwroot/SHELL.aspx", SHELL },
		{ OBSERVE_PATH, "inetpub\\wwwroot\\shell.aspx", SHELL },
		{ OBSERVE_PATH, "C:\\xinetpub\\wwwroot\\shell.aspx", "" },
		{ OBSERVE_PATH, "C:\\wwwroot\\shell.aspx", "" },
		{ OBSERVE_PATH, "C:\\inetpub\\wwwroot\\shell.aspx\\x", "" },
		{ OBSERVE_PATH, "/tmp/backdoor", "file-path tmp\\backdoor" },
		{ OBSERVE_PATH, "C:\\Users\\x\\Evil.exe", "file-name evil.exe" },
		{ OBSERVE_PATH, "C:\\Users\\x\\Evil.exe:Zone.Identifier", "file-name evil.exe" },
		{ OBSERVE_PATH, "C:\\Users\\evil.exe\\x.dll", "" },
		{ OBSERVE_PATH, "C:\\notevil.exe", "" },
		{ OBSERVE_PATH, "C:\\NAÏVE.DLL", "file-name naïve.dll" },
		{ OBSERVE_FILE_NAME, "evil.exe", "file-name evil.exe" },
		{ OBSERVE_TEXT, "cmd /c \"C:\\x\\evil.exe\" -x", "file-name evil.exe" },
		{ OBSERVE_TEXT, "run evil.exe.", "file-name evil.exe" },
		{ OBSERVE_TEXT, "myevil.exe", "" },
		{ OBSERVE_TEXT, "evil.exe.config", "" },
		{ OBSERVE_TEXT, "wrote C:\\\\inetpub\\\\wwwroot\\\\shell.aspx now", SHELL },
		{ OBSERVE_TEXT, "cmd /c inetpub\\wwwroot\\shell.aspx", SHELL },
		{ OBSERVE_TEXT, "C:\\Program Files\\X Y\\z.dll,Run",
			"file-path program files\\x y\\z.dll" },
		{ OBSERVE_TEXT, "chmod +x /tmp/backdoor; ls", "file-path tmp\\backdoor" },
		{ OBSERVE_TEXT, "/tmp/backdoors", "" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_registry(void)
{
#define KEY "registry-key hklm\\software\\evil"
	static const Case cases[] = {
		{ OBSERVE_REGISTRY_KEY, "HKLM\\Software\\Evil", KEY },
		{ OBSERVE_REGISTRY_KEY, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Evil\\Value", KEY },
		{ OBSERVE_REGISTRY_KEY, "HKLM\\Software\\Evil2", "" },
		{ OBSERVE_REGISTRY_KEY, "HKU\\S-1-5-21-1-2-3-500\\Software\\Evil2\\Run",
			"registry-key hkcu\\software\\evil2\\run" },
		{ OBSERVE_REGISTRY_KEY,
			"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\evil",
			"registry-key currentversion\\run\\evil" },
		{ OBSERVE_TEXT, "reg add HKLM\\Software\\Evil /v x", KEY },
		{ OBSERVE_TEXT, "reg add \"HKLM\\Software\\Evil\" /v x", KEY },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_patterns(void)
{
	static const char *const patterns[] = { "file-pattern \\\\evil[0-9]+\\.exe$",
		"file-pattern (?i)/tmp/\\.x", "file-pattern (a|b)\\.q", "file-pattern [", NULL };
	g_autoptr(TestStore) store = test_store_new(patterns);
	static const Case cases[] = {
		{ OBSERVE_PATH, "C:\\x\\evil12.exe", "file-pattern \\\\evil[0-9]+\\.exe$" },
		{ OBSERVE_PATH, "x/evil12.exe", "file-pattern \\\\evil[0-9]+\\.exe$" },
		{ OBSERVE_FILE_NAME, "evil12.exe", "file-pattern \\\\evil[0-9]+\\.exe$" },
		{ OBSERVE_PATH, "C:\\x\\Evil12.exe", "" },
		{ OBSERVE_PATH, "/TMP/.xyz", "file-pattern (?i)/tmp/\\.x" },
		{ OBSERVE_PATH, "C:\\b.q", "file-pattern (a|b)\\.q" },
		{ OBSERVE_TEXT, "C:\\x\\evil12.exe", "" },
	};
	g_autoptr(Patterns) all = NULL;
	Finder finder;
	guint n_refused;

	all = patterns_new(&store->store, 1, &n_refused);
	g_assert_cmpuint(n_refused, ==, 1);
	finder_init(&finder, &store->store, 1);
	finder.patterns = all;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *found =
			test_find(&finder, OBSERVE_BIT(cases[i].holds), cases[i].text);

		g_assert_cmpstr(found, ==, cases[i].found);
	}
	finder_clear(&finder);
}

/* Where the exception fits, the pattern is not meant. */
static void test_exception(void)
{
	g_autoptr(Builder) builder = builder_new();
	Indicator indicator = test_indicator(INDICATOR_FILE_PATTERN, "procdump\\.exe");
	g_autofree guint8 *bytes = NULL;
	g_autoptr(Patterns) all = NULL;
	g_autofree char *found = NULL, *other = NULL;
	gsize size;
	guint n_refused;
	Store store;
	Finder finder;

	indicator.exception = "(?i)sysinternals";
	(void)builder_begin_source(builder, "x");
	g_assert_cmpstr(builder_add(builder, &indicator), ==, NULL);
	bytes = builder_finish(builder, &size, &n_refused);
	g_assert_true(store_open(&store, slice_make(bytes, size), NULL));
	all = patterns_new(&store, 1, &n_refused);
	finder_init(&finder, &store, 1);
	finder.patterns = all;
	found = test_find(&finder, OBSERVE_BIT(OBSERVE_PATH), "C:\\Temp\\procdump.exe");
	g_assert_cmpstr(found, ==, "file-pattern procdump\\.exe");
	other = test_find(&finder, OBSERVE_BIT(OBSERVE_PATH), "C:\\SysInternals\\procdump.exe");
	g_assert_cmpstr(other, ==, "");
	finder_clear(&finder);
}

static void test_others(void)
{
	static const Case cases[] = {
		{ OBSERVE_PIPE, "\\EvilPipe", "pipe evilpipe" },
		{ OBSERVE_PIPE, "\\\\.\\pipe\\evilpipe", "pipe evilpipe" },
		{ OBSERVE_PIPE, "\\evilpipe2", "" },
		{ OBSERVE_MUTEX, "Global\\Evil", "mutex Global\\Evil" },
		{ OBSERVE_USER_AGENT, "Mozilla/5.0 (evil; X)", "user-agent Mozilla/5.0 (evil; X)" },
		{ OBSERVE_USER_AGENT, "Mozilla/5.0+(evil;+X)", "user-agent Mozilla/5.0 (evil; X)" },
		{ OBSERVE_USER_AGENT, "Mozilla/5.0 (evil; X) y", "" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_hashes(void)
{
#define MD5    "md5 0123456789abcdef0123456789abcdef"
#define SHA1   "sha1 0123456789abcdef0123456789abcdef01234567"
#define SHA256 "sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	static const Case cases[] = {
		{ OBSERVE_MD5, "0123456789ABCDEF0123456789abcdef", MD5 },
		{ OBSERVE_MD5, "fedcba9876543210fedcba9876543210", "" },
		{ OBSERVE_IMPHASH, "fedcba9876543210fedcba9876543210",
			"imphash fedcba9876543210fedcba9876543210" },
		{ OBSERVE_HASHES,
			"SHA1=0123456789ABCDEF0123456789ABCDEF01234567,"
			"MD5=0123456789ABCDEF0123456789ABCDEF,"
			"IMPHASH=FEDCBA9876543210FEDCBA9876543210",
			MD5 ", " SHA1 ", imphash fedcba9876543210fedcba9876543210" },
		{ OBSERVE_HASHES, "MD5=FEDCBA9876543210FEDCBA9876543210", "" },
		{ OBSERVE_HASHES, "IMPHASH=0123456789ABCDEF0123456789ABCDEF", "" },
		{ OBSERVE_HASHES, "0123456789abcdef0123456789abcdef", MD5 },
		{ OBSERVE_TEXT,
			"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.",
			SHA256 },
		{ OBSERVE_TEXT, "x0123456789abcdef0123456789abcdef", "" },
		{ OBSERVE_TEXT, "0123456789abcdef0123456789abcdef0", "" },
		{ OBSERVE_TEXT, "aaaaaaaaaaaaaaaaaaaaaaaa 0123456789abcdef0123456789abcdef", MD5 },
		{ OBSERVE_JA3, "00112233445566778899AABBCCDDEEFF",
			"ja3 00112233445566778899aabbccddeeff" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

/* ---- against a matcher that knows no filter, no table and no shortcuts ---- */

static gboolean is_inside(guint8 c)
{
	return g_ascii_isalnum((char)c) || c == '-' || c == '_' || c == '.';
}

/* TRUE where @host stands in @text as a token or the end of one, by looking everywhere. */
static gboolean naive_host(const char *text, const char *host)
{
	gsize n = strlen(text), size = strlen(host);

	for (gsize i = 0; i + size <= n; i++) {
		gsize end = i + size, start = i, last = end;

		if (g_ascii_strncasecmp(&text[i], host, size) != 0)
			continue;
		while (last < n && strchr(".-_", text[last]))
			last++;
		if (last < n && is_inside((guint8)text[last]))
			continue; /* goes on */
		if (i > 0 && text[i - 1] != '.' && is_inside((guint8)text[i - 1])) {
			gsize k = i; /* only signs before it */

			while (k > 0 && strchr(".-_", text[k - 1]))
				k--;
			if (k > 0 && is_inside((guint8)text[k - 1]))
				continue;
		}
		while (start > 0 && is_inside((guint8)text[start - 1]))
			start--;
		if (start > 0 && strchr("/\\", text[start - 1]) &&
			(start < 2 || text[start - 2] != text[start - 1]))
			continue;
		return TRUE;
	}
	return FALSE;
}

static char *random_text(GRand *random)
{
	static const char *const pieces[] = { "evil", "example", "evil.example", "a.b", ".", "-",
		"_", "/", "\\", " ", ":", "x", "EVIL", "com", "sub", "1", "@", "=", "\"", ",",
		"://", "www.", "c.evil.example", "evil.example.com" };
	GString *text = g_string_new(NULL);
	guint n = (guint)g_rand_int_range(random, 1, 12);

	for (guint i = 0; i < n; i++)
		g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

static void test_naive(void)
{
	static const char *const hosts[] = { "host evil.example", "host c.evil.example", "host a.b",
		"host sub.evil", "host example.com", NULL };
	g_autoptr(TestStore) store = test_store_new(hosts);
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	guint n_found = 0;
	Finder finder;

	finder_init(&finder, &store->store, 1);
	for (guint round = 0; round < 20000; round++) {
		g_autofree char *text = random_text(random);
		g_autofree char *found = test_find(&finder, OBSERVE_BIT(OBSERVE_TEXT), text);

		for (guint i = 0; hosts[i]; i++) {
			gboolean expected = naive_host(text, hosts[i] + 5);
			g_auto(GStrv) each = g_strsplit(found, ", ", -1);
			gboolean is_found = g_strv_contains((const char *const *)each, hosts[i]);

			n_found += is_found;
			if (expected != is_found)
				g_error("'%s' in '%s': %d, not %d", hosts[i], text, is_found,
					expected);
		}
	}
	g_assert_cmpuint(n_found, >, 1000);
	finder_clear(&finder);
}

/* What the table of classes says is what words.h says of it. */
static void test_words(void)
{
	for (guint c = 0; c < 256; c++) {
		gboolean is_high = c >= 0x80;
		gboolean is_alnum = g_ascii_isalnum((char)c);

		g_assert_cmpint(word_is((guint8)c, WORD_ALNUM), ==, is_alnum);
		g_assert_cmpint(word_is((guint8)c, WORD_HOST), ==,
			is_alnum || is_high || c == '-' || c == '_' || c == '.');
		g_assert_true(!word_is((guint8)c, WORD_NAME) || c > ' ');
		g_assert_true(!word_is((guint8)c, WORD_HOST) || word_is((guint8)c, WORD_NAME));
	}
}

/* All text, cut anywhere, of every kind: nothing is read beyond its end. */
static void test_truncated(void)
{
	static const char text[] =
		"http://[2001:db8::1]:443/a?b x.y@mail.example \\\\h\\s "
		"C:\\Program Files\\X Y\\z.dll HKLM\\Software\\Evil MD5="
		"0123456789abcdef0123456789abcdef bücher.example ::ffff:192.0.2.1";
	g_autoptr(TestStore) store = test_store_new(lines);
	Finder finder;

	finder_init(&finder, &store->store, 1);
	for (gsize size = 0; size <= sizeof(text); size++) {
		g_autofree guint8 *copy = g_memdup2(text, MAX(size, 1));

		for (guint i = 0; i < OBSERVE_N; i++) {
			finder_begin(&finder);
			finder_look_in(&finder, 0, OBSERVE_BIT(i), slice_make(copy, size));
		}
	}
	finder_clear(&finder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/indicators/hosts", test_hosts);
	g_test_add_func("/indicators/addresses", test_addresses);
	g_test_add_func("/indicators/text", test_text);
	g_test_add_func("/indicators/urls", test_urls);
	g_test_add_func("/indicators/url-parts", test_url_parts);
	g_test_add_func("/indicators/paths", test_paths);
	g_test_add_func("/indicators/registry", test_registry);
	g_test_add_func("/indicators/patterns", test_patterns);
	g_test_add_func("/indicators/exception", test_exception);
	g_test_add_func("/indicators/others", test_others);
	g_test_add_func("/indicators/hashes", test_hashes);
	g_test_add_func("/indicators/naive", test_naive);
	g_test_add_func("/indicators/words", test_words);
	g_test_add_func("/indicators/truncated", test_truncated);
	return g_test_run();
}

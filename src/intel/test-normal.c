/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/normal.h"

typedef struct Case {
	IndicatorKind kind;
	const char *text, *expected; /* expected NULL: has none */
} Case;

static void check(const Case *cases, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(GString) once = g_string_new("<"), twice = g_string_new(NULL);
		const char *problem =
			normal_append(once, cases[i].kind, slice_from_text(cases[i].text));

		g_test_message("%s", cases[i].text);
		if (!cases[i].expected) {
			g_assert_nonnull(problem);
			g_assert_cmpstr(once->str, ==, "<");
			continue;
		}
		g_assert_cmpstr(problem, ==, NULL);
		g_assert_cmpstr(once->str + 1, ==, cases[i].expected);
		g_assert_null(
			normal_append(twice, cases[i].kind, slice_from_text(cases[i].expected)));
		g_assert_cmpstr(twice->str, ==, cases[i].expected);
	}
}

static void test_hosts(void)
{
	static const Case cases[] = {
		{ INDICATOR_HOST, " Bad.Example. ", "bad.example" },
		{ INDICATOR_HOST, "..bad.example..", "bad.example" },
		{ INDICATOR_HOST,
			"B\xc3\xbc"
			"cher.example",
			"xn--bcher-kva.example" },
		{ INDICATOR_HOST, "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
		{ INDICATOR_HOST,
			"b\xc3\xbc"
			"cher\xe3\x80\x82"
			"example",
			"xn--bcher-kva.example" },
		{ INDICATOR_HOST, "_dmarc.bad.example", "_dmarc.bad.example" },
		{ INDICATOR_HOST, "localhost", "localhost" },
		{ INDICATOR_HOST, "192.0.2.1", NULL },
		{ INDICATOR_HOST, "bad..example", NULL },
		{ INDICATOR_HOST, "bad.example/x", NULL },
		{ INDICATOR_HOST, "bad example", NULL },
		{ INDICATOR_HOST, "...", NULL },
		{ INDICATOR_HOST, "", NULL },
		{ INDICATOR_HOST,
			"a123456789012345678901234567890123456789012345678901234567890123.example",
			NULL },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_addresses(void)
{
	static const Case cases[] = {
		{ INDICATOR_ADDRESS, "192.0.2.1", "192.0.2.1" },
		{ INDICATOR_ADDRESS, "0.0.0.0", "0.0.0.0" },
		{ INDICATOR_ADDRESS, "192.0.2.01", NULL },
		{ INDICATOR_ADDRESS, "192.0.2.256", NULL },
		{ INDICATOR_ADDRESS, "192.0.2", NULL },
		{ INDICATOR_ADDRESS, "192.0.2.1.", NULL },
		{ INDICATOR_ADDRESS, "2001:DB8::0001", "2001:db8::1" },
		{ INDICATOR_ADDRESS, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ INDICATOR_ADDRESS, "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ INDICATOR_ADDRESS, "[2001:db8::]", "2001:db8::" },
		{ INDICATOR_ADDRESS, "fe80::1%eth0", "fe80::1" },
		{ INDICATOR_ADDRESS, "::", "::" },
		{ INDICATOR_ADDRESS, "::1", "::1" },
		{ INDICATOR_ADDRESS, "1::", "1::" },
		{ INDICATOR_ADDRESS, "::ffff:192.0.2.1", "192.0.2.1" },
		{ INDICATOR_ADDRESS, "::FFFF:c000:201", "192.0.2.1" },
		{ INDICATOR_ADDRESS, "64:ff9b::192.0.2.1", "64:ff9b::c000:201" },
		{ INDICATOR_ADDRESS, "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ INDICATOR_ADDRESS, "1:2:3:4:5:6:7", NULL },
		{ INDICATOR_ADDRESS, "1:2:3:4:5:6:7:8:9", NULL },
		{ INDICATOR_ADDRESS, "1::2::3", NULL },
		{ INDICATOR_ADDRESS, "1:2:3:4:5:6:7::8", NULL },
		{ INDICATOR_ADDRESS, ":1", NULL },
		{ INDICATOR_ADDRESS, "1:", NULL },
		{ INDICATOR_ADDRESS, "12345::", NULL },
		{ INDICATOR_NETWORK, "192.0.2.77/24", "192.0.2.0/24" },
		{ INDICATOR_NETWORK, "192.0.2.77/255.255.255.0", "192.0.2.0/24" },
		{ INDICATOR_NETWORK, "192.0.2.77/255.0.255.0", NULL },
		{ INDICATOR_NETWORK, "192.0.2.77/33", NULL },
		{ INDICATOR_NETWORK, "192.0.2.77", NULL },
		{ INDICATOR_NETWORK, "2001:db8:ffff::/33", "2001:db8:8000::/33" },
		{ INDICATOR_NETWORK, "::ffff:192.0.2.0/120", "192.0.2.0/24" },
		{ INDICATOR_NETWORK, "0.0.0.0/0", "0.0.0.0/0" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_urls(void)
{
	static const Case cases[] = {
		{ INDICATOR_URL, "HTTP://User:pw@Bad.Example.:80/A?b=C#d",
			"http://bad.example/A?b=C" },
		{ INDICATOR_URL, "https://bad.example", "https://bad.example/" },
		{ INDICATOR_URL, "https://bad.example?x", "https://bad.example/?x" },
		{ INDICATOR_URL, "https://bad.example:8443/", "https://bad.example:8443/" },
		{ INDICATOR_URL, "https://bad.example:0443/", "https://bad.example/" },
		{ INDICATOR_URL, "http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x" },
		{ INDICATOR_URL, "http://[::ffff:192.0.2.1]/x", "http://192.0.2.1/x" },
		{ INDICATOR_URL, "bad.example/x", "http://bad.example/x" },
		{ INDICATOR_URL, "bad.example:81/x://y", "http://bad.example:81/x://y" },
		{ INDICATOR_URL, "//bad.example/x", "http://bad.example/x" },
		{ INDICATOR_URL,
			"http://b\xc3\xbc"
			"cher.example/\xc3\xbc",
			"http://xn--bcher-kva.example/\xc3\xbc" },
		{ INDICATOR_URL, "http://bad.example/a b", NULL },
		{ INDICATOR_URL, "http://bad.example:x/", NULL },
		{ INDICATOR_URL, "http://bad.example:70000/", NULL },
		{ INDICATOR_URL, "http:///x", NULL },
		{ INDICATOR_URL, "file:///C:/x", NULL },
		{ INDICATOR_EMAIL, "Jane Doe <Jane@Bad.Example>", "jane@bad.example" },
		{ INDICATOR_EMAIL, "mailto:jane@bad.example", "jane@bad.example" },
		{ INDICATOR_EMAIL, "@bad.example", NULL },
		{ INDICATOR_EMAIL, "jane", NULL },
		{ INDICATOR_EMAIL, "ja ne@bad.example", NULL },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_paths(void)
{
	static const Case cases[] = {
		{ INDICATOR_FILE_NAME, " \"Evil.EXE\" ", "Evil.EXE" },
		{ INDICATOR_FILE_NAME, "a\\b", NULL },
		{ INDICATOR_FILE_NAME, "", NULL },
		{ INDICATOR_FILE_PATH, "C:\\Windows\\Temp\\x.exe", "Windows\\Temp\\x.exe" },
		{ INDICATOR_FILE_PATH, "c:\\\\windows\\\\temp\\\\", "windows\\temp" },
		{ INDICATOR_FILE_PATH, "%TEMP%\\a\\x.exe", "a\\x.exe" },
		{ INDICATOR_FILE_PATH, "$env:APPDATA\\a\\x.exe", "a\\x.exe" },
		{ INDICATOR_FILE_PATH, "\"%ProgramFiles(x86)%\\a b\\x\"", "a b\\x" },
		{ INDICATOR_FILE_PATH, "/usr/bin/x", "usr\\bin\\x" },
		{ INDICATOR_FILE_PATH, "~/.ssh/id", ".ssh\\id" },
		{ INDICATOR_FILE_PATH, "\\\\?\\C:\\x\\y", "x\\y" },
		{ INDICATOR_FILE_PATH, "\\Device\\HarddiskVolume3\\x\\y", "x\\y" },
		{ INDICATOR_FILE_PATH, "D:\\ \"C:\\x\\y", "x\\y" },
		{ INDICATOR_FILE_PATH, "C:\\", NULL },
		{ INDICATOR_FILE_PATH, "a\nb", NULL },
		{ INDICATOR_REGISTRY_KEY, "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\x",
			"HKLM\\SYSTEM\\CurrentControlSet\\Services\\x" },
		{ INDICATOR_REGISTRY_KEY, "hklm:\\software\\x", "HKLM\\software\\x" },
		{ INDICATOR_REGISTRY_KEY, "Computer\\HKEY_CURRENT_USER\\x\\", "HKCU\\x" },
		{ INDICATOR_REGISTRY_KEY, "\\REGISTRY\\MACHINE\\SOFTWARE\\\\x",
			"HKLM\\SOFTWARE\\x" },
		{ INDICATOR_REGISTRY_KEY, "Software\\x", "Software\\x" },
		{ INDICATOR_REGISTRY_KEY, "HKLMx\\y", "HKLMx\\y" },
		{ INDICATOR_REGISTRY_KEY, "HKLM\\", NULL },
		{ INDICATOR_PIPE, "\\\\.\\pipe\\evil", "evil" },
		{ INDICATOR_PIPE, "\\evil\\x", "evil\\x" },
		{ INDICATOR_PIPE, "\\Device\\NamedPipe\\evil", "evil" },
		{ INDICATOR_PIPE, "\\\\.\\pipe\\", NULL },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_texts(void)
{
	static const Case cases[] = {
		{ INDICATOR_MD5, "D41D8CD98F00B204E9800998ECF8427E",
			"d41d8cd98f00b204e9800998ecf8427e" },
		{ INDICATOR_MD5, "d41d8cd98f00b204e9800998ecf8427", NULL },
		{ INDICATOR_MD5, "d41d8cd98f00b204e9800998ecf8427x", NULL },
		{ INDICATOR_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
			"da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ INDICATOR_MUTEX, " Global\\x ", "Global\\x" },
		{ INDICATOR_USER_AGENT, "Mozilla/5.0+(a;+b)", "Mozilla/5.0 (a; b)" },
		{ INDICATOR_USER_AGENT, " + ", NULL },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void test_refang(void)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "hxxps://bad[.]example/x", "https://bad.example/x" },
		{ "hXXp[:]//bad(.)example", "http://bad.example" },
		{ "hxxp[://]bad{dot}example[/]x", "http://bad.example/x" },
		{ "h**p://bad[ . ]example", "http://bad.example" },
		{ "h[tt]ps://bad[dot]example", "https://bad.example" },
		{ "meow://bad.example", "http://bad.example" },
		{ "fxp://bad.example", "ftp://bad.example" },
		{ "103.77.192[.]219", "103.77.192.219" },
		{ "192[.0[.2[.]1", "192.0.2.1" },
		{ "bad[.example", "bad.example" },
		{ "bad.]example", "bad.example" },
		{ "bad\\.example", "bad.example" },
		{ "C:\\a\\.b", "C:\\a\\.b" },
		{ "jane[at]bad[DOT]example", "jane@bad.example" },
		{ "jane(@)bad.example", "jane@bad.example" },
		{ "b\xe2\x80\x8b"
		  "ad.example",
			"bad.example" },
		{ "meowing cats", "meowing cats" },
		{ "f(x) [at work]", "f(x) [at work]" },
		{ "[", "[" },
		{ "", "" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);

		normal_append_refanged(text, slice_from_text(cases[i].text));
		g_assert_cmpstr(text->str, ==, cases[i].expected);
	}
}

static void test_detect(void)
{
	static const struct {
		const char *text;
		IndicatorKind kind;
	} cases[] = {
		{ "bad.example", INDICATOR_HOST },
		{ "b\xc3\xbc"
		  "cher.example",
			INDICATOR_HOST },
		{ "bad.xn--p1ai", INDICATOR_HOST },
		{ "192.0.2.1", INDICATOR_ADDRESS },
		{ "2001:db8::1", INDICATOR_ADDRESS },
		{ "192.0.2.0/24", INDICATOR_NETWORK },
		{ "https://bad.example/x", INDICATOR_URL },
		{ "www.bad.example/x/", INDICATOR_URL },
		{ "192.0.2.1/x", INDICATOR_URL },
		{ "jane@bad.example", INDICATOR_EMAIL },
		{ "d41d8cd98f00b204e9800998ecf8427e", INDICATOR_MD5 },
		{ "da39a3ee5e6b4b0d3255bfef95601890afd80709", INDICATOR_SHA1 },
		{ "C:\\x\\y.exe", INDICATOR_FILE_PATH },
		{ "%TEMP%\\y.exe", INDICATOR_FILE_PATH },
		{ "/etc/passwd", INDICATOR_FILE_PATH },
		{ "HKLM\\Software\\x", INDICATOR_REGISTRY_KEY },
		{ "\\\\.\\pipe\\x", INDICATOR_PIPE },
		{ "powershell.exe", INDICATOR_FILE_NAME },
		{ "evil.aspx", INDICATOR_FILE_NAME },
		{ "1.2", INDICATOR_ANY },
		{ "word", INDICATOR_ANY },
		{ "two words", INDICATOR_ANY },
		{ "", INDICATOR_ANY },
		{ "a.b", INDICATOR_ANY },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(normal_detect(slice_from_text(cases[i].text)), ==, cases[i].kind);
	}
	g_assert_cmpint(normal_file_ending(slice_from_text("setup.py")), ==, FILE_ENDING_TOO);
	g_assert_cmpint(normal_file_ending(slice_from_text("www.setup.py")), ==, FILE_ENDING_NONE);
	g_assert_cmpint(normal_file_ending(slice_from_text("a.b.EXE")), ==, FILE_ENDING_ONLY);
	g_assert_cmpint(normal_file_ending(slice_from_text("bad.com")), ==, FILE_ENDING_NONE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/normal/hosts", test_hosts);
	g_test_add_func("/intel/normal/addresses", test_addresses);
	g_test_add_func("/intel/normal/urls", test_urls);
	g_test_add_func("/intel/normal/paths", test_paths);
	g_test_add_func("/intel/normal/texts", test_texts);
	g_test_add_func("/intel/normal/refang", test_refang);
	g_test_add_func("/intel/normal/detect", test_detect);
	return g_test_run();
}

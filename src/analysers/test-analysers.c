/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "analysers/analyser.h"

#define NONE "no fact"

/* What the analyser makes of up to four texts; a NULL among them is a field that the event lacks.
 */
static void expect(const char *name, const char *parameter, guint n, const char *const *texts,
	const char *expected)
{
	const Analyser *analyser = analyser_find(name);
	Slice inputs[ANALYSER_MAX_INPUTS];
	g_autoptr(GString) fact = g_string_new("before ");

	g_assert_nonnull(analyser);
	g_assert_cmpuint(n, >=, analyser->min_inputs);
	g_assert_cmpuint(n, <=, analyser->max_inputs);
	for (guint i = 0; i < n; i++)
		inputs[i] = slice_from_text(texts[i]);
	if (!analyser->compute(inputs, n, parameter, fact))
		g_string_append(fact, NONE);
	g_assert_true(g_str_has_prefix(fact->str, "before "));
	g_assert_cmpstr(fact->str + strlen("before "), ==, expected);
}

#define EXPECT(name, parameter, expected, ...)                                                     \
	do {                                                                                       \
		const char *const texts[] = { __VA_ARGS__ };                                       \
		expect(name, parameter, G_N_ELEMENTS(texts), texts, expected);                     \
	} while (0)

static void test_account(void)
{
	EXPECT("account", "", "CORP\\bob", "S-1-5-21-1", "CORP", "bob");
	EXPECT("account", "", "bob", NULL, NULL, "bob");
	EXPECT("account", "", "bob", "S-1-5-21-1", "-", "bob");
	EXPECT("account", "", "NT AUTHORITY\\SYSTEM", "S-1-5-18", "WORKGROUP", "HOST$");
	EXPECT("account", "", "NT AUTHORITY\\LOCAL SERVICE", "S-1-5-19", NULL, NULL);
	EXPECT("account", "", "NT AUTHORITY\\NETWORK SERVICE", "s-1-5-20", NULL, NULL);
	EXPECT("account", "", "CORP\\bob", "S-1-0-0", "-", "-", "S-1-5-21-1", "CORP", "bob");
	EXPECT("account", "", "CORP\\eve", "S-1-5-21-2", "CORP", "eve", "S-1-5-18", "W", "H$");
	EXPECT("account", "", NONE, NULL, NULL, NULL);
	EXPECT("account", "", NONE, "", "CORP", "-");
}

static void test_decimal(void)
{
	EXPECT("decimal", "", "500", "0x1f4");
	EXPECT("decimal", "", "500", "0X1F4");
	EXPECT("decimal", "", "500", "500");
	EXPECT("decimal", "", "18446744073709551615", "0xffffffffffffffff");
	EXPECT("decimal", "", NONE, "0x1ffffffffffffffff");
	EXPECT("decimal", "", NONE, "0x");
	EXPECT("decimal", "", NONE, "1f4");
	EXPECT("decimal", "", NONE, "-1");
	EXPECT("decimal", "", NONE, "+1");
	EXPECT("decimal", "", NONE, " 1");
	EXPECT("decimal", "", NONE, "");
	EXPECT("decimal", "", NONE, NULL);
	EXPECT("decimal", "", NONE, "000000000000000000000000000001");
}

static void test_device_path(void)
{
	EXPECT("device-path", "", "C:\\windows\\a.exe",
		"\\device\\harddiskvolume3\\windows\\a.exe");
	EXPECT("device-path", "", "C:\\a", "\\Device\\HarddiskVolume12\\a");
	EXPECT("device-path", "", "\\device\\harddiskvolume\\a", "\\device\\harddiskvolume\\a");
	EXPECT("device-path", "", "\\device\\harddiskvolume3", "\\device\\harddiskvolume3");
	EXPECT("device-path", "", "\\\\server\\share\\a", "\\device\\mup\\server\\share\\a");
	EXPECT("device-path", "", "System", "System");
	EXPECT("device-path", "", NONE, "");
	EXPECT("device-path", "", NONE, NULL);
}

static void test_first(void)
{
	EXPECT("first", "", "b", NULL, "-", "", "b", "c");
	EXPECT("first", "0x0|none", "0x3e7", "0x0", "NONE", "0x3e7");
	EXPECT("first", "0x0", "0x00", "0x00");
	EXPECT("first", "0x0", NONE, "0x0", "-");
}

static void test_hash_part(void)
{
	const char *hashes = "SHA1=AA,MD5=BB, SHA256=CC,IMPHASH=DD";

	EXPECT("hash-part", "SHA1", "AA", hashes);
	EXPECT("hash-part", "md5", "BB", hashes);
	EXPECT("hash-part", "SHA256", "CC", hashes);
	EXPECT("hash-part", "IMPHASH", "DD", NULL, hashes);
	EXPECT("hash-part", "SHA", NONE, hashes);
	EXPECT("hash-part", "SHA1", NONE, "SHA1=");
	EXPECT("hash-part", "SHA1", NONE, "");
}

static void test_host_kind(void)
{
	EXPECT("host-kind", "ipv4", "10.0.0.1", "10.0.0.1");
	EXPECT("host-kind", "ipv4", "10.0.0.1", "a.example", "10.0.0.1:443");
	EXPECT("host-kind", "ipv6", "2001:db8::1", "[2001:db8::1]:443");
	EXPECT("host-kind", "ipv6", NONE, "10.0.0.1");
	EXPECT("host-kind", "name", "a.example", "a.example:8080");
	EXPECT("host-kind", "name", "1.2.3", "1.2.3");
	EXPECT("host-kind", "type", "ipv6-addr", "-", "::1");
	EXPECT("host-kind", "type", "domain-name", "a");
	EXPECT("host-kind", "colour", NONE, "a");
	EXPECT("host-kind", "name", NONE, "", NULL);
}

static void test_integrity_level(void)
{
	EXPECT("integrity-level", "", "Low", "S-1-16-4096");
	EXPECT("integrity-level", "", "Medium", "S-1-16-8192");
	EXPECT("integrity-level", "", "High", "S-1-16-12288");
	EXPECT("integrity-level", "", "System", "S-1-16-16384");
	EXPECT("integrity-level", "", "S-1-16-1", "S-1-16-1");
	EXPECT("integrity-level", "", NONE, "-");
	EXPECT("integrity-level", "", NONE, NULL);
}

static void test_is_ipv6(void)
{
	EXPECT("is-ipv6", "", "true", "fe80::1");
	EXPECT("is-ipv6", "", "false", "10.0.0.1");
	EXPECT("is-ipv6", "", NONE, "-");
	EXPECT("is-ipv6", "", NONE, NULL);
}

static void test_join(void)
{
	EXPECT("join", "\\", "CORP\\bob", "CORP", "bob");
	EXPECT("join", "\\", "bob", "-", "bob");
	EXPECT("join", ", ", "a, c", "a", NULL, "c");
	EXPECT("join", "\\", NONE, "", NULL);
}

static void test_key_value(void)
{
	const char *classic = "NewEngineState=Available\n\tHostName=ConsoleHost\r\n"
			      "\tHostApplication=powershell -x a=b\r\n\tHostId=\r\n";
	const char *module =
		"        Severity = Informational\r\n        Host Name = ConsoleHost\r\n";

	EXPECT("key-value", "HostApplication", "powershell -x a=b", classic);
	EXPECT("key-value", "hostname", "ConsoleHost", classic);
	EXPECT("key-value", "HostId", "", classic);
	EXPECT("key-value", "NewEngineState", "Available", NULL, classic);
	EXPECT("key-value", "Host Name", "ConsoleHost", module);
	EXPECT("key-value", "Nothing|Host Name", "ConsoleHost", module);
	EXPECT("key-value", "Host", NONE, classic);
	EXPECT("key-value", "HostId", NONE, "HostId");
	EXPECT("key-value", "HostId", NONE, "");
	EXPECT("key-value", "HostId", NONE, NULL);
}

static void test_lookup(void)
{
	EXPECT("lookup", "6=tcp|17=udp", "tcp", "6");
	EXPECT("lookup", "6=tcp|17=udp", "udp", "17");
	EXPECT("lookup", "6=tcp|17=udp", NONE, "1");
	EXPECT("lookup", "6=tcp|*", "1", "1");
	EXPECT("lookup", "6=tcp|*", NONE, "");
	EXPECT("lookup", "%%14593=true|%%14592=false", "false", "%%14592");
	EXPECT("lookup", "a=|b=x", "", "A");
	EXPECT("lookup", "6=tcp", NONE, NULL);
}

static void test_registry_details(void)
{
	EXPECT("registry-details", "", "DWORD (0x00000001)", "%%1876", "1");
	EXPECT("registry-details", "", "DWORD (0x000000ff)", "%%1876", "0xff");
	EXPECT("registry-details", "", "QWORD (0x00000001-0x00000002)", "%%1883", "0x100000002");
	EXPECT("registry-details", "", "Binary Data", "%%1875", "00 01");
	EXPECT("registry-details", "", "cmd.exe", "%%1873", "cmd.exe");
	EXPECT("registry-details", "", "(Empty)", "%%1873", "");
	EXPECT("registry-details", "", "(Empty)", "%%1873", "-");
	EXPECT("registry-details", "", "many", "%%1876", "many");
	EXPECT("registry-details", "", "x", NULL, "x");
	EXPECT("registry-details", "", NONE, NULL, NULL);
}

static void test_path_part(void)
{
	EXPECT("path-part", "name", "cmd.exe", "C:\\Windows\\cmd.exe");
	EXPECT("path-part", "folder", "C:\\Windows", "C:\\Windows\\cmd.exe");
	EXPECT("path-part", "name", "id", "/id");
	EXPECT("path-part", "folder", "/", "/id");
	EXPECT("path-part", "name", "id", "id");
	EXPECT("path-part", "folder", NONE, "id");
	EXPECT("path-part", "name", NONE, "/usr/");
	EXPECT("path-part", "name", NONE, "-", NULL);
}

static void test_registry_hive(void)
{
	EXPECT("registry-hive", "", "HKEY_LOCAL_MACHINE\\a", "hklm\\a");
	EXPECT("registry-hive", "", "HKEY_USERS\\S-1", "\\REGISTRY\\USER\\S-1");
	EXPECT("registry-hive", "", "a", "a");
	EXPECT("registry-hive", "", NONE, "-");
}

static void test_registry_path(void)
{
	EXPECT("registry-path", "", "HKLM\\SOFTWARE\\X\\v", "\\REGISTRY\\MACHINE\\SOFTWARE\\X",
		"v");
	EXPECT("registry-path", "", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\a\\Start",
		"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\a", "Start");
	EXPECT("registry-path", "", "HKLM\\system\\CurrentControlSet",
		"\\registry\\machine\\system\\controlset002");
	EXPECT("registry-path", "", "HKLM\\SYSTEM\\ControlSetX",
		"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSetX");
	EXPECT("registry-path", "", "HKU\\S-1-5-21-1\\Software\\r",
		"\\REGISTRY\\USER\\S-1-5-21-1\\Software", "r");
	EXPECT("registry-path", "", "HKLM", "\\REGISTRY\\MACHINE", "-");
	EXPECT("registry-path", "", "\\REGISTRY\\MACHINERY\\a", "\\REGISTRY\\MACHINERY\\a");
	EXPECT("registry-path", "", "HKLM\\X\\v", "HKLM\\X", "v");
	EXPECT("registry-path", "", NONE, "-", "v");
	EXPECT("registry-path", "", NONE, NULL, "v");
}

static void test_texts(void)
{
	EXPECT("between", "query: | IN ", "a.org", "client 10.0.0.1#53: query: a.org IN A +");
	EXPECT("between", "QUERY[A] | from", "a.org", "x", "query[a] a.org from 10.0.0.1");
	EXPECT("between", "|: ", "/tmp/x", "/tmp/x: Eicar FOUND");
	EXPECT("between", "/logs/|", "activity", "projects/p/logs/activity");
	EXPECT("between", "query: | IN ", NONE, "query: a.org");
	EXPECT("between", "a|b", NONE, "ab", NULL);
	EXPECT("between", "no bar", NONE, "no bar");
	EXPECT("each", "", "a\nc", "a", "-", "", "c");
	EXPECT("each", "", NONE, "-", NULL);
	EXPECT("item", "1", "a", "a\nb");
	EXPECT("item", "3", "", "a\nb\n");
	EXPECT("item", "3", NONE, "a\nb");
	EXPECT("item", "0", NONE, "a");
	EXPECT("item", "x", NONE, "a");
	EXPECT("item", "1", NONE, NULL);
	EXPECT("one-line", "", "ls -l /", "ls\n-l\n/");
	EXPECT("one-line", ", ", "ls, -l", "ls\n-l");
	EXPECT("one-line", "", NONE, NULL);
	EXPECT("pair", "action", "Add",
		"date=1 xaction=no ACTION=\"Add\" cfgpath=\"system.admin\"");
	EXPECT("pair", "USER", "#-1", "bob : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/bin/sh");
	EXPECT("pair", "c", "open", "a=1,c=\"open");
	EXPECT("pair", "c", NONE, "c=");
	EXPECT("pair", "c", NONE, "c", "abc=1", NULL);
}

static void test_web(void)
{
	static const char url[] = "https://eve@example.org:8443/a/b.exe?x=1#top";

	EXPECT("path-and-query", "", "/a?x=1\nx=1", "/a", "x=1");
	EXPECT("path-and-query", "", "/a?x=1\n?x=1", "/a", "?x=1");
	EXPECT("path-and-query", "", "/a", "/a", "-");
	EXPECT("path-and-query", "", "x=1", NULL, "x=1");
	EXPECT("path-and-query", "", NONE, "-", NULL);
	EXPECT("unplus", "", "a+b+c\na b c", "a+b+c");
	EXPECT("unplus", "", "a b", "a b");
	EXPECT("unplus", "", NONE, "-");
	EXPECT("url", "", "https://h/a?x=1", "https", "h", "/a", "x=1");
	EXPECT("url", "http", "http://h/a", NULL, "h", "/a");
	EXPECT("url", "", "h/a", "-", "h", "/a", "-");
	EXPECT("url", "http", "http://h/*", NULL, "h", "*");
	EXPECT("url", "http", "http://h", NULL, "h", NULL, NULL);
	EXPECT("url", "http", "http://g/a", NULL, "h", "http://g/a");
	EXPECT("url", "http", "h:443", NULL, "h", "h:443");
	EXPECT("url", "http", "/a", NULL, "-", "/a");
	EXPECT("url", "http", NONE, "http", NULL, "-");
	EXPECT("url-part", "scheme", "https", url);
	EXPECT("url-part", "host", "example.org", url);
	EXPECT("url-part", "port", "8443", url);
	EXPECT("url-part", "path", "/a/b.exe", url);
	EXPECT("url-part", "query", "x=1", url);
	EXPECT("url-part", "request", "/a/b.exe?x=1", url);
	EXPECT("url-part", "extension", "exe", url);
	EXPECT("url-part", "extension", NONE, "https://example.org/a.b/c");
	EXPECT("url-part", "host", "[::1]", "http://[::1]:80/");
	EXPECT("url-part", "port", "80", "http://[::1]:80/");
	EXPECT("url-part", "host", "example.org", "example.org:443");
	EXPECT("url-part", "host", NONE, "/a:b?u=http://h/");
	EXPECT("url-part", "path", "/a", "-", "/a?u=http://h/");
	EXPECT("url-part", "host", NONE, "http://", "");
	EXPECT("url-part", "colour", NONE, url);
}

static void test_registry(void)
{
	for (guint i = 0; analyser_registry[i]; i++) {
		const Analyser *analyser = analyser_registry[i];

		if (i > 0)
			g_assert_cmpstr(analyser_registry[i - 1]->name, <, analyser->name);
		g_assert_true(analyser_find(analyser->name) == analyser);
		g_assert_nonnull(analyser->description);
		g_assert_nonnull(analyser->docs);
		g_assert_cmpuint(analyser->min_inputs, >, 0);
		g_assert_cmpuint(analyser->min_inputs, <=, analyser->max_inputs);
		g_assert_cmpuint(analyser->max_inputs, <=, ANALYSER_MAX_INPUTS);
	}
	g_assert_null(analyser_find("magic"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/analysers/account", test_account);
	g_test_add_func("/analysers/decimal", test_decimal);
	g_test_add_func("/analysers/device-path", test_device_path);
	g_test_add_func("/analysers/first", test_first);
	g_test_add_func("/analysers/hash-part", test_hash_part);
	g_test_add_func("/analysers/host-kind", test_host_kind);
	g_test_add_func("/analysers/path-part", test_path_part);
	g_test_add_func("/analysers/registry-hive", test_registry_hive);
	g_test_add_func("/analysers/integrity-level", test_integrity_level);
	g_test_add_func("/analysers/is-ipv6", test_is_ipv6);
	g_test_add_func("/analysers/join", test_join);
	g_test_add_func("/analysers/key-value", test_key_value);
	g_test_add_func("/analysers/lookup", test_lookup);
	g_test_add_func("/analysers/registry-details", test_registry_details);
	g_test_add_func("/analysers/registry-path", test_registry_path);
	g_test_add_func("/analysers/texts", test_texts);
	g_test_add_func("/analysers/web", test_web);
	g_test_add_func("/analysers/registry", test_registry);
	return g_test_run();
}

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
	EXPECT("phrase", " %2", " -A \"b\"", "Set-X\n-A \"b\"\nc");
	EXPECT("phrase", "%1: 100%% of %2%", "a: 100% of b%", "a\nb");
	EXPECT("phrase", "%3", NONE, "a\nb");
	EXPECT("phrase", "%", "%", "");
	EXPECT("phrase", "%x", NONE, "a");
	EXPECT("phrase", "%1", NONE, NULL);
	EXPECT("message", "1=%1 done.|6=%1 failed.", "a failed.\na\nb", "a\nb", "6");
	EXPECT("message", "1=%1 done.|6=%9", "a\nb", "a\nb", "6");
	EXPECT("message", "1=%1 done.", "a\nb", "a\nb", "7");
	EXPECT("message", "1=%1 done.", "a\nb", "a\nb", NULL);
	EXPECT("message", "1=%1 done.", NONE, NULL, "1");
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

static void test_cmdlet_parameter(void)
{
	const char *set = "-Identity \"a b\" -ExternalUrl \"http://f/<script x=\"y\">\" -Force";

	EXPECT("cmdlet-parameter", "ExternalUrl", "http://f/<script x=\"y\">", set);
	EXPECT("cmdlet-parameter", "externalurl", "http://f/<script x=\"y\">", set);
	EXPECT("cmdlet-parameter", "Identity", "a b", set);
	EXPECT("cmdlet-parameter", "None|Identity", "a b", NULL, set);
	EXPECT("cmdlet-parameter", "Force", "", set);
	EXPECT("cmdlet-parameter", "Url", NONE, set);
	EXPECT("cmdlet-parameter", "External", NONE, set);
	/* Of a list each value is a line, and so are what it makes. */
	EXPECT("cmdlet-parameter", "A", "x\n1", "-A \"x\"\nc -A 1 -B 2");
	EXPECT("cmdlet-parameter", "A", "x.y", "Cmdlet suceeded. Cmdlet B, parameters -A \"x.y\".");
	EXPECT("cmdlet-parameter", "A", "$true", "-A:$true -B");
	/* A value that looks like more parameters hides none of them. */
	EXPECT("cmdlet-parameter", "A", "ok\nbad", "-B \"x\" -A \"ok\" -A \"bad\" -C");
	EXPECT("cmdlet-parameter", "A", "no end", "-A \"no end");
	EXPECT("cmdlet-parameter", "A", "", "-A");
	EXPECT("cmdlet-parameter", "A", NONE, "");
	EXPECT("cmdlet-parameter", "A", NONE, "a -");
}

/* Where each value would reach to the end of the text, not all of them do. */
static void test_cmdlet_parameter_repeated(void)
{
	const Analyser *analyser = analyser_find("cmdlet-parameter");
	g_autoptr(GString) text = g_string_new(NULL), fact = g_string_new(NULL);
	Slice input;

	for (guint i = 0; i < 10000; i++)
		g_string_append(text, " -A \"x");
	input = slice_make(text->str, text->len);
	g_assert_true(analyser->compute(&input, 1, "A", fact));
	g_assert_cmpuint(fact->len, <, 11 * text->len);
}

/* ---- access-token ---- */

static void append_string(GByteArray *token, char tag, const char *text)
{
	guint8 head[2] = { (guint8)tag, (guint8)strlen(text) };

	g_byte_array_append(token, head, 2);
	g_byte_array_append(token, (const guint8 *)text, head[1]);
}

/* A token such as a server makes; of nobody. */
static GByteArray *make_token(void)
{
	static const guint8 version[] = { 'V', 1, 0 }, plain[] = { 'C', 0 },
			    groups[] = { 'G', 2, 0, 0, 0 }, attributes[] = { 7, 0, 0, 0 },
			    end[] = { 'E', 0, 0, 0, 0 };
	GByteArray *token = g_byte_array_new();

	g_byte_array_append(token, version, sizeof(version));
	append_string(token, 'T', "Windows");
	g_byte_array_append(token, plain, sizeof(plain));
	append_string(token, 'A', "Kerberos");
	append_string(token, 'L', "admin@example.org");
	append_string(token, 'U', "S-1-5-21-1-2-3-500");
	g_byte_array_append(token, groups, sizeof(groups));
	g_byte_array_append(token, attributes, sizeof(attributes) - 1);
	append_string(token, 0, "S-1-5-32-544");
	g_byte_array_append(token, attributes, sizeof(attributes) - 1);
	append_string(token, 0, "S-1-5-32-545");
	g_byte_array_append(token, end, sizeof(end));
	return token;
}

static char *token_query(const GByteArray *token, gsize size, const char *behind)
{
	g_autofree char *base64 = g_base64_encode(token->data, size);

	return g_strconcat("?@x.y/powershell/?x-rps-cat=", base64, behind, NULL);
}

static void test_access_token(void)
{
	g_autoptr(GByteArray) token = make_token();
	g_autofree char *query = token_query(token, token->len, "&Email=a%40x.y");
	g_autoptr(GString) escaped = g_string_new(query);

	EXPECT("access-token", "user", "admin@example.org", query);
	EXPECT("access-token", "sid", "S-1-5-21-1-2-3-500", query);
	EXPECT("access-token", "groups", "S-1-5-32-544 S-1-5-32-545", query);
	EXPECT("access-token", "type", "Windows", query);
	EXPECT("access-token", "user", "admin@example.org", "-", query);
	EXPECT("access-token", "colour", NONE, query);
	(void)g_string_replace(escaped, "=&", "%3D&", 0);
	(void)g_string_replace(escaped, "V", "%56", 1);
	EXPECT("access-token", "user", "admin@example.org", escaped->str);
	EXPECT("access-token", "user", NONE, "X-Rps-CAT=");
	EXPECT("access-token", "user", NONE, "X-Rps-CAT=AAAA");
	EXPECT("access-token", "user", NONE, "X-Rps-CAT=%");
	EXPECT("access-token", "user", NONE, "", NULL);
	/* The first that is one counts. */
	g_autofree char *two = g_strconcat("X-Rps-CAT=junk&", query, NULL);

	EXPECT("access-token", "user", "admin@example.org", two);
}

/* What is behind the end of a token, or of its texts, is never looked at. */
static void test_access_token_cut(void)
{
	const Analyser *analyser = analyser_find("access-token");
	static const char *const words[] = { "user", "sid", "groups", "type" };
	g_autoptr(GByteArray) token = make_token();

	for (gsize size = 0; size <= token->len; size++) {
		g_autofree char *query = token_query(token, size, "");
		Slice input = slice_from_text(query);

		for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
			g_autoptr(GString) fact = g_string_new(NULL);

			(void)analyser->compute(&input, 1, words[i], fact);
			g_assert_cmpuint(fact->len, <=, 32);
		}
	}
	for (gsize at = 0; at < token->len; at++) {
		for (guint bit = 0; bit < 8; bit++) {
			g_autoptr(GString) fact = g_string_new(NULL);
			g_autofree char *query = NULL;
			Slice input;

			token->data[at] ^= (guint8)(1u << bit);
			query = token_query(token, token->len, "");
			token->data[at] ^= (guint8)(1u << bit);
			input = slice_from_text(query);
			(void)analyser->compute(&input, 1, "sid", fact);
			g_assert_cmpuint(fact->len, <=, 3 * token->len);
		}
	}
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
	g_test_add_func("/analysers/access-token", test_access_token);
	g_test_add_func("/analysers/access-token-cut", test_access_token_cut);
	g_test_add_func("/analysers/account", test_account);
	g_test_add_func("/analysers/cmdlet-parameter", test_cmdlet_parameter);
	g_test_add_func("/analysers/cmdlet-parameter-repeated", test_cmdlet_parameter_repeated);
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

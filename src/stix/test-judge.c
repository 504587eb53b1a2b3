/* SPDX-License-Identifier: Apache-2.0 */
/* Judging one observation, where the OASIS suites have no case: EXISTS, IPv6, three values, words.
 */
#include "base/limits.h"
#include "base/text.h"
#include "stix/address.h"
#include "stix/test-objects.h"

static const char OBJECTS[] =
	"[{\"type\":\"file\",\"name\":\"a.exe\",\"size\":5,\"hashes\":{\"MD5\":\"aa\"},\"none\":"
	"null,"
	"\"list\":[1,\"x\",2.5],\"empty\":[],\"parent_directory_ref\":\"d\",\"lines\":\"a\\nb\"},"
	"{\"type\":\"file\",\"name\":\"b.exe\",\"size\":7},"
	"{\"type\":\"directory\",\"path\":\"C:\\\\\"},"
	"{\"type\":\"ipv6-addr\",\"value\":\"2001:db8::1\"},"
	"{\"type\":\"ipv6-addr\",\"value\":\"::ffff:198.51.100.7\"},"
	"{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.0/24\"},"
	"{\"type\":\"note\",\"time\":\"2021-03-02T10:00:00.5Z\",\"text\":\"hello\","
	"\"big\":9007199254740993,\"yes\":true}]";

static StixTruth truth_of(const char *text)
{
	const char *at = OBJECTS;
	g_autoptr(TestJson) objects = test_json_read(&at);
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), &error);
	TestObservation observation = { pattern, objects->items, g_ptr_array_new() };
	StixProvider provider = test_observation_provider(&observation);
	StixTruth truth;

	if (!pattern || !stix_pattern_compile(pattern, &error))
		g_error("%s: %s", text, error->message);
	for (guint i = 0; i < objects->items->len; i++) /* the third is called d */
		g_ptr_array_add(observation.names, i == 2 ? (gpointer) "d" : (gpointer) "-");
	truth = stix_part_judge(pattern, 0, &provider, NULL, NULL);
	g_ptr_array_unref(observation.names);
	return truth;
}

static void expect_all(StixTruth truth, const char *const *patterns, guint n)
{
	static const char *const names[] = { "false", "not evaluable", "true" };

	for (guint i = 0; i < n; i++) {
		StixTruth is = truth_of(patterns[i]);

		if (is != truth)
			g_error("%s is %s, not %s", patterns[i], names[is], names[truth]);
	}
}

#define EXPECT(truth, ...)                                                                         \
	do {                                                                                       \
		static const char *const patterns[] = { __VA_ARGS__ };                             \
		expect_all(truth, patterns, G_N_ELEMENTS(patterns));                               \
	} while (0)

static void test_exists(void)
{
	EXPECT(STIX_TRUE, "[EXISTS file:name]", "[EXISTS file:hashes]", "[EXISTS file:hashes.MD5]",
		"[NOT EXISTS file:hashes.'SHA-1']", "[EXISTS file:list[2]]",
		"[NOT EXISTS file:list[3]]", "[NOT EXISTS file:empty[*]]",
		"[EXISTS file:parent_directory_ref.path]",
		"[NOT EXISTS file:parent_directory_ref.name]",
		/* the second file has none */
		"[file:size = 7 AND NOT EXISTS file:hashes]");
	EXPECT(STIX_FALSE, "[EXISTS file:mtime]", "[NOT EXISTS file:name]",
		"[file:size = 5 AND NOT EXISTS file:hashes]",
		"[file:size = 7 AND EXISTS file:list]");
	EXPECT(STIX_UNKNOWN, "[EXISTS process:pid]", "[NOT EXISTS process:pid]");
}

static void test_three_values(void)
{
	EXPECT(STIX_UNKNOWN, "[file:mtime = 'x']", "[file:mtime != 'x']", "[file:mtime NOT = 'x']",
		"[process:pid = 5]", "[file:list[7] = 1]", "[file:list[-1] = 1]",
		"[file:name = 'a.exe' AND file:mtime = 'x']",
		"[file:name = 'none' OR file:mtime = 'x']",
		"[file:mtime = 'x' OR file:mtime = 'y']", "[note:text = t'2021-01-01T00:00:00Z']",
		"[note:text NOT IN (t'2021-01-01T00:00:00Z')]", "[note:text ISSUBSET '10.0.0.0/8']",
		"[file:name = 'a.exe' AND (process:pid = 5 OR file:size = 9)]");
	EXPECT(STIX_FALSE, "[file:name = 'none' AND file:mtime = 'x']",
		"[file:mtime = 'x' AND file:name = 'none' AND process:pid = 5]");
	EXPECT(STIX_TRUE, "[file:name = 'a.exe' OR file:mtime = 'x']",
		"[(file:name = 'none' AND file:mtime = 'x') OR file:size = 5]");
}

static void test_objects(void)
{
	EXPECT(STIX_TRUE, "[file:name = 'a.exe' AND file:size = 5]",
		"[file:name = 'a.exe' OR file:size = 9]",
		/* of different types: of the same observation */
		"[file:name = 'b.exe' AND note:text = 'hello']",
		"[(file:name = 'a.exe' OR file:name = 'none') AND directory:path = 'C:\\\\']",
		"[file:list[*] = 'x' AND file:list[*] = 2.5]", "[file:list[*] NOT IN (1, 2.5)]");
	EXPECT(STIX_FALSE, "[file:name = 'a.exe' AND file:size = 7]",
		"[ipv6-addr:value = '2001:db8::1' AND ipv6-addr:value = '::ffff:198.51.100.7']",
		"[file:none = 'x' AND file:name = 'a.exe']",
		"[file:hashes = 'aa' AND file:size = 5]");
}

static void test_addresses(void)
{
	EXPECT(STIX_TRUE, "[ipv6-addr:value ISSUBSET '2001:db8::/32']",
		"[ipv6-addr:value ISSUBSET '2001:0DB8:0:0:0:0:0:1']",
		"[ipv6-addr:value ISSUBSET '198.51.100.0/24']",
		"[ipv4-addr:value ISSUPERSET '198.51.100.9']",
		"[ipv4-addr:value ISSUBSET '0.0.0.0/0']", "[ipv6-addr:value NOT ISSUBSET '::/1']");
	EXPECT(STIX_FALSE, "[ipv6-addr:value ISSUBSET '2001:db9::/32']",
		"[ipv4-addr:value ISSUPERSET '198.51.0.0/16']", "[ipv4-addr:value ISSUBSET '::/0']",
		"[note:big ISSUBSET '10.0.0.0/8']");
}

static void test_networks(void)
{
	static const char *const bad[] = { "", "/", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/08",
		"1.2", "010.0.0.1", "::1/129", "::1%eth0", "fe80::g", "10.0.0.1/-1", " 10.0.0.1" };
	StixNetwork a, b;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(stix_network_parse(slice_from_text(bad[i]), &a));
	g_assert_true(stix_network_parse(slice_from_text("10.1.0.0/15"), &a));
	g_assert_true(stix_network_parse(slice_from_text("10.0.255.255"), &b));
	g_assert_true(stix_network_contains(&a, &b));
	g_assert_false(stix_network_contains(&b, &a));
	g_assert_true(stix_network_parse(slice_from_text("10.2.0.0"), &b));
	g_assert_false(stix_network_contains(&a, &b));
	g_assert_true(stix_network_parse(slice_from_text("::ffff:10.0.0.0/104"), &b));
	g_assert_cmpuint(b.n_bytes, ==, 4);
	g_assert_cmpuint(b.prefix, ==, 8);
}

static void test_values(void)
{
	EXPECT(STIX_TRUE, "[note:big = 9007199254740993]", "[note:big != 9007199254740992]",
		"[note:time > t'2021-03-02T10:00:00.499999999Z']",
		"[note:time < t'9999-12-31T23:59:59Z']", "[note:time > t'0001-01-01T00:00:00Z']",
		"[file:lines LIKE 'a%b']", "[file:lines LIKE 'a_b']",
		"[note:text LIKE 'h.llo%' OR "
		"note:text LIKE 'h_l%o']",
		"[note:text NOT LIKE 'h.llo']", "[note:yes = true]", "[note:yes != 1]",
		"[note:text MATCHES '^h.*o$']");
	EXPECT(STIX_FALSE, "[note:text LIKE 'h.llo']", "[note:text LIKE 'hell']", "[note:text > 5]",
		"[note:text NOT > 5]", "[note:text IN ()]");
}

static void assert_uncompilable(const char *text, const char *problem)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), NULL);

	g_assert_nonnull(pattern);
	g_assert_false(stix_pattern_compile(pattern, &error));
	g_assert_true(g_str_has_prefix(error->message, problem));
}

static void test_compile(void)
{
	assert_uncompilable("[a:b MATCHES '(?<=x)y']", "RE2 does not take the regular expression");
	assert_uncompilable("[a:b MATCHES '(a)\\\\1']", "RE2 does not take the regular expression");
	assert_uncompilable("[a:b ISSUBSET '1.2']", "\"1.2\" is neither an IP address");
	assert_uncompilable("[a:b MATCHES '((((x{100}){100}){100}){100})']", "RE2 does not take");
}

/* What takes forever with backtracking. */
static void test_linear(void)
{
	EXPECT(STIX_FALSE, "[note:text MATCHES '^(([a-z])+.)+[A-Z]([a-z])+$']",
		"[note:text LIKE '%h%e%l%l%o%h%e%l%l%o%']");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/stix/judge/exists", test_exists);
	g_test_add_func("/stix/judge/three-values", test_three_values);
	g_test_add_func("/stix/judge/objects", test_objects);
	g_test_add_func("/stix/judge/addresses", test_addresses);
	g_test_add_func("/stix/judge/networks", test_networks);
	g_test_add_func("/stix/judge/values", test_values);
	g_test_add_func("/stix/judge/compile", test_compile);
	g_test_add_func("/stix/judge/linear", test_linear);
	return g_test_run();
}

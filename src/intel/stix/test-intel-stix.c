/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "intel/stix/stix.h"
#include "intel/test-claims.h"

#define BUNDLE(objects) "{`type`:`bundle`,`id`:`bundle--1`,`objects`:[" objects "]}"
#define INDICATOR(id, more)                                                                        \
	"{`type`:`indicator`,`spec_version`:`2.1`,`id`:`indicator--" id                            \
	"`,`created`:`2021-07-19T00:00:00Z`,`pattern_type`:`stix`," more "}"
#define HOST(id, host) INDICATOR(id, "`pattern`:`[domain-name:value = '" host "']`")

static void check(const char *text, const char *const *lines)
{
	g_autofree char *claims = claims_of_quoted(&intel_stix, text);

	claims_check(claims, lines);
}

#define CHECK(text, ...) check(text, (const char *const[]){ __VA_ARGS__, NULL })

/* Every way in which objects are handed around. */
static void test_forms(void)
{
	CHECK(BUNDLE(HOST("1", "a.example") "," HOST("2", "b.example")),
		"host a.example line=1 id=indicator--1 from=2021-07-19T00:00:00.0000000Z",
		"host b.example line=1 id=indicator--2");
	CHECK("{`more`:false,`objects`:[" HOST("1", "a.example") "]}", "host a.example");
	CHECK("\n" HOST("1", "a.example"), "host a.example line=2");
	CHECK(HOST("1", "a.example") "\n" HOST("2", "b.example") "\n", "host a.example line=1",
		"host b.example line=2");
	CHECK("[" HOST("1", "a.example") ",\n" BUNDLE(HOST("2", "b.example")) "]",
		"host a.example line=1", "host b.example line=2");
	CHECK("\xEF\xBB\xBF" BUNDLE(HOST("1", "a.example")), "host a.example line=1");
	check("{`type`:`bundle`,`id`:`bundle--1`}", (const char *const[]){ NULL });
	check("", (const char *const[]){ NULL });
}

static void test_utf16(void)
{
	g_autofree char *text = claims_unquote(BUNDLE("\n" HOST("1", "a.example")));

	for (guint form = 0; form < 4; form++) { /* big or little, with a mark or without */
		g_autoptr(GString) wide = g_string_new(NULL);
		g_autofree char *claims = NULL;
		gboolean is_big = form % 2, has_mark = form / 2;

		if (has_mark)
			g_string_append(wide, is_big ? "\xFE\xFF" : "\xFF\xFE");
		for (const char *c = text; *c; c++) {
			g_string_append_c(wide, is_big ? '\0' : *c);
			g_string_append_c(wide, is_big ? *c : '\0');
		}
		claims = claims_of(&intel_stix, slice_make(wide->str, wide->len), "x");
		claims_check(claims, (const char *const[]){ "host a.example line=2", NULL });
		g_assert_cmpuint(intel_stix.probe(slice_make(wide->str, wide->len), "x"), ==, 95);
	}
}

/* Object paths, and names of hashes however they are written. */
static void test_kinds(void)
{
	static const struct {
		const char *pattern, *claim;
	} cases[] = {
		{ "[ipv4-addr:value = '192.0.2.1']", "address 192.0.2.1 " },
		{ "[ipv4-addr:value = '192.0.2.0/24']", "network 192.0.2.0/24 " },
		{ "[ipv6-addr:value = '2001:db8::1']", "address 2001:db8::1 " },
		{ "[url:value = 'http://a.example/x?y=1']", "url http://a.example/x?y=1 " },
		{ "[email-addr:value = 'x@a.example']", "email x@a.example " },
		{ "[email-message:from_ref.value = 'x@a.example']", "email x@a.example " },
		{ "[file:name = 'mt.exe']", "file-name mt.exe " },
		{ "[file:name = 'C:\\\\\\\\x\\\\\\\\mt.exe']", "file-path C:\\x\\mt.exe " },
		{ "[file:name = '\\\\\\\\\\\\\\\\.\\\\\\\\pipe\\\\\\\\x']",
			"pipe \\\\.\\pipe\\x " },
		{ "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", "md5 d41d8c" },
		{ "[file:hashes.'MD5' = 'd41d8cd98f00b204e9800998ecf8427e']", "md5 d41d8c" },
		{ "[file:hashes.md5 = 'd41d8cd98f00b204e9800998ecf8427e']", "md5 d41d8c" },
		{ "[file:hashes.'SHA-1' = 'x']", "sha1 x " },
		{ "[file:hashes.SHA1 = 'x']", "sha1 x " },
		{ "[file:hashes.'SHA-256' = 'x']", "sha256 x " },
		{ "[file:hashes.'sha256' = 'x']", "sha256 x " },
		{ "[file:hashes.SHA_256 = 'x']", "sha256 x " },
		{ "[artifact:hashes.'SHA-256' = 'x']", "sha256 x " },
		{ "[file:extensions.'windows-pebinary-ext'.imphash = 'x']", "imphash x " },
		{ "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\\\\\A']",
			"registry-key HKEY_LOCAL_MACHINE\\A " },
		{ "[mutex:name = 'm']", "mutex m " },
		{ "[network-traffic:dst_ref.value = '192.0.2.1']", "any 192.0.2.1 " },
		{ "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = "
		  "'u']",
			"user-agent u " },
		{ "[process:name = 'x']", "stix-pattern [process:name = 'x'] " },
		{ "[file:name = 'a.aspx' AND file:parent_directory_ref.path = 'C:\\\\\\\\x']",
			"file-path C:\\x\\a.aspx " },
		{ "[file:name = 'a' AND file:size = 5]",
			"stix-pattern [file:name = 'a' AND file:size = 5] " },
		{ "[domain-name:value = 'a.example'] FOLLOWEDBY [file:name = 'a']",
			"stix-pattern [domain-name:value = 'a.example'] FOLLOWEDBY" },
		{ "[domain-name:value LIKE '%.example']", "stix-pattern [domain-name:value LIKE" },
		{ "[file:hashes.'SHA-512' = 'x']",
			"note unsupported line=1 x: no evidence has this hash" },
		{ "[domain-name:value = 'a.example'", "note rejected line=1 [domain-name:value" },
		{ "", "note rejected line=1 indicator--1: is an indicator without pattern" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			g_strdup_printf("{`type`:`indicator`,`id`:`indicator--1`,`pattern`:`%s`}",
				cases[i].pattern);

		CHECK(text, cases[i].claim);
	}
}

/* Alternatives are indicators each, unless one of them can not be. */
static void test_alternatives(void)
{
	CHECK(INDICATOR("1",
		      "`pattern`:`[file:hashes.MD5 = 'a' OR file:hashes.'SHA-512' = 'b' OR "
		      "file:name IN ('c', 'd')] OR [url:value = 'e']`"),
		"md5 a line=1 id=indicator--1", "note unsupported line=1 b", "file-name c",
		"file-name d", "url e");
	CHECK(INDICATOR("1", "`pattern`:`[file:name = 'c' OR process:name = 'd']`"),
		"stix-pattern [file:name = 'c' OR process:name = 'd']");
}

/* What other objects say of an indicator, wherever they stand. */
static void test_context(void)
{
	static const char text[] =
		BUNDLE("{`type`:`relationship`,`id`:`relationship--1`,`relationship_"
		       "type`:"
		       "`indicates`,`source_ref`:`indicator--1`,`target_ref`:`malware--"
		       "1`},"
		       "{`type`:`relationship`,`id`:`relationship--2`,`relationship_"
		       "type`:"
		       "`indicates`,`source_ref`:`indicator--1`,`target_ref`:`attack-"
		       "pattern--1`},"
		       "{`type`:`relationship`,`id`:`relationship--3`,`relationship_"
		       "type`:"
		       "`derived-from`,`source_ref`:`indicator--1`,`target_ref`:`tool--"
		       "1`}," INDICATOR("1",
			       "`name`:`C2 host`,`description`:`d\\nd`,`confidence`:85,"
			       "`created_by_ref`:`identity--1`,`valid_from`:`2021-01-02T03:"
			       "04:05Z`,"
			       "`valid_until`:`2022-01-01T00:00:00Z`,`indicator_types`:["
			       "`malicious-"
			       "activity`],`labels`:[`attack.g0065`],`kill_chain_phases`:[{`kill_"
			       "chain_name`:`mitre-"
			       "attack`,"
			       "`phase_name`:`command-and-control`}],`object_marking_refs`:["
			       "`marking-"
			       "definition--613f2e26-407d-48c7-9eca-b8e91df99dc9`],`external_"
			       "references`:"
			       "[{`source_name`:`cve`,`external_id`:`CVE-2021-26855`},{"
			       "`source_name`:"
			       "`x`,`url`:`https://a.example/1`}],`pattern`:`[url:value = "
			       "'x']`") ",{`type`:`malware`,`id`:`malware--1`,`name`:"
					"`HOMEFRY`,`external_"
					"references`:[{`source_name`:`mitre-attack`,"
					"`external_id`:`S0232`,`url`:"
					"`https://a.example/s`}]},"
					"{`type`:`attack-pattern`,`id`:`attack-pattern--"
					"1`,`name`:`n`,"
					"`external_references`:[{`source_name`:`capec`,"
					"`external_id`:`CAPEC-1`},"
					"{`source_name`:`mitre-attack`,`external_id`:"
					"`T1003.001`}]},"
					"{`type`:`tool`,`id`:`tool--1`,`name`:`not "
					"indicated`},"
					"{`type`:`identity`,`id`:`identity--1`,`name`:"
					"`CISA`},"
					"{`type`:`report`,`id`:`report--1`,`name`:"
					"`AA21-200A`,`object_refs`:["
					"`malware--1`,`indicator--1`],`external_references`:"
					"[{`source_name`:`y`,"
					"`url`:`https://a.example/2`}]}");

	CHECK(text, "name AA21-200A",
		"url x line=1 id=indicator--1 source=AA21-200A (CISA) title=C2 host (HOMEFRY) "
		"description=d\\nd\\nTLP:WHITE reference=https://a.example/1\\nhttps://a.example/2 "
		"tags=cve.2021-26855 stix.malicious-activity attack.g0065 "
		"attack.command-and-control "
		"attack.s0232 "
		"attack.t1003.001 tlp.white confidence=85 from=2021-01-02T03:04:05.0000000Z "
		"until=2022-01-01T00:00:00.0000000Z");
	claims_truncate(&intel_stix, text);
}

/* TLP by an object of the bundle: by definition (2.0) or by name (TLP 2.0). */
static void test_markings(void)
{
	CHECK(BUNDLE(INDICATOR("1",
		      "`object_marking_refs`:[`marking-definition--1`,`marking-definition--"
		      "2`,"
		      "`marking-definition--3`],`pattern`:`[url:value = 'x']`") ",{`type`:"
										"`marking-"
										"definition`"
										",`id`:"
										"`marking-"
										"definition--"
										"1`,"
										"`definition"
										"_type`:"
										"`tlp`,"
										"`definition"
										"`:{`tlp`:"
										"`amber`}},"
										"{`type`:"
										"`marking-"
										"definition`"
										",`id`:"
										"`marking-"
										"definition--"
										"2`,"
										"`name`:"
										"`TLP:"
										"GREEN`},{"
										"`type`:"
										"`marking-"
										"definition`"
										",`id`:"
										"`marking-"
										"definition--"
										"3`,"
										"`definition"
										"_type`:"
										"`statement"
										"`,"
										"`definition"
										"`:{"
										"`statement"
										"`:`(c)`}"
										"}"),
		"url x line=1 id=indicator--1 description=TLP:AMBER\\nTLP:GREEN tags=tlp.amber "
		"tlp.green");
}

/* Benign never alerts, revoked and older versions are not told. */
static void test_unused(void)
{
	CHECK(INDICATOR("1", "`indicator_types`:[`benign`],`pattern`:`[url:value = 'x']`"),
		"url x line=1 id=indicator--1 tags=stix.benign from=2021-07-19T00:00:00.0000000Z "
		"silent");
	CHECK(INDICATOR("1", "`labels`:[`benign`],`pattern`:`[url:value = 'x']`"),
		"url x line=1 id=indicator--1 tags=stix.benign from=2021-07-19T00:00:00.0000000Z "
		"silent");
	CHECK(INDICATOR("1", "`revoked`:true,`pattern`:`[url:value = 'x']`"),
		"note rejected line=1 indicator--1: is revoked");
	CHECK(BUNDLE(INDICATOR("1",
		      "`modified`:`2021-08-02T00:00:00Z`,`revoked`:true,"
		      "`pattern`:`[url:value = 'new']`") "," INDICATOR("1",
		      "`modified`:`2021-08-01T00:00:00Z`,`pattern`:`[url:value = 'old']`")),
		"note rejected line=1 indicator--1: is revoked",
		"note duplicate line=1 indicator--1: there is a newer version");
	CHECK(BUNDLE(HOST("1", "a.example") "," HOST("1", "b.example")),
		"note duplicate line=1 indicator--1: this object stands in the file again",
		"host b.example");
}

static void test_languages(void)
{
	CHECK("{`type`:`indicator`,`id`:`indicator--1`,`name`:`n`,`pattern_type`:"
	      "`sigma`,`pattern`:`title: x\\nlogsource: y`}",
		"rule sigma line=1 n: title: x\\nlogsource: y");
	CHECK("{`type`:`indicator`,`id`:`indicator--1`,`pattern_type`:`yara`,"
	      "`pattern`:`rule x { condition: false }`}",
		"rule yara line=1 indicator--1: rule x");
	CHECK("{`type`:`indicator`,`id`:`indicator--1`,`pattern_type`:`suricata`,"
	      "`pattern`:`alert`}",
		"note unsupported line=1 indicator--1: there is no engine for patterns of the type "
		"suricata");
}

/* Wrong types, properties twice, objects that are none: said, and never the end of the rest. */
static void test_odd(void)
{
	CHECK(INDICATOR("1", "`confidence`:`high`,`pattern`:`[url:value = 'x']`"),
		"note suspicious line=1 indicator--1: its confidence", "url x ");
	CHECK(INDICATOR("1", "`confidence`:101,`pattern`:`[url:value = 'x']`"),
		"note suspicious line=1 indicator--1: its confidence", "url x ");
	CHECK(INDICATOR("1",
		      "`valid_from`:`2021-01-01T00:00:00Z`,`valid_until`:"
		      "`2020-01-01T00:00:00Z`,`pattern`:`[url:value = 'x']`"),
		"note suspicious line=1 indicator--1: its valid_until",
		"url x line=1 id=indicator--1 from=2021-01-01T00:00:00.0000000Z");
	CHECK(INDICATOR("1", "`valid_until`:`9999-12-31T23:59:59Z`,`pattern`:`[url:value = 'x']`"),
		"url x line=1 id=indicator--1 from=2021-07-19T00:00:00.0000000Z");
	CHECK(INDICATOR("1", "`pattern`:`[url:value = 'x']`,`pattern`:`[url:value = 'y']`"),
		"note suspicious line=1 indicator--1: a property stands in it more than once",
		"url y");
	CHECK(INDICATOR("1", "`name`:[1],`labels`:`x`,`kill_chain_phases`:{},`pattern`:5"),
		"note rejected line=1 indicator--1: is an indicator without pattern");
	CHECK(INDICATOR("1", "`name`:`a\\u0000b\\ud800`,`pattern`:`[url:value = 'x']`"),
		"url x line=1 id=indicator--1 title=a\357\277\275b\357\277\275 from");
	CHECK(BUNDLE("1,\n`x`,{`id`:`y--1`},[]," HOST("1", "a.example")),
		"note rejected line=1: is no object of STIX",
		"note rejected line=2: is no object of STIX",
		"note rejected line=2 y--1: is an object without type", "host a.example");
	CHECK(BUNDLE("{`type`:`file`,`id`:`file--1`,`name`:`x`},{`type`:`observed-"
		     "data`,`id`:`observed-data--1`,`objects`:{`0`:{`type`:`file`}}},"
		     "{`type`:`x-own`},{`type`:`x-own`},{`type`:`location`}"),
		"note unsupported line=1 file--1: is an observation",
		"note unsupported line=1 observed-data--1: is an observation",
		"note unsupported line=1 x-own: 2 objects of a type that STIX does not have");
}

/* Texts are cut between characters, wherever the limit falls. */
static void test_cut(void)
{
	for (guint shift = 0; shift < 3; shift++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *object = NULL, *foreign = NULL, *claims = NULL, *notes = NULL;

		g_string_append_len(text, "xx", (gssize)shift);
		for (guint i = 0; i < LIMIT_INTEL_TEXT_BYTES; i++)
			g_string_append(text, "\xEF\xBF\xBD");
		object = g_strdup_printf(
			INDICATOR("1", "`name`:`%s`,`pattern`:`[url:value = 'x']`"), text->str);
		foreign = g_strdup_printf("{`type`:`indicator`,`id`:`indicator--1`,`pattern`:`x`,"
					  "`pattern_type`:`%s`}",
			text->str);
		claims = claims_of_quoted(&intel_stix, object); /* the test's collector checks */
		notes = claims_of_quoted(&intel_stix, foreign);
		g_assert_true(g_str_has_prefix(claims, "url x "));
		g_assert_true(g_str_has_prefix(notes, "note unsupported "));
	}
}

/* What is whole before damage counts, and what comes behind it, where its beginning shows. */
static void test_damage(void)
{
	CHECK("{`type`:`bundle`,`objects`:[\n" HOST("1", "a.example") ",\n{`type`:`indi",
		"note rejected line=3 {`type`:`indi: is no JSON: the document ends in the "
		"middle",
		"host a.example line=2");
	CHECK(HOST("1", "a.example") "\n{`type`:`indicator`\n" HOST("2", "b.example"),
		"note rejected line=3 {`type`:`indicator`", "host a.example line=1",
		"host b.example line=3");
	CHECK("{`type`:`bundle`,`objects`:[[[[[[[" HOST("1", "a.example") "]]]]]]]}",
		"note rejected line=1: bundles and lists are nested too deeply");
	CHECK("no JSON at all", "note rejected line=1 no JSON at all: is no JSON");
}

static guint probe(const char *text)
{
	g_autofree char *plain = claims_unquote(text);

	return intel_stix.probe(slice_from_text(plain), "x");
}

static void test_probe(void)
{
	static const struct {
		const char *text;
		guint score;
	} cases[] = {
		{ "{`type`:`bundle`,`objects`:[", 95 },
		{ "{`id`:`x`,`objects`:[{`type`:`a`,`id`:`a--1`}", 90 },
		{ "{`objects`:[]}", 50 },
		{ "[{`type`:`a`,`id`:`a--1`}]", 90 },
		{ "{`type`:`a`,`id`:`b--1`}", 0 },
		{ "{`Event`:{}}", 0 },
		{ "[]", 0 },
		{ "evil.example\n", 0 },
		{ "", 0 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpuint(probe(cases[i].text), ==, cases[i].score);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/stix/forms", test_forms);
	g_test_add_func("/intel/stix/utf16", test_utf16);
	g_test_add_func("/intel/stix/kinds", test_kinds);
	g_test_add_func("/intel/stix/alternatives", test_alternatives);
	g_test_add_func("/intel/stix/context", test_context);
	g_test_add_func("/intel/stix/markings", test_markings);
	g_test_add_func("/intel/stix/unused", test_unused);
	g_test_add_func("/intel/stix/languages", test_languages);
	g_test_add_func("/intel/stix/odd", test_odd);
	g_test_add_func("/intel/stix/cut", test_cut);
	g_test_add_func("/intel/stix/damage", test_damage);
	g_test_add_func("/intel/stix/probe", test_probe);
	return g_test_run();
}

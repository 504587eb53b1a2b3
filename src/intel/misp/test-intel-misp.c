/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/misp/misp.h"
#include "intel/test-claims.h"

#define ATTRIBUTE(type, value, more) "{`type`:`" type "`,`value`:`" value "`,`to_ids`:true" more "}"
#define EVENT(attributes)	     "{`Event`:{`Attribute`:[" attributes "]}}"

static void check(const char *text, const char *const *lines)
{
	g_autofree char *claims = claims_of_quoted(&intel_misp, text);

	claims_check(claims, lines);
}

#define CHECK(text, ...) check(text, (const char *const[]){ __VA_ARGS__, NULL })

static void test_forms(void)
{
	CHECK(EVENT(ATTRIBUTE("domain", "a.example", "")), "host a.example line=1");
	CHECK("{`response`:[" EVENT(ATTRIBUTE("domain", "a.example", "")) ",\n" EVENT(
		      ATTRIBUTE("domain", "b.example", "")) "]}",
		"host a.example line=1", "host b.example line=2");
	CHECK("{`response`:{`Attribute`:[" ATTRIBUTE(
		      "domain", "a.example", ",`Event`:{`info`:`i`}") "]}}",
		"host a.example line=1 source=i title=i");
	CHECK("{`info`:`i`,`Attribute`:[" ATTRIBUTE("domain", "a.example", "") "]}", "name i",
		"host a.example line=1 source=i title=i");
	CHECK("[" EVENT(ATTRIBUTE("domain", "a.example", "")) "]\n" EVENT(
		      ATTRIBUTE("domain", "b.example", "")),
		"host a.example line=1", "host b.example line=2");
	check("{`response`:[]}", (const char *const[]){ NULL });
	CHECK("{`x`:1}", "note rejected line=1: is no event");
}

/* Every type that is not just context. */
static void test_types(void)
{
	static const struct {
		const char *type, *value, *claim;
	} cases[] = {
		{ "md5", "v", "md5 v " },
		{ "sha1", "v", "sha1 v " },
		{ "sha256", "v", "sha256 v " },
		{ "imphash", "v", "imphash v " },
		{ "ja3-fingerprint-md5", "v", "ja3 v " },
		{ "filename", "mt.exe", "file-name mt.exe " },
		{ "filename", "C:/x/mt.exe", "file-path C:/x/mt.exe " },
		{ "email-attachment", "a.doc", "file-name a.doc " },
		{ "ip-src", "192.0.2.1", "address 192.0.2.1 " },
		{ "ip-dst", "192.0.2.0/24", "network 192.0.2.0/24 " },
		{ "hostname", "v", "host v " },
		{ "domain", "v", "host v " },
		{ "onion-address", "v", "host v " },
		{ "url", "v", "url v " },
		{ "uri", "http://a.example/x", "url http://a.example/x " },
		{ "uri", "/x'y",
			"stix-pattern [network-traffic:extensions.'http-request-ext'."
			"request_value = '/x\\'y'] " },
		{ "email-src", "v", "email v " },
		{ "email-dst", "v", "email v " },
		{ "user-agent", "v", "user-agent v " },
		{ "regkey", "HKLM/x", "registry-key HKLM/x " },
		{ "mutex", "v", "mutex v " },
		{ "named pipe", "v", "pipe v " },
		{ "stix2-pattern", "[url:value = 'v']", "url v " },
		{ "email-subject", "v", "stix-pattern [email-message:subject = 'v'] " },
		{ "yara", "rule x", "rule yara line=1 t: rule x" },
		{ "sigma", "title: x", "rule sigma line=1 t: title: x" },
		{ "regkey|value", "HKLM/x|y",
			"stix-pattern [windows-registry-key:key = 'HKLM/x' AND "
			"windows-registry-key:values[*].data = 'y'] " },
		{ "ip-dst|port", "192.0.2.1|443",
			"address 192.0.2.1 line=1 title=t description=port 443" },
		{ "ip-src|port", "192.0.2.1:443",
			"address 192.0.2.1 line=1 title=t description=port 443" },
		{ "hostname|port", "v|1", "host v " },
		{ "domain|ip", "v", "note rejected line=1 v: is of a type with two parts" },
		{ "btc", "v", "note unsupported line=1 v: nothing looks for the type btc" },
		{ "sha512", "v", "note unsupported line=1 v: nothing looks for the type sha512" },
		{ "no such type", "v", "note unsupported line=1 v: nothing looks for" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			g_strdup_printf(EVENT("{`type`:`%s`,`value`:`%s`,`to_ids`:true,"
					      "`comment`:`t`}"),
				cases[i].type, cases[i].value);

		CHECK(text, cases[i].claim);
	}
}

/* A name beside a hash is told, but says little by itself. */
static void test_composites(void)
{
	CHECK(EVENT(ATTRIBUTE("filename|md5", "a|b.exe|m", "")),
		"file-name a|b.exe line=1 confidence=25", "md5 m line=1");
	CHECK(EVENT(ATTRIBUTE("filename|sha256", "b.exe|m", "")), "file-name b.exe", "sha256 m");
	CHECK(EVENT(ATTRIBUTE("filename|imphash", "b.exe|m", "")), "file-name b.exe", "imphash m");
	CHECK(EVENT(ATTRIBUTE("malware-sample", "b.exe|m", ",`data`:`AAAA`")), "file-name b.exe",
		"md5 m");
	CHECK(EVENT(ATTRIBUTE("filename|tlsh", "b.exe|m", "")), "file-name b.exe",
		"note unsupported line=1 m: nothing looks for the type tlsh");
	CHECK(EVENT(ATTRIBUTE("domain|ip", "a.example|192.0.2.1", "")), "host a.example line=1",
		"address 192.0.2.1 line=1");
}

/* Names of types are cut between characters. */
static void test_long_type(void)
{
	for (guint shift = 0; shift < 3; shift++) {
		g_autoptr(GString) type = g_string_new(NULL);
		g_autofree char *text = NULL;

		g_string_append_len(type, "xx", (gssize)shift);
		for (guint i = 0; i < 100; i++)
			g_string_append(type, "\xEF\xBF\xBD");
		text = g_strdup_printf(EVENT(ATTRIBUTE("%s", "v", "")), type->str);
		CHECK(text, "note unsupported line=1 v: nothing looks for the type ");
	}
}

/* What must not alert is told, and known to be silent; rules that must not are not run. */
static void test_silent(void)
{
	static const char *const values[] = { "false", "0", "`0`", "`false`" };

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *text =
			g_strdup_printf(EVENT("{`type`:`md5`,`value`:`v`,`to_ids`:%s}"), values[i]);
		g_autofree char *claims = claims_of_quoted(&intel_misp, text);

		g_assert_cmpstr(claims, ==, "md5 v line=1 silent\n");
	}
	CHECK(EVENT("{`type`:`md5`,`value`:`v`,`to_ids`:`1`}"), "md5 v line=1");
	CHECK(EVENT("{`type`:`sigma`,`value`:`v`,`to_ids`:false}"),
		"note silent line=1: is a rule that must not alert");
	CHECK(EVENT("{`type`:`text`,`value`:`v`,`to_ids`:false}"),
		"note silent line=1 v: is context, of the type text");
}

static void test_unused(void)
{
	CHECK("{`Event`:{`Attribute`:[" ATTRIBUTE("md5", "a", ",`deleted`:true") "," ATTRIBUTE(
		      "md5", "b", ",`deleted`:`1`") "," ATTRIBUTE("md5", "c",
		      ",`ShadowAttribute`:[" ATTRIBUTE(
			      "md5", "d", "") "]") "],`ShadowAttribute`:[" ATTRIBUTE("md5", "e",
		      "") "],`Object`:[{`name`:`file`,`deleted`:true,"
			  "`Attribute`:[" ATTRIBUTE("md5", "f", "") "]}]}}",
		"note rejected line=1 a: is deleted", "note rejected line=1 b: is deleted",
		"note rejected line=1 d: is a proposal", "md5 c",
		"note rejected line=1 e: is a proposal",
		"note rejected line=1 file: is an object that its author deleted");
}

/* What holds for the event holds for its attributes, wherever it stands; theirs goes first. */
static void test_context(void)
{
	static const char text[] = "{`Event`:{`Attribute`:[" ATTRIBUTE("md5", "a",
		",`uuid`:`u`,`comment`:`HOMEFRY "
		"dumper`,`timestamp`:`1626652800`") "," ATTRIBUTE("md5", "b",
		",`first_seen`:`2021-01-02T03:04:05.000000+00:00`,`last_seen`:`2021-"
		"02-01T00:00:00Z`,"
		"`Tag`:[{`name`:`misp:confidence-level=\\`rarely-confident\\``},{"
		"`name`:"
		"`misp-galaxy:mitre-attack-pattern=\\`OS Credential Dumping - "
		"T1003\\``}]") ","
			       "{`type`:`link`,`value`:`https://a.example/report`,`to_ids`:false}"
			       "],"
			       "`Object`:[{`name`:`file`,`first_seen`:`2020-"
			       "05-01T00:00:00Z`,`timestamp`:"
			       "`1`,`Attribute`:[" ATTRIBUTE(
				       "sha1", "c", "") "]}],"
							"`info`:`APT40 "
							"report`,`date`:`2021-07-19`,"
							"`Orgc`:{`name`:`CERT`},"
							"`Tag`:[{`name`:`tlp:green`},{"
							"`name`:`admiralty-scale:source-"
							"reliability=\\`b\\`"
							"`},{`name`:`admiralty-scale:"
							"information-credibility=\\`3\\``},{"
							"`name`:`misp-galaxy:"
							"threat-actor=\\`Leviathan\\``},{"
							"`name`:`misp-galaxy:mitre-malware="
							"\\`HOMEFRY - "
							"S0232\\``},{`name`:`type:OSINT`}],"
							"`Galaxy`:[{`GalaxyCluster`:[{`tag_"
							"name`:"
							"`misp-galaxy:mitre-intrusion-set="
							"\\`Leviathan - G0065\\``}]}]}}";

	CHECK(text, "name APT40 report",
		"md5 a line=1 id=u source=APT40 report (CERT) title=HOMEFRY dumper (Leviathan, "
		"HOMEFRY) "
		"description=TLP:GREEN reference=https://a.example/report tags=tlp.green "
		"attack.s0232 "
		"attack.g0065 confidence=50 from=2021-07-19T00:00:00.0000000Z",
		"md5 b line=1 source=APT40 report (CERT) title=APT40 report (Leviathan, HOMEFRY) "
		"description=TLP:GREEN reference=https://a.example/report tags=tlp.green "
		"attack.s0232 "
		"attack.g0065 attack.t1003 confidence=25 from=2021-01-02T03:04:05.0000000Z "
		"until=2021-02-01T00:00:00.0000000Z",
		"note silent line=1 https://a.example/report: is context",
		"sha1 c line=1 source=APT40 report (CERT) title=APT40 report (Leviathan, HOMEFRY) "
		"description=TLP:GREEN reference=https://a.example/report tags=tlp.green "
		"attack.s0232 "
		"attack.g0065 confidence=50 from=2020-05-01T00:00:00.0000000Z");
	claims_truncate(&intel_misp, text);
}

/* What holds for one event does not for the next. */
static void test_events_apart(void)
{
	CHECK("{`response`:[{`Event`:{`info`:`one`,`Tag`:[{`name`:`tlp:red`}],"
	      "`Attribute`:[" ATTRIBUTE("md5", "a", "") "]}},{`Event`:{`Attribute`:[" ATTRIBUTE(
		      "md5", "b", "") "]}}]}",
		"name one", "md5 a line=1 source=one title=one description=TLP:RED tags=tlp.red",
		"md5 b line=1");
}

static void test_odd(void)
{
	CHECK(EVENT(ATTRIBUTE("md5", "a", ",`value`:`b`") ",5,`x`,{`type`:`md5`},"
							  "{`value`:[1],`type`:`md5`},{`type`:"
							  "`md5`,`value`:7},"
							  "{`type`:`md5`,`value`:`a\\u0000b`,"
							  "`Tag`:5,`comment`:{},`timestamp`:-1}"),
		"note suspicious line=1 b: a member stands in it more than once", "md5 b",
		"note rejected line=1: is no attribute", "note rejected line=1: is no attribute",
		"note rejected line=1: is no attribute", "note rejected line=1: is no attribute",
		"md5 7", "md5 a\357\277\275b line=1");
	CHECK("{`Event`:{`info`:5,`Orgc`:[],`Tag`:{},`date`:`x`,`Object`:[1,{}],"
	      "`Attribute`:{}}}",
		"name 5");
	CHECK(EVENT("\n" ATTRIBUTE("md5", "a", "") ",\n"
						   "{`type`:`md5`,`va"),
		"md5 a line=2", "note rejected line=3 {`type`:`md5`,`va]}}: is no JSON");
}

static guint probe(const char *text)
{
	g_autofree char *plain = claims_unquote(text);

	return intel_misp.probe(slice_from_text(plain), "x");
}

/* The indexes of a feed are told apart: the hashes of hashes.csv are those of values. */
static void test_feed(void)
{
	const char *hashes =
		"d41d8cd98f00b204e9800998ecf8427e,55f6ea5e-2c60-40e5-964f-47a8950d210f\n";
	const char *manifest = "{`55f6ea5e-2c60-40e5-964f-47a8950d210f`:{`info`:`x`,`Orgc`:{},"
			       "`timestamp`:`1`,`date`:`2021-01-01`}}";

	g_assert_cmpuint(probe(hashes), ==, 95);
	g_assert_cmpuint(probe(manifest), ==, 95);
	CHECK(hashes, "note unsupported line=1 hashes.csv: is the index");
	CHECK(manifest, "note unsupported line=1 manifest.json: is the index");
}

static void test_probe(void)
{
	static const struct {
		const char *text;
		guint score;
	} cases[] = {
		{ "{`Event`:{", 90 },
		{ "{`response`:[{`Event`:{}}]}", 90 },
		{ "{`response`:{`Attribute`:[]}}", 80 },
		{ "[{`Event`:{}}]", 90 },
		{ "{`info`:`x`,`Attribute`:[]}", 80 },
		{ "{`Attribute`:[]}", 0 },
		{ "{`Event`:5}", 0 },
		{ "{`type`:`bundle`,`objects`:[]}", 0 },
		{ "[[[[[[[]]]]]]]", 0 },
		{ "d41d8cd98f00b204e9800998ecf8427e,x\n", 0 },
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
	g_test_add_func("/intel/misp/forms", test_forms);
	g_test_add_func("/intel/misp/types", test_types);
	g_test_add_func("/intel/misp/composites", test_composites);
	g_test_add_func("/intel/misp/long-type", test_long_type);
	g_test_add_func("/intel/misp/silent", test_silent);
	g_test_add_func("/intel/misp/unused", test_unused);
	g_test_add_func("/intel/misp/context", test_context);
	g_test_add_func("/intel/misp/events-apart", test_events_apart);
	g_test_add_func("/intel/misp/odd", test_odd);
	g_test_add_func("/intel/misp/feed", test_feed);
	g_test_add_func("/intel/misp/probe", test_probe);
	return g_test_run();
}

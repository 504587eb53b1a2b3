/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/openioc/openioc.h"
#include "intel/test-claims.h"

#define IOC(criteria) "<OpenIOC id=`i`><criteria>" criteria "</criteria></OpenIOC>"
#define OR(children)  "<Indicator operator=`OR` id=`o`>" children "</Indicator>"
#define AND(children) "<Indicator operator=`AND` id=`a`>" children "</Indicator>"
#define ITEM(term, attributes, content)                                                            \
	"<IndicatorItem id=`x` " attributes "><Context document=`d` search=`" term                 \
	"` type=`mir`/><Content type=`string`>" content "</Content></IndicatorItem>"
#define IS(term, content) ITEM(term, "condition=`is`", content)

static void check(const char *text, const char *const *lines)
{
	g_autofree char *claims = claims_of_quoted(&intel_openioc, text);

	claims_check(claims, lines);
}

#define CHECK(text, ...) check(text, (const char *const[]){ __VA_ARGS__, NULL })

/* Both versions, with all that is said of the whole document. */
static void test_versions(void)
{
	static const char old[] =
		"<?xml version=`1.0`?>\n<ioc xmlns=`http://schemas.mandiant.com/2010/ioc` id=`i` "
		"last-modified=`2013-01-02T00:00:00`>\n<short_description>HOMEFRY</"
		"short_description>"
		"<description>A &amp; B</description><authored_by>CERT</authored_by><authored_date>"
		"2012-03-04T05:06:07</authored_date><links><link rel=`r`>https://a.example/</link>"
		"</links><definition>" OR(
			"\n" IS("FileItem/Md5sum", " abc ")) "</definition></ioc>";
	static const char new[] =
		"<o:OpenIOC xmlns:o=`http://openioc.org/schemas/OpenIOC_1.1` id=`i` published-date="
		"`0001-01-01T00:00:00` "
		"last-modified=`2013-01-02T00:00:00Z`><metadata><short_description"
		">t</short_description><links><link rel=`r` "
		"href=`https://a.example/`/></links></metadata>"
		"<criteria>" OR(IS(
			"FileItem/Md5sum", "abc")) "</criteria><parameters><param id=`p` "
						   "ref-id=`x` name=`comment`><value "
						   "type=`string`>why</value></param><param id=`q` "
						   "ref-id=`x` "
						   "name=`confidence`><value>70</value></param></"
						   "parameters></o:OpenIOC>";

	CHECK(old, "name HOMEFRY",
		"md5 abc line=4 id=x source=HOMEFRY (CERT) title=HOMEFRY description=A & B "
		"reference=https://a.example/ from=2012-03-04T05:06:07.0000000Z");
	CHECK(new, "name t",
		"md5 abc line=1 id=x source=t title=t description=why reference=https://a.example/ "
		"confidence=70 from=2013-01-02T00:00:00.0000000Z");
	claims_truncate(&intel_openioc, old);
	claims_truncate(&intel_openioc, new);
}

static void test_plain(void)
{
	static const struct {
		const char *term, *content, *claim;
	} cases[] = {
		{ "FileItem/Md5sum", "v", "md5 v " },
		{ "FileItem/Sha1sum", "v", "sha1 v " },
		{ "FileItem/Sha256sum", "v", "sha256 v " },
		{ "ServiceItem/serviceDLLmd5sum", "v", "md5 v " },
		{ "fileitem/filename", "a.exe", "file-name a.exe " },
		{ "FileItem/FullPath", "C:\\x\\a.exe", "file-path C:\\x\\a.exe " },
		{ "Network/DNS", "a.example", "host a.example " },
		{ "Network/URI", "http://a.example/x", "url http://a.example/x " },
		{ "Network/URI", "/x",
			"stix-pattern [network-traffic:extensions.'http-request-ext'.request_value "
			"MATCHES '(?i)^\\\\/x$'] " },
		{ "Network/UserAgent", "u", "user-agent u " },
		{ "PortItem/remoteIP", "192.0.2.1", "address 192.0.2.1 " },
		{ "RegistryItem/KeyPath", "HKLM\\x", "registry-key HKLM\\x " },
		{ "ProcessItem/HandleList/Handle/Name", "m", "mutex m " },
		{ "Email/From", "x@a.example", "email x@a.example " },
		{ "ProcessItem/name", "a.exe",
			"stix-pattern [process:image_ref.name MATCHES '(?i)^a\\\\.exe$'] " },
		{ "FileItem/SizeInBytes", "[1 TO 9]",
			"stix-pattern [(file:size >= 1 AND file:size <= 9)] " },
		{ "FileItem/FileExtension", "exe",
			"stix-pattern [file:name MATCHES '(?i)\\\\.exe$'] " },
		{ "HookItem/HookedFunction", "f",
			"note unsupported line=1 HookItem/HookedFunction is f: nothing here "
			"answers" },
		{ "FileItem/SizeInBytes", "many",
			"note unsupported line=1 FileItem/SizeInBytes is many: this condition" },
		{ "FileItem/FileName", "",
			"note unsupported line=1 FileItem/FileName is : this condition" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			g_strdup_printf(IOC(OR(IS("%s", "%s"))), cases[i].term, cases[i].content);

		CHECK(text, cases[i].claim);
	}
}

static void test_conditions(void)
{
	static const struct {
		const char *term, *attributes, *content, *claim;
	} cases[] = {
		{ "FileItem/FileName", "condition=`contains`", "a.b",
			"[file:name MATCHES '(?i)a\\\\.b']" },
		{ "FileItem/FileName", "condition=`contains` preserve-case=`true`", "a'b",
			"[file:name MATCHES 'a\\\\\\'b']" },
		{ "FileItem/FileName", "condition=`starts-with`", "a",
			"[file:name MATCHES '(?i)^a']" },
		{ "FileItem/FileName", "condition=`ends-with`", "a",
			"[file:name MATCHES '(?i)a$']" },
		{ "FileItem/FileName", "condition=`matches`", "a|b",
			"[file:name MATCHES '(?i)a|b']" },
		{ "FileItem/SizeInBytes", "condition=`greater-than`", "5", "[file:size > 5]" },
		{ "FileItem/SizeInBytes", "condition=`less-than`", "5", "[file:size < 5]" },
	};
	static const struct {
		const char *attributes, *claim;
	} paths[] = {
		{ "condition=`contains`", "file-pattern (?i)\\\\x\\\\a\\.exe " },
		{ "condition=`ends-with` preserve-case=`true`", "file-pattern \\\\x\\\\a\\.exe$ " },
		{ "condition=`starts-with`", "file-pattern (?i)^\\\\x\\\\a\\.exe " },
		{ "condition=`matches`", "file-pattern (?i)\\x\\a.exe " },
		{ "condition=`greater-than`",
			"note unsupported line=1 FileItem/FullPath greater-than" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(IOC(OR(ITEM("%s", "%s", "%s"))),
			cases[i].attributes, cases[i].term, cases[i].content);
		g_autofree char *claim = g_strdup_printf("stix-pattern %s ", cases[i].claim);

		CHECK(text, claim);
	}
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *text =
			g_strdup_printf(IOC(OR(ITEM("FileItem/FullPath", "%s", "\\x\\a.exe"))),
				paths[i].attributes);

		CHECK(text, paths[i].claim);
	}
}

/* An alternative that can not be answered costs itself, a part of an AND costs the AND. */
static void test_trees(void)
{
	CHECK(IOC(OR(IS("FileItem/Md5sum", "a") OR(IS("Network/DNS", "b"))
			      AND(IS("Network/DNS", "c")) IS("No/Such", "d"))),
		"md5 a", "host b", "host c", "note unsupported line=1 No/Such is d");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "A")
			      ITEM("FileItem/SizeInBytes", "condition=`greater-than`", "5"))),
		"stix-pattern [(file:hashes.MD5 = 'a' AND file:size > 5)] line=1 id=a");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a") IS("Network/DNS", "b")
			      IS("FileItem/Sha1sum", "c"))),
		"stix-pattern ([(file:hashes.MD5 = 'a' AND file:hashes.'SHA-1' = 'c')] AND "
		"[domain-name:value MATCHES '(?i)^b$']) ");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a") OR(
		      IS("FileItem/Md5sum", "b") IS("No/Such", "x") IS("FileItem/Md5sum", "c")))),
		"note unsupported line=1 No/Such is x",
		"stix-pattern [(file:hashes.MD5 = 'a' AND (file:hashes.MD5 = 'b' OR "
		"file:hashes.MD5 = 'c'))] ");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a")
			      OR(IS("FileItem/Md5sum", "b") IS("Network/DNS", "c")))),
		"stix-pattern ([file:hashes.MD5 = 'a'] AND ([file:hashes.MD5 = 'b'] OR "
		"[domain-name:value MATCHES '(?i)^c$'])) ");
	CHECK(IOC(OR(AND(IS("FileItem/Md5sum", "a") IS("No/Such", "x"))
			      IS("FileItem/Md5sum", "b"))),
		"note unsupported line=1 No/Such is x", "md5 b");
	CHECK(IOC(AND(IS("FileItem/FullPath", "C:\\x\\a.exe")
			      ITEM("FileItem/SizeInBytes", "condition=`is`", "5"))),
		"stix-pattern [((file:name MATCHES '(?i)^a\\\\.exe$' AND "
		"file:parent_directory_ref.path "
		"MATCHES '(?i)^C\\\\:\\\\\\\\x$') AND file:size = 5)] ");
	CHECK(IOC(""), "note rejected line=1 i: has no indicators");
	CHECK(IOC(AND("") OR("")), NULL);
}

/* What is negated is asked together with what is there, never alone. */
static void test_negation(void)
{
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a") ITEM("FileItem/FileName",
		      "condition=`is` negate=`true` preserve-case=`true`", "b"))),
		"stix-pattern [(file:hashes.MD5 = 'a' AND file:name NOT = 'b')] ");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a")
			      ITEM("FileItem/FileName", "condition=`containsnot`", "b"))),
		"stix-pattern [(file:hashes.MD5 = 'a' AND file:name NOT MATCHES '(?i)b')] ");
	CHECK(IOC(OR(ITEM("FileItem/FileName", "condition=`isnot`", "b"))),
		"note unsupported line=1 FileItem/FileName not is b: it asks only that something");
	CHECK(IOC(AND(IS("FileItem/Md5sum", "a") ITEM("Network/DNS", "condition=`isnot`", "b"))),
		"note unsupported line=1 AND: it asks that something is not there");
}

static void test_mutex(void)
{
	CHECK(IOC(AND(IS("ProcessItem/HandleList/Handle/Type", "Mutant")
			      IS("ProcessItem/HandleList/Handle/Name", "m"))),
		"mutex m");
	CHECK(IOC(AND(IS("ProcessItem/HandleList/Handle/Type", "Event")
			      IS("ProcessItem/HandleList/Handle/Name", "m"))),
		"note unsupported line=1 ProcessItem/HandleList/Handle/Type is Event");
}

static void test_hostile(void)
{
	g_autoptr(GString) deep = g_string_new("<OpenIOC id=`i`>");

	CHECK("<!DOCTYPE x [<!ENTITY a \"b\">]>" IOC(OR(IS("FileItem/Md5sum", "&a;"))),
		"note rejected line=1: can not be read as XML: declares entities");
	CHECK("<!DOCTYPE x SYSTEM `file:///etc/passwd`>" IOC(OR(IS("FileItem/Md5sum", "a"))),
		"md5 a");
	CHECK(IOC(OR(IS("FileItem/Md5sum", "&lt;a&#65;&unknown;"))),
		"note rejected line=1: can not be read as XML: undefined entity");
	CHECK(IOC(OR(IS("FileItem/Md5sum", "a"))) "\n<OpenIOC>", "md5 a",
		"note rejected line=2: can not be read as XML");
	CHECK("<OpenIOC><Content>x</Content><value>y</value><Indicator><IndicatorItem><Indicator/>"
	      "</IndicatorItem></Indicator></OpenIOC>",
		"note unsupported line=1   : nothing here answers this term");
	for (guint i = 0; i < 1000; i++)
		g_string_append(deep, "<Indicator>");
	CHECK(deep->str,
		"note rejected line=1: can not be read as XML: has elements nested deeper");
	CHECK("", "note rejected line=1: can not be read as XML: no element found");
	CHECK("<?xml version=`1.0` encoding=`utf-16`?>" IOC(IS("FileItem/Md5sum", "\303\251")),
		"md5 \303\251"); /* decoded already */
}

static guint probe(const char *text)
{
	g_autofree char *plain = claims_unquote(text);

	return intel_openioc.probe(slice_from_text(plain), "x.ioc");
}

static void test_probe(void)
{
	g_assert_cmpuint(probe("<?xml version=`1.0`?>\n<!-- x -->\n<OpenIOC id=`"), ==, 95);
	g_assert_cmpuint(probe("\xEF\xBB\xBF<o:OpenIOC>"), ==, 95);
	g_assert_cmpuint(probe("<ioc xmlns=`http://schemas.mandiant.com/2010/ioc`>"), ==, 95);
	g_assert_cmpuint(probe("<ioc>"), ==, 60);
	g_assert_cmpuint(probe("<iocs>"), ==, 0);
	g_assert_cmpuint(probe("<html><ioc>"), ==, 0);
	g_assert_cmpuint(probe("ioc"), ==, 0);
	g_assert_cmpuint(probe("<"), ==, 0);
	g_assert_cmpuint(probe(""), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/openioc/versions", test_versions);
	g_test_add_func("/intel/openioc/plain", test_plain);
	g_test_add_func("/intel/openioc/conditions", test_conditions);
	g_test_add_func("/intel/openioc/trees", test_trees);
	g_test_add_func("/intel/openioc/negation", test_negation);
	g_test_add_func("/intel/openioc/mutex", test_mutex);
	g_test_add_func("/intel/openioc/hostile", test_hostile);
	g_test_add_func("/intel/openioc/probe", test_probe);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define MD5_A "0123456789abcdef0123456789abcdef"
#define MD5_B "1123456789abcdef0123456789abcdef"

#define MISP                                                                                       \
	"uuid,event_id,category,type,value,comment,to_ids,date,object_uuid\n"                      \
	"548847d8-01e0-4231-a739-15bb950d210b,7,Payload,md5,\"" MD5_A                              \
	"\",\"Regin, \"\"samples\"\"\",1,20141210,\n"                                              \
	"548847d8-01e0-4231-a739-15bb950d210c,7,Network,ip-dst,\"192.0.2.1\",\"\",0,20141210,\n"   \
	"548847d8-01e0-4231-a739-15bb950d210d,7,Artifacts,regkey,\"HKLM\\System\\x\\\",\"\",1,"    \
	"20141210,\n"                                                                              \
	"548847d8-01e0-4231-a739-15bb950d210e,7,Payload,filename|md5,\"evil.exe|" MD5_B            \
	"\",\"two\nlines\",1,20141210,\n"                                                          \
	"548847d8-01e0-4231-a739-15bb950d210f,7,Other,ssdeep,\"3::\",\"\",1,20141210,\n"           \
	"548847d8-01e0-4231-a739-15bb950d2110,7,Network,ip-dst|port,\"192.0.2.9|443\",,1,"         \
	"20141210,\n"

static void test_misp(void)
{
	g_autoptr(Import) import = import_text("event.csv", MISP);

	g_assert_cmpstr(import->format, ==, "csv");
	import_expect(import->indicators, "md5 " MD5_A " @2 \"Regin, \"samples\"\"");
	import_expect(import->indicators, "address 192.0.2.1 @3 silent");
	import_expect(import->indicators, "registry-key HKLM\\System\\x @4");
	import_expect(import->indicators, "md5 " MD5_B " @5 \"two\nlines - evil.exe\"");
	import_expect(import->notes, "silent @3");
	import_expect(import->notes, "unsupported @7 3::: is of the type \"ssdeep\"");
	import_expect(import->indicators, "address 192.0.2.9 @8");
	g_assert_cmpuint(import->accepted, ==, 4);
}

/* CERT-FR's table: the column that is named for values is misspelt and empty. */
static void test_trap_5_empty_column(void)
{
	static const char text[] =
		"event.uuid,event.date,event.metadata,signature.type,siganture.value,"
		"signature_component.type,signature_component.value,signature.value\n"
		"60f6ea57-5534-4866-9677-44650abe1822,2021-07-20,\"a=\"\"b\"\", "
		"c=\"\"d\"\"\",ip-dst,,"
		"ip-dst,192.0.2.1,\n"
		"60f6ea57-5534-4866-9677-44650abe1822,2021-07-20,\"a=\"\"b\"\", "
		"c=\"\"d\"\"\",ip-dst,,"
		"ip-dst,192.0.2.2,\n";
	g_autoptr(Import) import = import_text("x.csv", text);

	import_expect(import->indicators, "address 192.0.2.1 @2");
	import_expect(import->indicators, "address 192.0.2.2 @3");
	g_assert_cmpuint(import->accepted, ==, 2);
	g_assert_cmpuint(import->notes->len, ==, 0);
}

/* MSTIC's table: paths that occur twice, with drive and folder of the installation. */
static void test_trap_6_paths_twice(void)
{
	static const char text[] =
		"DateAdded,FirstSeen,Indicator,IndicatorType,TLP\r\n"
		"2021-03-10,2021-03-05T10:07:29.0421232Z,"
		"8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf7dfc,sha256,White\r\n"
		"2021-03-09,,C:\\inetpub\\wwwroot\\aspnet_client\\shell.aspx,filepath,White\r\n"
		"2021-03-09,,C:\\inetpub\\wwwroot\\aspnet_client\\Shell.aspx,filepath,White\r\n";
	g_autoptr(Import) import = import_text("x.csv", text);

	import_expect(import->indicators,
		"sha256 8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf7dfc @2");
	import_expect(
		import->indicators, "file-path inetpub\\wwwroot\\aspnet_client\\shell.aspx @3");
	import_expect(import->notes, "duplicate @4");
	g_assert_cmpuint(import->accepted, ==, 2);
}

/* The tables of facts: tabs, a heading that is a comment, sources of rows, scores in types. */
static void test_facts(void)
{
	static const char text[] =
		"# type\tvalue\tnote\tsource\n"
		"domain\tbad.example\tlookalike: of \"some\" bank\tone list\n"
		"ip_port\t192.0.2.1:5000\t\tanother\n"
		"url\twww.bad.example/x/\t\tone list\n"
		"path_regex(score 40)\t:\\\\ProgramData\\\\[\\w]{1,6}\\.(zip|7z)$\t\tone list\n"
		"http_request\tPOST /ecp/y.js\t\tone list\n"
		"url_name\t/owa/auth/x.aspx\t\tone list\n"
		"c2_server\tworse.example\t\tone list\n"
		"user_agent\tantSword/v2.1\t\tone list\n";
	g_autoptr(Import) import = import_text("x.tsv", text);

	import_expect(import->indicators,
		"host bad.example @2 \"lookalike: of \"some\" bank\" <one list>");
	import_expect(import->indicators, "address 192.0.2.1 @3 <another>");
	import_expect(import->indicators, "url http://www.bad.example/x/ @4");
	import_expect(import->indicators,
		"file-pattern :\\\\ProgramData\\\\[\\w]{1,6}\\.(zip|7z)$ @5 40%");
	import_expect(import->notes, "unsupported @6 POST /ecp/y.js: is of the type");
	import_expect(import->indicators, "file-path owa\\auth\\x.aspx @7");
	import_expect(import->indicators, "host worse.example @8");
	import_expect(import->indicators, "user-agent antSword/v2.1 @9");
	g_assert_cmpuint(import->notes->len, ==, 1);
}

static void test_separators(void)
{
	static const char *const texts[] = { "ip;malware\n192.0.2.1;x\n192.0.2.2;y\n",
		"ip|malware\n192.0.2.1|x\n192.0.2.2|y\n", "ip,malware\n192.0.2.1,x\n192.0.2.2,y\n",
		"\"ip\",\"malware\"\r\n\"192.0.2.1\",\"x\"\r\n\r\n\"192.0.2.2\" , \"y\"\r\n",
		"# x\n# \"ip\", \"malware\"\n\"192.0.2.1\", \"x\"\n\"192.0.2.2\", \"y\"\n" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Import) import = import_text("x", texts[i]);

		g_assert_cmpstr(import->format, ==, "csv");
		g_assert_cmpuint(import->accepted, ==, 2);
		g_assert_cmpuint(import->notes->len, ==, 0);
		g_assert_nonnull(strstr(g_ptr_array_index(import->indicators, 1), "\"y\""));
	}
}

/* No heading: the column that holds indicators is the one. */
static void test_by_contents(void)
{
	g_autoptr(Import) import = import_text("x.csv",
		"5/11/2020 1:38:47 "
		"PM,76888b745714b1d0db8cd883eaac756c560b052462cae240c3917c441c07d611,"
		"sha256,white,Malware\n"
		"5/11/2020 9:22:53 "
		"AM,bbb0f2855d1444cae835700f58acb51b6a6fd2f48046e94850982753cb4a7268,"
		"sha256,white,Malware\n");

	g_assert_cmpuint(import->accepted, ==, 2);
	g_assert_cmpuint(import->notes->len, ==, 0);
}

/* Several hashes of one file; its name says what they are of. */
static void test_hashes(void)
{
	g_autoptr(Import) import = import_text("x.csv",
		"md5,sha1,file_name\n" MD5_A
		",da39a3ee5e6b4b0d3255bfef95601890afd80700,evil.exe\n");

	import_expect(import->indicators, "md5 " MD5_A " @2 \"evil.exe\"");
	import_expect(import->indicators, "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80700 @2");
	g_assert_cmpuint(import->accepted, ==, 2);
}

/* Tables of something else are refused in words. */
static void test_refused(void)
{
	static const struct {
		const char *name, *text, *reason;
	} cases[] = {
		{ "builds.tsv",
			"version_line\tbuild\tname\nExchange "
			"SE\t15.2.2562.37\tRTM\nExchange\t15.1.225."
			"16\tx\nExchange\t15.1.2507.16\ty\n",
			"rejected @1 version_line build name: heads a table of which no column "
			"holds "
			"indicators" },
		{ "lookalikes.tsv",
			"lookalike\tlegit\ttechnique\nbad-bank.example\tbank.example\tx\n"
			"worse-bank.example\tbank.example\ty\n",
			"rejected @1 lookalike legit technique: heads a table of which 2 columns "
			"hold "
			"what may be indicators" },
		{ "exchange-legit-web.tsv",
			"sha256\tpath\n8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf"
			"7dfc\t\\x\n",
			"rejected @1 sha256 path: heads a table of what is harmless" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Import) import = import_text(cases[i].name, cases[i].text);

		import_expect(import->notes, cases[i].reason);
		g_assert_cmpuint(import->accepted, ==, 0);
		g_assert_cmpuint(import->notes->len, ==, 1);
	}
}

/* Quotes that nothing closes swallow no rows. */
static void test_open_quotes(void)
{
	g_autoptr(GString) text = g_string_new("ip,comment\n");
	g_autoptr(Import) import = NULL;

	for (guint i = 1; i <= 200; i++)
		g_string_append_printf(text, "192.0.2.%u,\"open %u\n", i, i);
	import = import_text("x.csv", text->str);
	g_assert_cmpuint(import->accepted, ==, 200);
}

static void test_prefixes(void)
{
	import_every_prefix("x.csv", MISP, strlen(MISP));
}

/* A million rows in a moment, and in bounded memory. */
static void test_many(void)
{
	const guint n = g_test_slow() ? 1000000 : 100000;
	g_autoptr(GString) text = g_string_new("type,value,comment\n");
	g_autoptr(Import) import = NULL;

	for (guint i = 0; i < n; i++)
		g_string_append_printf(text, "domain,h%u.example,number %u\n", i, i);
	import = import_text("x.csv", text->str);
	g_assert_cmpuint(import->accepted, ==, n);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/csv/misp", test_misp);
	g_test_add_func("/intel/csv/trap-5-empty-column", test_trap_5_empty_column);
	g_test_add_func("/intel/csv/trap-6-paths-twice", test_trap_6_paths_twice);
	g_test_add_func("/intel/csv/facts", test_facts);
	g_test_add_func("/intel/csv/separators", test_separators);
	g_test_add_func("/intel/csv/by-contents", test_by_contents);
	g_test_add_func("/intel/csv/hashes", test_hashes);
	g_test_add_func("/intel/csv/refused", test_refused);
	g_test_add_func("/intel/csv/open-quotes", test_open_quotes);
	g_test_add_func("/intel/csv/prefixes", test_prefixes);
	g_test_add_func("/intel/csv/many", test_many);
	return g_test_run();
}

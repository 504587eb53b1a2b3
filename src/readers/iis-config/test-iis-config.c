/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/iis-config/iis-config.h"
#include "readers/test-read.h"

static const char sites[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- <configuration> "
	"-->\r\n<configuration>\r\n"
	" <system.applicationHost>\r\n  <sites>\r\n   <site name=\"Default Web Site\" id=\"1\">\r\n"
	"    <application path=\"/owa\" applicationPool=\"MSExchangeOWAAppPool\">\r\n"
	"     <virtualDirectory path=\"/\" physicalPath=\"C:\\Program Files\\owa\" />\r\n"
	"    </application>\r\n    <bindings><binding protocol=\"http\"/></bindings>\r\n   "
	"</site>\r\n"
	"  </sites>\r\n </system.applicationHost>\r\n <location path=\"a &amp; b\">\r\n"
	"  <system.webServer><modules><add name=\"m\" "
	"type=\"A.B\"/></modules></system.webServer>\r\n"
	" </location>\r\n</configuration>\r\n";

static TestRead *read_text(const char *text)
{
	return test_read_text(&iis_config_reader, text, 0);
}

static void test_elements(void)
{
	g_autoptr(TestRead) read = read_text(sites);
	g_autofree char *place =
		g_strdup_printf(" 8 %u {", (guint)(strstr(sites, "<virtualDirectory") - sites));

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], place));
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/system.applicationHost/"
		"sites/site/application/virtualDirectory\",\"path\":\"/\",\"physicalPath\":"
		"\"C:\\\\Program Files\\\\owa\",\"site.name\":\"Default Web "
		"Site\",\"site.id\":\"1\","
		"\"application.path\":\"/owa\",\"application.applicationPool\":"
		"\"MSExchangeOWAAppPool\"}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/system.applicationHost/"
		"sites/site/bindings/binding\",\"protocol\":\"http\",\"site.name\":"
		"\"Default Web Site\",\"site.id\":\"1\"}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/location/"
		"system.webServer/modules/add\",\"name\":\"m\",\"type\":\"A.B\","
		"\"location.path\":\"a & b\"}");
}

/* Words of elements, with others beside them or not; attributes called as the reader's columns. */
static void test_words(void)
{
	g_autoptr(TestRead) read = read_text(
		"<configuration><a LogFormat='x' element='y'> one <![CDATA[<two>]]> </a>three"
		"<b><c/>four</b></configuration>");

	g_assert_cmpuint(read->lines->len, ==, 4);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/a\","
		"\"Attribute_LogFormat\":\"x\",\"Attribute_element\":\"y\",\"Text\":\"one "
		"<two>\"}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration\",\"Text\":\"three\"}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/b/c\"}");
	g_assert_cmpstr(test_read_fields(read, 3), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/b\",\"Text\":\"four\"}");
}

/* What stands around very many elements is not told with each of them. */
static void test_outer_limit(void)
{
	g_autoptr(GString) text = g_string_new("<configuration><site name='s'><x name='");
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i < LIMIT_CONFIG_OUTER_BYTES; i++)
		g_string_append_c(text, 'x');
	g_string_append(text, "'><a/><b/></x></site></configuration>");
	read = read_text(text->str);
	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_true(g_str_has_prefix(test_read_fields(read, 0),
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/site/"
		"x\",\"name\":\"xxx"));
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"iis-config\",\"Element\":\"configuration/site/x/a\","
		"\"site.name\":\"s\"}");
}

static void test_limits(void)
{
	g_autoptr(GString) text = g_string_new("<configuration><a");
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i <= LIMIT_CONFIG_ATTRIBUTES; i++)
		g_string_append_printf(text, " a%u='%u'", i, i);
	g_string_append(text, "/></configuration>");
	read = read_text(text->str);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_nonnull(strstr(read->notes->pdata[0], "LIMIT_CONFIG_ATTRIBUTES"));
}

static void test_probe(void)
{
	static const struct {
		const char *text, *name;
		gboolean is_mine;
	} heads[] = { { sites, "", TRUE }, { sites, "history/x.bak", TRUE },
		{ "<configuration>\n<appSettings/>", "", TRUE },
		{ "<configuration><property><name>fs</name></property>", "core-site.xml", FALSE },
		{ "<configuration/>", "web.config", TRUE }, { "<html/>", "web.config", FALSE },
		{ "<!-- long", "web.config", TRUE }, { "<!-- long", "x", FALSE },
		{ "text", "web.config", FALSE }, { "", "web.config", FALSE } };

	for (guint i = 0; i < G_N_ELEMENTS(heads); i++)
		g_assert_cmpint(
			iis_config_reader.probe(slice_from_text(heads[i].text), heads[i].name) > 0,
			==, heads[i].is_mine);
}

/* A file that ends anywhere says so, and has what was whole. */
static void test_every_prefix(void)
{
	gsize end = strlen(sites) - 2; /* without its last line end */
	guint n_before = 0;

	for (gsize size = 0; size <= end; size++) {
		g_autoptr(TestRead) read = test_read_make(&iis_config_reader, sites, size, 0, 0);

		g_assert_cmpuint(read->lines->len + 1, >=, n_before);
		n_before = read->lines->len;
		if (size > strlen("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
				  "<!-- <configuration> -->\r\n") &&
			size < end)
			g_assert_cmpuint(read->n_losses, >, 0);
	}
	g_assert_cmpuint(n_before, ==, 3);
}

static void test_flipped_bytes(void)
{
	g_autofree char *bytes = g_strdup(sites);

	for (gsize i = 0; i < strlen(sites); i++) {
		g_autoptr(TestRead) read = NULL;

		bytes[i] ^= 0x15;
		read = test_read_make(&iis_config_reader, bytes, strlen(sites), 0, 0);
		bytes[i] ^= 0x15;
	}
}

/* ---- compiled pages ---- */

static const char compiled[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<preserve resultType=\"3\" "
	"virtualPath=\"/owa/auth/x.aspx\" hash=\"fffffffff2\" filehash=\"ffffffffa1\" "
	"flags=\"110000\" assembly=\"App_Web_abcd1234\" type=\"ASP.auth_x_aspx\">\r\n"
	"    <filedeps>\r\n        <filedep name=\"/owa/auth/x.aspx\" />\r\n"
	"        <filedep name=\"/owa/auth/y.ascx\" />\r\n    </filedeps>\r\n</preserve>";

static void test_compiled(void)
{
	g_autoptr(TestRead) read = test_read_text(&aspnet_compiled_reader, compiled, 0);

	g_assert_cmpuint(aspnet_compiled_reader.probe(slice_from_text(compiled), ""), ==, 95);
	g_assert_cmpuint(
		aspnet_compiled_reader.probe(slice_from_text("<preserve a='b'/>"), ""), ==, 0);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"aspnet-compiled\",\"resultType\":\"3\",\"virtualPath\":"
		"\"/owa/auth/x.aspx\",\"hash\":\"fffffffff2\",\"filehash\":\"ffffffffa1\","
		"\"flags\":\"110000\",\"assembly\":\"App_Web_abcd1234\",\"type\":"
		"\"ASP.auth_x_aspx\",\"dependencies\":[\"/owa/auth/x.aspx\",\"/owa/auth/"
		"y.ascx\"]}");
	for (gsize size = 80; size < strlen(compiled); size++) {
		g_autoptr(TestRead) cut =
			test_read_make(&aspnet_compiled_reader, compiled, size, 0, 0);

		g_assert_cmpuint(cut->n_losses, >, 0);
		g_assert_cmpuint(cut->lines->len, ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/iis-config/elements", test_elements);
	g_test_add_func("/iis-config/words", test_words);
	g_test_add_func("/iis-config/outer-limit", test_outer_limit);
	g_test_add_func("/iis-config/limits", test_limits);
	g_test_add_func("/iis-config/probe", test_probe);
	g_test_add_func("/iis-config/every-prefix", test_every_prefix);
	g_test_add_func("/iis-config/flipped-bytes", test_flipped_bytes);
	g_test_add_func("/iis-config/compiled", test_compiled);
	return g_test_run();
}

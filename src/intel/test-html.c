/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/test-import.h"

#define PAGE                                                                                       \
	"<!DOCTYPE html>\n<html><head><title>Alert &amp; more</title>\n"                           \
	"<style>.bad.example { }</style><script>var a = 'scripted[.]example';</script></head>\n"   \
	"<body><!-- hidden[.]example -->\n"                                                        \
	"<p>bad<b>[.]</b>example and <a href=\"https://ref[.]example/a>b\">worse&#91;&#x2e;&rsqb;" \
	"example</a></p>\n"                                                                        \
	"<table><tr><td>192[.]0.2.1</td><td>192.0[.]2.2</td></tr></table>\n"                       \
	"a < b, &unknown; & 2001:db8[:]:1<br>x[.]example</body></html>\n"

static void test_page(void)
{
	g_autoptr(Import) import = import_text("x.html", PAGE);

	g_assert_cmpstr(import->format, ==, "html");
	g_assert_cmpstr(import->name, ==, "Alert & more");
	import_expect(import->indicators, "host bad.example @5 <Alert & more>");
	import_expect(import->indicators, "host worse.example @5");
	import_expect(import->indicators, "address 192.0.2.1 @6");
	import_expect(import->indicators, "address 192.0.2.2 @6");
	import_expect(import->indicators, "address 2001:db8::1 @7");
	import_expect(import->indicators, "host x.example @7");
	g_assert_cmpuint(import->accepted, ==, 6);
	g_assert_cmpuint(import->notes->len, ==, 0);
}

static void test_broken(void)
{
	g_autoptr(Import) quote = import_text(
		"x.html", "<html><p class=\"open>bad[.]example</p><p>worse[.]example</p>");
	g_autoptr(Import) tag = import_text("x.html", "<html><p>bad[.]example <a worse[.]example");

	import_expect(quote->indicators, "host worse.example");
	import_expect(tag->indicators, "host bad.example");
	import_expect(tag->indicators, "host worse.example");
}

static void test_prefixes(void)
{
	import_every_prefix("x.html", PAGE, strlen(PAGE));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/intel/html/page", test_page);
	g_test_add_func("/intel/html/broken", test_broken);
	g_test_add_func("/intel/html/prefixes", test_prefixes);
	return g_test_run();
}

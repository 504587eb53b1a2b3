/* SPDX-License-Identifier: Apache-2.0 */
/* Texts into HTML: nothing of a text may act as markup, and nothing invisible may stay so. */
#include <string.h>

#include "report/html/html-text.h"

static void assert_text(const char *text, const char *expected)
{
	g_autoptr(GString) out = g_string_new(NULL);

	html_append_text(out, text);
	g_assert_cmpstr(out->str, ==, expected);
}

#define HIDDEN(code) "<span class=\"hidden-char\">U+" code "</span>"

static void test_escape(void)
{
	assert_text(NULL, "");
	assert_text("plain \xC3\xA4 \xE6\x97\xA5", "plain \xC3\xA4 \xE6\x97\xA5");
	assert_text("</script><b a='1' b=\"2\">&amp;",
		"&lt;/script&gt;&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;");
	assert_text("<!--", "&lt;!--");
	assert_text("{{data}}", "{{data}}"); /* html.c fills places once: this is text */
}

static void test_hidden(void)
{
	assert_text("a\nb\tc\x01\x7F",
		"a" HIDDEN("000A") "b" HIDDEN("0009") "c" HIDDEN("0001") HIDDEN("007F"));
	assert_text("\xE2\x80\xAEgnp.exe\xE2\x80\xAC", HIDDEN("202E") "gnp.exe" HIDDEN("202C"));
	assert_text("\xE2\x81\xA6x\xE2\x80\x8B\xEF\xBB\xBF",
		HIDDEN("2066") "x" HIDDEN("200B") HIDDEN("FEFF"));
	assert_text("\xC2\x85\xE2\x80\xA8", HIDDEN("0085") HIDDEN("2028"));
	assert_text("\xF3\xA0\x81\x81", HIDDEN("E0041"));
	assert_text("\xFF\xC0", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* no UTF-8 */
}

static void test_defang(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	html_append_defanged(out, "HTTPS://evil.example/<a>");
	g_assert_cmpstr(out->str, ==, "hxxpS://evil[.]example/&lt;a&gt;");
}

static void assert_number(void (*append)(GString *out, guint64 n), guint64 n, const char *expected)
{
	g_autoptr(GString) out = g_string_new(NULL);

	append(out, n);
	g_assert_cmpstr(out->str, ==, expected);
}

static void test_numbers(void)
{
	assert_number(html_append_number, 0, "0");
	assert_number(html_append_number, 999, "999");
	assert_number(html_append_number, 1000, "1,000");
	assert_number(html_append_number, G_MAXUINT64, "18,446,744,073,709,551,615");
	assert_number(html_append_bytes, 1, "1 byte");
	assert_number(html_append_bytes, 1023, "1,023 bytes");
	assert_number(html_append_bytes, 1536, "1.5 KiB");
	assert_number(html_append_bytes, 3u << 20, "3.0 MiB");
}

static void assert_time(const char *time, const char *expected)
{
	g_autoptr(GString) out = g_string_new(NULL);

	html_append_time(out, time);
	g_assert_cmpstr(out->str, ==, expected);
}

static void test_times(void)
{
	assert_time("2021-03-02T10:11:12.1234567Z", "2021-03-02 10:11");
	assert_time("", "\xE2\x80\x93");
	assert_time(NULL, "\xE2\x80\x93");
	assert_time("<b>", "&lt;b&gt;");
	assert_time("2021-03-02T<script>alert(1)", "2021-03-02 &lt;scri");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/html-text/escape", test_escape);
	g_test_add_func("/report/html-text/hidden", test_hidden);
	g_test_add_func("/report/html-text/defang", test_defang);
	g_test_add_func("/report/html-text/numbers", test_numbers);
	g_test_add_func("/report/html-text/times", test_times);
	return g_test_run();
}

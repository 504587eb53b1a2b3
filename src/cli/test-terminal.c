/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/terminal.h"
#include "report/visible.h"

static void assert_visible(const char *text, const char *expected)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	visible_append_text(ret, text);
	g_assert_cmpstr(ret->str, ==, expected);
}

static void test_visible(void)
{
	assert_visible(NULL, "");
	assert_visible("plain ÄÖÜ 漢字 é", "plain ÄÖÜ 漢字 é");
	assert_visible("\033[2J\r\n\t\177", "␛[2J␍␊␉␡");
	assert_visible("\302\233"
		       "2J",
		"<U+009B>2J"); /* C1: CSI in one character */
	assert_visible("gpj.\342\200\256exe", "gpj.<U+202E>exe");
	assert_visible("a\342\201\246b\342\200\213c\357\273\277", "a<U+2066>b<U+200B>c<U+FEFF>");
	assert_visible("\342\200\250", "<U+2028>");
	assert_visible("tag \363\240\201\201", "tag <U+E0041>");
	assert_visible("no UTF-8: \377\300\257", "no UTF-8: \357\277\275\357\277\275\357\277\275");
	assert_visible("cut \342\200", "cut \357\277\275\357\277\275");
}

static void test_json(void)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	visible_append_json(ret, "{\"a\":\"x\342\200\256y\302\233\177 ä 漢 \363\240\201\201\"}");
	g_assert_cmpstr(ret->str, ==, "{\"a\":\"x\\u202ey\\u009b\\u007f ä 漢 \\udb40\\udc41\"}");
	g_string_truncate(ret, 0);
	visible_append_json(ret, "{}");
	g_assert_cmpstr(ret->str, ==, "{}");
}

static void assert_clipped(const char *text, guint width, const char *expected)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	terminal_append_clipped(ret, text, width);
	g_assert_cmpstr(ret->str, ==, expected);
	g_assert_cmpuint(terminal_text_width(ret->str), <=, MAX(width, 1));
}

static void test_clipped(void)
{
	assert_clipped("short", 10, "short");
	assert_clipped("exactly10!", 10, "exactly10!");
	assert_clipped("exactly 11!", 10, "exactly 1…");
	assert_clipped("漢字漢字", 8, "漢字漢字");
	assert_clipped("漢字漢字", 7, "漢字漢…");
	assert_clipped("漢字漢字", 6, "漢字…");
	assert_clipped("\033\033\033\033", 3, "␛␛…");
}

static void test_path(void)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	terminal_append_path(ret, "/mnt/evidence/Security.evtx", 14);
	g_assert_cmpstr(ret->str, ==, "…Security.evtx");
	g_string_truncate(ret, 0);
	terminal_append_path(ret, "Security.evtx", 14);
	g_assert_cmpstr(ret->str, ==, "Security.evtx");
}

static void test_wrapped(void)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	terminal_append_wrapped(ret, "one two three\nfour  five six seven", 15, "  ");
	g_assert_cmpstr(ret->str, ==, "  one two three\n  four five six\n  seven\n");
	g_string_truncate(ret, 0);
	terminal_append_wrapped(ret, "", 15, "  ");
	g_assert_cmpstr(ret->str, ==, "");
}

/* What goes into a file or a pipe is not cut, but paragraphs are still broken into lines. */
static void test_file(void)
{
	g_autoptr(GString) ret = g_string_new(NULL);
	g_autofree char *words = g_strnfill(300, 'x');
	FILE *file = tmpfile();
	Terminal terminal;

	g_assert_nonnull(file);
	terminal = terminal_make(file, NULL);
	(void)fclose(file); /* it is empty */
	g_assert_false(terminal.is_terminal);
	g_assert_false(terminal.color);
	terminal_append_clipped(ret, words, terminal.width - 50);
	g_assert_cmpuint(ret->len, ==, 300);
	for (guint i = 0; i < 300; i += 10)
		words[i] = ' ';
	g_string_truncate(ret, 0);
	terminal_append_wrapped(ret, words, terminal.width, "");
	g_assert_cmpint(strchr(ret->str, '\n') - ret->str, <=, 100);
}

static void test_color(void)
{
	g_autoptr(GString) ret = g_string_new(NULL);
	Terminal always, never, automatic;

	(void)g_setenv("NO_COLOR", "1", TRUE); /* a name without = in it */
	always = terminal_make(stderr, "always");
	automatic = terminal_make(stderr, NULL);
	never = terminal_make(stderr, "never");
	g_assert_true(always.color);
	g_assert_false(automatic.color);
	g_assert_false(never.color);
	terminal_append_styled(&never, ret, STYLE_BAD, "x");
	terminal_append_styled(&always, ret, STYLE_PLAIN, "y");
	terminal_append_styled(&always, ret, STYLE_BAD, "z");
	g_assert_cmpstr(ret->str, ==, "xy\033[31mz\033[0m");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/terminal/visible", test_visible);
	g_test_add_func("/terminal/json", test_json);
	g_test_add_func("/terminal/clipped", test_clipped);
	g_test_add_func("/terminal/path", test_path);
	g_test_add_func("/terminal/wrapped", test_wrapped);
	g_test_add_func("/terminal/file", test_file);
	g_test_add_func("/terminal/color", test_color);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <glib.h>

typedef struct Case {
	const char *text, *formatted; /* NULL: no number */
} Case;

static void test_parse(void)
{
	static const Case cases[] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "12", "12" },
		{ "+12.50", "12.5" },
		{ "-.5", "-0.5" },
		{ "7.", "7" },
		{ "1e3", "1000" },
		{ "1.25E-2", "0.0125" },
		{ "0.0000000019", "0.000000001" },
		{ "1e-400000", "0" },
		{ "0x1F", "31" },
		{ "0Xffffffffffffff", "72057594037927935" },
		{ "999999999999999999.999999999", "999999999999999999.999999999" },
		{ "000000000000000000000000000001", "1" },
		{ "1000000000000000000", NULL },
		{ "1e18", NULL },
		{ "0x100000000000000", NULL },
		{ "0x", NULL },
		{ "0xg", NULL },
		{ "", NULL },
		{ ".", NULL },
		{ "-", NULL },
		{ "1 ", NULL },
		{ "1e", NULL },
		{ "1e+", NULL },
		{ "1.2.3", NULL },
		{ "NaN", NULL },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Decimal number = 77;
		char text[DECIMAL_TEXT_BYTES];
		gboolean parsed = decimal_parse(slice_from_text(cases[i].text), &number);

		g_test_message("\"%s\"", cases[i].text);
		g_assert_true(parsed == (cases[i].formatted != NULL));
		if (!parsed) {
			g_assert_true(number == 77);
			continue;
		}
		decimal_format(number, text);
		g_assert_cmpstr(text, ==, cases[i].formatted);
	}
}

static void test_long(void)
{
	g_autofree char *zeros = g_strnfill(100000, '0');
	g_autofree char *small = g_strconcat(zeros, "1.5", zeros, NULL);
	Decimal number = 0;

	/* A text of any length is read once. */
	g_assert_false(decimal_parse(slice_from_text(small), &number));
	small[G_MAXINT16 / 2] = '\0';
	g_assert_true(decimal_parse(slice_from_text(small), &number));
	g_assert_true(number == 0);
}

static void test_from_double(void)
{
	g_assert_true(decimal_from_double(0.3) == 300000000);
	g_assert_true(decimal_from_double(-2.5) == -2500000000);
	g_assert_true(decimal_from_double(1e300) == DECIMAL_ONE * DECIMAL_ONE * DECIMAL_ONE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/decimal/parse", test_parse);
	g_test_add_func("/decimal/long", test_long);
	g_test_add_func("/decimal/from-double", test_from_double);
	return g_test_run();
}

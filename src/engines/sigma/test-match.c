/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/match.h"

#include "base/text.h"
#include "engines/sigma/regex.h"
#include "engines/sigma/test-event.h"

static Test text_test(TestKind kind, const char *text)
{
	return (Test){ .kind = kind, .field = "f", .text = slice_from_text(text) };
}

static gboolean matches(const Test *test, const char *text)
{
	return match_text(test, slice_from_text(text));
}

static void test_texts(void)
{
	Test exact = text_test(TEST_EXACT, "abc"), prefix = text_test(TEST_PREFIX, "abc");
	Test suffix = text_test(TEST_SUFFIX, "abc"), part = text_test(TEST_CONTAINS, "abc");
	Test empty = text_test(TEST_EXACT, "");

	g_assert_true(matches(&exact, "abc"));
	g_assert_false(matches(&exact, "abcd"));
	g_assert_false(matches(&exact, ""));
	g_assert_true(matches(&prefix, "abcd"));
	g_assert_false(matches(&prefix, "ab"));
	g_assert_false(matches(&prefix, "xabc"));
	g_assert_true(matches(&suffix, "xabc"));
	g_assert_false(matches(&suffix, "abcx"));
	g_assert_false(matches(&suffix, "bc"));
	g_assert_true(matches(&part, "xabcx"));
	g_assert_false(matches(&part, "xabxc"));
	g_assert_true(matches(&empty, ""));
	g_assert_false(matches(&empty, " "));
	g_assert_false(matches(&empty, "-"));
}

static Test cidr_test(const char *hex, guint bits, guint size)
{
	Test test = { .kind = TEST_CIDR, .network_bits = bits, .network_size = size };

	for (guint i = 0; hex[i * 2]; i++)
		test.network[i] = (guint8)(g_ascii_xdigit_value(hex[i * 2]) << 4 |
			g_ascii_xdigit_value(hex[i * 2 + 1]));
	return test;
}

static void test_networks(void)
{
	Test ten = cidr_test("0A000000", 8, 4), odd = cidr_test("C0A80A00", 23, 4);
	Test all = cidr_test("00000000", 0, 4), one = cidr_test("C0000201", 32, 4);
	Test six = cidr_test("20010DB8000000000000000000000000", 33, 16);

	g_assert_true(matches(&ten, "10.255.0.1"));
	g_assert_false(matches(&ten, "11.0.0.1"));
	g_assert_true(matches(&ten, "::ffff:10.1.2.3"));
	g_assert_false(matches(&ten, "::10.1.2.3"));
	g_assert_false(matches(&ten, "10.1.2"));
	g_assert_false(matches(&ten, " 10.1.2.3"));
	g_assert_false(matches(&ten, "10.1.2.3.4"));
	g_assert_false(matches(&ten, ""));
	g_assert_false(matches(&ten, "-"));
	g_assert_true(matches(&odd, "192.168.11.255"));
	g_assert_false(matches(&odd, "192.168.12.0"));
	g_assert_true(matches(&all, "1.2.3.4"));
	g_assert_false(matches(&all, "fe80::1"));
	g_assert_true(matches(&one, "192.0.2.1"));
	g_assert_false(matches(&one, "192.0.2.2"));
	g_assert_true(matches(&six, "2001:db8:7fff::1"));
	g_assert_true(matches(&six, "2001:DB8::1%12"));
	g_assert_false(matches(&six, "2001:db8:8000::1"));
	g_assert_false(matches(&six, "10.1.2.3"));
}

static gboolean compares(TestKind kind, double number, const char *text)
{
	Test test = { .kind = kind, .number = number };

	return matches(&test, text);
}

static void test_numbers(void)
{
	g_assert_true(compares(TEST_LESS, 10, "9"));
	g_assert_false(compares(TEST_LESS, 10, "10"));
	g_assert_true(compares(TEST_LESS_EQUAL, 10, "10"));
	g_assert_true(compares(TEST_GREATER, 10, "10.5"));
	g_assert_false(compares(TEST_GREATER, 10, "10"));
	g_assert_true(compares(TEST_GREATER_EQUAL, 10, "0xa"));
	g_assert_true(compares(TEST_GREATER_EQUAL, 10, "0XA"));
	g_assert_false(compares(TEST_GREATER_EQUAL, 10, "0x9"));
	g_assert_true(compares(TEST_LESS, 0, "-3"));
	g_assert_true(compares(TEST_GREATER, 999, "1e3"));
	g_assert_true(compares(TEST_GREATER, 1e18, "18446744073709551615"));
	g_assert_true(compares(TEST_GREATER, 9007199254740992, "9007199254740993"));
	g_assert_true(compares(TEST_LESS, -9007199254740992, "-9007199254740993"));
	g_assert_true(compares(TEST_GREATER, 10.5, "11"));
	g_assert_false(compares(TEST_GREATER, 10.5, "10"));
	g_assert_false(compares(TEST_LESS, 10, ""));
	g_assert_false(compares(TEST_LESS, 10, "-"));
	g_assert_false(compares(TEST_LESS, 10, "0x"));
	g_assert_false(compares(TEST_LESS, 10, "5 apples"));
	g_assert_false(compares(TEST_LESS, 10, "nan"));
	g_assert_false(compares(TEST_GREATER, 10, "inf"));
	g_assert_false(compares(TEST_GREATER, 10, "0x1p9"));
}

static gboolean has_part(TimePart part, gint64 number, const char *text)
{
	Test test = { .kind = TEST_TIME_PART, .part = part, .integer = number };

	return matches(&test, text);
}

static void test_times(void)
{
	const char *when = "2021-03-02T10:11:12.1234567Z";

	g_assert_true(has_part(TIME_YEAR, 2021, when));
	g_assert_true(has_part(TIME_MONTH, 3, when));
	g_assert_true(has_part(TIME_DAY, 2, when));
	g_assert_true(has_part(TIME_HOUR, 10, when));
	g_assert_true(has_part(TIME_MINUTE, 11, when));
	g_assert_true(has_part(TIME_WEEK, 9, when));
	g_assert_false(has_part(TIME_HOUR, 11, when));
	g_assert_true(has_part(TIME_HOUR, 10, "2021-03-02T10:11:12+01:00"));
	g_assert_true(has_part(TIME_HOUR, 10, "2021-03-02 10:11:12"));
	g_assert_false(has_part(TIME_HOUR, 10, "10:11:12"));
	g_assert_false(has_part(TIME_YEAR, 1970, ""));
}

/* ---- columns ---- */

typedef struct Fixture {
	TestEvent *event;
	Ruleset *ruleset;
	FieldMap fields;
	Texts texts;
} Fixture;

static const char *const several[] = { "One", "TWO", "three", NULL };
static const char *const none[] = { NULL };

enum { CONSTANT, TEXT, LIST, NO_VALUE, MISSING, EMPTY, NO_ITEMS, TIME, SAME };

static void set_up(Fixture *f, gconstpointer unused)
{
	static const guint8 filetime[] = { 0x80, 0x38, 0x01, 0x90, 0x4B, 0x0F, 0xD7, 0x01 };
	g_autoptr(GPtrArray) rules = g_ptr_array_new();

	f->event = test_event_new();
	test_event_constant(f->event, "Channel", "Security");
	test_event_text(f->event, "Image", "C:\\Windows\\CMD.exe");
	test_event_list(f->event, "Data", several);
	test_event_null(f->event, "Nothing");
	test_event_absent(f->event, "Missing");
	test_event_text(f->event, "Empty", "");
	test_event_list(f->event, "NoItems", none);
	test_event_bytes(f->event, "When", VALUE_FILETIME, slice_make(filetime, 8));
	test_event_text(f->event, "Same", "c:\\windows\\cmd.EXE");
	f->ruleset = ruleset_new(rules, NULL);
	field_map_init(&f->fields, f->ruleset, test_event_get(f->event)->shape);
	texts_init(&f->texts);
	texts_begin(&f->texts, test_event_get(f->event), &f->fields);
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	texts_clear(&f->texts);
	field_map_clear(&f->fields);
	ruleset_free(f->ruleset);
	test_event_free(f->event);
}

static gboolean holds(Fixture *f, const Test *test, guint16 column)
{
	return match_column(&f->texts, test, column, COLUMN_ABSENT);
}

static void test_absence(Fixture *f, gconstpointer unused)
{
	static const guint16 columns[] = { CONSTANT, TEXT, LIST, NO_VALUE, MISSING, EMPTY, NO_ITEMS,
		COLUMN_ABSENT };
	static const gboolean is_null[] = { FALSE, FALSE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE };
	static const gboolean exists[] = { TRUE, TRUE, TRUE, TRUE, FALSE, TRUE, TRUE, FALSE };
	static const gboolean is_text[] = { TRUE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, FALSE };
	Test null = { .kind = TEST_NULL }, exist = { .kind = TEST_EXISTS };
	Test any = text_test(TEST_CONTAINS, "");

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		g_assert_cmpint(holds(f, &null, columns[i]), ==, is_null[i]);
		g_assert_cmpint(holds(f, &exist, columns[i]), ==, exists[i]);
		g_assert_cmpint(holds(f, &any, columns[i]), ==, is_text[i]);
	}
}

static void test_case(Fixture *f, gconstpointer unused)
{
	Test folded = text_test(TEST_SUFFIX, "\\cmd.exe");
	Test cased = text_test(TEST_SUFFIX, "\\CMD.exe");
	Test wrong = text_test(TEST_SUFFIX, "\\cmd.exe");

	cased.cased = wrong.cased = TRUE;
	g_assert_true(holds(f, &folded, TEXT));
	g_assert_true(holds(f, &cased, TEXT));
	g_assert_false(holds(f, &wrong, TEXT));
}

static void test_items(Fixture *f, gconstpointer unused)
{
	Test two = text_test(TEST_EXACT, "two"), all = text_test(TEST_CONTAINS, "one\ntwo");
	guint16 column;
	guint item;

	g_assert_true(match_find(&f->texts, &two, LIST, COLUMN_ABSENT, &column, &item));
	g_assert_cmpuint(item, ==, 1);
	g_assert_false(holds(f, &all, LIST));
}

static void test_keywords(Fixture *f, gconstpointer unused)
{
	Test three = text_test(TEST_CONTAINS, "hre"), security = text_test(TEST_CONTAINS, "secur");
	Test name = text_test(TEST_CONTAINS, "image"), null = { .kind = TEST_NULL };
	guint16 column;
	guint item;

	g_assert_true(match_find(&f->texts, &three, COLUMN_KEYWORD, COLUMN_ABSENT, &column, &item));
	g_assert_cmpuint(column, ==, LIST);
	g_assert_cmpuint(item, ==, 2);
	g_assert_true(holds(f, &security, COLUMN_KEYWORD));
	g_assert_false(holds(f, &name, COLUMN_KEYWORD)); /* values, not names */
	g_assert_false(holds(f, &null, COLUMN_KEYWORD));
}

static void test_time_values(Fixture *f, gconstpointer unused)
{
	Test year = { .kind = TEST_TIME_PART, .part = TIME_YEAR, .integer = 2021 };
	Test month = { .kind = TEST_TIME_PART, .part = TIME_MONTH, .integer = 3 };

	g_assert_true(holds(f, &year, TIME));
	g_assert_true(holds(f, &month, TIME));
	g_assert_false(holds(f, &year, TEXT));
}

static void test_fields(Fixture *f, gconstpointer unused)
{
	Test exact = { .kind = TEST_FIELD_EXACT }, part = { .kind = TEST_FIELD_CONTAINS };

	g_assert_true(match_column(&f->texts, &exact, TEXT, SAME));
	g_assert_false(match_column(&f->texts, &exact, TEXT, CONSTANT));
	g_assert_false(match_column(&f->texts, &exact, TEXT, MISSING));
	g_assert_false(match_column(&f->texts, &exact, TEXT, COLUMN_ABSENT));
	g_assert_false(match_column(&f->texts, &exact, MISSING, NO_VALUE));
	g_assert_true(match_column(&f->texts, &part, TEXT, EMPTY));
	exact.cased = TRUE;
	g_assert_false(match_column(&f->texts, &exact, TEXT, SAME));
	g_assert_true(match_column(&f->texts, &exact, TEXT, TEXT));
}

static void test_regex(Fixture *f, gconstpointer unused)
{
	Regex *as_written = regex_new("Windows.+exe$", 0, NULL);
	Regex *lower = regex_new("windows", 0, NULL);
	Test test = { .kind = TEST_REGEX, .regex = as_written };

	g_assert_true(holds(f, &test, TEXT));
	test.regex = lower;
	g_assert_false(holds(f, &test, TEXT)); /* regular expressions compare as written */
	g_assert_true(holds(f, &test, SAME));
	regex_free(as_written);
	regex_free(lower);
}

#define ADD(name, function)                                                                        \
	g_test_add("/sigma/match/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/sigma/match/texts", test_texts);
	g_test_add_func("/sigma/match/networks", test_networks);
	g_test_add_func("/sigma/match/numbers", test_numbers);
	g_test_add_func("/sigma/match/times", test_times);
	ADD("absence", test_absence);
	ADD("case", test_case);
	ADD("items", test_items);
	ADD("keywords", test_keywords);
	ADD("time-values", test_time_values);
	ADD("fields", test_fields);
	ADD("regex", test_regex);
	return g_test_run();
}

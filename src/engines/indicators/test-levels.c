/* SPDX-License-Identifier: Apache-2.0 */
/* The levels of content/tables/indicator-levels.yml, and what is wrong with tables that are. */
#include "base/hash.h"
#include "engines/indicators/levels.h"
#include "engines/indicators/observables.h"

#define DAYS(n) ((Instant)(n)*86400 * INSTANT_SECOND)
#define EVENT	DAYS(18000)

static char *read_table(const char *name)
{
	g_autofree char *path =
		g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), "content", "tables", name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static Levels *shipped(void)
{
	g_autofree char *text = read_table("indicator-levels.yml");
	g_autoptr(GError) error = NULL;
	Levels *levels = levels_new(slice_from_text(text), &error);

	g_assert_no_error(error);
	return levels;
}

static LevelCase fresh(IndicatorKind kind)
{
	return (LevelCase){ .kind = kind,
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.lists = "",
		.valid_from = EVENT,
		.valid_until = INSTANT_NONE,
		.event = EVENT };
}

static void test_kinds(void)
{
	g_autoptr(Levels) levels = shipped();
	LevelCase at = fresh(INDICATOR_SHA256);

	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at = fresh(INDICATOR_HOST);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at = fresh(INDICATOR_ADDRESS);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_MEDIUM);
	at = fresh(INDICATOR_FILE_NAME);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_LOW);
	at.is_text = TRUE;
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_INFORMATIONAL);
}

/* An indicator of 2021 is fresh for a log of 2021, old for one of 2026; hashes do not age. */
static void test_ages(void)
{
	g_autoptr(Levels) levels = shipped();
	LevelCase at = fresh(INDICATOR_HOST);

	at.event = EVENT + DAYS(300);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at.event = EVENT + DAYS(900);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_MEDIUM);
	at.event = EVENT + DAYS(1900);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_LOW);
	at.valid_until = EVENT + DAYS(1800);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at = fresh(INDICATOR_HOST);
	at.event = EVENT - DAYS(500);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_MEDIUM);
	at.event = INSTANT_NONE;
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at = fresh(INDICATOR_MD5);
	at.event = EVENT + DAYS(9000);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_HIGH);
	at = fresh(INDICATOR_ADDRESS);
	at.event = EVENT + DAYS(200);
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_LOW);
	at.event = G_MAXINT64;
	at.valid_from = G_MININT64 + 1;
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_INFORMATIONAL);
}

static void test_lists_and_confidence(void)
{
	g_autoptr(Levels) levels = shipped();
	LevelCase at = fresh(INDICATOR_HOST);

	at.lists = "top-sites";
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_LOW);
	at = fresh(INDICATOR_ADDRESS);
	at.confidence = 30;
	at.lists = "vpn";
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_INFORMATIONAL);
	at.confidence = 100;
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_MEDIUM);
	at = fresh(INDICATOR_SHA256);
	at.lists = "something-else\nand-more";
	g_assert_cmpint(levels_judge(levels, &at, NULL), ==, LEVEL_MEDIUM);
}

static void test_reasons(void)
{
	g_autoptr(Levels) levels = shipped();
	g_autoptr(GArray) reasons = level_reasons_new();
	LevelCase at = fresh(INDICATOR_ADDRESS);

	at.lists = "vpn";
	at.confidence = 10;
	(void)levels_judge(levels, &at, reasons);
	g_assert_cmpuint(reasons->len, >=, 3);
	g_assert_cmpstr(g_array_index(reasons, LevelReason, 0).reason, ==, "kind address");
	g_assert_cmpint(g_array_index(reasons, LevelReason, 0).level, ==, LEVEL_MEDIUM);
	g_assert_nonnull(strstr(g_array_index(reasons, LevelReason, 1).reason, "confidence"));
	g_assert_true(g_str_has_suffix(g_array_index(reasons, LevelReason, 2).reason, ": vpn"));
}

static void test_malformed(void)
{
	static const char *const tables[] = { "", "[]", "kinds: 1", "kinds: []\nchanges: []",
		"kinds:\n- {kind: hots, level: high, days: all}\nchanges: []",
		"kinds:\n- {kind: host, level: hi, days: all}\nchanges: []",
		"kinds:\n- {kind: host, level: high, days: -1}\nchanges: []",
		"kinds:\n- {kind: host, level: high}\nchanges: []",
		"kinds: []\nchanges:\n- {lower: 1}", "kinds: []\nchanges:\n- {because: x}",
		"kinds: []\nchanges:\n- {when: {age: new}, lower: 1, because: x}",
		"kinds: []\nchanges:\n- {when: {confidence: 5}, lower: 1, because: x}",
		"kinds: []\nchanges:\n- {when: {found: there}, lower: 1, because: x}",
		"kinds: []\nother: []\nchanges: []" };
	static const char *const observables[] = { "", "fields: 1", "fields:\n- {holds: x}",
		"fields:\n- {holds: host}", "fields:\n- {holds: x, names: [a]}",
		"fields:\n- {holds: host, names: [[a]]}",
		"fields:\n- {holds: host, names: [a], where: x}", "urls:\n- {host: a}",
		"fields:\n- {holds: host, names: [a], what: b}" };

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(levels_new(slice_from_text(tables[i]), &error));
		g_assert_nonnull(error);
	}
	for (guint i = 0; i < G_N_ELEMENTS(observables); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(observables_new(slice_from_text(observables[i]), &error));
		g_assert_nonnull(error);
	}
}

static guint32 holds(const Observables *table, const char *column, const char *format)
{
	g_autoptr(Shape) shape = shape_new("test");

	(void)shape_add_column(shape, "LogFormat", format);
	(void)shape_add_column(shape, column, NULL);
	return observables_find(table, shape, 1, NULL);
}

static void test_observables(void)
{
	g_autofree char *text = read_table("observables.yml");
	g_autoptr(GError) error = NULL;
	g_autoptr(Observables) table = observables_new(slice_from_text(text), &error);

	g_assert_no_error(error);
	g_assert_cmpuint(holds(table, "cs-host", "w3c"), ==, OBSERVE_BIT(OBSERVE_HOST));
	g_assert_cmpuint(holds(table, "winlog.event_data.TargetFilename", "json"), ==,
		OBSERVE_BIT(OBSERVE_PATH));
	g_assert_cmpuint(holds(table, "id.orig_h", "zeek"), ==, OBSERVE_BIT(OBSERVE_ADDRESS));
	g_assert_cmpuint(holds(table, "host", "zeek"), ==, OBSERVE_BIT(OBSERVE_HOST));
	g_assert_cmpuint(holds(table, "host", "json"), ==, OBSERVE_BIT(OBSERVE_TEXT));
	g_assert_cmpuint(holds(table, "Whatever", "json"), ==, OBSERVE_BIT(OBSERVE_TEXT));
	g_assert_cmpuint(holds(table, "Hashes", "evtx"), ==, OBSERVE_BIT(OBSERVE_HASHES));
	g_assert_cmpuint(observables_count_urls(table), >, 3);
	g_assert_cmpuint(observables_kinds(OBSERVE_BIT(OBSERVE_HASHES)), ==, 0);
	g_assert_cmpuint(observables_kinds(OBSERVE_BIT(OBSERVE_MD5)), ==, 1u << INDICATOR_MD5);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	g_test_add_func("/indicator-levels/kinds", test_kinds);
	g_test_add_func("/indicator-levels/ages", test_ages);
	g_test_add_func("/indicator-levels/lists-and-confidence", test_lists_and_confidence);
	g_test_add_func("/indicator-levels/reasons", test_reasons);
	g_test_add_func("/indicator-levels/malformed", test_malformed);
	g_test_add_func("/indicator-levels/observables", test_observables);
	return g_test_run();
}

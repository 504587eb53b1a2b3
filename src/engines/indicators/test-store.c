/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/builder.h"
#include "engines/indicators/catalogue.h"
#include "engines/indicators/form.h"
#include "engines/indicators/test-indicators.h"

static const char *const lines[] = { "host evil.example", "address 192.0.2.1",
	"address 2001:db8::1", "network 198.51.100.0/24", "network 2001:db8::/32",
	"url http://evil.example/a", "url https://evil.example/a", "email x@evil.example",
	"file-name Evil.exe", "file-path Temp\\evil.exe", "file-pattern \\\\evil[0-9]\\.exe$",
	"registry-key HKLM\\Software\\Evil", "mutex Evil", "pipe evil", "user-agent Evil/1.0",
	"md5 0123456789abcdef0123456789abcdef", "sha1 0123456789abcdef0123456789abcdef01234567",
	"sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"imphash 0123456789abcdef0123456789abcdef", "ja3 0123456789abcdef0123456789abcdef",
	"stix-pattern [file:name = 'x']", NULL };

static guint find(const Store *store, IndicatorKind kind, const char *value)
{
	g_autoptr(GString) form = g_string_new(NULL);
	Indicator indicator = test_indicator(kind, value);
	guint32 found[STORE_MAX_SAME];
	guint64 gate, hash;
	Slice key;

	g_assert_true(form_append(form, &indicator));
	key = form_key(kind, slice_make(form->str, form->len));
	hash = form_hash(kind, key, &gate);
	if (!store_may_have(store, kind, hash))
		return 0;
	return store_find(store, kind, hash, key, found);
}

static void test_every_kind(void)
{
	g_autoptr(TestStore) made = test_store_new(lines);
	guint n = 0;

	for (guint i = 0; lines[i]; i++, n++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], " ", 2);
		IndicatorKind kind;

		g_assert_true(indicator_kind_parse(parts[0], &kind));
		g_assert_cmpuint(
			find(&made->store, kind, parts[1]), ==, kind == INDICATOR_URL ? 2 : 1);
	}
	g_assert_cmpuint(made->store.n, ==, n);
	g_assert_cmpuint(find(&made->store, INDICATOR_HOST, "evil2.example"), ==, 0);
	g_assert_cmpuint(
		find(&made->store, INDICATOR_IMPHASH, "0123456789abcdef0123456789abcdee"), ==, 0);
}

/* Values come back as their normal form, names folded with the writing of the source kept. */
static void test_values(void)
{
	g_autoptr(TestStore) made = test_store_new(lines);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint32 i = 0; i < made->store.n; i++) {
		g_string_append_printf(
			all, "%s ", indicator_kind_name(store_kind(&made->store, i)));
		store_append_value(all, &made->store, i);
		g_string_append_c(all, '\n');
	}
	for (guint i = 0; lines[i]; i++) {
		g_autofree char *line = g_strdup_printf("%s\n", lines[i]);
		g_autofree char *folded = text_fold(line);

		if (!strstr(all->str, line) && !strstr(all->str, folded))
			g_error("'%s' is not in '%s'", lines[i], all->str);
	}
}

static guint8 *build(gsize *ret_size)
{
	g_autoptr(Builder) builder = builder_new();
	static const char *const lists[] = { "vpn-ipv4", NULL };
	guint n_refused;
	Indicator first = test_indicator(INDICATOR_HOST, "evil.example");
	Indicator second = test_indicator(INDICATOR_MD5, "0123456789abcdef0123456789abcdef");

	first.title = "A title";
	first.confidence = 70;
	first.valid_from = 5;
	first.lists = lists;
	builder_begin_source(builder, "one.csv");
	(void)builder_add(builder, &first);
	(void)builder_add(builder, &second);
	g_assert_cmpuint(builder_count(builder, INDICATOR_HOST), ==, 1);
	builder_end_source(builder,
		&(IntelSource){ .path = "one.csv",
			.format = "csv",
			.name = "One",
			.sha256 = "ab",
			.accepted = 2,
			.notes = { [INTEL_OVER_BROAD] = 3 } });
	builder_begin_source(builder, "two.csv");
	first.title = "Another";
	first.is_silent = TRUE;
	first.line = 9;
	(void)builder_add(builder, &first);
	builder_end_source(builder,
		&(IntelSource){
			.path = "two.csv", .format = "csv", .name = "Two", .sha256 = "cd" });
	return builder_finish(builder, ret_size, &n_refused);
}

/* The same value of two sources is one indicator with two parts. */
static void test_merged(void)
{
	gsize size;
	g_autofree guint8 *bytes = build(&size);
	Store store;
	StorePart part;
	StoreSet set;
	IntelSource source;

	g_assert_true(store_open(&store, slice_make(bytes, size), NULL));
	g_assert_cmpuint(store.n, ==, 2);
	g_assert_cmpuint(store_count_parts(&store, 0), ==, 2);
	g_assert_cmpuint(store_count_parts(&store, 1), ==, 1);
	store_part(&store, 0, 0, &part);
	g_assert_cmpstr(part.title, ==, "A title");
	g_assert_cmpstr(part.lists, ==, "vpn-ipv4");
	g_assert_cmpuint(part.confidence, ==, 70);
	g_assert_cmpint(part.valid_from, ==, 5);
	g_assert_cmpint(part.valid_until, ==, INSTANT_NONE);
	g_assert_false(part.is_silent);
	store_set(&store, part.set, &set);
	store_source(&store, set.source, &source);
	g_assert_cmpstr(source.path, ==, "one.csv");
	g_assert_cmpuint(source.notes[INTEL_OVER_BROAD], ==, 3);
	store_part(&store, 0, 1, &part);
	g_assert_cmpstr(part.title, ==, "Another");
	g_assert_true(part.is_silent);
	g_assert_cmpuint(part.line, ==, 9);
}

static void test_same_bytes(void)
{
	gsize size, again_size;
	g_autofree guint8 *bytes = build(&size), *again = build(&again_size);

	g_assert_cmpmem(bytes, size, again, again_size);
}

/* ---- hostile ---- */

/*
 * Whatever sources say of an indicator, it can be told: a rule whose document is cut on its way
 * does not have its hash any more, and the child that told of it is taken for a liar.
 */
static void test_long_texts(void)
{
	g_autoptr(Builder) builder = builder_new();
	g_autofree char *text = g_strnfill(5u << 20, '\x01'), *written = g_strnfill(4000, 'A');
	g_autofree guint8 *bytes = NULL;
	Indicator indicator = test_indicator(INDICATOR_MUTEX, written);
	Catalogue catalogue;
	RuleInfo *rule;
	guint n_refused;
	gsize size;
	Store store;

	for (guint i = 0; i < 40; i++) {
		g_autofree char *path = g_strdup_printf("%u.json", i);

		text[0] = (char)('a' + i); /* another text in each */
		indicator.id = indicator.source = indicator.title = text;
		indicator.description = indicator.reference = indicator.tags = text;
		(void)builder_begin_source(builder, path);
		g_assert_null(builder_add(builder, &indicator));
		builder_end_source(builder,
			&(IntelSource){ .path = path, .format = "x", .name = text, .sha256 = "" });
	}
	bytes = builder_finish(builder, &size, &n_refused);
	g_assert_true(store_open(&store, slice_make(bytes, size), NULL));
	catalogue_init(&catalogue);
	catalogue_add(&catalogue, &store, "x");
	rule = catalogue_describe(&catalogue, 0);
	g_assert_cmpuint(strlen(rule->source), >, LIMIT_INDICATOR_TOLD_BYTES);
	g_assert_cmpuint(strlen(rule->source), <, LIMIT_MESSAGE_TEXT_BYTES);
	g_assert_cmpuint(strlen(rule->source) + strlen(rule->title) + strlen(rule->tags) +
			strlen(rule->author) + strlen(rule->description) +
			strlen(rule->falsepositives) + strlen(rule->references),
		<, LIMIT_MESSAGE_BYTES / 2);
	rule_info_free(rule);
	catalogue_clear(&catalogue);
}

static void use(const Store *store)
{
	Catalogue catalogue;
	Finder finder;

	catalogue_init(&catalogue);
	catalogue_add(&catalogue, store, "x");
	for (guint32 i = 0; i < MIN(store->n, 30); i++)
		rule_info_free(catalogue_describe(&catalogue, i));
	catalogue_clear(&catalogue);
	finder_init(&finder, store, 1);
	for (guint i = 0; i < OBSERVE_N; i++)
		g_free(test_find(&finder, OBSERVE_BIT(i),
			"http://evil.example/a x@evil.example 192.0.2.1 Temp\\Evil.exe"));
	finder_clear(&finder);
}

static void test_truncated(void)
{
	g_autoptr(TestStore) made = test_store_new(lines);
	Store store;

	for (gsize size = 0; size < made->size; size++) {
		g_autofree guint8 *copy = g_memdup2(made->bytes, MAX(size, 1));

		g_assert_false(store_open(&store, slice_make(copy, size), NULL));
		if (size < STORE_HEADER_BYTES)
			continue;
		for (guint i = 0; i < 8; i++) /* the size that it says is made to fit */
			copy[16 + i] = (guint8)((guint64)size >> 8 * i);
		if (store_open(&store, slice_make(copy, size), NULL))
			use(&store);
	}
}

static void test_flipped(void)
{
	g_autoptr(TestStore) made = test_store_new(lines);
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	guint n_open = 0;

	for (guint round = 0; round < 6000; round++) {
		g_autofree guint8 *copy = g_memdup2(made->bytes, made->size);
		gsize at = round < made->size
			? round
			: (gsize)g_rand_int_range(random, 0, (gint32)made->size);
		Store store;

		copy[at] = (guint8)g_rand_int_range(random, 0, 256);
		if (round % 3 == 0)
			copy[at] = 0xff;
		if (!store_open(&store, slice_make(copy, made->size), NULL))
			continue;
		n_open++;
		use(&store);
	}
	g_assert_cmpuint(n_open, >, 100);
}

static void test_refused(void)
{
	g_autoptr(Builder) builder = builder_new();
	g_autofree char *longest = g_strnfill(5000, 'a');
	Indicator indicator = test_indicator(INDICATOR_HOST, longest);

	builder_begin_source(builder, "x");
	g_assert_cmpstr(builder_add(builder, &indicator), !=, NULL);
	indicator = test_indicator(INDICATOR_MD5, "0123");
	g_assert_cmpstr(builder_add(builder, &indicator), !=, NULL);
	indicator = test_indicator(INDICATOR_NETWORK, "192.0.2.0/33");
	g_assert_cmpstr(builder_add(builder, &indicator), !=, NULL);
	indicator = test_indicator(INDICATOR_ADDRESS, "192.0.2");
	g_assert_cmpstr(builder_add(builder, &indicator), !=, NULL);
	g_assert_cmpuint(builder_count_all(builder), ==, 0);
}

static void test_many(void)
{
	g_autoptr(Builder) builder = builder_new();
	g_autofree guint8 *bytes = NULL;
	gsize size;
	guint n_refused;
	Store store;

	builder_begin_source(builder, "x");
	for (guint i = 0; i < 50000; i++) {
		g_autofree char *host =
			g_strdup_printf("h%u.evil%u.example", i * 7919 % 50000, i % 7);
		Indicator indicator = test_indicator(INDICATOR_HOST, host);

		g_assert_cmpstr(builder_add(builder, &indicator), ==, NULL);
	}
	bytes = builder_finish(builder, &size, &n_refused);
	g_assert_cmpuint(n_refused, ==, 0);
	g_assert_true(store_open(&store, slice_make(bytes, size), NULL));
	g_assert_cmpuint(store.n, ==, 50000);
	for (guint i = 0; i < 50000; i++) {
		g_autofree char *host =
			g_strdup_printf("h%u.evil%u.example", i * 7919 % 50000, i % 7);

		g_assert_cmpuint(find(&store, INDICATOR_HOST, host), ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/indicator-store/every-kind", test_every_kind);
	g_test_add_func("/indicator-store/values", test_values);
	g_test_add_func("/indicator-store/merged", test_merged);
	g_test_add_func("/indicator-store/same-bytes", test_same_bytes);
	g_test_add_func("/indicator-store/long-texts", test_long_texts);
	g_test_add_func("/indicator-store/truncated", test_truncated);
	g_test_add_func("/indicator-store/flipped", test_flipped);
	g_test_add_func("/indicator-store/refused", test_refused);
	g_test_add_func("/indicator-store/many", test_many);
	return g_test_run();
}

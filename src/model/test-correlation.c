/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/correlation-set.h"

static char *const group_by[] = { (char *)"User", (char *)"ip", NULL };
static char *const part_group_by[] = { (char *)"TargetUserName", (char *)"IpAddress", NULL };
static char *const fields[] = { (char *)"Bytes", NULL };
static char *const none[] = { NULL };
static char *const carried[] = { (char *)"Host", NULL };

/* A correlation in which every member has a value of its own. */
static Correlation *make(CorrelationType type)
{
	Correlation *c = g_new0(Correlation, 1);
	gboolean has_fields =
		type != CORRELATION_EVENT_COUNT && !correlation_type_is_temporal(type);
	char *const *of = has_fields ? fields : none;

	*c = (Correlation){ .rule = 7,
		.type = type,
		.generate = TRUE,
		.timespan = 1500,
		.group_by = g_strdupv((char **)group_by),
		.fields = g_strdupv((char **)of),
		.carried = g_strdupv((char **)carried),
		.percentile = 99.5,
		.n_conditions = 2,
		.n_parts = 2 };
	c->conditions = g_new0(CorrelationCondition, 2);
	c->conditions[0] = (CorrelationCondition){ CORRELATION_GT, -2.5 };
	c->conditions[1] = (CorrelationCondition){ CORRELATION_NEQ, 1e9 };
	c->parts = g_new0(CorrelationPart, 2);
	for (guint i = 0; i < 2; i++)
		c->parts[i] = (CorrelationPart){ .rule = 3 + i,
			.name = g_strdup(i ? "b" : "a"),
			.group_by = g_strdupv((char **)part_group_by),
			.fields = g_strdupv((char **)of),
			.carried = g_strdupv((char **)carried) };
	return c;
}

static Slice encoded(const Correlation *c, GByteArray *ret)
{
	g_byte_array_set_size(ret, 0);
	correlation_encode(c, ret);
	return slice_make(ret->data, ret->len);
}

static void test_names(void)
{
	CorrelationType type;
	CorrelationOperator operator;

	for (guint i = 0; i < CORRELATION_STIX_PATTERN; i++) { /* which Sigma does not have */
		g_assert_true(correlation_type_parse(correlation_type_name(i), &type));
		g_assert_cmpuint(type, ==, i);
	}
	for (guint i = 0; i < CORRELATION_N_OPERATORS; i++) {
		g_assert_true(correlation_operator_parse(correlation_operator_name(i), &operator));
		g_assert_cmpuint(operator, ==, i);
	}
	g_assert_true(correlation_type_parse("Value_Count", &type));
	g_assert_cmpint(type, ==, CORRELATION_VALUE_COUNT);
	g_assert_false(correlation_type_parse("near", &type));
	g_assert_false(correlation_type_parse("stix_pattern", &type));
	g_assert_false(correlation_operator_parse("ge", &operator));
}

static void test_round_trip(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new(), again = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	for (guint type = 0; type < CORRELATION_STIX_PATTERN; type++) {
		g_autoptr(Correlation) c = make(type);
		g_autoptr(Correlation) got = correlation_decode(encoded(c, bytes), &error);

		g_assert_no_error(error);
		g_assert_true(
			slice_equal(encoded(got, again), slice_make(bytes->data, bytes->len)));
		g_assert_cmpuint(got->rule, ==, 7);
		g_assert_cmpint(got->type, ==, type);
		g_assert_true(got->generate);
		g_assert_cmpint(got->timespan, ==, 1500);
		g_assert_cmpfloat(got->percentile, ==, 99.5);
		g_assert_cmpfloat(got->conditions[0].number, ==, -2.5);
		g_assert_cmpint(got->conditions[1].operator, ==, CORRELATION_NEQ);
		g_assert_cmpstr(got->group_by[1], ==, "ip");
		g_assert_cmpstr(got->parts[1].name, ==, "b");
		g_assert_cmpstr(got->parts[0].group_by[0], ==, "TargetUserName");
		g_assert_cmpstr(got->parts[0].carried[0], ==, "Host");
	}
}

/* Every byte too few or too many is noticed. */
static void test_sizes(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(Correlation) c = make(CORRELATION_VALUE_SUM);
	Slice whole = encoded(c, bytes);

	for (gsize size = 0; size < whole.size; size++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(correlation_decode(slice_sub(whole, 0, size), &error));
		g_assert_nonnull(error);
	}
	g_byte_array_append(bytes, (const guint8 *)"", 1);
	g_assert_null(correlation_decode(slice_make(bytes->data, bytes->len), NULL));
}

static void assert_refused(Correlation *broken)
{
	g_autoptr(Correlation) c = broken;
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_assert_null(correlation_decode(encoded(c, bytes), NULL));
}

static void swap(char **place, const char *text)
{
	g_free(*place);
	*place = g_strdup(text);
}

static void test_refused(void)
{
	g_autofree char *huge = g_strnfill(LIMIT_CORRELATION_NAME_BYTES + 1, 'x');
	Correlation *c;

#define REFUSE(type, change)                                                                       \
	do {                                                                                       \
		c = make(type);                                                                    \
		change;                                                                            \
		assert_refused(c);                                                                 \
	} while (0)

	REFUSE(CORRELATION_TEMPORAL, c->type = CORRELATION_N_TYPES);
	REFUSE(CORRELATION_TEMPORAL, c->timespan = 0);
	REFUSE(CORRELATION_TEMPORAL, c->timespan = -1);
	REFUSE(CORRELATION_TEMPORAL, c->timespan = G_MAXINT64);
	REFUSE(CORRELATION_TEMPORAL, c->percentile = 101);
	REFUSE(CORRELATION_TEMPORAL, c->percentile = NAN);
	REFUSE(CORRELATION_TEMPORAL, c->conditions[0].number = INFINITY);
	REFUSE(CORRELATION_TEMPORAL, c->conditions[0].operator= CORRELATION_N_OPERATORS);
	REFUSE(CORRELATION_TEMPORAL, swap(&c->group_by[0], ""));
	REFUSE(CORRELATION_TEMPORAL, swap(&c->group_by[0], huge));
	REFUSE(CORRELATION_TEMPORAL, swap(&c->parts[0].name, "\xFF"));
	REFUSE(CORRELATION_TEMPORAL, (g_free(c->group_by[1]), c->group_by[1] = NULL));
	REFUSE(CORRELATION_VALUE_SUM, (g_free(c->fields[0]), c->fields[0] = NULL));
	REFUSE(CORRELATION_VALUE_SUM, c->type = CORRELATION_EVENT_COUNT);
	REFUSE(CORRELATION_EVENT_COUNT, c->type = CORRELATION_VALUE_COUNT);
	REFUSE(CORRELATION_EVENT_COUNT, c->n_conditions = 0);
#undef REFUSE
}

/* One part, no values, and an expression. */
static Correlation *make_pattern(void)
{
	Correlation *c = g_new0(Correlation, 1);

	*c = (Correlation){ .rule = 7,
		.type = CORRELATION_STIX_PATTERN,
		.timespan = 1,
		.group_by = g_strdupv((char **)none),
		.fields = g_strdupv((char **)none),
		.carried = g_strdupv((char **)none),
		.expression = g_bytes_new("\x01\x00", 2),
		.n_parts = 1 };
	c->parts = g_new0(CorrelationPart, 1);
	c->parts[0] = (CorrelationPart){ .rule = 8,
		.name = g_strdup("[1]"),
		.group_by = g_strdupv((char **)none),
		.fields = g_strdupv((char **)none),
		.carried = g_strdupv((char **)none) };
	return c;
}

static void test_pattern(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(Correlation) c = make_pattern();
	g_autoptr(Correlation) got = correlation_decode(encoded(c, bytes), NULL);
	Correlation *bad;

	g_assert_nonnull(got);
	g_assert_true(g_bytes_equal(got->expression, c->expression));
	bad = make_pattern();
	g_clear_pointer(&bad->expression, g_bytes_unref);
	assert_refused(bad);
	bad = make(CORRELATION_TEMPORAL);
	bad->expression = g_bytes_new("x", 1);
	assert_refused(bad);
	bad = make(CORRELATION_TEMPORAL);
	bad->type = CORRELATION_STIX_PATTERN; /* has values and conditions */
	bad->expression = g_bytes_new("x", 1);
	assert_refused(bad);
}

static GByteArray *folded_key(const char *const *texts, guint n)
{
	g_autoptr(GByteArray) key = g_byte_array_new();
	GByteArray *folded = g_byte_array_new();

	hit_key_append(key, texts, n);
	hit_key_append_folded(folded, slice_make(key->data, key->len), n);
	return folded;
}

static gboolean same_folded(const char *const *a, const char *const *b, guint n)
{
	g_autoptr(GByteArray) x = folded_key(a, n), y = folded_key(b, n);

	return slice_equal(slice_make(x->data, x->len), slice_make(y->data, y->len));
}

static void test_keys(void)
{
	const char *const texts[] = { "Admin", NULL, "" };
	g_autoptr(GByteArray) key = g_byte_array_new();
	Slice got[4];

	hit_key_append(key, texts, 3);
	g_assert_true(hit_key_read(slice_make(key->data, key->len), 3, got));
	g_assert_true(slice_equal(got[0], slice_from_text("Admin")));
	g_assert_null(got[1].data);
	g_assert_nonnull(got[2].data);
	g_assert_cmpuint(got[2].size, ==, 0);
	g_assert_false(hit_key_read(slice_make(key->data, key->len), 2, got));
	g_assert_false(hit_key_read(slice_make(key->data, key->len), 4, got));
	for (gsize size = 0; size < key->len; size++)
		g_assert_false(hit_key_read(slice_make(key->data, size), 3, got));
	key->data[5] = 0xFF;
	g_assert_false(hit_key_read(slice_make(key->data, key->len), 3, got));
	key->data[5] = 0;
	g_assert_false(hit_key_read(slice_make(key->data, key->len), 3, got));
}

static void test_keys_folded(void)
{
	g_assert_true(same_folded((const char *[]){ "Admin" }, (const char *[]){ "ADMIN" }, 1));
	g_assert_false(same_folded((const char *[]){ "Admin" }, (const char *[]){ "Admin2" }, 1));
	g_assert_false(same_folded((const char *[]){ "" }, (const char *[]){ NULL }, 1));
	g_assert_false(
		same_folded((const char *[]){ "ab", "c" }, (const char *[]){ "a", "bc" }, 2));
}

/* Long texts are kept as a start and a hash: equal where they were, whatever their case. */
static void test_keys_long(void)
{
	g_autofree char *big = g_strnfill(3 * LIMIT_HIT_VALUE_BYTES, 'x');
	g_autofree char *upper = g_ascii_strup(big, -1);
	g_autofree char *other = g_strconcat(big, "y", NULL);
	const char *texts[] = { big };
	g_autoptr(GByteArray) key = g_byte_array_new();
	Slice got;

	hit_key_append(key, texts, 1);
	g_assert_true(hit_key_read(slice_make(key->data, key->len), 1, &got));
	g_assert_true(same_folded((const char *[]){ big }, (const char *[]){ upper }, 1));
	g_assert_false(same_folded((const char *[]){ big }, (const char *[]){ other }, 1));
}

/* ---- sets ---- */

typedef struct SetFixture {
	GPtrArray *set, *rules;
	RuleInfo infos[64];
} SetFixture;

/* Rules 0 and 1 are detections; from 2 on all are correlations, of which add() makes some. */
static void set_fixture_init(SetFixture *f)
{
	*f = (SetFixture){ .set = g_ptr_array_new_with_free_func((GDestroyNotify)correlation_free),
		.rules = g_ptr_array_new() };
	for (guint i = 0; i < G_N_ELEMENTS(f->infos); i++) {
		f->infos[i] = (RuleInfo){ .index = i,
			.status = RULE_LOADED,
			.kind = i < 2 ? RULE_DETECTION : RULE_CORRELATION };
		g_ptr_array_add(f->rules, &f->infos[i]);
	}
}

static void set_fixture_clear(SetFixture *f)
{
	g_ptr_array_unref(f->set);
	g_ptr_array_unref(f->rules);
}

/* Correlation @rule over @a and @b, all grouping by the same. */
static Correlation *add(SetFixture *f, guint rule, guint a, guint b)
{
	Correlation *c = make(CORRELATION_TEMPORAL);

	c->rule = rule;
	c->parts[0].rule = a;
	c->parts[1].rule = b;
	for (guint i = 0; i < 2; i++) {
		g_strfreev(c->parts[i].group_by);
		c->parts[i].group_by = g_strdupv(c->group_by);
	}
	g_ptr_array_add(f->set, c);
	return c;
}

static gboolean fits(const SetFixture *f)
{
	g_autoptr(GError) error = NULL;
	gboolean does = correlation_set_check(f->set, f->rules, &error);

	g_assert_true(does == (error == NULL));
	return does;
}

/* Inner correlations come before outer ones, whichever rule is the first. */
static void test_set_order(void)
{
	SetFixture f;
	g_autoptr(GPtrArray) ordered = g_ptr_array_new();
	const guint expected[] = { 4, 5, 3, 2 };

	set_fixture_init(&f);
	add(&f, 2, 3, 5);
	add(&f, 3, 4, 0);
	add(&f, 4, 0, 1);
	add(&f, 5, 0, 1);
	g_assert_true(fits(&f));
	g_assert_true(correlation_set_order(f.set, ordered));
	g_assert_cmpuint(ordered->len, ==, 4);
	for (guint i = 0; i < 4; i++)
		g_assert_cmpuint(((Correlation *)ordered->pdata[i])->rule, ==, expected[i]);
	g_assert_true(correlation_set_find(f.set, 3) == f.set->pdata[1]);
	g_assert_null(correlation_set_find(f.set, 6));
	g_assert_null(correlation_set_find(f.set, 0));
	set_fixture_clear(&f);
}

static void test_set_refused(void)
{
	SetFixture f;
	Correlation *outer;

	set_fixture_init(&f);
	outer = add(&f, 2, 0, 3);
	add(&f, 3, 0, 1);
	g_assert_true(fits(&f));
	outer->parts[0].rule = 64; /* no such rule */
	g_assert_false(fits(&f));
	outer->parts[0].rule = 9; /* no such correlation */
	g_assert_false(fits(&f));
	outer->parts[0].rule = 2; /* itself */
	g_assert_false(fits(&f));
	outer->parts[0].rule = 0;
	f.infos[0].status = RULE_REJECTED;
	g_assert_false(fits(&f));
	f.infos[0].status = RULE_LOADED;
	f.infos[0].kind = RULE_FILTER;
	g_assert_false(fits(&f));
	f.infos[0].kind = RULE_DETECTION;
	g_assert_true(fits(&f));
	swap(&outer->parts[1].group_by[0], "Unheard"); /* what the inner one has not */
	g_assert_false(fits(&f));
	swap(&outer->parts[1].group_by[0], "Host"); /* what it carries */
	g_assert_true(fits(&f));
	outer->rule = 4; /* out of order */
	g_assert_false(fits(&f));
	set_fixture_clear(&f);
}

static void test_set_circles(void)
{
	SetFixture f;

	set_fixture_init(&f);
	add(&f, 2, 0, 3);
	add(&f, 3, 4, 0);
	add(&f, 4, 1, 2);
	g_assert_false(fits(&f));
	set_fixture_clear(&f);
}

static void test_set_height(void)
{
	SetFixture f;

	set_fixture_init(&f);
	add(&f, 2, 0, 1);
	for (guint i = 1; i < LIMIT_CORRELATION_DEPTH; i++)
		add(&f, 2 + i, 0, 1 + i);
	g_assert_true(fits(&f));
	add(&f, 2 + LIMIT_CORRELATION_DEPTH, 0, 1 + LIMIT_CORRELATION_DEPTH);
	g_assert_false(fits(&f));
	set_fixture_clear(&f);
}

/* A rule is silent unless none refers to it, or one that generates does. */
static void test_set_silence(void)
{
	SetFixture f;

	set_fixture_init(&f);
	add(&f, 2, 0, 1)->generate = FALSE;
	add(&f, 3, 1, 2)->generate = TRUE;
	add(&f, 4, 1, 3)->generate = FALSE;
	correlation_set_mark_silent(f.set, f.rules);
	g_assert_true(f.infos[0].is_silent);
	g_assert_false(f.infos[1].is_silent);
	g_assert_false(f.infos[2].is_silent);
	g_assert_true(f.infos[3].is_silent);
	g_assert_false(f.infos[4].is_silent);
	set_fixture_clear(&f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/correlation/names", test_names);
	g_test_add_func("/correlation/pattern", test_pattern);
	g_test_add_func("/correlation/round-trip", test_round_trip);
	g_test_add_func("/correlation/sizes", test_sizes);
	g_test_add_func("/correlation/refused", test_refused);
	g_test_add_func("/correlation/keys", test_keys);
	g_test_add_func("/correlation/keys-folded", test_keys_folded);
	g_test_add_func("/correlation/keys-long", test_keys_long);
	g_test_add_func("/correlation-set/order", test_set_order);
	g_test_add_func("/correlation-set/refused", test_set_refused);
	g_test_add_func("/correlation-set/circles", test_set_circles);
	g_test_add_func("/correlation-set/height", test_set_height);
	g_test_add_func("/correlation-set/silence", test_set_silence);
	return g_test_run();
}

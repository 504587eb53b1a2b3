/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every case of the OASIS matcher's and validator's suites, as recorded in
 * $SPOOR_CORPUS/stix/pattern-cases.jsonl: whether a pattern matches, how many observations it
 * binds, and whether it is valid.
 *
 * Where the reference gives up with an error because of a value ("hello" compared with a time),
 * here the comparison is not evaluable; that agrees. So does a pattern that is told to be wrong
 * sooner.
 */
#include "base/limits.h"
#include "stix/join.h"
#include "stix/test-objects.h"

typedef struct Observed {
	TestObservation observation;
	Instant first, last;
	guint64 n;
} Observed;

static void observed_free(gpointer data)
{
	Observed *observed = data;

	g_ptr_array_unref(observed->observation.objects);
	g_ptr_array_unref(observed->observation.names);
	g_free(observed);
}

static Observed *observed_new(const TestJson *data)
{
	Observed *observed = g_new0(Observed, 1);

	observed->observation.objects = g_ptr_array_new();
	observed->observation.names = g_ptr_array_new();
	if (!instant_parse(
		    slice_from_text(test_json_text(data, "first_observed")), &observed->first))
		observed->first = INT64_MIN + 1; /* before 1678 */
	if (!instant_parse(slice_from_text(test_json_text(data, "last_observed")), &observed->last))
		observed->last = INT64_MIN + 1;
	observed->n = (guint64)test_json_get(data, "number_observed")->integer;
	return observed;
}

/* ---- what was observed --------------------------------------------------------------------------
 */

static void add_object(Observed *observed, const char *name, TestJson *object)
{
	g_ptr_array_add(observed->observation.names, (gpointer)name);
	g_ptr_array_add(observed->observation.objects, object);
}

static void add_2_0(GPtrArray *ret, const TestJson *data)
{
	Observed *observed = observed_new(data);
	const TestJson *objects = test_json_get(data, "objects");

	for (guint i = 0; i < objects->items->len; i++)
		add_object(observed, objects->keys->pdata[i], objects->items->pdata[i]);
	g_ptr_array_add(ret, observed);
}

static TestJson *object_by_id(const TestJson *bundles, const char *id)
{
	for (guint i = 0; i < bundles->items->len; i++) {
		const TestJson *objects = test_json_get(bundles->items->pdata[i], "objects");

		for (guint k = 0; k < objects->items->len; k++)
			if (g_strcmp0(test_json_text(objects->items->pdata[k], "id"), id) == 0)
				return objects->items->pdata[k];
	}
	return NULL;
}

/* Observed data of all bundles, each with those objects that it refers to. */
static void add_2_1(GPtrArray *ret, const TestJson *bundles, const TestJson *bundle)
{
	const TestJson *objects = test_json_get(bundle, "objects");

	for (guint i = 0; i < objects->items->len; i++) {
		const TestJson *data = objects->items->pdata[i];
		const TestJson *refs = test_json_get(data, "object_refs");
		Observed *observed;

		if (g_strcmp0(test_json_text(data, "type"), "observed-data") != 0)
			continue;
		observed = observed_new(data);
		for (guint k = 0; k < refs->items->len; k++) {
			const TestJson *ref = refs->items->pdata[k];
			TestJson *object = object_by_id(bundles, ref->text);

			if (object && g_strcmp0(test_json_text(object, "type"), "identity") != 0)
				add_object(observed, ref->text, object);
		}
		g_ptr_array_add(ret, observed);
	}
}

static GPtrArray *read_observed(const TestJson *set)
{
	GPtrArray *ret = g_ptr_array_new_with_free_func(observed_free);
	const TestJson *observations = test_json_get(set, "observations");
	gboolean is_2_0 = strcmp(test_json_text(set, "stix_version"), "2.0") == 0;

	for (guint i = 0; i < observations->items->len; i++)
		if (is_2_0)
			add_2_0(ret, observations->items->pdata[i]);
		else
			add_2_1(ret, observations, observations->items->pdata[i]);
	return ret;
}

/* ---- matching -----------------------------------------------------------------------------------
 */

typedef struct Outcome {
	const char *result;
	guint n; /* observations that are bound */
} Outcome;

static gint by_first(gconstpointer a, gconstpointer b)
{
	const Observed *x = *(const Observed *const *)a, *y = *(const Observed *const *)b;

	return (x->first > y->first) - (x->first < y->first);
}

static guint count_bound(const GArray *bound, const GArray *first_events)
{
	guint n = 0;

	for (guint i = 0; i < bound->len; i++)
		for (guint k = 0; k < first_events->len; k++)
			n += g_array_index(bound, StixBound, i).event ==
				g_array_index(first_events, guint, k);
	return n;
}

static Outcome join(
	const StixPattern *pattern, StixSightings *sightings, const GArray *first_events)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GArray) bound = g_array_new(FALSE, FALSE, sizeof(StixBound));
	g_autoptr(StixJoin) decoded = NULL;
	guint64 steps = LIMIT_STIX_STEPS;
	StixJoined joined;

	stix_pattern_append_join(pattern, bytes);
	decoded = stix_join_decode(slice_make(bytes->data, bytes->len), NULL);
	g_assert_nonnull(decoded);
	joined = stix_join_find(decoded, sightings, &steps, bound);
	g_assert_cmpint(joined, !=, STIX_JOINED_UNDECIDED);
	return joined == STIX_JOINED ? (Outcome){ "match", count_bound(bound, first_events) }
				     : (Outcome){ "nomatch", 0 };
}

static Outcome match(const char *text, const GPtrArray *set)
{
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), NULL);
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	g_autoptr(GArray) first_events = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(StixSightings) sightings = NULL;

	if (!pattern || !stix_pattern_compile(pattern, NULL))
		return (Outcome){ "error", 0 };
	for (guint i = 0; i < set->len; i++)
		g_ptr_array_add(sorted, set->pdata[i]);
	g_ptr_array_sort(sorted, by_first);
	sightings = stix_sightings_new(stix_pattern_n_parts(pattern));
	for (guint i = 0; i < sorted->len; i++) {
		Observed *observed = sorted->pdata[i];
		StixProvider provider = test_observation_provider(&observed->observation);
		g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(guint));

		observed->observation.pattern = pattern;
		for (guint part = 0; part < stix_pattern_n_parts(pattern); part++) {
			StixRemarks remarks;
			StixTruth truth = stix_part_judge(pattern, part, &provider, NULL, &remarks);

			if (remarks.is_unreadable)
				return (Outcome){ "error", 0 };
			if (truth == STIX_TRUE)
				g_array_append_val(parts, part);
		}
		for (guint64 k = 0; k < observed->n; k++) {
			guint event =
				stix_sightings_add(sightings, observed->first, observed->last);

			if (k == 0)
				g_array_append_val(first_events, event);
			for (guint part = 0; part < parts->len; part++)
				stix_sightings_add_part(
					sightings, g_array_index(parts, guint, part));
		}
	}
	return join(pattern, sightings, first_events);
}

/* ---- the file -----------------------------------------------------------------------------------
 */

static const char *validate(const char *text, StixVersion version)
{
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), NULL);

	return pattern && stix_pattern_check(pattern, version, NULL) ? "valid" : "invalid";
}

static gboolean case_agrees(const TestJson *line, GHashTable *sets)
{
	const char *pattern = test_json_text(line, "pattern");
	const char *result = test_json_text(line, "result");
	gboolean is_2_0 = strcmp(test_json_text(line, "stix_version"), "2.0") == 0;
	Outcome outcome = { NULL, 0 };
	guint n = 0;

	if (strcmp(test_json_text(line, "kind"), "validate") == 0) {
		outcome.result = validate(pattern, is_2_0 ? STIX_2_0 : STIX_2_1);
	} else {
		const TestJson *n_sdos = test_json_get(line, "n_sdos");
		const TestJson *id = test_json_get(line, "observations_id");

		n = n_sdos && n_sdos->kind == TEST_INTEGER ? (guint)n_sdos->integer : 0;
		outcome = match(
			pattern, g_hash_table_lookup(sets, GINT_TO_POINTER((int)id->integer + 1)));
	}
	if (strcmp(outcome.result, result) == 0 && outcome.n == n)
		return TRUE;
	g_test_message(
		"%s: %s of %u here, %s of %u there", pattern, outcome.result, outcome.n, result, n);
	return FALSE;
}

static void test_cases(void)
{
	const char *corpus = g_getenv("SPOOR_CORPUS");
	g_autofree char *path = g_build_filename(
		corpus ? corpus : "../shared/corpus", "stix", "pattern-cases.jsonl", NULL);
	g_autofree char *beside = g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), path, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GHashTable) sets =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)test_json_free);
	guint n = 0, n_agree = 0;

	if (!g_file_get_contents(corpus ? path : beside, &text, NULL, NULL)) {
		g_test_skip("there is no corpus (SPOOR_CORPUS)");
		return;
	}
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		const char *at = lines[i];
		TestJson *line;

		if (!*at)
			continue;
		line = test_json_read(&at);
		g_ptr_array_add(read, line);
		if (test_json_get(line, "kind")) {
			n++;
			n_agree += case_agrees(line, sets);
			continue;
		}
		g_hash_table_insert(sets,
			GINT_TO_POINTER((int)test_json_get(line, "observations_id")->integer + 1),
			read_observed(line));
	}
	g_test_message("%u of %u cases agree", n_agree, n);
	g_assert_cmpuint(n, >, 0);
	g_assert_cmpuint(n_agree, ==, n);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stix/conformance/cases", test_cases);
	return g_test_run();
}

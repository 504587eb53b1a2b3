/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file of rules that refer to each other: loaded behind two rules that they may name
 * ("one" and "two"), linked and joined. All are told of once, and what is told fits together.
 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/engine.h"
#include "model/correlation-set.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char base_rules[] =
	"name: one\nlogsource: {product: windows}\ndetection: {s: {A: 1}, condition: s}\n---\n"
	"name: two\nlogsource: {product: windows}\ndetection: {s: {B: 1}, condition: s}\n";

typedef struct Told {
	GPtrArray *rules; /* RuleInfo: what the check needs of them */
	GPtrArray *correlations;
} Told;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static void note_rule(void *context, const RuleInfo *rule)
{
	Told *told = context;
	RuleInfo *kept = g_new0(RuleInfo, 1);

	kept->status = rule->status;
	kept->kind = rule->kind;
	g_assert_true(rule->status == RULE_LOADED || rule->reason[0]);
	if (rule->index >= told->rules->len)
		g_ptr_array_set_size(told->rules, (gint)rule->index + 1);
	g_assert_null(told->rules->pdata[rule->index]);
	told->rules->pdata[rule->index] = kept;
}

static void note_correlation(void *context, const Correlation *correlation)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Correlation *decoded;

	correlation_encode(correlation, bytes);
	decoded = correlation_decode(slice_make(bytes->data, bytes->len), NULL);
	g_assert_nonnull(decoded);
	g_ptr_array_add(((Told *)context)->correlations, decoded);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	Told told = { g_ptr_array_new_with_free_func((GDestroyNotify)rule_info_free),
		g_ptr_array_new_with_free_func((GDestroyNotify)correlation_free) };
	const EngineReport report = {
		.rule = note_rule, .correlation = note_correlation, .context = &told
	};
	EngineState *engine = sigma_engine.new(0, &report);
	guint n;

	n = sigma_engine.load(engine, "a.yml", slice_from_text(base_rules), 0);
	n += sigma_engine.load(engine, "b.yml", slice_make(data, size), n);
	(void)sigma_engine.compile(engine, 0);
	g_assert_cmpuint(told.rules->len, ==, n);
	g_assert_true(correlation_set_check(told.correlations, told.rules, NULL));
	sigma_engine.free(engine);
	g_ptr_array_unref(told.rules);
	g_ptr_array_unref(told.correlations);
	return 0;
}

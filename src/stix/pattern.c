/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a pattern without judging anything by it. */
#include "base/error.h"
#include "stix/tree.h"

/* ---- simple patterns ----------------------------------------------------------------------------
 */

static gboolean test_is_simple(const StixNode *node)
{
	if (node->kind == STIX_AND)
		return FALSE;
	if (node->kind == STIX_OR) {
		for (const StixNode *child = node->child; child; child = child->next)
			if (!test_is_simple(child))
				return FALSE;
		return TRUE;
	}
	if (node->is_negated || (node->operator!= STIX_EQ && node->operator!= STIX_IN))
		return FALSE;
	return !node->literals || node->literals->kind == STIX_STRING ||
		node->literals->kind == STIX_INTEGER || node->literals->kind == STIX_FLOAT;
}

static gboolean observation_is_simple(const StixObservation *observation)
{
	if (observation->kind == STIX_PART)
		return test_is_simple(observation->test);
	if (observation->kind != STIX_ANY)
		return FALSE;
	for (const StixObservation *child = observation->child; child; child = child->next)
		if (!observation_is_simple(child))
			return FALSE;
	return TRUE;
}

static void tell_values(const StixNode *node, StixValueFunc each, void *context)
{
	if (node->kind == STIX_OR) {
		for (const StixNode *child = node->child; child; child = child->next)
			tell_values(child, each, context);
		return;
	}
	for (const StixLiteral *value = node->literals; value; value = value->next)
		each(context, node->path->text, value->text);
}

gboolean stix_pattern_is_simple(const StixPattern *pattern, StixValueFunc each, void *context)
{
	if (!observation_is_simple(pattern->root))
		return FALSE;
	for (guint i = 0; i < pattern->parts->len; i++) {
		const StixObservation *part = pattern->parts->pdata[i];

		tell_values(part->test, each, context);
	}
	return TRUE;
}

static gboolean test_is_equality(const StixNode *node)
{
	return node->kind != STIX_AND && node->kind != STIX_OR && !node->is_negated &&
		node->operator== STIX_EQ && node->literals && node->literals->kind == STIX_STRING;
}

gboolean stix_pattern_is_conjunction(const StixPattern *pattern, StixValueFunc each, void *context)
{
	const StixNode *test = pattern->root->kind == STIX_PART ? pattern->root->test : NULL;

	if (!test || test->kind != STIX_AND)
		return FALSE;
	for (const StixNode *child = test->child; child; child = child->next)
		if (!test_is_equality(child))
			return FALSE;
	for (const StixNode *child = test->child; child; child = child->next)
		each(context, child->path->text, child->literals->text);
	return TRUE;
}

/* ---- patterns that one event makes true ---------------------------------------------------------
 */

static gboolean observation_is_alone(const StixObservation *observation)
{
	if (observation->kind == STIX_PART)
		return TRUE;
	if (observation->kind == STIX_QUALIFIED)
		return (observation->qualifier != STIX_REPEATS || observation->times == 1) &&
			observation_is_alone(observation->child);
	if (observation->kind != STIX_ANY)
		return FALSE;
	for (const StixObservation *child = observation->child; child; child = child->next)
		if (!observation_is_alone(child))
			return FALSE;
	return TRUE;
}

static void tell_alone(const StixObservation *observation, Instant start, Instant stop,
	StixAloneFunc each, void *context)
{
	if (observation->kind == STIX_PART) {
		each(context, observation->part, start, stop);
		return;
	}
	if (observation->kind == STIX_QUALIFIED && observation->qualifier == STIX_START_STOP) {
		start = MAX(start, observation->start);
		stop = MIN(stop, observation->stop);
	}
	for (const StixObservation *child = observation->child; child; child = child->next)
		tell_alone(child, start, stop, each, context);
}

gboolean stix_pattern_is_alone(const StixPattern *pattern, StixAloneFunc each, void *context)
{
	if (!observation_is_alone(pattern->root))
		return FALSE;
	tell_alone(pattern->root, INSTANT_NONE, INT64_MAX, each, context);
	return TRUE;
}

/* ---- checks -------------------------------------------------------------------------------------
 */

static const struct {
	const char *name; /* upper case, without hyphens */
	guint digits;
} HASHES[] = {
	{ "MD5", 32 },
	{ "RIPEMD160", 40 },
	{ "SHA1", 40 },
	{ "SHA224", 56 },
	{ "SHA256", 64 },
	{ "SHA384", 96 },
	{ "SHA512", 128 },
	{ "SHA3224", 56 },
	{ "SHA3256", 64 },
	{ "SHA3384", 96 },
	{ "SHA3512", 128 },
	{ "WHIRLPOOL", 128 },
};

/* How many hexadecimal digits a hash called @name has; 0: unknown. */
static guint hash_digits(const char *name)
{
	g_autoptr(GString) plain = g_string_new(NULL);

	for (; *name; name++)
		if (*name != '-')
			g_string_append_c(plain, g_ascii_toupper(*name));
	for (guint i = 0; i < G_N_ELEMENTS(HASHES); i++)
		if (strcmp(plain->str, HASHES[i].name) == 0)
			return HASHES[i].digits;
	return 0;
}

static gboolean is_hash(const char *text, guint digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdefABCDEF") == digits;
}

const char *stix_hash_problem(StixPattern *pattern, const StixNode *test)
{
	const StixPath *path = test->path;
	const StixStep *last = &path->steps[path->n_steps - 1];
	gboolean has_hashes = FALSE;
	guint digits;

	for (guint i = 0; i + 1 < path->n_steps; i++)
		has_hashes = has_hashes ||
			(path->steps[i].kind == STIX_STEP_KEY &&
				strcmp(path->steps[i].key, "hashes") == 0);
	if (!has_hashes || last->kind != STIX_STEP_KEY ||
		(test->operator!= STIX_EQ && test->operator!= STIX_NE && test->operator!= STIX_IN))
		return NULL;
	digits = hash_digits(last->key);
	for (const StixLiteral *value = test->literals; digits && value; value = value->next)
		if (value->kind == STIX_STRING && !is_hash(value->text, digits)) {
			g_autofree char *reason =
				g_strdup_printf("\"%.80s\" is no %s hash: that has %u hexadecimal "
						"digits",
					value->text, last->key, digits);
			g_autofree char *valid = g_utf8_make_valid(reason, -1);

			return stix_pattern_text(pattern, valid, (gssize)strlen(valid));
		}
	return NULL;
}

/* The same qualifier twice on the same observation; parentheses between them make it another. */
static gboolean has_doubled(const StixObservation *observation)
{
	guint seen = 0;

	if (observation->kind == STIX_PART)
		return FALSE;
	if (observation->kind != STIX_QUALIFIED) {
		for (const StixObservation *child = observation->child; child; child = child->next)
			if (has_doubled(child))
				return TRUE;
		return FALSE;
	}
	for (; observation->kind == STIX_QUALIFIED; observation = observation->child) {
		if (seen & observation->qualifier)
			return TRUE;
		seen |= observation->qualifier;
		if (observation->child->is_in_parentheses)
			return has_doubled(observation->child);
	}
	return FALSE;
}

static gboolean has_text_times(const StixObservation *observation)
{
	for (const StixObservation *child = observation->child; child; child = child->next)
		if (has_text_times(child))
			return TRUE;
	return observation->has_text_times;
}

gboolean stix_pattern_check(const StixPattern *pattern, StixVersion version, GError **error)
{
	const char *problem = pattern->wrong_hash;

	if (!problem && version == STIX_2_0 && pattern->has_exists)
		problem = "STIX 2.0 has no EXISTS";
	if (!problem && version == STIX_2_1 && has_text_times(pattern->root))
		problem = "STIX 2.1 writes the times of START and STOP as t'…'";
	if (!problem && version == STIX_2_1 && has_doubled(pattern->root))
		problem = "a qualifier stands twice on the same observation";
	if (!problem)
		return TRUE;
	g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, problem);
	return FALSE;
}

guint stix_pattern_n_parts(const StixPattern *pattern)
{
	return pattern->parts->len;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/correlation/telling.h"

#include "base/json.h"
#include "base/limits.h"
#include "coordinator/correlation/pattern.h"

typedef struct Unit {
	gint64 size;
	char name;
} Unit;

static const Unit units[] = {
	{ 86400 * INSTANT_SECOND, 'd' },
	{ 3600 * INSTANT_SECOND, 'h' },
	{ 60 * INSTANT_SECOND, 'm' },
	{ INSTANT_SECOND, 's' },
};

char *telling_timespan(const Correlation *correlation)
{
	if (correlation->type == CORRELATION_STIX_PATTERN)
		return g_strdup("all evidence"); /* WITHIN stands in the condition */
	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		if (correlation->timespan % units[i].size == 0)
			return g_strdup_printf("%" G_GINT64_FORMAT "%c",
				correlation->timespan / units[i].size, units[i].name);
	}
	return g_strdup_printf("%" G_GINT64_FORMAT "ns", correlation->timespan);
}

char *telling_measure(Decimal measure)
{
	char text[DECIMAL_TEXT_BYTES];

	decimal_format(measure, text);
	return g_strdup(text);
}

char *telling_condition(const Correlation *correlation)
{
	GString *text;

	if (correlation->type == CORRELATION_STIX_PATTERN)
		return pattern_join_text(correlation);
	text = g_string_new(NULL);
	if (correlation->n_conditions == 0)
		g_string_printf(text, "all of %u rules", correlation->n_parts);
	for (guint i = 0; i < correlation->n_conditions; i++) {
		const CorrelationCondition *condition = &correlation->conditions[i];
		g_autofree char *number = telling_measure(decimal_from_double(condition->number));

		g_string_append_printf(text, "%s%s %s", i ? " and " : "",
			correlation_operator_name(condition->operator), number);
	}
	return g_string_free(text, FALSE);
}

static gboolean find_earlier(char **const *lists, guint n_lists, const char *name)
{
	for (guint i = 0; i < n_lists; i++) {
		if (g_strv_contains((const char *const *)lists[i], name))
			return TRUE;
	}
	return FALSE;
}

char *telling_values(const Correlation *correlation, Slice key, guint n_in_key, guint n)
{
	char **const lists[] = { correlation->group_by, correlation->fields, correlation->carried };
	Slice values[LIMIT_CORRELATION_VALUES];
	g_autoptr(GString) text = g_string_new(NULL);
	Json j = json_begin(text);
	guint at = 0;

	json_object_begin(&j);
	if (!hit_key_read(key, n_in_key, values))
		n = 0;
	for (guint list = 0; list < G_N_ELEMENTS(lists); list++) {
		for (char **name = lists[list]; *name && at < n; name++, at++) {
			g_autofree char *value = values[at].data
				? g_strndup((const char *)values[at].data, values[at].size)
				: NULL;

			if (find_earlier(lists, list, *name))
				continue; /* a value to count that is also one to group by */
			json_member_text(&j, *name, value);
		}
	}
	json_object_end(&j);
	return g_strdup(text->str);
}

char *telling_matched(const Correlation *correlation, Decimal measure)
{
	g_autofree char *condition = telling_condition(correlation);
	g_autofree char *timespan = telling_timespan(correlation);
	g_autofree char *value = telling_measure(measure);
	g_autofree char *fields = g_strjoinv(", ", correlation->fields);
	g_autofree char *groups = g_strjoinv(", ", correlation->group_by);
	const char *type = correlation_type_name(correlation->type);
	g_autofree char *field =
		*fields ? g_strdup_printf("%s of %s", type, fields) : g_strdup(type);
	g_autofree char *test = g_strdup_printf(
		"%s within %s%s%s", condition, timespan, *groups ? " by " : "", groups);
	g_autoptr(GString) text = g_string_new(NULL);
	Json j = json_begin(text);

	json_array_begin(&j);
	json_object_begin(&j);
	json_member_text(&j, "field", field);
	json_member_text(&j, "source", "");
	json_member_text(&j, "test", test);
	json_member_text(&j, "value", value);
	json_member_text(&j, "selection", "correlation");
	json_object_end(&j);
	json_array_end(&j);
	return g_strdup(text->str);
}

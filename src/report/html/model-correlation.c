/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a correlation's finding, as the page shows it: what it is, its group, and a line
 * for each event that it rests on, as many as a reader will look at. `spoor explain` tells all of
 * them.
 */
#include "base/json.h"
#include "report/correlation-json.h"
#include "report/html/model.h"

#define NAME_BYTES 64

typedef struct Record {
	Json j;
	GString *text;
	guint n_events, n_told;
} Record;

static gboolean add_head(void *context, guint n_columns, const char *const *columns)
{
	Record *r = context;
	g_autofree char *what = g_strdup_printf("%s %s within %s", columns[CORRELATED_TYPE],
		columns[CORRELATED_CONDITION], columns[CORRELATED_TIMESPAN]);

	json_member_text(&r->j, "Correlation", what);
	json_member_text(&r->j, "Largest in one timespan", columns[CORRELATED_VALUE]);
	json_member_text(&r->j, "Grouped by", columns[CORRELATED_GROUP]);
	json_member_text(&r->j, "Events", columns[CORRELATED_EVENTS]);
	json_member_text(&r->j, "First", columns[CORRELATED_FIRST]);
	json_member_text(&r->j, "Last", columns[CORRELATED_LAST]);
	return FALSE; /* there is but one */
}

static gboolean add_listed(void *context, guint n_columns, const char *const *columns)
{
	Record *r = context;
	char name[NAME_BYTES], time[INSTANT_TEXT_BYTES];
	gint64 instant = INSTANT_NONE;
	gboolean is_event = columns[LISTED_CORRELATED][0] == '0';
	g_autofree char *line = NULL;

	r->n_events++;
	if (r->text->len >= MODEL_CORRELATION_BYTES)
		return TRUE;
	r->n_told++;
	/* Where it is no number there is no time. */
	(void)g_ascii_string_to_signed(
		columns[LISTED_TIME], 10, G_MININT64, G_MAXINT64, &instant, NULL);
	instant_format(instant, time);
	line = g_strdup_printf("%s  %s  %s%s%s%s%s%s%s", time, columns[LISTED_TITLE],
		columns[LISTED_VALUES], is_event ? "\n" : "", is_event ? columns[LISTED_HOST] : "",
		is_event ? "  " : "", is_event ? columns[LISTED_LOCATOR] : "", is_event ? "  " : "",
		is_event ? columns[LISTED_PATH] : "");
	(void)g_snprintf(name, sizeof name, "Rests on %u", r->n_events); /* there is room */
	json_member_text(&r->j, name, line);
	return TRUE;
}

gboolean model_correlation_record(Case *c, const char *correlated, char **ret, GError **error)
{
	const char *const bind[] = { correlated, NULL };
	g_autoptr(GString) text = g_string_new(NULL);
	Record r = { .j = json_begin(text), .text = text };

	json_object_begin(&r.j);
	if (!case_query(c, CORRELATED_SQL, bind, add_head, &r, error) ||
		!case_query(c, LISTED_SQL, bind, add_listed, &r, error))
		return FALSE;
	if (r.n_told < r.n_events)
		json_member_text(
			&r.j, "Further events", "spoor explain lists them with their records");
	json_object_end(&r.j);
	*ret = g_strdup(text->str);
	return TRUE;
}

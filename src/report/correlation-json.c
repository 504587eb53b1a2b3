/* SPDX-License-Identifier: Apache-2.0 */
#include "report/correlation-json.h"

#include "base/json.h"
#include "base/limits.h"

#define EVENTS_MAX 1000 /* a case may come from a stranger, and lead in circles */

typedef struct Telling {
	Case *c;
	Json j;
	guint n_events, depth;
	gboolean is_there;
	GError **error;
} Telling;

static gboolean tell(Telling *t, const char *number);

void correlation_time(const char *nanoseconds, char ret[INSTANT_TEXT_BYTES])
{
	gint64 time = INSTANT_NONE;

	/* Where it is no number there is no time. */
	(void)g_ascii_string_to_signed(nanoseconds, 10, G_MININT64, G_MAXINT64, &time, NULL);
	instant_format(time, ret);
}

static void append_raw(Json *j, const char *key, const char *json)
{
	json_key(j, key);
	json_raw(j, slice_from_text(json));
}

static void append_time(Json *j, const char *key, const char *time)
{
	json_member_text(j, key, *time ? time : NULL);
}

static void tell_place(Json *j, const char *const *columns)
{
	json_member_text(j, "host", columns[LISTED_HOST]);
	json_member_text(j, "channel", columns[LISTED_CHANNEL]);
	json_key(j, "evidence");
	json_object_begin(j);
	json_member_text(j, "path", columns[LISTED_PATH]);
	json_member_text(j, "sha256", columns[LISTED_EVIDENCE_SHA256]);
	json_object_end(j);
	json_member_text(j, "locator", columns[LISTED_LOCATOR]);
	json_member_bool(j, "recovered", columns[LISTED_RECOVERED][0] == '1');
	append_raw(j, "values", columns[LISTED_VALUES]);
	append_raw(j, "matched", columns[LISTED_MATCHED]);
	append_raw(j, "event", columns[LISTED_EVENT]);
}

static gboolean tell_event(void *context, guint n_columns, const char *const *columns)
{
	Telling *t = context;
	char time[INSTANT_TEXT_BYTES];

	if (t->n_events++ >= EVENTS_MAX)
		return FALSE;
	correlation_time(columns[LISTED_TIME], time);
	json_object_begin(&t->j);
	json_key(&t->j, "rule");
	json_object_begin(&t->j);
	json_member_text(&t->j, "id", columns[LISTED_RULE_ID]);
	json_member_text(&t->j, "title", columns[LISTED_TITLE]);
	json_member_text(&t->j, "level", columns[LISTED_LEVEL]);
	json_member_text(&t->j, "sha256", columns[LISTED_RULE_SHA256]);
	json_object_end(&t->j);
	append_time(&t->j, "time", time);
	if (columns[LISTED_CORRELATED][0] == '0') {
		tell_place(&t->j, columns);
	} else {
		append_raw(&t->j, "values", columns[LISTED_VALUES]);
		json_key(&t->j, "correlation");
		if (!tell(t, columns[LISTED_CORRELATED]))
			return FALSE;
	}
	json_object_end(&t->j);
	return TRUE;
}

static gboolean tell_head(void *context, guint n_columns, const char *const *columns)
{
	Telling *t = context;

	t->is_there = TRUE;
	json_object_begin(&t->j);
	json_member_text(&t->j, "id", columns[CORRELATED_ID]);
	json_member_text(&t->j, "type", columns[CORRELATED_TYPE]);
	json_member_text(&t->j, "timespan", columns[CORRELATED_TIMESPAN]);
	json_member_text(&t->j, "condition", columns[CORRELATED_CONDITION]);
	append_raw(&t->j, "group", columns[CORRELATED_GROUP]);
	append_raw(&t->j, "value", columns[CORRELATED_VALUE]);
	append_raw(&t->j, "count", columns[CORRELATED_EVENTS]);
	append_time(&t->j, "first", columns[CORRELATED_FIRST]);
	append_time(&t->j, "last", columns[CORRELATED_LAST]);
	return FALSE; /* there is but one */
}

static gboolean tell(Telling *t, const char *number)
{
	const char *const bind[] = { number, NULL };

	t->is_there = FALSE;
	if (t->depth < LIMIT_CORRELATION_DEPTH &&
		!case_query(t->c, CORRELATED_SQL, bind, tell_head, t, t->error))
		return FALSE;
	if (!t->is_there) {
		json_null(&t->j);
		return TRUE;
	}
	t->depth++;
	json_key(&t->j, "events");
	json_array_begin(&t->j);
	if (!case_query(t->c, LISTED_SQL, bind, tell_event, t, t->error) || (t->error && *t->error))
		return FALSE;
	json_array_end(&t->j);
	json_object_end(&t->j);
	t->depth--;
	return TRUE;
}

gboolean correlation_append_json(GString *ret, Case *c, const char *number, GError **error)
{
	g_autoptr(GError) trouble = NULL;
	Telling t = { .c = c, .j = json_begin(ret), .error = &trouble };

	if (tell(&t, number))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&trouble));
	return FALSE;
}

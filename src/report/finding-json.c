/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding-json.h"

#include "base/json.h"
#include "report/correlation-json.h"
#include "report/visible.h"

static void append_words(Json *j, const char *key, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	json_key(j, key);
	json_array_begin(j);
	for (char **word = list; *word; word++)
		if ((*word)[0] != '\0')
			json_text(j, *word);
	json_array_end(j);
}

static void append_raw(Json *j, const char *key, const char *json)
{
	json_key(j, key);
	json_raw(j, slice_from_text(json));
}

static gboolean append_correlation(
	GString *object, Json *j, Case *c, const char *number, GError **error)
{
	if (g_str_equal(number, "0"))
		return TRUE;
	json_key(j, "correlation");
	if (!correlation_append_json(object, c, number, error))
		return FALSE;
	j->pending = TRUE; /* it was appended past @j */
	return TRUE;
}

gboolean finding_append_json(GString *ret, Case *c, const char *const *columns, GError **error)
{
	const char *time = columns[FINDING_TIME];
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.finding/1");
	json_member_text(&j, "id", columns[FINDING_ID]);
	json_member_text(&j, "engine", columns[FINDING_ENGINE]);
	json_key(&j, "rule");
	json_object_begin(&j);
	json_member_text(&j, "id", columns[FINDING_RULE_ID]);
	json_member_text(&j, "title", columns[FINDING_TITLE]);
	json_member_text(&j, "level", columns[FINDING_LEVEL]);
	append_words(&j, "tags", columns[FINDING_TAGS]);
	json_member_text(&j, "sha256", columns[FINDING_RULE_SHA256]);
	json_object_end(&j);
	json_member_text(&j, "time", time[0] != '\0' ? time : NULL);
	json_member_text(&j, "host", columns[FINDING_HOST]);
	json_member_text(&j, "channel", columns[FINDING_CHANNEL]);
	json_key(&j, "evidence");
	json_object_begin(&j);
	json_member_text(&j, "path", columns[FINDING_PATH]);
	append_raw(&j, "paths", columns[FINDING_PATHS]);
	json_member_text(&j, "sha256", columns[FINDING_EVIDENCE_SHA256]);
	json_object_end(&j);
	json_member_text(&j, "locator", columns[FINDING_LOCATOR]);
	append_raw(&j, "record", columns[FINDING_RECORD]);
	append_raw(&j, "offset", columns[FINDING_OFFSET]);
	json_member_bool(&j, "recovered", columns[FINDING_RECOVERED][0] == '1');
	append_raw(&j, "matched", columns[FINDING_MATCHED]);
	append_raw(&j, "event", columns[FINDING_EVENT]);
	if (!append_correlation(object, &j, c, columns[FINDING_CORRELATED], error))
		return FALSE;
	json_object_end(&j);
	visible_append_json(ret, object->str);
	return TRUE;
}

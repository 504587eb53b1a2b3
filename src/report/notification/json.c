/* SPDX-License-Identifier: Apache-2.0 */
/* The notification for programs: spoor.notification/1. Values are as evidence has them. */
#include <string.h>

#include "base/json.h"
#include "report/notification/notification.h"
#include "report/visible.h"

static void append_texts(Json *j, const char *key, char *const *texts, guint n)
{
	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < n; i++)
		json_text(j, texts[i]);
	json_array_end(j);
}

static const char *status_of(const NotificationField *field)
{
	if (field->values->len)
		return *field->question ? "filled-ask" : "filled";
	return *field->question ? "ask" : "none";
}

static void append_field(Json *j, const NotificationField *field)
{
	g_auto(GStrv) asked_by = g_strsplit(field->asked_by, ",", -1);

	json_object_begin(j);
	json_member_text(j, "id", field->id);
	json_member_text(j, "label", field->label);
	append_texts(j, "asked_by", asked_by, g_strv_length(asked_by));
	json_member_text(j, "status", status_of(field));
	append_texts(j, "values", (char *const *)field->values->pdata, field->values->len);
	json_member_int(j, "more", (gint64)MIN(field->n_more, (guint64)G_MAXINT32));
	json_member_text(j, "ask", *field->question ? field->question : NULL);
	append_texts(j, "choices", field->choices, g_strv_length(field->choices));
	json_object_end(j);
}

static gboolean write_json(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	g_autoptr(GPtrArray) form = notification_fill(c, options, error);
	g_autoptr(GString) text = g_string_new(NULL), shown = g_string_new(NULL);
	Json j = json_begin(text);

	if (!form)
		return FALSE;
	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.notification/1");
	json_member_text(&j, "title", options->title);
	json_key(&j, "sections");
	json_array_begin(&j);
	for (guint i = 0; i < form->len; i++) {
		const NotificationSection *section = g_ptr_array_index(form, i);

		json_object_begin(&j);
		json_member_text(&j, "id", section->id);
		json_member_text(&j, "title", section->title);
		json_key(&j, "fields");
		json_array_begin(&j);
		for (guint k = 0; k < section->fields->len; k++)
			append_field(&j, g_ptr_array_index(section->fields, k));
		json_array_end(&j);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	visible_append_json(shown, text->str);
	g_string_append_c(shown, '\n');
	(void)fwrite(shown->str, 1, shown->len, out); /* report.h: the caller checks ferror() */
	return TRUE;
}

extern const ReportFormat notification_json_report;
const ReportFormat notification_json_report = {
	.name = "notification-json",
	.description = "the same as JSON",
	.media_type = "application/json",
	.suffix = "",
	.write = write_json,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notification for people: Markdown to paste and to complete. Evidence stands in code spans or
 * has what Markdown is made of escaped, so that it can be neither markup nor a link.
 */
#include <string.h>

#include "report/notification/notification.h"
#include "report/visible.h"

static void append_escaped(GString *out, const char *text)
{
	g_autoptr(GString) visible = g_string_new(NULL);

	visible_append_text(visible, text);
	for (const char *at = visible->str; *at; at++) {
		if (strchr("\\`*_[]<>|~&$", *at))
			g_string_append_c(out, '\\');
		if (*at == ':' && at[1] == '/') /* no link */
			g_string_append(out, "[:]");
		else
			g_string_append_c(out, *at);
	}
}

/* A code span's fence is longer than any run of backticks in it. */
static void append_code(GString *out, const char *text)
{
	g_autoptr(GString) visible = g_string_new(NULL);
	g_autofree char *fence = NULL;
	gsize longest = 0, run = 0;

	visible_append_text(visible, text);
	for (const char *at = visible->str; *at; at++) {
		run = *at == '`' ? run + 1 : 0;
		longest = MAX(longest, run);
	}
	fence = g_strnfill(longest + 1, '`');
	g_string_append_printf(out, longest ? "%s %s %s" : "%s%s%s", fence, visible->str, fence);
}

static void append_value(GString *out, const NotificationField *field, const char *value)
{
	g_auto(GStrv) parts = NULL;
	g_autofree char *defanged = NULL;

	switch (field->kind) {
	case VALUE_WORDS:
		append_escaped(out, value);
		return;
	case VALUE_LITERAL:
		append_code(out, value);
		return;
	case VALUE_ADDRESS:
		parts = g_strsplit(value, ".", -1);
		defanged = g_strjoinv("[.]", parts);
		append_code(out, defanged);
		return;
	}
}

static void append_field(GString *out, const NotificationField *field)
{
	g_string_append_printf(out, "\n**%s**", field->label);
	if (field->values->len == 0 && !*field->question)
		g_string_append(out, "\n\nNothing of this is in the evidence.");
	g_string_append(out, field->values->len ? "\n\n" : "\n");
	for (guint i = 0; i < field->values->len; i++) {
		g_string_append(out, "- ");
		append_value(out, field, g_ptr_array_index(field->values, i));
		g_string_append_c(out, '\n');
	}
	if (field->n_more)
		g_string_append_printf(
			out, "- and %" G_GUINT64_FORMAT " more: see the report\n", field->n_more);
	if (*field->question)
		g_string_append_printf(out, "\nASK: %s ____\n", field->question);
	for (guint i = 0; field->choices[i]; i++)
		g_string_append_printf(out, "%s- [ ] %s\n", i ? "" : "\n", field->choices[i]);
}

static gboolean write_markdown(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	g_autoptr(GPtrArray) form = notification_fill(c, options, error);
	g_autoptr(GString) text = g_string_new("# Notification of an incident: ");

	if (!form)
		return FALSE;
	append_escaped(text, options->title);
	g_string_append(text,
		"\n\nFilled in by spoor from evidence alone. What evidence does not tell is marked "
		"ASK: "
		"answer it, or say that you do not know. Times are UTC. Read it before you send "
		"it: "
		"it names hosts, accounts and addresses. Never add malicious code to it.\n");
	for (guint i = 0; i < form->len; i++) {
		const NotificationSection *section = g_ptr_array_index(form, i);

		g_string_append_printf(text, "\n## %s\n", section->title);
		for (guint k = 0; k < section->fields->len; k++)
			append_field(text, g_ptr_array_index(section->fields, k));
	}
	(void)fwrite(text->str, 1, text->len, out); /* report.h: the caller checks ferror() */
	return TRUE;
}

extern const ReportFormat notification_report;
const ReportFormat notification_report = {
	.name = "notification",
	.description = "what authorities ask for, as Markdown to complete",
	.media_type = "text/markdown",
	.suffix = "",
	.write = write_markdown,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "report/notification/notification.h"

#define FORM_BYTES (1u << 20)
#define FORM_ROWS  1000 /* findings that the model holds: facts come from counts and queries */

static void free_field(gpointer data)
{
	NotificationField *field = data;

	g_free(field->id);
	g_free(field->asked_by);
	g_free(field->fact);
	g_free(field->label);
	g_free(field->question);
	g_strfreev(field->choices);
	g_ptr_array_unref(field->values);
	g_free(field);
}

static void free_section(gpointer data)
{
	NotificationSection *section = data;

	g_free(section->id);
	g_free(section->title);
	g_ptr_array_unref(section->fields);
	g_free(section);
}

static void add_section(GPtrArray *form, char *const *columns)
{
	NotificationSection *section = g_new0(NotificationSection, 1);

	section->id = g_strdup(columns[1]);
	section->title = g_strdup(columns[2]);
	section->fields = g_ptr_array_new_with_free_func(free_field);
	g_ptr_array_add(form, section);
}

/* columns: "field", id, asked-by, fact, label, question, choices; - where there is none */
static NotificationField *add_field(GPtrArray *form, char *const *columns)
{
	NotificationSection *section = g_ptr_array_index(form, form->len - 1);
	NotificationField *field = g_new0(NotificationField, 1);

	field->id = g_strdup(columns[1]);
	field->asked_by = g_strdup(columns[2]);
	field->fact = g_strdup(strcmp(columns[3], "-") == 0 ? "" : columns[3]);
	field->label = g_strdup(columns[4]);
	field->question = g_strdup(strcmp(columns[5], "-") == 0 ? "" : columns[5]);
	field->choices = g_strsplit(strcmp(columns[6], "-") == 0 ? "" : columns[6], "|", -1);
	field->values = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(section->fields, field);
	return field;
}

/* FALSE without @error where the line is none that a form may have. */
static gboolean read_line(
	GPtrArray *form, char *const *columns, Case *c, const ReportModel *model, GError **error)
{
	guint n = g_strv_length((char **)columns);
	NotificationField *field;

	if (strcmp(columns[0], "section") == 0 && n == 3) {
		add_section(form, columns);
		return TRUE;
	}
	if (strcmp(columns[0], "field") != 0 || n != 7 || form->len == 0)
		return FALSE;
	field = add_field(form, columns);
	return !*field->fact || notification_fact(field, c, model, error);
}

static gboolean read_form(
	GPtrArray *form, const char *path, Case *c, const ReportModel *model, GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	gsize size;

	if (!g_file_get_contents(path, &text, &size, error))
		return FALSE;
	if (size > FORM_BYTES || !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"%s: is larger than 1 MiB, or no UTF-8 text", path);
		return FALSE;
	}
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) columns = g_strsplit(g_strchomp(lines[i]), "\t", -1);
		GError *trouble = NULL;

		if (!columns[0] || !*columns[0] || *columns[0] == '#' ||
			read_line(form, columns, c, model, &trouble))
			continue;
		if (trouble)
			g_propagate_error(error, trouble);
		else
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
				"%s:%u: neither a section with 3 columns nor a field with 7 and a "
				"fact that spoor knows",
				path, i + 1);
		return FALSE;
	}
	return TRUE;
}

GPtrArray *notification_fill(Case *c, const ReportOptions *options, GError **error)
{
	g_autoptr(ReportModel) model = report_model_load(c, options, FORM_ROWS, error);
	g_autoptr(GPtrArray) form = g_ptr_array_new_with_free_func(free_section);
	g_autofree char *path =
		g_build_filename(options->tables, "..", "guidance", "notification.tsv", NULL);

	if (!model || !read_form(form, path, c, model, error))
		return NULL;
	return g_steal_pointer(&form);
}

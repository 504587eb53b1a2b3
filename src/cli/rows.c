/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "cli/session.h"
#include "report/visible.h"

static void append_array(Json *j, const char *text, const char *separator)
{
	g_auto(GStrv) items = g_strsplit(text, separator, -1);

	json_array_begin(j);
	for (char **item = items; *item; item++)
		if ((*item)[0] != '\0')
			json_text(j, *item);
	json_array_end(j);
}

static void append_value(Json *j, RowKind kind, const char *text)
{
	if (!text || (kind == ROW_MAYBE && text[0] == '\0')) {
		json_null(j);
		return;
	}
	switch (kind) {
	case ROW_TEXT:
	case ROW_MAYBE:
		json_text(j, text);
		break;
	case ROW_NUMBER:
	case ROW_JSON:
		json_raw(j, slice_from_text(text));
		break;
	case ROW_TRUTH:
		json_bool(j, text[0] == '1');
		break;
	case ROW_WORDS:
		append_array(j, text, " ");
		break;
	case ROW_LINES:
		append_array(j, text, "\n");
		break;
	}
}

void row_append_json(GString *ret, const char *schema, const RowField *fields, guint n_fields,
	const char *const *columns)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", schema);
	for (guint i = 0; i < n_fields; i++) {
		json_key(&j, fields[i].name);
		append_value(&j, fields[i].kind, columns[i]);
	}
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

typedef struct Printing {
	const Listing *listing;
	const Terminal *terminal;
	guint64 n;
} Printing;

static gboolean print_row(void *context, guint n_columns, const char *const *columns)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(n_columns == p->listing->n_fields);
	if (!p->terminal) {
		row_append_json(text, p->listing->schema, p->listing->fields, n_columns, columns);
	} else {
		if (p->n == 0)
			p->listing->append(p->terminal, text, NULL);
		p->listing->append(p->terminal, text, columns);
	}
	p->n++;
	session_print(text);
	return !ferror(stdout);
}

gboolean listing_print(const Listing *listing, Case *c, const char *const *bind,
	const Terminal *terminal, guint64 *ret_n, GError **error)
{
	Printing printing = { listing, terminal, 0 };

	if (!case_query(c, listing->sql, bind, print_row, &printing, error))
		return FALSE;
	if (ret_n)
		*ret_n = printing.n;
	return TRUE;
}

void append_number(GString *ret, const char *digits)
{
	gsize size = strlen(digits);

	for (gsize i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			g_string_append_c(ret, ',');
		g_string_append_c(ret, digits[i]);
	}
}

void append_time(GString *ret, const char *time)
{
	char text[INSTANT_TEXT_BYTES];
	Instant instant;

	/* Parsed and written anew: a case may come from a stranger, and hold anything here. */
	if (!instant_parse(slice_from_text(time), &instant)) {
		g_string_append_printf(ret, "%-19s", "no time");
		return;
	}
	instant_format(instant, text);
	g_string_append_printf(ret, "%.10s %.8s", text, text + 11);
}

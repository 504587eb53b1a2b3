/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What spoor makes of files: rows in order of path first, then what can not be read and why.
 */
#include <string.h>

#include "base/json.h"
#include "cli/rows.h"
#include "cli/session.h"
#include "report/visible.h"

#define COLUMNS_WIDTH 78 /* of all columns but the path */

typedef struct Row {
	char *path, *reader, *problem;
	EvidenceKind kind; /* its texts are those above */
} Row;

static void row_free(gpointer data)
{
	Row *row = data;

	g_free(row->path);
	g_free(row->reader);
	g_free(row->problem);
	g_free(row);
}

static void keep_row(void *context, const EvidenceKind *kind)
{
	Row *row = g_new0(Row, 1);

	row->kind = *kind;
	row->kind.path = row->path = g_strdup(kind->path);
	row->kind.reader = row->reader = g_strdup(kind->reader);
	row->kind.problem = row->problem = g_strdup(kind->problem);
	g_ptr_array_add(context, row);
}

static gint compare_rows(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const Row *const *)a)->path, (*(const Row *const *)b)->path);
}

/* ---- JSON ---- */

static void add_time(Json *j, const char *name, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	json_member_text(j, name, *text ? text : NULL);
}

static void append_row_json(GString *ret, const EvidenceKind *kind)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.evidence-kind/1");
	json_member_text(&j, "path", kind->path);
	json_key(&j, "size");
	json_uint(&j, kind->size);
	json_member_text(&j, "reader", kind->reader[0] != '\0' ? kind->reader : NULL);
	json_member_int(&j, "score", kind->score);
	json_key(&j, "events");
	json_uint(&j, kind->n_events);
	add_time(&j, "first", kind->first);
	add_time(&j, "last", kind->last);
	json_member_text(&j, "problem", kind->problem);
	json_key(&j, "problems");
	json_uint(&j, kind->n_problems);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* ---- for people ---- */

static void append_count(GString *ret, guint64 number, gint width)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	g_autoptr(GString) text = g_string_new(NULL);

	append_number(text, digits);
	g_string_append_printf(ret, "%*s", width, text->str);
}

static void append_moment(GString *ret, Instant time)
{
	char text[INSTANT_TEXT_BYTES];
	g_autoptr(GString) shown = g_string_new(NULL);

	instant_format(time, text);
	if (*text)
		append_time(shown, text);
	g_string_append_printf(ret, "  %-19s", shown->str);
}

static void append_row(GString *ret, const Terminal *terminal, const EvidenceKind *kind)
{
	const char *reader = kind->is_unknown ? "unknown" : kind->reader;

	g_string_append_printf(ret, "%-12s%4u", reader[0] != '\0' ? reader : "-", kind->score);
	append_count(ret, kind->size, 16);
	append_count(ret, kind->n_events, 13);
	append_moment(ret, kind->first);
	append_moment(ret, kind->last);
	g_string_append(ret, "  ");
	terminal_append_path(ret, kind->path, terminal->width - COLUMNS_WIDTH);
	g_string_append_c(ret, '\n');
}

static void append_problem(GString *ret, const EvidenceKind *kind)
{
	visible_append_text(ret, kind->path);
	g_string_append(ret, "\n    ");
	visible_append_text(ret, kind->problem);
	if (kind->n_problems > 1)
		g_string_append_printf(ret, " (and %" G_GUINT64_FORMAT " more: a scan lists them)",
			kind->n_problems - 1);
	g_string_append_c(ret, '\n');
}

static void append_table(GString *ret, const Terminal *terminal, const GPtrArray *rows)
{
	gboolean any = FALSE;

	g_string_append_printf(ret, "%-12s%4s%16s%13s  %-19s  %-19s  path\n", "reader", "", "bytes",
		"events", "first", "last");
	for (guint i = 0; i < rows->len; i++)
		append_row(ret, terminal, &((const Row *)rows->pdata[i])->kind);
	for (guint i = 0; i < rows->len; i++) {
		const EvidenceKind *kind = &((const Row *)rows->pdata[i])->kind;

		/* That no reader knows a file is what its row says. */
		if (!kind->problem || kind->is_unknown)
			continue;
		if (!any)
			g_string_append(ret, "\nNot read, or not wholly\n");
		any = TRUE;
		append_problem(ret, kind);
	}
}

static ExitStatus print_rows(const Arguments *arguments, GPtrArray *rows)
{
	Terminal terminal = terminal_make(stdout, arguments_value(arguments, "color"));
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean incomplete = FALSE;

	g_ptr_array_sort(rows, compare_rows);
	for (guint i = 0; i < rows->len; i++) {
		const EvidenceKind *kind = &((const Row *)rows->pdata[i])->kind;

		incomplete = incomplete || kind->problem || kind->reader[0] == '\0';
		if (arguments_has(arguments, "json"))
			append_row_json(text, kind);
	}
	if (!arguments_has(arguments, "json"))
		append_table(text, &terminal, rows);
	session_print(text);
	return session_finish(incomplete ? STATUS_INCOMPLETE : STATUS_GOOD);
}

static ExitStatus run_evidence(const Arguments *arguments)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	gboolean read = !arguments_has(arguments, "quick");
	ScanHooks hooks = { NULL, session_warning, NULL, NULL };
	g_autoptr(Session) session = NULL;
	GError *error = NULL;
	ExitStatus status;

	if (!session_check_paths(arguments_operands(arguments), &error))
		return session_fail(error);
	session = session_new(arguments, FALSE, TRUE, &error);
	if (!session)
		return session_fail(error);
	session->options.evidence = arguments_operands(arguments);
	hooks.interrupted = session_catch_signals();
	if (!scan_list_evidence(&session->options, read, &hooks, keep_row, rows, &error))
		return session_fail(error);
	status = print_rows(arguments, rows);
	return *hooks.interrupted ? STATUS_INTERRUPTED : status;
}

static const Option evidence_options[] = {
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object for each file, a line each" },
	{ 0, "quick", NULL, NULL, FALSE,
		"look at the beginnings of files only: no events are counted, no times told" },
	SESSION_WORKER_OPTIONS,
	{ 0 },
};

extern const Command command_evidence;
const Command command_evidence = {
	.name = "evidence",
	.summary = "Tell which files spoor can read",
	.operands = "PATH...",
	.min_operands = 1,
	.max_operands = G_MAXUINT,
	.description =
		"Shows what each file, and each file in an archive, is taken for by its content "
		"and "
		"how sure that is (0 to 100), how many events it holds and what time they cover. "
		"What can not be read follows, and why. Files that no reader knows are unknown: a "
		"scan records them as not assessed. The exit status is 3 where there is one.\n\n"
		"Everything is read for that, though nothing is judged; --quick looks at the "
		"beginnings only. PATH may be - for standard input.",
	.examples = "spoor evidence /mnt/evidence\twhat a scan of the folder would read\n"
		    "spoor evidence --quick /mnt/evidence\tthe same, without times",
	.options = evidence_options,
	.run = run_evidence,
};

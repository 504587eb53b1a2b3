/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "cli/rows.h"
#include "cli/session.h"
#include "report/visible.h"

typedef struct Printing {
	Terminal terminal;
	gboolean json;
	guint n, n_unknown;
} Printing;

static void append_evidence_json(
	GString *ret, const char *path, guint64 size, const char *reader, guint score)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.evidence-kind/1");
	json_member_text(&j, "path", path);
	json_key(&j, "size");
	json_uint(&j, size);
	json_member_text(&j, "reader", reader[0] != '\0' ? reader : NULL);
	json_member_int(&j, "score", score);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

static void print_evidence(
	void *context, const char *path, guint64 size, const char *reader, guint score)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, size);

	p->n++;
	p->n_unknown += reader[0] == '\0';
	if (p->json) {
		append_evidence_json(text, path, size, reader, score);
	} else {
		g_autoptr(GString) number = g_string_new(NULL);

		append_number(number, digits);
		g_string_append_printf(
			text, "%-8s%16s  ", reader[0] != '\0' ? reader : "unknown", number->str);
		terminal_append_path(text, path, p->terminal.width - 26);
		g_string_append_c(text, '\n');
	}
	session_print(text);
}

static ExitStatus run_evidence(const Arguments *arguments)
{
	Printing printing = {
		.terminal = terminal_make(stdout, arguments_value(arguments, "color")),
		.json = arguments_has(arguments, "json"),
	};
	ScanHooks hooks = { NULL, session_warning, NULL, NULL };
	g_autoptr(Session) session = NULL;
	GError *error = NULL;

	if (!session_check_paths(arguments_operands(arguments), &error))
		return session_fail(error);
	session = session_new(arguments, FALSE, TRUE, &error);
	if (!session)
		return session_fail(error);
	session->options.evidence = arguments_operands(arguments);
	hooks.interrupted = session_catch_signals();
	if (!scan_list_evidence(&session->options, &hooks, print_evidence, &printing, &error))
		return session_fail(error);
	return session_finish(printing.n_unknown ? STATUS_INCOMPLETE : STATUS_GOOD);
}

static const Option evidence_options[] = {
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object for each file, a line each" },
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
		"Shows what each file is taken for, by its content. Files that no reader knows are "
		"unknown: a scan records them as not assessed. The exit status is 3 where there is "
		"one.",
	.examples = "spoor evidence /mnt/evidence\twhat a scan of the folder would read",
	.options = evidence_options,
	.run = run_evidence,
};

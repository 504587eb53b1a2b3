/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/session.h"
#include "cli/show.h"
#include "report/report.h"
#include "report/visible.h"

#define FORMAT_DEFAULT "html"

/* The case's file name without its ending. */
static char *name_case(const char *path)
{
	g_autofree char *base = g_path_get_basename(path);

	if (g_str_has_suffix(base, ".case") && strlen(base) > strlen(".case"))
		base[strlen(base) - strlen(".case")] = '\0';
	return g_utf8_make_valid(base, -1);
}

/* Where to write: what -o says, else <case>.html, else "-". */
static char *choose_output(
	const Arguments *arguments, const ReportFormat *format, const char *case_path)
{
	const char *output = arguments_value(arguments, "output");
	g_autofree char *stem = NULL;

	if (output)
		return g_strdup(output);
	if (format->suffix[0] == '\0')
		return g_strdup("-");
	stem = g_str_has_suffix(case_path, ".case")
		? g_strndup(case_path, strlen(case_path) - strlen(".case"))
		: g_strdup(case_path);
	return g_strconcat(stem, format->suffix, NULL);
}

/* Writes the whole report to @out and closes it. */
static gboolean write_stream(Case *c, const ReportFormat *format, const ReportOptions *options,
	FILE *out, const char *path, GError **error)
{
	gboolean done = format->write(c, options, out, error);

	if (done && (fflush(out) != 0 || ferror(out)))
		done = spoor_error_from_errno(error, "%s", path);
	if (fclose(out) != 0 && done)
		done = spoor_error_from_errno(error, "%s", path);
	return done;
}

/* Writes beside the target and renames: a report is there whole or not at all. */
static gboolean write_file(Case *c, const ReportFormat *format, const ReportOptions *options,
	const char *path, GError **error)
{
	g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, 0666);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	gboolean done;

	if (!out)
		return spoor_error_from_errno(error, "%s", path);
	done = write_stream(c, format, options, out, path, error);
	if (done && rename(beside, path) != 0)
		done = spoor_error_from_errno(error, "%s", path);
	if (!done)
		(void)unlink(beside); /* half a report; best effort */
	return done;
}

/* Writes to what is there already and is no file: a pipe, a device. It must not be replaced. */
static gboolean write_special(Case *c, const ReportFormat *format, const ReportOptions *options,
	const char *path, GError **error)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return spoor_error_from_errno(error, "%s", path);
	return write_stream(c, format, options, out, path, error);
}

/* A report must not take the place of the case that it is of. */
static gboolean is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static ExitStatus write_report(const Arguments *arguments, const ReportFormat *format, Case *c,
	const char *case_path, const ReportOptions *options)
{
	g_autofree char *output = choose_output(arguments, format, case_path);
	g_autoptr(GString) text = g_string_new(NULL);
	GError *error = NULL;
	gboolean special;

	if (g_str_equal(output, "-")) {
		if (!format->write(c, options, stdout, &error))
			return session_fail(error);
		return session_finish(STATUS_GOOD);
	}
	if (is_same_file(output, case_path)) {
		g_set_error(&error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"%s: is the case itself: name another file", output);
		return session_fail(error);
	}
	special = g_file_test(output, G_FILE_TEST_EXISTS) &&
		!g_file_test(output, G_FILE_TEST_IS_REGULAR);
	if (!(special ? write_special : write_file)(c, format, options, output, &error))
		return session_fail(error);
	visible_append_text(text, output);
	g_string_append_c(text, '\n');
	if (options->summary->len > 0)
		g_string_append_printf(text, "Verdict    %s\n", options->summary->str);
	session_print(text);
	return session_finish(STATUS_GOOD);
}

static ExitStatus run_report(const Arguments *arguments)
{
	const char *case_path = arguments_operand(arguments, 0, CASE_DEFAULT);
	const char *name = arguments_value(arguments, "format");
	const ReportFormat *format = report_find(name ? name : FORMAT_DEFAULT);
	g_autofree char *title = name_case(case_path);
	g_autoptr(GString) summary = g_string_new(NULL);
	ReportOptions options = {
		.title = title, .tool_version = SPOOR_VERSION, .summary = summary
	};
	g_autoptr(Paths) paths = NULL;
	g_autoptr(Case) c = NULL;
	GError *error = NULL;

	paths = paths_find(&error);
	if (!paths)
		return session_fail(error);
	options.tables = paths->tables;
	c = session_open_case(case_path);
	if (!c)
		return STATUS_USAGE;
	return write_report(arguments, format, c, case_path, &options);
}

static const Option report_options[] = {
	{ 'f', "format", "FORMAT", "html jsonl csv navigator notification notification-json", FALSE,
		"what to write; default: " FORMAT_DEFAULT },
	{ 'o', "output", "FILE", NULL, FALSE,
		"where to write; - is standard output; default: for html the case's name with "
		".html, "
		"for the others standard output" },
	{ 0 },
};

extern const Command command_report;
const Command command_report = {
	.name = "report",
	.summary = "Write a report of a case",
	.operands = "[CASE]",
	.max_operands = 1,
	.description =
		"Writes what a case holds as one document: html for people (one file, no network), "
		"jsonl for programs, csv for spreadsheets, navigator for MITRE's ATT&CK Navigator, "
		"notification (Markdown) and notification-json for the form that an authority asks "
		"to be filled in: what evidence tells is filled in, the rest is asked for. "
		"Prints the name of the file it wrote.\n\n"
		"The case is " CASE_DEFAULT " if none is named.",
	.examples = "spoor report acme.case\twrites acme.html\n"
		    "spoor report acme.case --format csv -o findings.csv\tfor a spreadsheet\n"
		    "spoor report acme.case --format notification -o acme.md\tfor an authority",
	.options = report_options,
	.run = run_report,
};

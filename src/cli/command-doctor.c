/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor doctor: does this machine allow what a scan needs? The worker is really started and sealed,
 * on a file that is certainly there: this program.
 */
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/session.h"
#include "report/visible.h"
#include "sandbox/sandbox.h"

#define DISK_FREE_MIN	(UINT64_C(1) << 30)
#define MEMORY_FREE_MIN (UINT64_C(512) << 20)

typedef enum Health {
	HEALTH_GOOD,
	HEALTH_WARNING, /* a scan works, but may not do what is expected */
	HEALTH_BAD,	/* a scan can not work */
} Health;

typedef struct Doctor {
	Terminal terminal;
	gboolean json;
	gboolean bad;
} Doctor;

static const struct {
	const char *name, *shown;
	TerminalStyle style;
} healths[] = {
	[HEALTH_GOOD] = { "good", "good     ", STYLE_GOOD },
	[HEALTH_WARNING] = { "warning", "warning  ", STYLE_WARN },
	[HEALTH_BAD] = { "bad", "bad      ", STYLE_BAD },
};

static void G_GNUC_PRINTF(4, 5)
	tell(Doctor *doctor, const char *check, Health health, const char *format, ...)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *detail = NULL;
	va_list arguments;

	va_start(arguments, format);
	detail = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	doctor->bad |= health == HEALTH_BAD;
	if (doctor->json) {
		g_autoptr(GString) object = g_string_new(NULL);
		Json j = json_begin(object);

		json_object_begin(&j);
		json_member_text(&j, "schema", "spoor.doctor/1");
		json_member_text(&j, "check", check);
		json_member_text(&j, "health", healths[health].name);
		json_member_text(&j, "detail", detail);
		json_object_end(&j);
		visible_append_json(text, object->str);
		g_string_append_c(text, '\n');
	} else {
		g_string_append_printf(text, "%-10s", check);
		terminal_append_styled(
			&doctor->terminal, text, healths[health].style, healths[health].shown);
		visible_append_text(text, detail);
		g_string_append_c(text, '\n');
	}
	session_print(text);
}

static void check_kernel(Doctor *doctor)
{
	SandboxSupport support = sandbox_support();
	struct utsname name;

	if (uname(&name) == 0)
		tell(doctor, "kernel", HEALTH_GOOD, "%s %s %s", name.sysname, name.release,
			name.machine);
	tell(doctor, "landlock", support.landlock_abi > 0 ? HEALTH_GOOD : HEALTH_BAD,
		support.landlock_abi > 0 ? "ABI %d"
					 : "the kernel offers none (%d): workers can not be sealed",
		support.landlock_abi);
	tell(doctor, "seccomp",
		support.seccomp && support.no_new_privileges ? HEALTH_GOOD : HEALTH_BAD, "%s",
		support.seccomp ? (support.no_new_privileges ? "filters are available"
							     : "no_new_privs can not be set")
				: "the kernel offers no filters: workers can not be sealed");
}

static void ignore_evidence(void *context, const EvidenceKind *kind)
{
	(*(guint *)context)++;
}

/* That no reader knows a program's format is as it should be. */
static void ignore_warning(void *context, const char *text)
{
}

static void check_worker(Doctor *doctor, Session *session)
{
	const char *const evidence[] = { "/proc/self/exe", NULL };
	g_autofree char *program = g_file_read_link(evidence[0], NULL);
	const char *const resolved[] = { program ? program : evidence[0], NULL };
	const char *const none[] = { NULL };
	ScanOptions options = session->options;
	ScanHooks hooks = { NULL, ignore_warning, NULL, NULL };
	g_autoptr(GError) error = NULL;
	guint n = 0;

	if (access(options.worker_path, X_OK) != 0) {
		tell(doctor, "worker", HEALTH_BAD, "%s is not there", options.worker_path);
		return;
	}
	options.evidence = resolved;
	options.content.rules = none;
	options.n_workers = 1;
	options.sandbox = TRUE;
	if (!scan_list_evidence(&options, FALSE, &hooks, ignore_evidence, &n, &error))
		tell(doctor, "worker", HEALTH_BAD, "%s", error->message);
	else if (n != 1)
		tell(doctor, "worker", HEALTH_BAD, "%s starts, but does not answer",
			options.worker_path);
	else
		tell(doctor, "worker", HEALTH_GOOD, "%s starts, seals itself and answers",
			options.worker_path);
}

static void count_rule(void *context, const RuleInfo *rule)
{
	guint *counts = context;

	counts[rule->status == RULE_LOADED ? 0 : 1]++;
}

static guint count_files(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (dir && g_dir_read_name(dir))
		n++;
	return n;
}

static void check_content(Doctor *doctor, Session *session)
{
	ScanHooks hooks = { NULL, session_warning, NULL, NULL };
	g_autoptr(GError) error = NULL;
	guint counts[2] = { 0, 0 };
	guint tables = count_files(session->paths->tables);

	tell(doctor, "content", tables > 0 ? HEALTH_GOOD : HEALTH_BAD, "%s: %u tables",
		session->paths->content, tables);
	if (!session->options.content.rules[0]) {
		tell(doctor, "rules", HEALTH_WARNING, "none are shipped in %s: name some with -r",
			session->paths->rules);
		return;
	}
	if (!scan_list_rules(&session->options, &hooks, count_rule, counts, &error))
		tell(doctor, "rules", HEALTH_BAD, "%s", error->message);
	else
		tell(doctor, "rules", counts[1] ? HEALTH_WARNING : HEALTH_GOOD,
			"%u loaded, %u rejected", counts[0], counts[1]);
}

/* What other programs are good for. */
static void check_programs(Doctor *doctor)
{
	if (access("/usr/bin/pdftotext", X_OK) == 0)
		tell(doctor, "pdf", HEALTH_GOOD, "pdftotext is there");
	else
		tell(doctor, "pdf", HEALTH_WARNING,
			"/usr/bin/pdftotext (poppler-utils) is not there: PDF files among "
			"intelligence can not be read");
}

static void check_disk(Doctor *doctor)
{
	struct statvfs disk;
	guint64 available;

	if (statvfs(".", &disk) != 0) {
		tell(doctor, "disk", HEALTH_WARNING, "the current folder can not be looked at");
		return;
	}
	available = (guint64)disk.f_bavail * disk.f_frsize;
	tell(doctor, "disk", available >= DISK_FREE_MIN ? HEALTH_GOOD : HEALTH_WARNING,
		"%.1f GB free in the current folder%s", (double)available / 1e9,
		access(".", W_OK) == 0 ? "" : ", which can not be written");
}

static void check_memory(Doctor *doctor)
{
	guint64 page = (guint64)sysconf(_SC_PAGESIZE);
	guint64 free_bytes = (guint64)sysconf(_SC_AVPHYS_PAGES) * page;
	guint64 total = (guint64)sysconf(_SC_PHYS_PAGES) * page;

	tell(doctor, "memory", free_bytes >= MEMORY_FREE_MIN ? HEALTH_GOOD : HEALTH_WARNING,
		"%.1f GB free of %.1f GB, %ld cores", (double)free_bytes / 1e9, (double)total / 1e9,
		sysconf(_SC_NPROCESSORS_ONLN));
}

static ExitStatus run_doctor(const Arguments *arguments)
{
	Doctor doctor = {
		.terminal = terminal_make(stdout, arguments_value(arguments, "color")),
		.json = arguments_has(arguments, "json"),
	};
	g_autoptr(Session) session = NULL;
	GError *error = NULL;

	session = session_new(arguments, TRUE, FALSE, &error);
	if (!session)
		return session_fail(error);
	(void)session_catch_signals(); /* a worker that dies is to be told, not to end the program
					*/
	tell(&doctor, "spoor", HEALTH_GOOD, "%s, with SQLite %s", SPOOR_VERSION,
		case_library_version());
	check_kernel(&doctor);
	check_worker(&doctor, session);
	check_content(&doctor, session);
	check_programs(&doctor);
	check_disk(&doctor);
	check_memory(&doctor);
	return session_finish(doctor.bad ? STATUS_ERROR : STATUS_GOOD);
}

static const Option doctor_options[] = {
	SESSION_RULE_OPTIONS,
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object for each check, a line each" },
	{ 0 },
};

extern const Command command_doctor;
const Command command_doctor = {
	.name = "doctor",
	.summary = "Check that this machine allows what spoor needs",
	.operands = "",
	.max_operands = 0,
	.description = "Checks the kernel, the seal (a worker is started and sealed), the content, "
		       "disk and "
		       "memory. The exit status is 0 where a scan can work and 4 where it can not.",
	.examples = "",
	.options = doctor_options,
	.run = run_doctor,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/auditd/auditd.h"

#include "base/limits.h"
#include "readers/auditd/join.h"
#include "readers/auditd/syscalls.h"
#include "readers/wide.h"

#define PROBE_LINES 40

enum {
	COLUMN_FORMAT,
	COLUMN_NODE,
	COLUMN_TYPE,
	COLUMN_TIMESTAMP,
	COLUMN_SERIAL,
	COLUMN_ARCH,
	COLUMN_SYSCALL, /* the number, as written */
	COLUMN_SYSCALL_NAME,
	COLUMN_CMDLINE,
	COLUMN_MESSAGE,
	COLUMN_TEXT,
	COLUMN_LAST_NAMED = COLUMN_TEXT,
};

/* What SYSCALL, EXECVE, CWD, PATH and PROCTITLE records have; anything else is added by name. */
static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "auditd" },
	[COLUMN_NODE] = { "node", NULL },
	[COLUMN_TYPE] = { "type", NULL },
	[COLUMN_TIMESTAMP] = { "timestamp", NULL },
	[COLUMN_SERIAL] = { "serial", NULL },
	[COLUMN_ARCH] = { "arch", NULL },
	[COLUMN_SYSCALL] = { "syscall", NULL },
	[COLUMN_SYSCALL_NAME] = { "SYSCALL", NULL },
	[COLUMN_CMDLINE] = { "cmdline", NULL },
	[COLUMN_MESSAGE] = { "message", NULL },
	[COLUMN_TEXT] = { "text", NULL },
	{ "success", NULL },
	{ "exit", NULL },
	{ "a0", NULL },
	{ "a1", NULL },
	{ "a2", NULL },
	{ "a3", NULL },
	{ "argc", NULL },
	{ "items", NULL },
	{ "ppid", NULL },
	{ "pid", NULL },
	{ "auid", NULL },
	{ "uid", NULL },
	{ "gid", NULL },
	{ "euid", NULL },
	{ "suid", NULL },
	{ "fsuid", NULL },
	{ "egid", NULL },
	{ "sgid", NULL },
	{ "fsgid", NULL },
	{ "tty", NULL },
	{ "ses", NULL },
	{ "comm", NULL },
	{ "exe", NULL },
	{ "subj", NULL },
	{ "key", NULL },
	{ "cwd", NULL },
	{ "item", NULL },
	{ "name", NULL },
	{ "inode", NULL },
	{ "dev", NULL },
	{ "mode", NULL },
	{ "ouid", NULL },
	{ "ogid", NULL },
	{ "rdev", NULL },
	{ "nametype", NULL },
	{ "proctitle", NULL },
	{ "op", NULL },
	{ "acct", NULL },
	{ "hostname", NULL },
	{ "addr", NULL },
	{ "terminal", NULL },
	{ "res", NULL },
};

struct ReaderLibrary {
	Wide *wide;
	SyscallNames *syscalls;
	LineMemo *memo;
};

typedef struct AuditdState {
	ReaderLibrary *library;
	const ReaderReport *report;
	AuditJoin *join;
	Wide *wide;
	gboolean has_arguments; /* the event has an EXECVE record */
	gboolean has_address;	/* the record at hand has had a saddr */
	GString *cmdline, *argument, *words;
	guint argument_number; /* of what is in @argument; G_MAXUINT: nothing */
	Slice types[16];       /* of the records, each once */
	guint n_types;
	Slice arch, syscall;
	gboolean is_cut;
	guint64 n_foreign, first_foreign; /* lines that are no audit records */
	guint64 n_cut, first_cut;
} AuditdState;

/* ---- probe and library ---- */

static guint auditd_probe(Slice head, const char *name)
{
	guint n_lines = 0, n_good = 0;
	TextHead text;
	Slice line;

	text_head_init(&text, head);
	for (guint i = 0; i < PROBE_LINES && text_head_line(&text, i, &line); i++) {
		AuditRecord record;

		if (line.size == 0)
			continue;
		n_lines++;
		n_good += audit_record_read(line, &record);
	}
	text_head_clear(&text);
	return n_good * 2 > n_lines ? 98 : 0;
}

static ReaderLibrary *auditd_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("auditd", columns, G_N_ELEMENTS(columns));
	library->syscalls = syscall_names_new();
	library->memo = line_memo_new();
	return library;
}

static void auditd_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	syscall_names_free(library->syscalls);
	line_memo_free(library->memo);
	g_free(library);
}

/* ---- values ---- */

static Value arena_value(AuditdState *state, const GString *text, ValueType type)
{
	return (Value){
		.type = type,
		.bytes = arena_copy(wide_arena(state->wide), slice_make(text->str, text->len)),
	};
}

static void add(AuditdState *state, Slice name, Value value)
{
	if (!wide_add(state->wide, name, value))
		state->is_cut = TRUE;
}

static void add_text(AuditdState *state, const char *name, Slice text)
{
	add(state, slice_from_text(name), wide_text(text, VALUE_UTF8));
}

/* Several keys of rules stand in one field, with a byte 0x01 between them. */
static void add_keys(AuditdState *state, Slice name, Slice text, ValueType type)
{
	const guint8 *bar;

	while (text.size && (bar = memchr(text.data, 1, text.size))) {
		gsize size = (gsize)(bar - text.data);

		add(state, name, wide_text(slice_sub(text, 0, size), type));
		text = slice_sub(text, size + 1, text.size);
	}
	add(state, name, wide_text(text, type));
}

static void add_address(AuditdState *state, Slice hex)
{
	AuditAddress address;

	if (!audit_address_read(hex, wide_arena(state->wide), &address))
		return;
	add_text(state, "saddr_fam", address.family);
	add_text(state, "laddr", address.address);
	add_text(state, "lport", address.port);
	add_text(state, "path", address.path);
}

/* ---- the arguments of a command ---- */

static void end_argument(AuditdState *state, ValueType type)
{
	g_autofree char *name = NULL;

	if (state->argument_number == G_MAXUINT)
		return;
	if (state->cmdline->len > 0)
		g_string_append_c(state->cmdline, ' ');
	g_string_append_len(state->cmdline, state->argument->str, (gssize)state->argument->len);
	if (state->argument_number < LIMIT_AUDIT_ARGUMENTS) {
		name = g_strdup_printf("a%u", state->argument_number);
		add(state, slice_from_text(name), arena_value(state, state->argument, type));
	}
	g_string_truncate(state->argument, 0);
	state->argument_number = G_MAXUINT;
}

/* "a12", "a12[3]": the number of the argument; FALSE for other names ("a12_len", "argc"). */
static gboolean argument_number(Slice name, guint *ret)
{
	guint number = 0;
	gsize at = 1;

	if (name.size < 2 || name.size > 16 || name.data[0] != 'a')
		return FALSE;
	for (; at < name.size && at < 9 && g_ascii_isdigit(name.data[at]); at++)
		number = number * 10 + (guint)(name.data[at] - '0');
	*ret = number;
	return at > 1 && (at == name.size || name.data[at] == '[');
}

/* Long arguments come in pieces, a1[0]=… a1[1]=…, also in further records. */
static void add_argument(AuditdState *state, const AuditField *field, Slice text, ValueType type)
{
	guint number;

	if (!argument_number(field->name, &number)) {
		if (!memmem(field->name.data, field->name.size, "_len", 4))
			add(state, field->name, wide_text(text, type));
		return;
	}
	if (number != state->argument_number)
		end_argument(state, type);
	state->argument_number = number;
	g_string_append_len(state->argument, (const char *)text.data, (gssize)text.size);
}

/* ---- records ---- */

static gboolean is_type(const AuditRecord *record, const char *type)
{
	return record->type.data[0] == (guint8)type[0] &&
		slice_equal(record->type, slice_from_text(type));
}

static gboolean is_name(const AuditField *field, const char *name)
{
	return field->name.size > 0 && field->name.data[0] == (guint8)name[0] &&
		slice_equal(field->name, slice_from_text(name));
}

static gboolean is_register(Slice name)
{
	return name.size == 2 && name.data[0] == 'a' && name.data[1] >= '0' && name.data[1] <= '3';
}

static void add_word(AuditdState *state, Slice word)
{
	if (slice_equal(word, slice_from_text("}")) || word.size == 0 ||
		state->words->len > LIMIT_VALUE_BYTES)
		return;
	if (state->words->len > 0)
		g_string_append_c(state->words, ' ');
	g_string_append_len(state->words, (const char *)word.data, (gssize)word.size);
}

static void add_field(
	AuditdState *state, const AuditRecord *record, const AuditField *field, ValueType type)
{
	Slice text, name = field->name;
	char prefixed[] = "syscall.a0";

	if (field->quoting == AUDIT_WORD) {
		add_word(state, field->value);
		return;
	}
	text = audit_field_text(field, record->type, wide_arena(state->wide));
	if (!text.data) {
		add(state, name, (Value){ .type = VALUE_NULL });
		return;
	}
	if (is_type(record, "EXECVE")) {
		add_argument(state, field, text, type);
		return;
	}
	/* The registers of execve hold addresses, its arguments are what a0 to a3 mean. */
	if (state->has_arguments && is_register(name) && is_type(record, "SYSCALL")) {
		prefixed[sizeof prefixed - 2] = (char)name.data[1];
		name = slice_from_text(prefixed);
	}
	for (guint i = 0; i <= COLUMN_LAST_NAMED; i++) {
		if (i == COLUMN_ARCH || i == COLUMN_SYSCALL || i == COLUMN_SYSCALL_NAME)
			continue;
		if (is_name(field, columns[i].name)) { /* not mixed with what the record says */
			g_autofree char *own = g_strconcat("field.", columns[i].name, NULL);

			add(state, slice_from_text(own), wide_text(text, type));
			return;
		}
	}
	if (is_name(field, "key"))
		add_keys(state, name, text, type);
	else
		add(state, name, wide_text(text, type));
	/* Once for each record: whether the record says it itself is looked for in all of it. */
	if (is_name(field, "saddr") && !state->has_address) {
		state->has_address = TRUE;
		if (!memmem(record->fields.data, record->fields.size, "saddr_fam=", 10))
			add_address(state, text);
	}
}

/* Each type once: a list of the records that make the event. */
static void add_type(AuditdState *state, const AuditRecord *record, ValueType type)
{
	for (guint i = 0; i < state->n_types; i++) {
		if (slice_equal(state->types[i], record->type))
			return;
	}
	if (state->n_types < G_N_ELEMENTS(state->types))
		state->types[state->n_types++] = record->type;
	(void)wide_set(state->wide, COLUMN_TYPE, wide_text(record->type, type));
}

static void add_record(AuditdState *state, const AuditRecord *record, ValueType type)
{
	AuditField field;

	state->has_address = FALSE;
	add_type(state, record, type);
	for (gsize at = 0; audit_field_next(record->fields, &at, &field);) {
		if (is_name(&field, "arch") && is_type(record, "SYSCALL"))
			state->arch = field.value;
		if (is_name(&field, "syscall") && is_type(record, "SYSCALL"))
			state->syscall = field.value;
		add_field(state, record, &field, type);
	}
}

/* ---- events ---- */

static void start_event(AuditdState *state, const AuditEvent *event)
{
	wide_start(state->wide);
	g_string_truncate(state->cmdline, 0);
	g_string_truncate(state->argument, 0);
	g_string_truncate(state->words, 0);
	state->argument_number = G_MAXUINT;
	state->n_types = 0;
	state->arch = state->syscall = SLICE_EMPTY;
	state->is_cut = FALSE;
	state->has_arguments = event->has_arguments;
}

static void read_records(AuditdState *state, const AuditEvent *event, Event *ret_event)
{
	ValueType type = VALUE_UTF8;
	const char *syscall;

	for (guint i = 0; i < event->lines->len; i++) {
		AuditRecord record;

		type = g_array_index(event->lines, AuditLine, i).type;
		(void)audit_record_read(audit_event_line(event, i), &record); /* as when joined */
		if (i == 0) {
			ret_event->time = record.time;
			(void)wide_set(state->wide, COLUMN_NODE, wide_text(record.node, type));
			(void)wide_set(
				state->wide, COLUMN_TIMESTAMP, wide_text(record.stamp, type));
			(void)wide_set(state->wide, COLUMN_SERIAL, wide_text(record.serial, type));
		}
		add_record(state, &record, type);
	}
	end_argument(state, type);
	syscall = syscall_names_find(state->library->syscalls, state->arch, state->syscall);
	if (syscall && !wide_has(state->wide, COLUMN_SYSCALL_NAME))
		add_text(state, "SYSCALL", slice_from_text(syscall));
	if (state->cmdline->len > 0)
		(void)wide_set(
			state->wide, COLUMN_CMDLINE, arena_value(state, state->cmdline, type));
	if (state->words->len > 0)
		(void)wide_set(state->wide, COLUMN_TEXT, arena_value(state, state->words, type));
}

static void read_event(AuditdState *state, const AuditEvent *event, Event *ret_event)
{
	start_event(state, event);
	*ret_event =
		(Event){ .time = INSTANT_NONE, .record = event->number, .offset = event->offset };
	if (event->is_record) {
		read_records(state, event, ret_event);
	} else {
		(void)wide_set(state->wide, COLUMN_MESSAGE,
			wide_text(audit_event_line(event, 0),
				g_array_index(event->lines, AuditLine, 0).type));
		if (state->n_foreign++ == 0)
			state->first_foreign = event->offset;
	}
	if (state->is_cut && state->n_cut++ == 0)
		state->first_cut = event->offset;
	wide_finish(state->wide, ret_event);
}

/* ---- the task ---- */

static gboolean auditd_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void *auditd_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	AuditJoin *join = audit_join_new(source, task, library->memo, report, error);
	AuditdState *state;

	if (!join)
		return NULL;
	state = g_new0(AuditdState, 1);
	*state = (AuditdState){
		.library = library,
		.report = report,
		.join = join,
		.wide = library->wide,
		.cmdline = g_string_new(NULL),
		.argument = g_string_new(NULL),
		.words = g_string_new(NULL),
	};
	wide_begin_task(state->wide);
	return state;
}

static NextResult auditd_next(void *data, Event *ret_event)
{
	AuditdState *state = data;
	const AuditEvent *event = audit_join_next(state->join);

	if (!event)
		return NEXT_END;
	read_event(state, event, ret_event);
	return NEXT_EVENT;
}

static void tell(
	const AuditdState *state, GapKind kind, guint64 offset, guint64 records, const char *note)
{
	Gap gap = { .kind = kind, .offset = offset, .records = records, .note = note };

	if (records)
		state->report->gap(state->report->context, &gap);
}

static void auditd_close(void *data)
{
	AuditdState *state = data;

	if (!state)
		return;
	audit_join_free(state->join);
	tell(state, GAP_HEADER, state->first_foreign, state->n_foreign,
		"Lines that are no audit records are events that have a message and nothing else, "
		"not even a time.");
	tell(state, GAP_LIMIT, state->first_cut, state->n_cut,
		"Fields were left out of events that have more of them than LIMIT_EVENT_VALUES, or "
		"longer names than LIMIT_COLUMN_NAME_BYTES.");
	wide_report(state->wide, state->report);
	g_string_free(state->cmdline, TRUE);
	g_string_free(state->argument, TRUE);
	g_string_free(state->words, TRUE);
	g_free(state);
}

static const char *const host_columns[] = { "node", NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader auditd_reader = {
	.name = "auditd",
	.description = "Linux audit logs, the records of an event joined",
	.docs = "docs/evidence-unix.md",
	.probe = auditd_probe,
	.library_new = auditd_library_new,
	.library_free = auditd_library_free,
	.plan = auditd_plan,
	.open = auditd_open,
	.next = auditd_next,
	.close = auditd_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

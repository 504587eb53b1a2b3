/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/auditd/record.h"

#include <arpa/inet.h>

#include "base/cursor.h"
#include "readers/syslog/header.h"

#define HEAD_BYTES  1024 /* in which the mark of a record must stand */
#define NAME_BYTES  128
#define ENRICHMENT  0x1d
#define STAMP_BYTES 10 /* digits of seconds: until the year 2286 */

static guint8 byte_at(Slice s, gsize at)
{
	return at < s.size ? s.data[at] : 0;
}

static Slice part(Slice s, gsize start, gsize end)
{
	end = MIN(end, s.size);
	return start < end ? slice_sub(s, start, end - start) : slice_from_text("");
}

static gboolean starts_with(Slice text, const char *start)
{
	Slice wanted = slice_from_text(start);

	return slice_equal(slice_sub(text, 0, wanted.size), wanted);
}

static gsize find_text(Slice text, gsize at, const char *wanted)
{
	Slice rest = slice_sub(text, at, text.size);
	const guint8 *found =
		rest.size ? memmem(rest.data, rest.size, wanted, strlen(wanted)) : NULL;

	return found ? at + (gsize)(found - rest.data) : text.size;
}

/* ---- which event ---- */

/* The names of types that the kernel's own log gives by number. */
static Slice type_name(Slice type)
{
	static const struct {
		const char *number, *name;
	} types[] = { { "1300", "SYSCALL" }, { "1302", "PATH" }, { "1303", "IPC" },
		{ "1304", "SOCKETCALL" }, { "1305", "CONFIG_CHANGE" }, { "1306", "SOCKADDR" },
		{ "1307", "CWD" }, { "1309", "EXECVE" }, { "1318", "OBJ_PID" }, { "1319", "TTY" },
		{ "1320", "EOE" }, { "1321", "BPRM_FCAPS" }, { "1322", "CAPSET" },
		{ "1323", "MMAP" }, { "1324", "NETFILTER_PKT" }, { "1325", "NETFILTER_CFG" },
		{ "1326", "SECCOMP" }, { "1327", "PROCTITLE" }, { "1328", "FEATURE_CHANGE" },
		{ "1330", "KERN_MODULE" }, { "1334", "BPF" }, { "1400", "AVC" },
		{ "1006", "LOGIN" }, { "1100", "USER_AUTH" }, { "1101", "USER_ACCT" },
		{ "1103", "CRED_ACQ" }, { "1104", "CRED_DISP" }, { "1105", "USER_START" },
		{ "1106", "USER_END" }, { "1112", "USER_LOGIN" }, { "1123", "USER_CMD" },
		{ "1130", "SERVICE_START" }, { "1131", "SERVICE_STOP" }, { "2000", "KERNEL" } };

	if (!g_ascii_isdigit(byte_at(type, 0)))
		return type;
	for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
		if (slice_equal(type, slice_from_text(types[i].number)))
			return slice_from_text(types[i].name);
	}
	return type;
}

/* "1604994496.155" */
static gboolean read_stamp(Slice stamp, Instant *ret)
{
	gint64 seconds = 0, fraction = 0, scale = INSTANT_SECOND;
	gsize at = 0;

	for (; g_ascii_isdigit(byte_at(stamp, at)); at++)
		seconds = at < STAMP_BYTES ? seconds * 10 + (stamp.data[at] - '0') : 0;
	if (at == 0 || at > STAMP_BYTES || seconds > INT64_MAX / INSTANT_SECOND - 1)
		return FALSE;
	if (byte_at(stamp, at) == '.') {
		for (at++; g_ascii_isdigit(byte_at(stamp, at)) && scale > 1; at++) {
			scale /= 10;
			fraction += (stamp.data[at] - '0') * scale;
		}
	}
	*ret = seconds * INSTANT_SECOND + fraction;
	return at == stamp.size;
}

/* "audit(stamp:serial)" at @at; returns where it ends, or 0. */
static gsize read_mark(Slice line, gsize at, AuditRecord *ret)
{
	gsize start = at + strlen("audit("), colon = find_text(line, start, ":"), end;

	if (colon - start > 24)
		return 0;
	ret->stamp = part(line, start, colon);
	end = colon + 1;
	while (g_ascii_isdigit(byte_at(line, end)))
		end++;
	ret->serial = part(line, colon + 1, end);
	if (byte_at(line, end) != ')' || end == colon + 1 || end - colon > 20 ||
		!read_stamp(ret->stamp, &ret->time))
		return 0;
	return end + 1;
}

/* The value of "name=" in what stands before the mark; without data where it is not there. */
static Slice read_before(Slice before, const char *name)
{
	gsize size = strlen(name), at = find_text(before, 0, name);

	if (at == before.size || (at > 0 && before.data[at - 1] != ' '))
		return SLICE_EMPTY;
	return part(before, at + size, find_text(before, at, " "));
}

gboolean audit_record_read(Slice line, AuditRecord *ret)
{
	Slice head = slice_sub(line, 0, HEAD_BYTES);
	gsize mark = find_text(head, 0, "audit("), end;
	Slice before = part(head, 0, mark);

	*ret = (AuditRecord){ .time = INSTANT_NONE };
	if (mark == head.size)
		return FALSE;
	ret->type = type_name(read_before(before, "type="));
	if (!ret->type.data || ret->type.size == 0)
		return FALSE;
	end = read_mark(line, mark, ret);
	if (end == 0)
		return FALSE;
	ret->node = read_before(before, "node=");
	if (!ret->node.data && !starts_with(line, "type=")) {
		SyslogHeader header;

		syslog_header_read(line, &header);
		ret->node = header.hostname;
	}
	if (byte_at(line, end) == ':')
		end++;
	ret->fields = part(line, end, line.size);
	return TRUE;
}

/* ---- fields ---- */

static gboolean is_name_byte(guint8 c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '[' || c == ']' || c == '.';
}

static gboolean is_separator(guint8 c)
{
	return c == ' ' || c == ENRICHMENT || c == '\'' || c == '\n' || c == '\t';
}

static gsize name_size(Slice fields, gsize at)
{
	gsize size = 0;

	while (size <= NAME_BYTES && is_name_byte(byte_at(fields, at + size)))
		size++;
	return size && size <= NAME_BYTES && byte_at(fields, at + size) == '=' ? size : 0;
}

/* A bare value ends at a separator; in the old messages of programs with "," or ")" before it. */
static Slice read_bare(Slice fields, gsize *at)
{
	gsize start = *at, end = start;

	while (end < fields.size && !is_separator(fields.data[end]))
		end++;
	*at = end;
	if (end > start && fields.data[end - 1] == ',')
		end--;
	if (end > start && fields.data[end - 1] == ')' && fields.data[start] != '(')
		end--;
	return part(fields, start, end);
}

static void read_value(Slice fields, gsize *at, AuditField *ret)
{
	gsize start = *at + 1, end;

	if (byte_at(fields, *at) != '"') {
		ret->quoting = AUDIT_BARE;
		ret->value = read_bare(fields, at);
		return;
	}
	end = find_text(fields, start, "\"");
	ret->quoting = AUDIT_QUOTED;
	ret->value = part(fields, start, end);
	*at = MIN(end + 1, fields.size);
}

gboolean audit_field_next(Slice fields, gsize *at, AuditField *ret)
{
	for (;;) {
		gsize size;

		while (*at < fields.size && is_separator(fields.data[*at]))
			(*at)++;
		if (*at >= fields.size)
			return FALSE;
		if (byte_at(fields, *at) == '(' && name_size(fields, *at + 1))
			(*at)++; /* "(hostname=…" of old messages */
		size = name_size(fields, *at);
		if (size == 0) {
			*ret = (AuditField){ .quoting = AUDIT_WORD };
			ret->value = read_bare(fields, at);
			return TRUE;
		}
		ret->name = part(fields, *at, *at + size);
		*at += size + 1;
		if (byte_at(fields, *at) == '\'')
			continue; /* a program's message: its fields are the record's */
		read_value(fields, at, ret);
		if (ret->quoting == AUDIT_BARE && slice_equal(ret->value, slice_from_text("{")))
			continue; /* SADDR={ … } */
		return TRUE;
	}
}

/* ---- texts ---- */

static gboolean is_upper_hex(guint8 c)
{
	return g_ascii_isdigit(c) || (c >= 'A' && c <= 'F');
}

static gboolean is_hex(Slice text)
{
	if (text.size < 2 || text.size % 2)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!is_upper_hex(text.data[i]))
			return FALSE;
	}
	return TRUE;
}

/* Fields that the kernel and programs write as text of any bytes. */
static gboolean can_be_encoded(Slice name, Slice type)
{
	static const char *const names[] = { "acct", "cgroup", "cmd", "comm", "cwd", "data",
		"device", "dir", "exe", "file", "filename", "grp", "key", "name", "new-disk",
		"new_group", "ocomm", "old-disk", "path", "proctitle", "root_dir", "sw", "vm",
		"watch" };

	if (byte_at(name, 0) == 'a' && g_ascii_isdigit(byte_at(name, 1)))
		return slice_equal(type, slice_from_text("EXECVE"));
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (byte_at(name, 0) == (guint8)names[i][0] &&
			slice_equal(name, slice_from_text(names[i])))
			return TRUE;
	}
	return FALSE;
}

static guint8 hex_byte(Slice text, gsize at)
{
	return (guint8)(g_ascii_xdigit_value((char)text.data[at]) << 4 |
		g_ascii_xdigit_value((char)text.data[at + 1]));
}

Slice audit_field_text(const AuditField *field, Slice type, Arena *arena)
{
	Slice value = field->value;
	gsize n = value.size / 2;

	if (field->quoting != AUDIT_BARE)
		return value;
	if (byte_at(value, 0) == '(' && slice_equal(value, slice_from_text("(null)")))
		return SLICE_EMPTY;
	if (!is_upper_hex(byte_at(value, 0)) || !can_be_encoded(field->name, type) ||
		!is_hex(value))
		return value;

	guint8 *plain = arena_alloc(arena, n);

	for (gsize i = 0; i < n; i++) {
		guint8 c = hex_byte(value, 2 * i);

		plain[i] = c ? c : ' ';
	}
	while (n > 0 && plain[n - 1] == ' ' && hex_byte(value, 2 * (n - 1)) == 0)
		n--;
	return slice_make(plain, n);
}

/* ---- addresses ---- */

static Slice arena_text(Arena *arena, const char *text)
{
	return arena_copy(arena, slice_from_text(text));
}

static void read_path(Slice bytes, Arena *arena, AuditAddress *ret)
{
	Slice path = part(bytes, 2, bytes.size);

	if (path.size > 1 && path.data[0] == 0)
		path = part(path, 1, path.size); /* an abstract socket */

	const guint8 *zero = path.size ? memchr(path.data, 0, path.size) : NULL;

	ret->family = slice_from_text("local");
	ret->path = arena_copy(arena, part(path, 0, zero ? (gsize)(zero - path.data) : path.size));
}

gboolean audit_address_read(Slice hex, Arena *arena, AuditAddress *ret)
{
	char text[INET6_ADDRSTRLEN];
	g_autofree char *port = NULL;
	guint16 family = 0;

	*ret = (AuditAddress){ 0 };
	if (!is_hex(hex) || hex.size > 512)
		return FALSE;

	guint8 *raw = arena_alloc(arena, hex.size / 2);
	Slice bytes = slice_make(raw, hex.size / 2);

	for (gsize i = 0; i < bytes.size; i++)
		raw[i] = hex_byte(hex, 2 * i);
	if (!slice_u16(bytes, 0, &family))
		return FALSE;
	if (family == AF_UNIX && bytes.size > 2) {
		read_path(bytes, arena, ret);
		return TRUE;
	}
	if (family == AF_INET && bytes.size >= 8)
		(void)inet_ntop(AF_INET, &bytes.data[4], text, sizeof text);
	else if (family == AF_INET6 && bytes.size >= 24)
		(void)inet_ntop(AF_INET6, &bytes.data[8], text, sizeof text);
	else
		return FALSE;
	port = g_strdup_printf("%u", (guint)bytes.data[2] << 8 | bytes.data[3]);
	ret->family = slice_from_text(family == AF_INET ? "inet" : "inet6");
	ret->address = arena_text(arena, text);
	ret->port = arena_text(arena, port);
	return TRUE;
}

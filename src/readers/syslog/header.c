/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/syslog/header.h"

#define TAG_BYTES  128 /* longer words are no tags */
#define HOST_BYTES 255

static guint8 byte_at(Slice text, gsize at)
{
	return at < text.size ? text.data[at] : 0;
}

static Slice rest_of(Slice text, gsize at)
{
	return slice_sub(text, at, text.size);
}

static Slice skip_blanks(Slice text)
{
	gsize at = 0;

	while (byte_at(text, at) == ' ')
		at++;
	return at ? rest_of(text, at) : text;
}

/* Up to the next blank; moves @rest behind it. */
static Slice take_word(Slice *rest)
{
	const guint8 *blank = rest->size ? memchr(rest->data, ' ', rest->size) : NULL;
	gsize size = blank ? (gsize)(blank - rest->data) : rest->size;
	Slice word = slice_sub(*rest, 0, size);

	*rest = rest_of(*rest, size + 1);
	return word;
}

/* "<34>": returns its size, or 0. */
static gsize read_priority(Slice text, int *ret)
{
	gsize at = 1;
	int priority = 0;

	if (byte_at(text, 0) != '<')
		return 0;
	while (at <= 3 && g_ascii_isdigit(byte_at(text, at)))
		priority = priority * 10 + (byte_at(text, at++) - '0');
	if (at == 1 || byte_at(text, at) != '>' || priority > 191)
		return 0;
	*ret = priority;
	return at + 1;
}

/* ---- RFC 5424 ---- */

static Slice nil_is_none(Slice word)
{
	return word.size == 1 && word.data[0] == '-' ? SLICE_EMPTY : word;
}

/* The size of the structured data at the start of @text, or 0. */
static gsize data_size(Slice text)
{
	gboolean quoted = FALSE;
	gsize at = 0;

	if (byte_at(text, 0) != '[')
		return 0;
	for (; at < text.size; at++) {
		guint8 c = text.data[at];

		if (c == '\\' && quoted) {
			at++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == ']' && !quoted && byte_at(text, at + 1) != '[') {
			return at + 1;
		}
	}
	return 0; /* it does not end: part of the message */
}

static void read_5424_message(Slice rest, SyslogHeader *ret)
{
	gsize size = data_size(rest);

	if (size) {
		ret->data = slice_sub(rest, 0, size);
		rest = rest_of(rest, size);
	} else if (byte_at(rest, 0) == '-' && (rest.size == 1 || rest.data[1] == ' ')) {
		rest = rest_of(rest, 1);
	}
	if (byte_at(rest, 0) == ' ')
		rest = rest_of(rest, 1);
	if (slice_equal(slice_sub(rest, 0, 3), slice_from_text("\xef\xbb\xbf")))
		rest = rest_of(rest, 3);
	ret->message = rest.data ? rest : slice_from_text("");
}

/* @rest is what stands behind "<34>". */
static gboolean read_5424(Slice rest, SyslogHeader *ret)
{
	Slice version = take_word(&rest), stamp;
	gsize size;

	if (version.size != 1 || version.data[0] != '1')
		return FALSE;
	stamp = take_word(&rest);
	ret->has_stamp = stamp_read(stamp, &ret->stamp, &size) && size == stamp.size;
	if (!ret->has_stamp && !(stamp.size == 1 && stamp.data[0] == '-'))
		return FALSE;
	ret->timestamp = nil_is_none(stamp);
	ret->hostname = nil_is_none(take_word(&rest));
	ret->appname = nil_is_none(take_word(&rest));
	ret->procid = nil_is_none(take_word(&rest));
	ret->msgid = nil_is_none(take_word(&rest));
	ret->form = SYSLOG_RFC5424;
	read_5424_message(rest, ret);
	return TRUE;
}

/* ---- RFC 3164 and its relatives ---- */

/* "%SYS-5-CONFIG_I:" at the start of @text: its size without colon, or 0. */
static gsize cisco_mnemonic(Slice text, int *ret_severity)
{
	gsize at = 1, dashes = 0;
	int severity = -1;

	if (byte_at(text, 0) != '%' || !g_ascii_isupper(byte_at(text, 1)))
		return 0;
	for (; at < text.size && at < TAG_BYTES; at++) {
		guint8 c = text.data[at];

		if (c == ':' && dashes >= 2 && severity >= 0) {
			*ret_severity = severity;
			return at;
		}
		if (c == '-') {
			guint8 digit = byte_at(text, at + 1);

			dashes++;
			if (digit >= '0' && digit <= '7' && byte_at(text, at + 2) == '-')
				severity = digit - '0';
		} else if (!g_ascii_isalnum(c) && c != '_') {
			return 0;
		}
	}
	return 0;
}

static gboolean read_cisco(Slice text, SyslogHeader *ret)
{
	int severity;
	gsize size = cisco_mnemonic(text, &severity);

	if (!size)
		return FALSE;
	ret->msgid = slice_sub(text, 1, size - 1);
	ret->severity = severity;
	ret->message = text; /* rules look for the mnemonic in the text */
	return TRUE;
}

/* The size of a word that can be a tag: up to '[', ':' or a blank. 0: it can not. */
static gsize tag_size(Slice text)
{
	gsize at = 0;

	for (; at < text.size && at < TAG_BYTES; at++) {
		guint8 c = text.data[at];

		if (c == '[' || c == ' ')
			break;
		if (c == ':' && (byte_at(text, at + 1) == ' ' || at + 1 == text.size))
			break;
		if (c < ' ' || c == '"' || c == '=' || c == ',' || c == '{')
			return 0;
	}
	return at < TAG_BYTES && at < text.size ? at : 0;
}

/* Behind the process id: ": ", or as on macOS " (com.apple.x[12]): ". 0: no tag. */
static gsize tag_end(Slice text, gsize at)
{
	if (byte_at(text, at) == ':')
		return at + 1;
	if (byte_at(text, at) != ' ' || byte_at(text, at + 1) != '(')
		return 0;
	for (gsize end = at + 2; end < text.size && end < at + TAG_BYTES; end++) {
		if (text.data[end] == ')')
			return byte_at(text, end + 1) == ':' ? end + 2 : 0;
	}
	return 0;
}

/* "tag[123]: message", "tag: message"; else all of it is the message. */
static gboolean read_tag(Slice text, SyslogHeader *ret)
{
	gsize size = tag_size(text), end;
	Slice procid = SLICE_EMPTY;

	if (size == 0)
		return FALSE;
	if (text.data[size] == '[') {
		Slice inside = slice_sub(text, size + 1, TAG_BYTES);
		const guint8 *close = inside.size ? memchr(inside.data, ']', inside.size) : NULL;

		if (!close || close == inside.data)
			return FALSE;
		procid = slice_sub(inside, 0, (gsize)(close - inside.data));
		end = tag_end(text, size + 1 + procid.size + 1);
	} else {
		end = text.data[size] == ':' ? size + 1 : tag_end(text, size);
	}
	if (end == 0)
		return FALSE;
	ret->appname = slice_sub(text, 0, size);
	ret->procid = procid;
	ret->message = rest_of(text, end);
	if (byte_at(ret->message, 0) == ' ')
		ret->message = rest_of(ret->message, 1);
	if (!ret->message.data)
		ret->message = slice_from_text("");
	return TRUE;
}

static gboolean starts_with(Slice text, const char *start)
{
	Slice wanted = slice_from_text(start);

	return slice_equal(slice_sub(text, 0, wanted.size), wanted);
}

/* What has a form of its own and no tag. */
static gboolean is_payload(Slice text)
{
	return starts_with(text, "CEF:") || starts_with(text, "LEEF:") ||
		starts_with(text, "date=") || starts_with(text, "<Event>");
}

static void read_content(Slice text, SyslogHeader *ret)
{
	text = skip_blanks(text);
	ret->message = text.data ? text : slice_from_text("");
	if (!is_payload(text) && !read_cisco(text, ret))
		(void)read_tag(text, ret);
}

static gboolean is_host(Slice word)
{
	if (word.size == 0 || word.size > HOST_BYTES)
		return FALSE;
	for (gsize i = 0; i < word.size; i++) {
		guint8 c = word.data[i];

		if (!g_ascii_isalnum(c) && !strchr(".-_:/@%+", c) && c < 0x80)
			return FALSE;
		if (c == 0)
			return FALSE;
	}
	return word.data[word.size - 1] != ':';
}

/* What stands behind the time. A host, unless the first word is a tag already. */
static void read_host_and_content(Slice text, SyslogHeader *ret)
{
	Slice rest = skip_blanks(text), word, behind;

	if (byte_at(rest, 0) == ':') { /* Cisco ends the time with a colon */
		read_content(rest_of(rest, 1), ret);
		return;
	}
	behind = rest;
	word = take_word(&behind);
	if (!is_host(word) || is_payload(rest) || byte_at(word, 0) == '%') {
		read_content(rest, ret);
		return;
	}
	ret->hostname = word;
	behind = skip_blanks(behind);
	if (starts_with(behind, ": ")) /* Cisco ASA: "host : %ASA-6-…" */
		behind = rest_of(behind, 2);
	read_content(behind, ret);
}

/* "123: ", "host 123: ", "*", "." before the time of a Cisco device; a host before the time. */
static Slice skip_cisco_prefix(Slice text, SyslogHeader *ret)
{
	Slice rest = text, word = take_word(&rest);
	gsize digits = 0;

	if (is_host(word)) {
		Slice behind = rest, next = take_word(&behind);

		if (next.size > 1 && next.data[next.size - 1] == ':' &&
			g_ascii_isdigit(next.data[0])) {
			ret->hostname = word;
			word = next;
			rest = behind;
		}
	}
	while (g_ascii_isdigit(byte_at(word, digits)))
		digits++;
	if (digits == 0 || digits + 1 != word.size || word.data[digits] != ':')
		rest = text;
	if (byte_at(rest, 0) == '*' || byte_at(rest, 0) == '.')
		rest = rest_of(rest, 1);
	return rest;
}

static gboolean read_3164(Slice text, SyslogHeader *ret)
{
	gsize size = 0;
	Slice start = text;

	if (!stamp_read(start, &ret->stamp, &size)) {
		start = skip_cisco_prefix(text, ret);
		if (start.data == text.data || !stamp_read(start, &ret->stamp, &size)) {
			ret->hostname = SLICE_EMPTY;
			return FALSE;
		}
	}

	guint8 next = byte_at(start, size);

	if (next != ' ' && next != ':' && size < start.size)
		return FALSE;
	ret->has_stamp = TRUE;
	ret->timestamp = slice_sub(start, 0, size);
	ret->form = SYSLOG_RFC3164;
	if (ret->hostname.data)
		read_content(rest_of(start, size + (next == ':')), ret);
	else
		read_host_and_content(rest_of(start, size), ret);
	return TRUE;
}

/* A relay puts its own header before that of a Cisco device: "Mar  2 10:11:13 10.0.0.1 77: *Mar …"
 */
static void read_inner_cisco(SyslogHeader *ret)
{
	SyslogHeader inner = { .priority = ret->priority, .severity = ret->severity };
	Slice text = ret->message;

	if (ret->appname.data && !g_ascii_isdigit(byte_at(ret->appname, 0)))
		return;
	if (ret->msgid.data || !memchr(text.data, '%', MIN(text.size, TAG_BYTES)))
		return;
	if (!read_3164(text, &inner) || !inner.msgid.data)
		return;
	ret->appname = ret->procid = SLICE_EMPTY;
	ret->msgid = inner.msgid;
	ret->message = inner.message;
	ret->severity = inner.severity;
}

/* "123 <34>1 …": the length that RFC 6587 puts before a message on a stream. */
static Slice skip_length(Slice line)
{
	gsize at = 0;

	while (at < 7 && g_ascii_isdigit(byte_at(line, at)))
		at++;
	return at && byte_at(line, at) == ' ' && byte_at(line, at + 1) == '<'
		? rest_of(line, at + 1)
		: line;
}

void syslog_header_read(Slice line, SyslogHeader *ret)
{
	Slice rest = skip_length(line);
	gsize size;

	*ret = (SyslogHeader){ .priority = -1, .severity = -1 };
	size = read_priority(rest, &ret->priority);
	rest = rest_of(rest, size);
	if (size)
		ret->severity = ret->priority % 8;
	if (size && read_5424(rest, ret))
		return;
	ret->hostname = ret->appname = ret->procid = ret->msgid = SLICE_EMPTY;
	if (read_3164(rest, ret)) {
		if (ret->message.size > 0)
			read_inner_cisco(ret);
		return;
	}
	ret->has_stamp = FALSE;
	ret->form = size ? SYSLOG_BARE : SYSLOG_NONE;
	if (size)
		read_content(rest, ret);
	else
		ret->message = line;
}

/* ---- names ---- */

const char *syslog_facility_name(int priority)
{
	static const char *const names[] = { "kern", "user", "mail", "daemon", "auth", "syslog",
		"lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security", "console",
		"clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
		"local7" };
	int facility = priority / 8;

	return priority >= 0 && facility < (int)G_N_ELEMENTS(names) ? names[facility] : NULL;
}

const char *syslog_severity_name(int severity)
{
	static const char *const names[] = { "emerg", "alert", "crit", "err", "warning", "notice",
		"info", "debug" };

	return severity >= 0 && severity < (int)G_N_ELEMENTS(names) ? names[severity] : NULL;
}

/* ---- structured data ---- */

static gsize find_name_end(Slice data, gsize at)
{
	while (at < data.size && data.data[at] != '=' && data.data[at] != ' ' &&
		data.data[at] != ']' && data.data[at] != '"')
		at++;
	return at;
}

/* "[id" or " " before a parameter. FALSE at the end. */
static gboolean next_parameter(Slice data, gsize *at, Slice *id)
{
	for (;;) {
		guint8 c = byte_at(data, *at);

		if (c == ' ') {
			(*at)++;
		} else if (c == ']') {
			(*at)++;
		} else if (c == '[') {
			gsize end = find_name_end(data, *at + 1);

			*id = slice_sub(data, *at + 1, end - *at - 1);
			*at = end;
		} else {
			return *at < data.size;
		}
	}
}

gboolean syslog_data_next(
	Slice data, gsize *at, Slice *id, Slice *ret_name, Slice *ret_value, gboolean *ret_escaped)
{
	gsize end, start;

	if (!next_parameter(data, at, id))
		return FALSE;
	end = find_name_end(data, *at);
	if (byte_at(data, end) != '=' || byte_at(data, end + 1) != '"')
		return FALSE;
	*ret_name = slice_sub(data, *at, end - *at);
	start = end + 2;
	*ret_escaped = FALSE;
	for (end = start; end < data.size && data.data[end] != '"'; end++) {
		if (data.data[end] == '\\') {
			*ret_escaped = TRUE;
			end++;
		}
	}
	if (end >= data.size)
		return FALSE;
	*ret_value = slice_make(&data.data[start], end - start);
	*at = end + 1;
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line, one request:
 *
 *	[vhost[:port]] client ident user [time] "request" status bytes ["referer" "agent"] [more]
 *
 * Apache writes a quote in a quoted field as \" and other bytes as \xhh, nginx writes \x22 and
 * \xhh, Tomcat writes everything as it came. So \", \\ and \xhh of printable characters are read,
 * and others stay as they are; and the request ends with the first bare quote behind which a
 * status stands. Names of columns are those of Sigma's taxonomy for web servers.
 *
 * Source: Apache HTTP Server, mod_log_config (LogFormat "common", "combined", "vhost_combined");
 * nginx, ngx_http_log_module.
 */
#include "readers/ncsa/ncsa.h"

#include "base/cursor.h"
#include "readers/text/line-log.h"
#include "readers/text/scan.h"
#include "readers/text/text-time.h"
#include "readers/text/url.h"

enum {
	COLUMN_FORMAT,
	COLUMN_HOST,
	COLUMN_PORT,
	COLUMN_CLIENT,
	COLUMN_IDENT,
	COLUMN_USER,
	COLUMN_TIME,
	COLUMN_METHOD,
	COLUMN_URI,
	COLUMN_STEM,
	COLUMN_QUERY,
	COLUMN_VERSION,
	COLUMN_REQUEST,
	COLUMN_STATUS,
	COLUMN_BYTES,
	COLUMN_REFERER,
	COLUMN_AGENT,
	COLUMN_MORE,
	N_COLUMNS,
};

static const char *const columns[] = { "cs-host", "s-port", "c-ip", "cs-ident", "cs-username",
	"time", "cs-method", "cs-uri", "cs-uri-stem", "cs-uri-query", "cs-version", "request",
	"sc-status", "sc-bytes", "cs-referer", "cs-user-agent", "more", NULL };

#define TIME_BYTES    64 /* more is no time */
#define TIME_BRACKETS 4	 /* places at which one is looked for: users may have brackets */

typedef struct NcsaLine {
	const Line *line;
	Value *values;
	GString *scratch;
} NcsaLine;

static void set(NcsaLine *n, guint column, Slice part)
{
	if (part.data)
		n->values[column] = line_value(n->line, part);
}

static gboolean hex_digit(guint8 c, guint *ret)
{
	if (!g_ascii_isxdigit((char)c))
		return FALSE;
	*ret = (guint)g_ascii_xdigit_value((char)c);
	return TRUE;
}

/* The character that an escape at @at stands for, and how many bytes it takes; 0 for none. */
static gsize read_escape(Slice s, gsize at, guint8 *ret)
{
	guint high, low;

	if (at + 1 >= s.size)
		return 0;
	*ret = s.data[at + 1];
	if (*ret == '"' || *ret == '\\')
		return 2;
	if (*ret != 'x' || at + 3 >= s.size || !hex_digit(s.data[at + 2], &high) ||
		!hex_digit(s.data[at + 3], &low))
		return 0;
	*ret = (guint8)(high << 4 | low);
	return *ret >= ' ' && *ret < 0x7f ? 4 : 0;
}

static void set_quoted(NcsaLine *n, guint column, Slice part)
{
	gsize start = n->scratch->len;

	if (scan_byte(part, 0, '\\') == part.size) {
		set(n, column, part.data ? part : slice_from_text(""));
		return;
	}
	for (gsize i = 0; i < part.size;) {
		guint8 c = part.data[i];
		gsize size = c == '\\' ? read_escape(part, i, &c) : 1;

		g_string_append_c(n->scratch, (char)c);
		i += MAX(size, 1);
		if (size == 0)
			n->scratch->str[n->scratch->len - 1] = '\\';
	}
	set(n, column, slice_make(&n->scratch->str[start], n->scratch->len - start));
}

/* A bare quote at or behind @from; s.size where there is none. */
static gsize find_quote(Slice s, gsize from)
{
	gsize at = scan_byte(s, from, '"');

	for (; at < s.size; at = scan_byte(s, at + 1, '"')) {
		gsize n = 0;

		/* Two backslashes are one that is escaped itself. */
		while (at - n > from && s.data[at - n - 1] == '\\')
			n++;
		if (n % 2 == 0)
			return at;
	}
	return s.size;
}

static gboolean is_digit_at(Slice s, gsize at)
{
	return at < s.size && g_ascii_isdigit(s.data[at]);
}

/* " 200 " or " - " stands at @at. */
static gboolean is_status(Slice s, gsize at)
{
	gsize end = at + 1;

	if (at >= s.size || s.data[at] != ' ')
		return FALSE;
	if (end < s.size && s.data[end] == '-')
		end++;
	else
		while (end < at + 4 && is_digit_at(s, end))
			end++;
	return end > at + 1 && (end == s.size || s.data[end] == ' ');
}

/* The next word of *@rest, which then begins behind the blank that ends it. */
static Slice take_word(Slice *rest)
{
	gsize end = scan_byte(*rest, 0, ' ');
	Slice word = slice_sub(*rest, 0, end);

	*rest = slice_sub(*rest, end + 1, rest->size);
	return word;
}

/* ---- what stands before the time ---- */

static gboolean looks_like_host(Slice word)
{
	return scan_byte(word, 0, '.') < word.size || scan_byte(word, 0, ':') < word.size ||
		slice_equal(word, slice_from_text("localhost"));
}

static void take_vhost(NcsaLine *n, Slice word)
{
	Url url = url_split_authority(word);

	set(n, COLUMN_HOST, url.host);
	set(n, COLUMN_PORT, url.port);
}

static gboolean take_client(NcsaLine *n, Slice text)
{
	Slice rest = text, first = take_word(&rest), second, ahead;

	if (first.size == 0)
		return FALSE;
	ahead = rest;
	second = take_word(&ahead);
	/* Two hosts in a row, and two more words: the first is whom the client asked for. */
	if (looks_like_host(second) && scan_byte(ahead, 0, ' ') < ahead.size) {
		take_vhost(n, first);
		first = second;
		rest = ahead;
	}
	set(n, COLUMN_CLIENT, first);
	set(n, COLUMN_IDENT, take_word(&rest));
	set(n, COLUMN_USER, rest); /* may have blanks in it */
	return rest.size > 0;
}

/* ---- the parts ---- */

static gboolean take_time(NcsaLine *n, Slice text, Slice *ret_rest, Instant *ret_time)
{
	gsize open = scan_byte(text, 0, '['), close;

	for (guint i = 0; i < TIME_BRACKETS && open < text.size; i++) {
		Slice inner = slice_sub(text, open + 1, TIME_BYTES);

		close = scan_byte(inner, 0, ']');
		*ret_time = text_time_ncsa(slice_sub(inner, 0, close));
		if (*ret_time != INSTANT_NONE && open > 0) {
			set(n, COLUMN_TIME, slice_sub(inner, 0, close));
			*ret_rest = slice_sub(text, open + close + 2, text.size);
			return take_client(n, slice_sub(text, 0, open - 1));
		}
		open = scan_byte(text, open + 1, '[');
	}
	return FALSE;
}

/* "GET /a?b HTTP/1.1", where it is that; anything else (TLS, "-", nothing) stays whole. */
static void take_request(NcsaLine *n, Slice request)
{
	gsize blank = scan_byte(request, 0, ' '), last = request.size;
	Slice uri, version;
	Url url;

	for (gsize i = 0; i < blank; i++) {
		if (!g_ascii_isalpha(request.data[i]) && request.data[i] != '-' &&
			request.data[i] != '_')
			blank = request.size;
	}
	if (blank == 0 || blank >= request.size) {
		set_quoted(n, COLUMN_REQUEST, request);
		return;
	}
	while (last > blank && request.data[last - 1] != ' ')
		last--;
	uri = slice_sub(request, blank + 1, request.size);
	version = slice_sub(request, last, request.size);
	if (last > blank + 1 && scan_skip_prefix(version, "HTTP/", &version)) {
		set(n, COLUMN_VERSION, slice_sub(request, last, request.size));
		uri = slice_sub(request, blank + 1, last - blank - 2);
	}
	set(n, COLUMN_METHOD, slice_sub(request, 0, blank));
	set_quoted(n, COLUMN_URI, uri);
	url = url_split(n->values[COLUMN_URI].bytes);
	set(n, COLUMN_STEM, url.stem);
	set(n, COLUMN_QUERY, url.query);
}

static gboolean take_quoted(NcsaLine *n, guint column, Slice *rest)
{
	gsize close;

	if (rest->size == 0 || rest->data[0] != '"')
		return FALSE;
	/* A bare quote inside is one that the server did not escape. */
	close = find_quote(*rest, 1);
	while (close + 1 < rest->size && rest->data[close + 1] != ' ')
		close = find_quote(*rest, close + 1);
	if (close == rest->size)
		return FALSE;
	set_quoted(n, column, slice_sub(*rest, 1, close - 1));
	*rest = slice_sub(*rest, close + 2, rest->size);
	return TRUE;
}

static const char *ncsa_parse(const Line *line, Value *values, GString *scratch, Instant *ret_time)
{
	NcsaLine n = { line, values, scratch };
	Slice rest;
	gsize close;

	if (!take_time(&n, line->text, &rest, ret_time))
		return "no client, user and time in brackets stand at its start";
	if (rest.size < 2 || rest.data[0] != ' ' || rest.data[1] != '"')
		return "no request in quotes follows the time";
	close = find_quote(rest, 2);
	while (close < rest.size && !is_status(rest, close + 1))
		close = find_quote(rest, close + 1);
	if (close == rest.size)
		return "no status follows the request";
	take_request(&n, slice_sub(rest, 2, close - 2));
	rest = slice_sub(rest, close + 2, rest.size);
	set(&n, COLUMN_STATUS, take_word(&rest));
	if (is_digit_at(rest, 0) || (rest.size > 0 && rest.data[0] == '-'))
		set(&n, COLUMN_BYTES, take_word(&rest));
	if (take_quoted(&n, COLUMN_REFERER, &rest))
		(void)take_quoted(&n, COLUMN_AGENT, &rest);
	set(&n, COLUMN_MORE, rest);
	return NULL;
}

/* ---- the descriptor ---- */

static const LineLogFormat format = { "ncsa", columns, N_COLUMNS, ncsa_parse };

static guint ncsa_probe(Slice head, const char *name)
{
	guint share = line_log_share(&format, head);

	return share >= 90 ? 90 : share >= 50 ? 70 : 0;
}

static ReaderLibrary *ncsa_library_new(void)
{
	return line_log_library_new(&format);
}

static const char *const host_columns[] = { "cs-host", NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader ncsa_reader = {
	.name = "ncsa",
	.description = "NCSA common and combined logs (Apache, nginx, Tomcat)",
	.docs = "docs/evidence-text.md",
	.probe = ncsa_probe,
	.library_new = ncsa_library_new,
	.library_free = line_log_library_free,
	.plan = line_log_plan,
	.open = line_log_open,
	.next = line_log_next,
	.close = line_log_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line, one request:
 *
 *	time elapsed client action/status bytes method url user hierarchy/peer type [more]
 *
 * Blanks between them may be several. Names of columns are those of Sigma's taxonomy for proxies.
 * Source: Squid, logformat "squid" (http://www.squid-cache.org/Doc/config/logformat/).
 */
#include "readers/squid/squid.h"

#include "readers/text/line-log.h"
#include "readers/text/scan.h"
#include "readers/text/text-time.h"
#include "readers/text/url.h"

enum {
	COLUMN_FORMAT,
	COLUMN_TIME,
	COLUMN_ELAPSED,
	COLUMN_CLIENT,
	COLUMN_ACTION,
	COLUMN_STATUS,
	COLUMN_BYTES,
	COLUMN_METHOD,
	COLUMN_URI,
	COLUMN_SCHEME,
	COLUMN_HOST,
	COLUMN_PORT,
	COLUMN_STEM,
	COLUMN_QUERY,
	COLUMN_EXTENSION,
	COLUMN_USER,
	COLUMN_HIERARCHY,
	COLUMN_PEER,
	COLUMN_TYPE,
	COLUMN_MORE,
	N_COLUMNS,
};

static const char *const columns[] = { "time", "time-taken", "c-ip", "s-action", "sc-status",
	"sc-bytes", "cs-method", "c-uri", "c-uri-scheme", "cs-host", "c-uri-port", "c-uri-stem",
	"c-uri-query", "c-uri-extension", "cs-username", "s-hierarchy", "r-ip", "sc-content-type",
	"more", NULL };

#define N_WORDS 10

static Slice take_word(Slice *rest)
{
	gsize start = 0, end;
	Slice word;

	while (start < rest->size && rest->data[start] == ' ')
		start++;
	end = scan_byte(*rest, start, ' ');
	word = slice_sub(*rest, start, end - start);
	*rest = slice_sub(*rest, end, rest->size);
	return word;
}

/* "TCP_MISS/200": what stands before and behind the slash; FALSE where there is none. */
static gboolean take_pair(const Line *line, Value *values, guint column, Slice word)
{
	gsize slash = scan_byte(word, 0, '/');

	if (slash == word.size)
		return FALSE;
	values[column] = line_value(line, slice_sub(word, 0, slash));
	values[column + 1] = line_value(line, slice_sub(word, slash + 1, word.size));
	return TRUE;
}

static void set(const Line *line, Value *values, guint column, Slice part)
{
	if (part.data)
		values[column] = line_value(line, part);
}

static void take_url(const Line *line, Value *values, Slice method, Slice uri)
{
	gboolean is_connect = slice_equal(method, slice_from_text("CONNECT"));
	Url url = is_connect ? url_split_authority(uri) : url_split(uri);

	set(line, values, COLUMN_METHOD, method);
	set(line, values, COLUMN_URI, uri);
	set(line, values, COLUMN_SCHEME, url.scheme);
	set(line, values, COLUMN_HOST, url.host);
	set(line, values, COLUMN_PORT, url.port);
	set(line, values, COLUMN_STEM, url.stem);
	set(line, values, COLUMN_QUERY, url.query);
	set(line, values, COLUMN_EXTENSION, url.extension);
}

static const char *squid_parse(const Line *line, Value *values, GString *scratch, Instant *ret_time)
{
	Slice rest = line->text, words[N_WORDS];
	guint64 number;

	for (guint i = 0; i < N_WORDS; i++)
		words[i] = take_word(&rest);
	if (words[N_WORDS - 1].size == 0)
		return "it has fewer than ten fields";
	*ret_time = text_time_epoch(words[0]);
	if (*ret_time == INSTANT_NONE || scan_byte(words[0], 0, '.') == words[0].size)
		return "its first field is no time in seconds since 1970";
	if (!take_pair(line, values, COLUMN_ACTION, words[3]) ||
		!scan_number(values[COLUMN_STATUS].bytes, &number))
		return "its fourth field is not an action and a status";
	if (!take_pair(line, values, COLUMN_HIERARCHY, words[8]))
		return "its ninth field is not a hierarchy code and a peer";
	set(line, values, COLUMN_TIME, words[0]);
	set(line, values, COLUMN_ELAPSED, words[1]);
	set(line, values, COLUMN_CLIENT, words[2]);
	set(line, values, COLUMN_BYTES, words[4]);
	take_url(line, values, words[5], words[6]);
	set(line, values, COLUMN_USER, words[7]);
	set(line, values, COLUMN_TYPE, words[9]);
	set(line, values, COLUMN_MORE, scan_trim(rest));
	return NULL;
}

/* ---- the descriptor ---- */

static const LineLogFormat format = { "squid", columns, N_COLUMNS, squid_parse };

static guint squid_probe(Slice head, const char *name)
{
	guint share = line_log_share(&format, head);

	return share >= 90 ? 90 : share >= 50 ? 70 : 0;
}

static ReaderLibrary *squid_library_new(void)
{
	return line_log_library_new(&format);
}

static const char *const host_columns[] = { NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader squid_reader = {
	.name = "squid",
	.description = "Squid's native access log",
	.docs = "docs/evidence-text.md",
	.probe = squid_probe,
	.library_new = squid_library_new,
	.library_free = line_log_library_free,
	.plan = line_log_plan,
	.open = line_log_open,
	.next = line_log_next,
	.close = line_log_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};

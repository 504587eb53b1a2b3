/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines: what all readers of text logs stand on. It splits evidence into ranges, finds the lines of
 * a range, and says what is wrong with them.
 *
 * A line belongs to the range in which its first byte lies, so every line is read exactly once
 * however the evidence is split. It ends with LF, with any CR before it, or (in evidence without
 * any LF in its first LINES_HEAD_BYTES) with CR; the line end is not part of its text. Elsewhere a
 * lone CR is data: what an attacker sends must not be able to end a line.
 *
 * Encoding. A byte order mark decides, or zero bytes at every second place; else each line is taken
 * as UTF-8 if it is, and as Windows-1252 if it is not, which is said once per task (GAP_ENCODING, a
 * fact). UTF-16 is turned into UTF-8; offsets are those of the evidence's own bytes.
 *
 * A line longer than LIMIT_LINE_BYTES is delivered cut, with a gap of kind GAP_LIMIT; the rest is
 * passed over without being held. NUL bytes are data like others.
 *
 * Line numbers count from 1 for the whole evidence, in whichever range the line is read. So a
 * task has to know how many lines lie before its range, and formats with header lines (W3C
 * "#Fields") which were the last headers before it: the lines before are skimmed (counted, nothing
 * else), and a LineMemo in the reader's library remembers how far, so that a process skims no byte
 * twice. What is read depends on bytes and range alone; the memo only makes it faster.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

#define LINES_UNIT_BYTES     (1u << 20) /* a unit of the plan */
#define LINES_UNITS_PER_TASK 8
#define LINES_HEAD_BYTES     (64u << 10) /* of the evidence, by which line ends are told */
#define LINE_HEADER_KINDS    8

typedef enum TextEncoding {
	TEXT_BYTES, /* UTF-8, or Windows-1252 line by line; a UTF-8 byte order mark is passed over
		     */
	TEXT_UTF16LE,
	TEXT_UTF16BE,
} TextEncoding;

/* What the start of some evidence looks like, for probe(). */
typedef struct TextHead {
	TextEncoding encoding;
	gsize mark_bytes;  /* of the byte order mark */
	gboolean is_text;  /* no control characters but those of text; never TRUE for empty input */
	gboolean is_whole; /* all of the evidence */
	GString *text;	   /* the head as UTF-8, without mark; its last line may be cut */
} TextHead;

void text_head_init(TextHead *head, Slice bytes);
void text_head_clear(TextHead *head);

/* The @index-th line of the head (from 0), without line end; FALSE where it has fewer whole ones.
 * The last one counts as whole where the head was shorter than READER_PROBE_BYTES. */
gboolean text_head_line(const TextHead *head, guint index, Slice *ret);

typedef struct Line {
	Slice text;	 /* without line end; borrowed until the next call */
	ValueType type;	 /* VALUE_UTF8 (valid) or VALUE_ANSI: how to make Values of parts of it */
	guint64 offset;	 /* of its first byte in the evidence */
	guint64 size;	 /* in the evidence, line end included */
	guint64 number;	 /* from 1 */
	gboolean is_cut; /* longer than LIMIT_LINE_BYTES */
} Line;

/* A part of @line as a value. */
static inline Value line_value(const Line *line, Slice part)
{
	return (Value){ .type = line->type, .bytes = part };
}

/* Remembers what was skimmed of which evidence. Lives in a reader's library. */
typedef struct LineMemo LineMemo;

LineMemo *line_memo_new(void);
void line_memo_free(LineMemo *memo); /* accepts NULL */

typedef struct LineReader LineReader;

/* All zero for formats without header lines. */
typedef struct LineOptions {
	/*
	 * Header lines, which a range has to know though they stand before it. Lines that start
	 * with @header_start (0: there are none) are shown to header_kind(), which says which of
	 * LINE_HEADER_KINDS the line is, from 0, or -1 for none; it gets the bytes of the
	 * evidence, or UTF-8 where that is UTF-16. Longer ones than LIMIT_HEADER_LINE_BYTES are
	 * no header lines.
	 */
	char header_start; /* '#' */
	int (*header_kind)(Slice line);
	LineMemo *memo;	  /* NULL: nothing is remembered */
	guint unit_bytes; /* 0: LINES_UNIT_BYTES; tests make it small. Even */
	/*
	 * Of what is odd about a line only that is told which begins in this range; 0 and 0:
	 * anywhere. For readers that look at lines around their range, which another one reads.
	 */
	guint64 told_from, told_to;
} LineOptions;

/* Fills a plan in units of LINES_UNIT_BYTES. */
void lines_plan(const Source *source, Plan *ret_plan);

/* Reader.plan of formats that can not be read from their middle: one unit. Never fails. */
gboolean lines_plan_whole(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error);

/*
 * For the range of @task; with one that begins at 0 and has G_MAXUINT64 units, for all. All are
 * borrowed for as long as the reader lives. NULL with @error.
 */
LineReader *line_reader_new(const Source *source, const ReadTask *task, const LineOptions *options,
	const ReaderReport *report, GError **error);
/* Reports what is said once per task; accepts NULL. */
void line_reader_free(LineReader *reader);

/* The last header line of @kind before the range, as UTF-8; FALSE where there is none. Borrowed. */
gboolean line_reader_header(const LineReader *reader, guint kind, Slice *ret);

/* Where the last header line of @kind lies that was read, or stands before the range; FALSE: none.
 */
gboolean line_reader_header_offset(const LineReader *reader, guint kind, guint64 *ret);

/* The next line that starts in the range; FALSE at its end. */
gboolean line_reader_next(LineReader *reader, Line *ret);

/*
 * For records of several lines: the next line even where it starts behind the range. A record
 * belongs to the range in which it starts, so its reader goes on to its end with this.
 */
gboolean line_reader_next_beyond(LineReader *reader, Line *ret);

/* The next line again, so that a record's reader can give back the line that was not its own. */
void line_reader_unread(LineReader *reader);

TextEncoding line_reader_encoding(const LineReader *reader);

/*
 * Counts @line as one that the format has no sense for. The first ones are reported (GAP_DAMAGED,
 * with offset, line number and @why), further ones of the task are counted in one gap at its end.
 */
void line_reader_broken(LineReader *reader, const Line *line, const char *why);

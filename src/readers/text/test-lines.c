/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "readers/text/lines.h"

typedef struct Taken {
	GString *log; /* "number@offset+size header|text" lines, in order */
	guint gaps[GAP_N_KINDS];
	guint64 gap_records[GAP_N_KINDS];
} Taken;

static void on_gap(void *context, const Gap *gap)
{
	Taken *taken = context;

	g_assert_nonnull(gap->note);
	taken->gaps[gap->kind]++;
	taken->gap_records[gap->kind] += gap->records;
}

static int kind_of(Slice line)
{
	return line.size > 1 && line.data[1] == '!' ? 1 : line.size > 1 ? 0 : -1;
}

static Source source_of(const void *bytes, gsize size)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);

	g_assert_cmpint(write(fd, bytes, size), ==, (gssize)size);
	return (Source){ .fd = fd, .size = size, .number = 7 };
}

static void append_header(GString *ret, const LineReader *reader, guint kind)
{
	Slice header;

	if (line_reader_header(reader, kind, &header))
		g_string_append_len(ret, (const char *)header.data, (gssize)header.size);
	g_string_append_c(ret, '|');
}

static void append_line(GString *ret, const Line *line)
{
	g_string_append_printf(ret, "%u@%u+%u%s ", (guint)line->number, (guint)line->offset,
		(guint)line->size, line->type == VALUE_ANSI ? "a" : "");
	g_string_append_len(ret, (const char *)line->text.data, (gssize)line->text.size);
	g_string_append_c(ret, '\n');
}

/* Reads one task; where it has lines, the headers that were before it stand before them. */
static void take(Taken *taken, const Source *source, const ReadTask *task,
	const LineOptions *options, GString *headers)
{
	ReaderReport report = { .gap = on_gap, .context = taken };
	LineReader *reader = line_reader_new(source, task, options, &report, NULL);
	Line line;

	g_assert_nonnull(reader);
	g_string_truncate(headers, 0);
	append_header(headers, reader, 0);
	append_header(headers, reader, 1);
	while (line_reader_next(reader, &line))
		append_line(taken->log, &line);
	g_assert_false(line_reader_next(reader, &line));
	line_reader_free(reader);
}

static void taken_clear(Taken *taken)
{
	(void)g_string_free(taken->log, TRUE);
	*taken = (Taken){ 0 };
}

static Taken take_all(const void *bytes, gsize size)
{
	Source source = source_of(bytes, size);
	LineOptions options = { .header_start = '#', .header_kind = kind_of };
	ReadTask task = { .n_units = G_MAXUINT64 };
	Taken taken = { .log = g_string_new(NULL) };
	g_autoptr(GString) headers = g_string_new(NULL);

	take(&taken, &source, &task, &options, headers);
	(void)close(source.fd);
	return taken;
}

/* The headers that the lines of @log before @offset (in the evidence) leave behind. */
static char *headers_before(const char *log, guint64 offset)
{
	g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
	g_autofree char *plain = g_strdup("");
	g_autofree char *marked = g_strdup("");

	for (char **line = lines; *line && **line; line++) {
		const char *text = strchr(*line, ' ') + 1;
		guint64 at = g_ascii_strtoull(strchr(*line, '@') + 1, NULL, 10);
		int kind = *text == '#' ? kind_of(slice_from_text(text)) : -1;

		if (kind < 0 || at >= offset)
			continue;

		char **last = kind == 0 ? &plain : &marked;

		g_free(*last);
		*last = g_strdup(text);
	}
	return g_strdup_printf("%s|%s|", plain, marked);
}

/* The same lines from whole and from split evidence, whatever the units, memo and order. */
static void check_splits(const void *bytes, gsize size)
{
	Taken whole = take_all(bytes, size);
	Source source = source_of(bytes, size);
	g_autoptr(GString) headers = g_string_new(NULL);

	for (guint unit = 2; unit <= 64; unit += 2) {
		LineMemo *memo = unit % 4 ? line_memo_new() : NULL;
		LineOptions options = { '#', kind_of, memo, unit };
		guint n_units = (guint)(size / unit + 1), per_task = 1 + unit % 3;
		Taken split = { .log = g_string_new(NULL) };

		for (guint at = 0; at < n_units; at += per_task) {
			ReadTask task = { .first_unit = at, .n_units = per_task };
			g_autofree char *wanted =
				headers_before(whole.log->str, (guint64)at * unit);

			take(&split, &source, &task, &options, headers);
			g_assert_cmpstr(headers->str, ==, wanted);
		}
		g_assert_cmpstr(split.log->str, ==, whole.log->str);
		g_assert_cmpuint(
			split.gap_records[GAP_ENCODING], ==, whole.gap_records[GAP_ENCODING]);
		/* Again, from the end: what is remembered must not change what is read. */
		for (guint at = n_units; at-- > 0;) {
			ReadTask task = { .first_unit = at, .n_units = 1 };
			Taken one = { .log = g_string_new(NULL) };

			take(&one, &source, &task, &options, headers);
			g_assert_nonnull(strstr(whole.log->str, one.log->str));
			taken_clear(&one);
		}
		taken_clear(&split);
		line_memo_free(memo);
	}
	taken_clear(&whole);
	(void)close(source.fd);
}

static void check(const char *text, gsize size, const char *wanted)
{
	Taken taken = take_all(text, size);

	g_assert_cmpstr(taken.log->str, ==, wanted);
	taken_clear(&taken);
	check_splits(text, size);
}

#define CHECK(text, wanted) check(text, sizeof(text) - 1, wanted)

static void test_ends(void)
{
	CHECK("", "");
	CHECK("\n", "1@0+1 \n");
	CHECK("a", "1@0+1 a\n");
	CHECK("a\nb\r\n\r\nc\r\r\nd", "1@0+2 a\n2@2+3 b\n3@5+2 \n4@7+4 c\n5@11+1 d\n");
	/* Where lines end with LF, a CR is data. */
	CHECK("a\rb\nc\n", "1@0+4 a\rb\n2@4+2 c\n");
	CHECK("a\rb\r\rc", "1@0+2 a\n2@2+2 b\n3@4+1 \n4@5+1 c\n");
	CHECK("\xef\xbb\xbf"
	      "a\nb\n",
		"1@3+2 a\n2@5+2 b\n");
	CHECK("#fields a b\n1 2\n#!x\n#\n# y\n3 4\n#fields a b c d e f g h i j k l m n o p q\n1\n",
		"1@0+12 #fields a b\n2@12+4 1 2\n3@16+4 #!x\n4@20+2 #\n5@22+4 # y\n6@26+4 3 4\n"
		"7@30+42 #fields a b c d e f g h i j k l m n o p q\n8@72+2 1\n");
}

static void test_nul(void)
{
	Taken taken = take_all("a\0b\n\0\n", 6);

	g_assert_cmpmem(taken.log->str, taken.log->len, "1@0+4 a\0b\n2@4+2 \0\n", 18);
	g_assert_cmpuint(taken.gaps[GAP_ENCODING], ==, 0);
	taken_clear(&taken);
}

static void test_encodings(void)
{
	Taken taken = take_all("gr\xfc\xdf\nplain\ngr\xc3\xbc\n\xff\n", 18);

	g_assert_cmpstr(taken.log->str, ==,
		"1@0+5a gr\xfc\xdf\n2@5+6 plain\n3@11+5 gr\xc3\xbc\n4@16+2a \xff\n");
	g_assert_cmpuint(taken.gaps[GAP_ENCODING], ==, 1);
	g_assert_cmpuint(taken.gap_records[GAP_ENCODING], ==, 2);
	taken_clear(&taken);
	check_splits("gr\xfc\xdf\nplain\ngr\xc3\xbc\n\xff\n\xe2\x82\xac\n", 22);
}

static GByteArray *utf16(const char *text, gboolean mark, gboolean big)
{
	GByteArray *ret = g_byte_array_new();
	g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, NULL, NULL);

	for (gsize i = mark ? 0 : 1; i == 0 || units[i - 1]; i++) {
		guint16 unit = i == 0 ? 0xfeff : units[i - 1];
		guint8 bytes[2] = { (guint8)unit, (guint8)(unit >> 8) };
		guint8 swapped[2] = { bytes[1], bytes[0] };

		g_byte_array_append(ret, big ? swapped : bytes, 2);
	}
	return ret;
}

static void test_utf16(void)
{
	/* U+0A0D, U+0D0A and U+230A hold bytes that look like line ends. */
	static const char text[] = "#fields \xe0\xa8\x8d\xe0\xb4\x8a\xe2\x8c\x8a one two three\r\n"
				   "some more letters of the Latin alphabet\n\n#!x\r\nend";

	for (guint i = 0; i < 4; i++) {
		gboolean mark = i & 1, big = i & 2;
		g_autoptr(GByteArray) bytes = utf16(text, mark, big);
		Taken taken = take_all(bytes->data, bytes->len);
		guint at = mark ? 2 : 0;
		g_autofree char *wanted = g_strdup_printf(
			"1@%u+54 #fields \xe0\xa8\x8d\xe0\xb4\x8a\xe2\x8c\x8a one two three\n"
			"2@%u+80 some more letters of the Latin alphabet\n3@%u+2 \n4@%u+10 #!x\n"
			"5@%u+6 end\n",
			at, at + 54, at + 134, at + 136, at + 146);

		g_assert_cmpstr(taken.log->str, ==, wanted);
		taken_clear(&taken);
		check_splits(bytes->data, bytes->len);
	}
}

static void test_longer_than_blocks(void)
{
	g_autoptr(GString) text = g_string_new("first\n");

	for (guint i = 0; i < 3; i++) {
		for (guint k = 0; k < 300000 + i; k++)
			g_string_append(text, k == 299999 ? "\xc3\xbc" : "xy");
		g_string_append(text, i ? "\r\n" : "\n#header\n");
	}

	Taken whole = take_all(text->str, text->len);
	Source source = source_of(text->str, text->len);
	Taken split = { .log = g_string_new(NULL) };
	g_autoptr(GString) headers = g_string_new(NULL);
	LineOptions options = { .header_start = '#', .header_kind = kind_of };
	Plan plan;

	lines_plan(&source, &plan);
	g_assert_cmpuint(plan.n_units, ==, 2);
	for (guint at = 0; at < plan.n_units; at++) {
		ReadTask task = { .first_unit = at, .n_units = 1 };

		take(&split, &source, &task, &options, headers);
	}
	g_assert_true(g_str_has_prefix(headers->str, "#header|"));
	g_assert_true(g_string_equal(whole.log, split.log));
	g_assert_cmpuint(whole.log->len, >, 1800000);
	taken_clear(&whole);
	taken_clear(&split);
	(void)close(source.fd);
}

/* A line of a gigabyte: in flat memory, told once, and nothing else is lost. */
static void test_gigabyte_line(void)
{
	const guint64 hole = 1u << 30;
	Source source = source_of("first\n\xc3\xbc", 8);
	Taken taken = { .log = g_string_new(NULL) };
	ReaderReport report = { .gap = on_gap, .context = &taken };
	LineMemo *memo = line_memo_new();
	LineOptions options = { .header_start = '#', .header_kind = kind_of, .memo = memo };
	struct rusage usage;
	guint n_lines = 0;
	Plan plan;

	g_assert_cmpint(pwrite(source.fd, "\n#last\nx", 8, (off_t)hole), ==, 8);
	source.size = hole + 8;
	lines_plan(&source, &plan);
	g_assert_cmpuint(plan.n_units, ==, 1025);
	for (guint64 at = 0; at < plan.n_units; at += plan.units_per_task) {
		ReadTask task = { .first_unit = at, .n_units = plan.units_per_task };
		LineReader *reader = line_reader_new(&source, &task, &options, &report, NULL);
		Line line;

		while (line_reader_next(reader, &line)) {
			g_assert_cmpuint(line.number, ==, ++n_lines);
			g_assert_true(line.is_cut == (line.number == 2));
			if (!line.is_cut)
				continue;
			g_assert_cmpuint(line.size, ==, hole - 6 + 1);
			g_assert_cmpuint(line.text.size, ==, LIMIT_LINE_BYTES);
			g_assert_cmpint(line.type, ==, VALUE_UTF8);
		}
		line_reader_free(reader);
	}
	g_assert_cmpuint(n_lines, ==, 4);
	g_assert_cmpuint(taken.gaps[GAP_LIMIT], ==, 1);
	g_assert_cmpint(getrusage(RUSAGE_SELF, &usage), ==, 0);
	g_assert_cmpint(usage.ru_maxrss, <, 256 * 1024);
	line_memo_free(memo);
	taken_clear(&taken);
	(void)close(source.fd);
}

/* A cut inside a character takes the character away, and is no other encoding. */
static void test_cut_character(void)
{
	g_autoptr(GString) text = g_string_new("x");
	Taken taken;

	while (text->len <= LIMIT_LINE_BYTES + 10)
		g_string_append(text, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
	taken = take_all(text->str, text->len);
	g_assert_cmpuint(taken.gaps[GAP_ENCODING], ==, 0);
	g_assert_cmpuint(taken.gaps[GAP_LIMIT], ==, 1);
	g_assert_true(g_utf8_validate_len(taken.log->str, taken.log->len, NULL));
	taken_clear(&taken);
}

static void test_beyond(void)
{
	static const char text[] = "one\ntwo\nthree\nfour\n";
	Source source = source_of(text, sizeof(text) - 1);
	ReaderReport report = { .gap = on_gap };
	LineOptions options = { .unit_bytes = 6 };
	ReadTask task = { .first_unit = 0, .n_units = 1 };
	LineReader *reader = line_reader_new(&source, &task, &options, &report, NULL);
	Line line;

	g_assert_true(line_reader_next(reader, &line));
	line_reader_unread(reader);
	g_assert_true(line_reader_next(reader, &line));
	g_assert_cmpuint(line.number, ==, 1);
	g_assert_true(line_reader_next(reader, &line));
	g_assert_cmpuint(line.number, ==, 2);
	g_assert_true(line_reader_next_beyond(reader, &line));
	g_assert_cmpmem(line.text.data, line.text.size, "three", 5);
	line_reader_unread(reader);
	g_assert_false(line_reader_next(reader, &line));
	g_assert_true(line_reader_next_beyond(reader, &line));
	g_assert_cmpuint(line.number, ==, 3);
	g_assert_true(line_reader_next_beyond(reader, &line));
	g_assert_false(line_reader_next_beyond(reader, &line));
	line_reader_free(reader);
	(void)close(source.fd);
}

static void test_broken(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Taken taken = { .log = g_string_new(NULL) };
	ReaderReport report = { .gap = on_gap, .context = &taken };
	LineOptions options = { 0 };
	ReadTask task = { .first_unit = 0, .n_units = 1 };
	Source source;
	LineReader *reader;
	Line line;

	for (guint i = 0; i < 100; i++)
		g_string_append(text, "bad\n");
	source = source_of(text->str, text->len);
	reader = line_reader_new(&source, &task, &options, &report, NULL);
	while (line_reader_next(reader, &line))
		line_reader_broken(reader, &line, "it is bad");
	line_reader_free(reader);
	g_assert_cmpuint(taken.gaps[GAP_DAMAGED], ==, LIMIT_BROKEN_LINES_TOLD + 1);
	g_assert_cmpuint(taken.gap_records[GAP_DAMAGED], ==, 100);
	taken_clear(&taken);
	(void)close(source.fd);
}

static void test_unreadable(void)
{
	Source source = { .fd = -1, .size = 10 };
	Taken taken = { .log = g_string_new(NULL) };
	ReaderReport report = { .gap = on_gap, .context = &taken };
	LineOptions options = { 0 };
	ReadTask task = { .first_unit = 0, .n_units = 1 };
	g_autoptr(GError) error = NULL;
	LineReader *reader;
	Line line;

	g_assert_null(line_reader_new(&source, &task, &options, &report, &error));
	g_assert_nonnull(error);
	source = source_of("one\ntwo\n", 8);
	source.size = 100; /* it was longer when it was opened */
	reader = line_reader_new(&source, &task, &options, &report, NULL);
	while (line_reader_next(reader, &line))
		append_line(taken.log, &line);
	line_reader_free(reader);
	g_assert_cmpstr(taken.log->str, ==, "1@0+4 one\n2@4+4 two\n");
	g_assert_cmpuint(taken.gaps[GAP_CHANGED], ==, 1);
	taken_clear(&taken);
	(void)close(source.fd);
}

static void test_head(void)
{
	TextHead head;
	Slice line;

	text_head_init(&head,
		slice_from_text("\xef\xbb\xbf"
				"one\r\ntwo\nthr"));
	g_assert_true(head.is_text);
	g_assert_true(text_head_line(&head, 0, &line));
	g_assert_cmpmem(line.data, line.size, "one", 3);
	g_assert_true(text_head_line(&head, 2, &line));
	g_assert_cmpmem(line.data, line.size, "thr", 3);
	g_assert_false(text_head_line(&head, 3, &line));
	text_head_clear(&head);

	text_head_init(&head, slice_from_text("gr\xfc\xdf\n"));
	g_assert_true(head.is_text);
	g_assert_cmpstr(head.text->str, ==, "gr\xc3\xbc\xc3\x9f\n");
	text_head_clear(&head);

	text_head_init(&head, slice_make("MZ\0\0\x01", 5));
	g_assert_false(head.is_text);
	text_head_clear(&head);
	text_head_init(&head, SLICE_EMPTY);
	g_assert_false(head.is_text);
	g_assert_false(text_head_line(&head, 0, &line));
	text_head_clear(&head);

	for (guint i = 0; i < 4; i++) {
		g_autoptr(GByteArray) bytes = utf16("letters and \xc3\xbc\nmore", i & 1, i & 2);

		text_head_init(&head, slice_make(bytes->data, bytes->len));
		g_assert_true(head.is_text);
		g_assert_cmpstr(head.text->str, ==, "letters and \xc3\xbc\nmore");
		text_head_clear(&head);
	}
}

static void test_memo_forgets(void)
{
	LineMemo *memo = line_memo_new();
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) headers = g_string_new(NULL);
	Source source;

	for (guint i = 0; i < LIMIT_LINE_PLACES * 3; i++)
		g_string_append_printf(text, "%u\n", i);
	source = source_of(text->str, text->len);
	for (source.number = 1; source.number <= LIMIT_LINE_MEMOS * 2; source.number++) {
		LineOptions options = { '#', kind_of, memo, 2 };
		guint step = source.number == 1 ? 1 : LIMIT_LINE_PLACES;

		for (guint at = 0; at < LIMIT_LINE_PLACES * 3; at += step) {
			ReadTask task = { .first_unit = at, .n_units = 1 };
			Taken taken = { .log = g_string_new(NULL) };
			const char *line;

			take(&taken, &source, &task, &options, headers);
			line = taken.log->len ? strchr(taken.log->str, ' ') + 1 : NULL;
			if (line)
				g_assert_cmpuint(g_ascii_strtoull(taken.log->str, NULL, 10), ==,
					g_ascii_strtoull(line, NULL, 10) + 1);
			taken_clear(&taken);
		}
	}
	line_memo_free(memo);
	(void)close(source.fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/text/lines/ends", test_ends);
	g_test_add_func("/text/lines/nul", test_nul);
	g_test_add_func("/text/lines/encodings", test_encodings);
	g_test_add_func("/text/lines/utf16", test_utf16);
	g_test_add_func("/text/lines/longer-than-blocks", test_longer_than_blocks);
	g_test_add_func("/text/lines/gigabyte", test_gigabyte_line);
	g_test_add_func("/text/lines/cut-character", test_cut_character);
	g_test_add_func("/text/lines/beyond", test_beyond);
	g_test_add_func("/text/lines/broken", test_broken);
	g_test_add_func("/text/lines/unreadable", test_unreadable);
	g_test_add_func("/text/lines/head", test_head);
	g_test_add_func("/text/lines/memo", test_memo_forgets);
	return g_test_run();
}

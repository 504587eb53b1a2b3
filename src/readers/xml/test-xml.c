/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of XML that is whole, cut, and damaged: as "start a/b x=1", "text …", "end a/b".
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/xml/xml-row.h"
#include "readers/xml/xml-stream.h"

typedef struct Seen {
	GString *pieces, *notes;
	guint n_losses;
} Seen;

static void on_gap(void *context, const Gap *gap)
{
	Seen *seen = context;

	g_string_append_printf(seen->notes, "%s: %s\n", gap_kind_name(gap->kind), gap->note);
	seen->n_losses += gap_kind_is_loss(gap->kind);
}

static void append_slice(GString *ret, Slice s)
{
	g_string_append_len(ret, (const char *)s.data, (gssize)s.size);
}

static void append_piece(Seen *seen, XmlStream *stream, const XmlPiece *piece)
{
	Slice name, value;
	gsize at = 0;

	if (piece->token == XML_TEXT) {
		g_string_append(seen->pieces, "text ");
		append_slice(seen->pieces, piece->text);
	} else {
		g_string_append(seen->pieces, piece->token == XML_START ? "start " : "end ");
		append_slice(seen->pieces, piece->path);
	}
	while (piece->token == XML_START &&
		xml_stream_attribute(stream, piece, &at, &name, &value)) {
		g_string_append_c(seen->pieces, ' ');
		append_slice(seen->pieces, name);
		g_string_append_c(seen->pieces, '=');
		append_slice(seen->pieces, value);
	}
	g_string_append_c(seen->pieces, '\n');
}

/* Also holds what comes out to be nested properly. */
static Seen *see(const void *bytes, gsize size)
{
	Seen *seen = g_new0(Seen, 1);
	const ReaderReport report = { .gap = on_gap, .context = seen };
	int fd = memfd_create("evidence", MFD_CLOEXEC);
	Source source = { .fd = fd, .size = size };
	XmlStream *stream;
	XmlPiece piece;
	guint depth = 0;
	guint64 offset = 0;

	g_assert_true(write(fd, bytes, size) == (gssize)size);
	seen->pieces = g_string_new(NULL);
	seen->notes = g_string_new(NULL);
	stream = xml_stream_new(&source, &report);
	while (xml_stream_next(stream, &piece)) {
		g_assert_cmpuint(piece.offset, >=, offset);
		g_assert_cmpuint(piece.offset, <=, size);
		offset = piece.offset;
		depth += piece.token == XML_START;
		g_assert_cmpuint(piece.depth, ==, depth);
		g_assert_cmpuint(depth, >, 0);
		append_piece(seen, stream, &piece);
		depth -= piece.token == XML_END;
	}
	g_assert_cmpuint(depth, ==, 0);
	xml_stream_free(stream);
	(void)close(fd);
	return seen;
}

static void seen_free(Seen *seen)
{
	(void)g_string_free(seen->pieces, TRUE);
	(void)g_string_free(seen->notes, TRUE);
	g_free(seen);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, seen_free)

static void expect(const char *text, const char *pieces, const char *notes)
{
	g_autoptr(Seen) seen = see(text, strlen(text));

	g_assert_cmpstr(seen->pieces->str, ==, pieces);
	g_assert_cmpstr(seen->notes->str, ==, notes);
}

static void test_whole(void)
{
	expect("\xEF\xBB\xBF<?xml version='1.0'?>\n<!DOCTYPE a [ <!ENTITY x \"<y>\"> ]>\n"
	       "<!-- <b> -->\n<a x='1' p:y=\"<>\"><p:b/>t&lt;<![CDATA[<&>]]]]><!----></a>\n",
		"start a x=1 y=<>\nstart a/b\nend a/b\ntext t&lt;\ntext <&>]]\nend a\n", "");
	expect("", "", "");
	expect("#< CLIXML\r\n<a/>", "start a\nend a\n", "");
}

static void test_damaged(void)
{
	expect("<a><b x='1'<c/>\n</b></a>",
		"start a\nstart a/b x=1\nend a/b\nstart a/c\nend a/c\ntext \n\nend a\n",
		"damaged: line 1: the tag of \"b\" does not end before the next one begins\n"
		"damaged: line 2: the tag of \"b\" ends what has not begun\n");
	expect("<a><b x='1>\n<c y='2'/></a>",
		"start a\nstart a/b\nend a/b\nstart a/c y=2\nend a/c\nend a\n",
		"damaged: line 1: the tag of \"b\" does not end before the next one begins\n");
	expect("<a>\n<b><c></b>1 < 2</a>",
		"start a\ntext \n\nstart a/b\nstart a/b/c\nend a/b/c\nend a/b\ntext 1 \n"
		"text < 2\nend a\n",
		"damaged: line 2: the element \"c\" of line 2 has no end\n"
		"damaged: line 2: a < begins no tag\n");
	expect("<a b c='1' d=2 e='3'/>junk", "start a c=1 e=3\nend a\n",
		"damaged: line 1: not all attributes of \"a\" can be read\n"
		"damaged: line 1: text stands outside of any element; it was passed over\n");
}

static void test_truncated(void)
{
	expect("<a><b x='1'>\n<c y='2",
		"start a\nstart a/b x=1\ntext \n\nstart a/b/c\nend a/b/c\n"
		"end a/b\nend a\n",
		"truncated: line 2: the tag of \"c\" goes on behind the end of the evidence\n"
		"truncated: The evidence ends in the element \"b\" that begins in line 1.\n");
	expect("<a><!-- <b>", "start a\nend a\n",
		"truncated: The evidence ends in a comment that begins in line 1.\n");
	expect("<a><![CDATA[x", "start a\ntext x\nend a\n",
		"truncated: The evidence ends in a CDATA section that begins in line 1.\n");
}

static void test_every_prefix(void)
{
	static const char whole[] = "<?xml version='1.0'?><a x='1'><!-- c --><b y=\"2\">t&amp;"
				    "<![CDATA[u]]></b><c/></a>";

	for (gsize size = 0; size < sizeof whole - 1; size++) {
		g_autoptr(Seen) seen = see(whole, size);

		if (size > 22)
			g_assert_cmpuint(seen->n_losses, >, 0);
	}
}

static void test_utf16(void)
{
	static const char text[] = "\xEF\xBB\xBF<a x='\xE2\x82\xAC'>\n<b>\xF0\x9F\x98\x80</b></a>";
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	glong n = 0;
	g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);
	g_autoptr(Seen) seen = NULL;

	for (glong i = 0; i < n; i++) {
		guint8 both[2] = { (guint8)(units[i] >> 8), (guint8)units[i] };

		g_byte_array_append(bytes, both, 2);
	}
	seen = see(bytes->data, bytes->len);
	g_assert_cmpstr(seen->pieces->str, ==,
		"start a x=\xE2\x82\xAC\ntext \n\nstart a/b\ntext \xF0\x9F\x98\x80\nend a/b\n"
		"end a\n");
	g_assert_cmpstr(seen->notes->str, ==, "");
}

/* Texts and tags that go on over blocks; entities at their ends. */
static void test_long(void)
{
	g_autoptr(GString) text = g_string_new("<a>");
	g_autoptr(Seen) seen = NULL;
	gsize n_text = 0;

	for (guint i = 0; i < 200000; i++)
		g_string_append(text, "&amp;");
	g_string_append(text, "<b x='");
	for (guint i = 0; i < 50000; i++)
		g_string_append(text, "0123456789");
	g_string_append(text, "'/></a>");
	seen = see(text->str, text->len);
	g_assert_cmpstr(seen->notes->str, ==, "");
	for (char *line = seen->pieces->str; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!g_str_has_prefix(line, "text "))
			continue;
		g_assert_true(g_str_has_prefix(line, "text &amp;"));
		n_text += strcspn(line, "\n") - strlen("text ");
	}
	g_assert_cmpuint(n_text, ==, 200000 * strlen("&amp;"));
}

static void test_limits(void)
{
	g_autoptr(GString) deep = g_string_new(NULL), tag = g_string_new("<a x='"),
			   many = g_string_new("<a>");
	g_autoptr(Seen) seen = NULL, long_tag = NULL, damaged = NULL;

	for (guint i = 0; i < LIMIT_MARKUP_DEPTH + 10; i++)
		g_string_append(deep, "<d>");
	for (guint i = 0; i < LIMIT_MARKUP_DEPTH + 10; i++)
		g_string_append(deep, "</d>");
	seen = see(deep->str, deep->len);
	g_assert_cmpstr(seen->notes->str, ==,
		"limit: Elements deeper than LIMIT_MARKUP_DEPTH were passed over.\n");
	for (guint i = 0; i < LIMIT_MARKUP_TAG_BYTES; i++)
		g_string_append_c(tag, 'x');
	g_string_append(tag, "'/><b/>");
	long_tag = see(tag->str, tag->len);
	g_assert_nonnull(strstr(long_tag->notes->str, "LIMIT_MARKUP_TAG_BYTES"));
	g_assert_nonnull(strstr(long_tag->pieces->str, "start b\nend b\n"));
	for (guint i = 0; i < 1000; i++)
		g_string_append(many, "</x>");
	g_string_append(many, "</a>");
	damaged = see(many->str, many->len);
	g_assert_cmpuint(damaged->n_losses, ==, LIMIT_BROKEN_LINES_TOLD + 1);
}

/* Tags without ends must not each look for theirs through all of the evidence. */
static void test_no_quadratic_work(void)
{
	static const char *const units[] = { "<a \"", "<a '", "<a \"'", "<a", "<", "</", "</a",
		"<!--", "<![CDATA[", "<?", "<!", "<a x=\"<", "<a \"<b '" };

	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) text = g_string_new("<r>");
		g_autoptr(Seen) seen = NULL;

		while (text->len < 3u << 20)
			g_string_append(text, units[i]);
		seen = see(text->str, text->len);
		g_assert_cmpuint(seen->n_losses, >, 0);
	}
}

static void test_root(void)
{
	Slice name, attributes, rest;

	g_assert_true(xml_root_find(
		slice_from_text("<?xml?><!-- <x> --> <p:a b='1'><c>"), &name, &attributes, &rest));
	g_assert_true(slice_equal(name, slice_from_text("a")));
	g_assert_true(slice_equal(attributes, slice_from_text(" b='1'")));
	g_assert_true(slice_equal(rest, slice_from_text("<c>")));
	g_assert_false(xml_root_find(slice_from_text("text <a>"), &name, &attributes, &rest));
	g_assert_false(xml_root_find(slice_from_text("<!-- "), &name, &attributes, &rest));
	g_assert_false(xml_root_find(SLICE_EMPTY, &name, &attributes, &rest));
}

/* ---- rows ---- */

static Value text_value(const char *text)
{
	return (Value){ .type = VALUE_UTF8, .bytes = slice_from_text(text) };
}

static void add(XmlRow *row, const char *name, const char *value)
{
	xml_row_add(row, "Own_", slice_from_text(name), text_value(value));
}

static char *finish(XmlRow *row, Event *event)
{
	GString *fields = g_string_new(NULL);

	*event = (Event){ 0 };
	xml_row_finish(row, event);
	event_append_fields_json(fields, event);
	return g_string_free(fields, FALSE);
}

static const char *const own[] = { "Kind", NULL };

static void test_row(void)
{
	XmlRow *row = xml_row_new("test", own);
	g_autofree char *first = NULL, *second = NULL;
	Shape *shape;
	Event event;

	xml_row_begin_task(row);
	xml_row_add_constant(row, "Kind", text_value("k"));
	add(row, "kind", "not that");
	add(row, "logformat", "nor that");
	add(row, "a", "1");
	add(row, "b", "2");
	add(row, "a", "3");
	first = finish(row, &event);
	shape = event.shape;
	g_assert_cmpstr(first, ==,
		"{\"LogFormat\":\"test\",\"Kind\":\"k\",\"Own_kind\":\"not that\","
		"\"Own_logformat\":\"nor that\",\"a\":[\"1\",\"3\"],\"b\":\"2\"}");
	g_assert_cmpstr(shape->columns[1].constant, ==, "k");
	xml_row_start(row);
	xml_row_add_constant(row, "Kind", text_value("k"));
	add(row, "kind", "");
	add(row, "logformat", "");
	add(row, "a", "");
	add(row, "b", "");
	second = finish(row, &event);
	g_assert_true(event.shape == shape);
	xml_row_free(row);
}

static void count_gap(void *context, const Gap *gap)
{
	*(guint *)context += gap->kind == GAP_LIMIT;
}

/* Evidence that makes shapes and columns without end. */
static void test_row_limits(void)
{
	XmlRow *row = xml_row_new("test", own);
	guint n_limits = 0, n_shapes = 0;
	const ReaderReport report = { .gap = count_gap, .context = &n_limits };
	g_autoptr(GHashTable) shapes = g_hash_table_new(NULL, NULL);
	Event event = { 0 };

	for (guint round = 0; round < 2; round++) {
		xml_row_begin_task(row);
		for (guint i = 0; i < 2 * LIMIT_MARKUP_SHAPES; i++) {
			g_autofree char *name = g_strdup_printf("n%u", i);

			xml_row_start(row);
			xml_row_add_constant(row, "Kind", text_value(name));
			add(row, name, "x");
			xml_row_finish(row, &event);
			n_shapes += g_hash_table_add(shapes, event.shape);
		}
		g_assert_cmpint(shape_find_column(event.shape, "other_fields"), ==, 2);
	}
	g_assert_cmpuint(n_shapes, <, LIMIT_MARKUP_SHAPES + 16);
	xml_row_report(row, &report);
	g_assert_cmpuint(n_limits, ==, 1);
	xml_row_start(row);
	for (guint i = 0; i < LIMIT_EVENT_COLUMNS + 10; i++) {
		g_autofree char *name = g_strdup_printf("c%u", i);

		add(row, name, "x");
	}
	xml_row_finish(row, &event);
	g_assert_cmpuint(event.shape->n_columns, <=, LIMIT_EVENT_COLUMNS);
	xml_row_report(row, &report);
	g_assert_cmpuint(n_limits, ==, 3);
	xml_row_free(row);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/xml/whole", test_whole);
	g_test_add_func("/xml/damaged", test_damaged);
	g_test_add_func("/xml/truncated", test_truncated);
	g_test_add_func("/xml/every-prefix", test_every_prefix);
	g_test_add_func("/xml/utf16", test_utf16);
	g_test_add_func("/xml/long", test_long);
	g_test_add_func("/xml/limits", test_limits);
	g_test_add_func("/xml/no-quadratic-work", test_no_quadratic_work);
	g_test_add_func("/xml/root", test_root);
	g_test_add_func("/xml/row", test_row);
	g_test_add_func("/xml/row-limits", test_row_limits);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the descriptions of make-evtx can not say: nodes by hand, offsets, and the same bytes twice.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/cursor.h"
#include "evtx-writer.h"

#define T0 (INT64_C(1614680000) * INSTANT_SECOND)

static EvtxEvent sample(void)
{
	return (EvtxEvent){ .provider = "Test",
		.event_id = 1,
		.qualifiers = -1,
		.level = 4,
		.time = T0,
		.channel = "Application",
		.computer = "ws01.example.com" };
}

static void add_numbered(EvtxWriter *w, guint n)
{
	EvtxEvent e = sample();

	for (guint i = 0; i < n; i++) {
		EvtxData *data = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);

		evtx_data_add(data, "Number", evtx_uint(EVTX_UINT32, i));
		evtx_writer_add(w, &e, data);
	}
}

static guint32 u32_at(const GByteArray *file, gsize offset)
{
	guint32 n = 0;

	g_assert_true(slice_u32(slice_make(file->data, file->len), offset, &n));
	return n;
}

/* The XML that evtxexport makes of @w, or NULL where it is not installed. */
static char *export_xml(const EvtxWriter *w)
{
	g_autofree char *tool = g_find_program_in_path("evtxexport");
	g_autofree char *folder = NULL, *path = NULL, *error_text = NULL;
	char *xml = NULL;
	GError *error = NULL;
	gint status = 0;

	if (!tool)
		return NULL;
	folder = g_dir_make_tmp("evtx-writer-XXXXXX", &error);
	g_assert_no_error(error);
	path = g_build_filename(folder, "t.evtx", NULL);
	evtx_writer_save(w, path, &error);
	g_assert_no_error(error);

	char format_option[] = "-f", format[] = "xml"; /* g_spawn_sync() wants them writable */
	char *argv[] = { tool, format_option, format, path, NULL };

	g_spawn_sync(
		NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &xml, &error_text, &status, &error);
	g_assert_no_error(error);
	(void)g_remove(path);  /* best effort */
	(void)g_rmdir(folder); /* best effort */
	g_assert_cmpstr(error_text, ==, "");
	return xml;
}

static void assert_in(const char *xml, const char *part)
{
	if (!strstr(xml, part))
		g_error("'%s' is not in: %s", part, xml);
}

static GByteArray *make_file(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	add_numbered(w, 600);
	return evtx_writer_finish(w);
}

static void test_same_bytes(void)
{
	g_autoptr(GByteArray) one = make_file();
	g_autoptr(GByteArray) two = make_file();

	g_assert_cmpmem(one->data, one->len, two->data, two->len);
}

static void test_offsets(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	add_numbered(w, 600);

	g_autoptr(GByteArray) file = evtx_writer_finish(w);

	g_assert_cmpuint(evtx_writer_n_chunks(w), >, 1);
	g_assert_cmpuint(file->len, ==, 4096 + evtx_writer_n_chunks(w) * 65536);
	for (guint i = 0; i < evtx_writer_n_records(w); i++) {
		gsize offset = (gsize)evtx_writer_record_offset(w, i);
		guint32 size = u32_at(file, offset + 4);

		g_assert_cmphex(u32_at(file, offset), ==, 0x00002a2a);
		g_assert_cmpuint(size % 8, ==, 0);
		g_assert_cmpuint(u32_at(file, offset + size - 4), ==, size);
		g_assert_cmpuint(u32_at(file, offset + 8), ==, i + 1);
	}
}

/* The records of a cleared log stay behind the free space offset. */
static void test_slack(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	add_numbered(w, 40);

	guint64 last = evtx_writer_record_offset(w, 39);

	evtx_writer_clear(w);
	add_numbered(w, 1);

	g_autoptr(GByteArray) file = evtx_writer_finish(w);

	g_assert_cmpuint(4096 + u32_at(file, 4096 + 48), <, last);
	g_assert_cmphex(u32_at(file, last), ==, 0x00002a2a);
	g_assert_cmpuint(u32_at(file, last + 8), ==, 40);
}

/* Every kind of node, in a template that is embedded in another, three deep. */
static EvtxNode *deep_instance(guint depth)
{
	EvtxNode *root = evtx_element("Level");
	GPtrArray *values = g_ptr_array_new();

	evtx_element_attribute(root, "Depth", evtx_node_slot(0, EVTX_UINT8, FALSE));
	evtx_element_add(root, evtx_element_add(evtx_element("Plain"), evtx_node_text("text")));
	evtx_element_add(root, evtx_element("Closed"));
	evtx_element_add(root,
		evtx_element_add(evtx_element_add(evtx_element("Mixed"), evtx_node_text("a")),
			evtx_node_entity("amp")));
	g_ptr_array_add(values, evtx_uint(EVTX_UINT8, depth));
	if (depth > 0) {
		evtx_element_add(root, evtx_node_slot(1, EVTX_BINXML, TRUE));
		g_ptr_array_add(values, evtx_embedded(deep_instance(depth - 1)));
	}

	g_autoptr(EvtxTemplate) template = evtx_template_new(root);

	return evtx_node_instance(template, values);
}

static void test_nested_templates(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	evtx_writer_add_node(w, deep_instance(3), T0, 0);
	evtx_writer_add_node(w, deep_instance(3), T0, 0);

	g_autofree char *xml = export_xml(w);

	if (!xml) {
		g_test_skip("evtxexport is not installed");
		return;
	}
	assert_in(xml, "<Level Depth=\"3\">");
	assert_in(xml, "<Level Depth=\"0\">");
	assert_in(xml, "<Plain>text</Plain>");
	assert_in(xml, "<Closed/>");
}

/* Tokens that are legal but that no real log was seen to have; only that they can be laid out. */
static void test_rare_nodes(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxNode *root = evtx_element("Event");

	evtx_element_add(root, evtx_node_cdata("<raw>"));
	evtx_element_add(root, evtx_node_char(0x26));
	evtx_element_add(root, evtx_node_instruction("target", "data"));
	evtx_element_add(root, evtx_node_text("end"));

	EvtxTemplate *template = evtx_template_new(root);
	GPtrArray *values = g_ptr_array_new();

	evtx_writer_add_node(w, evtx_node_instance(template, values), T0, 0);
	evtx_template_unref(template);
	g_assert_cmpuint(evtx_writer_n_records(w), ==, 1);
}

/* A value of any type and bytes, wrong ones included, and the offset to break it further. */
static void test_raw_values(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxData *data = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	EvtxEvent e = sample();

	evtx_data_add(data, "ShortSid", evtx_raw(EVTX_SID, "\x01\x05", 2));
	evtx_data_add(data, "Unknown", evtx_raw(0x7f, "abc", 3));
	evtx_writer_add(w, &e, data);
	g_assert_cmpuint(evtx_writer_next_id(w), ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evtx-writer/same-bytes", test_same_bytes);
	g_test_add_func("/evtx-writer/offsets", test_offsets);
	g_test_add_func("/evtx-writer/slack", test_slack);
	g_test_add_func("/evtx-writer/nested-templates", test_nested_templates);
	g_test_add_func("/evtx-writer/rare-nodes", test_rare_nodes);
	g_test_add_func("/evtx-writer/raw-values", test_raw_values);
	return g_test_run();
}

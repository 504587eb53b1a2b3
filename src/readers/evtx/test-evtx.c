/* SPDX-License-Identifier: Apache-2.0 */
/* From records to columns: names, types, and what is empty. Files come from tests/evtx-writer. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "evtx-writer.h"
#include "readers/evtx/test-reading.h"

#define TIME (G_GINT64_CONSTANT(1614679872) * INSTANT_SECOND) /* 2021-03-02T10:11:12Z */

static EvtxEvent usual_event(guint16 id)
{
	return (EvtxEvent){
		.provider = "Vendor-Test",
		.provider_guid = "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}",
		.event_id = id,
		.qualifiers = -1,
		.level = 4,
		.time = TIME,
		.process_id = 4,
		.thread_id = 8,
		.channel = "Vendor/Operational",
		.computer = "ws01",
		.user_sid = "S-1-5-18",
	};
}

static Reading *read_with(ReaderLibrary *library, const EvtxWriter *w)
{
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	return reading_make(library, image->data, image->len, READ_IN_USE, 0);
}

static Reading *read_all(const EvtxWriter *w)
{
	g_autoptr(TestLibrary) library = evtx_reader.library_new();

	return read_with(library, w);
}

static void assert_clean(const Reading *reading)
{
	for (guint i = 0; i < reading->notes->len; i++)
		g_test_message("%s", (const char *)g_ptr_array_index(reading->notes, i));
	g_assert_cmpuint(reading->n_gaps, ==, 0);
}

static void assert_has(const Reading *reading, guint index, const char *member)
{
	const char *fields = reading_fields(reading, index);

	if (!strstr(fields, member))
		g_error("%s is not in %s", member, fields);
}

static void test_system(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxEvent e = usual_event(4624);

	e.qualifiers = 7;
	e.source_name = "Older";
	e.activity = "{00000000-0000-0000-0000-000000000001}";
	e.keywords = G_GUINT64_CONSTANT(0x8020000000000000);
	evtx_writer_add(w, &e, NULL);

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	g_assert_cmpuint(r->events->len, ==, 1);
	assert_has(r, 0, "\"Provider_Name\":\"Vendor-Test\"");
	assert_has(r, 0, "\"Provider_Guid\":\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\"");
	assert_has(r, 0, "\"Provider_EventSourceName\":\"Older\"");
	assert_has(r, 0, "\"EventID\":4624");
	assert_has(r, 0, "\"EventID_Qualifiers\":7");
	assert_has(r, 0, "\"Keywords\":\"0x8020000000000000\"");
	assert_has(r, 0, "\"TimeCreated_SystemTime\":\"2021-03-02T10:11:12.0000000Z\"");
	assert_has(r, 0, "\"Correlation_ActivityID\":\"{00000000-0000-0000-0000-000000000001}\"");
	assert_has(r, 0, "\"Execution_ProcessID\":4,\"Execution_ThreadID\":8");
	assert_has(r, 0, "\"Channel\":\"Vendor/Operational\",\"Computer\":\"ws01\"");
	assert_has(r, 0, "\"Security_UserID\":\"S-1-5-18\"");
	g_assert_null(strstr(reading_fields(r, 0), "Correlation_RelatedActivityID"));

	const ReadEvent *event = g_ptr_array_index(r->events, 0);

	g_assert_cmpint(event->time, ==, TIME);
	g_assert_cmpuint(event->record, ==, 1);
	g_assert_cmpuint(event->offset, ==, 4096 + 512);
}

static void add_types(EvtxData *d)
{
	evtx_data_add(d, "Text", evtx_text("h\xc3\xa4llo"));
	evtx_data_add(d, "Ansi", evtx_ansi("ansi"));
	evtx_data_add(d, "I8", evtx_int(EVTX_INT8, -8));
	evtx_data_add(d, "I32", evtx_int(EVTX_INT32, -5));
	evtx_data_add(d, "U16", evtx_uint(EVTX_UINT16, 65535));
	evtx_data_add(d, "U64", evtx_uint(EVTX_UINT64, G_MAXUINT64));
	evtx_data_add(d, "Real", evtx_real(EVTX_REAL64, 1.5));
	evtx_data_add(d, "Bool", evtx_uint(EVTX_BOOL, 1));
	evtx_data_add(d, "Bytes", evtx_binary("\x00\xff\x10", 3));
	evtx_data_add(d, "Guid", evtx_guid("{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"));
	evtx_data_add(d, "Filetime", evtx_filetime(TIME));
	evtx_data_add(d, "Systemtime", evtx_systemtime(TIME));
	evtx_data_add(d, "Sid", evtx_sid("S-1-5-21-1-2-3-500"));
	evtx_data_add(d, "X32", evtx_uint(EVTX_HEX32, 255));
	evtx_data_add(d, "X64", evtx_uint(EVTX_HEX64, 0x1f4be));
	evtx_data_add(d, "Size", evtx_uint(EVTX_SIZE, 16));
	evtx_data_add(d, "Texts",
		evtx_list(EVTX_TEXT, evtx_text("a"), evtx_text(""), evtx_text("c"), NULL));
	evtx_data_add(d, "Numbers",
		evtx_list(EVTX_UINT32, evtx_uint(EVTX_UINT32, 1), evtx_uint(EVTX_UINT32, 2), NULL));
	evtx_data_add(d, "Sids",
		evtx_list(EVTX_SID, evtx_sid("S-1-5-18"), evtx_sid("S-1-5-32-544"), NULL));
	evtx_data_add(d, "One", evtx_list(EVTX_TEXT, evtx_text("alone"), NULL));
	evtx_data_add(d, "Unknown", evtx_raw(0x44, "\x01\x02", 2));
}

static void test_types(void)
{
	static const EvtxStyle styles[] = { EVTX_STYLE_NESTED, EVTX_STYLE_FLAT };

	for (guint i = 0; i < G_N_ELEMENTS(styles); i++) {
		g_autoptr(EvtxWriter) w = evtx_writer_new();
		EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
		EvtxEvent e = usual_event(1);

		add_types(d);
		evtx_writer_set_style(w, styles[i]);
		evtx_writer_add(w, &e, d);

		g_autoptr(Reading) r = read_all(w);

		assert_clean(r);
		assert_has(r, 0,
			"\"Text\":\"h\xc3\xa4llo\",\"Ansi\":\"ansi\",\"I8\":-8,\"I32\":-5,"
			"\"U16\":65535,\"U64\":18446744073709551615,\"Real\":\"1.5\","
			"\"Bool\":\"true\",\"Bytes\":\"00FF10\","
			"\"Guid\":\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\","
			"\"Filetime\":\"2021-03-02T10:11:12.0000000Z\","
			"\"Systemtime\":\"2021-03-02T10:11:12.0000000Z\","
			"\"Sid\":\"S-1-5-21-1-2-3-500\",\"X32\":\"0xff\",\"X64\":\"0x1f4be\","
			"\"Size\":\"0x10\",\"Texts\":[\"a\",\"\",\"c\"],\"Numbers\":[1,2],"
			"\"Sids\":[\"S-1-5-18\",\"S-1-5-32-544\"],\"One\":\"alone\","
			"\"Unknown\":\"0102\"");
	}
}

/* However a record is laid out, its columns are the same. */
static void test_styles(void)
{
	static const EvtxStyle styles[] = { EVTX_STYLE_NESTED, EVTX_STYLE_FLAT, EVTX_STYLE_FRAGMENT,
		EVTX_STYLE_PLAIN };

	for (guint i = 0; i < 2 * G_N_ELEMENTS(styles); i++) {
		g_autoptr(EvtxWriter) w = evtx_writer_new();
		EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
		EvtxEvent e = usual_event(7);

		g_test_message("style %u", i);
		evtx_data_add(d, "Image", evtx_text("C:\\x.exe"));
		evtx_data_add(d, NULL, evtx_text("one"));
		evtx_data_add(d, NULL, evtx_text("two"));
		evtx_writer_set_style(w, styles[i % G_N_ELEMENTS(styles)]);
		evtx_writer_set_dependencies(w, i >= G_N_ELEMENTS(styles));
		evtx_writer_add(w, &e, d);

		g_autoptr(TestLibrary) library = evtx_reader.library_new();
		g_autoptr(Reading) r = read_with(library, w);

		assert_clean(r);
		g_assert_cmpuint(r->events->len, ==, 1);
		assert_has(r, 0, "\"Provider_Name\":\"Vendor-Test\"");
		assert_has(r, 0, "\"Image\":\"C:\\\\x.exe\",\"Data\":[\"one\",\"two\"]}");

		const ReadEvent *event = g_ptr_array_index(r->events, 0);
		int column = shape_find_column(event->shape, "EventID");

		g_assert_cmpint(event->time, ==, TIME);
		g_assert_cmpint(column, >=, 0);
		g_assert_cmpstr(event->shape->columns[column].constant, ==, "7");
	}
}

static void test_names(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	EvtxEvent e = usual_event(7);

	evtx_data_add(d, "Old Value", evtx_text("spaces go"));
	evtx_data_add(d, "Version", evtx_text("2.0"));
	evtx_data_add(d, "Channel", evtx_text("other"));
	evtx_data_add(d, "Twice", evtx_text("1"));
	evtx_data_add(d, "Twice", evtx_text("2"));
	evtx_data_add_element(d, "Binary", evtx_binary("\x01", 1));
	evtx_writer_add(w, &e, d);
	d = evtx_data_new(EVTX_USER_DATA, "LogFileCleared", "http://example");
	evtx_data_add(d, "Channel", evtx_text("System"));
	evtx_data_add(d, "SubjectUserName", evtx_text("bob"));
	e = usual_event(104);
	evtx_writer_add(w, &e, d);
	d = evtx_data_new(EVTX_PROCESSING_ERROR, NULL, NULL);
	evtx_data_add(d, "ErrorCode", evtx_uint(EVTX_UINT32, 15003));
	evtx_writer_add(w, &e, d);

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	assert_has(r, 0, "\"Version\":[0,\"2.0\"]");
	assert_has(r, 0, "\"OldValue\":\"spaces go\"");
	assert_has(r, 0, "\"Channel\":\"Vendor/Operational\"");
	assert_has(
		r, 0, "\"EventData_Channel\":\"other\",\"Twice\":[\"1\",\"2\"],\"Binary\":\"01\"}");
	assert_has(r, 1, "\"UserData_Channel\":\"System\",\"SubjectUserName\":\"bob\"}");
	assert_has(r, 2, "\"ErrorCode\":15003}");
}

static void test_empty(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	EvtxEvent e = usual_event(1);

	e.user_sid = NULL;
	evtx_data_add(d, "Empty", evtx_text(""));
	evtx_data_add(d, "Null", evtx_null(EVTX_UINT32));
	evtx_data_add_optional(d, "Optional", evtx_null(EVTX_TEXT));
	evtx_data_add(d, "Nothing", evtx_raw(EVTX_BINARY, "", 0));
	evtx_writer_add(w, &e, d);

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	assert_has(r, 0, "\"Null\":null,\"Optional\":null,\"Nothing\":null}");
	assert_has(r, 0, "\"Empty\":\"\"");
	g_assert_null(strstr(reading_fields(r, 0), "Security_UserID"));
}

/* An event of elements by hand: <Event><System><Channel>C</…><EventData>…. */
static EvtxNode *event_around(EvtxNode *data)
{
	EvtxNode *system = evtx_element("System"), *channel = evtx_element("Channel");

	evtx_element_add(channel, evtx_node_text("C"));
	evtx_element_add(system, channel);
	return evtx_element_add(evtx_element_add(evtx_element("Event"), system),
		evtx_element_add(evtx_element("EventData"), data));
}

static EvtxNode *data_named(EvtxNode *name)
{
	EvtxNode *data = evtx_element("Data");

	evtx_element_attribute(data, "Name", name);
	return data;
}

static GPtrArray *values_of(EvtxValue *first, EvtxValue *second)
{
	GPtrArray *values = g_ptr_array_new();

	g_ptr_array_add(values, first);
	if (second)
		g_ptr_array_add(values, second);
	return values;
}

static void test_mixed_content(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxNode *data = data_named(evtx_node_text("Mixed"));

	evtx_element_add(data, evtx_node_text("a "));
	evtx_element_add(data, evtx_node_slot(0, EVTX_UINT32, FALSE));
	evtx_element_add(data, evtx_node_entity("amp"));
	evtx_element_add(data, evtx_node_char('x'));
	evtx_element_add(data, evtx_node_cdata("<c>"));
	evtx_element_add(data, evtx_node_instruction("pi", "ignored"));
	evtx_element_add(data, evtx_node_slot(1, EVTX_TEXT, FALSE));

	g_autoptr(EvtxTemplate) template = evtx_template_new(event_around(data));

	evtx_writer_add_node(w,
		evtx_node_instance(
			template, values_of(evtx_uint(EVTX_UINT32, 42), evtx_text("end"))),
		TIME, 0);

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	assert_has(r, 0, "{\"Channel\":\"C\",\"Mixed\":\"a 42&x<c>end\"}");
}

static void test_dynamic_name(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxNode *data = data_named(evtx_node_slot(0, EVTX_TEXT, FALSE));

	evtx_element_add(data, evtx_node_slot(1, EVTX_UINT32, FALSE));

	g_autoptr(EvtxTemplate) template = evtx_template_new(event_around(data));

	for (guint i = 0; i < 3; i++) {
		g_autofree char *name = g_strdup_printf("Name%u", i / 2);

		evtx_writer_add_node(w,
			evtx_node_instance(
				template, values_of(evtx_text(name), evtx_uint(EVTX_UINT32, i))),
			TIME, 0);
	}

	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(Reading) r = read_with(library, w);

	assert_clean(r);
	assert_has(r, 0, "{\"Channel\":\"C\",\"Name0\":0}");
	assert_has(r, 2, "{\"Channel\":\"C\",\"Name1\":2}");
	g_assert_true(((ReadEvent *)g_ptr_array_index(r->events, 0))->shape ==
		((ReadEvent *)g_ptr_array_index(r->events, 1))->shape);
	g_assert_true(((ReadEvent *)g_ptr_array_index(r->events, 1))->shape !=
		((ReadEvent *)g_ptr_array_index(r->events, 2))->shape);
}

/*
 * Windows leaves out an element whose optional value is missing; in a template, a dependency says
 * which one that is. Nothing else may vanish with it: real <Event> elements depend on their
 * EventData.
 */
static void test_dependency(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxNode *data = data_named(evtx_node_text("Depends"));

	evtx_element_depends(data, 0);
	evtx_element_add(data, evtx_node_slot(0, EVTX_UINT32, TRUE));

	EvtxNode *event = event_around(data);

	evtx_element_depends(event, 0);

	g_autoptr(EvtxTemplate) template = evtx_template_new(event);

	evtx_writer_add_node(w,
		evtx_node_instance(template, values_of(evtx_uint(EVTX_UINT32, 1), NULL)), TIME, 0);
	evtx_writer_add_node(
		w, evtx_node_instance(template, values_of(evtx_null(EVTX_UINT32), NULL)), TIME, 0);

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	g_assert_cmpstr(reading_fields(r, 0), ==, "{\"Channel\":\"C\",\"Depends\":1}");
	g_assert_cmpstr(reading_fields(r, 1), ==, "{\"Channel\":\"C\",\"Depends\":null}");
}

static void test_shape(void)
{
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	for (guint i = 0; i < 4; i++) {
		EvtxEvent e = usual_event((guint16)(i / 2));
		EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);

		evtx_data_add(d, "A", evtx_text("x"));
		evtx_writer_add(w, &e, d);
		evtx_writer_new_chunk(w);
	}

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(Reading) r = reading_make(library, image->data, image->len, READ_IN_USE, 1);
	const ReadEvent *a = g_ptr_array_index(r->events, 0), *b = g_ptr_array_index(r->events, 1);
	const ReadEvent *c = g_ptr_array_index(r->events, 2);

	/* The same from chunk to chunk, though each writes its templates anew. */
	g_assert_true(a->shape == b->shape);
	g_assert_true(a->shape != c->shape);
	g_assert_cmpstr(a->shape->format, ==, "evtx");
	g_assert_cmpstr(
		c->shape->columns[shape_find_column(c->shape, "EventID")].constant, ==, "1");
	g_assert_cmpstr(a->shape->columns[shape_find_column(a->shape, "Channel")].constant, ==,
		"Vendor/Operational");
	g_assert_cmpstr(a->shape->columns[shape_find_column(a->shape, "Provider_Name")].constant,
		==, "Vendor-Test");
	g_assert_null(a->shape->columns[shape_find_column(a->shape, "A")].constant);
}

/* More shapes than are kept: they are forgotten and made anew, and every event is still right. */
static void test_shape_limit(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	guint n = LIMIT_SHAPES + 100;

	for (guint i = 0; i < n; i++) {
		EvtxEvent e = usual_event((guint16)i);

		evtx_writer_add(w, &e, NULL);
	}

	g_autoptr(Reading) r = read_all(w);

	assert_clean(r);
	g_assert_cmpuint(r->events->len, ==, n);
	for (guint i = 0; i < n; i++) {
		g_autofree char *member = g_strdup_printf("\"EventID\":%u,", i);

		assert_has(r, i, member);
	}
}

static void test_many_columns(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	EvtxEvent e = usual_event(1);

	for (guint i = 0; i < LIMIT_EVENT_COLUMNS + 10; i++) {
		g_autofree char *name = g_strdup_printf("N%u", i);

		evtx_data_add(d, name, evtx_uint(EVTX_UINT8, 1));
	}
	evtx_writer_add(w, &e, d);

	g_autoptr(Reading) r = read_all(w);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(r->gaps[GAP_LIMIT], ==, 1);
	assert_has(r, 0, "\"N400\":1");
}

/* Adds an event that tells of a cleared log, with two fields at the most in its UserData. */
static void add_clearing(
	EvtxWriter *w, guint16 id, const char *channel, const char *user, const char *domain)
{
	EvtxData *d = evtx_data_new(EVTX_USER_DATA, "LogFileCleared", NULL);
	EvtxEvent e = {
		.provider = "Microsoft-Windows-Eventlog",
		.event_id = id,
		.qualifiers = -1,
		.time = TIME,
		.channel = id == 104 ? "System" : "Security",
		.computer = "ws01",
	};

	if (user)
		evtx_data_add(d, "SubjectUserName", evtx_text(user));
	if (domain)
		evtx_data_add(d, "SubjectDomainName", evtx_text(domain));
	if (channel)
		evtx_data_add(d, "Channel", evtx_text(channel));
	evtx_writer_add(w, &e, d);
}

static void test_clearing(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	g_autofree char *long_name = g_strnfill(500, 'x');

	add_clearing(w, 1102, NULL, "admin01", "EXAMPLE");
	add_clearing(w, 104, "Vendor/Operational", "admin01", "EXAMPLE");
	add_clearing(w, 104, "Vendor/Operational", "admin01", NULL);
	add_clearing(w, 104, NULL, NULL, "EXAMPLE");
	add_clearing(w, 1102, NULL, long_name, "");

	g_autoptr(Reading) r = read_all(w);
	const char *const *notes = (const char *const *)r->notes->pdata;

	g_assert_cmpuint(r->notes->len, ==, 5);
	g_assert_cmpstr(
		notes[0], ==, "log-cleared: the Security log was cleared by EXAMPLE\\admin01");
	g_assert_cmpstr(notes[1], ==,
		"log-cleared: the Vendor/Operational log was cleared by EXAMPLE\\admin01");
	g_assert_cmpstr(
		notes[2], ==, "log-cleared: the Vendor/Operational log was cleared by admin01");
	g_assert_cmpstr(notes[3], ==, "log-cleared: a log was cleared");
	g_assert_cmpuint(strlen(notes[4]), <, 200);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/evtx/columns/system", test_system);
	g_test_add_func("/evtx/columns/types", test_types);
	g_test_add_func("/evtx/columns/styles", test_styles);
	g_test_add_func("/evtx/columns/names", test_names);
	g_test_add_func("/evtx/columns/empty", test_empty);
	g_test_add_func("/evtx/columns/mixed-content", test_mixed_content);
	g_test_add_func("/evtx/columns/dynamic-name", test_dynamic_name);
	g_test_add_func("/evtx/columns/dependency", test_dependency);
	g_test_add_func("/evtx/columns/limit", test_many_columns);
	g_test_add_func("/evtx/clearing", test_clearing);
	g_test_add_func("/evtx/shape/interned", test_shape);
	g_test_add_func("/evtx/shape/limit", test_shape_limit);
	return g_test_run();
}

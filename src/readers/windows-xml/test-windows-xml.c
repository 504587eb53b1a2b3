/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/test-read.h"
#include "readers/windows-xml/event.h"
#include "readers/windows-xml/windows-xml.h"

#define NAMESPACE "xmlns='http://schemas.microsoft.com/win/2004/08/events/event'"

static const char sysmon[] =
	"<Event " NAMESPACE "><System><Provider Name='Microsoft-Windows-Sysmon' "
	"Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>1</EventID>"
	"<Version>5</Version><Keywords>0x8000000000000000</Keywords>"
	"<TimeCreated SystemTime='2019-07-19T14:42:51.4462809Z'/>"
	"<EventRecordID>3572</EventRecordID><Correlation/>"
	"<Execution ProcessID='2796' ThreadID='3592'/>"
	"<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>PC</Computer>"
	"<Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'></Data>"
	"<Data Name='Process Id'>42</Data><Data Name='CommandLine'>a &lt;b&gt; &quot;c&quot; "
	"&#xe4;&amp;</Data></EventData></Event>";

static const char sysmon_fields[] =
	"{\"LogFormat\":\"windows-xml\",\"Provider_Name\":\"Microsoft-Windows-Sysmon\","
	"\"Provider_Guid\":\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\",\"EventID\":1,"
	"\"Version\":5,\"Keywords\":\"0x8000000000000000\","
	"\"TimeCreated_SystemTime\":\"2019-07-19T14:42:51.4462809Z\",\"EventRecordID\":3572,"
	"\"Execution_ProcessID\":2796,\"Execution_ThreadID\":3592,"
	"\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"PC\","
	"\"Security_UserID\":\"S-1-5-18\",\"RuleName\":\"\",\"ProcessId\":\"42\","
	"\"CommandLine\":\"a <b> \\\"c\\\" \xc3\xa4&\"}";

static TestRead *read_text(const char *text)
{
	return test_read_text(&windows_xml_reader, text, 0);
}

static void test_columns(void)
{
	g_autoptr(TestRead) read = read_text(sysmon);

	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpstr(test_read_fields(read, 0), ==, sysmon_fields);
	g_assert_true(
		g_str_has_prefix(read->lines->pdata[0], "2019-07-19T14:42:51.4462809Z 3572 0 "));
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(windows_xml_reader.probe(slice_from_text(sysmon), ""), ==, 96);
}

/* As Event Viewer and others lay it out; a field that is called as one of System. */
static void test_layouts(void)
{
	g_autoptr(TestRead) read = read_text(
		"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>\r\n"
		"<Event>\r\n  <System>\r\n    <Provider Name=\"P\"/>\r\n    <EventID "
		"Qualifiers=\"0\">104</EventID>\r\n    <Channel>System</Channel>\r\n  </System>\r\n"
		"  <UserData>\r\n    <LogFileCleared xmlns=\"x\">\r\n      <Channel>Security"
		"</Channel>\r\n      <Sub a=\"1\"><Leaf/>text</Sub>\r\n    </LogFileCleared>\r\n"
		"  </UserData>\r\n  <RenderingInfo Culture=\"en\"><Message>m</Message>"
		"</RenderingInfo>\r\n</Event>\r\n"
		"<Event><System/><EventData><Data>a</Data><Data>b <![CDATA[<&>]]> c</Data>"
		"<Binary>00</Binary></EventData></Event></Events>");

	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"windows-xml\",\"Provider_Name\":\"P\",\"EventID_Qualifiers\":0,"
		"\"EventID\":104,\"Channel\":\"System\",\"UserData_Channel\":\"Security\","
		"\"Sub_a\":\"1\",\"Leaf\":\"\",\"Sub\":\"text\",\"RenderingInfo_Culture\":\"en\","
		"\"RenderingInfo_Message\":\"m\"}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"windows-xml\",\"Data\":[\"a\",\"b <&> c\"],"
		"\"Binary\":\"00\"}");
}

static void test_utf16(void)
{
	for (guint big = 0; big < 2; big++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autoptr(TestRead) read = NULL;
		guint8 mark[2] = { big ? 0xFE : 0xFF, big ? 0xFF : 0xFE };

		g_byte_array_append(bytes, mark, 2);
		for (guint copy = 0; copy < 2; copy++) {
			for (gsize i = 0; sysmon[i]; i++) {
				guint8 unit[2] = { big ? 0 : (guint8)sysmon[i],
					big ? (guint8)sysmon[i] : 0 };

				g_byte_array_append(bytes, unit, 2);
			}
		}
		read = test_read_make(&windows_xml_reader, bytes->data, bytes->len, 0, 0);
		g_assert_cmpuint(read->lines->len, ==, 2);
		g_assert_cmpstr(test_read_fields(read, 1), ==, sysmon_fields);
		g_assert_cmpuint(read->notes->len, ==, 0);
		g_assert_cmpuint(
			windows_xml_reader.probe(slice_make(bytes->data, bytes->len), ""), ==, 96);
	}
}

static void check_damage(const char *text, guint n_events, const char *note)
{
	g_autoptr(TestRead) read = read_text(text);

	g_assert_cmpuint(read->lines->len, ==, n_events);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_cmpstr(read->notes->pdata[0], ==, note);
}

#define GOOD "<Event><System><EventID>1</EventID></System></Event>"

static void test_damage(void)
{
	check_damage(GOOD "<Event><System><EventID>2</EventID>" GOOD, 3,
		"damaged 1 An event was read only in part: the next one begins before it ends.");
	check_damage(GOOD "<Event><System><EventID>2", 2,
		"truncated 1 An event was read only in part: the evidence ends before it does.");
	check_damage(GOOD "<Evnt><System></System></Event>" GOOD, 2,
		"damaged 0 What ends an event here has no beginning; it was passed over.");
	check_damage(GOOD "<Event><System><EventID>2</EventID><x y='></System></Event>" GOOD, 3,
		"damaged 1 An event was read only in part: a tag does not end.");
	check_damage("<Event><System/></Event>" GOOD, 1,
		"damaged 1 An event was read not at all: it has no fields.");
}

static void test_limits(void)
{
	g_autoptr(GString) deep = g_string_new("<Event><System/><UserData>");
	g_autoptr(GString) wide = g_string_new("<Event><System/><EventData>");
	g_autoptr(GString) large = g_string_new("<Event><System/><EventData><Data>");
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i < 100000; i++)
		g_string_append(deep, "<a>");
	g_string_append(deep, "</Event>" GOOD);
	read = read_text(deep->str);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(read->notes, 0), "limit 1 An event"));
	g_assert_cmpstr(test_read_fields(read, read->lines->len - 1), ==,
		"{\"LogFormat\":\"windows-xml\",\"EventID\":1}");
	g_clear_pointer(&read, test_read_free);

	for (guint i = 0; i < 2000; i++)
		g_string_append_printf(wide, "<Data Name='n%u'>%u</Data>", i, i);
	g_string_append(wide, "</EventData></Event>" GOOD);
	read = read_text(wide->str);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(read->notes, 0), "limit 1 An event"));
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"n500\":\"500\""));
	g_clear_pointer(&read, test_read_free);

	for (guint i = 0; i < 300000; i++)
		g_string_append(large, "<![CDATA[xyz]]>");
	g_string_append(large, "</Data></EventData></Event>" GOOD);
	read = read_text(large->str);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(read->notes, 0), "limit 1 An event"));
}

/* Each of these took minutes or gigabytes where its parts were looked at again for each other. */
static void test_many_parts(void)
{
	g_autoptr(GString) starts = g_string_new(NULL);
	g_autoptr(GString) blanks = g_string_new("<Event><System/><EventData><Data><a/>");
	g_autoptr(GString) names = g_string_new("<Event><System/><EventData><Data Name='");
	g_autofree char *long_text = g_strnfill(400000, ' ');
	g_autofree char *long_name = g_strnfill(400000, 'n');
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i < 100000; i++)
		g_string_append(starts, "<Event><System>");
	g_string_append(starts, "<EventID>1</EventID></System></Event>" GOOD);
	read = read_text(starts->str);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpuint(read->notes->len, ==, 99999);
	g_clear_pointer(&read, test_read_free);

	g_string_insert(blanks, (gssize)(blanks->len - strlen("<a/>")), long_text);
	for (guint i = 0; i < 60000; i++)
		g_string_append(blanks, " <!---->");
	g_string_append(blanks, "</Data></EventData></Event>" GOOD);
	read = read_text(blanks->str);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpstr(
		test_read_fields(read, 0), ==, "{\"LogFormat\":\"windows-xml\",\"a\":\"\"}");
	g_clear_pointer(&read, test_read_free);

	g_string_append_printf(names, "%s'", long_name);
	for (guint i = 0; i < 8000; i++)
		g_string_append_printf(names, " a%u=''", i);
	g_string_append(names, "/></EventData></Event>" GOOD);
	read = read_text(names->str);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "damaged 1 An event was read not"));
}

/* What names a shape is kept with it: only short texts are, and such that C can hold. */
static void test_odd_constants(void)
{
	static const char odd[] = "<Event><System><Channel>a\0b</Channel></System></Event>"
				  "<Event><System><Channel>a</Channel></System></Event>"
				  "<Event><System><Channel>a\0c</Channel></System></Event>";
	g_autofree char *much = g_strnfill(100000, 'c');
	g_autofree char *text =
		g_strdup_printf("<Event><System><Channel>%s</Channel></System></Event>", much);
	XmlEvents *events = xml_events_new();
	g_autoptr(TestRead) read = test_read_make(&windows_xml_reader, odd, sizeof odd - 1, 0, 0);
	const char *trouble;
	Event event;

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"a\\u0000b\""));
	g_assert_nonnull(strstr(test_read_fields(read, 1), "\"a\""));
	g_assert_nonnull(strstr(test_read_fields(read, 2), "\"a\\u0000c\""));
	xml_events_start(events);
	g_assert_cmpint(
		xml_events_read(events, slice_from_text(text), VALUE_UTF8, &event, &trouble), ==,
		XML_EVENT_WHOLE);
	g_assert_null(event.shape->columns[1].constant);
	xml_events_start(events);
	g_assert_cmpint(xml_events_read(events, slice_make(odd, sizeof odd - 1), VALUE_UTF8, &event,
				&trouble),
		==, XML_EVENT_WHOLE);
	xml_events_start(events);
	g_assert_cmpint(xml_events_read(events, slice_from_text("<Event><System><Channel>a"),
				VALUE_UTF8, &event, &trouble),
		==, XML_EVENT_PARTIAL);
	g_assert_cmpstr(event.shape->columns[1].constant, ==, "a");
	xml_events_free(events);
}

/* One line, lines, and pretty lines; units of the plan lie anywhere in them. */
static void test_split(void)
{
	g_autoptr(GString) text = g_string_new("<Events>");
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; text->len < 3 << 20; i++) {
		g_string_append(text, sysmon);
		for (guint k = 0; k < i % 300; k++)
			g_string_append_c(text, k % 50 ? ' ' : '\n');
	}
	g_string_append(text, "</Events>");
	whole = test_read_make(&windows_xml_reader, text->str, text->len, 0, 100);
	split = test_read_make(&windows_xml_reader, text->str, text->len, 0, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 2500);
	g_assert_cmpuint(whole->notes->len, ==, 0);
	g_assert_cmpuint(split->notes->len, ==, 0);
}

static void test_truncated(void)
{
	gsize size = strlen(sysmon);

	for (gsize n = 0; n < size; n++) {
		g_autoptr(TestRead) read = test_read_make(&windows_xml_reader, sysmon, n, 0, 0);

		g_assert_cmpuint(read->lines->len, <=, 1);
		if (n > 90) /* what must follow the start tag is there */
			g_assert_cmpuint(read->n_losses, ==, 1);
	}
}

static void test_probe(void)
{
	static const char *const others[] = { "", "hello\n", "<Event>\n", "<Events></Events>",
		"<EventData><System>", "<html><Event><body>" };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(
			windows_xml_reader.probe(slice_from_text(others[i]), "a.xml"), ==, 0);
	g_assert_cmpuint(windows_xml_reader.probe(
				 slice_from_text("<14>Mar  2 10:11:12 h a: <Event><System>"), ""),
		==, 0);
	g_assert_cmpuint(
		windows_xml_reader.probe(slice_from_text("evtxexport 1\n\n  <Event><System>"), ""),
		==, 30);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/windows-xml/columns", test_columns);
	g_test_add_func("/windows-xml/layouts", test_layouts);
	g_test_add_func("/windows-xml/utf-16", test_utf16);
	g_test_add_func("/windows-xml/damage", test_damage);
	g_test_add_func("/windows-xml/limits", test_limits);
	g_test_add_func("/windows-xml/many-parts", test_many_parts);
	g_test_add_func("/windows-xml/odd-constants", test_odd_constants);
	g_test_add_func("/windows-xml/split-as-whole", test_split);
	g_test_add_func("/windows-xml/truncated-anywhere", test_truncated);
	g_test_add_func("/windows-xml/probe", test_probe);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Objects are synthetic; their shapes are those that Export-Clixml writes. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/clixml/clixml.h"
#include "readers/clixml/object.h"
#include "readers/test-read.h"

#define BEGIN                                                                                      \
	"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n"
#define END "\n</Objs>"

static const char directory[] = BEGIN
	"<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.ADOabVirtualDirectory</T><T>Deserialized."
	"System.Object</T></TN><ToString>OAB (Default Web Site)</ToString><Props>"
	"<Obj N=\"AdminDisplayVersion\" RefId=\"1\"><TN RefId=\"1\"><T>ServerVersion</T></TN>"
	"<ToString>Version 15.1 (Build 2106.2)</ToString><Props><I32 "
	"N=\"Major\">15</I32></Props></Obj>"
	"<URI N=\"ExternalUrl\">http://f/_x003C_x_x003E_&amp;_x000D__x000A_</URI>"
	"<Nil N=\"InternalUrl\" /><B N=\"IsValid\">true</B><I32 N=\"PollInterval\">480</I32>"
	"<S N=\"Empty\"></S><Obj N=\"Methods\" RefId=\"2\"><TN RefId=\"2\"><T>List</T></TN><LST>"
	"<S>Windows</S><S>Basic</S></LST></Obj><Obj N=\"None\" RefId=\"3\"><TNRef RefId=\"2\" "
	"/><LST />"
	"</Obj><Obj N=\"Plain\" RefId=\"4\"><TN "
	"RefId=\"3\"><T>P</T></TN><ToString>P</ToString><Props>"
	"<S N=\"a.b\">1</S><Ref N=\"Self\" RefId=\"4\"/><Ref N=\"Other\" "
	"RefId=\"1\"/></Props></Obj>"
	"<Obj N=\"Table\" RefId=\"5\"><DCT><En><S N=\"Key\">k</S><S "
	"N=\"Value\">v</S></En></DCT></Obj>"
	"<Obj N=\"Level\" RefId=\"6\"><TN "
	"RefId=\"4\"><T>E</T></TN><ToString>High</ToString><I32>4</I32>"
	"</Obj><S N=\"TypeName\">x</S></Props><MS><S N=\"PSComputerName\">ex01</S></MS></Obj>" END;

static TestRead *read_text(const char *text)
{
	return test_read_text(&clixml_reader, text, 0);
}

static void test_object(void)
{
	g_autoptr(TestRead) read = read_text(directory);

	g_assert_cmpuint(clixml_reader.probe(slice_from_text(directory), ""), ==, 97);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"Deserialized.ADOabVirtualDirectory\","
		"\"ToString\":\"OAB (Default Web Site)\",\"AdminDisplayVersion\":"
		"\"Version 15.1 (Build 2106.2)\",\"ExternalUrl\":\"http://f/<x>&\\r\\n\","
		"\"InternalUrl\":null,\"IsValid\":true,\"PollInterval\":480,\"Empty\":\"\","
		"\"Methods\":[\"Windows\",\"Basic\"],\"None\":null,\"Plain.a.b\":\"1\","
		"\"Plain.Self\":null,\"Plain.Other\":\"Version 15.1 (Build 2106.2)\","
		"\"Table.k\":\"v\",\"Level\":\"High\",\"Property_TypeName\":\"x\","
		"\"PSComputerName\":\"ex01\"}");
}

/* A list at the top: an event for each item, and one for what its object says beside it. */
static void test_list(void)
{
	g_autoptr(TestRead) read = read_text(BEGIN
		"<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Collections.ArrayList</T></TN><LST>\n"
		"<Obj RefId=\"1\"><TN RefId=\"1\"><T>A</T></TN><Props><S "
		"N=\"Name\">1</S></Props></Obj>\n"
		"<Obj RefId=\"2\"><TNRef RefId=\"1\"/><Props><S "
		"N=\"Name\">2</S></Props></Obj><S>three</S>"
		"<Nil/></LST><Props><I32 N=\"Count\">4</I32></Props></Obj><I32>5</I32>" END);

	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(read->lines->len, ==, 6);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"A\",\"Name\":\"1\"}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"A\",\"Name\":\"2\"}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"System.String\",\"Value\":\"three\"}");
	g_assert_cmpstr(test_read_fields(read, 3), ==, "{\"LogFormat\":\"clixml\",\"Value\":null}");
	g_assert_cmpstr(test_read_fields(read, 4), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"System.Collections.ArrayList\","
		"\"Count\":4}");
	g_assert_cmpstr(test_read_fields(read, 5), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"System.Int32\",\"Value\":5}");
}

static const char event_record[] =
	"#< CLIXML\r\n" BEGIN
	"<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.System.Diagnostics.Eventing.Reader."
	"EventLogRecord</T></TN><Props><I32 N=\"Id\">1</I32><S N=\"ProviderName\">MSExchange "
	"CmdletLogs"
	"</S><S N=\"LogName\">MSExchange Management</S><S N=\"MachineName\">ex01.example.org</S>"
	"<I64 N=\"RecordId\">7</I64><DT N=\"TimeCreated\">2021-03-02T10:11:12.5-07:00</DT>"
	"<Obj N=\"Properties\" RefId=\"1\"><TN RefId=\"1\"><T>L</T></TN><LST><Obj RefId=\"2\">"
	"<TN RefId=\"2\"><T>EventProperty</T></TN><ToString>EventProperty</ToString><Props>"
	"<S N=\"Value\">Set-OabVirtualDirectory</S></Props></Obj><Obj RefId=\"3\"><TNRef "
	"RefId=\"2\"/>"
	"<ToString>EventProperty</ToString><Props><S N=\"Value\">-ExternalUrl "
	"x</S></Props></Obj></LST>"
	"</Obj></Props><MS><S N=\"Message\">Cmdlet succeeded</S></MS></Obj>" END;

/* As the csv reader calls them. */
static void test_event_record(void)
{
	g_autoptr(TestRead) read = read_text(event_record);

	g_assert_cmpuint(clixml_reader.probe(slice_from_text(event_record), ""), ==, 97);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], "2021-03-02T17:11:12.5000000Z 3 "));
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"clixml\",\"TypeName\":\"Deserialized.System.Diagnostics.Eventing."
		"Reader.EventLogRecord\",\"EventID\":\"1\",\"Provider_Name\":\"MSExchange "
		"CmdletLogs\",\"Channel\":\"MSExchange Management\",\"Computer\":"
		"\"ex01.example.org\",\"EventRecordID\":7,\"TimeCreated_SystemTime\":"
		"\"2021-03-02T10:11:12.5-07:00\",\"Data\":[\"Set-OabVirtualDirectory\","
		"\"-ExternalUrl x\"],\"Message\":\"Cmdlet succeeded\"}");
}

static void test_times(void)
{
	g_autoptr(TestRead) read =
		read_text(BEGIN "<Obj RefId=\"0\"><Props><DT "
				"N=\"WhenChanged\">2021-03-02T10:11:12Z</DT></Props></Obj>"
				"<Obj RefId=\"1\"><Props><DT "
				"N=\"TimeCreated\">2021-03-02T10:11:12</DT></Props></Obj>" END);

	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], " 2 "));
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], "2021-03-02T10:11:12.0000000Z 2 "));
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "time-assumed 1 "));
}

static void test_escapes(void)
{
	static const char *const texts[] = { "a_x000D__x000A_b", "a\r\nb", "_x005F_x000D_",
		"_x000D_", "_xD83D__xDE00_", "\xF0\x9F\x98\x80", "_xD83D_x", "\xEF\xBF\xBDx",
		"_xDE00_", "\xEF\xBF\xBD", "_x00", "_x00", "_x00G0_", "_x00G0_", "__x0041_", "_A",
		"_", "_" };
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(texts); i += 2) {
		g_string_truncate(text, 0);
		clixml_append_text(text, slice_from_text(texts[i]));
		g_assert_cmpstr(text->str, ==, texts[i + 1]);
	}
}

/* Tags in texts, objects that refer to what is not there, lists in lists. */
static void test_odd(void)
{
	g_autoptr(TestRead) read = read_text(BEGIN
		"<Obj RefId=\"0\"><Props><S N=\"Url\">http://f/<script a='b'>x</script></S>"
		"<Ref N=\"Gone\" RefId=\"77\"/></Props></Obj><Obj RefId=\"1\"/><Ref RefId=\"x\"/>"
		"<Obj><LST><Obj><LST><S>a</S><S>b</S></LST></Obj></LST><LST/></Obj>" END);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"clixml\",\"Url\":\"http://f/x\",\"Gone\":null}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"clixml\",\"Value\":[\"a\",\"b\"]}");
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "damaged 2 "));
}

static void test_every_prefix(void)
{
	static const char *const samples[] = { directory, event_record };

	for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
		gsize all = strlen(samples[i]);

		for (gsize size = 0; size < all; size++) {
			g_autoptr(TestRead) read =
				test_read_make(&clixml_reader, samples[i], size, 0, 0);

			g_assert_cmpuint(read->lines->len, <=, 1);
			if (size > strlen("#< CLIXML\r\n<O"))
				g_assert_cmpuint(read->n_losses, >, 0);
			if (size > 600)
				g_assert_cmpuint(read->lines->len, ==, 1);
		}
	}
}

static void test_flipped_bytes(void)
{
	g_autofree char *bytes = g_strdup(directory);

	for (gsize i = 0; i < strlen(directory); i++) {
		g_autoptr(TestRead) read = NULL;

		bytes[i] ^= 0x15;
		read = test_read_make(&clixml_reader, bytes, strlen(directory), 0, 0);
		bytes[i] ^= 0x15;
	}
}

/* Objects in each other without end, and one with very much text. */
static void test_limits(void)
{
	g_autoptr(GString) deep = g_string_new(BEGIN "<Obj>");
	g_autoptr(GString) large = g_string_new(BEGIN "<Obj><Props>");
	g_autoptr(TestRead) read = NULL, big = NULL;

	for (guint i = 0; i < 1000; i++)
		g_string_append(deep, "<Props><Obj N='n'>");
	read = test_read_make(&clixml_reader, deep->str, deep->len, 0, 0);
	g_assert_cmpuint(read->n_losses, >=, 2); /* the limit, and the end */
	while (large->len < 2 * LIMIT_CLIXML_OBJECT_BYTES)
		g_string_append(large, "<S N='a&amp;'>0123456789&amp;</S><T>&amp;</T>");
	g_string_append(large, "</Props></Obj><Obj><Props><S N='b'>1</S></Props></Obj>" END);
	big = test_read_make(&clixml_reader, large->str, large->len, 0, 0);
	g_assert_cmpuint(big->lines->len, ==, 2);
	g_assert_cmpstr(test_read_fields(big, 1), ==, "{\"LogFormat\":\"clixml\",\"b\":\"1\"}");
	g_assert_cmpuint(big->n_losses, ==, 2); /* values, and LIMIT_EVENT_VALUES */
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/clixml/object", test_object);
	g_test_add_func("/clixml/list", test_list);
	g_test_add_func("/clixml/event-record", test_event_record);
	g_test_add_func("/clixml/times", test_times);
	g_test_add_func("/clixml/escapes", test_escapes);
	g_test_add_func("/clixml/odd", test_odd);
	g_test_add_func("/clixml/every-prefix", test_every_prefix);
	g_test_add_func("/clixml/flipped-bytes", test_flipped_bytes);
	g_test_add_func("/clixml/limits", test_limits);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/exchange/ecp.h"
#include "readers/text/test-reading.h"
#include "readers/w3c/w3c.h"

#define HEAD                                                                                       \
	"#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: ECP Server Log\n"    \
	"#Fields: TimeStamp,ServerName,EventId,EventData\n"
#define ROW                                                                                        \
	"2021-03-03T06:49:53.772Z,EX1,ECP.Request,\"S:TIME=9;'S:CMD=Set-X.Url=''http://f/<a "      \
	"b=\"\"c\"\">d;e</a>''.Identity=''1''';S:EX=;S:BLD=15.1.2106.2;I32:ADS.C[DC]=1\"\n"

typedef struct Kept {
	GString *text;
	guint n, max;
} Kept;

static gboolean keep(Kept *kept, char mark, Slice name, Slice value)
{
	g_string_append_c(kept->text, mark);
	g_string_append_len(kept->text, (const char *)name.data, (gssize)name.size);
	g_string_append_c(kept->text, '=');
	g_string_append_len(kept->text, (const char *)value.data, (gssize)value.size);
	return ++kept->n < kept->max;
}

static gboolean keep_key(void *context, Slice name, Slice value)
{
	return keep(context, '|', name, value);
}

static gboolean keep_part(void *context, Slice name, Slice value)
{
	return keep(context, '+', name, value);
}

static void expect(const char *data, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Kept kept = { text, 0, 1000 };
	Arena arena;

	arena_init(&arena);
	ecp_read(slice_from_text(data), &arena, keep_key, keep_part, &kept);
	arena_clear(&arena);
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_items(void)
{
	expect("S:A=1;S:B=;;I32:C=3;S:WLM.Bal=x=y", "|A=1|B=|WLM.Bal=x=y");
	expect("'S:A=b;''c''';S:D=e", "|A=b;'c'|D=e");
	expect("S:A='b;''c''';S:D=e", "|A=b;'c'|D=e"); /* a quote behind the key */
	expect("S:A='b;S:D='e", "|A='b|D='e");	       /* that nobody closes */
	expect("'S:A=b;S:D=e", "|A=b;S:D=e");	       /* a row that is cut off */
	expect("S:=x;S:;S;:;S:A", "");
	expect("", "");
}

static void test_command(void)
{
	expect("S:CMD=Get-A", "|CMD=Get-A+Cmdlet=Get-A");
	expect("S:CMD=Pipeline.1|Get-A.B=$true.C2=$null",
		"|CMD=Pipeline.1|Get-A.B=$true.C2=$null+Cmdlet=Get-A+Parameters.B=$true"
		"+Parameters.C2=$null");
	expect("'S:CMD=Set-A.B=''x.y=z''.C=''d''''e'''",
		"|CMD=Set-A.B='x.y=z'.C='d''e'+Cmdlet=Set-A+Parameters.B=x.y=z+Parameters.C=d'e");
	expect("'S:CMD=Set-A.B=''''.C=1.5'",
		"|CMD=Set-A.B=''.C=1.5+Cmdlet=Set-A+Parameters.B=+Parameters.C=1.5");
	/* Quotes that are not doubled are data where no name follows. */
	expect("'S:CMD=Set-A.B=''it''s''.C=d'",
		"|CMD=Set-A.B='it's'.C=d+Cmdlet=Set-A+Parameters.B=it's+Parameters.C=d");
	/* What is not in quotes can imitate a name. */
	expect("S:CMD=Set-A.B=http://x/.aspx=y.C=d",
		"|CMD=Set-A.B=http://x/.aspx=y.C=d+Cmdlet=Set-A+Parameters.B=http://x/"
		"+Parameters.aspx=y+Parameters.C=d");
	expect("'S:CMD=Set-A.B=''cut", "|CMD=Set-A.B='cut+Cmdlet=Set-A+Parameters.B=cut");
	expect("S:CMD=.B=", "|CMD=.B=+Parameters.B=");
	expect("S:CMD=", "|CMD=");
}

static void test_stops(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Kept kept = { text, 0, 2 };
	Arena arena;

	arena_init(&arena);
	ecp_read(slice_from_text("S:CMD=A.B=1;S:C=2"), &arena, keep_key, keep_part, &kept);
	arena_clear(&arena);
	g_assert_cmpstr(text->str, ==, "|CMD=A.B=1+Cmdlet=A");
}

static void test_rows(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		HEAD ROW
		"2021-03-03T06:49:54.772Z,EX1,ECP.Request,S:ServerName=fake;S:Cmdlet=x;S:A=1;"
		"S:A=2\n");

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Microsoft Exchange "
		"Server\",\"LogType\":\"ECP "
		"Server Log\",\"TimeStamp\":\"2021-03-03T06:49:53.772Z\",\"ServerName\":\"EX1\","
		"\"EventId\":\"ECP.Request\",\"EventData\":\"S:TIME=9;'S:CMD=Set-X.Url=''http://f/"
		"<a "
		"b=\\\"c\\\">d;e</a>''.Identity=''1''';S:EX=;S:BLD=15.1.2106.2;I32:ADS.C[DC]=1\","
		"\"BLD\":\"15.1.2106.2\",\"CMD\":\"Set-X.Url='http://f/<a b=\\\"c\\\">d;e</"
		"a>'.Identity='1'\",\"Cmdlet\":\"Set-X\",\"EX\":\"\",\"Parameters.Identity\":\"1\","
		"\"Parameters.Url\":\"http://f/<a b=\\\"c\\\">d;e</a>\",\"TIME\":\"9\"}",
		"2021-03-03T06:49:53.7720000Z");
	/* What a request says is not what the log says; a key that comes twice is a list. */
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Microsoft Exchange "
		"Server\",\"LogType\":\"ECP "
		"Server Log\",\"TimeStamp\":\"2021-03-03T06:49:54.772Z\",\"ServerName\":\"EX1\","
		"\"EventId\":\"ECP.Request\",\"EventData\":\"S:ServerName=fake;S:Cmdlet=x;S:A=1;S:"
		"A="
		"2\",\"A\":[\"1\",\"2\"],\"EventData_Cmdlet\":\"x\",\"EventData_ServerName\":"
		"\"fake\"}",
		"2021-03-03T06:49:54.7720000Z");
}

/* A row that is cut off is read as far as it goes, and this is said. */
static void test_cut(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		HEAD "2021-03-03T06:49:53.772Z,EX1,ECP.Request,\"S:TIME=9;'S:CMD=Set-X.Url=''http");

	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 1);
	g_assert_nonnull(strstr(g_ptr_array_index(reading->fields, 0),
		"\"Cmdlet\":\"Set-X\",\"Parameters.Url\":\"http\",\"TIME\":\"9\""));
}

static void test_splits_and_damage(void)
{
	text_reading_check_splits(&w3c_reader, HEAD, ROW, 1);
	text_reading_check_damage(&w3c_reader, HEAD ROW ROW);
}

/* Keys without end: a task has LIMIT_TASK_COLUMNS of them, and what is left out is told. */
static void test_limit(void)
{
	g_autoptr(GString) text = g_string_new(HEAD);
	g_autoptr(TextReading) reading = NULL;

	for (guint i = 0; i < LIMIT_TASK_COLUMNS + 10; i++)
		g_string_append_printf(
			text, "2021-03-03T06:49:53.772Z,EX1,ECP.Request,S:K%u=1\n", i);
	g_string_append(text, "2021-03-03T06:49:53.772Z,EX1,ECP.Request,");
	for (guint i = 0; i < LIMIT_EVENT_VALUES + 10; i++)
		g_string_append(text, "S:K0=1;");
	reading = text_reading_of(&w3c_reader, text->str);
	g_assert_cmpuint(reading->events->len, ==, LIMIT_TASK_COLUMNS + 11);
	g_assert_cmpuint(reading->gaps[GAP_LIMIT], ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/ecp/items", test_items);
	g_test_add_func("/ecp/command", test_command);
	g_test_add_func("/ecp/stops", test_stops);
	g_test_add_func("/ecp/rows", test_rows);
	g_test_add_func("/ecp/cut", test_cut);
	g_test_add_func("/ecp/splits-and-damage", test_splits_and_damage);
	g_test_add_func("/ecp/limit", test_limit);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An event of each product that dialects.c knows, made up after its documentation. */
#include "base/hash.h"
#include "base/text.h"
#include "readers/json/dialects.h"
#include "readers/json/json.h"
#include "readers/test-read.h"

typedef struct Case {
	const char *name, *text, *time, *fields;
} Case;

static const Case cases[] = {
	{ "winlogbeat",
		"{\"@timestamp\":\"2021-03-02T10:11:12.345Z\",\"event\":{\"code\":"
		"\"4688\",\"provider\":\"P\"},\"host\":{\"name\":\"h\"},\"winlog\":"
		"{\"channel\":\"Security\",\"event_id\":4688,\"provider_name\":\"Microsoft-Wi"
		"ndows-Security-Auditing\",\"computer_name\":\"ws01\",\"record_id\":"
		"7,\"process\":{\"pid\":4,\"thread\":{\"id\":8}},\"task\":\"Process Creation\""
		",\"event_data\":{\"NewProcessName\":\"C:\\\\a.exe\",\"Channel\":"
		"\"x\"},\"user_data\":{\"Cleared\":{\"X\":\"1\"}}},\"message\":\"m\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"@timestamp\":\"2021-03-02T10:11:12.345Z\","
		"\"Channel\":\"Security\",\"Computer\":\"ws01\",\"EventData_Channel\":"
		"\"x\",\"EventID\":4688,\"EventRecordID\":7,\"Execution_ProcessID\":"
		"4,\"Execution_ThreadID\":8,\"Message\":\"m\",\"NewProcessName\":"
		"\"C:\\\\a.exe\",\"Provider_Name\":\"Microsoft-Windows-Security-Auditing\","
		"\"RenderingInfo_Task\":\"Process Creation\",\"X\":\"1\",\"event.code\":"
		"\"4688\",\"event.provider\":\"P\",\"host.name\":\"h\"}" },
	{ "winlogbeat 6",
		"{\"@timestamp\":\"2021-03-02T10:11:12.345Z\",\"log_name\":\"Security\","
		"\"event_id\":4624,\"source_name\":\"P\",\"computer_name\":\"ws01\","
		"\"record_number\":\"7\",\"event_data\":{\"TargetUserName\":\"u\"}"
		"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"@timestamp\":\"2021-03-02T10:11:12.345Z\","
		"\"Channel\":\"Security\",\"Computer\":\"ws01\",\"EventID\":4624,"
		"\"EventRecordID\":\"7\",\"Provider_Name\":\"P\",\"TargetUserName\":"
		"\"u\"}" },
	{ "evtx_dump",
		"{\"Event\":{\"#attributes\":{\"xmlns\":\"x\"},\"System\":{\"Provider\":"
		"{\"#attributes\":{\"Name\":\"P\",\"Guid\":\"G\"}},\"EventID\":{\"#attributes"
		"\":{\"Qualifiers\":2},\"#text\":7045},\"TimeCreated\":{\"#attributes\":"
		"{\"SystemTime\":\"2021-03-02T10:11:12.345678Z\"}},\"Execution\":"
		"{\"#attributes\":{\"ProcessID\":4}},\"Channel\":\"System\",\"Computer\":"
		"\"ws01\",\"Security\":{\"#attributes\":{\"UserID\":\"S-1-5-18\"}"
		"}},\"EventData\":{\"Product Name\":\"a\",\"Data\":{\"#text\":[\"x\","
		"\"y\"]}}}}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"System\",\"Computer\":\"ws01\","
		"\"Data\":[\"x\",\"y\"],\"EventID\":7045,\"EventID_Qualifiers\":2,"
		"\"Execution_ProcessID\":4,\"ProductName\":\"a\",\"Provider_Guid\":"
		"\"G\",\"Provider_Name\":\"P\",\"Security_UserID\":\"S-1-5-18\",\"TimeCreated"
		"_SystemTime\":\"2021-03-02T10:11:12.345678Z\"}" },
	{ "evtx_dump user data",
		"{\"Event\":{\"System\":{\"Provider_attributes\":{\"Name\":\"P\"}"
		",\"EventID\":104,\"TimeCreated_attributes\":{\"SystemTime\":\"2021-03-02T10:"
		"11:12Z\"},\"Channel\":\"System\",\"Computer\":\"ws01\"},\"UserData\":"
		"{\"LogFileCleared\":{\"#attributes\":{\"xmlns\":\"u\"},\"Channel\":"
		"\"Security\",\"SubjectUserName\":\"u\"}}}}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"System\",\"Computer\":\"ws01\","
		"\"EventID\":104,\"Provider_Name\":\"P\",\"SubjectUserName\":\"u\","
		"\"TimeCreated_SystemTime\":\"2021-03-02T10:11:12Z\",\"UserData_Channel\":"
		"\"Security\"}" },
	{ "velociraptor",
		"{\"System\":{\"Provider\":{\"Name\":\"P\",\"Guid\":\"G\"},\"EventID\":"
		"{\"Value\":4624},\"TimeCreated\":{\"SystemTime\":1614679872.5},\"Channel\":"
		"\"Security\",\"Computer\":\"ws01\"},\"EventData\":{\"TargetUserName\":"
		"\"u\"},\"Message\":\"m\"}",
		"2021-03-02T10:11:12.5000000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"Security\",\"Computer\":\"ws01\","
		"\"EventID\":4624,\"Message\":\"m\",\"Provider_Guid\":\"G\",\"Provider_Name\""
		":\"P\",\"TargetUserName\":\"u\",\"TimeCreated_SystemTime\":1614679872.5}" },
	{ "wazuh",
		"{\"timestamp\":\"2021-03-02T10:11:13.000+0000\",\"data\":{\"win\":"
		"{\"system\":{\"providerName\":\"P\",\"eventID\":\"1\",\"systemTime\":"
		"\"2021-03-02T10:11:12.345Z\",\"channel\":\"C\",\"computer\":\"ws01\"}"
		",\"eventdata\":{\"image\":\"C:\\\\a.exe\"}}}}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"C\",\"Computer\":\"ws01\","
		"\"EventID\":\"1\",\"Provider_Name\":\"P\",\"TimeCreated_SystemTime\":"
		"\"2021-03-02T10:11:12.345Z\",\"image\":\"C:\\\\a.exe\",\"timestamp\":"
		"\"2021-03-02T10:11:13.000+0000\"}" },
	{ "nxlog",
		"{\"EventTime\":\"2021-03-02 10:11:12\",\"Hostname\":\"ws01\",\"EventID\":"
		"1,\"SourceName\":\"P\",\"OpcodeValue\":0,\"Opcode\":\"Info\",\"RecordNumber\""
		":7,\"ExecutionProcessID\":4,\"Channel\":\"C\",\"Image\":\"C:\\\\a.exe\"}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"C\",\"Computer\":\"ws01\","
		"\"EventID\":1,\"EventRecordID\":7,\"Execution_ProcessID\":4,\"Image\":"
		"\"C:\\\\a.exe\",\"Opcode\":0,\"Provider_Name\":\"P\",\"RenderingInfo_Opcode\""
		":\"Info\",\"TimeCreated_SystemTime\":\"2021-03-02 10:11:12\"}" },
	{ "otrf",
		"{\"@timestamp\":\"2021-03-02T10:11:12.345Z\",\"SourceName\":\"P\","
		"\"Hostname\":\"ws01\",\"Channel\":\"C\",\"EventID\":1,\"TimeCreated\":"
		"\"2021-03-02T10:11:12.345Z\",\"Image\":\"C:\\\\a.exe\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"@timestamp\":\"2021-03-02T10:11:12.345Z\","
		"\"Channel\":\"C\",\"Computer\":\"ws01\",\"EventID\":1,\"Image\":"
		"\"C:\\\\a.exe\",\"Provider_Name\":\"P\",\"TimeCreated_SystemTime\":"
		"\"2021-03-02T10:11:12.345Z\"}" },
	{ "splunk",
		"{\"preview\":false,\"offset\":0,\"result\":{\"LogName\":\"Security\","
		"\"EventCode\":\"4688\",\"SourceName\":\"P\",\"ComputerName\":\"ws01\","
		"\"_time\":\"2021-03-02 10:11:12.000 UTC\"}}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"Security\",\"Computer\":\"ws01\","
		"\"EventID\":\"4688\",\"Provider_Name\":\"P\",\"_time\":\"2021-03-02 10:"
		"11:12.000 UTC\",\"offset\":0,\"preview\":false}" },
	{ "powershell",
		"{\"Id\":4624,\"ProviderName\":\"P\",\"LogName\":\"Security\",\"MachineName\""
		":\"ws01\",\"RecordId\":7,\"ProcessId\":4,\"UserId\":null,\"TimeCreated\":"
		"\"\\/Date(1614679872345)\\/\",\"Properties\":[{\"Value\":\"S-1-5-18\"}"
		",{\"Value\":3}],\"Message\":\"m\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"Security\",\"Computer\":\"ws01\","
		"\"Data\":[\"S-1-5-18\",3],\"EventID\":4624,\"EventRecordID\":7,\"Execution_P"
		"rocessID\":4,\"Message\":\"m\",\"Provider_Name\":\"P\",\"Security_UserID\":"
		"null,\"TimeCreated_SystemTime\":\"/Date(1614679872345)/\"}" },
	{ "log analytics",
		"{\"TimeGenerated\":\"2021-03-02T10:11:12.345Z\",\"EventLog\":\"System\","
		"\"Source\":\"P\",\"EventID\":7045,\"Computer\":\"ws01\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"Channel\":\"System\",\"Computer\":\"ws01\","
		"\"EventID\":7045,\"Provider_Name\":\"P\",\"TimeGenerated\":\"2021-03-02T10:"
		"11:12.345Z\"}" },
	{ "elasticsearch hit",
		"{\"_index\":\"i\",\"_source\":{\"@timestamp\":\"2021-03-02T10:11:"
		"12Z\",\"winlog\":{\"channel\":\"C\",\"event_id\":1,\"provider_name\":"
		"\"P\"}}}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"@timestamp\":\"2021-03-02T10:11:12Z\","
		"\"Channel\":\"C\",\"EventID\":1,\"Provider_Name\":\"P\",\"_index\":"
		"\"i\"}" },
	{ "zeek",
		"{\"_path\":\"conn\",\"ts\":1614679872.345678,\"uid\":\"C1\",\"id.orig_h\":"
		"\"10.0.0.1\",\"id.orig_p\":1024,\"proto\":\"tcp\"}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"zeek\",\"LogName\":\"conn\",\"_path\":\"conn\","
		"\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1024,\"proto\":\"tcp\","
		"\"ts\":1614679872.345678,\"uid\":\"C1\"}" },
	{ "zeek underscores",
		"{\"@stream\":\"x509\",\"ts\":\"2021-03-02T10:11:12.345678Z\",\"id\":"
		"\"F1\",\"certificate_serial\":\"00\"}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"zeek\",\"LogName\":\"x509\",\"@stream\":\"x509\","
		"\"certificate.serial\":\"00\",\"id\":\"F1\",\"ts\":\"2021-03-02T10:"
		"11:12.345678Z\"}" },
	{ "zeek by columns",
		"{\"ts\":1614679872,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"qtype\":"
		"1,\"trans_id\":7,\"query\":\"a.b\"}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"zeek\",\"LogName\":\"dns\",\"id.orig_h\":\"10.0.0.1\","
		"\"qtype\":1,\"query\":\"a.b\",\"trans_id\":7,\"ts\":1614679872,\"uid\":"
		"\"C1\"}" },
	{ "journald",
		"{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1614679872345678\","
		"\"_HOSTNAME\":\"h\",\"MESSAGE\":\"m\",\"_PID\":\"1\"}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"journald\",\"MESSAGE\":\"m\",\"_HOSTNAME\":\"h\","
		"\"_PID\":\"1\",\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1614679872345"
		"678\"}" },
	{ "suricata",
		"{\"timestamp\":\"2021-03-02T10:11:12.345678+0100\",\"event_type\":"
		"\"alert\",\"alert\":{\"signature\":\"s\",\"signature_id\":2019},"
		"\"dest_ip\":\"1.2.3.4\"}",
		"2021-03-02T09:11:12.3456780Z",
		"{\"LogFormat\":\"json\",\"alert.signature\":\"s\",\"alert.signature_id\":"
		"2019,\"dest_ip\":\"1.2.3.4\",\"event_type\":\"alert\",\"timestamp\":"
		"\"2021-03-02T10:11:12.345678+0100\"}" },
	{ "cloudtrail",
		"{\"Records\":[{\"eventTime\":\"2021-03-02T10:11:12Z\",\"eventSource\":"
		"\"s3.amazonaws.com\",\"eventName\":\"PutBucketPolicy\",\"requestParameters\""
		":{\"bucketName\":\"b\"},\"resources\":[{\"ARN\":\"a\"},{\"ARN\":"
		"\"b\"}],\"responseElements\":null}]}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"eventName\":\"PutBucketPolicy\",\"eventSource\":"
		"\"s3.amazonaws.com\",\"eventTime\":\"2021-03-02T10:11:12Z\",\"requestParamet"
		"ers.bucketName\":\"b\",\"resources.ARN\":[\"a\",\"b\"],\"responseElements\":"
		"null}" },
	{ "cloudtrail lookup",
		"{\"Events\":[{\"EventId\":\"1\",\"EventTime\":\"2021-03-02T10:11:"
		"12+00:00\",\"CloudTrailEvent\":\"{\\\"eventTime\\\":\\\"2021-03-02T10:"
		"11:12Z\\\",\\\"eventSource\\\":\\\"iam.amazonaws.com\\\",\\\"eventName\\\":"
		"\\\"CreateUser\\\"}\"}]}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"EventId\":\"1\",\"EventTime\":\"2021-03-02T10:"
		"11:12+00:00\",\"eventName\":\"CreateUser\",\"eventSource\":\"iam.amazonaws.c"
		"om\",\"eventTime\":\"2021-03-02T10:11:12Z\"}" },
	{ "m365",
		"{\"CreationTime\":\"2021-03-02T10:11:12\",\"Operation\":\"New-InboxRule\","
		"\"Workload\":\"Exchange\",\"Parameters\":[{\"Name\":\"From\",\"Value\":"
		"\"a\"},{\"Name\":\"MoveTo\",\"Value\":\"b\"}]}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"CreationTime\":\"2021-03-02T10:11:12\","
		"\"Operation\":\"New-InboxRule\",\"Parameters.Name\":[\"From\",\"MoveTo\"]"
		",\"Parameters.Value\":[\"a\",\"b\"],\"Workload\":\"Exchange\"}" },
	{ "m365 export",
		"{\"RecordType\":1,\"UserIds\":\"u\",\"AuditData\":\"{\\\"CreationTime\\\":"
		"\\\"2021-03-02T10:11:12\\\",\\\"Operation\\\":\\\"MailItemsAccessed\\\","
		"\\\"Workload\\\":\\\"Exchange\\\",\\\"ClientIP\\\":\\\"1.2.3.4\\\"}"
		"\"}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"ClientIP\":\"1.2.3.4\",\"CreationTime\":"
		"\"2021-03-02T10:11:12\",\"Operation\":\"MailItemsAccessed\",\"RecordType\":"
		"1,\"UserIds\":\"u\",\"Workload\":\"Exchange\"}" },
	{ "azure sign-in",
		"{\"value\":[{\"createdDateTime\":\"2021-03-02T10:11:12Z\",\"userPrincipalNam"
		"e\":\"u@x\",\"appDisplayName\":\"a\",\"status\":{\"errorCode\":50126}"
		"}]}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"appDisplayName\":\"a\",\"createdDateTime\":"
		"\"2021-03-02T10:11:12Z\",\"status.errorCode\":50126,\"userPrincipalName\":"
		"\"u@x\"}" },
	{ "azure diagnostics",
		"{\"records\":[{\"time\":\"2021-03-02T10:11:12.345Z\",\"operationName\":"
		"\"Sign-in activity\",\"category\":\"SignInLogs\",\"properties\":"
		"{\"status\":{\"errorCode\":0}}}]}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"category\":\"SignInLogs\",\"operationName\":"
		"\"Sign-in activity\",\"properties.status.errorCode\":0,\"time\":"
		"\"2021-03-02T10:11:12.345Z\"}" },
	{ "gcp",
		"{\"timestamp\":\"2021-03-02T10:11:12.345678Z\",\"logName\":\"projects/p/logs"
		"/cloudaudit.googleapis.com%2Factivity\",\"protoPayload\":{\"methodName\":"
		"\"storage.setIamPermissions\",\"serviceName\":\"storage.googleapis.com\"}"
		"}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"json\",\"logName\":\"projects/p/logs/cloudaudit.googleapis."
		"com%2Factivity\",\"protoPayload.methodName\":\"storage.setIamPermissions\","
		"\"protoPayload.serviceName\":\"storage.googleapis.com\",\"timestamp\":"
		"\"2021-03-02T10:11:12.345678Z\"}" },
	{ "okta",
		"{\"published\":\"2021-03-02T10:11:12.345Z\",\"eventType\":\"user.session.sta"
		"rt\",\"actor\":{\"alternateId\":\"u\"},\"target\":null}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"actor.alternateId\":\"u\",\"eventType\":"
		"\"user.session.start\",\"published\":\"2021-03-02T10:11:12.345Z\","
		"\"target\":null}" },
	{ "github",
		"{\"@timestamp\":1614679872345,\"action\":\"repo.create\",\"actor\":"
		"\"u\",\"_document_id\":\"x\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"@timestamp\":1614679872345,\"_document_id\":"
		"\"x\",\"action\":\"repo.create\",\"actor\":\"u\"}" },
	{ "kubernetes",
		"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"auditID\":"
		"\"a\",\"stage\":\"ResponseComplete\",\"verb\":\"create\",\"requestReceivedTi"
		"mestamp\":\"2021-03-02T10:11:12.345678Z\",\"objectRef\":{\"resource\":"
		"\"pods\",\"subresource\":\"exec\"}}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"json\",\"apiVersion\":\"audit.k8s.io/v1\",\"auditID\":"
		"\"a\",\"kind\":\"Event\",\"objectRef.resource\":\"pods\",\"objectRef.subreso"
		"urce\":\"exec\",\"requestReceivedTimestamp\":\"2021-03-02T10:11:"
		"12.345678Z\",\"stage\":\"ResponseComplete\",\"verb\":\"create\"}" },
	{ "workspace",
		"{\"kind\":\"admin#reports#activities\",\"items\":[{\"id\":{\"time\":"
		"\"2021-03-02T10:11:12.345Z\",\"applicationName\":\"admin\"},\"events\":"
		"[{\"name\":\"A\",\"parameters\":[{\"name\":\"p\",\"value\":\"1\"}"
		"]},{\"name\":\"B\"}]}]}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"events.name\":[\"A\",\"B\"],\"events.parameters.na"
		"me\":[\"p\"],\"events.parameters.value\":[\"1\"],\"id.applicationName\":"
		"\"admin\",\"id.time\":\"2021-03-02T10:11:12.345Z\"}" },
	{ "onelogin",
		"{\"event_type_id\":8,\"created_at\":\"2021-03-02T10:11:12.345Z\","
		"\"user_name\":\"u\"}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"created_at\":\"2021-03-02T10:11:12.345Z\","
		"\"event_type_id\":8,\"user_name\":\"u\"}" },
	{ "duo",
		"{\"isotimestamp\":\"2021-03-02T10:11:12+00:00\",\"timestamp\":1614679872,"
		"\"action\":\"admin_login\"}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"action\":\"admin_login\",\"isotimestamp\":"
		"\"2021-03-02T10:11:12+00:00\",\"timestamp\":1614679872}" },
	{ "opencanary",
		"{\"utc_time\":\"2021-03-02 10:11:12.345678\",\"local_time\":\"2021-03-02 11:"
		"11:12.345678\",\"logtype\":4002,\"node_id\":\"n\",\"logdata\":{\"USERNAME\":"
		"\"root\"}}",
		"2021-03-02T10:11:12.3456780Z",
		"{\"LogFormat\":\"json\",\"local_time\":\"2021-03-02 11:11:12.345678\","
		"\"logdata.USERNAME\":\"root\",\"logtype\":4002,\"node_id\":\"n\","
		"\"utc_time\":\"2021-03-02 10:11:12.345678\"}" },
	{ "bitbucket",
		"{\"timestamp\":1614679872345,\"auditType\":{\"action\":\"User login\","
		"\"category\":\"Authentication\"},\"author\":{\"name\":\"u\"}}",
		"2021-03-02T10:11:12.3450000Z",
		"{\"LogFormat\":\"json\",\"auditType.action\":\"User login\",\"auditType.cate"
		"gory\":\"Authentication\",\"author.name\":\"u\",\"timestamp\":1614679872345}" },
	{ "docker",
		"{\"log\":\"plain\\n\",\"stream\":\"stdout\",\"time\":\"2021-03-02T10:"
		"11:12.345678901Z\"}",
		"2021-03-02T10:11:12.3456789Z",
		"{\"LogFormat\":\"json\",\"log\":\"plain\\n\",\"stream\":\"stdout\","
		"\"time\":\"2021-03-02T10:11:12.345678901Z\"}" },
	{ "object in a log line",
		"{\"log\":\"{\\\"auditID\\\":\\\"a\\\",\\\"stage\\\":\\\"S\\\",\\\"verb\\\":"
		"\\\"get\\\",\\\"stageTimestamp\\\":\\\"2021-03-02T10:11:12Z\\\"}"
		"\\n\",\"stream\":\"stdout\",\"time\":\"2021-03-02T10:11:13Z\"}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"auditID\":\"a\",\"stage\":\"S\",\"stageTimestamp\""
		":\"2021-03-02T10:11:12Z\",\"stream\":\"stdout\",\"time\":\"2021-03-02T10:"
		"11:13Z\",\"verb\":\"get\"}" },
	{ "names of the common schema",
		"{\"time\":\"2021-03-02T10:11:12Z\",\"log\":{\"level\":\"i\"},"
		"\"message\":\"{\",\"result\":{\"a\":1}}",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"log.level\":\"i\",\"message\":\"{\",\"result.a\":1,"
		"\"time\":\"2021-03-02T10:11:12Z\"}" },
	{ "anything",
		"{\"time\":\"2021-03-02T10:11:12+02:00\",\"user\":{\"name\":\"u\","
		"\"id\":12345678901234567890},\"ok\":true,\"LogFormat\":\"forged\"}",
		"2021-03-02T08:11:12.0000000Z",
		"{\"LogFormat\":\"json\",\"event.LogFormat\":\"forged\",\"ok\":true,"
		"\"time\":\"2021-03-02T10:11:12+02:00\",\"user.id\":12345678901234567890,"
		"\"user.name\":\"u\"}" },
};

static void test_case(gconstpointer data)
{
	const Case *one = data;
	g_autoptr(TestRead) read = test_read_text(&json_reader, one->text, 0);

	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(read->lines, 0), one->time));
	g_assert_cmpstr(test_read_fields(read, 0), ==, one->fields);
	g_assert_cmpuint(read->n_losses, ==, 0);
}

/* A row that no event can reach would say nothing. */
static void test_rows(void)
{
	for (guint i = 0; i < dialects_count(); i++) {
		guint64 tells[DIALECT_WORDS] = { 0 };
		NameTraits traits;

		for (guint t = 0; t < DIALECT_TELLS && dialects_get(i)->tells[t]; t++) {
			dialects_describe(dialects_get(i)->tells[t], FALSE, &traits);
			for (guint word = 0; word < DIALECT_WORDS; word++)
				tells[word] |= traits.tells[word];
		}
		g_assert_cmpuint(dialects_recognise(tells), ==, i);
		g_assert_nonnull(dialects_get(i)->times[0]);
	}
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/dialects/rows", test_rows);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/json/dialects/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	return g_test_run();
}

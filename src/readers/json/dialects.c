/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables. A new product is a row of dialects[], where its time has a name of its own or its
 * events come in other wrappings as well; what is not listed here is read all the same, by the last
 * row.
 *
 * Sources: the products' own documentation of their logs (docs/evidence-json.md lists it), and for
 * the wrappings of Windows events Winlogbeat's fields.yml, NXLog's im_msvistalog, Fluent Bit's
 * winevtlog, evtx_dump's and Velociraptor's output,
 * System.Diagnostics.Eventing.Reader.EventLogRecord.
 */
#include "readers/json/dialects.h"

#include "base/json-text.h"

/* ---- Windows events ---- */

static const Rename winlogbeat[] = {
	{ RENAME_EXACT, "winlog.channel", "Channel" },
	{ RENAME_EXACT, "winlog.event_id", "EventID" },
	{ RENAME_EXACT, "winlog.provider_name", "Provider_Name" },
	{ RENAME_EXACT, "winlog.provider_guid", "Provider_Guid" },
	{ RENAME_EXACT, "winlog.computer_name", "Computer" },
	{ RENAME_EXACT, "winlog.record_id", "EventRecordID" },
	{ RENAME_EXACT, "winlog.version", "Version" },
	{ RENAME_EXACT, "winlog.process.pid", "Execution_ProcessID" },
	{ RENAME_EXACT, "winlog.process.thread.id", "Execution_ThreadID" },
	{ RENAME_EXACT, "winlog.user.identifier", "Security_UserID" },
	{ RENAME_EXACT, "winlog.activity_id", "Correlation_ActivityID" },
	{ RENAME_EXACT, "winlog.related_activity_id", "Correlation_RelatedActivityID" },
	{ RENAME_EXACT, "winlog.task", "RenderingInfo_Task" },
	{ RENAME_EXACT, "winlog.opcode", "RenderingInfo_Opcode" },
	{ RENAME_EXACT, "winlog.keywords", "RenderingInfo_Keywords" },
	{ RENAME_DATA, "winlog.event_data.", NULL },
	{ RENAME_USER, "winlog.user_data.", NULL },
	{ RENAME_EXACT, "message", "Message" },
	{ RENAME_EXACT, NULL, NULL },
};

/* Winlogbeat before version 7. */
static const Rename winlogbeat_old[] = {
	{ RENAME_EXACT, "log_name", "Channel" },
	{ RENAME_EXACT, "event_id", "EventID" },
	{ RENAME_EXACT, "source_name", "Provider_Name" },
	{ RENAME_EXACT, "provider_guid", "Provider_Guid" },
	{ RENAME_EXACT, "computer_name", "Computer" },
	{ RENAME_EXACT, "record_number", "EventRecordID" },
	{ RENAME_EXACT, "version", "Version" },
	{ RENAME_EXACT, "process_id", "Execution_ProcessID" },
	{ RENAME_EXACT, "thread_id", "Execution_ThreadID" },
	{ RENAME_EXACT, "user.identifier", "Security_UserID" },
	{ RENAME_EXACT, "activity_id", "Correlation_ActivityID" },
	{ RENAME_EXACT, "task", "RenderingInfo_Task" },
	{ RENAME_EXACT, "opcode", "RenderingInfo_Opcode" },
	{ RENAME_EXACT, "level", "RenderingInfo_Level" },
	{ RENAME_EXACT, "keywords", "RenderingInfo_Keywords" },
	{ RENAME_DATA, "event_data.", NULL },
	{ RENAME_USER, "user_data.", NULL },
	{ RENAME_EXACT, "message", "Message" },
	{ RENAME_EXACT, NULL, NULL },
};

/* The event's XML as JSON: evtx_dump, hayabusa, python-evtx … */
static const Rename event_tree[] = {
	{ RENAME_DROP, "Event.#attributes.", NULL },
	{ RENAME_DROP, "Event_attributes.", NULL },
	/* Elements that have nothing but attributes, or nothing at all. */
	{ RENAME_EXACT, "Event.System.Correlation", NULL },
	{ RENAME_EXACT, "Event.System.Execution", NULL },
	{ RENAME_EXACT, "Event.System.Security", NULL },
	{ RENAME_SYSTEM, "Event.System.", NULL },
	{ RENAME_DATA, "Event.EventData.", NULL },
	{ RENAME_USER, "Event.UserData.", NULL },
	{ RENAME_USER, "Event.ProcessingErrorData.", NULL },
	{ RENAME_PREFIX, "Event.RenderingInfo.", "RenderingInfo_" },
	{ RENAME_EXACT, NULL, NULL },
};

/* The same without its root: Velociraptor. */
static const Rename event_tree_bare[] = {
	{ RENAME_EXACT, "System.EventID.Value", "EventID" },
	{ RENAME_EXACT, "System.Correlation", NULL },
	{ RENAME_EXACT, "System.Execution", NULL },
	{ RENAME_EXACT, "System.Security", NULL },
	{ RENAME_SYSTEM, "System.", NULL },
	{ RENAME_DATA, "EventData.", NULL },
	{ RENAME_USER, "UserData.", NULL },
	{ RENAME_EXACT, NULL, NULL },
};

static const Rename wazuh[] = {
	{ RENAME_EXACT, "data.win.system.channel", "Channel" },
	{ RENAME_EXACT, "data.win.system.eventID", "EventID" },
	{ RENAME_EXACT, "data.win.system.providerName", "Provider_Name" },
	{ RENAME_EXACT, "data.win.system.providerGuid", "Provider_Guid" },
	{ RENAME_EXACT, "data.win.system.computer", "Computer" },
	{ RENAME_EXACT, "data.win.system.eventRecordID", "EventRecordID" },
	{ RENAME_EXACT, "data.win.system.systemTime", "TimeCreated_SystemTime" },
	{ RENAME_EXACT, "data.win.system.processID", "Execution_ProcessID" },
	{ RENAME_EXACT, "data.win.system.threadID", "Execution_ThreadID" },
	{ RENAME_EXACT, "data.win.system.level", "Level" },
	{ RENAME_EXACT, "data.win.system.task", "Task" },
	{ RENAME_EXACT, "data.win.system.opcode", "Opcode" },
	{ RENAME_EXACT, "data.win.system.keywords", "Keywords" },
	{ RENAME_EXACT, "data.win.system.version", "Version" },
	{ RENAME_EXACT, "data.win.system.message", "Message" },
	{ RENAME_DATA, "data.win.eventdata.", NULL },
	{ RENAME_EXACT, NULL, NULL },
};

/* One flat object: NXLog, OTRF's Security-Datasets, Fluent Bit, Log Analytics' SecurityEvent. */
static const Rename flat[] = {
	{ RENAME_EXACT, "SourceName", "Provider_Name" },
	{ RENAME_EXACT, "ProviderName", "Provider_Name" },
	{ RENAME_EXACT, "EventSourceName", "Provider_Name" },
	{ RENAME_EXACT, "ProviderGuid", "Provider_Guid" },
	{ RENAME_EXACT, "EventCode", "EventID" },
	{ RENAME_EXACT, "Hostname", "Computer" },
	{ RENAME_EXACT, "ComputerName", "Computer" },
	{ RENAME_EXACT, "RecordNumber", "EventRecordID" },
	{ RENAME_EXACT, "RecordID", "EventRecordID" },
	{ RENAME_EXACT, "TimeCreated", "TimeCreated_SystemTime" },
	{ RENAME_EXACT, "ExecutionProcessID", "Execution_ProcessID" },
	{ RENAME_EXACT, "ExecutionThreadID", "Execution_ThreadID" },
	{ RENAME_EXACT, "ActivityID", "Correlation_ActivityID" },
	{ RENAME_EXACT, "StringInserts", "Data" },
	{ RENAME_EXACT, NULL, NULL },
};

/* The same where the level, opcode and task are told as words and as numbers. */
static const Rename nxlog[] = {
	{ RENAME_EXACT, "SourceName", "Provider_Name" },
	{ RENAME_EXACT, "ProviderGuid", "Provider_Guid" },
	{ RENAME_EXACT, "Hostname", "Computer" },
	{ RENAME_EXACT, "RecordNumber", "EventRecordID" },
	{ RENAME_EXACT, "EventTime", "TimeCreated_SystemTime" },
	{ RENAME_EXACT, "ExecutionProcessID", "Execution_ProcessID" },
	{ RENAME_EXACT, "ExecutionThreadID", "Execution_ThreadID" },
	{ RENAME_EXACT, "ActivityID", "Correlation_ActivityID" },
	{ RENAME_EXACT, "OpcodeValue", "Opcode" },
	{ RENAME_EXACT, "Opcode", "RenderingInfo_Opcode" },
	{ RENAME_EXACT, "Category", "RenderingInfo_Task" },
	{ RENAME_EXACT, NULL, NULL },
};

/* Splunk's fields of WinEventLog sources. */
static const Rename splunk_windows[] = {
	{ RENAME_EXACT, "LogName", "Channel" },
	{ RENAME_EXACT, "EventCode", "EventID" },
	{ RENAME_EXACT, "SourceName", "Provider_Name" },
	{ RENAME_EXACT, "ComputerName", "Computer" },
	{ RENAME_EXACT, "RecordNumber", "EventRecordID" },
	{ RENAME_EXACT, NULL, NULL },
};

/* Get-WinEvent | ConvertTo-Json. */
static const Rename powershell[] = {
	{ RENAME_EXACT, "LogName", "Channel" },
	{ RENAME_EXACT, "Id", "EventID" },
	{ RENAME_EXACT, "ProviderName", "Provider_Name" },
	{ RENAME_EXACT, "ProviderId", "Provider_Guid" },
	{ RENAME_EXACT, "MachineName", "Computer" },
	{ RENAME_EXACT, "RecordId", "EventRecordID" },
	{ RENAME_EXACT, "TimeCreated", "TimeCreated_SystemTime" },
	{ RENAME_EXACT, "Qualifiers", "EventID_Qualifiers" },
	{ RENAME_EXACT, "ProcessId", "Execution_ProcessID" },
	{ RENAME_EXACT, "ThreadId", "Execution_ThreadID" },
	{ RENAME_EXACT, "UserId.Value", "Security_UserID" },
	{ RENAME_EXACT, "UserId", "Security_UserID" },
	{ RENAME_EXACT, "ActivityId", "Correlation_ActivityID" },
	{ RENAME_EXACT, "RelatedActivityId", "Correlation_RelatedActivityID" },
	{ RENAME_EXACT, "LevelDisplayName", "RenderingInfo_Level" },
	{ RENAME_EXACT, "OpcodeDisplayName", "RenderingInfo_Opcode" },
	{ RENAME_EXACT, "TaskDisplayName", "RenderingInfo_Task" },
	{ RENAME_EXACT, "KeywordsDisplayNames", "RenderingInfo_Keywords" },
	{ RENAME_EXACT, "Properties.Value", "Data" },
	{ RENAME_EXACT, NULL, NULL },
};

/* Log Analytics' table Event. */
static const Rename azure_event[] = {
	{ RENAME_EXACT, "EventLog", "Channel" },
	{ RENAME_EXACT, "Source", "Provider_Name" },
	{ RENAME_EXACT, NULL, NULL },
};

static const char *const windows_times[] = { "Event.System.TimeCreated.#attributes.SystemTime",
	"Event.System.TimeCreated_attributes.SystemTime", "System.TimeCreated.SystemTime",
	"data.win.system.systemTime", "TimeCreated", "EventTime", "@timestamp", "TimeGenerated",
	"UtcTime", "timestamp", "_time", "date", NULL };

/* ---- Zeek ---- */

static const Rename zeek[] = {
	{ RENAME_EXACT, "id_orig_h", "id.orig_h" },
	{ RENAME_EXACT, "id_orig_p", "id.orig_p" },
	{ RENAME_EXACT, "id_resp_h", "id.resp_h" },
	{ RENAME_EXACT, "id_resp_p", "id.resp_p" },
	{ RENAME_PREFIX, "certificate_", "certificate." },
	{ RENAME_EXACT, NULL, NULL },
};

static const char *const zeek_times[] = { "ts", "_write_ts", "@timestamp", NULL };

/* ---- times ---- */

static const char *const journald_times[] = { "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP",
	NULL };
static const char *const suricata_times[] = { "timestamp", "flow.start", "@timestamp", NULL };
static const char *const cloudtrail_times[] = { "eventTime", "EventTime", NULL };
static const char *const m365_times[] = { "CreationTime", "createdDateTime", "CreationDate",
	"TimeGenerated", NULL };
static const char *const azure_times[] = { "createdDateTime", "properties.createdDateTime",
	"activityDateTime", "properties.activityDateTime", "eventTimestamp", "time",
	"TimeGenerated", "CreatedDateTime", NULL };
static const char *const gcp_times[] = { "timestamp",
	"protoPayload.requestMetadata.requestAttributes.time", "receiveTimestamp", NULL };
static const char *const okta_times[] = { "published", NULL };
static const char *const github_times[] = { "@timestamp", "created_at", NULL };
static const char *const kubernetes_times[] = { "requestReceivedTimestamp", "stageTimestamp",
	"timestamp", NULL };
static const char *const workspace_times[] = { "id.time", NULL };
static const char *const onelogin_times[] = { "created_at", "event_timestamp", NULL };
static const char *const duo_times[] = { "isotimestamp", "timestamp", "ts", NULL };
static const char *const opencanary_times[] = { "utc_time", NULL };
static const char *const bitbucket_times[] = { "timestamp", "date", NULL };
static const char *const docker_times[] = { "time", NULL };
static const char *const other_times[] = { "@timestamp", "timestamp", "time", "ts", "eventTime",
	"TimeGenerated", "Timestamp", "TimeCreated", "createdDateTime", "activityDateTime",
	"CreationTime", "published", "requestReceivedTimestamp", "EventTime", "_time", "datetime",
	"event_time", "created_at", "createdAt", "isotimestamp", "date", "event.created", NULL };

/* ---- the dialects ---- */

static const Dialect dialects[] = {
	{ .name = "winlogbeat",
		.tells = { "winlog.channel", "winlog.event_id" },
		.is_windows = TRUE,
		.renames = winlogbeat,
		.times = windows_times },
	{ .name = "evtx_dump",
		.tells = { "Event.System.Channel" },
		.is_windows = TRUE,
		.renames = event_tree,
		.times = windows_times },
	{ .name = "evtx_dump",
		.tells = { "Event.System.Computer" },
		.is_windows = TRUE,
		.renames = event_tree,
		.times = windows_times },
	{ .name = "velociraptor",
		.tells = { "System.Channel", "System.Computer" },
		.is_windows = TRUE,
		.renames = event_tree_bare,
		.times = windows_times },
	{ .name = "wazuh",
		.tells = { "data.win.system.channel", "data.win.system.eventID" },
		.is_windows = TRUE,
		.renames = wazuh,
		.times = windows_times },
	{ .name = "winlogbeat 6",
		.tells = { "log_name", "event_id", "source_name" },
		.is_windows = TRUE,
		.renames = winlogbeat_old,
		.times = windows_times },
	{ .name = "nxlog",
		.tells = { "Channel", "EventID", "OpcodeValue" },
		.is_windows = TRUE,
		.renames = nxlog,
		.times = windows_times },
	{ .name = "flat",
		.tells = { "Channel", "EventID" },
		.is_windows = TRUE,
		.renames = flat,
		.times = windows_times },
	{ .name = "flat",
		.tells = { "Channel", "EventCode" },
		.is_windows = TRUE,
		.renames = flat,
		.times = windows_times },
	{ .name = "splunk",
		.tells = { "LogName", "EventCode" },
		.is_windows = TRUE,
		.renames = splunk_windows,
		.times = windows_times },
	{ .name = "powershell",
		.tells = { "LogName", "ProviderName", "Id" },
		.is_windows = TRUE,
		.renames = powershell,
		.times = windows_times },
	{ .name = "log-analytics",
		.tells = { "EventLog", "EventID", "Source" },
		.is_windows = TRUE,
		.renames = azure_event,
		.times = windows_times },
	/* Zeek says in _path which log it is, where its JSON writer is asked to stream. */
	{ .name = "zeek",
		.tells = { "_path", "ts" },
		.format = "zeek",
		.log_from = "_path",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "@stream", "ts" },
		.format = "zeek",
		.log_from = "@stream",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "conn_state" },
		.format = "zeek",
		.log = "conn",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "trans_id" },
		.format = "zeek",
		.log = "dns",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "request_body_len" },
		.format = "zeek",
		.log = "http",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "established" },
		.format = "zeek",
		.log = "ssl",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "fuid", "seen_bytes" },
		.format = "zeek",
		.log = "files",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "certificate.serial" },
		.format = "zeek",
		.log = "x509",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "endpoint" },
		.format = "zeek",
		.log = "dce_rpc",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "share_type" },
		.format = "zeek",
		.log = "smb_mapping",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "times.modified" },
		.format = "zeek",
		.log = "smb_files",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "request_type" },
		.format = "zeek",
		.log = "kerberos",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "cookie" },
		.format = "zeek",
		.log = "rdp",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "auth_attempts" },
		.format = "zeek",
		.log = "ssh",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "note", "suppress_for" },
		.format = "zeek",
		.log = "notice",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "zeek",
		.tells = { "ts", "uid", "id.orig_h" },
		.format = "zeek",
		.renames = zeek,
		.times = zeek_times },
	{ .name = "journald",
		.tells = { "__REALTIME_TIMESTAMP", "__CURSOR" },
		.format = "journald",
		.times = journald_times },
	{ .name = "suricata", .tells = { "event_type", "timestamp" }, .times = suricata_times },
	{ .name = "cloudtrail",
		.tells = { "eventSource", "eventName", "eventTime" },
		.times = cloudtrail_times },
	{ .name = "m365",
		.tells = { "Workload", "Operation" },
		.is_utc = TRUE,
		.times = m365_times },
	{ .name = "m365",
		.tells = { "auditLogRecordType", "operation" },
		.is_utc = TRUE,
		.times = m365_times },
	{ .name = "gcp", .tells = { "protoPayload.methodName", "logName" }, .times = gcp_times },
	{ .name = "azure",
		.tells = { "appDisplayName", "userPrincipalName" },
		.times = azure_times },
	{ .name = "azure",
		.tells = { "activityDateTime", "activityDisplayName" },
		.times = azure_times },
	{ .name = "azure", .tells = { "operationName", "category" }, .times = azure_times },
	{ .name = "azure",
		.tells = { "eventTimestamp", "operationName.value" },
		.times = azure_times },
	{ .name = "azure", .tells = { "TimeGenerated", "OperationName" }, .times = azure_times },
	{ .name = "okta", .tells = { "eventType", "published" }, .times = okta_times },
	{ .name = "kubernetes",
		.tells = { "auditID", "verb", "stage" },
		.times = kubernetes_times },
	{ .name = "workspace",
		.tells = { "id.time", "id.applicationName" },
		.times = workspace_times },
	{ .name = "github", .tells = { "action", "_document_id" }, .times = github_times },
	{ .name = "onelogin", .tells = { "event_type_id", "created_at" }, .times = onelogin_times },
	{ .name = "duo", .tells = { "isotimestamp" }, .times = duo_times },
	{ .name = "opencanary",
		.tells = { "logtype", "node_id" },
		.is_utc = TRUE,
		.times = opencanary_times },
	{ .name = "bitbucket", .tells = { "auditType.action" }, .times = bitbucket_times },
	{ .name = "docker", .tells = { "log", "stream", "time" }, .times = docker_times },
	{ .name = "other", .times = other_times },
};

/* ---- wrappers and envelopes ---- */

typedef struct KnownName {
	const char *text;
	guint use;
} KnownName;

/* At the top of an event. */
static const KnownName known_names[] = {
	{ "_source", USE_WRAPS },      /* Elasticsearch hits */
	{ "result", USE_WRAPS_AFTER }, /* Splunk export */
	{ "preview", USE_BESIDE }, { "offset", USE_BESIDE }, { "lastrow", USE_BESIDE },
	{ "_raw", USE_HOLDS | USE_HOLDS_TOP },			/* Splunk, of JSON sources */
	{ "AuditData", USE_HOLDS | USE_HOLDS_TOP | USE_WRAPS }, /* Microsoft 365 */
	{ "auditData", USE_HOLDS | USE_HOLDS_TOP | USE_WRAPS },
	{ "CloudTrailEvent",
		USE_HOLDS | USE_HOLDS_TOP | USE_WRAPS },	  /* aws cloudtrail lookup-events */
	{ "message", USE_HOLDS | USE_HOLDS_TOP },		  /* shippers, CloudWatch */
	{ "log", USE_HOLDS | USE_HOLDS_TOP },			  /* docker */
	{ "properties", USE_HOLDS }, { "Properties", USE_HOLDS }, /* Azure */
};

/* Compared with the first key of every object: sizes first. */
typedef struct KnownKey {
	const char *text;
	gsize size;
} KnownKey;

#define KEY(text)                                                                                  \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const KnownKey envelopes[] = { KEY("Records"), KEY("records"), KEY("value"), KEY("results"),
	KEY("hits"), KEY("Events"), KEY("logEvents"), KEY("items"), KEY("entries") };

static const KnownKey beside_events[] = { KEY("@odata.context"), KEY("@odata.count"),
	KEY("@odata.nextLink"), KEY("preview"), KEY("init_offset"), KEY("messages"), KEY("fields"),
	KEY("highlighted"), KEY("post_process_count"), KEY("took"), KEY("timed_out"),
	KEY("_shards"), KEY("_scroll_id"), KEY("total"), KEY("max_score"), KEY("kind"), KEY("etag"),
	KEY("nextPageToken"), KEY("apiVersion"), KEY("metadata"), KEY("count"), KEY("next"),
	KEY("nextLink"), KEY("NextToken"), KEY("messageType"), KEY("owner"), KEY("logGroup"),
	KEY("logStream"), KEY("subscriptionFilters") };

guint dialects_count(void)
{
	G_STATIC_ASSERT(G_N_ELEMENTS(dialects) <= DIALECT_MAX);
	return G_N_ELEMENTS(dialects);
}

const Dialect *dialects_get(guint number)
{
	return &dialects[number];
}

static gboolean is_one_of(Slice key, const char *const *texts, guint n)
{
	for (guint i = 0; i < n; i++) {
		if (slice_equal(key, slice_from_text(texts[i])))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_known_key(Slice key, const KnownKey *keys, guint n)
{
	for (guint i = 0; i < n; i++) {
		if (key.size == keys[i].size && key.data[0] == (guint8)keys[i].text[0] &&
			memcmp(key.data, keys[i].text, key.size) == 0)
			return TRUE;
	}
	return FALSE;
}

EnvelopeKey dialects_envelope_key(Slice key)
{
	if (key.size == 0)
		return ENVELOPE_OTHER;
	if (is_known_key(key, envelopes, G_N_ELEMENTS(envelopes)))
		return ENVELOPE_EVENTS;
	return is_known_key(key, beside_events, G_N_ELEMENTS(beside_events)) ? ENVELOPE_BESIDE
									     : ENVELOPE_OTHER;
}

/* ---- renaming ---- */

/* Replaces each @what of @text from @start on. */
static void replace(GString *text, gsize start, const char *what, const char *with)
{
	for (char *at; (at = strstr(text->str + start, what));) {
		gssize position = at - text->str;

		g_string_erase(text, position, (gssize)strlen(what));
		g_string_insert(text, position, with);
		start = (gsize)position + strlen(with);
	}
}

static void cut_suffix(GString *text, const char *suffix)
{
	if (g_str_has_suffix(text->str, suffix))
		g_string_truncate(text, text->len - strlen(suffix));
}

/* Elements and attributes as the reader of event logs names them. */
static void name_xml(GString *text)
{
	cut_suffix(text, ".#text");
	replace(text, 0, ".#attributes.", "_");
	replace(text, 0, "_attributes.", "_");
	replace(text, 0, " ", "");
}

/* The columns that say what an event is stay clean of an event's own data: docs/evidence-evtx.md.
 */
static void keep_clean(GString *text, const char *section)
{
	static const char *const clean[] = { "Channel", "Computer", "EventID", "EventRecordID",
		"Provider_Name", "TimeCreated_SystemTime" };

	if (is_one_of(slice_make(text->str, text->len), clean, G_N_ELEMENTS(clean)))
		g_string_prepend(text, section);
}

static gboolean rename_rest(const Rename *rename, const char *rest, GString *ret)
{
	switch (rename->kind) {
	case RENAME_PREFIX:
		g_string_assign(ret, rename->to);
		g_string_append(ret, rest);
		return TRUE;
	case RENAME_DATA:
		g_string_assign(ret, rest);
		name_xml(ret);
		keep_clean(ret, "EventData_");
		return TRUE;
	case RENAME_USER:
		g_string_assign(ret, rest);
		name_xml(ret);
		if (strrchr(ret->str, '.'))
			g_string_erase(ret, 0, strrchr(ret->str, '.') + 1 - ret->str);
		keep_clean(ret, "UserData_");
		return !g_str_has_suffix(ret->str, "_xmlns");
	case RENAME_SYSTEM:
		g_string_assign(ret, rest);
		name_xml(ret);
		replace(ret, 0, ".", "_");
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean dialect_rename(const Dialect *dialect, const char *name, GString *ret)
{
	for (const Rename *rename = dialect->renames; rename && rename->from; rename++) {
		if (rename->kind != RENAME_EXACT && g_str_has_prefix(name, rename->from))
			return rename_rest(rename, name + strlen(rename->from), ret);
		if (rename->kind == RENAME_EXACT && strcmp(name, rename->from) == 0) {
			g_string_assign(ret, rename->to ? rename->to : "");
			return rename->to != NULL;
		}
	}
	g_string_assign(ret, name);
	return TRUE;
}

/* ---- what is known of a name ---- */

static NameRole find_role(const Dialect *dialect, const char *text, GString *scratch)
{
	if (!dialect_rename(dialect, text, scratch))
		return ROLE_NONE;
	if (dialect->log_from && strcmp(scratch->str, dialect->log_from) == 0)
		return ROLE_LOG;
	if (!dialect->is_windows)
		return ROLE_NONE;
	if (strcmp(scratch->str, "Channel") == 0)
		return ROLE_CHANNEL;
	if (strcmp(scratch->str, "Provider_Name") == 0)
		return ROLE_PROVIDER;
	return strcmp(scratch->str, "EventID") == 0 ? ROLE_EVENT_ID : ROLE_NONE;
}

static void describe_in(guint number, const char *text, NameTraits *ret, GString *scratch)
{
	const Dialect *dialect = &dialects[number];

	for (guint i = 0; i < DIALECT_TELLS && dialect->tells[i]; i++) {
		guint bit = number * DIALECT_TELLS + i;

		if (strcmp(dialect->tells[i], text) != 0)
			continue;
		ret->tells[bit / 64] |= G_GUINT64_CONSTANT(1) << (bit % 64);
		ret->use |= USE_TELLS;
	}
	for (guint i = 0; i < DIALECT_MAX_TIME && dialect->times[i]; i++) {
		if (strcmp(dialect->times[i], text) == 0)
			ret->time[number] = (guint8)(i + 1);
	}
	ret->role[number] = (guint8)find_role(dialect, text, scratch);
	if (ret->role[number] || ret->time[number])
		ret->use |= USE_MATTERS;
}

void dialects_describe(const char *text, gboolean is_top, NameTraits *ret)
{
	g_autoptr(GString) scratch = g_string_new(NULL);

	*ret = (NameTraits){ 0 };
	for (guint i = 0; i < G_N_ELEMENTS(dialects); i++)
		describe_in(i, text, ret, scratch);
	for (guint i = 0; is_top && i < G_N_ELEMENTS(known_names); i++) {
		if (strcmp(known_names[i].text, text) == 0)
			ret->use |= (guint8)known_names[i].use;
	}
}

static gboolean is_recognised(guint number, const guint64 tells[DIALECT_WORDS])
{
	for (guint i = 0; i < DIALECT_TELLS && dialects[number].tells[i]; i++) {
		guint bit = number * DIALECT_TELLS + i;

		if (!(tells[bit / 64] >> (bit % 64) & 1))
			return FALSE;
	}
	return TRUE;
}

guint dialects_recognise(const guint64 tells[DIALECT_WORDS])
{
	guint number = 0;

	while (!is_recognised(number, tells)) /* the last one asks for nothing */
		number++;
	return number;
}

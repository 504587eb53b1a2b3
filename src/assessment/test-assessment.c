/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assessments of cases made by hand: builds and findings of servers, in the ways that evidence
 * makes it hard.
 */
#include "assessment/assessment.h"
#include "case/case-fixture.h"

#define FIRST_REQUEST  "62a65824-8b38-41a9-b4a3-d3dd9b831a62" /* entered, ProxyLogon */
#define SHELL_FILE     "546471cc-bcfe-4c3c-8163-419798563c5d" /* shell-written, - */
#define SHELL_POST     "1d959db1-a005-4d46-a109-c5fa28b0d9ab" /* shell-used, - */
#define PROBE	       "09978e20-bdf3-4a4e-b730-9a5bc6e88cc0" /* attempted, ProxyLogon */
#define PROXYSHELL     "fa9a19e1-baf0-4283-80e3-6513bf726006" /* entered, ProxyShell */
#define PAGE	       "e6e1712d-4ecc-4258-a524-a4eebfa17adb" /* a page, not verified */
#define ADMINISTRATION "a32ea41e-48e9-4903-b1c0-a5de35cf7f1a" /* after, hands-on-keyboard */
#define SHELL_STARTED  "76ba157e-aaf0-4c71-be37-44e0ca924f13" /* general, shell-used */

/* A case that is filled by hand. */
typedef struct Lab {
	Folder *folder;
	Case *c;
	guint n;
} Lab;

static Lab lab_open(Folder *folder)
{
	return (Lab){ folder, open_for_run(folder->file, SHA_R), 0 };
}

static Instant at(const char *time)
{
	Instant instant = INSTANT_NONE;

	if (time[0] != '\0')
		g_assert_true(instant_parse(slice_from_text(time), &instant));
	return instant;
}

/* 64 hex digits that belong to @path. */
static char *sha_of(const char *path)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, path, -1);
}

static void add_file(Lab *lab, const char *path)
{
	g_autofree char *sha256 = sha_of(path);
	const CaseEvidence evidence = { sha256, path, 100, 0 };
	EvidenceState state;
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_evidence(lab->c, &evidence, &state, &error));
	g_assert_no_error(error);
}

/* A log at @path whose events name @host. */
static void add_log(Lab *lab, const char *path, const char *host, const char *channel,
	const char *first, const char *last)
{
	g_autofree char *sha256 = sha_of(path);
	const CaseEvidenceResult result = { "csv", 100, 10, 0, at(first), at(last) };
	g_autoptr(GError) error = NULL;

	add_file(lab, path);
	for (guint i = 0; i < 2; i++) {
		const Tally tally = { TEXT(host), TEXT(channel),
			at(i ? last : first) / (3600 * INSTANT_SECOND) * (3600 * INSTANT_SECOND), 5,
			0 };

		g_assert_true(case_add_tally(lab->c, sha256, &tally, &error));
	}
	g_assert_true(case_evidence_done(lab->c, sha256, &result, &error));
	g_assert_no_error(error);
}

/* What @path says of @subject between @first and @last; without a time it is a file that says so.
 */
static void observe_by(Lab *lab, const char *rule_id, const char *path, const char *kind,
	const char *subject, const char *value, const char *first, const char *last)
{
	g_autofree char *sha256 = sha_of(path), *rule_sha256 = sha_of(rule_id);
	const char *locator = first[0] ? "line 1" : "file x";
	RuleInfo rule = make_rule(rule_sha256, LEVEL_INFORMATIONAL);
	const Observation observation = { kind, subject, value, 3, { at(first), locator },
		{ at(last), locator } };
	guint room = 1;
	gboolean is_left_out;
	g_autoptr(GError) error = NULL;

	rule.kind = RULE_OBSERVATION;
	rule.id = TEXT(rule_id);
	rule.title = TEXT("Builds");
	add_file(lab, path);
	g_assert_true(case_add_rule(lab->c, &rule, &error));
	g_assert_true(case_add_observation(lab->c, &rule, sha256, first[0] ? NULL : path,
		&observation, &room, &is_left_out, &error));
	g_assert_false(is_left_out);
	g_assert_no_error(error);
}

static void observe(Lab *lab, const char *path, const char *kind, const char *subject,
	const char *value, const char *first, const char *last)
{
	observe_by(lab, "r", path, kind, subject, value, first, last);
}

static void find_with(Lab *lab, const char *rule_id, const char *path, const char *host,
	const char *time, const char *locator, const char *event)
{
	g_autofree char *sha256 = sha_of(path), *rule_sha256 = sha_of(rule_id);
	RuleInfo rule = make_rule(rule_sha256, LEVEL_HIGH);
	const CaseFinding finding = { .rule = &rule,
		.level = LEVEL_HIGH,
		.evidence_sha256 = sha256,
		.locator = locator,
		.record = ++lab->n,
		.time = at(time),
		.host = host,
		.channel = "",
		.matched_json = "[]",
		.event_json = event };
	g_autoptr(GError) error = NULL;

	rule.id = TEXT(rule_id);
	rule.title = g_strconcat("Rule ", rule_id, NULL);
	add_file(lab, path);
	g_assert_true(case_add_rule(lab->c, &rule, &error));
	g_assert_true(case_add_finding(lab->c, &finding, &error));
	g_assert_no_error(error);
	g_free(rule.title);
}

static void find(
	Lab *lab, const char *rule_id, const char *path, const char *host, const char *time)
{
	g_autofree char *locator = g_strdup_printf("line %u", lab->n);

	find_with(lab, rule_id, path, host, time, locator, "{\"c-ip\":\"203.0.113.7\"}");
}

static Assessment *assess(Lab *lab)
{
	g_autofree char *tables =
		g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), "content/tables", NULL);
	g_autoptr(GError) error = NULL;
	Assessment *assessment;

	end_run(lab->c, "complete");
	assessment = assessment_new(lab->c, tables, &error);
	g_assert_no_error(error);
	case_close(lab->c);
	return assessment;
}

static const AssessedServer *find_server(const Assessment *assessment, const char *name)
{
	for (guint i = 0; i < assessment->servers->len; i++) {
		const AssessedServer *server = assessment->servers->pdata[i];

		if (strcmp(server->name, name) == 0)
			return server;
	}
	g_error("there is no server %s", name);
}

static const Exposure *exposure_of(const AssessedServer *server, const char *flaw)
{
	for (guint i = 0; i < server->exposures->len; i++) {
		const Exposure *exposure = server->exposures->pdata[i];

		if (strcmp(exposure->flaw, flaw) == 0)
			return exposure;
	}
	g_error("there is no flaw %s", flaw);
}

static void append_instant(GString *ret, Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant, text);
	g_string_append_printf(ret, "%.16s", instant == INSTANT_NONE ? "-" : text);
}

/* "closed: from to (at least ...) in/out/undecided" */
static void assert_exposure(const AssessedServer *server, const char *flaw, const char *expected)
{
	const Exposure *exposure = exposure_of(server, flaw);
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%s: ", exposure_state_name(exposure->state));
	append_instant(text, exposure->from);
	g_string_append(text, " to ");
	append_instant(text, exposure->to);
	g_string_append(text, " at least ");
	append_instant(text, exposure->at_least);
	g_string_append_printf(text,
		", %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
		exposure->n_inside, exposure->n_outside, exposure->n_undecided);
	if (strcmp(text->str, expected) != 0)
		g_error("%s, not %s (%s)", text->str, expected, exposure->words);
}

/* "attempted 1 (1 patched) entered 2" */
static void assert_stages(const AssessedServer *server, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < server->stages->len; i++) {
		const StageFacts *facts = server->stages->pdata[i];

		g_string_append_printf(text, "%s%s %" G_GUINT64_FORMAT, i ? " " : "",
			facts->stage->slug, facts->n);
		if (facts->n_patched)
			g_string_append_printf(
				text, " (%" G_GUINT64_FORMAT " patched)", facts->n_patched);
	}
	g_assert_cmpstr(text->str, ==, expected);
}

#define HTTPPROXY(name) "EX01/Logging/HttpProxy/Owa/HttpProxy_" name ".LOG"

/* A server that was entered while exposed, patched, and tried again. */
static void test_chain(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const AssessedServer *server;
	const StageFacts *facts;

	add_log(&lab, HTTPPROXY("a"), "EX01", "", "2021-02-20T00:00:00Z", "2021-03-20T00:00:00Z");
	observe(&lab, HTTPPROXY("a"), "exchange-build", "EX01", "15.01.2176.002",
		"2021-02-20T00:00:00Z", "2021-03-09T11:00:00Z");
	observe(&lab, HTTPPROXY("a"), "exchange-build", "EX01", "15.01.2176.009",
		"2021-03-09T14:00:00Z", "2021-03-20T00:00:00Z");
	find(&lab, PROBE, HTTPPROXY("a"), "EX01", "2021-02-27T00:00:00Z");
	find(&lab, FIRST_REQUEST, HTTPPROXY("a"), "EX01", "2021-03-03T04:00:00Z");
	find(&lab, SHELL_POST, HTTPPROXY("a"), "EX01", "2021-03-03T05:00:00Z");
	find(&lab, FIRST_REQUEST, HTTPPROXY("a"), "EX01", "2021-03-09T12:00:00Z");
	find(&lab, FIRST_REQUEST, HTTPPROXY("a"), "EX01", "2021-03-15T00:00:00Z");
	find_with(&lab, SHELL_FILE, "EX01/inetpub/wwwroot/aspnet_client/x.aspx", "",
		"2021-03-03T04:00:01Z", "file x.aspx", "{\"FileName\":\"x.aspx\"}");
	find(&lab, ADMINISTRATION, "EX01/Security.evtx", "EX01.corp.example",
		"2021-03-03T06:00:00Z");
	find(&lab, ADMINISTRATION, "EX01/Security.evtx", "EX01.corp.example",
		"2021-02-01T00:00:00Z");
	assessment = assess(&lab);
	g_assert_cmpuint(assessment->servers->len, ==, 1);
	server = find_server(assessment, "EX01");
	g_assert_true(server->is_exchange);
	assert_exposure(server, "ProxyLogon",
		"closed: 2021-01-01T00:00 to 2021-03-09T14:00 at least 2021-03-09T11:00, 2/1/1");
	/* Its evidence ends before that one was used. */
	assert_exposure(server, "ProxyShell", "exposed: - to - at least -, 0/0/0");
	assert_stages(server,
		"attempted 2 (1 patched) entered 2 shell-written 1 shell-used 1 hands-on-keyboard "
		"1");
	facts = server->stages->pdata[1];
	g_assert_cmpuint(facts->addresses->len, ==, 1);
	g_assert_cmpstr(facts->addresses->pdata[0], ==, "203.0.113.7");
	g_assert_cmpint(facts->first, ==, at("2021-03-03T04:00:00Z"));
	g_assert_cmpint(facts->last, ==, at("2021-03-09T12:00:00Z"));
	g_assert_cmpuint(server->builds->len, ==, 2);
	g_assert_cmpstr(((BuildSpan *)server->builds->pdata[0])->name, ==, "Exchange 2016 CU19");
	g_assert_cmpstr(assessment_reached(assessment)->stage->slug, ==, "hands-on-keyboard");
	g_assert_cmpstr(exposure_of(server, "ProxyLogon")->words, ==,
		"Build 15.1.2176.2 (Exchange 2016 CU19), last seen 2021-03-09 11:00 UTC, has the "
		"flaw; Build 15.1.2176.9 (Exchange 2016 CU19 Mar21SU), first seen 2021-03-09 14:00 "
		"UTC, closes it.");
}

/* Three parts and versions of the directory never make a server patched. */
static void test_three_parts(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;

	observe(&lab, "a.log", "exchange-build", "A", "15.01.2176.000", "2021-03-10T00:00:00Z",
		"2021-03-20T00:00:00Z");
	observe(&lab, "b.log", "exchange-build", "B", "15.1.2242", "2021-03-20T00:00:00Z",
		"2021-03-20T00:00:00Z");
	observe(&lab, "c.log", "exchange-build", "C", "Version 15.1 (Build 2176.2)",
		"2021-06-20T00:00:00Z", "2021-06-20T00:00:00Z");
	observe(&lab, "d.log", "exchange-build", "D", "Version 14.3 (Build 123.4)",
		"2021-06-20T00:00:00Z", "2021-06-20T00:00:00Z");
	find(&lab, FIRST_REQUEST, "a.log", "A", "2021-03-15T00:00:00Z");
	find(&lab, FIRST_REQUEST, "a.log", "A", "2021-02-15T00:00:00Z");
	find(&lab, FIRST_REQUEST, "a.log", "A", "");
	find(&lab, FIRST_REQUEST, "d.log", "D", "2021-03-15T00:00:00Z");
	assessment = assess(&lab);
	g_assert_cmpuint(assessment->servers->len, ==, 4);
	assert_exposure(
		find_server(assessment, "A"), "ProxyLogon", "unknown: - to - at least -, 1/0/2");
	assert_stages(find_server(assessment, "A"), "entered 3");
	assert_exposure(
		find_server(assessment, "B"), "ProxyLogon", "closed: - to - at least -, 0/0/0");
	assert_exposure(
		find_server(assessment, "B"), "ProxyShell", "unknown: - to - at least -, 0/0/0");
	assert_exposure(
		find_server(assessment, "C"), "ProxyLogon", "unknown: - to - at least -, 0/0/0");
	assert_exposure(find_server(assessment, "D"), "ProxyLogon",
		"not applicable: - to - at least -, 0/1/0");
	assert_stages(find_server(assessment, "D"), "attempted 1 (1 patched)");
}

/* Times of files decide only where there is nothing else. */
static void test_weak(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const Exposure *exposure;

	observe(&lab, "A/bin/ExSetup.exe", "exchange-build", "A", "15.01.2176.009", "", "");
	observe(&lab, "A/owa/auth/15.1.2176/x", "exchange-build", "A", "15.1.2176", "", "");
	observe(&lab, "B/bin/ExSetup.exe", "exchange-build", "B", "15.01.2176.009", "", "");
	observe(&lab, "B/HttpProxy_1.log", "exchange-build", "B", "15.01.2176.002",
		"2021-02-01T00:00:00Z", "2021-03-05T00:00:00Z");
	/* Folders stay: the newest counts. */
	observe(&lab, "C/ecp/15.1.2106.2/x", "exchange-build", "C", "15.1.2106.2", "", "");
	observe(&lab, "C/ecp/15.1.2176.4/x", "exchange-build", "C", "15.1.2176.4", "", "");
	observe(&lab, "C/ecp/15.1.1531.3/x", "exchange-build", "C", "15.1.1531.3", "", "");
	/* A folder of a newer update without its revision: not known. */
	observe(&lab, "D/ecp/15.1.2106.2/x", "exchange-build", "D", "15.1.2106.2", "", "");
	observe(&lab, "D/owa/auth/15.1.2176/x", "exchange-build", "D", "15.1.2176", "", "");
	/* Its time is before it was released: a wrong clock. */
	observe(&lab, "E/HttpProxy_1.log", "exchange-build", "E", "15.1.2242.4",
		"2021-01-10T00:00:00Z", "2021-01-11T00:00:00Z");
	assessment = assess(&lab);
	assert_exposure(
		find_server(assessment, "A"), "ProxyLogon", "closed: - to - at least -, 0/0/0");
	assert_exposure(find_server(assessment, "B"), "ProxyLogon",
		"exposed: 2021-01-01T00:00 to - at least 2021-03-05T00:00, 0/0/0");
	exposure = exposure_of(find_server(assessment, "B"), "ProxyLogon");
	g_assert_nonnull(strstr(exposure->words, "But: Build 15.1.2176.9"));
	assert_exposure(find_server(assessment, "C"), "ProxyLogon",
		"exposed: 2021-01-01T00:00 to - at least 2021-03-02T00:00, 0/0/0");
	assert_exposure(
		find_server(assessment, "D"), "ProxyLogon", "unknown: - to - at least -, 0/0/0");
	assert_exposure(
		find_server(assessment, "E"), "ProxyLogon", "closed: - to - at least -, 0/0/0");
	exposure = exposure_of(find_server(assessment, "E"), "ProxyLogon");
	g_assert_nonnull(strstr(exposure->words, "before it was released"));
}

/* A snapshot that is put back, a setup that brings the flaw back, and an update that closes it. */
static void test_order(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const Exposure *exposure;

	observe(&lab, "A/1.log", "exchange-build", "A", "15.1.2176.9", "2021-03-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "A/2.log", "exchange-build", "A", "15.1.2176.2", "2021-03-08T00:00:00Z",
		"2021-03-09T00:00:00Z");
	observe(&lab, "A/3.log", "exchange-build", "A", "15.1.2176.9", "2021-03-12T00:00:00Z",
		"2021-03-30T00:00:00Z");
	observe(&lab, "B/1.log", "exchange-build", "B", "15.1.2106.2", "2021-01-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "B/Setup.evtx", "exchange-update", "B", "KB5000871", "2021-03-06T00:00:00Z",
		"2021-03-06T00:00:00Z");
	observe(&lab, "C/1.log", "exchange-build", "C", "15.1.2106.13", "2021-03-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "C/ExchangeSetup.log", "exchange-build", "C", "15.1.2176.2",
		"2021-03-10T00:00:00Z", "2021-03-10T00:00:00Z");
	find(&lab, FIRST_REQUEST, "A/1.log", "A", "2021-03-04T12:00:00Z"); /* closed */
	find(&lab, FIRST_REQUEST, "A/1.log", "A", "2021-03-06T00:00:00Z"); /* who knows */
	find(&lab, FIRST_REQUEST, "A/2.log", "A", "2021-03-08T12:00:00Z"); /* exposed */
	find(&lab, FIRST_REQUEST, "A/3.log", "A", "2021-03-20T00:00:00Z"); /* closed */
	assessment = assess(&lab);
	assert_exposure(find_server(assessment, "A"), "ProxyLogon",
		"closed: 2021-03-08T00:00 to 2021-03-12T00:00 at least 2021-03-09T00:00, 1/2/1");
	exposure = exposure_of(find_server(assessment, "A"), "ProxyLogon");
	g_assert_nonnull(strstr(exposure->words, "older build was seen after a newer one"));
	assert_exposure(find_server(assessment, "B"), "ProxyLogon",
		"closed: 2021-01-01T00:00 to 2021-03-06T00:00 at least 2021-03-05T00:00, 0/0/0");
	assert_exposure(find_server(assessment, "B"), "ProxyShell",
		"exposed: 2021-08-05T00:00 to - at least -, 0/0/0");
	assert_exposure(find_server(assessment, "C"), "ProxyLogon",
		"exposed: 2021-03-10T00:00 to - at least 2021-03-10T00:00, 0/0/0");
}

/* Browsers ask for folders of former builds: that makes no server exposed again. */
static void test_addresses(Folder *folder, gconstpointer unused)
{
	const char *address = "bfa3be61-a106-455d-91f1-aad35ff0aedc"; /* in exchange-proofs.tsv */
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;

	observe(&lab, "A/1.log", "exchange-build", "A", "15.1.2176.2", "2021-02-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "A/2.log", "exchange-build", "A", "15.1.2176.9", "2021-03-05T01:00:00Z",
		"2021-03-06T00:00:00Z");
	observe_by(&lab, address, "A/u_ex.log", "exchange-build", "A", "15.1.2176.2",
		"2021-02-04T00:00:00Z", "2021-03-30T00:00:00Z");
	observe_by(&lab, address, "B/u_ex.log", "exchange-build", "B", "15.1.2176.2",
		"2021-02-04T00:00:00Z", "2021-03-10T00:00:00Z");
	observe_by(&lab, address, "C/u_ex.log", "exchange-build", "C", "15.1.2176.9",
		"2021-03-04T00:00:00Z", "2021-03-10T00:00:00Z");
	assessment = assess(&lab);
	assert_exposure(find_server(assessment, "A"), "ProxyLogon",
		"closed: 2021-01-01T00:00 to 2021-03-05T01:00 at least 2021-03-05T00:00, 0/0/0");
	assert_exposure(
		find_server(assessment, "B"), "ProxyLogon", "unknown: - to - at least -, 0/0/0");
	assert_exposure(
		find_server(assessment, "C"), "ProxyLogon", "closed: - to - at least -, 0/0/0");
}

/* Evidence that begins late still bounds it: before the first fix came out nothing closed it. */
static void test_late(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;

	observe(&lab, "A/1.log", "exchange-build", "A", "15.1.2242.10", "2021-06-04T00:00:00Z",
		"2021-06-05T00:00:00Z");
	observe(&lab, "B/1.log", "exchange-build", "B", "15.1.2242.10", "2021-06-04T00:00:00Z",
		"2021-06-05T00:00:00Z");
	add_log(&lab, "B/u_ex210104.log", "B", "W3SVC1", "2021-01-04T00:00:00Z",
		"2021-01-04T10:00:00Z");
	/* A build without a time says nothing of August, when ProxyShell was used. */
	observe(&lab, "C/bin/ExSetup.exe", "exchange-build", "C", "15.1.2375.7", "", "");
	add_log(&lab, "C/u_ex210104.log", "C", "W3SVC1", "2021-01-04T00:00:00Z",
		"2021-12-04T10:00:00Z");
	find(&lab, FIRST_REQUEST, "B/u_ex210104.log", "B", "2021-01-04T03:00:00Z");
	find(&lab, FIRST_REQUEST, "B/u_ex210104.log", "B", "2021-04-04T03:00:00Z");
	find(&lab, PROXYSHELL, "B/1.log", "B", "2021-08-20T00:00:00Z");
	assessment = assess(&lab);
	assert_exposure(
		find_server(assessment, "A"), "ProxyLogon", "closed: - to - at least -, 0/0/0");
	assert_exposure(find_server(assessment, "B"), "ProxyLogon",
		"closed: 2021-01-01T00:00 to 2021-06-04T00:00 at least 2021-03-02T00:00, 1/0/1");
	assert_exposure(
		find_server(assessment, "B"), "ProxyShell", "closed: - to - at least -, 0/1/0");
	assert_exposure(find_server(assessment, "C"), "ProxyLogon",
		"closed: 2021-01-01T00:00 to - at least 2021-03-02T00:00, 0/0/0");
	assert_exposure(
		find_server(assessment, "C"), "ProxyShell", "closed: - to - at least -, 0/0/0");
	assert_stages(find_server(assessment, "B"), "attempted 1 (1 patched) entered 2");
}

/* Which server evidence belongs to. */
static void test_attribution(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const AssessedServer *none;

	add_log(&lab, "c/EX01/HttpProxy_1.log", "EX01", "", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	add_log(&lab, "c/EX01/Security.evtx", "ex01.corp.example", "Security",
		"2021-03-01T00:00:00Z", "2021-03-02T00:00:00Z");
	add_log(&lab, "c/EX01/logs/u_ex210301.log", "10.0.0.5", "W3SVC1", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	add_log(&lab, "c/EX02.zip/HttpProxy_1.log", "EX02", "", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	add_log(&lab, "c/EX02.zip/DC.evtx", "DC01.corp.example", "Security", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	/* A list of all servers says nothing about its folder. */
	add_log(&lab, "c/EX01/servers.csv", "EX03", "", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	{
		g_autofree char *sha256 = sha_of("c/EX01/servers.csv");
		const Tally tally = { "EX04", "", at("2021-03-01T00:00:00Z"), 1, 0 };

		g_assert_true(case_add_tally(lab.c, sha256, &tally, NULL));
	}
	find(&lab, SHELL_POST, "c/EX01/logs/u_ex210301.log", "10.0.0.5", "2021-03-01T01:00:00Z");
	find(&lab, SHELL_FILE, "c/EX01/web/aspnet_client/x.aspx", "", "2021-03-01T02:00:00Z");
	find(&lab, SHELL_FILE, "c/EX02.zip/web/aspnet_client/y.aspx", "", "2021-03-01T02:00:00Z");
	find(&lab, SHELL_FILE, "c/z.aspx", "", "2021-03-01T02:00:00Z");
	find(&lab, SHELL_STARTED, "c/EX02.zip/DC.evtx", "DC01.corp.example",
		"2021-03-01T02:00:00Z");
	assessment = assess(&lab);
	assert_stages(find_server(assessment, "EX01"), "shell-written 1 shell-used 1");
	assert_stages(find_server(assessment, "EX02"), "shell-written 1");
	none = find_server(assessment, "");
	assert_stages(none, "shell-written 1");
	g_assert_false(none->is_exchange);
	g_assert_cmpuint(assessment->servers->len, ==, 3); /* not DC01 */
}

/* Two servers with the same first label. */
static void test_same_label(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;

	add_log(&lab, "a/MSExchange Management.evtx", "ex01.a.example", "MSExchange Management",
		"2021-03-01T00:00:00Z", "2021-03-02T00:00:00Z");
	add_log(&lab, "b/MSExchange Management.evtx", "ex01.b.example", "MSExchange Management",
		"2021-03-01T00:00:00Z", "2021-03-02T00:00:00Z");
	observe(&lab, "a/HttpProxy_1.log", "exchange-build", "EX01", "15.1.2176.2",
		"2021-02-04T00:00:00Z", "2021-03-05T00:00:00Z");
	observe(&lab, "b/HttpProxy_1.log", "exchange-build", "EX01", "15.1.2176.9",
		"2021-03-04T00:00:00Z", "2021-03-05T00:00:00Z");
	find(&lab, FIRST_REQUEST, "b/HttpProxy_1.log", "EX01", "2021-03-05T00:00:00Z");
	assessment = assess(&lab);
	g_assert_cmpuint(assessment->servers->len, ==, 2);
	assert_stages(find_server(assessment, "ex01.a.example"), "");
	assert_stages(find_server(assessment, "ex01.b.example"), "attempted 1 (1 patched)");
}

/* A page under the vendor's name counts where the pages of the server's builds are known. */
static void test_pages(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const UnverifiedPage *page;

	observe(&lab, "A/1.log", "exchange-build", "A", "15.1.2176.2", "2021-02-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "B/1.log", "exchange-build", "B", "15.1.2176.2", "2021-02-04T00:00:00Z",
		"2021-03-05T00:00:00Z");
	observe(&lab, "B/2.log", "exchange-build", "B", "15.1.2308.8", "2021-07-04T00:00:00Z",
		"2021-07-05T00:00:00Z");
	add_log(&lab, "A/HttpProxy_1.log", "A", "", "2021-02-04T00:00:00Z", "2021-03-05T00:00:00Z");
	add_log(&lab, "B/HttpProxy_1.log", "B", "", "2021-02-04T00:00:00Z", "2021-03-05T00:00:00Z");
	find_with(&lab, PAGE, "A/owa/auth/logon.aspx", "", "", "file logon.aspx", "{}");
	find_with(&lab, PAGE, "B/owa/auth/logon.aspx", "", "", "file logon.aspx", "{}");
	find_with(&lab, PAGE, "logon.aspx", "", "", "file logon.aspx", "{}");
	assessment = assess(&lab);
	assert_stages(find_server(assessment, "A"), "shell-written 1");
	page = find_server(assessment, "A")->pages->pdata[0];
	g_assert_true(page->counts);
	g_assert_cmpstr(page->path, ==, "A/owa/auth/logon.aspx");
	assert_stages(find_server(assessment, "B"), "");
	page = find_server(assessment, "B")->pages->pdata[0];
	g_assert_false(page->counts);
	g_assert_nonnull(strstr(page->words, "15.1.2308.8"));
	assert_stages(find_server(assessment, ""), "");
}

/* What is there, from when to when, and what is missing. */
static void test_logs(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;
	const AssessedServer *server;
	guint n_missing = 0;

	add_log(&lab, HTTPPROXY("1"), "EX01", "csv", "2021-03-01T00:10:00Z",
		"2021-03-02T00:20:00Z");
	add_log(&lab, HTTPPROXY("2"), "EX01", "csv", "2021-03-03T00:10:00Z",
		"2021-03-04T00:20:00Z");
	assessment = assess(&lab);
	server = find_server(assessment, "EX01");
	for (guint i = 0; i < server->logs->len; i++) {
		const LogWindow *log = server->logs->pdata[i];

		n_missing += log->missing;
		g_assert_cmpstr(log->text, !=, "");
		if (strcmp(log->log, "HttpProxy") != 0)
			continue;
		g_assert_false(log->missing);
		g_assert_cmpuint(log->n_files, ==, 2);
		g_assert_cmpuint(log->n_events, ==, 20);
	}
	g_assert_cmpuint(n_missing, >, 8);
}

/* A case without anything of Exchange, and one without anything. */
static void test_nothing(Folder *folder, gconstpointer unused)
{
	Lab lab = lab_open(folder);
	g_autoptr(Assessment) assessment = NULL;

	add_log(&lab, "Security.evtx", "WS01", "Security", "2021-03-01T00:00:00Z",
		"2021-03-02T00:00:00Z");
	find(&lab, ADMINISTRATION, "Security.evtx", "WS01", "2021-03-01T00:00:00Z");
	find(&lab, SHELL_STARTED, "Security.evtx", "WS01", "2021-03-01T00:00:00Z");
	assessment = assess(&lab);
	g_assert_cmpuint(assessment->servers->len, ==, 0);
	g_assert_null(assessment_reached(assessment));
}

/* A table that is malformed is named with its line. */
static void test_bad_table(Folder *folder, gconstpointer unused)
{
	Case *c = open_for_run(folder->file, SHA_R);
	g_autofree char *path = g_build_filename(folder->path, "exchange-flaws.tsv", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, "# head\nProxyLogon\tCVE-1\n", -1, NULL));
	g_assert_null(assessment_new(c, folder->path, &error));
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "exchange-flaws.tsv:2:"));
	case_close(c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_test("/assessment/chain", test_chain);
	add_test("/assessment/three-parts", test_three_parts);
	add_test("/assessment/weak", test_weak);
	add_test("/assessment/order", test_order);
	add_test("/assessment/addresses", test_addresses);
	add_test("/assessment/late", test_late);
	add_test("/assessment/attribution", test_attribution);
	add_test("/assessment/same-label", test_same_label);
	add_test("/assessment/pages", test_pages);
	add_test("/assessment/logs", test_logs);
	add_test("/assessment/nothing", test_nothing);
	add_test("/assessment/bad-table", test_bad_table);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case store: that what is written is read, that a scan can go on with it, and that nothing
 * depends on the order of writing. Accidents are in test-accidents.c.
 */
#include "case/case-fixture.h"
#include "case/entity-fields.h"
#include "case/hits.h"

/* printf 'spoor-finding-1\n%s\n%s\n%s\n' 111… aaa… 'record 4711 at 0x1a2b00' | sha256sum */
static void test_finding_id(void)
{
	char id[CASE_FINDING_ID_BYTES];

	case_finding_id(SHA_R, SHA_A, "record 4711 at 0x1a2b00", id);
	g_assert_cmpstr(id, ==, "56373365a99d4f98311247c8320ae862");
}

static void test_round_trip(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");
	const Gap gap = { GAP_DAMAGED, 4096, 24, 1, "it's \"damaged\"; DROP TABLE finding" };
	g_autoptr(GError) error = NULL;

	add_rule(c);
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_NEW);
	add_finding(c, SHA_A, 7);
	add_finding(c, SHA_A, 7); /* once more: changes nothing */
	g_assert_true(case_add_gap(c, SHA_A, NULL, &gap, &error));
	g_assert_true(case_add_gap(c, NULL, "gone.evtx", &gap, &error));
	add_tally(c, SHA_A, 10, 5);
	add_tally(c, SHA_A, 10, 6);
	g_assert_true(case_add_applicable(c, SHA_R, &error));
	finish_evidence(c, SHA_A);
	end_run(c, "complete");
	case_close(g_steal_pointer(&c));

	c = case_open(f->file, CASE_READ, &error);
	g_assert_no_error(error);
	assert_answer(c,
		"SELECT time, host, level, title, rule_id, path, locator, record, offset, "
		"recovered "
		"FROM v_finding",
		"2021-03-02T10:07:00.0000000Z|WS01|high|A title|id-1|a.evtx|record 7 at 0x7000|7|"
		"28672|0\n");
	assert_answer(c,
		"SELECT path, kind, loss, offset, size, records, note FROM v_gap ORDER BY 1",
		"a.evtx|damaged|1|4096|24|1|it's \"damaged\"; DROP TABLE finding\n"
		"gone.evtx|damaged|1|4096|24|1|it's \"damaged\"; DROP TABLE finding\n");
	assert_answer(
		c, "SELECT * FROM v_hour", "2021-03-02T10:00:00.0000000Z|WS01|Security|11|0\n");
	assert_answer(c, "SELECT path, state, reader, in_use, losses, findings FROM v_coverage",
		"a.evtx|done|evtx|10|1|1\n");
	assert_answer(c, "SELECT status, findings, hosts FROM v_rule_summary", "fired|1|1\n");
	assert_answer(c, "SELECT host, events, findings, high FROM v_host", "WS01|11|1|1\n");
	assert_answer(c, "SELECT source FROM rule", "title: A title\n\n");
	assert_answer(c, "SELECT outcome, sealed, workers FROM run", "complete|1|2\n");
	assert_answer(c, "PRAGMA integrity_check", "ok\n");
}

static void test_entities(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");
	RuleInfo rule = make_rule(SHA_R, LEVEL_HIGH);
	CaseFinding finding = { .rule = &rule,
		.evidence_sha256 = SHA_A,
		.locator = "1",
		.time = INSTANT_NONE,
		.host = "WS01",
		.channel = "",
		.matched_json = "[]" };
	g_autoptr(GError) error = NULL;

	finding.event_json =
		"{\"Computer\":\"WS01.Corp.Example\",\"TargetUserName\":\"bob\","
		"\"TargetDomainName\":\"CORP\",\"SubjectUserName\":\"-\",\"User\":"
		"\"CORP\\\\alice\","
		"\"Image\":\"C:\\\\a.exe\",\"TargetFilename\":\"\",\"EventID\":4624,"
		"\"Hashes\":\"MD5=0123456789ABCDEF0123456789abcdef,"
		"IMPHASH=00000000000000000000000000000000\",\"IpAddress\":\"::ffff:192.0.2.7\","
		"\"SourceIp\":\"2001:DB8::0001\",\"DestinationIp\":\"not an address\","
		"\"ClientAddress\":\"192.0.2.8:445\",\"DestAddress\":\"0.0.0.0\","
		"\"QueryName\":\"Evil.Example.\",\"DestinationHostname\":\"198.51.100.3\","
		"\"cs-host\":\"port.example:8443\",\"UrlHost\":\"a:b.example:1\",\"c-ip\":\"-\"}";
	g_assert_true(case_add_finding(c, &finding, &error));
	finding.locator = "2";
	finding.event_json = "{ no JSON";
	g_assert_true(case_add_finding(c, &finding, &error));
	g_assert_no_error(error);
	assert_answer(c, "SELECT kind, value, field FROM entity ORDER BY kind, value, field",
		"account|CORP\\alice|User\naccount|CORP\\bob|TargetUserName\n"
		"address|192.0.2.7|IpAddress\naddress|192.0.2.8|ClientAddress\n"
		"address|198.51.100.3|DestinationHostname\naddress|2001:db8::1|SourceIp\n"
		"domain|evil.example|QueryName\ndomain|port.example|cs-host\n"
		"hash|0123456789abcdef0123456789abcdef|Hashes.MD5\n"
		"host|ws01|\nhost|ws01.corp.example|Computer\nprocess|C:\\a.exe|Image\n");
}

static void test_entity_order(void)
{
	for (guint i = 1; i < entity_fields_n; i++)
		g_assert_cmpint(strcmp(entity_fields[i - 1].name, entity_fields[i].name), <, 0);
	for (guint i = 0; i < entity_fields_n; i++)
		g_assert_cmpint(entity_field_find(entity_fields[i].name), ==, (int)i);
	g_assert_cmpint(entity_field_find("NoSuchField"), ==, -1);
}

static void test_resume(Folder *f, gconstpointer unused)
{
	Case *c = open_for_run(f->file, "rules-1");

	add_rule(c);
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_NEW);
	g_assert_cmpint(add_evidence(c, SHA_B, "b.evtx"), ==, EVIDENCE_NEW);
	/* Another path of bytes that are being judged: not to be judged twice. */
	g_assert_cmpint(add_evidence(c, SHA_B, "copy-of-b.evtx"), ==, EVIDENCE_DONE);
	add_finding(c, SHA_A, 1);
	finish_evidence(c, SHA_A);
	add_finding(c, SHA_B, 1); /* half done: */
	add_tally(c, SHA_B, 3, 1);
	case_close(c);

	c = open_for_run(f->file, "rules-1");
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_DONE);
	g_assert_cmpint(add_evidence(c, SHA_B, "b.evtx"), ==, EVIDENCE_NEW);
	assert_answer(c, "SELECT evidence_sha256 FROM finding", SHA_A "\n");
	assert_answer(c, "SELECT count(*) FROM tally", "0\n");
	assert_answer(c, "SELECT count(DISTINCT finding_id) FROM entity", "1\n");
	assert_answer(c, "SELECT outcome FROM run", "interrupted\ninterrupted\n");
	case_close(c);

	/* Other rules: another judgement, everything anew. */
	c = open_for_run(f->file, "rules-2");
	assert_answer(c, "SELECT count(*) FROM finding", "0\n");
	assert_answer(c, "SELECT count(*) FROM evidence", "0\n");
	assert_answer(c, "SELECT count(*) FROM entity", "0\n");
	assert_answer(c, "SELECT count(*) FROM rule", "0\n");
	assert_answer(c, "SELECT count(*) FROM run", "3\n");
	assert_answer(c, "SELECT rules_sha256 FROM judgement", "rules-2\n");
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_NEW);
	case_close(c);
}

static void count_learnt(void *context, const char *reader, Slice entry)
{
	g_assert_cmpstr(reader, ==, "evtx");
	g_assert_cmpmem(entry.data, entry.size, "a\0b", 3);
	(*(guint *)context)++;
}

/* Killed between the two readings: records in use stay, what was recovered comes again. */
static void test_half_done(Folder *f, gconstpointer unused)
{
	const CaseEvidenceResult result = { "evtx", 100, 10, 5, INSTANT_NONE, INSTANT_NONE };
	RuleInfo rule = make_rule(SHA_R, LEVEL_HIGH);
	const CaseFinding recovered = { .rule = &rule,
		.evidence_sha256 = SHA_A,
		.locator = "recovered record 9 at 0x9",
		.recovered = TRUE,
		.time = INSTANT_NONE,
		.host = "WS01",
		.channel = "",
		.matched_json = "[]",
		.event_json = "{}" };
	g_autoptr(GError) error = NULL;
	gboolean half_done = FALSE, is_new = FALSE;
	guint n = 0;
	Case *c = open_for_run(f->file, "rules-1");

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a.evtx");
	add_finding(c, SHA_A, 1);
	g_assert_true(case_evidence_half_done(c, SHA_A, &result, &error));
	g_assert_true(case_add_finding(c, &recovered, &error));
	g_assert_true(case_add_learnt(c, "evtx", slice_make("a\0b", 3), &is_new, &error));
	g_assert_true(is_new);
	g_assert_true(case_add_learnt(c, "evtx", slice_make("a\0b", 3), &is_new, &error));
	g_assert_false(is_new);
	case_close(c);

	c = open_for_run(f->file, "rules-1");
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_HALF_DONE);
	g_assert_true(case_evidence_is_half_done(c, SHA_A, &half_done, &error));
	g_assert_true(half_done);
	g_assert_true(case_evidence_reopen(c, SHA_A, &error));
	assert_answer(c, "SELECT locator FROM finding", "record 1 at 0x1000\n");
	g_assert_true(case_each_learnt(c, count_learnt, &n, &error));
	g_assert_cmpuint(n, ==, 1);
	finish_evidence(c, SHA_A);
	g_assert_no_error(error);
	case_close(c);
}

/* A log that has grown: what was found in its old bytes goes, unless a copy of those is there. */
static void test_changed_evidence(Folder *f, gconstpointer unused)
{
	Case *c = open_for_run(f->file, "rules-1");
	const Gap gap = { GAP_UNREADABLE, 0, 0, 0, "no permission" };
	g_autoptr(GError) error = NULL;

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a.evtx");
	(void)add_evidence(c, SHA_A, "copy.evtx");
	add_finding(c, SHA_A, 1);
	finish_evidence(c, SHA_A);
	g_assert_true(case_add_gap(c, NULL, "locked.evtx", &gap, &error));
	end_run(c, "complete");
	case_close(c);

	c = open_for_run(f->file, "rules-1");
	add_rule(c);
	(void)add_evidence(c, SHA_B, "a.evtx");
	assert_answer(c, "SELECT count(*) FROM finding", "1\n"); /* copy.evtx still has it */
	(void)add_evidence(c, SHA_B, "copy.evtx");
	assert_answer(c, "SELECT count(*) FROM finding", "0\n");
	assert_answer(c, "SELECT sha256 FROM evidence", SHA_B "\n");
	assert_answer(c, "SELECT count(*) FROM gap", "1\n");
	(void)add_evidence(c, SHA_A, "locked.evtx"); /* it can be read now */
	assert_answer(c, "SELECT count(*) FROM gap", "0\n");
	case_close(c);
}

static void test_rules_that_left(Folder *f, gconstpointer unused)
{
	Case *c = open_for_run(f->file, "rules-1");
	RuleInfo rejected = make_rule(SHA_B, LEVEL_LOW);
	g_autoptr(GError) error = NULL;

	rejected.status = RULE_REJECTED;
	rejected.reason = TEXT("no such modifier");
	add_rule(c);
	g_assert_true(case_add_rule(c, &rejected, &error));
	g_assert_true(case_add_applicable(c, SHA_R, &error));
	end_run(c, "complete");
	assert_answer(c, "SELECT status FROM v_rule_summary ORDER BY 1", "quiet\nrejected\n");
	case_close(c);

	c = open_for_run(f->file, "rules-1");
	add_rule(c);
	end_run(c, "complete");
	assert_answer(c, "SELECT status FROM v_rule_summary", "quiet\n");
	case_close(c);
}

#define RULES_SQL "SELECT sha256, applicable, source <> '', hits FROM rule ORDER BY 1 DESC"

/* They are in the case before the first commit or query, with all that was said of them. */
static void test_rules_that_wait(Folder *f, gconstpointer unused)
{
	RuleInfo found = make_rule(SHA_R, LEVEL_HIGH), other = make_rule(SHA_B, LEVEL_LOW);
	g_autoptr(GPtrArray) rules = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	found.source = TEXT("title: A rule");
	g_ptr_array_add(rules, &found);
	g_ptr_array_add(rules, &other);
	for (guint run = 0; run < 3; run++) { /* the third one knows all of it */
		Case *c = open_for_run(f->file, run ? "rules-1" : "rules-0");

		g_assert_true(case_begin_rules(c, rules, &error));
		g_assert_true(case_add_applicable(c, SHA_B, &error));
		g_assert_true(case_keep_source(c, &found, &error));
		if (run == 0) { /* as if it were killed */
			g_assert_true(case_commit(c, &error));
			case_close(c);
			continue;
		}
		assert_answer(c, RULES_SQL,
			run == 1 ? SHA_B "|1|0|0\n" SHA_R "|0|1|0\n"
				 : SHA_B "|1|0|0\n" SHA_R "|1|1|0\n");
		g_assert_true(case_add_applicable(c, SHA_R, &error));
		assert_answer(c, RULES_SQL, SHA_B "|1|0|0\n" SHA_R "|1|1|0\n");
		end_run(c, "complete");
		case_close(c);
		c = case_open(f->file, CASE_READ, &error);
		assert_answer(c, RULES_SQL, SHA_B "|1|0|0\n" SHA_R "|1|1|0\n");
		case_close(c);
	}
}

/* Everything a reader of the case can see, but for the run record. */
static char *dump(Case *c)
{
	static const char *const queries[] = {
		"SELECT * FROM judgement",
		"SELECT * FROM evidence ORDER BY sha256",
		"SELECT * FROM evidence_path ORDER BY path",
		"SELECT * FROM rule ORDER BY 1, 3, 4",
		"SELECT * FROM v_finding ORDER BY time, id",
		"SELECT * FROM entity ORDER BY 1, 2, 3, 4",
		"SELECT * FROM gap ORDER BY 1, 2, 5, 3, 8",
		"SELECT * FROM tally ORDER BY 1, 2, 3, 4",
		"SELECT * FROM v_entity ORDER BY kind, value",
		"SELECT * FROM v_host ORDER BY host",
	};
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autofree char *rows = ask(c, queries[i]);

		g_string_append(text, rows);
	}
	return g_string_free(text, FALSE);
}

static char *fill_in_order(const char *path, const guint *order, guint n)
{
	Case *c = open_for_run(path, "rules-1");
	char *text;

	add_rule(c);
	(void)add_evidence(c, order[0] % 2 ? SHA_A : SHA_B, order[0] % 2 ? "a" : "b");
	(void)add_evidence(c, order[0] % 2 ? SHA_B : SHA_A, order[0] % 2 ? "b" : "a");
	for (guint i = 0; i < n; i++) {
		const Gap gap = { GAP_CHECKSUM, order[i], 1, 0, "chunk" };
		const char *sha256 = order[i] % 3 ? SHA_A : SHA_B;

		add_finding(c, sha256, order[i]);
		add_tally(c, sha256, (int)order[i] % 24, order[i]);
		g_assert_true(case_add_gap(c, sha256, NULL, &gap, NULL));
	}
	finish_evidence(c, SHA_A);
	finish_evidence(c, SHA_B);
	end_run(c, "complete");
	text = dump(c);
	case_close(c);
	return text;
}

static void test_order_independence(Folder *f, gconstpointer unused)
{
	guint order[200];
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;
	g_autofree char *other = g_build_filename(f->path, "b.case", NULL);
	g_autoptr(GRand) shuffler = g_rand_new_with_seed(42);

	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		order[i] = i;
	first = fill_in_order(f->file, order, G_N_ELEMENTS(order));
	for (guint i = G_N_ELEMENTS(order) - 1; i > 0; i--) {
		guint j = (guint)g_rand_int_range(shuffler, 0, (gint32)i + 1);
		guint kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
	second = fill_in_order(other, order, G_N_ELEMENTS(order));
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpuint(strlen(first), >, 20000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	g_test_add_func("/case/finding-id", test_finding_id);
	g_test_add_func("/case/entity-fields-in-order", test_entity_order);
	add_test("/case/round-trip", test_round_trip);
	add_test("/case/entities", test_entities);
	add_test("/case/resume", test_resume);
	add_test("/case/half-done", test_half_done);
	add_test("/case/changed-evidence", test_changed_evidence);
	add_test("/case/rules-that-left", test_rules_that_left);
	add_test("/case/rules-that-wait", test_rules_that_wait);
	add_test("/case/order-independence", test_order_independence);
	return g_test_run();
}

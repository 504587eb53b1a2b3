/* SPDX-License-Identifier: Apache-2.0 */
/* The engine on files made by hand: what it says of rules, and what it finds. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/yara/engine.h"

#define SHAPE_SLOT 1

typedef struct Fixture {
	EngineState *engine;
	EngineReport report;
	guint n_rules;
	GPtrArray *rules;  /* "title status level line reason", by index */
	GPtrArray *hashes; /* by index */
	GString *findings; /* numbers of rules, joined by spaces */
	GString *matches;  /* "field|test|value" lines */
	GString *gaps;	   /* notes, lines */
	Shape *shape;
} Fixture;

static void note_rule(void *context, const RuleInfo *rule)
{
	Fixture *f = context;

	while (f->rules->len <= rule->index) {
		g_ptr_array_add(f->rules, NULL);
		g_ptr_array_add(f->hashes, NULL);
	}
	g_assert_null(f->rules->pdata[rule->index]); /* told once */
	f->rules->pdata[rule->index] = g_strdup_printf("%s %s %s %u %s", rule->title,
		rule->status == RULE_LOADED ? "loaded" : "rejected", rule_level_name(rule->level),
		rule->line, rule->reason);
	f->hashes->pdata[rule->index] = g_strdup(rule->sha256);
}

static void note_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Fixture *f = context;

	g_assert_cmpuint(level, ==, LEVEL_OF_RULE);
	g_assert_cmpuint(n_matches, >=, 1);
	g_string_append_printf(f->findings, "%s%u", f->findings->len ? " " : "", index);
	for (guint i = 0; i < n_matches; i++)
		g_string_append_printf(f->matches, "%s|%s|%s\n", matches[i].field, matches[i].test,
			matches[i].value);
}

static void note_gap(void *context, const Event *event, const Gap *gap)
{
	Fixture *f = context;

	g_assert_true(gap_kind_is_loss(gap->kind));
	g_string_append_printf(f->gaps, "%s\n", gap->note);
}

static void set_up(Fixture *f, gconstpointer unused)
{
	static const char *const columns[] = { "FileName", "FilePath", "Extension", "FileType",
		"Size" };

	f->report = (EngineReport){
		.rule = note_rule, .finding = note_finding, .gap = note_gap, .context = f
	};
	f->rules = g_ptr_array_new_with_free_func(g_free);
	f->hashes = g_ptr_array_new_with_free_func(g_free);
	f->findings = g_string_new(NULL);
	f->matches = g_string_new(NULL);
	f->gaps = g_string_new(NULL);
	f->shape = shape_new("file");
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
		(void)shape_add_column(f->shape, columns[i], NULL);
	f->engine = yara_engine.new(SHAPE_SLOT, &f->report);
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	shape_free(f->shape);
	yara_engine.free(f->engine);
	g_ptr_array_unref(f->rules);
	g_ptr_array_unref(f->hashes);
	g_string_free(f->findings, TRUE);
	g_string_free(f->matches, TRUE);
	g_string_free(f->gaps, TRUE);
}

static void load(Fixture *f, const char *path, const char *text)
{
	f->n_rules += yara_engine.load(f->engine, path, slice_from_text(text), f->n_rules);
}

static void compile(Fixture *f)
{
	g_assert_cmpuint(yara_engine.compile(f->engine, f->n_rules), ==, 0);
	g_assert_cmpuint(f->rules->len, ==, f->n_rules);
}

static void expect_rule(const Fixture *f, guint index, const char *said)
{
	g_assert_cmpstr(f->rules->pdata[index], ==, said);
}

static void judge_bytes(Fixture *f, const char *path, const char *type, Slice content)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	guint64 size = content.size;
	const Value values[] = {
		{ .type = VALUE_UTF8, .bytes = slice_from_text(name) },
		{ .type = VALUE_UTF8, .bytes = slice_from_text(path) },
		{ .type = dot ? VALUE_UTF8 : VALUE_ABSENT, .bytes = slice_from_text(dot) },
		{ .type = type ? VALUE_UTF8 : VALUE_ABSENT, .bytes = slice_from_text(type) },
		{ .type = VALUE_UINT, .bytes = slice_make(&size, sizeof size) },
	};
	const Event event = { .shape = f->shape,
		.values = values,
		.time = INSTANT_NONE,
		.content = content,
		.place = path };

	g_string_truncate(f->findings, 0);
	g_string_truncate(f->matches, 0);
	g_string_truncate(f->gaps, 0);
	yara_engine.judge(f->engine, &event);
}

static void judge(Fixture *f, const char *path, const char *content)
{
	judge_bytes(f, path, NULL, slice_from_text(content));
}

/* ---- tests ---- */

static void test_finding(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"rule one { strings: $a = \"needle\" $b = \"wide\" wide $c = \"no\" private "
		"$ = { 00 FF 5C } condition: any of them }\n"
		"rule two { condition: filesize == 3 }\n");
	compile(f);
	g_assert_true(yara_engine.wants_content(f->engine));
	judge_bytes(
		f, "x/y.txt", NULL, slice_make("a needle, a needle, w\0i\0d\0e\0 no \0\xff\\", 36));
	g_assert_cmpstr(f->findings->str, ==, "0");
	g_assert_cmpstr(f->matches->str, ==,
		"$a|at 0x2, 2 times|needle\n$b|at 0x14|wide\n$|at 0x20|\\x00\\xff\\\\\n");
	judge(f, "x/y.txt", "abc");
	g_assert_cmpstr(f->findings->str, ==, "1");
	g_assert_cmpstr(
		f->matches->str, ==, "condition||true without a string that could be shown\n");
	judge(f, "x/y.txt", "");
	g_assert_cmpstr(f->findings->str, ==, "");
	g_assert_cmpstr(f->gaps->str, ==, "");
}

static void test_long_match(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = g_strnfill(1000, 'x');

	load(f, "a.yar", "rule r { strings: $a = /x{1000}/ condition: $a }");
	compile(f);
	judge(f, "x", text);
	g_assert_cmpuint(f->matches->len, ==,
		strlen("$a|at 0x0|\n") + LIMIT_YARA_MATCH_BYTES + strlen("\xe2\x80\xa6"));
}

static void test_modifiers(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"private rule hidden { strings: $a = \"hid\" condition: $a }\n"
		"global rule large { condition: filesize > 4 }\n"
		"rule shown { condition: hidden }\n");
	load(f, "b.yar", "rule shown { strings: $a = \"hid\" condition: $a }\n");
	compile(f);
	judge(f, "x", "hidden");
	g_assert_cmpstr(f->findings->str, ==, "1 2 3");
	judge(f, "x", "hid"); /* the global rule restricts its own file alone */
	g_assert_cmpstr(f->findings->str, ==, "3");
}

static void test_externals(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"rule a { condition: filename == \"Cmd.EXE\" and extension == \".exe\" }\n"
		"rule b { condition: filepath == \"C:\\\\Windows\\\\System32\" }\n"
		"rule c { condition: filepath == \"data/usr/bin\" }\n"
		"rule d { condition: filetype == \"EXE\" }\n"
		"rule e { condition: filetype == \"UNKNOWN\" and owner == \"\" }\n"
		"rule f { condition: filepath == \"\" and extension == \"\" }\n"
		"rule g { condition: filepath == \"/\" }\n");
	compile(f);
	judge_bytes(f, "case/C/Windows/System32/Cmd.EXE", "EXE", slice_from_text("x"));
	g_assert_cmpstr(f->findings->str, ==, "0 1 3");
	judge(f, "up/auto/C%3A/Windows/System32/a", "x");
	g_assert_cmpstr(f->findings->str, ==, "1 4");
	judge(f, "up/%5C%5C.%5CC%3A/Windows/System32/a", "x");
	g_assert_cmpstr(f->findings->str, ==, "1 4");
	judge(f, "data/usr/bin/ls", "x");
	g_assert_cmpstr(f->findings->str, ==, "2 4");
	judge(f, "usr/terminfo/C/x/a", "x"); /* a letter, and no drive */
	g_assert_cmpstr(f->findings->str, ==, "4");
	judge(f, "ls", "x");
	g_assert_cmpstr(f->findings->str, ==, "4 5");
	judge(f, "/ls", "x");
	g_assert_cmpstr(f->findings->str, ==, "4 6");
}

static void test_rejected(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"import \"nosuch\"\nimport \"pe\"\ninclude \"/etc/passwd\"\n"
		"rule good { condition: true }\n"
		"rule bad { condition:\n  nosuch_name }\n"
		"rule on_bad { condition: bad }\n"
		"rule on_module { condition: nosuch.x == 1 }\n"
		"rule good { condition: false }\n"
		"rule on_good { condition: good and not pe.is_pe }\n"
		"stray\n"
		"rule open { condition: true\n");
	load(f, "b.yar", "rule good { condition: true }\n");
	compile(f);
	expect_rule(f, 0,
		"import \"nosuch\" rejected medium 1 module \"nosuch\" is not part of this "
		"libyara");
	g_assert_true(g_str_has_prefix(f->rules->pdata[1], "include \"/etc/passwd\" rejected"));
	expect_rule(f, 2, "good loaded medium 4 ");
	expect_rule(f, 3, "bad rejected medium 6 undefined identifier \"nosuch_name\"");
	expect_rule(f, 4, "on_bad rejected medium 7 it refers to the rule bad, which was rejected");
	expect_rule(
		f, 5, "on_module rejected medium 8 module \"nosuch\" is not part of this libyara");
	expect_rule(f, 6, "good rejected medium 9 another rule above has the same name");
	expect_rule(f, 7, "on_good loaded medium 10 ");
	g_assert_true(g_str_has_prefix(f->rules->pdata[8], "text outside of rules, a.yar rej"));
	expect_rule(f, 9, "open rejected medium 12 its closing brace is missing");
	expect_rule(f, 10, "good loaded medium 1 ");
	judge(f, "x", "x");
	g_assert_cmpstr(f->findings->str, ==, "2 7 10");
}

static void test_refused_modules(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"import \"magic\"\nimport \"time\"\nimport \"math\"\n"
		"rule a { condition: magic.type() == \"x\" }\n"
		"rule b { condition: time.now() > 0 }\n"
		"rule c { condition: math.max(1, 2) == 2 }\n");
	compile(f);
	for (guint i = 0; i < 4; i++)
		g_assert_nonnull(strstr(f->rules->pdata[i], " rejected "));
	judge(f, "x", "x");
	g_assert_cmpstr(f->findings->str, ==, "4");
}

/* Rules that are right by themselves and do not stand together. */
static void test_wildcard(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar",
		"rule r1 { condition: true }\nrule any_r { condition: any of (r*) }\n"
		"rule r2 { condition: true }\nrule other { condition: r2 }\nrule last { condition: "
		"true }\n");
	compile(f);
	g_assert_nonnull(strstr(f->rules->pdata[2], "r2 rejected"));
	g_assert_nonnull(strstr(f->rules->pdata[3], "other rejected"));
	judge(f, "x", "x");
	g_assert_cmpstr(f->findings->str, ==, "0 1 4");
}

/* What libyara takes for a rule and the cutter does not, or the other way round. */
static void test_bom(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar", "\xef\xbb\xbfrule a { condition: true }\n");
	load(f, "empty.yar", "");
	load(f, "comment.yar", "// nothing\n");
	compile(f);
	judge(f, "x", "x");
	g_assert_cmpstr(f->findings->str, ==, "0");
}

static void test_nothing(Fixture *f, gconstpointer unused)
{
	load(f, "a.yar", "rule a { condition: b }");
	compile(f);
	g_assert_false(yara_engine.wants_content(f->engine));
	judge(f, "x", "x");
	g_assert_cmpstr(f->findings->str, ==, "");
}

static void test_no_content(Fixture *f, gconstpointer unused)
{
	const Value values[] = { { 0 }, { 0 }, { 0 }, { 0 },
		{ .type = VALUE_UINT, .bytes = slice_make("\x09\x00\x00\x00", 4) } };
	const Event event = { .shape = f->shape, .values = values, .time = INSTANT_NONE };
	guint8 bits[1] = { 0 };

	load(f, "a.yar", "rule a { condition: true }\nrule b { condition: c }\n");
	compile(f);
	yara_engine.judge(f->engine, &event); /* too large to be read, not empty */
	g_assert_cmpstr(f->findings->str, ==, "");
	yara_engine.take_applicable(f->engine, bits, 1);
	g_assert_cmpuint(bits[0], ==, 0);
	judge(f, "x", "");
	g_assert_cmpstr(f->findings->str, ==, "0");
	yara_engine.take_applicable(f->engine, bits, 1);
	g_assert_cmpuint(bits[0], ==, 1);
	bits[0] = 0;
	yara_engine.take_applicable(f->engine, bits, 1);
	g_assert_cmpuint(bits[0], ==, 0);
}

/* A hash is that of all that judges: what a rule refers to, and what restricts it. */
static void test_hashes(Fixture *f, gconstpointer unused)
{
	static const char rule[] = "rule r { condition: true }";
	g_autofree char *own = g_compute_checksum_for_string(G_CHECKSUM_SHA256, rule, -1);

	load(f, "a.yar", rule);
	load(f, "b.yar", "// elsewhere\n\n  rule r { condition: true }  \nrule x { condition: r }");
	load(f, "c.yar", "rule r { condition: false }\nrule x { condition: r }");
	load(f, "d.yar", "rule r { condition: true }\nglobal rule g { condition: true }");
	load(f, "e.yar", "rule r { condition: true }\nglobal rule g { condition: false }");
	load(f, "f.yar", "rule r { condition: true }\nrule x { condition: r }");
	compile(f);
	g_assert_cmpstr(f->hashes->pdata[0], ==, own);
	g_assert_cmpstr(f->hashes->pdata[1], ==, own);
	g_assert_cmpstr(f->hashes->pdata[2], !=, f->hashes->pdata[4]);
	g_assert_cmpstr(f->hashes->pdata[2], ==, f->hashes->pdata[10]);
	g_assert_cmpstr(f->hashes->pdata[5], !=, own);
	g_assert_cmpstr(f->hashes->pdata[5], !=, f->hashes->pdata[7]);
}

static void test_levels(Fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(yara_engine.table(f->engine, "yara-levels.yml",
		slice_from_text(
			"fields:\n"
			"  - field: score\n    numbers: {0: informational, 60: medium, 90: "
			"critical}\n"
			"  - field: severity\n    numbers: {5: low}\n    words: {bad: high}\n"
			"otherwise: low\n"),
		&error));
	g_assert_no_error(error);
	load(f, "a.yar",
		"rule a { meta: severity = \"bad\" score = 59 condition: true }\n"
		"rule b { meta: Score = 75 condition: true }\n"
		"rule c { meta: score = \"100\" condition: true }\n"
		"rule d { meta: severity = \"BAD\" condition: true }\n"
		"rule e { meta: severity = 7 condition: true }\n"
		"rule f { meta: severity = \"?\" score = -1 condition: true }\n");
	compile(f);
	expect_rule(f, 0, "a loaded informational 1 ");
	expect_rule(f, 1, "b loaded medium 2 ");
	expect_rule(f, 2, "c loaded critical 3 ");
	expect_rule(f, 3, "d loaded high 4 ");
	expect_rule(f, 4, "e loaded low 5 ");
	expect_rule(f, 5, "f loaded low 6 ");
}

static void expect_bad_table(Fixture *f, const char *text, const char *reason)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(
		yara_engine.table(f->engine, "yara-levels.yml", slice_from_text(text), &error));
	g_assert_cmpstr(error->message, ==, reason);
}

static void test_bad_tables(Fixture *f, gconstpointer unused)
{
	expect_bad_table(f, "", "line 1: the table is one document");
	expect_bad_table(f, "fields: x\n", "line 1: the table has a list of fields");
	expect_bad_table(f, "fields:\n  - numbers: {}\n", "line 2: an entry names its field");
	expect_bad_table(f, "fields:\n  - {field: a, numbers: {5: low, 4: low}}\n",
		"line 2: numbers are to ascend");
	expect_bad_table(f, "fields: []\notherwise: awful\n",
		"line 2: a level is one of informational, low, medium, high, critical");
}

/* More matches than libyara counts: said, and the rule is judged nonetheless. */
static void test_too_many(Fixture *f, gconstpointer unused)
{
	gsize size = 2 * 1000000;
	g_autofree char *text = g_strnfill(size, 'a');

	load(f, "a.yar",
		"rule many { strings: $a = \"aaaa\" condition: $a }\n"
		"rule end { strings: $b = \"aaab\" condition: $b }\n");
	compile(f);
	text[size - 1] = 'b';
	judge_bytes(f, "x", NULL, slice_make(text, size));
	g_assert_cmpstr(f->findings->str, ==, "0 1");
	g_assert_nonnull(strstr(f->gaps->str, "$a of many"));
}

/* A rule that makes libyara fail has the file judged anew: what was counted before is not added. */
static void test_too_many_anew(Fixture *f, gconstpointer unused)
{
	gsize size = 2 * 1000000;
	g_autofree char *text = g_strnfill(size, 'a');

	load(f, "a.yar",
		"rule many { strings: $a = \"aaaa\" condition: $a }\n"
		"rule fails { strings: $b = /bcde.{0,900}.{0,900}.{0,900}x/s condition: $b }\n");
	compile(f);
	memcpy(text + size - 4000, "bcde", 4);
	judge_bytes(f, "x", NULL, slice_make(text, size));
	g_assert_cmpstr(f->findings->str, ==, "0");
	g_assert_nonnull(strstr(f->gaps->str, "not judged by the YARA rule fails, "));
	g_assert_nonnull(strstr(f->gaps->str, "1 strings of YARA rules match more"));
	judge(f, "y", "aaaa"); /* and so is the next file, by all */
	g_assert_cmpstr(f->findings->str, ==, "0");
	judge(f, "y", "bcde x");
	g_assert_cmpstr(f->findings->str, ==, "1");
	g_assert_cmpstr(f->gaps->str, ==, "");
}

/* Rules that are not tried any more cost nothing: else these took a minute and a half. */
static void test_untried(Fixture *f, gconstpointer unused)
{
	g_autoptr(GString) text = g_string_new("rule large { /*");
	g_autofree char *comment = g_strnfill(2000000, 'x');
	guint n = 2;

	g_string_append_printf(text, "%s*/ condition: true }\n", comment);
	for (; text->len < LIMIT_RULE_FILE_BYTES - 100; n++)
		g_string_append_printf(text, "rule r%u {condition:large}\n", n);
	g_string_append(text, "rule bad { condition: nonsense }\n");
	load(f, "a.yar", text->str);
	compile(f);
	expect_rule(f, 0, "large loaded medium 1 ");
	expect_rule(f, 1, "r2 loaded medium 2 ");
	expect_rule(f, 60000,
		"r60001 rejected medium 60001 the file has errors, and more rules to try one by "
		"one than LIMIT_YARA_TRIAL_BYTES allows");
}

/* Every truncation of a file of rules is survived, and costs no more than its last rule. */
static void test_truncated(Fixture *f, gconstpointer unused)
{
	static const char text[] = "import \"pe\"\n"
				   "rule a : t { meta: x = \"y\" condition: true }\n"
				   "/* c */ private rule b { strings: $a = { 4D 5A [1-2] 00 } $b = "
				   "/x\\/y/i condition: any of them and pe.is_pe }\n"
				   "rule c { condition: b or a }\n";
	gsize a_ends = strstr(text, "/* c */") - text - 1;

	for (gsize size = 0; size < sizeof text; size++) {
		g_autofree char *part = g_strndup(text, size);
		Fixture fixture = { 0 };

		set_up(&fixture, NULL);
		load(&fixture, "a.yar", part);
		compile(&fixture);
		if (size > a_ends)
			expect_rule(&fixture, 0, "a loaded medium 2 ");
		judge(&fixture, "x", "x");
		tear_down(&fixture, NULL);
	}
}

#define ADD(name, test) g_test_add("/yara/engine/" name, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	text_warm_up();
	ADD("finding", test_finding);
	ADD("long-match", test_long_match);
	ADD("modifiers", test_modifiers);
	ADD("externals", test_externals);
	ADD("rejected", test_rejected);
	ADD("refused-modules", test_refused_modules);
	ADD("wildcard", test_wildcard);
	ADD("byte-order-mark", test_bom);
	ADD("nothing", test_nothing);
	ADD("no-content", test_no_content);
	ADD("hashes", test_hashes);
	ADD("levels", test_levels);
	ADD("bad-tables", test_bad_tables);
	ADD("too-many", test_too_many);
	ADD("too-many-anew", test_too_many_anew);
	ADD("untried", test_untried);
	ADD("truncated", test_truncated);
	return g_test_run();
}

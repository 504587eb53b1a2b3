/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "analysers/analyser.h"
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/logsource.h"
#include "engines/sigma/parse.h"
#include "engines/sigma/yaml-tree.h"

static const char small_table[] =
	"products:\n"
	"    - product: windows\n"
	"      where: {Channel: '*'}\n"
	"      fields: {Computer: Host}\n"
	"services:\n"
	"    - {product: windows, service: sysmon, where: {Channel: Sysmon}}\n"
	"    - product: windows\n"
	"      service: security\n"
	"      where: {Channel: [SECURITY, Sec*]}\n"
	"      fields: {User: Subject}\n"
	"categories:\n"
	"    - {product: windows, category: process, service: sysmon, where: {EventID: 1}}\n"
	"    - product: windows\n"
	"      category: process\n"
	"      service: security\n"
	"      where: {EventID: [4688, 4689]}\n"
	"      fields:\n"
	"          Image: [NewName, OldName]\n"
	"          ProcessId: {analyser: decimal, from: NewId}\n"
	"          User: {analyser: join, from: [D, U], parameter: '\\'}\n"
	"    - {category: antivirus, service: sysmon, where: {EventID: 9}}\n";

static LogSourceTable *new_table(const char *yaml)
{
	g_autoptr(GError) error = NULL;
	LogSourceTable *table = logsource_table_new(slice_from_text(yaml), &error);

	g_assert_no_error(error);
	return table;
}

/* The alternatives as text:
 * "name[column=value,value;column=…]{field=from+from:analyser(parameter)}" */
static char *describe(
	const LogSourceTable *table, const char *product, const char *category, const char *service)
{
	const LogSourceAlternative *alternatives;
	GString *ret = g_string_new(NULL);
	guint n = 0;

	if (!logsource_resolve(table, product, category, service, &alternatives, &n))
		return g_string_free(g_string_append(ret, "none"), FALSE);
	for (guint a = 0; a < n; a++) {
		const LogSourceAlternative *each = &alternatives[a];

		g_string_append_printf(ret, "%s%s[", a > 0 ? " " : "", each->name);
		for (guint i = 0; i < each->n_conditions; i++) {
			g_autofree char *values =
				g_strjoinv(",", (char **)(gpointer)each->conditions[i].values);

			g_string_append_printf(ret, "%s%s=%s", i > 0 ? ";" : "",
				each->conditions[i].column, values);
		}
		g_string_append(ret, "]{");
		for (guint i = 0; i < each->n_fields; i++) {
			const LogSourceField *field = &each->fields[i];

			g_string_append_printf(ret, "%s%s=", i > 0 ? ";" : "", field->field);
			for (guint f = 0; f < field->n_from; f++)
				g_string_append_printf(
					ret, "%s%s", f > 0 ? "+" : "", field->from[f]);
			if (field->analyser)
				g_string_append_printf(
					ret, ":%s(%s)", field->analyser->name, field->parameter);
		}
		g_string_append_c(ret, '}');
	}
	return g_string_free(ret, FALSE);
}

static void expect(const LogSourceTable *table, const char *product, const char *category,
	const char *service, const char *expected)
{
	g_autofree char *found = describe(table, product, category, service);

	g_assert_cmpstr(found, ==, expected);
}

#define SYSMON_PROCESS "windows/process/sysmon[EventID=1;Channel=sysmon]{Computer=Host}"
#define SECURITY_PROCESS                                                                           \
	"windows/process/"                                                                         \
	"security[EventID=4688,4689;Channel=security,sec*]{Image=NewName;Image=OldName;"           \
	"ProcessId=NewId:decimal();User=D+U:join(\\);User=Subject;Computer=Host}"
#define ANTIVIRUS "-/antivirus/sysmon[EventID=9;Channel=sysmon]{Computer=Host}"

static void test_resolve(void)
{
	g_autoptr(LogSourceTable) table = new_table(small_table);

	expect(table, "windows", NULL, "sysmon", "windows/-/sysmon[Channel=sysmon]{Computer=Host}");
	expect(table, "windows", NULL, "security",
		"windows/-/security[Channel=security,sec*]{User=Subject;Computer=Host}");
	expect(table, "windows", "process", NULL, SYSMON_PROCESS " " SECURITY_PROCESS);
	expect(table, "windows", "process", "security", SECURITY_PROCESS);
	expect(table, NULL, "process", "sysmon", SYSMON_PROCESS);
	expect(table, NULL, "antivirus", NULL, ANTIVIRUS);
	expect(table, "windows", "antivirus", NULL, ANTIVIRUS);
	expect(table, "windows", NULL, NULL, "windows/-/-[Channel=*]{Computer=Host}");
	expect(table, "windows", "nothing", NULL, "none");
	expect(table, "windows", "process", "nothing", "none");
	expect(table, "linux", "process", NULL, "none");
	expect(table, "linux", NULL, NULL, "none");
	expect(table, NULL, NULL, NULL, "none");
}

/* What was resolved stays where it is: rules borrow it. */
static void test_borrowed(void)
{
	g_autoptr(LogSourceTable) table = new_table(small_table);
	const LogSourceAlternative *first, *again;
	guint n;

	g_assert_true(logsource_resolve(table, "windows", "process", NULL, &first, &n));
	g_assert_cmpuint(n, ==, 2);
	for (guint i = 0; i < 100; i++) {
		g_autofree char *service = g_strdup_printf("s%u", i);

		(void)logsource_resolve(table, "windows", NULL, service, &again, &n);
	}
	g_assert_true(logsource_resolve(table, "windows", "process", NULL, &again, &n));
	g_assert_true(first == again);
}

static void test_malformed(void)
{
	static const struct {
		const char *yaml, *message;
	} cases[] = {
		{ "", "line 1: a log source table is one YAML document" },
		{ "[", "line 2: no valid YAML: did not find expected node content" },
		{ "- x", "line 1: a log source table is a map" },
		{ "sources: []",
			"line 1: there is no section \"sources\", only products, services and "
			"categories" },
		{ "services: x", "line 1: \"services\" must be a list of entries" },
		{ "services:\n  - x", "line 2: an entry here must be a map with \"service\"" },
		{ "services:\n  - {product: x, where: {A: 1}}",
			"line 2: an entry here must be a map with \"service\"" },
		{ "services:\n  - service: x",
			"line 2: the entry has no \"where\": it would take every event" },
		{ "services:\n  - {service: x, where: {}}",
			"line 2: \"where\" must be a map from columns to values" },
		{ "services:\n  - {service: x, where: {A: []}}",
			"line 2: the condition on A has no value" },
		{ "services:\n  - {service: x, where: {A: [[1]]}}",
			"line 2: a condition's value must be text" },
		{ "services:\n  - {service: x, where: []}",
			"line 2: \"where\" has no alternative" },
		{ "services:\n  - {service: [], where: {A: 1}}", "line 2: service must be text" },
		{ "services:\n  - {service: x, needs: y, where: {A: 1}}",
			"line 2: an entry with \"needs\" is about evidence that is not read: it "
			"can have "
			"no \"where\", \"fields\" or \"keywords\"" },
		{ "services:\n  - {service: x, where: {A: 1}, wher: 1}",
			"line 2: an entry has no \"wher\"" },
		{ "services:\n  - {service: x, where: {A: 1}, fields: []}",
			"line 2: \"fields\" must be a map from fields to what they are" },
		{ "services:\n  - service: x\n    where: {A: 1}\n    fields:\n      B: {from: C}",
			"line 5: a fact needs \"analyser\" and \"from\"" },
		{ "services:\n  - service: x\n    where: {A: 1}\n    fields:\n"
		  "      B: {analyser: magic, from: C}",
			"line 5: there is no analyser called \"magic\"" },
		{ "services:\n  - service: x\n    where: {A: 1}\n    fields:\n"
		  "      B: {analyser: decimal, from: [C, D]}",
			"line 5: the analyser decimal takes 1 to 1 fields" },
		{ "services:\n  - service: x\n    where: {A: 1}\n    fields:\n"
		  "      B: {analyser: lookup, from: C}",
			"line 5: the analyser lookup needs a parameter" },
		{ "services:\n  - service: x\n    where: {A: 1}\n    fields:\n      B: [[C]]",
			"line 5: a list in a list makes no sense here" },
		{ "categories:\n  - {category: x, service: y, where: {A: 1}}",
			"line 2: the category x names the service y, which the table lacks" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(logsource_table_new(slice_from_text(cases[i].yaml), &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, cases[i].message);
	}
}

/* ---- the table that is shipped
 * ------------------------------------------------------------------- */

static char *read_source(const char *folder, const char *name)
{
	const char *root = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *path = g_build_filename(root ? root : ".", folder, name, NULL);
	char *text = NULL;

	(void)g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All tables of the folder, in the order of their names as the worker reads them. */
static LogSourceTable *shipped_table(void)
{
	const char *root = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *folder =
		g_build_filename(root ? root : ".", "content/tables/logsources", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(LogSourceTable) table = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(dir);
	for (const char *name; (name = g_dir_read_name(dir));)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *text = read_source("content/tables/logsources", names->pdata[i]);

		g_assert_nonnull(text);
		if (table)
			(void)logsource_table_add(table, slice_from_text(text), &error);
		else
			table = logsource_table_new(slice_from_text(text), &error);
		g_assert_no_error(error);
	}
	return g_steal_pointer(&table);
}

static void expect_known(const LogSourceTable *table, const char *category, const char *service)
{
	const LogSourceAlternative *alternatives;
	guint n;

	g_assert_true(logsource_resolve(table, "windows", category, service, &alternatives, &n));
}

static void test_shipped(void)
{
	g_autoptr(LogSourceTable) table = shipped_table();

	expect(table, "windows", "image_load", NULL,
		"windows/image_load/sysmon[EventID=7;Channel=microsoft-windows-sysmon/operational]"
		"{MD5=Hashes+Hash:hash-part(MD5);md5=Hashes+Hash:hash-part(MD5);"
		"SHA1=Hashes+Hash:hash-part(SHA1);sha1=Hashes+Hash:hash-part(SHA1);"
		"SHA256=Hashes+Hash:hash-part(SHA256);sha256=Hashes+Hash:hash-part(SHA256);"
		"Imphash=Hashes+Hash:hash-part(IMPHASH);imphash=Hashes+Hash:hash-part(IMPHASH);"
		"IMPHASH=Hashes+Hash:hash-part(IMPHASH);ComputerName=ComputerName;"
		"ComputerName=Computer;SourceName=SourceName;SourceName=Provider_Name;"
		"Source=Source;Source=Provider_Name}");
	expect(table, "linux", "cron", NULL, "none");
	expect(table, "aws", NULL, "flow", "none");
	/* System 104 names the cleared log in a Channel of its own. */
	expect(table, "windows", NULL, "system",
		"windows/-/system[Channel=system]{Channel=UserData_Channel;Channel=Channel;"
		"ComputerName=ComputerName;ComputerName=Computer;SourceName=SourceName;"
		"SourceName=Provider_Name;Source=Source;Source=Provider_Name}");
	expect_known(table, "clipboard_capture", NULL);
	expect_known(table, NULL, "dns-server-audit");
}

/* TRUE where one of the alternatives has the condition column = folded value. */
static gboolean any_has(
	const LogSourceAlternative *alternatives, guint n, const char *column, const char *value)
{
	g_autofree char *folded = text_fold(value);

	for (guint a = 0; a < n; a++)
		for (guint i = 0; i < alternatives[a].n_conditions; i++)
			for (const char *const *each = alternatives[a].conditions[i].values; *each;
				each++)
				if (strcmp(alternatives[a].conditions[i].column, column) == 0 &&
					(strcmp(*each, folded) == 0 ||
						(g_str_has_suffix(*each, "*") &&
							strncmp(*each, folded, strlen(*each) - 1) ==
								0)))
					return TRUE;
	return FALSE;
}

static const char *text_at(const YamlNode *map, const char *key)
{
	const YamlNode *node = yaml_node_get(map, key);

	return node ? (const char *)node->text.data : NULL;
}

static void check_values(const LogSourceAlternative *alternatives, guint n, const char *column,
	const YamlNode *values)
{
	guint n_values = values->kind == YAML_KIND_LIST ? values->n_children : 1;

	for (guint i = 0; i < n_values; i++) {
		const YamlNode *value =
			values->kind == YAML_KIND_LIST ? values->children[i] : values;

		g_assert_true(any_has(alternatives, n, column, (const char *)value->text.data));
	}
}

/* One entry of thor.yml: our table must have its conditions and its channels. */
static guint check_thor_entry(const LogSourceTable *table, const YamlNode *entry)
{
	const YamlNode *conditions = yaml_node_get(entry, "conditions");
	const YamlNode *rewrite = yaml_node_get(entry, "rewrite");
	const YamlNode *sources = yaml_node_get(entry, "sources");
	const LogSourceAlternative *alternatives;
	guint n;

	if (sources &&
		!g_str_has_prefix((const char *)sources->children[0]->text.data, "WinEventLog:"))
		return 0;
	g_assert_true(
		logsource_resolve(table, text_at(entry, "product"), text_at(entry, "category"),
			rewrite ? text_at(rewrite, "service") : text_at(entry, "service"),
			&alternatives, &n));
	for (guint i = 0; conditions && i < conditions->n_children; i++)
		check_values(alternatives, n, (const char *)conditions->children[2 * i]->text.data,
			conditions->children[2 * i + 1]);
	for (guint i = 0; sources && i < sources->n_children; i++)
		g_assert_true(any_has(alternatives, n, "Channel",
			(const char *)sources->children[i]->text.data + strlen("WinEventLog:")));
	return 1;
}

static char *corpus_path(const char *name)
{
	const char *corpus = g_getenv("SPOOR_CORPUS"), *source = g_getenv("SPOOR_TEST_SOURCE");

	if (corpus)
		return g_build_filename(corpus, "sigma", name, NULL);
	return g_build_filename(
		source ? source : ".", "..", "shared", "corpus", "sigma", name, NULL);
}

static void test_thor(void)
{
	g_autoptr(LogSourceTable) table = shipped_table();
	g_autofree char *path = corpus_path("tests/thor.yml"), *text = NULL;
	g_autoptr(YamlStream) stream = NULL;
	const YamlNode *entries;
	guint n_checked = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_test_skip("the corpus is not here");
		return;
	}
	stream = yaml_stream_new(slice_from_text(text));
	entries =
		yaml_node_get(g_array_index(stream->documents, YamlDocument, 0).root, "logsources");
	g_assert_nonnull(entries);
	for (guint i = 0; i < entries->n_children; i++)
		n_checked += check_thor_entry(table, entries->children[2 * i + 1]);
	g_test_message(
		"%u of %u entries of thor.yml name event logs", n_checked, entries->n_children);
	g_assert_cmpuint(n_checked, >=, 85);
}

typedef struct Resolved {
	const LogSourceTable *table;
	guint n_rules, n_missing;
	GHashTable *sources, *needing; /* log sources as rules write them */
} Resolved;

static void resolve_rule(void *context, SigmaRule *rule)
{
	Resolved *resolved = context;
	const LogSourceAlternative *alternatives;
	guint n;

	resolved->n_rules++;
	g_hash_table_add(resolved->sources, g_strdup(rule->info->logsource));
	if (!logsource_resolve(resolved->table, rule->product, rule->category, rule->service,
		    &alternatives, &n)) {
		const char *needs = logsource_needs(
			resolved->table, rule->product, rule->category, rule->service);

		g_hash_table_add(resolved->needing, g_strdup(rule->info->logsource));
		if (!needs)
			g_test_message("nothing for %s", rule->info->logsource);
		resolved->n_missing += !needs;
	}
	sigma_rule_free(rule);
}

static void resolve_folder(Resolved *resolved, const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *inner = g_build_filename(path, name, NULL), *text = NULL;
		gsize size;

		if (g_file_test(inner, G_FILE_TEST_IS_DIR))
			resolve_folder(resolved, inner);
		else if (g_str_has_suffix(name, ".yml") &&
			g_file_get_contents(inner, &text, &size, NULL))
			sigma_parse(inner, slice_make(text, size), NULL, resolve_rule, resolved);
	}
}

/* Every log source that SigmaHQ's rules name: we know it, or say what it would need. */
static void test_corpus(void)
{
	static const char *const folders[] = { "rules", "rules-compliance",
		"rules-emerging-threats", "rules-placeholder", "rules-threat-hunting" };
	g_autoptr(LogSourceTable) table = shipped_table();
	g_autoptr(GHashTable) sources =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) needing =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Resolved resolved = { .table = table, .sources = sources, .needing = needing };

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = corpus_path(folders[i]);

		resolve_folder(&resolved, path);
	}
	if (resolved.n_rules == 0) {
		g_test_skip("the corpus is not here");
		return;
	}
	g_test_message("%u rules, %u log sources, %u of which need what is not read",
		resolved.n_rules, g_hash_table_size(sources), g_hash_table_size(needing));
	g_assert_cmpuint(resolved.n_rules, ==, 3780);
	g_assert_cmpuint(g_hash_table_size(sources), ==, 138);
	g_assert_cmpuint(resolved.n_missing, ==, 0);
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/logsource/resolve", test_resolve);
	g_test_add_func("/sigma/logsource/borrowed", test_borrowed);
	g_test_add_func("/sigma/logsource/malformed", test_malformed);
	g_test_add_func("/sigma/logsource/shipped", test_shipped);
	g_test_add_func("/sigma/logsource/thor", test_thor);
	g_test_add_func("/sigma/logsource/corpus", test_corpus);
	return g_test_run();
}

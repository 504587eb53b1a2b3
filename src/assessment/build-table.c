/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/build-table.h"

#include <string.h>

#include "assessment/table.h"

#define N_CVES_MAX 64
#define KB_DIGITS  7 /* of an article's number */

typedef struct CuRow {
	Build build;
	char *line, *name;
	guint64 always, never; /* CVEs of the flaws of which it says so */
} CuRow;

struct BuildTable {
	GPtrArray *flaws, *builds, *cus, *updates;
	GPtrArray *cves;   /* names, by bit */
	GHashTable *least; /* ids of rules */
};

/* ---- rows ---- */

static void flaw_free(gpointer data)
{
	Flaw *flaw = data;

	g_free(flaw->name);
	g_free(flaw->cves);
	g_free(flaw->text);
	g_free(flaw);
}

static void build_row_free(gpointer data)
{
	BuildRow *row = data;

	g_free(row->line);
	g_free(row->name);
	g_free(row->note);
	g_free(row->released);
	g_free(row);
}

static void cu_row_free(gpointer data)
{
	CuRow *row = data;

	g_free(row->line);
	g_free(row->name);
	g_free(row);
}

static void update_row_free(gpointer data)
{
	UpdateRow *row = data;

	g_free(row->name);
	g_free(row->text);
	g_free(row->released);
	g_free(row);
}

void build_table_free(BuildTable *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->flaws);
	g_ptr_array_unref(table->builds);
	g_ptr_array_unref(table->cus);
	g_ptr_array_unref(table->updates);
	g_ptr_array_unref(table->cves);
	g_hash_table_unref(table->least);
	g_free(table);
}

/* ---- loading ---- */

static gboolean take_flaw(void *context, guint n, char *const *cells, const char **ret_reason)
{
	BuildTable *table = context;
	Flaw *flaw = g_new0(Flaw, 1);
	g_auto(GStrv) cves = NULL;

	g_ptr_array_add(table->flaws, flaw);
	*ret_reason = "a flaw has six columns: flaw, cves, used, disclosed, text, source";
	if (n != 6)
		return FALSE;
	flaw->name = g_strdup(cells[0]);
	flaw->cves = g_strdup(cells[1]);
	flaw->text = g_strdup(cells[4]);
	*ret_reason = "the dates are to be YYYY-MM-DD";
	if (!table_parse_date(cells[2], &flaw->used) ||
		!table_parse_date(cells[3], &flaw->disclosed) || flaw->used == INSTANT_NONE ||
		flaw->disclosed == INSTANT_NONE)
		return FALSE;
	cves = g_strsplit(cells[1], " ", -1);
	*ret_reason = "too many CVEs";
	for (guint i = 0; cves[i]; i++) {
		if (table->cves->len == N_CVES_MAX)
			return FALSE;
		flaw->set.all |= G_GUINT64_CONSTANT(1) << table->cves->len;
		flaw->set.entry = flaw->set.entry ? flaw->set.entry : flaw->set.all;
		g_ptr_array_add(table->cves, g_strdup(cves[i]));
	}
	*ret_reason = "no CVEs";
	return flaw->set.all != 0;
}

const Flaw *build_table_flaw(const BuildTable *table, const char *name, CveSet *ret_set)
{
	for (guint i = 0; i < table->flaws->len; i++) {
		const Flaw *flaw = table->flaws->pdata[i];

		if (strcmp(flaw->name, name) == 0) {
			*ret_set = flaw->set;
			return flaw;
		}
		for (guint bit = 0; bit < table->cves->len; bit++) {
			guint64 cve = G_GUINT64_CONSTANT(1) << bit;

			if ((flaw->set.all & cve) && strcmp(table->cves->pdata[bit], name) == 0) {
				*ret_set = (CveSet){ cve, cve };
				return flaw;
			}
		}
	}
	return NULL;
}

/* The CVEs of names joined by blanks. */
static gboolean read_names(const BuildTable *table, const char *text, guint64 *ret)
{
	g_auto(GStrv) names = g_strsplit(text, " ", -1);
	CveSet set;

	*ret = 0;
	for (guint i = 0; names[i] && text[0]; i++) {
		if (!build_table_flaw(table, names[i], &set))
			return FALSE;
		*ret |= set.all;
	}
	return TRUE;
}

static gboolean take_build(void *context, guint n, char *const *cells, const char **ret_reason)
{
	BuildTable *table = context;
	const BuildRow *before =
		table->builds->len ? table->builds->pdata[table->builds->len - 1] : NULL;
	BuildRow *row = g_new0(BuildRow, 1);

	g_ptr_array_add(table->builds, row);
	*ret_reason = "a build has nine columns: build, line, name, released, closes, absent, "
		      "pages, note, source";
	if (n != 9)
		return FALSE;
	row->line = g_strdup(cells[1]);
	row->name = g_strdup(cells[2]);
	row->released = g_strdup(cells[3]);
	row->note = g_strdup(cells[7]);
	row->pages_known = strcmp(cells[6], "known") == 0;
	*ret_reason = "no build of four parts";
	if (!build_parse(cells[0], &row->build) || !row->build.is_exact)
		return FALSE;
	*ret_reason = "the date is to be YYYY-MM-DD, YYYY-MM or empty";
	if (!table_parse_date(cells[3], &row->released_at))
		return FALSE;
	*ret_reason = "names what exchange-flaws.tsv does not have";
	if (!read_names(table, cells[4], &row->closes) ||
		!read_names(table, cells[5], &row->absent))
		return FALSE;
	*ret_reason = "not in order of version";
	return !before || build_compare(&before->build, &row->build) < 0;
}

static gboolean take_cu(void *context, guint n, char *const *cells, const char **ret_reason)
{
	BuildTable *table = context;
	CuRow *row = g_new0(CuRow, 1);

	g_ptr_array_add(table->cus, row);
	*ret_reason = "a cumulative update has at least three columns: build, line, name";
	if (n < 3)
		return FALSE;
	row->line = g_strdup(cells[1]);
	row->name = g_strdup(cells[2]);
	*ret_reason = "no build of three parts";
	if (!build_parse(cells[0], &row->build) || row->build.is_exact || row->build.revision)
		return FALSE;
	*ret_reason = "no <flaw>=always, never or depends";
	for (guint i = 3; i < n; i++) {
		char *word = strchr(cells[i], '=');
		g_autofree char *name = word ? g_strndup(cells[i], word - cells[i]) : NULL;
		CveSet set;

		if (!name || !build_table_flaw(table, name, &set))
			return FALSE;
		if (strcmp(word, "=always") == 0)
			row->always |= set.all;
		else if (strcmp(word, "=never") == 0)
			row->never |= set.all;
		else if (strcmp(word, "=depends") != 0)
			return FALSE;
	}
	return TRUE;
}

static gboolean take_update(void *context, guint n, char *const *cells, const char **ret_reason)
{
	BuildTable *table = context;
	UpdateRow *row = g_new0(UpdateRow, 1);
	Instant released;

	g_ptr_array_add(table->updates, row);
	*ret_reason = "an update has five columns: update, released, closes, text, source";
	if (n != 5 || !g_str_has_prefix(cells[0], "KB"))
		return FALSE;
	row->name = g_strdup(cells[0]);
	row->released = g_strdup(cells[1]);
	row->text = g_strdup(cells[3]);
	*ret_reason = "the date is to be YYYY-MM-DD";
	if (!table_parse_date(cells[1], &released))
		return FALSE;
	*ret_reason = "names what exchange-flaws.tsv does not have";
	return read_names(table, cells[2], &row->closes);
}

static gboolean take_proof(void *context, guint n, char *const *cells, const char **ret_reason)
{
	BuildTable *table = context;

	*ret_reason = "a proof has three columns: rule, least, why";
	if (n != 3 || strcmp(cells[1], "least") != 0)
		return FALSE;
	(void)g_hash_table_add(table->least, g_ascii_strdown(cells[0], -1)); /* or it is there */
	return TRUE;
}

BuildTable *build_table_load(const char *tables, GError **error)
{
	g_autoptr(BuildTable) table = g_new0(BuildTable, 1);

	table->flaws = g_ptr_array_new_with_free_func(flaw_free);
	table->builds = g_ptr_array_new_with_free_func(build_row_free);
	table->cus = g_ptr_array_new_with_free_func(cu_row_free);
	table->updates = g_ptr_array_new_with_free_func(update_row_free);
	table->cves = g_ptr_array_new_with_free_func(g_free);
	table->least = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!table_read(tables, "exchange-flaws.tsv", take_flaw, table, error) ||
		!table_read(tables, "exchange-builds.tsv", take_build, table, error) ||
		!table_read(tables, "exchange-cu-builds.tsv", take_cu, table, error) ||
		!table_read(tables, "exchange-updates.tsv", take_update, table, error) ||
		!table_read(tables, "exchange-proofs.tsv", take_proof, table, error))
		return NULL;
	return g_steal_pointer(&table);
}

const GPtrArray *build_table_flaws(const BuildTable *table)
{
	return table->flaws;
}

/* ---- classifying ---- */

/* Rows of one build number, or of one version: @begin up to @end. */
typedef struct RowRange {
	const BuildTable *table;
	guint begin, end;
} RowRange;

static const BuildRow *row_at(const BuildTable *table, guint i)
{
	return table->builds->pdata[i];
}

/* The first row that is not before @build in the order of @compare. */
static guint find_row(
	const BuildTable *table, const Build *build, int (*compare)(const Build *, const Build *))
{
	guint begin = 0, end = table->builds->len;

	while (begin < end) {
		guint middle = begin + (end - begin) / 2;

		if (compare(&row_at(table, middle)->build, build) < 0)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/* Rows with the first three numbers of @build. */
static RowRange find_update(const BuildTable *table, const Build *build)
{
	guint begin = find_row(table, build, build_compare_update), end = begin;

	while (end < table->builds->len &&
		build_compare_update(&row_at(table, end)->build, build) == 0)
		end++;
	return (RowRange){ table, begin, end };
}

static BuildVerdict judge_row(const BuildRow *row, CveSet set)
{
	if (row->absent & set.entry)
		return BUILD_NOT_APPLICABLE;
	return (set.all & ~row->absent & ~row->closes) ? BUILD_EXPOSED : BUILD_CLOSED;
}

/* What all rows of @range with at least @revision are alike; unknown where they differ or there are
 * none. */
static BuildVerdict judge_range(RowRange range, guint revision, CveSet set)
{
	BuildVerdict verdict = BUILD_UNKNOWN;
	gboolean any = FALSE;

	for (guint i = range.begin; i < range.end; i++) {
		BuildVerdict one = judge_row(row_at(range.table, i), set);

		if (row_at(range.table, i)->build.revision < revision)
			continue;
		if (any && one != verdict)
			return BUILD_UNKNOWN;
		verdict = one;
		any = TRUE;
	}
	return verdict;
}

/* The verdict on a whole version (2010 has none of the flaws), unknown where builds differ. */
static BuildVerdict judge_version(const BuildTable *table, const Build *build, CveSet set)
{
	RowRange range = { table, 0, 0 };
	Build at = { build->major, build->minor, 0, 0, FALSE };

	range.begin = range.end = find_row(table, &at, build_compare);
	while (range.end < table->builds->len &&
		row_at(table, range.end)->build.major == build->major &&
		row_at(table, range.end)->build.minor == build->minor)
		range.end++;
	return judge_range(range, 0, set);
}

/* A build number that no row has. */
static BuildVerdict judge_unknown_update(
	const BuildTable *table, const Build *build, CveSet set, const char **why)
{
	guint at = find_row(table, build, build_compare_update);
	const Build *before = at > 0 ? &row_at(table, at - 1)->build : NULL;

	if (judge_version(table, build, set) == BUILD_NOT_APPLICABLE) {
		*why = "no build of this version has it";
		return BUILD_NOT_APPLICABLE;
	}
	if (before && before->major == build->major && before->minor == build->minor &&
		judge_range(find_update(table, before), 0, set) == BUILD_CLOSED) {
		*why = "the table does not know this build, but every build of the cumulative "
		       "update before it closes the flaw";
		return BUILD_CLOSED;
	}
	*why = "the table does not know this build, nor does what it knows decide it";
	return BUILD_UNKNOWN;
}

/* A revision that no row of its build number has. */
static BuildVerdict judge_unknown_revision(
	RowRange range, const Build *build, CveSet set, const char **why)
{
	const BuildRow *before = NULL, *after = NULL;

	for (guint i = range.begin; i < range.end; i++) {
		const BuildRow *row = row_at(range.table, i);

		if (row->build.revision < build->revision)
			before = row;
		else if (!after)
			after = row;
	}
	if ((before && judge_row(before, set) == BUILD_NOT_APPLICABLE) ||
		(after && judge_row(after, set) == BUILD_NOT_APPLICABLE)) {
		*why = "no build of this version has it";
		return BUILD_NOT_APPLICABLE;
	}
	if (before && judge_row(before, set) == BUILD_CLOSED) {
		*why = "the table does not know this revision, but an earlier one closes the flaw";
		return BUILD_CLOSED;
	}
	if (after && judge_row(after, set) == BUILD_EXPOSED) {
		*why = "the table does not know this revision, but a later one still has the flaw";
		return BUILD_EXPOSED;
	}
	if (!before && after)
		*why = "older than every known revision of this cumulative update";
	else
		*why = "the table does not know this revision: no earlier one closes the flaw, "
		       "this one may";
	return BUILD_UNKNOWN;
}

static const CuRow *find_cu(const BuildTable *table, const Build *build)
{
	for (guint i = 0; i < table->cus->len; i++) {
		const CuRow *row = table->cus->pdata[i];

		if (build_compare_update(&row->build, build) == 0)
			return row;
	}
	return NULL;
}

/* Three parts, perhaps with the least revision that it can be. */
static BuildVerdict judge_inexact(RowRange range, const Build *build, CveSet set, const char **why)
{
	const CuRow *cu = find_cu(range.table, build);
	BuildVerdict verdict;

	*why = "";
	if (cu && (cu->always & set.all) == set.all)
		return BUILD_CLOSED;
	if (cu && (cu->never & set.all) == set.all)
		return BUILD_EXPOSED;
	verdict = judge_range(range, build->revision, set);
	if (verdict == BUILD_UNKNOWN)
		*why = "the revision is not told, and decides it";
	return verdict;
}

BuildVerdict build_table_classify(
	const BuildTable *table, const Build *build, CveSet set, const char **ret_why)
{
	const BuildRow *row = build_table_find(table, build);
	RowRange range = find_update(table, build);
	const char *unused;
	const char **why = ret_why ? ret_why : &unused;

	*why = "";
	if (row)
		return judge_row(row, set);
	if (range.begin == range.end)
		return judge_unknown_update(table, build, set, why);
	if (!build_is_sure(build))
		return judge_inexact(range, build, set, why);
	return judge_unknown_revision(range, build, set, why);
}

const char *build_verdict_name(BuildVerdict verdict)
{
	static const char *const names[] = {
		[BUILD_UNKNOWN] = "unknown",
		[BUILD_EXPOSED] = "exposed",
		[BUILD_CLOSED] = "closed",
		[BUILD_NOT_APPLICABLE] = "not applicable",
	};

	return names[verdict];
}

/* ---- names and dates ---- */

const BuildRow *build_table_find(const BuildTable *table, const Build *build)
{
	guint at = find_row(table, build, build_compare);

	if (!build->is_exact || at == table->builds->len ||
		build_compare(&row_at(table, at)->build, build) != 0)
		return NULL;
	return row_at(table, at);
}

char *build_table_name(const BuildTable *table, const Build *build)
{
	const BuildRow *row = build_table_find(table, build);
	const CuRow *cu = find_cu(table, build);

	if (row)
		return g_strconcat(row->line, " ", row->name, NULL);
	return cu ? g_strconcat(cu->line, " ", cu->name, NULL) : g_strdup("");
}

/* The row whose date bounds @build: its own, else of the first known revision. */
static const BuildRow *dating_row(const BuildTable *table, const Build *build)
{
	const BuildRow *row = build_table_find(table, build);
	RowRange range = find_update(table, build);

	if (row && row->released_at != INSTANT_NONE)
		return row;
	for (guint i = range.begin; i < range.end; i++) {
		const BuildRow *one = row_at(table, i);

		if (one->released_at == INSTANT_NONE)
			continue;
		return one->build.revision <= build->revision || !build->is_exact ? one : NULL;
	}
	return NULL;
}

Instant build_table_released(const BuildTable *table, const Build *build)
{
	const BuildRow *row = dating_row(table, build);

	return row ? row->released_at : INSTANT_NONE;
}

const char *build_table_released_text(const BuildTable *table, const Build *build)
{
	const BuildRow *row = build_table_find(table, build);

	row = row || build->is_exact ? row : dating_row(table, build);
	return row ? row->released : "";
}

Instant build_table_first_fix(const BuildTable *table, const Build *build, CveSet set)
{
	Instant first = INSTANT_NONE;

	for (guint i = 0; i < table->builds->len; i++) {
		const BuildRow *row = row_at(table, i);

		if (row->released_at == INSTANT_NONE || judge_row(row, set) != BUILD_CLOSED)
			continue;
		if (build && (row->build.major != build->major || row->build.minor != build->minor))
			continue;
		if (first == INSTANT_NONE || row->released_at < first)
			first = row->released_at;
	}
	return first;
}

const UpdateRow *build_table_update(const BuildTable *table, const char *text)
{
	for (const char *at = text; *at; at++) {
		gsize n;

		if (!g_ascii_isdigit(*at) || (at > text && g_ascii_isdigit(at[-1])))
			continue;
		n = strspn(at, "0123456789");
		for (guint i = 0; n == KB_DIGITS && i < table->updates->len; i++) {
			const UpdateRow *row = table->updates->pdata[i];

			if (strncmp(row->name + strlen("KB"), at, n) == 0)
				return row;
		}
	}
	return NULL;
}

gboolean build_table_is_least(const BuildTable *table, const char *rule_id)
{
	g_autofree char *folded = g_ascii_strdown(rule_id, -1);

	return g_hash_table_contains(table->least, folded);
}

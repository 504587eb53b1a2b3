/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The YARA engine: what the worker sees of engines/yara/. See docs/yara.md.
 *
 * load() only cuts a file into its rules; compile() compiles those of all files together, before
 * the fork; judge() looks at events that tell of a file (readers/file/) and scans their content
 * where it lies. Without rules nothing of libyara is touched but its set-up.
 */
#include "engines/yara/engine.h"

#include <malloc.h>

#include "engines/yara/externals.h"
#include "engines/yara/levels.h"
#include "engines/yara/ruleset.h"
#include "engines/yara/scan.h"

#define FILE_FORMAT  "file" /* of the shape of events that tell of a file */
#define LEVELS_TABLE "yara-levels.yml"
#define KEPT_BYTES   (16 << 20) /* of freed memory */

struct EngineState {
	guint slot;
	const EngineReport *report;
	YaraLevels *levels;
	YaraRuleset *ruleset;
	YaraScan *scan; /* made at the first file; each process has its own */
	YaraExternals externals;
	gboolean has_judged; /* a file, since the last take_applicable() */
};

static EngineState *yara_new(guint slot, const EngineReport *report)
{
	EngineState *state = g_new0(EngineState, 1);

	g_assert(slot < SHAPE_MAX_BINDINGS);
	yara_warm_up();
	state->slot = slot;
	state->report = report;
	state->ruleset = yara_ruleset_new();
	yara_externals_init(&state->externals);
	return state;
}

static void yara_free(EngineState *state)
{
	if (!state)
		return;
	yara_scan_free(state->scan);
	yara_ruleset_free(state->ruleset);
	yara_levels_free(state->levels);
	yara_externals_clear(&state->externals);
	g_free(state);
}

static gboolean yara_accepts(const char *path)
{
	return g_str_has_suffix(path, ".yar") || g_str_has_suffix(path, ".yara");
}

static gboolean yara_table(EngineState *state, const char *name, Slice text, GError **error)
{
	if (strcmp(name, LEVELS_TABLE) != 0)
		return TRUE; /* some other engine's */
	yara_levels_free(state->levels);
	state->levels = yara_levels_new(text, error);
	return state->levels != NULL;
}

/*
 * libyara compiles into many small pieces of memory, and asks for the same few megabytes at each
 * file and gives them back. By default the C library goes to the kernel for little at a time, which
 * costs half of all time spent there.
 */
static void take_memory_at_large(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES); /* where it is not taken, it is slower */
	(void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TOP_PAD, 1 << 20);
}

static guint yara_load(EngineState *state, const char *path, Slice text, guint first_index)
{
	take_memory_at_large();
	return yara_ruleset_add(state->ruleset, path, text, first_index);
}

static guint yara_compile(EngineState *state, guint first_late)
{
	yara_ruleset_compile(
		state->ruleset, state->levels, state->report->rule, state->report->context);
	return 0;
}

static gboolean yara_wants_content(const EngineState *state)
{
	return yara_ruleset_rules(state->ruleset) != NULL;
}

/* ---- judging ---- */

static const YaraColumns *bind(EngineState *state, Shape *shape)
{
	ShapeBinding *slot = &shape->bindings[state->slot];

	if (!slot->data) {
		YaraColumns *columns = g_new(YaraColumns, 1);

		*columns = yara_columns_find(shape);
		*slot = (ShapeBinding){ columns, g_free };
	}
	return slot->data;
}

/* The bytes of a file may be missing, which is said where they were not read. */
static gboolean has_content(const YaraColumns *columns, const Event *event)
{
	gint64 size = 0;

	if (event->content.size > 0)
		return TRUE;
	return columns->size >= 0 && value_to_int(&event->values[columns->size], &size) &&
		size == 0;
}

static void report_no_memory(const EngineState *state, const Event *event)
{
	const Gap gap = { .kind = GAP_LIMIT,
		.size = event->content.size,
		.records = 1,
		.note = "not judged by YARA: a scanner needs more memory than a worker has "
			"(LIMIT_CHILD_MEMORY_BYTES)" };

	state->report->gap(state->report->context, event, &gap);
}

static void yara_judge(EngineState *state, const Event *event)
{
	const YaraColumns *columns;

	if (!yara_ruleset_rules(state->ruleset) || strcmp(event->shape->format, FILE_FORMAT) != 0)
		return;
	columns = bind(state, event->shape);
	if (!has_content(columns, event))
		return;
	if (!state->scan)
		state->scan = yara_scan_new(state->ruleset, state->report);
	if (!state->scan) {
		report_no_memory(state, event);
		return;
	}
	state->has_judged = TRUE;
	yara_externals_set(&state->externals, columns, event);
	yara_scan_judge(state->scan, event, state->externals.values);
}

static void yara_take_applicable(EngineState *state, guint8 *bits, gsize n_bytes)
{
	const GArray *loaded = yara_ruleset_loaded(state->ruleset);

	if (!state->has_judged)
		return;
	state->has_judged = FALSE;
	for (guint i = 0; i < loaded->len; i++) {
		guint index = g_array_index(loaded, guint, i);

		if (index / 8 < n_bytes)
			bits[index / 8] |= (guint8)(1 << (index % 8));
	}
}

const Engine yara_engine = {
	.name = "yara",
	.description = "YARA rules, as libyara 4.2 reads them",
	.docs = "docs/yara.md",
	.new = yara_new,
	.free = yara_free,
	.accepts = yara_accepts,
	.table = yara_table,
	.load = yara_load,
	.compile = yara_compile,
	.wants_content = yara_wants_content,
	.judge = yara_judge,
	.take_applicable = yara_take_applicable,
};

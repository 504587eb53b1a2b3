/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/patterns.h"

#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/form.h"
#include "engines/indicators/re2-filter.h"
#include "engines/sigma/prefilter.h"
#include "engines/sigma/re2-shim.h"

#define PATTERN_MEMORY_BYTES (1u << 20) /* automaton of one */
#define MAX_PATH_BYTES	     4096

typedef struct Pattern {
	guint32 store, number;
	Re2Shim *exception; /* or NULL */
} Pattern;

struct Patterns {
	Re2Filter *filter;
	GArray *patterns; /* Pattern, by their number in the filter */
	LiteralSet *literals;
	const Literal **searched;
	guint n_searched;
	int *atoms;	    /* of each that is searched */
	GArray *unsearched; /* int: atoms that are always taken to be there */
	Prefilter *prefilter;
	PrefilterHits hits;
	GArray *present; /* int */
	GString *path, *folded;
};

char *patterns_problem(const char *pattern)
{
	char *problem = NULL;
	Re2Shim *re2 = re2_shim_new(pattern, PATTERN_MEMORY_BYTES, &problem);

	re2_shim_free(re2);
	return problem;
}

static void clear_pattern(gpointer data)
{
	re2_shim_free(((Pattern *)data)->exception);
}

/* FALSE where it can not be compiled. */
static gboolean add_pattern(Patterns *patterns, const Store *store, Pattern pattern)
{
	Slice value = store_value(store, pattern.number);
	Slice key = form_key(INDICATOR_FILE_PATTERN, value);
	g_autofree char *text = g_strndup((const char *)key.data, key.size);
	Slice rest = slice_sub(value, key.size + 1, value.size);
	g_autofree char *problem = NULL;

	if (rest.size) {
		g_autofree char *exception = g_strndup((const char *)rest.data, rest.size);

		pattern.exception = re2_shim_new(exception, PATTERN_MEMORY_BYTES, &problem);
		if (!pattern.exception)
			return FALSE;
	}
	if (re2_filter_add(patterns->filter, text, PATTERN_MEMORY_BYTES, &problem) < 0) {
		re2_shim_free(pattern.exception);
		return FALSE;
	}
	g_array_append_val(patterns->patterns, pattern);
	return TRUE;
}

static void add_store(Patterns *patterns, const Store *stores, guint s, guint *n_refused)
{
	guint32 first = stores[s].first[INDICATOR_FILE_PATTERN];
	guint32 n = store_count(&stores[s], INDICATOR_FILE_PATTERN);

	for (guint32 i = 0; i < n; i++) {
		const Pattern pattern = { s, first + i, NULL };

		if (patterns->patterns->len >= LIMIT_INDICATOR_PATTERNS ||
			!add_pattern(patterns, &stores[s], pattern))
			(*n_refused)++;
	}
}

/* Only ASCII is folded the same here and in RE2: other atoms are taken to be there. */
static void add_atoms(Patterns *patterns)
{
	g_auto(GStrv) atoms = re2_filter_compile(patterns->filter);
	guint n = g_strv_length(atoms);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));

	patterns->atoms = g_new(int, n + 1);
	patterns->searched = g_new(const Literal *, n + 1);
	for (guint i = 0; i < n; i++) {
		int atom = (int)i;
		guint number;

		if (!g_str_is_ascii(atoms[i])) {
			g_array_append_val(patterns->unsearched, atom);
			continue;
		}
		number = literal_set_add(
			patterns->literals, LITERAL_CONTAINS, slice_from_text(atoms[i]));
		g_array_append_val(numbers, number);
		patterns->atoms[patterns->n_searched++] = atom;
	}
	literal_set_finish(patterns->literals);
	for (guint i = 0; i < patterns->n_searched; i++)
		patterns->searched[i] =
			literal_set_get(patterns->literals, g_array_index(numbers, guint, i));
	patterns->prefilter = prefilter_new(patterns->searched, patterns->n_searched);
	patterns->hits.seen = g_new0(guint8, n + 1);
	patterns->hits.found = g_new(guint32, n + 1);
}

Patterns *patterns_new(const Store *stores, guint n_stores, guint *ret_n_refused)
{
	Patterns *patterns;
	guint32 n = 0;

	*ret_n_refused = 0;
	for (guint s = 0; s < n_stores; s++)
		n += store_count(&stores[s], INDICATOR_FILE_PATTERN);
	if (n == 0)
		return NULL;
	patterns = g_new0(Patterns, 1);
	patterns->filter = re2_filter_new();
	patterns->patterns = g_array_new(FALSE, FALSE, sizeof(Pattern));
	g_array_set_clear_func(patterns->patterns, clear_pattern);
	patterns->literals = literal_set_new();
	patterns->unsearched = g_array_new(FALSE, FALSE, sizeof(int));
	patterns->present = g_array_new(FALSE, FALSE, sizeof(int));
	patterns->path = g_string_new(NULL);
	patterns->folded = g_string_new(NULL);
	for (guint s = 0; s < n_stores; s++)
		add_store(patterns, stores, s, ret_n_refused);
	add_atoms(patterns);
	return patterns;
}

void patterns_free(Patterns *patterns)
{
	if (!patterns)
		return;
	re2_filter_free(patterns->filter);
	g_array_unref(patterns->patterns);
	prefilter_free(patterns->prefilter);
	literal_set_free(patterns->literals);
	g_free(patterns->searched);
	g_free(patterns->atoms);
	g_array_unref(patterns->unsearched);
	g_array_unref(patterns->present);
	g_free(patterns->hits.seen);
	g_free(patterns->hits.found);
	g_string_free(patterns->path, TRUE);
	g_string_free(patterns->folded, TRUE);
	g_free(patterns);
}

/* ---- looking ---- */

typedef struct Looking {
	Patterns *patterns;
	Finder *finder;
	guint column;
} Looking;

static void try_pattern(void *context, int number)
{
	const Looking *looking = context;
	const Patterns *patterns = looking->patterns;
	const GString *path = patterns->path;
	const Pattern *pattern = &g_array_index(patterns->patterns, Pattern, number);
	Hit hit = { .store = pattern->store, .number = pattern->number, .column = looking->column };

	if (!re2_filter_matches(patterns->filter, number, path->str, path->len) ||
		(pattern->exception && re2_shim_matches(pattern->exception, path->str, path->len)))
		return;
	if (looking->finder->hits->len < 2 * LIMIT_INDICATOR_FINDINGS)
		g_array_append_val(looking->finder->hits, hit);
}

/* patterns->path as it stands. */
static void look(Patterns *patterns, Finder *finder, guint column)
{
	Looking looking = { patterns, finder, column };

	g_string_truncate(patterns->folded, 0);
	text_append_folded(patterns->folded, slice_make(patterns->path->str, patterns->path->len));
	prefilter_find(patterns->prefilter,
		slice_make(patterns->folded->str, patterns->folded->len), &patterns->hits);
	g_array_set_size(patterns->present, 0);
	for (guint i = 0; i < patterns->hits.n_found; i++)
		g_array_append_val(patterns->present, patterns->atoms[patterns->hits.found[i]]);
	prefilter_hits_reset(&patterns->hits);
	if (patterns->unsearched->len)
		g_array_append_vals(
			patterns->present, patterns->unsearched->data, patterns->unsearched->len);
	re2_filter_candidates(patterns->filter, (const int *)(gconstpointer)patterns->present->data,
		patterns->present->len, try_pattern, &looking);
}

/* @path with @separator throughout, and one before it where it begins with none and no drive. */
static void write_path(GString *ret, Slice path, char separator)
{
	gboolean is_rooted = path.data[0] == '\\' || path.data[0] == '/' ||
		(path.size > 1 && path.data[1] == ':');

	g_string_truncate(ret, 0);
	if (!is_rooted)
		g_string_append_c(ret, separator);
	text_append_utf8(ret, path);
	for (gsize i = 0; i < ret->len; i++)
		ret->str[i] = ret->str[i] == '\\' || ret->str[i] == '/' ? separator : ret->str[i];
}

void patterns_look(Patterns *patterns, Finder *finder, guint column, Slice path)
{
	if (path.size == 0 || path.size > MAX_PATH_BYTES)
		return;
	write_path(patterns->path, path, '\\');
	look(patterns, finder, column);
	write_path(patterns->path, path, '/');
	look(patterns, finder, column);
}

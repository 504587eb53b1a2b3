/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/evidence-table.h"

#include <string.h>

#include "assessment/table.h"
#include "base/text.h"

static void kind_free(gpointer data)
{
	EvidenceKind *kind = data;

	g_free(kind->name);
	g_free(kind->text);
	g_ptr_array_unref(kind->channels);
	g_ptr_array_unref(kind->paths);
	g_free(kind);
}

static void read_patterns(GPtrArray *ret, const char *text)
{
	g_auto(GStrv) patterns = g_strsplit(text, "|", -1);

	for (guint i = 0; patterns[i]; i++) {
		g_autofree char *folded = text_fold(patterns[i]);

		if (folded[0] != '\0' && strcmp(folded, "-") != 0)
			g_ptr_array_add(ret, g_pattern_spec_new(folded));
	}
}

static gboolean read_yes(const char *text, gboolean *ret)
{
	*ret = strcmp(text, "yes") == 0;
	return *ret || strcmp(text, "no") == 0;
}

static gboolean take_kind(void *context, guint n, char *const *cells, const char **ret_reason)
{
	GPtrArray *kinds = context;
	EvidenceKind *kind;

	*ret_reason =
		"a kind of evidence has six columns: name, asked, exchange, logs, paths, text";
	if (n != 6)
		return FALSE;
	kind = g_new0(EvidenceKind, 1);
	kind->name = g_strdup(cells[0]);
	kind->text = g_strdup(cells[5]);
	kind->channels = g_ptr_array_new_with_free_func((GDestroyNotify)g_pattern_spec_free);
	kind->paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_pattern_spec_free);
	g_ptr_array_add(kinds, kind);
	read_patterns(kind->channels, cells[3]);
	read_patterns(kind->paths, cells[4]);
	*ret_reason = "asked and exchange are yes or no";
	return read_yes(cells[1], &kind->is_asked) && read_yes(cells[2], &kind->is_exchange);
}

GPtrArray *evidence_table_load(const char *tables, GError **error)
{
	g_autoptr(GPtrArray) kinds = g_ptr_array_new_with_free_func(kind_free);

	if (!table_read(tables, "exchange-evidence.tsv", take_kind, kinds, error))
		return NULL;
	return g_steal_pointer(&kinds);
}

static gboolean matches(const GPtrArray *patterns, const char *text)
{
	for (guint i = 0; i < patterns->len; i++)
		if (g_pattern_spec_match_string(patterns->pdata[i], text))
			return TRUE;
	return FALSE;
}

const EvidenceKind *evidence_table_find(
	const GPtrArray *kinds, const char *channel, const char *path)
{
	g_autofree char *folded_channel = text_fold(channel);
	g_autofree char *slashed = g_strconcat("/", path, NULL);
	g_autofree char *folded_path = NULL;

	folded_path = text_fold(g_strdelimit(slashed, "\\", '/'));
	for (guint i = 0; i < kinds->len; i++) {
		const EvidenceKind *kind = kinds->pdata[i];

		if ((channel[0] != '\0' && matches(kind->channels, folded_channel)) ||
			matches(kind->paths, folded_path))
			return kind;
	}
	return NULL;
}

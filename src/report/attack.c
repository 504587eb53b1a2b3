/* SPDX-License-Identifier: Apache-2.0 */
#include "report/attack.h"

#include <string.h>

#include "base/error.h"

#define ATTACK_TABLE_BYTES_MAX (4u << 20)

struct AttackTable {
	char *version;
	GArray *tactics;	/* AttackTactic */
	GHashTable *techniques; /* id -> AttackTechnique */
	GHashTable *aliases;	/* former short name of a tactic -> short name */
	GPtrArray *rows;	/* GStrv: own all texts */
};

static void technique_free(gpointer data)
{
	AttackTechnique *technique = data;

	g_strfreev((char **)technique->tactics);
	g_free(technique);
}

static gboolean add_row(AttackTable *table, GStrv cells)
{
	guint n = g_strv_length(cells);

	if (n == 4 && g_str_equal(cells[0], "tactic")) {
		const AttackTactic tactic = { cells[1], cells[2], cells[3] };

		g_array_append_val(table->tactics, tactic);
		return TRUE;
	}
	if (n == 4 && g_str_equal(cells[0], "technique")) {
		AttackTechnique *technique = g_new0(AttackTechnique, 1);

		technique->id = cells[1];
		technique->name = cells[2];
		technique->tactics = (const char *const *)g_strsplit(cells[3], ",", -1);
		(void)g_hash_table_insert(table->techniques, cells[1], technique); /* last wins */
		return TRUE;
	}
	if (n == 3 && g_str_equal(cells[0], "alias")) {
		(void)g_hash_table_insert(table->aliases, cells[1], cells[2]); /* last wins */
		return TRUE;
	}
	if (n == 2 && g_str_equal(cells[0], "version")) {
		g_free(table->version);
		table->version = g_strdup(cells[1]);
		return TRUE;
	}
	return FALSE;
}

AttackTable *attack_table_load(const char *tables, GError **error)
{
	g_autofree char *path = g_build_filename(tables, "attack.tsv", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(AttackTable) table = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &text, &size, error))
		return NULL;
	if (size > ATTACK_TABLE_BYTES_MAX || !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(
			error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: too large, or no UTF-8", path);
		return NULL;
	}
	table = g_new0(AttackTable, 1);
	table->version = g_strdup("");
	table->tactics = g_array_new(FALSE, FALSE, sizeof(AttackTactic));
	table->techniques = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, technique_free);
	table->aliases = g_hash_table_new(g_str_hash, g_str_equal);
	table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		GStrv cells;

		if (lines[i][0] == '\0' || lines[i][0] == '#')
			continue;
		cells = g_strsplit(lines[i], "\t", -1);
		g_ptr_array_add(table->rows, cells);
		if (!add_row(table, cells)) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
				"%s:%u: neither a tactic nor a technique", path, i + 1);
			return NULL;
		}
	}
	return g_steal_pointer(&table);
}

void attack_table_free(AttackTable *table)
{
	if (!table)
		return;
	g_free(table->version);
	g_array_unref(table->tactics);
	g_hash_table_unref(table->techniques);
	g_hash_table_unref(table->aliases);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

const char *attack_table_version(const AttackTable *table)
{
	return table->version;
}

const AttackTactic *attack_table_tactics(const AttackTable *table, guint *ret_n)
{
	*ret_n = table->tactics->len;
	return (const AttackTactic *)table->tactics->data;
}

const AttackTechnique *attack_table_technique(const AttackTable *table, const char *tag)
{
	g_autofree char *id = NULL;

	if (g_ascii_strncasecmp(tag, "attack.t", 8) != 0)
		return NULL;
	id = g_ascii_strup(tag + strlen("attack."), -1);
	return g_hash_table_lookup(table->techniques, id);
}

const AttackTactic *attack_table_tactic(const AttackTable *table, const char *tag)
{
	g_autofree char *name = NULL;
	const char *now;

	if (g_ascii_strncasecmp(tag, "attack.", 7) != 0)
		return NULL;
	name = g_ascii_strdown(tag + 7, -1);
	g_strdelimit(name, "_", '-');
	now = g_hash_table_lookup(table->aliases, name);
	for (guint i = 0; i < table->tactics->len; i++) {
		const AttackTactic *tactic = &g_array_index(table->tactics, AttackTactic, i);

		if (g_str_equal(tactic->short_name, now ? now : name))
			return tactic;
	}
	return NULL;
}

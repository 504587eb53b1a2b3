/* SPDX-License-Identifier: Apache-2.0 */
#include "report/attack-groups.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define TABLE_BYTES_MAX (4u << 20)
#define RARE_PART	10 /* a tenth of all groups */

struct AttackGroups {
	char *version;
	GPtrArray *groups;	 /* AttackGroup, in order of the file: of id */
	GHashTable *names;	 /* id of group or software (upper case) -> name */
	GHashTable *users;	 /* technique id -> number of groups */
	GHashTable *mitigations; /* technique id -> GPtrArray of names */
	GPtrArray *owned;	 /* GStrv: all texts are theirs */
};

static const char *const *split(AttackGroups *groups, const char *text, const char *by)
{
	GStrv parts = g_strsplit(text, by, -1);

	g_ptr_array_add(groups->owned, parts);
	return (const char *const *)parts;
}

static void count_user(AttackGroups *groups, const char *technique)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(groups->users, technique));

	(void)g_hash_table_insert(groups->users, (gpointer)technique, GUINT_TO_POINTER(n + 1));
}

static void add_group(AttackGroups *groups, GStrv cells)
{
	AttackGroup *group = g_new0(AttackGroup, 1);

	*group = (AttackGroup){
		.id = cells[1],
		.name = cells[2],
		.aliases = split(groups, cells[3], "|"),
		.techniques = split(groups, cells[4], " "),
		.software = split(groups, cells[5], " "),
	};
	g_ptr_array_add(groups->groups, group);
	for (guint i = 0; group->techniques[i]; i++)
		count_user(groups, group->techniques[i]);
	(void)g_hash_table_insert(groups->names, cells[1], cells[2]); /* last wins */
}

static void add_mitigation(AttackGroups *groups, GStrv cells)
{
	const char *const *techniques = split(groups, cells[3], " ");

	for (guint i = 0; techniques[i]; i++) {
		GPtrArray *names = g_hash_table_lookup(groups->mitigations, techniques[i]);

		if (!names) {
			names = g_ptr_array_new();
			(void)g_hash_table_insert(
				groups->mitigations, (gpointer)techniques[i], names);
		}
		g_ptr_array_add(names, cells[2]);
	}
}

static gboolean add_row(AttackGroups *groups, GStrv cells)
{
	guint n = g_strv_length(cells);

	if (n == 6 && g_str_equal(cells[0], "group")) {
		add_group(groups, cells);
		return TRUE;
	}
	if (n == 5 && g_str_equal(cells[0], "software")) {
		(void)g_hash_table_insert(groups->names, cells[1], cells[2]); /* last wins */
		return TRUE;
	}
	if (n == 4 && g_str_equal(cells[0], "mitigation")) {
		add_mitigation(groups, cells);
		return TRUE;
	}
	if (n == 2 && g_str_equal(cells[0], "version")) {
		g_free(groups->version);
		groups->version = g_strdup(cells[1]);
		return TRUE;
	}
	return FALSE;
}

static AttackGroups *groups_new(void)
{
	AttackGroups *groups = g_new0(AttackGroups, 1);

	groups->version = g_strdup("");
	groups->groups = g_ptr_array_new_with_free_func(g_free);
	groups->names = g_hash_table_new(g_str_hash, g_str_equal);
	groups->users = g_hash_table_new(g_str_hash, g_str_equal);
	groups->mitigations = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	groups->owned = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	return groups;
}

AttackGroups *attack_groups_load(const char *tables, GError **error)
{
	g_autofree char *path = g_build_filename(tables, "attack-groups.tsv", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(AttackGroups) groups = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &text, &size, error))
		return NULL;
	if (size > TABLE_BYTES_MAX || !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(
			error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: too large, or no UTF-8", path);
		return NULL;
	}
	groups = groups_new();
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		GStrv cells;

		if (lines[i][0] == '\0' || lines[i][0] == '#')
			continue;
		cells = g_strsplit(lines[i], "\t", -1);
		g_ptr_array_add(groups->owned, cells);
		if (!add_row(groups, cells)) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
				"%s:%u: neither a group, software nor a mitigation", path, i + 1);
			return NULL;
		}
	}
	return g_steal_pointer(&groups);
}

void attack_groups_free(AttackGroups *groups)
{
	if (!groups)
		return;
	g_free(groups->version);
	g_ptr_array_unref(groups->groups);
	g_hash_table_unref(groups->names);
	g_hash_table_unref(groups->users);
	g_hash_table_unref(groups->mitigations);
	g_ptr_array_unref(groups->owned);
	g_free(groups);
}

const char *attack_groups_version(const AttackGroups *groups)
{
	return groups->version;
}

guint attack_groups_count(const AttackGroups *groups)
{
	return groups->groups->len;
}

guint attack_groups_using(const AttackGroups *groups, const char *id)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(groups->users, id));
}

gboolean attack_groups_is_rare(const AttackGroups *groups, const char *id)
{
	guint n = attack_groups_using(groups, id);

	return n > 0 && n * RARE_PART <= groups->groups->len;
}

const GPtrArray *attack_groups_mitigations(const AttackGroups *groups, const char *id)
{
	return g_hash_table_lookup(groups->mitigations, id);
}

const char *attack_groups_name(const AttackGroups *groups, const char *tag)
{
	g_autofree char *id = NULL;

	if (g_ascii_strncasecmp(tag, "attack.g", 8) != 0 &&
		g_ascii_strncasecmp(tag, "attack.s", 8) != 0)
		return NULL;
	id = g_ascii_strup(tag + strlen("attack."), -1);
	return g_hash_table_lookup(groups->names, id);
}

/* ---- overlap ---- */

void attack_overlap_free(gpointer data)
{
	AttackOverlap *overlap = data;

	g_ptr_array_unref(overlap->shared);
	g_free(overlap);
}

static AttackOverlap *compare_with(
	const AttackGroups *groups, const AttackGroup *group, GHashTable *wanted)
{
	AttackOverlap *overlap = g_new0(AttackOverlap, 1);

	overlap->group = group;
	overlap->shared = g_ptr_array_new();
	for (guint i = 0; group->techniques[i]; i++) {
		const char *id = group->techniques[i];

		if (!g_hash_table_contains(wanted, id))
			continue;
		g_ptr_array_add(overlap->shared, (gpointer)id);
		overlap->n_rare += attack_groups_is_rare(groups, id);
		overlap->weight +=
			log2((double)groups->groups->len / attack_groups_using(groups, id));
	}
	return overlap;
}

static int compare_overlaps(gconstpointer a, gconstpointer b)
{
	const AttackOverlap *x = *(AttackOverlap *const *)a, *y = *(AttackOverlap *const *)b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return strcmp(x->group->id, y->group->id);
}

GPtrArray *attack_groups_overlap(const AttackGroups *groups, const GPtrArray *techniques)
{
	g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *overlaps = g_ptr_array_new_with_free_func(attack_overlap_free);

	for (guint i = 0; i < techniques->len; i++)
		(void)g_hash_table_add(wanted, techniques->pdata[i]);
	for (guint i = 0; i < groups->groups->len; i++) {
		AttackOverlap *overlap = compare_with(groups, groups->groups->pdata[i], wanted);

		if (overlap->shared->len > 0)
			g_ptr_array_add(overlaps, overlap);
		else
			attack_overlap_free(overlap);
	}
	g_ptr_array_sort(overlaps, compare_overlaps);
	return overlaps;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>

#include "report/attack-groups.h"

static const char table[] = "# a comment\n"
			    "version\t18.1\n"
			    "group\tG0001\tFirst\tOne|Uno\tT1003 T1059.001 T1105\tS0021\n"
			    "group\tG0002\tSecond\t\tT1059.001 T1105\t\n"
			    "group\tG0003\tThird\t\tT1105\t\n"
			    "group\tG0004\tFourth\t\tT1566\t\n"
			    "software\tS0021\tDerusbi\tPHOTO\tT1105\n"
			    "mitigation\tM1015\tActive Directory Configuration\tT1003\n"
			    "mitigation\tM1027\tPassword Policies\tT1003 T1078\n";

static AttackGroups *load(const char *text, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("spoor-groups-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "attack-groups.tsv", NULL);
	AttackGroups *groups;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	groups = attack_groups_load(folder, error);
	(void)g_remove(path); /* of a test */
	(void)g_rmdir(folder);
	return groups;
}

static void test_table(void)
{
	g_autoptr(AttackGroups) groups = load(table, NULL);
	const GPtrArray *names;

	g_assert_nonnull(groups);
	g_assert_cmpstr(attack_groups_version(groups), ==, "18.1");
	g_assert_cmpuint(attack_groups_count(groups), ==, 4);
	g_assert_cmpuint(attack_groups_using(groups, "T1105"), ==, 3);
	g_assert_cmpuint(attack_groups_using(groups, "T1078"), ==, 0);
	g_assert_cmpstr(attack_groups_name(groups, "attack.s0021"), ==, "Derusbi");
	g_assert_cmpstr(attack_groups_name(groups, "attack.G0002"), ==, "Second");
	g_assert_null(attack_groups_name(groups, "attack.t1105"));
	names = attack_groups_mitigations(groups, "T1003");
	g_assert_cmpuint(names->len, ==, 2);
	g_assert_cmpstr(names->pdata[0], ==, "Active Directory Configuration");
	g_assert_null(attack_groups_mitigations(groups, "T1105"));
}

/* Who shares what only few use stands before who shares what everybody does. */
static void test_overlap(void)
{
	g_autoptr(AttackGroups) groups = load(table, NULL);
	g_autoptr(GPtrArray) techniques = g_ptr_array_new(), overlaps = NULL;
	const AttackOverlap *first, *last;

	g_ptr_array_add(techniques, (gpointer) "T1105");
	g_ptr_array_add(techniques, (gpointer) "T1003");
	g_ptr_array_add(techniques, (gpointer) "T9999");
	overlaps = attack_groups_overlap(groups, techniques);
	g_assert_cmpuint(overlaps->len, ==, 3); /* the fourth shares nothing */
	first = overlaps->pdata[0];
	last = overlaps->pdata[2];
	g_assert_cmpstr(first->group->id, ==, "G0001");
	g_assert_cmpuint(first->shared->len, ==, 2);
	g_assert_cmpfloat_with_epsilon(first->weight, 2.0 + 0.4150, 0.001);
	g_assert_cmpstr(
		last->group->id, ==, "G0003"); /* as the second by weight, by id behind it */
	g_assert_cmpuint(last->shared->len, ==, 1);
}

static void test_rare(void)
{
	g_autoptr(GString) text = g_string_new("version\t18.1\n");
	g_autoptr(AttackGroups) groups = NULL;

	for (guint i = 0; i < 20; i++)
		g_string_append_printf(text, "group\tG%04u\tGroup\t\tT1105%s%s\t\n", i,
			i < 2 ? " T1003" : "", i < 3 ? " T1078" : "");
	groups = load(text->str, NULL);
	g_assert_true(attack_groups_is_rare(groups, "T1003"));
	g_assert_false(attack_groups_is_rare(groups, "T1078"));
	g_assert_false(attack_groups_is_rare(groups, "T1105"));
	g_assert_false(attack_groups_is_rare(groups, "T9999")); /* nobody: that says nothing */
}

static void test_malformed(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(load("version\t1\ngroup\tG0001\tToo few\n", &error));
	g_assert_nonnull(strstr(error->message, ":2: neither a group"));
	g_clear_error(&error);
	g_assert_null(load("\xff\xfe", &error));
	g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/attack-groups/table", test_table);
	g_test_add_func("/attack-groups/overlap", test_overlap);
	g_test_add_func("/attack-groups/rare", test_rare);
	g_test_add_func("/attack-groups/malformed", test_malformed);
	return g_test_run();
}

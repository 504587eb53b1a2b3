/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups, software and mitigations as ATT&CK documents them: content/tables/attack-groups.tsv, made
 * by tools/make-attack-groups.
 *
 * What a case has in common with a documented group is an overlap, never an attribution: most
 * techniques are used by many groups. So with each overlap goes by how many groups a technique is
 * used, and groups are put in order by how telling the shared ones are.
 *
 * The file is tab-separated; lines that start with # and empty lines are skipped:
 *
 *	version    <TAB> 18.1
 *	group      <TAB> G0065 <TAB> Leviathan <TAB> APT40|MUDCARP <TAB> T1003 T1041 <TAB> S0021
 *	software   <TAB> S0021 <TAB> Derusbi <TAB> PHOTO <TAB> T1005 T1012
 *	mitigation <TAB> M1015 <TAB> Active Directory Configuration <TAB> T1003 T1078
 */
#pragma once

#include <glib.h>

typedef struct AttackGroup {
	const char *id, *name;
	const char *const *aliases, *const *techniques, *const *software; /* NULL-terminated */
} AttackGroup;

typedef struct AttackGroups AttackGroups;

/* Reads attack-groups.tsv in folder @tables; NULL with @error naming line and reason. */
AttackGroups *attack_groups_load(const char *tables, GError **error);
void attack_groups_free(AttackGroups *groups); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AttackGroups, attack_groups_free)

/* The ATT&CK version the table was made from: "18.1". */
const char *attack_groups_version(const AttackGroups *groups);

/* How many groups there are; how many of them use technique @id ("T1053.005"). */
guint attack_groups_count(const AttackGroups *groups);
guint attack_groups_using(const AttackGroups *groups, const char *id);

/* A technique is rare where no more than a tenth of all groups use it. */
gboolean attack_groups_is_rare(const AttackGroups *groups, const char *id);

/* Names of the mitigations of technique @id, in order of their ids; borrowed. NULL: there are none.
 */
const GPtrArray *attack_groups_mitigations(const AttackGroups *groups, const char *id);

/* The group or software that a tag ("attack.g0065", "attack.s0021") names, or NULL. */
const char *attack_groups_name(const AttackGroups *groups, const char *tag);

/* What a case shares with one group. */
typedef struct AttackOverlap {
	const AttackGroup *group; /* borrowed from the table */
	GPtrArray *shared;	  /* ids of techniques; borrowed from the table */
	guint n_rare;		  /* of them */
	double weight;		  /* sum of log2(all groups / groups that use it) */
} AttackOverlap;

void attack_overlap_free(gpointer overlap);

/*
 * The groups that share any of @techniques (ids, each once), those that share the most telling ones
 * first, ties in order of id. Elements are AttackOverlap, owned by the array.
 */
GPtrArray *attack_groups_overlap(const AttackGroups *groups, const GPtrArray *techniques);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ATT&CK's names: what content/tables/attack.tsv says of tactics and techniques.
 *
 * The file is tab-separated; lines that start with # and empty lines are skipped:
 *
 *	version    <TAB> 19
 *	tactic     <TAB> TA0001 <TAB> Initial Access   <TAB> initial-access
 *	alias      <TAB> defense-evasion <TAB> stealth
 *	technique  <TAB> T1059  <TAB> Command and Scripting Interpreter <TAB> execution
 *	technique  <TAB> T1053.005 <TAB> Scheduled Task <TAB>
 *execution,persistence,privilege-escalation
 *
 * Tactics stand in the order of the matrix, techniques in order of id. The last column of a
 *technique is its tactics' short names, joined by commas, in the order of the matrix.
 */
#pragma once

#include <glib.h>

typedef struct AttackTactic {
	const char *id;		/* "TA0001" */
	const char *name;	/* "Initial Access" */
	const char *short_name; /* "initial-access" */
} AttackTactic;

typedef struct AttackTechnique {
	const char *id;		    /* "T1053.005" */
	const char *name;	    /* "Scheduled Task" */
	const char *const *tactics; /* short names; NULL-terminated */
} AttackTechnique;

typedef struct AttackTable AttackTable;

/* Reads attack.tsv in folder @tables; NULL with @error naming line and reason. */
AttackTable *attack_table_load(const char *tables, GError **error);
void attack_table_free(AttackTable *table); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AttackTable, attack_table_free)

/* The ATT&CK version the table was made from: "19". */
const char *attack_table_version(const AttackTable *table);

/* All tactics in the order of the matrix; borrowed from the table. */
const AttackTactic *attack_table_tactics(const AttackTable *table, guint *ret_n);

/*
 * What a Sigma tag names, borrowed from the table: "attack.t1053.005" a technique (regardless of
 * case), "attack.initial-access" or "attack.initial_access" a tactic. NULL for other tags and for
 * ids that the table does not know.
 */
const AttackTechnique *attack_table_technique(const AttackTable *table, const char *tag);
const AttackTactic *attack_table_tactic(const AttackTable *table, const char *tag);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of `spoor show`, each in its own file; command-show.c chooses.
 */
#pragma once

#include "cli/arguments.h"
#include "cli/rows.h"

#define CASE_DEFAULT "spoor.case"

/* Each prints to stdout; @terminal is NULL for JSON. */
gboolean show_findings(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_coverage(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_rules(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_entities(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_timeline(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_gaps(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_intel(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_observations(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_patches(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_servers(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
gboolean show_runs(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);

/* Prints "No <what>." for people where nothing was printed. */
void show_nothing(const Terminal *terminal, guint64 n, const char *what);

/* The listing of gaps, which coverage prints too. */
extern const Listing gap_listing;

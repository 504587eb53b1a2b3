/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Analysers add facts to events. They never decide anything: a fact is one more field that rules
 *can ask for.
 *
 * An analyser is a named pure function from the texts of some fields (and a parameter) to the text
 *of one fact. Which fact is made from which fields for which log source is said in content/tables,
 *not in C: an entry there such as
 *
 *	TargetObject: {analyser: registry-path, from: [ObjectName, ObjectValueName]}
 *
 * gives events of that log source the field TargetObject. It is computed only for events of shapes
 *to which some rule is bound that asks for it.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define ANALYSER_MAX_INPUTS 8

typedef struct Analyser {
	const char *name; /* as content/tables writes it */
	const char *description;
	const char *docs;
	guint min_inputs, max_inputs; /* at most ANALYSER_MAX_INPUTS */
	gboolean needs_parameter;
	gboolean takes_any_number; /* of inputs, where the table writes "name.*" for all columns
				    * that start with "name." */
	gboolean makes_list; /* each line of what it makes is a value of its own: a test is true of
			      * the fact where it is true of one of them */

	/*
	 * Its inputs may be lists, whose values it tells apart: each is a line, and line ends in
	 * one are blanks. An input that is no list is one value.
	 */
	gboolean keeps_values;

	/*
	 * What it makes has nothing that does not stand in one input, or in two neighbouring ones
	 * with one byte between them; where blank, tab, plus sign, question mark and comma count
	 * as the same byte, and the second of two inputs does not begin with one of these.
	 */
	gboolean keeps_runs;

	/*
	 * Appends the fact to @ret as UTF-8 and returns TRUE, or returns FALSE where there is none.
	 * @inputs are valid UTF-8; data is NULL where the event lacks the field. @parameter is the
	 * table's text, or "". Keeps no state, allocates only in @ret.
	 */
	gboolean (*compute)(
		const Slice *inputs, guint n_inputs, const char *parameter, GString *ret);
} Analyser;

/* All analysers, NULL-terminated, in order of name. */
extern const Analyser *const analyser_registry[];

/* The analyser called @name, or NULL. */
const Analyser *analyser_find(const char *name);

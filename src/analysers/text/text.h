/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts that are cut out of texts, or put together from several.
 */
#pragma once

#include "analysers/fact.h"

extern const Analyser analyser_between;
extern const Analyser analyser_each;
extern const Analyser analyser_item;
extern const Analyser analyser_message;
extern const Analyser analyser_one_line;
extern const Analyser analyser_pair;
extern const Analyser analyser_path_part;
extern const Analyser analyser_phrase;

/* Value @number, from 1, of a list whose values are lines (Analyser.keeps_values). */
gboolean list_value(Slice list, guint64 number, Slice *ret);

/* Appends @phrase, of @size bytes, with the values that it names; FALSE and nothing where @list has
 * not so many. */
gboolean phrase_append(const char *phrase, gsize size, Slice list, GString *ret);

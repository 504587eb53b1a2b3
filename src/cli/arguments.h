/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments: a command line, parsed by the option table of its command.
 *
 * Understood are --name, --name=value, --name value, -o, -ovalue, -o value, several switches behind
 * one dash, "-" as an operand and "--", after which all is operands. Options and operands may be
 * mixed.
 */
#pragma once

#include <glib.h>

#include "cli/command.h"

/*
 * NULL with @error (USAGE) where @argv does not fit the table; the message suggests what may have
 * been meant. @argv holds the arguments behind the command's name and outlives the result.
 */
Arguments *arguments_parse(const Command *command, int argc, char *const *argv, GError **error);
void arguments_free(Arguments *arguments); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arguments, arguments_free)

/* The option @name has to be in the table. */
gboolean arguments_has(const Arguments *arguments, const char *name);
const char *arguments_value(const Arguments *arguments, const char *name); /* the last; or NULL */
const char *const *arguments_values(const Arguments *arguments, const char *name); /* all */

const char *const *arguments_operands(const Arguments *arguments); /* NULL-terminated */
guint arguments_n_operands(const Arguments *arguments);

/* Operand @index, or @fallback where there are fewer. */
const char *arguments_operand(const Arguments *arguments, guint index, const char *fallback);

/* The candidate (NULL-terminated) that is nearest to @word, or NULL where none is near. */
const char *arguments_suggest(const char *word, const char *const *candidates);

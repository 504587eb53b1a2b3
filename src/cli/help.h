/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that is said about commands, made from their descriptors: the text of --help, man pages
 * (man(7) roff) and the completions of shells.
 */
#pragma once

#include <glib.h>

#include "cli/command.h"

/* The overview, for `spoor help`. */
void help_append_overview(GString *ret);

void help_append_command(GString *ret, const Command *command);

/* The man page of @command, or of spoor itself where it is NULL. */
void help_append_man(GString *ret, const Command *command);

/* Completions for "bash", "zsh" or "fish"; FALSE for other shells. */
gboolean help_append_completion(GString *ret, const char *shell);

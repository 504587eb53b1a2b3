/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a program of the distribution on hostile bytes, where no library is good enough and
 * linking one is out of the question (PDF). It gets its input and a place for its output, and is
 * confined as far as a program can be that we did not write: it may read and run what lies below
 * /usr and /etc, write nothing, open no socket, and has memory and time in bounds.
 */
#pragma once

#include <glib.h>

/*
 * Runs @argv (NULL-terminated; the program with its path) with @in_fd as standard input and
 * @out_fd as standard output. FALSE with @error where it can not be confined though @sandbox asks
 * for it, can not be run, or does not end well.
 */
gboolean tool_run(const char *const *argv, int in_fd, int out_fd, gboolean sandbox, GError **error);

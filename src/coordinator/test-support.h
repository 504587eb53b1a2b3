/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporary folder with evidence, tables and rules for the tests' worker.
 */
#pragma once

#include <glib.h>

typedef struct Fixture {
	char *folder, *evidence, *tables, *rules, *intel, *worker;
} Fixture;

/* For g_test_add(). */
void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);

/* Writes @size bytes (-1: up to the NUL) of @text to the file @name in @folder. */
void fixture_write(const char *folder, const char *name, const char *text, gssize size);

/* A script of the words in @script, as fixture_script() writes. */
GByteArray *script_bytes(const char *script);

/* Evidence of the words in @script, which are separated by spaces; "5*fine" is five of them. */
void fixture_script(const Fixture *fixture, const char *name, const char *script);

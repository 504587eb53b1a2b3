/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of formats: a collector that only writes down what it is told, a line each:
 *
 *	host evil.example line=3 id=indicator--1 title=Name confidence=80 …   a claim
 *	note rejected line=3 VALUE: REASON
 *	rule sigma line=3 NAME: TEXT
 *	name NAME
 *
 * Line feeds in texts are written \n. What is empty or unknown is left out.
 */
#pragma once

#include <glib.h>

#include "intel/intel.h"

/* What @format makes of @text. */
char *claims_of(const IntelFormat *format, Slice text, const char *name);

/* Texts of JSON are easier to read in tests with ` for ": a copy with the one for the other. */
char *claims_unquote(const char *text);
char *claims_quote(const char *text);

/* claims_of() of a text with ` for ", and the claims likewise. */
char *claims_of_quoted(const IntelFormat *format, const char *text);

/* Whether @claims has a line that begins with each text of @lines, in this order and no others;
 * fails the test where not. */
void claims_check(const char *claims, const char *const *lines);

/* Reads every beginning of @text (with ` for "), in memory of just its size. */
void claims_truncate(const IntelFormat *format, const char *text);

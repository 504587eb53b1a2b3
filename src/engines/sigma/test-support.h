/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the tests of the Sigma language: rules from a few lines, and their trees as text.
 */
#pragma once

#include "engines/sigma/parse.h"

/* The only rule of @yaml. @placeholders may be NULL. */
SigmaRule *test_parse_rule(const char *yaml, const Placeholders *placeholders);

/* A whole rule from its detection, which is given as lines to be indented by four spaces. */
SigmaRule *test_rule_of(const char *detection, const Placeholders *placeholders);

/*
 * The condition of a rule as text: "(and A B)", "(or A B)", "(not A)"; a test as
 * "Field:kind<text>", where text is what is compared, and "!" behind kind says cased. Bytes that
 * are no printable ASCII as \xx. A rejected rule as "line N: reason".
 */
char *test_tree(const SigmaRule *rule);

/* Checks that the detection gives the tree; both as above. */
void test_expect_tree(const char *detection, const char *tree);

/* Checks that a selection "sel:" of the one line @item, used alone, gives the tree. */
void test_expect_item(const char *item, const char *tree);

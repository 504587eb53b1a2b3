/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draft: a SigmaRule while it is being read.
 *
 * Everything a rule consists of is made through its draft, so that the rule owns it, and so that
 * the limits on one rule are kept in one place. Whoever finds a reason against the rule calls
 * draft_reject() and returns its FALSE (or NULL); the first reason is the one that is reported.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/placeholders.h"
#include "engines/sigma/regex.h"
#include "engines/sigma/rule.h"

typedef struct Draft {
	SigmaRule *rule;
	const Placeholders *placeholders; /* NULL: none */
	const char *selection;		  /* the identifier whose content is being read */
	guint n_values;
	gsize n_bytes;		   /* of the rule's texts */
	guint line;		   /* with reason: where the trouble is */
	char *reason;		   /* why the rule can not be used, or NULL */
	GString *scratch, *folded; /* for whoever makes a text; no one keeps them over a call */
} Draft;

/* Notes why the rule can not be used. Always FALSE. */
gboolean draft_reject(Draft *draft, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Copies into the rule; NUL-terminated besides. */
Slice draft_text(Draft *draft, Slice text);
const char *draft_string(Draft *draft, const char *text);

/* Zeroed memory of the rule. */
void *draft_alloc(Draft *draft, gsize size);

/* AND or OR over @children (Node, copied); the child itself where there is only one. */
Node *draft_join(Draft *draft, NodeKind kind, const GPtrArray *children);
Node *draft_not(Draft *draft, Node *child);

/* A copy of @test, its texts already the rule's, as a node; NULL where LIMIT_RULE_VALUES is
 * reached. */
Node *draft_test(Draft *draft, const Test *test, guint line);

/* A regular expression of the rule, or NULL where it can not be used. */
Regex *draft_regex(Draft *draft, const char *pattern, RegexFlags flags, guint line);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CorrelationRule: the correlation section of a rule, as it is written.
 *
 * Whether the rules it refers to exist, and by which names their events have its fields, is not
 * known before all rules are read: resolve.h.
 */
#pragma once

#include "engines/sigma/draft.h"
#include "engines/sigma/yaml-tree.h"
#include "model/correlation.h"

/* @alias is @field in the events of the rule called @rule. All owned by the rule. */
typedef struct CorrelationAlias {
	const char *alias, *rule, *field;
	guint line;
} CorrelationAlias;

struct CorrelationRule {
	Correlation *correlation; /* its parts have nothing but their names yet */
	guint *part_lines;	  /* where each part is named; owned by the rule */
	GArray *aliases;	  /* CorrelationAlias */
};

/* Reads the section "correlation" of the document @root into @draft->rule; FALSE: rejected. */
gboolean correlation_rule_read(Draft *draft, const YamlNode *root);

void correlation_rule_free(CorrelationRule *correlation);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The section "observation" of a rule: what is told of events that the rule is true of, where that
 * is no finding but a fact (model/observation.h). docs/writing-rules.md explains it.
 *
 *	observation:
 *	    kind: exchange-build
 *	    subject: [ServerHostName, Computer]
 *	    value: ProductVersion
 */
#pragma once

#include "engines/sigma/draft.h"
#include "engines/sigma/yaml-tree.h"

/* Reads the section of the document @root into @draft->rule->observation; FALSE: rejected. */
gboolean observation_rule_read(Draft *draft, const YamlNode *root);

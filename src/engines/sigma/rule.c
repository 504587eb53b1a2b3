/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/rule.h"

#include "engines/sigma/correlation-rule.h"
#include "engines/sigma/regex.h"

void sigma_rule_free(SigmaRule *rule)
{
	if (!rule)
		return;
	g_clear_pointer(&rule->info, rule_info_free);
	g_clear_pointer(&rule->correlation, correlation_rule_free);
	g_clear_pointer(&rule->filter_targets, g_array_unref);
	g_clear_pointer(&rule->hits, g_array_unref);
	g_clear_pointer(&rule->texts, g_string_chunk_free);
	g_clear_pointer(&rule->blocks, g_ptr_array_unref);
	g_clear_pointer(&rule->regexes, g_ptr_array_unref);
	g_free(rule);
}

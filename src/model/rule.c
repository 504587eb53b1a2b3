/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rule.h"

static const char *const level_names[LEVEL_N] = { "informational", "low", "medium", "high",
	"critical" };

const char *rule_level_name(RuleLevel level)
{
	return level < LEVEL_N ? level_names[level] : "unknown";
}

const char *rule_kind_name(RuleKind kind)
{
	static const char *const names[RULE_N_KINDS] = { "detection", "correlation", "filter",
		"observation", "indicator", "indicators" };

	return kind < RULE_N_KINDS ? names[kind] : "unknown";
}

gboolean rule_level_parse(const char *name, RuleLevel *ret)
{
	for (guint i = 0; i < LEVEL_N; i++) {
		if (g_ascii_strcasecmp(name, level_names[i]) != 0)
			continue;
		*ret = (RuleLevel)i;
		return TRUE;
	}
	return FALSE;
}

void rule_info_free(RuleInfo *rule)
{
	if (!rule)
		return;
	g_free(rule->engine);
	g_free(rule->sha256);
	g_free(rule->id);
	g_free(rule->name);
	g_free(rule->title);
	g_free(rule->path);
	g_free(rule->reason);
	g_free(rule->logsource);
	g_free(rule->tags);
	g_free(rule->author);
	g_free(rule->description);
	g_free(rule->falsepositives);
	g_free(rule->references);
	g_free(rule->source);
	g_free(rule);
}

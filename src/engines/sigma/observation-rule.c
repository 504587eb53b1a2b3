/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/observation-rule.h"

#include <string.h>

#include "base/limits.h"
#include "model/observation.h"

static const char *text_of(const YamlNode *node)
{
	return (const char *)node->text.data;
}

static gboolean check_text(Draft *draft, const YamlNode *node, const char *what)
{
	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL)
		return draft_reject(draft, node->line, "the observation's %s is %s, not text", what,
			yaml_kind_name(node->kind));
	if (node->text.size == 0)
		return draft_reject(draft, node->line, "the observation's %s is empty", what);
	if (node->text.size > LIMIT_CORRELATION_NAME_BYTES)
		return draft_reject(draft, node->line,
			"the observation's %s has more than %u bytes", what,
			LIMIT_CORRELATION_NAME_BYTES);
	if (memchr(node->text.data, 0, node->text.size))
		return draft_reject(
			draft, node->line, "the observation's %s holds a NUL character", what);
	return TRUE;
}

static gboolean check_keys(Draft *draft, const YamlNode *section)
{
	static const char *const known[] = { "kind", "subject", "value", NULL };

	if (section->kind != YAML_KIND_MAP)
		return draft_reject(draft, section->line, "the observation is %s, not a map",
			yaml_kind_name(section->kind));
	for (guint i = 0; i < section->n_children; i++) {
		const YamlNode *key = section->children[2 * i];

		if (!g_strv_contains(known, text_of(key)))
			return draft_reject(draft, key->line,
				"the observation has \"%s\", which is none of kind, subject and "
				"value",
				text_of(key));
	}
	return TRUE;
}

static gboolean take_kind(Draft *draft, const YamlNode *section, SigmaObservation *ret)
{
	const YamlNode *node = yaml_node_get(section, "kind");

	if (!node)
		return draft_reject(draft, section->line, "the observation has no kind");
	if (!check_text(draft, node, "kind"))
		return FALSE;
	if (!observation_kind_is_valid(text_of(node)))
		return draft_reject(draft, node->line,
			"the observation's kind \"%s\" is not made of lower-case letters, digits "
			"and hyphens, such as exchange-build",
			text_of(node));
	ret->kind = draft_string(draft, text_of(node));
	return TRUE;
}

static gboolean add_subject(Draft *draft, const YamlNode *node, SigmaObservation *ret)
{
	if (!check_text(draft, node, "subject"))
		return FALSE;
	if (ret->n_subjects == LIMIT_OBSERVATION_SUBJECTS)
		return draft_reject(draft, node->line,
			"the observation has more than %u fields as subject",
			LIMIT_OBSERVATION_SUBJECTS);
	ret->subjects[ret->n_subjects++] = draft_string(draft, text_of(node));
	return TRUE;
}

/* A field, a list of them, or none: then it is the event's host. */
static gboolean take_subject(Draft *draft, const YamlNode *section, SigmaObservation *ret)
{
	const YamlNode *node = yaml_node_get(section, "subject");

	if (!node || node->kind == YAML_KIND_NULL)
		return TRUE;
	if (node->kind != YAML_KIND_LIST)
		return add_subject(draft, node, ret);
	for (guint i = 0; i < node->n_children; i++) {
		if (!add_subject(draft, node->children[i], ret))
			return FALSE;
	}
	return TRUE;
}

static gboolean take_value(Draft *draft, const YamlNode *section, SigmaObservation *ret)
{
	const YamlNode *node = yaml_node_get(section, "value");

	if (!node)
		return draft_reject(draft, section->line, "the observation has no value");
	if (!check_text(draft, node, "value"))
		return FALSE;
	ret->value = draft_string(draft, text_of(node));
	return TRUE;
}

gboolean observation_rule_read(Draft *draft, const YamlNode *root)
{
	const YamlNode *section = yaml_node_get(root, "observation");
	SigmaObservation *ret = draft_alloc(draft, sizeof(*ret));

	draft->rule->observation = ret;
	return check_keys(draft, section) && take_kind(draft, section, ret) &&
		take_subject(draft, section, ret) && take_value(draft, section, ret);
}

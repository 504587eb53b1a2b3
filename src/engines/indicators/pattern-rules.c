/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/pattern-rules.h"

#include "base/json.h"

/* The document of a rule: all that its source says of the pattern, in one order. */
static char *document(const Indicator *indicator, guint part)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Json j = json_begin(text);
	char time[INSTANT_TEXT_BYTES];

	json_object_begin(&j);
	json_member_text(&j, "kind", indicator_kind_name(indicator->kind));
	json_member_text(&j, "pattern", indicator->value);
	if (part)
		json_member_int(&j, "observation", part);
	json_member_text(&j, "id", indicator->id);
	json_member_text(&j, "source", indicator->source);
	json_member_text(&j, "title", indicator->title);
	json_member_text(&j, "description", indicator->description);
	json_member_text(&j, "reference", indicator->reference);
	json_member_text(&j, "tags", indicator->tags);
	if (indicator->confidence != INDICATOR_CONFIDENCE_UNKNOWN)
		json_member_int(&j, "confidence", indicator->confidence);
	instant_format(indicator->valid_from, time);
	if (*time)
		json_member_text(&j, "valid_from", time);
	instant_format(indicator->valid_until, time);
	if (*time)
		json_member_text(&j, "valid_until", time);
	json_object_end(&j);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *title(const Indicator *indicator, guint part)
{
	const char *of = *indicator->title ? indicator->title : indicator->value;
	g_autofree char *cut = NULL;

	if (g_utf8_strlen(of, -1) > 160) {
		g_autofree char *start = g_utf8_substring(of, 0, 159);

		cut = g_strconcat(start, "…", NULL);
		of = cut;
	}
	return part ? g_strdup_printf("%s, observation %u", of, part) : g_strdup(of);
}

void pattern_rule_tell(const EngineReport *report, const Indicator *indicator, const char *path,
	guint index, guint part, RuleKind kind, RuleLevel level)
{
	g_autofree char *source = document(indicator, part);
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, source, -1);
	g_autofree char *name = title(indicator, part);
	char empty[] = "", engine[] = "indicators", logsource[] = "stix";
	const RuleInfo rule = {
		.index = index,
		.status = RULE_LOADED,
		.level = level,
		.kind = kind,
		.is_silent = part > 0,
		.engine = engine,
		.sha256 = sha256,
		.id = part ? empty : (char *)indicator->id,
		.name = empty,
		.title = name,
		.path = (char *)path,
		.line = indicator->line,
		.reason = empty,
		.logsource = logsource,
		.tags = (char *)indicator->tags,
		.author = (char *)indicator->source,
		.description = (char *)indicator->description,
		.falsepositives = empty,
		.references = (char *)indicator->reference,
		.source = source,
	};

	report->rule(report->context, &rule);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/stix/indicator.h"

#include <string.h>

#include "base/json-text.h"
#include "base/limits.h"
#include "intel/stix/pattern-kinds.h"

#define LANGUAGE_BYTES 64 /* of the name of one, in a note */

typedef enum Property {
	ID,
	CREATED,
	CREATED_BY,
	LABELS,
	INDICATOR_TYPES,
	CONFIDENCE,
	REFERENCES,
	MARKINGS,
	NAME,
	DESCRIPTION,
	PATTERN,
	PATTERN_TYPE,
	VALID_FROM,
	VALID_UNTIL,
	KILL_CHAIN,
	N_PROPERTIES
} Property;

static const char *const properties[N_PROPERTIES] = { "id", "created", "created_by_ref", "labels",
	"indicator_types", "confidence", "external_references", "object_marking_refs", "name",
	"description", "pattern", "pattern_type", "valid_from", "valid_until",
	"kill_chain_phases" };

/* What is at hand while one indicator is told. */
typedef struct Telling {
	const StixIndex *index;
	Claim *claim;
	Collector *collector;
	JsonValue is[N_PROPERTIES];
	GString *text; /* of one value at a time */
} Telling;

/* The markings that STIX 2.1 (section 7.2.1.4) and TLP 2.0's extension definition set by id. */
static const struct {
	const char *id, *name;
} tlp_markings[] = {
	{ "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "WHITE" },
	{ "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "GREEN" },
	{ "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "AMBER" },
	{ "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "RED" },
	{ "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "CLEAR" },
	{ "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "GREEN" },
	{ "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "AMBER" },
	{ "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "AMBER+STRICT" },
	{ "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "RED" },
};

/* The text of a string; "" for anything else. Valid until the next call. */
static const char *text_of(GString *text, const JsonValue *value)
{
	g_string_truncate(text, 0);
	if (value->type == JSON_STRING)
		json_value_append(text, value);
	return text->str;
}

static void append_raw_name(GString *ret, const char *separator, Slice raw)
{
	g_autoptr(GString) text = g_string_new(NULL);
	JsonValue value = { JSON_STRING, TRUE, raw };

	claim_append(ret, separator, text_of(text, &value));
}

void stix_append_name(GString *ret, const char *separator, const StixIndex *index, Slice id)
{
	const StixEntry *entry = stix_index_find(index, id);

	if (entry)
		append_raw_name(ret, separator, entry->name);
}

/* ---- references ---- */

static void take_reference(Telling *t, const JsonValue *reference, gboolean ids_only)
{
	static const char *const names[] = { "url", "external_id", "source_name" };
	JsonValue is[G_N_ELEMENTS(names)];
	const char *id;

	(void)json_pick(reference, names, G_N_ELEMENTS(names), is);
	if (!ids_only)
		claim_add_reference(t->claim, text_of(t->text, &is[0]));
	id = text_of(t->text, &is[1]);
	if (claim_add_attack(t->claim, id))
		return;
	if (!ids_only && g_ascii_strncasecmp(id, "CVE-", 4) == 0)
		claim_add_tag(t->claim, "cve.", id + 4);
}

static void take_references(Telling *t, const JsonValue *references, gboolean ids_only)
{
	JsonWalk walk = json_walk_begin(references);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		if (item.value.is_whole)
			take_reference(t, &item.value, ids_only);
}

static void take_entry_references(Telling *t, const StixEntry *entry, gboolean ids_only)
{
	JsonValue references = { JSON_ARRAY, TRUE, entry->references };

	if (entry->references.size)
		take_references(t, &references, ids_only);
}

/* ---- what others say ---- */

static void take_indicated(Telling *t)
{
	guint n;
	const StixLink *links = stix_index_links(t->index->indicates, t->is[ID].bytes, &n);
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		const StixEntry *target = stix_index_find(t->index, links[i].to);

		if (!target || target->is_revoked)
			continue;
		take_entry_references(t, target, TRUE);
		if (target->type == STIX_MALWARE || target->type == STIX_ACTOR)
			append_raw_name(names, ", ", target->name);
	}
	claim_add_names(t->claim, names->str);
}

/* Who says so: "REPORT (IDENTITY)", or what there is of it. */
static void take_source(Telling *t)
{
	g_autoptr(GString) author = g_string_new(NULL);
	GString *source = t->claim->source;
	guint n;
	const StixLink *links = stix_index_links(t->index->holds, t->is[ID].bytes, &n);
	const StixEntry *report = NULL;

	if (t->is[CREATED_BY].type == JSON_STRING)
		stix_append_name(author, "", t->index, t->is[CREATED_BY].bytes);
	for (guint i = 0; i < n && !report; i++)
		report = stix_index_find(t->index, links[i].to);
	if (report) {
		append_raw_name(source, "", report->name);
		take_entry_references(t, report, FALSE);
	}
	if (!source->len)
		claim_append(source, "", author->str);
	else if (author->len && !strstr(source->str, author->str))
		g_string_append_printf(source, " (%s)", author->str);
}

static void take_marking(Telling *t, Slice id)
{
	static const char *const names[] = { "tlp" };
	const StixEntry *entry = stix_index_find(t->index, id);
	JsonValue definition, tlp;

	for (guint i = 0; i < G_N_ELEMENTS(tlp_markings); i++) {
		if (json_key_is(id, tlp_markings[i].id)) {
			claim_add_tlp(t->claim, tlp_markings[i].name);
			return;
		}
	}
	if (!entry || entry->type != STIX_MARKING)
		return;
	definition = (JsonValue){ JSON_OBJECT, TRUE, entry->references };
	if (entry->references.size) {
		(void)json_pick(&definition, names, 1, &tlp);
		if (*text_of(t->text, &tlp))
			claim_add_tlp(t->claim, t->text->str);
	} else {
		g_string_truncate(t->text, 0);
		json_append_unescaped(t->text, entry->name);
		if (g_ascii_strncasecmp(t->text->str, "TLP:", 4) == 0)
			claim_add_tlp(t->claim, t->text->str + 4);
	}
}

static void take_markings(Telling *t)
{
	JsonWalk walk = json_walk_begin(&t->is[MARKINGS]);
	JsonItem item;

	for (guint i = 0; i < LIMIT_STIX_RELATED && json_walk_next(&walk, &item); i++)
		if (item.value.type == JSON_STRING)
			take_marking(t, item.value.bytes);
}

/* ---- what it says itself ---- */

static void take_kill_chain(Telling *t)
{
	static const char *const names[] = { "kill_chain_name", "phase_name" };
	JsonWalk walk = json_walk_begin(&t->is[KILL_CHAIN]);
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		JsonValue is[G_N_ELEMENTS(names)];
		g_autofree char *prefix = NULL;

		(void)json_pick(&item.value, names, G_N_ELEMENTS(names), is);
		if (is[0].type != JSON_STRING || is[1].type != JSON_STRING)
			continue;
		if (g_str_has_prefix(text_of(t->text, &is[0]), "mitre-"))
			prefix = g_strdup("attack.");
		else
			prefix = g_strdup_printf("%s.", t->text->str);
		claim_add_tag(t->claim, prefix, text_of(t->text, &is[1]));
	}
}

/* What kind of indicator it is; in 2.0 labels say it, in 2.1 they may say anything. */
static void take_types(Telling *t, const JsonValue *list)
{
	JsonWalk walk = json_walk_begin(list);
	const char *text;
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		if (item.value.type != JSON_STRING)
			continue;
		if (json_value_is(&item.value, "benign"))
			t->claim->is.is_silent = TRUE;
		text = text_of(t->text, &item.value);
		/* Labels that are tags of ATT&CK stay what they are. */
		claim_add_tag(t->claim, g_str_has_prefix(text, "attack.") ? "" : "stix.", text);
	}
}

static void take_confidence(Telling *t)
{
	guint64 confidence;

	if (t->is[CONFIDENCE].type == JSON_NOTHING || t->is[CONFIDENCE].type == JSON_NULL)
		return;
	if (t->is[CONFIDENCE].type == JSON_NUMBER &&
		json_value_uint(&t->is[CONFIDENCE], &confidence) && confidence <= 100)
		t->claim->is.confidence = (guint)confidence;
	else
		collector_note(t->collector, INTEL_SUSPICIOUS, t->claim->is.line, t->claim->id->str,
			"its confidence is no number from 0 to 100; it is read as unknown");
}

/* Times that no Instant can hold, as 9999-12-31, are none: it never ends. */
static Instant time_of(Telling *t, Property property)
{
	Instant instant = INSTANT_NONE;

	if (t->is[property].type == JSON_STRING)
		(void)instant_parse(t->is[property].bytes, &instant); /* else none */
	return instant;
}

static void take_times(Telling *t)
{
	Indicator *is = &t->claim->is;

	is->valid_from = time_of(t, VALID_FROM);
	if (is->valid_from == INSTANT_NONE)
		is->valid_from = time_of(t, CREATED);
	is->valid_until = time_of(t, VALID_UNTIL);
	if (is->valid_until == INSTANT_NONE || is->valid_from == INSTANT_NONE ||
		is->valid_until > is->valid_from)
		return;
	collector_note(t->collector, INTEL_SUSPICIOUS, is->line, t->claim->id->str,
		"its valid_until is not after its valid_from; it is read as open-ended");
	is->valid_until = INSTANT_NONE;
}

static void take_texts(Telling *t)
{
	claim_append(t->claim->id, "", text_of(t->text, &t->is[ID]));
	claim_append(t->claim->title, "", text_of(t->text, &t->is[NAME]));
	claim_append(t->claim->description, "", text_of(t->text, &t->is[DESCRIPTION]));
	take_references(t, &t->is[REFERENCES], FALSE);
}

/* ---- what to look for ---- */

/* A language that is not STIX's, or that spoor has no engine for. */
static void tell_foreign(Telling *t, const char *language, const char *pattern)
{
	guint line = t->claim->is.line;
	g_autofree char *reason = NULL, *name_of = NULL;

	if (g_str_equal(language, "sigma") || g_str_equal(language, "yara")) {
		const char *name = t->claim->title->len ? t->claim->title->str : t->claim->id->str;

		if (t->claim->is.is_silent)
			collector_note(t->collector, INTEL_SILENT, line, name,
				"is a rule for what is benign");
		else
			collector_add_rule(
				t->collector, language, name, line, slice_from_text(pattern));
		return;
	}
	name_of = claim_clip(language, LANGUAGE_BYTES);
	reason = g_strdup_printf("there is no engine for patterns of the type %s", name_of);
	collector_note(t->collector, INTEL_UNSUPPORTED, line, t->claim->id->str, reason);
}

static void tell(Telling *t)
{
	g_autoptr(GString) pattern = g_string_new(NULL);
	const char *language;

	if (t->is[PATTERN].type != JSON_STRING || !t->is[PATTERN].bytes.size) {
		collector_note(t->collector, INTEL_REJECTED, t->claim->is.line, t->claim->id->str,
			"is an indicator without pattern");
		return;
	}
	json_value_append(pattern, &t->is[PATTERN]);
	language = text_of(t->text, &t->is[PATTERN_TYPE]);
	if (!*language || g_str_equal(language, "stix")) /* 2.0 has no other */
		stix_tell_pattern(t->claim, t->collector, pattern->str);
	else
		tell_foreign(t, language, pattern->str);
}

/* Whether @entry is not to be used, and why. */
static const char *why_not(const StixIndex *index, const StixEntry *entry, IntelNoteKind *ret_kind)
{
	const StixEntry *newest = stix_index_find(index, entry->id);

	*ret_kind = INTEL_DUPLICATE;
	if (newest && newest != entry)
		return newest->modified == entry->modified ? "this object stands in the file again"
							   : "there is a newer version in the file";
	*ret_kind = INTEL_REJECTED;
	return entry->is_revoked ? "is revoked by its author" : NULL;
}

void stix_tell_indicator(const StixIndex *index, const StixEntry *entry, guint line, Claim *claim,
	Collector *collector)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Telling t = { .index = index, .claim = claim, .collector = collector, .text = text };
	JsonValue object = { JSON_OBJECT, TRUE, entry->object };
	guint32 repeated = json_pick(&object, properties, N_PROPERTIES, t.is);
	IntelNoteKind kind;
	const char *reason = why_not(index, entry, &kind);

	claim_reset(claim);
	claim->is.line = line;
	if (reason) {
		collector_note(collector, kind, line, text_of(text, &t.is[ID]), reason);
		return;
	}
	if (repeated)
		collector_note(collector, INTEL_SUSPICIOUS, line, text_of(text, &t.is[ID]),
			"a property stands in it more than once; the last is read");
	take_texts(&t);
	take_types(&t, &t.is[INDICATOR_TYPES]);
	take_types(&t, &t.is[LABELS]);
	take_confidence(&t);
	take_times(&t);
	take_kill_chain(&t);
	take_indicated(&t);
	take_source(&t);
	take_markings(&t);
	tell(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STIX 2.0 and 2.1 (OASIS), in any of the ways in which it is handed around:
 *
 *	{"type":"bundle","objects":[…]}    a bundle
 *	{"more":false,"objects":[…]}       an envelope of TAXII 2.1
 *	{"type":"indicator",…}             an object by itself; or several, a line each
 *	[{…},{…}]                          a list of any of these
 *
 * The file is read twice: first all objects are indexed, then the indicators are told.
 */
#include "intel/stix/stix.h"

#include <string.h>

#include "base/limits.h"
#include "intel/stix/index.h"
#include "intel/stix/indicator.h"

/* A type that is not STIX's, and how often it came. */
typedef struct Unknown {
	char *name;
	guint line;
	guint64 n;
} Unknown;

typedef struct Reading {
	Document document;
	StixIndex index;
	Collector *collector;
	GArray *unknown; /* Unknown, in the order in which they came */
	GString *text;	 /* of one value at a time */
} Reading;

static void unknown_clear(gpointer unknown)
{
	g_free(((Unknown *)unknown)->name);
}

static guint line_of(Reading *r, const JsonValue *value)
{
	return place_line_of(&r->document.place, value->bytes);
}

static const char *member_text(Reading *r, const JsonValue *object, const char *name)
{
	JsonValue value;

	(void)json_pick(object, &name, 1, &value);
	g_string_truncate(r->text, 0);
	json_value_append(r->text, &value);
	return r->text->str;
}

/* Further types than are told by name are counted together. */
static void count_unknown(Reading *r, const JsonValue *object)
{
	const char *name = member_text(r, object, "type");
	Unknown new = { NULL, 0, 1 };

	if (r->unknown->len > LIMIT_STIX_UNKNOWN_TYPES)
		name = "…";
	for (guint i = 0; i < r->unknown->len; i++) {
		Unknown *unknown = &g_array_index(r->unknown, Unknown, i);

		if (g_str_equal(unknown->name, name)) {
			unknown->n++;
			return;
		}
	}
	new.name = g_strdup(name);
	new.line = line_of(r, object);
	g_array_append_val(r->unknown, new);
}

static void take_value(Reading *r, const JsonValue *value, guint depth);

static void take_list(Reading *r, const JsonValue *list, guint depth)
{
	JsonWalk walk = json_walk_begin(list);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		take_value(r, &item.value, depth + 1);
}

static void take_object(Reading *r, const JsonValue *object)
{
	switch (stix_index_add(&r->index, object)) {
	case STIX_OBSERVATION:
		collector_note(r->collector, INTEL_UNSUPPORTED, line_of(r, object),
			member_text(r, object, "id"), "is an observation, not an indicator");
		break;
	case STIX_UNKNOWN:
		if (*member_text(r, object, "type"))
			count_unknown(r, object);
		else
			collector_note(r->collector, INTEL_REJECTED, line_of(r, object),
				member_text(r, object, "id"), "is an object without type");
		break;
	default: /* STIX_BUNDLE: one without a list of objects */
		break;
	}
}

/* A bundle, envelope or list is looked into, also where it is cut off; an object has to be whole.
 */
static void take_value(Reading *r, const JsonValue *value, guint depth)
{
	JsonWalk walk = json_walk_begin(value);
	gboolean is_container = FALSE;
	JsonItem item;

	if (depth > LIMIT_STIX_BUNDLE_DEPTH) {
		collector_note(r->collector, INTEL_REJECTED, line_of(r, value), "",
			"bundles and lists are nested too deeply");
		return;
	}
	if (value->type == JSON_ARRAY) {
		take_list(r, value, depth);
		return;
	}
	while (value->type == JSON_OBJECT && json_walk_next(&walk, &item)) {
		if (item.value.type != JSON_ARRAY || !json_key_is(item.key, "objects"))
			continue;
		is_container = TRUE;
		take_list(r, &item.value, depth);
	}
	if (is_container || !value->is_whole)
		return;
	if (value->type == JSON_OBJECT)
		take_object(r, value);
	else
		collector_note(r->collector, INTEL_REJECTED, line_of(r, value), "",
			"is no object of STIX");
}

static void take_document(void *context, const JsonValue *value)
{
	take_value(context, value, 0);
}

/* What the file calls itself: its report, or who made it, where there is just one. */
static void tell_name(Reading *r)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (StixType type = STIX_REPORT;; type = STIX_IDENTITY) {
		guint n = 0;

		for (guint i = 0; i < r->index.entries->len; i++) {
			const StixEntry *entry = &g_array_index(r->index.entries, StixEntry, i);
			const StixEntry *newest = stix_index_find(&r->index, entry->id);

			if (entry->type != type || (newest && newest != entry))
				continue;
			g_string_truncate(name, 0);
			stix_append_name(name, "", &r->index, entry->id);
			n++;
		}
		if (n == 1 && name->len) {
			collector_set_name(r->collector, name->str);
			return;
		}
		if (n || type == STIX_IDENTITY)
			return;
	}
}

static void tell_indicators(Reading *r)
{
	g_auto(Claim) claim = { 0 };

	claim_init(&claim);
	for (guint i = 0; i < r->index.entries->len; i++) {
		const StixEntry *entry = &g_array_index(r->index.entries, StixEntry, i);

		if (entry->type == STIX_INDICATOR)
			stix_tell_indicator(&r->index, entry,
				place_line_of(&r->document.place, entry->object), &claim,
				r->collector);
	}
}

static void tell_rest(Reading *r)
{
	for (guint i = 0; i < r->unknown->len; i++) {
		const Unknown *unknown = &g_array_index(r->unknown, Unknown, i);
		g_autofree char *reason = g_strdup_printf(
			"%" G_GUINT64_FORMAT " object%s of a type that STIX does not have",
			unknown->n, unknown->n == 1 ? "" : "s");

		collector_note(
			r->collector, INTEL_UNSUPPORTED, unknown->line, unknown->name, reason);
	}
	if (r->index.n_left_out) {
		g_autofree char *reason = g_strdup_printf(
			"%" G_GUINT64_FORMAT
			" objects and relationships are more than LIMIT_STIX_OBJECTS "
			"or LIMIT_STIX_LINKS allow, and are left out",
			r->index.n_left_out);

		collector_note(r->collector, INTEL_REJECTED, 0, "", reason);
	}
}

static void read_stix(Slice text, const char *name, Collector *collector)
{
	Reading r = { .collector = collector };

	document_init(&r.document, text);
	stix_index_init(&r.index);
	r.text = g_string_new(NULL);
	r.unknown = g_array_new(FALSE, FALSE, sizeof(Unknown));
	g_array_set_clear_func(r.unknown, unknown_clear);
	document_each(&r.document, collector, take_document, &r);
	stix_index_finish(&r.index);
	tell_name(&r);
	tell_indicators(&r);
	tell_rest(&r);
	g_array_unref(r.unknown);
	g_string_free(r.text, TRUE);
	stix_index_clear(&r.index);
	document_clear(&r.document);
}

/* Whether @object is one of STIX: a type, and an id that begins with it. */
static gboolean is_stix_object(const JsonValue *object)
{
	static const char *const names[] = { "type", "id" };
	g_autoptr(GString) type = g_string_new(NULL);
	g_autoptr(GString) id = g_string_new(NULL);
	JsonValue is[G_N_ELEMENTS(names)];

	if (object->type != JSON_OBJECT)
		return FALSE;
	(void)json_pick(object, names, G_N_ELEMENTS(names), is);
	if (is[0].type != JSON_STRING || is[1].type != JSON_STRING)
		return FALSE;
	json_value_append(type, &is[0]);
	json_value_append(id, &is[1]);
	return type->len && g_str_has_prefix(id->str, type->str) &&
		g_str_has_prefix(id->str + type->len, "--");
}

/* An envelope without objects is hardly anything else. */
static guint probe_value(const JsonValue *value)
{
	JsonWalk walk = json_walk_begin(value), list;
	guint score = is_stix_object(value) ? 90 : 0;
	JsonItem item, first;

	while (value->type == JSON_OBJECT && json_walk_next(&walk, &item)) {
		if (json_key_is(item.key, "type") && json_value_is(&item.value, "bundle"))
			return 95;
		if (!json_key_is(item.key, "objects") || item.value.type != JSON_ARRAY)
			continue;
		list = json_walk_begin(&item.value);
		if (!json_walk_next(&list, &first))
			score = 50;
		else if (is_stix_object(&first.value))
			score = 90;
	}
	return score;
}

static guint probe_stix(Slice text, const char *name)
{
	g_autoptr(GString) owned = NULL;
	JsonValue value = document_peek(text, &owned);
	JsonWalk walk;
	JsonItem first;

	if (value.type != JSON_ARRAY)
		return probe_value(&value);
	walk = json_walk_begin(&value);
	return json_walk_next(&walk, &first) ? probe_value(&first.value) : 0;
}

const IntelFormat intel_stix = {
	.name = "stix",
	.description = "STIX 2.0 and 2.1 bundles, TAXII envelopes, objects by lines",
	.docs = "docs/intelligence.md",
	.probe = probe_stix,
	.read = read_stix,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MISP's events as JSON (draft-dulaunoy-misp-core-format), in any of the ways in which they come:
 *
 *	{"Event":{…}}                         an event, as in feeds
 *	{"response":[{"Event":{…}},…]}        what a search for events answers
 *	{"response":{"Attribute":[…]}}        what a search for attributes answers
 *	{"info":…,"Attribute":[…]}            an event without its wrapper
 *
 * An event is walked twice: what it says of all its attributes can stand behind them. The folder of
 * a feed also holds manifest.json and hashes.csv, which are indexes of the events: the hashes in
 * the latter are those of values, and would be found nowhere.
 */
#include "intel/misp/misp.h"

#include <string.h>

#include "base/limits.h"
#include "intel/claim.h"
#include "intel/document.h"
#include "intel/misp/tags.h"
#include "intel/misp/types.h"

#define UUID_BYTES  36
#define MD5_DIGITS  32
#define TITLE_BYTES 120 /* longer comments are descriptions */
#define WRAPPERS    4	/* response, list, Event, and one more */

typedef struct Reading {
	Document document;
	Collector *collector;
	Claim event;	/* what holds for all attributes of the event */
	Claim object;	/* of an object in it */
	Claim claim;	/* of one attribute */
	GString *names; /* of malware and actors, of the event */
	GString *text;	/* of one value at a time */
} Reading;

static guint line_of(Reading *r, const JsonValue *value)
{
	return place_line_of(&r->document.place, value->bytes);
}

/* The text of a string or number; "" for anything else. Valid until the next call. */
static const char *text_of(Reading *r, const JsonValue *value)
{
	g_string_truncate(r->text, 0);
	if (value->type == JSON_STRING || value->type == JSON_NUMBER)
		json_value_append(r->text, value);
	return r->text->str;
}

static const char *member_text(Reading *r, const JsonValue *object, const char *name)
{
	JsonValue value;

	(void)json_pick(object, &name, 1, &value);
	return text_of(r, &value);
}

/* A date, a time, or seconds since 1970, as a number or text. */
static Instant time_of(Reading *r, const JsonValue *value)
{
	Instant instant = INSTANT_NONE;
	guint64 seconds;

	if (json_value_uint(value, &seconds))
		return seconds && seconds < G_MAXINT64 / INSTANT_SECOND
			? (Instant)seconds * INSTANT_SECOND
			: INSTANT_NONE;
	(void)text_of(r, value);
	if (r->text->len == strlen("2021-07-19"))
		g_string_append(r->text, "T00:00:00Z");
	(void)instant_parse(slice_make(r->text->str, r->text->len), &instant); /* else none */
	return instant;
}

/* ---- what is said beside the values ---- */

/* Tags are objects with a name, or wrapped once more, or just names. */
static void take_tags(Reading *r, Claim *claim, GString *names, const JsonValue *list)
{
	JsonWalk walk = json_walk_begin(list);
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		const char *wrapper = "Tag";
		JsonValue inner;

		(void)json_pick(&item.value, &wrapper, 1, &inner);
		if (inner.type == JSON_OBJECT)
			item.value = inner;
		misp_take_tag(claim, names,
			item.value.type == JSON_STRING ? text_of(r, &item.value)
						       : member_text(r, &item.value, "name"));
	}
}

/* Galaxies repeat in full what their tags say in short. */
static void take_galaxies(Reading *r, Claim *claim, GString *names, const JsonValue *list)
{
	JsonWalk walk = json_walk_begin(list), inner;
	const char *name = "GalaxyCluster";
	JsonValue clusters;
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		(void)json_pick(&item.value, &name, 1, &clusters);
		inner = json_walk_begin(&clusters);
		while (json_walk_next(&inner, &item))
			misp_take_tag(claim, names, member_text(r, &item.value, "tag_name"));
	}
}

static gboolean has_tag(const Claim *claim)
{
	return claim->is.confidence != INDICATOR_CONFIDENCE_UNKNOWN;
}

/* Attributes of the type link say where the event's claims come from. */
static void take_links(Reading *r, const JsonValue *attributes)
{
	static const char *const names[] = { "type", "value" };
	JsonWalk walk = json_walk_begin(attributes);
	JsonValue is[G_N_ELEMENTS(names)];
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		if (!item.value.is_whole)
			continue;
		(void)json_pick(&item.value, names, G_N_ELEMENTS(names), is);
		if (json_value_is(&is[0], "link"))
			claim_add_reference(&r->event, text_of(r, &is[1]));
	}
}

/* Members of an event that hold for all of it; members that break off say nothing. */
static void take_event_member(Reading *r, const JsonItem *member)
{
	Claim *event = &r->event;

	if (json_key_is(member->key, "info"))
		claim_append(event->title, "", text_of(r, &member->value));
	else if (json_key_is(member->key, "date"))
		event->is.valid_from = time_of(r, &member->value);
	else if (json_key_is(member->key, "Orgc"))
		claim_append(event->source, "", member_text(r, &member->value, "name"));
	else if (json_key_is(member->key, "Tag") || json_key_is(member->key, "EventTag"))
		take_tags(r, event, r->names, &member->value);
	else if (json_key_is(member->key, "Galaxy"))
		take_galaxies(r, event, r->names, &member->value);
	else if (json_key_is(member->key, "Attribute"))
		take_links(r, &member->value);
}

/* Who says so: "INFO (ORGANISATION)". */
static void name_source(Reading *r)
{
	Claim *event = &r->event;
	g_autofree char *organisation = g_strdup(event->source->str);

	if (!event->title->len)
		return;
	g_string_assign(event->source, event->title->str);
	if (*organisation && !strstr(event->source->str, organisation))
		g_string_append_printf(event->source, " (%s)", organisation);
}

/* ---- attributes ---- */

enum {
	TYPE,
	VALUE,
	TO_IDS,
	UUID,
	COMMENT,
	DELETED,
	FIRST_SEEN,
	LAST_SEEN,
	TIMESTAMP,
	TAG,
	GALAXY,
	EVENT,
	SHADOW,
	N_NAMES
};
static const char *const names[N_NAMES] = { "type", "value", "to_ids", "uuid", "comment", "deleted",
	"first_seen", "last_seen", "timestamp", "Tag", "Galaxy", "Event", "ShadowAttribute" };

static void note_proposals(Reading *r, const JsonValue *list)
{
	JsonWalk walk = json_walk_begin(list);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		if (item.value.is_whole)
			collector_note(r->collector, INTEL_REJECTED, line_of(r, &item.value),
				member_text(r, &item.value, "value"),
				"is a proposal that nobody has accepted");
}

/* first_seen and last_seen of an attribute or object. */
static void take_times(Reading *r, Claim *claim, const JsonValue *is)
{
	Instant first = time_of(r, &is[FIRST_SEEN]), last = time_of(r, &is[LAST_SEEN]);

	if (first != INSTANT_NONE)
		claim->is.valid_from = first;
	if (claim->is.valid_from == INSTANT_NONE)
		claim->is.valid_from = time_of(r, &is[TIMESTAMP]);
	if (last != INSTANT_NONE)
		claim->is.valid_until = last;
}

/* A short comment says what the value is; else the event's own title does. */
static void take_title(Reading *r, const JsonValue *comment)
{
	Claim *claim = &r->claim;
	const char *text = text_of(r, comment);

	if (!*text)
		return;
	if (r->text->len <= TITLE_BYTES && !strchr(text, '\n')) {
		g_string_assign(claim->title, text);
		return;
	}
	g_string_prepend_c(claim->description, '\n');
	g_string_prepend(claim->description, text);
	if (claim->description->len > 0 && g_str_has_suffix(claim->description->str, "\n"))
		g_string_truncate(claim->description, claim->description->len - 1);
}

/* Where an attribute stands by itself, it says of which event it is. */
static void take_own_event(Reading *r, const JsonValue *event)
{
	Claim *claim = &r->claim;

	if (event->type != JSON_OBJECT || r->event.title->len)
		return;
	g_string_assign(claim->title, member_text(r, event, "info"));
	g_string_assign(claim->source, claim->title->str);
}

/* Tags of its own come before those of the event. */
static void take_own_tags(Reading *r, const JsonValue *is)
{
	g_autoptr(GString) own = g_string_new(NULL);
	guint confidence = r->claim.is.confidence;

	r->claim.is.confidence = INDICATOR_CONFIDENCE_UNKNOWN;
	take_tags(r, &r->claim, own, &is[TAG]);
	take_galaxies(r, &r->claim, own, &is[GALAXY]);
	if (!has_tag(&r->claim))
		r->claim.is.confidence = confidence;
	claim_add_names(&r->claim, own->len ? own->str : r->names->str);
}

static void take_attribute(Reading *r, const Claim *base, const JsonValue *attribute)
{
	Claim *claim = &r->claim;
	g_autofree char *type = NULL;
	g_autofree char *value = NULL;
	JsonValue is[N_NAMES];
	guint32 repeated;

	if (!attribute->is_whole)
		return; /* cut off, which the document says */
	repeated = json_pick(attribute, names, N_NAMES, is);
	type = g_strdup(text_of(r, &is[TYPE]));
	value = g_strdup(text_of(r, &is[VALUE]));
	claim_copy(claim, base);
	claim->is.line = line_of(r, attribute);
	note_proposals(r, &is[SHADOW]);
	if (!*type || !*value) {
		collector_note(r->collector, INTEL_REJECTED, claim->is.line, value,
			"is no attribute with a type and a value");
		return;
	}
	if (json_value_bool(&is[DELETED], FALSE)) {
		collector_note(r->collector, INTEL_REJECTED, claim->is.line, value,
			"is deleted by its author");
		return;
	}
	if (repeated)
		collector_note(r->collector, INTEL_SUSPICIOUS, claim->is.line, value,
			"a member stands in it more than once; the last is read");
	claim_append(claim->id, "", text_of(r, &is[UUID]));
	claim->is.is_silent = !json_value_bool(&is[TO_IDS], TRUE);
	take_times(r, claim, is);
	take_own_event(r, &is[EVENT]);
	take_title(r, &is[COMMENT]);
	take_own_tags(r, is);
	misp_tell_value(claim, r->collector, type, value);
}

static void take_attributes(Reading *r, const Claim *base, const JsonValue *list)
{
	JsonWalk walk = json_walk_begin(list);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		take_attribute(r, base, &item.value);
}

static void take_object(Reading *r, const JsonValue *object)
{
	JsonWalk walk = json_walk_begin(object);
	JsonValue is[N_NAMES];
	JsonItem item;

	(void)json_pick(object, names, N_NAMES, is);
	if (json_value_bool(&is[DELETED], FALSE)) {
		collector_note(r->collector, INTEL_REJECTED, line_of(r, object),
			member_text(r, object, "name"), "is an object that its author deleted");
		return;
	}
	claim_copy(&r->object, &r->event);
	is[TIMESTAMP].type = JSON_NOTHING; /* that of the attribute is nearer */
	take_times(r, &r->object, is);
	while (json_walk_next(&walk, &item))
		if (json_key_is(item.key, "Attribute"))
			take_attributes(r, &r->object, &item.value);
}

/* ---- events ---- */

static void take_event(Reading *r, const JsonValue *event)
{
	JsonWalk walk = json_walk_begin(event), inner;
	JsonItem item;

	claim_reset(&r->event);
	g_string_truncate(r->names, 0);
	while (json_walk_next(&walk, &item))
		take_event_member(r, &item);
	name_source(r);
	if (r->event.title->len)
		collector_set_name(r->collector, r->event.title->str);
	walk = json_walk_begin(event);
	while (json_walk_next(&walk, &item)) {
		if (json_key_is(item.key, "Attribute"))
			take_attributes(r, &r->event, &item.value);
		else if (json_key_is(item.key, "ShadowAttribute"))
			note_proposals(r, &item.value);
		else if (json_key_is(item.key, "Object"))
			for (inner = json_walk_begin(&item.value); json_walk_next(&inner, &item);)
				take_object(r, &item.value);
	}
}

static gboolean is_uuid(Slice text)
{
	if (text.size != UUID_BYTES)
		return FALSE;
	for (guint i = 0; i < UUID_BYTES; i++) {
		gboolean is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.data[i] != '-' : !g_ascii_isxdigit(text.data[i]))
			return FALSE;
	}
	return TRUE;
}

/* manifest.json: events by UUID. */
static gboolean is_manifest(const JsonValue *value)
{
	static const char *const wanted[] = { "info", "timestamp" };
	JsonValue is[G_N_ELEMENTS(wanted)];
	JsonWalk walk = json_walk_begin(value);
	JsonItem item;

	if (value->type != JSON_OBJECT || !json_walk_next(&walk, &item) || !is_uuid(item.key))
		return FALSE;
	(void)json_pick(&item.value, wanted, G_N_ELEMENTS(wanted), is);
	return is[0].type == JSON_STRING && is[1].type != JSON_NOTHING;
}

static void take_value(Reading *r, const JsonValue *value, guint depth);

/* Whether @member of @object is or holds an event. */
static gboolean take_member(
	Reading *r, const JsonValue *object, const JsonItem *member, guint depth)
{
	if (json_key_is(member->key, "response"))
		take_value(r, &member->value, depth + 1);
	else if (json_key_is(member->key, "Event"))
		take_event(r, &member->value);
	else if (json_key_is(member->key, "Attribute") || json_key_is(member->key, "Object"))
		take_event(r, object);
	else
		return FALSE;
	return TRUE;
}

static void take_value(Reading *r, const JsonValue *value, guint depth)
{
	JsonWalk walk = json_walk_begin(value);
	gboolean is_list = value->type == JSON_ARRAY && depth < WRAPPERS;
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		if (is_list)
			take_value(r, &item.value, depth + 1);
		else if (value->type == JSON_OBJECT && take_member(r, value, &item, depth))
			return;
	}
	if (!is_list && value->is_whole)
		collector_note(
			r->collector, INTEL_REJECTED, line_of(r, value), "", "is no event of MISP");
}

static void take_document(void *context, const JsonValue *value)
{
	Reading *r = context;

	if (is_manifest(value))
		collector_note(r->collector, INTEL_UNSUPPORTED, line_of(r, value), "manifest.json",
			"is the index of a MISP feed: its events are files of their own");
	else
		take_value(r, value, 0);
}

/* hashes.csv: the MD5 of a value and the UUID of its event, a line each. */
static gboolean is_hashes(Slice text)
{
	for (guint i = 0; i < MD5_DIGITS; i++)
		if (i >= text.size || !g_ascii_isxdigit(text.data[i]))
			return FALSE;
	return text.size > MD5_DIGITS && text.data[MD5_DIGITS] == ',' &&
		is_uuid(slice_sub(text, MD5_DIGITS + 1, UUID_BYTES));
}

static void read_misp(Slice text, const char *name, Collector *collector)
{
	Reading r = { .collector = collector };

	if (is_hashes(text)) {
		collector_note(collector, INTEL_UNSUPPORTED, 1, "hashes.csv",
			"is the index of a MISP feed: its hashes are those of values, not of "
			"files");
		return;
	}
	document_init(&r.document, text);
	claim_init(&r.event);
	claim_init(&r.object);
	claim_init(&r.claim);
	r.names = g_string_new(NULL);
	r.text = g_string_new(NULL);
	document_each(&r.document, collector, take_document, &r);
	g_string_free(r.text, TRUE);
	g_string_free(r.names, TRUE);
	claim_clear(&r.claim);
	claim_clear(&r.object);
	claim_clear(&r.event);
	document_clear(&r.document);
}

/* An array is what its first item is. */
static guint probe_value(const JsonValue *value, guint depth)
{
	static const char *const wanted[] = { "Event", "response", "Attribute", "Object", "info",
		"Orgc" };
	gboolean has[G_N_ELEMENTS(wanted)] = { FALSE };
	JsonWalk walk = json_walk_begin(value);
	JsonItem item;

	while (depth < WRAPPERS && json_walk_next(&walk, &item)) {
		if (value->type == JSON_ARRAY)
			return probe_value(&item.value, depth + 1);
		for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
			has[i] = has[i] || json_key_is(item.key, wanted[i]);
		if (has[0])
			return item.value.type == JSON_OBJECT ? 90 : 0;
		if (has[1])
			return probe_value(&item.value, depth + 1);
	}
	return (has[2] || has[3]) && (has[4] || has[5] || depth) ? 80 : 0;
}

static guint probe_misp(Slice text, const char *name)
{
	g_autoptr(GString) owned = NULL;
	JsonValue value = document_peek(text, &owned);

	if (is_hashes(text) || is_manifest(&value))
		return 95;
	return probe_value(&value, 0);
}

const IntelFormat intel_misp = {
	.name = "misp",
	.description = "MISP events as JSON",
	.docs = "docs/intelligence.md",
	.probe = probe_misp,
	.read = read_misp,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/stix/index.h"

#include <stdlib.h>

#include "base/limits.h"

/* STIX 2.1, sections 4 to 7; what 2.0 has is among them. */
typedef struct TypeName {
	const char *name;
	StixType type;
} TypeName;

static const TypeName types[] = {
	{ "artifact", STIX_OBSERVATION },
	{ "attack-pattern", STIX_ATTACK_PATTERN },
	{ "autonomous-system", STIX_OBSERVATION },
	{ "bundle", STIX_BUNDLE },
	{ "campaign", STIX_ACTOR },
	{ "course-of-action", STIX_CONTEXT },
	{ "directory", STIX_OBSERVATION },
	{ "domain-name", STIX_OBSERVATION },
	{ "email-addr", STIX_OBSERVATION },
	{ "email-message", STIX_OBSERVATION },
	{ "extension-definition", STIX_CONTEXT },
	{ "file", STIX_OBSERVATION },
	{ "grouping", STIX_REPORT },
	{ "identity", STIX_IDENTITY },
	{ "incident", STIX_CONTEXT },
	{ "indicator", STIX_INDICATOR },
	{ "infrastructure", STIX_CONTEXT },
	{ "intrusion-set", STIX_ACTOR },
	{ "ipv4-addr", STIX_OBSERVATION },
	{ "ipv6-addr", STIX_OBSERVATION },
	{ "language-content", STIX_CONTEXT },
	{ "location", STIX_CONTEXT },
	{ "mac-addr", STIX_OBSERVATION },
	{ "malware", STIX_MALWARE },
	{ "malware-analysis", STIX_CONTEXT },
	{ "marking-definition", STIX_MARKING },
	{ "mutex", STIX_OBSERVATION },
	{ "network-traffic", STIX_OBSERVATION },
	{ "note", STIX_CONTEXT },
	{ "observed-data", STIX_OBSERVATION },
	{ "opinion", STIX_CONTEXT },
	{ "process", STIX_OBSERVATION },
	{ "relationship", STIX_RELATIONSHIP },
	{ "report", STIX_REPORT },
	{ "sighting", STIX_CONTEXT },
	{ "software", STIX_OBSERVATION },
	{ "threat-actor", STIX_ACTOR },
	{ "tool", STIX_MALWARE },
	{ "url", STIX_OBSERVATION },
	{ "user-account", STIX_OBSERVATION },
	{ "vulnerability", STIX_CONTEXT },
	{ "windows-registry-key", STIX_OBSERVATION },
	{ "x509-certificate", STIX_OBSERVATION },
};

static int compare_type(gconstpointer name, gconstpointer entry)
{
	return strcmp(name, ((const TypeName *)entry)->name);
}

StixType stix_type(const char *name)
{
	const TypeName *found =
		bsearch(name, types, G_N_ELEMENTS(types), sizeof types[0], compare_type);

	return found ? found->type : STIX_UNKNOWN;
}

void stix_index_init(StixIndex *index)
{
	index->entries = g_array_new(FALSE, FALSE, sizeof(StixEntry));
	index->by_id = g_array_new(FALSE, FALSE, sizeof(guint));
	index->indicates = g_array_new(FALSE, FALSE, sizeof(StixLink));
	index->holds = g_array_new(FALSE, FALSE, sizeof(StixLink));
	index->n_left_out = 0;
}

void stix_index_clear(StixIndex *index)
{
	g_clear_pointer(&index->entries, g_array_unref);
	g_clear_pointer(&index->by_id, g_array_unref);
	g_clear_pointer(&index->indicates, g_array_unref);
	g_clear_pointer(&index->holds, g_array_unref);
}

static void add_link(StixIndex *index, GArray *links, Slice from, Slice to)
{
	StixLink link = { from, to };

	if (index->indicates->len + index->holds->len >= LIMIT_STIX_LINKS)
		index->n_left_out++;
	else
		g_array_append_val(links, link);
}

static void add_references(StixIndex *index, const JsonValue *references, Slice report)
{
	JsonWalk walk = json_walk_begin(references);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		if (item.value.type == JSON_STRING && item.value.is_whole)
			add_link(index, index->holds, item.value.bytes, report);
}

enum {
	TYPE,
	ID,
	MODIFIED,
	REVOKED,
	NAME,
	EXTERNAL_REFERENCES,
	DEFINITION,
	RELATIONSHIP_TYPE,
	SOURCE_REF,
	TARGET_REF,
	OBJECT_REFS,
	N_NAMES
};
static const char *const names[N_NAMES] = { "type", "id", "modified", "revoked", "name",
	"external_references", "definition", "relationship_type", "source_ref", "target_ref",
	"object_refs" };

static Slice cut(const JsonValue *value, JsonType type)
{
	return value->type == type ? slice_sub(value->bytes, 0, LIMIT_STIX_REFERENCE_BYTES)
				   : SLICE_EMPTY;
}

static void add_entry(StixIndex *index, StixType type, const JsonValue *object, const JsonValue *is)
{
	StixEntry entry = { .object = object->bytes, .type = type, .modified = INSTANT_NONE };

	if (index->entries->len >= LIMIT_STIX_OBJECTS) {
		index->n_left_out++;
		return;
	}
	if (is[ID].type == JSON_STRING)
		entry.id = is[ID].bytes;
	if (is[MODIFIED].type == JSON_STRING)
		(void)instant_parse(is[MODIFIED].bytes, &entry.modified); /* else it is not known */
	entry.is_revoked = json_value_bool(&is[REVOKED], FALSE);
	entry.name = cut(&is[NAME], JSON_STRING);
	entry.references = type == STIX_MARKING ? cut(&is[DEFINITION], JSON_OBJECT)
						: cut(&is[EXTERNAL_REFERENCES], JSON_ARRAY);
	g_array_append_val(index->entries, entry);
}

StixType stix_index_add(StixIndex *index, const JsonValue *object)
{
	g_autoptr(GString) name = g_string_new(NULL);
	JsonValue is[N_NAMES];
	StixType type;

	(void)json_pick(object, names, N_NAMES, is); /* of names twice the indicator tells */
	if (is[TYPE].type == JSON_STRING)
		json_value_append(name, &is[TYPE]);
	type = stix_type(name->str);
	switch (type) {
	case STIX_RELATIONSHIP:
		if (json_value_is(&is[RELATIONSHIP_TYPE], "indicates") &&
			is[SOURCE_REF].type == JSON_STRING && is[TARGET_REF].type == JSON_STRING)
			add_link(index, index->indicates, is[SOURCE_REF].bytes,
				is[TARGET_REF].bytes);
		break;
	case STIX_REPORT:
		add_entry(index, type, object, is);
		if (is[ID].type == JSON_STRING)
			add_references(index, &is[OBJECT_REFS], is[ID].bytes);
		break;
	case STIX_INDICATOR:
	case STIX_IDENTITY:
	case STIX_MARKING:
	case STIX_ATTACK_PATTERN:
	case STIX_MALWARE:
	case STIX_ACTOR:
		add_entry(index, type, object, is);
		break;
	default:
		break;
	}
	return type;
}

static int compare_entries(gconstpointer a, gconstpointer b, gpointer entries)
{
	guint i = *(const guint *)a, j = *(const guint *)b;
	const StixEntry *left = &g_array_index((GArray *)entries, StixEntry, i);
	const StixEntry *right = &g_array_index((GArray *)entries, StixEntry, j);
	int order = slice_compare(left->id, right->id);

	if (order)
		return order;
	if (left->modified != right->modified)
		return left->modified < right->modified ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* By place where they begin at the same: g_array_sort() is stable. */
static int compare_links(gconstpointer a, gconstpointer b)
{
	return slice_compare(((const StixLink *)a)->from, ((const StixLink *)b)->from);
}

void stix_index_finish(StixIndex *index)
{
	g_array_set_size(index->by_id, index->entries->len);
	for (guint i = 0; i < index->entries->len; i++)
		g_array_index(index->by_id, guint, i) = i;
	g_array_sort_with_data(index->by_id, compare_entries, index->entries);
	g_array_sort(index->indicates, compare_links);
	g_array_sort(index->holds, compare_links);
}

const StixEntry *stix_index_find(const StixIndex *index, Slice id)
{
	guint low = 0, high = index->by_id->len;
	const StixEntry *found;

	/* The first behind those of @id: the one before it is the newest. */
	while (low < high) {
		guint middle = low + (high - low) / 2;
		guint i = g_array_index(index->by_id, guint, middle);

		if (slice_compare(g_array_index(index->entries, StixEntry, i).id, id) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !id.size)
		return NULL;
	found = &g_array_index(
		index->entries, StixEntry, g_array_index(index->by_id, guint, low - 1));
	return slice_equal(found->id, id) ? found : NULL;
}

const StixLink *stix_index_links(const GArray *links, Slice from, guint *ret_n)
{
	guint low = 0, high = links->len, end;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (slice_compare(g_array_index(links, StixLink, middle).from, from) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < links->len && end - low < LIMIT_STIX_RELATED; end++)
		if (!slice_equal(g_array_index(links, StixLink, end).from, from))
			break;
	*ret_n = end - low;
	return end > low ? &g_array_index(links, StixLink, low) : NULL;
}

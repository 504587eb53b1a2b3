/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an event to the entities it names.
 *
 * Only the form is tidied, so that the same thing is stored the same way: host names, domains and
 * hashes in lower case, addresses as inet_ntop() writes them, accounts as DOMAIN\name. "-" and
 * empty values are no entities, nor is what does not look like its kind (an address that is none).
 */
#include "case/case-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/hash.h"
#include "base/json-scan.h"
#include "base/json-text.h"
#include "base/limits.h"
#include "case/entity-fields.h"

#define KNOWN_ENTITIES_MAX  65536 /* numbers kept in memory */
#define HASH_NAME_BYTES_MAX 16	  /* "IMPHASH"; what is longer is no name of a hash */

typedef struct EntitySink {
	Case *c;
	gint64 event; /* its number */
	GError **error;
} EntitySink;

/*
 * The texts of an event that matter: a slot for each field of the table, behind them one for each
 * field that tells an account's domain.
 */
struct EntityScratch {
	GHashTable *slots; /* Slice of a name -> slot + 1 */
	GArray *names;	   /* Slice; keys of slots */
	gsize *offsets;	   /* of each slot's text in texts, + 1; 0: not there */
	guint n_slots;
	GString *texts;	 /* NUL-terminated, one behind the other; no pointer into it lasts */
	GString *name;	 /* of a key with escapes */
	GArray *places;	 /* Place: of the event, not written yet */
	GString *fields; /* their names, NUL-terminated */
};

/* Where in the event an entity is named. */
typedef struct Place {
	gint64 entity;
	gsize field; /* where its name begins in EntityScratch.fields */
} Place;

static sqlite3_stmt *bind_entity(
	const EntitySink *sink, StatementId id, EntityKind kind, const char *value)
{
	sqlite3_stmt *s = case_statement(sink->c, id, sink->error);

	if (s) {
		case_bind_text(s, 1, entity_kind_name(kind));
		case_bind_text(s, 2, value);
	}
	return s;
}

/* The number of an entity that the case has or that is added now. */
static gboolean number_entity(
	const EntitySink *sink, EntityKind kind, const char *value, gint64 *ret_number)
{
	GString *key = sink->c->entity_key;
	const gint64 *known;
	sqlite3_stmt *s;
	int code;

	g_string_assign(key, entity_kind_name(kind));
	g_string_append_c(key, ' ');
	g_string_append(key, value);
	known = g_hash_table_lookup(sink->c->entities, key->str);
	if (known) {
		*ret_number = *known;
		return TRUE;
	}
	s = bind_entity(sink, STATEMENT_ENTITY_FIND, kind, value);
	if (!s)
		return FALSE;
	code = sqlite3_step(s);
	*ret_number = sqlite3_column_int64(s, 0);
	(void)sqlite3_reset(s); /* repeats the result of the step */
	if (code == SQLITE_DONE) {
		s = bind_entity(sink, STATEMENT_ENTITY_ADD, kind, value);
		if (!s || !case_run_statement(sink->c, s, 0, sink->error))
			return FALSE;
		*ret_number = sqlite3_last_insert_rowid(sink->c->db);
	} else if (code != SQLITE_ROW) {
		return case_fail(sink->c, sink->error);
	}
	if (g_hash_table_size(sink->c->entities) >= KNOWN_ENTITIES_MAX)
		g_hash_table_remove_all(sink->c->entities);
	(void)g_hash_table_insert(
		sink->c->entities, g_strdup(key->str), g_memdup2(ret_number, sizeof(*ret_number)));
	return TRUE;
}

static Place *place_at(const EntityScratch *scratch, guint index)
{
	return &g_array_index(scratch->places, Place, index);
}

/* Writes @n places from @first on by one statement, which is made for so many. */
static gboolean write_some(const EntitySink *sink, StatementId id, guint first, guint n)
{
	const EntityScratch *scratch = sink->c->scratch;
	sqlite3_stmt *s = case_statement(sink->c, id, sink->error);

	if (!s)
		return FALSE;
	(void)sqlite3_bind_int64(s, 1, sink->event); /* as case_bind_text(): can not fail */
	for (guint i = 0; i < n; i++) {
		const Place *place = place_at(scratch, first + i);

		(void)sqlite3_bind_int64(s, (int)(2 * i + 2), place->entity); /* likewise */
		case_bind_text(s, (int)(2 * i + 3), scratch->fields->str + place->field);
	}
	return case_run_statement(sink->c, s, 0, sink->error); /* counted with the finding */
}

/* A statement costs more than a row. */
static gboolean write_places(const EntitySink *sink)
{
	guint n = sink->c->scratch->places->len, first = 0;

	for (; first + ENTITY_PLACES_AT_ONCE <= n; first += ENTITY_PLACES_AT_ONCE) {
		if (!write_some(sink, STATEMENT_ENTITY_PLACES, first, ENTITY_PLACES_AT_ONCE))
			return FALSE;
	}
	for (; first < n; first++) {
		if (!write_some(sink, STATEMENT_ENTITY_PLACE, first, 1))
			return FALSE;
	}
	return TRUE;
}

static gboolean add_entity(
	const EntitySink *sink, EntityKind kind, const char *value, const char *field)
{
	EntityScratch *scratch = sink->c->scratch;
	Place place = { 0 };

	if (value[0] == '\0' || g_str_equal(value, "-") || strlen(value) > LIMIT_ENTITY_BYTES)
		return TRUE;
	if (!number_entity(sink, kind, value, &place.entity))
		return FALSE;
	place.field = scratch->fields->len;
	g_string_append_len(scratch->fields, field, (gssize)strlen(field) + 1);
	g_array_append_val(scratch->places, place);
	return TRUE;
}

/* Writes the address in its one usual form; FALSE where @text is none, or the unspecified one. */
static gboolean tidy_address(const char *text, char ret[INET6_ADDRSTRLEN])
{
	static const guint8 unspecified[16];
	guint8 bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		return memcmp(bytes, unspecified, 4) != 0 &&
			inet_ntop(AF_INET, bytes, ret, INET6_ADDRSTRLEN);
	if (inet_pton(AF_INET6, text, bytes) != 1 || memcmp(bytes, unspecified, 16) == 0)
		return FALSE;
	if (memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\377\377", 12) == 0)
		return memcmp(bytes + 12, unspecified, 4) != 0 &&
			inet_ntop(AF_INET, bytes + 12, ret, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, bytes, ret, INET6_ADDRSTRLEN) != NULL;
}

static gboolean add_address(const EntitySink *sink, const char *text, const char *field)
{
	char tidy[INET6_ADDRSTRLEN];
	const char *colon = strchr(text, ':');

	/* "192.0.2.1:445", as some logs write it. */
	if (colon && colon == strrchr(text, ':') && strchr(text, '.')) {
		g_autofree char *address = g_strndup(text, (gsize)(colon - text));

		return !tidy_address(address, tidy) ||
			add_entity(sink, ENTITY_ADDRESS, tidy, field);
	}
	return !tidy_address(text, tidy) || add_entity(sink, ENTITY_ADDRESS, tidy, field);
}

static gboolean is_hash(const char *text)
{
	gsize size = strlen(text);

	return (size == 32 || size == 40 || size == 64) &&
		strspn(text, "0123456789abcdef") == size && strspn(text, "0") < size;
}

/* One hash, or "SHA1=…,MD5=…" as Sysmon writes them: then the field is called Hashes.MD5. */
static gboolean add_hashes(const EntitySink *sink, const char *text, const char *field)
{
	g_auto(GStrv) parts = g_strsplit_set(text, ",; \n", 16);

	for (char **part = parts; *part; part++) {
		const char *equals = strchr(*part, '=');
		g_autofree char *hash = g_ascii_strdown(equals ? equals + 1 : *part, -1);
		g_autofree char *name = g_strndup(*part, equals ? (gsize)(equals - *part) : 0);
		g_autofree char *place = equals && strlen(name) <= HASH_NAME_BYTES_MAX
			? g_strconcat(field, ".", name, NULL)
			: g_strdup(field);

		if (is_hash(hash) && !add_entity(sink, ENTITY_HASH, hash, place))
			return FALSE;
	}
	return TRUE;
}

static gboolean add_domain(const EntitySink *sink, const char *text, const char *field)
{
	g_autofree char *lower = g_utf8_strdown(text, -1);
	gsize size = strlen(lower);
	char tidy[INET6_ADDRSTRLEN], *colon;

	/* "example.org:443", as a client asks for it. */
	colon = strchr(lower, ':');
	if (colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")]) {
		*colon = '\0';
		size = (gsize)(colon - lower);
	}
	if (size > 1 && lower[size - 1] == '.')
		lower[size - 1] = '\0';
	if (tidy_address(lower, tidy))
		return add_entity(sink, ENTITY_ADDRESS, tidy, field);
	if (strpbrk(lower, " \t\n/\\:\"'<>()[]{},;=") || size > 254)
		return TRUE;
	return add_entity(sink, ENTITY_DOMAIN, lower, field);
}

static gboolean add_account(
	const EntitySink *sink, const char *text, const char *domain, const char *field)
{
	g_autofree char *full = NULL;

	if (g_str_equal(text, "-") || text[0] == '\0')
		return TRUE;
	if (!domain || g_str_equal(domain, "-") || domain[0] == '\0' || strchr(text, '\\') ||
		strchr(text, '@'))
		return add_entity(sink, ENTITY_ACCOUNT, text, field);
	full = g_strconcat(domain, "\\", text, NULL);
	return add_entity(sink, ENTITY_ACCOUNT, full, field);
}

/* "\\FS01" and "fs01" are the same host. */
static gboolean add_host(const EntitySink *sink, const char *text, const char *field)
{
	g_autofree char *lower = g_utf8_strdown(text + strspn(text, "\\"), -1);
	char tidy[INET6_ADDRSTRLEN];

	if (tidy_address(lower, tidy))
		return add_entity(sink, ENTITY_ADDRESS, tidy, field);
	return add_entity(sink, ENTITY_HOST, lower, field);
}

static gboolean add_value(
	const EntitySink *sink, const EntityField *field, const char *text, const char *domain)
{
	switch (field->kind) {
	case ENTITY_ACCOUNT:
		return add_account(sink, text, domain, field->name);
	case ENTITY_HASH:
		return add_hashes(sink, text, field->name);
	case ENTITY_ADDRESS:
		return add_address(sink, text, field->name);
	case ENTITY_DOMAIN:
		return add_domain(sink, text, field->name);
	case ENTITY_HOST:
		return add_host(sink, text, field->name);
	case ENTITY_PROCESS:
	case ENTITY_FILE:
	case ENTITY_N_KINDS:
		break;
	}
	return add_entity(sink, field->kind, text, field->name);
}

/* ---- the event's fields ---- */

EntityScratch *entity_scratch_new(void)
{
	EntityScratch *scratch = g_new0(EntityScratch, 1);

	/* So that no name moves: each field has at most two. */
	scratch->names = g_array_sized_new(FALSE, FALSE, sizeof(Slice), 2 * entity_fields_n);
	scratch->slots = g_hash_table_new(slice_hash_key, slice_equal_key);
	scratch->texts = g_string_new(NULL);
	scratch->name = g_string_new(NULL);
	scratch->places = g_array_new(FALSE, FALSE, sizeof(Place));
	scratch->fields = g_string_new(NULL);
	for (guint i = 0; i < 2 * entity_fields_n; i++) {
		Slice name = slice_from_text(i < entity_fields_n
				? entity_fields[i].name
				: entity_fields[i - entity_fields_n].domain);

		if (!name.data || g_hash_table_contains(scratch->slots, &name))
			continue;
		g_array_append_val(scratch->names, name);
		(void)g_hash_table_insert(scratch->slots,
			&g_array_index(scratch->names, Slice, scratch->n_slots),
			GUINT_TO_POINTER(scratch->n_slots + 1));
		scratch->n_slots++;
	}
	scratch->offsets = g_new0(gsize, scratch->n_slots);
	return scratch;
}

void entity_scratch_free(EntityScratch *scratch)
{
	if (!scratch)
		return;
	g_hash_table_unref(scratch->slots);
	g_array_unref(scratch->names);
	g_free(scratch->offsets);
	g_string_free(scratch->texts, TRUE);
	g_string_free(scratch->name, TRUE);
	g_array_unref(scratch->places);
	g_string_free(scratch->fields, TRUE);
	g_free(scratch);
}

static guint find_slot(const EntityScratch *scratch, Slice name)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(scratch->slots, &name));
}

/* Where a name stands twice the last one counts. */
static void keep_text(EntityScratch *scratch, const JsonMember *member)
{
	Slice name = member->key;
	guint slot;

	if (memchr(name.data, '\\', name.size)) {
		g_string_truncate(scratch->name, 0);
		json_append_unescaped(scratch->name, name);
		name = slice_make(scratch->name->str, scratch->name->len);
	}
	slot = find_slot(scratch, name);
	if (!slot)
		return;
	scratch->offsets[slot - 1] = scratch->texts->len + 1;
	json_append_unescaped(scratch->texts, member->value);
	g_string_append_c(scratch->texts, '\0');
}

static void read_fields(EntityScratch *scratch, const char *event_json)
{
	JsonScan scan = json_scan_begin(slice_from_text(event_json));
	JsonMember member;

	memset(scratch->offsets, 0, scratch->n_slots * sizeof(*scratch->offsets));
	g_string_truncate(scratch->texts, 0);
	while (json_scan_next(&scan, &member)) {
		if (member.is_text && member.key.size)
			keep_text(scratch, &member);
	}
	/* An event that is no JSON names nothing; the finding itself is kept as it came. */
	if (scan.malformed)
		memset(scratch->offsets, 0, scratch->n_slots * sizeof(*scratch->offsets));
}

/* The text of the field called @name, or NULL where the event has none. */
static const char *field_text(const EntityScratch *scratch, const char *name)
{
	guint slot = name ? find_slot(scratch, slice_from_text(name)) : 0;
	gsize offset = slot ? scratch->offsets[slot - 1] : 0;

	return offset ? scratch->texts->str + offset - 1 : NULL;
}

gboolean case_add_entities(
	Case *c, gint64 number, const char *host, const char *event_json, GError **error)
{
	const EntitySink sink = { c, number, error };
	EntityScratch *scratch = c->scratch;

	read_fields(scratch, event_json);
	g_array_set_size(scratch->places, 0);
	g_string_truncate(scratch->fields, 0);
	for (guint i = 0; i < entity_fields_n; i++) {
		const EntityField *field = &entity_fields[i];

		/* Fields come first, in the order of the table: slot and index are one. */
		if (scratch->offsets[i] &&
			!add_value(&sink, field, scratch->texts->str + scratch->offsets[i] - 1,
				field_text(scratch, field->domain)))
			return FALSE;
	}
	/* Where no field of the event is in the table, the host may still be known. */
	if (host && host[0] != '\0' && !field_text(scratch, "Computer") &&
		!add_host(&sink, host, ""))
		return FALSE;
	return write_places(&sink);
}

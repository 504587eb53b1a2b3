/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the event of a finding to the entities it names.
 *
 * Only the form is tidied, so that the same thing is stored the same way: host names, domains and
 * hashes in lower case, addresses as inet_ntop() writes them, accounts as DOMAIN\name. "-" and
 * empty values are no entities, nor is what does not look like its kind (an address that is none).
 */
#include "case/case-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "case/entity-fields.h"

#define KNOWN_ENTITIES_MAX  65536 /* numbers kept in memory */
#define HASH_NAME_BYTES_MAX 16	  /* "IMPHASH"; what is longer is no name of a hash */

typedef struct EntitySink {
	Case *c;
	gint64 finding; /* its number */
	GError **error;
} EntitySink;

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
	g_autofree char *key = g_strconcat(entity_kind_name(kind), " ", value, NULL);
	const gint64 *known = g_hash_table_lookup(sink->c->entities, key);
	sqlite3_stmt *s;
	int code;

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
	(void)g_hash_table_insert(sink->c->entities, g_steal_pointer(&key),
		g_memdup2(ret_number, sizeof(*ret_number)));
	return TRUE;
}

static gboolean add_entity(
	const EntitySink *sink, EntityKind kind, const char *value, const char *field)
{
	sqlite3_stmt *s;
	gint64 number = 0;

	if (value[0] == '\0' || g_str_equal(value, "-") || strlen(value) > LIMIT_ENTITY_BYTES)
		return TRUE;
	if (!number_entity(sink, kind, value, &number))
		return FALSE;
	s = case_statement(sink->c, STATEMENT_ENTITY_PLACE, sink->error);
	if (!s)
		return FALSE;
	(void)sqlite3_bind_int64(s, 1, sink->finding); /* as case_bind_text(): can not fail */
	(void)sqlite3_bind_int64(s, 2, number);
	case_bind_text(s, 3, field);
	return case_run_statement(sink->c, s, 0, sink->error); /* counted with the finding */
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
	char tidy[INET6_ADDRSTRLEN];

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

/* The texts of the event's members that the table of entity fields, or a domain in it, names. */
static GHashTable *read_fields(Case *c, const char *event_json, GError **error)
{
	g_autoptr(GHashTable) fields =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	sqlite3_stmt *s = case_statement(c, STATEMENT_EVENT_FIELDS, error);
	int code;

	if (!s)
		return NULL;
	case_bind_text(s, 1, event_json);
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);
		const char *type = (const char *)sqlite3_column_text(s, 1);

		if (g_strcmp0(type, "text") == 0 &&
			(entity_field_find(name) >= 0 || strstr(name, "Domain")))
			(void)g_hash_table_insert(fields, g_strdup(name),
				g_strdup((const char *)sqlite3_column_text(s, 2)));
	}
	(void)sqlite3_reset(s); /* repeats the result of the last step */
	/* An event that is no JSON names nothing; the finding itself is kept as it came. */
	if (code != SQLITE_DONE && (code & 0xff) != SQLITE_ERROR) {
		(void)case_fail(c, error); /* told by the return value below */
		return NULL;
	}
	return g_steal_pointer(&fields);
}

gboolean case_add_entities(
	Case *c, gint64 number, const char *host, const char *event_json, GError **error)
{
	const EntitySink sink = { c, number, error };
	g_autoptr(GHashTable) fields = read_fields(c, event_json, error);

	if (!fields)
		return FALSE;
	for (guint i = 0; i < entity_fields_n; i++) {
		const EntityField *field = &entity_fields[i];
		const char *text = g_hash_table_lookup(fields, field->name);
		const char *domain =
			field->domain ? g_hash_table_lookup(fields, field->domain) : NULL;

		if (text && !add_value(&sink, field, text, domain))
			return FALSE;
	}
	/* Where no field of the event is in the table, the host may still be known. */
	return !host || host[0] == '\0' || g_hash_table_contains(fields, "Computer") ||
		add_host(&sink, host, "");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/expansion.h"

#include "base/error.h"
#include "base/limits.h"

struct Expansion {
	gboolean hash;
	Digest *digest;
	Spool *spool;
	GArray *members;     /* Member */
	GStringChunk *texts; /* names */
	GHashTable *names;   /* name (in @texts) -> how often it was asked for */
	gboolean open;	     /* the last member is not ended */
	char *problem;
};

Expansion *expansion_new(gboolean hash)
{
	Expansion *expansion = g_new0(Expansion, 1);

	expansion->hash = hash;
	expansion->members = g_array_new(FALSE, TRUE, sizeof(Member));
	expansion->texts = g_string_chunk_new(4096);
	expansion->names = g_hash_table_new(g_str_hash, g_str_equal);
	return expansion;
}

void expansion_clear(Expansion *expansion)
{
	g_clear_pointer(&expansion->digest, digest_free);
	g_clear_pointer(&expansion->spool, spool_unref);
	g_clear_pointer(&expansion->problem, g_free);
	g_array_set_size(expansion->members, 0);
	g_hash_table_remove_all(expansion->names);
	g_string_chunk_clear(expansion->texts);
	expansion->open = FALSE;
}

void expansion_free(Expansion *expansion)
{
	if (!expansion)
		return;
	expansion_clear(expansion);
	g_array_unref(expansion->members);
	g_hash_table_unref(expansion->names);
	g_string_chunk_free(expansion->texts);
	g_free(expansion);
}

static Member *last_member(const Expansion *expansion)
{
	return &g_array_index(expansion->members, Member, expansion->members->len - 1);
}

/* @name, or where there is such a member already, "@name #2" and so on. */
static const char *unique_name(Expansion *expansion, const char *name)
{
	gpointer n_before = NULL;
	const char *kept;

	if (!g_hash_table_lookup_extended(expansion->names, name, NULL, &n_before)) {
		kept = g_string_chunk_insert(expansion->texts, name);
		g_hash_table_insert(expansion->names, (gpointer)kept, GUINT_TO_POINTER(1));
		return kept;
	}
	for (guint n = GPOINTER_TO_UINT(n_before) + 1;; n++) {
		g_autofree char *other = g_strdup_printf("%s #%u", name, n);

		if (g_hash_table_contains(expansion->names, other))
			continue;
		g_hash_table_insert(expansion->names,
			g_string_chunk_insert_const(expansion->texts, name), GUINT_TO_POINTER(n));
		kept = g_string_chunk_insert(expansion->texts, other);
		g_hash_table_insert(expansion->names, (gpointer)kept, GUINT_TO_POINTER(1));
		return kept;
	}
}

static gboolean refuse(GError **error, const char *what)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "sent %s", what);
	return FALSE;
}

static gboolean keep_problem(Expansion *expansion, GError *problem, GError **error)
{
	expansion->problem = g_strdup(problem->message);
	g_propagate_error(error, problem);
	return FALSE;
}

static gboolean begin_member(Expansion *expansion, const Message *message, GError **error)
{
	g_autofree char *name = message_dup_text(message, 0);
	Member member = { .modified = (gint64)message->fields[1].number };
	GError *problem = NULL;

	if (expansion->members->len >= LIMIT_ARCHIVE_MEMBERS + LIMIT_ARCHIVE_FILES)
		return refuse(error, "more members than LIMIT_ARCHIVE_MEMBERS and _FILES");
	expansion_end(expansion, TRUE);
	if (!expansion->spool && !(expansion->spool = spool_new(&problem)))
		return keep_problem(expansion, problem, error);
	if (expansion->hash && !expansion->digest && !(expansion->digest = digest_new(&problem)))
		return keep_problem(expansion, problem, error);
	member.name = unique_name(expansion, name);
	member.offset = spool_size(expansion->spool);
	g_array_append_val(expansion->members, member);
	expansion->open = TRUE;
	return TRUE;
}

static gboolean add_bytes(Expansion *expansion, Slice bytes, GError **error)
{
	GError *problem = NULL;

	if (!bytes.size)
		return TRUE; /* a sign of life */
	if (!expansion->open)
		return refuse(error, "bytes of no member");
	if (bytes.size > LIMIT_ARCHIVE_BYTES - spool_size(expansion->spool))
		return refuse(error, "more bytes than LIMIT_ARCHIVE_BYTES");
	if (!spool_append(expansion->spool, bytes, &problem))
		return keep_problem(expansion, problem, error);
	if (expansion->digest)
		digest_add(expansion->digest, bytes);
	last_member(expansion)->size += bytes.size;
	return TRUE;
}

gboolean expansion_take(Expansion *expansion, const Message *message, GError **error)
{
	if (expansion->problem)
		return refuse(error, "more than can be kept");
	return message->type == MESSAGE_MEMBER
		? begin_member(expansion, message, error)
		: add_bytes(expansion, message->fields[0].bytes, error);
}

void expansion_end(Expansion *expansion, gboolean whole)
{
	if (!expansion->open)
		return;
	expansion->open = FALSE;
	if (!whole)
		g_array_set_size(expansion->members, expansion->members->len - 1);
	else if (expansion->digest)
		digest_end(expansion->digest, last_member(expansion)->sha256);
}

guint expansion_cut(Expansion *expansion, guint64 size)
{
	guint before = expansion->members->len, n = before;

	while (n &&
		expansion_member(expansion, n - 1)->offset +
				expansion_member(expansion, n - 1)->size >
			size)
		n--;
	g_array_set_size(expansion->members, n);
	return before - n;
}

const char *expansion_problem(const Expansion *expansion)
{
	return expansion->problem;
}

guint64 expansion_size(const Expansion *expansion)
{
	return expansion->spool ? spool_size(expansion->spool) : 0;
}

guint expansion_count(const Expansion *expansion)
{
	return expansion->members->len;
}

const Member *expansion_member(const Expansion *expansion, guint index)
{
	return &g_array_index(expansion->members, Member, index);
}

Spool *expansion_spool(const Expansion *expansion)
{
	return expansion->spool;
}

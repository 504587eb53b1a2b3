/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/observables.h"

#include "engines/indicators/yaml-read.h"

static const char *const names[OBSERVE_N] = {
	[OBSERVE_NOTHING] = "nothing",
	[OBSERVE_TEXT] = "text",
	[OBSERVE_HOST] = "host",
	[OBSERVE_ADDRESS] = "address",
	[OBSERVE_URL] = "url",
	[OBSERVE_EMAIL] = "email",
	[OBSERVE_PATH] = "path",
	[OBSERVE_FILE_NAME] = "file-name",
	[OBSERVE_REGISTRY_KEY] = "registry-key",
	[OBSERVE_PIPE] = "pipe",
	[OBSERVE_MUTEX] = "mutex",
	[OBSERVE_USER_AGENT] = "user-agent",
	[OBSERVE_MD5] = "md5",
	[OBSERVE_SHA1] = "sha1",
	[OBSERVE_SHA256] = "sha256",
	[OBSERVE_IMPHASH] = "imphash",
	[OBSERVE_JA3] = "ja3",
	[OBSERVE_HASHES] = "hashes",
};

#define KIND(kind) (1u << (kind))

/* Hashes in a list are evidence of the kinds that are there: that is seen event by event. */
static const guint32 kinds_of[OBSERVE_N] = {
	[OBSERVE_TEXT] = KIND(INDICATOR_HOST) | KIND(INDICATOR_ADDRESS) | KIND(INDICATOR_NETWORK) |
		KIND(INDICATOR_URL) | KIND(INDICATOR_EMAIL) | KIND(INDICATOR_FILE_NAME) |
		KIND(INDICATOR_FILE_PATH) | KIND(INDICATOR_REGISTRY_KEY),
	[OBSERVE_HOST] = KIND(INDICATOR_HOST),
	[OBSERVE_ADDRESS] = KIND(INDICATOR_ADDRESS) | KIND(INDICATOR_NETWORK),
	[OBSERVE_URL] = KIND(INDICATOR_URL) | KIND(INDICATOR_HOST),
	[OBSERVE_EMAIL] = KIND(INDICATOR_EMAIL),
	[OBSERVE_PATH] = KIND(INDICATOR_FILE_PATH) | KIND(INDICATOR_FILE_NAME) |
		KIND(INDICATOR_FILE_PATTERN),
	[OBSERVE_FILE_NAME] = KIND(INDICATOR_FILE_NAME),
	[OBSERVE_REGISTRY_KEY] = KIND(INDICATOR_REGISTRY_KEY),
	[OBSERVE_PIPE] = KIND(INDICATOR_PIPE),
	[OBSERVE_MUTEX] = KIND(INDICATOR_MUTEX),
	[OBSERVE_USER_AGENT] = KIND(INDICATOR_USER_AGENT),
	[OBSERVE_MD5] = KIND(INDICATOR_MD5),
	[OBSERVE_SHA1] = KIND(INDICATOR_SHA1),
	[OBSERVE_SHA256] = KIND(INDICATOR_SHA256),
	[OBSERVE_IMPHASH] = KIND(INDICATOR_IMPHASH),
	[OBSERVE_JA3] = KIND(INDICATOR_JA3),
};

/* What an entry says of a field; several may speak of one, under different conditions. */
typedef struct Statement {
	guint32 holds;
	const YamlNode *where; /* a map of constants, or NULL */
} Statement;

struct Observables {
	YamlStream *stream;
	GHashTable *fields; /* name as compared -> GArray of Statement */
	GArray *urls;	    /* UrlFields */
};

guint32 observables_kinds(guint32 holds)
{
	guint32 kinds = 0;

	for (guint i = 0; i < OBSERVE_N; i++)
		kinds |= holds & OBSERVE_BIT(i) ? kinds_of[i] : 0;
	return kinds;
}

/* Names are the same but for case and blanks. */
static char *loose_name(const char *name)
{
	char *loose = g_ascii_strdown(name, -1), *to = loose;

	for (const char *from = loose; *from; from++) {
		if (*from != ' ')
			*to++ = *from;
	}
	*to = 0;
	return loose;
}

/* ---- reading ---- */

static gboolean read_holds(const YamlNode *entry, guint32 *ret, GError **error)
{
	const YamlNode *holds = yaml_node_get(entry, "holds");

	*ret = 0;
	if (yaml_count(holds) == 0)
		return yaml_fail(error, entry, "'holds' is missing");
	for (guint i = 0; i < yaml_count(holds); i++) {
		const char *word = yaml_text(holds, i);
		guint found = 0;

		while (found < OBSERVE_N && g_strcmp0(word, names[found]) != 0)
			found++;
		if (found == OBSERVE_N)
			return yaml_fail(error, holds, "nothing is called '%s'", word ? word : "");
		*ret |= OBSERVE_BIT(found);
	}
	return TRUE;
}

static void add_statement(Observables *observables, const char *name, Statement statement)
{
	g_autofree char *loose = loose_name(name);
	GArray *statements = g_hash_table_lookup(observables->fields, loose);

	if (!statements) {
		statements = g_array_new(FALSE, FALSE, sizeof(Statement));
		(void)g_hash_table_insert(observables->fields, g_steal_pointer(&loose), statements);
	}
	g_array_append_val(statements, statement);
}

static gboolean read_entry(Observables *observables, const YamlNode *entry, GError **error)
{
	static const char *const keys[] = { "holds", "names", "where", NULL };
	const YamlNode *fields;
	Statement statement;

	if (!yaml_check_keys(entry, keys, error) || !read_holds(entry, &statement.holds, error))
		return FALSE;
	statement.where = yaml_node_get(entry, "where");
	if (statement.where && statement.where->kind != YAML_KIND_MAP)
		return yaml_fail(error, statement.where, "'where' is to be a map");
	fields = yaml_node_get(entry, "names");
	if (yaml_count(fields) == 0)
		return yaml_fail(error, entry, "'names' is missing");
	for (guint i = 0; i < yaml_count(fields); i++) {
		const char *name = yaml_text(fields, i);

		if (!name || !*name)
			return yaml_fail(error, fields, "a name is to be a text");
		add_statement(observables, name, statement);
	}
	return TRUE;
}

static gboolean read_url(Observables *observables, const YamlNode *entry, GError **error)
{
	static const char *const keys[] = { "scheme", "host", "port", "path", "query", NULL };
	UrlFields url;

	if (!yaml_check_keys(entry, keys, error))
		return FALSE;
	url = (UrlFields){ yaml_text(yaml_node_get(entry, "scheme"), 0),
		yaml_text(yaml_node_get(entry, "host"), 0),
		yaml_text(yaml_node_get(entry, "port"), 0),
		yaml_text(yaml_node_get(entry, "path"), 0),
		yaml_text(yaml_node_get(entry, "query"), 0) };
	if (!url.host || !url.path)
		return yaml_fail(error, entry, "a URL has 'host' and 'path' at least");
	g_array_append_val(observables->urls, url);
	return TRUE;
}

typedef gboolean (*EntryFunc)(Observables *observables, const YamlNode *entry, GError **error);

static gboolean read_list(
	Observables *observables, const YamlNode *list, EntryFunc read, GError **error)
{
	if (list && list->kind != YAML_KIND_LIST)
		return yaml_fail(error, list, "this is to be a list");
	for (guint i = 0; list && i < list->n_children; i++) {
		if (!read(observables, list->children[i], error))
			return FALSE;
	}
	return TRUE;
}

Observables *observables_new(Slice text, GError **error)
{
	static const char *const keys[] = { "fields", "urls", NULL };
	g_autoptr(Observables) observables = g_new0(Observables, 1);
	const YamlNode *root;

	observables->fields = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
	observables->urls = g_array_new(FALSE, FALSE, sizeof(UrlFields));
	root = yaml_read_map(text, &observables->stream, error);
	if (!root || !yaml_check_keys(root, keys, error) ||
		!read_list(observables, yaml_node_get(root, "fields"), read_entry, error) ||
		!read_list(observables, yaml_node_get(root, "urls"), read_url, error))
		return NULL;
	return g_steal_pointer(&observables);
}

void observables_free(Observables *observables)
{
	if (!observables)
		return;
	yaml_stream_free(observables->stream);
	g_hash_table_unref(observables->fields);
	g_array_unref(observables->urls);
	g_free(observables);
}

/* ---- asking ---- */

static gboolean is_where(const YamlNode *where, const Shape *shape)
{
	for (guint i = 0; where && i < where->n_children; i++) {
		int column =
			shape_find_column(shape, (const char *)where->children[2 * i]->text.data);
		const YamlNode *wanted = where->children[2 * i + 1];
		gboolean is_one = FALSE;

		if (column < 0 || !shape->columns[column].constant)
			return FALSE;
		for (guint k = 0; k < yaml_count(wanted) && !is_one; k++)
			is_one = g_strcmp0(yaml_text(wanted, k), shape->columns[column].constant) ==
				0;
		if (!is_one)
			return FALSE;
	}
	return TRUE;
}

/* The first statement with a condition that holds; else the one without. */
static const Statement *choose(const GArray *statements, const Shape *shape)
{
	const Statement *found = NULL;

	for (guint i = 0; statements && i < statements->len; i++) {
		const Statement *statement = &g_array_index(statements, Statement, i);

		if (statement->where && is_where(statement->where, shape))
			return statement;
		if (!statement->where && !found)
			found = statement;
	}
	return found;
}

guint32 observables_find(
	const Observables *observables, const Shape *shape, guint column, gboolean *ret_is_named)
{
	g_autofree char *loose = loose_name(shape->columns[column].name);
	const Statement *found = NULL;
	const char *name = loose;

	/* "winlog.event_data.TargetFilename" is TargetFilename; the longest that is named counts.
	 */
	while (name && observables && !found) {
		found = choose(g_hash_table_lookup(observables->fields, name), shape);
		name = strchr(name, '.');
		name = name ? name + 1 : NULL;
	}
	if (ret_is_named)
		*ret_is_named = found != NULL;
	return found ? found->holds : OBSERVE_BIT(OBSERVE_TEXT);
}

guint observables_count_urls(const Observables *observables)
{
	return observables ? observables->urls->len : 0;
}

const UrlFields *observables_url(const Observables *observables, guint i)
{
	return &g_array_index(observables->urls, UrlFields, i);
}

int observables_column(const Shape *shape, const char *name)
{
	g_autofree char *wanted = NULL;

	if (!name)
		return -1;
	wanted = loose_name(name);
	for (guint i = 0; i < shape->n_columns; i++) {
		g_autofree char *loose = loose_name(shape->columns[i].name);

		if (strcmp(loose, wanted) == 0)
			return (int)i;
	}
	return -1;
}

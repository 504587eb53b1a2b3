/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/taxii.h"

#include <string.h>

#include "base/error.h"
#include "base/json-walk.h"
#include "base/limits.h"

struct Taxii {
	Http *http;
	Bundle *bundle;
	GPtrArray *collections;
	guint n_elsewhere, n_pages;
};

/* What `objects` answers (section 3.7). */
typedef struct Envelope {
	JsonValue objects;
	gboolean more;
	char *next; /* or NULL */
} Envelope;

static void collection_free(gpointer pointer)
{
	TaxiiCollection *collection = pointer;

	g_free(collection->url);
	g_free(collection->id);
	g_free(collection->title);
	g_free(collection->alias);
	g_free(collection->last_added);
	g_free(collection);
}

Taxii *taxii_new(Http *http, Bundle *bundle)
{
	Taxii *taxii = g_new0(Taxii, 1);

	taxii->http = http;
	taxii->bundle = bundle;
	taxii->collections = g_ptr_array_new_with_free_func(collection_free);
	return taxii;
}

void taxii_free(Taxii *taxii)
{
	if (!taxii)
		return;
	g_ptr_array_unref(taxii->collections);
	g_free(taxii);
}

const GPtrArray *taxii_collections(const Taxii *taxii)
{
	return taxii->collections;
}

guint taxii_n_elsewhere(const Taxii *taxii)
{
	return taxii->n_elsewhere;
}

static gboolean fail(GError **error, const char *url, const char *reason)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "%s: %s", url, reason);
	return FALSE;
}

/* The answer to @url, which has to be one object of JSON. */
static gboolean get_object(
	Taxii *taxii, const char *url, HttpReply *reply, JsonValue *ret, GError **error)
{
	JsonTrouble trouble;
	Cursor at;

	if (!http_get(taxii->http, url, reply, error))
		return FALSE;
	at = cursor_make(slice_make(reply->body->str, reply->body->len));
	if (json_value_read(&at, ret, &trouble) && ret->type == JSON_OBJECT)
		return TRUE;
	return fail(error, url,
		trouble.reason ? "the answer is no whole JSON: is this a TAXII server?"
			       : "the answer is no object: is this a TAXII server?");
}

/* The text of a string of sensible length, or NULL. Free it. */
static char *short_text(const JsonValue *value)
{
	GString *text;

	if (value->type != JSON_STRING || value->bytes.size > LIMIT_FETCH_TEXT_BYTES)
		return NULL;
	text = g_string_new(NULL);
	json_value_append(text, value);
	return g_string_free(text, FALSE);
}

static char *with_slash(const char *url)
{
	return g_strdup_printf("%s%s", url, g_str_has_suffix(url, "/") ? "" : "/");
}

/* ---- from a URL to collections ---- */

/* @list is the URL of the collections; where @is_itself, of the collection. */
static gboolean add_collection(
	Taxii *taxii, const char *list, const JsonValue *object, gboolean is_itself, GError **error)
{
	static const char *const names[] = { "id", "title", "alias", "can_read" };
	JsonValue is[G_N_ELEMENTS(names)];
	TaxiiCollection *collection;
	g_autofree char *id = NULL, *escaped = NULL;

	(void)json_pick(object, names, G_N_ELEMENTS(names), is);
	id = short_text(&is[0]);
	if (!id || !*id)
		return fail(error, list, "a collection has no id");
	if (taxii->collections->len >= LIMIT_FETCH_COLLECTIONS)
		return fail(error, list, "there are more collections than LIMIT_FETCH_COLLECTIONS");
	collection = g_new0(TaxiiCollection, 1);
	g_ptr_array_add(taxii->collections, collection);
	escaped = http_escape(id);
	collection->url = is_itself ? with_slash(list) : g_strdup_printf("%s%s/", list, escaped);
	collection->id = g_steal_pointer(&id);
	collection->title = short_text(&is[1]);
	collection->alias = short_text(&is[2]);
	collection->can_read = json_value_bool(&is[3], FALSE);
	return TRUE;
}

static gboolean add_collections(
	Taxii *taxii, const char *list, const JsonValue *collections, GError **error)
{
	JsonWalk walk = json_walk_begin(collections);
	JsonItem item;

	while (json_walk_next(&walk, &item))
		if (!add_collection(taxii, list, &item.value, FALSE, error))
			return FALSE;
	return TRUE;
}

static gboolean find_in_root(Taxii *taxii, const char *root, GError **error)
{
	static const char *const names[] = { "collections" };
	g_autofree char *list = g_strdup_printf("%scollections/", root);
	g_auto(HttpReply) reply = { NULL, NULL };
	JsonValue object, is[G_N_ELEMENTS(names)];

	if (!get_object(taxii, list, &reply, &object, error))
		return FALSE;
	(void)json_pick(&object, names, G_N_ELEMENTS(names), is);
	if (is[0].type != JSON_ARRAY && is[0].type != JSON_NOTHING)
		return fail(error, list, "\"collections\" is no list");
	return add_collections(taxii, list, &is[0], error);
}

/* Roots elsewhere are left out: credentials are for the host that was named. */
static gboolean find_in_roots(Taxii *taxii, const char *url, const JsonValue *roots, GError **error)
{
	JsonWalk walk = json_walk_begin(roots);
	JsonItem item;
	guint n = 0;

	if (roots->type != JSON_ARRAY)
		return fail(error, url, "\"api_roots\" is no list");
	while (json_walk_next(&walk, &item)) {
		g_autofree char *text = short_text(&item.value);
		g_autofree char *root = text ? http_resolve(url, text) : NULL;
		g_autofree char *whole = root ? with_slash(root) : NULL;

		if (!whole || !http_is_same_host(taxii->http, whole)) {
			taxii->n_elsewhere++;
			continue;
		}
		if (++n > LIMIT_FETCH_COLLECTIONS)
			return fail(error, url,
				"there are more API roots than LIMIT_FETCH_COLLECTIONS");
		if (!find_in_root(taxii, whole, error))
			return FALSE;
	}
	return TRUE;
}

gboolean taxii_find(Taxii *taxii, const char *url, GError **error)
{
	enum { API_ROOTS, VERSIONS, COLLECTIONS, CAN_READ, N_NAMES };
	static const char *const names[N_NAMES] = { "api_roots", "versions", "collections",
		"can_read" };
	g_autofree char *whole = with_slash(url);
	g_auto(HttpReply) reply = { NULL, NULL };
	JsonValue object, is[N_NAMES];
	char *objects = g_strrstr(whole, "/objects/");

	if (objects && g_str_has_suffix(whole, "/objects/"))
		objects[1] = '\0'; /* the collection that they are of */
	if (!get_object(taxii, whole, &reply, &object, error))
		return FALSE;
	(void)json_pick(&object, names, N_NAMES, is);
	if (is[API_ROOTS].type != JSON_NOTHING)
		return find_in_roots(taxii, whole, &is[API_ROOTS], error);
	if (is[VERSIONS].type == JSON_ARRAY)
		return find_in_root(taxii, whole, error);
	if (is[COLLECTIONS].type == JSON_ARRAY)
		return add_collections(taxii, whole, &is[COLLECTIONS], error);
	if (is[CAN_READ].type != JSON_NOTHING)
		return add_collection(taxii, whole, &object, TRUE, error);
	return fail(error, whole,
		"this is neither a discovery, nor an API root, nor a collection of TAXII 2.1");
}

/* ---- from a collection to objects ---- */

static gboolean read_envelope(
	const char *url, const JsonValue *object, Envelope *ret, GError **error)
{
	static const char *const names[] = { "objects", "more", "next" };
	JsonValue is[G_N_ELEMENTS(names)];

	(void)json_pick(object, names, G_N_ELEMENTS(names), is);
	if (is[0].type != JSON_ARRAY && is[0].type != JSON_NOTHING)
		return fail(error, url, "\"objects\" is no list");
	if (is[1].type != JSON_TRUE && is[1].type != JSON_FALSE && is[1].type != JSON_NOTHING)
		return fail(error, url, "\"more\" is neither true nor false");
	*ret = (Envelope){ is[0], is[1].type == JSON_TRUE, short_text(&is[2]) };
	if (ret->more && (!ret->next || !*ret->next)) {
		g_clear_pointer(&ret->next, g_free);
		return fail(error, url,
			"the server has more, and does not say how to ask for it (\"next\")");
	}
	return TRUE;
}

static gboolean add_objects(Taxii *taxii, TaxiiCollection *collection, const char *url,
	const JsonValue *objects, GError **error)
{
	JsonWalk walk = json_walk_begin(objects);
	JsonItem item;

	while (json_walk_next(&walk, &item)) {
		if (item.value.type != JSON_OBJECT)
			return fail(error, url, "in \"objects\" is what is no object");
		if (!bundle_add(taxii->bundle, item.value.bytes, error))
			return FALSE;
		collection->n_objects++;
	}
	return TRUE;
}

/*
 * One page; *ret_next is where to go on, NULL at the end. *ret_mark stands for the page's bytes:
 * some servers (medallion) give the same `next` for every page, so that alone is no circle.
 */
static gboolean fetch_page(Taxii *taxii, TaxiiCollection *collection, const char *url,
	char **ret_next, char **ret_mark, GError **error)
{
	g_auto(HttpReply) reply = { NULL, NULL };
	Envelope envelope = { 0 };
	guint64 before = collection->n_objects;
	gboolean is_good;
	JsonValue object;

	if (++taxii->n_pages > LIMIT_FETCH_PAGES)
		return fail(error, url, "there are more pages than LIMIT_FETCH_PAGES");
	if (!get_object(taxii, url, &reply, &object, error) ||
		!read_envelope(url, &object, &envelope, error))
		return FALSE;
	is_good = add_objects(taxii, collection, url, &envelope.objects, error);
	if (is_good && envelope.more && collection->n_objects == before)
		is_good = fail(error, url, "the server says that there is more, and gives nothing");
	collection->n_pages++;
	*ret_mark = g_compute_checksum_for_data(
		G_CHECKSUM_SHA256, (const guchar *)reply.body->str, reply.body->len);
	if (reply.date_added_last) {
		g_free(collection->last_added);
		collection->last_added = g_steal_pointer(&reply.date_added_last);
	}
	if (is_good && envelope.more)
		*ret_next = g_steal_pointer(&envelope.next);
	g_free(envelope.next);
	return is_good;
}

/* Every page is asked for with the same query; only `next` is added. */
static gboolean fetch_collection(
	Taxii *taxii, TaxiiCollection *collection, const char *added_after, GError **error)
{
	g_autofree char *after = added_after ? http_escape(added_after) : NULL;
	g_autofree char *first = g_strdup_printf("%sobjects/?limit=%u%s%s", collection->url,
		LIMIT_FETCH_PAGE_OBJECTS, after ? "&added_after=" : "", after ? after : "");
	g_autofree char *url = g_strdup(first);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (;;) {
		g_autofree char *escaped = NULL, *next = NULL, *mark = NULL;

		if (!fetch_page(taxii, collection, url, &next, &mark, error))
			return FALSE;
		if (!next)
			return TRUE;
		escaped = http_escape(next);
		if (!g_hash_table_add(seen, g_steal_pointer(&mark)))
			return fail(error, url, "the server goes in a circle: the same page again");
		g_free(url);
		url = g_strdup_printf("%s&next=%s", first, escaped);
	}
}

static gboolean is_wanted(const TaxiiCollection *collection, const char *wanted)
{
	return !wanted || g_strcmp0(collection->id, wanted) == 0 ||
		g_strcmp0(collection->alias, wanted) == 0 ||
		g_strcmp0(collection->title, wanted) == 0;
}

gboolean taxii_fetch(Taxii *taxii, const char *wanted, const char *added_after, GError **error)
{
	guint n = 0;

	for (guint i = 0; i < taxii->collections->len; i++) {
		TaxiiCollection *collection = g_ptr_array_index(taxii->collections, i);

		/* One that was named is asked for, whatever the server says of it. */
		if (!is_wanted(collection, wanted) || (!wanted && !collection->can_read))
			continue;
		n++;
		if (!fetch_collection(taxii, collection, added_after, error))
			return FALSE;
	}
	if (n)
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
		wanted ? "there is no collection with this id, alias or title"
		       : "there is no collection that may be read");
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/servers.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define DAY	    (24 * 3600 * INSTANT_SECOND)
#define KIND_BUILD  "exchange-build"
#define KIND_UPDATE "exchange-update"

/* Events of one host and log in one piece of evidence. */
typedef struct LogPart {
	const char *host, *channel; /* interned */
	Instant first, last;	    /* hours */
	guint64 n;
} LogPart;

/* The servers that evidence in a folder names. */
typedef struct FolderNames {
	Server *exchange, *any;
	gboolean several_exchange, several;
} FolderNames;

/* Of evidence that names one, and of evidence that names several. */
typedef struct Folder {
	FolderNames one, many;
} Folder;

struct Servers {
	const BuildTable *table;
	const GPtrArray *kinds;
	GStringChunk *texts;
	GHashTable *all;      /* key -> Server */
	GHashTable *domains;  /* first label -> the one full name with it; "" for several */
	GHashTable *parts;    /* SHA-256 -> GArray of LogPart */
	GHashTable *subjects; /* SHA-256 -> GPtrArray of names that observations in it are of */
	GHashTable *folders;  /* path -> Folder */
	GHashTable *by_path;  /* path -> Server, of evidence that names none */
	Server *none;
};

/* ---- names ---- */

static gboolean is_name(const char *host)
{
	return host[0] != '\0' && strcmp(host, "-") != 0 && !g_hostname_is_ip_address(host) &&
		g_ascii_strcasecmp(host, "localhost") != 0 && strchr(host, ':') == NULL;
}

static void server_free(gpointer data)
{
	Server *server = data;

	g_free(server->key);
	g_hash_table_unref(server->spellings);
	g_ptr_array_unref(server->proofs);
	g_hash_table_unref(server->logs);
	g_hash_table_unref(server->windows);
	g_ptr_array_unref(server->stages);
	g_hash_table_unref(server->flaws);
	g_ptr_array_unref(server->pages);
	g_free(server);
}

static void log_window_free(gpointer data)
{
	LogWindow *log = data;

	g_free(log->log);
	g_free(log->text);
	g_free(log);
}

static Server *take_server(Servers *servers, const char *key)
{
	Server *server = g_hash_table_lookup(servers->all, key);

	if (server)
		return server;
	server = g_new0(Server, 1);
	server->key = g_strdup(key);
	server->seen = server->seen_last = INSTANT_NONE;
	server->spellings = g_hash_table_new(g_str_hash, g_str_equal);
	server->proofs = g_ptr_array_new_with_free_func(build_proof_free);
	server->logs = g_hash_table_new_full(NULL, NULL, NULL, log_window_free);
	server->windows =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, patch_window_free);
	server->stages = g_ptr_array_new();
	server->flaws = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	server->pages = g_ptr_array_new();
	(void)g_hash_table_insert(servers->all, server->key, server);
	return server;
}

static char *first_label(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? g_strndup(name, (gsize)(dot - name)) : g_strdup(name);
}

/* Notes that there is a host of this name. */
static void note_name(Servers *servers, const char *host)
{
	g_autofree char *folded = NULL, *label = NULL;
	const char *known;

	if (!is_name(host) || !strchr(host, '.') ||
		g_hash_table_size(servers->domains) >= LIMIT_ASSESSED_HOSTS)
		return;
	folded = text_fold(host);
	label = first_label(folded);
	known = g_hash_table_lookup(servers->domains, label);
	if (!known)
		(void)g_hash_table_insert(
			servers->domains, g_steal_pointer(&label), g_steal_pointer(&folded));
	else if (strcmp(known, folded) != 0)
		(void)g_hash_table_insert(servers->domains, g_steal_pointer(&label), g_strdup(""));
}

/* The server that @host names, or NULL. *@ret_is_vague: there are several of that first label. */
static Server *resolve(Servers *servers, const char *host, gboolean *ret_is_vague)
{
	g_autofree char *folded = NULL, *label = NULL;
	const char *full;
	gboolean several;

	*ret_is_vague = FALSE;
	if (!is_name(host))
		return NULL;
	folded = text_fold(host);
	label = first_label(folded);
	full = g_hash_table_lookup(servers->domains, label);
	several = full && full[0] == '\0';
	*ret_is_vague = several && strcmp(label, folded) == 0;
	if (!g_hash_table_contains(servers->all, several ? folded : label) &&
		g_hash_table_size(servers->all) >= LIMIT_ASSESSED_HOSTS)
		return NULL;
	return take_server(servers, several ? folded : label);
}

static void count_spelling(Servers *servers, Server *server, const char *host, guint64 n)
{
	const char *name = g_string_chunk_insert_const(servers->texts, host);
	guint64 before = GPOINTER_TO_SIZE(g_hash_table_lookup(server->spellings, name));

	(void)g_hash_table_insert(
		server->spellings, (gpointer)name, GSIZE_TO_POINTER((gsize)(before + n)));
}

const char *server_name(const Server *server)
{
	GHashTableIter iter;
	gpointer name, n;
	const char *best = NULL;
	gsize most = 0;

	g_hash_table_iter_init(&iter, server->spellings);
	while (g_hash_table_iter_next(&iter, &name, &n)) {
		gsize count = GPOINTER_TO_SIZE(n);

		if (!best || count > most || (count == most && strcmp(name, best) < 0)) {
			best = name;
			most = count;
		}
	}
	return best ? best : server->key;
}

/* ---- folders ---- */

static void name_folder(FolderNames *names, Server *server)
{
	names->several |= names->any && names->any != server;
	names->any = server;
	if (!server->is_exchange)
		return;
	names->several_exchange |= names->exchange && names->exchange != server;
	names->exchange = server;
}

/* Calls @each for the folders above @path, the nearest first, until it returns FALSE. */
typedef gboolean (*FolderFunc)(void *context, const char *folder);

static void each_folder(const char *path, FolderFunc each, void *context)
{
	g_autofree char *folder = g_strdup(path);

	for (char *slash = strrchr(folder, '/'); slash; slash = strrchr(folder, '/')) {
		*slash = '\0';
		if (!each(context, folder))
			return;
	}
	if (path[0] != '/')
		(void)each(context, ""); /* the last */
}

typedef struct Naming {
	Servers *servers;
	Server *server;
	gboolean is_one;
	const FolderNames *found;
} Naming;

static gboolean name_one_folder(void *context, const char *path)
{
	Naming *naming = context;
	Folder *folder = g_hash_table_lookup(naming->servers->folders, path);

	if (!folder) {
		folder = g_new0(Folder, 1);
		(void)g_hash_table_insert(naming->servers->folders, g_strdup(path), folder);
	}
	name_folder(naming->is_one ? &folder->one : &folder->many, naming->server);
	return TRUE;
}

static gboolean find_named_folder(void *context, const char *path)
{
	Naming *naming = context;
	Folder *folder = g_hash_table_lookup(naming->servers->folders, path);

	if (folder)
		naming->found = folder->one.any ? &folder->one : &folder->many;
	return !folder;
}

static Server *find_by_folder(Servers *servers, const char *path)
{
	Server *server = g_hash_table_lookup(servers->by_path, path);
	Naming naming = { .servers = servers };

	if (server)
		return server;
	each_folder(path, find_named_folder, &naming);
	server = servers->none;
	if (naming.found && !naming.found->several)
		server = naming.found->any;
	else if (naming.found && naming.found->exchange && !naming.found->several_exchange)
		server = naming.found->exchange;
	(void)g_hash_table_insert(servers->by_path, g_strdup(path), server);
	return server;
}

Server *servers_find(Servers *servers, const char *host, const char *path)
{
	gboolean is_vague;
	Server *server = resolve(servers, host, &is_vague), *near;

	if (server && !is_vague)
		return server;
	near = find_by_folder(servers, path);
	return near == servers->none && server ? server : near;
}

GHashTable *servers_all(const Servers *servers)
{
	return servers->all;
}

/* ---- reading the case ---- */

static Instant read_time(const char *text)
{
	Instant instant = INSTANT_NONE;

	(void)instant_parse(slice_from_text(text), &instant); /* a time that is none is no time */
	return instant;
}

static guint64 read_number(const char *text)
{
	guint64 number = 0;

	/* SQLite's own number, in a table that is STRICT. */
	(void)g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL);
	return number;
}

static const char *keep(Servers *servers, const char *text)
{
	return g_string_chunk_insert_const(servers->texts, text);
}

static gboolean take_part(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	GArray *parts = g_hash_table_lookup(servers->parts, columns[0]);
	LogPart part = { keep(servers, columns[1]), keep(servers, columns[2]),
		read_time(columns[3] ? columns[3] : ""), read_time(columns[4]),
		read_number(columns[5]) };

	if (!parts) {
		parts = g_array_new(FALSE, FALSE, sizeof(LogPart));
		(void)g_hash_table_insert(
			servers->parts, (gpointer)keep(servers, columns[0]), parts);
	}
	g_array_append_val(parts, part);
	note_name(servers, columns[1]);
	return TRUE;
}

static gboolean take_subject(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	GPtrArray *names = g_hash_table_lookup(servers->subjects, columns[0]);

	if (!names) {
		names = g_ptr_array_new();
		(void)g_hash_table_insert(
			servers->subjects, (gpointer)keep(servers, columns[0]), names);
	}
	g_ptr_array_add(names, (gpointer)keep(servers, columns[1]));
	note_name(servers, columns[1]);
	return TRUE;
}

static gboolean take_host(void *context, guint n_columns, const char *const *columns)
{
	note_name(context, columns[0]);
	return TRUE;
}

/* A piece of evidence of a path: who is named in it is an Exchange server if the evidence is of
 * such a one alone. */
static gboolean mark_exchange(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	const GArray *parts = g_hash_table_lookup(servers->parts, columns[1]);
	gboolean is_vague;

	for (guint i = 0; parts && i < parts->len; i++) {
		const LogPart *part = &g_array_index(parts, LogPart, i);
		const EvidenceKind *kind =
			evidence_table_find(servers->kinds, part->channel, columns[0]);
		Server *server = resolve(servers, part->host, &is_vague);

		if (server && !is_vague && kind && kind->is_exchange)
			server->is_exchange = TRUE;
	}
	return TRUE;
}

static gboolean mark_subject(void *context, guint n_columns, const char *const *columns)
{
	gboolean is_vague;
	Server *server = resolve(context, columns[1], &is_vague);

	if (server && !is_vague)
		server->is_exchange = TRUE;
	return TRUE;
}

/* The servers that evidence names: by its events, else by what is observed in it. */
static void list_named(Servers *servers, const char *sha256, GPtrArray *ret)
{
	const GArray *parts = g_hash_table_lookup(servers->parts, sha256);
	const GPtrArray *subjects = g_hash_table_lookup(servers->subjects, sha256);
	gboolean is_vague;

	for (guint i = 0; parts && i < parts->len; i++) {
		Server *server = resolve(servers, g_array_index(parts, LogPart, i).host, &is_vague);

		if (server && !is_vague && !g_ptr_array_find(ret, server, NULL))
			g_ptr_array_add(ret, server);
		if (ret->len == LIMIT_ASSESSED_NAMED)
			return;
	}
	for (guint i = 0; ret->len == 0 && subjects && i < subjects->len; i++) {
		Server *server = resolve(servers, subjects->pdata[i], &is_vague);

		if (server && !is_vague && !g_ptr_array_find(ret, server, NULL))
			g_ptr_array_add(ret, server);
		if (ret->len == LIMIT_ASSESSED_NAMED)
			return;
	}
}

static gboolean name_folders(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	g_autoptr(GPtrArray) named = g_ptr_array_new();

	list_named(servers, columns[1], named);
	for (guint i = 0; i < named->len; i++) {
		Naming naming = { servers, named->pdata[i], named->len == 1, NULL };

		each_folder(columns[0], name_one_folder, &naming);
	}
	return TRUE;
}

/* ---- logs ---- */

static void widen(Instant *first, Instant *last, Instant from, Instant to)
{
	if (from != INSTANT_NONE && (*first == INSTANT_NONE || from < *first))
		*first = from;
	if (to != INSTANT_NONE && (*last == INSTANT_NONE || to > *last))
		*last = to;
}

static void take_log(Server *server, const EvidenceKind *kind, const LogPart *part)
{
	LogWindow *log;

	widen(&server->seen, &server->seen_last, part->first, part->last);
	if (!kind)
		return;
	server->is_exchange |= kind->is_exchange;
	log = g_hash_table_lookup(server->logs, kind);
	if (!log) {
		log = g_new0(LogWindow, 1);
		log->log = g_strdup(kind->name);
		log->text = g_strdup(kind->text);
		log->first = log->last = INSTANT_NONE;
		(void)g_hash_table_insert(server->logs, (gpointer)kind, log);
	}
	widen(&log->first, &log->last, part->first, part->last);
	log->n_events += part->n;
	log->n_files++;
}

/* path, sha256, first, last of evidence; once for each path. */
static gboolean take_evidence(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	const GArray *parts = g_hash_table_lookup(servers->parts, columns[1]);
	LogPart whole = { "", "", INSTANT_NONE, INSTANT_NONE, 0 };
	gboolean is_first = columns[4][0] == '1'; /* of the paths that lead to these bytes */

	if (!parts) {
		take_log(servers_find(servers, "", columns[0]),
			evidence_table_find(servers->kinds, "", columns[0]), &whole);
		return TRUE;
	}
	for (guint i = 0; is_first && i < parts->len; i++) {
		LogPart part = g_array_index(parts, LogPart, i);
		Server *server = servers_find(servers, part.host, columns[0]);

		if (parts->len == 1) { /* to the second, not to the hour */
			part.first = read_time(columns[2]);
			part.last = read_time(columns[3]);
		}
		if (is_name(part.host))
			count_spelling(servers, server, part.host, part.n);
		take_log(server, evidence_table_find(servers->kinds, part.channel, columns[0]),
			&part);
	}
	return TRUE;
}

/* ---- builds ---- */

/* A time that is a file's own says little of when it was in use. */
static gboolean is_file_time(const char *locator)
{
	return g_str_has_prefix(locator, "file ");
}

static void set_weakness(const BuildTable *table, BuildProof *proof)
{
	Instant released =
		proof->update ? INSTANT_NONE : build_table_released(table, &proof->build);

	if (proof->first == INSTANT_NONE || proof->last == INSTANT_NONE ||
		is_file_time(proof->first_locator)) {
		proof->is_weak = TRUE;
	} else if (released != INSTANT_NONE && proof->first < released - DAY) {
		proof->is_weak = proof->is_early = TRUE;
	}
	if (proof->is_weak)
		proof->first = proof->last = INSTANT_NONE;
}

/* kind, subject, value, events, first, first_locator, last, last_locator, path, title, rule_id */
static gboolean take_observation(void *context, guint n_columns, const char *const *columns)
{
	Servers *servers = context;
	Server *server = servers_find(servers, columns[1], columns[8]);
	BuildProof *proof = g_new0(BuildProof, 1);
	gboolean known;

	*proof = (BuildProof){ .source = keep(servers, columns[9]),
		.path = keep(servers, columns[8]),
		.first_locator = g_strdup(columns[5]),
		.last_locator = g_strdup(columns[7]),
		.first = read_time(columns[4]),
		.last = read_time(columns[6]),
		.n = read_number(columns[3]),
		.is_least = build_table_is_least(servers->table, columns[10]) };
	if (strcmp(columns[0], KIND_UPDATE) == 0)
		known = (proof->update = build_table_update(servers->table, columns[2])) != NULL;
	else
		known = build_parse(columns[2], &proof->build);
	if (!known) {
		build_proof_free(proof);
		return TRUE;
	}
	set_weakness(servers->table, proof);
	server->is_exchange = TRUE;
	if (is_name(columns[1]))
		count_spelling(servers, server, columns[1], proof->n);
	g_ptr_array_add(server->proofs, proof);
	return TRUE;
}

const PatchWindow *server_window(Server *server, const BuildTable *table, CveSet set)
{
	PatchWindow *window = g_hash_table_lookup(server->windows, &set.all);
	guint64 *key;

	if (window)
		return window;
	key = g_new(guint64, 1);
	*key = set.all;
	window = patch_window_new(table, server->proofs, set);
	(void)g_hash_table_insert(server->windows, key, window);
	return window;
}

/* ---- all of it ---- */

#define OBSERVED "FROM v_observation WHERE kind IN ('" KIND_BUILD "', '" KIND_UPDATE "') "

static gboolean load(Servers *servers, Case *c, GError **error)
{
	const struct {
		const char *sql;
		CaseRowFunc row;
	} steps[] = {
		{ "SELECT evidence_sha256, host, channel, min(nullif(hour, '')), max(hour), "
		  "sum(in_use + recovered) FROM tally GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
			take_part },
		{ "SELECT DISTINCT evidence_sha256, subject " OBSERVED "ORDER BY 1, 2",
			take_subject },
		{ "SELECT DISTINCT host FROM finding", take_host },
		{ "SELECT path, sha256 FROM evidence_path ORDER BY path", mark_exchange },
		{ "SELECT DISTINCT '', subject " OBSERVED "ORDER BY 2", mark_subject },
		{ "SELECT path, sha256 FROM evidence_path ORDER BY path", name_folders },
		/* The same bytes may lie at a hundred thousand paths. */
		{ "SELECT p.path, p.sha256, e.first, e.last, p.path = f.path FROM evidence_path p "
		  "JOIN (SELECT sha256, min(path) AS path FROM evidence_path GROUP BY sha256) f "
		  "ON f.sha256 = p.sha256 JOIN evidence e ON e.sha256 = p.sha256 ORDER BY p.path",
			take_evidence },
		{ "SELECT kind, subject, value, events, first, first_locator, last, last_locator, "
		  "path, title, rule_id " OBSERVED
		  "ORDER BY path, title, rule_id, subject, value, first, first_locator",
			take_observation },
	};

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
		if (!case_query(c, steps[i].sql, NULL, steps[i].row, servers, error))
			return FALSE;
	return TRUE;
}

static void parts_free(gpointer parts)
{
	g_array_unref(parts);
}

Servers *servers_load(Case *c, const BuildTable *table, const GPtrArray *kinds, GError **error)
{
	g_autoptr(Servers) servers = g_new0(Servers, 1);

	servers->table = table;
	servers->kinds = kinds;
	servers->texts = g_string_chunk_new(4096);
	servers->all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, server_free);
	servers->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	servers->parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, parts_free);
	servers->subjects = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	servers->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	servers->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	servers->none = take_server(servers, "");
	return load(servers, c, error) ? g_steal_pointer(&servers) : NULL;
}

void servers_free(Servers *servers)
{
	if (!servers)
		return;
	g_hash_table_unref(servers->all);
	g_hash_table_unref(servers->domains);
	g_hash_table_unref(servers->parts);
	g_hash_table_unref(servers->subjects);
	g_hash_table_unref(servers->folders);
	g_hash_table_unref(servers->by_path);
	g_string_chunk_free(servers->texts);
	g_free(servers);
}

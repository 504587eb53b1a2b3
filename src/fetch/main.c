/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor-fetch: the only part of spoor with a network. It gets intelligence from a TAXII 2.1 server
 * and writes it to a file, which is read like any other file that came from a stranger: by a sealed
 * worker, when it is imported.
 *
 * `spoor intel fetch` runs it. Passwords and tokens come from files, so that no list of processes
 * shows them.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "fetch/taxii.h"

enum { STATUS_GOOD = 0, STATUS_USAGE = 2, STATUS_ERROR = 4 };

typedef struct Options {
	char *url, *collection, *added_after, *user, *password_file, *token_file, *ca, *output;
	gboolean allow_http, json;
} Options;

/* What strangers wrote, for a terminal: what can not be printed is not. */
static char *visible(const char *text)
{
	GString *ret = g_string_new(NULL);

	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(ret, g_unichar_isprint(c) ? c : 0xFFFD);
	}
	return g_string_free(ret, FALSE);
}

/* The first line of a file. NULL with @error. */
static char *read_secret(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize size;

	if (!g_file_get_contents(path, &text, &size, error))
		return NULL;
	text[strcspn(text, "\r\n")] = '\0';
	if (*text && size <= LIMIT_FETCH_TEXT_BYTES && g_utf8_validate(text, -1, NULL))
		return g_steal_pointer(&text);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "%s holds no secret in its first line",
		path);
	return NULL;
}

static gboolean parse(int *argc, char ***argv, Options *o, GError **error)
{
	const GOptionEntry entries[] = {
		{ "collection", 0, 0, G_OPTION_ARG_STRING, &o->collection, "", "ID" },
		{ "added-after", 0, 0, G_OPTION_ARG_STRING, &o->added_after, "", "TIME" },
		{ "user", 0, 0, G_OPTION_ARG_STRING, &o->user, "", "USER" },
		{ "password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->password_file, "", "FILE" },
		{ "token-file", 0, 0, G_OPTION_ARG_FILENAME, &o->token_file, "", "FILE" },
		{ "ca", 0, 0, G_OPTION_ARG_FILENAME, &o->ca, "", "FILE" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "", "FILE" },
		{ "allow-http", 0, 0, G_OPTION_ARG_NONE, &o->allow_http, "", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "", NULL },
		G_OPTION_ENTRY_NULL,
	};
	GOptionContext *context = g_option_context_new("URL");
	gboolean is_good;
	Instant instant;

	g_option_context_add_main_entries(context, entries, NULL);
	is_good = g_option_context_parse(context, argc, argv, error);
	g_option_context_free(context);
	if (!is_good)
		return FALSE;
	if (*argc == 2 && o->output) {
		o->url = g_strdup((*argv)[1]);
	} else {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"name one URL, and the file to write with -o");
		return FALSE;
	}
	if (!o->user == !o->password_file && (!o->user || !o->token_file)) {
		if (!o->added_after || instant_parse(slice_from_text(o->added_after), &instant))
			return TRUE;
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"--added-after takes a time such as 2021-07-19T00:00:00Z");
		return FALSE;
	}
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
		"give either --user and --password-file, or --token-file");
	return FALSE;
}

/* The earliest of what the collections say: asking from there on misses nothing. NULL where one of
 * them does not say. */
static const char *earliest(const GPtrArray *collections)
{
	const char *ret = NULL;
	Instant first = INSTANT_NONE, instant;

	for (guint i = 0; i < collections->len; i++) {
		const TaxiiCollection *c = g_ptr_array_index(collections, i);

		if (!c->n_objects)
			continue;
		if (!c->last_added || !instant_parse(slice_from_text(c->last_added), &instant))
			return NULL;
		if (!ret || instant < first) {
			ret = c->last_added;
			first = instant;
		}
	}
	return ret;
}

static void print_json(const Options *o, const GPtrArray *collections)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Json j = json_begin(out);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.intel-fetch/1");
	json_member_text(&j, "path", o->output);
	json_member_text(&j, "added_after", earliest(collections));
	json_key(&j, "collections");
	json_array_begin(&j);
	for (guint i = 0; i < collections->len; i++) {
		const TaxiiCollection *c = g_ptr_array_index(collections, i);

		json_object_begin(&j);
		json_member_text(&j, "id", c->id);
		json_member_text(&j, "title", c->title);
		json_member_bool(&j, "can_read", c->can_read);
		json_member_int(&j, "objects", (gint64)c->n_objects);
		json_member_int(&j, "pages", (gint64)c->n_pages);
		json_member_text(&j, "last_added", c->last_added);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	puts(out->str);
}

static void print_text(const Options *o, const GPtrArray *collections)
{
	const char *next = earliest(collections);
	guint64 n = 0;

	for (guint i = 0; i < collections->len; i++) {
		const TaxiiCollection *c = g_ptr_array_index(collections, i);
		g_autofree char *id = visible(c->id), *title = visible(c->title ? c->title : "");

		n += c->n_objects;
		if (c->n_pages)
			printf("%s  %s: %" G_GUINT64_FORMAT " objects\n", id, title, c->n_objects);
	}
	printf("%" G_GUINT64_FORMAT " objects are in %s\n", n, o->output);
	if (next)
		printf("for what comes later: --added-after %s\n", next);
}

static gboolean fetch(const Options *o, GError **error)
{
	g_autofree char *password = NULL, *token = NULL;
	HttpOptions http_options = {
		.user = o->user, .ca_file = o->ca, .allow_http = o->allow_http
	};
	g_autoptr(Http) http = NULL;
	g_autoptr(Bundle) bundle = NULL;
	g_autoptr(Taxii) taxii = NULL;

	if (o->password_file && !(password = read_secret(o->password_file, error)))
		return FALSE;
	if (o->token_file && !(token = read_secret(o->token_file, error)))
		return FALSE;
	http_options.password = password;
	http_options.token = token;
	http = http_new(&http_options, o->url, error);
	bundle = http ? bundle_new(o->output, error) : NULL;
	if (!bundle)
		return FALSE;
	taxii = taxii_new(http, bundle);
	if (!taxii_find(taxii, o->url, error) ||
		!taxii_fetch(taxii, o->collection, o->added_after, error) ||
		!bundle_finish(bundle, error))
		return FALSE;
	if (taxii_n_elsewhere(taxii))
		fprintf(stderr,
			"spoor: %u API roots are on other hosts and were left out: name them "
			"themselves\n",
			taxii_n_elsewhere(taxii));
	(o->json ? print_json : print_text)(o, taxii_collections(taxii));
	return TRUE;
}

static int fail(GError *error)
{
	gboolean is_usage = error->domain == G_OPTION_ERROR ||
		g_error_matches(error, SPOOR_ERROR, SPOOR_ERROR_USAGE);
	g_autofree char *valid = g_utf8_make_valid(error->message, -1);
	g_autofree char *message = visible(valid);

	fprintf(stderr, "spoor: %s\n", message);
	g_error_free(error);
	return is_usage ? STATUS_USAGE : STATUS_ERROR;
}

int main(int argc, char **argv)
{
	Options options = { 0 };
	GError *error = NULL;
	const struct rlimit none = { 0, 0 };

	/* It reads what strangers send, and holds secrets: no new rights, no core, no tracing. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
		(void)spoor_error_from_errno(&error, "the process can not be restricted");
		return fail(error);
	}
	text_warm_up();
	if (!parse(&argc, &argv, &options, &error))
		return fail(error);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return STATUS_ERROR;
	if (!fetch(&options, &error))
		return fail(error);
	return fflush(stdout) == 0 ? STATUS_GOOD : STATUS_ERROR;
}

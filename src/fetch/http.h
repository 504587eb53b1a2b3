/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Http: one GET after another over libcurl, with all that a hostile server could do bounded.
 *
 * TLS is always verified. Plain http goes to this machine alone, unless the caller allows it.
 * Redirects are followed by hand, only to https on the same host. Credentials go to the host that
 * was named and to no other, and stand in no message.
 */
#pragma once

#include <glib.h>

typedef struct HttpOptions {
	const char *user, *password; /* Basic, or NULL */
	const char *token;	     /* Bearer, or NULL */
	const char *ca_file;	     /* instead of the system's certificates, or NULL */
	gboolean allow_http;	     /* to other machines, too */
} HttpOptions;

typedef struct HttpReply {
	GString *body;
	char *date_added_last; /* X-TAXII-Date-Added-Last, or NULL */
} HttpReply;

void http_reply_clear(HttpReply *reply); /* accepts what is zero */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpReply, http_reply_clear)

typedef struct Http Http;

/* @options is borrowed. NULL with @error (USAGE) where @url is none that may be fetched. */
Http *http_new(const HttpOptions *options, const char *url, GError **error);
void http_free(Http *http); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Http, http_free)

/* Whether @url is on the host that was named: scheme, host and port. */
gboolean http_is_same_host(const Http *http, const char *url);

/* @url as seen from @base (both absolute or not); NULL where it is no URL. */
char *http_resolve(const char *base, const char *url);

/* @text for a query. */
char *http_escape(const char *text);

/*
 * Gets @url, which has to be on the host that was named. What the server says it can not do now
 * (429, 502 to 504) and broken connections are tried again, a bounded number of times. FALSE with
 * @error for everything that is not a whole answer with status 200.
 */
gboolean http_get(Http *http, const char *url, HttpReply *ret, GError **error);

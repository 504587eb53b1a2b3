/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define ACCEPT		"Accept: application/taxii+json;version=2.1"
#define CONNECT_SECONDS 30L
#define STALL_SECONDS	60L /* with less than a byte a second */
#define DATE_BYTES	64  /* of a header that is a date */

struct Http {
	CURL *curl;
	struct curl_slist *headers;
	const HttpOptions *options;
	char *url; /* that was named */
};

/* One answer while it comes in. */
typedef struct Answer {
	GString *body;
	char *date_added_last, *location;
	gboolean is_too_long;
} Answer;

void http_reply_clear(HttpReply *reply)
{
	if (reply->body)
		g_string_free(reply->body, TRUE);
	g_free(reply->date_added_last);
	*reply = (HttpReply){ NULL, NULL };
}

static void answer_clear(Answer *answer)
{
	if (answer->body)
		g_string_free(answer->body, TRUE);
	g_free(answer->date_added_last);
	g_free(answer->location);
	*answer = (Answer){ 0 };
}

/* ---- URLs ---- */

/* A part of @url, or NULL. */
static char *url_part(const char *url, CURLUPart part)
{
	CURLU *parsed = curl_url();
	char *text = NULL, *copy = NULL;

	if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parsed, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
		copy = g_strdup(text);
	curl_free(text);
	curl_url_cleanup(parsed);
	return copy;
}

char *http_resolve(const char *base, const char *url)
{
	CURLU *parsed = curl_url();
	char *text = NULL, *copy = NULL;

	if (curl_url_set(parsed, CURLUPART_URL, base, 0) == CURLUE_OK &&
		curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parsed, CURLUPART_URL, &text, 0) == CURLUE_OK)
		copy = g_strdup(text);
	curl_free(text);
	curl_url_cleanup(parsed);
	return copy;
}

char *http_escape(const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, 0);
	char *copy = g_strdup(escaped);

	curl_free(escaped);
	return copy;
}

static gboolean is_part_equal(const char *a, const char *b, CURLUPart part)
{
	g_autofree char *left = url_part(a, part), *right = url_part(b, part);

	return left && right && g_ascii_strcasecmp(left, right) == 0;
}

gboolean http_is_same_host(const Http *http, const char *url)
{
	return is_part_equal(http->url, url, CURLUPART_SCHEME) &&
		is_part_equal(http->url, url, CURLUPART_HOST) &&
		is_part_equal(http->url, url, CURLUPART_PORT);
}

static gboolean is_loopback(const char *host)
{
	static const char *const names[] = { "localhost", "[::1]" };
	int byte;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(host, names[i]) == 0)
			return TRUE;
	/* 127.0.0.0/8 as four numbers, and not the name 127.example */
	byte = g_str_has_prefix(host, "127.") && strspn(host, "0123456789.") == strlen(host);
	return byte;
}

static gboolean check_url(const HttpOptions *options, const char *url, GError **error)
{
	g_autofree char *scheme = url_part(url, CURLUPART_SCHEME);
	g_autofree char *host = url_part(url, CURLUPART_HOST);
	g_autofree char *user = url_part(url, CURLUPART_USER);
	const char *reason = NULL;

	if (!scheme || !host || !strstr(url, "://"))
		reason = "is no URL";
	else if (user)
		reason = "holds a user name: give it with --user, and the password in a file";
	else if (!g_str_equal(scheme, "https") && !g_str_equal(scheme, "http"))
		reason = "is neither https nor http";
	else if (g_str_equal(scheme, "http") && !options->allow_http && !is_loopback(host))
		reason = "is not encrypted: plain http to another machine needs --allow-http";
	if (!reason)
		return TRUE;
	/* The URL may hold a password, so it is not repeated where it has a user. */
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "%s %s", user ? "the URL" : url, reason);
	return FALSE;
}

/* ---- answers ---- */

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
	Answer *answer = context;

	if (answer->body->len + size * n > LIMIT_FETCH_PAGE_BYTES) {
		answer->is_too_long = TRUE;
		return 0; /* ends the transfer */
	}
	g_string_append_len(answer->body, data, (gssize)(size * n));
	return size * n;
}

/* The value of the header @name in @line, or NULL. */
static char *header_value(const char *line, gsize size, const char *name)
{
	gsize length = strlen(name);
	char *value;

	if (size <= length || g_ascii_strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	value = g_strndup(line + length + 1, MIN(size - length - 1, LIMIT_FETCH_TEXT_BYTES));
	return g_strstrip(value);
}

static size_t take_header(char *line, size_t size, size_t n, void *context)
{
	Answer *answer = context;
	char *date = header_value(line, size * n, "X-TAXII-Date-Added-Last");
	char *location = header_value(line, size * n, "Location");

	/* Only what can be a time: it is shown, and asked for the next time. */
	if (date && strlen(date) <= DATE_BYTES &&
		strspn(date, "0123456789-:.TZ+") == strlen(date)) {
		g_free(answer->date_added_last);
		answer->date_added_last = g_steal_pointer(&date);
	}
	if (location) {
		g_free(answer->location);
		answer->location = location;
	}
	g_free(date);
	return size * n;
}

static void set_up(Http *http)
{
	CURL *curl = http->curl;
	const HttpOptions *options = http->options;

	http->headers = curl_slist_append(NULL, ACCEPT);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "spoor/" SPOOR_VERSION);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LIMIT_FETCH_REQUEST_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	if (options->ca_file) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	if (g_str_has_prefix(http->url, "http:")) /* a proxy would be another machine */
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (options->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);
	} else if (options->token) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, options->token);
	}
}

Http *http_new(const HttpOptions *options, const char *url, GError **error)
{
	g_autoptr(Http) http = NULL;

	if (!check_url(options, url, error))
		return NULL;
	http = g_new0(Http, 1);
	http->options = options;
	http->url = g_strdup(url);
	http->curl = curl_easy_init();
	if (!http->curl) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "libcurl can not be set up");
		return NULL;
	}
	set_up(http);
	return g_steal_pointer(&http);
}

void http_free(Http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_slist_free_all(http->headers);
	g_free(http->url);
	g_free(http);
}

static const char *status_reason(long status)
{
	switch (status) {
	case 401:
		return "the credentials were refused, or some are needed";
	case 403:
		return "these credentials do not allow it";
	case 404:
		return "there is no such thing on the server";
	case 406:
		return "the server does not speak TAXII 2.1";
	case 429:
		return "the server asks to come back later";
	default:
		return "the server did not answer with what was asked";
	}
}

static gboolean is_temporary(long status)
{
	return status == 429 || (status >= 502 && status <= 504);
}

static gboolean is_broken_connection(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
		code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
		code == CURLE_PARTIAL_FILE || code == CURLE_COULDNT_RESOLVE_HOST;
}

/* Before another try: what the server asks for, else 1, 2, 4 … seconds; bounded. */
static void wait_before(Http *http, guint try)
{
	curl_off_t asked = 0;
	guint64 seconds = 1ull << try;

	if (curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &asked) == CURLE_OK && asked > 0)
		seconds = (guint64)asked;
	g_usleep((gulong)MIN(seconds, LIMIT_FETCH_WAIT_SECONDS) * G_USEC_PER_SEC);
}

/* One request, without redirects and tries. FALSE where it is not answered. */
static gboolean request(Http *http, const char *url, Answer *answer, CURLcode *ret_code)
{
	answer_clear(answer);
	answer->body = g_string_new(NULL);
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(http->curl, CURLOPT_HEADERDATA, answer);
	*ret_code = curl_easy_perform(http->curl);
	return *ret_code == CURLE_OK;
}

static gboolean request_patiently(
	Http *http, const char *url, Answer *answer, long *ret_status, GError **error)
{
	for (guint try = 0;; try++) {
		CURLcode code;
		gboolean is_answered = request(http, url, answer, &code);

		*ret_status = 0;
		if (is_answered)
			(void)curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, ret_status);
		if (is_answered && !is_temporary(*ret_status))
			return TRUE;
		if (answer->is_too_long) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
				"%s: the answer is longer than LIMIT_FETCH_PAGE_BYTES", url);
			return FALSE;
		}
		if (try < LIMIT_FETCH_RETRIES && (is_answered || is_broken_connection(code))) {
			wait_before(http, try);
			continue;
		}
		if (is_answered)
			return TRUE; /* its status tells */
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "%s: %s", url,
			curl_easy_strerror(code));
		return FALSE;
	}
}

/* Where a redirect may lead: https on the same host, on the same port where it was https before. */
static char *follow(Http *http, const char *url, const char *location)
{
	g_autofree char *target = location ? http_resolve(url, location) : NULL;

	if (!target || !g_str_has_prefix(target, "https://") ||
		!is_part_equal(http->url, target, CURLUPART_HOST) ||
		(g_str_has_prefix(http->url, "https") && !http_is_same_host(http, target)))
		return NULL;
	return g_steal_pointer(&target);
}

gboolean http_get(Http *http, const char *url, HttpReply *ret, GError **error)
{
	g_autofree char *at = g_strdup(url);
	Answer answer = { 0 };
	long status = 0;

	for (guint n = 0; request_patiently(http, at, &answer, &status, error); n++) {
		g_autofree char *target = NULL;

		if (status == 200) {
			http_reply_clear(ret);
			ret->body = g_steal_pointer(&answer.body);
			ret->date_added_last = g_steal_pointer(&answer.date_added_last);
			answer_clear(&answer);
			return TRUE;
		}
		if (status < 300 || status >= 400) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "%s: status %ld: %s",
				at, status, status_reason(status));
			break;
		}
		target = follow(http, at, answer.location);
		if (!target || n >= LIMIT_FETCH_REDIRECTS) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
				"%s: the server redirects elsewhere, or too often: only https on "
				"the "
				"same host is followed",
				at);
			break;
		}
		g_free(at);
		at = g_steal_pointer(&target);
	}
	answer_clear(&answer);
	return FALSE;
}

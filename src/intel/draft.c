/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/draft.h"

#include "base/limits.h"
#include "intel/file-pattern.h"
#include "intel/normal.h"
#include "intel/words.h"

void draft_init(Draft *draft)
{
	*draft = (Draft){
		.refanged = g_string_new(NULL),
		.value = g_string_new(NULL),
		.exception = g_string_new(NULL),
		.problem = g_string_new(NULL),
	};
}

void draft_clear(Draft *draft)
{
	(void)g_string_free(draft->refanged, TRUE);
	(void)g_string_free(draft->value, TRUE);
	(void)g_string_free(draft->exception, TRUE);
	(void)g_string_free(draft->problem, TRUE);
}

static gboolean refuse(Draft *draft, IntelNoteKind kind, const char *why)
{
	g_string_assign(draft->problem, why);
	draft->problem_kind = kind;
	return FALSE;
}

/* ---- hashes ---- */

static guint hash_digits(IndicatorKind kind)
{
	switch (kind) {
	case INDICATOR_MD5:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		return 32;
	case INDICATOR_SHA1:
		return 40;
	case INDICATOR_SHA256:
		return 64;
	default:
		return 0;
	}
}

static gsize count_hex(Slice text)
{
	gsize n = 0;

	for (gsize i = 0; i < text.size; i++)
		n += g_ascii_isxdigit(text.data[i]);
	return n;
}

static gboolean refuse_hash(Draft *draft, Slice text)
{
	guint wanted = hash_digits(draft->kind);

	draft->problem_kind = INTEL_REJECTED;
	if (count_hex(text) < text.size) {
		g_string_assign(draft->problem, "has a character that is no hexadecimal digit");
	} else if (text.size == 128 || text.size == 96 || text.size == 56) {
		draft->problem_kind = INTEL_UNSUPPORTED;
		g_string_printf(draft->problem,
			"is as long as a SHA-%" G_GSIZE_FORMAT ", which spoor does not compute",
			text.size * 4);
	} else if (wanted > 0) {
		g_string_printf(draft->problem,
			"has %" G_GSIZE_FORMAT " hexadecimal digits where %u are right", text.size,
			wanted);
	} else {
		g_string_printf(draft->problem,
			"has %" G_GSIZE_FORMAT " hexadecimal digits, as no hash does", text.size);
	}
	return FALSE;
}

/* A hash of another length than claimed is what its length says. */
static void settle_hash(Draft *draft, Slice text)
{
	guint wanted = hash_digits(draft->kind);
	IndicatorKind kind;

	if (text.size == wanted || count_hex(text) < text.size)
		return;
	kind = normal_detect(text);
	if (hash_digits(kind) == 0)
		return;
	draft->kind = kind;
	draft->suspicion = "is a hash of another kind than its source says, by its length";
}

/* ---- hosts, addresses, URLs ---- */

static void settle_host(Draft *draft, Slice *text)
{
	IndicatorKind kind;

	if (words_has_prefix(*text, "*."))
		*text = words_from(*text, 2);
	if (text->size > 1 && words_find(*text, 0, '/') == text->size - 1)
		text->size--;
	kind = normal_detect(*text);
	switch (kind) {
	case INDICATOR_URL:
		draft->suspicion = "is a URL, not a host name: taken as a URL";
		break;
	case INDICATOR_ADDRESS:
	case INDICATOR_NETWORK:
		draft->suspicion = "is an address, not a host name: taken as an address";
		break;
	case INDICATOR_EMAIL:
		draft->suspicion = "is an e-mail address, not a host name: taken as one";
		break;
	case INDICATOR_FILE_NAME:
		draft->suspicion = "is the name of a file, not of a host: taken as a file name";
		break;
	default:
		if (normal_file_ending(*text) == FILE_ENDING_TOO)
			draft->suspicion = "may be the name of a file: its ending is that of files "
					   "and a top-level domain";
		return;
	}
	draft->kind = kind;
}

/* "host:443" and "192.0.2.1:443": cuts the port off. */
static gboolean cut_port(Slice *text)
{
	gsize colon = words_find(*text, 0, ':');
	Slice port = words_from(*text, colon + 1);

	if (text->size > 0 && text->data[0] == '[') {
		colon = words_find(*text, 0, ']') + 1;
		port = words_from(*text, colon + 1);
		if (colon >= text->size || text->data[colon] != ':')
			return FALSE;
	}
	if (port.size == 0 || port.size > 5)
		return FALSE;
	for (gsize i = 0; i < port.size; i++) {
		if (!g_ascii_isdigit(port.data[i]))
			return FALSE;
	}
	*text = slice_sub(*text, 0, colon);
	return TRUE;
}

static void settle_address(Draft *draft, Slice text)
{
	IndicatorKind kind = normal_detect(text);

	if (kind == INDICATOR_HOST)
		draft->suspicion = "is a host name, not an address: taken as a host name";
	else if (kind == INDICATOR_URL)
		draft->suspicion = "is a URL, not an address: taken as a URL";
	else if (kind != INDICATOR_ADDRESS && kind != INDICATOR_NETWORK)
		return;
	draft->kind = kind;
}

static gboolean settle_url(Draft *draft, Slice text)
{
	IndicatorKind kind;

	if (text.size > 0 && text.data[0] == '/')
		return refuse(draft, INTEL_UNSUPPORTED,
			"is the path of a URL without its host: too little to look for");
	if (words_find(text, 0, '/') < text.size)
		return TRUE;
	kind = normal_detect(text);
	if (kind == INDICATOR_HOST || kind == INDICATOR_ADDRESS) {
		draft->kind = kind;
		draft->suspicion = kind == INDICATOR_HOST
			? "is a host name, not a URL: taken as a host name"
			: "is an address, not a URL: taken as an address";
	}
	return TRUE;
}

/* ---- files ---- */

/* A path with wildcards as a regular expression on paths. */
static void append_wildcards_as_pattern(GString *ret, const GString *path)
{
	g_string_append(ret, "(?i)(^|\\\\)");
	for (gsize i = 0; i < path->len; i++) {
		char c = path->str[i];

		if (c == '*')
			g_string_append(ret, "[^\\\\]*");
		else if (c == '?')
			g_string_append(ret, "[^\\\\]");
		else if (g_ascii_isalnum(c) || (guint8)c >= 0x80)
			g_string_append_c(ret, c);
		else
			g_string_append_printf(ret, "\\%c", c);
	}
	g_string_append_c(ret, '$');
}

static gboolean settle_file(Draft *draft, Slice text)
{
	const char *problem;

	if (words_find(text, 0, '?') < text.size && text.size > 0 && text.data[0] == '/')
		return refuse(draft, INTEL_UNSUPPORTED,
			"is the path of a URL without its host: too little to look for");
	problem = normal_append(draft->value, INDICATOR_FILE_PATH, text);
	if (problem)
		return refuse(draft, INTEL_REJECTED, problem);
	draft->kind = strchr(draft->value->str, '\\') ? INDICATOR_FILE_PATH : INDICATOR_FILE_NAME;
	if (strpbrk(draft->value->str, "*?")) {
		g_autoptr(GString) path = g_string_new(draft->value->str);

		draft->kind = INDICATOR_FILE_PATTERN;
		g_string_truncate(draft->value, 0);
		append_wildcards_as_pattern(draft->value, path);
	}
	return TRUE;
}

static gboolean settle_pattern(Draft *draft, Slice text)
{
	g_autofree char *pattern = g_strndup((const char *)text.data, text.size);

	draft->problem_kind = INTEL_UNSUPPORTED;
	return file_pattern_append(draft->value, pattern, draft->problem);
}

gboolean draft_settle_exception(Draft *draft, const char *exception)
{
	g_string_truncate(draft->exception, 0);
	if (!exception || !*exception ||
		file_pattern_append(draft->exception, exception, draft->problem))
		return TRUE;
	draft->problem_kind = INTEL_UNSUPPORTED;
	g_string_prepend(draft->problem, "has an exception that ");
	return FALSE;
}

/* ---- all ---- */

static gboolean is_refanged(IndicatorKind kind)
{
	switch (kind) {
	case INDICATOR_HOST:
	case INDICATOR_ADDRESS:
	case INDICATOR_NETWORK:
	case INDICATOR_URL:
	case INDICATOR_EMAIL:
	case INDICATOR_FILE_NAME:
	case INDICATOR_FILE_PATH:
	case INDICATOR_ANY:
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean settle_any(Draft *draft, Slice *text)
{
	if (words_has_prefix(*text, "*."))
		*text = words_from(*text, 2);
	draft->kind = normal_detect(*text);
	if (draft->kind == INDICATOR_ANY) {
		Slice host = *text;
		IndicatorKind kind = cut_port(&host) ? normal_detect(host) : INDICATOR_ANY;

		if (kind == INDICATOR_HOST || kind == INDICATOR_ADDRESS) {
			*text = host;
			draft->kind = kind;
			draft->suspicion = "names a port, which is not looked for";
		}
	}
	if (draft->kind == INDICATOR_HOST && normal_file_ending(*text) == FILE_ENDING_TOO)
		draft->suspicion = "may be the name of a file: its ending is that of files and a "
				   "top-level domain";
	if (draft->kind != INDICATOR_ANY)
		return TRUE;
	/* What has about as many digits as a hash is a hash gone wrong. */
	if (text->size >= 20 && count_hex(*text) + 2 >= text->size)
		return refuse_hash(draft, *text);
	return refuse(draft, INTEL_REJECTED, "is nothing that is known by its looks");
}

static gboolean settle_kind(Draft *draft, Slice *text)
{
	switch (draft->kind) {
	case INDICATOR_ANY:
		return settle_any(draft, text);
	case INDICATOR_HOST:
		if (cut_port(text))
			draft->suspicion = "names a port, which is not looked for";
		settle_host(draft, text);
		return TRUE;
	case INDICATOR_ADDRESS:
	case INDICATOR_NETWORK:
		if (words_find(*text, 0, '.') < text->size && cut_port(text))
			draft->suspicion = "names a port, which is not looked for";
		settle_address(draft, *text);
		return TRUE;
	case INDICATOR_URL:
		return settle_url(draft, *text);
	case INDICATOR_MD5:
	case INDICATOR_SHA1:
	case INDICATOR_SHA256:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		settle_hash(draft, *text);
		return TRUE;
	default:
		return TRUE;
	}
}

/* A network of one address is that address. */
static void settle_network_length(Draft *draft)
{
	char *slash = strchr(draft->value->str, '/');
	gboolean is_ipv6 = strchr(draft->value->str, ':') != NULL;

	if (!slash || strcmp(slash, is_ipv6 ? "/128" : "/32") != 0)
		return;
	g_string_truncate(draft->value, (gsize)(slash - draft->value->str));
	draft->kind = INDICATOR_ADDRESS;
}

gboolean draft_settle(Draft *draft, IndicatorKind kind, Slice text)
{
	const char *problem;

	g_string_truncate(draft->refanged, 0);
	g_string_truncate(draft->value, 0);
	draft->kind = kind;
	draft->suspicion = NULL;
	draft->was_defanged = FALSE;
	text = words_trim(text);
	if (text.size == 0)
		return refuse(draft, INTEL_REJECTED, "is empty");
	if (text.size > (kind == INDICATOR_STIX_PATTERN ? LIMIT_STIX_PATTERN_BYTES
							: LIMIT_INTEL_VALUE_BYTES))
		return refuse(draft, INTEL_REJECTED, "is longer than LIMIT_INTEL_VALUE_BYTES");
	if (is_refanged(kind)) {
		normal_append_refanged(draft->refanged, text);
		draft->was_defanged = draft->refanged->len != text.size ||
			memcmp(draft->refanged->str, text.data, text.size) != 0;
		text = words_trim(slice_make(draft->refanged->str, draft->refanged->len));
	}
	if (!settle_kind(draft, &text))
		return FALSE;
	if (draft->kind == INDICATOR_FILE_NAME || draft->kind == INDICATOR_FILE_PATH)
		return settle_file(draft, text);
	if (draft->kind == INDICATOR_FILE_PATTERN)
		return settle_pattern(draft, text);
	problem = normal_append(draft->value, draft->kind, text);
	if (problem && hash_digits(draft->kind) > 0)
		return refuse_hash(draft, text);
	if (problem)
		return refuse(draft, INTEL_REJECTED, problem);
	if (draft->kind == INDICATOR_NETWORK)
		settle_network_length(draft);
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/stix/pattern-kinds.h"

#include <string.h>

#include "stix/pattern.h"

/* What becomes of a value, beside the kinds of indicators. */
#define KIND_PATTERN	 (-1) /* the pattern says more than the value: it stays one */
#define KIND_UNSUPPORTED (-2)
#define KIND_FILE	 (-3) /* a name, a path or a pipe: the value says */
#define KIND_NETWORK	 (-4) /* an address, or a network in CIDR notation */

/* Object paths as stix_pattern_is_simple() writes them. STIX 2.1, section 6; those that begin with
 * hostname and user-agent are OpenCTI's. */
static const struct {
	const char *path;
	int kind;
} paths[] = {
	{ "ipv4-addr:value", KIND_NETWORK },
	{ "ipv6-addr:value", KIND_NETWORK },
	{ "domain-name:value", INDICATOR_HOST },
	{ "hostname:value", INDICATOR_HOST },
	{ "url:value", INDICATOR_URL },
	{ "email-addr:value", INDICATOR_EMAIL },
	{ "email-message:from_ref.value", INDICATOR_EMAIL },
	{ "email-message:sender_ref.value", INDICATOR_EMAIL },
	{ "file:name", KIND_FILE },
	{ "windows-registry-key:key", INDICATOR_REGISTRY_KEY },
	{ "mutex:name", INDICATOR_MUTEX },
	{ "network-traffic:dst_ref.value", INDICATOR_ANY },
	{ "network-traffic:src_ref.value", INDICATOR_ANY },
	{ "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
		INDICATOR_USER_AGENT },
	{ "user-agent:value", INDICATOR_USER_AGENT },
};

/* Whose hashes are those of files. */
static const char *const hashed[] = { "file:hashes.", "artifact:hashes.",
	"file:content_ref.hashes.", "process:image_ref.hashes.", "process:binary_ref.hashes.",
	"email-message:body_multipart[*].body_raw_ref.hashes." };

/* Names of algorithms without case, blanks, "-" and "_": sources write them in many ways. */
static const struct {
	const char *name;
	int kind;
} algorithms[] = {
	{ "md5", INDICATOR_MD5 },
	{ "sha1", INDICATOR_SHA1 },
	{ "sha256", INDICATOR_SHA256 },
	{ "imphash", INDICATOR_IMPHASH },
};

typedef struct Value {
	int kind;
	char *text, *path;
} Value;

static void value_clear(gpointer value)
{
	g_free(((Value *)value)->text);
	g_free(((Value *)value)->path);
}

static int hash_kind(const char *algorithm)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (; *algorithm; algorithm++)
		if (!strchr("-_ '", *algorithm))
			g_string_append_c(name, g_ascii_tolower(*algorithm));
	for (guint i = 0; i < G_N_ELEMENTS(algorithms); i++)
		if (g_str_equal(name->str, algorithms[i].name))
			return algorithms[i].kind;
	return KIND_UNSUPPORTED;
}

static int path_kind(const char *path)
{
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
		if (g_str_equal(path, paths[i].path))
			return paths[i].kind;
	for (guint i = 0; i < G_N_ELEMENTS(hashed); i++)
		if (g_str_has_prefix(path, hashed[i]))
			return hash_kind(path + strlen(hashed[i]));
	if (g_str_equal(path, "file:extensions.'windows-pebinary-ext'.imphash"))
		return INDICATOR_IMPHASH;
	return KIND_PATTERN;
}

IndicatorKind stix_file_kind(const char *value)
{
	if (g_ascii_strncasecmp(value, "\\\\.\\pipe\\", 9) == 0)
		return INDICATOR_PIPE;
	return strpbrk(value, "/\\") ? INDICATOR_FILE_PATH : INDICATOR_FILE_NAME;
}

static void take_value(void *context, const char *path, const char *text)
{
	Value value = { path_kind(path), g_strdup(text), g_strdup(path) };

	if (value.kind == KIND_FILE)
		value.kind = (int)stix_file_kind(text);
	else if (value.kind == KIND_NETWORK)
		value.kind = strchr(text, '/') ? INDICATOR_NETWORK : INDICATOR_ADDRESS;
	g_array_append_val((GArray *)context, value);
}

static void tell_values(Claim *claim, Collector *collector, const GArray *values)
{
	for (guint i = 0; i < values->len; i++) {
		const Value *value = &g_array_index(values, Value, i);
		g_autofree char *reason = NULL;

		if (value->kind != KIND_UNSUPPORTED) {
			claim_tell(claim, collector, (IndicatorKind)value->kind, value->text);
			continue;
		}
		reason = g_strdup_printf("no evidence has this hash: %s", value->path);
		collector_note(collector, INTEL_UNSUPPORTED, claim->is.line, value->text, reason);
	}
}

void stix_append_text(GString *ret, const char *text)
{
	g_string_append_c(ret, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			g_string_append_c(ret, '\\');
		g_string_append_c(ret, *text);
	}
	g_string_append_c(ret, '\'');
}

/* ---- name and folder of one file ----------------------------------------------------------------
 */

typedef struct FilePlace {
	char *name, *folder;
	guint n;
} FilePlace;

static void take_place(void *context, const char *path, const char *text)
{
	FilePlace *place = context;
	char **texts[] = { &place->name, &place->folder };
	static const char *const names[] = { "file:name", "file:parent_directory_ref.path" };

	place->n++;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(path, names[i]) && !*texts[i])
			*texts[i] = g_strdup(text);
	}
}

/* The path of the one file that has this name in this folder and nothing else; or NULL. */
static char *join_place(const StixPattern *pattern)
{
	FilePlace place = { 0 };
	char *path = NULL;

	if (stix_pattern_is_conjunction(pattern, take_place, &place) && place.n == 2 &&
		place.name && place.folder)
		path = g_strjoin(
			strchr(place.folder, '\\') ? "\\" : "/", place.folder, place.name, NULL);
	g_free(place.name);
	g_free(place.folder);
	return path;
}

void stix_tell_pattern(Claim *claim, Collector *collector, const char *pattern)
{
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(Value));
	g_autoptr(StixPattern) parsed = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	gboolean is_plain;

	g_array_set_clear_func(values, value_clear);
	parsed = stix_pattern_parse(slice_from_text(pattern), &error);
	if (!parsed) {
		g_autofree char *reason = g_strdup_printf("is no STIX pattern: %s", error->message);

		collector_note(collector, INTEL_REJECTED, claim->is.line, pattern, reason);
		return;
	}
	is_plain = stix_pattern_is_simple(parsed, take_value, values);
	for (guint i = 0; i < values->len; i++)
		is_plain = is_plain && g_array_index(values, Value, i).kind != KIND_PATTERN;
	path = is_plain ? NULL : join_place(parsed);
	if (path)
		claim_tell(claim, collector, INDICATOR_FILE_PATH, path);
	else if (is_plain)
		tell_values(claim, collector, values);
	else
		claim_tell(claim, collector, INDICATOR_STIX_PATTERN, pattern);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/misp/types.h"

#include <string.h>

#include "intel/stix/pattern-kinds.h"

/* A name that is only meant together with a hash says little where it is found alone. */
#define NAME_CONFIDENCE 25

#define TYPE_BYTES 64 /* of the name of one, in a note */

/* What a type is, beside the kinds of indicators. */
typedef enum Meaning {
	MEANS_FILE = INDICATOR_N_KINDS + 1, /* a name, a path or a pipe: the value says */
	MEANS_NETWORK,			    /* an address, or a network in CIDR notation */
	MEANS_URI,			    /* a URL, or what follows the host in one */
	MEANS_TERM,			    /* equal to an object path of STIX */
	MEANS_PATTERN,			    /* a STIX pattern */
	MEANS_SIGMA,
	MEANS_YARA,
	MEANS_NOTHING,
} Meaning;

typedef struct Type {
	const char *name;
	guint meaning;	  /* an IndicatorKind or a Meaning */
	const char *path; /* MEANS_TERM */
} Type;

#define REQUEST_VALUE "network-traffic:extensions.'http-request-ext'.request_value"
#define SERVICE	      "process:extensions.'windows-service-ext'."

/* Those that are not here are context, or what no evidence has. */
static const Type types[] = {
	{ "md5", INDICATOR_MD5, NULL },
	{ "sha1", INDICATOR_SHA1, NULL },
	{ "sha256", INDICATOR_SHA256, NULL },
	{ "imphash", INDICATOR_IMPHASH, NULL },
	{ "ja3-fingerprint-md5", INDICATOR_JA3, NULL },
	{ "filename", MEANS_FILE, NULL },
	{ "email-attachment", MEANS_FILE, NULL },
	{ "ip-src", MEANS_NETWORK, NULL },
	{ "ip-dst", MEANS_NETWORK, NULL },
	{ "ip", MEANS_NETWORK, NULL },
	{ "hostname", INDICATOR_HOST, NULL },
	{ "domain", INDICATOR_HOST, NULL },
	{ "onion-address", INDICATOR_HOST, NULL },
	{ "url", INDICATOR_URL, NULL },
	{ "link", INDICATOR_URL, NULL },
	{ "uri", MEANS_URI, NULL },
	{ "email", INDICATOR_EMAIL, NULL },
	{ "email-src", INDICATOR_EMAIL, NULL },
	{ "email-dst", INDICATOR_EMAIL, NULL },
	{ "email-reply-to", INDICATOR_EMAIL, NULL },
	{ "user-agent", INDICATOR_USER_AGENT, NULL },
	{ "http-user-agent", INDICATOR_USER_AGENT, NULL },
	{ "regkey", INDICATOR_REGISTRY_KEY, NULL },
	{ "mutex", INDICATOR_MUTEX, NULL },
	{ "named pipe", INDICATOR_PIPE, NULL },
	{ "stix2-pattern", MEANS_PATTERN, NULL },
	{ "sigma", MEANS_SIGMA, NULL },
	{ "yara", MEANS_YARA, NULL },
	{ "email-subject", MEANS_TERM, "email-message:subject" },
	{ "email-message-id", MEANS_TERM, "email-message:message_id" },
	{ "email-x-mailer", MEANS_TERM, "email-message:additional_header_fields.'X-Mailer'" },
	{ "windows-service-name", MEANS_TERM, SERVICE "service_name" },
	{ "windows-service-displayname", MEANS_TERM, SERVICE "display_name" },
	{ "mac-address", MEANS_TERM, "mac-addr:value" },
	{ "x509-fingerprint-md5", MEANS_TERM, "x509-certificate:hashes.MD5" },
	{ "x509-fingerprint-sha1", MEANS_TERM, "x509-certificate:hashes.'SHA-1'" },
	{ "x509-fingerprint-sha256", MEANS_TERM, "x509-certificate:hashes.'SHA-256'" },
};

static const Type *type_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_equal(types[i].name, name))
			return &types[i];
	return NULL;
}

static void tell_nothing(Claim *claim, Collector *collector, const char *type, const char *value)
{
	gboolean is_silent = claim->is.is_silent;
	g_autofree char *name = claim_clip(type, TYPE_BYTES);
	g_autofree char *reason = g_strdup_printf(
		is_silent ? "is context, of the type %s" : "nothing looks for the type %s", name);

	collector_note(collector, is_silent ? INTEL_SILENT : INTEL_UNSUPPORTED, claim->is.line,
		value, reason);
}

static void tell_term(Claim *claim, Collector *collector, const char *path, const char *value)
{
	g_autoptr(GString) pattern = g_string_new("[");

	g_string_append_printf(pattern, "%s = ", path);
	stix_append_text(pattern, value);
	g_string_append_c(pattern, ']');
	claim_tell(claim, collector, INDICATOR_STIX_PATTERN, pattern->str);
}

static void tell_rule(Claim *claim, Collector *collector, const char *engine, const char *value)
{
	if (claim->is.is_silent)
		collector_note(collector, INTEL_SILENT, claim->is.line, claim->title->str,
			"is a rule that must not alert");
	else
		collector_add_rule(collector, engine,
			claim->title->len ? claim->title->str : claim->id->str, claim->is.line,
			slice_from_text(value));
}

static void tell_single(Claim *claim, Collector *collector, const char *name, const char *value)
{
	const Type *type = type_find(name);

	switch (type ? type->meaning : MEANS_NOTHING) {
	case MEANS_FILE:
		claim_tell(claim, collector, stix_file_kind(value), value);
		break;
	case MEANS_NETWORK:
		claim_tell(claim, collector,
			strchr(value, '/') ? INDICATOR_NETWORK : INDICATOR_ADDRESS, value);
		break;
	case MEANS_URI:
		if (strstr(value, "://"))
			claim_tell(claim, collector, INDICATOR_URL, value);
		else
			tell_term(claim, collector, REQUEST_VALUE, value);
		break;
	case MEANS_TERM:
		tell_term(claim, collector, type->path, value);
		break;
	case MEANS_PATTERN:
		stix_tell_pattern(claim, collector, value);
		break;
	case MEANS_SIGMA:
		tell_rule(claim, collector, "sigma", value);
		break;
	case MEANS_YARA:
		tell_rule(claim, collector, "yara", value);
		break;
	case MEANS_NOTHING:
		tell_nothing(claim, collector, name, value);
		break;
	default:
		claim_tell(claim, collector, (IndicatorKind)type->meaning, value);
	}
}

/* A key with a value is meant as both: many keys are on every machine. */
static void tell_registry(Claim *claim, Collector *collector, const char *key, const char *value)
{
	g_autoptr(GString) pattern = g_string_new("[windows-registry-key:key = ");

	stix_append_text(pattern, key);
	g_string_append(pattern, " AND windows-registry-key:values[*].data = ");
	stix_append_text(pattern, value);
	g_string_append_c(pattern, ']');
	claim_tell(claim, collector, INDICATOR_STIX_PATTERN, pattern->str);
}

static void tell_name_of_hash(Claim *claim, Collector *collector, const char *name)
{
	guint confidence = claim->is.confidence;

	claim->is.confidence = MIN(confidence, NAME_CONFIDENCE);
	tell_single(claim, collector, "filename", name);
	claim->is.confidence = confidence;
}

/* Where the parts of a composite value meet: the last bar, since names may hold one. */
static const char *find_bar(const char *type, const char *value)
{
	const char *bar = strrchr(value, '|');

	if (!bar && g_str_has_suffix(type, "|port")) {
		bar = strrchr(value, ':');
		if (bar != strchr(value, ':')) /* an IPv6 address */
			bar = NULL;
	}
	return bar;
}

static void tell_composite(Claim *claim, Collector *collector, const char *type, const char *value)
{
	const char *bar = find_bar(type, value), *second = strchr(type, '|') + 1;
	g_autofree char *first = g_strndup(type, (gsize)(second - 1 - type));
	g_autofree char *left = NULL;

	if (!bar) {
		collector_note(collector, INTEL_REJECTED, claim->is.line, value,
			"is of a type with two parts, and has no bar between them");
		return;
	}
	left = g_strndup(value, (gsize)(bar - value));
	value = bar + 1;
	if (g_str_equal(type, "regkey|value")) {
		tell_registry(claim, collector, left, value);
		return;
	}
	if (g_str_equal(second, "port")) {
		g_autofree char *port = g_strdup_printf("port %s", value);

		claim_append(claim->description, "\n", port);
		tell_single(claim, collector, first, left);
		return;
	}
	if (g_str_equal(first, "filename"))
		tell_name_of_hash(claim, collector, left);
	else
		tell_single(claim, collector, first, left);
	tell_single(claim, collector, second, value);
}

void misp_tell_value(Claim *claim, Collector *collector, const char *type, const char *value)
{
	if (g_str_equal(type, "malware-sample"))
		type = "filename|md5";
	if (g_str_equal(type, "link") && claim->is.is_silent) /* where the claims come from */
		tell_nothing(claim, collector, type, value);
	else if (strchr(type, '|'))
		tell_composite(claim, collector, type, value);
	else
		tell_single(claim, collector, type, value);
}

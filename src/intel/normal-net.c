/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts, addresses, URLs and e-mail addresses. */
#include "intel/normal-private.h"

#include <idn2.h>

#include "base/limits.h"
#include "base/text.h"
#include "intel/address.h"
#include "intel/words.h"

#define HOST_BYTES   253
#define LABEL_BYTES  63
#define SCHEME_BYTES 32

/* ---- hosts ---- */

static Slice trim_dots(Slice s)
{
	s = words_trim(s);
	while (s.size > 0 && s.data[s.size - 1] == '.')
		s.size--;
	while (s.size > 0 && s.data[0] == '.')
		s = words_from(s, 1);
	return s;
}

static gboolean is_ascii(Slice s)
{
	for (gsize i = 0; i < s.size; i++) {
		if (s.data[i] >= 0x80)
			return FALSE;
	}
	return TRUE;
}

static const char *check_label(const char *label, gsize size)
{
	if (size == 0)
		return "has an empty part between dots";
	if (size > LABEL_BYTES)
		return "has a part of more than 63 characters";
	for (gsize i = 0; i < size; i++) {
		if (!g_ascii_isalnum(label[i]) && label[i] != '-' && label[i] != '_')
			return "has a character that host names do not have";
	}
	return NULL;
}

/* Appends @text in lower case where it is a name of ASCII letters; else leaves @ret as it was. */
static const char *append_ascii_host(GString *ret, Slice text)
{
	gsize start = ret->len, label = start;
	gboolean is_number = TRUE;
	const char *problem = NULL;

	if (text.size > HOST_BYTES)
		return "is longer than 253 characters";
	for (gsize i = 0; i < text.size; i++)
		g_string_append_c(ret, g_ascii_tolower((char)text.data[i]));
	for (gsize i = start; i <= ret->len && !problem; i++) {
		if (i < ret->len && ret->str[i] != '.')
			continue;
		problem = check_label(&ret->str[label], i - label);
		is_number = TRUE;
		for (gsize k = label; k < i; k++)
			is_number = is_number && g_ascii_isdigit(ret->str[k]);
		label = i + 1;
	}
	if (!problem && is_number)
		problem = "ends with a number, as no host name does";
	if (problem)
		g_string_truncate(ret, start);
	return problem;
}

static const char *append_idn_host(GString *ret, Slice text)
{
	g_autofree char *name = NULL;
	const char *problem;
	char *ascii = NULL;

	/* Each character of a name is at most four bytes; more is not worth libidn2's work. */
	if (text.size > 4 * HOST_BYTES || words_find(text, 0, 0) < text.size)
		return "is longer than 253 characters";
	name = g_strndup((const char *)text.data, text.size);
	if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return "is no internationalized host name";
	problem = append_ascii_host(ret, trim_dots(slice_from_text(ascii)));
	idn2_free(ascii);
	return problem;
}

const char *normal_append_host(GString *ret, Slice text)
{
	text = trim_dots(text);
	if (text.size == 0)
		return "is empty";
	return is_ascii(text) ? append_ascii_host(ret, text) : append_idn_host(ret, text);
}

/* ---- addresses ---- */

const char *normal_append_address(GString *ret, Slice text)
{
	Address address;

	if (!address_parse(words_trim(text), &address))
		return "is no IP address";
	address_append(ret, &address);
	return NULL;
}

const char *normal_append_network(GString *ret, Slice text)
{
	Address address;
	guint length;

	if (!address_parse_network(words_trim(text), &address, &length))
		return "is no network of IP addresses";
	address_append(ret, &address);
	g_string_append_printf(ret, "/%u", length);
	return NULL;
}

/* ---- URLs ---- */

static gboolean is_scheme(Slice s)
{
	if (s.size == 0 || s.size > SCHEME_BYTES || !g_ascii_isalpha(s.data[0]))
		return FALSE;
	for (gsize i = 1; i < s.size; i++) {
		if (!g_ascii_isalnum(s.data[i]) && s.data[i] != '+' && s.data[i] != '-' &&
			s.data[i] != '.')
			return FALSE;
	}
	return TRUE;
}

/* Takes the scheme and "//" off *@rest; "http" where there is none. */
static Slice take_scheme(Slice *rest)
{
	gsize colon = words_find(*rest, 0, ':');
	Slice scheme = slice_sub(*rest, 0, colon);

	if (words_has_prefix(words_from(*rest, colon), "://") && is_scheme(scheme)) {
		*rest = words_from(*rest, colon + 3);
		return scheme;
	}
	if (words_has_prefix(*rest, "//"))
		*rest = words_from(*rest, 2);
	return slice_from_text("http");
}

static guint default_port(Slice scheme)
{
	static const struct {
		const char *scheme;
		guint port;
	} defaults[] = { { "http", 80 }, { "https", 443 }, { "ftp", 21 }, { "ws", 80 },
		{ "wss", 443 } };

	for (guint i = 0; i < G_N_ELEMENTS(defaults); i++) {
		if (words_equal(scheme, defaults[i].scheme))
			return defaults[i].port;
	}
	return 0;
}

/* "" is the default port: 0. */
static gboolean parse_port(Slice text, guint *ret)
{
	guint port = 0;

	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
		port = port * 10 + (guint)(text.data[i] - '0');
		if (port > 65535)
			return FALSE;
	}
	*ret = port;
	return TRUE;
}

/* Host and port of a URL, without the user before them. */
static const char *append_authority(GString *ret, Slice scheme, Slice authority)
{
	gsize host_end = authority.size, after;
	const char *problem;
	Address address;
	guint port = 0;
	Slice host;

	for (gsize i = authority.size; i-- > 0;) {
		if (authority.data[i] == '@') {
			authority = words_from(authority, i + 1);
			break;
		}
	}
	if (authority.size > 0 && authority.data[0] == '[')
		after = words_find(authority, 0, ']') + 1;
	else
		after = words_find(authority, 0, ':');
	host_end = MIN(after, authority.size);
	host = slice_sub(authority, 0, host_end);
	if (host.size == 0)
		return "has no host";
	authority = words_from(authority, host_end);
	if (authority.size > 0 &&
		(authority.data[0] != ':' || !parse_port(words_from(authority, 1), &port)))
		return "has no number as its port";
	if (address_parse(host, &address)) {
		if (address.n_bits == 128)
			g_string_append_c(ret, '[');
		address_append(ret, &address);
		if (address.n_bits == 128)
			g_string_append_c(ret, ']');
	} else {
		problem = normal_append_host(ret, host);
		if (problem)
			return problem;
	}
	if (port != 0 && port != default_port(scheme))
		g_string_append_printf(ret, ":%u", port);
	return NULL;
}

static gsize authority_size(Slice rest)
{
	gsize size = 0;

	while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?' &&
		rest.data[size] != '#')
		size++;
	return size;
}

const char *normal_append_url(GString *ret, Slice text)
{
	gsize start = ret->len, size;
	Slice rest = words_trim(text), scheme;
	const char *problem;

	for (gsize i = 0; i < rest.size; i++) {
		if (rest.data[i] <= ' ' || rest.data[i] == 0x7f)
			return "has a blank or a control character in it";
	}
	scheme = take_scheme(&rest);
	for (gsize i = 0; i < scheme.size; i++)
		g_string_append_c(ret, g_ascii_tolower((char)scheme.data[i]));
	g_string_append(ret, "://");
	size = authority_size(rest);
	problem = append_authority(ret, scheme, slice_sub(rest, 0, size));
	if (problem) {
		g_string_truncate(ret, start);
		return problem;
	}
	rest = words_from(rest, size);
	rest = slice_sub(rest, 0, words_find(rest, 0, '#'));
	if (rest.size == 0 || rest.data[0] != '/')
		g_string_append_c(ret, '/');
	words_append(ret, rest);
	return NULL;
}

/* ---- e-mail ---- */

/* The address in "Name <address>". */
static Slice without_name(Slice text)
{
	gsize open = words_find(text, 0, '<');

	if (open < text.size && text.data[text.size - 1] == '>')
		return words_trim(words_range(text, open + 1, text.size - 1));
	return text;
}

const char *normal_append_email(GString *ret, Slice text)
{
	gsize start = ret->len, at;
	const char *problem;
	Slice user;

	text = without_name(words_trim(text));
	if (words_has_prefix(text, "mailto:"))
		text = words_from(text, strlen("mailto:"));
	for (at = text.size; at > 0 && text.data[at - 1] != '@'; at--)
		;
	if (at < 2)
		return "is no e-mail address";
	user = slice_sub(text, 0, at - 1);
	for (gsize i = 0; i < user.size; i++) {
		if (user.data[i] <= ' ' || strchr("<>(),;:\"@[]\\\x7f", user.data[i]))
			return "has a character that e-mail addresses do not have";
	}
	text_append_folded(ret, user);
	g_string_append_c(ret, '@');
	problem = normal_append_host(ret, words_from(text, at));
	if (problem)
		g_string_truncate(ret, start);
	return problem;
}

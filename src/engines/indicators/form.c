/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/form.h"

#include <arpa/inet.h>

#include "base/text.h"

guint form_hash_bytes(IndicatorKind kind)
{
	switch (kind) {
	case INDICATOR_MD5:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		return 16;
	case INDICATOR_SHA1:
		return 20;
	case INDICATOR_SHA256:
		return 32;
	default:
		return 0;
	}
}

gboolean form_from_hex(Slice digits, guint8 *ret, gsize n)
{
	if (digits.size != 2 * n)
		return FALSE;
	for (gsize i = 0; i < n; i++) {
		int high = g_ascii_xdigit_value((char)digits.data[2 * i]);
		int low = g_ascii_xdigit_value((char)digits.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return FALSE;
		ret[i] = (guint8)(high << 4 | low);
	}
	return TRUE;
}

/* A number of one to three digits, up to 255, without leading zero, at *at; -1 where there is none.
 */
static int read_octet(Slice text, gsize *at)
{
	gsize start = *at;
	guint number = 0;

	while (*at < text.size && *at - start < 3 && (guint8)(text.data[*at] - '0') < 10)
		number = number * 10 + (text.data[(*at)++] - '0');
	if (*at == start || number > 255 || (text.data[start] == '0' && *at - start > 1))
		return -1;
	return (int)number;
}

gboolean form_from_ipv4(Slice text, guint8 ret[4])
{
	gsize at = 0;

	for (guint part = 0; part < 4; part++) {
		int octet;

		if (part > 0 && (at >= text.size || text.data[at++] != '.'))
			return FALSE;
		octet = read_octet(text, &at);
		if (octet < 0)
			return FALSE;
		ret[part] = (guint8)octet;
	}
	return at == text.size;
}

guint form_from_ipv6(Slice text, guint8 ret[16])
{
	static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	char copy[INET6_ADDRSTRLEN];

	if (text.size < 2 || text.size >= sizeof(copy))
		return 0;
	memcpy(copy, text.data, text.size);
	copy[text.size] = 0;
	if (inet_pton(AF_INET6, copy, ret) != 1)
		return 0;
	if (memcmp(ret, mapped, sizeof(mapped)) != 0)
		return 16;
	memmove(ret, &ret[12], 4);
	return 4;
}

Slice form_url_host(Slice rest)
{
	gsize end = 0;

	if (rest.size && rest.data[0] == '[') {
		while (end < rest.size && rest.data[end] != ']')
			end++;
		return slice_sub(rest, 1, end ? end - 1 : 0);
	}
	while (end < rest.size && !memchr("/:?#", rest.data[end], 4))
		end++;
	return slice_sub(rest, 0, end);
}

gboolean form_is_tail(IndicatorKind kind, char *ret_separator)
{
	*ret_separator = kind == INDICATOR_HOST ? '.' : '\\';
	return kind == INDICATOR_HOST || kind == INDICATOR_FILE_PATH ||
		kind == INDICATOR_REGISTRY_KEY;
}

/* ---- making ---- */

static gboolean append_bytes(GString *ret, const guint8 *bytes, gsize n)
{
	if (n > 0)
		g_string_append_len(ret, (const char *)bytes, (gssize)n);
	return n > 0;
}

static gsize parse_address(Slice text, guint8 ret[16])
{
	return form_from_ipv4(text, ret) ? 4 : form_from_ipv6(text, ret);
}

static gboolean append_network(GString *ret, Slice text)
{
	const guint8 *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
	gsize at = slash ? (gsize)(slash - text.data) : text.size;
	guint8 address[16];
	gsize n = parse_address(slice_sub(text, 0, at), address);
	Slice digits = slice_sub(text, at + 1, text.size);
	guint length = 0;

	if (!slash || n == 0 || digits.size == 0 || digits.size > 3)
		return FALSE;
	for (gsize i = 0; i < digits.size; i++) {
		if (!g_ascii_isdigit((char)digits.data[i]))
			return FALSE;
		length = length * 10 + (digits.data[i] - '0');
	}
	if (length > n * 8)
		return FALSE;
	g_string_append_c(ret, (char)length);
	return append_bytes(ret, address, n);
}

static gboolean append_url(GString *ret, const char *url)
{
	const char *rest = strstr(url, "://");

	if (!rest || rest == url || !rest[3])
		return FALSE;
	g_string_append(ret, rest + 3);
	g_string_append_c(ret, 0);
	g_string_append_len(ret, url, rest - url);
	return TRUE;
}

/* Folded, with "\" as separator, none at the ends. */
static gboolean append_path(GString *ret, Slice text)
{
	gsize start = ret->len, n_first = 0;

	text_append_folded(ret, text);
	for (gsize i = start; i < ret->len; i++)
		ret->str[i] = ret->str[i] == '/' ? '\\' : ret->str[i];
	while (ret->len > start && ret->str[ret->len - 1] == '\\')
		g_string_truncate(ret, ret->len - 1);
	while (start + n_first < ret->len && ret->str[start + n_first] == '\\')
		n_first++;
	g_string_erase(ret, (gssize)start, (gssize)n_first);
	return ret->len > start;
}

/* A registry key keeps its slashes: they may be part of a name there. */
static gboolean append_key(GString *ret, Slice text)
{
	gsize start = ret->len;

	while (text.size && text.data[text.size - 1] == '\\')
		text.size--;
	while (text.size && text.data[0] == '\\')
		text = slice_sub(text, 1, text.size);
	text_append_folded(ret, text);
	return ret->len > start;
}

gboolean form_append(GString *ret, const Indicator *indicator)
{
	Slice text = slice_from_text(indicator->value);
	guint8 bytes[32];
	guint n = form_hash_bytes(indicator->kind);

	if (text.size == 0)
		return FALSE;
	switch (indicator->kind) {
	case INDICATOR_MD5:
	case INDICATOR_SHA1:
	case INDICATOR_SHA256:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		return form_from_hex(text, bytes, n) && append_bytes(ret, bytes, n);
	case INDICATOR_ADDRESS:
		return append_bytes(ret, bytes, parse_address(text, bytes));
	case INDICATOR_NETWORK:
		return append_network(ret, text);
	case INDICATOR_URL:
		return append_url(ret, indicator->value);
	case INDICATOR_FILE_PATH:
		return append_path(ret, text);
	case INDICATOR_REGISTRY_KEY:
		return append_key(ret, text);
	case INDICATOR_FILE_NAME:
	case INDICATOR_PIPE:
		text_append_folded(ret, text);
		return TRUE;
	case INDICATOR_FILE_PATTERN:
		g_string_append(ret, indicator->value);
		g_string_append_c(ret, 0);
		g_string_append(ret, indicator->exception ? indicator->exception : "");
		return TRUE;
	default:
		g_string_append(ret, indicator->value);
		return TRUE;
	}
}

Slice form_key(IndicatorKind kind, Slice value)
{
	const guint8 *end = NULL;

	if ((kind == INDICATOR_URL || kind == INDICATOR_FILE_PATTERN) && value.size)
		end = memchr(value.data, 0, value.size);
	return end ? slice_sub(value, 0, (gsize)(end - value.data)) : value;
}

guint64 form_hash(IndicatorKind kind, Slice key, guint64 *ret_gate)
{
	guint64 hash = key_start(kind);
	gsize end = key.size;
	char separator;

	*ret_gate = 0;
	if (kind == INDICATOR_URL) {
		*ret_gate = key_gate(key_hash(kind, form_url_host(key)));
		return key_hash(kind, key);
	}
	if (!form_is_tail(kind, &separator))
		return key_hash(kind, key);
	for (gsize i = key.size; i-- > 0;) {
		if (key.data[i] != (guint8)separator)
			continue;
		hash = key_add(hash, slice_sub(key, i + 1, end - i - 1));
		if (end == key.size)
			*ret_gate = key_gate(hash);
		end = i;
	}
	hash = key_add(hash, slice_sub(key, 0, end));
	if (end == key.size)
		*ret_gate = key_gate(hash);
	if (kind == INDICATOR_HOST)
		*ret_gate = 0;
	return hash;
}

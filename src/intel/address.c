/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/address.h"

#include "intel/words.h"

#define IPV4_BITS    32
#define IPV6_BITS    128
#define IPV6_GROUPS  8
#define MAPPED_BYTES 12 /* ten of 0 and two of 0xff before an IPv4-mapped address */

/* "192.0.2.1": four numbers, no leading zeros. */
static gboolean parse_ipv4(Slice text, guint8 *ret)
{
	guint n_numbers = 0, number = 0, n_digits = 0;

	if (text.size < 7 || text.size > 15)
		return FALSE;
	for (gsize i = 0; i <= text.size; i++) {
		if (i == text.size || text.data[i] == '.') {
			if (n_digits == 0 || n_numbers == 4)
				return FALSE;
			ret[n_numbers++] = (guint8)number;
			number = n_digits = 0;
			continue;
		}
		if (!g_ascii_isdigit(text.data[i]) || (n_digits > 0 && number == 0))
			return FALSE;
		number = number * 10 + (guint)(text.data[i] - '0');
		n_digits++;
		if (number > 255)
			return FALSE;
	}
	return n_numbers == 4;
}

typedef struct Groups {
	guint16 values[IPV6_GROUPS];
	guint n;
	int gap; /* where "::" stands, or -1 */
} Groups;

static gboolean take_group(Groups *groups, Slice text, gsize *at)
{
	guint value = 0, n_digits = 0;
	gsize i = *at;

	for (; i < text.size && n_digits < 4 && g_ascii_isxdigit(text.data[i]); i++, n_digits++)
		value = value * 16 + (guint)g_ascii_xdigit_value((char)text.data[i]);
	if (n_digits > 0 && i < text.size && text.data[i] == '.') {
		guint8 last[4];

		if (groups->n > IPV6_GROUPS - 2 || !parse_ipv4(words_from(text, *at), last))
			return FALSE;
		groups->values[groups->n++] = (guint16)(last[0] << 8 | last[1]);
		groups->values[groups->n++] = (guint16)(last[2] << 8 | last[3]);
		*at = text.size;
		return TRUE;
	}
	if (n_digits == 0 || groups->n == IPV6_GROUPS)
		return FALSE;
	groups->values[groups->n++] = (guint16)value;
	*at = i;
	return TRUE;
}

static gboolean take_groups(Groups *groups, Slice text)
{
	gsize at = 0;

	if (text.size >= 2 && text.data[0] == ':' && text.data[1] == ':') {
		groups->gap = 0;
		at = 2;
	}
	while (at < text.size) {
		if (!take_group(groups, text, &at))
			return FALSE;
		if (at == text.size)
			break;
		if (text.data[at++] != ':' || at == text.size)
			return FALSE;
		if (text.data[at] == ':') {
			if (groups->gap >= 0)
				return FALSE;
			groups->gap = (int)groups->n;
			at++;
		}
	}
	return groups->gap >= 0 ? groups->n < IPV6_GROUPS : groups->n == IPV6_GROUPS;
}

static gboolean parse_ipv6(Slice text, guint8 *ret)
{
	Groups groups = { .gap = -1 };
	guint n_zero, from = 0;

	if (text.size < 2 || text.size > 45 || !take_groups(&groups, text))
		return FALSE;
	n_zero = IPV6_GROUPS - groups.n;
	for (guint i = 0; i < IPV6_GROUPS; i++) {
		gboolean in_gap =
			groups.gap >= 0 && i >= (guint)groups.gap && i < (guint)groups.gap + n_zero;
		guint value = in_gap ? 0 : groups.values[from++];

		ret[2 * i] = (guint8)(value >> 8);
		ret[2 * i + 1] = (guint8)value;
	}
	return TRUE;
}

static gboolean is_mapped(const guint8 *bytes)
{
	static const guint8 prefix[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

	return memcmp(bytes, prefix, sizeof(prefix)) == 0;
}

gboolean address_parse(Slice text, Address *ret)
{
	Address address = { .n_bits = IPV4_BITS };

	if (parse_ipv4(text, address.bytes)) {
		*ret = address;
		return TRUE;
	}
	if (text.size > 2 && text.data[0] == '[' && text.data[text.size - 1] == ']')
		text = slice_sub(text, 1, text.size - 2);
	text = slice_sub(text, 0, words_find(text, 0, '%'));
	if (!parse_ipv6(text, address.bytes))
		return FALSE;
	address.n_bits = IPV6_BITS;
	if (is_mapped(address.bytes)) {
		for (guint i = 0; i < 4; i++)
			address.bytes[i] = address.bytes[MAPPED_BYTES + i];
		memset(&address.bytes[4], 0, sizeof(address.bytes) - 4);
		address.n_bits = IPV4_BITS;
	}
	*ret = address;
	return TRUE;
}

/* The length of a prefix, as a number or as a mask. */
static gboolean parse_length(Slice text, guint n_bits, guint *ret)
{
	guint number = 0;
	Address mask;

	if (address_parse(text, &mask) && mask.n_bits == IPV4_BITS && n_bits == IPV4_BITS) {
		guint32 bits = (guint32)mask.bytes[0] << 24 | (guint32)mask.bytes[1] << 16 |
			(guint32)mask.bytes[2] << 8 | mask.bytes[3];

		for (; bits & 0x80000000u; bits <<= 1)
			number++;
		*ret = number;
		return bits == 0;
	}
	if (text.size < 1 || text.size > 3)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
		number = number * 10 + (guint)(text.data[i] - '0');
	}
	*ret = number;
	return number <= n_bits;
}

gboolean address_parse_network(Slice text, Address *ret, guint *ret_length)
{
	gsize slash = words_find(text, 0, '/');
	Slice before = slice_sub(text, 0, slash);
	gboolean is_ipv6 = words_find(before, 0, ':') < before.size;
	Address address;
	guint length;

	if (slash == text.size || !address_parse(before, &address))
		return FALSE;
	if (!parse_length(words_from(text, slash + 1), is_ipv6 ? IPV6_BITS : IPV4_BITS, &length))
		return FALSE;
	if (is_ipv6 && address.n_bits == IPV4_BITS) {
		if (length < MAPPED_BYTES * 8)
			return FALSE;
		length -= MAPPED_BYTES * 8;
	}
	for (guint i = length; i < address.n_bits; i++)
		address.bytes[i / 8] &= (guint8) ~(0x80u >> i % 8);
	*ret = address;
	*ret_length = length;
	return TRUE;
}

void address_append(GString *ret, const Address *address)
{
	guint16 groups[IPV6_GROUPS];
	guint best = 0, n_best = 0;

	if (address->n_bits == IPV4_BITS) {
		for (guint i = 0; i < 4; i++)
			g_string_append_printf(ret, i ? ".%u" : "%u", address->bytes[i]);
		return;
	}
	for (guint i = 0; i < IPV6_GROUPS; i++)
		groups[i] = (guint16)(address->bytes[2 * i] << 8 | address->bytes[2 * i + 1]);
	for (guint i = 0, n = 0; i < IPV6_GROUPS; i++) {
		n = groups[i] == 0 ? n + 1 : 0;
		if (n > n_best) {
			n_best = n;
			best = i + 1 - n;
		}
	}
	for (guint i = 0; i < IPV6_GROUPS; i++) {
		if (n_best > 1 && i == best) {
			g_string_append(ret, "::");
			i += n_best - 1;
			continue;
		}
		if (i > 0 && !(n_best > 1 && i == best + n_best))
			g_string_append_c(ret, ':');
		g_string_append_printf(ret, "%x", groups[i]);
	}
}

gboolean address_is_in(const Address *address, const Address *network, guint length)
{
	guint whole = length / 8, rest = length % 8;

	if (address->n_bits != network->n_bits || length > address->n_bits)
		return FALSE;
	if (memcmp(address->bytes, network->bytes, whole) != 0)
		return FALSE;
	return rest == 0 || (address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}

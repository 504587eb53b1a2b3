/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "stix/address.h"

static gboolean parse_prefix(Slice text, guint most, guint *ret)
{
	guint number = 0;

	if (text.size == 0 || text.size > 3 || (text.size > 1 && text.data[0] == '0'))
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
		number = number * 10 + (guint)(text.data[i] - '0');
	}
	*ret = number;
	return number <= most;
}

static void unmap(StixNetwork *network)
{
	static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (network->n_bytes != 16 || network->prefix < 96 ||
		memcmp(network->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(network->bytes, network->bytes + 12, 4);
	network->n_bytes = 4;
	network->prefix -= 96;
}

gboolean stix_network_parse(Slice text, StixNetwork *ret)
{
	const guint8 *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
	gsize size = slash ? (gsize)(slash - text.data) : text.size;
	char address[INET6_ADDRSTRLEN + 1];
	StixNetwork network = { 0 };

	if (size == 0 || size >= sizeof(address))
		return FALSE;
	memcpy(address, text.data, size);
	address[size] = '\0';
	if (strlen(address) != size)
		return FALSE;
	if (inet_pton(AF_INET, address, network.bytes) == 1)
		network.n_bytes = 4;
	else if (inet_pton(AF_INET6, address, network.bytes) == 1)
		network.n_bytes = 16;
	else
		return FALSE;
	network.prefix = network.n_bytes * 8;
	if (slash &&
		!parse_prefix(
			slice_sub(text, size + 1, text.size), network.prefix, &network.prefix))
		return FALSE;
	if (slash && size + 1 == text.size)
		return FALSE;
	unmap(&network);
	*ret = network;
	return TRUE;
}

gboolean stix_network_contains(const StixNetwork *outer, const StixNetwork *inner)
{
	guint whole = outer->prefix / 8, rest = outer->prefix % 8;
	guint8 mask = (guint8)(0xff << (8 - rest));

	if (outer->n_bytes != inner->n_bytes || outer->prefix > inner->prefix)
		return FALSE;
	if (memcmp(outer->bytes, inner->bytes, whole) != 0)
		return FALSE;
	return rest == 0 || ((outer->bytes[whole] ^ inner->bytes[whole]) & mask) == 0;
}

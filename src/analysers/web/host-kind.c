/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-kind: a host where it is of the kind that the parameter names: "ipv4", "ipv6" or "name". A
 * port behind it is cut off, brackets around an IPv6 address, too. With "type" what kind it is, as
 * STIX calls it: ipv4-addr, ipv6-addr or domain-name.
 */
#include <arpa/inet.h>

#include "analysers/web/web.h"

typedef enum HostKind {
	HOST_NAME,
	HOST_IPV4,
	HOST_IPV6,
} HostKind;

static const struct {
	const char *parameter, *type;
} KINDS[] = {
	[HOST_NAME] = { "name", "domain-name" },
	[HOST_IPV4] = { "ipv4", "ipv4-addr" },
	[HOST_IPV6] = { "ipv6", "ipv6-addr" },
};

static gboolean is_digits(Slice text)
{
	for (gsize i = 0; i < text.size; i++)
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
	return text.size > 0;
}

static Slice without_port(Slice host)
{
	const guint8 *end;
	gsize at = host.size;

	if (host.size > 2 && host.data[0] == '[') {
		end = memchr(host.data, ']', host.size);
		return end ? slice_sub(host, 1, (gsize)(end - host.data) - 1) : host;
	}
	end = memchr(host.data, ':', host.size);
	if (end)
		at = (gsize)(end - host.data);
	return end && is_digits(slice_sub(host, at + 1, G_MAXSIZE)) ? slice_sub(host, 0, at) : host;
}

static HostKind kind_of(Slice host)
{
	char text[INET6_ADDRSTRLEN + 1];
	guint8 address[16];

	if (host.size >= sizeof(text))
		return HOST_NAME;
	memcpy(text, host.data, host.size);
	text[host.size] = '\0';
	if (inet_pton(AF_INET, text, address) == 1)
		return HOST_IPV4;
	return inet_pton(AF_INET6, text, address) == 1 ? HOST_IPV6 : HOST_NAME;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	for (guint i = 0; i < n_inputs; i++) {
		Slice host = fact_is_empty(inputs[i]) ? SLICE_EMPTY : without_port(inputs[i]);
		HostKind kind;

		if (host.size == 0)
			continue;
		kind = kind_of(host);
		if (strcmp(parameter, "type") == 0) {
			g_string_append(ret, KINDS[kind].type);
			return TRUE;
		}
		if (strcmp(parameter, KINDS[kind].parameter) != 0)
			continue;
		fact_append(ret, host);
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_host_kind = {
	.name = "host-kind",
	.description = "a host where it is an IPv4 or IPv6 address, or a name",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = ANALYSER_MAX_INPUTS,
	.needs_parameter = TRUE,
	.compute = compute,
};

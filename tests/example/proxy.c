/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of the company's proxy, PROXY01: squid's own format. What people and machines fetch all
 * day, and three lines that do not belong: host names that advisory AA21-200A tells.
 */
#include "world.h"

#define N_ORDINARY 700
#define UPDATE	   "GET http://updates.example.com/agent.cab - HIER_NONE/- application/octet-stream"

typedef struct Line {
	Instant time;
	guint sequence;
	const char *text; /* all behind the time */
} Line;

/* What stands before the number of bytes, and what behind it. */
static const struct {
	const char *result, *request;
} ordinary[] = {
	{ "TCP_TUNNEL/200", "CONNECT mail.example.org:443 - HIER_DIRECT/198.51.100.25 -" },
	{ "TCP_TUNNEL/200", "CONNECT www.wikipedia.org:443 - HIER_DIRECT/198.51.100.61 -" },
	{ "TCP_TUNNEL/200", "CONNECT github.com:443 - HIER_DIRECT/198.51.100.62 -" },
	{ "TCP_TUNNEL/200", "CONNECT login.microsoftonline.com:443 - HIER_DIRECT/198.51.100.63 -" },
	{ "TCP_MISS/200",
		"GET http://news.example.net/today - HIER_DIRECT/198.51.100.26 text/html" },
	{ "TCP_HIT/200", UPDATE },
	{ "TCP_MISS/304", "GET http://weather.example.net/week - HIER_DIRECT/198.51.100.27 -" },
};

static gint compare_lines(gconstpointer a, gconstpointer b)
{
	const Line *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static void add(World *w, GArray *lines, Instant time, const char *client, const char *rest)
{
	const Line line = { time, lines->len,
		world_text(w, "%6u %s %s", world_random(w, 9, 900), client, rest) };

	g_array_append_val(lines, line);
}

static void everyday(World *w, GArray *lines)
{
	const HostId clients[] = { HOST_WS01, HOST_WS02, HOST_WS01, HOST_WS02, HOST_EXCH01 };

	for (guint i = 0; i < N_ORDINARY; i++) {
		Instant day = world_time(world_random(w, 0, WORLD_DAYS), 7, 0, 0);
		HostId host = clients[world_random(w, 0, G_N_ELEMENTS(clients))];
		/* The mail server only fetches its updates. */
		guint kind = host == HOST_EXCH01 ? 5 : world_random(w, 0, G_N_ELEMENTS(ordinary));

		const char *rest = world_text(w, "%s %u %s", ordinary[kind].result,
			world_random(w, 400, 90000), ordinary[kind].request);

		add(w, lines, world_moment(w, day, 11 * WORLD_HOUR), world_host(host)->address,
			rest);
	}
}

/* A link in a mail, opened on Monday morning; and the mail server, at night. */
static void what_does_not_belong(World *w, GArray *lines)
{
	add(w, lines, world_time(3, 8, 12, 40), world_host(HOST_WS01)->address,
		"TCP_MISS/200 18422 GET http://mlcdailynews.com/asia/statement.html - "
		"HIER_DIRECT/203.0.113.80 text/html");
	add(w, lines, world_time(3, 2, 44, 3), world_host(HOST_EXCH01)->address,
		"TCP_TUNNEL/200 5120 CONNECT microsql-update.info:443 - HIER_DIRECT/203.0.113.81 "
		"-");
	add(w, lines, world_time(5, 2, 6, 31), world_host(HOST_EXCH01)->address,
		"TCP_TUNNEL/200 209715200 CONNECT www.microsql-update.info:443 - "
		"HIER_DIRECT/203.0.113.81 -");
}

gboolean proxy_write(World *w, const char *folder, GError **error)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));
	g_autoptr(GString) text = g_string_new(NULL);

	everyday(w, lines);
	what_does_not_belong(w, lines);
	g_array_sort(lines, compare_lines);
	for (guint i = 0; i < lines->len; i++) {
		const Line *line = &g_array_index(lines, Line, i);

		g_string_append_printf(text, "%" G_GINT64_FORMAT ".%03u %s\n",
			line->time / INSTANT_SECOND,
			(guint)(line->time % INSTANT_SECOND / (INSTANT_SECOND / 1000)), line->text);
	}
	return world_write_file(folder, "PROXY01/access.log", text->str, text->len, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan-servers.h"

#include <string.h>

#include "cli/rows.h"

#define SERVERS_SHOWN 4
#define INDENT	      "           "

static gint compare_servers(gconstpointer a, gconstpointer b)
{
	const AssessedServer *left = *(AssessedServer *const *)a;
	const AssessedServer *right = *(AssessedServer *const *)b;
	const StageFacts *mine = assessed_server_reached(left);
	const StageFacts *theirs = assessed_server_reached(right);
	int order = (theirs ? (int)theirs->number : -1) - (mine ? (int)mine->number : -1);

	return order ? order : strcmp(left->name, right->name);
}

/* The furthest first; among equals in order of name. */
static GPtrArray *order_servers(const Assessment *assessment)
{
	GPtrArray *ordered = g_ptr_array_copy(assessment->servers, NULL, NULL);

	g_ptr_array_set_free_func(ordered, NULL); /* they are the assessment's */
	g_ptr_array_sort(ordered, compare_servers);
	return ordered;
}

static void append_reached(GString *ret, const Terminal *terminal, const AssessedServer *server)
{
	const StageFacts *reached = assessed_server_reached(server);
	g_autoptr(GString) text = g_string_new(NULL);
	char first[INSTANT_TEXT_BYTES];

	terminal_append_clipped(
		ret, server->name[0] ? server->name : "(no server named)", terminal->width / 2);
	g_string_append(ret, ": ");
	if (!reached) {
		g_string_append(ret, "no sign of an intrusion in what was assessed\n");
		return;
	}
	g_string_append(text, reached->stage->title);
	if (reached->n_patched == reached->n)
		g_string_append(text, ", on flaws that were closed");
	terminal_append_styled(terminal, ret,
		reached->stage->level >= LEVEL_HIGH ? STYLE_BAD : STYLE_WARN, text->str);
	if (assessed_server_entered(server) != INSTANT_NONE) {
		instant_format(assessed_server_entered(server), first);
		g_string_append(ret, ", since ");
		append_time(ret, first);
	}
	g_string_append_c(ret, '\n');
}

static void append_day(GString *ret, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	g_string_append_printf(ret, "%.10s", text);
}

/* "ProxyLogon: closed, was exposed 2021-01-01 to 2021-03-09, and attacked then" */
static void append_exposure(GString *ret, const Exposure *exposure)
{
	gboolean was = exposure->state != EXPOSURE_EXPOSED;
	Instant to = exposure->to != INSTANT_NONE ? exposure->to
		: was				  ? exposure->at_least
						  : INSTANT_NONE;

	g_string_append_printf(
		ret, INDENT "%s: %s", exposure->flaw, exposure_state_name(exposure->state));
	if (exposure->from != INSTANT_NONE) {
		g_string_append(ret, was ? ", was exposed " : " since ");
		append_day(ret, exposure->from);
	}
	if (exposure->from != INSTANT_NONE && to != INSTANT_NONE) {
		g_string_append(ret, " to ");
		append_day(ret, to);
	}
	g_string_append(ret, exposure->n_inside > 0 ? ", and attacked then\n" : "\n");
}

void scan_servers_append_text(GString *ret, const Terminal *terminal, const Assessment *assessment)
{
	g_autoptr(GPtrArray) servers = order_servers(assessment);

	for (guint i = 0; i < MIN(servers->len, SERVERS_SHOWN); i++) {
		const AssessedServer *server = servers->pdata[i];

		g_string_append(ret, i ? INDENT : "Exchange   ");
		append_reached(ret, terminal, server);
		for (guint k = 0; server->is_exchange && k < server->exposures->len; k++)
			append_exposure(ret, server->exposures->pdata[k]);
	}
	if (servers->len > SERVERS_SHOWN)
		g_string_append_printf(ret, INDENT "and %u more: spoor show servers\n",
			servers->len - SERVERS_SHOWN);
}

void scan_servers_append_json(Json *j, const Assessment *assessment)
{
	json_key(j, "exchange");
	json_array_begin(j);
	for (guint i = 0; i < assessment->servers->len; i++) {
		const AssessedServer *server = assessment->servers->pdata[i];
		const StageFacts *reached = assessed_server_reached(server);

		json_object_begin(j);
		json_member_text(j, "server", server->name);
		json_member_text(j, "reached", reached ? reached->stage->slug : NULL);
		json_key(j, "flaws");
		json_object_begin(j);
		for (guint k = 0; k < server->exposures->len; k++) {
			const Exposure *exposure = server->exposures->pdata[k];

			json_member_text(j, exposure->flaw, exposure_state_name(exposure->state));
		}
		json_object_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

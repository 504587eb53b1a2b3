/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers: which server each piece of evidence belongs to.
 *
 * "ex01" and "ex01.corp.example" are one server, unless the case has two with that first label.
 * Addresses, "localhost" and the like name none. Where events name none, the folders decide: the
 * nearest one above in which some evidence names a server, if that is just one, or just one of them
 * is an Exchange server. Evidence that names several (a list of all servers, forwarded events) says
 * nothing about its folder where other evidence in it does. Archives are folders.
 */
#pragma once

#include "assessment/evidence-table.h"
#include "assessment/patch-window.h"
#include "case/case.h"

/* A server while its evidence is gathered. */
typedef struct Server {
	char *key;	       /* "" for what belongs to none */
	GHashTable *spellings; /* name as evidence has it -> how many events, GUINT_TO_POINTER */
	gboolean is_exchange;
	Instant seen, seen_last; /* when its evidence begins and ends */
	GPtrArray *proofs;	 /* BuildProof */
	GHashTable *logs;	 /* EvidenceKind -> LogWindow */
	GHashTable *windows;	 /* CVEs (guint64) -> PatchWindow */
	GPtrArray *stages;	 /* of stages.c, by the number of the stage */
	GHashTable *flaws;	 /* of stages.c: Flaw -> FlawCounts */
	GPtrArray *pages;	 /* UnverifiedPage */
} Server;

typedef struct Servers Servers;

/* Reads hosts, evidence and observations of @c. @kinds is borrowed. */
Servers *servers_load(Case *c, const BuildTable *table, const GPtrArray *kinds, GError **error);
void servers_free(Servers *servers); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Servers, servers_free)

/* The server of an event that names @host, in evidence at @path. */
Server *servers_find(Servers *servers, const char *host, const char *path);

/* All, in no order: key -> Server. */
GHashTable *servers_all(const Servers *servers);

/* What @server's builds come to for @set. */
const PatchWindow *server_window(Server *server, const BuildTable *table, CveSet set);

/* The name that evidence writes most often. */
const char *server_name(const Server *server);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the servers' text logs have of requests and people: one row at a time, and everyday traffic.
 */
#pragma once

#include "farm.h"

/* ---- HttpProxy: proxy.c -------------------------------------------------------------------------
 */

typedef struct ProxyRow {
	const char *client_request, *host, *stem, *action, *authentication;
	const char *user; /* NULL: nobody */
	const char *anchor, *agent, *address;
	guint status, back_end_status; /* 0: none */
	const char *error, *method, *hint, *cookie, *query, *generic_errors;
	gboolean proxied;
} ProxyRow; /* NULL is empty everywhere */

const char *proxy_row(Farm *f, ServerId server, LogId log, Instant time, const ProxyRow *row);
const char *proxy_header(Farm *f, ServerId server, Instant time);
void proxy_traffic(Farm *f);

/* ---- IIS, ECP and others: iis.c, ecp.c ----------------------------------------------------------
 */

typedef struct WebRow {
	const char *method, *stem, *query, *user, *address,
		*agent; /* blanks of the agent become + */
	guint port, status;
} WebRow;

const char *iis_row(Farm *f, ServerId server, Instant time, const WebRow *row);
const char *iis_header(Farm *f, Instant time);
const char *iis_error_header(Farm *f, Instant time);
void iis_traffic(Farm *f);

/* @command and @exception as Exchange has them, unquoted: quoting is done here. */
const char *ecp_server_row(Farm *f, ServerId server, Instant time, const char *command,
	const char *url, const char *exception);
const char *ecp_activity_row(
	Farm *f, ServerId server, Instant time, const char *user, const char *url);
const char *ecp_header(Farm *f, LogId log, Instant time);
void ecp_traffic(Farm *f);

/* ---- people and programs: people.c --------------------------------------------------------------
 */

typedef struct Person {
	const char *name;	      /* "kim.berg" */
	const char *sid, *mailbox;    /* mailbox is a GUID */
	const char *inside, *outside; /* addresses */
} Person;

#define PEOPLE_N 24
const Person *people_any(Farm *f);
const char *people_database(ServerId server); /* GUID */

#define ADMIN_NAME    "adm.berg"
#define ADMIN_ADDRESS "192.0.2.50"
#define ADMIN_SID     "S-1-5-21-1004336348-1177238915-682003330-1107"

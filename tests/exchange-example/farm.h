/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mail servers of examples/exchange: what they log over the days, and where it is kept.
 *
 * Text logs are written in order of time while everyday traffic is made up (proxy.c, iis.c,
 * ecp.c); what attackers, scanners and administrators do is planned before (attack.c) and falls
 * into place between it. Event logs and files are few and written at the end. What does not belong
 * is told to the truth, a table that lies outside the evidence: file, place in it, time, kind and
 * stages. Everything is drawn from one seeded generator: the same files on every machine.
 *
 * It shares no code with spoor's readers, so that the two can not be wrong in the same way.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

#define FARM_MINUTE (60 * INSTANT_SECOND)
#define FARM_HOUR   (60 * FARM_MINUTE)
#define FARM_DAY    (24 * FARM_HOUR)
#define FARM_V15    "C/Program Files/Microsoft/Exchange Server/V15/"

typedef enum ServerId { EX01, EX02, SERVER_N } ServerId;

typedef enum LogId {
	LOG_AUTODISCOVER,
	LOG_EAS,
	LOG_ECP,
	LOG_EWS,
	LOG_MAPI,
	LOG_OAB,
	LOG_OWA,
	LOG_OWA_CALENDAR,
	LOG_POWERSHELL,
	LOG_RPC_HTTP,
	LOG_PROXY_N, /* the above are HttpProxy's, one for each protocol */
	LOG_ECP_SERVER = LOG_PROXY_N,
	LOG_ECP_ACTIVITY,
	LOG_OAB_GENERATOR,
	LOG_RPS_HTTP,
	LOG_IIS_FRONT,
	LOG_IIS_BACK,
	LOG_HTTP_ERROR,
	LOG_N,
} LogId;

typedef struct Size {
	const char *name;
	guint first_day;       /* of February 2021 */
	guint days, n_servers; /* EX02's logs begin a week later */
	guint n_proxy, n_front, n_back, n_other;
	guint hours;	     /* of a log file at least; its own time where that is longer */
	gboolean everything; /* event logs and files as well */
} Size;

typedef struct Server {
	const char *name, *full_name, *address;
	Instant logs_from, updated; /* INSTANT_NONE: before its logs begin */
	gboolean bare_header;	    /* its HttpProxy logs begin with the names alone */
} Server;

typedef struct Build {
	guint major, minor, build, revision;
} Build;

typedef struct Farm Farm;

Farm *farm_new(guint64 seed, const Size *size, const char *folder);
void farm_free(Farm *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Farm, farm_free)

const Size *farm_size(const Farm *f);
const Server *farm_server(ServerId server);
Build farm_build(ServerId server, Instant time);
/* "15.1.2176.2" */
const char *farm_build_text(ServerId server, Instant time);
/* From when to when logs of @server are kept. */
Instant farm_from(const Farm *f, ServerId server);
Instant farm_to(const Farm *f);
/* The time of the everyday row at hand. */
Instant farm_now(const Farm *f);
/* A time of March 2021, or of February where @day is not positive. */
Instant farm_time(int day, guint hour, guint minute, guint second);

/* At least @low, less than @high. */
guint farm_random(Farm *f, guint low, guint high);
/* Texts live until the next everyday row: what keeps one, keeps a copy. */
const char *farm_text(Farm *f, const char *format, ...) G_GNUC_PRINTF(2, 3);
void farm_put_guid(Farm *f, GString *text);
const char *farm_guid(Farm *f);
/* "2021-03-03T05:07:11.123Z" */
void farm_put_time(GString *text, Instant time);
const char *farm_time_text(Farm *f, Instant time);

/* Splits @n rows over the hours of @server's logs, as people work; calls @row for each, in order.
 */
typedef void (*FarmRow)(Farm *f, ServerId server, LogId log, Instant time);
void farm_day_in_day_out(Farm *f, ServerId server, LogId log, guint n, FarmRow row);

/* ---- text logs ---------------------------------------------------------------------------------
 */

/* What a row is that does not belong. */
typedef struct Truth {
	const char *kind;   /* "attack", "scan" */
	const char *stages; /* that the row is proof of, with commas; "-": none */
	const char *what;   /* for people */
} Truth;

/* @line will be in @log at @time, if that is kept then. @truth may be NULL: nothing wrong. */
void farm_plan(
	Farm *f, ServerId server, LogId log, Instant time, const char *line, const Truth *truth);
/* Now comes @line, not before the one before it. */
void farm_write(Farm *f, ServerId server, LogId log, Instant time, const char *line);
/* After the last line: what is still planned, and the last file. False where writing failed. */
gboolean farm_finish(Farm *f, GError **error);

/* ---- files --------------------------------------------------------------------------------------
 */

/* "EX01/" @path below the folder. @size may be -1: a text. */
gboolean farm_file(Farm *f, ServerId server, const char *path, const char *bytes, gssize size,
	const Truth *truth, GError **error);
/* Tells that @place of the file is what @truth says. */
void farm_tell(Farm *f, ServerId server, const char *path, const char *place, Instant time,
	const Truth *truth);
gboolean farm_write_truth(Farm *f, const char *path, GError **error);

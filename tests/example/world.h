/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small network of examples/: its machines, people and logs.
 *
 * background.c and intrusion.c say what happens, in any order; each happening is an entry of one
 * host's log. world_write() sorts the entries of each log by time and writes it. Everything is
 * drawn from one seeded generator, so the same files come out on every machine.
 */
#pragma once

#include <glib.h>

#include "evtx-writer.h"

#define WORLD_DAYS   10
#define WORLD_MINUTE (60 * INSTANT_SECOND)
#define WORLD_HOUR   (60 * WORLD_MINUTE)
#define WORLD_DAY    (24 * WORLD_HOUR)

typedef enum HostId { HOST_EXCH01, HOST_DC01, HOST_FS01, HOST_WS01, HOST_WS02, HOST_N } HostId;

typedef enum LogId {
	LOG_SECURITY,
	LOG_SYSTEM,
	LOG_SYSMON,
	LOG_POWERSHELL,
	LOG_POWERSHELL_CLASSIC,
	LOG_TASKS,
	LOG_DEFENDER,
	LOG_N,
} LogId;

typedef struct Host {
	const char *name;	/* "EXCH01" */
	const char *full_name;	/* as events name the computer */
	const char *address;	/* IPv4, of the documentation range */
	const char *link_local; /* IPv6 */
} Host;

typedef struct Person {
	const char *name;
	guint relative_id; /* the last part of the SID */
	HostId workstation;
} Person;

typedef struct World World;

World *world_new(guint64 seed);
void world_free(World *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

const Host *world_host(HostId host);
/* Day 0 is 2021-02-26, UTC. */
Instant world_time(guint day, guint hour, guint minute, guint second);

/* At least @low, less than @high. */
guint world_random(World *w, guint low, guint high);
/* A random moment from @start on, within @length; to the 100 ns. */
Instant world_moment(World *w, Instant start, Instant length);

/* Text that lives as long as the world; the same text is kept once. */
const char *world_text(World *w, const char *format, ...) G_GNUC_PRINTF(2, 3);
const char *world_sid(World *w, guint relative_id); /* of the domain */
const char *world_utc(World *w, Instant time);	    /* as Sysmon writes it */
const char *world_guid(World *w);		    /* random */

/*
 * Data from pairs of "Name" or "Name:type" and text, ended by NULL; types as in make-evtx.c. The
 * name "-" stands for none.
 */
EvtxData *fields(const char *name, ...) G_GNUC_NULL_TERMINATED;

/* The event @event_id of @log happens on @host. Everything else about it is in world.c's table. */
void world_add(World *w, HostId host, LogId log, guint16 event_id, Instant time, EvtxData *data);

/* The log is cleared at @time: what was in it stays behind as slack and in freed chunks. */
void world_clear_log(World *w, HostId host, LogId log, Instant time);
/* Nothing that happens in between reaches the log. */
void world_lose(World *w, HostId host, LogId log, Instant from, Instant to);
/* One record in the middle of the log is overwritten with junk. */
void world_damage(World *w, HostId host, LogId log);

/* Writes @folder/HOST/LOG.evtx for each log with entries. */
gboolean world_write(World *w, const char *folder, GError **error);

/* Writes @folder/@path, and the folders it lies in. */
gboolean world_write_file(
	const char *folder, const char *path, const char *bytes, gsize size, GError **error);

/* What is no event log: proxy.c, files.c. */
gboolean proxy_write(World *w, const char *folder, GError **error);
gboolean files_write(const char *folder, GError **error);

/* ---- events that several parts of the story share: events.c -------------------------------------
 */

typedef struct Process {
	const char *image, *command_line, *user, *parent_image, *parent_command_line;
	const char *original_name; /* or NULL: the image's file name */
	const char *integrity;	   /* "System", "High", "Medium" */
} Process;

/* Sysmon 1; where the host has no Sysmon, Security 4688. Returns the process id. */
guint event_process(World *w, HostId host, Instant time, const Process *p);
/* 4624, and 4672 where @privileged, and 4634 after @length. @address may be "-". */
void event_logon(World *w, HostId host, Instant time, Instant length, const char *user,
	const char *sid, guint type, const char *address, gboolean privileged);
void event_file(World *w, HostId host, Instant time, const char *image, const char *path);
void event_connection(World *w, HostId host, Instant time, const char *image, const char *user,
	const char *address, guint port);
void event_name_query(World *w, HostId host, Instant time, const char *image, const char *name,
	const char *address);
void event_registry(World *w, HostId host, Instant time, const char *image, const char *key,
	const char *details);
/* PowerShell classic 400, 600 and 403, and 4104 with @script where it is not NULL. */
void event_powershell(World *w, HostId host, Instant time, const char *command_line,
	const char *script, const char *path);

void background(World *w); /* ten days of everyday life */
void intrusion(World *w);  /* and what does not belong */

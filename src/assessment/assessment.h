/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assessment: what the findings and observations of a case come to, server by server: how far an
 * intrusion got, which builds a server ran when, and hence which flaws it was exposed to.
 *
 * It is made from the case and from tables under content/tables when somebody asks, and kept
 * nowhere: the same case and tables give the same assessment. No clock goes in: "now" is the time
 * of the server's last evidence.
 *
 * Which server evidence belongs to: the server that its events name; where they name none (files,
 * logs of IIS), the one server that the evidence of the nearest folder above names, where that is
 * just one. What neither tells belongs to the server called "".
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "case/case.h"
#include "model/rule.h"

/* A row of content/tables/exchange-stages.tsv; in order of how far it is. */
typedef struct StageInfo {
	char *slug; /* "attempted", "entered", "shell-written", "shell-used", "hands-on-keyboard" */
	char *title;	 /* "Shell written" */
	char *text;	 /* one sentence: what being there means */
	RuleLevel level; /* a finding of which level it is as good as, for a scan's exit status */
} StageInfo;

/* Where a time comes from. */
typedef struct Proof {
	Instant time; /* INSTANT_NONE: unknown */
	char *path;   /* of the evidence */
	char *locator;
} Proof;

/* One build, as one source of evidence says it. */
typedef struct BuildSpan {
	char *build;	    /* "15.1.2176.2", or "15.1.2176" where the evidence has three parts */
	char *name;	    /* "Exchange 2016 CU19"; "" where the table does not know it */
	char *release_date; /* "2020-12-15", or "" */
	char *source;	    /* what says so: the title of the observation's rule */
	Proof first, last;
	guint64 n; /* events that say so */
} BuildSpan;

typedef enum ExposureState {
	EXPOSURE_UNKNOWN,	 /* no build is known, or only three parts that do not decide it */
	EXPOSURE_EXPOSED,	 /* the last build known does not close the flaw */
	EXPOSURE_CLOSED,	 /* it does */
	EXPOSURE_NOT_APPLICABLE, /* no build of this version has the flaw */
	EXPOSURE_N,
} ExposureState;

const char *exposure_state_name(ExposureState state); /* "unknown", "exposed" … */

/* One flaw (a row of content/tables/exchange-flaws.tsv) on one server. */
typedef struct Exposure {
	char *flaw;	     /* "ProxyLogon" */
	char *cves;	     /* joined by blanks: "CVE-2021-26855 …" */
	ExposureState state; /* as of the server's last build known */
	Instant from;	     /* exposed since: when the flaw was first used, or the server's first
			      * vulnerable build was there, whichever is later; INSTANT_NONE: never
			      * exposed as far as is known */
	Instant to;	  /* until: first proof of a build that closes it; INSTANT_NONE: still, or
			   * (closed) nothing tells when */
	Instant at_least; /* exposed at least until: the last proof, or the day when the first build
			   * came out that closes it, whichever is later; INSTANT_NONE: see from.
			   * Between this and @to nothing is known. */
	Proof last_exposed;			  /* last proof of a build with the flaw */
	Proof first_closed;			  /* first proof of one without, after that */
	guint64 n_inside, n_outside, n_undecided; /* findings of stages, of rules about this flaw */
	char *words; /* a sentence or two for people: the above, and what is not known */
} Exposure;

/* What was found of one stage on one server. Lists hold the first ASSESSED_NAMES, in order of time
 * (findings) or of text (others). */
#define ASSESSED_NAMES 100

typedef struct StageFacts {
	const StageInfo *stage;
	guint number;		 /* of the stage: 0 is the first */
	guint64 n;		 /* findings */
	guint64 levels[LEVEL_N]; /* of them, by the level of the finding */
	Instant first, last;	 /* of those with times of events; where there are none, of files */
	gboolean is_file_time;	 /* they are when files were last changed, which says little */
	GPtrArray *findings;	 /* ids */
	GPtrArray *rules;	 /* titles */
	GPtrArray *addresses;	 /* that asked: c-ip, ClientIpAddress … */
	GPtrArray *user_agents;	 /* likewise */
	GPtrArray *files;	 /* paths and names */
	GPtrArray *accounts;
	GPtrArray *evidence;					 /* paths */
	guint64 n_addresses, n_user_agents, n_files, n_accounts; /* of all */
	/* Findings that count as attempts since the server had closed the flaw when they happened;
	 * among those of the first stage. */
	guint64 n_patched;
} StageFacts;

/* A page under a vendor's name with bytes that no baseline has. */
typedef struct UnverifiedPage {
	char *finding, *path, *sha256;
	gboolean counts; /* the server's build is one whose pages are known: it is a stage's */
	char *words;	 /* why, or why not */
} UnverifiedPage;

typedef struct AssessedServer {
	char *name;	      /* as its evidence writes it most often; "" see above */
	gboolean is_exchange; /* some evidence of it is Exchange's */
	GPtrArray *builds;    /* BuildSpan, by first time, then build and source */
	GPtrArray *exposures; /* Exposure, in the table's order */
	GPtrArray *stages;    /* StageFacts of stages that were reached, in order */
	GPtrArray *pages;     /* UnverifiedPage, by path */
	GPtrArray *logs;      /* LogWindow, by name */
} AssessedServer;

/* From when to when a kind of log is there: "no hit" outside means nothing. */
typedef struct LogWindow {
	char *log; /* "HttpProxy", "ECP Server", "IIS" …: content/tables/exchange-evidence.tsv */
	Instant first, last;
	guint64 n_events, n_files;
	gboolean missing; /* the table asks for it, and there is none */
	char *text;	  /* what its absence leaves open */
} LogWindow;

typedef struct Assessment {
	GPtrArray *stages;  /* StageInfo, in order */
	GPtrArray *servers; /* AssessedServer: Exchange servers, and others with stages; by name */
} Assessment;

/* @tables is the folder content/tables. NULL with @error where the case can not be read, or naming
 * file, line and reason where a table is malformed. */
Assessment *assessment_new(Case *c, const char *tables, GError **error);
void assessment_free(Assessment *assessment); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Assessment, assessment_free)

/* When somebody got in, as far as events tell: the first time of any stage but the first;
 * INSTANT_NONE: nobody did, or no event tells when. */
Instant assessed_server_entered(const AssessedServer *server);

/* The furthest stage of @server, or NULL where none was reached. */
const StageFacts *assessed_server_reached(const AssessedServer *server);

/* The furthest over all servers, or NULL. */
const StageFacts *assessment_reached(const Assessment *assessment);

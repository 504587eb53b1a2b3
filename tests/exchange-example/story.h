/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs, files, and what happens that is not everyday traffic. */
#pragma once

#include "evtx-writer.h"
#include "farm.h"

/* ---- event logs: windows.c ----------------------------------------------------------------------
 */

typedef enum ChannelId {
	CHANNEL_APPLICATION,
	CHANNEL_MANAGEMENT,
	CHANNEL_SECURITY,
	CHANNEL_SYSTEM,
	CHANNEL_N,
} ChannelId;

typedef struct Windows Windows;

Windows *windows_new(Farm *f);
void windows_free(Windows *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Windows, windows_free)

/* Data from pairs of a name ("-" for none) and text, ended by NULL. */
EvtxData *windows_data(const char *name, ...) G_GNUC_NULL_TERMINATED;
void windows_add(Windows *w, ServerId server, const char *provider, guint16 event_id, Instant time,
	EvtxData *data, const Truth *truth);
void windows_everyday(Windows *w);
gboolean windows_write(Windows *w, GError **error);
/* MSExchange Management 1 */
void windows_cmdlet(Windows *w, ServerId server, Instant time, const char *cmdlet,
	const char *parameters, const char *caller, const char *sid, const Truth *truth);

/* ---- the story: attack.c, files.c ---------------------------------------------------------------
 */

void attack_plan(Farm *f, Windows *w);
gboolean files_write(Farm *f, GError **error);

/* Stands for the script that attackers wrote; it does nothing, and nothing here would run it. */
#define INERT_SCRIPT                                                                               \
	"http://f/<script language=\"JScript\" runat=\"server\">function Page_Load(){/* spoor: "   \
	"an "                                                                                      \
	"inert stand-in; nothing; here; runs */}</script>"
#define SHELL_ONE "OutlookZA.aspx" /* below owa/auth */
#define SHELL_TWO "iisadmin.aspx"  /* below aspnet_client/system_web */

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scan says of Exchange servers when it is done.
 */
#pragma once

#include "assessment/assessment.h"
#include "base/json.h"
#include "cli/terminal.h"

/* Appends two or three lines for each of the first servers: those that intruders got furthest on.
 */
void scan_servers_append_text(GString *ret, const Terminal *terminal, const Assessment *assessment);

/* The member "exchange": an array of all of them. */
void scan_servers_append_json(Json *j, const Assessment *assessment);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of evidence of an Exchange server: content/tables/exchange-evidence.tsv.
 */
#pragma once

#include <glib.h>

typedef struct EvidenceKind {
	char *name, *text;
	gboolean is_asked;	     /* an assessment needs it */
	gboolean is_exchange;	     /* only an Exchange server has it */
	GPtrArray *channels, *paths; /* GPatternSpec */
} EvidenceKind;

/* EvidenceKind, in the table's order; NULL with @error naming file, line and reason. */
GPtrArray *evidence_table_load(const char *tables, GError **error);

/* The first kind whose channel or path this is, or NULL. @channel may be "". */
const EvidenceKind *evidence_table_find(
	const GPtrArray *kinds, const char *channel, const char *path);

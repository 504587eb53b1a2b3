/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of log source tables, as logsource-read.c reads them and logsource.c puts them
 * together.
 */
#pragma once

#include "engines/sigma/logsource.h"

/* The parts of a log source. */
typedef enum LogSourcePart {
	LOGSOURCE_PRODUCT,
	LOGSOURCE_CATEGORY,
	LOGSOURCE_SERVICE,
	LOGSOURCE_N_PARTS,
} LogSourcePart;

typedef struct LogSourceEntry {
	guint line;
	const char *product, *category, *service; /* NULL where unset */
	const char *needs;    /* which evidence such events would be in, where spoor reads none */
	const char *keywords; /* of LogSourceAlternative */
	GArray *conditions;   /* of LogSourceCondition */
	GArray *fields;	      /* of LogSourceField */
} LogSourceEntry;

struct LogSourceTable {
	GPtrArray *products, *services, *categories; /* of LogSourceEntry */
	GHashTable *resolved; /* "product/category/service" -> GArray of LogSourceAlternative */
	GStringChunk *texts;
	GPtrArray *blocks; /* owns arrays of pointers (g_free) */
};

/* TRUE where two parts of a log source can be meant together: they are equal, or one is unset. */
gboolean logsource_agree(const char *a, const char *b);

/* TRUE where @service is what the category's entry @category names. */
gboolean logsource_is_service_of(const LogSourceEntry *service, const LogSourceEntry *category);

/* Reads one file's entries into @table. */
gboolean logsource_read(LogSourceTable *table, Slice yaml, GError **error);

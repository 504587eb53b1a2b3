/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expression: a branch of an OpenIOC tree as a pattern of STIX.
 *
 * What one AND asks of items of the same kind it asks of one item, as OpenIOC means it: these
 * comparisons come to stand in the same [brackets]. Those of different kinds are observations of
 * their own. Text is compared regardless of case unless preserve-case says otherwise.
 *
 *	OpenIOC                              STIX
 *	FileItem/FileName is a.exe           file:name MATCHES '(?i)^a\.exe$'
 *	… preserve-case                      file:name = 'a.exe'
 *	… contains, starts-with, ends-with   file:name MATCHES '(?i)…'
 *	… matches                            file:name MATCHES '(?i)…' with the expression as it is
 *	FileItem/SizeInBytes is [1 TO 9]     (file:size >= 1 AND file:size <= 9)
 *	FileItem/FullPath is C:\x\a.exe      (file:name … AND file:parent_directory_ref.path …)
 */
#pragma once

#include <glib.h>

#include "intel/openioc/tree.h"

/* Told of each condition that can not be said: @term is what the document calls it. */
typedef void (*ExpressionNote)(void *context, const IocNode *item, const char *reason);

/*
 * The pattern of node @i (an AND, or an item); NULL where it can not be said, after @note was
 * called. An alternative in it that can not be said is left out, after @note was called.
 */
char *expression_make(const Ioc *ioc, guint i, ExpressionNote note, void *context);

/*
 * Handles of a process are mutexes where the same AND says so: TRUE where @item is what says it and
 * is not asked for by itself.
 */
gboolean expression_is_implied(const Ioc *ioc, const IocNode *and, const IocNode *item);

/* Appends @text with what has a meaning in regular expressions escaped. */
void expression_append_literal(GString *ret, const char *text);

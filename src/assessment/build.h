/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build: which Exchange Server this is, as evidence writes it.
 *
 *	15.1.2176.2   15.01.2176.002   15.1.2176.2.   "Setup version: 15.1.2176.2"   four parts
 *	15.1.2176     15.01.2176.000   owa/auth/15.1.2176      the revision is not told
 *	Version 15.1 (Build 2176.2)    of the object in the directory: what setup wrote, which
 *security updates do not change; the revision is the least that it can be
 *
 * In the directory itself 30000 is added to the build ("Version 15.1 (Build 32176.2)").
 */
#pragma once

#include <glib.h>

#define BUILD_TEXT_BYTES 48

typedef struct Build {
	guint major, minor, build, revision;
	gboolean is_exact; /* FALSE: the revision is not told, and not below this one */
} Build;

/* The first version of an Exchange Server in @text; FALSE where there is none. */
gboolean build_parse(const char *text, Build *ret);

/* By their four numbers. */
int build_compare(const Build *a, const Build *b);

/* By the first three. */
int build_compare_update(const Build *a, const Build *b);

/*
 * Does the revision say which build it is? Logs also write the revision 0 where they do not know
 * it, so that since Exchange 2013 (which has two builds with it that hardly anybody ever ran) it
 * does not.
 */
gboolean build_is_sure(const Build *build);

/* "15.1.2176.2"; "15.1.2176" where the revision is not told at all; "15.1.2176.2 or later" where it
 * is the least. */
void build_format(const Build *build, char ret[BUILD_TEXT_BYTES]);

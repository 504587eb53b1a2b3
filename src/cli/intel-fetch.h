/* SPDX-License-Identifier: Apache-2.0 */
/* `spoor intel fetch`: becomes spoor-fetch, the only executable with a network. */
#pragma once

#include "cli/arguments.h"

#define INTEL_FETCH_OPTIONS                                                                        \
	{ 0, "collection", "ID", NULL, FALSE,                                                      \
		"fetch: only this collection, by id, alias or title; default: all that may be "    \
		"read" },                                                                          \
		{ 0, "added-after", "TIME", NULL, FALSE,                                           \
			"fetch: only what the server got later" },                                 \
		{ 0, "user", "USER", NULL, FALSE, "fetch: who asks" },                             \
		{ 0, "password-file", "FILE", NULL, FALSE,                                         \
			"fetch: the password is this file's first line" },                         \
		{ 0, "token-file", "FILE", NULL, FALSE,                                            \
			"fetch: the bearer token is this file's first line" },                     \
		{ 0, "ca", "FILE", NULL, FALSE,                                                    \
			"fetch: trust these certificates (PEM) instead of the system's" },         \
	{                                                                                          \
		0, "allow-http", NULL, NULL, FALSE, "fetch: also from other machines unencrypted"  \
	}

/* Whether one of these options was given. */
gboolean intel_fetch_is_asked(const Arguments *arguments);

/* Does not return where all is well. */
ExitStatus intel_fetch(const Arguments *arguments);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one GError domain of spoor. A failure's message is a sentence for a person: it names the
 * file, the place and the reason, since the report prints it as it stands. The code says who is to
 * act.
 */
#pragma once

#include <glib.h>

#define SPOOR_ERROR (spoor_error_quark())

typedef enum SpoorError {
	SPOOR_ERROR_INPUT,    /* evidence, a rule or a table is not as its format asks */
	SPOOR_ERROR_LIMIT,    /* a limit of base/limits.h was reached */
	SPOOR_ERROR_USAGE,    /* the caller of the program asked for what can not be */
	SPOOR_ERROR_SYSTEM,   /* the operating system refused */
	SPOOR_ERROR_PROTOCOL, /* a peer process sent what the protocol does not allow */
	SPOOR_ERROR_STORE,    /* the case could not be read or written */
	SPOOR_ERROR_STOPPED,  /* the operator's interrupt ended it */
} SpoorError;

GQuark spoor_error_quark(void);

/* Sets @error to "<what>: <strerror(errno)>" with code SYSTEM; returns false for `return`. */
gboolean spoor_error_from_errno(GError **error, const char *what, ...) G_GNUC_PRINTF(2, 3);

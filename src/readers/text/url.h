/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Url: the parts of an address as a client sent it, which may be anything. No part is decoded; what
 * is not there is empty, with data NULL.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Url {
	Slice scheme;	  /* "http" */
	Slice host, port; /* without brackets around IPv6 addresses */
	Slice stem;	  /* the path, from its slash on */
	Slice query;	  /* behind the question mark */
	Slice extension;  /* "exe": what stands behind the last point of the path's last part */
} Url;

/* "http://host:port/path?query", or "/path?query" with neither scheme nor host. */
Url url_split(Slice text);

/* "host:port": what CONNECT asks for. */
Url url_split_authority(Slice text);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terms of OpenIOC ("FileItem/Md5sum") and what they are here: a kind of indicator where a single
 * "is" says all, and a path of STIX for everything else. There are some 1,300 terms; those that no
 * evidence can answer are not here.
 *
 * Source: iocterms/current.iocterms of mandiant/OpenIOC_1.1; STIX 2.1, section 6.
 */
#pragma once

#include <glib.h>

#include "model/indicator.h"

typedef enum TermForm {
	TERM_TEXT,
	TERM_NUMBER,
	TERM_HASH,
	TERM_PATH,	/* a whole path: folder and name */
	TERM_EXTENSION, /* the end of a name */
	TERM_URI,	/* a URL, or what follows the host in one */
} TermForm;

typedef struct Term {
	const char *name;
	const char *path; /* of STIX */
	int kind;	  /* an IndicatorKind, or -1: only together with others */
	TermForm form;
} Term;

/* The term called @name, regardless of case; NULL where spoor has nothing for it. */
const Term *term_find(const char *name);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dialects: what is known of the products that write JSON. All of it is in the tables of
 * dialects.c; docs/evidence-json.md says the same for users.
 *
 * A dialect is recognised in each event for itself, by fields that must all be there. It says which
 * field is the event's time, how fields are renamed (only where the same events come in other
 * wrappings: Windows events, Zeek), and which constants the shape has.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define DIALECT_MAX	 80 /* rows of the table, at most */
#define DIALECT_TELLS	 3  /* fields by which one is recognised, at most */
#define DIALECT_WORDS	 ((DIALECT_MAX * DIALECT_TELLS + 63) / 64)
#define DIALECT_MAX_TIME 31 /* fields that may be the time, in order */

/* How names that begin with "from" become names of columns; the first that fits decides. */
typedef enum RenameKind {
	RENAME_EXACT,  /* the whole name; without "to" no column */
	RENAME_PREFIX, /* the rest behind "to" */
	RENAME_DATA,   /* the rest, as a field of <EventData> */
	RENAME_USER,   /* the last part, as a leaf of <UserData> */
	RENAME_SYSTEM, /* the rest, as an element or attribute of <System> */
	RENAME_DROP,   /* no column */
} RenameKind;

typedef struct Rename {
	RenameKind kind;
	const char *from, *to;
} Rename;

typedef struct Dialect {
	const char *name;
	const char *tells[DIALECT_TELLS]; /* names without wrappers; all must be there */
	const char *format;		  /* the constant LogFormat; NULL: "json" */
	const char *log;		  /* the constant LogName, or */
	const char *log_from;		  /* the column whose text it is; both NULL: none */
	gboolean is_windows;   /* Channel, Provider_Name and EventID are constants of the shape */
	gboolean is_utc;       /* times without zone are UTC: the product's documentation says so */
	const Rename *renames; /* up to one without "from"; NULL: none */
	const char *const *times; /* names that may be the time, the first that is one decides */
} Dialect;

/* The last row fits everything. */
guint dialects_count(void);
const Dialect *dialects_get(guint number);

/* What a column is for the reader itself. */
typedef enum NameRole {
	ROLE_NONE,
	ROLE_CHANNEL,
	ROLE_PROVIDER,
	ROLE_EVENT_ID,
	ROLE_LOG,
} NameRole;

typedef enum NameUse {
	USE_WRAPS = 1,	     /* an object of this name is left out: its keys stand for themselves */
	USE_WRAPS_AFTER = 2, /* the same, where only USE_BESIDE ones came before */
	USE_BESIDE = 4,
	USE_HOLDS = 8,	    /* a string of this name may hold an object, */
	USE_HOLDS_TOP = 64, /* and its keys stand for themselves */
	USE_TELLS = 16,	    /* some dialect is recognised by it */
	USE_MATTERS = 32,   /* it has a role or may be a time in some dialect */
} NameUse;

typedef struct NameTraits {
	guint8 use;		      /* NameUse */
	guint64 tells[DIALECT_WORDS]; /* bit: dialect * DIALECT_TELLS + which of its fields */
	guint8 role[DIALECT_MAX];
	guint8 time[DIALECT_MAX]; /* 0: no time; 1: the first to be asked … */
} NameTraits;

/* What is known of the name @text; @is_top: its object is the event itself. */
void dialects_describe(const char *text, gboolean is_top, NameTraits *ret);

/* The number of the dialect of an event whose names have these bits set. */
guint dialects_recognise(const guint64 tells[DIALECT_WORDS]);

/* The column that @name becomes; FALSE where it becomes none. */
gboolean dialect_rename(const Dialect *dialect, const char *name, GString *ret);

/*
 * Whether @key, the first of an object, may mean that the object is no event but an envelope of
 * many: then all keys before the array of events are among those that stand beside it.
 */
typedef enum EnvelopeKey {
	ENVELOPE_OTHER,	 /* the object is an event */
	ENVELOPE_BESIDE, /* may stand in an envelope before its events */
	ENVELOPE_EVENTS, /* holds the events */
} EnvelopeKey;

EnvelopeKey dialects_envelope_key(Slice key);

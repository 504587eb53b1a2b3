/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol between the coordinator and its worker: which messages there are and what they hold.
 *
 * Two kinds of channel, both stream socket pairs that the coordinator makes:
 *
 *	control   coordinator <-> loader (the worker before it forks; one for the run)
 *	child     coordinator <-> one sealed child (one each)
 *
 *	loader:  HELLO (RULE | INTEL_NOTE* INTEL_SOURCE)* CORRELATION* LOADED
 *	         then, where its options ask for it, (RULE* CHECKED)* or STORE*, the last empty
 *	         then (SPAWN -> <- EXITED)* until the channel closes
 *	child:   HELLO
 *	         then (PLAN -> <- GAP* PLANNED | FAILED)
 *	              (READ -> <- result* DONE | FAILED)
 *	              (EXPAND -> <- (MEMBER | DATA | GAP)* EXPANDED)
 *	              (LIBRARY ->)*
 *	         until the channel closes
 *	result:  RULE FINDING HIT EVENT GAP SPAN TALLY OBSERVATION LIBRARY ALIVE
 *
 * A frame is: u32 size of what follows, u8 type, body. A body is a row of typed fields in the order
 * that message.c's table gives for the type: u8, u32, u64 little-endian; text, JSON and bytes as
 * u32 size and the bytes. text must be valid UTF-8 without NUL, JSON one whole value besides.
 * Everything is checked on arrival against the table, the limits of base/limits.h and the state the
 * peer is in; a peer that breaks the protocol is killed, and what it held becomes a gap. The
 * coordinator never trusts what a child says.
 *
 * PLAN, READ and EXPAND carry the evidence's descriptor beside the frame (SCM_RIGHTS), SPAWN the
 * new child's end of its channel.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define PROTOCOL_VERSION 8
#define MESSAGE_FIELDS	 20 /* most fields of any message */

typedef enum MessageType {
	MESSAGE_HELLO = 1, /* u32 protocol version, u8 sealed */
	/* loader -> coordinator; a child tells of late rules, each before its first finding of a
	 * task */
	MESSAGE_RULE, /* u32 index, u8 status, u8 level, u32 line, u8 kind, text engine sha256 id
		       * name title path reason logsource tags author description falsepositives
		       * references source */
	MESSAGE_CORRELATION, /* bytes: a Correlation, encoded; by ascending rule */
	MESSAGE_LOADED, /* u32 number of rules reported, text SHA-256 over the tables in use, text
			 * problem ("" or why the content as a whole can not be used), u8
			 * ContentWants, u32 number of late rules, which have the indices behind the
			 * others */
	MESSAGE_INTEL_NOTE,   /* of the source that follows: u8 kind, u32 line, text value reason */
	MESSAGE_INTEL_SOURCE, /* text path format name sha256, u64 accepted, u64 rules, bytes: notes
			       * by kind, then accepted ones by kind, as u64 each */
	MESSAGE_CHECKED,      /* all indicators that a value is were told: u32 its number */
	MESSAGE_STORE,	      /* bytes: what comes next of a compiled store */
	MESSAGE_EXITED,	      /* u32 child number, u32 wait status as wait4() gives it */
	/* coordinator -> loader */
	MESSAGE_SPAWN, /* u32 child number; + descriptor */
	/* coordinator -> child */
	MESSAGE_PLAN, /* the evidence, text name; + descriptor */
	MESSAGE_READ, /* the evidence, text reader, u8 pass, u64 first unit, u64 units, u8 flags,
		       * text path, bytes wanted units (bits; empty: all), text place, text
		       * SHA-256; + descriptor. Reader FILE_READER stands for the file as a whole,
		       * which is one unit; place and SHA-256 ("" if unknown) are for it alone. The
		       * evidence is: u64 size, u64 base in the file behind the
		       * descriptor, u64 number within the run, u64 time of its last change (an
		       * Instant); see Source */
	/* child -> coordinator */
	MESSAGE_PLANNED, /* text reader ("" if none knows the format), u32 score, u64 units, u64
			  * units per task, u64 unit bytes, u64 offset of the first unit, u8 traits
			  */
	MESSAGE_FINDING, /* u32 rule index, u64 record, u64 offset, u8 recovered, u64 time, text
			  * locator, text host, text channel, text matched (JSON), text event
			  * (JSON), u8 level (LEVEL_N: the rule's) */
	MESSAGE_HIT,	 /* a rule that is part of a correlation is true of an event: u32 the
			  * correlation's rule index, u32 number of the part, u64 record, u64
			  * offset, u8 recovered, u64 time, text locator, text host, text channel,
			  * bytes key (model/correlation.h), text matched (JSON), text event (JSON)
			  */
	MESSAGE_EVENT,	 /* JSON: a line of `show events`, with its line feed */
	MESSAGE_GAP,	 /* u8 kind, u64 offset, u64 size, u64 records, text note */
	MESSAGE_SPAN,	 /* u64 offset, u64 first record, u64 last record, u64 first time, u64 last
			  * time, u64 records, text channel */
	MESSAGE_TALLY,	 /* u64 hour, u64 in use, u64 recovered, text host, text channel */
	MESSAGE_OBSERVATION, /* u32 rule index, text kind subject value, u64 events, u64 time and
			      * text locator of the first, u64 and text of the last */
	MESSAGE_LIBRARY,     /* text reader, bytes entry (both directions) */
	MESSAGE_FAILED, /* text reason: this task could not be done at all; takes DONE's place */
	MESSAGE_DONE,	/* u64 events in use, u64 events recovered, u64 first and u64 last time of
			 * the events in use (Instants), bytes applicable rules (bits; of those
			 * that the loader told of), bytes
			 * units in which something remains to be recovered (bits; empty: all) */
	/* Archives. coordinator -> child */
	MESSAGE_EXPAND, /* the evidence, text reader, text name, u8 ExpandFlags; + descriptor */
	/* child -> coordinator */
	MESSAGE_MEMBER,	  /* a member begins: text name, u64 time of its last change */
	MESSAGE_DATA,	  /* bytes: what comes next of it */
	MESSAGE_EXPANDED, /* u64 members that no reader knows, text names of some; the last word */
	MESSAGE_ALIVE,	  /* u8 0: while a READ takes long */
	MESSAGE_N_TYPES,
} MessageType;

typedef enum ReadFlags {
	READ_JUDGE = 1 << 0,	     /* engines judge; findings come back */
	READ_EVENTS = 1 << 1,	     /* every event comes back as a line */
	READ_SHARE_LIBRARY = 1 << 2, /* send what the reader's library learnt */
	READ_RECOVERED_TOO = 1 << 3, /* JUDGE and EVENTS mean recovered events as well */
	READ_LOG = 1 << 4,	     /* FILE_READER: a reader takes the file's records */
} ReadFlags;

typedef enum ExpandFlags {
	EXPAND_ALL = 1 << 0, /* members that no reader knows, too */
} ExpandFlags;

#define FILE_READER "file" /* as if it were one: see readers/file/file.h */

/* What LOADED says of all engines together. */
typedef enum ContentWants {
	WANTS_FILES = 1 << 0,	/* events that tell of files */
	WANTS_CONTENT = 1 << 1, /* their bytes */
} ContentWants;

/* Where the loader finds the texts of PDF files, while it loads. */
#define WORKER_TEXTS_FD 4

/* The fields of PLAN, READ and EXPAND that tell of the evidence come first. */
#define MESSAGE_SOURCE_FIELDS 4

/* What PLANNED says of the reader. */
typedef enum ReaderTraits {
	READER_RECOVERS = 1 << 0, /* it looks for what was deleted: a second pass makes sense */
	READER_EXPANDS = 1 << 1,  /* it gives members instead of events */
} ReaderTraits;

/* How a worker process ends by itself, for the reason that a gap gives. */
typedef enum WorkerExit {
	WORKER_EXIT_DONE = 0,	   /* the channel was closed */
	WORKER_EXIT_INTERNAL = 70, /* a defect: GLib or an assertion gave up */
	WORKER_EXIT_MEMORY = 71,   /* an allocation failed */
	WORKER_EXIT_SEAL = 72,	   /* the seal could not be put on */
} WorkerExit;

typedef union MessageField {
	guint64 number; /* u8, u32, u64 */
	Slice bytes;	/* text, JSON, bytes */
} MessageField;

typedef struct Message {
	MessageType type;
	guint n_fields;
	MessageField fields[MESSAGE_FIELDS];
} Message;

/* "finding" and so on, for errors. */
const char *message_type_name(MessageType type);

/* TRUE where a descriptor travels beside messages of the type. */
gboolean message_carries_descriptor(MessageType type);

/*
 * Appends the frame of @message to @out. The fields must be of the kinds the type asks for: texts
 * are made valid UTF-8 and cut at LIMIT_MESSAGE_TEXT_BYTES, so that any text can be sent. JSON is
 * the sender's to keep valid and within that limit; a longer one is sent as null.
 */
void message_append(GByteArray *out, const Message *message);

/*
 * Takes one frame from the start of @in. TRUE: *ret is set, its slices borrow from @in, *ret_size
 * is how much the frame took; or *ret_size is 0 where the frame is not complete yet. FALSE with
 * @error: it is no valid frame.
 */
gboolean message_parse(Slice in, Message *ret, gsize *ret_size, GError **error);

/* The same for frames that message_parse() took before: texts and JSON in them are not checked
 * again. */
gboolean message_parse_again(Slice in, Message *ret, gsize *ret_size, GError **error);

/* The text field @index as a new NUL-terminated string. */
char *message_dup_text(const Message *message, guint index);

/* For building a message field by field, in the order of the table. */
Message message_begin(MessageType type);
void message_add_number(Message *message, guint64 number);
void message_add_text(Message *message, const char *text); /* borrowed until sent; NULL is "" */
void message_add_slice(Message *message, Slice bytes);	   /* borrowed until sent */

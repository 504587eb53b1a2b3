/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expansion: what a child unpacks from an archive, as it comes.
 *
 * The child sends names and bytes; here they are written to a spool, hashed, and remembered until
 * the archive's turn comes. The child may be in an attacker's hands: what it sends is bounded here,
 * by the limits that it keeps itself as long as it is not.
 */
#pragma once

#include <glib.h>

#include "coordinator/digest.h"
#include "coordinator/spool.h"
#include "ipc/message.h"

typedef struct Member {
	const char *name; /* unique in the archive */
	guint64 offset, size;
	gint64 modified; /* an Instant; 0 if unknown */
	char sha256[DIGEST_TEXT_BYTES];
} Member;

typedef struct Expansion Expansion;

/* Without @hash, sha256 stays empty. */
Expansion *expansion_new(gboolean hash);
void expansion_free(Expansion *expansion); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Expansion, expansion_free)

/* Forgets everything. */
void expansion_clear(Expansion *expansion);

/*
 * Takes a MEMBER or DATA. FALSE with @error where the child sent what it must not, or where it can
 * not be kept (a full disk): then expansion_problem() says so too.
 */
gboolean expansion_take(Expansion *expansion, const Message *message, GError **error);

/* There is no more: the last member is @whole, or is left out. */
void expansion_end(Expansion *expansion, gboolean whole);

/* Leaves out the members that reach behind @size. Returns how many. */
guint expansion_cut(Expansion *expansion, guint64 size);

/* Why it could not be kept, or NULL. */
const char *expansion_problem(const Expansion *expansion);

guint64 expansion_size(const Expansion *expansion); /* in bytes, so far */
guint expansion_count(const Expansion *expansion);
const Member *expansion_member(const Expansion *expansion, guint index);
Spool *expansion_spool(const Expansion *expansion); /* borrowed; there where there are members */

/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/glob.h"

#define NOWHERE G_MAXSIZE

static inline gboolean starts_character(guint8 byte)
{
	return (byte & 0xC0) != 0x80;
}

static gsize next_character(Slice text, gsize at)
{
	do
		at++;
	while (at < text.size && !starts_character(text.data[at]));
	return at;
}

/* Where the text goes on behind @piece, if it stands at @at; else NOWHERE. */
static gsize piece_end(Slice text, gsize at, Slice piece)
{
	for (gsize i = 0; i < piece.size; i++) {
		if (at >= text.size)
			return NOWHERE;
		if (piece.data[i] == GLOB_ANY) {
			at = next_character(text, at);
		} else {
			if (text.data[at] != piece.data[i])
				return NOWHERE;
			at++;
		}
	}
	return at;
}

/* The literal bytes before the first ? of a piece. */
static Slice piece_head(Slice piece)
{
	const guint8 *any = piece.size ? memchr(piece.data, GLOB_ANY, piece.size) : NULL;

	return slice_sub(piece, 0, any ? (gsize)(any - piece.data) : piece.size);
}

static gsize find_literal(Slice text, gsize from, Slice literal)
{
	Slice rest = slice_sub(text, from, text.size);
	const guint8 *found;

	if (literal.size == 0)
		return from;
	found = rest.size ? memmem(rest.data, rest.size, literal.data, literal.size) : NULL;
	return found ? (gsize)(found - text.data) : NOWHERE;
}

/* Behind the first place from @from on where @piece stands, or NOWHERE. */
static gsize find_piece(Slice text, gsize from, Slice piece)
{
	Slice head = piece_head(piece);

	while (from <= text.size) {
		gsize at = find_literal(text, from, head), end;

		if (at == NOWHERE)
			return NOWHERE;
		end = piece_end(text, at, piece);
		if (end != NOWHERE)
			return end;
		from = next_character(text, at);
	}
	return NOWHERE;
}

/* Where @piece would have to start to end with the text, counted in characters; or NOWHERE. */
static gsize start_at_end(Slice text, Slice piece)
{
	gsize at = text.size;

	for (gsize i = 0; i < piece.size; i++) {
		if (piece.data[i] != GLOB_ANY && !starts_character(piece.data[i]))
			continue;
		do {
			if (at == 0)
				return NOWHERE;
			at--;
		} while (!starts_character(text.data[at]) && at > 0);
	}
	return at;
}

gboolean glob_matches(const Glob *glob, Slice text)
{
	guint first = 0, last = glob->n_pieces;
	gsize at = 0;

	if (last == 0)
		return glob->open_start || glob->open_end || text.size == 0;
	if (!glob->open_start) {
		at = piece_end(text, 0, glob->pieces[first++]);
		if (at == NOWHERE)
			return FALSE;
	}
	if (first == last)
		return glob->open_end || at == text.size;
	if (!glob->open_end)
		last--;
	for (; first < last; first++) {
		at = find_piece(text, at, glob->pieces[first]);
		if (at == NOWHERE)
			return FALSE;
	}
	if (glob->open_end)
		return TRUE;

	gsize start = start_at_end(text, glob->pieces[last]);

	return start != NOWHERE && start >= at &&
		piece_end(text, start, glob->pieces[last]) == text.size;
}

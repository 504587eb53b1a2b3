/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No recursion: what is open is kept in a bit stack, one bit a level (1: object, 0: array).
 *
 *	state      what may come next
 *	VALUE      a value
 *	FIRST      a value or ], behind [
 *	FIRST_KEY  a key or }, behind {
 *	KEY        a key, behind a comma in an object
 *	AFTER      a comma or the closing bracket; at depth 0 the end
 */
#include "ipc/json-check.h"

#include "base/block.h"
#include "base/cursor.h"

#define DEPTH_MAX 63

typedef enum State {
	STATE_VALUE,
	STATE_FIRST,
	STATE_FIRST_KEY,
	STATE_KEY,
	STATE_AFTER,
} State;

typedef struct Check {
	Cursor at;
	State state;
	unsigned depth;
	uint64_t objects; /* bit n: level n is an object */
} Check;

/* The next byte without taking it; 0 at the end (a NUL is valid nowhere). */
static uint8_t peek(const Cursor *c)
{
	return cursor_remaining(c) ? c->bytes.data[c->position] : 0;
}

static bool take(Cursor *c, uint8_t byte)
{
	return peek(c) == byte && byte && cursor_skip(c, 1);
}

static void skip_space(Cursor *c)
{
	uint8_t b = peek(c);

	while (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
		(void)cursor_skip(c, 1); /* a byte was seen */
		b = peek(c);
	}
}

static bool is_hex(uint8_t b)
{
	return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

static bool take_escape(Cursor *c)
{
	uint8_t b;

	if (!cursor_u8(c, &b))
		return false;
	if (b != 'u')
		return b && strchr("\"\\/bfnrt", b);
	for (unsigned i = 0; i < 4; i++) {
		if (!cursor_u8(c, &b) || !is_hex(b))
			return false;
	}
	return true;
}

/* Passes over what means nothing inside a string, sixteen bytes at a time as long as there are. */
static void skip_plain(Cursor *c)
{
	Slice bytes = c->bytes;
	size_t at = c->position;

	for (; block_fits(bytes, at); at += BLOCK_BYTES) {
		Block block = block_load(&bytes.data[at]);
		unsigned special = block_equal(block, '"') | block_equal(block, '\\') |
			block_below(block, 0x20);

		if (special) {
			at += block_first(special);
			break;
		}
	}
	(void)cursor_skip(c, at - c->position); /* so many were seen */
}

static bool take_string(Cursor *c)
{
	uint8_t b;

	if (!take(c, '"'))
		return false;
	skip_plain(c);
	while (cursor_u8(c, &b)) {
		if (b == '"')
			return true;
		if (b < 0x20)
			return false;
		if (b != '\\')
			continue;
		if (!take_escape(c))
			return false;
		skip_plain(c);
	}
	return false;
}

static bool take_digits(Cursor *c)
{
	size_t start = c->position;

	while (peek(c) >= '0' && peek(c) <= '9')
		(void)cursor_skip(c, 1); /* a byte was seen */
	return c->position > start;
}

static bool take_number(Cursor *c)
{
	(void)take(c, '-'); /* may be there */
	if (!take(c, '0') && !take_digits(c))
		return false;
	if (take(c, '.') && !take_digits(c))
		return false;
	if (take(c, 'e') || take(c, 'E')) {
		if (!take(c, '+'))
			(void)take(c, '-'); /* may be there */
		return take_digits(c);
	}
	return true;
}

static bool take_word(Cursor *c, const char *word)
{
	Slice found;

	return cursor_slice(c, strlen(word), &found) && slice_equal(found, slice_from_text(word));
}

static bool open_level(Check *check, bool object)
{
	if (check->depth >= DEPTH_MAX)
		return false;
	check->depth++;
	check->objects &= ~(UINT64_C(1) << check->depth);
	check->objects |= (uint64_t)object << check->depth;
	check->state = object ? STATE_FIRST_KEY : STATE_FIRST;
	return true;
}

static bool inside_object(const Check *check)
{
	return check->objects >> check->depth & 1;
}

static bool close_level(Check *check)
{
	check->depth--;
	check->state = STATE_AFTER;
	return true;
}

static bool take_value(Check *check)
{
	Cursor *c = &check->at;

	check->state = STATE_AFTER;
	switch (peek(c)) {
	case '{':
		return cursor_skip(c, 1) && open_level(check, true);
	case '[':
		return cursor_skip(c, 1) && open_level(check, false);
	case '"':
		return take_string(c);
	case 't':
		return take_word(c, "true");
	case 'f':
		return take_word(c, "false");
	case 'n':
		return take_word(c, "null");
	default:
		return take_number(c);
	}
}

static bool take_key(Check *check)
{
	if (!take_string(&check->at))
		return false;
	skip_space(&check->at);
	check->state = STATE_VALUE;
	return take(&check->at, ':');
}

static bool step(Check *check)
{
	Cursor *c = &check->at;

	switch (check->state) {
	case STATE_FIRST:
		return take(c, ']') ? close_level(check) : take_value(check);
	case STATE_FIRST_KEY:
		return take(c, '}') ? close_level(check) : take_key(check);
	case STATE_KEY:
		return take_key(check);
	case STATE_AFTER:
		if (take(c, inside_object(check) ? '}' : ']'))
			return close_level(check);
		check->state = inside_object(check) ? STATE_KEY : STATE_VALUE;
		return take(c, ',');
	default:
		return take_value(check);
	}
}

bool json_check(Slice text)
{
	Check check = { .at = cursor_make(text), .state = STATE_VALUE };

	do {
		skip_space(&check.at);
		if (!step(&check))
			return false;
	} while (check.depth || check.state != STATE_AFTER);
	skip_space(&check.at);
	return cursor_remaining(&check.at) == 0;
}

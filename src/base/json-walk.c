/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-walk.h"

#include "base/json-text.h"
#include "base/limits.h"
#include "base/text.h"

#define REPLACEMENT 0xFFFDu

G_STATIC_ASSERT(LIMIT_JSON_DEPTH <= 64); /* bits of Nesting.objects */

/* Which brackets are open: a bit for each, set for an object. */
typedef struct Nesting {
	guint64 objects;
	guint depth;
} Nesting;

/* The next byte without taking it; 0 at the end (a NUL is valid nowhere). */
static inline guint8 peek(const Cursor *c)
{
	return c->position < c->bytes.size ? c->bytes.data[c->position] : 0;
}

static inline guint8 skip_space(Cursor *c)
{
	guint8 b = peek(c);

	while (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
		c->position++;
		b = peek(c);
	}
	return b;
}

static gboolean fail(const Cursor *c, JsonTrouble *ret, const char *reason)
{
	*ret = (JsonTrouble){ c->position,
		c->position >= c->bytes.size ? "the document ends in the middle" : reason };
	return FALSE;
}

static gboolean read_hex(Cursor *c, guint n)
{
	for (guint i = 0; i < n; i++, c->position++)
		if (!g_ascii_isxdigit(peek(c)))
			return FALSE;
	return TRUE;
}

/* At a backslash: moves behind the escape. */
static gboolean read_escape(Cursor *c, JsonTrouble *trouble)
{
	c->position++;
	switch (peek(c)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		c->position++;
		return TRUE;
	case 'u':
		c->position++;
		return read_hex(c, 4) || fail(c, trouble, "\\u without four hexadecimal digits");
	default:
		return fail(c, trouble, "a backslash before a character that needs none");
	}
}

/* At the opening quote: moves behind the closing one. */
static gboolean read_string(Cursor *c, Slice *ret, JsonTrouble *trouble)
{
	gsize start = ++c->position;

	for (;;) {
		guint8 b = peek(c);

		if (G_LIKELY(b >= 0x20 && b != '"' && b != '\\')) {
			c->position++;
		} else if (b == '"') {
			*ret = slice_sub(c->bytes, start, c->position - start);
			c->position++;
			return TRUE;
		} else if (b != '\\') {
			return fail(c, trouble, "a control character in a string");
		} else if (!read_escape(c, trouble)) {
			return FALSE;
		}
	}
}

static gsize read_digits(Cursor *c)
{
	gsize start = c->position;

	while (g_ascii_isdigit(peek(c)))
		c->position++;
	return c->position - start;
}

static gboolean read_number(Cursor *c, JsonTrouble *trouble)
{
	const char *reason = "a number that is none";

	if (peek(c) == '-')
		c->position++;
	if (peek(c) == '0')
		c->position++;
	else if (!read_digits(c))
		return fail(c, trouble, reason);
	if (peek(c) == '.') {
		c->position++;
		if (!read_digits(c))
			return fail(c, trouble, reason);
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->position++;
		if (peek(c) == '+' || peek(c) == '-')
			c->position++;
		if (!read_digits(c))
			return fail(c, trouble, reason);
	}
	return TRUE;
}

static gboolean read_word(Cursor *c, const char *word, JsonTrouble *trouble)
{
	for (const char *letter = word; *letter; letter++, c->position++)
		if (peek(c) != (guint8)*letter)
			return fail(c, trouble, "a word that is not true, false or null");
	return TRUE;
}

static JsonType type_at(guint8 first)
{
	switch (first) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return first == '-' || g_ascii_isdigit(first) ? JSON_NUMBER : JSON_NOTHING;
	}
}

/* A value that is no object or array. */
static gboolean read_plain(Cursor *c, JsonType type, Slice *ret, JsonTrouble *trouble)
{
	gsize start = c->position;
	gboolean is_good;

	switch (type) {
	case JSON_STRING:
		return read_string(c, ret, trouble);
	case JSON_NUMBER:
		is_good = read_number(c, trouble);
		break;
	case JSON_TRUE:
		is_good = read_word(c, "true", trouble);
		break;
	case JSON_FALSE:
		is_good = read_word(c, "false", trouble);
		break;
	case JSON_NULL:
		is_good = read_word(c, "null", trouble);
		break;
	default:
		return fail(c, trouble, "a value is missing");
	}
	*ret = slice_sub(c->bytes, start, c->position - start);
	return is_good;
}

/* A member's key and the colon behind it. */
static gboolean read_key(Cursor *c, Slice *ret, JsonTrouble *trouble)
{
	if (skip_space(c) != '"')
		return fail(c, trouble, "the name of a member is missing");
	if (!read_string(c, ret, trouble))
		return FALSE;
	if (skip_space(c) != ':')
		return fail(c, trouble, "a colon is missing");
	c->position++;
	return TRUE;
}

static gboolean open_bracket(Cursor *c, Nesting *n, gboolean is_object, JsonTrouble *trouble)
{
	if (n->depth >= LIMIT_JSON_DEPTH)
		return fail(c, trouble, "objects and arrays are nested too deeply");
	c->position++;
	n->objects = n->objects << 1 | (is_object ? 1 : 0);
	n->depth++;
	return TRUE;
}

static inline gboolean in_object(const Nesting *n)
{
	return n->objects & 1;
}

/*
 * Behind a value: closes what ends here, until there is another value (behind its comma and key) or
 * nothing is open any more.
 */
static gboolean read_on(Cursor *c, Nesting *n, JsonTrouble *trouble)
{
	Slice key;

	while (n->depth) {
		guint8 next = skip_space(c);

		if (next == ',') {
			c->position++;
			return !in_object(n) || read_key(c, &key, trouble);
		}
		if (next != (in_object(n) ? '}' : ']'))
			return fail(c, trouble, "a comma or a closing bracket is missing");
		c->position++;
		n->objects >>= 1;
		n->depth--;
	}
	return TRUE;
}

/* Behind an opening bracket: the end of what is empty, or the key of the first member. */
static gboolean read_first(Cursor *c, Nesting *n, gboolean *ret_empty, JsonTrouble *trouble)
{
	Slice key;

	*ret_empty = skip_space(c) == (in_object(n) ? '}' : ']');
	if (*ret_empty || !in_object(n))
		return TRUE;
	return read_key(c, &key, trouble);
}

/* @c stands at an opening bracket. */
static gboolean read_nested(Cursor *c, JsonTrouble *trouble)
{
	Nesting nesting = { 0, 0 };

	do {
		JsonType type = type_at(skip_space(c));
		gboolean is_empty = TRUE;
		Slice plain;

		if (type != JSON_OBJECT && type != JSON_ARRAY) {
			if (!read_plain(c, type, &plain, trouble))
				return FALSE;
		} else if (!open_bracket(c, &nesting, type == JSON_OBJECT, trouble) ||
			!read_first(c, &nesting, &is_empty, trouble)) {
			return FALSE;
		}
		if (is_empty && !read_on(c, &nesting, trouble))
			return FALSE;
	} while (nesting.depth);
	return TRUE;
}

gboolean json_value_read(Cursor *at, JsonValue *ret, JsonTrouble *ret_trouble)
{
	JsonType type = type_at(skip_space(at));
	gsize start = at->position;

	*ret_trouble = (JsonTrouble){ 0, NULL };
	*ret = (JsonValue){ .type = type };
	if (type == JSON_OBJECT || type == JSON_ARRAY) {
		ret->is_whole = read_nested(at, ret_trouble);
		ret->bytes = slice_sub(at->bytes, start, at->position - start);
	} else {
		ret->is_whole = read_plain(at, type, &ret->bytes, ret_trouble);
	}
	return ret->is_whole;
}

JsonWalk json_walk_begin(const JsonValue *container)
{
	gboolean is_object = container->type == JSON_OBJECT;
	JsonWalk walk = { .at = cursor_make(container->bytes), .is_object = is_object };

	walk.ended = !is_object && container->type != JSON_ARRAY;
	if (!walk.ended)
		walk.at.position++; /* the bracket by which the type was known */
	return walk;
}

gboolean json_walk_next(JsonWalk *walk, JsonItem *ret)
{
	Cursor *c = &walk->at;
	JsonTrouble trouble;
	guint8 next;

	if (walk->ended)
		return FALSE;
	*ret = (JsonItem){ SLICE_EMPTY, { JSON_NOTHING, FALSE, SLICE_EMPTY } };
	next = skip_space(c);
	walk->ended = next == (walk->is_object ? '}' : ']') || (walk->begun && next != ',');
	if (walk->ended)
		return FALSE;
	if (walk->begun)
		c->position++;
	walk->begun = TRUE;
	if (walk->is_object && !read_key(c, &ret->key, &trouble)) {
		walk->ended = TRUE;
		return FALSE;
	}
	walk->ended = !json_value_read(c, &ret->value, &trouble);
	return ret->value.type != JSON_NOTHING;
}

/* Whether the text of @raw, which may have escapes, is @text. */
static gboolean text_is(Slice raw, const char *text)
{
	gsize length = strlen(text);
	g_autoptr(GString) unescaped = NULL;

	if (G_LIKELY(!memchr(raw.data ? raw.data : (const guint8 *)"", '\\', raw.size)))
		return raw.size == length && (!length || memcmp(raw.data, text, length) == 0);
	if (raw.size > 6 * length) /* \uXXXX each */
		return FALSE;
	unescaped = g_string_new(NULL);
	json_append_unescaped(unescaped, raw);
	return unescaped->len == length && memcmp(unescaped->str, text, length) == 0;
}

gboolean json_value_is(const JsonValue *value, const char *text)
{
	return value->type == JSON_STRING && text_is(value->bytes, text);
}

gboolean json_key_is(Slice key, const char *name)
{
	return text_is(key, name);
}

guint32 json_pick(const JsonValue *object, const char *const *names, guint n, JsonValue *ret)
{
	JsonWalk walk = json_walk_begin(object);
	guint32 repeated = 0;
	JsonItem item;

	for (guint i = 0; i < n; i++)
		ret[i] = (JsonValue){ JSON_NOTHING, FALSE, SLICE_EMPTY };
	if (!walk.is_object)
		return 0;
	while (json_walk_next(&walk, &item)) {
		guint i = 0;

		while (i < n && !json_key_is(item.key, names[i]))
			i++;
		if (i == n || !item.value.is_whole)
			continue;
		if (ret[i].type != JSON_NOTHING)
			repeated |= 1u << i;
		ret[i] = item.value;
	}
	return repeated;
}

/* From @from on: inside spoor texts end at a NUL. */
static void replace_nuls(GString *text, gsize from)
{
	gsize size = text->len - from, start = 0;
	g_autofree char *tail = NULL;

	if (!memchr(text->str + from, '\0', size))
		return;
	tail = g_memdup2(text->str + from, size);
	g_string_truncate(text, from);
	for (gsize i = 0; i < size; i++) {
		if (tail[i] != '\0')
			continue;
		g_string_append_len(text, tail + start, (gssize)(i - start));
		g_string_append_unichar(text, REPLACEMENT);
		start = i + 1;
	}
	g_string_append_len(text, tail + start, (gssize)(size - start));
}

void json_value_append(GString *ret, const JsonValue *value)
{
	gsize from = ret->len;

	if (value->type == JSON_STRING)
		json_append_unescaped(ret, value->bytes);
	else if (value->type >= JSON_NUMBER && value->type <= JSON_FALSE)
		text_append_utf8(ret, value->bytes);
	replace_nuls(ret, from);
}

gboolean json_value_uint(const JsonValue *value, guint64 *ret)
{
	guint64 number = 0;

	if ((value->type != JSON_NUMBER && value->type != JSON_STRING) || !value->bytes.size ||
		value->bytes.size > 18)
		return FALSE;
	for (gsize i = 0; i < value->bytes.size; i++) {
		if (!g_ascii_isdigit(value->bytes.data[i]))
			return FALSE;
		number = number * 10 + (value->bytes.data[i] - '0');
	}
	*ret = number;
	return TRUE;
}

gboolean json_value_bool(const JsonValue *value, gboolean fallback)
{
	static const char *const yes[] = { "1", "true" }, *const no[] = { "0", "false", "" };
	gboolean is_number = value->type == JSON_NUMBER;

	if (value->type == JSON_TRUE || value->type == JSON_FALSE)
		return value->type == JSON_TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
		if (json_value_is(value, yes[i]) || (is_number && text_is(value->bytes, yes[i])))
			return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(no); i++)
		if (json_value_is(value, no[i]) || (is_number && text_is(value->bytes, no[i])))
			return FALSE;
	return fallback;
}

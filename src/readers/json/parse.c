/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/parse.h"

#include "base/json-text.h"
#include "base/limits.h"
#include "readers/json/tokens.h"

typedef struct Frame {
	Name *name; /* that keys inside belong to */
	Name *self; /* whose value the object or array is */
	gboolean is_array, is_item, needs_comma, is_empty;
} Frame;

typedef struct Walk {
	Parser *parser;
	Slice text;
	gsize at;
	guint n_frames, n_unfolds;
	Name **guess; /* where the next key's name is remembered */
	Frame frames[LIMIT_JSON_DEPTH];
} Walk;

static ParseResult walk(Walk *w);

void parser_init(Parser *parser)
{
	*parser = (Parser){ .matters = g_array_new(FALSE, FALSE, sizeof(guint)),
		.unfolded = g_ptr_array_new() };
}

static void drop_unfolded(Parser *parser)
{
	for (guint i = 0; i < parser->unfolded->len; i++)
		g_string_free(g_ptr_array_index(parser->unfolded, i), TRUE);
	g_ptr_array_set_size(parser->unfolded, 0);
}

void parser_clear(Parser *parser)
{
	if (!parser->matters)
		return;
	drop_unfolded(parser);
	g_ptr_array_unref(parser->unfolded);
	g_array_unref(parser->matters);
	g_free(parser->leaves);
	*parser = (Parser){ 0 };
}

static ParseResult bad(Walk *w, const char *why)
{
	if (w->at >= w->text.size)
		return PARSE_SHORT;
	w->parser->bad_at = w->at;
	w->parser->trouble = why;
	return PARSE_BAD;
}

/* ---- leaves ---- */

static void note_traits(Parser *p, const Name *name)
{
	if (name->traits.use & USE_TELLS) {
		for (guint i = 0; i < DIALECT_WORDS; i++)
			p->tells[i] |= name->traits.tells[i];
	}
	if (name->traits.use & USE_MATTERS)
		g_array_append_val(p->matters, p->n_leaves);
}

static inline void add_leaf(
	Walk *w, const Name *name, ValueType type, Slice bytes, gboolean is_item)
{
	Parser *p = w->parser;

	if (G_UNLIKELY(p->n_leaves == p->room)) {
		p->room = p->room ? p->room * 2 : 64;
		p->leaves = g_renew(Leaf, p->leaves, p->room);
	}
	p->n_fields += !is_item;
	if (G_UNLIKELY(p->n_fields > LIMIT_JSON_FIELDS || p->n_leaves >= LIMIT_JSON_VALUES)) {
		p->limit =
			p->n_fields > LIMIT_JSON_FIELDS ? "LIMIT_JSON_FIELDS" : "LIMIT_JSON_VALUES";
		p->is_full = TRUE;
		return;
	}
	if (name->traits.use & (USE_TELLS | USE_MATTERS))
		note_traits(p, name);
	p->leaves[p->n_leaves++] = (Leaf){ name, bytes, (guint8)type, is_item };
}

/* ---- keys ---- */

/* Reads the key whose quote is at @w->at. FALSE with PARSE_SHORT meant; NULL for one to pass over.
 */
static gboolean read_key(Walk *w, Name *parent, Name **ret_name)
{
	Name *guess = *w->guess;
	gsize start = w->at + 1, end;
	gboolean escapes;

	if (G_LIKELY(name_is_at(guess, parent, w->text, start))) {
		w->at = start + guess->key.size + 1;
		*ret_name = guess;
		return TRUE;
	}
	end = token_string(w->text, start, &escapes);
	if (end >= w->text.size)
		return FALSE;
	w->at = end + 1;
	*ret_name = NULL;
	/* There is no room for its value, and names cost more than values. */
	if (w->parser->is_full)
		return TRUE;
	*ret_name = names_find(w->parser->names, parent, slice_sub(w->text, start, end - start));
	if (*ret_name)
		*w->guess = *ret_name;
	else
		w->parser->limit = "LIMIT_JSON_NAME_BYTES";
	return TRUE;
}

/* ---- objects in strings ---- */

static gboolean may_hold_object(const Name *name, Slice raw)
{
	gsize at = token_space(raw, 0);

	return (name->traits.use & USE_HOLDS) && at < raw.size && raw.data[at] == '{';
}

/* Puts the leaves of the object that the string holds in its place; FALSE where it is none. */
static gboolean unfold(Walk *w, Name *name, Slice raw)
{
	Parser *p = w->parser;
	guint n_leaves = p->n_leaves, n_fields = p->n_fields, n_matters = p->matters->len;
	GString *text = g_string_new(NULL);
	g_autofree Walk *inner = g_new(Walk, 1);
	gboolean wraps = (name->traits.use & USE_HOLDS_TOP) != 0;
	guint64 tells[DIALECT_WORDS];

	for (guint i = 0; i < DIALECT_WORDS; i++)
		tells[i] = p->tells[i];
	g_ptr_array_add(p->unfolded, text);
	json_append_unescaped(text, raw);
	inner->parser = p;
	inner->text = slice_make(text->str, text->len);
	inner->at = token_space(inner->text, 0) + 1;
	inner->n_unfolds = w->n_unfolds + 1;
	inner->n_frames = 1;
	inner->frames[0] = (Frame){ wraps ? name->parent : name, name, FALSE, FALSE, FALSE, TRUE };
	inner->guess = &inner->frames[0].name->inside;
	if (walk(inner) == PARSE_WHOLE && token_space(inner->text, inner->at) == inner->text.size)
		return TRUE;
	for (guint i = 0; i < DIALECT_WORDS; i++)
		p->tells[i] = tells[i];
	p->n_leaves = n_leaves;
	p->n_fields = n_fields;
	g_array_set_size(p->matters, n_matters);
	return FALSE;
}

/* ---- values ---- */

static ParseResult read_string(Walk *w, Name *name, gboolean is_item)
{
	gsize start = w->at + 1, end;
	gboolean escapes;

	end = token_string(w->text, start, &escapes);
	if (end >= w->text.size)
		return PARSE_SHORT;
	w->at = end + 1;
	if (!name)
		return PARSE_WHOLE;

	Slice raw = slice_sub(w->text, start, end - start);

	if (G_UNLIKELY(name->traits.use & USE_HOLDS) && may_hold_object(name, raw) &&
		w->n_unfolds < LIMIT_JSON_UNFOLD && unfold(w, name, raw))
		return PARSE_WHOLE;
	add_leaf(w, name, escapes ? VALUE_JSON : VALUE_UTF8, raw, is_item);
	return PARSE_WHOLE;
}

static ParseResult read_bare(Walk *w, const Name *name, gboolean is_item)
{
	gsize start = w->at, end = token_bare(w->text, start);
	Slice bare = slice_sub(w->text, start, end - start);
	guint8 first = w->text.data[start];
	ValueType type = VALUE_BARE;

	if (end >= w->text.size)
		return PARSE_SHORT;
	if (first == '-' || g_ascii_isdigit(first)) {
		/* Whether it is a number is asked when it is printed. */
	} else if (first == 'n' && slice_equal(bare, slice_from_text("null"))) {
		type = VALUE_NULL;
		bare = SLICE_EMPTY;
	} else if (slice_equal(bare, slice_from_text("NaN")) ||
		slice_equal(bare, slice_from_text("Infinity"))) {
		type = VALUE_UTF8;
	} else if (!slice_equal(bare, slice_from_text("true")) &&
		!slice_equal(bare, slice_from_text("false"))) {
		return bad(w, "there is no value");
	}
	w->at = end;
	if (name)
		add_leaf(w, name, type, bare, is_item);
	return PARSE_WHOLE;
}

/* Passes over an object or array that nobody can have. */
static ParseResult pass_over(Walk *w)
{
	Skipping skipping = { 0 };
	gboolean done;

	w->at = token_skip(w->text, w->at, &skipping, &done);
	return done ? PARSE_WHOLE : PARSE_SHORT;
}

/* Whether the keys of the object called @name stand for themselves. */
static gboolean is_wrapper(const Walk *w, const Name *name)
{
	const Parser *p = w->parser;

	if (name->traits.use & USE_WRAPS)
		return TRUE;
	if (!(name->traits.use & USE_WRAPS_AFTER))
		return FALSE;
	for (guint i = 0; i < p->n_leaves; i++) {
		if (!(p->leaves[i].name->traits.use & USE_BESIDE))
			return FALSE;
	}
	return TRUE;
}

static ParseResult open_frame(Walk *w, Name *name, gboolean is_array, gboolean is_item)
{
	Name *inside = name;

	if (!name)
		return pass_over(w);
	if (w->n_frames == LIMIT_JSON_DEPTH) {
		w->parser->limit = "LIMIT_JSON_DEPTH";
		return pass_over(w);
	}
	if (G_UNLIKELY(name->traits.use & (USE_WRAPS | USE_WRAPS_AFTER)) && !is_array &&
		is_wrapper(w, name))
		inside = name->parent;
	w->frames[w->n_frames++] = (Frame){ inside, name, is_array, is_item, FALSE, TRUE };
	w->guess = &name->inside;
	w->at++;
	return PARSE_WHOLE;
}

static ParseResult read_value(Walk *w, Name *name, gboolean is_item)
{
	if (w->at >= w->text.size)
		return PARSE_SHORT;
	switch (w->text.data[w->at]) {
	case '"':
		return read_string(w, name, is_item);
	case '{':
		return open_frame(w, name, FALSE, is_item);
	case '[':
		return open_frame(w, name, TRUE, TRUE);
	default:
		return read_bare(w, name, is_item);
	}
}

static ParseResult read_member(Walk *w, Frame *frame)
{
	Name *name;
	guint n_frames = w->n_frames;

	if (!read_key(w, frame->name, &name))
		return PARSE_SHORT;
	w->at = token_space(w->text, w->at);
	if (w->at >= w->text.size || w->text.data[w->at] != ':')
		return bad(w, "there is no colon behind a key");
	w->at = token_space(w->text, w->at + 1);

	ParseResult result = read_value(w, name, frame->is_item);

	if (name && w->n_frames == n_frames)
		w->guess = &name->after;
	return result;
}

static void close_frame(Walk *w)
{
	const Frame *closed = &w->frames[--w->n_frames];

	w->at++;
	if (closed->is_empty && closed->self->parent) /* not the event itself */
		add_leaf(w, closed->self, closed->is_array ? VALUE_LIST : VALUE_NULL, SLICE_EMPTY,
			closed->is_item && !closed->is_array);
	if (w->n_frames > 0 && w->frames[w->n_frames - 1].is_array)
		w->guess = &closed->self->inside;
	else
		w->guess = &closed->self->after;
}

/* From behind the bracket of the outermost frame to behind its end. */
static ParseResult walk(Walk *w)
{
	ParseResult result;

	while (w->n_frames > 0) {
		Frame *frame = &w->frames[w->n_frames - 1];

		w->at = token_space(w->text, w->at);
		if (w->at >= w->text.size)
			return PARSE_SHORT;

		guint8 c = w->text.data[w->at];

		if (c == ',' && frame->needs_comma) {
			frame->needs_comma = FALSE;
			w->at++;
			continue;
		}
		if (c == (frame->is_array ? ']' : '}')) {
			close_frame(w);
			continue;
		}
		if (frame->needs_comma)
			return bad(w, "there is no comma between two values");
		frame->needs_comma = TRUE;
		frame->is_empty = FALSE;
		if (frame->is_array)
			result = read_value(w, frame->name, TRUE);
		else if (c == '"')
			result = read_member(w, frame);
		else
			return bad(w, "there is no key");
		if (result != PARSE_WHOLE)
			return result;
	}
	return PARSE_WHOLE;
}

ParseResult parser_read(Parser *parser, Names *names, Slice text, gsize start, gsize *ret_end)
{
	Name *root = names_root(names);
	Walk w;

	drop_unfolded(parser);
	parser->names = names;
	parser->n_leaves = parser->n_fields = 0;
	parser->limit = NULL;
	parser->is_full = FALSE;
	g_array_set_size(parser->matters, 0);
	for (guint i = 0; i < DIALECT_WORDS; i++)
		parser->tells[i] = 0;
	w.parser = parser;
	w.text = text;
	w.at = start + 1;
	w.n_unfolds = 0;
	w.n_frames = 1;
	w.frames[0] = (Frame){ root, root, FALSE, FALSE, FALSE, TRUE };
	w.guess = &root->inside;

	ParseResult result = walk(&w);

	*ret_end = w.at;
	return result;
}

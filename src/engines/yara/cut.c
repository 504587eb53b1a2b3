/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "rule" is a keyword and stands nowhere inside a rule, so it begins a new one even where the one
 * before lacks its closing brace: a broken rule costs itself and not those behind it.
 */
#include "engines/yara/cut.h"

#include "base/hash.h"
#include "base/limits.h"
#include "engines/yara/lex.h"

typedef struct Cutter {
	YaraCut *cut;
	Slice text;
	YaraLexer lexer;
	YaraToken token;     /* the one at hand */
	GHashTable *names;   /* Slice -> number of the first rule of that name, plus one */
	GHashTable *imports; /* Slice -> number of the import, plus one */
	GArray *marks;	     /* for each piece: the last one, plus one, that needs it */
	guint64 n_steps;     /* pieces compared with the name* of some condition */
	gsize stray_start;   /* of stray text that goes on */
	guint stray_line;
	gboolean in_stray;
} Cutter;

static void clear_piece(void *data)
{
	YaraPiece *piece = data;

	if (piece->needs)
		g_array_unref(piece->needs);
}

YaraPiece *yara_cut_piece(const YaraCut *cut, guint number)
{
	return &g_array_index(cut->pieces, YaraPiece, number);
}

const char *yara_piece_kind_name(YaraPieceKind kind)
{
	static const char *const names[] = { "rule", "import", "include", "text outside of rules" };

	return names[kind];
}

static void advance(Cutter *cutter)
{
	cutter->token = yara_lexer_next(&cutter->lexer);
}

static guint find(GHashTable *table, Slice name)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, &name));
}

static void remember(GHashTable *table, Slice name, guint number)
{
	g_hash_table_insert(table, g_memdup2(&name, sizeof name), GUINT_TO_POINTER(number + 1));
}

static void add_piece(Cutter *cutter, YaraPiece *piece, gsize start, gsize end)
{
	guint none = 0;

	piece->text = slice_sub(cutter->text, start, end - start);
	if (!piece->problem && piece->text.size && memchr(piece->text.data, 0, piece->text.size))
		piece->problem = "a NUL byte stands in it";
	g_array_append_val(cutter->cut->pieces, *piece);
	g_array_append_val(cutter->marks, none);
}

/* ---- stray text ---- */

static void begin_stray(Cutter *cutter)
{
	if (cutter->in_stray)
		return;
	cutter->in_stray = TRUE;
	cutter->stray_start = cutter->token.start;
	cutter->stray_line = cutter->token.line;
}

/* @end is where something that is understood begins. */
static void end_stray(Cutter *cutter, gsize end)
{
	YaraPiece piece = { .kind = YARA_PIECE_STRAY, .line = cutter->stray_line };

	if (!cutter->in_stray)
		return;
	cutter->in_stray = FALSE;
	piece.problem = "it is no rule, and the yara program would refuse the whole file for it";
	add_piece(cutter, &piece, cutter->stray_start, end);
}

/* ---- what a condition refers to ---- */

static void need(Cutter *cutter, YaraPiece *piece, guint number)
{
	guint self = cutter->cut->pieces->len + 1;
	guint *mark = &g_array_index(cutter->marks, guint, number);

	if (*mark == self)
		return;
	*mark = self;
	if (!piece->needs)
		piece->needs = g_array_new(FALSE, FALSE, sizeof(guint));
	g_array_append_val(piece->needs, number);
}

static gboolean has_prefix(Slice name, Slice prefix)
{
	return name.size >= prefix.size && slice_equal(slice_sub(name, 0, prefix.size), prefix);
}

static void need_prefix(Cutter *cutter, YaraPiece *piece, Slice prefix)
{
	GArray *pieces = cutter->cut->pieces;

	cutter->n_steps += pieces->len;
	if (cutter->n_steps > LIMIT_YARA_REFERENCE_STEPS) {
		piece->problem = "rules are referred to as name* too often (LIMIT_YARA_"
				 "REFERENCE_STEPS)";
		return;
	}
	for (guint i = 0; i < pieces->len; i++) {
		const YaraPiece *other = yara_cut_piece(cutter->cut, i);

		if (other->kind == YARA_PIECE_RULE && has_prefix(other->name, prefix))
			need(cutter, piece, i);
	}
}

/* A word of a condition; the token behind it is at hand. */
static void take_reference(Cutter *cutter, YaraPiece *piece, Slice word)
{
	guint rule = find(cutter->names, word), import = find(cutter->imports, word);

	if (rule)
		need(cutter, piece, rule - 1);
	if (import)
		need(cutter, piece, import - 1);
	if (yara_token_is_sign(&cutter->token, '*'))
		need_prefix(cutter, piece, word);
}

/* ---- rules ---- */

typedef struct Body {
	guint depth;	       /* of braces */
	gboolean in_condition; /* behind "condition" */
	gboolean behind_dot;
	gsize end;	/* behind the last token */
	guint line;	/* where that starts */
	YaraLexer next; /* at the first of the modifiers that are the last tokens of all */
	gsize next_end; /* behind the token before them */
	gboolean has_next;
} Body;

static gboolean is_modifier(const YaraToken *token)
{
	return yara_token_is_word(token, "private") || yara_token_is_word(token, "global");
}

/*
 * Modifiers may be the next rule's, where this one's closing brace is missing; but not one that
 * stands in the line of a string, which it then belongs to.
 */
static void note_modifier(const Cutter *cutter, Body *body)
{
	const YaraToken *token = &cutter->token;

	if (!is_modifier(token)) {
		body->has_next = FALSE;
	} else if (!body->has_next && token->line > body->line) {
		body->has_next = TRUE;
		body->next = cutter->lexer;
		body->next.cursor.position = token->start;
		body->next.line = token->line;
		body->next_end = body->end;
	}
}

/* Takes one token of a rule's body; FALSE behind its last one. */
static gboolean take_body_token(Cutter *cutter, YaraPiece *piece, Body *body)
{
	YaraToken token = cutter->token;

	note_modifier(cutter, body);
	advance(cutter);
	body->end = token.end;
	body->line = token.line;
	if (yara_token_is_sign(&token, '{'))
		body->depth++;
	else if (yara_token_is_sign(&token, '}'))
		body->depth--;
	else if (body->in_condition && token.kind == YARA_TOKEN_WORD && !body->behind_dot)
		take_reference(cutter, piece, token.text);
	else if (yara_token_is_word(&token, "condition"))
		body->in_condition = TRUE;
	body->behind_dot = yara_token_is_sign(&token, '.');
	return body->depth > 0;
}

static void take_body(Cutter *cutter, YaraPiece *piece, gsize start)
{
	Body body = { .end = cutter->token.start, .line = cutter->token.line };
	gboolean goes_on = TRUE;

	while (goes_on && cutter->token.kind != YARA_TOKEN_END &&
		!yara_token_is_word(&cutter->token, "rule"))
		goes_on = take_body_token(cutter, piece, &body);
	if (goes_on) {
		piece->problem = "its closing brace is missing";
		if (body.has_next) {
			body.end = body.next_end;
			cutter->lexer = body.next;
			advance(cutter);
		}
	}
	add_piece(cutter, piece, start, body.end);
}

static void take_tags(Cutter *cutter)
{
	while (cutter->token.kind == YARA_TOKEN_WORD || yara_token_is_sign(&cutter->token, ':')) {
		if (yara_token_is_word(&cutter->token, "rule"))
			return;
		advance(cutter);
	}
}

/* At "rule" or a modifier before it; @start is where the first of them begins. */
static void take_rule(Cutter *cutter)
{
	YaraPiece piece = { .kind = YARA_PIECE_RULE, .line = cutter->token.line };
	gsize start = cutter->token.start;
	guint number;

	for (; is_modifier(&cutter->token); advance(cutter)) {
		piece.is_private |= yara_token_is_word(&cutter->token, "private");
		piece.is_global |= yara_token_is_word(&cutter->token, "global");
	}
	if (!yara_token_is_word(&cutter->token, "rule")) {
		piece.kind = YARA_PIECE_STRAY;
		piece.problem = "a modifier without a rule";
		add_piece(cutter, &piece, start, cutter->token.start);
		return;
	}
	advance(cutter);
	if (cutter->token.kind == YARA_TOKEN_WORD && !yara_token_is_word(&cutter->token, "rule")) {
		piece.name = cutter->token.text;
		advance(cutter);
	}
	take_tags(cutter);
	if (!yara_token_is_sign(&cutter->token, '{')) {
		piece.problem =
			piece.name.size ? "its opening brace is missing" : "a rule without a name";
		add_piece(cutter, &piece, start, cutter->token.start);
		return;
	}
	if (!piece.name.size)
		piece.problem = "a rule without a name";
	else if (find(cutter->names, piece.name))
		piece.problem = "another rule above has the same name";
	number = cutter->cut->pieces->len;
	take_body(cutter, &piece, start);
	if (piece.name.size && !find(cutter->names, piece.name))
		remember(cutter->names, piece.name, number);
}

/* ---- imports and includes ---- */

static void take_import(Cutter *cutter, YaraPieceKind kind)
{
	YaraPiece piece = { .kind = kind, .line = cutter->token.line };
	YaraToken word = cutter->token;

	advance(cutter);
	if (cutter->token.kind != YARA_TOKEN_TEXT) {
		begin_stray(cutter);
		cutter->stray_start = word.start;
		cutter->stray_line = word.line;
		return;
	}
	piece.name = cutter->token.text;
	if (kind == YARA_PIECE_INCLUDE)
		piece.problem = "include is not followed: name the other file as well, each file "
				"is read by itself";
	else
		remember(cutter->imports, piece.name, cutter->cut->pieces->len);
	add_piece(cutter, &piece, word.start, cutter->token.end);
	advance(cutter);
}

static void take_piece(Cutter *cutter)
{
	const YaraToken *token = &cutter->token;
	gboolean is_import = yara_token_is_word(token, "import");

	if (is_import || yara_token_is_word(token, "include")) {
		end_stray(cutter, token->start);
		take_import(cutter, is_import ? YARA_PIECE_IMPORT : YARA_PIECE_INCLUDE);
	} else if (is_modifier(token) || yara_token_is_word(token, "rule")) {
		end_stray(cutter, token->start);
		take_rule(cutter);
	} else {
		begin_stray(cutter);
		advance(cutter);
	}
}

YaraCut *yara_cut_new(Slice text)
{
	g_autoptr(GHashTable) names =
		g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
	g_autoptr(GHashTable) imports =
		g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
	g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(guint));
	YaraCut *cut = g_new0(YaraCut, 1);
	Cutter cutter = {
		.cut = cut,
		.text = text,
		.lexer = yara_lexer_make(text),
		.names = names,
		.imports = imports,
		.marks = marks,
	};

	cut->pieces = g_array_new(FALSE, FALSE, sizeof(YaraPiece));
	g_array_set_clear_func(cut->pieces, clear_piece);
	advance(&cutter);
	while (cutter.token.kind != YARA_TOKEN_END)
		take_piece(&cutter);
	end_stray(&cutter, text.size);
	return cut;
}

void yara_cut_free(YaraCut *cut)
{
	if (!cut)
		return;
	g_array_unref(cut->pieces);
	g_free(cut);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/lex.h"

YaraLexer yara_lexer_make(Slice text)
{
	return (YaraLexer){ .cursor = cursor_make(text), .line = 1 };
}

/* The byte @ahead of the position, or NUL behind the end. */
static guint8 peek(const YaraLexer *lexer, gsize ahead)
{
	return cursor_remaining(&lexer->cursor) > ahead
		? lexer->cursor.bytes.data[lexer->cursor.position + ahead]
		: 0;
}

static gboolean at_end(const YaraLexer *lexer)
{
	return cursor_remaining(&lexer->cursor) == 0;
}

static void step(YaraLexer *lexer)
{
	guint8 byte;

	if (cursor_u8(&lexer->cursor, &byte) && byte == '\n')
		lexer->line++;
}

static void skip_line(YaraLexer *lexer)
{
	while (!at_end(lexer) && peek(lexer, 0) != '\n')
		step(lexer);
}

static void skip_comment(YaraLexer *lexer)
{
	step(lexer);
	step(lexer);
	while (!at_end(lexer) && !(peek(lexer, 0) == '*' && peek(lexer, 1) == '/'))
		step(lexer);
	step(lexer);
	step(lexer);
}

static void skip_blank(YaraLexer *lexer)
{
	for (;;) {
		guint8 c = peek(lexer, 0);

		if (at_end(lexer))
			return;
		if (c == '/' && peek(lexer, 1) == '/')
			skip_line(lexer);
		else if (c == '/' && peek(lexer, 1) == '*')
			skip_comment(lexer);
		else if (c == ' ' || (c >= '\t' && c <= '\r'))
			step(lexer);
		else
			return;
	}
}

/* From the opening @quote to the closing one, or to the end of the line where there is none. */
static void skip_quoted(YaraLexer *lexer, char quote)
{
	step(lexer);
	while (!at_end(lexer) && peek(lexer, 0) != '\n') {
		guint8 c = peek(lexer, 0);

		step(lexer);
		if (c == quote)
			return;
		if (c == '\\' && peek(lexer, 0) != '\n')
			step(lexer);
	}
}

static gboolean is_letter(guint8 c)
{
	return g_ascii_isalpha((char)c) || c == '_';
}

static void skip_word(YaraLexer *lexer)
{
	while (is_letter(peek(lexer, 0)) || g_ascii_isdigit((char)peek(lexer, 0)))
		step(lexer);
}

static YaraTokenKind skip_token(YaraLexer *lexer)
{
	guint8 c = peek(lexer, 0);

	if (c == '"' || c == '/') {
		skip_quoted(lexer, (char)c);
		return c == '"' ? YARA_TOKEN_TEXT : YARA_TOKEN_OTHER;
	}
	if (is_letter(c)) {
		skip_word(lexer);
		return YARA_TOKEN_WORD;
	}
	step(lexer);
	/* 0x1F and $rule hold no words. */
	if (g_ascii_isdigit((char)c) || c == '$' || c == '#' || c == '@' || c == '!')
		skip_word(lexer);
	return YARA_TOKEN_OTHER;
}

YaraToken yara_lexer_next(YaraLexer *lexer)
{
	YaraToken token = { .kind = YARA_TOKEN_END };

	skip_blank(lexer);
	token.line = lexer->line;
	token.start = token.end = lexer->cursor.position;
	if (at_end(lexer))
		return token;
	token.kind = skip_token(lexer);
	token.end = lexer->cursor.position;
	token.text = slice_sub(lexer->cursor.bytes, token.start, token.end - token.start);
	if (token.kind == YARA_TOKEN_TEXT) {
		token.text = slice_sub(token.text, 1, token.text.size);
		if (token.text.size && token.text.data[token.text.size - 1] == '"')
			token.text.size--;
	}
	return token;
}

gboolean yara_token_is_word(const YaraToken *token, const char *word)
{
	return token->kind == YARA_TOKEN_WORD && slice_equal(token->text, slice_from_text(word));
}

gboolean yara_token_is_sign(const YaraToken *token, char sign)
{
	return token->kind == YARA_TOKEN_OTHER && token->text.size == 1 &&
		token->text.data[0] == (guint8)sign;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraLexer: the words of a YARA rule file, as far as cutting it into rules needs them.
 *
 * It follows libyara's lexer.l in what ends a text, a regular expression and a comment, and knows
 * nothing else of the language. What it takes to be a rule that libyara does not, or the other way
 * round, harms nobody: see engines/yara/ruleset.c.
 */
#pragma once

#include <glib.h>

#include "base/cursor.h"

typedef enum YaraTokenKind {
	YARA_TOKEN_END,
	YARA_TOKEN_WORD,  /* an identifier or keyword */
	YARA_TOKEN_TEXT,  /* "…"; text is what stands between the quotes, unread */
	YARA_TOKEN_OTHER, /* one sign, a number, $string, a regular expression */
} YaraTokenKind;

typedef struct YaraToken {
	YaraTokenKind kind;
	gsize start, end; /* in the file */
	guint line;	  /* where it starts, from 1 */
	Slice text;
} YaraToken;

typedef struct YaraLexer {
	Cursor cursor;
	guint line;
} YaraLexer;

YaraLexer yara_lexer_make(Slice text);

/* The next token, comments and white space passed over. */
YaraToken yara_lexer_next(YaraLexer *lexer);

gboolean yara_token_is_word(const YaraToken *token, const char *word);
gboolean yara_token_is_sign(const YaraToken *token, char sign);

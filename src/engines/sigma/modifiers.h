/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modifiers: what may stand behind a field's name, as one table of functions over an Operand.
 *
 * An operand is a value on its way: at first text or a number; each modifier, in the order they are
 * written, changes it or refuses it with a reason. values.c makes tests of what is left.
 */
#pragma once

#include "engines/sigma/draft.h"
#include "engines/sigma/pattern.h"
#include "engines/sigma/yaml-tree.h"

typedef enum OperandKind {
	OPERAND_TEXT,	 /* alternatives of patterns */
	OPERAND_NUMBER,	 /* the same, and a number */
	OPERAND_REGEX,	 /* texts of regular expressions */
	OPERAND_NETWORK, /* texts of networks */
	OPERAND_FIELD,	 /* the name of another field */
	OPERAND_COMPARE, /* a number, compared or taken from a time */
} OperandKind;

typedef struct Operand {
	OperandKind kind;
	const YamlNode *node;
	GPtrArray *patterns; /* of Pattern: any of them; one at first */
	const char *first;   /* the first modifier that changed it, or NULL */
	GString *encodings;  /* names of the encoding modifiers so far, for people; NULL: none */
	gboolean cased;
	gboolean open_start, open_end; /* REGEX, FIELD: contains, startswith, endswith */
	gboolean anchored;	       /* REGEX: one of these was given */
	RegexFlags flags;
	gboolean compares; /* COMPARE: lt, lte, gt or gte was given */
	TestKind comparison;
	gboolean has_part; /* COMPARE: of a part of a time */
	TimePart part;
} Operand;

typedef struct Modifier Modifier;

struct Modifier {
	const char *name;
	/*
	 * FALSE where the draft was rejected. NULL for all, neq and exists: they concern the line
	 * as a whole, not each of its values.
	 */
	gboolean (*apply)(const Modifier *modifier, Operand *operand, Draft *draft);
	int parameter; /* what several modifiers of one function differ by */
};

/* The modifier called @name (exactly), or NULL. */
const Modifier *modifier_find(const char *name);

/* The operand that @node, a scalar that is not null, is before any modifier. */
void operand_init(Operand *operand, const YamlNode *node);
void operand_clear(Operand *operand);

/* Applies the next modifier. FALSE where the draft was rejected. */
gboolean operand_apply(Operand *operand, const Modifier *modifier, Draft *draft);

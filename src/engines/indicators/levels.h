/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels: how much it means that an indicator was found, as content/tables/indicator-levels.yml
 * says. See there for its format.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/slice.h"
#include "model/indicator.h"
#include "model/rule.h"

typedef struct Levels Levels;

/* What one source says of an indicator, and where it was found. */
typedef struct LevelCase {
	IndicatorKind kind;
	guint confidence;
	const char *lists; /* names of warning lists, joined by line feeds */
	Instant valid_from, valid_until;
	Instant event;
	gboolean is_text;   /* in free text, not in a field of its kind */
	gboolean is_parent; /* as parent of a host, or as network of an address */
} LevelCase;

/* NULL with @error where @text is malformed. */
Levels *levels_new(Slice text, GError **error);
void levels_free(Levels *levels); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Levels, levels_free)

/* Why a level is what it is: one reason, and the level after it. */
typedef struct LevelReason {
	char *reason;
	RuleLevel level;
} LevelReason;

/*
 * The level, with the reasons behind those in @ret_reasons (LevelReason, its clear function set by
 * level_reasons_new()), which may be NULL. @levels may be NULL: then all is informational.
 */
RuleLevel levels_judge(const Levels *levels, const LevelCase *at, GArray *ret_reasons);

GArray *level_reasons_new(void);

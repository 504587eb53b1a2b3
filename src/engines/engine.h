/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engines judge events with content that users can read, edit and share.
 *
 * The life of an engine, all in the worker:
 *
 *	new()     once, before the content is read
 *	load()    for each rule file; one bad rule never stops the others
 *	compile() once, after the last load(); then the process forks, and children share the result
 *	judge()   for each event, in the sealed children
 *
 * Binding: at the first event of a shape the engine finds which rules can apply, resolves field
 *names to columns and stores what it needs in shape->bindings[slot], with how to free it.
 */
#pragma once

#include <glib.h>

#include "model/correlation.h"
#include "model/coverage.h"
#include "model/event.h"
#include "model/indicator.h"
#include "model/intel-report.h"
#include "model/rule.h"

#define LEVEL_OF_RULE LEVEL_N /* of a finding: no other level than the rule's */

typedef struct EngineState EngineState; /* each engine has its own */

/* How an engine reports. All texts are borrowed for the call. */
typedef struct EngineReport {
	/*
	 * A rule was loaded or rejected. @rule->index numbers rules 0, 1, 2 … in order of loading;
	 * they may be told in any order, and some only by compile().
	 */
	void (*rule)(void *context, const RuleInfo *rule);
	/* Of each correlation rule that was loaded, by compile(). */
	void (*correlation)(void *context, const Correlation *correlation);
	/* Rule @index is true of @event, because of @matches. @level is the rule's own
	 * (LEVEL_OF_RULE), or what it is for this event. */
	void (*finding)(void *context, guint index, RuleLevel level, const Event *event,
		const Match *matches, guint n_matches);
	/*
	 * A rule that is part number @part of the correlation that is rule @correlation is true of
	 * @event; @key are its values for it (hit_key_append()). An event with several values in a
	 * field is several hits.
	 */
	void (*hit)(void *context, guint correlation, guint part, const Event *event, Slice key,
		const Match *matches, guint n_matches);
	/* More hits of @event were left out than LIMIT_HITS_PER_EVENT allows. */
	void (*hits_left_out)(void *context, guint correlation, const Event *event, guint64 n);
	/*
	 * Rule @index, of kind RULE_OBSERVATION, is true of @event, which says @value of @subject
	 * (NULL: none of the rule's fields tells) in the matter of @kind.
	 */
	void (*observation)(void *context, guint index, const char *kind, const Event *event,
		const Slice *subject, Slice value);
	/* Something of @event could not be judged: @gap->note says by what and why; its place is
	 * filled in. */
	void (*gap)(void *context, const Event *event, const Gap *gap);
	/* Of load() of intelligence: what became of the source at hand, its notes first. */
	void (*intel_note)(void *context, const IntelNote *note);
	void (*intel_source)(void *context, const IntelSource *source);
	/* Of load() of intelligence: a rule for another engine; loaded behind this file. */
	void (*foreign_rule)(void *context, const char *engine, const char *name, Slice text);
	void *context;
} EngineReport;

typedef struct Engine {
	const char *name; /* "sigma" */
	const char *description;
	const char *docs;

	/* @slot is the engine's binding slot in every shape; @report outlives the state. */
	EngineState *(*new)(guint slot, const EngineReport *report);
	void (*free)(EngineState *state);

	/* TRUE where a file of this name can be content of this engine. */
	gboolean (*accepts)(const char *path);

	/*
	 * A table or placeholder file under content/tables that the engine needs: @name is its file
	 * name. FALSE with @error where it is meant for the engine and malformed.
	 */
	gboolean (*table)(EngineState *state, const char *name, Slice text, GError **error);

	/*
	 * Reads the rules of one file; reports each through rule(), also those it rejects.
	 * @first_index is the number the first one gets. Returns how many there are; those that
	 * depend on others are reported by compile() only.
	 */
	guint (*load)(EngineState *state, const char *path, Slice text, guint first_index);

	/*
	 * Intelligence (-i, content/intel) alone, else NULL: reads one file of it, which stays
	 * mapped until free(). Reports as load() does, and through intel_note() and intel_source().
	 */
	guint (*load_intel)(EngineState *state, const char *path, Slice bytes, guint first_index);

	/*
	 * Where load_intel() is there, or NULL: writes all intelligence that was loaded as a
	 * compiled store, which load_intel() reads again with the same result. In pieces of any
	 * size; after compile().
	 */
	void (*compile_intel)(
		EngineState *state, void (*write)(void *context, Slice bytes), void *context);

	/*
	 * Likewise: calls @each with the number (from 0) of every late rule that @value, however
	 * it is written, is an indicator of. After compile().
	 */
	void (*look_up)(EngineState *state, Slice value, void (*each)(void *context, guint number),
		void *context);

	/*
	 * Some rules are too many to be told of before they are needed: indicators, by the million.
	 * Returns how many of these there are (most often 0). They get the numbers from @first_late
	 * on, and are told of when one is found, by describe().
	 */
	guint (*compile)(EngineState *state, guint first_late);

	/*
	 * What is to be known of late rule @number (from 0); the caller's. NULL where compile()
	 * returns 0. Its kind is RULE_INDICATOR, its sha256 that of its source, or it is refused.
	 */
	RuleInfo *(*describe)(EngineState *state, guint number);

	/*
	 * After compile(): TRUE where some rule can be true of events that tell of files
	 * (readers/file/), which are not made where no engine wants them; and TRUE where one looks
	 * at Event.content. NULL: wants_files() is what wants_content() says, or TRUE where there
	 * is neither; wants_content() is FALSE.
	 */
	gboolean (*wants_files)(EngineState *state);
	gboolean (*wants_content)(const EngineState *state);

	/* Judges one event; reports each rule that is true of it, in order of index. */
	void (*judge)(EngineState *state, const Event *event);

	/*
	 * Sets the bit of each rule in @bits (n_rules of them, zeroed by the caller, least
	 * significant bit first) that is bound to a shape of which an event was judged since the
	 * last call.
	 */
	void (*take_applicable)(EngineState *state, guint8 *bits, gsize n_bytes);
} Engine;

/* All engines, NULL-terminated, in order of name. */
extern const Engine *const engine_registry[];

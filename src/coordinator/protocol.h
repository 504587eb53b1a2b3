/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child may say when. A child may be in an attacker's hands: whatever it says is looked at
 * here before anything is kept, and one word that is not allowed ends it.
 */
#pragma once

#include <glib.h>

#include "coordinator/evidence.h"
#include "coordinator/late-rules.h"
#include "ipc/message.h"

typedef enum ChildState {
	CHILD_STARTING, /* forked, not yet heard of */
	CHILD_IDLE,
	CHILD_PLANNING,
	CHILD_READING,
	CHILD_EXPANDING,
	CHILD_ENDING, /* its channel is closed, or it was killed; its end is not yet told */
	CHILD_N_STATES,
} ChildState;

/* What the loader told, and children refer to. */
typedef struct ProtocolContent {
	const GPtrArray *rules;	       /* RuleInfo, by index */
	const GPtrArray *correlations; /* the Correlations among them, by ascending rule */
	LateRules *late;
} ProtocolContent;

/*
 * FALSE with @error where a child in @state that holds @task (NULL where idle) may not say
 * @message. Of late rules it is remembered that they were told of.
 */
gboolean protocol_check(ChildState state, Task *task, const ProtocolContent *content,
	const Message *message, GError **error);

/* TRUE where @message is the last word about a task. */
gboolean protocol_ends_task(MessageType type);

/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/protocol.h"

#include "base/error.h"
#include "base/limits.h"
#include "model/correlation-set.h"
#include "model/observation.h"

#define MEMBER_NAME_MAX (LIMIT_ARCHIVE_NAME_BYTES + 16) /* with what shows that it was cut */

#define BIT(type) (1u << (type))

static const guint allowed[CHILD_N_STATES] = {
	[CHILD_STARTING] = BIT(MESSAGE_HELLO) | BIT(MESSAGE_FAILED),
	[CHILD_IDLE] = 0,
	[CHILD_PLANNING] = BIT(MESSAGE_GAP) | BIT(MESSAGE_PLANNED) | BIT(MESSAGE_FAILED),
	[CHILD_READING] = BIT(MESSAGE_RULE) | BIT(MESSAGE_FINDING) | BIT(MESSAGE_HIT) |
		BIT(MESSAGE_EVENT) | BIT(MESSAGE_GAP) | BIT(MESSAGE_SPAN) | BIT(MESSAGE_TALLY) |
		BIT(MESSAGE_OBSERVATION) | BIT(MESSAGE_LIBRARY) | BIT(MESSAGE_FAILED) |
		BIT(MESSAGE_DONE) | BIT(MESSAGE_ALIVE),
	[CHILD_EXPANDING] =
		BIT(MESSAGE_MEMBER) | BIT(MESSAGE_DATA) | BIT(MESSAGE_GAP) | BIT(MESSAGE_EXPANDED),
	[CHILD_ENDING] = 0,
};

static gboolean check_planned(const Task *task, const Message *message)
{
	Slice reader = message->fields[0].bytes;
	guint64 n_units = message->fields[2].number, per_task = message->fields[3].number;
	guint64 unit_bytes = message->fields[4].number, size = task->evidence->size;

	for (gsize i = 0; i < reader.size; i++) {
		if (!g_ascii_isalnum((char)reader.data[i]) && reader.data[i] != '-')
			return FALSE;
	}
	if (reader.size > 64 || message->fields[1].number > 100 ||
		message->fields[6].number > (READER_RECOVERS | READER_EXPANDS))
		return FALSE;
	if (reader.size == 0)
		return TRUE;
	/* No unit is smaller than a byte, and none reaches behind the end, but perhaps the last. */
	return n_units <= size + 1 && per_task >= 1 && n_units / per_task < LIMIT_TASKS &&
		unit_bytes <= MAX(size, LIMIT_MESSAGE_BYTES) &&
		/* so that where a unit lies can be computed */
		n_units <= G_MAXINT64 / MAX(unit_bytes, 1) && message->fields[5].number <= size;
}

static gboolean check_rule(Task *task, const ProtocolContent *content, const Message *message)
{
	if (!(task->flags & READ_JUDGE) || !late_rules_check(content->late, message))
		return FALSE;
	if (!task->told_rules)
		task->told_rules = g_hash_table_new(NULL, NULL);
	/* Once for each task is enough. */
	return g_hash_table_add(
		task->told_rules, GUINT_TO_POINTER((guint)message->fields[0].number));
}

/* A rule that makes findings, or a late one that the task told of. */
static gboolean may_be_found(const Task *task, const GPtrArray *rules, guint64 rule)
{
	const RuleInfo *info = rule < rules->len ? rules->pdata[rule] : NULL;

	if (info)
		return info->status == RULE_LOADED && info->kind == RULE_DETECTION &&
			!info->is_silent;
	return task->told_rules && rule >= rules->len &&
		g_hash_table_contains(task->told_rules, GUINT_TO_POINTER((guint)rule));
}

/*
 * What is found in a file as a whole is kept and forgotten by its path: it must be the one that was
 * asked about, and nothing that is found elsewhere may go by a path.
 */
static gboolean check_locator(const Task *task, Slice locator)
{
	static const char head[] = "file ";
	Slice start = slice_sub(locator, 0, sizeof head - 1);
	Slice place = slice_sub(locator, sizeof head - 1, locator.size);
	gboolean is_file = slice_equal(start, slice_from_text(head));

	if (task->kind != TASK_FILE)
		return locator.size && !is_file;
	return is_file && slice_equal(place, slice_from_text(task->evidence->file->place));
}

static gboolean check_finding(const Task *task, const GPtrArray *rules, const Message *message)
{
	guint64 rule = message->fields[0].number, recovered = message->fields[3].number;

	return task->flags & READ_JUDGE && may_be_found(task, rules, rule) &&
		message->fields[10].number <= LEVEL_N &&
		message->fields[2].number <= task->evidence->size && recovered <= 1 &&
		(!recovered || task->flags & READ_RECOVERED_TOO) &&
		check_locator(task, message->fields[5].bytes);
}

/* Of the part of a correlation that is a detection rule; other parts have no events of their own.
 */
static gboolean check_hit(const Task *task, const GPtrArray *rules, const GPtrArray *correlations,
	const Message *message)
{
	Slice values[LIMIT_CORRELATION_VALUES];
	guint64 recovered = message->fields[4].number, part = message->fields[1].number;
	const Correlation *correlation =
		correlation_set_find(correlations, (guint)message->fields[0].number);

	if (!correlation || part >= correlation->n_parts ||
		((const RuleInfo *)rules->pdata[correlation->parts[part].rule])->kind !=
			RULE_DETECTION ||
		!hit_key_read(message->fields[9].bytes, correlation_n_values(correlation), values))
		return FALSE;
	return task->flags & READ_JUDGE && message->fields[3].number <= task->evidence->size &&
		recovered <= 1 && (!recovered || task->flags & READ_RECOVERED_TOO) &&
		check_locator(task, message->fields[6].bytes);
}

static gboolean check_event(const Task *task, const Message *message)
{
	Slice line = message->fields[0].bytes;

	/* One line, one line feed, at its end: JSON itself has none inside its strings. */
	return task->flags & READ_EVENTS &&
		memchr(line.data, '\n', line.size) == line.data + line.size - 1;
}

static gboolean check_tally(const Message *message)
{
	guint64 most = G_MAXINT64 / LIMIT_TASKS; /* so that sums can not overflow */

	return message->fields[1].number <= most && message->fields[2].number <= most;
}

static gboolean check_observation(const Task *task, const GPtrArray *rules, const Message *message)
{
	guint64 rule = message->fields[0].number, n_events = message->fields[4].number;
	const RuleInfo *info = rule < rules->len ? rules->pdata[rule] : NULL;
	g_autofree char *kind = message_dup_text(message, 1);

	return task->flags & READ_JUDGE && info && info->status == RULE_LOADED &&
		info->kind == RULE_OBSERVATION && observation_kind_is_valid(kind) &&
		message->fields[2].bytes.size <= LIMIT_OBSERVATION_BYTES &&
		message->fields[3].bytes.size >= 1 &&
		message->fields[3].bytes.size <= LIMIT_OBSERVATION_BYTES && n_events >= 1 &&
		n_events <= G_MAXINT64 / LIMIT_TASKS &&
		check_locator(task, message->fields[6].bytes) &&
		check_locator(task, message->fields[8].bytes);
}

static gboolean check_done(const Task *task, const GPtrArray *rules, const Message *message)
{
	guint64 most = G_MAXINT64 / LIMIT_TASKS, n_remains = message->fields[5].bytes.size;

	if (n_remains && (task->pass != READ_IN_USE || n_remains != (task->n_units + 7) / 8))
		return FALSE;

	return message->fields[0].number <= most && message->fields[1].number <= most &&
		message->fields[4].bytes.size == (rules->len + 7) / 8;
}

static gboolean check_library(const Task *task, const Message *message)
{
	return task->flags & READ_SHARE_LIBRARY &&
		slice_equal(message->fields[0].bytes, slice_from_text(task->evidence->reader));
}

/* Of a file as a whole there is one event, which is not counted. */
static gboolean check_of_file(const Message *message)
{
	switch (message->type) {
	case MESSAGE_SPAN:
	case MESSAGE_TALLY:
	case MESSAGE_LIBRARY:
		return FALSE;
	case MESSAGE_DONE:
		return message->fields[0].number == 0 && message->fields[1].number == 0;
	default:
		return TRUE;
	}
}

static gboolean check_content(Task *task, const ProtocolContent *content, const Message *message)
{
	const GPtrArray *rules = content->rules;

	if (task && task->kind == TASK_FILE && !check_of_file(message))
		return FALSE;
	switch (message->type) {
	case MESSAGE_HELLO:
		return message->fields[0].number == PROTOCOL_VERSION &&
			message->fields[1].number <= 1;
	case MESSAGE_PLANNED:
		return check_planned(task, message);
	case MESSAGE_RULE:
		return check_rule(task, content, message);
	case MESSAGE_FINDING:
		return check_finding(task, rules, message);
	case MESSAGE_HIT:
		return check_hit(task, rules, content->correlations, message);
	case MESSAGE_EVENT:
		return check_event(task, message);
	case MESSAGE_MEMBER:
		return message->fields[0].bytes.size > 0 &&
			message->fields[0].bytes.size <= MEMBER_NAME_MAX;
	case MESSAGE_GAP:
		return message->fields[0].number < GAP_N_KINDS;
	case MESSAGE_TALLY:
		return check_tally(message);
	case MESSAGE_OBSERVATION:
		return check_observation(task, rules, message);
	case MESSAGE_LIBRARY:
		return check_library(task, message);
	case MESSAGE_DONE:
		return check_done(task, rules, message);
	default:
		return TRUE;
	}
}

gboolean protocol_check(ChildState state, Task *task, const ProtocolContent *content,
	const Message *message, GError **error)
{
	if (!(allowed[state] & BIT(message->type))) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a message of type %s out of turn", message_type_name(message->type));
		return FALSE;
	}
	if (!check_content(task, content, message)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a message of type %s with content that can not be",
			message_type_name(message->type));
		return FALSE;
	}
	return TRUE;
}

gboolean protocol_ends_task(MessageType type)
{
	return type == MESSAGE_PLANNED || type == MESSAGE_EXPANDED || type == MESSAGE_DONE ||
		type == MESSAGE_FAILED;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_ask_intel(): what there is to look for, without looking. The loader reads it, sealed as for
 * a scan, and answers; no child is started and no evidence opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/content.h"
#include "coordinator/scan.h"

static gboolean expect_failed(GError **error, const char *what)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "the worker %s", what);
	return FALSE;
}

static gboolean receive(const Loader *loader, Message *ret, GError **error)
{
	ReceiveResult result = channel_receive(loader->control, TRUE, ret, NULL, error);

	if (result == RECEIVE_MESSAGE)
		return TRUE;
	if (result != RECEIVE_FAILED)
		return expect_failed(error, "ended, or hangs, before it had answered");
	g_prefix_error(error, "the worker: ");
	return FALSE;
}

/* ---- what values are indicators of ---- */

static gboolean take_indicator(const Loader *loader, const Message *message, guint value,
	const IntelAnswers *answers, GError **error)
{
	g_autoptr(RuleInfo) rule = NULL;

	if (!late_rules_check(loader->late, message))
		return expect_failed(error, "told of an indicator that can not be");
	rule = rule_info_from_message(message);
	if (answers->indicator)
		answers->indicator(answers->context, value, rule);
	return TRUE;
}

static gboolean read_checks(
	const Loader *loader, guint n_values, const IntelAnswers *answers, GError **error)
{
	guint64 n_rules = 0;

	for (guint value = 0; value < n_values;) {
		Message message;

		if (!receive(loader, &message, error))
			return FALSE;
		if (message.type == MESSAGE_CHECKED && message.fields[0].number == value) {
			value++;
			n_rules = 0;
		} else if (message.type != MESSAGE_RULE || n_rules++ >= LIMIT_INTEL_CHECK_RULES) {
			return expect_failed(error, "gave an answer that was not asked for");
		} else if (!take_indicator(loader, &message, value, answers, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- the store ---- */

static gboolean write_all(int fd, Slice bytes, const char *path, GError **error)
{
	while (bytes.size) {
		ssize_t n = write(fd, bytes.data, bytes.size);

		if (n < 0 && errno != EINTR)
			return spoor_error_from_errno(error, "%s", path);
		if (n > 0)
			bytes = slice_sub(bytes, (gsize)n, bytes.size);
	}
	return TRUE;
}

static gboolean write_store(const Loader *loader, int fd, const char *path, GError **error)
{
	guint64 size = 0;

	for (;;) {
		Message message;
		Slice piece;

		if (!receive(loader, &message, error))
			return FALSE;
		if (message.type != MESSAGE_STORE)
			return expect_failed(error, "sent what is no store");
		piece = message.fields[0].bytes;
		if (piece.size == 0)
			break;
		size += piece.size;
		if (size > LIMIT_STORE_BYTES) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
				"%s: the store would be larger than LIMIT_STORE_BYTES", path);
			return FALSE;
		}
		if (!write_all(fd, piece, path, error))
			return FALSE;
	}
	if (size)
		return fsync(fd) == 0 || spoor_error_from_errno(error, "%s", path);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
		"%s: there is no indicator to make a store of", path);
	return FALSE;
}

/* Written beside its place and renamed: a store is there whole or not at all. */
static gboolean read_store(const Loader *loader, const char *path, GError **error)
{
	g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0666);
	gboolean done;

	if (fd < 0)
		return spoor_error_from_errno(error, "%s", path);
	done = write_store(loader, fd, path, error);
	if (close(fd) != 0 && done)
		done = spoor_error_from_errno(error, "%s", path);
	if (done && rename(beside, path) != 0)
		done = spoor_error_from_errno(error, "%s", path);
	if (!done)
		(void)unlink(beside); /* half a store; best effort */
	return done;
}

/* ---- the whole ---- */

static void tell_sources(const Loader *loader, const IntelAnswers *answers)
{
	const GPtrArray *entries = loader->intel->entries;

	for (guint i = 0; answers->source && i < entries->len; i++) {
		const IntelEntry *entry = entries->pdata[i];

		answers->source(answers->context, &entry->source,
			(const IntelNote *)(gpointer)entry->notes->data, entry->notes->len);
	}
	for (guint i = 0; answers->rule && i < loader->rules->len; i++) {
		const RuleInfo *rule = loader->rules->pdata[i];

		answers->rule(answers->context, rule);
	}
}

gboolean scan_ask_intel(const ScanOptions *options, const IntelQuestion *question,
	const IntelAnswers *answers, GError **error)
{
	ContentOptions content = options->content;
	g_autoptr(Loader) loader = NULL;

	content.check = question->values;
	content.store = question->store != NULL;
	loader = loader_new(
		&content, &options->times, options->worker_path, options->sandbox, error);
	if (!loader)
		return FALSE;
	tell_sources(loader, answers);
	if (question->values &&
		!read_checks(loader, g_strv_length((char **)question->values), answers, error))
		return FALSE;
	return !question->store || read_store(loader, question->store, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/content.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/correlation/pattern.h"
#include "coordinator/pdf-texts.h"
#include "model/correlation-set.h"
#include "sandbox/sandbox.h"

/* ---- starting ---- */

static void add_argument(GPtrArray *arguments, const char *first, const char *second)
{
	g_ptr_array_add(arguments, g_strdup(first));
	if (second)
		g_ptr_array_add(arguments, g_strdup(second));
}

static GPtrArray *make_arguments(const ContentOptions *content, const TimeOptions *times,
	const PdfTexts *pdfs, const char *worker_path, gboolean sandbox)
{
	g_autofree char *year = g_strdup_printf("%u", times->year);
	g_autofree char *parent = g_strdup_printf("%d", (int)getpid());
	g_autofree char *control = g_strdup_printf("%d", SANDBOX_CHANNEL_FD);
	GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);

	add_argument(arguments, worker_path, NULL);
	add_argument(arguments, "--control-fd", control);
	add_argument(arguments, "--parent", parent);
	add_argument(arguments, "--tables", content->tables);
	for (guint i = 0; content->placeholders && content->placeholders[i]; i++)
		add_argument(arguments, "--placeholders", content->placeholders[i]);
	for (guint i = 0; content->intel && content->intel[i]; i++)
		add_argument(arguments, "--intel", content->intel[i]);
	for (guint i = 0; content->check && content->check[i]; i++)
		add_argument(arguments, "--check", content->check[i]);
	if (content->store)
		add_argument(arguments, "--store", NULL);
	for (guint i = 0; i < pdfs->arguments->len; i++)
		add_argument(arguments, "--intel-text", pdfs->arguments->pdata[i]);
	if (times->timezone)
		add_argument(arguments, "--timezone", times->timezone);
	if (times->year)
		add_argument(arguments, "--year", year);
	if (!sandbox)
		add_argument(arguments, "--no-sandbox", NULL);
	add_argument(arguments, "--", NULL);
	for (guint i = 0; content->rules && content->rules[i]; i++)
		add_argument(arguments, content->rules[i], NULL);
	g_ptr_array_add(arguments, NULL);
	return arguments;
}

/* Between fork and exec: only what is safe there. Never returns. */
static void become_worker(char *const *arguments, int control, int texts)
{
	int null = open("/dev/null", O_RDWR);
	guint first_closed = SANDBOX_CHANNEL_FD + 1;

	/* Out of the way of the numbers that they get. */
	control = fcntl(control, F_DUPFD, WORKER_TEXTS_FD + 1);
	if (texts >= 0) {
		texts = fcntl(texts, F_DUPFD, WORKER_TEXTS_FD + 1);
		if (texts < 0 || dup2(texts, WORKER_TEXTS_FD) < 0)
			_exit(126);
		first_closed = WORKER_TEXTS_FD + 1;
	}

	/* In a process group of its own: Ctrl-C is for the coordinator, which ends in good order.
	 */
	(void)setpgid(0, 0);
	if (null < 0 || control < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
		dup2(control, SANDBOX_CHANNEL_FD) < 0 || close_range(first_closed, ~0u, 0) != 0)
		_exit(126);
	execv(arguments[0], arguments);
	_exit(127);
}

/* ---- hearing what was loaded ---- */

static gboolean expect_failed(GError **error, const char *what)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "the worker %s", what);
	return FALSE;
}

static gboolean receive(Loader *loader, Message *ret, GError **error)
{
	ReceiveResult result = channel_receive(loader->control, TRUE, ret, NULL, error);

	if (result == RECEIVE_CLOSED)
		return expect_failed(error, "ended before it had loaded the rules");
	if (result == RECEIVE_NOTHING)
		return expect_failed(error, "hangs while it loads the rules");
	if (result != RECEIVE_MESSAGE) {
		g_prefix_error(error, "the worker: ");
		return FALSE;
	}
	return TRUE;
}

static gboolean receive_hello(Loader *loader, gboolean sandbox, GError **error)
{
	Message message;

	if (!receive(loader, &message, error))
		return FALSE;
	if (message.type == MESSAGE_FAILED) {
		g_autofree char *reason = message_dup_text(&message, 0);

		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
			"the worker could not seal itself: %s", reason);
		return FALSE;
	}
	if (message.type != MESSAGE_HELLO || message.fields[0].number != PROTOCOL_VERSION)
		return expect_failed(error, "is not of this version of spoor");
	loader->sealed = message.fields[1].number == 1;
	if (sandbox && sandbox_is_built() && !loader->sealed)
		return expect_failed(error, "did not seal itself");
	return TRUE;
}

static gboolean is_sha256(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit((char)text.data[i]))
			return FALSE;
	}
	return text.size == 64;
}

/* No indicator is told of before it is found. */
static gboolean take_rule(Loader *loader, const Message *message, GError **error)
{
	g_autoptr(RuleInfo) rule = rule_info_from_message(message);

	if (!rule || rule->index != loader->rules->len || loader->rules->len >= LIMIT_RULES ||
		rule->kind == RULE_INDICATOR)
		return expect_failed(error, "told of a rule that can not be");
	g_ptr_array_add(loader->rules, g_steal_pointer(&rule));
	return TRUE;
}

static gboolean take_correlation(Loader *loader, const Message *message, GError **error)
{
	Correlation *correlation = correlation_decode(message->fields[0].bytes, error);

	if (!correlation || !pattern_join_check(correlation, error)) {
		correlation_free(correlation);
		g_prefix_error(error, "the worker: ");
		return FALSE;
	}
	g_ptr_array_add(loader->correlations, correlation);
	return loader->correlations->len <= loader->rules->len ||
		expect_failed(error, "told of more correlations than rules");
}

static gboolean take_loaded(Loader *loader, const Message *message, GError **error)
{
	g_autofree char *problem = message_dup_text(message, 2);

	if (*problem) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "the rules can not be used: %s",
			problem);
		return FALSE;
	}
	if (message->fields[0].number != loader->rules->len || !is_sha256(message->fields[1].bytes))
		return expect_failed(error, "lost count of the rules");
	if (message->fields[3].number > (WANTS_FILES | WANTS_CONTENT))
		return expect_failed(error, "wants what there is not");
	if (message->fields[4].number > LIMIT_LATE_RULES)
		return expect_failed(error, "has more indicators than can be");
	if (!intel_list_is_whole(loader->intel))
		return expect_failed(error, "told notes on a source of intelligence but no source");
	if (!correlation_set_check(loader->correlations, loader->rules, error)) {
		g_prefix_error(error, "the worker: ");
		return FALSE;
	}
	correlation_set_mark_silent(loader->correlations, loader->rules);
	loader->tables_sha256 = message_dup_text(message, 1);
	loader->wants = (guint)message->fields[3].number;
	loader->late = late_rules_new(loader->rules->len, (guint)message->fields[4].number);
	return TRUE;
}

/* All rules and sources of intelligence, then all correlations, then that this is all. */
static gboolean receive_rules(Loader *loader, GError **error)
{
	Message message;

	do {
		if (!receive(loader, &message, error))
			return FALSE;
		if (message.type == MESSAGE_RULE && loader->correlations->len == 0) {
			if (!take_rule(loader, &message, error))
				return FALSE;
		} else if (message.type == MESSAGE_INTEL_NOTE ||
			message.type == MESSAGE_INTEL_SOURCE) {
			if (loader->correlations->len || !intel_list_take(loader->intel, &message))
				return expect_failed(error, "told of intelligence that can not be");
		} else if (message.type == MESSAGE_CORRELATION) {
			if (!take_correlation(loader, &message, error))
				return FALSE;
		} else if (message.type != MESSAGE_LOADED) {
			return expect_failed(error, "sent what it must not send while it loads");
		}
	} while (message.type != MESSAGE_LOADED);
	return take_loaded(loader, &message, error);
}

/* ---- public ---- */

Loader *loader_new(const ContentOptions *content, const TimeOptions *times, const char *worker_path,
	gboolean sandbox, GError **error)
{
	g_autoptr(PdfTexts) pdfs = pdf_texts_new(content->intel, sandbox);
	g_autoptr(GPtrArray) arguments = make_arguments(content, times, pdfs, worker_path, sandbox);
	g_autoptr(Loader) loader = g_new0(Loader, 1);
	int control;

	loader->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_info_free);
	loader->intel = intel_list_new();
	loader->correlations = g_ptr_array_new_with_free_func((GDestroyNotify)correlation_free);
	if (access(worker_path, X_OK) != 0) {
		spoor_error_from_errno(error, "%s", worker_path);
		return NULL;
	}
	if (!channel_new_pair(LIMIT_TASK_SECONDS, &loader->control, &control, error))
		return NULL;
	loader->pid = fork();
	if (loader->pid == 0)
		become_worker((char *const *)arguments->pdata, control, pdfs->fd);
	(void)close(control); /* the worker's now */
	if (loader->pid < 0) {
		spoor_error_from_errno(error, "the worker could not be started");
		return NULL;
	}
	if (!receive_hello(loader, sandbox, error) || !receive_rules(loader, error))
		return NULL;
	return g_steal_pointer(&loader);
}

void loader_free(Loader *loader)
{
	if (!loader)
		return;
	channel_free(loader->control);
	if (loader->pid > 0) {
		/*
		 * It holds nothing that could be lost, and its children die with it. What a loader
		 * in an attacker's hands has started otherwise is in its process group, which the
		 * seal lets nobody leave.
		 */
		(void)kill(loader->pid, SIGKILL); /* it may not have its group yet */
		(void)kill(-loader->pid, SIGKILL);
		while (waitpid(loader->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	g_ptr_array_unref(loader->rules);
	g_ptr_array_unref(loader->correlations);
	late_rules_free(loader->late);
	intel_list_free(loader->intel);
	g_free(loader->tables_sha256);
	g_free(loader);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *loader_content_sha256(const Loader *loader)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GPtrArray) hashes = g_ptr_array_new();
	const char *last = "";

	for (guint i = 0; i < loader->rules->len; i++) {
		const RuleInfo *rule = loader->rules->pdata[i];

		if (rule->status == RULE_LOADED)
			g_ptr_array_add(hashes, rule->sha256);
	}
	for (guint i = 0; i < loader->intel->entries->len; i++) {
		const IntelEntry *entry = loader->intel->entries->pdata[i];

		if (*entry->source.format)
			g_ptr_array_add(hashes, (gpointer)entry->source.sha256);
	}
	g_ptr_array_sort(hashes, compare_texts);
	for (guint i = 0; i < hashes->len; i++) {
		const char *hash = hashes->pdata[i];

		if (strcmp(hash, last) != 0)
			g_checksum_update(sum, (const guchar *)hash, -1);
		last = hash;
	}
	g_checksum_update(sum, (const guchar *)loader->tables_sha256, -1);
	return g_strdup(g_checksum_get_string(sum));
}

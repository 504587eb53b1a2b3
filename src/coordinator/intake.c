/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread is the only one that touches the files until it hands an Evidence over; the lock
 * guards the queue in between.
 */
#include "coordinator/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "coordinator/digest.h"
#include "coordinator/walk.h"

#define AHEAD	   32		/* files hashed and open, and not taken yet */
#define WAIT_MS	   100		/* for standard input, between two looks for an interrupt */
#define HASH_BYTES (128u << 10) /* read at once: what the cache holds */

struct Intake {
	Walk walk;
	guint64 total_bytes;
	guint64 hash_later; /* see intake_new() */
	GThread *thread;
	GMutex lock;
	GCond room;	/* something was taken, or stop was set */
	GQueue ready;	/* Evidence; under the lock */
	gboolean ended; /* under the lock */
	gint stop;	/* atomic */
	const volatile gint *interrupted;
	int wake_fd;
	guint8 *buffer; /* HASH_BYTES, the thread's */
};

/* ---- one file ---- */

static void keep_stat(Evidence *evidence, const struct stat *about)
{
	evidence->size = (guint64)about->st_size;
	evidence->device = about->st_dev;
	evidence->inode = about->st_ino;
	evidence->modified = about->st_mtim.tv_sec * INSTANT_SECOND + about->st_mtim.tv_nsec;
}

static gboolean open_file(Evidence *evidence, struct stat *ret_about, GError **error)
{
	const IntakeFile *file = evidence->file;

	evidence->fd = walk_open(file->root, file->path + file->below, O_RDONLY);
	if (evidence->fd < 0 || fstat(evidence->fd, ret_about) != 0)
		return spoor_error_from_errno(error, "It could not be opened");
	if (S_ISREG(ret_about->st_mode))
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "It is not a regular file any more");
	return FALSE;
}

static gboolean is_stopped(const Intake *intake)
{
	return g_atomic_int_get(&intake->stop) ||
		(intake->interrupted && g_atomic_int_get(intake->interrupted));
}

static gboolean add_content(
	const Intake *intake, const Evidence *evidence, Digest *digest, GError **error)
{
	guint64 offset = 0;

	(void)posix_fadvise(evidence->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint */
	while (!is_stopped(intake)) {
		ssize_t n = pread(evidence->fd, intake->buffer, HASH_BYTES, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return spoor_error_from_errno(error, "It could not be read to its end");
		if (n == 0)
			return TRUE;
		digest_add(digest, slice_make(intake->buffer, (gsize)n));
		offset += (guint64)n;
	}
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "It could not be hashed");
	return FALSE;
}

static gboolean hash_file(const Intake *intake, const Evidence *evidence,
	char ret_sha256[DIGEST_TEXT_BYTES], GError **error)
{
	g_autoptr(Digest) digest = digest_new(error);

	if (!digest || !add_content(intake, evidence, digest, error))
		return FALSE;
	digest_end(digest, ret_sha256);
	return TRUE;
}

/* The next bytes of standard input; -1 with errno set. An interrupt may come before any do. */
static ssize_t read_input(const Intake *intake)
{
	struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };

	while (!is_stopped(intake)) {
		if (poll(&wait, 1, WAIT_MS) > 0)
			return read(STDIN_FILENO, intake->buffer, HASH_BYTES);
	}
	errno = EINTR;
	return -1;
}

static gboolean spool_input(const Intake *intake, Spool *spool, Digest *digest, GError **error)
{
	ssize_t n;

	while ((n = read_input(intake)) != 0) {
		Slice bytes = slice_make(intake->buffer, (gsize)MAX(n, 0));

		if (n < 0 && errno == EINTR && !is_stopped(intake))
			continue;
		if (n < 0)
			return spoor_error_from_errno(error, "It could not be read to its end");
		if (!spool_append(spool, bytes, error))
			return FALSE;
		digest_add(digest, bytes);
	}
	return TRUE;
}

/* Standard input is no file that could be read twice: it becomes one, hashed on its way. */
static gboolean take_input(const Intake *intake, Evidence *evidence, GError **error)
{
	g_autoptr(Digest) digest = digest_new(error);
	IntakeFile *file = g_new0(IntakeFile, 1);

	evidence->spool = spool_new(error);
	evidence->own_file = file;
	*file = *evidence->file;
	file->path = g_strdup(evidence->file->path);
	file->shown = g_strdup(evidence->file->shown);
	file->place = file->shown;
	evidence->file = file;
	if (!digest || !evidence->spool || !spool_input(intake, evidence->spool, digest, error))
		return FALSE;
	file->size = evidence->size = spool_size(evidence->spool);
	evidence->fd = spool_fd(evidence->spool);
	evidence->modified = g_get_real_time() * 1000;
	evidence->has_no_time = TRUE;
	digest_end(digest, evidence->sha256);
	return TRUE;
}

static Evidence *take_in(const Intake *intake, const IntakeFile *file)
{
	Evidence *evidence = evidence_new(file);
	g_autoptr(GError) error = NULL;
	struct stat about;

	if (file->problem) {
		evidence->problem = g_strdup_printf("It is passed over: %s.", file->problem);
		return evidence;
	}
	if (file->is_input) {
		if (take_input(intake, evidence, &error))
			return evidence;
	} else if (open_file(evidence, &about, &error)) {
		keep_stat(evidence, &about);
		if (evidence->size >= intake->hash_later) {
			evidence->hashing = intake->hash_later != INTAKE_NO_HASH;
			return evidence;
		}
		if (hash_file(intake, evidence, evidence->sha256, &error))
			return evidence;
	}
	evidence->problem = g_strdup_printf("%s.", error->message);
	evidence_close(evidence); /* there may be many on a failing disk */
	return evidence;
}

/* ---- the thread ---- */

static void wake(const Intake *intake)
{
	guint64 one = 1;

	(void)!write(intake->wake_fd, &one, sizeof one); /* full means readable already */
}

/* Hands @evidence over as soon as there is room. FALSE where the intake is to stop. */
static gboolean hand_over(Intake *intake, Evidence *evidence)
{
	g_mutex_lock(&intake->lock);
	while (g_queue_get_length(&intake->ready) >= AHEAD && !is_stopped(intake))
		g_cond_wait_until(&intake->room, &intake->lock,
			g_get_monotonic_time() + G_TIME_SPAN_SECOND / 10);
	g_queue_push_tail(&intake->ready, evidence);
	g_mutex_unlock(&intake->lock);
	wake(intake);
	return !is_stopped(intake);
}

/* Hashes what was handed over already, unless the intake is to stop. */
static void hash_late(const Intake *intake, Evidence *evidence)
{
	g_autoptr(GError) error = NULL;
	gboolean fine = hash_file(intake, evidence, evidence->late_sha256, &error);

	if (is_stopped(intake))
		return; /* what is left unhashed is no trouble with the file */
	if (!fine)
		evidence->hash_problem = g_strdup_printf("%s.", error->message);
	g_atomic_int_set(&evidence->hashing, 0);
	wake(intake);
}

static gpointer run(gpointer data)
{
	Intake *intake = data;
	GPtrArray *files = intake->walk.files;

	for (guint i = 0; i < files->len && !is_stopped(intake); i++) {
		Evidence *evidence = take_in(intake, files->pdata[i]);
		gboolean later = evidence->hashing;

		/* What an interrupt left unhashed is no trouble with the file. */
		if (is_stopped(intake))
			evidence_free(evidence);
		else if (!hand_over(intake, evidence))
			break;
		else if (later)
			hash_late(intake, evidence);
	}
	g_mutex_lock(&intake->lock);
	intake->ended = TRUE;
	g_mutex_unlock(&intake->lock);
	wake(intake);
	return NULL;
}

/* ---- public ---- */

Intake *intake_new(const char *const *paths, const GArray *own_files, guint64 hash_later,
	const volatile gint *interrupted, GError **error)
{
	g_autoptr(Intake) intake = g_new0(Intake, 1);

	g_mutex_init(&intake->lock);
	g_cond_init(&intake->room);
	g_queue_init(&intake->ready);
	intake->interrupted = interrupted;
	intake->walk.own_files = own_files;
	intake->hash_later = hash_later;
	intake->buffer = g_malloc(HASH_BYTES);
	intake->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (intake->wake_fd < 0) {
		spoor_error_from_errno(error, "eventfd");
		return NULL;
	}
	if (!walk_paths(&intake->walk, paths, interrupted, error))
		return NULL;
	for (guint i = 0; i < intake->walk.files->len; i++)
		intake->total_bytes += ((IntakeFile *)intake->walk.files->pdata[i])->size;
	return g_steal_pointer(&intake);
}

void intake_stop(Intake *intake)
{
	g_atomic_int_set(&intake->stop, 1);
	if (intake->thread)
		(void)g_thread_join(intake->thread); /* it returns nothing */
	intake->thread = NULL;
}

void intake_free(Intake *intake)
{
	if (!intake)
		return;
	intake_stop(intake);
	g_queue_clear_full(&intake->ready, (GDestroyNotify)evidence_free);
	walk_clear(&intake->walk);
	if (intake->wake_fd >= 0)
		(void)close(intake->wake_fd);
	g_mutex_clear(&intake->lock);
	g_cond_clear(&intake->room);
	g_free(intake->buffer);
	g_free(intake);
}

guint intake_count(const Intake *intake)
{
	return intake->walk.files->len;
}

guint64 intake_total_bytes(const Intake *intake)
{
	return intake->total_bytes;
}

void intake_start(Intake *intake)
{
	intake->thread = g_thread_new("intake", run, intake);
}

int intake_wake_fd(const Intake *intake)
{
	return intake->wake_fd;
}

static void take_wake(const Intake *intake)
{
	guint64 count;

	(void)!read(intake->wake_fd, &count, sizeof count); /* empty is fine */
}

gboolean intake_is_hashed(Intake *intake, Evidence *evidence)
{
	if (*evidence->sha256 || evidence->problem)
		return TRUE;
	take_wake(intake);
	if (g_atomic_int_get(&evidence->hashing))
		return FALSE;
	(void)g_strlcpy(evidence->sha256, evidence->late_sha256, sizeof evidence->sha256);
	evidence->problem = g_steal_pointer(&evidence->hash_problem);
	return TRUE;
}

Evidence *intake_next(Intake *intake, gboolean *ret_end)
{
	Evidence *evidence;

	take_wake(intake);
	g_mutex_lock(&intake->lock);
	evidence = g_queue_pop_head(&intake->ready);
	*ret_end = !evidence && intake->ended;
	/* There may be more, which the caller has no room for now: it asks again by itself. */
	g_cond_signal(&intake->room);
	g_mutex_unlock(&intake->lock);
	return evidence;
}

gboolean intake_has_changed(const Evidence *evidence)
{
	Evidence now = { 0 };
	struct stat about;

	if (evidence->spool)
		return FALSE; /* it is ours */
	if (fstat(evidence->fd, &about) != 0)
		return TRUE;
	keep_stat(&now, &about);
	return now.size != evidence->size || now.modified != evidence->modified ||
		now.device != evidence->device || now.inode != evidence->inode;
}

gboolean intake_reopen(Evidence *evidence, GError **error)
{
	struct stat about;

	if (evidence->spool) {
		evidence->fd = spool_fd(evidence->spool);
		return TRUE;
	}
	if (!open_file(evidence, &about, error))
		return FALSE;
	if (!intake_has_changed(evidence))
		return TRUE;
	evidence_close(evidence);
	g_set_error(
		error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "It is not the file any more that it was");
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members, one behind the other, as libarchive finds them.
 *
 * A member is looked at first: unless all are wanted, only what some reader knows is handed on. The
 * rest is passed over and counted, so that a folder of pictures inside an archive costs neither
 * disk nor a line each.
 *
 * Bombs: what is unpacked is counted against what it was packed in. A ratio beyond
 * LIMIT_ARCHIVE_RATIO ends it, and so do LIMIT_ARCHIVE_BYTES and LIMIT_ARCHIVE_MEMBERS; what came
 * before is kept.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "readers/archive/archive.h"
#include "readers/archive/input.h"

#define BUFFER_BYTES 131072
#define NAMES_TOLD   3
#define ALIVE_BYTES  (16u << 20) /* read without a word */
#define SECONDS_MAX  (G_MAXINT64 / INSTANT_SECOND)
#define GZIP_TIME_AT 4

/* Members that have something in common, told together. */
typedef struct Folded {
	guint64 n;
	GString *names;
} Folded;

typedef struct Expander {
	const char *name; /* of the archive */
	const MemberReport *report;
	struct archive *archive;
	Input input;
	guint8 *buffer;
	char *member;	     /* the name of the one at hand */
	guint64 unpacked;    /* bytes, wanted or not */
	guint64 passed_over; /* bytes that libarchive has to unpack to come behind them */
	guint64 handed_on;   /* bytes */
	guint64 n_members;   /* handed on, that some reader knows */
	guint64 n_files;     /* handed on, that none does */
	guint64 last_alive;  /* input.n_read at the last sign of life */
	Instant packed_time; /* from gzip's head */
	Folded encrypted, unknown, beyond;
	gboolean stopped;   /* by a limit or damage: the rest is not looked at */
	gboolean searching; /* behind damage, for the next member */
} Expander;

/* ---- what libarchive calls ---- */

static la_ssize_t on_read(struct archive *archive, void *context, const void **ret)
{
	Expander *expander = context;
	Input *input = &expander->input;
	Slice block;

	if (input->n_read - expander->last_alive >= ALIVE_BYTES) {
		expander->last_alive = input->n_read;
		expander->report->bytes(expander->report->context, slice_make(NULL, 0));
	}
	if (!input_next(input, &block)) {
		archive_set_error(archive, EIO, "%s", input->failure->message);
		return -1;
	}
	*ret = block.data;
	return (la_ssize_t)block.size;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t request)
{
	Input *input = &((Expander *)context)->input;
	guint64 left = input->source->size - MIN(input->at, input->source->size);
	guint64 n = MIN((guint64)MAX(request, 0), left);

	input->at += n;
	return (la_int64_t)n;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	Input *input = &((Expander *)context)->input;
	gint64 from = whence == SEEK_SET ? 0
		: whence == SEEK_CUR	 ? (gint64)input->at
					 : (gint64)input->source->size;
	gint64 to;

	if (__builtin_add_overflow(from, offset, &to) || to < 0)
		return ARCHIVE_FATAL;
	input->at = (guint64)to;
	return to;
}

/* ---- telling ---- */

static void fold(Folded *folded, const char *name)
{
	if (folded->n++ >= NAMES_TOLD)
		return;
	if (folded->names->len)
		g_string_append(folded->names, ", ");
	g_string_append(folded->names, name);
}

static void tell(Expander *expander, GapKind kind, guint64 records, const char *note)
{
	const Gap gap = {
		.kind = kind,
		.offset = MIN(expander->input.at, expander->input.source->size),
		.records = records,
		.note = note,
	};

	expander->report->gap(expander->report->context, &gap);
}

static void stop_at_limit(Expander *expander, const char *what)
{
	g_autofree char *note =
		g_strdup_printf("Unpacking stopped at %s%s: %s. What came before was judged.",
			expander->member ? "the member " : "",
			expander->member ? expander->member : "a member", what);

	expander->stopped = TRUE;
	tell(expander, GAP_LIMIT, 0, note);
}

static const char *reason_of(const Expander *expander)
{
	const char *text = archive_error_string(expander->archive);

	return text ? text : "no reason is given";
}

/* Damage that ends the archive, or only the member at hand. */
static void tell_damage(Expander *expander, gboolean fatal)
{
	GapKind kind = expander->input.hit_end ? GAP_TRUNCATED : GAP_DAMAGED;
	g_autofree char *note = NULL;

	expander->stopped = expander->stopped || fatal;
	if (expander->input.note)
		return; /* it was cut short before it came to libarchive: told at the end */
	note = g_strdup_printf("%s%s %s: %s.", expander->member ? "The member " : "The archive",
		expander->member ? expander->member : "",
		expander->member ? "can be read in part only" : "can be read to here only",
		reason_of(expander));
	tell(expander, kind, 0, note);
}

/* ---- one member ---- */

static const char bomb[] =
	"it unpacks to more than LIMIT_ARCHIVE_RATIO times its packed size, as bombs do";

static void check_ratio(Expander *expander)
{
	guint64 packed = MIN(expander->input.n_read, expander->input.source->size);

	if (!expander->stopped && expander->unpacked > LIMIT_ARCHIVE_RATIO_FROM &&
		expander->unpacked / MAX(packed, 1) >= LIMIT_ARCHIVE_RATIO)
		stop_at_limit(expander, bomb);
}

/*
 * Up to @size bytes of the member at hand into the buffer. Fewer at its end, or where @ret_result
 * is not ARCHIVE_OK any more.
 */
static gsize read_member(Expander *expander, gsize size, int *ret_result)
{
	gsize done = 0;

	*ret_result = ARCHIVE_OK;
	while (done < size) {
		la_ssize_t n =
			archive_read_data(expander->archive, expander->buffer + done, size - done);

		if (n == ARCHIVE_RETRY)
			continue;
		if (n <= 0) {
			*ret_result = n == 0 ? ARCHIVE_EOF : (int)n;
			break;
		}
		done += (gsize)n;
		expander->unpacked += (guint64)n;
	}
	check_ratio(expander);
	return done;
}

/* What reading the member came to. */
static void take_result(Expander *expander, int result)
{
	g_autofree char *note = NULL;

	if (result == ARCHIVE_WARN) {
		note = g_strdup_printf("The member %s: %s.", expander->member, reason_of(expander));
		tell(expander, GAP_CHECKSUM, 0, note);
	} else if (result != ARCHIVE_OK && result != ARCHIVE_EOF) {
		tell_damage(expander, result == ARCHIVE_FATAL);
	}
}

static void hand_on(Expander *expander, gsize size)
{
	guint64 room = LIMIT_ARCHIVE_BYTES - expander->handed_on;
	gsize n = MIN(size, room);

	expander->report->bytes(expander->report->context, slice_make(expander->buffer, n));
	expander->handed_on += n;
	if (n < size && !expander->stopped)
		stop_at_limit(expander, "more than LIMIT_ARCHIVE_BYTES would be unpacked");
}

static Instant time_of(const Expander *expander, struct archive_entry *entry)
{
	gint64 seconds = archive_entry_mtime(entry);

	if (expander->packed_time && archive_format(expander->archive) == ARCHIVE_FORMAT_RAW)
		return expander->packed_time;
	if (!archive_entry_mtime_is_set(entry) || seconds <= 0 || seconds > SECONDS_MAX)
		return 0;
	return seconds * INSTANT_SECOND;
}

/*
 * Members that are packed as one are unpacked one after the other, wanted or not, and not before
 * our eyes: their sizes are believed.
 */
static void check_passed_over(Expander *expander, struct archive_entry *entry)
{
	int format = archive_format(expander->archive);
	guint64 packed = MAX(expander->input.source->size, 1);

	if (format != ARCHIVE_FORMAT_7ZIP && format != ARCHIVE_FORMAT_CAB)
		return;
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0)
		expander->passed_over += MIN((guint64)archive_entry_size(entry),
			G_MAXUINT64 / 2 - expander->passed_over);
	if (expander->passed_over > LIMIT_ARCHIVE_RATIO_FROM &&
		expander->passed_over / packed >= LIMIT_ARCHIVE_RATIO)
		stop_at_limit(expander, bomb);
}

/* Packed members of packed archives have to be unpacked to be passed over: under the same eyes. */
static void pass_over(Expander *expander, struct archive_entry *entry)
{
	const void *block;
	la_int64_t offset;
	size_t size;
	int result = ARCHIVE_OK;

	if (archive_format(expander->archive) != ARCHIVE_FORMAT_RAW &&
		archive_filter_count(expander->archive) <= 1 && !expander->input.gzip) {
		check_passed_over(expander, entry);
		if (!expander->stopped)
			(void)archive_read_data_skip(expander->archive); /* the next header tells */
		return;
	}
	while (result == ARCHIVE_OK && !expander->stopped) {
		result = archive_read_data_block(expander->archive, &block, &size, &offset);
		if (result == ARCHIVE_OK)
			expander->unpacked += size;
		check_ratio(expander);
	}
}

/* Is the member at hand, of which the first @n bytes were read, to be handed on? */
static gboolean is_wanted(Expander *expander, gsize n)
{
	g_autofree char *last = g_path_get_basename(expander->member);

	if (reader_probe(slice_make(expander->buffer, n), last, NULL)) {
		expander->n_members++;
		return TRUE;
	}
	if (!expander->report->wants_all) {
		if (n)
			fold(&expander->unknown, expander->member);
		return FALSE;
	}
	/* However many there are, logs behind them are judged. */
	if (expander->n_files < LIMIT_ARCHIVE_FILES) {
		expander->n_files++;
		return TRUE;
	}
	fold(&expander->beyond, expander->member);
	return FALSE;
}

static void expand_member(Expander *expander, struct archive_entry *entry)
{
	int result;
	gsize n = read_member(expander, READER_PROBE_BYTES, &result);

	if (!is_wanted(expander, n)) {
		if (result == ARCHIVE_OK && !expander->stopped)
			pass_over(expander, entry);
		else
			take_result(expander, result);
		return;
	}
	if (expander->n_members > LIMIT_ARCHIVE_MEMBERS) {
		stop_at_limit(expander, "the archive has more than LIMIT_ARCHIVE_MEMBERS");
		return;
	}
	expander->report->member(
		expander->report->context, expander->member, time_of(expander, entry));
	hand_on(expander, n);
	while (result == ARCHIVE_OK && !expander->stopped) {
		n = read_member(expander, BUFFER_BYTES, &result);
		hand_on(expander, n);
	}
	take_result(expander, result);
}

/* ---- the archive ---- */

static char *name_of(const Expander *expander, struct archive_entry *entry)
{
	const char *name;

	if (archive_format(expander->archive) == ARCHIVE_FORMAT_RAW) {
		g_autofree char *packed = archive_packed_name(expander->name);

		return archive_member_name(packed);
	}
	name = archive_entry_pathname(entry);
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	return archive_member_name(name ? name : "");
}

/* What is no file, or another name of one, holds nothing; unless somebody put something there. */
static gboolean may_hold_bytes(struct archive_entry *entry)
{
	__LA_MODE_T type = archive_entry_filetype(entry);

	if (type == AE_IFREG && !archive_entry_hardlink(entry))
		return TRUE;
	return type != AE_IFDIR && type != AE_IFLNK && archive_entry_size_is_set(entry) &&
		archive_entry_size(entry) > 0;
}

static void take_entry(Expander *expander, struct archive_entry *entry)
{
	if (!may_hold_bytes(entry))
		return;
	expander->member = name_of(expander, entry);
	if (archive_entry_is_encrypted(entry))
		fold(&expander->encrypted, expander->member);
	else
		expand_member(expander, entry);
	g_clear_pointer(&expander->member, g_free);
}

/* Once for all of a stretch in which there is no member. */
static void tell_searching(Expander *expander)
{
	g_autofree char *note = NULL;

	if (expander->searching)
		return;
	expander->searching = TRUE;
	note = g_strdup_printf(
		"What should be a member is none and was passed over: %s.", reason_of(expander));
	tell(expander, GAP_DAMAGED, 0, note);
}

static void expand_all(Expander *expander)
{
	struct archive_entry *entry;

	while (!expander->stopped) {
		int result = archive_read_next_header(expander->archive, &entry);

		if (result == ARCHIVE_EOF)
			return;
		if (result == ARCHIVE_RETRY) {
			tell_searching(expander);
			continue;
		}
		expander->searching = FALSE;
		if (result == ARCHIVE_FATAL &&
			archive_read_has_encrypted_entries(expander->archive) > 0) {
			tell(expander, GAP_UNREADABLE, 0,
				"Even the list of members is encrypted: nothing can be read "
				"without the password.");
			return;
		}
		if (result == ARCHIVE_FATAL || result == ARCHIVE_FAILED)
			tell_damage(expander, TRUE);
		else
			take_entry(expander, entry);
	}
}

static void tell_rest(Expander *expander)
{
	const Folded *encrypted = &expander->encrypted;

	if (encrypted->n) {
		guint64 others = encrypted->n - MIN(encrypted->n, NAMES_TOLD);
		g_autofree char *more = others
			? g_strdup_printf(" and %" G_GUINT64_FORMAT " more", others)
			: g_strdup("");
		g_autofree char *note =
			g_strdup_printf("Encrypted, and not to be read without the password: %s%s.",
				encrypted->names->str, more);

		tell(expander, GAP_UNREADABLE, encrypted->n, note);
	}
	if (expander->beyond.n) {
		g_autofree char *note = g_strdup_printf(
			"%" G_GUINT64_FORMAT " members that no reader knows, such as %s, were not "
			"judged as files: there are more than LIMIT_ARCHIVE_FILES.",
			expander->beyond.n, expander->beyond.names->str);

		tell(expander, GAP_LIMIT, expander->beyond.n, note);
	}
	if (expander->input.note) {
		g_autofree char *note = g_strdup_printf("%s.", expander->input.note);

		expander->input.at = expander->input.trouble_at;
		tell(expander, expander->input.trouble, 0, note);
	}
}

/* Only what the first bytes speak of: what is not there can not be attacked. */
static void choose_formats(struct archive *archive, ArchiveKind kind)
{
	switch (kind) {
	case ARCHIVE_KIND_ZIP:
		(void)archive_read_support_format_zip(archive);
		break;
	case ARCHIVE_KIND_7ZIP:
		(void)archive_read_support_format_7zip(archive);
		break;
	case ARCHIVE_KIND_CAB:
		(void)archive_read_support_format_cab(archive);
		break;
	case ARCHIVE_KIND_RAR:
		(void)archive_read_support_format_rar(archive);
		(void)archive_read_support_format_rar5(archive);
		break;
	case ARCHIVE_KIND_PACKED:
		(void)archive_read_support_filter_bzip2(archive);
		(void)archive_read_support_filter_xz(archive);
		(void)archive_read_support_filter_zstd(archive);
		(void)archive_read_support_filter_lz4(archive);
		G_GNUC_FALLTHROUGH;
	case ARCHIVE_KIND_GZIP:
		(void)archive_read_support_format_raw(archive);
		(void)archive_read_support_format_empty(archive);
		G_GNUC_FALLTHROUGH;
	case ARCHIVE_KIND_TAR:
	case ARCHIVE_KIND_NONE:
		(void)archive_read_support_format_tar(archive);
		/* Logs are appended to by appending archives. */
		(void)archive_read_set_format_option(
			archive, "tar", "read_concatenated_archives", "1");
	}
}

static int open_archive(Expander *expander, ArchiveKind kind)
{
	struct archive *archive = expander->archive;

	choose_formats(archive, kind);
	(void)archive_read_set_callback_data(archive, expander);
	(void)archive_read_set_read_callback(archive, on_read);
	if (kind != ARCHIVE_KIND_GZIP) {
		(void)archive_read_set_skip_callback(archive, on_skip);
		(void)archive_read_set_seek_callback(archive, on_seek);
	}
	return archive_read_open1(archive);
}

static void expand(Expander *expander, ArchiveKind kind)
{
	expander->archive = archive_read_new();
	if (!expander->archive)
		g_error("failed to allocate an archive");
	if (open_archive(expander, kind) < ARCHIVE_WARN)
		tell_damage(expander, TRUE);
	else
		expand_all(expander);
	tell_rest(expander);
	(void)archive_read_free(expander->archive); /* it was only read from */
}

void archive_expand(
	const Source *source, const char *name, const MemberReport *report, Expanded *ret)
{
	guint8 head[READER_PROBE_BYTES];
	gssize size = source_read(source, 0, head, sizeof head, NULL);
	ArchiveKind kind = archive_kind(slice_make(head, (gsize)MAX(size, 0)));
	g_autoptr(GString) encrypted = g_string_new(NULL);
	g_autoptr(GString) beyond = g_string_new(NULL);
	Expander expander = {
		.name = name,
		.report = report,
		.buffer = g_malloc(BUFFER_BYTES),
		.encrypted = { .names = encrypted },
		.unknown = { .names = ret->unknown },
		.beyond = { .names = beyond },
	};
	guint32 seconds = 0;

	if (kind == ARCHIVE_KIND_GZIP &&
		slice_u32(slice_make(head, (gsize)size), GZIP_TIME_AT, &seconds))
		expander.packed_time = (Instant)seconds * INSTANT_SECOND;
	input_init(&expander.input, source, kind == ARCHIVE_KIND_GZIP);
	expand(&expander, kind);
	ret->n_unknown = expander.unknown.n;
	input_clear(&expander.input);
	g_free(expander.buffer);
}

void archive_warm_up(void)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	/* Names as UTF-8, and times of day in zip files as UTC, whatever machine this is. */
	if (utf8)
		(void)uselocale(utf8); /* where there is none, odd names look odder */
	g_setenv("TZ", "UTC0", TRUE);
	tzset();
}

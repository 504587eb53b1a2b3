/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is handed on of whole, damaged and hostile archives. Members that a reader knows begin as
 * event logs do; nothing here looks further.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive-writer.h"
#include "base/limits.h"
#include "readers/archive/archive.h"

#define KNOWN "ElfFile"
#define MIB   (1u << 20)

/* What came of an archive. */
typedef struct Outcome {
	GString *names; /* joined by "|" */
	GString *bytes; /* of all members, unless there are too many to keep */
	GString *gaps;	/* "kind: note" lines */
	GString *unknown;
	guint64 n_members, n_bytes, n_unknown;
	Instant modified;
} Outcome;

static void on_member(void *context, const char *name, Instant modified)
{
	Outcome *outcome = context;

	g_assert_true(g_utf8_validate(name, -1, NULL));
	if (outcome->n_members++ < 1000)
		g_string_append_printf(outcome->names, "%s|", name);
	outcome->modified = modified;
}

static void on_bytes(void *context, Slice bytes)
{
	Outcome *outcome = context;

	g_assert_true(outcome->n_members || !bytes.size);
	outcome->n_bytes += bytes.size;
	if (outcome->bytes->len < MIB)
		g_string_append_len(outcome->bytes, (const char *)bytes.data, (gssize)bytes.size);
}

static void on_gap(void *context, const Gap *gap)
{
	g_string_append_printf(
		((Outcome *)context)->gaps, "%s: %s\n", gap_kind_name(gap->kind), gap->note);
}

static void outcome_clear(Outcome *outcome)
{
	g_string_free(outcome->names, TRUE);
	g_string_free(outcome->bytes, TRUE);
	g_string_free(outcome->gaps, TRUE);
	g_string_free(outcome->unknown, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

static Outcome expand_as(const void *bytes, gsize size, const char *name, gboolean wants_all)
{
	Outcome ret = { g_string_new(NULL), g_string_new(NULL), g_string_new(NULL),
		g_string_new(NULL) };
	int fd = memfd_create("archive", MFD_CLOEXEC);
	/* Behind something else, as a member of another archive lies. */
	Source source = { .fd = fd, .size = size, .base = 7 };
	const MemberReport report = { on_member, on_bytes, on_gap, &ret, wants_all };
	Expanded expanded = { .unknown = ret.unknown };

	g_assert_cmpint(write(fd, "7 bytes", 7), ==, 7);
	g_assert_cmpint(write(fd, bytes, size), ==, (gssize)size);
	archive_expand(&source, name, &report, &expanded);
	ret.n_unknown = expanded.n_unknown;
	(void)close(fd);
	return ret;
}

static Outcome expand(const void *bytes, gsize size, const char *name)
{
	return expand_as(bytes, size, name, FALSE);
}

static guint probe(const GByteArray *bytes)
{
	return archive_reader.probe(
		slice_make(bytes->data, MIN(bytes->len, READER_PROBE_BYTES)), "");
}

/* ---- whole ones ---- */

static const WrittenMember three[] = {
	{ "logs/a.evtx", KNOWN "\0a", 9 },
	{ "notes.bin", "\1\2\3 nobody knows this", 22 },
	{ "gr\xc3\xbc\xc3\x9f"
	  "e.evtx",
		KNOWN "\0bb", 10 },
	{ "empty", "", 0 },
};

static void assert_three(const char *format, const char *filter)
{
	g_autoptr(GByteArray) bytes =
		archive_write(format, filter, NULL, three, G_N_ELEMENTS(three));
	g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "three");

	g_test_message("%s %s", format, filter ? filter : "plain");
	g_assert_cmpuint(probe(bytes), >, 90);
	g_assert_cmpstr(outcome.gaps->str, ==, "");
	g_assert_cmpstr(outcome.names->str, ==,
		"logs/a.evtx|gr\xc3\xbc\xc3\x9f"
		"e.evtx|");
	g_assert_cmpmem(outcome.bytes->str, outcome.bytes->len, KNOWN "\0a" KNOWN "\0bb", 19);
	g_assert_cmpuint(outcome.n_unknown, ==, 1); /* an empty one is not worth a word */
	g_assert_cmpstr(outcome.unknown->str, ==, "notes.bin");
	g_assert_cmpint(outcome.modified, ==, 1600000000 * INSTANT_SECOND);
}

static void test_formats(void)
{
	static const char *const formats[] = { "ustar", "paxr", "zip", "7zip" };
	static const char *const filters[] = { "gzip", "xz", "zstd", "bzip2", "lz4" };

	for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
		assert_three(formats[i], NULL);
	for (guint i = 0; i < G_N_ELEMENTS(filters); i++)
		assert_three("paxr", filters[i]);
}

static void test_packed(void)
{
	static const char *const filters[] = { "gzip", "xz", "zstd", "bzip2", "lz4" };
	static const WrittenMember one = { "x", KNOWN "\0one", 11 };

	for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
		g_autoptr(GByteArray) bytes = archive_write("raw", filters[i], NULL, &one, 1);
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "System.evtx.GZ");
		g_auto(Outcome) other = expand(bytes->data, bytes->len, "System");

		g_test_message("%s", filters[i]);
		g_assert_cmpuint(probe(bytes), >, 90);
		g_assert_cmpstr(outcome.gaps->str, ==, "");
		g_assert_cmpstr(outcome.names->str, ==, "System.evtx|");
		g_assert_cmpstr(other.names->str, ==, "content|");
		g_assert_cmpmem(outcome.bytes->str, outcome.bytes->len, KNOWN "\0one", 11);
	}
}

/* Logs are appended to by appending streams. */
static void test_streams(void)
{
	static const WrittenMember first = { "x", KNOWN "\0one", 11 }, second = { "x", " two", 4 };
	g_autoptr(GByteArray) bytes = archive_write("raw", "gzip", NULL, &first, 1);
	g_autoptr(GByteArray) more = archive_write("raw", "gzip", NULL, &second, 1);

	g_byte_array_append(bytes, more->data, more->len);
	{
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.gz");

		g_assert_cmpmem(outcome.bytes->str, outcome.bytes->len, KNOWN "\0one two", 15);
		g_assert_cmpstr(outcome.gaps->str, ==, "");
	}
	g_byte_array_append(bytes, (const guint8 *)"\0\0\0", 3); /* fills a block */
	{
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.gz");

		g_assert_cmpstr(outcome.gaps->str, ==, "");
	}
	g_byte_array_append(bytes, (const guint8 *)"junk", 4);
	{
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.gz");

		g_assert_cmpmem(outcome.bytes->str, outcome.bytes->len, KNOWN "\0one two", 15);
		g_assert_true(g_str_has_prefix(outcome.gaps->str, "damaged: Behind the packed"));
	}
}

static void test_concatenated(void)
{
	static const WrittenMember first = { "a", KNOWN "\0one", 11 },
				   second = { "b", KNOWN "\0two", 11 };
	static const char *const filters[] = { NULL, "gzip", "xz" };

	for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
		g_autoptr(GByteArray) bytes = archive_write("paxr", filters[i], NULL, &first, 1);
		g_autoptr(GByteArray) more = archive_write("paxr", filters[i], NULL, &second, 1);

		g_byte_array_append(bytes, more->data, more->len);
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.tar");

		g_assert_cmpstr(outcome.names->str, ==, "a|b|");
		g_assert_cmpstr(outcome.gaps->str, ==, "");
	}
}

#define TAR_BLOCK 512

/* A tar's header has a sum of its bytes. */
static void sum_header(guint8 *header)
{
	g_autofree char *text = NULL;
	guint sum = 0;

	memset(header + 148, ' ', 8);
	for (guint i = 0; i < TAR_BLOCK; i++)
		sum += header[i];
	text = g_strdup_printf("%06o", sum);
	memcpy(header + 148, text, 7);
}

static void test_tar_members(void)
{
	const WrittenMember members[] = { { "a", KNOWN "\0one", 11 }, { "b", KNOWN "\0two", 11 },
		{ "c", KNOWN "\0hi!", 11 } };
	g_autoptr(GByteArray) bytes = archive_write("ustar", NULL, NULL, members, 3);
	guint8 *second = bytes->data + (gsize)2 * TAR_BLOCK;

	g_assert_cmpuint(second[0], ==, 'b');
	second[0] = 'x'; /* and its sum is wrong */
	{
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.tar");

		g_assert_cmpstr(outcome.names->str, ==, "a|c|");
		g_assert_true(g_str_has_prefix(outcome.gaps->str, "damaged: What should be"));
		g_assert_null(strstr(strchr(outcome.gaps->str, '\n') + 1, "\n"));
	}
	/* A device has no bytes, but here it has. */
	second[156] = '3';
	sum_header(second);
	{
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.tar");

		g_assert_cmpstr(outcome.names->str, ==, "a|c|");
		g_assert_true(g_str_has_prefix(outcome.gaps->str, "damaged: What should be"));
	}
}

static void test_names(void)
{
	g_autofree char *long_name = g_strnfill(5000, 'x');
	const struct {
		const char *name, *shown;
	} names[] = {
		{ "../../etc/passwd", "../../etc/passwd" },
		{ "/abs/x", "abs/x" },
		{ "././/x", "x" },
		{ "", "(no name)" },
		{ "a\nb", "a\nb" },
		{ "latin\xe9.log", "latin\\xE9.log" },
		{ "\xff\xfe", "\\xFF\\xFE" },
	};
	g_autofree char *cut = archive_member_name(long_name);
	g_autofree char *bad = g_strnfill(5000, '\xff');
	g_autofree char *cut_bad = archive_member_name(bad);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *shown = archive_member_name(names[i].name);

		g_assert_cmpstr(shown, ==, names[i].shown);
	}
	g_assert_cmpuint(strlen(cut), ==, LIMIT_ARCHIVE_NAME_BYTES + 3);
	g_assert_true(g_utf8_validate(cut, -1, NULL));
	g_assert_cmpuint(strlen(cut_bad), <=, LIMIT_ARCHIVE_NAME_BYTES + 3);
}

static void test_probe(void)
{
	static const guint8 zeros[1024] = { 0 };

	g_assert_cmpint(archive_kind(slice_make(zeros, sizeof zeros)), ==, ARCHIVE_KIND_NONE);
	g_assert_cmpint(archive_kind(slice_make(NULL, 0)), ==, ARCHIVE_KIND_NONE);
	g_assert_cmpint(
		archive_kind(slice_from_text("BZh91 is a line of a log")), ==, ARCHIVE_KIND_NONE);
	g_assert_cmpint(
		archive_kind(slice_from_text("PK is a country code")), ==, ARCHIVE_KIND_NONE);
}

/* ---- what can not be read ---- */

static void test_encrypted(void)
{
	g_autoptr(GByteArray) bytes =
		archive_write("zip", NULL, "secret", three, G_N_ELEMENTS(three));
	g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "three.zip");

	g_assert_cmpstr(outcome.names->str, ==, "");
	g_assert_true(g_str_has_prefix(outcome.gaps->str,
		"unreadable: Encrypted, and not to be read without the password: logs/a.evtx, "
		"notes.bin"));
}

/* A log that does not repeat itself, so that packing leaves it large. */
static GString *make_log(gsize size)
{
	GString *log = g_string_new_len(KNOWN "\0", 8);
	guint32 state = 1;

	while (log->len < size) {
		state = state * 1664525 + 1013904223;
		g_string_append_printf(log, "%08x\n", state);
	}
	return log;
}

/* Of a gzip that ends anywhere all that is there comes out, and that it ends is said. */
static void test_truncated(void)
{
	g_autoptr(GString) log = make_log(3000);
	const WrittenMember one = { "x", log->str, log->len };
	g_autoptr(GByteArray) bytes = archive_write("raw", "gzip", NULL, &one, 1);
	gsize before = 0;

	for (guint size = 18; size < bytes->len; size++) {
		g_auto(Outcome) outcome = expand(bytes->data, size, "x.gz");

		g_assert_cmpuint(outcome.bytes->len, >=, before);
		g_assert_true(memcmp(outcome.bytes->str, log->str, outcome.bytes->len) == 0);
		g_assert_nonnull(strstr(outcome.gaps->str, "truncated: "));
		before = outcome.bytes->len;
	}
	g_assert_cmpuint(before, ==, log->len); /* only the checksum was missing */
	g_string_free(g_steal_pointer(&log), TRUE);
}

/* Members in front of the break are there, whatever the archive. */
static void test_truncated_archives(void)
{
	static const char *const formats[] = { "paxr", "zip" };
	g_autoptr(GString) log = make_log(3000);
	const WrittenMember two[] = { { "a", log->str, log->len }, { "b", log->str, log->len } };

	for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_autoptr(GByteArray) bytes = archive_write(formats[i], NULL, NULL, two, 2);

		for (guint size = 0; size < bytes->len; size += 13) {
			g_auto(Outcome) outcome = expand(bytes->data, size, "x");

			g_assert_cmpuint(outcome.bytes->len, <=, 2 * log->len);
			if (size > bytes->len * 4 / 5)
				g_assert_true(g_str_has_prefix(outcome.names->str, "a|"));
		}
	}
	g_string_free(g_steal_pointer(&log), TRUE);
}

/* Nothing that is done to an archive is worse than a gap. */
static void test_flipped(void)
{
	static const char *const kinds[][2] = {
		{ "paxr", NULL },
		{ "zip", NULL },
		{ "7zip", NULL },
		{ "raw", "gzip" },
		{ "raw", "xz" },
		{ "raw", "zstd" },
		{ "raw", "bzip2" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		guint n = g_str_equal(kinds[i][0], "raw") ? 1 : G_N_ELEMENTS(three);
		g_autoptr(GByteArray) bytes =
			archive_write(kinds[i][0], kinds[i][1], NULL, three, n);

		for (guint at = 0; at < MIN(bytes->len, 4096); at++) {
			bytes->data[at] ^= 1u << at % 8;
			g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x");

			g_assert_cmpuint(outcome.n_bytes, <, MIB);
			bytes->data[at] ^= 1u << at % 8;
		}
	}
}

/* A gzip whose checksum is wrong was read all the same. */
static void test_checksum(void)
{
	static const WrittenMember one = { "x", KNOWN "\0one", 11 };
	g_autoptr(GByteArray) bytes = archive_write("raw", "gzip", NULL, &one, 1);

	bytes->data[bytes->len - 6] ^= 1;
	g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.gz");

	g_assert_cmpmem(outcome.bytes->str, outcome.bytes->len, KNOWN "\0one", 11);
	g_assert_true(g_str_has_prefix(outcome.gaps->str, "checksum: "));
}

/* ---- bombs ---- */

static GByteArray *make_bomb(const char *format, const char *filter, gsize size)
{
	g_autofree char *zeros = g_malloc0(size);
	const WrittenMember one = { "bomb", zeros, size };

	memcpy(zeros, KNOWN, sizeof KNOWN);
	return archive_write(format, filter, NULL, &one, 1);
}

static void test_ratio(void)
{
	static const char *const kinds[][2] = { { "raw", "gzip" }, { "raw", "bzip2" },
		{ "raw", "xz" }, { "raw", "zstd" }, { "zip", NULL }, { "paxr", "gzip" } };

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GByteArray) bytes = make_bomb(kinds[i][0], kinds[i][1], 160 * MIB);
		g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "bomb");

		g_test_message(
			"%s %s: %u", kinds[i][0], kinds[i][1] ? kinds[i][1] : "", bytes->len);
		g_assert_nonnull(strstr(outcome.gaps->str, "limit: "));
		g_assert_nonnull(strstr(outcome.gaps->str, "LIMIT_ARCHIVE_RATIO"));
		g_assert_cmpuint(outcome.n_members, ==, 1); /* what came before is kept */
		g_assert_cmpuint(outcome.n_bytes, >=, LIMIT_ARCHIVE_RATIO_FROM);
		g_assert_cmpuint(outcome.n_bytes, <, 160 * MIB); /* blocks are read whole */
	}
}

/* What nobody knows is not unpacked at all, or under the same eyes. */
static void test_unknown_bomb(void)
{
	g_autofree char *zeros = g_malloc0(160 * MIB);
	const WrittenMember two[] = { { "a", zeros, 160 * MIB }, { "b", KNOWN "\0b", 9 } };
	g_autoptr(GByteArray) zip = archive_write("zip", NULL, NULL, two, 2);
	g_autoptr(GByteArray) tar = archive_write("paxr", "gzip", NULL, two, 2);
	g_auto(Outcome) of_zip = expand(zip->data, zip->len, "x.zip");
	g_auto(Outcome) of_tar = expand(tar->data, tar->len, "x.tgz");

	g_assert_cmpstr(of_zip.names->str, ==, "b|"); /* passed over without unpacking */
	g_assert_cmpstr(of_zip.gaps->str, ==, "");
	g_assert_nonnull(strstr(of_tar.gaps->str, "LIMIT_ARCHIVE_RATIO"));

	/* All members of a 7z are packed as one. */
	g_autoptr(GByteArray) solid = archive_write("7zip", NULL, NULL, two, 2);
	g_auto(Outcome) of_7zip = expand(solid->data, solid->len, "x.7z");

	g_assert_nonnull(strstr(of_7zip.gaps->str, "LIMIT_ARCHIVE_RATIO"));
}

static void test_many(void)
{
	guint n = LIMIT_ARCHIVE_MEMBERS + 10;
	g_autofree WrittenMember *members = g_new0(WrittenMember, n);
	g_autoptr(GByteArray) bytes = NULL;

	for (guint i = 0; i < n; i++)
		members[i] = (WrittenMember){ "same name", KNOWN "\0b", 9 };
	bytes = archive_write("ustar", NULL, NULL, members, n);
	g_auto(Outcome) outcome = expand(bytes->data, bytes->len, "x.tar");

	g_assert_cmpuint(outcome.n_members, ==, LIMIT_ARCHIVE_MEMBERS);
	g_assert_nonnull(strstr(outcome.gaps->str, "LIMIT_ARCHIVE_MEMBERS"));
}

/* Where all are wanted, those that no reader knows do not keep those behind them from being read.
 */
static void test_all(void)
{
	guint n = LIMIT_ARCHIVE_FILES + 10;
	g_autofree WrittenMember *members = g_new0(WrittenMember, n);
	g_autoptr(GByteArray) bytes = NULL;

	for (guint i = 0; i < n; i++)
		members[i] = (WrittenMember){ i % 2 ? "empty" : "x", "?", !(i % 2) };
	members[n - 1] = (WrittenMember){ "log", KNOWN "\0b", 9 };
	bytes = archive_write("ustar", "gzip", NULL, members, n);
	g_auto(Outcome) outcome = expand_as(bytes->data, bytes->len, "x.tgz", TRUE);

	g_assert_cmpuint(outcome.n_members, ==, LIMIT_ARCHIVE_FILES + 1);
	g_assert_cmpuint(outcome.n_unknown, ==, 0);
	g_assert_true(g_str_has_suffix(outcome.bytes->str, KNOWN));
	g_assert_nonnull(strstr(outcome.gaps->str, "9 members"));
	g_assert_nonnull(strstr(outcome.gaps->str, "LIMIT_ARCHIVE_FILES"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	archive_warm_up();
	g_test_add_func("/archive/formats", test_formats);
	g_test_add_func("/archive/packed", test_packed);
	g_test_add_func("/archive/streams", test_streams);
	g_test_add_func("/archive/concatenated", test_concatenated);
	g_test_add_func("/archive/tar-members", test_tar_members);
	g_test_add_func("/archive/names", test_names);
	g_test_add_func("/archive/probe", test_probe);
	g_test_add_func("/archive/encrypted", test_encrypted);
	g_test_add_func("/archive/truncated", test_truncated);
	g_test_add_func("/archive/truncated-archives", test_truncated_archives);
	g_test_add_func("/archive/flipped", test_flipped);
	g_test_add_func("/archive/checksum", test_checksum);
	g_test_add_func("/archive/bombs/ratio", test_ratio);
	g_test_add_func("/archive/bombs/unknown", test_unknown_bomb);
	g_test_add_func("/archive/bombs/many", test_many);
	g_test_add_func("/archive/bombs/all", test_all);
	return g_test_run();
}

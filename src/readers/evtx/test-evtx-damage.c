/* SPDX-License-Identifier: Apache-2.0 */
/* Dirty logs: what is wrong is said, what is left is read. Files come from tests/evtx-writer. */
#include <zlib.h>

#include "base/hash.h"
#include "base/text.h"
#include "evtx-writer.h"
#include "readers/evtx/test-reading.h"

#define TIME	    (G_GINT64_CONSTANT(1614679872) * INSTANT_SECOND)
#define FIRST_CHUNK 4096
#define CHUNK	    65536

static void add_event(EvtxWriter *w, guint16 id, const char *name, const char *value, Instant time)
{
	EvtxData *d = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	EvtxEvent e = {
		.provider = "Microsoft-Windows-Eventlog",
		.event_id = id,
		.qualifiers = -1,
		.time = time,
		.channel = "Vendor/Operational",
		.computer = "ws01",
	};

	evtx_data_add(d, name, evtx_text(value));
	evtx_writer_add(w, &e, d);
}

static EvtxWriter *writer_with(guint n_events)
{
	EvtxWriter *w = evtx_writer_new();

	for (guint i = 0; i < n_events; i++) {
		g_autofree char *value = g_strdup_printf("value %u", i);

		add_event(w, 1, "A", value, TIME + i * INSTANT_SECOND);
	}
	return w;
}

static Reading *read_image(const GByteArray *image, ReadPass pass)
{
	g_autoptr(TestLibrary) library = evtx_reader.library_new();

	if (pass == READ_RECOVERED)
		reading_free(reading_make(library, image->data, image->len, READ_IN_USE, 0));
	return reading_make(library, image->data, image->len, pass, 0);
}

static Reading *read_writer(const EvtxWriter *w)
{
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	return read_image(image, READ_IN_USE);
}

static guint64 record_of(const Reading *reading, guint index)
{
	g_assert_cmpuint(index, <, reading->events->len);
	return ((ReadEvent *)g_ptr_array_index(reading->events, index))->record;
}

static void test_flaws(void)
{
	static const struct {
		guint flaw;
		GapKind kind;
	} flaws[] = {
		{ EVTX_FLAW_DIRTY, GAP_DIRTY },
		{ EVTX_FLAW_CHUNK_COUNT, GAP_HEADER },
		{ EVTX_FLAW_FILE_CHECKSUM, GAP_CHECKSUM },
		{ EVTX_FLAW_CHUNK_CHECKSUM, GAP_CHECKSUM },
		{ EVTX_FLAW_RECORD_CHECKSUM, GAP_CHECKSUM },
		{ EVTX_FLAW_NO_TABLES, GAP_N_KINDS },
	};

	for (guint i = 0; i < G_N_ELEMENTS(flaws); i++) {
		g_autoptr(EvtxWriter) w = writer_with(3);

		evtx_writer_new_chunk(w);
		add_event(w, 1, "A", "second chunk", TIME + 9 * INSTANT_SECOND);
		evtx_writer_set_flaws(w, flaws[i].flaw);

		g_autoptr(Reading) r = read_writer(w);

		g_test_message("flaw %u", i);
		g_assert_cmpuint(r->events->len, ==, 4);
		g_assert_cmpuint(r->n_losses, ==, 0);
		if (flaws[i].kind == GAP_N_KINDS)
			g_assert_cmpuint(r->n_gaps, ==, 0);
		else
			g_assert_cmpuint(r->gaps[flaws[i].kind], >=, 1);
	}
}

/* Records cut off by someone who forgets the checksums, and the numbers in the chunk's header. */
static void test_cut_off(void)
{
	g_autoptr(EvtxWriter) w = writer_with(5);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	guint32 end = GUINT32_TO_LE((guint32)(evtx_writer_record_offset(w, 3) - FIRST_CHUNK));

	memcpy(image->data + FIRST_CHUNK + 48, &end, 4);
	end = GUINT32_TO_LE((guint32)(evtx_writer_record_offset(w, 2) - FIRST_CHUNK));
	memcpy(image->data + FIRST_CHUNK + 44, &end, 4);

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 3);
	g_assert_cmpuint(r->gaps[GAP_HEADER], ==, 1);
	g_assert_cmpuint(r->gaps[GAP_CHECKSUM], ==, 2);
}

static void test_truncated(void)
{
	g_autoptr(EvtxWriter) w = writer_with(10);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	g_byte_array_set_size(image, (guint)evtx_writer_record_offset(w, 7) + 20);

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 7);
	g_assert_cmpuint(r->gaps[GAP_TRUNCATED], ==, 1);
	g_assert_cmpuint(r->n_gaps, ==, 1);
}

/* Overwrites @size bytes of record @index from @from on. */
static void damage(GByteArray *image, const EvtxWriter *w, guint index, guint from, guint size)
{
	guint64 at = evtx_writer_record_offset(w, index) + from;

	memset(image->data + at, 0xEE, size);
}

static void test_bad_record(void)
{
	g_autoptr(EvtxWriter) w = writer_with(5);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	guint size = (guint)(evtx_writer_record_offset(w, 3) - evtx_writer_record_offset(w, 2));

	damage(image, w, 2, 0, size); /* all of it */

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 4);
	g_assert_cmpuint(record_of(r, 1), ==, 2);
	g_assert_cmpuint(record_of(r, 2), ==, 4);
	g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, 1);
	g_assert_cmpuint(r->gaps[GAP_CHECKSUM], ==, 1);
	g_assert_cmpuint(r->gaps[GAP_RECORD_IDS], ==, 0); /* the gap says it all */
}

/* Each of a record's three marks can be gone; the other two are enough. */
static void test_marks(void)
{
	for (guint mark = 0; mark < 3; mark++) {
		g_autoptr(EvtxWriter) w = writer_with(5);
		g_autoptr(GByteArray) image = evtx_writer_finish(w);
		guint size =
			(guint)(evtx_writer_record_offset(w, 3) - evtx_writer_record_offset(w, 2));
		guint from[] = { 0, 4, size - 4 };

		damage(image, w, 2, from[mark], 4);

		g_autoptr(Reading) r = read_image(image, READ_IN_USE);

		g_assert_cmpuint(r->events->len, ==, 5);
		g_assert_cmpuint(r->gaps[GAP_HEADER], ==, 1);
		g_assert_cmpuint(r->n_losses, ==, 0);
	}
}

/* A record cannot be read, and where the records end is not sure: what follows it is in use still.
 */
static void test_unsure_end(void)
{
	for (guint from = 0; from < 5; from += 4) { /* all of the record, or its size */
		g_autoptr(EvtxWriter) w = writer_with(6);
		g_autoptr(GByteArray) image = evtx_writer_finish(w);

		memset(image->data + FIRST_CHUNK + 44, 0xEE, 8);
		damage(image, w, 2, from, from ? 4 : 60);

		g_autoptr(Reading) r = read_image(image, READ_IN_USE);

		g_assert_cmpuint(r->events->len, ==, from ? 6 : 5);
		g_assert_cmpuint(record_of(r, r->events->len - 1), ==, 6);
		g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, from ? 0 : 1);
	}

	/* The last one: all that tells where it ends is its size, repeated, if that is left. */
	for (guint is_left = 0; is_left < 2; is_left++) {
		g_autoptr(EvtxWriter) w = writer_with(3);
		g_autoptr(GByteArray) image = evtx_writer_finish(w);
		guint size =
			(guint)(evtx_writer_record_offset(w, 2) - evtx_writer_record_offset(w, 1));

		memset(image->data + FIRST_CHUNK + 44, 0xEE, 8);
		damage(image, w, 2, 4, 4);
		if (!is_left)
			damage(image, w, 2, size - 4, 4);

		g_autoptr(Reading) r = read_image(image, READ_IN_USE);

		g_assert_cmpuint(r->events->len, ==, 2 + is_left);
		g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, 1 - is_left);
	}

	/* The same for what the file is too short to hold: no record, or not all of it? */
	g_autoptr(EvtxWriter) w = writer_with(8);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	damage(image, w, 2, 0, 60);
	g_byte_array_set_size(image, (guint)evtx_writer_record_offset(w, 7) + 20);

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 6);
	g_assert_cmpuint(record_of(r, 5), ==, 7);
	g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, 1);
	g_assert_cmpuint(r->gaps[GAP_TRUNCATED], ==, 1);
}

static void set_number(guint8 *at, guint32 number)
{
	number = GUINT32_TO_LE(number);
	memcpy(at, &number, 4);
}

/* A header whose checksum is right, but whose free space begins too early: someone hid records. */
static void test_early_end(void)
{
	for (guint all = 0; all < 2; all++) { /* the last one in part, or all */
		g_autoptr(EvtxWriter) w = writer_with(5);
		g_autoptr(GByteArray) image = evtx_writer_finish(w);
		guint8 *chunk = image->data + FIRST_CHUNK;
		guint64 last = evtx_writer_record_offset(w, 4) - FIRST_CHUNK;

		set_number(chunk + 48, all ? 512 : (guint32)last + 100);
		set_number(chunk + 124, (guint32)crc32(crc32(0, chunk, 120), chunk + 128, 384));

		g_autoptr(Reading) r = read_image(image, READ_IN_USE);

		g_assert_cmpuint(r->events->len, ==, 5);
		g_assert_cmpuint(r->gaps[GAP_HEADER], ==, 1);
		g_assert_cmpuint(r->n_losses, ==, 0);
	}
}

/* Where the end is not sure, older records that lie behind it do not become records in use. */
static void test_unsure_end_and_slack(void)
{
	g_autoptr(EvtxWriter) w = writer_with(30);

	evtx_writer_clear(w);
	add_event(w, 1, "A", "of another length than before", TIME + 3600 * INSTANT_SECOND);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	memset(image->data + FIRST_CHUNK + 44, 0xEE, 8);

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(record_of(r, 0), ==, 1);
}

/* The body is damaged, not the record's marks: that one record is lost, or what was embedded in it.
 */
static void test_bad_body(void)
{
	g_autoptr(EvtxWriter) w = writer_with(5);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	damage(image, w, 2, 28, 4);

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 4);
	g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, 1);
}

static void test_partial(void)
{
	g_autoptr(EvtxWriter) w = writer_with(1);

	add_event(w, 2, "B", "nameless", TIME);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	guint64 at = evtx_writer_record_offset(w, 1);
	/* The text "B" as the inner template has it: its token becomes none. */
	guint8 *found = memmem(image->data + at, FIRST_CHUNK + CHUNK - at, "\x05\x01\x01\0B\0", 6);

	g_assert_nonnull(found);
	found[0] = 0x7F;

	g_autoptr(Reading) r = read_image(image, READ_IN_USE);

	g_assert_cmpuint(r->events->len, ==, 2);
	g_assert_cmpuint(r->gaps[GAP_DAMAGED], ==, 1);
	g_assert_nonnull(strstr(reading_fields(r, 1), "\"EventID\":2"));
	g_assert_nonnull(strstr(reading_fields(r, 1), "\"Data\":\"nameless\"}"));
}

/* The size of what is embedded is damaged, to any other size: it says itself where it ends. */
static void test_embedded_size(void)
{
	g_autoptr(EvtxWriter) w = writer_with(3);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	guint64 at = evtx_writer_record_offset(w, 1), end = evtx_writer_record_offset(w, 2);
	guint8 *size = NULL;

	/* Of the table of values, the only entry of type BinXML. */
	for (guint64 i = at + 24; i + 4 <= end && !size; i++) {
		if (image->data[i] && image->data[i + 2] == EVTX_BINXML && !image->data[i + 3])
			size = image->data + i;
	}
	g_assert_nonnull(size);
	for (guint high = 0; high < 2; high++) {
		for (guint byte = 1; byte < 256; byte++) {
			size[high] = (guint8)(size[high] + 1);
			if (size[0] + size[1] == 0)
				continue; /* nothing is embedded */

			g_autoptr(Reading) r = read_image(image, READ_IN_USE);

			g_assert_cmpuint(r->events->len, ==, 3);
			g_assert_nonnull(strstr(reading_fields(r, 1), "\"A\":\"value 1\""));
		}
		size[high] = (guint8)(size[high] + 1); /* as it was */
	}
}

static void test_no_file_header(void)
{
	static const guint starts[] = { 0, FIRST_CHUNK, 512 };

	for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
		g_autoptr(EvtxWriter) w = writer_with(3);
		g_autoptr(GByteArray) image = evtx_writer_finish(w);

		memset(image->data, 0, FIRST_CHUNK);
		g_byte_array_remove_range(image, 0, FIRST_CHUNK - starts[i]);

		g_autoptr(Reading) r = read_image(image, READ_IN_USE);
		guint score =
			evtx_reader.probe(slice_make(image->data, READER_PROBE_BYTES), "unnamed");

		g_assert_cmpuint(score, >, 0);
		g_assert_cmpuint(score, <, 100);
		g_assert_cmpuint(r->events->len, ==, 3);
		g_assert_cmpuint(r->gaps[GAP_HEADER], ==, 1);
		g_assert_cmpuint(r->plan.first_offset, ==, starts[i]);
		g_assert_cmpuint(r->plan.unit_bytes, ==, CHUNK);
	}
}

static void test_chunk_magic(void)
{
	g_autoptr(EvtxWriter) w = writer_with(3);
	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	image->data[FIRST_CHUNK] ^= 0xFF; /* the rest of the header proves that it is one */

	g_autoptr(Reading) one_byte = read_image(image, READ_IN_USE);

	g_assert_cmpuint(one_byte->events->len, ==, 3);
	g_assert_cmpuint(one_byte->gaps[GAP_HEADER], ==, 1);

	memset(image->data + FIRST_CHUNK, 0xEE, 128);

	g_autoptr(Reading) header = read_image(image, READ_IN_USE);
	g_autoptr(Reading) recovered = read_image(image, READ_RECOVERED);

	g_assert_cmpuint(header->events->len, ==, 0);
	g_assert_cmpuint(header->gaps[GAP_DAMAGED], ==, 1);
	g_assert_cmpuint(recovered->events->len, ==, 3);
}

static void test_no_log(void)
{
	g_autofree guint8 *zeros = g_malloc0(CHUNK);
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(Reading) r = reading_make(library, zeros, CHUNK, READ_IN_USE, 0);

	g_assert_false(r->opened);
	g_assert_cmpuint(evtx_reader.probe(slice_make(zeros, 4096), "x.txt"), ==, 0);
}

static void test_slack(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	add_event(w, 1, "A", "first, and overwritten", TIME);
	add_event(w, 2, "B", "older", TIME);
	add_event(w, 2, "B", "old", TIME);
	evtx_writer_reuse_chunk(w);
	add_event(w, 1, "A", "newer", TIME);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(Reading) r = read_image(image, READ_IN_USE);
	g_autoptr(Reading) recovered = read_image(image, READ_RECOVERED);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(recovered->events->len, >=, 1);
	for (guint i = 0; i < recovered->events->len; i++) {
		const ReadEvent *event = g_ptr_array_index(recovered->events, i);

		g_assert_cmpint(event->origin, ==, EVENT_RECOVERED);
		g_assert_cmpuint(event->offset, >, evtx_writer_record_offset(w, 3));
	}

	guint last = recovered->events->len - 1;

	g_assert_cmpuint(record_of(recovered, last), ==, 3);
	g_assert_nonnull(strstr(reading_fields(recovered, last), "\"B\":\"old\"}"));
}

static void test_freed_chunk(void)
{
	g_autoptr(EvtxWriter) w = writer_with(3);

	evtx_writer_new_chunk(w);
	add_event(w, 1, "A", "kept", TIME);
	evtx_writer_free_chunk(w, 0);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(Reading) r = read_image(image, READ_IN_USE);
	g_autoptr(Reading) recovered = read_image(image, READ_RECOVERED);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(r->n_losses, ==, 0);
	g_assert_cmpuint(recovered->events->len, ==, 3);
}

static void give(void *context, Slice entry)
{
	evtx_reader.library_give(context, entry);
}

static void keep(void *context, Slice entry)
{
	g_ptr_array_add(context, g_bytes_new(entry.data, entry.size));
}

/*
 * A record in slack whose template has been overwritten is read with the same template from another
 * log, in whatever order the templates of the run arrive.
 */
static void test_library(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	g_autoptr(EvtxWriter) other = evtx_writer_new();

	add_event(w, 2, "B", "the template is defined here", TIME);
	for (guint i = 0; i < 10; i++)
		add_event(w, 2, "B", "old", TIME);
	evtx_writer_reuse_chunk(w);
	for (guint i = 0; i < 4; i++)
		add_event(w, 1, "A", "newer", TIME);
	add_event(other, 2, "B", "elsewhere", TIME);
	add_event(other, 3, "C", "and another", TIME);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(GByteArray) other_image = evtx_writer_finish(other);
	g_autoptr(TestLibrary) teacher = evtx_reader.library_new();
	g_autoptr(Reading) lesson =
		reading_make(teacher, other_image->data, other_image->len, READ_IN_USE, 0);
	g_autoptr(GPtrArray) entries =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(TestLibrary) untaught = evtx_reader.library_new();
	g_autoptr(Reading) without =
		reading_make(untaught, image->data, image->len, READ_RECOVERED, 0);

	evtx_reader.library_take(teacher, keep, entries);
	g_assert_cmpuint(lesson->events->len, ==, 2);
	g_assert_cmpuint(entries->len, ==, 3); /* System and two kinds of data */
	g_assert_cmpuint(without->gaps[GAP_SLACK], ==, 1);
	for (guint i = 0; i < without->events->len; i++) { /* the values, but not their names */
		g_assert_null(strstr(reading_fields(without, i), "\"B\""));
		g_assert_nonnull(strstr(reading_fields(without, i), "\"Data\":\"old\"}"));
	}
	for (guint order = 0; order < 2; order++) {
		g_autoptr(TestLibrary) library = evtx_reader.library_new();

		for (guint i = 0; i < entries->len; i++) {
			gsize size;
			const void *bytes = g_bytes_get_data(
				entries->pdata[order ? entries->len - 1 - i : i], &size);

			give(library, slice_make(bytes, size));
		}

		g_autoptr(Reading) with =
			reading_make(library, image->data, image->len, READ_RECOVERED, 0);

		g_assert_cmpuint(with->events->len, >, 2);
		g_assert_cmpuint(with->gaps[GAP_SLACK], ==, 0);
		g_assert_nonnull(strstr(reading_fields(with, 0), "\"B\":\"old\"}"));
	}
}

/*
 * The names that a template uses lie elsewhere, and may be overwritten where the template itself is
 * whole: then it is still clear what <?><? ?="Command">value</?></?> means.
 */
static void test_mended_names(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new(), other = evtx_writer_new();
	g_autofree char *older = g_strnfill(2000, 'x'), *newer = g_strnfill(400, 'y');

	add_event(w, 1, "A", older, TIME); /* has the names in it */
	add_event(w, 2, "Command", "cmd.exe", TIME);
	evtx_writer_reuse_chunk(w);
	evtx_writer_set_style(w, EVTX_STYLE_PLAIN);
	add_event(w, 1, "A", newer, TIME);
	add_event(other, 1, "A", "for the outer template", TIME);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(GByteArray) other_image = evtx_writer_finish(other);
	g_autoptr(TestLibrary) library = evtx_reader.library_new();

	reading_free(reading_make(library, other_image->data, other_image->len, READ_IN_USE, 0));

	g_autoptr(Reading) r = reading_make(library, image->data, image->len, READ_RECOVERED, 0);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(r->gaps[GAP_SLACK], ==, 0);
	g_assert_nonnull(strstr(reading_fields(r, 0), "\"Command\":\"cmd.exe\"}"));
}

/* The same for the outer template: the numbers of its values say what they are. */
static void test_mended_system(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	g_autofree char *older = g_strnfill(2000, 'x'), *newer = g_strnfill(1200, 'y');

	evtx_writer_set_style(w, EVTX_STYLE_PLAIN);
	add_event(w, 1, "A", older, TIME); /* has the names in it */
	evtx_writer_set_style(w, EVTX_STYLE_NESTED);
	add_event(w, 2, "Command", "cmd.exe", TIME);
	evtx_writer_reuse_chunk(w);
	evtx_writer_add_node(
		w, evtx_element_add(evtx_element("Other"), evtx_node_text(newer)), TIME, 0);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(Reading) r = read_image(image, READ_RECOVERED);

	g_assert_cmpuint(r->events->len, ==, 1);
	g_assert_cmpuint(r->gaps[GAP_SLACK], ==, 0);
	g_assert_true(g_str_has_prefix(reading_fields(r, 0),
		"{\"Provider_Name\":\"Microsoft-Windows-Eventlog\",\"EventID\":2,"));
	g_assert_nonnull(strstr(reading_fields(r, 0),
		"\"Channel\":\"Vendor/"
		"Operational\",\"Computer\":\"ws01\",\"Command\":\"cmd.exe\"}"));
}

/* A template is damaged, and all records of its chunk are lost in use: another chunk still has it.
 */
static void test_lost_template(void)
{
	g_autoptr(EvtxWriter) w = writer_with(2);

	evtx_writer_new_chunk(w);
	for (guint i = 0; i < 3; i++)
		add_event(w, 1, "A", "lost and found", TIME + (10 + i) * INSTANT_SECOND);

	g_autoptr(GByteArray) image = evtx_writer_finish(w);

	damage(image, w, 2, 24 + 4 + 10 + 24, 1); /* the definition's first token */

	g_autoptr(Reading) in_use = read_image(image, READ_IN_USE);
	g_autoptr(Reading) r = read_image(image, READ_RECOVERED);

	g_assert_cmpuint(in_use->events->len, ==, 2);
	g_assert_cmpuint(in_use->gaps[GAP_DAMAGED], ==, 3);
	g_assert_cmpuint(r->events->len, ==, 3);
	g_assert_cmpuint(r->n_gaps, ==, 0); /* all was said when they were read in use */
	for (guint i = 0; i < 3; i++) {
		const ReadEvent *event = g_ptr_array_index(r->events, i);

		g_assert_cmpuint(event->record, ==, 3 + i);
		g_assert_cmpint(event->origin, ==, EVENT_RECOVERED);
		g_assert_nonnull(strstr(event->fields, "\"A\":\"lost and found\""));
	}
}

static void test_hostile_entries(void)
{
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(GPtrArray) entries =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	guint8 bytes[64];

	for (guint fill = 0; fill < 256; fill++) {
		memset(bytes, (int)fill, sizeof(bytes));
		for (gsize size = 0; size <= sizeof(bytes); size++)
			give(library, slice_make(bytes, size));
	}
	evtx_reader.library_take(library, keep, entries);
	g_assert_cmpuint(entries->len, ==, 0); /* nothing of it was learnt here */
}

static void test_sequence(void)
{
	g_autoptr(EvtxWriter) w = writer_with(2);

	evtx_writer_skip_ids(w, 5);
	add_event(w, 1, "A", "after a hole", TIME + 3 * INSTANT_SECOND);
	add_event(w, 1, "A", "an hour back", TIME - 3600 * INSTANT_SECOND);
	add_event(
		w, 1, "A", "half a second back", TIME - 3600 * INSTANT_SECOND - INSTANT_SECOND / 2);
	add_event(w, 104, "A", "cleared", TIME);

	g_autoptr(Reading) r = read_writer(w);
	const Span *span = &g_array_index(r->spans, Span, 0);

	g_assert_cmpuint(r->events->len, ==, 6);
	g_assert_cmpuint(r->gaps[GAP_RECORD_IDS], ==, 1);
	g_assert_cmpuint(r->gap_records[GAP_RECORD_IDS], ==, 5);
	g_assert_cmpuint(r->gaps[GAP_TIME_BACK], ==, 1);
	g_assert_cmpuint(r->gaps[GAP_LOG_CLEARED], ==, 1);
	g_assert_cmpuint(r->n_losses, ==, 0);
	g_assert_cmpuint(r->spans->len, ==, 1);
	g_assert_cmpuint(span->offset, ==, FIRST_CHUNK);
	g_assert_cmpuint(span->first_record, ==, 1);
	g_assert_cmpuint(span->last_record, ==, 11);
	g_assert_cmpuint(span->n_records, ==, 6);
	g_assert_cmpint(span->first_time, ==, TIME);
	g_assert_cmpint(span->last_time, ==, TIME);
	g_assert_cmpstr(r->channel, ==, "Vendor/Operational");
}

/* From one end of time to the other. */
static void test_far_times(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();

	add_event(w, 1, "A", "late", G_MAXINT64 / 100 * 100);
	add_event(w, 1, "A", "early", G_MININT64 / 100 * 100 + 100);

	g_autoptr(Reading) r = read_writer(w);

	g_assert_cmpuint(r->events->len, ==, 2);
	g_assert_cmpuint(r->gaps[GAP_TIME_BACK], ==, 1);
}

/* However the chunks are dealt out, the same events come. */
static void test_split(void)
{
	g_autoptr(EvtxWriter) w = writer_with(0);

	for (guint i = 0; i < 12; i++) {
		add_event(w, (guint16)(i % 3), "A", "x", TIME);
		if (i % 3 == 2)
			evtx_writer_new_chunk(w);
	}

	g_autoptr(GByteArray) image = evtx_writer_finish(w);
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(Reading) whole = reading_make(library, image->data, image->len, READ_IN_USE, 0);

	for (guint units = 1; units < 4; units++) {
		g_autoptr(TestLibrary) fresh = evtx_reader.library_new();
		g_autoptr(Reading) parts =
			reading_make(fresh, image->data, image->len, READ_IN_USE, units);

		g_assert_cmpuint(parts->events->len, ==, whole->events->len);
		for (guint i = 0; i < whole->events->len; i++)
			g_assert_cmpstr(reading_fields(parts, i), ==, reading_fields(whole, i));
		g_assert_cmpuint(parts->spans->len, ==, whole->spans->len);
	}
}

/* A small image: a chunk without file header, cut behind its records. */
static GByteArray *small_image(void)
{
	g_autoptr(EvtxWriter) w = evtx_writer_new();
	GByteArray *image;

	add_event(w, 1, "A", "older", TIME);
	add_event(w, 1, "A", "old", TIME);
	evtx_writer_reuse_chunk(w);
	add_event(w, 1, "A", "newer", TIME);
	image = evtx_writer_finish(w);
	g_byte_array_remove_range(image, 0, FIRST_CHUNK);
	g_byte_array_set_size(image, (guint)evtx_writer_record_offset(w, 1) - FIRST_CHUNK + 600);
	return image;
}

/* Both passes; returns how many gaps there were, and that nothing went wrong otherwise. */
static guint read_hostile(const guint8 *bytes, gsize size, guint *ret_events)
{
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	g_autoptr(Reading) r = reading_make(library, bytes, size, READ_IN_USE, 0);
	g_autoptr(Reading) recovered = reading_make(library, bytes, size, READ_RECOVERED, 0);

	g_assert_true(r->opened == recovered->opened);
	*ret_events = r->events->len;
	return r->n_gaps;
}

static void test_truncations(void)
{
	g_autoptr(GByteArray) image = small_image();
	guint n_events;

	for (guint size = 0; size < image->len; size++) {
		g_autofree guint8 *copy = g_memdup2(image->data, MAX(size, 1));

		(void)read_hostile(copy, size, &n_events);
	}
}

/* The checksums cover all but the flags and what is not in use: no change there goes unsaid. */
static void test_flips(void)
{
	static const guint8 masks[] = { 0x01, 0x80, 0xFF };
	g_autoptr(GByteArray) image = small_image();
	guint n_events, n_usual = read_hostile(image->data, image->len, &n_events);
	guint free_space = image->data[48] | (guint)image->data[49] << 8;

	g_assert_cmpuint(n_events, ==, 1);
	for (guint at = 0; at < image->len; at++) {
		for (guint i = 0; i < G_N_ELEMENTS(masks); i++) {
			guint n_gaps;

			image->data[at] ^= masks[i];
			n_gaps = read_hostile(image->data, image->len, &n_events);
			image->data[at] ^= masks[i];
			if (at >= free_space || (at >= 120 && at < 124) || at < 8)
				continue;
			if (n_gaps <= n_usual)
				g_error("a flip of 0x%02x at %u goes unsaid", masks[i], at);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/evtx/damage/flaws", test_flaws);
	g_test_add_func("/evtx/damage/cut-off", test_cut_off);
	g_test_add_func("/evtx/damage/truncated", test_truncated);
	g_test_add_func("/evtx/damage/record", test_bad_record);
	g_test_add_func("/evtx/damage/marks", test_marks);
	g_test_add_func("/evtx/damage/early-end", test_early_end);
	g_test_add_func("/evtx/damage/unsure-end", test_unsure_end);
	g_test_add_func("/evtx/damage/unsure-end-and-slack", test_unsure_end_and_slack);
	g_test_add_func("/evtx/damage/body", test_bad_body);
	g_test_add_func("/evtx/damage/partial", test_partial);
	g_test_add_func("/evtx/damage/embedded-size", test_embedded_size);
	g_test_add_func("/evtx/damage/file-header", test_no_file_header);
	g_test_add_func("/evtx/damage/chunk-magic", test_chunk_magic);
	g_test_add_func("/evtx/damage/no-log", test_no_log);
	g_test_add_func("/evtx/recovery/slack", test_slack);
	g_test_add_func("/evtx/recovery/freed-chunk", test_freed_chunk);
	g_test_add_func("/evtx/recovery/library", test_library);
	g_test_add_func("/evtx/recovery/mended-names", test_mended_names);
	g_test_add_func("/evtx/recovery/mended-system", test_mended_system);
	g_test_add_func("/evtx/recovery/lost-template", test_lost_template);
	g_test_add_func("/evtx/recovery/hostile-entries", test_hostile_entries);
	g_test_add_func("/evtx/sequence", test_sequence);
	g_test_add_func("/evtx/far-times", test_far_times);
	g_test_add_func("/evtx/split", test_split);
	g_test_add_func("/evtx/hostile/truncations", test_truncations);
	g_test_add_func("/evtx/hostile/flips", test_flips);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-evtx OUT.evtx < description: an event log from a few lines of text, for tests in any
 *language.
 *
 * A line is a word and its argument. Settings hold until they are set again; `event` starts an
 *event with the settings as they are, the data lines after it belong to it. Empty lines and those
 *that start with # are passed over.
 *
 *	settings   provider NAME [GUID]    source NAME      channel NAME     computer NAME
 *	           time ISO8601            level N          version N        task N
 *	           opcode N                keywords 0x…     qualifiers N     process PID TID
 *	           user SID                activity GUID    style nested|flat|fragment|plain
 *	           dependencies yes|no     ("-" takes a setting back)
 *	steps      after SECONDS           new-chunk        clear            reuse-chunk
 *	           free-chunk INDEX        skip-ids N       record-id N (of the next event)
 *	the file   flaw dirty|full|chunk-count|file-checksum|chunk-checksum|record-checksum|
 *	           free-offset|no-tables   minor-version N  truncate BYTES   patch OFFSET HEX
 *	event      event ID
 *	data       data NAME = VALUE       data NAME:TYPE = VALUE            data - = unnamed
 *	           optional NAME:TYPE = …  element NAME:TYPE = VALUE (as <NAME>, in EventData)
 *	           user-data ROOT [XMLNS]  processing-error (before the data; else it is EventData)
 *
 * TYPE is text (the default), ansi, i8 … u64, f32, f64, bool, binary, guid, size, filetime,
 * systemtime, sid, x32, x64, null, null:TYPE, or list:TYPE with the items parted by |. In text,
 *U+2424 (the symbol for newline) becomes a line feed.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "evtx-writer.h"

typedef struct Maker {
	EvtxWriter *writer;
	EvtxEvent event;
	GHashTable *texts; /* settings that are text, by word; owns them */
	EvtxData *data;
	gboolean pending; /* `event` was said, not yet written */
	guint flaws;
	guint64 truncate_to; /* 0: not */
	GPtrArray *patches;  /* arguments of `patch` */
} Maker;

typedef struct TextSetting {
	const char *word;
	gsize offset; /* of the member of EvtxEvent */
} TextSetting;

static const TextSetting text_settings[] = {
	{ "source", G_STRUCT_OFFSET(EvtxEvent, source_name) },
	{ "channel", G_STRUCT_OFFSET(EvtxEvent, channel) },
	{ "computer", G_STRUCT_OFFSET(EvtxEvent, computer) },
	{ "user", G_STRUCT_OFFSET(EvtxEvent, user_sid) },
	{ "activity", G_STRUCT_OFFSET(EvtxEvent, activity) },
};

static gboolean fail(GError **error, const char *text)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "can not read '%s'", text);
	return FALSE;
}

static gboolean parse_number(const char *text, guint64 *ret, GError **error)
{
	if (g_str_has_prefix(text, "0x"))
		return g_ascii_string_to_unsigned(text + 2, 16, 0, G_MAXUINT64, ret, error);
	return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret, error);
}

static void flush(Maker *m)
{
	if (!m->pending)
		return;
	evtx_writer_add(m->writer, &m->event, g_steal_pointer(&m->data));
	m->event.record_id = 0;
	m->pending = FALSE;
}

/* Keeps the text for as long as the maker lives, since events borrow it. NULL for "-". */
static const char *keep(Maker *m, const char *text)
{
	char *key;

	if (strcmp(text, "-") == 0)
		return NULL;
	key = g_hash_table_lookup(m->texts, text);
	if (!key) {
		key = g_strdup(text);
		g_hash_table_insert(m->texts, key, key);
	}
	return key;
}

static gboolean do_text(Maker *m, const char *word, const char *argument, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(text_settings); i++) {
		if (strcmp(text_settings[i].word, word) != 0)
			continue;
		G_STRUCT_MEMBER(const char *, &m->event, text_settings[i].offset) =
			keep(m, argument);
		return TRUE;
	}
	return fail(error, word);
}

static gboolean do_provider(Maker *m, const char *word, const char *argument, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(argument, " {", 2);

	if (!parts[0])
		return fail(error, word);
	m->event.provider = keep(m, parts[0]);
	m->event.provider_guid = parts[1] ? keep(m, parts[1]) : NULL;
	return TRUE;
}

static gboolean do_style(Maker *m, const char *word, const char *name, GError **error)
{
	static const char *const names[] = { "nested", "flat", "fragment", "plain" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			evtx_writer_set_style(m->writer, (EvtxStyle)i);
			return TRUE;
		}
	}
	return fail(error, name);
}

static gboolean do_flaw(Maker *m, const char *word, const char *name, GError **error)
{
	static const char *const names[] = { "dirty", "full", "chunk-count", "file-checksum",
		"chunk-checksum", "record-checksum", "free-offset", "no-tables" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			m->flaws |= 1u << i;
			return TRUE;
		}
	}
	return fail(error, name);
}

static gboolean do_process(Maker *m, const char *word, const char *argument, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(argument, " ", 2);
	guint64 process = 0, thread = 0;

	if (g_strv_length(parts) != 2 || !parse_number(parts[0], &process, NULL) ||
		!parse_number(parts[1], &thread, NULL))
		return fail(error, argument);
	m->event.process_id = (guint32)process;
	m->event.thread_id = (guint32)thread;
	return TRUE;
}

typedef enum Number {
	NUMBER_LEVEL,
	NUMBER_VERSION,
	NUMBER_TASK,
	NUMBER_OPCODE,
	NUMBER_KEYWORDS,
	NUMBER_QUALIFIERS,
	NUMBER_AFTER,
	NUMBER_FREE_CHUNK,
	NUMBER_SKIP_IDS,
	NUMBER_RECORD_ID,
	NUMBER_MINOR_VERSION,
	NUMBER_TRUNCATE,
	NUMBER_EVENT,
	NUMBER_N,
} Number;

static const char *const number_words[NUMBER_N] = { "level", "version", "task", "opcode",
	"keywords", "qualifiers", "after", "free-chunk", "skip-ids", "record-id", "minor-version",
	"truncate", "event" };

static void use_number(Maker *m, Number which, guint64 n)
{
	switch (which) {
	case NUMBER_LEVEL:
		m->event.level = (guint8)n;
		break;
	case NUMBER_VERSION:
		m->event.version = (guint8)n;
		break;
	case NUMBER_TASK:
		m->event.task = (guint16)n;
		break;
	case NUMBER_OPCODE:
		m->event.opcode = (guint8)n;
		break;
	case NUMBER_KEYWORDS:
		m->event.keywords = n;
		break;
	case NUMBER_QUALIFIERS:
		m->event.qualifiers = (gint32)n;
		break;
	case NUMBER_AFTER:
		m->event.time += (Instant)n * INSTANT_SECOND;
		break;
	case NUMBER_FREE_CHUNK:
		evtx_writer_free_chunk(m->writer, (guint)n);
		break;
	case NUMBER_SKIP_IDS:
		evtx_writer_skip_ids(m->writer, n);
		break;
	case NUMBER_RECORD_ID:
		m->event.record_id = n;
		break;
	case NUMBER_MINOR_VERSION:
		evtx_writer_set_minor_version(m->writer, (guint16)n);
		break;
	case NUMBER_TRUNCATE:
		m->truncate_to = n;
		break;
	case NUMBER_EVENT:
		m->event.event_id = (guint16)n;
		m->pending = TRUE;
		break;
	case NUMBER_N:
		g_assert_not_reached();
	}
}

static gboolean do_number(Maker *m, const char *word, const char *argument, GError **error)
{
	guint64 n = 0;
	guint which = 0;

	while (strcmp(number_words[which], word) != 0)
		which++;
	if (which == NUMBER_QUALIFIERS && strcmp(argument, "-") == 0) {
		m->event.qualifiers = -1;
		return TRUE;
	}
	if (!parse_number(argument, &n, error))
		return FALSE;
	use_number(m, (Number)which, n);
	return TRUE;
}

static gboolean do_step(Maker *m, const char *word, const char *argument, GError **error)
{
	if (strcmp(word, "new-chunk") == 0)
		evtx_writer_new_chunk(m->writer);
	else if (strcmp(word, "clear") == 0)
		evtx_writer_clear(m->writer);
	else
		evtx_writer_reuse_chunk(m->writer);
	return TRUE;
}

static EvtxData *current_data(Maker *m)
{
	if (!m->data)
		m->data = evtx_data_new(EVTX_EVENT_DATA, NULL, NULL);
	return m->data;
}

static EvtxValue *parse_value(const char *type, const char *text)
{
	g_auto(GStrv) lines = NULL;
	g_autofree char *joined = NULL;

	if (strcmp(type, "text") != 0)
		return evtx_value_parse(type, text);
	lines = g_strsplit(text, "\342\220\244", -1); /* U+2424 */
	joined = g_strjoinv("\n", lines);
	return evtx_text(joined);
}

/* "NAME[:TYPE] = VALUE" */
static gboolean do_data(Maker *m, const char *word, const char *argument, GError **error)
{
	const char *equals = strstr(argument, " =");

	if (!equals)
		return fail(error, argument);

	g_autofree char *left = g_strndup(argument, (gsize)(equals - argument));
	char *colon = strchr(left, ':');
	const char *text = equals[2] == ' ' ? equals + 3 : equals + 2;
	g_autoptr(EvtxValue) value = parse_value(colon ? colon + 1 : "text", text);

	if (!value)
		return fail(error, argument);
	if (colon)
		*colon = '\0';

	const char *name = strcmp(left, "-") == 0 ? NULL : left;

	if (strcmp(word, "data") == 0)
		evtx_data_add(current_data(m), name, g_steal_pointer(&value));
	else if (strcmp(word, "optional") == 0)
		evtx_data_add_optional(current_data(m), name, g_steal_pointer(&value));
	else
		evtx_data_add_element(current_data(m), name, g_steal_pointer(&value));
	return TRUE;
}

static gboolean do_processing_error(
	Maker *m, const char *word, const char *argument, GError **error)
{
	m->data = evtx_data_new(EVTX_PROCESSING_ERROR, NULL, NULL);
	return TRUE;
}

static gboolean do_user_data(Maker *m, const char *word, const char *argument, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(argument, " ", 2);

	if (!parts[0])
		return fail(error, word);
	m->data = evtx_data_new(EVTX_USER_DATA, parts[0], parts[1]);
	return TRUE;
}

static gboolean do_time(Maker *m, const char *word, const char *argument, GError **error)
{
	return instant_parse(slice_from_text(argument), &m->event.time) || fail(error, argument);
}

static gboolean do_dependencies(Maker *m, const char *word, const char *argument, GError **error)
{
	evtx_writer_set_dependencies(m->writer, strcmp(argument, "yes") == 0);
	return TRUE;
}

static gboolean do_patch(Maker *m, const char *word, const char *argument, GError **error)
{
	g_ptr_array_add(m->patches, g_strdup(argument));
	return TRUE;
}

typedef struct Word {
	const char *word; /* NULL: any word of number_words */
	gboolean of_event;
	gboolean (*handle)(Maker *m, const char *word, const char *argument, GError **error);
} Word;

static const Word words[] = {
	{ "data", TRUE, do_data },
	{ "optional", TRUE, do_data },
	{ "element", TRUE, do_data },
	{ "user-data", TRUE, do_user_data },
	{ "processing-error", TRUE, do_processing_error },
	{ "provider", FALSE, do_provider },
	{ "source", FALSE, do_text },
	{ "channel", FALSE, do_text },
	{ "computer", FALSE, do_text },
	{ "user", FALSE, do_text },
	{ "activity", FALSE, do_text },
	{ "time", FALSE, do_time },
	{ "process", FALSE, do_process },
	{ "style", FALSE, do_style },
	{ "dependencies", FALSE, do_dependencies },
	{ "flaw", FALSE, do_flaw },
	{ "patch", FALSE, do_patch },
	{ "new-chunk", FALSE, do_step },
	{ "clear", FALSE, do_step },
	{ "reuse-chunk", FALSE, do_step },
};

static const Word *find_word(const char *word)
{
	static const Word number = { NULL, FALSE, do_number };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return &words[i];
	for (gsize i = 0; i < G_N_ELEMENTS(number_words); i++)
		if (strcmp(number_words[i], word) == 0)
			return &number;
	return NULL;
}

static gboolean do_line(Maker *m, const char *word, const char *argument, GError **error)
{
	const Word *known = find_word(word);

	if (!known || (known->of_event && !m->pending))
		return fail(error, word);
	if (!known->of_event)
		flush(m);
	return known->handle(m, word, argument, error);
}

/* "OFFSET HEX": overwrites bytes of the finished file. */
static gboolean apply_patch(GByteArray *bytes, const char *patch, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(patch, " ", 2);
	guint64 offset = 0;

	if (g_strv_length(parts) != 2 || !parse_number(parts[0], &offset, NULL))
		return fail(error, patch);
	for (const char *p = parts[1]; g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]); p += 2) {
		if (offset >= bytes->len)
			return fail(error, patch);
		bytes->data[offset++] =
			(guint8)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]));
	}
	return TRUE;
}

static gboolean write_file(Maker *m, const char *path, GError **error)
{
	evtx_writer_set_flaws(m->writer, m->flaws);

	g_autoptr(GByteArray) bytes = evtx_writer_finish(m->writer);

	for (guint i = 0; i < m->patches->len; i++)
		if (!apply_patch(bytes, m->patches->pdata[i], error))
			return FALSE;
	if (m->truncate_to && m->truncate_to < bytes->len)
		g_byte_array_set_size(bytes, (guint)m->truncate_to);
	return g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, error);
}

static gboolean read_description(Maker *m, GError **error)
{
	char line[65536];

	for (guint number = 1; fgets(line, sizeof(line), stdin); number++) {
		g_auto(GStrv) parts = NULL;

		g_strchomp(line);
		if (line[0] == '\0' || line[0] == '#')
			continue;
		parts = g_strsplit(g_strchug(line), " ", 2);
		if (!do_line(m, parts[0], parts[1] ? g_strchug(parts[1]) : "", error)) {
			g_prefix_error(error, "line %u: ", number);
			return FALSE;
		}
	}
	flush(m);
	return TRUE;
}

int main(int argc, char **argv)
{
	g_autoptr(EvtxWriter) writer = evtx_writer_new();
	g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	Maker m = { .writer = writer, .texts = texts, .patches = patches };

	if (argc != 2) {
		fputs("usage: make-evtx OUT.evtx < description\n", stderr);
		return 2;
	}
	m.event = (EvtxEvent){ .provider = "Test-Provider",
		.qualifiers = -1,
		.level = 4,
		.channel = "Application",
		.computer = "ws01.example.com",
		.time = INT64_C(1614680000) * INSTANT_SECOND,
		.process_id = 4,
		.thread_id = 8 };
	if (!read_description(&m, &error) || !write_file(&m, argv[1], &error)) {
		fprintf(stderr, "make-evtx: %s\n", error ? error->message : "failed");
		return 1;
	}
	return 0;
}

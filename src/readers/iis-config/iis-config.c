/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.config, applicationHost.config and other configuration of .NET: an event for each element
 * that has no others in it. What says where it applies stands around it (<location path="…">, <site
 * name="…">), so an event also has the attributes of all elements that it is in, as "site.name".
 *
 * Evidence decides how much stands around an element, and each event would have all of it. Past
 * LIMIT_CONFIG_OUTER_BYTES an outer element is an event of its own instead.
 */
#include "readers/iis-config/iis-config.h"

#include "base/limits.h"
#include "readers/text/lines.h"
#include "readers/xml/xml-row.h"
#include "readers/xml/xml-stream.h"

typedef struct Attribute {
	GBytes *name, *outer_name, *value;
} Attribute;

typedef struct Frame {
	GPtrArray *attributes; /* Attribute */
	gsize outer_bytes;
	gboolean has_children, is_carried;
	gboolean is_known; /* an event has its attributes */
	guint64 offset, line;
} Frame;

typedef struct ConfigState {
	const ReaderReport *report;
	XmlRow *row;
	XmlStream *stream;
	XmlPiece piece;
	gboolean is_held; /* the piece is not taken yet */
	Frame frames[LIMIT_MARKUP_DEPTH + 1];
	guint n_outer; /* attributes that events inside of them have */
	gsize outer_bytes;
	GString *words; /* of the element that is open */
	guint64 words_offset, words_line;
	guint64 n_cut, first_cut;
} ConfigState;

/* ---- probe ---- */

static gboolean slice_is(Slice s, const char *text)
{
	return slice_equal(s, slice_from_text(text));
}

static gboolean is_section(Slice name)
{
	static const char *const sections[] = { "appSettings", "assemblyBinding",
		"configProtectedData", "configSections", "connectionStrings", "location",
		"mscorlib", "runtime", "startup", "system.applicationHost", "system.codedom",
		"system.diagnostics", "system.ftpServer", "system.identityModel", "system.net",
		"system.serviceModel", "system.web", "system.web.extensions", "system.webServer",
		"system.transactions", NULL };

	for (const char *const *section = sections; *section; section++) {
		if (slice_is(name, *section))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_called_config(const char *name)
{
	g_autofree char *small = g_ascii_strdown(name, -1);

	return strstr(small, ".config") != NULL;
}

/* Others call their root "configuration", too: what is in it decides. */
static guint score_of(Slice text, const char *name)
{
	gsize size = text.size;
	Slice root, attributes, rest;
	XmlScan scan;
	XmlToken token;

	if (!xml_root_find(text, &root, &attributes, &rest)) /* a comment may be all there is */
		return is_called_config(name) && size > 4 && memmem(text.data, size, "<!--", 4) ? 40
												: 0;
	if (!slice_is(root, "configuration"))
		return 0;
	scan = xml_scan_make(rest);
	do
		token = xml_scan_next(&scan);
	while (token == XML_TEXT);
	if (token == XML_START && is_section(scan.name))
		return 95;
	return is_called_config(name) ? 80 : token == XML_START || token == XML_END ? 0 : 50;
}

static guint config_probe(Slice head, const char *name)
{
	TextHead text;
	guint score;

	text_head_init(&text, head);
	score = score_of(slice_make(text.text->str, text.text->len), name);
	text_head_clear(&text);
	return score;
}

/* ---- library and task ---- */

static const char *const own_columns[] = { "Element", "Text", NULL };

static ReaderLibrary *config_library_new(void)
{
	return xml_row_new("iis-config", own_columns);
}

static void *config_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	ConfigState *state = g_new0(ConfigState, 1);

	state->report = report;
	state->row = library;
	state->stream = xml_stream_new(source, report);
	state->words = g_string_new(NULL);
	xml_row_begin_task(state->row);
	return state;
}

static void config_close(void *data)
{
	ConfigState *state = data;

	if (!state)
		return;
	xml_stream_free(state->stream);
	if (state->n_cut) {
		Gap gap = {
			.kind = GAP_LIMIT,
			.offset = state->first_cut,
			.records = state->n_cut,
			.note = "Attributes above LIMIT_CONFIG_ATTRIBUTES, texts above "
				"LIMIT_VALUE_BYTES and paths above LIMIT_CONFIG_PATH_BYTES were "
				"cut off.",
		};

		state->report->gap(state->report->context, &gap);
	}
	xml_row_report(state->row, state->report);
	for (guint i = 0; i < G_N_ELEMENTS(state->frames); i++) {
		if (state->frames[i].attributes)
			g_ptr_array_unref(state->frames[i].attributes);
	}
	(void)g_string_free(state->words, TRUE);
	g_free(state);
}

/* ---- elements ---- */

static void note_cut(ConfigState *state)
{
	if (state->n_cut++ == 0)
		state->first_cut = state->piece.offset;
}

static void attribute_free(gpointer data)
{
	Attribute *attribute = data;

	g_bytes_unref(attribute->name);
	g_bytes_unref(attribute->outer_name);
	g_bytes_unref(attribute->value);
	g_free(attribute);
}

static Slice slice_of(GBytes *bytes)
{
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);

	return data ? slice_make(data, size) : slice_from_text("");
}

/* What other elements inside of @element call its attribute. */
static GBytes *outer_name(Slice element, Slice name)
{
	GByteArray *text = g_byte_array_new();

	g_byte_array_append(text, element.data, (guint)MIN(element.size, LIMIT_COLUMN_NAME_BYTES));
	g_byte_array_append(text, (const guint8 *)".", 1);
	g_byte_array_append(text, name.data, (guint)MIN(name.size, LIMIT_COLUMN_NAME_BYTES));
	return g_byte_array_free_to_bytes(text);
}

static void take_attributes(ConfigState *state, Frame *frame)
{
	const XmlPiece *piece = &state->piece;
	Slice name, value;
	gsize at = 0;

	while (xml_stream_attribute(state->stream, piece, &at, &name, &value)) {
		Attribute *attribute;

		if (slice_is(slice_sub(name, 0, 5), "xmlns") || slice_is(name, "schemaLocation"))
			continue;
		if (frame->attributes->len >= LIMIT_CONFIG_ATTRIBUTES) {
			note_cut(state);
			return;
		}
		value = xml_decode(value, xml_row_arena(state->row));
		attribute = g_new0(Attribute, 1);
		attribute->name = g_bytes_new(name.data, name.size);
		attribute->outer_name = outer_name(piece->name, name);
		attribute->value = g_bytes_new(value.data, value.size);
		frame->outer_bytes += name.size + value.size;
		g_ptr_array_add(frame->attributes, attribute);
	}
}

static void open_element(ConfigState *state)
{
	Frame *frame = &state->frames[state->piece.depth];

	if (!frame->attributes)
		frame->attributes = g_ptr_array_new_with_free_func(attribute_free);
	g_ptr_array_set_size(frame->attributes, 0);
	frame->outer_bytes = 0;
	frame->has_children = frame->is_carried = frame->is_known = FALSE;
	frame->offset = state->piece.offset;
	frame->line = state->piece.line;
	take_attributes(state, frame);
	g_string_truncate(state->words, 0);
}

/* What is left of words without the blanks and line ends around them. */
static Slice trimmed(const GString *words)
{
	gsize start = 0, end = words->len;

	while (start < end && g_ascii_isspace(words->str[start]))
		start++;
	while (end > start && g_ascii_isspace(words->str[end - 1]))
		end--;
	return slice_make(&words->str[start], end - start);
}

static void add_words(ConfigState *state)
{
	Slice text = state->piece.text;

	if (state->words->len >= LIMIT_VALUE_BYTES) {
		note_cut(state);
		return;
	}
	if (state->piece.is_raw)
		text = xml_decode(text, xml_row_arena(state->row));
	if (trimmed(state->words).size == 0) {
		g_string_truncate(state->words, 0);
		state->words_offset = state->piece.offset;
		state->words_line = state->piece.line;
	}
	g_string_append_len(state->words, (const char *)text.data, (gssize)text.size);
}

/* ---- events ---- */

static void add_outer(ConfigState *state, guint depth)
{
	for (guint i = 1; i < depth; i++) {
		const Frame *frame = &state->frames[i];

		for (guint k = 0; frame->is_carried && k < frame->attributes->len; k++) {
			const Attribute *attribute = g_ptr_array_index(frame->attributes, k);

			xml_row_add(state->row, "Attribute_", slice_of(attribute->outer_name),
				xml_row_text(state->row, slice_of(attribute->value)));
		}
	}
}

/* The element at @depth, or words in it, as an event. */
static NextResult give(ConfigState *state, guint depth, Event *ret_event)
{
	Frame *frame = &state->frames[depth];
	XmlRow *row = state->row;
	Slice words = trimmed(state->words);
	Slice path = state->piece.path;

	if (state->piece.token == XML_START) /* an element in it begins */
		path.size -= MIN(path.size, state->piece.name.size + 1);
	if (path.size > LIMIT_CONFIG_PATH_BYTES) {
		path.size = LIMIT_CONFIG_PATH_BYTES;
		note_cut(state);
	}
	xml_row_add_constant(
		row, "Element", xml_row_text(row, arena_copy(xml_row_arena(row), path)));
	for (guint i = 0; !frame->is_known && i < frame->attributes->len; i++) {
		const Attribute *attribute = g_ptr_array_index(frame->attributes, i);

		xml_row_add(row, "Attribute_", slice_of(attribute->name),
			xml_row_text(row, slice_of(attribute->value)));
	}
	if (words.size > 0)
		xml_row_add(row, NULL, slice_from_text("Text"),
			xml_row_text(row, arena_copy(xml_row_arena(row), words)));
	add_outer(state, frame->is_carried ? depth + 1 : depth);
	ret_event->offset = frame->is_known ? state->words_offset : frame->offset;
	ret_event->record = frame->is_known ? state->words_line : frame->line;
	xml_row_finish(row, ret_event);
	frame->is_known = TRUE;
	g_string_truncate(state->words, 0);
	return NEXT_EVENT;
}

static gboolean has_words(const ConfigState *state)
{
	return trimmed(state->words).size > 0;
}

/*
 * Before the first element in it begins, one with more around it than an event can have becomes an
 * event. TRUE where it has to.
 */
static gboolean has_children_now(ConfigState *state, guint depth)
{
	Frame *frame = &state->frames[depth];
	guint n = frame->attributes->len;

	if (frame->has_children)
		return FALSE;
	frame->has_children = TRUE;
	frame->is_carried = state->n_outer + n <= LIMIT_CONFIG_OUTER &&
		state->outer_bytes + frame->outer_bytes <= LIMIT_CONFIG_OUTER_BYTES;
	if (!frame->is_carried)
		return TRUE;
	state->n_outer += n;
	state->outer_bytes += frame->outer_bytes;
	frame->is_known = TRUE; /* to all that is in it */
	return FALSE;
}

static void close_element(ConfigState *state, guint depth)
{
	Frame *frame = &state->frames[depth];

	if (!frame->is_carried)
		return;
	state->n_outer -= frame->attributes->len;
	state->outer_bytes -= frame->outer_bytes;
	frame->is_carried = FALSE;
}

/* TRUE where the piece makes an event. */
static gboolean take_piece(ConfigState *state, Event *ret_event)
{
	guint depth = state->piece.depth;
	gboolean is_given = FALSE;

	switch (state->piece.token) {
	case XML_START:
		if (depth > 1 && (has_children_now(state, depth - 1) || has_words(state))) {
			state->is_held = TRUE;
			give(state, depth - 1, ret_event);
			return TRUE;
		}
		open_element(state);
		return FALSE;
	case XML_TEXT:
		add_words(state);
		return FALSE;
	default:
		if (!state->frames[depth].has_children || has_words(state)) {
			give(state, depth, ret_event);
			is_given = TRUE;
		}
		close_element(state, depth);
		return is_given;
	}
}

static NextResult config_next(void *data, Event *ret_event)
{
	ConfigState *state = data;

	xml_row_start(state->row);
	for (;;) {
		if (!state->is_held && !xml_stream_next(state->stream, &state->piece))
			return NEXT_END;
		state->is_held = FALSE;
		if (take_piece(state, ret_event))
			return NEXT_EVENT;
	}
}

static const char *const no_columns[] = { NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader iis_config_reader = {
	.name = "iis-config",
	.description = "configuration of IIS and .NET: web.config, applicationHost.config",
	.docs = "docs/evidence-exchange.md",
	.probe = config_probe,
	.library_new = config_library_new,
	.library_free = xml_row_free,
	.plan = lines_plan_whole,
	.open = config_open,
	.next = config_next,
	.close = config_close,
	.host_columns = no_columns,
	.channel_columns = channel_columns,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/record.h"

#include "readers/evtx/binxml.h"
#include "readers/evtx/definition.h"
#include "readers/evtx/library.h"

RecordReader *record_reader_new(ReaderLibrary *library, gboolean recovering)
{
	RecordReader *reader = g_new0(RecordReader, 1);

	reader->library = library;
	templates_init(&reader->templates, library, recovering, &reader->work);
	arena_init(&reader->arena);
	reader->expanded = g_byte_array_new();
	return reader;
}

static void forget_expanded(RecordReader *reader)
{
	g_clear_pointer(&reader->expanded_layout, layout_free);
	g_clear_pointer(&reader->expanded_program, program_free);
}

void record_reader_free(RecordReader *reader)
{
	if (!reader)
		return;
	forget_expanded(reader);
	g_byte_array_unref(reader->expanded);
	arena_clear(&reader->arena);
	templates_clear(&reader->templates);
	g_free(reader);
}

void record_reader_start_chunk(RecordReader *reader, Slice chunk)
{
	reader->chunk = chunk;
	reader->frames.chunk = chunk;
	reader->work = 0;
	templates_start_chunk(&reader->templates, chunk);
}

typedef enum FrameResult {
	FRAME_READ,
	FRAME_BAD,
	FRAME_OTHER, /* not a lone template instance */
} FrameResult;

/* Reads the fragment at @offset, which must be one template instance, as the next frame. */
static FrameResult read_frame(RecordReader *reader, gsize offset, gsize end, guint parent,
	guint parent_index, guint *ret_first_embedded, const char **ret_trouble)
{
	Cursor c = cursor_make(slice_sub(reader->chunk, 0, end));
	Frames *frames = &reader->frames;
	Instance instance;
	uint8_t token = 0, after = TOKEN_END_OF_FRAGMENT;

	if (!cursor_seek(&c, offset) || !cursor_u8(&c, &token) ||
		(token == TOKEN_FRAGMENT_HEADER &&
			(!cursor_skip(&c, 3) || !cursor_u8(&c, &token))) ||
		token != TOKEN_TEMPLATE || frames->n == MAX_FRAMES)
		return FRAME_OTHER;
	*ret_trouble = instance_read(&c, &reader->pool, &instance);
	if (*ret_trouble)
		return FRAME_BAD;

	Program *program = templates_find(&reader->templates, &instance, ret_trouble);

	/* What it holds is worth having even where its fields have lost their names. */
	if (!program && frames->n > 0)
		program = templates_unnamed(&reader->templates, instance.n_values);
	if (!program)
		return FRAME_BAD;
	(void)cursor_u8(&c, &after); /* where there is nothing behind it, that is its end, too */
	if (program->dynamic || (after != TOKEN_END_OF_FRAGMENT && !reader->lenient))
		return FRAME_OTHER;
	frames->frame[frames->n++] = (Frame){
		.program = program,
		.values = instance.values,
		.n_values = instance.n_values,
		.parent = parent,
		.parent_index = parent_index,
	};
	*ret_first_embedded = instance.first_embedded;
	return FRAME_READ;
}

/*
 * Reads the frames inside frame @at. A bad one is left out, and said; that others are read behind
 * it is why this goes by parent and not by depth.
 */
static FrameResult read_children(
	RecordReader *reader, guint at, gsize end, guint *first_embedded, const char **ret_trouble)
{
	const Frame *frame = &reader->frames.frame[at];

	for (guint i = first_embedded[at]; i < frame->n_values; i++) {
		const InstanceValue *value = &frame->values[i];
		const char *trouble = NULL;

		if (value->type != TYPE_BINXML || value->size == 0)
			continue;

		guint next = reader->frames.n;
		guint *ret_first = next < MAX_FRAMES ? &first_embedded[next] : NULL;
		FrameResult result = read_frame(reader, value->offset, value->offset + value->size,
			at, i, ret_first, &trouble);

		/* Perhaps it is only cut short by a damaged size. */
		if ((result == FRAME_BAD || reader->lenient) && at == 0 &&
			i + 1 == frame->n_values && result != FRAME_READ) {
			trouble = NULL;
			result = read_frame(reader, value->offset, end, at, i, ret_first, &trouble);
		}
		if (result == FRAME_OTHER && !reader->lenient)
			return FRAME_OTHER;
		if (trouble)
			*ret_trouble = trouble;
	}
	return FRAME_READ;
}

static FrameResult read_frames(
	RecordReader *reader, gsize offset, gsize end, gboolean lenient, const char **ret_trouble)
{
	guint first_embedded[MAX_FRAMES];
	FrameResult result;

	reader->lenient = lenient;
	reader->frames.n = 0;
	reader->pool.used = 0;
	result = read_frame(reader, offset, end, 0, 0, &first_embedded[0], ret_trouble);
	for (guint i = 0; result == FRAME_READ && i < reader->frames.n; i++)
		result = read_children(reader, i, end, first_embedded, ret_trouble);
	return result;
}

static const Program *resolve(void *context, const Instance *instance, const char **ret_trouble)
{
	RecordReader *reader = context;

	return templates_find(&reader->templates, instance, ret_trouble);
}

/* The slow path: NULL, or what is wrong. */
static const char *expand(RecordReader *reader, gsize offset, gsize end)
{
	DefinitionReader definition = {
		.chunk = reader->chunk,
		.out = reader->expanded,
		.max_bytes = LIMIT_EVTX_EXPANDED_BYTES,
		.pool = &reader->pool,
		.resolve = resolve,
		.context = reader,
	};
	const char *trouble;

	reader->pool.used = 0;
	g_byte_array_set_size(reader->expanded, 0);
	trouble = definition_expand(&definition, offset, end);
	reader->work +=
		reader->expanded->len + definition.name_bytes + definition.n_tokens * sizeof(Node);
	if (!trouble && definition.bad_names && reader->templates.recovering)
		trouble = "its names are damaged";
	if (trouble)
		return trouble;
	reader->expanded_program =
		program_new(slice_make(reader->expanded->data, reader->expanded->len));
	if (!reader->expanded_program || reader->expanded_program->n_nodes == 0)
		return "its elements make no sense";

	Frames frames = { .chunk = reader->chunk, .n = 1 };

	frames.frame[0].program = reader->expanded_program;
	reader->expanded_layout = layout_new(reader->library, &frames, &trouble);
	if (!reader->expanded_layout)
		return trouble;
	reader->work += layout_size(reader->expanded_layout);
	reader->frames = frames;
	reader->layout = reader->expanded_layout;
	return NULL;
}

static RecordResult fill_event(RecordReader *reader, Event *ret_event, const char **ret_trouble)
{
	const Layout *layout = reader->layout;
	Fill fill = {
		.frames = &reader->frames,
		.arena = &reader->arena,
		.max_arena_bytes = LIMIT_EVTX_CHUNK_WORK - MIN(LIMIT_EVTX_CHUNK_WORK, reader->work),
	};

	layout_fill(layout, &fill, reader->values);
	/* Whether the layout had to be made must not tell, since that depends on what was read
	 * before. */
	reader->work += reader->arena.total + layout->n_slots * sizeof(Value) +
		layout->n_occurrences * sizeof(guint64);
	*ret_event =
		(Event){ .shape = layout->shape, .values = reader->values, .time = INSTANT_NONE };
	if (layout->time_column >= 0)
		ret_event->time = value_to_instant(&reader->values[layout->time_column]);
	if (layout->n_missing > 0)
		*ret_trouble = "it has more fields than LIMIT_EVENT_COLUMNS allows";
	else if (fill.n_cut > 0)
		*ret_trouble = "a field has more items than LIMIT_EVTX_LIST_ITEMS allows";
	else if (fill.n_missing > 0)
		*ret_trouble = "it has fewer values than its template asks for";
	else
		return RECORD_WHOLE;
	return RECORD_PARTIAL;
}

RecordResult record_reader_read(
	RecordReader *reader, gsize offset, gsize size, Event *ret_event, const char **ret_trouble)
{
	gsize start = offset + EVTX_RECORD_HEADER_BYTES, end = offset + size - 4;
	const char *inner_trouble = NULL;

	arena_reset(&reader->arena);
	forget_expanded(reader);
	reader->layout = NULL;
	if (reader->work > LIMIT_EVTX_CHUNK_WORK) {
		*ret_trouble = "its chunk asks for more work than LIMIT_EVTX_CHUNK_WORK allows";
		return RECORD_BAD;
	}

	if (read_frames(reader, start, end, FALSE, &inner_trouble) == FRAME_OTHER) {
		const char *trouble = expand(reader, start, end);

		if (!trouble)
			return fill_event(reader, ret_event, ret_trouble);
		inner_trouble = trouble;
		/* The outer frame at least can be good. */
		(void)read_frames(reader, start, end, TRUE, ret_trouble);
	}
	if (reader->frames.n == 0) {
		*ret_trouble = inner_trouble;
		return RECORD_BAD;
	}
	reader->layout = library_find_layout(reader->library, &reader->frames, ret_trouble);
	if (!reader->layout)
		return RECORD_BAD;

	RecordResult result = fill_event(reader, ret_event, ret_trouble);

	if (inner_trouble && result == RECORD_WHOLE) {
		*ret_trouble = inner_trouble;
		result = RECORD_PARTIAL;
	}
	return result;
}

static bool read_bare_instance(RecordReader *reader, gsize offset, gsize end, Instance *ret)
{
	Cursor c = cursor_make(slice_sub(reader->chunk, 0, end));
	uint8_t token;

	return cursor_seek(&c, offset) && cursor_u8(&c, &token) && token == TOKEN_FRAGMENT_HEADER &&
		cursor_skip(&c, 3) && cursor_u8(&c, &token) && token == TOKEN_TEMPLATE &&
		!instance_read(&c, &reader->pool, ret);
}

gboolean record_reader_lacks_template(RecordReader *reader, gsize offset, gsize size)
{
	Instance outer;

	reader->pool.used = 0;
	return reader->work <= LIMIT_EVTX_CHUNK_WORK &&
		read_bare_instance(
			reader, offset + EVTX_RECORD_HEADER_BYTES, offset + size - 4, &outer) &&
		!templates_has(&reader->templates, &outer);
}

/* Values can be found without the template, so one that is lost does not hide those inside it. */
void record_reader_learn(RecordReader *reader, gsize offset, gsize size)
{
	Instance outer, inner;

	reader->pool.used = 0;
	if (reader->work > LIMIT_EVTX_CHUNK_WORK ||
		!read_bare_instance(
			reader, offset + EVTX_RECORD_HEADER_BYTES, offset + size - 4, &outer))
		return;
	templates_learn(&reader->templates, &outer);
	for (guint i = outer.first_embedded; i < outer.n_values; i++) {
		const InstanceValue *value = &outer.values[i];

		if (value->type == TYPE_BINXML &&
			read_bare_instance(
				reader, value->offset, value->offset + value->size, &inner))
			templates_learn(&reader->templates, &inner);
	}
}

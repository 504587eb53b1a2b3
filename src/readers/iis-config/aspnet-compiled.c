/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The *.compiled files that ASP.NET leaves in its temporary folders: which page became which
 * assembly, and from what. They outlast the page.
 *
 *	<preserve resultType="3" virtualPath="/owa/auth/x.aspx" hash="…" filehash="…" flags="110000"
 *	          assembly="App_Web_…" type="ASP.auth_x_aspx">
 *	    <filedeps> <filedep name="/owa/auth/x.aspx"/> … </filedeps>
 *	</preserve>
 */
#include "base/limits.h"
#include "readers/iis-config/iis-config.h"
#include "readers/text/lines.h"
#include "readers/xml/xml-row.h"
#include "readers/xml/xml-stream.h"

typedef struct CompiledState {
	const ReaderReport *report;
	XmlRow *row;
	XmlStream *stream;
	guint64 offset, line;	  /* of the root */
	guint64 n_cut, first_cut; /* attributes above the limit */
} CompiledState;

static gboolean slice_is(Slice s, const char *text)
{
	return slice_equal(s, slice_from_text(text));
}

static guint compiled_probe(Slice head, const char *name)
{
	TextHead text;
	guint score = 0;
	Slice root, attributes, rest;

	text_head_init(&text, head);
	if (xml_root_find(slice_make(text.text->str, text.text->len), &root, &attributes, &rest) &&
		slice_is(root, "preserve") && attributes.size > 0 &&
		(memmem(attributes.data, attributes.size, "virtualPath=", 12) ||
			memmem(attributes.data, attributes.size, "resultType=", 11)))
		score = 95;
	text_head_clear(&text);
	return score;
}

static const char *const own_columns[] = { "dependencies", NULL };

static ReaderLibrary *compiled_library_new(void)
{
	return xml_row_new("aspnet-compiled", own_columns);
}

static void *compiled_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	CompiledState *state = g_new0(CompiledState, 1);

	state->report = report;
	state->row = library;
	state->stream = xml_stream_new(source, report);
	xml_row_begin_task(state->row);
	return state;
}

static void compiled_close(void *data)
{
	CompiledState *state = data;

	if (!state)
		return;
	xml_stream_free(state->stream);
	if (state->n_cut) {
		Gap gap = {
			.kind = GAP_LIMIT,
			.offset = state->first_cut,
			.records = state->n_cut,
			.note = "Attributes beyond LIMIT_CLIXML_OBJECT_BYTES were left out.",
		};

		state->report->gap(state->report->context, &gap);
	}
	xml_row_report(state->row, state->report);
	g_free(state);
}

/* All attributes of the root; of what it depends on, the names. */
static void take_element(CompiledState *state, const XmlPiece *piece)
{
	Arena *arena = xml_row_arena(state->row);
	gboolean is_dependency = slice_is(piece->name, "filedep");
	Slice name, value;
	gsize at = 0;

	if (piece->depth == 1) {
		state->offset = piece->offset;
		state->line = piece->line;
	} else if (!is_dependency) {
		return;
	}
	while (xml_stream_attribute(state->stream, piece, &at, &name, &value)) {
		if (arena->total > LIMIT_CLIXML_OBJECT_BYTES) {
			if (state->n_cut++ == 0)
				state->first_cut = piece->offset;
			return;
		}
		value = arena_copy(arena, xml_decode(value, arena));
		if (!is_dependency)
			xml_row_add(
				state->row, "Attribute_", name, xml_row_text(state->row, value));
		else if (slice_is(name, "name"))
			xml_row_add(state->row, NULL, slice_from_text("dependencies"),
				xml_row_text(state->row, value));
	}
}

static NextResult compiled_next(void *data, Event *ret_event)
{
	CompiledState *state = data;
	XmlPiece piece;

	xml_row_start(state->row);
	while (xml_stream_next(state->stream, &piece)) {
		if (piece.token == XML_START)
			take_element(state, &piece);
		if (piece.token != XML_END || piece.depth != 1)
			continue;
		ret_event->offset = state->offset;
		ret_event->record = state->line;
		xml_row_finish(state->row, ret_event);
		return NEXT_EVENT;
	}
	return NEXT_END;
}

static const char *const no_columns[] = { NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader aspnet_compiled_reader = {
	.name = "aspnet-compiled",
	.description = "*.compiled files of ASP.NET: which page became which assembly",
	.docs = "docs/evidence-exchange.md",
	.probe = compiled_probe,
	.library_new = compiled_library_new,
	.library_free = xml_row_free,
	.plan = lines_plan_whole,
	.open = compiled_open,
	.next = compiled_next,
	.close = compiled_close,
	.host_columns = no_columns,
	.channel_columns = channel_columns,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A buffer of decoded text, refilled by blocks. A token that it does not hold whole is looked for
 * again when there is more, up to a limit, so that no byte is looked at more than a few times.
 *
 * A tag whose quote does not end could make each further tag look for the end of its own, up to the
 * end of the evidence. It does not: quotes toggle, so of all tags that begin inside of each other
 * at most two can still be in a quote at any place.
 */
#include "readers/xml/xml-stream.h"

#include "base/limits.h"
#include "readers/windows-xml/window.h"

#define BLOCK_BYTES	(256u << 10)
#define TEXT_BYTES	BLOCK_BYTES /* of one piece of text */
#define ENTITY_BYTES	12
#define POWERSHELL_MARK "#< CLIXML" /* before objects in its streams */
#define NOTE_BYTES	64	    /* of a name in a note */

typedef enum Mode {
	MODE_CONTENT,
	MODE_CDATA,
	MODE_COMMENT,
	MODE_INSTRUCTION,
	MODE_DECLARATION,
	MODE_SUBSET, /* of a DOCTYPE, in brackets */
} Mode;

typedef struct Open {
	gsize name; /* where it begins in the path */
	guint64 offset, line;
} Open;

struct XmlStream {
	const ReaderReport *report;
	Window *window;
	guint64 raw; /* what is loaded next */
	gboolean is_loaded;
	GString *text;
	gsize at;
	guint64 offset, line; /* of it, in the evidence */
	Mode mode;
	guint64 mode_offset, mode_line; /* where it began */
	Open stack[LIMIT_MARKUP_DEPTH];
	guint depth, keep; /* elements that are open, and those that stay so */
	GString *path;
	gsize path_bytes; /* what is left of it at the next call */
	guint64 n_beyond, n_too_deep, first_too_deep;
	guint64 n_damaged, first_untold;
	guint64 told_tag; /* behind the < of the last one whose attributes were told of */
	gboolean is_over, in_outside;
};

/* ---- telling ---- */

static void tell(XmlStream *stream, GapKind kind, guint64 offset, guint64 records, const char *note)
{
	Gap gap = { .kind = kind, .offset = offset, .records = records, .note = note };

	stream->report->gap(stream->report->context, &gap);
}

/* The first places are told one by one, the others counted. */
static void tell_damage(XmlStream *stream, guint64 offset, guint64 line, const char *reason)
{
	g_autofree char *note = NULL;

	if (stream->n_damaged++ >= LIMIT_BROKEN_LINES_TOLD) {
		if (stream->n_damaged == LIMIT_BROKEN_LINES_TOLD + 1)
			stream->first_untold = offset;
		return;
	}
	note = g_strdup_printf("line %" G_GUINT64_FORMAT ": %s", line, reason);
	tell(stream, GAP_DAMAGED, offset, 1, note);
}

/* A name from the evidence, fit for a note. */
static char *name_for_note(Slice name)
{
	g_autofree char *text =
		g_strndup((const char *)name.data, (gsize)MIN(name.size, NOTE_BYTES));

	return g_utf8_make_valid(text, -1);
}

static void tell_rest(XmlStream *stream)
{
	guint64 n = stream->n_damaged;

	if (n > LIMIT_BROKEN_LINES_TOLD)
		tell(stream, GAP_DAMAGED, stream->first_untold, n - LIMIT_BROKEN_LINES_TOLD,
			"Further places are damaged as XML; what could be read there was.");
	if (stream->n_too_deep)
		tell(stream, GAP_LIMIT, stream->first_too_deep, stream->n_too_deep,
			"Elements deeper than LIMIT_MARKUP_DEPTH were passed over.");
}

/* ---- the buffer ---- */

XmlStream *xml_stream_new(const Source *source, const ReaderReport *report)
{
	XmlStream *stream = g_new0(XmlStream, 1);

	stream->report = report;
	stream->window = window_new(source);
	stream->text = g_string_new(NULL);
	stream->path = g_string_new(NULL);
	stream->line = 1;
	return stream;
}

void xml_stream_free(XmlStream *stream)
{
	if (!stream)
		return;
	tell_rest(stream);
	window_free(stream->window);
	(void)g_string_free(stream->text, TRUE);
	(void)g_string_free(stream->path, TRUE);
	g_free(stream);
}

static Slice rest_of(const XmlStream *stream)
{
	return slice_make(&stream->text->str[stream->at], stream->text->len - stream->at);
}

static gboolean is_high_surrogate(const XmlStream *stream, Slice raw)
{
	gboolean big = window_encoding(stream->window) == WINDOW_UTF16BE;

	return raw.size >= 4 && (raw.data[raw.size - (big ? 2 : 1)] & 0xFC) == 0xD8;
}

/* Loads a block more. FALSE at the end of the evidence. */
static gboolean fill(XmlStream *stream)
{
	g_autoptr(GError) error = NULL;
	Slice raw;

	if (stream->is_loaded)
		return FALSE;
	g_string_erase(stream->text, 0, (gssize)stream->at);
	stream->at = 0;
	raw = slice_sub(
		window_at(stream->window, stream->raw, BLOCK_BYTES, &error), 0, BLOCK_BYTES);
	if (error)
		tell(stream, GAP_UNREADABLE, stream->raw, 0, error->message);
	if (window_encoding(stream->window) != WINDOW_BYTES) {
		if (raw.size == BLOCK_BYTES && is_high_surrogate(stream, raw))
			raw.size -= 2;
		if (raw.size % 2) {
			raw.size--;
			if (raw.size == 0)
				tell(stream, GAP_TRUNCATED, stream->raw, 0,
					"The evidence ends inside of a character.");
		}
	}
	stream->is_loaded = raw.size == 0 || error;
	stream->raw += raw.size;
	if (raw.size > 0)
		window_append_text(stream->window, stream->text, raw);
	return !stream->is_loaded;
}

/* Passes over @n bytes of the buffer, counting lines, and bytes of the evidence. */
static void consume(XmlStream *stream, gsize n)
{
	gboolean is_utf16 = window_encoding(stream->window) != WINDOW_BYTES;

	for (gsize end = stream->at + n; stream->at < end; stream->at++) {
		guint8 c = (guint8)stream->text->str[stream->at];

		stream->line += c == '\n';
		if (!is_utf16)
			stream->offset++;
		else if ((c & 0xC0) != 0x80)
			stream->offset += c >= 0xF0 ? 4 : 2;
	}
}

/* The buffer with @n bytes, fewer only at the end of the evidence. */
static Slice take_rest(XmlStream *stream, gsize n)
{
	while (stream->text->len - stream->at < n && fill(stream))
		;
	return rest_of(stream);
}

static gboolean starts_with(Slice s, const char *wanted)
{
	Slice w = slice_from_text(wanted);

	return slice_equal(slice_sub(s, 0, w.size), w);
}

static gsize find(Slice s, const char *wanted)
{
	const guint8 *found = s.size ? memmem(s.data, s.size, wanted, strlen(wanted)) : NULL;

	return found ? (gsize)(found - s.data) : s.size;
}

/* ---- what has no content ---- */

static void begin_mode(XmlStream *stream, Mode mode, gsize n)
{
	stream->mode = mode;
	stream->mode_offset = stream->offset;
	stream->mode_line = stream->line;
	consume(stream, n);
}

/* Passes over bytes up to the end of the mode's thing; TRUE there. */
static gboolean skip_to(XmlStream *stream, const char *end)
{
	Slice rest = take_rest(stream, BLOCK_BYTES);
	gsize found = find(rest, end), tail = strlen(end) - 1;

	if (found < rest.size) {
		consume(stream, found + strlen(end));
		return TRUE;
	}
	consume(stream, stream->is_loaded || rest.size <= tail ? rest.size : rest.size - tail);
	return FALSE;
}

static void skip_declaration(XmlStream *stream)
{
	Slice rest = take_rest(stream, BLOCK_BYTES);

	for (gsize i = 0; i < rest.size; i++) {
		if (rest.data[i] != '>' && rest.data[i] != '[')
			continue;
		stream->mode = rest.data[i] == '[' ? MODE_SUBSET : MODE_CONTENT;
		consume(stream, i + 1);
		return;
	}
	consume(stream, rest.size);
}

static void skip(XmlStream *stream)
{
	switch (stream->mode) {
	case MODE_COMMENT:
		stream->mode = skip_to(stream, "-->") ? MODE_CONTENT : MODE_COMMENT;
		break;
	case MODE_INSTRUCTION:
		stream->mode = skip_to(stream, "?>") ? MODE_CONTENT : MODE_INSTRUCTION;
		break;
	case MODE_SUBSET:
		stream->mode = skip_to(stream, "]") ? MODE_DECLARATION : MODE_SUBSET;
		break;
	default:
		skip_declaration(stream);
	}
}

/* ---- text ---- */

static gboolean has_words(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isspace(text.data[i]))
			return TRUE;
	}
	return FALSE;
}

/* Text outside of any element: a byte order mark, or damage. */
static void look_outside(XmlStream *stream, Slice text)
{
	if (stream->offset == 0 && starts_with(text, "\xEF\xBB\xBF"))
		text = slice_sub(text, 3, text.size);
	if (has_words(text) && !starts_with(text, POWERSHELL_MARK) && !stream->in_outside) {
		stream->in_outside = TRUE;
		tell_damage(stream, stream->offset, stream->line,
			"text stands outside of any element; it was passed over");
	}
}

/* The piece of @size bytes of the buffer. FALSE where nobody is to get it. */
static gboolean give_text(XmlStream *stream, gsize size, gboolean is_raw, XmlPiece *ret)
{
	Slice text = slice_sub(rest_of(stream), 0, size);

	*ret = (XmlPiece){
		.token = XML_TEXT,
		.text = text,
		.is_raw = is_raw,
		.path = slice_make(stream->path->str, stream->path->len),
		.depth = stream->depth,
		.offset = stream->offset,
		.line = stream->line,
	};
	if (stream->depth == 0 && stream->n_beyond == 0)
		look_outside(stream, text);
	consume(stream, size);
	return size > 0 && stream->depth > 0 && stream->n_beyond == 0;
}

static gboolean read_text(XmlStream *stream, XmlPiece *ret)
{
	Slice rest = take_rest(stream, TEXT_BYTES);
	gsize size = find(rest, "<");

	if (stream->depth == 0 && starts_with(rest, POWERSHELL_MARK))
		size = strlen(POWERSHELL_MARK);
	else if (size == rest.size && !stream->is_loaded) { /* an entity may go on behind it */
		gsize back = size;

		while (back > size - ENTITY_BYTES && rest.data[back - 1] != '&')
			back--;
		size = back > size - ENTITY_BYTES ? back - 1 : size;
	}
	return give_text(stream, size, TRUE, ret);
}

static gboolean read_cdata(XmlStream *stream, XmlPiece *ret)
{
	Slice rest = take_rest(stream, TEXT_BYTES);
	gsize size = find(rest, "]]>");
	gboolean given;

	if (size == rest.size) {
		if (!stream->is_loaded)
			size -= 2;
		return give_text(stream, size, FALSE, ret);
	}
	stream->mode = MODE_CONTENT;
	given = give_text(stream, size, FALSE, ret);
	consume(stream, strlen("]]>"));
	return given;
}

/* ---- tags ---- */

static gboolean is_name_byte(guint8 c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80;
}

/* The end of the name at @at; @at where there is none. */
static gsize name_end(Slice s, gsize at)
{
	if (at < s.size && !g_ascii_isalpha(s.data[at]) && s.data[at] != '_' && s.data[at] < 0x80)
		return at;
	while (at < s.size && is_name_byte(s.data[at]))
		at++;
	return at;
}

static Slice without_prefix(Slice name)
{
	for (gsize i = name.size; i > 0; i--) {
		if (name.data[i - 1] == ':' && i < name.size)
			return slice_sub(name, i, name.size);
	}
	return name;
}

typedef enum TagEnd {
	TAG_ENDS,
	TAG_CUT,  /* the next tag begins before it ends */
	TAG_OPEN, /* the bytes end before it does */
} TagEnd;

/*
 * Where the tag whose name ends at @at ends: at its >, or at the < of the next one. A < in quotes
 * is part of a value only if that one has no line end: else a quote is missing.
 */
static TagEnd tag_end(Slice s, gsize at, gsize *ret)
{
	guint8 quote = 0;
	gboolean has_line_end = FALSE;
	gsize next = 0; /* the < in it */

	for (; at < s.size && !(next && has_line_end); at++) {
		guint8 c = s.data[at];

		if (quote && c == quote) {
			quote = 0;
			next = 0;
		} else if (quote) {
			has_line_end |= c == '\n';
			next = c == '<' && !next ? at : next;
		} else if (c == '"' || c == '\'') {
			quote = c;
			has_line_end = FALSE;
		} else if (c == '>' || c == '<') {
			*ret = at;
			return c == '>' ? TAG_ENDS : TAG_CUT;
		}
	}
	*ret = next ? next : at;
	return next && has_line_end ? TAG_CUT : TAG_OPEN;
}

static Slice name_at(const XmlStream *stream, guint depth)
{
	gsize start = stream->stack[depth - 1].name;
	gsize end = depth < stream->depth ? stream->stack[depth].name - 1 : stream->path->len;

	return slice_make(&stream->path->str[start], end - start);
}

/* Opens the element; FALSE where it lies too deep. */
static gboolean push(XmlStream *stream, Slice name, gboolean is_empty)
{
	if (stream->n_beyond > 0 || stream->depth == LIMIT_MARKUP_DEPTH) {
		if (stream->n_too_deep++ == 0)
			stream->first_too_deep = stream->offset;
		stream->n_beyond += !is_empty;
		return FALSE;
	}
	if (stream->depth > 0)
		g_string_append_c(stream->path, '/');
	stream->stack[stream->depth++] = (Open){
		.name = stream->path->len,
		.offset = stream->offset,
		.line = stream->line,
	};
	name = slice_sub(name, 0, LIMIT_COLUMN_NAME_BYTES);
	g_string_append_len(stream->path, (const char *)name.data, (gssize)name.size);
	stream->path_bytes = stream->path->len;
	stream->keep = stream->depth - is_empty;
	stream->in_outside = FALSE;
	return TRUE;
}

/* What is in the buffer of a start tag, up to @end, where the next thing is. */
static gboolean give_start(
	XmlStream *stream, Slice tag, gsize name_size, gsize end, gboolean is_whole, XmlPiece *ret)
{
	gboolean is_empty = !is_whole;
	Slice name = without_prefix(slice_sub(tag, 1, name_size));
	gsize size = end;
	gboolean given;

	if (is_whole) {
		is_empty = end > name_size + 1 && tag.data[end - 1] == '/';
		size = end - is_empty;
		end++;
	}
	given = push(stream, name, is_empty);
	*ret = (XmlPiece){
		.token = XML_START,
		.name = name,
		.path = slice_make(stream->path->str, stream->path->len),
		.attributes = slice_sub(tag, name_size + 1, size - name_size - 1),
		.is_cut = !is_whole,
		.depth = stream->depth,
		.offset = stream->offset,
		.line = stream->line,
	};
	consume(stream, end);
	return given;
}

static void tell_tag(XmlStream *stream, Slice name, GapKind kind, const char *reason)
{
	g_autofree char *text = name_for_note(name);
	g_autofree char *said = g_strdup_printf("the tag of \"%s\" %s", text, reason);
	g_autofree char *note = NULL;

	if (kind == GAP_DAMAGED) {
		tell_damage(stream, stream->offset, stream->line, said);
		return;
	}
	note = g_strdup_printf("line %" G_GUINT64_FORMAT ": %s", stream->line, said);
	tell(stream, kind, stream->offset, 1, note);
}

/* A < that begins nothing, with the text behind it. */
static gboolean read_stray(XmlStream *stream, Slice rest, XmlPiece *ret)
{
	gsize next = find(slice_sub(rest, 1, rest.size), "<") + 1;

	if (stream->depth > 0)
		tell_damage(stream, stream->offset, stream->line, "a < begins no tag");
	return give_text(stream, MIN(MIN(next, rest.size), TEXT_BYTES), TRUE, ret);
}

static gboolean read_start(XmlStream *stream, XmlPiece *ret)
{
	Slice rest = take_rest(stream, LIMIT_COLUMN_NAME_BYTES + 2);
	gsize name_size = name_end(rest, 1) - 1, end = 0;
	TagEnd how;

	if (name_size == 0)
		return read_stray(stream, rest, ret);
	for (;;) {
		how = tag_end(rest, name_size + 1, &end);
		if (how != TAG_OPEN || rest.size >= LIMIT_MARKUP_TAG_BYTES || !fill(stream))
			break;
		rest = rest_of(stream);
		name_size = name_end(rest, 1) - 1;
	}
	if (how == TAG_CUT || (how == TAG_OPEN && end < rest.size))
		tell_tag(stream, slice_sub(rest, 1, name_size), GAP_DAMAGED,
			"does not end before the next one begins");
	else if (how == TAG_OPEN && rest.size >= LIMIT_MARKUP_TAG_BYTES)
		tell_tag(stream, slice_sub(rest, 1, name_size), GAP_LIMIT,
			"is longer than LIMIT_MARKUP_TAG_BYTES");
	else if (how == TAG_OPEN)
		tell_tag(stream, slice_sub(rest, 1, name_size), GAP_TRUNCATED,
			"goes on behind the end of the evidence");
	return give_start(stream, rest, name_size, end, how == TAG_ENDS, ret);
}

/* An end tag closes what is open, up to the element of its name. */
static void close_to(XmlStream *stream, Slice name)
{
	guint depth = stream->depth;

	name = slice_sub(name, 0, LIMIT_COLUMN_NAME_BYTES);
	while (depth > 0 && !slice_equal(name_at(stream, depth), name))
		depth--;
	if (depth == 0) {
		tell_tag(stream, name, GAP_DAMAGED, "ends what has not begun");
		return;
	}
	if (depth < stream->depth) {
		g_autofree char *inner = name_for_note(name_at(stream, stream->depth));
		g_autofree char *note = g_strdup_printf(
			"the element \"%s\" of line %" G_GUINT64_FORMAT " has no end", inner,
			stream->stack[stream->depth - 1].line);

		tell_damage(stream, stream->offset, stream->line, note);
	}
	stream->keep = depth - 1;
}

static void read_end(XmlStream *stream)
{
	Slice rest = take_rest(stream, LIMIT_XML_TAG_BYTES);
	gsize name_size = name_end(rest, 2) - 2, end = name_size + 2;
	Slice name = without_prefix(slice_sub(rest, 2, name_size));

	while (end < rest.size && g_ascii_isspace(rest.data[end]))
		end++;
	if (end < rest.size && rest.data[end] == '>') {
		if (stream->n_beyond > 0)
			stream->n_beyond--;
		else
			close_to(stream, name);
		consume(stream, end + 1);
		return;
	}
	if (end < rest.size || !stream->is_loaded)
		tell_tag(stream, name, GAP_DAMAGED, "does not end");
	if (name_size > 0 && end < rest.size && stream->n_beyond == 0)
		close_to(stream, name);
	consume(stream, end);
}

static gboolean read_content(XmlStream *stream, XmlPiece *ret)
{
	Slice rest = take_rest(stream, strlen("<![CDATA["));

	if (rest.size > 0 && rest.data[0] != '<')
		return read_text(stream, ret);
	if (starts_with(rest, "</"))
		read_end(stream);
	else if (starts_with(rest, "<![CDATA["))
		begin_mode(stream, MODE_CDATA, strlen("<![CDATA["));
	else if (starts_with(rest, "<!--"))
		begin_mode(stream, MODE_COMMENT, strlen("<!--"));
	else if (starts_with(rest, "<?"))
		begin_mode(stream, MODE_INSTRUCTION, strlen("<?"));
	else if (starts_with(rest, "<!"))
		begin_mode(stream, MODE_DECLARATION, strlen("<!"));
	else
		return read_start(stream, ret);
	return FALSE;
}

/* ---- the whole ---- */

static void give_end(XmlStream *stream, XmlPiece *ret)
{
	Open open = stream->stack[stream->depth - 1];

	*ret = (XmlPiece){
		.token = XML_END,
		.name = name_at(stream, stream->depth),
		.path = slice_make(stream->path->str, stream->path->len),
		.depth = stream->depth,
		.offset = stream->offset,
		.line = stream->line,
	};
	stream->depth--;
	stream->path_bytes = open.name > 0 ? open.name - 1 : 0;
}

/* At the end of the evidence: says what did not end. */
static void end_all(XmlStream *stream)
{
	static const char *const modes[] = { [MODE_CDATA] = "a CDATA section",
		[MODE_COMMENT] = "a comment",
		[MODE_INSTRUCTION] = "an instruction",
		[MODE_DECLARATION] = "a declaration",
		[MODE_SUBSET] = "a declaration" };
	g_autofree char *note = NULL;

	stream->is_over = TRUE;
	stream->keep = 0;
	if (stream->mode != MODE_CONTENT) {
		note = g_strdup_printf("The evidence ends in %s that begins in line "
				       "%" G_GUINT64_FORMAT ".",
			modes[stream->mode], stream->mode_line);
		tell(stream, GAP_TRUNCATED, stream->mode_offset, 0, note);
	} else if (stream->depth > 0) {
		g_autofree char *name = name_for_note(name_at(stream, stream->depth));

		note = g_strdup_printf("The evidence ends in the element \"%s\" that begins in "
				       "line %" G_GUINT64_FORMAT ".",
			name, stream->stack[stream->depth - 1].line);
		tell(stream, GAP_TRUNCATED, stream->offset, 0, note);
	}
}

gboolean xml_stream_next(XmlStream *stream, XmlPiece *ret)
{
	g_string_truncate(stream->path, stream->path_bytes);
	for (;;) {
		if (stream->depth > stream->keep) {
			give_end(stream, ret);
			return TRUE;
		}
		if (stream->is_over)
			break;
		if (take_rest(stream, 1).size == 0) {
			end_all(stream);
		} else if (stream->mode == MODE_CONTENT) {
			if (read_content(stream, ret))
				return TRUE;
		} else if (stream->mode == MODE_CDATA) {
			if (read_cdata(stream, ret))
				return TRUE;
		} else {
			skip(stream);
		}
	}
	*ret = (XmlPiece){ .token = XML_OVER };
	return FALSE;
}

gboolean xml_stream_attribute(
	XmlStream *stream, const XmlPiece *piece, gsize *at, Slice *ret_name, Slice *ret_value)
{
	Slice all = piece->attributes;
	gboolean is_told = piece->is_cut || stream->told_tag == piece->offset + 1;

	while (!xml_attribute_next(all, at, ret_name, ret_value)) {
		while (*at < all.size && g_ascii_isspace(all.data[*at]))
			*at += 1;
		if (*at == all.size)
			return FALSE;
		if (!is_told) {
			g_autofree char *name = name_for_note(piece->name);
			g_autofree char *note =
				g_strdup_printf("not all attributes of \"%s\" can be read", name);

			tell_damage(stream, piece->offset, piece->line, note);
			stream->told_tag = piece->offset + 1;
			is_told = TRUE;
		}
		while (*at < all.size && !g_ascii_isspace(all.data[*at]))
			*at += 1;
	}
	*ret_name = without_prefix(*ret_name);
	return TRUE;
}

gboolean xml_root_find(Slice head, Slice *ret_name, Slice *ret_attributes, Slice *ret_rest)
{
	gsize mark = starts_with(head, POWERSHELL_MARK) ? strlen(POWERSHELL_MARK) : 0;
	Slice text = slice_sub(head, mark, head.size);
	XmlScan scan = xml_scan_make(text);
	XmlToken token = xml_scan_next(&scan);

	while (token == XML_TEXT) {
		if (has_words(scan.text))
			return FALSE;
		token = xml_scan_next(&scan);
	}
	if (token != XML_START)
		return FALSE;
	*ret_name = scan.name;
	*ret_attributes = scan.attributes;
	*ret_rest = slice_sub(text, scan.at, text.size);
	return TRUE;
}

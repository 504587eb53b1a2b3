/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/yaml-tree.h"

#include <math.h>
#include <yaml.h>

#include "base/hash.h"
#include "base/limits.h"

#define BLOCK_BYTES 16384
#define SMALL_MAP   16 /* pairs up to which keys are compared one by one */
#define UTF8_BOM    "\xEF\xBB\xBF"

/* A collection that is still open, or the document itself (node NULL). */
typedef struct Frame {
	YamlNode *node;
	GPtrArray *children;
} Frame;

typedef struct Builder {
	YamlStream *stream;
	yaml_parser_t parser;
	Slice text;	     /* behind the byte order mark */
	GArray *frames;	     /* of Frame; the innermost last */
	GHashTable *anchors; /* name -> YamlNode */
	GHashTable *open;    /* YamlNodes that are still open and have an anchor */
	YamlNode *root;
	guint n_expanded;
	guint depth, n_events; /* of the document, also where it is lost already */
	gboolean given_up;     /* a limit was reached: libyaml might take long over the rest */
	char *problem;	       /* of the current document */
	guint problem_line;
	gsize seen_index, seen_offset; /* a character's number and its byte offset */
} Builder;

/* ---- memory -------------------------------------------------------------------------------------
 */

static void *stream_alloc(YamlStream *stream, gsize size)
{
	size = (size + 15) & ~(gsize)15;
	if (size > stream->block_left) {
		stream->block_left = MAX(size, BLOCK_BYTES);
		stream->block = g_malloc(stream->block_left);
		g_ptr_array_add(stream->blocks, stream->block);
	}

	void *memory = stream->block;

	stream->block += size;
	stream->block_left -= size;
	return memory;
}

static Slice stream_text(YamlStream *stream, const void *text, gsize size)
{
	guint8 *copy = stream_alloc(stream, size + 1);

	if (size > 0)
		memcpy(copy, text, size);
	copy[size] = 0;
	return slice_make(copy, size);
}

static void document_clear(void *data)
{
	YamlDocument *document = data;

	g_free(document->problem);
}

void yaml_stream_free(YamlStream *stream)
{
	if (!stream)
		return;
	g_array_unref(stream->documents);
	g_ptr_array_unref(stream->blocks);
	g_free(stream);
}

/* ---- the core schema ----------------------------------------------------------------------------
 */

static gboolean is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return TRUE;
	return FALSE;
}

static gsize skip_digits(const char *text, gsize at)
{
	while (g_ascii_isdigit(text[at]))
		at++;
	return at;
}

/* [-+]? ( \.[0-9]+ | [0-9]+ ( \.[0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static gboolean looks_like_float(const char *text)
{
	gsize at = text[0] == '-' || text[0] == '+', start = at;

	at = skip_digits(text, at);

	gsize n_digits = at - start;

	if (text[at] == '.') {
		gsize after = skip_digits(text, at + 1);

		n_digits += after - at - 1;
		at = after;
	}
	if (n_digits == 0)
		return FALSE;
	if (text[at] == 'e' || text[at] == 'E') {
		gsize digits = at + 1 + (text[at + 1] == '-' || text[at + 1] == '+');

		at = skip_digits(text, digits);
		if (at == digits)
			return FALSE;
	}
	return text[at] == '\0';
}

/* Decimal, 0o octal or 0x hexadecimal; what does not fit 64 bits is left to float, or text. */
static gboolean parse_int(const char *text, gint64 *ret)
{
	guint base = 10;
	const char *digits = text;

	if (text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
		base = text[1] == 'o' ? 8 : 16;
		digits = text + 2;
		if (!g_ascii_isxdigit(digits[0]))
			return FALSE;
	} else if (text[0] == '+') {
		digits = text + 1;
		if (!g_ascii_isdigit(digits[0]))
			return FALSE;
	}
	return g_ascii_string_to_signed(digits, base, G_MININT64, G_MAXINT64, ret, NULL);
}

static void resolve_number(YamlNode *node, const char *text)
{
	static const char *const infinite[] = { ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF",
		"-.inf", "-.Inf", "-.INF", NULL };
	static const char *const no_number[] = { ".nan", ".NaN", ".NAN", NULL };

	if (parse_int(text, &node->integer)) {
		node->kind = YAML_KIND_INT;
		node->real = (double)node->integer;
	} else if (looks_like_float(text)) {
		node->kind = YAML_KIND_FLOAT;
		node->real = g_ascii_strtod(text, NULL);
	} else if (is_one_of(text, infinite)) {
		node->kind = YAML_KIND_FLOAT;
		node->real = text[0] == '-' ? -INFINITY : INFINITY;
	} else if (is_one_of(text, no_number)) {
		node->kind = YAML_KIND_FLOAT;
		node->real = NAN;
	}
}

static void resolve_plain(YamlNode *node)
{
	static const char *const null[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };
	const char *text = (const char *)node->text.data;

	if (strlen(text) != node->text.size)
		return;
	switch (text[0]) {
	case '\0':
	case '~':
	case 'n':
	case 'N':
		if (is_one_of(text, null))
			node->kind = YAML_KIND_NULL;
		break;
	case 't':
	case 'T':
	case 'f':
	case 'F':
		node->boolean = is_one_of(text, yes);
		if (node->boolean || is_one_of(text, no))
			node->kind = YAML_KIND_BOOL;
		break;
	default:
		if (g_ascii_isdigit(text[0]) || strchr("-+.", text[0]))
			resolve_number(node, text);
	}
}

/* ---- building -----------------------------------------------------------------------------------
 */

/* Notes why the current document can not be used; the first reason stays. */
static void G_GNUC_PRINTF(3, 4) complain(Builder *b, gsize mark_line, const char *format, ...)
{
	va_list arguments;

	if (b->problem)
		return;
	va_start(arguments, format);
	b->problem = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	b->problem_line = (guint)mark_line + 1;
}

static YamlNode *node_new(Builder *b, YamlKind kind, const yaml_event_t *event)
{
	YamlNode *node = stream_alloc(b->stream, sizeof(*node));

	*node = (YamlNode){
		.kind = kind, .line = (guint)event->start_mark.line + 1, .n_expanded = 1
	};
	return node;
}

/* Puts a finished or opened @node where the document is; counts @n_expanded nodes. */
static void add_node(Builder *b, YamlNode *node, guint n_expanded, const yaml_event_t *event)
{
	guint depth = b->frames->len + node->height + !yaml_node_is_scalar(node);

	b->n_expanded += n_expanded;
	b->given_up = b->n_expanded > LIMIT_RULE_YAML_NODES || depth > LIMIT_RULE_YAML_DEPTH;
	if (b->n_expanded > LIMIT_RULE_YAML_NODES)
		complain(b, event->start_mark.line,
			"the document has more than %u YAML nodes, aliases counted expanded",
			LIMIT_RULE_YAML_NODES);
	if (depth > LIMIT_RULE_YAML_DEPTH)
		complain(b, event->start_mark.line, "the document nests deeper than %u levels",
			LIMIT_RULE_YAML_DEPTH);
	if (b->frames->len == 0)
		b->root = node;
	else
		g_ptr_array_add(g_array_index(b->frames, Frame, b->frames->len - 1).children, node);
}

static void set_anchor(Builder *b, const yaml_char_t *anchor, YamlNode *node)
{
	if (anchor)
		g_hash_table_replace(b->anchors, g_strdup((const char *)anchor), node);
}

static void add_scalar(Builder *b, const yaml_event_t *event)
{
	YamlNode *node = node_new(b, YAML_KIND_TEXT, event);
	const char *tag = (const char *)event->data.scalar.tag;

	node->text = stream_text(b->stream, event->data.scalar.value, event->data.scalar.length);
	if (event->data.scalar.plain_implicit)
		resolve_plain(node);
	else if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, "!") != 0)
		complain(b, event->start_mark.line, "the YAML tag \"%s\" is not supported", tag);
	set_anchor(b, event->data.scalar.anchor, node);
	add_node(b, node, 1, event);
}

static void add_alias(Builder *b, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	YamlNode *node = g_hash_table_lookup(b->anchors, name);

	if (!node)
		complain(b, event->start_mark.line, "the alias \"%s\" has no anchor", name);
	else if (g_hash_table_contains(b->open, node))
		complain(b, event->start_mark.line,
			"the alias \"%s\" stands inside of what it names", name);
	else
		add_node(b, node, node->n_expanded, event);
}

static void open_collection(
	Builder *b, YamlKind kind, const yaml_char_t *anchor, const yaml_event_t *event)
{
	Frame frame = { node_new(b, kind, event), g_ptr_array_new() };

	add_node(b, frame.node, 1, event);
	set_anchor(b, anchor, frame.node);
	if (anchor)
		g_hash_table_add(b->open, frame.node);
	g_array_append_val(b->frames, frame);
}

/* The line of a key that stands twice, or 0. */
static guint find_duplicate(const GPtrArray *children)
{
	g_autoptr(GHashTable) seen = NULL;

	if (children->len / 2 > SMALL_MAP)
		seen = g_hash_table_new(slice_hash_key, slice_equal_key);
	for (guint i = 0; i < children->len; i += 2) {
		YamlNode *key = children->pdata[i];

		if (seen && !g_hash_table_add(seen, &key->text))
			return key->line;
		for (guint j = 0; !seen && j < i; j += 2)
			if (slice_equal(((YamlNode *)children->pdata[j])->text, key->text))
				return key->line;
	}
	return 0;
}

static void check_keys(Builder *b, const GPtrArray *children)
{
	for (guint i = 0; i < children->len; i += 2) {
		const YamlNode *key = children->pdata[i];

		if (!yaml_node_is_scalar(key)) {
			complain(b, key->line - 1, "%s can not be the key of a map",
				yaml_kind_name(key->kind));
			return;
		}
		if (memchr(key->text.data, 0, key->text.size))
			complain(b, key->line - 1, "a key holds a NUL character");
		if (strcmp((const char *)key->text.data, "<<") == 0)
			complain(b, key->line - 1, "YAML merge keys (<<) are not supported");
	}

	guint line = find_duplicate(children);

	if (line)
		complain(b, line - 1, "a key stands twice in the same map");
}

static void close_collection(Builder *b)
{
	Frame frame = g_array_index(b->frames, Frame, b->frames->len - 1);
	YamlNode *node = frame.node;
	guint n = frame.children->len;

	g_array_set_size(b->frames, b->frames->len - 1);
	g_hash_table_remove(b->open, node);
	if (node->kind == YAML_KIND_MAP)
		check_keys(b, frame.children);
	node->n_children = node->kind == YAML_KIND_MAP ? n / 2 : n;
	node->children = stream_alloc(b->stream, n * sizeof(YamlNode *));
	for (guint i = 0; i < n; i++) {
		node->children[i] = frame.children->pdata[i];
		node->n_expanded += node->children[i]->n_expanded;
		node->height = MAX(node->height, node->children[i]->height + 1);
	}
	g_ptr_array_unref(frame.children);
}

/* ---- documents ----------------------------------------------------------------------------------
 */

/* The byte offset in the file of the character number @index (libyaml counts characters). */
static gsize offset_of(Builder *b, gsize index)
{
	const guint8 *data = b->text.data;

	while (b->seen_index < index && b->seen_offset < b->text.size) {
		b->seen_offset += (gsize)g_utf8_skip[data[b->seen_offset]];
		b->seen_index++;
	}
	return MIN(b->seen_offset, b->text.size);
}

static void forget_document(Builder *b)
{
	for (guint i = 0; i < b->frames->len; i++)
		g_ptr_array_unref(g_array_index(b->frames, Frame, i).children);
	g_array_set_size(b->frames, 0);
	g_hash_table_remove_all(b->anchors);
	g_hash_table_remove_all(b->open);
	b->root = NULL;
	b->n_expanded = 0;
	b->depth = b->n_events = 0;
	g_clear_pointer(&b->problem, g_free);
}

/* Takes the document that was built, unless it is empty. Its bytes end at the next one's start. */
static void take_document(Builder *b, gsize start)
{
	gboolean empty = !b->root || b->root->kind == YAML_KIND_NULL;

	if (b->problem || !empty) {
		YamlDocument document = { .bytes = slice_sub(b->text, start, G_MAXSIZE) };

		document.root = b->problem ? NULL : b->root;
		document.line = b->problem ? b->problem_line : b->root->line;
		document.problem = g_steal_pointer(&b->problem);
		g_array_append_val(b->stream->documents, document);
	}
	forget_document(b);
}

static guint line_at(Slice text, gsize offset)
{
	guint line = 1;

	for (gsize i = 0; i < MIN(offset, text.size); i++)
		line += text.data[i] == '\n';
	return line;
}

static void complain_of_syntax(Builder *b)
{
	const yaml_parser_t *parser = &b->parser;
	const char *what = parser->problem ? parser->problem : "unknown error";

	/* It matters more than what was found before. */
	g_clear_pointer(&b->problem, g_free);
	if (parser->error != YAML_READER_ERROR)
		complain(b, parser->problem_mark.line, "no valid YAML: %s", what);
	else if (strstr(what, "control"))
		complain(b, line_at(b->text, parser->problem_offset) - 1,
			"the file holds control characters");
	else
		complain(b, line_at(b->text, parser->problem_offset) - 1,
			"the file is no UTF-8 text");
}

static void take_event(Builder *b, const yaml_event_t *event, gsize *start)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		*start = offset_of(b, event->start_mark.index);
		break;
	case YAML_DOCUMENT_END_EVENT:
		take_document(b, *start);
		/* What can not be read behind it is a document of its own. */
		*start = offset_of(b, event->end_mark.index);
		break;
	case YAML_ALIAS_EVENT:
		add_alias(b, event);
		break;
	case YAML_SCALAR_EVENT:
		add_scalar(b, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		open_collection(b, YAML_KIND_LIST, event->data.sequence_start.anchor, event);
		break;
	case YAML_MAPPING_START_EVENT:
		open_collection(b, YAML_KIND_MAP, event->data.mapping_start.anchor, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_collection(b);
		break;
	default:
		break;
	}
}

/* What is read on for a lost document is limited as well: libyaml's work grows with its depth. */
static void count_event(Builder *b, const yaml_event_t *event)
{
	if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
		b->depth++;
	else if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
		b->depth--;
	b->n_events++;
	if (b->problem)
		b->given_up |=
			b->depth > LIMIT_RULE_YAML_DEPTH || b->n_events > 2 * LIMIT_RULE_YAML_NODES;
}

static void read_events(Builder *b)
{
	gboolean done = FALSE;
	gsize start = 0;

	while (!done) {
		yaml_event_t event;

		if (!yaml_parser_parse(&b->parser, &event)) {
			complain_of_syntax(b);
			take_document(b, start);
			return;
		}
		done = event.type == YAML_STREAM_END_EVENT;
		/* A document that is lost already is only read on to find its end. */
		count_event(b, &event);
		if (!b->problem || event.type == YAML_DOCUMENT_END_EVENT)
			take_event(b, &event, &start);
		yaml_event_delete(&event);
		if (b->given_up) {
			take_document(b, start);
			return;
		}
	}
}

/* Where there are several documents, each ends where the next one starts; the first starts at 0. */
static void set_bytes(YamlStream *stream, Slice text)
{
	for (guint i = 0; i < stream->documents->len; i++) {
		YamlDocument *document = &g_array_index(stream->documents, YamlDocument, i);
		gsize start = i == 0 ? 0 : (gsize)(document->bytes.data - text.data);
		gsize end = text.size;

		if (document->bytes.size == 0 && i > 0)
			start = text.size;
		if (i + 1 < stream->documents->len) {
			const YamlDocument *next =
				&g_array_index(stream->documents, YamlDocument, i + 1);

			if (next->bytes.size > 0)
				end = (gsize)(next->bytes.data - text.data);
		}
		document->bytes = slice_make(text.data + start, end - start);
	}
}

/* Counts %TAG wherever it stands: a rule in earnest has none, and YAML knows many line ends. */
static gboolean has_many_tags(Slice text)
{
	guint n = 0;

	while (text.size) {
		const guint8 *found = memchr(text.data, '%', text.size);

		if (!found)
			break;
		text = slice_sub(text, (gsize)(found - text.data), text.size);
		n += slice_equal(slice_sub(text, 0, 4), slice_from_text("%TAG"));
		text = slice_sub(text, 1, text.size);
	}
	return n > LIMIT_RULE_YAML_TAGS;
}

static void read_stream(YamlStream *stream, Slice text)
{
	Builder b = { .stream = stream, .text = text };

	if (text.size >= 3 && memcmp(text.data, UTF8_BOM, 3) == 0)
		b.text = slice_sub(text, 3, G_MAXSIZE);
	b.frames = g_array_new(FALSE, FALSE, sizeof(Frame));
	b.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	b.open = g_hash_table_new(NULL, NULL);
	if (text.size > LIMIT_RULE_FILE_BYTES) {
		complain(&b, 0, "the file is larger than %u bytes", LIMIT_RULE_FILE_BYTES);
		take_document(&b, 0);
	} else if (has_many_tags(b.text)) {
		complain(&b, 0, "the file has more than %u %%TAG directives", LIMIT_RULE_YAML_TAGS);
		take_document(&b, 0);
	} else if (b.text.size > 0 && yaml_parser_initialize(&b.parser)) {
		yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&b.parser, b.text.data, b.text.size);
		read_events(&b);
		yaml_parser_delete(&b.parser);
	}
	forget_document(&b);
	g_array_unref(b.frames);
	g_hash_table_unref(b.anchors);
	g_hash_table_unref(b.open);
	set_bytes(stream, text);
}

YamlStream *yaml_stream_new(Slice text)
{
	YamlStream *stream = g_new0(YamlStream, 1);

	stream->documents = g_array_new(FALSE, FALSE, sizeof(YamlDocument));
	g_array_set_clear_func(stream->documents, document_clear);
	stream->blocks = g_ptr_array_new_with_free_func(g_free);
	read_stream(stream, text);
	return stream;
}

/* ---- looking at nodes ---------------------------------------------------------------------------
 */

const YamlNode *yaml_node_get(const YamlNode *node, const char *key)
{
	if (!node || node->kind != YAML_KIND_MAP)
		return NULL;
	for (guint i = 0; i < node->n_children; i++)
		if (strcmp((const char *)node->children[2 * i]->text.data, key) == 0)
			return node->children[2 * i + 1];
	return NULL;
}

gboolean yaml_node_is_scalar(const YamlNode *node)
{
	return node->kind != YAML_KIND_LIST && node->kind != YAML_KIND_MAP;
}

const char *yaml_kind_name(YamlKind kind)
{
	static const char *const names[] = { "null", "a boolean", "a number", "a number", "text",
		"a list", "a map" };

	return names[kind];
}

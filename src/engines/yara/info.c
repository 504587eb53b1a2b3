/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/info.h"

#include "base/limits.h"
#include "base/text.h"

/* ---- hashes ---- */

static void update(GChecksum *sum, Slice bytes)
{
	if (bytes.size)
		g_checksum_update(sum, bytes.data, (gssize)bytes.size);
}

static void update_line(GChecksum *sum, const char *what, Slice which)
{
	update(sum, slice_from_text(what));
	update(sum, which);
	update(sum, slice_from_text("\n"));
}

/* Of one piece; @globals is the hash of all global rules, or NULL. Those above it are in @done. */
static char *hash_piece(
	const YaraFile *file, const YaraPiece *piece, const GPtrArray *done, const char *globals)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	update(sum, piece->text);
	if (piece->needs || globals)
		update(sum, slice_make("", 1));
	for (guint i = 0; piece->needs && i < piece->needs->len; i++) {
		guint number = g_array_index(piece->needs, guint, i);
		const YaraPiece *other = yara_cut_piece(file->cut, number);

		if (other->kind == YARA_PIECE_IMPORT)
			update_line(sum, "import ", other->name);
		else
			update_line(sum, "rule ", slice_from_text(done->pdata[number]));
	}
	if (globals)
		update_line(sum, "global ", slice_from_text(globals));
	return g_strdup(g_checksum_get_string(sum));
}

static char *hash_globals(const YaraFile *file, const GPtrArray *own)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	gboolean any = FALSE;

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		if (!yara_cut_piece(file->cut, i)->is_global || file->verdicts[i].reason)
			continue;
		update_line(sum, "", slice_from_text(own->pdata[i]));
		any = TRUE;
	}
	return any ? g_strdup(g_checksum_get_string(sum)) : NULL;
}

GPtrArray *yara_file_hash(const YaraFile *file)
{
	g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *globals = NULL;
	GPtrArray *all;

	for (guint i = 0; i < file->cut->pieces->len; i++)
		g_ptr_array_add(own, hash_piece(file, yara_cut_piece(file->cut, i), own, NULL));
	globals = hash_globals(file, own);
	if (!globals)
		return g_steal_pointer(&own);
	all = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < file->cut->pieces->len; i++)
		g_ptr_array_add(all, hash_piece(file, yara_cut_piece(file->cut, i), own, globals));
	return all;
}

/* ---- meta ---- */

typedef struct Texts {
	GString *id, *author, *description, *falsepositives, *references, *tags;
	gboolean has_level;
	guint level_field; /* the number of the field that @level is from */
	RuleLevel level;
} Texts;

static const struct MetaField {
	const char *name; /* a prefix where @is_prefix: reference, reference2, … */
	gboolean is_prefix;
	gsize offset; /* of the text in Texts */
	char separator;
} meta_fields[] = {
	{ "id", FALSE, G_STRUCT_OFFSET(Texts, id), '\n' },
	{ "uuid", FALSE, G_STRUCT_OFFSET(Texts, id), '\n' },
	{ "author", FALSE, G_STRUCT_OFFSET(Texts, author), ' ' },
	{ "description", FALSE, G_STRUCT_OFFSET(Texts, description), '\n' },
	{ "desc", FALSE, G_STRUCT_OFFSET(Texts, description), '\n' },
	{ "reference", TRUE, G_STRUCT_OFFSET(Texts, references), '\n' },
	{ "falsepositive", TRUE, G_STRUCT_OFFSET(Texts, falsepositives), '\n' },
	{ "false_positive", TRUE, G_STRUCT_OFFSET(Texts, falsepositives), '\n' },
};

static gboolean is_field(const struct MetaField *field, const char *name)
{
	return field->is_prefix ? g_str_has_prefix(name, field->name)
				: strcmp(name, field->name) == 0;
}

static void take_text(Texts *texts, const char *name, const char *value)
{
	for (guint i = 0; i < G_N_ELEMENTS(meta_fields); i++) {
		GString *text;

		if (!is_field(&meta_fields[i], name))
			continue;
		text = G_STRUCT_MEMBER(GString *, texts, meta_fields[i].offset);
		if (text == texts->id && text->len)
			return; /* the first one */
		if (text->len)
			g_string_append_c(text, meta_fields[i].separator);
		text_append_utf8(text, slice_from_text(value));
		return;
	}
}

/* T1059 or T1059.001 at @at: how long it is, or 0. */
static gsize technique_length(Slice text, gsize at)
{
	static const char form[] = "T0000.000";
	gsize n = 0;

	while (n < sizeof form - 1 && at + n < text.size) {
		char c = (char)text.data[at + n];

		if (form[n] == '0' ? !g_ascii_isdigit(c) : g_ascii_toupper(c) != form[n])
			break;
		n++;
	}
	return n == sizeof form - 1 ? n : n >= 5 ? 5 : 0;
}

static void add_tag(GString *tags, const char *prefix, Slice tag)
{
	if (tags->len)
		g_string_append_c(tags, ' ');
	g_string_append(tags, prefix);
	for (gsize i = 0; i < tag.size; i++)
		g_string_append_c(tags, (char)tag.data[i]);
}

/* ATT&CK ids, wherever a field that is named after it has them. */
static void take_techniques(Texts *texts, const char *name, const char *value)
{
	Slice text = slice_from_text(value);

	if (!strstr(name, "mitre") && !strstr(name, "attack") && !strstr(name, "technique"))
		return;
	for (gsize i = 0; i < text.size; i++) {
		gsize length = technique_length(text, i);
		g_autofree char *id = NULL;

		if (!length || (i > 0 && g_ascii_isalnum((char)text.data[i - 1])))
			continue;
		id = g_ascii_strdown((const char *)text.data + i, (gssize)length);
		add_tag(texts->tags, "attack.", slice_from_text(id));
		i += length - 1;
	}
}

static void take_level(
	Texts *texts, const YaraLevels *levels, const char *name, const YR_META *meta)
{
	for (guint i = 0; levels && i < yara_levels_n_fields(levels); i++) {
		RuleLevel level;

		if (texts->has_level && texts->level_field <= i)
			return;
		if (strcmp(name, yara_levels_field(levels, i)) != 0)
			continue;
		if (meta->type == META_TYPE_STRING
				? yara_levels_of_text(levels, i, meta->string, &level)
				: yara_levels_of_number(levels, i, meta->integer, &level)) {
			texts->has_level = TRUE;
			texts->level_field = i;
			texts->level = level;
			return;
		}
	}
}

static void read_rule(Texts *texts, const YR_RULE *rule, const YaraLevels *levels)
{
	const YR_META *meta;
	const char *tag;

	yr_rule_tags_foreach(rule, tag)
	{
		add_tag(texts->tags, "", slice_from_text(tag));
	}
	yr_rule_metas_foreach(rule, meta)
	{
		g_autofree char *name = g_ascii_strdown(meta->identifier, -1);

		take_level(texts, levels, name, meta);
		if (meta->type != META_TYPE_STRING)
			continue;
		take_text(texts, name, meta->string);
		take_techniques(texts, name, meta->string);
	}
}

/* ---- the whole ---- */

static char *finish(GString *text)
{
	return g_string_free(text, FALSE);
}

static char *dup_utf8(Slice bytes)
{
	GString *text = g_string_new(NULL);

	text_append_utf8(text, bytes);
	return finish(text);
}

static char *make_title(const YaraFile *file, const YaraPiece *piece)
{
	g_autofree char *name = dup_utf8(piece->name);

	if (piece->kind == YARA_PIECE_RULE && *name)
		return g_steal_pointer(&name);
	if (*name)
		return g_strdup_printf("%s \"%s\"", yara_piece_kind_name(piece->kind), name);
	return g_strdup_printf("%s, %s", yara_piece_kind_name(piece->kind), file->path);
}

/* An author's id may be anything; ours tells rules of equal names in different files apart. */
static char *make_id(const YaraFile *file, const YaraPiece *piece, GString *id)
{
	g_autofree char *name = dup_utf8(piece->name);

	if (!id->len && *name)
		g_string_printf(id, "%s/%s", file->path, name);
	return finish(id);
}

RuleInfo *yara_rule_info_new(const YaraFile *file, guint number, const char *sha256,
	const YR_RULE *compiled, const YaraLevels *levels)
{
	const YaraPiece *piece = yara_cut_piece(file->cut, number);
	const YaraVerdict *verdict = &file->verdicts[number];
	RuleInfo *info = g_new0(RuleInfo, 1);
	Texts texts = { g_string_new(NULL), g_string_new(NULL), g_string_new(NULL),
		g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), FALSE, 0,
		levels ? yara_levels_otherwise(levels) : LEVEL_MEDIUM };

	if (compiled)
		read_rule(&texts, compiled, levels);
	*info = (RuleInfo){
		.status = compiled ? RULE_LOADED : RULE_REJECTED,
		.level = texts.level,
		.kind = piece->is_private ? RULE_FILTER : RULE_DETECTION,
		.engine = g_strdup("yara"),
		.sha256 = g_strdup(sha256),
		.id = make_id(file, piece, texts.id),
		.name = dup_utf8(piece->name),
		.title = make_title(file, piece),
		.path = g_strdup(file->path),
		.line = compiled || !verdict->reason ? piece->line : verdict->line,
		.reason = g_strdup(verdict->reason ? verdict->reason
				: verdict->note	   ? verdict->note
						   : ""),
		.logsource = g_strdup("-/file/-"),
		.tags = finish(texts.tags),
		.author = finish(texts.author),
		.description = finish(texts.description),
		.falsepositives = finish(texts.falsepositives),
		.references = finish(texts.references),
		.source = dup_utf8(piece->text),
	};
	return info;
}

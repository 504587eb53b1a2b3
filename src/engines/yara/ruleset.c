/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/ruleset.h"

#include "base/hash.h"
#include "base/limits.h"
#include "engines/yara/compile.h"
#include "engines/yara/file.h"
#include "engines/yara/info.h"

struct YaraRuleset {
	GPtrArray *files;      /* YaraFile; NULL after compile() */
	GArray *first_indexes; /* guint, for each file */
	YR_RULES *rules;
	guint *indexes; /* for each of @rules */
	GArray *loaded; /* guint */
};

YaraRuleset *yara_ruleset_new(void)
{
	YaraRuleset *ruleset = g_new0(YaraRuleset, 1);

	ruleset->files = g_ptr_array_new_with_free_func((GDestroyNotify)yara_file_free);
	ruleset->first_indexes = g_array_new(FALSE, FALSE, sizeof(guint));
	ruleset->loaded = g_array_new(FALSE, FALSE, sizeof(guint));
	return ruleset;
}

void yara_ruleset_free(YaraRuleset *ruleset)
{
	if (!ruleset)
		return;
	g_clear_pointer(&ruleset->files, g_ptr_array_unref);
	g_array_unref(ruleset->first_indexes);
	g_array_unref(ruleset->loaded);
	if (ruleset->rules)
		(void)yr_rules_destroy(ruleset->rules);
	g_free(ruleset->indexes);
	g_free(ruleset);
}

guint yara_ruleset_add(YaraRuleset *ruleset, const char *path, Slice text, guint first_index)
{
	YaraFile *file = yara_file_new(path, text);
	guint n = 0;

	for (guint i = 0; i < file->cut->pieces->len; i++)
		n += yara_file_tells(file, i);
	g_ptr_array_add(ruleset->files, file);
	g_array_append_val(ruleset->first_indexes, first_index);
	return n;
}

/* ---- compiling ---- */

static void take_note(void *context, gboolean is_error, guint line, const char *message)
{
	YaraFile **file = context;
	int piece = yara_file_piece_at(*file, line);

	if (is_error || piece < 0 || (*file)->verdicts[piece].note)
		return;
	(*file)->verdicts[piece].note = g_utf8_make_valid(message, -1);
}

static gboolean is_empty(const char *text)
{
	while (g_ascii_isspace(*text))
		text++;
	return !*text;
}

/* Compiles all files; NULL with the number of the first that does not in @ret_bad, or -1. */
static YR_RULES *compile_all(const YaraRuleset *ruleset, int *ret_bad)
{
	YaraFile *file = NULL;
	g_autoptr(YaraCompiler) compiler = yara_compiler_new(take_note, &file);

	*ret_bad = -1;
	for (guint i = 0; compiler && i < ruleset->files->len; i++) {
		g_autofree char *text = NULL;
		char namespace[24];

		file = ruleset->files->pdata[i];
		text = yara_file_compose(file);
		(void)g_snprintf(namespace, sizeof namespace, "%u", i);
		if (is_empty(text) || yara_compiler_add(compiler, text, namespace))
			continue;
		*ret_bad = (int)i;
		return NULL;
	}
	return compiler ? yara_compiler_finish(compiler) : NULL;
}

/*
 * Sets of rules are most often whole, so all are compiled together first. Else every file is tried
 * by itself; what is left compiles together, and a file that does not, against all reason, is left
 * out.
 */
static YR_RULES *compile(YaraRuleset *ruleset)
{
	int bad;
	YR_RULES *rules = compile_all(ruleset, &bad);

	if (rules)
		return rules;
	for (guint i = 0; bad >= 0 && i < ruleset->files->len; i++)
		yara_file_repair(ruleset->files->pdata[i]);
	for (guint attempt = 0; bad >= 0 && attempt < LIMIT_YARA_ATTEMPTS; attempt++) {
		rules = compile_all(ruleset, &bad);
		if (rules)
			return rules;
		if (bad >= 0)
			yara_file_reject_all(ruleset->files->pdata[bad],
				"it does not compile together with the other files");
	}
	for (guint i = 0; i < ruleset->files->len; i++)
		yara_file_reject_all(ruleset->files->pdata[i],
			"the rules of all files together do not compile: more memory is needed "
			"than there is");
	return NULL;
}

/* ---- from compiled rules to ours ---- */

typedef struct Names {
	GHashTable *rules; /* Slice "namespace\0name" -> number of the compiled rule, plus one */
	GString *key;
} Names;

static Slice make_key(Names *names, const char *namespace, Slice name)
{
	g_string_assign(names->key, namespace);
	g_string_append_c(names->key, '\0');
	g_string_append_len(names->key, (const char *)name.data, (gssize)name.size);
	return slice_make(names->key->str, names->key->len);
}

typedef struct Key {
	Slice slice;
	char *bytes;
} Key;

static void free_key(void *data)
{
	g_free(((Key *)data)->bytes);
	g_free(data);
}

static void add_names(Names *names, YR_RULES *rules)
{
	YR_RULE *rule;
	guint number = 0;

	yr_rules_foreach(rules, rule)
	{
		Slice bytes = make_key(names, rule->ns->name, slice_from_text(rule->identifier));
		Key *key = g_new(Key, 1);

		key->bytes = g_memdup2(bytes.data, bytes.size);
		key->slice = slice_make(key->bytes, bytes.size);
		g_hash_table_insert(names->rules, key, GUINT_TO_POINTER(++number));
	}
}

static YR_RULE *find_compiled(Names *names, YR_RULES *rules, guint file, Slice name, guint *ret)
{
	char namespace[24];
	Slice key;
	guint number;

	(void)g_snprintf(namespace, sizeof namespace, "%u", file);
	key = make_key(names, namespace, name);
	number = GPOINTER_TO_UINT(g_hash_table_lookup(names->rules, &key));
	if (!number)
		return NULL;
	*ret = number - 1;
	return &rules->rules_table[number - 1];
}

typedef struct Telling {
	YaraRuleset *ruleset;
	const YaraLevels *levels;
	void (*tell)(void *context, const RuleInfo *rule);
	void *context;
	Names names;
} Telling;

static void tell_piece(Telling *t, guint number, guint i, const char *sha256, guint index)
{
	YaraRuleset *ruleset = t->ruleset;
	YaraFile *file = ruleset->files->pdata[number];
	const YaraPiece *piece = yara_cut_piece(file->cut, i);
	const YR_RULE *compiled = NULL;
	g_autoptr(RuleInfo) info = NULL;
	guint at;

	if (!file->verdicts[i].reason) {
		compiled = find_compiled(&t->names, ruleset->rules, number, piece->name, &at);
		if (!compiled)
			yara_file_reject(file, i, piece->line,
				"libyara does not see a rule here: is it inside a comment?");
	}
	info = yara_rule_info_new(file, i, sha256, compiled, t->levels);
	info->index = index;
	if (compiled) {
		ruleset->indexes[at] = index;
		g_array_append_val(ruleset->loaded, index);
	}
	t->tell(t->context, info);
}

static void tell_file(Telling *t, guint number)
{
	YaraFile *file = t->ruleset->files->pdata[number];
	g_autoptr(GPtrArray) hashes = yara_file_hash(file);
	guint index = g_array_index(t->ruleset->first_indexes, guint, number);

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		if (yara_file_tells(file, i))
			tell_piece(t, number, i, hashes->pdata[i], index++);
	}
}

static void switch_off_unknown(YaraRuleset *ruleset)
{
	YR_RULE *rule;
	guint number = 0;

	yr_rules_foreach(ruleset->rules, rule)
	{
		if (ruleset->indexes[number++] == G_MAXUINT)
			yr_rule_disable(rule);
	}
}

void yara_ruleset_compile(YaraRuleset *ruleset, const YaraLevels *levels,
	void (*tell)(void *context, const RuleInfo *rule), void *context)
{
	Telling telling = { ruleset, levels, tell, context,
		{ g_hash_table_new_full(slice_hash_key, slice_equal_key, free_key, NULL),
			g_string_new(NULL) } };

	if (ruleset->files->len)
		ruleset->rules = compile(ruleset);
	if (ruleset->rules) {
		ruleset->indexes = g_new(guint, ruleset->rules->num_rules + 1);
		memset(ruleset->indexes, 0xFF, sizeof(guint) * ruleset->rules->num_rules);
		add_names(&telling.names, ruleset->rules);
	}
	for (guint i = 0; i < ruleset->files->len; i++)
		tell_file(&telling, i);
	if (ruleset->rules)
		switch_off_unknown(ruleset);
	if (ruleset->rules && !ruleset->loaded->len) {
		(void)yr_rules_destroy(ruleset->rules);
		ruleset->rules = NULL;
	}
	g_ptr_array_set_size(ruleset->files, 0);
	g_hash_table_unref(telling.names.rules);
	g_string_free(telling.names.key, TRUE);
}

YR_RULES *yara_ruleset_rules(const YaraRuleset *ruleset)
{
	return ruleset->rules;
}

guint yara_ruleset_index(const YaraRuleset *ruleset, const YR_RULE *rule)
{
	return ruleset->indexes[rule - ruleset->rules->rules_table];
}

const GArray *yara_ruleset_loaded(const YaraRuleset *ruleset)
{
	return ruleset->loaded;
}

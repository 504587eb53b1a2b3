/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/arguments.h"

#include <string.h>

#include "base/error.h"

#define SUGGEST_WORD_BYTES   40 /* longer words are no slips of the finger */
#define SUGGEST_DISTANCE_MAX 2

typedef struct OptionValue {
	const Option *option;
	const char *text; /* "" for a switch */
} OptionValue;

struct Arguments {
	const Command *command;
	GArray *values;	     /* OptionValue, in the order given */
	GPtrArray *operands; /* NULL-terminated once parsed */
	GHashTable *lists;   /* option name -> GPtrArray of values, NULL-terminated */
};

typedef struct Parser {
	Arguments *arguments;
	int argc, index;
	char *const *argv;
	GError **error;
} Parser;

/* ---- suggestions ---- */

/* Levenshtein's distance between two short words. */
static guint distance(const char *a, const char *b)
{
	guint row[SUGGEST_WORD_BYTES + 1];
	gsize a_size = strlen(a), b_size = strlen(b);

	if (a_size > SUGGEST_WORD_BYTES || b_size > SUGGEST_WORD_BYTES)
		return G_MAXUINT;
	for (guint j = 0; j <= b_size; j++)
		row[j] = j;
	for (guint i = 1; i <= a_size; i++) {
		guint diagonal = row[0];

		row[0] = i;
		for (guint j = 1; j <= b_size; j++) {
			guint above = row[j];
			guint change = diagonal + (a[i - 1] != b[j - 1]);

			row[j] = MIN(MIN(above, row[j - 1]) + 1, change);
			diagonal = above;
		}
	}
	return row[b_size];
}

const char *arguments_suggest(const char *word, const char *const *candidates)
{
	const char *best = NULL;
	guint best_distance = SUGGEST_DISTANCE_MAX + 1;

	for (guint i = 0; candidates[i]; i++) {
		guint d = distance(word, candidates[i]);

		if (strlen(word) >= 3 && g_str_has_prefix(candidates[i], word))
			d = MIN(d, 1);
		if (d < best_distance && d < strlen(candidates[i])) {
			best = candidates[i];
			best_distance = d;
		}
	}
	return best;
}

static gboolean fail_unknown(Parser *p, const char *name)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new();
	const Option *const tables[] = { p->arguments->command->options, common_options };
	const char *suggestion;

	for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
		for (const Option *o = tables[t]; o->name; o++)
			g_ptr_array_add(candidates, (gpointer)o->name);
	g_ptr_array_add(candidates, NULL);
	suggestion = arguments_suggest(name, (const char *const *)candidates->pdata);
	if (suggestion)
		g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"unknown option --%s; did you mean --%s?", name, suggestion);
	else
		g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "unknown option --%s", name);
	return FALSE;
}

/* ---- parsing ---- */

static const Option *find_option(const Command *command, const char *name, char letter)
{
	const Option *const tables[] = { command->options, common_options };

	for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
		for (const Option *o = tables[t]; o->name; o++)
			if (name ? g_str_equal(o->name, name) : letter && o->letter == letter)
				return o;
	return NULL;
}

static gboolean has_word(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)list, word);
}

static gboolean add_value(Parser *p, const Option *option, const char *text)
{
	const OptionValue value = { option, text };

	if (option->choices && !has_word(option->choices, text)) {
		g_auto(GStrv) words = g_strsplit(option->choices, " ", -1);
		g_autofree char *list = g_strjoinv(", ", words);

		g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"--%s is one of %s, not \"%s\"", option->name, list, text);
		return FALSE;
	}
	g_array_append_val(p->arguments->values, value);
	return TRUE;
}

/* The value of an option that takes one: @attached, or else the next argument. */
static gboolean take_value(Parser *p, const Option *option, const char *attached)
{
	if (!attached && p->index + 1 < p->argc)
		attached = p->argv[++p->index];
	if (!attached) {
		g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "--%s needs a value: %s",
			option->name, option->argument);
		return FALSE;
	}
	return add_value(p, option, attached);
}

static gboolean parse_long(Parser *p, const char *text)
{
	const char *equals = strchr(text, '=');
	g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : g_strdup(text);
	const Option *option = find_option(p->arguments->command, name, 0);

	if (!option)
		return fail_unknown(p, name);
	if (option->argument)
		return take_value(p, option, equals ? equals + 1 : NULL);
	if (!equals)
		return add_value(p, option, "");
	g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "--%s takes no value", name);
	return FALSE;
}

static gboolean parse_letters(Parser *p, const char *letters)
{
	for (; *letters; letters++) {
		const Option *option = find_option(p->arguments->command, NULL, *letters);

		if (!option) {
			g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "unknown option -%c",
				*letters);
			return FALSE;
		}
		if (option->argument)
			return take_value(p, option, letters[1] ? letters + 1 : NULL);
		if (!add_value(p, option, ""))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_operands(Parser *p)
{
	const Arguments *a = p->arguments;
	const Command *command = a->command;
	guint n = a->operands->len;
	const char *first = n > 0 ? a->operands->pdata[0] : NULL;

	if (n < command->min_operands || n > command->max_operands) {
		g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "%s: usage: spoor %s %s",
			n < command->min_operands ? "something is missing" : "too many arguments",
			command->name, command->operands);
		return FALSE;
	}
	if (command->words && first && !has_word(command->words, first)) {
		g_auto(GStrv) words = g_strsplit(command->words, " ", -1);
		g_autofree char *list = g_strjoinv(", ", words);
		const char *near = arguments_suggest(first, (const char *const *)words);

		if (near)
			g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
				"unknown: %s %s; did you mean %s?", command->name, first, near);
		else
			g_set_error(p->error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
				"unknown: %s %s; it is one of %s", command->name, first, list);
		return FALSE;
	}
	return TRUE;
}

static gboolean parse_all(Parser *p)
{
	gboolean only_operands = FALSE, wants_help = FALSE;

	for (p->index = 0; p->index < p->argc; p->index++) {
		const char *text = p->argv[p->index];

		if (only_operands || text[0] != '-' || text[1] == '\0')
			g_ptr_array_add(p->arguments->operands, (gpointer)text);
		else if (g_str_equal(text, "--"))
			only_operands = TRUE;
		else if (!(text[1] == '-' ? parse_long(p, text + 2) : parse_letters(p, text + 1)))
			return FALSE;
	}
	wants_help = arguments_has(p->arguments, "help");
	if (!wants_help && !check_operands(p))
		return FALSE;
	g_ptr_array_add(p->arguments->operands, NULL);
	return TRUE;
}

/* Options that may be repeated keep all values, the others the last. */
static void sort_values(Arguments *a)
{
	for (guint i = 0; i < a->values->len; i++) {
		const OptionValue *value = &g_array_index(a->values, OptionValue, i);
		GPtrArray *list = g_hash_table_lookup(a->lists, value->option->name);

		if (!list) {
			list = g_ptr_array_new();
			(void)g_hash_table_insert(a->lists, (gpointer)value->option->name, list);
		} else {
			g_ptr_array_set_size(
				list, value->option->repeated ? (int)list->len - 1 : 0);
		}
		g_ptr_array_add(list, (gpointer)value->text);
		g_ptr_array_add(list, NULL);
	}
}

Arguments *arguments_parse(const Command *command, int argc, char *const *argv, GError **error)
{
	g_autoptr(Arguments) a = g_new0(Arguments, 1);
	Parser parser = { a, argc, 0, argv, error };

	a->command = command;
	a->values = g_array_new(FALSE, FALSE, sizeof(OptionValue));
	a->operands = g_ptr_array_new();
	a->lists = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	if (!parse_all(&parser))
		return NULL;
	sort_values(a);
	return g_steal_pointer(&a);
}

void arguments_free(Arguments *arguments)
{
	if (!arguments)
		return;
	g_array_unref(arguments->values);
	g_ptr_array_unref(arguments->operands);
	g_hash_table_unref(arguments->lists);
	g_free(arguments);
}

/* ---- asking ---- */

gboolean arguments_has(const Arguments *arguments, const char *name)
{
	g_assert(find_option(arguments->command, name, 0));
	for (guint i = 0; i < arguments->values->len; i++)
		if (g_str_equal(
			    g_array_index(arguments->values, OptionValue, i).option->name, name))
			return TRUE;
	return FALSE;
}

const char *const *arguments_values(const Arguments *arguments, const char *name)
{
	static const char *const none[] = { NULL };
	GPtrArray *list = g_hash_table_lookup(arguments->lists, name);

	g_assert(find_option(arguments->command, name, 0));
	return list ? (const char *const *)list->pdata : none;
}

const char *arguments_value(const Arguments *arguments, const char *name)
{
	return arguments_values(arguments, name)[0];
}

const char *const *arguments_operands(const Arguments *arguments)
{
	return (const char *const *)arguments->operands->pdata;
}

guint arguments_n_operands(const Arguments *arguments)
{
	return arguments->operands->len - 1;
}

const char *arguments_operand(const Arguments *arguments, guint index, const char *fallback)
{
	return index < arguments_n_operands(arguments) ? arguments->operands->pdata[index]
						       : fallback;
}

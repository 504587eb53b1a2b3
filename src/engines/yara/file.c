/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/file.h"

#include "base/limits.h"
#include "engines/yara/compile.h"
#include "engines/yara/modules.h"

#define TRIAL_BYTES 4096 /* that making a compiler is worth */

/* ---- life ---- */

static void reject_pieces(YaraFile *file)
{
	guint n_imports = 0;

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		const YaraPiece *piece = yara_cut_piece(file->cut, i);
		g_autofree char *reason = NULL;

		if (piece->kind == YARA_PIECE_IMPORT && !piece->problem)
			reason = ++n_imports <= LIMIT_YARA_IMPORTS
				? yara_module_problem(piece->name)
				: g_strdup("the file has more imports than LIMIT_YARA_IMPORTS");
		if (piece->problem || reason)
			yara_file_reject(
				file, i, piece->line, piece->problem ? piece->problem : reason);
	}
}

YaraFile *yara_file_new(const char *path, Slice text)
{
	static const guint8 mark[] = { 0xEF, 0xBB, 0xBF };
	YaraFile *file = g_new0(YaraFile, 1);

	file->path = g_strdup(path);
	file->size = text.size;
	file->text =
		g_string_free(g_string_new_len((const char *)text.data, (gssize)text.size), FALSE);
	if (slice_equal(slice_sub(text, 0, sizeof mark), slice_make(mark, sizeof mark)))
		memset(file->text, ' ', sizeof mark);
	file->cut = yara_cut_new(slice_make(file->text, file->size));
	file->verdicts = g_new0(YaraVerdict, file->cut->pieces->len + 1);
	reject_pieces(file);
	yara_file_propagate(file);
	return file;
}

void yara_file_free(YaraFile *file)
{
	if (!file)
		return;
	for (guint i = 0; i < file->cut->pieces->len; i++) {
		g_free(file->verdicts[i].reason);
		g_free(file->verdicts[i].note);
	}
	g_free(file->verdicts);
	yara_cut_free(file->cut);
	g_free(file->text);
	g_free(file->path);
	g_free(file);
}

gboolean yara_file_tells(const YaraFile *file, guint piece)
{
	return yara_cut_piece(file->cut, piece)->kind != YARA_PIECE_IMPORT ||
		file->verdicts[piece].reason;
}

/* ---- leaving out ---- */

void yara_file_reject(YaraFile *file, guint piece, guint line, const char *reason)
{
	YaraVerdict *verdict = &file->verdicts[piece];

	if (verdict->reason)
		return;
	verdict->reason = g_strdup(reason);
	verdict->line = line;
}

void yara_file_reject_all(YaraFile *file, const char *reason)
{
	for (guint i = 0; i < file->cut->pieces->len; i++) {
		const YaraPiece *piece = yara_cut_piece(file->cut, i);

		if (piece->kind == YARA_PIECE_RULE)
			yara_file_reject(file, i, piece->line, reason);
	}
}

static void propagate_to(YaraFile *file, guint i)
{
	const YaraPiece *piece = yara_cut_piece(file->cut, i);

	for (guint n = 0; piece->needs && n < piece->needs->len; n++) {
		guint needed = g_array_index(piece->needs, guint, n);
		const YaraPiece *other = yara_cut_piece(file->cut, needed);
		const char *why = file->verdicts[needed].reason;
		g_autofree char *reason = NULL;

		if (!why)
			continue;
		reason = other->kind == YARA_PIECE_IMPORT
			? g_strdup(why)
			: g_strdup_printf("it refers to the rule %.*s, which was rejected",
				  (int)other->name.size, (const char *)other->name.data);
		yara_file_reject(file, i, piece->line, reason);
		return;
	}
}

void yara_file_propagate(YaraFile *file)
{
	for (guint i = 0; i < file->cut->pieces->len; i++)
		propagate_to(file, i);
}

/* ---- composing ---- */

static void blank(char *text, gsize size)
{
	for (gsize i = 0; i < size; i++) {
		if (text[i] != '\n')
			text[i] = ' ';
	}
}

char *yara_file_compose(const YaraFile *file)
{
	char *text = g_memdup2(file->text, file->size + 1);

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		Slice part = yara_cut_piece(file->cut, i)->text;

		if (file->verdicts[i].reason)
			blank(text + (part.data - (const guint8 *)file->text), part.size);
	}
	for (gsize i = 0; i < file->size; i++) { /* in comments alone, by now */
		if (!text[i])
			text[i] = ' ';
	}
	return text;
}

/* ---- trying rules one by one ---- */

typedef struct Trials {
	YaraFile *file;
	guint8 *is_taken; /* for each piece: it is in @taken */
	GArray *taken;	  /* guint: the rule at hand and all that it refers to */
	GString *text;
	guint64 n_bytes; /* compiled so far */
} Trials;

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	guint x = *(const guint *)a, y = *(const guint *)b;

	return (x > y) - (x < y);
}

static void take(Trials *trials, guint piece)
{
	if (trials->is_taken[piece])
		return;
	trials->is_taken[piece] = 1;
	g_array_append_val(trials->taken, piece);
}

/* What @rule needs, and what that needs, in the order of the file. */
static void collect(Trials *trials, guint rule)
{
	g_array_set_size(trials->taken, 0);
	take(trials, rule);
	for (guint i = 0; i < trials->taken->len; i++) {
		guint number = g_array_index(trials->taken, guint, i);
		const GArray *needs = yara_cut_piece(trials->file->cut, number)->needs;

		for (guint n = 0; needs && n < needs->len; n++)
			take(trials, g_array_index(needs, guint, n));
	}
	g_array_sort(trials->taken, compare_numbers);
	for (guint i = 0; i < trials->taken->len; i++)
		trials->is_taken[g_array_index(trials->taken, guint, i)] = 0;
}

static guint count_lines(const GString *text)
{
	guint n = 0;

	for (gsize i = 0; i < text->len; i++)
		n += text->str[i] == '\n';
	return n;
}

static void reject_untried(YaraFile *file, guint number)
{
	yara_file_reject(file, number, yara_cut_piece(file->cut, number)->line,
		"the file has errors, and more rules to try one by one than "
		"LIMIT_YARA_TRIAL_BYTES allows");
}

static void try_rule(Trials *trials, guint number)
{
	YaraFile *file = trials->file;
	guint line, own_line = 1, first = yara_cut_piece(file->cut, number)->line;
	g_autofree char *reason = NULL;

	/* Putting a trial together is work, too: none is that will not be made. */
	if (trials->n_bytes > LIMIT_YARA_TRIAL_BYTES) {
		reject_untried(file, number);
		return;
	}
	collect(trials, number);
	g_string_truncate(trials->text, 0);
	for (guint i = 0; i < trials->taken->len; i++) {
		guint taken = g_array_index(trials->taken, guint, i);
		Slice text = yara_cut_piece(file->cut, taken)->text;

		if (taken == number)
			own_line += count_lines(trials->text);
		g_string_append_len(trials->text, (const char *)text.data, (gssize)text.size);
		g_string_append_c(trials->text, '\n');
	}
	trials->n_bytes += trials->text->len + TRIAL_BYTES;
	if (trials->n_bytes > LIMIT_YARA_TRIAL_BYTES)
		reject_untried(file, number);
	else if (!yara_compiles(trials->text->str, &line, &reason))
		yara_file_reject(
			file, number, line > own_line ? first + line - own_line : first, reason);
}

static void try_rules(YaraFile *file)
{
	Trials trials = {
		.file = file,
		.is_taken = g_new0(guint8, file->cut->pieces->len + 1),
		.taken = g_array_new(FALSE, FALSE, sizeof(guint)),
		.text = g_string_new(NULL),
	};

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		if (yara_cut_piece(file->cut, i)->kind != YARA_PIECE_RULE)
			continue;
		propagate_to(file, i);
		if (!file->verdicts[i].reason)
			try_rule(&trials, i);
	}
	g_free(trials.is_taken);
	g_array_unref(trials.taken);
	g_string_free(trials.text, TRUE);
}

/* ---- the whole ---- */

int yara_file_piece_at(const YaraFile *file, guint line)
{
	int found = -1;

	for (guint i = 0; i < file->cut->pieces->len; i++) {
		const YaraPiece *piece = yara_cut_piece(file->cut, i);

		if (piece->line > line)
			break;
		if (piece->kind == YARA_PIECE_RULE && !file->verdicts[i].reason)
			found = (int)i;
	}
	return found;
}

static gboolean try_whole(const YaraFile *file, guint *ret_line, char **ret_reason)
{
	g_autofree char *text = yara_file_compose(file);

	return yara_compiles(text, ret_line, ret_reason);
}

/*
 * Rules that are right by themselves may still not stand together: one may have a name that another
 * above counts among its name*.
 */
void yara_file_repair(YaraFile *file)
{
	for (guint attempt = 0; attempt <= LIMIT_YARA_ATTEMPTS; attempt++) {
		g_autofree char *reason = NULL;
		guint line;
		int piece;

		if (try_whole(file, &line, &reason))
			return;
		if (attempt == 0) {
			try_rules(file);
			continue;
		}
		piece = yara_file_piece_at(file, line);
		if (piece < 0)
			break;
		yara_file_reject(file, (guint)piece, line, reason);
		yara_file_propagate(file);
	}
	yara_file_reject_all(file,
		"the rules of this file do not stand together, even without "
		"those at fault");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/hash-shift.h"

#include "base/limits.h"

/* The number of digits of the kind of hash that @size is near to; 0 where none. */
static guint digits_near(gsize size)
{
	static const guint lengths[] = { 32, 40, 64 };

	for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
		if (size + 1 >= lengths[i] && size <= lengths[i] + 1)
			return lengths[i];
	}
	return 0;
}

gboolean hash_shift_concerns(Slice text)
{
	if (digits_near(text.size) == 0)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit(text.data[i]))
			return FALSE;
	}
	return TRUE;
}

static void keep(char ret[66], Slice digits)
{
	gsize size = MIN(digits.size, 65);

	for (gsize i = 0; i < size; i++)
		ret[i] = g_ascii_tolower((char)digits.data[i]);
	ret[size] = '\0';
}

static void open_shift(HashShift *shift, Slice digits, guint line, guint n)
{
	*shift = (HashShift){ .digits = n, .line = line, .is_long = digits.size > n };
	keep(shift->text, digits);
	shift->last_line = line;
}

/* The first of the two with the digit where it belongs: lost to, or gained from, @next. */
static char *first_joined(const HashShift *shift, const char *next)
{
	if (shift->is_long)
		return g_strndup(shift->text, shift->digits);
	return g_strdup_printf("%s%c", shift->text, next[0]);
}

static char *last_joined(const HashShift *shift, const char *before, const char *last)
{
	if (shift->is_long)
		return g_strdup_printf("%c%s", before[strlen(before) - 1], last);
	return g_strdup(last + 1);
}

static char *doubtful_between(const HashShift *shift)
{
	if (shift->n_between == 0)
		return g_strdup("");
	return g_strdup_printf("; the %u of the right length between them are doubtful: each would "
			       "be shifted by one digit, too",
		shift->n_between);
}

static char *tell_pair(const HashShift *shift, const char *last, guint line)
{
	const char *next = shift->n_between > 0 ? shift->next_line_text : last;
	g_autofree char *first = first_joined(shift, next);
	g_autofree char *end = NULL;
	g_autofree char *between = doubtful_between(shift);

	/* Only neighbours say what the last one lost: of others the one before is not kept. */
	end = shift->is_long && shift->n_between > 0
		? g_strdup_printf("one that ends with %s", last)
		: last_joined(shift, shift->text, last);
	return g_strdup_printf("line %u is one hexadecimal digit %s and line %u one %s: cut in the "
			       "right place they would be %s and %s%s",
		shift->line, shift->is_long ? "too long" : "short", line,
		shift->is_long ? "short" : "too long", first, end, between);
}

char *hash_shift_finish(HashShift *shift, guint *ret_line, char *ret_value)
{
	g_autofree char *first = NULL;
	char *told;

	if (shift->digits == 0 || shift->n_between == 0) {
		shift->digits = 0;
		return NULL;
	}
	first = first_joined(shift, shift->next_line_text);
	*ret_line = shift->line;
	keep(ret_value, slice_from_text(shift->text));
	told = g_strdup_printf(
		"line %u is one hexadecimal digit %s: joined with what follows it "
		"would be %s, and the %u behind it (to line %u) may be shifted by one "
		"digit and match nothing",
		shift->line, shift->is_long ? "too long" : "short", first, shift->n_between,
		shift->last_line);
	shift->digits = 0;
	return told;
}

char *hash_shift_take(HashShift *shift, Slice digits, guint line, guint *ret_line, char *ret_value)
{
	guint n = digits_near(digits.size);
	char text[66], *told = NULL;

	keep(text, digits);
	if (shift->digits != 0 &&
		(n != shift->digits || shift->n_between >= LIMIT_CLAIM_SHIFT_LINES))
		told = hash_shift_finish(shift, ret_line, ret_value);
	if (shift->digits == 0) {
		if (n != 0 && digits.size != n)
			open_shift(shift, digits, line, n);
		return told;
	}
	if (digits.size == n) {
		if (shift->n_between++ == 0)
			keep(shift->next_line_text, digits);
		shift->last_line = line;
		return NULL;
	}
	if ((digits.size > n) == shift->is_long) { /* another of the same sort: a new story */
		told = hash_shift_finish(shift, ret_line, ret_value);
		open_shift(shift, digits, line, n);
		return told;
	}
	*ret_line = line;
	keep(ret_value, digits);
	told = tell_pair(shift, text, line);
	shift->digits = 0;
	return told;
}

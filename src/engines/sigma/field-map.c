/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/field-map.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

#define UNRESOLVED 0xFFFD /* in maps: not looked for yet */

/* What a reader calls the format is not text of the evidence: no keyword may find "json" there. */
#define FORMAT_COLUMN "LogFormat"

static Slice keep(FieldMap *fields, const char *text, gsize size)
{
	return slice_make(g_string_chunk_insert_len(fields->texts, text, (gssize)size), size);
}

/* Adds a name, unless a column before this one has it: FALSE. */
static gboolean insert_name(GHashTable *table, const char *name, guint column)
{
	g_autofree Slice *key = g_new(Slice, 1);

	*key = slice_from_text(name);
	if (g_hash_table_contains(table, key))
		return FALSE;
	g_hash_table_insert(table, g_steal_pointer(&key), GUINT_TO_POINTER(column + 1));
	return TRUE;
}

static void insert_column(FieldMap *fields, guint column)
{
	const char *name = fields->shape->columns[column].name;
	g_autofree char *loose = ruleset_loose_name(name);
	FieldTwin twin = { g_string_chunk_insert(fields->texts, loose), (guint16)column };

	(void)insert_name(fields->exact, name, column);
	if (!insert_name(fields->loose, twin.loose, column))
		g_array_append_val(fields->twins, twin);
}

static void read_constant(FieldMap *fields, guint column, const char *text)
{
	FieldConstant *constant = &fields->constants[column];
	g_autoptr(GString) plain = g_string_new(NULL), folded = g_string_new(NULL);

	text_append_utf8(plain, slice_from_text(text));
	text_append_folded(folded, slice_make(plain->str, plain->len));
	constant->is_set = TRUE;
	constant->plain = keep(fields, plain->str, plain->len);
	constant->folded = keep(fields, folded->str, folded->len);
}

void field_map_init(FieldMap *fields, const Ruleset *ruleset, const Shape *shape)
{
	*fields = (FieldMap){ .ruleset = ruleset, .shape = shape, .no_keyword = COLUMN_ABSENT };
	fields->constants = g_new0(FieldConstant, shape->n_columns);
	fields->texts = g_string_chunk_new(1024);
	fields->exact = g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
	fields->loose = g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
	fields->twins = g_array_new(FALSE, FALSE, sizeof(FieldTwin));
	fields->facts = g_array_new(FALSE, TRUE, sizeof(FieldFact));
	fields->inputs = g_array_new(FALSE, FALSE, sizeof(guint16));
	fields->maps = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_set_size(fields->maps, (gint)ruleset->alternatives->len);
	fields->keywords = g_new(guint16, ruleset->alternatives->len + 1);
	for (guint i = 0; i < ruleset->alternatives->len; i++)
		fields->keywords[i] = UNRESOLVED;
	for (guint i = 0; i < shape->n_columns; i++) {
		const ShapeColumn *column = &shape->columns[i];

		insert_column(fields, i);
		if (!column->constant)
			continue;
		read_constant(fields, i, column->constant);
		if (strcmp(column->name, FORMAT_COLUMN) == 0)
			fields->no_keyword = (guint16)i;
	}
}

void field_map_clear(FieldMap *fields)
{
	g_clear_pointer(&fields->constants, g_free);
	g_clear_pointer(&fields->texts, g_string_chunk_free);
	g_clear_pointer(&fields->exact, g_hash_table_unref);
	g_clear_pointer(&fields->loose, g_hash_table_unref);
	g_clear_pointer(&fields->twins, g_array_unref);
	g_clear_pointer(&fields->facts, g_array_unref);
	g_clear_pointer(&fields->inputs, g_array_unref);
	g_clear_pointer(&fields->maps, g_ptr_array_unref);
	g_clear_pointer(&fields->keywords, g_free);
}

void field_map_settle(FieldMap *fields)
{
	g_clear_pointer(&fields->exact, g_hash_table_unref);
	g_clear_pointer(&fields->loose, g_hash_table_unref);
}

static guint16 look_up(GHashTable *table, const char *name)
{
	Slice key = slice_from_text(name);
	gpointer column = g_hash_table_lookup(table, &key);

	return column ? (guint16)(GPOINTER_TO_UINT(column) - 1) : COLUMN_ABSENT;
}

static guint16 find_column(const FieldMap *fields, const char *name)
{
	guint16 column = look_up(fields->exact, name);

	if (column != COLUMN_ABSENT)
		return column;

	g_autofree char *loose = ruleset_loose_name(name);

	return look_up(fields->loose, loose);
}

guint16 field_map_resolve_column(FieldMap *fields, guint32 field)
{
	const RulesetField *sought = &g_array_index(fields->ruleset->fields, RulesetField, field);
	guint16 column = look_up(fields->exact, sought->name);

	return column != COLUMN_ABSENT ? column : look_up(fields->loose, sought->loose);
}

/* Adds the columns that an input stands for: one, or with "name.*" all that start with "name.". */
static gboolean add_inputs(FieldMap *fields, const char *name)
{
	gsize size = strlen(name);
	guint before = fields->inputs->len;
	guint16 column;

	if (size < 2 || strcmp(name + size - 2, ".*") != 0) {
		column = find_column(fields, name);
		g_array_append_val(fields->inputs, column);
		return column != COLUMN_ABSENT;
	}
	for (column = 0; column < MIN(fields->shape->n_columns, LIMIT_EVENT_COLUMNS); column++) {
		if (g_ascii_strncasecmp(fields->shape->columns[column].name, name, size - 1) == 0)
			g_array_append_val(fields->inputs, column);
	}
	return fields->inputs->len > before;
}

static gboolean is_same_fact(const FieldMap *fields, const FieldFact *a, const FieldFact *b)
{
	if (a->n_inputs != b->n_inputs || !a->field != !b->field ||
		memcmp(field_map_inputs(fields, a), field_map_inputs(fields, b),
			a->n_inputs * sizeof(guint16)) != 0)
		return FALSE;
	return !a->field ||
		(a->field->analyser == b->field->analyser &&
			g_strcmp0(a->field->parameter, b->field->parameter) == 0);
}

/* The column of a fact whose inputs were added last, made anew unless the shape has it already. */
static guint16 add_fact(FieldMap *fields, FieldFact *fact)
{
	guint i = 0;

	fact->n_inputs = fields->inputs->len - fact->first_input;
	while (i < fields->facts->len &&
		!is_same_fact(fields, &g_array_index(fields->facts, FieldFact, i), fact))
		i++;
	if (i < fields->facts->len)
		g_array_set_size(fields->inputs, fact->first_input);
	else
		g_array_append_val(fields->facts, *fact);
	return (guint16)(fields->shape->n_columns + i);
}

/* The column of what an analyser makes; ABSENT where no input is there. */
static guint16 find_fact(FieldMap *fields, const LogSourceField *field)
{
	FieldFact fact = { .field = field, .first_input = fields->inputs->len };
	gboolean any = FALSE;

	for (guint f = 0; f < field->n_from; f++)
		any = add_inputs(fields, field->from[f]) || any;
	if (any)
		return add_fact(fields, &fact);
	g_array_set_size(fields->inputs, fact.first_input);
	return COLUMN_ABSENT;
}

/* One of several columns: the first that an event has. A constant is always there, so it ends the
 * list. */
static guint16 find_choice(FieldMap *fields, const guint16 *columns, guint n)
{
	FieldFact choice = { .first_input = fields->inputs->len };

	for (guint i = 0; i < n; i++) {
		g_array_append_val(fields->inputs, columns[i]);
		if (field_map_constant(fields, columns[i]))
			n = i + 1;
	}
	if (n > 1)
		return add_fact(fields, &choice);
	g_array_set_size(fields->inputs, choice.first_input);
	return n > 0 ? columns[0] : COLUMN_ABSENT;
}

/*
 * @column, or where others are called almost so the first of them that an event has, beginning with
 * @column: where keys differ in case from event to event, the shape has them all.
 */
static guint16 with_twins(FieldMap *fields, guint16 column, const char *loose)
{
	guint16 columns[FIELD_MAP_CHOICES] = { column };
	guint16 first;
	guint n = 1;

	if (column == COLUMN_ABSENT || fields->twins->len == 0)
		return column;
	first = look_up(fields->loose, loose);
	if (first != COLUMN_ABSENT && first != column)
		columns[n++] = first;
	for (guint i = 0; i < fields->twins->len && n < FIELD_MAP_CHOICES; i++) {
		const FieldTwin *twin = &g_array_index(fields->twins, FieldTwin, i);

		if (twin->column != column && strcmp(twin->loose, loose) == 0)
			columns[n++] = twin->column;
	}
	return n > 1 ? find_choice(fields, columns, n) : column;
}

static guint16 find_spelled(FieldMap *fields, const char *name)
{
	g_autofree char *loose = fields->twins->len > 0 ? ruleset_loose_name(name) : NULL;
	guint16 column = find_column(fields, name);

	return loose ? with_twins(fields, column, loose) : column;
}

/* TRUE where ruleset_loose_name(@name) would be @loose, for ASCII, as a table's names are. */
static gboolean is_loosely(const char *name, const char *loose)
{
	for (; *name; name++) {
		if (*name == ' ')
			continue;
		if (g_ascii_tolower(*name) != *loose++)
			return FALSE;
	}
	return *loose == '\0';
}

/* By the table's entry: for the name as the rule writes it, or @loosely. */
static guint16 resolve_mapped(FieldMap *fields, const LogSourceAlternative *source,
	const RulesetField *sought, gboolean loosely)
{
	guint16 columns[FIELD_MAP_CHOICES];
	guint n = 0;

	for (guint i = 0; i < source->n_fields && n < FIELD_MAP_CHOICES; i++) {
		const LogSourceField *field = &source->fields[i];
		gboolean fits = loosely ? is_loosely(field->field, sought->loose)
					: strcmp(field->field, sought->name) == 0;

		if (!fits || field->n_from == 0 || field->n_from > ANALYSER_MAX_INPUTS)
			continue;
		columns[n] = field->analyser ? find_fact(fields, field)
					     : find_spelled(fields, field->from[0]);
		n += columns[n] != COLUMN_ABSENT;
	}
	return find_choice(fields, columns, n);
}

/* What is written exactly so comes first: 5156 has a ProcessID that is not the table's ProcessId.
 */
static guint16 resolve(FieldMap *fields, const LogSourceAlternative *source, guint32 field)
{
	const RulesetField *sought = &g_array_index(fields->ruleset->fields, RulesetField, field);
	guint16 column = resolve_mapped(fields, source, sought, FALSE);

	if (column == COLUMN_ABSENT)
		column = with_twins(fields, look_up(fields->exact, sought->name), sought->loose);
	if (column == COLUMN_ABSENT)
		column = resolve_mapped(fields, source, sought, TRUE);
	if (column == COLUMN_ABSENT)
		column = with_twins(fields, look_up(fields->loose, sought->loose), sought->loose);
	return column;
}

guint16 field_map_resolve(FieldMap *fields, guint32 alternative, guint32 field)
{
	const Ruleset *ruleset = fields->ruleset;
	gpointer *map = &fields->maps->pdata[alternative];

	if (field == RULESET_NO_FIELD)
		return COLUMN_KEYWORD;
	if (!*map) {
		guint16 *fresh = g_new(guint16, ruleset->fields->len);

		for (guint i = 0; i < ruleset->fields->len; i++)
			fresh[i] = UNRESOLVED;
		*map = fresh;
	}

	guint16 *column = (guint16 *)*map + field;

	if (*column == UNRESOLVED) {
		const LogSourceAlternative *source =
			g_array_index(ruleset->alternatives, RulesetAlternative, alternative)
				.source;

		*column = resolve(fields, source, field);
	}
	return *column;
}

guint16 field_map_keywords(FieldMap *fields, guint32 alternative)
{
	const LogSourceAlternative *source =
		g_array_index(fields->ruleset->alternatives, RulesetAlternative, alternative)
			.source;
	guint16 *column = &fields->keywords[alternative];

	if (*column != UNRESOLVED)
		return *column;
	*column = COLUMN_ABSENT;
	if (source->keywords) {
		char none[] = "";
		RulesetField sought = { .name = source->keywords, .loose = none };

		*column = resolve_mapped(fields, source, &sought, FALSE);
		if (*column < fields->shape->n_columns)
			*column = COLUMN_ABSENT; /* one of those that are looked at anyway */
	}
	return *column;
}

const FieldConstant *field_map_constant(const FieldMap *fields, guint16 column)
{
	if (column >= fields->shape->n_columns || !fields->constants[column].is_set)
		return NULL;
	return &fields->constants[column];
}

const char *field_map_column_name(const FieldMap *fields, guint16 column)
{
	guint n = fields->shape->n_columns;

	if (column < n)
		return fields->shape->columns[column].name;
	if (column >= field_map_n_columns(fields))
		return "";

	const FieldFact *fact = field_map_fact(fields, column);

	/* Of a choice, the caller asks for what was chosen; the inputs are facts or columns. */
	return fact->field ? fact->field->from[0] : "";
}

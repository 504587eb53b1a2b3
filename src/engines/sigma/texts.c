/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/texts.h"

#include "base/limits.h"
#include "base/text.h"

#define KEPT_BYTES (1u << 20) /* buffers that grew beyond this are given back after the event */

void texts_init(Texts *texts)
{
	*texts = (Texts){ .scratch = g_string_sized_new(256) };
	for (guint form = 0; form < TEXT_N_FORMS; form++) {
		texts->buffer[form] = g_string_sized_new(4096);
		texts->ranges[form] = g_array_new(FALSE, FALSE, sizeof(TextRange));
	}
}

void texts_clear(Texts *texts)
{
	if (texts->scratch)
		g_string_free(texts->scratch, TRUE);
	texts->scratch = NULL;
	for (guint form = 0; form < TEXT_N_FORMS; form++) {
		if (texts->buffer[form])
			g_string_free(texts->buffer[form], TRUE);
		g_clear_pointer(&texts->ranges[form], g_array_unref);
		texts->buffer[form] = NULL;
	}
	g_clear_pointer(&texts->columns, g_free);
}

void texts_begin(Texts *texts, const Event *event, const FieldMap *fields)
{
	guint n_columns = field_map_n_columns(fields);

	texts->event = event;
	texts->fields = fields;
	texts->epoch++;
	for (guint form = 0; form < TEXT_N_FORMS; form++) {
		if (G_UNLIKELY(texts->buffer[form]->allocated_len > KEPT_BYTES)) {
			g_string_free(texts->buffer[form], TRUE);
			texts->buffer[form] = g_string_sized_new(4096);
		}
		g_string_truncate(texts->buffer[form], 0);
		g_array_set_size(texts->ranges[form], 0);
	}
	if (G_UNLIKELY(n_columns > texts->n_columns)) {
		texts->columns = g_renew(ColumnTexts, texts->columns, n_columns);
		memset(texts->columns + texts->n_columns, 0,
			(n_columns - texts->n_columns) * sizeof(ColumnTexts));
		texts->n_columns = n_columns;
	}
}

static inline void add_range(Texts *texts, TextForm form, gsize offset)
{
	TextRange range = { offset, texts->buffer[form]->len - offset };

	g_array_append_val(texts->ranges[form], range);
}

static void add_value(Texts *texts, TextForm form, const Value *value)
{
	gsize offset = texts->buffer[form]->len;

	if (value->type == VALUE_ABSENT || value->type == VALUE_NULL)
		return;
	if (form == TEXT_FOLDED)
		value_append_folded(texts->buffer[form], value);
	else
		value_append_text(texts->buffer[form], value);
	add_range(texts, form, offset);
}

static void add_constant(Texts *texts, TextForm form, const FieldConstant *constant)
{
	Slice text = form == TEXT_FOLDED ? constant->folded : constant->plain;
	gsize offset = texts->buffer[form]->len;

	g_string_append_len(texts->buffer[form], (const char *)text.data, (gssize)text.size);
	add_range(texts, form, offset);
}

/* ---- facts ---- */

static void blank_line_ends(GString *text, gsize start)
{
	for (gsize i = start; i < text->len; i++) {
		if (text->str[i] == '\n' || text->str[i] == '\r')
			text->str[i] = ' ';
	}
}

/* Appends a value, or those of a list, each as one line. */
static void append_lines(GString *plain, const Value *value)
{
	guint n_items = value->type == VALUE_LIST ? value->n_items : 1;
	const Value *items = value->type == VALUE_LIST ? value->items : value;
	gsize first = plain->len;

	for (guint i = 0; i < n_items && plain->len - first < LIMIT_VALUE_BYTES; i++) {
		gsize start;

		if (i > 0)
			g_string_append_c(plain, '\n');
		start = plain->len;
		if (items[i].type != VALUE_LIST) /* lists do not nest */
			value_append_text(plain, &items[i]);
		blank_line_ends(plain, start);
	}
}

/* The plain text of a whole input, multi-valued or not; no data where the event has none. */
static TextRange add_input(
	Texts *texts, guint16 column, gboolean keeps_values, gboolean *ret_is_set)
{
	GString *plain = texts->buffer[TEXT_PLAIN];
	TextRange range = { plain->len, 0 };
	const FieldConstant *constant;

	*ret_is_set = FALSE;
	if (column == COLUMN_ABSENT)
		return range;
	constant = field_map_constant(texts->fields, column);
	if (constant) {
		*ret_is_set = TRUE;
		g_string_append_len(
			plain, (const char *)constant->plain.data, (gssize)constant->plain.size);
	} else if (texts->event->values[column].type != VALUE_ABSENT &&
		texts->event->values[column].type != VALUE_NULL) {
		*ret_is_set = TRUE;
		if (keeps_values)
			append_lines(plain, &texts->event->values[column]);
		else
			value_append_text(plain, &texts->event->values[column]);
	}
	range.size = plain->len - range.offset;
	return range;
}

/* Computes a fact, once per event; its text lies in the buffer of plain texts. */
static gboolean has_fact(Texts *texts, guint16 column)
{
	ColumnTexts *known = &texts->columns[column];
	const FieldFact *fact = field_map_fact(texts->fields, column);
	GString *plain = texts->buffer[TEXT_PLAIN];
	const guint16 *columns = field_map_inputs(texts->fields, fact);
	guint n_inputs = MIN(fact->n_inputs, LIMIT_FACT_INPUTS);
	TextRange ranges[LIMIT_FACT_INPUTS];
	gboolean is_set[LIMIT_FACT_INPUTS];
	Slice inputs[LIMIT_FACT_INPUTS];

	if (known->fact_epoch == texts->epoch)
		return known->has_fact;
	known->fact_epoch = texts->epoch;
	for (guint i = 0; i < n_inputs; i++)
		ranges[i] = add_input(
			texts, columns[i], fact->field->analyser->keeps_values, &is_set[i]);

	/* The inputs lie in the buffer that would move under them: the fact gets another. */
	GString *made = g_string_truncate(texts->scratch, 0);

	for (guint i = 0; i < n_inputs; i++)
		inputs[i] = is_set[i] ? slice_make(plain->str + ranges[i].offset, ranges[i].size)
				      : SLICE_EMPTY;
	known->has_fact = fact->field->analyser->compute(
		inputs, n_inputs, fact->field->parameter ? fact->field->parameter : "", made);
	known->fact = (TextRange){ plain->len, made->len };
	if (known->has_fact)
		g_string_append_len(plain, made->str, (gssize)made->len);
	return known->has_fact;
}

/* Adds a text that stands in a buffer, line by line where @is_list. */
static void add_text(Texts *texts, TextForm form, TextRange range, gboolean is_list)
{
	const char *text = texts->buffer[form]->str;

	while (is_list) {
		const char *feed = memchr(text + range.offset, '\n', range.size);
		TextRange line = { range.offset, 0 };

		if (!feed)
			break;
		line.size = (gsize)(feed - (text + range.offset));
		g_array_append_val(texts->ranges[form], line);
		range.offset += line.size + 1;
		range.size -= line.size + 1;
	}
	g_array_append_val(texts->ranges[form], range);
}

static void add_fact(Texts *texts, TextForm form, guint16 column)
{
	GString *plain = texts->buffer[TEXT_PLAIN];
	const FieldFact *fact = field_map_fact(texts->fields, column);

	if (!has_fact(texts, column))
		return;

	TextRange range = texts->columns[column].fact;

	if (form == TEXT_FOLDED) {
		GString *folded = texts->buffer[form];
		gsize offset = folded->len;

		text_append_folded(folded, slice_make(plain->str + range.offset, range.size));
		range = (TextRange){ offset, folded->len - offset };
	}
	add_text(texts, form, range, fact->field->analyser->makes_list);
}

/* ---- columns ---- */

const Value *texts_value(const Texts *texts, guint16 column)
{
	if (column >= texts->fields->shape->n_columns || texts->fields->constants[column].is_set)
		return NULL;
	return &texts->event->values[column];
}

static void make_texts(Texts *texts, TextForm form, guint16 column)
{
	const Value *value = texts_value(texts, column);

	if (value && value->type == VALUE_LIST) {
		for (guint i = 0; i < value->n_items; i++) {
			if (value->items[i].type != VALUE_LIST) /* lists do not nest */
				add_value(texts, form, &value->items[i]);
		}
	} else if (value) {
		add_value(texts, form, value);
	} else if (column < texts->fields->shape->n_columns) {
		add_constant(texts, form, &texts->fields->constants[column]);
	} else {
		add_fact(texts, form, column);
	}
}

guint16 texts_chosen(Texts *texts, guint16 column)
{
	const FieldFact *fact =
		column < COLUMN_KEYWORD ? field_map_fact(texts->fields, column) : NULL;
	guint16 chosen = COLUMN_ABSENT;

	if (!fact || fact->field)
		return column;
	for (guint i = 0; i < fact->n_inputs; i++) {
		guint16 input = field_map_inputs(texts->fields, fact)[i];
		ColumnState state = texts_state(texts, input);

		if (state == COLUMN_IS_PRESENT)
			return input;
		if (state == COLUMN_IS_NULL && chosen == COLUMN_ABSENT)
			chosen = input;
	}
	return chosen;
}

guint texts_count(Texts *texts, TextForm form, guint16 column)
{
	ColumnTexts *known = &texts->columns[column];
	guint16 chosen;

	if (known->epoch[form] == texts->epoch)
		return known->n[form];
	known->epoch[form] = texts->epoch;
	known->n[form] = 0;
	chosen = texts_chosen(texts, column);
	if (chosen != column) {
		/* The same texts under another number. */
		if (chosen != COLUMN_ABSENT)
			known->n[form] = texts_count(texts, form, chosen);
		known->first[form] =
			chosen == COLUMN_ABSENT ? 0 : texts->columns[chosen].first[form];
		return known->n[form];
	}
	known->first[form] = texts->ranges[form]->len;
	make_texts(texts, form, column);
	known->n[form] = texts->ranges[form]->len - known->first[form];
	return known->n[form];
}

ColumnState texts_state(Texts *texts, guint16 column)
{
	guint16 chosen = texts_chosen(texts, column);
	const Value *value;

	if (chosen == COLUMN_ABSENT)
		return COLUMN_IS_ABSENT;
	if (chosen != column)
		return texts_state(texts, chosen); /* no choice itself: goes no deeper */
	value = texts_value(texts, column);
	if (!value) {
		if (column < texts->fields->shape->n_columns)
			return COLUMN_IS_PRESENT;
		return has_fact(texts, column) ? COLUMN_IS_PRESENT : COLUMN_IS_ABSENT;
	}
	switch (value->type) {
	case VALUE_ABSENT:
		return COLUMN_IS_ABSENT;
	case VALUE_NULL:
		return COLUMN_IS_NULL;
	case VALUE_LIST:
		for (guint i = 0; i < value->n_items; i++) {
			if (value->items[i].type != VALUE_NULL &&
				value->items[i].type != VALUE_ABSENT)
				return COLUMN_IS_PRESENT;
		}
		return COLUMN_IS_NULL;
	default:
		return COLUMN_IS_PRESENT;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's findings: rows of numbers into tables of texts, in order of time and id.
 *
 * Which findings, and of which the whole record, goes into the file is decided here, since a page
 * of a hundred thousand findings must stay small enough to mail and to open. Both choices depend on
 * the findings alone.
 */
#include "report/html/model.h"

#define VALUE_BYTES	 400u	     /* of one text in the table; the record has all of it */
#define EVENTS_RAW_BYTES (14u << 20) /* of all records kept, before they are packed */

typedef struct FindingQuery {
	ReportModel *model;
	GHashTable *evidence;  /* SHA-256 -> number + 1 */
	GHashTable *row_of_id; /* id -> row + 1 */
	GStringChunk *id_texts;
	GPtrArray *ids;	       /* of each row; borrowed from id_texts */
	GArray *event_bytes;   /* guint32 for each row */
	guint64 keep_up_to[2]; /* ids whose first 64 bits are above are left out: [high or worse] */
	GString *set;	       /* the set being gathered for... */
	guint set_row;	       /* ...this row + 1; 0 for none */
	char *set_last;	       /* its last member */
} FindingQuery;

/* ---- which findings ---- */

static guint64 id_prefix(const char *id)
{
	guint64 prefix = 0;

	for (guint i = 0; i < 16 && g_ascii_isxdigit(id[i]); i++)
		prefix = prefix << 4 | (guint64)g_ascii_xdigit_value(id[i]);
	return prefix;
}

static gboolean read_prefix(void *context, guint n_columns, const char *const *columns)
{
	guint64 prefix = id_prefix(columns[0]);

	g_array_append_val((GArray *)context, prefix);
	return TRUE;
}

/* The prefix up to which findings of one half (high or worse, or the rest) fit into @room rows. */
static gboolean find_limit(Case *c, gboolean worse, guint room, guint64 *ret, GError **error)
{
	g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(guint64));
	const char *bind[] = { worse ? "3" : "0", worse ? "4" : "2", NULL };

	if (!case_query(c,
		    "SELECT id FROM finding WHERE level_rank BETWEEN ?1 + 0 AND ?2 + 0 "
		    "ORDER BY id",
		    bind, read_prefix, prefixes, error))
		return FALSE;
	*ret = prefixes->len <= room ? G_MAXUINT64
		: room		     ? g_array_index(prefixes, guint64, room - 1)
				     : 0;
	return TRUE;
}

static gboolean choose_rows(FindingQuery *query, Case *c, guint max_rows, GError **error)
{
	ReportModel *model = query->model;
	guint64 worse = model->findings[LEVEL_HIGH] + model->findings[LEVEL_CRITICAL];

	query->keep_up_to[0] = query->keep_up_to[1] = G_MAXUINT64;
	if (model->n_findings <= max_rows)
		return TRUE;
	model->sampled = TRUE;
	return find_limit(c, TRUE, max_rows, &query->keep_up_to[1], error) &&
		find_limit(c, FALSE, worse < max_rows ? max_rows - (guint)worse : 0,
			&query->keep_up_to[0], error);
}

/* ---- locators ---- */

#define NUMBER_DIGITS 15 /* what a number in JavaScript holds exactly */

/* The number at @at, if it is one that is written the same again; its digits' count, or 0. */
static guint read_number(const char *at, guint64 *ret)
{
	guint n = 0;
	guint64 number = 0;

	while (g_ascii_isdigit(at[n]) && n <= NUMBER_DIGITS)
		number = number * 10 + (guint)g_ascii_digit_value(at[n++]);
	if (n == 0 || n > NUMBER_DIGITS || (at[0] == '0' && n > 1))
		return 0;
	*ret = number;
	return n;
}

/*
 * A locator names a place by numbers, so that each is different; without them few are. A template
 * has \1 for a number of locator_numbers, \2 for the record and \3 for the offset of the finding. A
 * text that holds such characters itself (none that spoor writes does) is kept whole, after a \4.
 */
static guint32 add_locator(ReportModel *model, const char *locator, const ModelFinding *row)
{
	g_autoptr(GString) template = g_string_new(NULL);
	char hex[32];

	g_snprintf(hex, sizeof hex, "0x%" G_GINT64_MODIFIER "x", row->offset);
	if (strpbrk(locator, "\x01\x02\x03\x04\x05")) {
		g_string_printf(template, "\x04%s", locator);
		return text_table_add(&model->locators, template->str);
	}
	for (const char *at = locator; *at;) {
		guint64 number = 0;
		guint n = at > locator && g_ascii_isalnum(at[-1]) ? 0 : read_number(at, &number);

		if (g_str_has_prefix(at, hex) && !g_ascii_isxdigit(at[strlen(hex)])) {
			g_string_append_c(template, '\x05');
			n = (guint)strlen(hex);
		} else if (n == 0) {
			g_string_append_c(template, *at++);
		} else if (number == row->record) {
			g_string_append_c(template, '\x02');
		} else if (number == row->offset) {
			g_string_append_c(template, '\x03');
		} else {
			g_string_append_c(template, '\x01');
			g_array_append_val(model->locator_numbers, number);
		}
		at += n;
	}
	return text_table_add(&model->locators, template->str);
}

/* ---- the rows ---- */

enum {
	ID,
	RULE,
	HOST,
	CHANNEL,
	EVIDENCE,
	RECOVERED,
	TIME,
	RECORD,
	OFFSET,
	LOCATOR,
	EVENT_BYTES,
	CORRELATED,
	LEVEL
};

static void count_bin(ReportModel *model, ModelRule *rule, Instant time)
{
	Instant first = 0, last = 0;
	gdouble part;

	if (!model->first_finding || !model->last_finding ||
		!instant_parse(slice_from_text(model->first_finding), &first) ||
		!instant_parse(slice_from_text(model->last_finding), &last))
		return;
	part = last > first ? (gdouble)(time - first) / (gdouble)(last - first) : 0.5;
	/* Clamped: texts that a stranger wrote may sort otherwise than their times. */
	rule->days[MIN((guint)(CLAMP(part, 0, 1) * MODEL_RULE_BINS), MODEL_RULE_BINS - 1)]++;
}

static guint lookup(GHashTable *table, const char *key)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
}

static gboolean read_row(void *context, guint n_columns, const char *const *columns)
{
	FindingQuery *query = context;
	ReportModel *model = query->model;
	guint rule_number = lookup(model->rule_index, columns[RULE]);
	guint host_number = model_host_number(model, columns[HOST]);
	guint32 event_bytes = (guint32)MIN(model_number(columns[EVENT_BYTES]), G_MAXUINT32);
	ModelFinding row = { 0 };
	ModelRule *rule;
	Instant time;
	char *id;

	/* A case that was meddled with may hold findings of no rule. */
	if (!rule_number || !host_number)
		return TRUE;
	rule = g_ptr_array_index(model->rules, rule_number - 1);
	row.level = (guint32)MIN(model_number(columns[LEVEL]), LEVEL_N - 1);
	row.time_ms = MODEL_NO_TIME;
	if (instant_parse(slice_from_text(columns[TIME]), &time)) {
		row.time_ms = time / (INSTANT_SECOND / 1000);
		count_bin(model, rule, time);
	}
	if (id_prefix(columns[ID]) > query->keep_up_to[row.level >= LEVEL_HIGH])
		return TRUE;
	row.rule = rule_number - 1;
	row.host = host_number - 1;
	row.channel = text_table_add(&model->channels, columns[CHANNEL]);
	row.evidence = lookup(query->evidence, columns[EVIDENCE]);
	row.recovered = model_number(columns[RECOVERED]) != 0;
	row.record = model_number(columns[RECORD]);
	row.offset = model_number(columns[OFFSET]);
	row.locator = add_locator(model, columns[LOCATOR], &row);
	row.event = -1;
	g_array_append_val(model->rows, row);
	if (!g_str_equal(columns[CORRELATED], "0")) {
		guint32 number = model->rows->len - 1;

		g_ptr_array_add(model->own_ids, g_strdup(columns[ID]));
		g_array_append_val(model->own_id_rows, number);
	}

	id = g_string_chunk_insert(query->id_texts, columns[ID]);
	g_ptr_array_add(query->ids, id);
	g_hash_table_insert(query->row_of_id, id, GUINT_TO_POINTER(model->rows->len));
	g_array_append_val(query->event_bytes, event_bytes);
	return TRUE;
}

/* ---- sets: what matched, and entities ---- */

/* @text, cut at a character where it is longer than a table cell needs. Free with g_free(). */
static char *cut(const char *text)
{
	gsize size = strlen(text);

	if (size <= VALUE_BYTES)
		return g_strdup(text);
	size = VALUE_BYTES;
	while (size > 0 && ((guint8)text[size] & 0xC0) == 0x80)
		size--;
	return g_strdup_printf("%.*s\xE2\x80\xA6", (int)size, text);
}

static void flush_set(FindingQuery *query, TextTable *table, gsize field)
{
	if (query->set_row) {
		ModelFinding *row =
			&g_array_index(query->model->rows, ModelFinding, query->set_row - 1);

		G_STRUCT_MEMBER(guint32, row, field) = text_table_add(table, query->set->str);
	}
	g_string_truncate(query->set, 0);
	g_clear_pointer(&query->set_last, g_free);
	query->set_row = 0;
}

static void add_to_set(FindingQuery *query, guint number)
{
	g_string_append_printf(query->set, "%s%u", query->set->len ? "," : "", number);
}

static gboolean read_match(void *context, guint n_columns, const char *const *columns)
{
	FindingQuery *query = context;
	ReportModel *model = query->model;
	guint row = lookup(query->row_of_id, columns[0]);
	g_autofree char *test = NULL, *value = NULL;

	if (!row)
		return TRUE;
	if (row != query->set_row) {
		flush_set(query, &model->match_sets, G_STRUCT_OFFSET(ModelFinding, matches));
		query->set_row = row;
	}
	test = g_strdup_printf("%s\x1F%s\x1F%s\x1F%s", columns[1] ? columns[1] : "",
		columns[2] ? columns[2] : "", columns[3] ? columns[3] : "",
		columns[4] ? columns[4] : "");
	value = cut(columns[5] ? columns[5] : "");
	add_to_set(query, text_table_add(&model->tests, test));
	add_to_set(query, text_table_add(&model->values, value));
	return TRUE;
}

static gboolean read_entity(void *context, guint n_columns, const char *const *columns)
{
	FindingQuery *query = context;
	ReportModel *model = query->model;
	guint row = lookup(query->row_of_id, columns[0]);
	g_autofree char *value = NULL, *entity = NULL;

	if (!row)
		return TRUE;
	if (row != query->set_row) {
		flush_set(query, &model->entity_sets, G_STRUCT_OFFSET(ModelFinding, entities));
		query->set_row = row;
	}
	value = cut(columns[2]);
	entity = g_strdup_printf("%s\x1F%s", columns[1], value);
	if (g_strcmp0(entity, query->set_last) == 0) /* the same in another field */
		return TRUE;
	add_to_set(query, text_table_add(&model->entities, entity));
	g_free(query->set_last);
	query->set_last = g_steal_pointer(&entity);
	return TRUE;
}

static gboolean load_sets(FindingQuery *query, Case *c, GError **error)
{
	ReportModel *model = query->model;

	/* Number 0 is the empty set. */
	text_table_add(&model->match_sets, "");
	text_table_add(&model->entity_sets, "");
	if (!case_query(c,
		    "SELECT f.id, json_extract(m.value, '$.field'), json_extract(m.value, "
		    "'$.source'), "
		    "json_extract(m.value, '$.test'), json_extract(m.value, '$.selection'), "
		    "json_extract(m.value, '$.value') FROM finding f, "
		    "json_each(CASE WHEN json_valid(f.matched) THEN f.matched ELSE '[]' END) m "
		    "WHERE m.type = 'object' ORDER BY f.time, f.id, m.key",
		    NULL, read_match, query, error))
		return FALSE;
	flush_set(query, &model->match_sets, G_STRUCT_OFFSET(ModelFinding, matches));
	if (!case_query(c,
		    "SELECT f.id, e.kind, e.value FROM finding f "
		    "JOIN entity_place p ON p.event = f.event "
		    "JOIN entity_value e ON e.number = p.entity "
		    "WHERE NOT (e.kind = 'host' AND e.value = f.host COLLATE NOCASE) "
		    "ORDER BY f.time, f.id, e.kind, e.value, p.field",
		    NULL, read_entity, query, error))
		return FALSE;
	flush_set(query, &model->entity_sets, G_STRUCT_OFFSET(ModelFinding, entities));
	return TRUE;
}

/* ---- records ---- */

typedef struct Candidate {
	guint rank; /* small ones first */
	guint level;
	guint row;
} Candidate;

static int compare_candidates(const void *a, const void *b)
{
	const Candidate *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return x->row < y->row ? -1 : 1;
}

/* The n-th finding of a critical rule is as worthy as the n/4-th of a high one, and so on. */
static GArray *rank_rows(const ReportModel *model)
{
	GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
	g_autofree guint *n_of_rule = g_new0(guint, model->rules->len + 1);

	for (guint i = 0; i < model->rows->len; i++) {
		const ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);
		guint level = row->level;
		Candidate candidate = { n_of_rule[row->rule]++ >> (2 * level), level, i };

		g_array_append_val(candidates, candidate);
	}
	g_array_sort(candidates, compare_candidates);
	return candidates;
}

typedef struct EventQuery {
	Case *c;
	GPtrArray *events;
	GError *error;
} EventQuery;

static gboolean read_event(void *context, guint n_columns, const char *const *columns)
{
	EventQuery *query = context;
	char *record = NULL;

	if (!g_str_equal(columns[1], "0") &&
		!model_correlation_record(query->c, columns[1], &record, &query->error))
		return FALSE;
	g_ptr_array_add(query->events, record ? record : g_strdup(columns[0]));
	return FALSE; /* there is but one */
}

static int compare_rows(const void *a, const void *b)
{
	guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

	return (x > y) - (x < y);
}

/* Picks records in order of worth until the room is used up; then fetches them in order of rows. */
static gboolean load_events(FindingQuery *query, Case *c, GError **error)
{
	ReportModel *model = query->model;
	EventQuery events = { c, model->events, NULL };
	g_autoptr(GArray) candidates = rank_rows(model);
	gsize used = 0;

	for (guint i = 0; i < candidates->len && used < EVENTS_RAW_BYTES; i++) {
		guint32 row = g_array_index(candidates, Candidate, i).row;

		used += g_array_index(query->event_bytes, guint32, row);
		if (used <= EVENTS_RAW_BYTES)
			g_array_append_val(model->event_rows, row);
	}
	g_array_sort(model->event_rows, compare_rows);
	for (guint i = 0; i < model->event_rows->len; i++) {
		guint32 row = g_array_index(model->event_rows, guint32, i);
		const char *bind[] = { g_ptr_array_index(query->ids, row), NULL };

		g_array_index(model->rows, ModelFinding, row).event = (gint32)i;
		if (!case_query(c,
			    "SELECT e.fields, f.correlated FROM finding f JOIN event e "
			    "ON e.number = f.event WHERE f.id = ?1",
			    bind, read_event, &events, error))
			return FALSE;
		if (events.error) {
			g_propagate_error(error, events.error);
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- the whole ---- */

static gboolean load_all(FindingQuery *query, Case *c, guint max_rows, GError **error)
{
	ReportModel *model = query->model;

	for (guint i = 0; i < model->evidence->len; i++) {
		ModelEvidence *evidence = g_ptr_array_index(model->evidence, i);

		g_hash_table_insert(query->evidence, evidence->sha256, GUINT_TO_POINTER(i + 1));
	}
	return choose_rows(query, c, max_rows, error) &&
		case_query(c,
			"SELECT f.id, rule_sha256, host, channel, evidence_sha256, recovered, "
			"time, record, offset, locator, CASE WHEN f.correlated <> 0 "
			"THEN " G_STRINGIFY(
				MODEL_CORRELATION_BYTES) " ELSE length(CAST(e.fields AS BLOB)) "
							 "END, f.correlated, f.level_rank "
							 "FROM finding f JOIN event e ON e.number "
							 "= f.event ORDER BY time, f.id",
			NULL, read_row, query, error) &&
		load_sets(query, c, error) && load_events(query, c, error);
}

gboolean model_load_findings(ReportModel *model, Case *c, guint max_rows, GError **error)
{
	FindingQuery query = { .model = model };
	gboolean loaded;

	query.evidence = g_hash_table_new(g_str_hash, g_str_equal);
	query.row_of_id = g_hash_table_new(g_str_hash, g_str_equal);
	query.id_texts = g_string_chunk_new(65536);
	query.ids = g_ptr_array_new();
	query.event_bytes = g_array_new(FALSE, FALSE, sizeof(guint32));
	query.set = g_string_new(NULL);
	loaded = load_all(&query, c, max_rows, error);
	g_hash_table_unref(query.evidence);
	g_hash_table_unref(query.row_of_id);
	g_string_chunk_free(query.id_texts);
	g_ptr_array_unref(query.ids);
	g_array_unref(query.event_bytes);
	g_string_free(query.set, TRUE);
	g_free(query.set_last);
	return loaded;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/families.h"

#include "base/hash.h"
#include "base/limits.h"
#include "readers/json/event-time.h"
#include "readers/json/shapes.h"

#define UNKNOWN		 0	/* in maps: not looked for yet */
#define NO_COLUMN	 0xFFFF /* the dialect drops it, or there is no room */
#define NO_LINK		 G_MAXUINT32
#define EVENTS_PER_SHAPE 256		  /* that allow for one more than LIMIT_JSON_SHAPES */
#define FURTHER_COLUMN	 "further_fields" /* the values of fields that have no column */
#define N_ROLES		 (ROLE_LOG + 1)

typedef struct Family {
	Slice key; /* owned */
	guint dialect;
	char *constants[N_ROLES]; /* texts, or NULL */
	Slice roles[N_ROLES];	  /* the same as the evidence has them; owned */
	GPtrArray *columns;	  /* char *, owned and sorted; without LogFormat and LogName */
	Shape *shape;		  /* NULL: to be interned (again) */
	guint n_fixed;		  /* columns before the sorted ones, */
	Slice fixed[2];		  /* and the texts of the constant ones; of the shape */
	gboolean has_further;	  /* the last of the fixed columns takes what has none */
	guint16 *column_of;	  /* by the name's number: column + 1, UNKNOWN or NO_COLUMN */
	guint n_column_of;
} Family;

/* One value of a column that has several. */
typedef struct Link {
	Value value;
	guint32 next;
} Link;

typedef struct Chain {
	guint32 first, last;
} Chain;

struct Families {
	Names *names;
	Shapes *shapes;
	GHashTable *table; /* Slice -> Family */
	Family *last;
	gsize map_bytes, column_bytes;
	guint64 n_learnt, n_events; /* of the task: shapes that it asked for, and events */
	GByteArray *key;
	GString *text;
	guint64 last_tells[DIALECT_WORDS];
	guint last_dialect;
	const Zone *zone; /* of times without one; NULL: not known, taken for UTC */
	guint64 n_local;  /* times for which that was assumed */
	/* The event at hand. Values that are not in @touched are ABSENT. */
	Value *values;
	Chain *chains;
	guint n_values;
	guint *touched; /* columns: n_touched of them, with room for all */
	guint n_touched;
	GArray *lists; /* guint: columns with several values */
	GArray *links; /* Link */
	GArray *items; /* Value */
};

static void family_free(gpointer data)
{
	Family *family = data;

	for (guint i = 0; i < N_ROLES; i++) {
		g_free(family->constants[i]);
		g_free((void *)family->roles[i].data);
	}
	g_ptr_array_unref(family->columns);
	g_free(family->column_of);
	g_free((void *)family->key.data);
	g_free(family);
}

Families *families_new(void)
{
	Families *f = g_new0(Families, 1);

	f->names = names_new();
	f->shapes = shapes_new();
	f->table = g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, family_free);
	f->key = g_byte_array_new();
	f->text = g_string_new(NULL);
	f->last_dialect = dialects_recognise(f->last_tells);
	f->lists = g_array_new(FALSE, FALSE, sizeof(guint));
	f->links = g_array_new(FALSE, FALSE, sizeof(Link));
	f->items = g_array_new(FALSE, FALSE, sizeof(Value));
	return f;
}

void families_free(Families *f)
{
	if (!f)
		return;
	g_hash_table_unref(f->table);
	shapes_free(f->shapes);
	names_free(f->names);
	g_byte_array_unref(f->key);
	g_string_free(f->text, TRUE);
	g_free(f->touched);
	g_array_unref(f->lists);
	g_array_unref(f->links);
	g_array_unref(f->items);
	g_free(f->values);
	g_free(f->chains);
	g_free(f);
}

Names *families_names(Families *f)
{
	return f->names;
}

static void forget_families(Families *f)
{
	g_hash_table_remove_all(f->table);
	f->last = NULL;
	f->map_bytes = f->column_bytes = 0;
}

void families_begin(Families *f, const Zone *zone)
{
	forget_families(f);
	f->zone = zone;
	f->n_local = 0;
	f->n_learnt = f->n_events = 0;
}

guint64 families_n_local(const Families *f)
{
	return f->n_local;
}

static void forget_map(Family *family)
{
	g_clear_pointer(&family->column_of, g_free);
	family->n_column_of = 0;
}

static void forget_maps(Families *f)
{
	GHashTableIter iter;
	gpointer family;

	g_hash_table_iter_init(&iter, f->table);
	while (g_hash_table_iter_next(&iter, NULL, &family))
		forget_map(family);
	f->map_bytes = 0;
}

void families_trim(Families *f)
{
	if (G_UNLIKELY(names_are_full(f->names))) {
		names_reset(f->names);
		forget_maps(f);
	}
	if (G_UNLIKELY(f->map_bytes > LIMIT_JSON_MAP_BYTES))
		forget_maps(f);
	/* Depends on the task alone, as what families learnt does. */
	if (G_UNLIKELY(g_hash_table_size(f->table) >= LIMIT_SHAPES ||
		    f->column_bytes > LIMIT_JSON_MAP_BYTES))
		forget_families(f);
	if (G_UNLIKELY(shapes_are_full(f->shapes))) {
		GHashTableIter iter;
		gpointer family;

		g_hash_table_iter_init(&iter, f->table);
		while (g_hash_table_iter_next(&iter, NULL, &family))
			((Family *)family)->shape = NULL;
		shapes_reset(f->shapes);
	}
}

/* ---- which family ---- */

/* The leaves that have roles in the event; NULL where there is none that can be a constant. */
static void find_roles(const Parser *parser, guint dialect, const Leaf *ret_roles[N_ROLES])
{
	for (guint i = 0; i < parser->matters->len; i++) {
		const Leaf *leaf = &parser->leaves[g_array_index(parser->matters, guint, i)];
		guint role = leaf->name->traits.role[dialect];

		if (role && !ret_roles[role] && !leaf->is_item && leaf->bytes.size > 0 &&
			leaf->bytes.size <= LIMIT_JSON_NAME_BYTES)
			ret_roles[role] = leaf;
	}
}

static gboolean has_roles(const Family *family, guint dialect, const Leaf *const roles[N_ROLES])
{
	if (family->dialect != dialect)
		return FALSE;
	for (guint i = 1; i < N_ROLES; i++) {
		if (!slice_equal(family->roles[i], roles[i] ? roles[i]->bytes : SLICE_EMPTY))
			return FALSE;
	}
	return TRUE;
}

static guint recognise(Families *f, const Parser *parser)
{
	guint64 differs = 0;

	for (guint i = 0; i < DIALECT_WORDS; i++)
		differs |= parser->tells[i] ^ f->last_tells[i];
	if (differs) {
		for (guint i = 0; i < DIALECT_WORDS; i++)
			f->last_tells[i] = parser->tells[i];
		f->last_dialect = dialects_recognise(f->last_tells);
	}
	return f->last_dialect;
}

static Family *add_family(Families *f, guint dialect, const Leaf *const roles[N_ROLES])
{
	Family *family = g_new0(Family, 1);

	family->dialect = dialect;
	family->key = slice_make(g_memdup2(f->key->data, f->key->len), f->key->len);
	family->columns = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 1; i < N_ROLES; i++) {
		if (!roles[i])
			continue;

		Value value = { .type = roles[i]->type, .bytes = roles[i]->bytes };

		family->roles[i] =
			slice_make(g_memdup2(value.bytes.data, value.bytes.size), value.bytes.size);
		g_string_truncate(f->text, 0);
		value_append_text(f->text, &value);
		if (f->text->len > 0 && strlen(f->text->str) == f->text->len)
			family->constants[i] = g_strdup(f->text->str);
	}
	if (dialects_get(dialect)->log)
		family->constants[ROLE_LOG] = g_strdup(dialects_get(dialect)->log);
	(void)g_hash_table_insert(f->table, &family->key, family);
	return family;
}

static Family *look_up_family(Families *f, guint dialect, const Leaf *const roles[N_ROLES])
{
	guint8 number = (guint8)dialect;

	g_byte_array_set_size(f->key, 0);
	g_byte_array_append(f->key, &number, 1);
	for (guint role = 1; role < N_ROLES; role++) {
		guint32 size = roles[role] ? (guint32)roles[role]->bytes.size : 0;

		/* Its size, since any byte may be in it. */
		g_byte_array_append(f->key, (const guint8 *)&size, sizeof(size));
		if (roles[role])
			g_byte_array_append(f->key, roles[role]->bytes.data, size);
	}

	Slice key = slice_make(f->key->data, f->key->len);

	return g_hash_table_lookup(f->table, &key);
}

/* Each shape costs the engines as much as hundreds of events. */
static gboolean may_learn(const Families *f)
{
	return f->n_learnt < LIMIT_JSON_SHAPES + f->n_events / EVENTS_PER_SHAPE;
}

static Family *find_family(Families *f, const Parser *parser)
{
	guint dialect = recognise(f, parser);
	const Leaf *roles[N_ROLES] = { NULL };

	find_roles(parser, dialect, roles);
	if (f->last && has_roles(f->last, dialect, roles))
		return f->last;
	f->last = look_up_family(f, dialect, roles);
	if (!f->last && !may_learn(f)) {
		/* One for all such events of the dialect, without constants of their own. */
		for (guint role = 1; role < N_ROLES; role++)
			roles[role] = NULL;
		f->last = look_up_family(f, dialect, roles);
	}
	if (!f->last)
		f->last = add_family(f, dialect, roles);
	return f->last;
}

/* ---- columns ---- */

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The place of @text among the sorted columns, or -1. */
static int find_column(const Family *family, const char *text)
{
	guint low = 0, high = family->columns->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		int order = strcmp(g_ptr_array_index(family->columns, middle), text);

		if (order == 0)
			return (int)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

/* The column that @name becomes, in f->text; FALSE where it becomes none. */
static gboolean column_name(Families *f, const Family *family, const Name *name)
{
	if (!dialect_rename(dialects_get(family->dialect), name->text, f->text))
		return FALSE;
	/* The names of the constants that every shape has are not the evidence's to give. */
	if (strcmp(f->text->str, "LogFormat") == 0 || strcmp(f->text->str, FURTHER_COLUMN) == 0 ||
		(strcmp(f->text->str, "LogName") == 0 && family->constants[ROLE_LOG]))
		g_string_prepend(f->text, "event.");
	return TRUE;
}

static guint16 *map_entry(Families *f, Family *family, const Name *name)
{
	if (G_UNLIKELY(name->number >= family->n_column_of)) {
		guint room = MAX(names_count(f->names), 64);
		guint old = family->n_column_of;

		room = MAX(room, old + old / 2);
		family->column_of = g_renew(guint16, family->column_of, room);
		for (guint i = old; i < room; i++)
			family->column_of[i] = UNKNOWN;
		family->n_column_of = room;
		f->map_bytes += (room - old) * sizeof(guint16);
	}
	return &family->column_of[name->number];
}

/* Adds the event's columns; those that there were are left out first where @anew. */
static void add_columns(Families *f, Family *family, const Parser *parser, gboolean anew)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	guint limit = anew ? LIMIT_JSON_FIELDS : LIMIT_EVENT_COLUMNS - 2;

	if (anew)
		g_ptr_array_set_size(family->columns, 0);
	for (guint i = 0; i < family->columns->len; i++)
		g_hash_table_add(known, g_ptr_array_index(family->columns, i));
	for (guint i = 0; i < parser->n_leaves; i++) {
		char *text;

		if (!column_name(f, family, parser->leaves[i].name) ||
			g_hash_table_contains(known, f->text->str))
			continue;
		if (family->columns->len >= limit) {
			if (!anew)
				add_columns(f, family, parser, TRUE);
			return;
		}
		text = g_strdup(f->text->str);
		g_ptr_array_add(family->columns, text);
		g_hash_table_add(known, text);
		f->column_bytes += f->text->len + sizeof(gpointer);
	}
}

static const char *constant_of(const Family *family, const char *column)
{
	static const char *const names[N_ROLES] = {
		[ROLE_CHANNEL] = "Channel",
		[ROLE_PROVIDER] = "Provider_Name",
		[ROLE_EVENT_ID] = "EventID",
	};

	for (guint i = 1; i < N_ROLES; i++) {
		if (names[i] && strcmp(names[i], column) == 0)
			return family->constants[i];
	}
	return NULL;
}

static const char *format_of(const Family *family)
{
	const char *format = dialects_get(family->dialect)->format;

	return format ? format : "json";
}

static guint n_constant(const Family *family)
{
	return family->n_fixed - family->has_further;
}

static void intern_shape(Families *f, Family *family)
{
	g_autofree const char **names = g_new(const char *, family->columns->len + 3);
	g_autofree const char **constants = g_new(const char *, family->columns->len + 3);
	guint n = 0;

	names[n] = "LogFormat";
	constants[n++] = format_of(family);
	if (family->constants[ROLE_LOG]) {
		names[n] = "LogName";
		constants[n++] = family->constants[ROLE_LOG];
	}
	if (family->has_further) {
		names[n] = FURTHER_COLUMN;
		constants[n++] = NULL;
	}
	family->n_fixed = n;
	for (guint i = 0; i < family->columns->len; i++) {
		names[n] = g_ptr_array_index(family->columns, i);
		constants[n] = constant_of(family, names[n]);
		n++;
	}
	family->shape = shapes_intern(f->shapes, names, constants, n);
	for (guint i = 0; i < n_constant(family); i++)
		family->fixed[i] = slice_from_text(family->shape->columns[i].constant);
}

/*
 * Makes a larger shape, of the columns there were and the event's; or, where there are too many,
 * one with a column for all that has none.
 */
static void learn(Families *f, Family *family, const Parser *parser)
{
	if (may_learn(f) || family->columns->len == 0)
		add_columns(f, family, parser, FALSE);
	else
		family->has_further = TRUE;
	f->n_learnt++;
	g_ptr_array_sort(family->columns, compare_texts);
	for (guint i = 0; i < family->n_column_of; i++)
		family->column_of[i] = UNKNOWN;
	intern_shape(f, family);
}

/* The number of the leaf's column, UNKNOWN or NO_COLUMN. */
static guint16 look_up(Families *f, Family *family, const Name *name)
{
	int column;

	if (!column_name(f, family, name))
		return NO_COLUMN;
	column = find_column(family, f->text->str);
	return column < 0 ? UNKNOWN : (guint16)(column + (int)family->n_fixed + 1);
}

/* ---- values ---- */

static void clear_values(Families *f)
{
	for (guint i = 0; i < f->n_touched; i++)
		f->values[f->touched[i]].type = VALUE_ABSENT;
	f->n_touched = 0;
	g_array_set_size(f->lists, 0);
	g_array_set_size(f->links, 0);
}

static void make_room(Families *f, guint n_columns)
{
	if (n_columns <= f->n_values)
		return;
	f->values = g_renew(Value, f->values, n_columns);
	f->chains = g_renew(Chain, f->chains, n_columns);
	f->touched = g_renew(guint, f->touched, n_columns);
	for (guint i = f->n_values; i < n_columns; i++)
		f->values[i].type = VALUE_ABSENT;
	f->n_values = n_columns;
}

static void add_link(Families *f, guint column, ValueType type, Slice bytes)
{
	Chain *chain = &f->chains[column];
	Link link = { { .type = type, .bytes = bytes }, NO_LINK };
	guint32 number = f->links->len;

	g_array_append_val(f->links, link);
	if (chain->first == NO_LINK)
		chain->first = number;
	else
		g_array_index(f->links, Link, chain->last).next = number;
	chain->last = number;
	f->values[column].n_items++;
}

/* A further value of a column, or the first of an array. */
static void set_listed(Families *f, guint column, const Leaf *leaf)
{
	Value *value = &f->values[column];
	Value before = *value;

	if (before.type != VALUE_LIST) {
		if (before.type == VALUE_ABSENT)
			f->touched[f->n_touched++] = column;
		*value = (Value){ .type = VALUE_LIST };
		f->chains[column] = (Chain){ NO_LINK, NO_LINK };
		g_array_append_val(f->lists, column);
		if (before.type != VALUE_ABSENT)
			add_link(f, column, before.type, before.bytes);
	}
	if (leaf->type != VALUE_LIST) /* an empty array */
		add_link(f, column, leaf->type, leaf->bytes);
}

static inline void set_value(Families *f, guint column, const Leaf *leaf)
{
	Value *value = &f->values[column];

	if (G_UNLIKELY(leaf->is_item || leaf->type == VALUE_LIST || value->type != VALUE_ABSENT)) {
		set_listed(f, column, leaf);
		return;
	}
	value->type = leaf->type;
	value->bytes = leaf->bytes;
	f->touched[f->n_touched++] = column;
}

/* Puts the values of each list side by side. */
static void finish_lists(Families *f)
{
	if (f->lists->len == 0)
		return;
	g_array_set_size(f->items, f->links->len);

	guint n = 0;

	for (guint i = 0; i < f->lists->len; i++) {
		guint column = g_array_index(f->lists, guint, i);
		guint32 at = f->chains[column].first;

		/* Where all lists are empty the array may have no memory at all. */
		if (at != NO_LINK)
			f->values[column].items = &g_array_index(f->items, Value, n);
		while (at != NO_LINK) {
			const Link *link = &g_array_index(f->links, Link, at);

			g_array_index(f->items, Value, n++) = link->value;
			at = link->next;
		}
	}
}

/* FALSE where a name has no column yet. */
static gboolean set_values(
	Families *f, Family *family, const Parser *parser, const char **ret_limit)
{
	clear_values(f);
	make_room(f, family->shape->n_columns);
	for (guint i = 0; i < parser->n_leaves; i++) {
		const Leaf *leaf = &parser->leaves[i];
		guint16 *entry = map_entry(f, family, leaf->name);

		if (G_UNLIKELY(*entry == UNKNOWN))
			*entry = look_up(f, family, leaf->name);
		if (*entry == UNKNOWN && family->has_further && !may_learn(f)) {
			*ret_limit = "LIMIT_JSON_SHAPES";
			set_listed(f, family->n_fixed - 1, leaf);
			continue;
		}
		if (*entry == UNKNOWN && family->columns->len >= LIMIT_JSON_FIELDS) {
			*ret_limit = "LIMIT_JSON_FIELDS";
			continue;
		}
		if (*entry == UNKNOWN)
			return FALSE;
		if (*entry != NO_COLUMN)
			set_value(f, *entry - 1u, leaf);
	}
	finish_lists(f);
	return TRUE;
}

static void set_fixed(Families *f, const Family *family)
{
	for (guint column = 0; column < n_constant(family); column++) {
		f->values[column].type = VALUE_UTF8;
		f->values[column].bytes = slice_from_text(family->shape->columns[column].constant);
		f->touched[f->n_touched++] = column;
	}
}

/* ---- time ---- */

/* The leaf that may be the time after those of @rank; NULL where there is none. */
static const Leaf *next_time(const Parser *parser, guint dialect, guint *rank)
{
	const Leaf *best = NULL;
	guint best_rank = DIALECT_MAX_TIME + 1;

	for (guint i = 0; i < parser->matters->len; i++) {
		const Leaf *leaf = &parser->leaves[g_array_index(parser->matters, guint, i)];
		guint its = leaf->name->traits.time[dialect];

		if (its > *rank && its < best_rank && !leaf->is_item) {
			best = leaf;
			best_rank = its;
		}
	}
	*rank = best_rank;
	return best;
}

static Instant find_time(Families *f, const Parser *parser, guint dialect)
{
	Instant time = INSTANT_NONE;
	guint rank = 0;

	for (const Leaf *leaf; (leaf = next_time(parser, dialect, &rank));) {
		Value value = { .type = leaf->type, .bytes = leaf->bytes };

		switch (event_time_read(&value, &time)) {
		case TIME_FIXED:
			return time;
		case TIME_LOCAL:
			if (dialects_get(dialect)->is_utc)
				return time;
			f->n_local += !f->zone;
			return zone_from_local(f->zone, time);
		default:
			break;
		}
	}
	return INSTANT_NONE;
}

void families_make_event(Families *f, const Parser *parser, Event *ret, const char **ret_limit)
{
	Family *family = find_family(f, parser);

	*ret_limit = parser->limit;
	f->n_events++;
	if (G_UNLIKELY(!family->shape))
		intern_shape(f, family);
	while (G_UNLIKELY(!set_values(f, family, parser, ret_limit)))
		learn(f, family, parser);
	set_fixed(f, family);
	*ret = (Event){
		.shape = family->shape,
		.values = f->values,
		.time = find_time(f, parser, family->dialect),
		.origin = EVENT_IN_USE,
	};
}

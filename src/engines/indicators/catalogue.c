/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/catalogue.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "engines/indicators/form.h"

#define ENGINE "indicators"

void catalogue_init(Catalogue *catalogue)
{
	*catalogue = (Catalogue){ 0 };
	catalogue->stores = g_array_new(FALSE, FALSE, sizeof(Store));
	catalogue->paths = g_ptr_array_new_with_free_func(g_free);
	catalogue->firsts = g_array_new(FALSE, FALSE, sizeof(guint32));
}

void catalogue_clear(Catalogue *catalogue)
{
	g_clear_pointer(&catalogue->stores, g_array_unref);
	g_clear_pointer(&catalogue->paths, g_ptr_array_unref);
	g_clear_pointer(&catalogue->firsts, g_array_unref);
}

void catalogue_add(Catalogue *catalogue, const Store *store, const char *path)
{
	guint32 first = catalogue_count(catalogue);

	g_array_append_vals(catalogue->stores, store, 1);
	g_ptr_array_add(catalogue->paths, g_strdup(path));
	g_array_append_val(catalogue->firsts, first);
}

guint catalogue_count(const Catalogue *catalogue)
{
	guint last = catalogue->stores->len;

	if (last == 0)
		return 0;
	return g_array_index(catalogue->firsts, guint32, last - 1) +
		catalogue_store(catalogue, last - 1)->n;
}

char *catalogue_path(const char *store_path, const char *source_path)
{
	return *store_path ? g_strdup_printf("%s/%s", store_path, source_path)
			   : g_strdup(source_path);
}

/* ---- the same in several stores ---- */

/* The number of what is @value in @store; FALSE where it has no such thing. */
static gboolean find_same(
	const Store *store, IndicatorKind kind, Slice value, guint64 hash, guint32 *ret)
{
	guint32 found[STORE_MAX_SAME];
	guint n;

	if (!store_may_have(store, kind, hash))
		return FALSE;
	n = store_find(store, kind, hash, form_key(kind, value), found);
	for (guint i = 0; i < n; i++) {
		if (slice_equal(store_value(store, found[i]), value)) {
			*ret = found[i];
			return TRUE;
		}
	}
	return FALSE;
}

guint32 catalogue_number(const Catalogue *catalogue, guint store, guint32 number)
{
	const Store *own = catalogue_store(catalogue, store);
	IndicatorKind kind = store_kind(own, number);
	Slice value = store_value(own, number);
	guint64 gate, hash = store ? form_hash(kind, form_key(kind, value), &gate) : 0;

	for (guint i = 0; i < store; i++) {
		guint32 same;

		if (find_same(catalogue_store(catalogue, i), kind, value, hash, &same))
			return g_array_index(catalogue->firsts, guint32, i) + same;
	}
	return g_array_index(catalogue->firsts, guint32, store) + number;
}

/* The store that indicator @number is first in, and its number there. */
static guint locate(const Catalogue *catalogue, guint32 number, guint32 *ret_number)
{
	guint i = catalogue->stores->len - 1;

	while (i > 0 && g_array_index(catalogue->firsts, guint32, i) > number)
		i--;
	*ret_number = number - g_array_index(catalogue->firsts, guint32, i);
	return i;
}

static void clear_part(gpointer data)
{
	g_free(((CataloguePart *)data)->path);
}

/* How much all that it says is, as text. */
static gsize count_bytes(const CataloguePart *part)
{
	const StorePart *says = &part->part;
	const char *const texts[] = { part->path, says->written, says->id, says->source,
		says->title, says->description, says->reference, says->tags, says->lists };
	gsize bytes = 0;

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		bytes += strlen(texts[i]);
	return bytes;
}

/*
 * What is made of them goes as one message, whole or not at all: its hash must be that of its
 * document. So at some point there are enough, whatever the sources say.
 */
static void add_parts(const Catalogue *catalogue, guint i, guint32 number, GArray *parts)
{
	const Store *store = catalogue_store(catalogue, i);
	guint n = store_count_parts(store, number);
	gsize bytes = 0;

	for (guint k = 0; k < parts->len; k++)
		bytes += count_bytes(&g_array_index(parts, CataloguePart, k));
	for (guint k = 0;
		k < n && parts->len < LIMIT_INDICATOR_PARTS && bytes < LIMIT_INDICATOR_TOLD_BYTES;
		k++) {
		CataloguePart part;
		StoreSet set;

		store_part(store, number, k, &part.part);
		store_set(store, part.part.set, &set);
		store_source(store, set.source, &part.source);
		part.path = catalogue_path(catalogue->paths->pdata[i], part.source.path);
		bytes += count_bytes(&part);
		g_array_append_val(parts, part);
	}
}

GArray *catalogue_parts(const Catalogue *catalogue, guint32 number)
{
	GArray *parts = g_array_new(FALSE, FALSE, sizeof(CataloguePart));
	guint32 own;
	guint first = locate(catalogue, number, &own);
	const Store *store = catalogue_store(catalogue, first);
	IndicatorKind kind = store_kind(store, own);
	Slice value = store_value(store, own);
	guint64 gate, hash = form_hash(kind, form_key(kind, value), &gate);

	g_array_set_clear_func(parts, clear_part);
	add_parts(catalogue, first, own, parts);
	for (guint i = first + 1; i < catalogue->stores->len; i++) {
		guint32 same;

		if (find_same(catalogue_store(catalogue, i), kind, value, hash, &same))
			add_parts(catalogue, i, same, parts);
	}
	return parts;
}

IndicatorKind catalogue_value(const Catalogue *catalogue, guint32 number, GString *ret)
{
	guint32 own;
	const Store *store = catalogue_store(catalogue, locate(catalogue, number, &own));

	store_append_value(ret, store, own);
	return store_kind(store, own);
}

/* ---- as rules ---- */

const char *catalogue_kind_word(IndicatorKind kind)
{
	static const char *const words[INDICATOR_N_KINDS] = {
		[INDICATOR_HOST] = "host",
		[INDICATOR_ADDRESS] = "address",
		[INDICATOR_NETWORK] = "network",
		[INDICATOR_URL] = "URL",
		[INDICATOR_EMAIL] = "e-mail address",
		[INDICATOR_FILE_NAME] = "file name",
		[INDICATOR_FILE_PATH] = "file path",
		[INDICATOR_FILE_PATTERN] = "pattern of file paths",
		[INDICATOR_REGISTRY_KEY] = "registry key",
		[INDICATOR_MUTEX] = "mutex",
		[INDICATOR_PIPE] = "named pipe",
		[INDICATOR_USER_AGENT] = "user agent",
		[INDICATOR_MD5] = "MD5 hash",
		[INDICATOR_SHA1] = "SHA-1 hash",
		[INDICATOR_SHA256] = "SHA-256 hash",
		[INDICATOR_IMPHASH] = "import hash",
		[INDICATOR_JA3] = "JA3 hash",
		[INDICATOR_STIX_PATTERN] = "STIX pattern",
	};

	return words[kind];
}

static void add_text(Json *j, const char *key, const char *text)
{
	if (*text)
		json_member_text(j, key, text);
}

static void add_time(Json *j, const char *key, Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant, text);
	add_text(j, key, text);
}

static void add_lists(Json *j, const char *lists)
{
	g_auto(GStrv) each = NULL;

	if (!*lists)
		return;
	each = g_strsplit(lists, "\n", -1);
	json_key(j, "warning_lists");
	json_array_begin(j);
	for (guint i = 0; each[i]; i++)
		json_text(j, each[i]);
	json_array_end(j);
}

static void add_part(Json *j, const CataloguePart *part)
{
	const StorePart *says = &part->part;

	json_object_begin(j);
	add_text(j, "source", says->source);
	add_text(j, "file", part->path);
	if (says->line)
		json_member_int(j, "line", says->line);
	add_text(j, "file_sha256", part->source.sha256);
	add_text(j, "written", says->written);
	add_text(j, "id", says->id);
	add_text(j, "title", says->title);
	add_text(j, "description", says->description);
	add_text(j, "reference", says->reference);
	add_text(j, "tags", says->tags);
	if (says->confidence <= 100)
		json_member_int(j, "confidence", says->confidence);
	add_time(j, "valid_from", says->valid_from);
	add_time(j, "valid_until", says->valid_until);
	add_lists(j, says->lists);
	if (says->is_silent)
		json_member_bool(j, "silent", TRUE);
	json_object_end(j);
}

static char *document(IndicatorKind kind, const char *value, const GArray *parts)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Json j = json_begin(text);

	json_object_begin(&j);
	json_member_text(&j, "kind", indicator_kind_name(kind));
	json_member_text(&j, "value", value);
	json_key(&j, "sources");
	json_array_begin(&j);
	for (guint i = 0; i < parts->len; i++)
		add_part(&j, &g_array_index(parts, CataloguePart, i));
	json_array_end(&j);
	json_object_end(&j);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void fill_sha256(RuleInfo *rule)
{
	Slice source = slice_from_text(rule->source);

	rule->sha256 = g_malloc(SHA256_HEX_BYTES);
	sha256_hex(&source, 1, rule->sha256);
}

/* Of each part's text the first of its kind, joined by @separator. */
static char *join(const GArray *parts, gsize offset, const char *separator)
{
	g_autoptr(GPtrArray) seen = g_ptr_array_new();

	for (guint i = 0; i < parts->len; i++) {
		const CataloguePart *part = &g_array_index(parts, CataloguePart, i);
		const char *text = G_STRUCT_MEMBER(const char *, &part->part, offset);

		if (*text && !g_ptr_array_find_with_equal_func(seen, text, g_str_equal, NULL))
			g_ptr_array_add(seen, (gpointer)text);
	}
	g_ptr_array_add(seen, NULL);
	return g_strjoinv(separator, (char **)seen->pdata);
}

#define JOIN(parts, member, separator) join(parts, G_STRUCT_OFFSET(StorePart, member), separator)

#define TITLE_BYTES 100 /* a description that is no longer may stand for a title */

static const char *source_name(const CataloguePart *part)
{
	return *part->part.source    ? part->part.source
		: *part->source.name ? part->source.name
				     : part->path;
}

static char *make_title(IndicatorKind kind, const char *value, const GArray *parts)
{
	const CataloguePart *first;
	const char *title, *written;

	if (parts->len == 0)
		return g_strdup_printf("%s (%s)", value, catalogue_kind_word(kind));
	first = &g_array_index(parts, CataloguePart, 0);
	written = *first->part.written ? first->part.written : value;
	title = first->part.title;
	if (strstr(title, written)) /* many sources only say the value once more */
		title = "";
	if (!*title && strlen(first->part.description) <= TITLE_BYTES &&
		!strchr(first->part.description, '\n'))
		title = first->part.description;
	return g_strdup_printf("%s (%s of %s%s%s)", written, catalogue_kind_word(kind),
		source_name(first), *title ? ": " : "", title);
}

static RuleLevel general_level(const Catalogue *catalogue, IndicatorKind kind, const GArray *parts)
{
	RuleLevel highest = LEVEL_INFORMATIONAL;

	for (guint i = 0; i < parts->len; i++) {
		const StorePart *part = &g_array_index(parts, CataloguePart, i).part;
		const LevelCase at = { .kind = kind,
			.confidence = part->confidence,
			.lists = part->lists,
			.valid_from = part->valid_from,
			.valid_until = part->valid_until,
			.event = INSTANT_NONE };

		if (!part->is_silent)
			highest = MAX(highest, levels_judge(catalogue->levels, &at, NULL));
	}
	return highest;
}

static char *falsepositives(const GArray *parts)
{
	g_autofree char *lists = JOIN(parts, lists, "\n");
	g_auto(GStrv) each = g_strsplit(lists, "\n", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; each[i]; i++) {
		if (*each[i])
			g_string_append_printf(text, "%sIt is on the warning list %s",
				text->len ? "\n" : "", each[i]);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

RuleInfo *catalogue_describe(const Catalogue *catalogue, guint32 number)
{
	g_autoptr(GString) value = g_string_new(NULL);
	g_autoptr(GArray) parts = catalogue_parts(catalogue, number);
	IndicatorKind kind = catalogue_value(catalogue, number, value);
	const CataloguePart *first = parts->len ? &g_array_index(parts, CataloguePart, 0) : NULL;
	RuleInfo *rule = g_new0(RuleInfo, 1);

	rule->status = RULE_LOADED;
	rule->kind = RULE_INDICATOR;
	rule->level = general_level(catalogue, kind, parts);
	rule->engine = g_strdup(ENGINE);
	rule->id = g_strdup(first ? first->part.id : "");
	rule->name = g_strdup("");
	rule->title = make_title(kind, value->str, parts);
	rule->path = g_strdup(first ? first->path : "");
	rule->line = first ? first->part.line : 0;
	rule->reason = g_strdup("");
	rule->logsource = g_strdup_printf("indicator/%s/-", indicator_kind_name(kind));
	rule->tags = JOIN(parts, tags, " ");
	rule->author = JOIN(parts, source, ", ");
	rule->description = JOIN(parts, description, "\n");
	rule->falsepositives = falsepositives(parts);
	rule->references = JOIN(parts, reference, "\n");
	rule->source = document(kind, value->str, parts);
	fill_sha256(rule);
	return rule;
}

static char *set_document(const IntelSource *source, const char *path, IndicatorKind kind, guint n,
	const char *file_sha256)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Json j = json_begin(text);

	json_object_begin(&j);
	json_member_text(&j, "kind", indicator_kind_name(kind));
	json_member_int(&j, "indicators", n);
	json_member_text(&j, "source", source->name);
	json_member_text(&j, "format", source->format);
	json_member_text(&j, "file", path);
	json_member_text(&j, "file_sha256", file_sha256);
	json_object_end(&j);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

RuleInfo *catalogue_describe_set(const IntelSource *source, const char *path, IndicatorKind kind,
	guint n, const char *file_sha256)
{
	RuleInfo *rule = g_new0(RuleInfo, 1);

	rule->status = RULE_LOADED;
	rule->kind = RULE_INDICATORS;
	rule->level = LEVEL_INFORMATIONAL;
	rule->engine = g_strdup(ENGINE);
	rule->id = g_strdup("");
	rule->name = g_strdup("");
	rule->title = g_strdup_printf("%u %s of %s", n,
		n == 1 ? catalogue_kind_word(kind) : indicator_kind_plural(kind), source->name);
	rule->path = g_strdup(path);
	rule->line = 1;
	rule->reason = g_strdup("");
	rule->logsource = g_strdup_printf("indicator/%s/-", indicator_kind_name(kind));
	rule->tags = g_strdup("");
	rule->author = g_strdup(source->name);
	rule->description = g_strdup("");
	rule->falsepositives = g_strdup("");
	rule->references = g_strdup("");
	rule->source = set_document(source, path, kind, n, file_sha256);
	fill_sha256(rule);
	return rule;
}

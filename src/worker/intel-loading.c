/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/intel-loading.h"

#include "base/limits.h"
#include "worker/intel-files.h"
#include "worker/telling.h"

/* A rule for another engine, until the file it stands in is read. */
typedef struct ForeignRule {
	char *engine, *path;
	GBytes *text;
} ForeignRule;

struct IntelLoading {
	Worker *worker;
	const ContentFile *file; /* at hand */
	guint n_told;		 /* notes, in all */
	guint n_of_source;	 /* notes of the source at hand */
	guint n_sources;	 /* told */
	gboolean is_told;	 /* the source at hand was */
	GPtrArray *foreign;	 /* ForeignRule */
};

static void foreign_rule_free(gpointer data)
{
	ForeignRule *rule = data;

	g_free(rule->engine);
	g_free(rule->path);
	g_bytes_unref(rule->text);
	g_free(rule);
}

/* ---- what engines report ---- */

/* At a character. */
static Slice cut(const char *text)
{
	Slice all = slice_from_text(text);
	gsize size = LIMIT_INTEL_NOTE_BYTES;

	if (all.size <= size)
		return all;
	while (size && (all.data[size] & 0xC0) == 0x80)
		size--;
	return slice_sub(all, 0, size);
}

static void tell_note(void *context, const IntelNote *note)
{
	IntelLoading *loading = ((Worker *)context)->intel;
	Message message = message_begin(MESSAGE_INTEL_NOTE);

	/* The source counts all of them. */
	if (loading->n_of_source >= LIMIT_INTEL_NOTES_PER_SOURCE ||
		loading->n_told >= LIMIT_INTEL_NOTES)
		return;
	loading->n_of_source++;
	loading->n_told++;
	message_add_number(&message, note->kind);
	message_add_number(&message, note->line);
	message_add_slice(&message, cut(note->value));
	message_add_slice(&message, cut(note->reason));
	worker_send(loading->worker, &message);
}

static void tell_source(void *context, const IntelSource *source)
{
	IntelLoading *loading = ((Worker *)context)->intel;
	const char *const texts[] = { source->path, source->format, source->name, source->sha256 };
	g_autoptr(GByteArray) counts = g_byte_array_new();
	Message message = message_begin(MESSAGE_INTEL_SOURCE);

	loading->is_told = TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		message_add_slice(&message, cut(texts[i]));
	message_add_number(&message, source->accepted);
	message_add_number(&message, source->rules);
	intel_counts_append(counts, source->notes, INTEL_N_NOTE_KINDS);
	intel_counts_append(counts, source->kinds, INDICATOR_N_KINDS);
	message_add_slice(&message, slice_make(counts->data, counts->len));
	worker_send(loading->worker, &message);
	loading->n_of_source = 0;
	loading->n_sources++;
}

static void keep_foreign_rule(void *context, const char *engine, const char *name, Slice text)
{
	IntelLoading *loading = ((Worker *)context)->intel;
	ForeignRule *rule = g_new(ForeignRule, 1);

	rule->engine = g_strdup(engine);
	rule->path = *name ? g_strdup_printf("%s#%s", loading->file->shown, name)
			   : g_strdup(loading->file->shown);
	rule->text = g_bytes_new(text.data, text.size);
	g_ptr_array_add(loading->foreign, rule);
}

IntelLoading *intel_loading_new(Worker *worker)
{
	IntelLoading *loading = g_new0(IntelLoading, 1);

	loading->worker = worker;
	loading->foreign = g_ptr_array_new_with_free_func(foreign_rule_free);
	worker->intel = loading;
	worker->report.intel_note = tell_note;
	worker->report.intel_source = tell_source;
	worker->report.foreign_rule = keep_foreign_rule;
	return loading;
}

void intel_loading_free(IntelLoading *loading)
{
	if (!loading)
		return;
	loading->worker->intel = NULL;
	g_ptr_array_unref(loading->foreign);
	g_free(loading);
}

/* ---- files ---- */

/* A source of which nothing could be made, and why. */
static void tell_failure(IntelLoading *loading, Slice bytes, const char *reason)
{
	g_autofree char *sha256 =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes.data, bytes.size);
	g_autofree char *name = g_path_get_basename(loading->file->shown);
	const IntelNote note = { INTEL_REJECTED, 0, "", reason };
	IntelSource source = {
		.path = loading->file->shown,
		.format = "",
		.name = name,
		.sha256 = sha256,
	};

	source.notes[INTEL_REJECTED] = 1;
	tell_note(loading->worker, &note);
	tell_source(loading->worker, &source);
}

static int find_engine(const char *name)
{
	for (int i = 0; engine_registry[i]; i++) {
		if (g_str_equal(engine_registry[i]->name, name))
			return i;
	}
	return -1;
}

static void load_foreign_rules(IntelLoading *loading)
{
	Worker *worker = loading->worker;

	for (guint i = 0; i < loading->foreign->len; i++) {
		const ForeignRule *rule = loading->foreign->pdata[i];
		int engine = find_engine(rule->engine);
		gsize size;
		gconstpointer data = g_bytes_get_data(rule->text, &size);

		if (engine >= 0 && size <= LIMIT_RULE_FILE_BYTES && worker->n_rules < LIMIT_RULES)
			worker->n_rules += engine_registry[engine]->load(worker->engines[engine],
				rule->path, slice_make(data, size), worker->n_rules);
		else
			telling_reject(worker, rule->path, rule->text,
				engine < 0 ? "no engine of this spoor reads rules of its language"
					   : "it is larger than LIMIT_RULE_FILE_BYTES, or there "
					     "are more rules than LIMIT_RULES");
	}
	g_ptr_array_set_size(loading->foreign, 0);
}

static gboolean is_pdf(Slice bytes)
{
	static const char start[] = "%PDF-";

	return slice_equal(slice_sub(bytes, 0, sizeof start - 1), slice_from_text(start));
}

void intel_loading_load(IntelLoading *loading, const ContentFile *file)
{
	Worker *worker = loading->worker;
	g_autoptr(GError) error = NULL;
	Slice bytes = SLICE_EMPTY;

	loading->file = file;
	loading->is_told = FALSE;
	if (loading->n_sources >= LIMIT_INTEL_SOURCES)
		return; /* the coordinator is told once, by the last */
	if (loading->n_sources == LIMIT_INTEL_SOURCES - 1) {
		tell_failure(loading, bytes,
			"this and further files were not read: there are more than "
			"LIMIT_INTEL_SOURCES");
		return;
	}
	if (!intel_file_map(file->path, &bytes, &error) ||
		(is_pdf(bytes) &&
			!intel_file_map_text(file->path, worker->options->texts, &bytes, &error))) {
		tell_failure(loading, bytes, error->message);
		return;
	}
	for (guint i = 0; engine_registry[i] && worker->n_rules < LIMIT_RULES; i++) {
		if (engine_registry[i]->load_intel)
			worker->n_rules += engine_registry[i]->load_intel(
				worker->engines[i], file->shown, bytes, worker->n_rules);
	}
	load_foreign_rules(loading);
	if (!loading->is_told)
		tell_failure(loading, bytes, "nothing in this spoor reads such files");
}

/* ---- questions of the coordinator ---- */

static void send_piece(void *context, Slice bytes)
{
	while (bytes.size) {
		Slice piece = slice_sub(bytes, 0, LIMIT_STORE_PIECE_BYTES);
		Message message = message_begin(MESSAGE_STORE);

		message_add_slice(&message, piece);
		worker_send(context, &message);
		bytes = slice_sub(bytes, piece.size, bytes.size);
	}
}

void intel_loading_send_store(Worker *worker)
{
	Message end = message_begin(MESSAGE_STORE);

	for (guint i = 0; engine_registry[i]; i++) {
		if (engine_registry[i]->compile_intel)
			engine_registry[i]->compile_intel(worker->engines[i], send_piece, worker);
	}
	message_add_slice(&end, SLICE_EMPTY);
	worker_send(worker, &end);
	worker_flush(worker);
}

typedef struct Checking {
	Worker *worker;
	guint engine, n;
} Checking;

static void send_indicator(void *context, guint number)
{
	Checking *checking = context;
	Worker *worker = checking->worker;
	guint i = checking->engine;
	g_autoptr(RuleInfo) rule = NULL;
	Message message;

	if (checking->n++ >= LIMIT_INTEL_CHECK_RULES || number >= worker->late[i].n)
		return;
	rule = engine_registry[i]->describe(worker->engines[i], number);
	rule->index = worker->late[i].first + number;
	telling_fill_rule(&message, rule);
	worker_send(worker, &message);
}

void intel_loading_check(Worker *worker, const char *const *values)
{
	for (guint n = 0; values[n]; n++) {
		Message checked = message_begin(MESSAGE_CHECKED);

		for (guint i = 0; engine_registry[i]; i++) {
			Checking checking = { worker, i, 0 };

			if (engine_registry[i]->look_up)
				engine_registry[i]->look_up(worker->engines[i],
					slice_from_text(values[n]), send_indicator, &checking);
		}
		message_add_number(&checked, n);
		worker_send(worker, &checked);
	}
	worker_flush(worker);
}

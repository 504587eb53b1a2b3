/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On real logs: the corpus of attack samples at $SPOOR_CORPUS, or ../shared/corpus beside the
 * source. How its values compare with other parsers is tests/oracle's business; here it is counted
 * that none is lost, and damage is done to real files.
 */
#include "base/hash.h"
#include "base/text.h"
#include "readers/evtx/test-reading.h"

#define RECORDS_IN_USE 8255
#define RECOVERABLE    10529 /* of 12,098 whole records in slack; see docs/evidence-evtx.md */

static char *corpus_path(const char *name)
{
	const char *corpus = g_getenv("SPOOR_CORPUS"), *source = g_getenv("SPOOR_TEST_SOURCE");

	if (corpus)
		return g_build_filename(corpus, name, NULL);
	return g_build_filename(source ? source : ".", "..", "shared", "corpus", name, NULL);
}

static void find_files(const char *folder, GPtrArray *ret)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			find_files(path, ret);
		else if (g_str_has_suffix(name, ".evtx"))
			g_ptr_array_add(ret, g_steal_pointer(&path));
	}
}

static GPtrArray *corpus_files(void)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *folder = corpus_path("evtx");

	find_files(folder, files);
	if (files->len == 0)
		g_test_skip("no corpus: set SPOOR_CORPUS");
	return files;
}

static Reading *read_file(ReaderLibrary *library, const char *path, ReadPass pass)
{
	g_autofree char *bytes = NULL;
	gsize size;

	g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	return reading_make(library, bytes, size, pass, 0);
}

static void test_counts(void)
{
	g_autoptr(GPtrArray) files = corpus_files();
	g_autoptr(TestLibrary) library = evtx_reader.library_new();
	guint n_events = 0, n_recovered = 0, n_losses = 0;

	for (guint i = 0; i < files->len; i++) {
		g_autoptr(Reading) r = read_file(library, files->pdata[i], READ_IN_USE);

		n_events += r->events->len;
		n_losses += r->n_losses;
	}
	for (guint i = 0; i < files->len; i++) {
		g_autoptr(Reading) r = read_file(library, files->pdata[i], READ_RECOVERED);

		n_recovered += r->events->len;
	}
	if (files->len == 0)
		return;
	g_test_message("%u in use, %u recovered", n_events, n_recovered);
	g_assert_cmpuint(n_events, ==, RECORDS_IN_USE);
	g_assert_cmpuint(n_losses, ==, 0);
	g_assert_cmpuint(n_recovered, >=, RECOVERABLE);
}

static int compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Damage here and there in some real logs: it is always said, and never ends the reading. */
static void test_damage(void)
{
	g_autoptr(GPtrArray) files = corpus_files();

	g_ptr_array_sort(files, compare_paths);
	for (guint i = 0; i < files->len; i += 25) {
		g_autofree char *bytes = NULL;
		gsize size;

		g_assert_true(g_file_get_contents(files->pdata[i], &bytes, &size, NULL));
		size = MIN(size, 2 * 65536 + 4096);
		for (gsize at = 4096; at < size; at += 1021) {
			g_autoptr(TestLibrary) library = evtx_reader.library_new();

			bytes[at] ^= 0x55;

			g_autoptr(Reading) r = reading_make(library, bytes, size, READ_IN_USE, 0);
			g_autoptr(Reading) recovered =
				reading_make(library, bytes, size, READ_RECOVERED, 0);

			bytes[at] ^= 0x55;
			g_assert_true(r->opened && recovered->opened);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/evtx/corpus/counts", test_counts);
	g_test_add_func("/evtx/corpus/damage", test_damage);
	return g_test_run();
}

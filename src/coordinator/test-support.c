/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/test-support.h"

#include <glib/gstdio.h>
#include <string.h>

void fixture_set_up(Fixture *fixture, gconstpointer data)
{
	const char *build = g_getenv("SPOOR_TEST_BUILD");

	fixture->folder = g_dir_make_tmp("spoor-pipeline-XXXXXX", NULL);
	fixture->evidence = g_build_filename(fixture->folder, "evidence", NULL);
	fixture->tables = g_build_filename(fixture->folder, "tables", NULL);
	fixture->rules = g_build_filename(fixture->folder, "rules", NULL);
	fixture->intel = g_build_filename(fixture->folder, "intel", NULL);
	fixture->worker =
		g_build_filename(build ? build : ".", "src", "coordinator", "test-worker", NULL);
	g_assert_cmpint(g_mkdir(fixture->evidence, 0700), ==, 0);
	g_assert_cmpint(g_mkdir(fixture->tables, 0700), ==, 0);
	g_assert_cmpint(g_mkdir(fixture->rules, 0700), ==, 0);
	g_assert_cmpint(g_mkdir(fixture->intel, 0700), ==, 0);
}

static void remove_tree(const char *path)
{
	GDir *folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		g_autofree char *inside = g_build_filename(path, name, NULL);

		remove_tree(inside);
	}
	if (folder)
		g_dir_close(folder);
	(void)g_remove(path); /* only a temporary folder */
}

void fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	remove_tree(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->evidence);
	g_free(fixture->tables);
	g_free(fixture->rules);
	g_free(fixture->intel);
	g_free(fixture->worker);
}

void fixture_write(const char *folder, const char *name, const char *text, gssize size)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, size, NULL));
}

GByteArray *script_bytes(const char *script)
{
	g_autoptr(GString) text = g_string_new("SCRIPT1\n");
	g_auto(GStrv) words = g_strsplit(script, " ", -1);

	for (guint i = 0; words[i]; i++) {
		char *star = strchr(words[i], '*');
		guint64 n = 1;

		if (star) {
			*star = '\0';
			g_assert_true(g_ascii_string_to_unsigned(words[i], 10, 1, 9999, &n, NULL));
		}
		while (n--)
			g_string_append_printf(text, "%-15s\n", star ? star + 1 : words[i]);
	}
	return g_byte_array_append(g_byte_array_new(), (const guint8 *)text->str, (guint)text->len);
}

void fixture_script(const Fixture *fixture, const char *name, const char *script)
{
	g_autoptr(GByteArray) bytes = script_bytes(script);

	fixture_write(fixture->evidence, name, (const char *)bytes->data, (gssize)bytes->len);
}

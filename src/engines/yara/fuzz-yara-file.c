/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file of rules: cut, put together again without what is wrong, hashed. libyara sees
 * names of modules alone: what it makes of rules is not ours to test.
 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/yara/compile.h"
#include "engines/yara/file.h"
#include "engines/yara/info.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	yara_warm_up();
	return 0;
}

static gsize count_lines(const char *text, gsize size)
{
	gsize n = 0;

	for (gsize i = 0; i < size; i++)
		n += text[i] == '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	YaraFile *file = yara_file_new("fuzz.yar", slice_make(data, size));
	g_autoptr(GPtrArray) hashes = yara_file_hash(file);
	g_autofree char *text = yara_file_compose(file);

	g_assert(strlen(text) == size);
	g_assert(count_lines(text, size) == count_lines((const char *)data, size));
	for (guint i = 0; i < file->cut->pieces->len; i++) {
		g_autoptr(RuleInfo) info =
			yara_rule_info_new(file, i, hashes->pdata[i], NULL, NULL);

		g_assert(g_utf8_validate(info->title, -1, NULL));
		g_assert(g_utf8_validate(info->source, -1, NULL));
	}
	yara_file_free(file);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from strangers: reading a document, and walking all of it as deep as it goes. */
#include "base/json-walk.h"
#include "base/limits.h"
#include "base/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	return 0;
}

static void walk_value(const JsonValue *value, GString *text, guint depth)
{
	static const char *const names[] = { "type", "objects" };
	JsonValue picked[G_N_ELEMENTS(names)];
	JsonWalk walk = json_walk_begin(value);
	JsonItem item;
	guint64 number;

	g_assert_cmpuint(depth, <=, LIMIT_JSON_DEPTH + 1);
	g_string_truncate(text, 0);
	json_value_append(text, value);
	g_assert_true(g_utf8_validate(text->str, (gssize)text->len, NULL));
	(void)json_value_uint(value, &number);
	(void)json_value_bool(value, FALSE);
	(void)json_pick(value, names, G_N_ELEMENTS(names), picked);
	while (json_walk_next(&walk, &item))
		walk_value(&item.value, text, depth + 1);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	Cursor at = cursor_make(slice_make(data, size));
	g_autoptr(GString) text = g_string_new(NULL);
	JsonValue value;
	JsonTrouble trouble;

	if (!json_value_read(&at, &value, &trouble)) {
		g_assert_nonnull(trouble.reason);
		g_assert_cmpuint(trouble.at, <=, size);
	}
	walk_value(&value, text, 0);
	return 0;
}

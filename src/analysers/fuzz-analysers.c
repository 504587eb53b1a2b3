/* SPDX-License-Identifier: Apache-2.0 */
/* Every analyser on any texts: the first line is the parameter, each further one an input. */
#include <glib.h>

#include "analysers/analyser.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* The texts between @separator, as valid UTF-8; an empty one is a field that is not there. */
static void split(Slice rest, guint8 separator, GPtrArray *ret)
{
	for (gboolean more = TRUE; more && ret->len < ANALYSER_MAX_INPUTS + 1;) {
		const guint8 *end = rest.size ? memchr(rest.data, separator, rest.size) : NULL;
		gsize size = end ? (gsize)(end - rest.data) : rest.size;
		GString *text = g_string_new(NULL);

		text_append_utf8(text, slice_sub(rest, 0, size));
		g_ptr_array_add(ret, text);
		more = end != NULL;
		rest = slice_sub(rest, size + 1, G_MAXSIZE);
	}
}

static void free_text(gpointer text)
{
	g_string_free(text, TRUE);
}

static void check(const Analyser *analyser, const char *parameter, const Slice *inputs, guint n)
{
	g_autoptr(GString) fact = g_string_new("x");

	if (analyser->needs_parameter && !*parameter)
		return; /* no table can ask for it */
	n = CLAMP(n, analyser->min_inputs, analyser->max_inputs);
	if (!analyser->compute(inputs, n, parameter, fact))
		return;
	g_assert_cmpint(fact->str[0], ==, 'x');
	for (const char *at = fact->str; at < fact->str + fact->len; at++) {
		const char *end;

		if (g_utf8_validate(at, fact->str + fact->len - at, &end))
			break;
		g_assert_cmpint(*end, ==, '\0'); /* NUL is text, though GLib stops there */
		at = end;
	}
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(free_text);
	Slice inputs[ANALYSER_MAX_INPUTS] = { { NULL, 0 } };
	const GString *parameter;

	split(slice_make(data, size), 0x1E, texts);
	parameter = texts->pdata[0];
	for (guint i = 1; i < texts->len; i++) {
		const GString *text = texts->pdata[i];

		if (text->len > 0)
			inputs[i - 1] = slice_make(text->str, text->len);
	}
	for (guint i = 0; analyser_registry[i]; i++)
		check(analyser_registry[i], parameter->str, inputs, texts->len - 1);
	return 0;
}

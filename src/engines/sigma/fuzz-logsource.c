/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log source table of any bytes, and what a few log sources resolve to by it.
 */
#include "analysers/analyser.h"
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/logsource.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static void check_alternative(const LogSourceAlternative *alternative)
{
	g_assert_cmpuint(alternative->n_conditions, >, 0);
	for (guint i = 0; i < alternative->n_conditions; i++)
		g_assert_true(alternative->conditions[i].values[0] ||
			alternative->conditions[i].or_absent);
	for (guint i = 0; i < alternative->n_fields; i++) {
		const LogSourceField *field = &alternative->fields[i];
		Slice inputs[ANALYSER_MAX_INPUTS] = { { NULL, 0 } };
		g_autoptr(GString) fact = g_string_new(NULL);

		g_assert_cmpuint(field->n_from, <=, ANALYSER_MAX_INPUTS);
		for (guint n = 0; n < field->n_from; n++)
			inputs[n] = slice_from_text(field->from[n]);
		if (field->analyser)
			(void)field->analyser->compute(
				inputs, field->n_from, field->parameter, fact);
	}
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const char *const parts[] = { NULL, "windows", "security", "process_creation", "a" };
	g_autoptr(GError) error = NULL;
	g_autoptr(LogSourceTable) table = logsource_table_new(slice_make(data, size), &error);

	g_assert_true((table == NULL) == (error != NULL));
	for (guint i = 0; table && i < 125; i++) {
		const LogSourceAlternative *alternatives;
		guint n;

		if (logsource_resolve(table, parts[i / 25], parts[i / 5 % 5], parts[i % 5],
			    &alternatives, &n))
			for (guint a = 0; a < n; a++)
				check_alternative(&alternatives[a]);
	}
	return 0;
}

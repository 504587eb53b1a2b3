/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module that libyara has may still be none for us: a finding is a function of the evidence and
 * the rule, and a sealed process opens no files.
 */
#include "engines/yara/modules.h"

#include "engines/yara/compile.h"

static const struct Refusal {
	const char *name, *reason;
} refusals[] = {
	{ "magic",
		"module \"magic\" opens a file of its own while it judges, which the seal "
		"forbids: use the external variable filetype" },
	{ "time",
		"module \"time\" asks for the time of the scan: the same evidence would be "
		"judged differently tomorrow" },
	{ "cuckoo", "module \"cuckoo\" needs a sandbox's report beside each file" },
};

static gboolean is_plain(Slice name)
{
	for (gsize i = 0; i < name.size; i++) {
		if (!g_ascii_isalnum((char)name.data[i]) && name.data[i] != '_')
			return FALSE;
	}
	return name.size > 0 && name.size < 64;
}

char *yara_module_problem(Slice name)
{
	g_autofree char *text = NULL, *reason = NULL;
	guint line;

	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		if (slice_equal(name, slice_from_text(refusals[i].name)))
			return g_strdup(refusals[i].reason);
	}
	if (!is_plain(name))
		return g_strdup("a module has a name of letters and digits");
	text = g_strdup_printf("import \"%.*s\"\n", (int)name.size, (const char *)name.data);
	if (yara_compiles(text, &line, &reason))
		return NULL;
	return g_strdup_printf("module \"%.*s\" is not part of this libyara", (int)name.size,
		(const char *)name.data);
}

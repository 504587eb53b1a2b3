/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/compile.h"

#include <time.h>

#include "base/limits.h"

struct YaraCompiler {
	YR_COMPILER *compiler;
	YaraComplaint complain;
	void *context;
};

const char *const yara_external_names[YARA_N_EXTERNALS] = { "filename", "filepath", "extension",
	"filetype", "owner" };

void yara_warm_up(void)
{
	/* OpenSSL's tables and configuration, for the modules hash and pe; the clock's zone, which
	 * the times in signatures are not read by but the C library looks at. */
	if (yr_initialize() != ERROR_SUCCESS)
		g_error("libyara: failed to allocate memory");
	tzset();
	/* What matched is read from the file itself: no copies. */
	(void)yr_set_configuration_uint32(YR_CONFIG_MAX_MATCH_DATA, 0);
	(void)yr_set_configuration_uint32(
		YR_CONFIG_MAX_STRINGS_PER_RULE, LIMIT_YARA_STRINGS_PER_RULE);
}

static void take_complaint(int level, const char *file, int line, const YR_RULE *rule,
	const char *message, void *context)
{
	const YaraCompiler *compiler = context;

	if (compiler->complain)
		compiler->complain(compiler->context, level == YARA_ERROR_LEVEL_ERROR,
			(guint)MAX(line, 1), message);
}

static gboolean define_externals(YR_COMPILER *compiler)
{
	for (guint i = 0; i < YARA_N_EXTERNALS; i++) {
		if (yr_compiler_define_string_variable(compiler, yara_external_names[i], "") !=
			ERROR_SUCCESS)
			return FALSE;
	}
	return TRUE;
}

YaraCompiler *yara_compiler_new(YaraComplaint complain, void *context)
{
	g_autoptr(YaraCompiler) compiler = g_new0(YaraCompiler, 1);

	compiler->complain = complain;
	compiler->context = context;
	if (yr_compiler_create(&compiler->compiler) != ERROR_SUCCESS) {
		compiler->compiler = NULL;
		return NULL;
	}
	yr_compiler_set_callback(compiler->compiler, take_complaint, compiler);
	yr_compiler_set_include_callback(compiler->compiler, NULL, NULL, NULL);
	if (!define_externals(compiler->compiler))
		return NULL;
	return g_steal_pointer(&compiler);
}

void yara_compiler_free(YaraCompiler *compiler)
{
	if (!compiler)
		return;
	if (compiler->compiler)
		yr_compiler_destroy(compiler->compiler);
	g_free(compiler);
}

gboolean yara_compiler_add(YaraCompiler *compiler, const char *text, const char *namespace)
{
	return yr_compiler_add_string(compiler->compiler, text, namespace) == 0;
}

YR_RULES *yara_compiler_finish(YaraCompiler *compiler)
{
	YR_RULES *rules;

	return yr_compiler_get_rules(compiler->compiler, &rules) == ERROR_SUCCESS ? rules : NULL;
}

/* ---- trials ---- */

typedef struct Trial {
	guint line;
	char *reason; /* of the first error */
} Trial;

static void take_first(void *context, gboolean is_error, guint line, const char *message)
{
	Trial *trial = context;

	if (!is_error || trial->reason)
		return;
	trial->line = line;
	trial->reason = g_utf8_make_valid(message, -1);
}

gboolean yara_compiles(const char *text, guint *ret_line, char **ret_reason)
{
	Trial trial = { .line = 1 };
	g_autoptr(YaraCompiler) compiler = yara_compiler_new(take_first, &trial);

	if (compiler && yara_compiler_add(compiler, text, NULL))
		return TRUE;
	*ret_line = trial.line;
	*ret_reason = trial.reason ? trial.reason : g_strdup("not enough memory");
	return FALSE;
}

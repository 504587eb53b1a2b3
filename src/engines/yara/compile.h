/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraCompiler: libyara's compiler, told of the external variables and of nothing else: it opens no
 * file, and includes are off.
 */
#pragma once

#include <glib.h>
#include <yara.h>

/* The external variables that rules may use: those of LOKI and THOR, all texts. */
typedef enum YaraExternal {
	YARA_FILENAME,
	YARA_FILEPATH,
	YARA_EXTENSION,
	YARA_FILETYPE,
	YARA_OWNER,
	YARA_N_EXTERNALS,
} YaraExternal;

extern const char *const yara_external_names[YARA_N_EXTERNALS];

typedef struct YaraCompiler YaraCompiler;

/* Of a line of the text at hand: why it can not be compiled, or what is odd about it. */
typedef void (*YaraComplaint)(void *context, gboolean is_error, guint line, const char *message);

/* What libraries do once and can not do inside the seal. Before any other of these functions. */
void yara_warm_up(void);

/* NULL where memory is short. */
YaraCompiler *yara_compiler_new(YaraComplaint complain, void *context);
void yara_compiler_free(YaraCompiler *compiler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraCompiler, yara_compiler_free)

/* Adds the rules of @text. FALSE after an error; then the compiler is good for nothing more. */
gboolean yara_compiler_add(YaraCompiler *compiler, const char *text, const char *namespace);

/* All rules that were added, to be freed by yr_rules_destroy(); NULL where memory is short. */
YR_RULES *yara_compiler_finish(YaraCompiler *compiler);

/* Whether @text compiles by itself; if not, @ret_line and @ret_reason (the caller's) say why. */
gboolean yara_compiles(const char *text, guint *ret_line, char **ret_reason);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path-part: the "name" (parameter) behind the last slash or backslash of a path, or the "folder"
 * before it.
 *
 *	path                    name     folder
 *	C:\Windows\cmd.exe      cmd.exe  C:\Windows
 *	/usr/bin/id             id       /usr/bin
 *	/id                     id       /
 *	cmd.exe                 cmd.exe  -
 */
#include "analysers/text/text.h"

static gsize name_start(Slice path)
{
	gsize start = path.size;

	while (start > 0 && path.data[start - 1] != '\\' && path.data[start - 1] != '/')
		start--;
	return start;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	gboolean wants_folder = strcmp(parameter, "folder") == 0;

	for (guint i = 0; i < n_inputs; i++) {
		gsize start = name_start(inputs[i]);
		Slice part = slice_sub(inputs[i], start, G_MAXSIZE);

		if (wants_folder)
			part = slice_sub(inputs[i], 0, start > 1 ? start - 1 : start);
		if (fact_is_empty(inputs[i]) || part.size == 0)
			continue;
		fact_append(ret, part);
		return TRUE;
	}
	return FALSE;
}

const Analyser analyser_path_part = {
	.name = "path-part",
	.description = "the name or the folder of a path",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = ANALYSER_MAX_INPUTS,
	.needs_parameter = TRUE,
	.compute = compute,
};

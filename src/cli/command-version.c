/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "cli/arguments.h"
#include "cli/session.h"

static ExitStatus run_version(const Arguments *arguments)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (arguments_has(arguments, "json")) {
		Json j = json_begin(text);

		json_object_begin(&j);
		json_member_text(&j, "schema", "spoor.version/1");
		json_member_text(&j, "version", SPOOR_VERSION);
		json_object_end(&j);
		g_string_append_c(text, '\n');
	} else {
		g_string_append(text, "spoor " SPOOR_VERSION "\n");
	}
	session_print(text);
	return session_finish(STATUS_GOOD);
}

static const Option version_options[] = {
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object" },
	{ 0 },
};

extern const Command command_version;
const Command command_version = {
	.name = "version",
	.summary = "Print the version",
	.operands = "",
	.max_operands = 0,
	.description = "Prints which version of spoor this is.",
	.examples = "",
	.options = version_options,
	.run = run_version,
};

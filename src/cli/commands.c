/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

extern const Command command_doctor;
extern const Command command_evidence;
extern const Command command_explain;
extern const Command command_help;
extern const Command command_intel;
extern const Command command_report;
extern const Command command_rules;
extern const Command command_scan;
extern const Command command_show;
extern const Command command_version;

const Command *const commands[] = {
	&command_scan,
	&command_report,
	&command_show,
	&command_explain,
	&command_rules,
	&command_intel,
	&command_evidence,
	&command_doctor,
	&command_help,
	&command_version,
	NULL,
};

const Option common_options[] = {
	{ 0, "color", "WHEN", "auto always never", FALSE, "colour the text for people" },
	{ 'h', "help", NULL, NULL, FALSE, "show this help" },
	{ 0 },
};

const Command *command_find(const char *name)
{
	for (guint i = 0; commands[i]; i++)
		if (g_str_equal(commands[i]->name, name))
			return commands[i];
	return NULL;
}

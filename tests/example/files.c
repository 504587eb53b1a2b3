/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that were collected from EXCH01's disk. They are inert: the page is not whole and names its
 * parts only, the program is text.
 */
#include <string.h>

#include "world.h"

static const struct {
	const char *path, *text;
} files[] = {
	{ "EXCH01/C/inetpub/wwwroot/aspnet_client/iisstart.htm",
		"<!doctype html><title>IIS</title><p>It works.</p>\n" },
	{ "EXCH01/C/inetpub/wwwroot/aspnet_client/supp0rt.aspx",
		"<!-- spoor example: an inert stand-in for a web shell. It does nothing: the code "
		"below is "
		"cut off and stands in a comment.\n"
		"<%@ Page "
		"Language=\"Jscript\"%><%eval(Request.Item[\"spoor-example\"],\"uns\n-->\n" },
	{ "EXCH01/C/ProgramData/mu.exe",
		"spoor example: an inert stand-in for the program that examples/indicators.csv "
		"names.\n" },
	{ "EXCH01/C/ProgramData/a.txt", "spoor example: nothing to decode here.\n" },
};

gboolean files_write(const char *folder, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		if (!world_write_file(
			    folder, files[i].path, files[i].text, strlen(files[i].text), error))
			return FALSE;
	}
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/build.h"

#include <string.h>

#define PART_MAX       65535
#define DIRECTORY_ADDS 30000 /* to the build number, in the directory */
#define TEXT_BYTES_MAX 4096  /* looked at: a version stands in front of what is longer */
#define N_PARTS	       4
#define IS_2013	       15 /* the major version of Exchange 2013 and later */

static gboolean is_exchange(guint major)
{
	/* 2003, 2007, 2010, 2013 and later, and a few more to come */
	return major == 6 || major == 8 || (major >= 14 && major <= 19);
}

/* Reads the number at *@at; 0 for "no number", else how many digits it has. */
static guint read_number(const char **at, guint *ret)
{
	guint n = 0, number = 0;

	for (; g_ascii_isdigit(**at); (*at)++, n++)
		number = number > PART_MAX ? number : number * 10 + (guint)(**at - '0');
	*ret = number;
	return number > PART_MAX ? 0 : n;
}

/* "15.1 (Build 2176.2)" from its first number on. */
static gboolean read_directory_form(const char *at, Build *ret)
{
	guint parts[N_PARTS] = { 0 };

	if (!read_number(&at, &parts[0]) || *at++ != '.' || !read_number(&at, &parts[1]))
		return FALSE;
	while (*at == ' ')
		at++;
	if (g_ascii_strncasecmp(at, "(build ", strlen("(build ")) != 0)
		return FALSE;
	at += strlen("(build ");
	if (!read_number(&at, &parts[2]) || *at++ != '.' || !read_number(&at, &parts[3]) ||
		*at != ')' || !is_exchange(parts[0]))
		return FALSE;
	if (parts[2] >= DIRECTORY_ADDS)
		parts[2] -= DIRECTORY_ADDS;
	*ret = (Build){ parts[0], parts[1], parts[2], parts[3], FALSE };
	return TRUE;
}

/* "15.1.2176.2" or "15.1.2176" from its first digit on; *@at is moved behind all digits and points
 * that hang together. */
static gboolean read_dotted(const char **at, Build *ret)
{
	guint parts[N_PARTS] = { 0 }, n = 0, digits = 0;
	const char *end = *at;

	while (g_ascii_isdigit(*end) || *end == '.')
		end++;
	for (; n < N_PARTS && g_ascii_isdigit(**at); n++) {
		guint size = read_number(at, &parts[n]);

		if (size == 0) {
			*at = end;
			return FALSE;
		}
		digits = size;
		if (**at == '.')
			(*at)++;
	}
	if (*at < end || n < 3 || g_ascii_isalpha(*end) || !is_exchange(parts[0])) {
		*at = end;
		return FALSE;
	}
	*ret = (Build){ parts[0], parts[1], parts[2], parts[3],
		n == N_PARTS && (parts[3] > 0 || digits == 1) };
	return TRUE;
}

gboolean build_parse(const char *text, Build *ret)
{
	const char *begin = text, *at = text;
	Build build;

	while (*at && at - begin < TEXT_BYTES_MAX) {
		if (!g_ascii_isdigit(*at) ||
			(at > begin && (g_ascii_isalnum(at[-1]) || at[-1] == '.'))) {
			at++;
			continue;
		}
		if (read_directory_form(at, &build) || read_dotted(&at, &build)) {
			*ret = build;
			return TRUE;
		}
	}
	return FALSE;
}

static int compare_numbers(guint a, guint b)
{
	return (a > b) - (a < b);
}

int build_compare_update(const Build *a, const Build *b)
{
	int order = compare_numbers(a->major, b->major);

	order = order ? order : compare_numbers(a->minor, b->minor);
	return order ? order : compare_numbers(a->build, b->build);
}

int build_compare(const Build *a, const Build *b)
{
	int order = build_compare_update(a, b);

	return order ? order : compare_numbers(a->revision, b->revision);
}

gboolean build_is_sure(const Build *build)
{
	return build->is_exact && (build->revision > 0 || build->major < IS_2013);
}

void build_format(const Build *build, char ret[BUILD_TEXT_BYTES])
{
	if (build->is_exact || build->revision > 0)
		(void)g_snprintf(ret, BUILD_TEXT_BYTES, "%u.%u.%u.%u%s", build->major, build->minor,
			build->build, build->revision, build->is_exact ? "" : " or later");
	else
		(void)g_snprintf(ret, BUILD_TEXT_BYTES, "%u.%u.%u", build->major, build->minor,
			build->build);
}

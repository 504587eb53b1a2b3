/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library reads the data base; it is asked day by day what the offset is, and between two
 * days that differ when it changed. That takes some milliseconds, once, and needs no parser of our
 * own.
 */
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

#define WEEK	     INT64_C(604800)
#define FIRST_SECOND INT64_C(0)
#define LAST_SECOND  INT64_C(9223286400) /* 2262-04-11 */
#define OFFSET_MAX   (24 * 3600)

typedef struct Change {
	gint64 local; /* seconds of local time from which @offset counts */
	int offset;   /* seconds east of UTC */
} Change;

struct Zone {
	char *name;
	int first_offset; /* before all changes */
	GArray *changes;  /* in order */
};

/* ---- offsets ---- */

static gboolean take_digits(const char **at, guint n_max, int *ret)
{
	const char *start = *at;

	for (*ret = 0; (guint)(*at - start) < n_max && g_ascii_isdigit(**at); (*at)++)
		*ret = *ret * 10 + (**at - '0');
	return *at > start;
}

/* "+02:00", "-0530", "+2" */
static gboolean parse_offset(const char *text, int *ret)
{
	int sign = *text == '-' ? -1 : 1, hours, minutes = 0;
	const char *at = text + 1;

	if ((*text != '+' && *text != '-') || !take_digits(&at, 2, &hours))
		return FALSE;
	if (*at == ':')
		at++;
	if (*at && (!take_digits(&at, 2, &minutes) || *at))
		return FALSE;
	if (hours > 23 || minutes > 59)
		return FALSE;
	*ret = sign * (hours * 3600 + minutes * 60);
	return TRUE;
}

/* ---- the data base ---- */

static gboolean is_name(const char *name)
{
	if (!g_ascii_isalpha(*name) || strstr(name, ".."))
		return FALSE;
	return name[strspn(name,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		       "_+-/")] == '\0';
}

/* For a name it does not know the C library says UTC and nothing else: so look. */
static gboolean is_known(const char *name)
{
	const char *folder = g_getenv("TZDIR");
	g_autofree char *path =
		g_build_filename(folder && *folder ? folder : "/usr/share/zoneinfo", name, NULL);
	g_autofree char *bytes = NULL;
	gsize size;

	return is_name(name) && g_file_get_contents(path, &bytes, &size, NULL) && size > 4 &&
		memcmp(bytes, "TZif", 4) == 0;
}

static int offset_at(gint64 second)
{
	time_t when = (time_t)second;
	struct tm parts;

	if (!localtime_r(&when, &parts))
		return 0;
	return (int)CLAMP(parts.tm_gmtoff, -OFFSET_MAX, OFFSET_MAX);
}

/* Between @from and @to, a week apart, the offset changes: finds the first second of the new one.
 */
static void add_change(Zone *zone, gint64 from, gint64 to, int before, int after)
{
	Change change = { .offset = after };

	while (to - from > 1) {
		gint64 middle = from + (to - from) / 2;

		if (offset_at(middle) == before)
			from = middle;
		else
			to = middle;
	}
	/* The hour that is told twice, or never, belongs to the time before. */
	change.local = to + MAX(before, after);
	g_array_append_val(zone->changes, change);
}

static void read_changes(Zone *zone)
{
	int offset = zone->first_offset = offset_at(FIRST_SECOND);

	for (gint64 week = FIRST_SECOND; week < LAST_SECOND; week += WEEK) {
		int next = offset_at(week + WEEK);

		if (next != offset)
			add_change(zone, week, week + WEEK, offset, next);
		offset = next;
	}
}

static void read_data_base(Zone *zone)
{
	g_autofree char *before = g_strdup(g_getenv("TZ"));
	g_autofree char *asked = g_strdup_printf(":%s", zone->name);

	g_setenv("TZ", asked, TRUE);
	tzset();
	read_changes(zone);
	if (before)
		g_setenv("TZ", before, TRUE);
	else
		g_unsetenv("TZ");
	tzset();
}

/* ---- public ---- */

static Zone *zone_make(const char *name, int offset)
{
	Zone *zone = g_new0(Zone, 1);

	zone->name = g_strdup(name);
	zone->first_offset = offset;
	zone->changes = g_array_new(FALSE, FALSE, sizeof(Change));
	return zone;
}

Zone *zone_new(const char *name, GError **error)
{
	int offset = 0;
	Zone *zone;

	if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0)
		return zone_make("UTC", 0);
	if (parse_offset(name, &offset)) {
		g_autofree char *plain = g_strdup_printf("%c%02d:%02d", offset < 0 ? '-' : '+',
			abs(offset) / 3600, abs(offset) / 60 % 60);

		return zone_make(plain, offset);
	}
	if (!is_known(name)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"there is no time zone \"%s\": give a name such as Europe/Berlin, an "
			"offset such as +02:00, or UTC",
			name);
		return NULL;
	}
	zone = zone_make(name, 0);
	read_data_base(zone);
	return zone;
}

void zone_free(Zone *zone)
{
	if (!zone)
		return;
	g_free(zone->name);
	g_array_unref(zone->changes);
	g_free(zone);
}

const char *zone_name(const Zone *zone)
{
	return zone->name;
}

static int offset_for_local(const Zone *zone, gint64 local)
{
	guint from = 0, to = zone->changes->len; /* the first change behind @local is in here */

	while (from < to) {
		guint middle = from + (to - from) / 2;

		if (g_array_index(zone->changes, Change, middle).local <= local)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? g_array_index(zone->changes, Change, from - 1).offset : zone->first_offset;
}

Instant zone_from_local(const Zone *zone, Instant local)
{
	Instant seconds = local / INSTANT_SECOND, ret;

	if (!zone || local == INSTANT_NONE)
		return local;
	if (local % INSTANT_SECOND < 0)
		seconds--;
	if (__builtin_sub_overflow(local, offset_for_local(zone, seconds) * INSTANT_SECOND, &ret))
		return INSTANT_NONE;
	return ret;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The people who have mailboxes, with what makes one known in logs. */
#include "traffic.h"

static const char *const names[PEOPLE_N] = { "kim.berg", "lee.novak", "sam.ortiz", "ana.silva",
	"max.weber", "ida.holm", "joe.baker", "eva.klein", "tom.reed", "mia.lund", "ben.frost",
	"zoe.marsh", "jan.visser", "lea.roth", "uwe.brandt", "amy.stone", "ole.dahl", "pia.moser",
	"ray.clark", "una.byrne", "tim.hayes", "nora.quist", "hugo.faure", "vera.blanc" };

static Person people[PEOPLE_N];

const Person *people_any(Farm *f)
{
	guint i = farm_random(f, 0, PEOPLE_N);
	Person *p = &people[i];

	if (!p->name) {
		p->name = names[i];
		p->sid = g_strdup_printf("S-1-5-21-1004336348-1177238915-682003330-%u", 1601 + i);
		p->mailbox = g_strdup_printf(
			"5b7d%04x-71c2-4e0a-9d13-0a4c8f2e%04x", 0x1100 + i, 0x3300 + i);
		p->inside = g_strdup_printf("192.0.2.%u", 101 + i);
		p->outside = g_strdup_printf("198.51.100.%u", 11 + 3 * i);
	}
	return p;
}

const char *people_database(ServerId server)
{
	return server == EX01 ? "0c1f6a52-3b8e-4d27-8a90-6e5d41c7b201"
			      : "7e94d3b8-52a6-4f1c-b06d-19c8a2f5e302";
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/exposure.h"

#include <string.h>

#define DAY (24 * 3600 * INSTANT_SECOND)

/* ---- words ---- */

static void append_day(GString *ret, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	g_string_append_printf(ret, "%.10s", text);
}

static void append_time(GString *ret, Instant time)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	g_string_append_printf(ret, "%.10s %.5s UTC", text, text + 11);
}

/* "Build 15.1.2176.2 (Exchange 2016 CU19)", "Update KB5000871 (Security update of ...)" */
static void append_build(GString *ret, const BuildTable *table, const BuildProof *proof)
{
	char text[BUILD_TEXT_BYTES];
	g_autofree char *name = NULL;

	if (proof->update) {
		g_string_append_printf(
			ret, "Update %s (%s)", proof->update->name, proof->update->text);
		return;
	}
	build_format(&proof->build, text);
	name = build_table_name(table, &proof->build);
	g_string_append_printf(ret, "Build %s", text);
	if (name[0] != '\0')
		g_string_append_printf(ret, " (%s)", name);
}

/* ", last seen 2021-03-09 14:02 UTC,": or that nothing tells when. */
static void append_seen(GString *ret, const char *how, Instant time)
{
	if (time == INSTANT_NONE) {
		g_string_append(ret, ", named by a file whose time tells nothing,");
		return;
	}
	g_string_append_printf(ret, ", %s seen ", how);
	append_time(ret, time);
	g_string_append_c(ret, ',');
}

/* Of a build with the flaw: which of its CVEs it closes nonetheless; and what the table notes. */
static void append_parts(
	GString *ret, const BuildTable *table, const Flaw *flaw, const BuildProof *proof)
{
	const BuildRow *row = proof->update ? NULL : build_table_find(table, &proof->build);
	g_auto(GStrv) cves = g_strsplit(flaw->cves, " ", -1);
	g_autoptr(GString) open = g_string_new(NULL);
	const char *why = "";
	gboolean any = FALSE;

	for (guint i = 0; row && cves[i]; i++) {
		CveSet set;

		if (!build_table_flaw(table, cves[i], &set))
			continue;
		if ((row->closes | row->absent) & set.all)
			any = TRUE;
		else
			g_string_append_printf(open, "%s%s", open->len ? ", " : "", cves[i]);
	}
	if (any && open->len)
		g_string_append_printf(ret, " Of its CVEs only %s %s open in that build.",
			open->str, strchr(open->str, ',') ? "are" : "is");
	if (!proof->update)
		(void)build_table_classify(table, &proof->build, flaw->set, &why);
	if (why[0] != '\0')
		g_string_append_printf(ret, " (Of that build: %s.)", why);
}

static void append_exposed(
	GString *ret, const BuildTable *table, const Flaw *flaw, const PatchWindow *window)
{
	append_build(ret, table, window->exposed);
	append_seen(ret, "last", window->exposed_at);
	g_string_append(ret, " has the flaw");
	if (window->closed)
		return;
	if (window->state == EXPOSURE_UNKNOWN) {
		g_string_append(ret, "; a later one is named without its revision: ");
		append_build(ret, table, window->undecided);
		g_string_append(ret, ". Whether it is closed is not known.");
	} else {
		g_string_append(ret, ", and no evidence with a time shows one without it.");
	}
	append_parts(ret, table, flaw, window->exposed);
	if (window->newer) {
		g_string_append(ret, " But: ");
		append_build(ret, table, window->newer);
		g_string_append(ret,
			", which closes it, is named by a file whose time tells "
			"nothing; so it was closed later, and it is not known when.");
	}
}

static void append_closed(GString *ret, const BuildTable *table, const PatchWindow *window)
{
	if (window->exposed)
		g_string_append(ret, "; ");
	append_build(ret, table, window->closed);
	append_seen(ret, "first", window->closed_at);
	g_string_append(ret, " closes it.");
	if (window->exposed && window->exposed_at != INSTANT_NONE &&
		window->closed_at - window->exposed_at > DAY)
		g_string_append(ret, " What ran in between is not known.");
}

/* Nothing tells of a build with the flaw. */
static void append_before(GString *ret, const PatchWindow *window, Instant seen)
{
	if (window->first_fix == INSTANT_NONE)
		return;
	g_string_append(ret, " The first build that closes it came out on ");
	append_day(ret, window->first_fix);
	if (seen != INSTANT_NONE && seen < window->first_fix)
		g_string_append(ret,
			", and there is evidence of this server from before: it was "
			"exposed at least until then.");
	else
		g_string_append(ret,
			": if this server was in use before, it was exposed at least "
			"until then.");
}

static void append_unknown(GString *ret, const BuildTable *table, const PatchWindow *window)
{
	if (!window->undecided) {
		g_string_append(ret, "No evidence tells which build this server ran.");
		return;
	}
	append_build(ret, table, window->undecided);
	g_string_append(ret, " is all that evidence tells, and that does not decide it: ");
	if (window->undecided->is_least)
		g_string_append(ret,
			"an address tells that the server has had that build, and not "
			"which one it ran.");
	else
		g_string_append(ret,
			"security updates change the revision alone, or the table does "
			"not know it.");
}

static char *make_words(const BuildTable *table, const Flaw *flaw, const PatchWindow *window,
	const Exposure *exposure, Instant seen, gboolean is_later)
{
	GString *ret = g_string_new(NULL);

	if (window->state == EXPOSURE_NOT_APPLICABLE)
		g_string_append(ret, "No build of this version has the flaw.");
	else if (window->exposed)
		append_exposed(ret, table, flaw, window);
	else if (window->state == EXPOSURE_UNKNOWN)
		append_unknown(ret, table, window);
	if (window->closed)
		append_closed(ret, table, window);
	if (!window->exposed)
		append_before(ret, window, seen);
	if (window->exposed && window->state == EXPOSURE_CLOSED && exposure->from == INSTANT_NONE) {
		g_string_append(ret, " That was before the flaw is known to have been used (");
		append_day(ret, flaw->used);
		g_string_append(ret, ").");
	}
	if (is_later) {
		g_string_append(ret,
			" Evidence of this server ends before the flaw is known to have been "
			"used (");
		append_day(ret, flaw->used);
		g_string_append(ret, "); unless it got a later build by then, it was exposed.");
	}
	if (window->is_contradicting)
		g_string_append(ret,
			" An older build was seen after a newer one: one was put back, "
			"or evidence of several servers is mixed.");
	if (window->is_early)
		g_string_append(ret,
			" Some evidence names a build before it was released: its times "
			"were not relied on.");
	return g_string_free(ret, FALSE);
}

/* ---- from and to ---- */

static Proof copy_proof(const BuildProof *proof, Instant time, gboolean last)
{
	if (!proof)
		return (Proof){ INSTANT_NONE, g_strdup(""), g_strdup("") };
	return (Proof){ time, g_strdup(proof->path),
		g_strdup(last ? proof->last_locator : proof->first_locator) };
}

static void set_times(Exposure *exposure, const Flaw *flaw, const PatchWindow *window, Instant seen)
{
	gboolean was_there = seen != INSTANT_NONE && window->first_fix != INSTANT_NONE &&
		seen < window->first_fix;

	exposure->from = exposure->to = exposure->at_least = INSTANT_NONE;
	if (window->state == EXPOSURE_NOT_APPLICABLE || (!window->exposed && !was_there))
		return;
	if (window->closed_at != INSTANT_NONE && window->closed_at <= flaw->used)
		return;
	if (!window->exposed && window->first_fix <= flaw->used)
		return; /* what it ran when the flaw was used is not known */
	exposure->from = MAX(flaw->used, window->restarted); /* INSTANT_NONE is the least */
	exposure->to = window->closed_at;
	exposure->at_least = window->exposed_at;
	/* Where a build without it was there before, "the first fix" says nothing. */
	if (window->restarted == INSTANT_NONE && window->first_fix != INSTANT_NONE)
		exposure->at_least = MAX(exposure->at_least, window->first_fix);
	if (exposure->at_least < exposure->from)
		exposure->at_least = INSTANT_NONE;
}

/* What begins behind the server's last evidence is not said to be: TRUE where that was so. */
static gboolean forget_future(Exposure *exposure, Instant seen_last)
{
	if (seen_last == INSTANT_NONE || exposure->from == INSTANT_NONE ||
		exposure->from <= seen_last || exposure->to != INSTANT_NONE)
		return FALSE;
	exposure->from = exposure->at_least = INSTANT_NONE;
	return TRUE;
}

Exposure *exposure_new(const BuildTable *table, const Flaw *flaw, const PatchWindow *window,
	Instant seen, Instant seen_last)
{
	Exposure *exposure = g_new0(Exposure, 1);
	gboolean is_first = window->closed && window->closed_at == window->closed->first;
	gboolean is_later;

	exposure->flaw = g_strdup(flaw->name);
	exposure->cves = g_strdup(flaw->cves);
	exposure->state = window->state;
	set_times(exposure, flaw, window, seen);
	is_later = forget_future(exposure, seen_last);
	exposure->last_exposed = copy_proof(window->exposed, window->exposed_at, TRUE);
	exposure->first_closed = copy_proof(window->closed, window->closed_at, !is_first);
	exposure->words = make_words(table, flaw, window, exposure, seen, is_later);
	return exposure;
}

static void proof_clear(Proof *proof)
{
	g_free(proof->path);
	g_free(proof->locator);
}

void exposure_free(gpointer data)
{
	Exposure *exposure = data;

	if (!exposure)
		return;
	g_free(exposure->flaw);
	g_free(exposure->cves);
	proof_clear(&exposure->last_exposed);
	proof_clear(&exposure->first_closed);
	g_free(exposure->words);
	g_free(exposure);
}

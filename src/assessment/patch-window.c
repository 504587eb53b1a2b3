/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/patch-window.h"

typedef struct WindowSpan {
	Instant first, last, last_so_far;
} WindowSpan;

void build_proof_free(gpointer data)
{
	BuildProof *proof = data;

	g_free(proof->first_locator);
	g_free(proof->last_locator);
	g_free(proof);
}

/* The build as what a proof of it says: with a revision of 0 it is not sure which one it is. */
static Build as_proof(const Build *build)
{
	Build copy = *build;

	copy.is_exact = build_is_sure(build);
	return copy;
}

BuildVerdict build_proof_judge(const BuildTable *table, const BuildProof *proof, CveSet set)
{
	Build build = as_proof(&proof->build);
	BuildVerdict verdict;

	if (proof->update)
		return (set.all & ~proof->update->closes) ? BUILD_UNKNOWN : BUILD_CLOSED;
	verdict = build_table_classify(table, &build, set, NULL);
	return verdict == BUILD_EXPOSED && proof->is_least ? BUILD_UNKNOWN : verdict;
}

/* ---- proofs with a time ---- */

static int compare_spans(gconstpointer a, gconstpointer b)
{
	const WindowSpan *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->last > y->last) - (x->last < y->last);
}

static void finish_spans(GArray *spans)
{
	g_array_sort(spans, compare_spans);
	for (guint i = 0; i < spans->len; i++) {
		WindowSpan *span = &g_array_index(spans, WindowSpan, i);
		Instant before =
			i ? g_array_index(spans, WindowSpan, i - 1).last_so_far : INSTANT_NONE;

		span->last_so_far = MAX(span->last, before);
	}
}

/* Does one of @spans hold @time? */
static gboolean spans_hold(const GArray *spans, Instant time)
{
	guint begin = 0, end = spans->len;

	while (begin < end) {
		guint middle = begin + (end - begin) / 2;

		if (g_array_index(spans, WindowSpan, middle).first <= time)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin > 0 && g_array_index(spans, WindowSpan, begin - 1).last_so_far >= time;
}

static void note_earlier(Instant *kept, Instant time)
{
	if (*kept == INSTANT_NONE || time < *kept)
		*kept = time;
}

static void take_dated(PatchWindow *window, const BuildProof *proof, BuildVerdict verdict)
{
	const WindowSpan span = { proof->first, proof->last, proof->last };

	if (verdict == BUILD_EXPOSED) {
		g_array_append_val(window->exposed_spans, span);
		note_earlier(&window->exposed_first, proof->first);
		if (!window->exposed || proof->last > window->exposed_at) {
			window->exposed = proof;
			window->exposed_at = proof->last;
		}
	} else if (verdict == BUILD_CLOSED) {
		g_array_append_val(window->closed_spans, span);
		note_earlier(&window->closed_first, proof->first);
	}
}

/* The first proof of a build without the flaw, behind the last of one with it. */
static void take_closing(PatchWindow *window, const BuildProof *proof)
{
	Instant time = proof->first;

	if (window->exposed && time <= window->exposed_at)
		time = proof->last;
	if (window->exposed && time <= window->exposed_at)
		return;
	if (!window->closed || time < window->closed_at) {
		window->closed = proof;
		window->closed_at = time;
	}
}

/* ---- all proofs ---- */

static gboolean is_newer(const BuildProof *proof, const BuildProof *than)
{
	return !than || build_compare(&proof->build, &than->build) > 0;
}

/* What is kept of proofs while they are looked at. */
typedef struct Newest {
	const BuildProof *any;		/* of the newest build */
	const BuildProof *weak_exposed; /* among weak proofs */
	const BuildProof *weak_closed;	/* likewise */
	const BuildProof *update;	/* a weak proof of an update that closes it */
	gboolean is_applicable, is_inapplicable;
} Newest;

static void take_weak(Newest *newest, const BuildProof *proof, BuildVerdict verdict)
{
	if (proof->update) {
		if (verdict == BUILD_CLOSED && !newest->update)
			newest->update = proof;
	} else if (verdict == BUILD_EXPOSED && is_newer(proof, newest->weak_exposed)) {
		newest->weak_exposed = proof;
	} else if (verdict == BUILD_CLOSED && is_newer(proof, newest->weak_closed)) {
		newest->weak_closed = proof;
	}
}

static void take_proof(
	PatchWindow *window, Newest *newest, const BuildProof *proof, BuildVerdict verdict)
{
	gboolean dated = !proof->is_weak && proof->first != INSTANT_NONE;

	window->is_early |= proof->is_early;
	if (!proof->update) {
		newest->is_inapplicable |= verdict == BUILD_NOT_APPLICABLE;
		newest->is_applicable |= verdict != BUILD_NOT_APPLICABLE;
		if (is_newer(proof, newest->any))
			newest->any = proof;
		if (verdict == BUILD_UNKNOWN &&
			(!window->undecided ||
				build_compare_update(&proof->build, &window->undecided->build) > 0))
			window->undecided = proof;
	}
	if (dated)
		take_dated(window, proof, verdict);
	else
		take_weak(newest, proof, verdict);
}

/* Is there a build that does not decide it, of a later cumulative update than @decided? */
static gboolean is_outdated(const PatchWindow *window, const BuildProof *decided)
{
	return window->undecided && !decided->update &&
		build_compare_update(&window->undecided->build, &decided->build) > 0;
}

/* The state where no proof with a time decides it. */
static void decide_weakly(PatchWindow *window, const Newest *newest)
{
	const BuildProof *best = newest->weak_closed;

	if (newest->weak_exposed && (!best || is_newer(newest->weak_exposed, best)))
		best = newest->weak_exposed;
	if (best && is_outdated(window, best))
		best = NULL;
	if (newest->update && (!best || best == newest->weak_closed)) {
		window->closed = best ? best : newest->update;
		window->state = EXPOSURE_CLOSED;
	} else if (best && !newest->update) {
		window->state = best == newest->weak_closed ? EXPOSURE_CLOSED : EXPOSURE_EXPOSED;
		*(best == newest->weak_closed ? &window->closed : &window->exposed) = best;
	} else if (!newest->any) {
		window->state = EXPOSURE_UNKNOWN;
	} else if (newest->is_inapplicable && !newest->is_applicable) {
		window->state = EXPOSURE_NOT_APPLICABLE;
	}
}

static void decide(PatchWindow *window, const Newest *newest)
{
	if (window->closed) {
		window->state = EXPOSURE_CLOSED;
	} else if (window->exposed) {
		window->state =
			is_outdated(window, window->exposed) ? EXPOSURE_UNKNOWN : EXPOSURE_EXPOSED;
		if (newest->weak_closed && is_newer(newest->weak_closed, window->exposed))
			window->newer = newest->weak_closed;
		else
			window->newer = newest->update;
	} else {
		decide_weakly(window, newest);
	}
	window->is_contradicting = window->exposed && window->exposed_at != INSTANT_NONE &&
		window->closed_first != INSTANT_NONE && window->closed_first <= window->exposed_at;
}

/* The first proof of a build with the flaw after one without: it had not been exposed before. */
static void find_restart(
	PatchWindow *window, const BuildTable *table, const GPtrArray *proofs, CveSet set)
{
	Instant before = INSTANT_NONE;

	for (guint i = 0; i < proofs->len; i++) {
		const BuildProof *proof = proofs->pdata[i];
		BuildVerdict verdict = build_proof_judge(table, proof, set);

		if (!proof->is_weak && proof->first != INSTANT_NONE &&
			(verdict == BUILD_CLOSED || verdict == BUILD_NOT_APPLICABLE))
			note_earlier(&before, proof->first);
	}
	if (before != INSTANT_NONE && window->exposed_first != INSTANT_NONE &&
		before < window->exposed_first)
		window->restarted = window->exposed_first;
}

PatchWindow *patch_window_new(const BuildTable *table, const GPtrArray *proofs, CveSet set)
{
	PatchWindow *window = g_new0(PatchWindow, 1);
	Newest newest = { NULL };

	window->state = EXPOSURE_UNKNOWN;
	window->exposed_at = window->closed_at = window->exposed_first = window->restarted =
		window->closed_first = window->first_fix = INSTANT_NONE;
	window->exposed_spans = g_array_new(FALSE, FALSE, sizeof(WindowSpan));
	window->closed_spans = g_array_new(FALSE, FALSE, sizeof(WindowSpan));
	for (guint i = 0; i < proofs->len; i++)
		take_proof(window, &newest, proofs->pdata[i],
			build_proof_judge(table, proofs->pdata[i], set));
	for (guint i = 0; i < proofs->len; i++) {
		const BuildProof *proof = proofs->pdata[i];

		if (!proof->is_weak && proof->first != INSTANT_NONE &&
			build_proof_judge(table, proof, set) == BUILD_CLOSED)
			take_closing(window, proof);
	}
	finish_spans(window->exposed_spans);
	finish_spans(window->closed_spans);
	decide(window, &newest);
	find_restart(window, table, proofs, set);
	if (newest.any && newest.is_applicable)
		window->first_fix = build_table_first_fix(table, &newest.any->build, set);
	return window;
}

void patch_window_free(gpointer data)
{
	PatchWindow *window = data;

	if (!window)
		return;
	g_array_unref(window->exposed_spans);
	g_array_unref(window->closed_spans);
	g_free(window);
}

WindowPlace patch_window_place(const PatchWindow *window, Instant time)
{
	gboolean exposed, closed;

	if (window->state == EXPOSURE_NOT_APPLICABLE)
		return WINDOW_OUTSIDE;
	if (time == INSTANT_NONE)
		return WINDOW_UNDECIDED;
	exposed = spans_hold(window->exposed_spans, time);
	closed = spans_hold(window->closed_spans, time);
	if (exposed || closed)
		return exposed && closed ? WINDOW_UNDECIDED
			: exposed	 ? WINDOW_INSIDE
					 : WINDOW_OUTSIDE;
	if (window->closed_at != INSTANT_NONE && time >= window->closed_at)
		return WINDOW_OUTSIDE;
	if (window->first_fix != INSTANT_NONE && time < window->first_fix)
		return WINDOW_INSIDE;
	if (window->exposed_at != INSTANT_NONE && time <= window->exposed_at &&
		(window->closed_first == INSTANT_NONE || time < window->closed_first))
		return WINDOW_INSIDE;
	return WINDOW_UNDECIDED;
}

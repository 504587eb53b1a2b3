/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories as running text, and what pdftotext makes of them. The last resort: any text that no
 * other format knows, so that it is at least said that there is nothing in it.
 */
#include "intel/text.h"

#include "intel/text-scan.h"
#include "intel/words.h"

#define PROBE_BYTES (64u << 10)
#define SCORE	    20
#define SCORE_BARE  5

static guint text_probe(Slice text, const char *name)
{
	Slice start = slice_sub(text, 0, PROBE_BYTES), head = words_trim(start);

	if (head.size == 0 || words_find(start, 0, 0) < start.size ||
		words_has_prefix(head, "%PDF"))
		return 0;
	/* JSON and XML that nobody knows is no running text. */
	if (head.data[0] == '{' || head.data[0] == '[' || head.data[0] == '<')
		return 0;
	return text_scan_has_values(words_cut(text, PROBE_BYTES)) ? SCORE : SCORE_BARE;
}

static void text_read(Slice text, const char *name, Collector *collector)
{
	text_scan_claim(text, collector);
}

const IntelFormat intel_text = {
	.name = "text",
	.description = "advisories as running text, defanged or not",
	.docs = "docs/intelligence.md",
	.probe = text_probe,
	.read = text_read,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/intel.h"

#include "base/sha256.h"
#include "base/text.h"
#include "intel/words.h"

const IntelFormat *intel_probe(Slice text, const char *name)
{
	const IntelFormat *best = NULL;
	guint best_score = 0;

	for (guint i = 0; intel_registry[i]; i++) {
		guint score = intel_registry[i]->probe(text, name);

		if (score > best_score) {
			best = intel_registry[i];
			best_score = score;
		}
	}
	return best;
}

static gboolean is_utf16(Slice text)
{
	return text.size >= 2 &&
		((text.data[0] == 0xff && text.data[1] == 0xfe) ||
			(text.data[0] == 0xfe && text.data[1] == 0xff));
}

/* NUL is a character here. */
static gboolean is_utf8(Slice text)
{
	Slice part;

	while (words_next_part(&text, 0, &part)) {
		if (part.size && !g_utf8_validate_len((const char *)part.data, part.size, NULL))
			return FALSE;
	}
	return TRUE;
}

/* The file as UTF-8, so that no format has to think of it; NULL where it is. */
static GString *decode(Slice text)
{
	g_autoptr(GString) decoded = NULL;

	if (is_utf16(text)) {
		g_autoptr(GString) swapped = g_string_new(NULL);

		decoded = g_string_new(NULL);
		for (gsize i = 2; i + 1 < text.size; i += 2) {
			gboolean is_big = text.data[0] == 0xfe;

			g_string_append_c(swapped, (char)text.data[is_big ? i + 1 : i]);
			g_string_append_c(swapped, (char)text.data[is_big ? i : i + 1]);
		}
		text_append_utf16(decoded, slice_make(swapped->str, swapped->len));
		return g_steal_pointer(&decoded);
	}
	if (is_utf8(text))
		return NULL;
	decoded = g_string_new(NULL);
	text_append_ansi(decoded, text);
	return g_steal_pointer(&decoded);
}

static const char *why_unknown(Slice text)
{
	if (words_has_prefix(text, "%PDF-"))
		return "is a PDF: its text is to be taken out first, as pdftotext does";
	if (words_has_prefix(text, "PK\x03\x04"))
		return "is an archive: it is to be unpacked first";
	if (text.size == 0)
		return "is empty";
	return "is in none of the formats of intelligence that are known";
}

gboolean intel_read(const char *path, Slice text, const WarningLists *lists, const IntelSink *sink)
{
	g_autoptr(Collector) collector = collector_new(path, lists, sink);
	g_autofree char *name = g_path_get_basename(path);
	g_autoptr(GString) decoded = NULL;
	const IntelFormat *format = NULL;
	char sha256[SHA256_HEX_BYTES];

	sha256_hex(&text, 1, sha256);
	if (!words_has_prefix(text, "%PDF-"))
		decoded = decode(text);
	if (decoded)
		text = slice_make(decoded->str, decoded->len);
	text = words_without_mark(text);
	format = intel_probe(text, name);
	if (format)
		format->read(text, name, collector);
	else
		collector_note(collector, INTEL_REJECTED, 0, "", why_unknown(text));
	collector_finish(collector, format ? format->name : "", sha256);
	return format != NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intel-report.h"

#include "base/cursor.h"

const char *intel_note_kind_name(IntelNoteKind kind)
{
	static const char *const names[INTEL_N_NOTE_KINDS] = {
		[INTEL_REJECTED] = "rejected",
		[INTEL_DUPLICATE] = "duplicate",
		[INTEL_CONTRADICTORY] = "contradictory",
		[INTEL_OVER_BROAD] = "over-broad",
		[INTEL_SUSPICIOUS] = "suspicious",
		[INTEL_SILENT] = "silent",
		[INTEL_UNSUPPORTED] = "unsupported",
	};

	return kind < INTEL_N_NOTE_KINDS ? names[kind] : "unknown";
}

void intel_counts_append(GByteArray *ret, const guint64 *counts, guint n)
{
	for (guint i = 0; i < n; i++) {
		guint64 little = GUINT64_TO_LE(counts[i]);

		g_byte_array_append(ret, (const guint8 *)&little, sizeof little);
	}
}

gboolean intel_counts_read(Slice bytes, guint64 *ret, guint n)
{
	Cursor c = cursor_make(bytes);

	for (guint i = 0; i < n; i++) {
		if (!cursor_u64(&c, &ret[i]) || ret[i] > G_MAXUINT32)
			return FALSE;
	}
	return cursor_remaining(&c) == 0;
}

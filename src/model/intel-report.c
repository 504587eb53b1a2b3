/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intel-report.h"

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

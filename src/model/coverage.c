/* SPDX-License-Identifier: Apache-2.0 */
#include "model/coverage.h"

typedef struct GapKindInfo {
	const char *name;
	gboolean is_loss;
	const char *meaning;
} GapKindInfo;

static const GapKindInfo kinds[GAP_N_KINDS] = {
	[GAP_UNREADABLE] = { "unreadable", TRUE, "The file could not be opened or read." },
	[GAP_UNSUPPORTED] = { "unsupported", FALSE,
		"No reader of spoor knows the file's format: no records of it were assessed." },
	[GAP_DAMAGED] = { "damaged", TRUE,
		"A part could not be decoded; it was passed over and the rest was read." },
	[GAP_TRUNCATED] = { "truncated", TRUE,
		"The evidence ends in the middle of something; what was whole was read." },
	[GAP_WORKER] = { "worker", TRUE,
		"The worker that read this part crashed, hung or ran out of memory." },
	[GAP_LIMIT] = { "limit", TRUE, "A limit was reached; what lay beyond it was not judged." },
	[GAP_CHANGED] = { "changed", TRUE, "The file changed while it was read." },
	[GAP_DIRTY] = { "dirty", FALSE,
		"The log was not closed properly: its last records may never have been written." },
	[GAP_CHECKSUM] = { "checksum", FALSE,
		"A checksum does not match: the part was damaged or altered. It was read anyway." },
	[GAP_HEADER] = { "header", FALSE,
		"A header contradicts the content. The content was believed." },
	[GAP_RECORD_IDS] = { "record-ids", FALSE,
		"Record numbers are missing: records were filtered out, lost or deleted." },
	[GAP_TIME_BACK] = { "time-back", FALSE,
		"Time runs backwards between records: the clock was set back, or records were "
		"altered." },
	[GAP_LOG_CLEARED] = { "log-cleared", FALSE, "A log was cleared; what it held is gone." },
	[GAP_ENCODING] = { "encoding", FALSE,
		"The encoding of some text is not stated; it was read by an assumption." },
	[GAP_TIME_ASSUMED] = { "time-assumed", FALSE,
		"Times lack their year or zone; they were completed by a stated rule." },
	[GAP_NOT_CORRELATED] = { "not-correlated", FALSE,
		"Events lack what a correlation needs: a time, or a field to group or count by." },
	[GAP_SLACK] = { "slack", FALSE,
		"Remnants of older records in unused space could not be decoded." },
	[GAP_CONTENT_LEFT_OUT] = { "content-left-out", FALSE,
		"A large log was judged by its records, not by its bytes as a whole." },
};

const char *gap_kind_name(GapKind kind)
{
	return kind < GAP_N_KINDS ? kinds[kind].name : "unknown";
}

const char *gap_kind_meaning(GapKind kind)
{
	return kind < GAP_N_KINDS ? kinds[kind].meaning : "";
}

gboolean gap_kind_is_loss(GapKind kind)
{
	return kind >= GAP_N_KINDS || kinds[kind].is_loss;
}

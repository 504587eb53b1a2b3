/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model as the page's script reads it: two JSON documents, packed.
 *
 * "data" holds the findings as columns of numbers into tables of texts (docs/report.md describes
 * it); it is unpacked when the page opens. "records" is an array of blocks, each a packed array of
 * up to DATA_BLOCK_RECORDS records; a block is unpacked when a finding in it is opened, so that
 * records cost the browser no memory until they are looked at. Packed means gzip, then base64: its
 * alphabet holds nothing that could end a script element.
 */
#pragma once

#include <glib.h>

#include "report/html/model.h"

#define DATA_BLOCK_RECORDS 32

/* Appends the inside of <script id="data">: base64. */
void data_append_findings(GString *out, const ReportModel *model);

/* Appends the inside of <script id="records">: a JSON array of base64 texts. */
void data_append_records(GString *out, const ReportModel *model);

/* The findings' JSON before packing, for tests and for who wants to look. */
GString *data_findings_json(const ReportModel *model);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchange's logs where nothing but a line of column names stands above their rows, as it does in
 * what was merged or cut out of them. With "#Fields" they are W3C logs.
 *
 * A row is a line: Exchange replaces line ends in values. So these split like other text, though
 * values may be quoted.
 */
#pragma once

#include "model/event.h"

/* For LineOptions: 0 where @line is the names of such a log's columns, else -1. */
int exchange_header_kind(Slice line);

/* What "#Log-type" would say of a table with these columns; NULL where they do not tell. */
const char *exchange_log_type(const Shape *shape);

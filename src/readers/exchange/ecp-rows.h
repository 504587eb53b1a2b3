/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EcpRows: makes columns of EventData in the rows of ECP's logs, for the readers of tables.
 *
 * EventData stays as it is; behind it each of its texts is a column (ecp.h). A key that is called
 * like a column of the log is "EventData_" and the key: what a request says is not what the log
 * says.
 */
#pragma once

#include "readers/reader.h"

typedef struct EcpRows EcpRows;

/* @format: the reader's name; static. */
EcpRows *ecp_rows_new(const char *format);
void ecp_rows_free(EcpRows *rows); /* accepts NULL */

/* The column EventData of an ECP log's rows, or -1 where @shape is none of these. */
int ecp_rows_find_column(const Shape *shape);

/* When a range is opened; what was left out is told when it is closed. */
void ecp_rows_begin_task(EcpRows *rows);
void ecp_rows_report(const EcpRows *rows, const ReaderReport *report);

/* At the beginning of next(): frees outgrown shapes. */
void ecp_rows_start(EcpRows *rows);

/* Gives @event, whose EventData is in @column, its further columns: shape, values and raw change.
 */
void ecp_rows_expand(EcpRows *rows, Event *event, guint column);

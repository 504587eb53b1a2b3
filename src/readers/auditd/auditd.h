/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for the logs of Linux auditd. All records of an audit event are one event
 * (join.h), with the fields of all of them (record.h has the lines, docs/evidence-unix.md the
 * columns): Sigma rules ask for fields of one record at a time, and for keywords in any.
 */
#pragma once

#include "readers/reader.h"

extern const Reader auditd_reader;

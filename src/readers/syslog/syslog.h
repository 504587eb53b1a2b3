/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for syslog: header.h has the forms of lines, payload.h what stands in their messages,
 * docs/evidence-unix.md what users get.
 *
 * Each kind of message has one wide shape, so that a rule for one product is not asked of the lines
 * of another. Lines without a header (what a program wrote behind a line feed) are events with a
 * message and nothing else.
 */
#pragma once

#include "readers/reader.h"

extern const Reader syslog_reader;

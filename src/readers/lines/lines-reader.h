/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for logs that no other reader knows: text whose lines begin with a time. Applications
 * write such logs (Python, Java, Ruby, databases, web servers their errors), each in its own words;
 * Sigma's rules for them look for keywords.
 *
 * A line without a time (a stack trace) belongs to the last line with one, if that begins less than
 * LIMIT_RECORD_BYTES and LIMIT_RECORD_LINES before; else it is an event of its own. That is seen in
 * the bytes around, so ranges of a big file give the same events as the whole.
 */
#pragma once

#include "readers/reader.h"

extern const Reader lines_reader;

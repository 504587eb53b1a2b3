/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether bytes are one JSON value (RFC 8259), and nothing else.
 *
 * Children send records and matches as JSON, which goes into the case, and from there into reports
 * that embed it. A child may be in an attacker's hands, so the coordinator looks before it keeps.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

/* @text must be valid UTF-8. White space is allowed as JSON allows it. Depth is limited. */
bool json_check(Slice text);

/* SPDX-License-Identifier: Apache-2.0 */
/* One value against one comparison; for the files of src/stix/ alone. */
#pragma once

#include "stix/judge.h"
#include "stix/tree.h"

/*
 * Is @value as @test says, with its NOT? UNKNOWN: it can not be read as what it is compared with.
 * @test is not EXISTS.
 */
StixTruth stix_compare(const StixNode *test, const StixValue *value);

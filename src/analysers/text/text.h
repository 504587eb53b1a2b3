/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts that are cut out of texts, or put together from several.
 */
#pragma once

#include "analysers/fact.h"

extern const Analyser analyser_between;
extern const Analyser analyser_each;
extern const Analyser analyser_item;
extern const Analyser analyser_one_line;
extern const Analyser analyser_pair;
extern const Analyser analyser_path_part;

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about web requests. Products log a request whole or in parts, and rules ask for either.
 */
#pragma once

#include "analysers/fact.h"

extern const Analyser analyser_host_kind;
extern const Analyser analyser_path_and_query;
extern const Analyser analyser_unplus;
extern const Analyser analyser_url;
extern const Analyser analyser_url_part;

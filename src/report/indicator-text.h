/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The document of an indicator for people: a JSON object as lines "name  value", those of the
 * sources that tell of it under each other.
 */
#pragma once

#include <glib.h>

/* Each line after @indent, made visible. What is no JSON object stands as it is. */
void indicator_append_text(GString *ret, const char *document, const char *indent);

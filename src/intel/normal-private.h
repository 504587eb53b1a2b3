/* SPDX-License-Identifier: Apache-2.0 */
/* The normal forms one by one: as normal_append(), which is how others reach them. */
#pragma once

#include "intel/normal.h"

const char *normal_append_host(GString *ret, Slice text);
const char *normal_append_address(GString *ret, Slice text);
const char *normal_append_network(GString *ret, Slice text);
const char *normal_append_url(GString *ret, Slice text);
const char *normal_append_email(GString *ret, Slice text);
const char *normal_append_file_name(GString *ret, Slice text);
const char *normal_append_file_path(GString *ret, Slice text);
const char *normal_append_registry_key(GString *ret, Slice text);
const char *normal_append_pipe(GString *ret, Slice text);

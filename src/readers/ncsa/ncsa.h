/* SPDX-License-Identifier: Apache-2.0 */
/* NCSA common and combined logs: Apache, nginx, Tomcat and nearly every other web server. */
#pragma once

#include "readers/reader.h"

extern const Reader ncsa_reader;

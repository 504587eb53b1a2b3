/* SPDX-License-Identifier: Apache-2.0 */
/* Which of YARA's modules rules may import. */
#pragma once

#include <glib.h>

#include "base/slice.h"

/* Why rules can not use module @name, as the caller's sentence; NULL where they can. */
char *yara_module_problem(Slice name);

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"
#include "case/case.h"
#include <sqlite3.h>

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"
#include "model/event.h"

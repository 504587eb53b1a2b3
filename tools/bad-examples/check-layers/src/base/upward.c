/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event.h"

int base_upward(void);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal: a number in billionths, for sums and averages that must not depend on the order in which
 * they are added up, nor on the machine. Evidence writes numbers as text; those of up to 18 digits
 * before the point are taken, and nine digits behind it count.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

__extension__ typedef __int128 Decimal;

#define DECIMAL_ONE	   ((Decimal)1000000000)
#define DECIMAL_TEXT_BYTES 56 /* room for decimal_format()'s text and its NUL */

/*
 * From the whole of @text: [+-]digits[.digits][e[+-]digits], or 0x and up to 14 hexadecimal digits,
 * as Windows writes some numbers. Digits behind the ninth after the point are cut off. False (and
 * @ret untouched) for anything else, and for what reaches 10^18.
 */
bool decimal_parse(Slice text, Decimal *ret);

/* The nearest decimal; numbers of 10^18 and more become 10^18. @number must be finite. */
Decimal decimal_from_double(double number);

/* "-12.5": no more digits than needed. */
void decimal_format(Decimal number, char ret[DECIMAL_TEXT_BYTES]);

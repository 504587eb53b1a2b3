/* SPDX-License-Identifier: Apache-2.0 */
/* W3C extended logs: IIS, HTTP.sys, Exchange, ISA and TMG, CloudFront, Blue Coat and its like. */
#pragma once

#include "readers/reader.h"

extern const Reader w3c_reader;

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest-blocks.h"

const DigestState digest_state_begin = {
	.md5 = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 },
	.sha1 = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 },
	.sha256 = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
		0x1f83d9ab, 0x5be0cd19 },
};

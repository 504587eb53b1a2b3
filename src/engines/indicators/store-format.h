/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled form of indicators: one run of bytes, read in place, mapped or in memory.
 *
 *	header      magic, version, size of the whole, how many indicators of each kind there are
 *	sections    each at a multiple of 8; where they are is said in the header
 *
 *	section     elements
 *	VALUES      values one behind the other, ordered by kind and bytes
 *	VALUE_ENDS  u32 for each indicator: where its value ends in VALUES
 *	PART_ENDS   u32 for each indicator: where its parts end in PARTS
 *	PARTS       one for each source that names an indicator: u32 about, u32 line
 *	ABOUTS      what sources say, each once: STORE_ABOUT_WORDS u32
 *	SETS        all indicators of one kind in one source: u32 source, u32 kind, u32 number
 *	SOURCES     files that were read: STORE_SOURCE_WORDS u32
 *	STRINGS     NUL-terminated UTF-8; offset 0 is ""
 *	SLOTS       u32 for each slot: number of an indicator + 1, or 0; where its key's hash says,
 *or in the next slots behind FILTERS     for each kind one Bloom filter: words of 64 bits, of which
 *a key has four bits LENGTHS     u8 for each prefix length that a network has: IPv4 0 to 32, then
 *IPv6 0 to 128; then one that says whether there are IPv6 addresses
 *
 * All numbers are little-endian. A value is what is compared: hashes and addresses as bytes, a
 * network as its prefix length and the address, names and paths folded (base/text.h), a path
 * without separators at its ends, a URL without scheme and NUL and the scheme behind it, a file
 * pattern with NUL and its exception behind it; others as their normal form is (intel/normal.h).
 *
 * A store is hostile input, as a feed is: every number in it is checked where it is used, so that
 * loading one takes no longer than finding its sections. Nobody is searched further than
 * STORE_MAX_PROBES slots from where its hash says: values that are made to collide are refused when
 * a store is built, not slow when it is used.
 */
#pragma once

#include "model/indicator.h"
#include "model/intel-report.h"

#define STORE_MAGIC	  "SPOORIND"
#define STORE_MAGIC_BYTES 8
#define STORE_VERSION	  1
#define STORE_MAX_PROBES  1024

typedef enum StoreSection {
	STORE_VALUES,
	STORE_VALUE_ENDS,
	STORE_PART_ENDS,
	STORE_PARTS,
	STORE_ABOUTS,
	STORE_SETS,
	STORE_SOURCES,
	STORE_STRINGS,
	STORE_SLOTS,
	STORE_FILTERS,
	STORE_LENGTHS,
	STORE_N_SECTIONS,
} StoreSection;

/* Of ABOUTS: offsets into STRINGS, but for the last five. */
typedef enum StoreAbout {
	ABOUT_SET,     /* number in SETS */
	ABOUT_WRITTEN, /* the value as its source writes it, where folding changes it */
	ABOUT_ID,
	ABOUT_SOURCE,
	ABOUT_TITLE,
	ABOUT_DESCRIPTION,
	ABOUT_REFERENCE,
	ABOUT_TAGS,
	ABOUT_LISTS,	  /* names of warning lists, joined by line feeds */
	ABOUT_CONFIDENCE, /* and whether it is silent: bit 8 */
	ABOUT_FROM_LOW,
	ABOUT_FROM_HIGH,
	ABOUT_UNTIL_LOW,
	ABOUT_UNTIL_HIGH,
	STORE_ABOUT_WORDS,
} StoreAbout;

#define STORE_IS_SILENT 0x100

/* Of SOURCES: four strings, then numbers of 64 bits, low half first. */
typedef enum StoreSource {
	SOURCE_PATH,
	SOURCE_FORMAT,
	SOURCE_NAME,
	SOURCE_SHA256,
	SOURCE_ACCEPTED,
	SOURCE_RULES = SOURCE_ACCEPTED + 2,
	SOURCE_NOTES = SOURCE_RULES + 2,
	STORE_SOURCE_WORDS = SOURCE_NOTES + 2 * INTEL_N_NOTE_KINDS,
} StoreSource;

/*
 *	offset  bytes
 *	0       8      magic
 *	8       4      version
 *	12      4      number of kinds
 *	16      8      size of the whole
 *	24      4      number of indicators
 *	28      4      0
 *	32      4 * N  of each kind: how many indicators
 *	…       4 * N  of each kind: how many words its filter has
 *	…       16 * S of each section: offset, size
 */
#define STORE_COUNTS_OFFSET   32
#define STORE_FILTER_OFFSET   (STORE_COUNTS_OFFSET + 4 * INDICATOR_N_KINDS)
#define STORE_SECTIONS_OFFSET (STORE_FILTER_OFFSET + 4 * INDICATOR_N_KINDS)
#define STORE_HEADER_BYTES    (STORE_SECTIONS_OFFSET + 16 * STORE_N_SECTIONS)
#define STORE_HAS_IPV6	      (33 + 129)
#define STORE_N_LENGTHS	      (STORE_HAS_IPV6 + 1)

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of the EVTX format and of its BinXML, as [MS-EVEN6] 2.2.12 and the description of
 * libevtx give them. Everything is little-endian; offsets inside a chunk count from the chunk's
 * first byte.
 *
 *	file    4096 bytes of header, then chunks of 64 KiB
 *	chunk   512 bytes of header (with tables of names and templates, which spoor does not need),
 *	        then records up to the free space
 *	record  magic, size, number, FILETIME, BinXML, size again
 */
#pragma once

#define EVTX_HEADER_BYTES	 4096
#define EVTX_CHUNK_BYTES	 65536
#define EVTX_RECORDS_START	 512
#define EVTX_RECORD_HEADER_BYTES 24
#define EVTX_RECORD_MIN_BYTES	 (EVTX_RECORD_HEADER_BYTES + 4)
#define EVTX_DEFINITION_HEADER	 24 /* next offset, GUID, size of the BinXML behind it */

#define EVTX_FLAG_DIRTY	 0x1u
#define EVTX_FLAG_NO_CRC 0x4u

enum BinxmlToken {
	TOKEN_END_OF_FRAGMENT = 0x00,
	TOKEN_OPEN_ELEMENT = 0x01,
	TOKEN_CLOSE_START = 0x02,
	TOKEN_CLOSE_EMPTY = 0x03,
	TOKEN_END_ELEMENT = 0x04,
	TOKEN_TEXT = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_CDATA = 0x07,
	TOKEN_CHAR_REF = 0x08,
	TOKEN_ENTITY_REF = 0x09,
	TOKEN_PI_TARGET = 0x0a,
	TOKEN_PI_DATA = 0x0b,
	TOKEN_TEMPLATE = 0x0c,
	TOKEN_SUBSTITUTION = 0x0d,
	TOKEN_OPTIONAL_SUBSTITUTION = 0x0e,
	TOKEN_FRAGMENT_HEADER = 0x0f,
	TOKEN_MORE = 0x40, /* flag: an attribute list, or more of the same, follows */
};

enum BinxmlType {
	TYPE_NULL = 0x00,
	TYPE_STRING = 0x01,
	TYPE_ANSI = 0x02,
	TYPE_INT8 = 0x03,
	TYPE_UINT8 = 0x04,
	TYPE_INT16 = 0x05,
	TYPE_UINT16 = 0x06,
	TYPE_INT32 = 0x07,
	TYPE_UINT32 = 0x08,
	TYPE_INT64 = 0x09,
	TYPE_UINT64 = 0x0a,
	TYPE_REAL32 = 0x0b,
	TYPE_REAL64 = 0x0c,
	TYPE_BOOL = 0x0d,
	TYPE_BINARY = 0x0e,
	TYPE_GUID = 0x0f,
	TYPE_SIZE = 0x10,
	TYPE_FILETIME = 0x11,
	TYPE_SYSTEMTIME = 0x12,
	TYPE_SID = 0x13,
	TYPE_HEX32 = 0x14,
	TYPE_HEX64 = 0x15,
	TYPE_HANDLE = 0x20,
	TYPE_BINXML = 0x21,
	TYPE_XML = 0x23,
	TYPE_ARRAY = 0x80, /* flag */
};

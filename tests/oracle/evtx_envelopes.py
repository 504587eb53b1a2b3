# SPDX-License-Identifier: Apache-2.0
"""Where the records in use of an EVTX file lie: a walk over chunk and record headers only.

Both reference parsers hide or misreport file offsets (libevtx's Python binding answers 0), and
spoor names a record "record <id> at 0x<offset>". This is the one place of the oracle that reads
EVTX bytes itself; it renders nothing.
"""

import struct

FILE_HEADER = 4096
CHUNK = 65536
RECORDS_START = 512


def records(path):
    """(identifier in the record header, file offset, FILETIME written) of each record in use."""
    with open(path, "rb") as stream:
        data = stream.read()
    for chunk in range(FILE_HEADER, len(data), CHUNK):
        if data[chunk : chunk + 8] != b"ElfChnk\0" or len(data) < chunk + RECORDS_START:
            continue
        free_space = struct.unpack_from("<I", data, chunk + 48)[0]
        end = min(chunk + free_space, chunk + CHUNK, len(data))
        at = chunk + RECORDS_START
        while at + 28 <= end:
            magic, size, identifier, written = struct.unpack_from("<4sIQQ", data, at)
            if magic != b"\x2a\x2a\0\0" or size < 28 or at + size > end:
                break
            yield identifier, at, written
            at += size


def locator(identifier, offset):
    return f"record {identifier} at 0x{offset:x}"


def offsets_by_id(path):
    """Identifier to the offsets that carry it, in file order (damaged logs repeat identifiers)."""
    table = {}
    for identifier, offset, _ in records(path):
        table.setdefault(identifier, []).append(offset)
    return table

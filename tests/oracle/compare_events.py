#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares spoor's events with what other EVTX parsers read in the same files.

    compare_events.py REFERENCE EVENTS [--strip PREFIX]... [--limit N]

REFERENCE is the output of evtx_reference.py, EVENTS that of `spoor show events`. Records are
matched by evidence path and file offset, for the locator of a record in use is "record <id> at
0x<offset>". Recovered events are counted and otherwise left out. Of each record the identifier,
time (that of TimeCreated), event id, provider, computer and every EventData and UserData value are compared.

A value that is written differently but means the same is counted under the NORMALISATION that
says so; only what none of them explains is a difference. Prints the count of each class with an
example; the exit status is 1 if there is any difference or a record is missing on either side.
"""

import argparse
import base64
import binascii
import json
import re
import sys
from collections import Counter

LOCATOR = re.compile(r"(recovered )?record (\d+) at 0x([0-9a-f]+)")
HEX = re.compile(r"0[xX][0-9a-fA-F]+")
GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
SYSTEM_NAMES = {"EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID", "Channel", "Computer"}
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)?")


# --------------------------------------------------------------- documented normalisations
#
# Each function says whether spoor's text `ours` and the reference's text `theirs` mean the same.


def same_hex(ours, theirs):
    return bool(HEX.fullmatch(ours) and HEX.fullmatch(theirs)) and int(ours, 16) == int(theirs, 16)


def hex_and_decimal(ours, theirs):
    for one, other in ((ours, theirs), (theirs, ours)):
        if HEX.fullmatch(one) and re.fullmatch(r"-?\d+", other):
            bits = 64 if abs(int(other)) >> 32 else 32
            return int(one, 16) == int(other) % (1 << bits)
    return False


def same_guid(ours, theirs):
    if not (GUID.fullmatch(ours) and GUID.fullmatch(theirs)):
        return False
    return ours.strip("{}").lower() == theirs.strip("{}").lower()


def same_time(ours, theirs):
    one, other = TIME.fullmatch(ours), TIME.fullmatch(theirs)
    if not one or not other or one[1] != other[1] or one[2] != other[2]:
        return False
    digits = min(len(one[3] or ""), len(other[3] or ""), 6)
    a, b = ((m[3] or "")[:digits].ljust(digits, "0") for m in (one, other))
    return abs(int(a or 0) - int(b or 0)) <= 2  # python-evtx computes with doubles


def same_boolean(ours, theirs):
    return {ours.lower(), theirs.lower()} in ({"true"}, {"false"})


def same_real(ours, theirs):
    try:
        a, b = float(ours), float(theirs)
    except ValueError:
        return False
    return ("." in ours or "." in theirs) and abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1)


def same_sign(ours, theirs):
    """A 32-bit or 64-bit number read as signed by one and as unsigned by the other."""
    if not (re.fullmatch(r"-?\d+", ours) and re.fullmatch(r"-?\d+", theirs)):
        return False
    return any(int(ours) % (1 << bits) == int(theirs) % (1 << bits) for bits in (32, 64))


def same_bytes(ours, theirs):
    if not re.fullmatch(r"([0-9a-fA-F]{2})+", ours):
        return False
    data = bytes.fromhex(ours)
    if theirs.lower() == ours.lower():
        return True
    try:
        return base64.b64decode("".join(theirs.split()), validate=True) == data
    except (binascii.Error, ValueError):
        return False


def same_text(ours, theirs):
    """XML knows no NUL or other controls, and its readers turn CR LF into LF."""
    def plain(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd\ufffe\uffff]", "", text)
    return plain(ours) == plain(theirs)


def same_but_for_ends(ours, theirs):
    return same_text(ours.strip(), theirs.strip())


def same_flattened(ours, theirs):
    """A list that one side joins with blanks or line feeds; python-evtx writes <string> elements."""
    return "".join(ours.split()) == "".join(re.sub("</?string>", "", theirs).split())


NORMALISATIONS = (
    ("hexadecimal width", "libevtx pads to 0x%08x and 0x%016x; Windows prints 0x%x", same_hex),
    ("hexadecimal or decimal", "HexInt32 and HexInt64 as a number", hex_and_decimal),
    ("GUID", "braces and case", same_guid),
    ("time", "T or blank, zone, number of digits; python-evtx is off by up to 2 microseconds", same_time),
    ("boolean", "case of true and false", same_boolean),
    ("real number", "number of digits", same_real),
    ("sign", "signed or unsigned", same_sign),
    ("bytes", "case of hexadecimal digits; python-evtx writes base64", same_bytes),
    ("controls and line ends", "what XML cannot hold or changes", same_text),
    ("blanks at the ends", "kept or not", same_but_for_ends),
    ("joined list", "how several strings in one value are separated", same_flattened),
)


# --------------------------------------------------------------- reading


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_list(value):
    return [text(v) for v in value] if isinstance(value, list) else [text(value)]


def strip(path, prefixes):
    for prefix in prefixes:
        path = path.removeprefix(prefix)
    return path.lstrip("/")


def read_events(path, prefixes):
    events, recovered = {}, 0
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        for number, line in enumerate(stream, 1):
            event = json.loads(line)
            where = LOCATOR.fullmatch(event["locator"])
            if not where:
                sys.exit(f"{path}:{number}: not the locator of an EVTX record: {event['locator']}")
            if event.get("recovered"):
                recovered += 1
                continue
            evidence = event["evidence"]
            evidence = evidence["path"] if isinstance(evidence, dict) else evidence
            events[strip(evidence, prefixes), int(where[3], 16)] = (int(where[2]), event)
    return events, recovered


def read_reference(path, prefixes):
    parsers = {}
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            key = strip(record["evidence"], prefixes), record["offset"]
            parsers.setdefault(record["parser"], {})[key] = record
    return parsers


# --------------------------------------------------------------- comparing


class Tally:
    def __init__(self):
        self.counts, self.examples = Counter(), {}

    def add(self, kind, example=None, limit=1):
        self.counts[kind] += 1
        if example is not None and len(self.examples.setdefault(kind, [])) < limit:
            self.examples[kind].append(example)


def compare_value(tally, limit, where, name, ours, theirs):
    if ours == theirs:
        tally.add("equal")
        return
    for title, _, same in NORMALISATIONS:
        if same(ours, theirs):
            tally.add(f"same: {title}", f"{name}: {ours[:60]!r} and {theirs[:60]!r}", limit)
            return
    tally.add(f"DIFFERENT {'value' if name != 'time' else name}",
              f"{where}: {name}: {ours[:120]!r} and {theirs[:120]!r}", limit)


def compare_record(tally, limit, key, identifier, event, record):
    where = f"{key[0]} at 0x{key[1]:x}"
    fields = event["fields"]
    compare_value(tally, limit, where, "record", text(identifier), text(record["record"]))
    compare_value(tally, limit, where, "time", text(event.get("time")), text(record["created"]))
    for name, theirs in (("EventID", "event_id"), ("Provider_Name", "provider"), ("Computer", "computer")):
        compare_value(tally, limit, where, name, text(fields.get(name)), text(record[theirs]))
    named = {}
    for name, value in record["values"]:
        named.setdefault(name, []).append(value or "")
    for name, theirs in named.items():
        if name not in fields:
            if any(theirs):
                tally.add("MISSING name", f"{where}: {name}: {theirs[0][:120]!r}", limit)
            else:
                tally.add("same: absent and empty", f"{name}", limit)
            continue
        ours = as_list(fields[name])
        if name in SYSTEM_NAMES and len(ours) > len(theirs):
            ours = ours[-len(theirs):]  # EventData has a field of the same name as <System>
            tally.add("name of a System field too", f"{where}: {name}", limit)
        if len(ours) == len(theirs):
            for a, b in zip(ours, theirs):
                compare_value(tally, limit, where, name, a, b)
        else:
            compare_value(tally, limit, where, name, "\n".join(ours), "\n".join(theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference")
    parser.add_argument("events")
    parser.add_argument("--strip", action="append", default=[], metavar="PREFIX")
    parser.add_argument("--limit", type=int, default=1, help="examples for each class")
    options = parser.parse_args()

    events, recovered = read_events(options.events, options.strip)
    failed = False
    print(f"spoor: {len(events)} records in use, {recovered} recovered")
    for name, records in sorted(read_reference(options.reference, options.strip).items()):
        tally, both = Tally(), events.keys() & records.keys()
        for key in sorted(both):
            identifier, event = events[key]
            if "error" in records[key]:
                tally.add("not rendered by the reference", records[key]["error"], options.limit)
            else:
                compare_record(tally, options.limit, key, identifier, event, records[key])
        missing, more = records.keys() - both, events.keys() - both
        print(f"\n{name}: {len(records)} records, {len(both)} in both, "
              f"{len(missing)} missing in spoor, {len(more)} only in spoor")
        for path, offset in sorted(missing)[: options.limit]:
            print(f"    missing: {path} at 0x{offset:x}")
        for path, offset in sorted(more)[: options.limit]:
            print(f"    only in spoor: {path} at 0x{offset:x}")
        for kind, count in tally.counts.most_common():
            print(f"{count:9} {kind}")
            for example in tally.examples.get(kind, []):
                print(f"              {example}")
        failed |= bool(missing) or any(kind.split()[0].isupper() for kind in tally.counts)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

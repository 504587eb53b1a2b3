#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What two independent parsers, libevtx and python-evtx, read in EVTX files.

    evtx_reference.py [--parser libevtx|python-evtx] FILE...

For each record in use and each parser one JSON line:

    {"parser": "libevtx", "evidence": path, "record": 12, "offset": 4608, "time": "...",
     "created": "...", "event_id": "1", "provider": "...", "computer": "...",
     "values": [["Image", "C:\\..."], ...]}

`time` is that of the record's header, when the record was written to this file; `created` that of
TimeCreated, when the event happened: they differ in exported logs. `values` are those of EventData
and UserData in the order of the record, as the parser writes them: neither parser's way to write a
number, a time or bytes is changed here; that is the business of compare_events.py. A record that a
parser cannot render has "error" in place of its values. python-evtx takes half a minute for 40 MB.
"""

import argparse
import datetime
import json
import sys
import xml.etree.ElementTree as ElementTree

import Evtx.Evtx
import pyevtx

import evtx_envelopes
from evtx_to_json import NOT_XML, plain

EPOCH = datetime.datetime(1601, 1, 1)


def filetime_text(filetime):
    """A FILETIME with all its seven digits."""
    seconds, ticks = divmod(filetime, 10_000_000)
    try:
        moment = EPOCH + datetime.timedelta(seconds=seconds)
    except OverflowError:
        return None
    return f"{moment.isoformat()}.{ticks:07}Z"


def leaves(element):
    """(name, value) of all leaves of EventData or UserData."""
    name = plain(element.tag)
    if name in ("Data", "ComplexData") or not len(element):
        yield element.get("Name", name).replace(" ", ""), "".join(element.itertext())
        return
    for child in element:
        yield from leaves(child)


def read_xml(xml):
    root = ElementTree.fromstring(NOT_XML.sub("\ufffd", xml))
    found = {"created": None, "event_id": None, "provider": None, "computer": None, "values": []}
    for part in root:
        if plain(part.tag) == "System":
            for element in part:
                name = plain(element.tag)
                if name == "Provider":
                    found["provider"] = element.get("Name") or element.get("EventSourceName")
                elif name == "TimeCreated":
                    found["created"] = element.get("SystemTime")
                elif name == "EventID":
                    found["event_id"] = element.text
                elif name == "Computer":
                    found["computer"] = element.text
        else:
            for element in part:
                found["values"].extend(leaves(element))
    return found


def line(parser, path, identifier, offset, written, render):
    result = {"parser": parser, "evidence": path, "record": identifier, "offset": offset,
              "time": filetime_text(written)}
    try:
        result.update(read_xml(render()))
    except Exception as error:  # either parser raises whatever its internals raise
        result["error"] = f"{type(error).__name__}: {error}"
    return result


def with_libevtx(path):
    envelopes = {}
    for identifier, offset, written in evtx_envelopes.records(path):
        envelopes.setdefault(identifier, []).append((offset, written))
    log = pyevtx.file()
    log.open(path)
    for i in range(log.number_of_records):
        try:
            record = log.get_record(i)
            where = envelopes.get(record.identifier)
        except OSError:
            continue
        if where:
            offset, written = where.pop(0)
            yield line("libevtx", path, record.identifier, offset, written, record.get_xml_string)


def with_python_evtx(path):
    wanted = {offset: (identifier, written) for identifier, offset, written in evtx_envelopes.records(path)}
    with Evtx.Evtx.Evtx(path) as log:
        for chunk in log.chunks():
            try:
                for record in chunk.records():
                    if record.offset() in wanted:
                        identifier, written = wanted[record.offset()]
                        yield line("python-evtx", path, identifier, record.offset(), written, record.xml)
            except Exception as error:
                print(f"{path}: python-evtx: chunk: {type(error).__name__}: {error}", file=sys.stderr)


PARSERS = {"libevtx": with_libevtx, "python-evtx": with_python_evtx}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--parser", choices=sorted(PARSERS), action="append")
    arguments.add_argument("files", nargs="+", metavar="FILE")
    options = arguments.parse_args()
    for path in options.files:
        for name in options.parser or sorted(PARSERS):
            try:
                for item in PARSERS[name](path):
                    print(json.dumps(item, ensure_ascii=False))
            except Exception as error:
                print(f"{path}: {name}: {type(error).__name__}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()

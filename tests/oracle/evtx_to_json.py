#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Events of EVTX files as JSON lines, through libevtx: a producer independent of spoor.

    evtx_to_json.py FILE...

The form is that of `spoor show events`. The XML that libevtx writes is read again here and
flattened as the Sigma specification says: elements and attributes of <System> joined by an
underscore (Provider_Name, Execution_ProcessID), <Data> by its Name, unnamed <Data> as a list
under the name Data, <UserData> by the names of its leaves. A name that occurs twice has a list
of values. Two things libevtx's XML cannot tell us: an empty value and an absent one are both ""
here; and libevtx pads HexInt32 and HexInt64 with zeros where Windows prints 0x%x, which rules rely
on (GrantedAccess: '0x1fffff'), so text of exactly that form loses its leading zeros here.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import pyevtx

import evtx_envelopes

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PADDED_HEX = re.compile("0x0*([0-9a-f]+)")
INTEGERS = {"EventID", "Version", "Level", "Task", "Opcode", "EventRecordID",
            "Execution_ProcessID", "Execution_ThreadID"}


def plain(name):
    return name.rpartition("}")[2]


def unpad(text):
    found = PADDED_HEX.fullmatch(text)
    return f"0x{found[1]}" if found and len(text) in (10, 18) else text


def add(fields, name, value):
    value = unpad(value)
    if name in INTEGERS and value.isdecimal():
        value = int(value)
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def add_leaves(fields, element):
    name = plain(element.tag)
    if name in ("Data", "ComplexData"):
        add(fields, element.get("Name", name).replace(" ", ""), element.text or "")
    elif len(element):
        for child in element:
            add_leaves(fields, child)
    else:
        add(fields, name, element.text or "")


def flatten(xml):
    """The fields of one event from its XML text."""
    root = ElementTree.fromstring(NOT_XML.sub("\ufffd", xml))
    fields = {}
    for part in root:
        if plain(part.tag) == "System":
            for element in part:
                name = plain(element.tag)
                if element.text and element.text.strip():
                    add(fields, name, element.text)
                for attribute, value in element.items():
                    add(fields, f"{name}_{plain(attribute)}", value)
        else:
            for element in part:
                add_leaves(fields, element)
    return fields


def events(path):
    log = pyevtx.file()
    log.open(path)
    offsets = evtx_envelopes.offsets_by_id(path)
    for i in range(log.number_of_records):
        try:
            record = log.get_record(i)
            fields = flatten(record.xml_string)
        except (OSError, ElementTree.ParseError) as error:
            print(f"{path}: record {i}: {error}", file=sys.stderr)
            continue
        where = offsets.get(record.identifier)
        if not where:
            continue  # recovered by libevtx from outside the space in use
        yield {
            "schema": "spoor.event/1",
            "evidence": path,
            "locator": evtx_envelopes.locator(record.identifier, where.pop(0)),
            "recovered": False,
            "time": fields.get("TimeCreated_SystemTime"),
            "fields": fields,
        }


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        try:
            for item in events(argument):
                print(json.dumps(item, ensure_ascii=False))
        except OSError as error:
            print(f"{argument}: {error}", file=sys.stderr)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Events of text logs, by plain Python readers that share nothing with spoor's.

    log_reference.py FILE... > events.jsonl

prints events in the form of `spoor show events`, for sigma_reference.py. What a file is, is told by
its first line: JSON, a W3C header, `type=… msg=audit(`, a web server's line, else CSV. Only what
docs/evidence-*.md promises is done: names of columns, the constants LogFormat and LogName, and the
few renamed fields. The locator is "at 0x<offset of the event's first byte>".
"""

import csv
import io
import json
import re
import sys

ZEEK_NAMES = {f"id_{end}_{what}": f"id.{end}_{what}" for end in ("orig", "resp") for what in "hp"}
WINDOWS_NAMES = {"SourceName": "Provider_Name", "Hostname": "Computer", "ProviderGuid": "Provider_Guid",
                 "TimeCreated": "TimeCreated_SystemTime", "RecordNumber": "EventRecordID"}


def lines_of(data):
    """Offset and text of each line that is not empty."""
    offset = 0
    for line in data.split(b"\n"):
        text = line.rstrip(b"\r")
        if text:
            try:
                yield offset, text.decode("utf-8")
            except UnicodeDecodeError:
                yield offset, text.decode("cp1252", "replace")
        offset += len(line) + 1


# ---------------------------------------------------------------- JSON


def flatten(value, name, ret):
    """Dotted names; what stands in arrays becomes values of one field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(inner, f"{name}.{key}" if name else key, ret)
    elif isinstance(value, list):
        ret.setdefault(name, [])
        for inner in value:
            flatten(inner, name, ret)
    else:
        ret.setdefault(name, []).append(value)


def json_fields(text):
    fields = {}
    flatten(json.loads(text, parse_float=str), "", fields)
    if "@stream" in fields and "ts" in fields:
        names = {name: ZEEK_NAMES.get(name, re.sub("^certificate_", "certificate.", name)) for name in fields}
        renamed = {names[name]: values for name, values in fields.items()}
        return {"LogFormat": ["zeek"], "LogName": fields["@stream"], **renamed}
    if "Channel" in fields and "EventID" in fields:
        fields = {WINDOWS_NAMES.get(name, name): values for name, values in fields.items()}
    return {"LogFormat": ["json"], **fields}


def read_json(data):
    for offset, text in lines_of(data):
        yield offset, json_fields(text)


# ---------------------------------------------------------------- tables


def read_csv(data):
    """Records of csv.reader, whose lines are fed one by one so that offsets are known."""
    starts, at = [], 0

    def feed():
        nonlocal at
        for line in io.BytesIO(data):
            starts.append(at)
            at += len(line)
            yield line.decode("utf-8")

    names, reader = None, csv.reader(feed())
    first = 0
    for row in reader:
        offset, first = starts[first], reader.line_num
        if names is None:
            names = row
        elif row:
            yield offset, {"LogFormat": ["csv"], **{n: [v] for n, v in zip(names, row)}}


def read_w3c(data):
    software, names = [], []
    for offset, text in lines_of(data):
        if text.startswith("#Software:"):
            software = [text.partition(":")[2].strip()]
        elif text.startswith("#Fields:"):
            names = text.partition(":")[2].split()
        elif not text.startswith("#"):
            fields = {name: [value] for name, value in zip(names, text.split(" "))}
            yield offset, {"LogFormat": ["w3c"], "LogName": software, **fields}


# Servers do not all escape quotes: a request ends where status and size follow.
NCSA = re.compile(r'(?P<c_ip>\S+) (?P<cs_ident>\S+) (?P<cs_username>.+?) \[[^]]*\] "(?P<request>.*)" '
                  r'(?P<sc_status>\d+|-) (?P<sc_bytes>\d+|-)(?: "(?P<cs_referer>.*)" "(?P<cs_user_agent>.*)")?$')


def read_ncsa(data):
    for offset, text in lines_of(data):
        found = NCSA.match(text)
        fields = {name.replace("_", "-"): [value] for name, value in found.groupdict().items() if value is not None}
        method, _, rest = fields.pop("request")[0].partition(" ")
        uri, _, version = rest.rpartition(" ")
        stem, _, query = uri.partition("?")
        fields |= {"cs-method": [method], "cs-uri": [uri], "cs-uri-stem": [stem], "cs-version": [version]}
        if query:
            fields["cs-uri-query"] = [query]
        yield offset, {"LogFormat": ["ncsa"], **fields}


# ---------------------------------------------------------------- auditd

ENCODED = {"proctitle", "name", "exe", "comm", "cmd", "cwd", "key", "path", "dir"}


def audit_value(name, value, kind):
    if value.startswith('"'):
        return value.strip('"')
    if value == "(null)":
        return None
    may_be = name in ENCODED or (kind == "EXECVE" and re.fullmatch(r"a\d+", name))
    if may_be and re.fullmatch("(?:[0-9A-F]{2})+", value):
        return bytes.fromhex(value).decode("utf-8", "replace").rstrip("\0").replace("\0", " ")
    return value


def audit_pairs(rest):
    for name, value in re.findall(r"""([\w.-]+)=('[^']*'|"[^"]*"|\S*)""", rest.replace("\x1d", " ")):
        if value.startswith("'"):
            yield from audit_pairs(value.strip("'"))
        else:
            yield name, value


def read_auditd(data):
    """All records of one event, joined; see docs/evidence-unix.md for a0 and cmdline."""
    events = {}
    for offset, text in lines_of(data):
        kind, serial, rest = re.match(r"type=(\S+) msg=audit\(([\d.]+:\d+)\):(.*)", text).groups()
        event = events.setdefault(serial, (offset, []))
        event[1].append((kind, list(audit_pairs(rest))))
    for offset, records in events.values():
        fields, kinds = {"LogFormat": ["auditd"]}, [kind for kind, _ in records]
        fields["type"] = list(dict.fromkeys(kinds))
        for kind, pairs in records:
            for name, value in pairs:
                if kind == "SYSCALL" and re.fullmatch("a[0-3]", name) and "EXECVE" in kinds:
                    name = "syscall." + name
                fields.setdefault(name, []).append(audit_value(name, value, kind))
            if kind == "EXECVE":
                arguments = {name: audit_value(name, value, kind) for name, value in pairs}
                fields["cmdline"] = [" ".join(arguments[f"a{i}"] for i in range(int(arguments["argc"])))]
        if fields.get("syscall") == ["59"]:
            fields["SYSCALL"] = ["execve"]
        yield offset, fields


# ---------------------------------------------------------------- any of them


def reader_of(data):
    head = data[:400].decode("utf-8", "replace")
    for pattern, reader in ((r"\s*\{", read_json), (r"#(Software|Version|Fields)", read_w3c),
                            (r"type=\S+ msg=audit\(", read_auditd), (r'\S+ \S+ .+ \[\d+/\w+/', read_ncsa)):
        if re.match(pattern, head):
            return reader
    return read_csv


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as stream:
            data = stream.read()
        for offset, fields in reader_of(data)(data):
            fields = {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
            print(json.dumps({"evidence": path, "locator": f"at {offset:#x}", "fields": fields}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what the EVTX writer writes with libevtx (evtxexport) and python-evtx, each where installed.

usage: check-peers.py MAKE_EVTX

Each case is a description for make-evtx, how many records a reader must find in it, and texts that
must stand in the XML. Prints TAP; a reader that is not installed is a visible skip. Cases that a
reader is known to be unable to read, though they are legal, are left out for it and say why.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TYPES = """
style {style}
dependencies yes
event 1
data Text = Grüße, 世界 & <b> "q"
data Ansi:ansi = plain
data U8:u8 = 250
data U16:u16 = 65535
data U32:u32 = 4294967295
data U64:u64 = 18446744073709551615
data F32:f32 = 1.5
data F64:f64 = -2.25
data Bool:bool = true
data Bytes:binary = 00ffa0
data Guid:guid = 01234567-89ab-cdef-0123-456789abcdef
data Size:size = 0x1000
data FileTime:filetime = 2021-03-02T10:11:12.5Z
data SystemTime:systemtime = 2021-03-02T10:11:12.5Z
data Sid:sid = S-1-5-21-1-2-3-1104
data X32:x32 = 0x1fffff
data X64:x64 = 0xabcdef
data Null:null = 
data Empty = 
data - = unnamed one
data - = unnamed two
element Binary:binary = 0102
"""
IN_TYPES = ["Grüße, 世界 &amp; &lt;b&gt;", "plain", ">250<", ">65535<", ">4294967295<",
            ">18446744073709551615<", "S-1-5-21-1-2-3-1104", "unnamed one", "unnamed two",
            "01234567-89", "<Binary>"]
NEGATIVE = """
event 3
data I8:i8 = -5
data I16:i16 = -1234
data I32:i32 = -7
data I64:i64 = -9000000000
"""
LISTS = """
event 2
data Texts:list:text = one|two|three
data Numbers:list:u32 = 1|2|3
data Hex:list:x64 = 0x1|0x2
data Guids:list:guid = 01234567-89ab-cdef-0123-456789abcdef|11234567-89ab-cdef-0123-456789abcdef
"""
MANY = "".join(f"event {i % 7 + 1}\ndata Number:u32 = {i}\ndata Text = {'x' * (300 + i % 60)}\n"
               for i in range(200))
SHORT = "event 1\ndata A = one\nevent 2\ndata A = two\nevent 3\ndata B:u32 = 3\n"
NAMES = ["libevtx", "python-evtx"]
# name, description, records in use, texts in the XML, readers that can not (with the reason)
CASES = [
    ("types-nested", TYPES.format(style="nested"), 1, IN_TYPES, {}),
    ("types-flat", TYPES.format(style="flat"), 1, IN_TYPES, {}),
    ("types-fragment", TYPES.format(style="fragment"), 1, IN_TYPES,
     {"python-evtx": "takes every embedded fragment for a template instance"}),
    ("types-plain", TYPES.format(style="plain"), 1, IN_TYPES,
     {"python-evtx": "takes every record for a template instance"}),
    ("negative", NEGATIVE, 1, [">-5<", ">-1234<", ">-7<", ">-9000000000<"],
     {"libevtx": "reads them as sign and magnitude"}),
    ("lists", LISTS, 1, ["one", "two", "three"],
     {"python-evtx": "knows no array types but text"}),
    ("list-of-text", "event 1\ndata - :list:text = a1|b2|c3\n".replace("- :", "-:"), 1,
     ["a1", "b2", "c3"], {}),
    ("user-data", "provider Microsoft-Windows-Eventlog {fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}\n"
     "event 1102\nuser-data LogFileCleared http://manifests.microsoft.com/win/2004/08/windows/"
     "eventlog\ndata SubjectUserSid:sid = S-1-5-18\ndata SubjectUserName = admin\n", 1,
     ["<LogFileCleared", "<SubjectUserName>admin</SubjectUserName>", "S-1-5-18"], {}),
    ("processing-error", "event 5\nprocessing-error\ndata ErrorCode:u32 = 15005\n"
     "data DataItemName = Value\ndata EventPayload:binary = 8041\n", 1,
     ["<ProcessingErrorData>", ">15005<"], {}),
    ("no-data", "event 9\nevent 10\n", 2, [], {}),
    ("source-name", "source Old Name\nqualifiers 16384\nevent 7036\ndata param1 = x\n", 1,
     ['EventSourceName="Old Name"', 'Qualifiers="16384"'], {}),
    ("many-chunks", MANY, 200, [">199<"], {}),
    ("many-computers", "".join(f"computer c{i % 5}.example.com\nevent 1\ndata N:u32 = {i}\n"
                               for i in range(60)), 60, ["<Computer>c4.example.com"], {}),
    ("dirty", MANY + "flaw dirty\nflaw full\nminor-version 2\n", 200, [], {}),
    ("chunk-count", MANY + "flaw chunk-count\nflaw dirty\n", 200, [], {}),
    ("file-checksum", SHORT + "flaw file-checksum\n", 3, [], {}),
    ("chunk-checksum", SHORT + "flaw chunk-checksum\n", 3, [], {}),
    ("record-checksum", SHORT + "flaw record-checksum\n", 3, [], {}),
    ("no-tables", SHORT + "flaw no-tables\n", 3, [], {}),
    ("missing-ids", SHORT + "skip-ids 40\nevent 4\n", 4, ["<EventRecordID>44<"], {}),
    ("time-backwards", SHORT + "time 2020-01-01T00:00:00Z\nevent 4\n", 4, ["2020-01-01"], {}),
    ("slack", "".join(f"event 1\ndata N:u32 = {i}\n" for i in range(50)) + "clear\nevent 1102\n"
     "user-data LogFileCleared\ndata SubjectUserName = admin\n", 1, ["LogFileCleared"], {}),
    ("freed-chunk", SHORT + "new-chunk\nevent 7\nfree-chunk 0\nevent 8\n", 2, [], {}),
    ("truncated", MANY + "truncate 120000\n", None, [], {}),
]


def libevtx(path):
    """Records in use and the XML of all."""
    done = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True, timeout=60)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").splitlines()[-1])
    return len(re.findall(r"<EventRecordID", text)), text


PYTHON_EVTX = """
import sys, Evtx.Evtx
with Evtx.Evtx.Evtx(sys.argv[1]) as log:
    for record in log.records():
        print(record.xml())
"""


def python_evtx(path):
    """The same; python-evtx writes what is not ASCII as numbers, taken back here."""
    # The distribution's Python has the distribution's module.
    done = subprocess.run(["/usr/bin/python3", "-c", PYTHON_EVTX, path], capture_output=True,
                          timeout=60)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").splitlines()[-1])
    text = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), text)
    return len(re.findall(r"<EventRecordID", text)), text


def installed():
    readers = {}
    if shutil.which("evtxexport"):
        readers["libevtx"] = libevtx
    probe = subprocess.run(["/usr/bin/python3", "-c", "import Evtx"], capture_output=True)
    if probe.returncode == 0:
        readers["python-evtx"] = python_evtx
    return readers


def check(reader, path, n_records, texts):
    """None, or what is wrong."""
    try:
        n, xml = reader(path)
    except RuntimeError as error:
        return f"can not read it: {error}"
    if n_records is not None and n != n_records:
        return f"{n} records, expected {n_records}"
    missing = [text for text in texts if text not in xml]
    return f"not in the XML: {missing}" if missing else None


def main():
    make_evtx = sys.argv[1]
    readers = installed()
    number = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for case, description, n_records, texts, unable in CASES:
            path = os.path.join(folder, case + ".evtx")
            subprocess.run([make_evtx, path], input=description.encode(), check=True, timeout=60)
            for name in NAMES:
                if name in unable:
                    print(f"# {case}: left out, since {name} {unable[name]}")
                    continue
                number += 1
                label = f"{number} {case}/{name}"
                if name not in readers:
                    print(f"ok {label} # SKIP {name} is not installed")
                    continue
                wrong = check(readers[name], path, n_records, texts)
                failed += wrong is not None
                print(f"not ok {label}\n# {wrong}" if wrong else f"ok {label}")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real logs that are not EVTX: every file is recognised, every record read, and all of SigmaHQ's rules
judge them as an independent reading does (tests/oracle: other readers, another evaluator). Skips where
the corpus is absent."""
import collections
import glob
import os
import re
import subprocess
import sys
import zipfile

from harness import SOURCE, corpus, equal, findings, holds, lines, main, spoor, workspace

ORACLE = os.path.join(SOURCE, "tests", "oracle")
sys.path.insert(0, ORACLE)
import log_reference

# By which reader each kind of file is read.
READERS = {"read_json": "json", "read_csv": "csv", "read_w3c": "w3c", "read_ncsa": "ncsa", "read_auditd": "auditd"}

# Where spoor and the independent reading may differ, and why. Rule, side ("ours", "theirs"), reason.
EXPLAINED = {}


def unpacked(folder):
    """The corpus' logs in @folder: OTRF's zips unpacked, the others linked."""
    for path in sorted(glob.glob(os.path.join(corpus("logs", "otrf"), "*.zip"))):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if not name.startswith("__MACOSX"):
                    archive.extract(name, folder)
    for part in ("zeek", "iis"):
        for name in sorted(os.listdir(corpus("logs", part))):
            if not name.startswith("LICENSE"):
                with open(corpus("logs", part, name), "rb") as source, \
                        open(os.path.join(folder, name), "wb") as target:
                    target.write(source.read())
    return sorted(os.path.join(folder, name) for name in os.listdir(folder))


def rule_folders():
    top = corpus("sigma")
    return [os.path.join(top, name) for name in sorted(os.listdir(top)) if name.startswith("rules")]


def content(path):
    with open(path, "rb") as stream:
        return stream.read()


def offset_of(locator):
    """"record 12 at 0x1200" is told by its offset: readers may count records differently."""
    return int(re.search(r" ?at (0x[0-9a-f]+)$", locator).group(1), 16)


def count_by_other_means(path):
    """Records of a file: lines that are not empty and no header; audit events by their serial numbers."""
    data = content(path)
    reader = log_reference.reader_of(data).__name__
    filled = [line for line in data.split(b"\n") if line.strip(b"\r")]
    if reader == "read_w3c":
        filled = [line for line in filled if not line.startswith(b"#")]
    if reader == "read_auditd":
        filled = set(re.findall(rb"msg=audit\(([^)]*)\)", data))
    return len(filled) - (reader == "read_csv")


def test_every_record_is_read():
    with workspace() as folder:
        paths = unpacked(folder)
        holds(len(paths) >= 40, f"{len(paths)} files")
        for path in paths:
            events = lines(spoor("show", "events", path))
            equal(len(events), count_by_other_means(path), f"records of {os.path.basename(path)}")
            offsets = [offset_of(event["locator"]) for event in events]
            theirs = [offset for offset, _ in log_reference.reader_of(content(path))(content(path))]
            equal(offsets, theirs, f"offsets in {os.path.basename(path)}")


def test_every_file_is_recognised():
    with workspace() as folder:
        wrong = []
        paths = unpacked(folder)
        taken = {item["path"]: item["reader"] for item in lines(spoor("evidence", folder, "--json"))}
        for path in paths:
            expected = READERS[log_reference.reader_of(content(path)).__name__]
            if taken.get(path) != expected:
                wrong.append(f"{os.path.basename(path)}: {taken.get(path)}, not {expected}")
        equal(wrong, [], "readers")


def reference_findings(paths, folder):
    events = os.path.join(folder, "events.jsonl")
    with open(events, "w", encoding="utf-8") as out:
        subprocess.run([os.path.join(ORACLE, "log_reference.py"), *paths], stdout=out, check=True)
    judged = subprocess.run(
        [os.path.join(ORACLE, "sigma_reference.py"), "--logsource",
         os.path.join(SOURCE, "content", "tables", "logsources"), "--rules", *rule_folders(), "--", events],
        stdout=subprocess.PIPE, check=True, text=True)
    return {(f["rule"], f["evidence"], offset_of(f["locator"])) for f in lines(judged.stdout)}


def test_independent_reading():
    with workspace() as folder, workspace() as cases:
        paths = unpacked(folder)
        case = os.path.join(cases, "a.case")
        options = [part for rules in rule_folders() for part in ("-r", rules)]
        spoor("scan", folder, "-o", case, "--no-content", *options)
        ours = {(f["rule"]["id"], path, offset_of(f["locator"]))
                for f in findings(case) for path in f["evidence"]["paths"]}
        theirs = reference_findings(paths, cases)
        holds(len(theirs) > 400, f"only {len(theirs)} findings by the reference")
        differences = collections.Counter()
        for side, keys in (("ours", ours - theirs), ("theirs", theirs - ours)):
            for rule, path, offset in sorted(keys):
                if (rule, side) not in EXPLAINED:
                    differences[f"{rule} only in {side}: {os.path.basename(path)} at {offset:#x}"] += 1
        equal(sorted(differences)[:20], [], f"{len(ours)} and {len(theirs)} findings")


if __name__ == "__main__":
    main([test for name, test in sorted(globals().items()) if name.startswith("test_")])

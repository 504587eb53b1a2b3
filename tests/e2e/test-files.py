#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files as evidence, with the real engines: names and hashes for Sigma, bytes for YARA, and what the ledger says
of those that were left out. Large files are sparse."""
import gzip
import hashlib
import io
import json
import os
import socket
import sys
import zipfile

from harness import coverage, equal, findings, holds, lines, main, spoor, workspace

MARKER = b"spoor-test-marker-4711"
MD5 = hashlib.md5(MARKER, usedforsecurity=False).hexdigest()
YARA = 'rule marker { meta: score = 80 strings: $a = "spoor-test-marker-4711" condition: $a }\n'
SIGMA = f"""title: Known bytes
id: 5b1d1e0a-7c0c-4f4c-9b8f-1f1f1f1f1f01
logsource: {{category: file}}
detection:
    selection:
        md5: '{MD5}'
    condition: selection
level: high
"""


def write(path, data=b"", size=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)
        if size:
            stream.truncate(size)
    return path


def rules(folder, **texts):
    for name, text in texts.items():
        write(os.path.join(folder, "rules", name.replace("_", ".")), text.encode())
    return os.path.join(folder, "rules")


def archive(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in members:
            pack.writestr(name, data)
    return out.getvalue()


def scan(folder, evidence, *options):
    case = os.path.join(folder, "case")
    if os.path.exists(case):
        os.unlink(case)
    summary = json.loads(spoor("scan", evidence, "--no-content", "-o", case, "--json", "--fail-on", "never", *options))
    return summary, case


def gaps(case):
    return sorted((os.path.basename(row["path"]), row["kind"]) for row in coverage(case)
                  if row["schema"] == "spoor.gap/1")


def test_names_hashes_and_bytes():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        write(f"{evidence}/Users/x/mt.exe", MARKER)
        write(f"{evidence}/copy.exe", MARKER)
        write(f"{evidence}/pack.zip", archive(("in/mt.exe", MARKER), ("in/empty", b"")))
        summary, case = scan(folder, evidence, "-r", rules(folder, a_yar=YARA, b_yml=SIGMA))
        equal(sorted((f["rule"]["title"], f["locator"]) for f in findings(case)),
              sorted((title, f"file {place}") for title in ("Known bytes", "marker")
                     for place in ("Users/x/mt.exe", "copy.exe", "pack.zip/in/mt.exe")), "findings")
        for finding in findings(case):
            equal(finding["evidence"]["paths"], [f"{evidence}/{finding['locator'].removeprefix('file ')}"], "paths")
            equal((finding["host"], finding["channel"]), ("", "file"), "host and log")
        equal((summary["files_judged"], summary["evidence_unknown"], summary["complete"]), (5, 0, True), "summary")
        ledger = coverage(case)[0]
        equal((ledger["files_judged"], ledger["members_judged"]), (5, 2), "ledger")
        equal(gaps(case), [], "gaps")


def test_events_of_files():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        write(f"{evidence}/a.EXE", MARKER)
        write(f"{evidence}/log.json", b'{"a": 1}\n')
        write(f"{evidence}/pack.zip", archive(("in/b", MARKER)))
        events = lines(spoor("show", "events", "--files", evidence))
        equal([event["locator"] for event in events],
              ["file a.EXE", "file log.json", "file pack.zip/in/b", "file pack.zip"], "locators")
        fields = events[0]["fields"]
        equal((fields["FileName"], fields["Extension"], fields["Size"], fields["md5"], fields["sha256"]),
              ("a.EXE", ".exe", len(MARKER), MD5, hashlib.sha256(MARKER).hexdigest()), "fields")
        equal([event["locator"] for event in lines(spoor("show", "events", evidence))], ["record 1 at 0x0"], "records")


def test_standard_input_has_no_time():
    """What is found in it does not depend on the clock; nor in what a packed file holds that has no time."""
    with workspace() as folder:
        with_rules = rules(folder, a_yar=YARA)
        source, case = os.path.join(folder, "source"), os.path.join(folder, "case")
        for data in (MARKER, gzip.compress(MARKER, mtime=0)):
            write(source, data)
            said = []
            for _ in range(2):
                with open(source, "rb") as stream:
                    spoor("scan", "-", "--no-content", "-r", with_rules, "-o", case, stdin=stream)
                said.append([(f["id"], f["time"], f["event"].get("Modified")) for f in findings(case)])
                os.unlink(case)
            equal(said[0], said[1], "findings")
            equal([(time, modified) for _, time, modified in said[0]], [(None, None)], "times")


def test_limits_of_content():
    """Large logs are judged by their records; of other large files the bytes are a loss, if anyone wanted them."""
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        line = b'{"EventID": 1, "filler": "' + b"x" * 4000 + b'"}\n'
        log = line * ((65 << 20) // len(line))
        write(f"{evidence}/large.json", log)
        write(f"{evidence}/small.json", line + b'{"marker": "' + MARKER + b'"}\n')
        write(f"{evidence}/huge.img", MARKER, 257 << 20)
        summary, case = scan(folder, evidence, "-r", rules(folder, b_yml=SIGMA))
        equal((gaps(case), summary["complete"]), ([], True), "without YARA")
        summary, case = scan(folder, evidence, "-r", rules(folder, a_yar=YARA))
        equal((gaps(case), summary["complete"]),
              ([("huge.img", "limit"), ("large.json", "content-left-out")], False), "with YARA")
        equal([finding["locator"] for finding in findings(case)], ["file small.json"], "findings")
        fields = {event["locator"]: event["fields"] for event in
                  lines(spoor("show", "events", "--files", evidence))}
        holds("md5" not in fields["file large.json"] and "md5" in fields["file huge.img"], fields)
        equal(fields["file large.json"]["sha256"], hashlib.sha256(log).hexdigest(), "SHA-256")


def test_what_is_no_file():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        write(f"{evidence}/a.exe", MARKER)
        write(f"{evidence}/Security.evtx", b"this is no event log at all, whatever it is called\n" * 100)
        os.link(f"{evidence}/a.exe", f"{evidence}/hard.exe")
        os.symlink("/bin/true", f"{evidence}/soft")
        os.symlink("..", f"{evidence}/loop")
        os.mkfifo(f"{evidence}/pipe")
        write(f"{evidence}/secret", MARKER)
        os.chmod(f"{evidence}/secret", 0)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{evidence}/socket")
            _, case = scan(folder, evidence, "-r", rules(folder, a_yar=YARA))
        wanted = [("loop", "unsupported"), ("pipe", "unreadable"), ("socket", "unreadable"), ("soft", "unsupported")]
        if os.geteuid() != 0:  # root reads everything
            wanted.append(("secret", "unreadable"))
        told = gaps(case)
        holds(any(name == "Security.evtx" for name, _ in told), told)
        equal([gap for gap in told if gap[0] != "Security.evtx"], sorted(wanted), "gaps")
        places = [finding["locator"] for finding in findings(case)]
        holds({"file a.exe", "file hard.exe"} <= set(places), places)


def test_without_rules_on_files():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        write(f"{evidence}/a.exe", MARKER)
        never = "title: Never\nlogsource: {product: macos}\ndetection: {s: {Field: value}, condition: s}\n"
        summary, case = scan(folder, evidence, "-r", rules(folder, c_yml=never))
        equal((summary["files_judged"], summary["evidence_unknown"]), (0, 1), "summary")
        equal(gaps(case), [("a.exe", "unsupported")], "gaps")


def test_any_number_of_workers():
    """Same files, same findings: also for many of them, most of which are small."""
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        for number in range(500):
            write(f"{evidence}/{number % 7}/{number}", b"x" * number + (MARKER if number % 50 == 0 else b""))
        texts = []
        for workers in ("1", "3"):
            summary, case = scan(folder, evidence, "-r", rules(folder, a_yar=YARA), "--workers", workers)
            equal(summary["files_judged"], 500, "files")
            texts.append(sorted(json.dumps(finding) for finding in findings(case)))
        equal(len(texts[0]), 10, "findings")
        equal(texts[0], texts[1], "findings")


if __name__ == "__main__":
    main([test for name, test in list(vars(sys.modules[__name__]).items()) if name.startswith("test_")])

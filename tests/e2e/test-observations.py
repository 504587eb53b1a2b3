#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Observations: what logs and files say of systems, condensed; the same however a scan was made."""
import json
import os
import signal
import sqlite3
import subprocess
import time

from harness import SPOOR, equal, holds, lines, main, spoor, workspace

RULES = """title: Builds
id: 5f1e0a44-6f3c-4c58-9a2b-0d8f5a3e7c11
logsource: {product: exchange, service: httpproxy}
detection: {s: {MajorVersion|exists: true}, condition: s}
observation: {kind: exchange-build, subject: ServerHostName, value: ProductVersion}
---
title: Files
id: 5f1e0a44-6f3c-4c58-9a2b-0d8f5a3e7c12
logsource: {category: file}
detection: {s: {Extension: .txt}, condition: s}
observation: {kind: text-file, value: FileName}
"""
HEAD = ("#Software: Microsoft Exchange Server\n#Log-type: HttpProxy Logs\n"
        "#Fields: DateTime,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,UrlStem,"
        "AnchorMailbox,ServerHostName,HttpStatus\n")
ROWS = 260_000  # of some 70 bytes: three tasks


def time_of(i):
    day, second = divmod(i * 7, 86400)
    return f"2021-03-{day + 1:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000Z"


def write_log(path, rows=ROWS):
    """EX01 is updated in the middle; EX02 shows up in the last rows only."""
    with open(path, "w", encoding="ascii") as file:
        file.write(HEAD)
        for i in range(rows):
            revision = 2 if i < rows // 2 else 9
            host = "EX02" if i >= rows - 3 else "EX01"
            file.write(f"{time_of(i)},15,1,2176,{revision},/owa/,Sid~S-1-5-21-1-2-3,{host},200\n")


def make(folder):
    evidence = os.path.join(folder, "e")
    os.mkdir(evidence)
    rules = os.path.join(folder, "r.yml")
    with open(rules, "w", encoding="ascii") as file:
        file.write(RULES)
    return evidence, rules


def scan(folder, evidence, rules, name, *options):
    case = os.path.join(folder, name)
    spoor("scan", evidence, "-o", case, "-q", "--no-content", "-r", rules, *options)
    return case


def observations(case):
    return [{k: v for k, v in o.items() if k not in ("schema", "sha256", "rule")}
            for o in lines(spoor("show", "observations", case, "--json"))]


def test_tasks_and_workers():
    """Rows over several tasks are one observation, with any number of workers."""
    with workspace() as folder:
        evidence, rules = make(folder)
        log = os.path.join(evidence, "p.log")
        write_log(log)
        cases = [scan(folder, evidence, rules, f"{n}.case", "--workers", str(n)) for n in (1, 2, 3)]
        seen = observations(cases[0])
        equal([(o["subject"], o["value"], o["events"], o["first"], o["last"]) for o in seen], [
            ("EX01", "15.1.2176.2", ROWS // 2, "2021-03-01T00:00:00.0000000Z",
             time_of(ROWS // 2 - 1)[:-5] + ".0000000Z"),
            ("EX01", "15.1.2176.9", ROWS // 2 - 3, time_of(ROWS // 2)[:-5] + ".0000000Z",
             time_of(ROWS - 4)[:-5] + ".0000000Z"),
            ("EX02", "15.1.2176.9", 3, time_of(ROWS - 3)[:-5] + ".0000000Z",
             time_of(ROWS - 1)[:-5] + ".0000000Z")])
        for case in cases[1:]:
            equal(observations(case), seen)
        # Where the first and last stand, is told as a line that can be looked at.
        number = int(seen[0]["last_locator"].split()[1])
        with open(log, encoding="ascii") as file:
            equal(file.readlines()[number - 1].split(",")[0], time_of(ROWS // 2 - 1))


def test_scan_again():
    """What is known is not counted twice, and goes with the evidence that said it."""
    with workspace() as folder:
        evidence, rules = make(folder)
        write_log(os.path.join(evidence, "p.log"), 100)
        case = scan(folder, evidence, rules, "a.case")
        before = observations(case)
        scan(folder, evidence, rules, "a.case")
        equal(observations(case), before)
        write_log(os.path.join(evidence, "p.log"), 10)
        scan(folder, evidence, rules, "a.case")
        equal([o["events"] for o in observations(case)], [5, 2, 3])


def test_files():
    """A file as a whole is observed at each of its paths, and forgotten with them."""
    with workspace() as folder:
        evidence, rules = make(folder)
        for name in ("a.txt", "b.txt"):
            with open(os.path.join(evidence, name), "w", encoding="ascii") as file:
                file.write("the same\n")
        case = scan(folder, evidence, rules, "a.case")
        equal([(o["value"], o["first_locator"], os.path.basename(o["path"]), o["events"])
               for o in observations(case)],
              [("a.txt", "file a.txt", "a.txt", 1), ("b.txt", "file b.txt", "b.txt", 1)])
        os.rename(os.path.join(evidence, "b.txt"), os.path.join(evidence, "c.txt"))
        with open(os.path.join(evidence, "b.txt"), "w", encoding="ascii") as file:
            file.write("another\n")
        scan(folder, evidence, rules, "a.case")
        equal(sorted((o["value"], o["events"]) for o in observations(case)),
              [("a.txt", 1), ("b.txt", 1), ("c.txt", 1)])


def test_not_findings():
    """Rules that observe make no findings, no quiet rules and no exit status."""
    with workspace() as folder:
        evidence, rules = make(folder)
        write_log(os.path.join(evidence, "p.log"), 10)
        case = os.path.join(folder, "a.case")
        result = spoor("scan", evidence, "-o", case, "--no-content", "-r", rules, ok=None)
        equal(result.returncode, 0)
        shown = lines(spoor("show", "rules", case, "--json"))
        equal(sorted((r["title"], r["status"]) for r in shown),
              [("Builds", "observed"), ("Files", "quiet")])
        with sqlite3.connect(case) as db:
            equal(db.execute("SELECT count(*) FROM finding").fetchone(), (0,))


def test_too_many():
    """Hostile evidence says something else in every row: that is bounded, and said."""
    with workspace() as folder:
        evidence, rules = make(folder)
        with open(os.path.join(evidence, "p.log"), "w", encoding="ascii") as file:
            file.write(HEAD)
            for i in range(20_000):
                file.write(f"{time_of(i)},15,1,2176,{i},/owa/,Sid~S-1,EX01,200\n")
        case = os.path.join(folder, "a.case")
        result = spoor("scan", evidence, "-o", case, "-q", "--no-content", "-r", rules, ok=None)
        equal(result.returncode, 3)
        equal(len(observations(case)), 16384)
        gaps = lines(spoor("show", "gaps", case, "--json"))
        equal([g["kind"] for g in gaps], ["limit"])


def test_killed():
    """A scan that was killed, wherever it was, and is done again comes to the same."""
    with workspace() as folder:
        evidence, rules = make(folder)
        for name in ("p.log", "q.log"):
            write_log(os.path.join(evidence, name), ROWS // (1 if name < "q" else 3))
        whole = observations(scan(folder, evidence, rules, "whole.case"))
        equal(len(whole), 6)
        for number, delay in enumerate((0.05, 0.1, 0.2, 0.3)):
            case = os.path.join(folder, f"{number}.case")
            with subprocess.Popen([SPOOR, "scan", evidence, "-o", case, "-q", "--no-content", "-r", rules],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(delay)
                process.send_signal(signal.SIGKILL)
            scan(folder, evidence, rules, f"{number}.case")
            equal(observations(case), whole, f"whole and killed after {delay} s")


def test_hostile_texts():
    """Long ones are cut, half characters and NULs are replaced; no worker dies of them."""
    with workspace() as folder:
        evidence, _ = make(folder)
        rules = os.path.join(folder, "any.yml")
        with open(rules, "w", encoding="ascii") as file:
            file.write("title: Any\nlogsource: {product: aws, service: cloudtrail}\n"
                       "detection: {s: {a|exists: true}, condition: s}\n"
                       "observation: {kind: any, subject: b, value: a}\n")
        texts = ["x" * 5000, "\ud800" * 3000, "a\0b", "\u00e4" * 1000, "-", "", "<b>\u202e\n\x1b[31m"]
        with open(os.path.join(evidence, "a.json"), "w", encoding="ascii") as file:
            for text in texts:
                file.write(json.dumps({"eventTime": "2021-03-02T00:00:00Z", "event.dataset": "aws.cloudtrail",
                                       "a": text, "b": text}) + "\n")
        case = scan(folder, evidence, rules, "a.case")
        seen = observations(case)
        cut = {text.encode()[:1024].decode(errors="replace") for text in
               ("x" * 5000, "\ufffd" * 341, "a\ufffdb", "\u00e4" * 1000, texts[-1])}
        equal({(o["subject"], o["value"], o["events"]) for o in seen}, {(text, text, 1) for text in cut})
        gaps = [g["kind"] for g in lines(spoor("show", "gaps", case, "--json"))]
        holds("worker" not in gaps, gaps)
        holds("\x1b" not in spoor("show", "observations", case), "an escape sequence is shown")


if __name__ == "__main__":
    main([test_tasks_and_workers, test_scan_again, test_files, test_not_findings, test_too_many, test_killed,
          test_hostile_texts])

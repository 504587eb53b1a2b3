#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Scanning as a user does it: sameness, resuming, damage, trouble with the disk, exit status."""
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import (EXAMPLE, SPOOR, coverage, equal, findings, holds, main, spoor, workspace)


def everything(case, folder):
    """All that must be the same whenever the judgement is the same."""
    html = os.path.join(folder, "report.csv")
    spoor("report", case, "--format", "csv", "-o", html)
    with open(html, encoding="utf-8") as report:
        return (spoor("show", "findings", case, "--json"),
                spoor("show", "coverage", case, "--json"), report.read())


def test_example_is_found():
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        result = spoor("scan", EXAMPLE, "-o", case, ok=None)
        equal(result.returncode, 1, "exit status")
        found = findings(case)
        holds(len(found) > 10, f"only {len(found)} findings")
        for finding in found:
            for key in ("id", "engine", "rule", "time", "evidence", "locator", "recovered",
                        "matched", "event"):
                holds(key in finding, f"{key} is missing in {finding}")
            holds({"id", "title", "level", "tags"} <= set(finding["rule"]), "rule's members")
            holds({"path", "sha256"} <= set(finding["evidence"]), "evidence's members")
            holds(finding["matched"], f"nothing says why: {finding}")
        equal(len({f["id"] for f in found}), len(found), "ids and findings")
        times = [(f["time"] or "", f["id"]) for f in found]
        equal(times, sorted(times), "order")


def test_what_was_assumed_of_times_is_told_once():
    with workspace() as folder:
        log, case = os.path.join(folder, "auth.log"), os.path.join(folder, "a.case")
        line = "Mar  2 10:11:12 host sshd[1]: a line like many others in this log of many parts\n"
        with open(log, "w", encoding="utf-8") as file:
            file.write(line * (20 * 1024 * 1024 // len(line)))
        shown = spoor("show", "events", log, ok=None).stderr.splitlines()
        equal(len(shown), 2, f"remarks of show events: {shown}")
        spoor("scan", log, "-o", case)
        notes = [g["note"] for g in coverage(case)
                 if g.get("kind") == "time-assumed"]
        equal(len(notes), 2, "remarks of the case")


def test_same_bytes_whatever_the_workers():
    with workspace() as folder:
        seen = []
        for workers in ("1", "2", "4"):
            case = os.path.join(folder, f"{workers}.case")
            spoor("scan", EXAMPLE, "-o", case, "--workers", workers, "--recovered")
            seen.append(everything(case, folder))
        equal(seen[0], seen[1], "1 and 2 workers")
        equal(seen[0], seen[2], "1 and 4 workers")


def test_same_bytes_whatever_the_order():
    with workspace() as folder:
        files = sorted(os.path.join(root, name) for root, _, names in os.walk(EXAMPLE)
                       for name in names if name.endswith(".evtx"))
        seen = []
        for seed in range(3):
            order = files[:]
            random.Random(seed).shuffle(order)
            case = os.path.join(folder, f"{seed}.case")
            spoor("scan", *order, "-o", case)
            seen.append(everything(case, folder))
        equal(seen[0], seen[1], "two orders")
        equal(seen[0], seen[2], "two orders")


def test_scanning_again_changes_nothing():
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        spoor("scan", EXAMPLE, "-o", case)
        first = everything(case, folder)
        spoor("scan", EXAMPLE, "-o", case)
        equal(first, everything(case, folder), "first and second scan")


def test_killed_scan_is_resumed():
    with workspace() as folder:
        whole = os.path.join(folder, "whole.case")
        spoor("scan", EXAMPLE, "-o", whole)
        expected = everything(whole, folder)
        for number, delay in enumerate((0.01, 0.05, 0.1, 0.2, 0.4)):
            case = os.path.join(folder, f"{number}.case")
            process = subprocess.Popen([SPOOR, "scan", EXAMPLE, "-o", case],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            spoor("scan", EXAMPLE, "-o", case)
            equal(expected, everything(case, folder), f"whole and killed after {delay} s")


def test_interrupt_keeps_the_case():
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        process = subprocess.Popen([SPOOR, "scan", EXAMPLE, "-o", case],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=30)
        holds(status in (130, -2, 0, 1, 3), f"exit status {status}")
        spoor("scan", EXAMPLE, "-o", case)
        holds(findings(case), "no findings after resuming")


def test_damage_costs_only_itself():
    """Copies of a log, cut and flipped: each ends in findings plus gaps and leaves a ledger row."""
    with workspace() as folder:
        source = max((os.path.join(root, name) for root, _, names in os.walk(EXAMPLE)
                      for name in names if name.endswith(".evtx")), key=os.path.getsize)
        with open(source, "rb") as log:
            content = log.read(4096 + 2 * 65536)
        evidence = os.path.join(folder, "evidence")
        os.mkdir(evidence)
        dice = random.Random(7)
        for number in range(120):
            damaged = bytearray(content)
            if number % 3 == 0:
                damaged = damaged[:dice.randrange(1, len(damaged))]
            else:
                for _ in range(1 if number % 3 == 1 else 50):
                    damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            with open(os.path.join(evidence, f"{number:03}.evtx"), "wb") as out:
                out.write(damaged)
        case = os.path.join(folder, "a.case")
        spoor("scan", evidence, "-o", case)
        with sqlite3.connect(case) as db:
            equal(db.execute("select count(*) from evidence_path").fetchone()[0], 120, "files")
            worker = db.execute("select note from gap where kind = 'worker'").fetchall()
        equal(worker, [], "gaps by workers that died")


def test_full_disk_is_said():
    with workspace() as folder:
        case = os.path.join(folder, "a.case")

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))

        result = spoor("scan", EXAMPLE, "-o", case, ok=None, preexec_fn=small_files)
        equal(result.returncode, 4, f"exit status ({result.stderr})")
        holds("full" in result.stderr or "space" in result.stderr or "I/O" in result.stderr or
              "write" in result.stderr, f"no reason given: {result.stderr}")
        spoor("scan", EXAMPLE, "-o", case)
        holds(findings(case), "the case is of no use after the disk had room again")


def test_unreadable_and_foreign_files():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        os.mkdir(evidence)
        with open(os.path.join(evidence, "notes.txt"), "w", encoding="utf-8") as out:
            out.write("not a log\n")
        os.mkfifo(os.path.join(evidence, "pipe"))
        os.symlink("/etc/passwd", os.path.join(evidence, "link"))
        with open(os.path.join(evidence, "empty.evtx"), "wb"):
            pass
        case = os.path.join(folder, "a.case")
        spoor("scan", evidence, "-o", case)
        told = spoor("show", "coverage", case, "--json")
        for name in ("notes.txt", "pipe", "link", "empty.evtx"):
            holds(name in told, f"{name} is not in the ledger")
        holds("root:" not in told, "a link was followed")


def test_missing_evidence():
    result = spoor("scan", "/nonexistent/evidence", "-o", "/tmp/never.case", ok=None)
    holds(result.returncode in (2, 3, 4), f"exit status {result.returncode}")
    holds("/nonexistent/evidence" in result.stderr, "the path is not named")


def test_no_sandbox_is_told():
    with workspace() as folder:
        case, html = os.path.join(folder, "a.case"), os.path.join(folder, "a.html")
        spoor("scan", EXAMPLE, "-o", case, "--no-sandbox")
        spoor("report", case, "-o", html)
        with open(html, encoding="utf-8") as report:
            holds("--no-sandbox" in report.read(), "the report does not say so")


def test_evidence_is_not_changed():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        shutil.copytree(EXAMPLE, evidence)
        before = {name: open(os.path.join(evidence, name), "rb").read()
                  for name in os.listdir(evidence) if name.endswith(".evtx")}
        spoor("scan", evidence, "-o", os.path.join(folder, "a.case"))
        for name, content in before.items():
            with open(os.path.join(evidence, name), "rb") as log:
                equal(log.read() == content, True, name)


def test_coverage_is_a_ledger():
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        spoor("scan", EXAMPLE, "-o", case)
        holds(all("schema" in row for row in coverage(case)), "rows without schema")


if __name__ == "__main__":
    main([test for name, test in sorted(globals().items()) if name.startswith("test_")])

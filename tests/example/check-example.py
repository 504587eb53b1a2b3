#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/intrusion is what make-example writes, and spoor finds in it what its README tells.

usage: check-example.py bytes MAKE_EXAMPLE FOLDER
       check-example.py exchange MAKE_EXCHANGE FOLDER
       check-example.py findings SPOOR FOLDER EXPECTED

EXPECTED has a line for each finding: host, event id (or log format), "slack" or "-", and the rule's title. In
`findings` the scan with the shipped rules must give exactly those without "slack", and with
--recovered all of them: so the background is silent, and nothing of the story is lost. Prints TAP.
"""
import json
import os
import subprocess
import sys
import tempfile


def files_of(folder):
    """Path below @folder to bytes."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def check_bytes(make_example, folder, size=None):
    """With @size, the program writes what the story is beside the folder, too: FOLDER-truth.tsv."""
    with tempfile.TemporaryDirectory() as work:
        made = os.path.join(work, "made")
        arguments = [size, made, made + "-truth.tsv"] if size else [made]
        subprocess.run([make_example] + arguments, check=True, timeout=60)
        new, old = files_of(made), files_of(folder)
        if size:
            for found, path in ((new, made), (old, folder)):
                with open(path + "-truth.tsv", "rb") as file:
                    found["../truth"] = file.read()
    wrong = sorted(path for path in new.keys() | old.keys() if new.get(path) != old.get(path))
    print("1..1")
    print(("not ok" if wrong else "ok") + " 1 same bytes")
    for path in wrong:
        print(f"# differs: {path}; to bring it up to date: make-example {folder}")
    return 1 if wrong else 0


def scan(spoor, folder, case, options):
    indicators = os.path.join(os.path.dirname(folder), "indicators.csv")
    command = [spoor, "scan", folder, "-i", indicators, "-o", case] + options
    done = subprocess.run(command, capture_output=True, timeout=300)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"Bail out! {' '.join(command)}: {done.stderr.decode()}")
    shown = subprocess.run([spoor, "show", "findings", case, "--json"], capture_output=True,
                           timeout=60, check=True)
    findings = []
    for line in shown.stdout.decode().splitlines():
        f = json.loads(line)
        host = os.path.relpath(f["evidence"]["path"], folder).split(os.sep)[0]
        event = f["event"].get("fields", f["event"])
        findings.append("\t".join([host, str(event.get("EventID", event.get("LogFormat"))),
                                   "slack" if f["recovered"] else "-", f["rule"]["title"]]))
    return sorted(findings)


def compare(number, name, found, expected):
    print(f"{'ok' if found == expected else 'not ok'} {number} {name}")
    for line in sorted(set(expected) - set(found)):
        print(f"# missing: {line}")
    for line in sorted(set(found) - set(expected)):
        print(f"# not expected: {line}")
    if found != expected and set(found) == set(expected):
        print(f"# {len(found)} findings, expected {len(expected)}")
    return found == expected


def check_findings(spoor, folder, expected_path):
    if not os.access(spoor, os.X_OK):
        print(f"1..1\nok 1 findings # SKIP {spoor} is not built")
        return 0
    with open(expected_path, encoding="utf-8") as file:
        expected = sorted(line.rstrip("\n") for line in file if not line.startswith("#"))
    in_use = [line for line in expected if "\tslack\t" not in line]
    print("1..2")
    with tempfile.TemporaryDirectory() as cases:
        one = compare(1, "in use", scan(spoor, folder, os.path.join(cases, "a.case"), []), in_use)
        two = compare(2, "with recovered", scan(spoor, folder, os.path.join(cases, "b.case"),
                                                ["--recovered"]), expected)
    return 0 if one and two else 1


def main():
    if sys.argv[1] == "bytes":
        return check_bytes(*sys.argv[2:])
    if sys.argv[1] == "exchange":
        return check_bytes(sys.argv[2], sys.argv[3], "small")
    return check_findings(*sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())

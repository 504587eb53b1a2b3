#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every shipped YARA rule fires on what it is for, and not on its benign twin.

usage: check-yara.py SPOOR CONTENT_FOLDER FILES_FOLDER

For each rule of content/yara/*.yar there is FILES_FOLDER/RULE.files: sections that start with
"== fires NAME" or "== benign NAME", where NAME is what the file is called; what follows is its content,
with bytes as \\x4d, a backslash as \\\\ and, in a line "wide: TEXT", text in UTF-16. Files that fire hold
the telling fragments alone, cut short or out of order, so that no server could run them. spoor scans all
of them with the shipped rules. Prints TAP.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile


def rule_names(content):
    names = []
    for path in sorted(glob.glob(os.path.join(content, "yara", "*.yar"))):
        with open(path, encoding="utf-8") as file:
            names += re.findall(r"^rule (\w+)", file.read(), flags=re.M)
    return names


def content_of(text):
    """The bytes that a section's text stands for."""
    parts = []
    for line in text.splitlines(keepends=True):
        if line.startswith("wide: "):
            parts.append(line[6:].rstrip("\n").encode("utf-16-le"))
        else:
            parts.append(re.sub(rb"\\(x[0-9a-f]{2}|\\)",
                                lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[1][1:], 16)]),
                                line.encode()))
    return b"".join(parts)


def write_files(names, files, folder):
    """Path below @folder to (rule, kind)."""
    written = {}
    for name in names:
        source = os.path.join(files, name + ".files")
        if not os.path.exists(source):
            continue
        with open(source, encoding="utf-8") as file:
            parts = re.split(r"^== (fires|benign) (.+)\n", file.read(), flags=re.M)
        for i, (kind, place, text) in enumerate(zip(parts[1::3], parts[2::3], parts[3::3])):
            path = os.path.join(folder, f"{name}.{i}", place)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content_of(text))
            written[path] = (name, kind)
    return written


def scan(spoor, content, folder, case):
    """(rule, path) of all findings."""
    command = [spoor, "scan", folder, "-o", case, "--no-content", "-r",
               os.path.join(content, "yara")]
    done = subprocess.run(command, capture_output=True, timeout=300)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"Bail out! {' '.join(command)}: {done.stderr.decode()}")
    shown = subprocess.run([spoor, "show", "findings", case, "--json"], capture_output=True,
                           check=True, timeout=60)
    found = [json.loads(line) for line in shown.stdout.splitlines()]
    return {(one["rule"]["title"], one["evidence"]["path"]) for one in found}


def problems(name, written, found):
    kinds = {kind for rule, kind in written.values() if rule == name}
    for kind in ("fires", "benign"):
        if kind not in kinds:
            yield f"no section of {name}.files {'is ' * (kind == 'benign')}{kind}"
    for path, (rule, kind) in written.items():
        if rule == name and kind == "fires" and (name, path) not in found:
            yield f"does not fire on {path}"
        if rule == name and kind == "benign":
            for other in sorted(title for title, where in found if where == path):
                yield f"{other} fires on {path}"


def main():
    spoor, content, files = sys.argv[1:4]
    names = rule_names(content)
    with tempfile.TemporaryDirectory(prefix="spoor-yara-") as folder:
        written = write_files(names, files, os.path.join(folder, "files"))
        found = scan(spoor, content, os.path.join(folder, "files"), os.path.join(folder, "case"))
    print(f"1..{len(names)}")
    bad = 0
    for number, name in enumerate(names, 1):
        wrong = list(problems(name, written, found))
        for line in wrong:
            print(f"# {line}")
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every shipped rule fires on what it is for, and not on its benign twin.

usage: check-rules.py MAKE_EVTX SPOOR CONTENT_FOLDER EVENTS_FOLDER

For each rule content/rules/**/NAME.yml there is EVENTS_FOLDER/NAME.events: sections that start with
"== fires" or "== benign", each a description for make-evtx (tests/evtx-writer/make-evtx.c), where a
line such as "@sysmon" stands for the settings of that log. Each section becomes an EVTX file of its
own; "== fires log" and "== benign log" are the text of a log as it stands; "== fires file PATH" and
"== benign file PATH" are a file of its own, its bytes in hexadecimal, in quotes, or repeated (00*16).
A section may go on with further files, behind lines "== and", "== and log" and "== and file PATH".
spoor scans all of them with the shipped rules, and tests/content/placeholders.yml beside EVENTS_FOLDER
completes the shipped placeholders. In a section of "fires" the rule must be found in one of its files (or,
where it makes observations, observe something), in one of "benign" in none. No section may make another rule fail to load. Prints TAP.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

LOGS = {
    "@sysmon": "provider Microsoft-Windows-Sysmon {5770385f-c22a-43e0-bf4c-06f5698ffbd9}\n"
               "channel Microsoft-Windows-Sysmon/Operational\nuser S-1-5-18\n",
    "@security": "provider Microsoft-Windows-Security-Auditing "
                 "{54849625-5478-4994-a5ba-3e3b0328c30d}\nchannel Security\n",
    "@system": "channel System\n",
    "@application": "channel Application\n",
    "@exchange-management": "provider MSExchange CmdletLogs\nchannel MSExchange Management\n",
    "@powershell": "provider Microsoft-Windows-PowerShell {a0c1853b-5c40-4b15-8766-3cf1c58f985a}\n"
                   "channel Microsoft-Windows-PowerShell/Operational\n",
    "@defender": "provider Microsoft-Windows-Windows Defender "
                 "{11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78}\n"
                 "channel Microsoft-Windows-Windows Defender/Operational\n",
}


def sections(path):
    """(kind, [("" or " log" or " file PATH", text) of each file]) of each section."""
    with open(path, encoding="utf-8") as file:
        parts = re.split(r"^== (fires|benign|and)( log| file [^\n]+)?\n", file.read(), flags=re.M)
    found = []
    for kind, form, text in zip(parts[1::3], parts[2::3], parts[3::3]):
        if not form:
            text = "".join(LOGS.get(line, line + "\n") for line in text.splitlines())
        if kind == "and":
            found[-1][1].append((form or "", text))
        else:
            found.append((kind, [(form or "", text)]))
    return found


def read_bytes(text):
    made = b""
    for part in re.findall(r'"[^"]*"|\S+', text):
        if part.startswith('"'):
            made += part[1:-1].encode()
        else:
            byte, _, times = part.partition("*")
            made += bytes.fromhex(byte) * int(times or 1)
    return made


def rule_files(content):
    """Name to (path, id)."""
    found = {}
    for path in sorted(glob.glob(os.path.join(content, "rules", "**", "*.yml"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            match = re.search(r"^id: (\S+)$", file.read(), flags=re.M)
        found[os.path.basename(path)[:-4]] = (path, match[1] if match else None)
    return found


def write_file(make_evtx, path, form, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not form:
        subprocess.run([make_evtx, path], input=text.encode(), check=True, timeout=60)
        return
    with open(path, "wb") as file:
        file.write(text.encode() if form == " log" else read_bytes(text))


def write_logs(make_evtx, rules, events, folder):
    """Of each section (rule name, kind, names of its files)."""
    written = []
    for name in rules:
        path = os.path.join(events, name + ".events")
        if not os.path.exists(path):
            continue
        for i, (kind, files) in enumerate(sections(path)):
            names = []
            for j, (form, text) in enumerate(files):
                last = form[6:] if form.startswith(" file") else f"{j}.log" if form else f"{j}.evtx"
                names.append(os.path.join(f"{name}.{i}.{kind}", last))
                write_file(make_evtx, os.path.join(folder, names[-1]), form, text)
            written.append((name, kind, names))
    return written


def scan(spoor, content, placeholders, logs_folder, case):
    """(rule id, file name) of all findings and observations."""
    command = [spoor, "scan", logs_folder, "-o", case, "--no-content", "-r",
               os.path.join(content, "rules"), "--placeholders", placeholders]
    done = subprocess.run(command, capture_output=True, timeout=300)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"Bail out! {' '.join(command)}: {done.stderr.decode()}")
    found = set()
    for finding in show(spoor, "findings", case):
        for path in [finding["evidence"]["path"], *finding["evidence"].get("paths", [])]:
            found.add((finding["rule"]["id"], os.path.relpath(path, logs_folder)))
    for observation in show(spoor, "observations", case):
        found.add((observation["rule"], os.path.relpath(observation["path"], logs_folder)))
    return found


def show(spoor, what, case):
    shown = subprocess.run([spoor, "show", what, case, "--json"], capture_output=True,
                           timeout=60, check=True)
    return [json.loads(line) for line in shown.stdout.decode().splitlines()]


def main():
    make_evtx, spoor, content, events = sys.argv[1:5]
    rules = rule_files(content)
    if not os.access(spoor, os.X_OK):
        print(f"1..1\nok 1 rules # SKIP {spoor} is not built")
        return 0
    number = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        logs_folder = os.path.join(folder, "logs")
        os.mkdir(logs_folder)
        logs = write_logs(make_evtx, rules, events, logs_folder)
        placeholders = os.path.join(os.path.dirname(os.path.abspath(events)), "placeholders.yml")
        found = scan(spoor, content, placeholders, logs_folder, os.path.join(folder, "t.case"))
    for name, (path, identifier) in rules.items():
        for kind in ("fires", "benign"):
            mine = [files for owner, k, files in logs if owner == name and k == kind]
            wrong = [files[0] for files in mine
                     if any((identifier, log) in found for log in files) != (kind == "fires")]
            number += 1
            if mine and not wrong:
                print(f"ok {number} {name}/{kind}")
                continue
            failed += 1
            print(f"not ok {number} {name}/{kind}")
            print(f"# {path}: " + (f"not so in {', '.join(wrong)}" if mine
                                   else f"has no section '== {kind}' in {events}"))
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

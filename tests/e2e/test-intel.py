#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Intelligence as a user has it: imported, compiled, looked up, and found in logs and files."""
import json
import os
import re
import shlex

from harness import EXAMPLE, coverage, equal, findings, holds, lines, main, spoor, workspace

HASH = "0123456789abcdef0123456789abcdef"


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def bundle(*patterns):
    return json.dumps({"type": "bundle", "id": "bundle--" + "0" * 8 + "-0000-4000-8000-000000000000", "objects": [
        {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{n:08x}-0000-4000-8000-000000000000",
         "created": "2021-03-01T00:00:00Z", "modified": "2021-03-01T00:00:00Z", "valid_from": "2021-03-01T00:00:00Z",
         "name": f"thing {n}", "pattern_type": "stix", "pattern": pattern}
        for n, pattern in enumerate(patterns)]})


def sources(folder):
    """A folder of two sources, with one entry that is wrong."""
    write(folder, "intel/a.json", bundle("[domain-name:value = 'evil-example.net']", f"[file:hashes.MD5 = '{HASH}']"))
    write(folder, "intel/b.txt", "bad-example.net\n300.300.1.1\nbad-example.net\n")
    return os.path.join(folder, "intel")


def evidence(folder):
    for n in range(8):
        write(folder, f"logs/{n}.json", "".join(
            json.dumps({"ts": f"2021-03-02T10:{minute:02}:00Z", "QueryName": name, "md5": HASH if minute == 3 else ""}) + "\n"
            for minute, name in enumerate(["www.evil-example.net", "good.example.org", "bad-example.net", f"x{n}.example.org"])))
    return os.path.join(folder, "logs")


def test_shipped_intelligence_is_read_in_the_seal():
    told = lines(spoor("intel", "list", "--json"))
    names = {source["path"] for source in told}
    holds("aa21-200a.json" in names, f"the shipped sources are {names}")
    for source in told:
        holds(source["format"] and source["accepted"] > 0, f"{source['path']} is not read")
        equal(sum(source["kinds"].values()), source["accepted"], f"kinds of {source['path']}")
        equal(source["rejected"], 0, f"rejected of {source['path']}")


def test_import_tells_what_is_wrong():
    with workspace() as folder:
        result = spoor("intel", "import", sources(folder), "--json", ok=None)
        equal(result.returncode, 3, "exit status")
        told = lines(result.stdout)
        equal([(s["path"], s["accepted"]) for s in told if s["schema"] == "spoor.intel-source/1"],
              [("a.json", 2), ("b.txt", 1)], "sources")
        notes = {(n["kind"], n["line"], n["value"]) for n in told if n["schema"] == "spoor.intel-note/1"}
        holds(("rejected", 2, "300.300.1.1") in notes, f"the notes are {notes}")
        holds(any(kind == "duplicate" and line == 3 for kind, line, _ in notes), f"the notes are {notes}")
        only_good = spoor("intel", "import", os.path.join(folder, "intel", "a.json"), ok=None)
        equal(only_good.returncode, 0, "exit status where all is good")


def test_found_whatever_the_workers_and_compiled_or_not():
    with workspace() as folder:
        intel, logs = sources(folder), evidence(folder)
        store = os.path.join(folder, "all.spoor-intel")
        spoor("intel", "import", intel, "-o", store, ok=None)
        holds(os.path.getsize(store) > 0, "the store is empty")
        seen, values = set(), []
        for n in (1, 2, 4):
            case = os.path.join(folder, f"{n}.case")
            spoor("scan", logs, "--no-content", "-i", intel, "-o", case, "--workers", str(n), ok=None)
            seen.add(spoor("show", "findings", case, "--json") + spoor("show", "coverage", case, "--json"))
        equal(len(seen), 1, "different cases")
        found = findings(case)
        equal(len(found), 24, "findings")
        equal({f["engine"] for f in found}, {"indicators"}, "engines")
        compiled = os.path.join(folder, "compiled.case")
        spoor("scan", logs, "--no-content", "-i", store, "-o", compiled, ok=None)
        for case in (case, compiled):
            values.append(sorted((f["locator"], f["evidence"]["path"], f["matched"][0]["value"], f["rule"]["level"])
                                 for f in findings(case)))
        equal(values[0], values[1], "what is found with the store")


def test_what_could_not_be_assessed_is_said():
    with workspace() as folder:
        intel = sources(folder)
        log = write(folder, "logs/a.json", '{"ts":"2021-03-02T10:00:00Z","QueryName":"www.example.org"}\n')
        case = os.path.join(folder, "a.case")
        write(folder, "reg.csv", "type,value\nja3,0123456789abcdef0123456789abcdef\n")
        spoor("scan", log, "--no-content", "-i", intel, "-o", case, ok=None)
        ledger = coverage(case)
        sets = {(s["path"], s["kind"]): s["status"] for s in ledger if s["schema"] == "spoor.indicators/1"}
        equal(sets[("b.txt", "host")], "not found", "hosts, of which the log has some")
        holds(sets[("a.json", "md5")] in ("not assessed", "not found"), f"{sets}")
        holds(any(n["schema"] == "spoor.intel-note/1" and n["value"] == "300.300.1.1" for n in ledger), "note")


def test_check_and_explain():
    with workspace() as folder:
        intel, logs = sources(folder), evidence(folder)
        answers = lines(spoor("intel", "check", "--no-content", "-i", intel, "--json", "WWW[.]evil-example[.]net",
                              HASH.upper(), "good.example.org"))
        equal([(a["value"], a["known"]) for a in answers],
              [("WWW[.]evil-example[.]net", True), (HASH.upper(), True), ("good.example.org", False)], "answers")
        case = os.path.join(folder, "a.case")
        spoor("scan", logs, "--no-content", "-i", intel, "-o", case, ok=None)
        text = spoor("explain", findings(case)[0]["id"], case)
        holds("\nIndicator\n" in text and "sources" in text, text)


def test_more_intelligence_judges_anew_and_the_same_goes_on():
    with workspace() as folder:
        intel, logs = sources(folder), evidence(folder)
        case = os.path.join(folder, "a.case")
        spoor("scan", logs, "--no-content", "-i", os.path.join(intel, "a.json"), "-o", case, ok=None)
        equal(len(findings(case)), 16, "findings of one source")
        spoor("scan", logs, "--no-content", "-i", intel, "-o", case, ok=None)
        first = spoor("show", "findings", case, "--json")
        equal(len(first.splitlines()), 24, "findings of both")
        spoor("scan", logs, "--no-content", "-i", intel, "-o", case, ok=None)
        equal(spoor("show", "findings", case, "--json"), first, "the same once more")


SQUID = "1614679872.123 200 192.168.7.7 TCP_TUNNEL/200 5120 CONNECT evil-example.net:443 - HIER_DIRECT/198.51.100.7 -\n"


def step(page, title):
    """The text of a step of the report, without markup."""
    start = page.index(title)
    return re.sub("<[^>]+>", " ", page[start:start + 2000])


def test_first_steps_name_who_asked_and_for_what():
    with workspace() as folder:
        intel, log = sources(folder), write(folder, "access.log", SQUID * 3)
        rule = write(folder, "r.yml", json.dumps({
            "title": "r", "id": "11111111-2222-4333-8444-555555555555", "logsource": {"category": "proxy"}, "level": "critical",
            "detection": {"s": {"cs-method": "CONNECT"}, "condition": "s"}}))
        for options, title in (([], "Decide on the most severe rules first"), (["-r", rule], "Cut these hosts off")):
            case = os.path.join(folder, f"{len(options)}.case")
            spoor("scan", log, "--no-content", "-i", intel, "-o", case, *options)
            text = step(spoor("report", case, "-o", "-"), title)
            for name in ("192[.]168[.]7[.]7", "evil-example[.]net"):
                holds(name in text, f"{name} in: {text}")


def test_what_shipped_intelligence_found_can_be_found_again():
    """The last of the steps that explain prints, run as it stands."""
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        spoor("scan", EXAMPLE, "-q", "-o", case)
        found = next(f for f in findings(case) if "AA21-200A" in f["rule"]["title"])
        command = shlex.split(spoor("explain", found["id"], case).splitlines()[-1])
        equal(command[:3], ["spoor", "scan", "--no-content"])
        again = os.path.join(folder, "again.case")
        spoor(*[again if word == "again.case" else word for word in command[1:]])
        holds(found["rule"]["title"] in [f["rule"]["title"] for f in findings(again)], "found again")


main([value for name, value in list(globals().items()) if name.startswith("test_")])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""STIX patterns through the whole of spoor: on events, and joined over several logs."""
import json
import os
import random
import shutil

from harness import coverage, equal, findings, holds, lines, main, spoor, workspace

# name: pattern, and the level of its findings is that of the table
PATTERNS = {
    "one": "[network-traffic:extensions.'http-request-ext'.request_method = 'POST' AND "
           "network-traffic:extensions.'http-request-ext'.request_value LIKE '/owa/%.js']",
    "network": "[ipv4-addr:value ISSUBSET '203.0.113.0/28' AND "
               "network-traffic:extensions.'http-request-ext'.request_method = 'DELETE']",
    "started": "[network-traffic:extensions.'http-request-ext'.request_value LIKE '/owa/%.js'] "
               "START t'2021-03-02T10:00:00Z' STOP t'2021-03-02T10:00:05Z'",
    "either": "[url:value MATCHES '/none/'] OR "
              "[network-traffic:dst_port = 444 AND network-traffic:protocols[*] = 'tcp']",
    "followed": "([network-traffic:extensions.'http-request-ext'.request_value LIKE '/owa/%.js'] FOLLOWEDBY "
                "[network-traffic:dst_port = 444]) WITHIN 60 SECONDS",
    "not followed": "([network-traffic:dst_port = 444] FOLLOWEDBY "
                    "[network-traffic:extensions.'http-request-ext'.request_value LIKE '/owa/%.js']) "
                    "WITHIN 30 SECONDS",
    "repeats": "[network-traffic:extensions.'http-request-ext'.request_value = '/login?u=x' AND "
               "ipv4-addr:value = '203.0.113.5'] REPEATS 5 TIMES WITHIN 10 SECONDS",
    "repeats too often": "[network-traffic:extensions.'http-request-ext'.request_value = '/login?u=x' AND "
                         "ipv4-addr:value = '203.0.113.5'] REPEATS 11 TIMES",
    "no evidence": "[windows-registry-key:key LIKE '%\\\\\\\\Run']",
    "no evidence of a part": "[network-traffic:dst_port = 444] AND [mutex:name LIKE 'a%']",
}
BROKEN = {
    "look-around": "[url:value MATCHES '(?<=x)y' AND file:size > 5]",
    "malformed": "[url:value = 'x' AND]",
}

W3C = "#Software: Microsoft Internet Information Services 10.0\n" \
      "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query s-port sc-status\n"
ZEEK = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" \
       "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n"


def web(seconds, ip, method, stem, query="-"):
    return f"2021-03-02 10:00:{seconds:02d} {ip} {method} {stem} {query} 80 200\n"


def connection(seconds, ip, port):
    return f"{1614679200 + seconds}.000000\t{ip}\t51000\t198.51.100.9\t{port}\ttcp\n"


def bundle(patterns):
    objects = [{"type": "indicator", "spec_version": "2.1", "pattern_type": "stix", "name": name,
                "id": f"indicator--00000000-0000-4000-8000-{number:012d}", "pattern": pattern,
                "created": "2021-03-01T00:00:00.000Z", "modified": "2021-03-01T00:00:00.000Z",
                "valid_from": "2021-03-01T00:00:00Z", "confidence": 85}
               for number, (name, pattern) in enumerate(patterns.items())]
    return json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-00000000ffff",
                       "objects": objects})


def make(folder):
    os.mkdir(os.path.join(folder, "logs"))
    first = W3C + web(2, "203.0.113.5", "POST", "/owa/x.js") + web(3, "203.0.113.77", "DELETE", "/a") + \
        web(4, "203.0.113.9", "DELETE", "/b") + web(7, "203.0.113.5", "POST", "/owa/y.js")
    second = W3C + "".join(web(20 + i, "203.0.113.5", "GET", "/login", "u=x") for i in range(10))
    third = ZEEK + connection(30, "10.0.0.1", 444) + connection(50, "10.0.0.1", 80) + \
        connection(200, "10.0.0.1", 444)
    for name, text in (("a.log", first), ("b.log", second), ("c.log", third)):
        with open(os.path.join(folder, "logs", name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(folder, "patterns.json"), "w", encoding="utf-8") as file:
        file.write(bundle(PATTERNS))


def scan(folder, case, *options, evidence=None, intel="patterns.json"):
    path = os.path.join(folder, case)
    spoor("scan", *(evidence or [os.path.join(folder, "logs")]), "-o", path, "--no-content",
          "-i", os.path.join(folder, intel), *options)
    return path


def by_title(found):
    titles = {}
    for finding in found:
        titles.setdefault(finding["rule"]["title"], []).append(finding)
    return titles


def test_findings():
    with workspace() as folder:
        make(folder)
        found = by_title(findings(scan(folder, "case")))
        equal({title: len(of) for title, of in found.items()},
              {"one": 2, "network": 1, "started": 1, "either": 2, "followed": 1, "repeats": 2}, "findings")
        one = found["one"][0]
        equal(one["rule"]["id"], "indicator--00000000-0000-4000-8000-000000000000", "id")
        equal(one["engine"], "indicators", "engine")
        equal(sorted((m["field"], m["source"], m["test"], m["value"]) for m in one["matched"]),
              [("network-traffic:extensions.'http-request-ext'.request_method", "cs-method", "= POST", "POST"),
               ("network-traffic:extensions.'http-request-ext'.request_value", "cs-uri-stem",
                "like /owa/%.js", "/owa/x.js")], "matched")
        holds(found["started"][0]["time"].startswith("2021-03-02T10:00:02"), "started")


def events_of(finding):
    return [(event["time"][:19], os.path.basename(event["evidence"]["path"]))
            for event in finding["correlation"]["events"]]


def test_bound_events_are_told():
    with workspace() as folder:
        make(folder)
        found = by_title(findings(scan(folder, "case")))
        followed = found["followed"][0]
        equal(followed["correlation"]["type"], "stix_pattern", "type")
        equal(events_of(followed), [("2021-03-02T10:00:07", "a.log"), ("2021-03-02T10:00:30", "c.log")],
              "events of FOLLOWEDBY")
        equal(sorted(map(events_of, found["repeats"])),
              [[(f"2021-03-02T10:00:{second}", "b.log") for second in range(first, first + 5)]
               for first in (20, 25)], "events of REPEATS")
        text = spoor("explain", followed["id"], os.path.join(folder, "case"))
        holds("FOLLOWEDBY" in text and "WITHIN 60 SECONDS" in text, "explain tells the expression")


def test_silence_is_told_apart():
    with workspace() as folder:
        make(folder)
        case = scan(folder, "case")
        rules = {rule["title"]: rule for rule in lines(spoor("show", "rules", case, "--json"))}
        equal({title: rule["status"] for title, rule in rules.items() if title in PATTERNS},
              {title: "not applicable" if title.startswith("no evidence") else
               "fired" if title in ("one", "network", "started", "either", "followed", "repeats") else "quiet"
               for title in PATTERNS}, "status")


def test_what_can_not_be_judged_is_told():
    with workspace() as folder:
        make(folder)
        with open(os.path.join(folder, "broken.json"), "w", encoding="utf-8") as file:
            file.write(bundle(BROKEN))
        case = scan(folder, "case", intel="broken.json")
        equal(findings(case), [], "findings")
        told = spoor("intel", "import", os.path.join(folder, "broken.json"), "--json", ok=None)
        holds("RE2 does not take" in told.stdout, "look-around is told")
        holds("stands where" in told.stdout, "a malformed pattern is told")


def test_workers_order_and_shards_make_no_difference():
    with workspace() as folder:
        make(folder)
        expected = findings(scan(folder, "one", "--workers", "1"))
        holds(len(expected) == 9, "findings")
        logs = [os.path.join(folder, "logs", name) for name in ("a.log", "b.log", "c.log")]
        for number, workers in enumerate(("2", "4")):
            random.Random(number).shuffle(logs)
            equal(findings(scan(folder, f"many{number}", "--workers", workers)), expected, "findings")
        case = os.path.join(folder, "shards")
        for log in reversed(logs):
            spoor("scan", log, "-o", case, "--no-content", "-i", os.path.join(folder, "patterns.json"))
        strip = [(f["id"], f["time"], f["rule"]) for f in expected]
        equal([(f["id"], f["time"], f["rule"]) for f in findings(case)], strip, "findings in shards")


def test_a_compiled_store_is_the_same():
    with workspace() as folder:
        make(folder)
        spoor("intel", "import", os.path.join(folder, "patterns.json"), "-o",
              os.path.join(folder, "p.spoor-intel"))
        text, store = (by_title(findings(scan(folder, case, intel=intel)))
                       for case, intel in (("text", "patterns.json"), ("store", "p.spoor-intel")))
        equal({t: [f["time"] for f in of] for t, of in store.items()},
              {t: [f["time"] for f in of] for t, of in text.items()}, "findings")


def test_files_are_observations():
    with workspace() as folder:
        os.mkdir(os.path.join(folder, "files"))
        with open(os.path.join(folder, "files", "MT.exe"), "wb") as file:
            file.write(b"inert\n" * 100)
        shutil.copy(os.path.join(folder, "files", "MT.exe"), os.path.join(folder, "files", "other.bin"))
        with open(os.path.join(folder, "files.json"), "w", encoding="utf-8") as file:
            file.write(bundle({"named": "[file:name = 'mt.exe' AND file:size > 500]",
                               "sized": "[file:size = 600 AND file:name LIKE '%.bin']",
                               "both": "[file:name = 'mt.exe'] AND [file:name = 'other.bin' AND file:size < 601]"}))
        case = scan(folder, "case", evidence=[os.path.join(folder, "files")], intel="files.json")
        equal(sorted(f["rule"]["title"] for f in findings(case)), ["both", "named", "sized"], "findings")


def test_a_bound_is_said():
    with workspace() as folder:
        os.mkdir(os.path.join(folder, "logs"))
        with open(os.path.join(folder, "logs", "a.log"), "w", encoding="utf-8") as file:
            file.write(W3C + web(0, "203.0.113.5", "GET", "/b") + "".join(
                web(1 + i, "203.0.113.5", "GET", "/b" if i % 2 else "/a") for i in range(59)))
        part = "[network-traffic:extensions.'http-request-ext'.request_value = '/{}']"
        with open(os.path.join(folder, "hard.json"), "w", encoding="utf-8") as file:
            file.write(bundle({"hard": f"({part.format('a')} FOLLOWEDBY {part.format('b')}) REPEATS 30 TIMES"}))
        case = scan(folder, "case", intel="hard.json")
        equal(findings(case), [], "findings")
        holds(any("LIMIT_STIX_STEPS" in json.dumps(row) for row in coverage(case)), "the bound is told")


if __name__ == "__main__":
    main([test_findings, test_bound_events_are_told, test_silence_is_told_apart,
          test_what_can_not_be_judged_is_told, test_workers_order_and_shards_make_no_difference,
          test_a_compiled_store_is_the_same, test_files_are_observations, test_a_bound_is_said])

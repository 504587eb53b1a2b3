#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is imported of real tables and lists is what an independent count says, and no good line is rejected.

usage: check-import.py INTEL_DUMP WARNING_LISTS_FOLDER

Reads ../shared/facts and the folder ioc-files of $SPOOR_CORPUS (default ../shared/corpus); skips visibly
what is not at hand. The counts here share nothing with the import: rows, values in a coarse normal form
of their own, and what the table's own types say. Prints TAP.
"""
import collections
import os
import re
import subprocess
import sys

# Types that a table may have and nobody can look for by themselves.
FOREIGN = {"http_request", "http_request_regex", "log_string", "post_uri"}
OTHERS = ("attack-facts", "exchange-builds", "exchange-cu-3part", "exchange-legit-web", "lookalike-truth",
          "warninglists")
INDICATORS = ("aa21-200a", "apt31", "apt40-related", "hafnium", "exchange-iocs")


class Import:
    def __init__(self, dump, lists, path):
        done = subprocess.run([dump, "-w", lists, path], capture_output=True, check=True, text=True,
                              timeout=120)
        lines = [line.split("\t") for line in done.stdout.split("\n") if line]
        self.indicators = [line[1:] for line in lines if line[0] == "indicator"]
        self.notes = [line[1:] for line in lines if line[0] == "note"]
        source = [line for line in lines if line[0] == "source"][0]
        self.format, self.accepted = source[1], int(source[2])
        self.counts = {k: int(v) for k, v in (part.split("=") for part in source[5:])}


class Report:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, name, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} {name}")
        for problem in problems[:20]:
            print(f"# {problem}")

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} {name} # SKIP {why}")


def differs(what, found, expected):
    return [] if found == expected else [f"{what}: {found}, not {expected}"]


def rows_of(path):
    """Line number, type, value and source of each row."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            fields = line.rstrip("\n").split("\t")
            if number > 1 and len(fields) >= 2:
                yield number, fields[0], fields[1], fields[3] if len(fields) > 3 else ""


def coarse(kind, value):
    """Two rows that say the same have the same coarse form."""
    if "path" in kind and "regex" not in kind or kind == "url_name":
        return re.sub(r"^[a-z]:", "", value.lower()).replace("/", "\\").strip("\\")
    return value if kind == "user_agent" or "regex" in kind else value.lower()


def check_facts(report, dump, lists, folder):
    for name in INDICATORS:
        path = os.path.join(folder, name + ".tsv")
        if not os.path.exists(path):
            report.skip(f"facts/{name}", f"{path} is not at hand")
            continue
        found = Import(dump, lists, path)
        rows = list(rows_of(path))
        foreign = [row for row in rows if row[1] in FOREIGN or row[2].startswith("/?")]
        good = {(coarse(kind, value), source) for _, kind, value, source in rows
                if kind not in FOREIGN and not value.startswith("/?")}
        lines = {int(i[1]) for i in found.indicators}
        told = {int(n[1]) for n in found.notes}
        problems = differs("format", found.format, "csv")
        problems += differs("rejected", found.counts["rejected"], 0)
        problems += differs("unsupported", found.counts["unsupported"], len(foreign))
        problems += differs("accepted and over-broad", found.accepted + found.counts["over-broad"],
                            len(good))
        problems += [f"line {number} is nowhere: {value}" for number, _, value, _ in rows
                     if number not in lines | told]
        report.check(f"facts/{name}", problems)


def check_others(report, dump, lists, folder):
    for name in OTHERS:
        path = os.path.join(folder, name + ".tsv")
        if not os.path.exists(path):
            report.skip(f"facts/{name}", f"{path} is not at hand")
            continue
        found = Import(dump, lists, path)
        problems = differs("accepted", found.accepted, 0)
        problems += differs("rejected", found.counts["rejected"], 1)
        if not found.notes or "nothing was taken" not in found.notes[0][3]:
            problems.append(f"is not refused in words: {found.notes}")
        report.check(f"facts/{name} is refused", problems)


def check_advisory(report, dump, lists, folder):
    """AA21-200A: 13 of 63 domains and 6 of 7 URLs are on MISP's lists by MISP's rules. Here they all stay,
    and what is more specific than an entry has no label; but one of its hashes is that of a cmd.exe."""
    path = os.path.join(folder, "aa21-200a.tsv")
    if not os.path.exists(path):
        report.skip("facts/aa21-200a labels", f"{path} is not at hand")
        return
    found = Import(dump, lists, path)
    kinds = collections.Counter(i[0] for i in found.indicators)
    labelled = [i[2] for i in found.indicators if i[3]]
    problems = differs("kinds", dict(kinds), {"host": 63, "md5": 462, "url": 7})
    problems += differs("labelled", labelled, ["f5ae03de0ad60f5b17b82f2cd68402fe"])
    report.check("facts/aa21-200a labels", problems)


def check_labels(report, dump, lists, folder):
    """What MISP's list of VPN addresses hits: counted once by MISP's rules, and written down."""
    for name, expected in (("hafnium", 15), ("apt40-related", 7)):
        path = os.path.join(folder, name + ".tsv")
        if not os.path.exists(path):
            report.skip(f"facts/{name} labels", f"{path} is not at hand")
            continue
        found = Import(dump, lists, path)
        on_vpn = [i for i in found.indicators if i[0] == "address" and "vpn" in i[3].split()]
        report.check(f"facts/{name} labels", differs("on vpn", len(on_vpn), expected))


def loki_lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def check_loki(report, dump, lists, folder):
    for name in ("c2", "filename", "hash"):
        path = os.path.join(folder, name + "-iocs.txt")
        if not os.path.exists(path):
            report.skip(f"loki/{name}", f"{path} is not at hand")
            continue
        lines = loki_lines(path)
        if name == "filename":
            values = {(line.split(";")[0], ";".join(line.split(";")[2:]).strip()) for line in lines}
        else:
            values = {line.split(";")[0].strip().lower() for line in lines}
        found = Import(dump, lists, path)
        counts = found.counts
        problems = differs("format", found.format, "loki")
        problems += differs("rejected", counts["rejected"], 0)
        problems += differs("unsupported", counts["unsupported"], 0)
        problems += differs("accepted, over-broad and duplicate",
                            found.accepted + counts["over-broad"] + counts["duplicate"], len(lines))
        problems += differs("different", found.accepted + counts["over-broad"], len(values))
        report.check(f"loki/{name}", problems)


def main():
    dump, lists = sys.argv[1:3]
    corpus = os.environ.get("SPOOR_CORPUS") or os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "corpus")
    facts = os.path.join(os.path.dirname(os.path.abspath(corpus)), "facts")
    report = Report()
    check_facts(report, dump, lists, facts)
    check_others(report, dump, lists, facts)
    check_advisory(report, dump, lists, facts)
    check_labels(report, dump, lists, facts)
    check_loki(report, dump, lists, os.path.join(corpus, "ioc-files", "loki"))
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares two sets of findings and prints the differences grouped by rule.

    compare_findings.py A B [--strip PREFIX]... [--limit N] [--recovered]

A and B are JSON-lines files ("-" for standard input): either what sigma_reference.py prints
({"rule": id, "evidence": path, "locator": l}) or what `spoor show findings --json` prints
({"rule": {"id": ..}, "evidence": {"path": ..}, "locator": l}). Two findings are the same if rule,
evidence and locator are. --strip removes a prefix from evidence paths. Exit status 1 if they differ.
"""

import argparse
import json
import sys
from collections import namedtuple

Finding = namedtuple("Finding", "rule evidence locator recovered")


def read_findings(lines):
    findings = []
    for line in lines:
        if not line.strip():
            continue
        item = json.loads(line)
        rule, evidence = item["rule"], item["evidence"]
        # spoor judges the same bytes once and names every path that holds them.
        paths = evidence.get("paths", [evidence["path"]]) if isinstance(evidence, dict) else [evidence]
        findings += [Finding(rule["id"] if isinstance(rule, dict) else rule, path, item["locator"],
                             bool(item.get("recovered"))) for path in paths]
    return findings


def load(path, prefixes, with_recovered):
    with open(path, encoding="utf-8") if path != "-" else sys.stdin as stream:
        findings = read_findings(stream)
    keys = set()
    for finding in findings:
        if finding.recovered and not with_recovered:
            continue
        evidence = finding.evidence
        for prefix in prefixes:
            evidence = evidence.removeprefix(prefix)
        keys.add((finding.rule, evidence.lstrip("/"), finding.locator))
    return keys


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--strip", action="append", default=[], metavar="PREFIX")
    parser.add_argument("--limit", type=int, default=5, help="differences shown for each rule")
    parser.add_argument("--recovered", action="store_true", help="compare findings in recovered records too")
    options = parser.parse_args()

    a = load(options.a, options.strip, options.recovered)
    b = load(options.b, options.strip, options.recovered)
    by_rule = {}
    for name, keys in ((options.a, a - b), (options.b, b - a)):
        for rule, evidence, locator in sorted(keys):
            by_rule.setdefault(rule, {}).setdefault(name, []).append(f"{evidence}: {locator}")
    for rule, sides in sorted(by_rule.items(), key=lambda pair: -sum(map(len, pair[1].values()))):
        print(rule)
        for name, places in sides.items():
            print(f"  only in {name}: {len(places)}")
            for place in places[: options.limit]:
                print(f"    {place}")
    rules = {key[0] for key in a | b}
    print(f"{len(a & b)} findings in both, {len(a - b)} only in {options.a}, {len(b - a)} only in "
          f"{options.b}; {len(rules) - len(by_rule)} rules agree, {len(by_rule)} differ")
    sys.exit(1 if by_rule else 0)


if __name__ == "__main__":
    main()

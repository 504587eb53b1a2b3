#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SigmaHQ's regression tests, run through spoor or through the reference evaluator.

    regression.py --spoor PATH [--corpus FOLDER] [--one-by-one] [--exact]
    regression.py --command 'TEMPLATE' [--corpus FOLDER]
    regression.py --reference [--corpus FOLDER]

Each test is a folder with info.yml (rule id, expected match_count; absent means at least one) and
an EVTX file. All files are scanned at once with all rules that have a test, and the findings are
then counted by rule and evidence; --one-by-one runs spoor once for each test instead.

A --command is any program that prints findings as JSON lines; it may use {rules} (a folder that
holds just the rules), {evidence} (all EVTX files) and {temporary} (a folder to write to), e.g.

    regression.py --command 'spoor scan {evidence} -r {rules} --no-content -o {temporary}/t.case
                             >&2; spoor show findings {temporary}/t.case --json'

As in SigmaHQ's own runner, fewer matches than expected are an error and more are only noted:
match_count is too low for four of the 91 tests, whose files hold several records that satisfy the
rule (0b9ad457, 8fbf3271, 45e112d0: 3 for 1; c7dcacd0: 2 for 1; read by hand). --exact makes more
than expected a failure too. Findings in recovered records (slack, freed chunks) do not count.
Ends with "N passed, N failed"; the exit status is 0 if none failed.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

import yaml

from compare_findings import read_findings

HERE = os.path.dirname(os.path.abspath(__file__))
SPOOR = ("{program} scan {evidence} -r {rules} --no-content -o {temporary}/t.case >&2; "
         "{program} show findings {temporary}/t.case --json")
REFERENCE = "{program}/evtx_to_json.py {evidence} | {program}/sigma_reference.py --rules {rules}"


class Test:
    def __init__(self, folder, corpus, rule_path):
        with open(os.path.join(folder, "info.yml"), encoding="utf-8") as stream:
            info = yaml.safe_load(stream)
        self.folder, self.rule_path = folder, rule_path
        self.rule = info["rule_metadata"][0]["id"]
        details = info["regression_tests_info"][0]
        self.expected = details.get("match_count")
        self.evidence = os.path.join(corpus, details["path"])

    def verdict(self, count, exact):
        """Whether the count passes, and a remark if it is not as expected."""
        if self.expected is None:
            return count >= 1, "" if count else "expected at least 1, got 0"
        if count == self.expected:
            return True, ""
        return count > self.expected and not exact, f"expected {self.expected}, got {count}"


def load_tests(corpus):
    root = os.path.join(corpus, "regression_data")
    for folder, _, names in sorted(os.walk(root)):
        if "info.yml" in names:
            yield Test(folder, corpus, os.path.join(corpus, os.path.relpath(folder, root) + ".yml"))


def fill(template, name, *words):
    return template.replace("{" + name + "}", " ".join(shlex.quote(word) for word in words))


def run(template, tests):
    """The findings of the tests, as (rule, evidence path, locator)."""
    with tempfile.TemporaryDirectory(prefix="regression-") as temporary:
        rules = os.path.join(temporary, "rules")
        os.mkdir(rules)
        for test in tests:
            shutil.copy(test.rule_path, os.path.join(rules, test.rule + ".yml"))
        command = fill(template, "rules", rules)
        command = fill(command, "temporary", temporary)
        command = fill(command, "evidence", *(test.evidence for test in tests))
        # spoor exits 1 when it finds something and 3 when coverage is incomplete: neither is an error.
        done = subprocess.run(["/bin/bash", "-c", command], stdout=subprocess.PIPE, text=True, check=False)
        return read_findings(done.stdout.splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--spoor", metavar="PATH")
    how.add_argument("--command", metavar="TEMPLATE")
    how.add_argument("--reference", action="store_true")
    parser.add_argument("--corpus", default="/work/shared/corpus/sigma")
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--exact", action="store_true", help="more matches than expected fail too")
    parser.add_argument("--verbose", "-v", action="store_true", help="name the tests that pass too")
    options = parser.parse_args()

    template = options.command
    if options.spoor:
        template = fill(SPOOR, "program", options.spoor)
    elif options.reference:
        template = fill(REFERENCE, "program", HERE)
    tests = list(load_tests(options.corpus))
    if options.one_by_one:
        findings = [finding for test in tests for finding in run(template, [test])]
    else:
        findings = run(template, tests)
    counts = Counter((f.rule, os.path.basename(f.evidence)) for f in findings if not f.recovered)

    failed = 0
    for test in tests:
        passed, remark = test.verdict(counts[test.rule, os.path.basename(test.evidence)], options.exact)
        failed += not passed
        if remark or options.verbose:
            path = os.path.relpath(test.rule_path, options.corpus)
            print("ok  " if passed else "FAIL", test.rule, path, remark)
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not tests else 0)


if __name__ == "__main__":
    main()

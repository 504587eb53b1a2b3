#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real evidence and rules that we did not write: SigmaHQ's regression tests and rules, and an
independent reading of the rules over the corpus' event logs. Skips where the corpus is absent."""
import collections
import hashlib
import os
import re
import subprocess

import yaml

from harness import SOURCE, corpus, equal, findings, holds, lines, main, spoor, workspace

ORACLE = os.path.join(SOURCE, "tests", "oracle")


# SigmaHQ's runner takes match_count as a lower bound, and for these rules info.yml says less than the
# file holds: the events were read by hand, and the reference evaluator finds the same.
COUNTED_BY_HAND = {
    "0b9ad457-2554-44c1-82c2-d56a99c42377": 3,  # three writes of AnyDesk's user.conf*
    "45e112d0-7759-4c2a-aa36-9f8fb79d3393": 3,  # three values below a zone's key
    "8fbf3271-1ef6-4e94-8210-03c2317947f6": 3,  # three files named as the tool names them
    "c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e": 2,  # AutoShareWks and AutoShareServer
}


def rule_folders():
    top = corpus("sigma")
    return [os.path.join(top, name) for name in sorted(os.listdir(top)) if name.startswith("rules")]


def rule_options(folders):
    return [part for folder in folders for part in ("-r", folder)]


def test_every_rule_loads():
    checked = lines(spoor("rules", "check", *rule_folders(), "--json"))
    equal(len(checked), 3780, "rules")
    for rule in checked:
        holds({"path", "id", "status", "line", "reason"} <= set(rule), f"members of {rule}")
        if rule["status"] == "loaded":
            continue
        with open(rule["path"], encoding="utf-8") as text:
            holds(re.search(r"\|expand", text.read()), f"rejected: {rule}")
        holds("placeholder" in rule["reason"], f"reason: {rule}")
        holds(rule["line"] > 1, f"line: {rule}")


def regression_tests():
    for folder, _, names in os.walk(corpus("sigma", "regression_data")):
        if "info.yml" not in names:
            continue
        with open(os.path.join(folder, "info.yml"), encoding="utf-8") as text:
            info = yaml.safe_load(text)
        for test in info["regression_tests_info"]:
            path = os.path.join(folder, os.path.basename(test["path"]))
            with open(path, "rb") as evtx:
                content = hashlib.sha256(evtx.read()).hexdigest()
            yield info["rule_metadata"][0]["id"], content, path, test.get("match_count")


def test_regression_data():
    """91 of 91, with exactly the expected counts, all rules loaded at once."""
    tests = list(regression_tests())
    equal(len(tests), 91, "tests")
    with workspace() as folder:
        case = os.path.join(folder, "a.case")
        spoor("scan", corpus("sigma", "regression_data"), "-o", case, "--no-content",
              *rule_options(rule_folders()))
        counts = collections.Counter(
            (f["rule"]["id"], f["evidence"]["sha256"]) for f in findings(case))
    wrong = []
    for rule, content, path, expected in tests:
        got = counts[(rule, content)]
        expected = COUNTED_BY_HAND.get(rule, expected)
        if got != expected if expected is not None else got < 1:
            wrong.append(f"{path}: {got} instead of {expected or 'at least 1'}")
    equal("\n".join(wrong), "", "counts")


def test_independent_reading_of_the_rules():
    """The same events judged by the slow reference evaluator of tests/oracle."""
    folders = rule_folders()
    with workspace() as folder:
        case, events = os.path.join(folder, "a.case"), os.path.join(folder, "events.jsonl")
        spoor("scan", corpus("evtx"), "-o", case, "--no-content", *rule_options(folders))
        with open(events, "w", encoding="utf-8") as out:
            out.write(spoor("show", "events", corpus("evtx")))
        reference = subprocess.run(
            ["/usr/bin/python3", os.path.join(ORACLE, "sigma_reference.py"), "--logsource",
             os.path.join(SOURCE, "content", "tables", "logsources"), "--rules", *folders,
             "--", events], stdout=subprocess.PIPE, check=True, text=True)
        ours = {(f["rule"]["id"], path, f["locator"])
                for f in findings(case) for path in f["evidence"]["paths"]}
        theirs = {(f["rule"], f["evidence"], f["locator"]) for f in lines(reference.stdout)}
        holds(len(theirs) > 1000, f"only {len(theirs)} findings by the reference")
        equal((sorted(ours - theirs)[:5], sorted(theirs - ours)[:5]), ([], []), "findings")


if __name__ == "__main__":
    main([test for name, test in sorted(globals().items()) if name.startswith("test_")])

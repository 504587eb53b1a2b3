#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Correlations through the whole of spoor: over several logs, whatever the order and the workers."""
import os
import random
import shutil

from harness import coverage, equal, findings, holds, lines, main, spoor, workspace

RULES = """\
title: Refused logons from one address
id: 5a0e0c3e-0000-4000-8000-000000000001
name: many_refused
correlation:
    type: event_count
    rules: [refused]
    group-by: [c-ip]
    timespan: 5m
    condition: {gte: 10}
level: medium
---
title: Refused
id: 5a0e0c3e-0000-4000-8000-000000000002
name: refused
logsource: {category: webserver}
detection:
    selection: {sc-status: 401}
    condition: selection
level: low
---
title: Many accounts from one address
id: 5a0e0c3e-0000-4000-8000-000000000003
name: spraying
correlation:
    type: value_count
    rules: [refused]
    group-by: [c-ip]
    timespan: 10m
    generate: true
    condition: {field: cs-username, gte: 5}
level: high
---
title: Let in
id: 5a0e0c3e-0000-4000-8000-000000000004
name: let_in
logsource: {category: webserver}
detection:
    selection: {sc-status: 200, cs-username: '*'}
    condition: selection
level: informational
---
title: Let in after spraying
id: 5a0e0c3e-0000-4000-8000-000000000005
correlation:
    type: temporal_ordered
    rules: [spraying, let_in]
    group-by: [c-ip, cs-username]
    timespan: 30m
level: critical
---
title: Shell asked for on Linux
id: 5a0e0c3e-0000-4000-8000-000000000006
name: on_linux
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: /bin/sh}
    condition: selection
level: low
---
title: Refused, then a shell on Linux
id: 5a0e0c3e-0000-4000-8000-000000000007
correlation:
    type: temporal
    rules: [refused, on_linux]
    group-by: [c-ip]
    timespan: 1h
level: high
"""
HEAD = ("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
        "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\n")


def line(second, user, address, status):
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return (f"2021-03-02 {clock} 192.0.2.10 GET /owa/ - 443 {user} {address} Mozilla/5.0 {status} "
            f"0 0 {second % 90}\n")


def write_logs(folder, n_lines=30000):
    """Three servers; of the spraying and of the burst each has a part."""
    rng = random.Random(7)
    logs = [[], [], []]
    for _ in range(n_lines):
        second = rng.randrange(86400)
        logs[rng.randrange(3)].append((second, "-", f"198.51.100.{rng.randrange(250)}", 304))
    for i in range(12):  # an account each, over six minutes and all servers
        logs[i % 3].append((36000 + 30 * i, f"user{i}", "203.0.113.5", 401))
    logs[1].append((36400, "USER3", "203.0.113.5", 200))
    logs[1].append((36401, "stranger", "203.0.113.5", 200))
    for i in range(100):  # one account a hundred times, with the same second three times
        logs[i % 3].append((50000 + i // 3, "admin", "203.0.113.77", 401))
    paths = []
    for number, log in enumerate(logs):
        path = os.path.join(folder, f"ex{number}.log")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "".join(line(*event) for event in sorted(log)))
        paths.append(path)
    return paths


def scan(case, rules, *arguments):
    spoor("scan", "--no-content", "-r", rules, "-o", case, *arguments)
    return spoor("show", "findings", case, "--json")


def prepared(folder):
    rules = os.path.join(folder, "rules.yml")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(RULES)
    logs = os.path.join(folder, "logs")
    os.mkdir(logs)
    return rules, write_logs(logs)


def by_title(case):
    found = {}
    for finding in findings(case):
        found.setdefault(finding["rule"]["title"], []).append(finding)
    return found


def test_findings_over_several_logs():
    with workspace() as folder:
        rules, logs = prepared(folder)
        case = os.path.join(folder, "a.case")
        scan(case, rules, *logs)
        found = by_title(case)
        equal(sorted((title, len(some)) for title, some in found.items()),
              [("Let in after spraying", 1), ("Refused", 112),
               ("Refused logons from one address", 2)])
        burst = [f["correlation"] for f in found["Refused logons from one address"]
                 if f["correlation"]["group"] == {"c-ip": "203.0.113.77"}][0]
        equal((burst["count"], burst["value"], len(burst["events"])), (100, 100, 50))
        equal((burst["first"][11:19], burst["last"][11:19]), ("13:53:20", "13:53:53"))
        equal(len({e["evidence"]["path"] for e in burst["events"]}), 3)
        chain = found["Let in after spraying"][0]["correlation"]
        equal(chain["group"], {"c-ip": "203.0.113.5", "cs-username": "user3"})
        equal([e["rule"]["title"] for e in chain["events"]],
              ["Many accounts from one address", "Let in"])
        equal(chain["events"][0]["correlation"]["count"], 12)
        equal(chain["events"][1]["event"]["cs-username"], "USER3")


def test_same_bytes_whatever_order_and_workers():
    with workspace() as folder:
        rules, logs = prepared(folder)
        outputs = set()
        for workers in ("1", "2", "4"):
            for order in (logs, logs[::-1], logs[1:] + logs[:1]):
                case = os.path.join(folder, f"{len(outputs)}-{workers}-{order[0][-5]}.case")
                outputs.add(scan(case, rules, "--workers", workers, *order))
        equal(len(outputs), 1, "numbers of outputs")


def test_more_evidence_into_the_case():
    with workspace() as folder:
        rules, logs = prepared(folder)
        whole, parts = (os.path.join(folder, name) for name in ("whole.case", "parts.case"))
        expected = scan(whole, rules, *logs)
        holds(scan(parts, rules, logs[2]) != expected, "one log is enough")
        scan(parts, rules, logs[0])
        equal(scan(parts, rules, logs[1]), expected)
        equal(scan(parts, rules, *logs), expected, "after scanning again")


def test_the_same_bytes_count_once():
    with workspace() as folder:
        rules, logs = prepared(folder)
        case = os.path.join(folder, "a.case")
        once = [f["id"] for f in lines(scan(case, rules, *logs))]
        for log in logs:
            shutil.copy(log, log + ".copy.log")
        equal([f["id"] for f in lines(scan(case, rules, os.path.dirname(logs[0])))], once)


def test_evidence_that_is_gone_takes_its_hits_along():
    with workspace() as folder:
        rules, logs = prepared(folder)
        case = os.path.join(folder, "a.case")
        scan(case, rules, *logs)
        with open(logs[1], "w", encoding="utf-8") as file:
            file.write(HEAD + line(5, "-", "198.51.100.1", 200))
        again = scan(case, rules, *logs)
        equal(again, scan(os.path.join(folder, "b.case"), rules, *logs))
        holds("Let in after spraying" not in again, "a finding rests on an event that is gone")


def test_the_ledger_tells_of_rules_and_of_what_was_left_out():
    with workspace() as folder:
        rules, logs = prepared(folder)
        case = os.path.join(folder, "a.case")
        nameless = os.path.join(folder, "logs", "nameless.log")
        with open(nameless, "w", encoding="utf-8") as file:  # it does not log addresses
            file.write(HEAD.replace("c-ip ", "") + line(50010, "-", "", 401).replace("  ", " "))
        scan(case, rules, *logs, nameless)
        told = [(row["records"], row["note"]) for row in coverage(case)
                if row.get("kind") == "not-correlated"]
        holds(len(told) == 3 and all(records == 1 and "lack a field to group by" in note
                                     for records, note in told), told)
        status = {row["title"]: row["status"] for row in lines(
            spoor("show", "rules", case, "--json"))}
        equal(status["Refused, then a shell on Linux"], "not applicable")
        equal(status["Let in"], "correlated")
        equal(status["Refused"], "fired")


def test_explain_tells_how_to_find_it_again():
    with workspace() as folder:
        rules, logs = prepared(folder)
        case = os.path.join(folder, "a.case")
        scan(case, rules, *logs)
        chain = by_title(case)["Let in after spraying"][0]
        text = spoor("explain", chain["id"], case)
        holds("What it rests on" in text and text.count("  Refused  ") == 12, text)
        alone = os.path.join(folder, "alone.yml")
        with open(alone, "w", encoding="utf-8") as file:
            file.write(spoor("explain", "--rule", chain["id"], case))
        again = os.path.join(folder, "again.case")
        scan(again, alone, *logs)
        equal(len(by_title(again)["Let in after spraying"]), 1)


main([test_findings_over_several_logs, test_same_bytes_whatever_order_and_workers,
      test_more_evidence_into_the_case, test_the_same_bytes_count_once,
      test_evidence_that_is_gone_takes_its_hits_along,
      test_the_ledger_tells_of_rules_and_of_what_was_left_out,
      test_explain_tells_how_to_find_it_again])

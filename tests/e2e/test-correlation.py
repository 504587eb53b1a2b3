#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Correlations and filters as a user meets them: over two files, in any order, with any workers."""
import datetime
import itertools
import os

from harness import (coverage, equal, findings, holds, lines, main, spoor, workspace)

RULES = """\
title: Guessed a password
id: 00000000-0000-4000-8000-000000000001
correlation:
    type: temporal_ordered
    rules: [many_failed_logons, 00000000-0000-4000-8000-000000000004]
    group-by: [user]
    timespan: 10m
    aliases:
        user:
            many_failed_logons: TargetUserName
            successful_logon: TargetUserName
level: high
---
title: Many failed logons
id: 00000000-0000-4000-8000-000000000002
name: many_failed_logons
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [IpAddress]
    timespan: 1m
    condition: {gte: 6}
level: medium
"""
BASE = """\
title: Failed logon
id: 00000000-0000-4000-8000-000000000003
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625}
    condition: selection
level: low
---
title: Successful logon
id: 00000000-0000-4000-8000-000000000004
name: successful_logon
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4624}
    condition: selection
level: low
"""
SPEAKING = RULES.replace("    timespan: 10m\n", "    timespan: 10m\n    generate: true\n")
FILTER = """\
title: The scanner of ours
logsource: {product: windows}
filter:
    rules: [failed_logon]
    selection: {IpAddress: 10.0.0.9}
    condition: not selection
"""
START = datetime.datetime(2021, 3, 2, 23, 59, 30)


def event(number, seconds, event_id, computer, user, address):
    time = (START + datetime.timedelta(seconds=seconds)).isoformat()
    return (f'<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
            f'<Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{event_id}</EventID>'
            f'<TimeCreated SystemTime="{time}.000000000Z"/><EventRecordID>{number}</EventRecordID>'
            f'<Channel>Security</Channel><Computer>{computer}</Computer></System><EventData>'
            f'<Data Name="TargetUserName">{user}</Data><Data Name="IpAddress">{address}</Data>'
            f'</EventData></Event>\n')


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_evidence(folder):
    """Guessing at two controllers, over midnight; each sees three failures within the minute, which
    is not enough for either. The same from 10.0.0.9, and a logon of someone who was not guessed."""
    events = {"DC1": [], "DC2": []}
    numbers = itertools.count(1)
    for host, seconds in (("DC1", 40), ("DC1", 5), ("DC2", 20), ("DC2", 31), ("DC1", 50), ("DC2", 60)):
        # Not in order of time within the file; case differs from event to event.
        events[host].append(event(next(numbers), seconds, 4625, host,
                                  "Alice" if seconds % 2 else "ALICE", "10.0.0.1"))
        events[host].append(event(next(numbers), seconds, 4625, host, "scan", "10.0.0.9"))
    events["DC2"].append(event(next(numbers), 300, 4624, "DC2", "alice", "10.0.0.1"))
    events["DC1"].append(event(next(numbers), 300, 4624, "DC1", "bob", "10.0.0.2"))
    return [write(os.path.join(folder, f"{host}.xml"), "".join(texts))
            for host, texts in events.items()]


def write_rules(folder, *texts):
    os.mkdir(folder)
    for number, text in enumerate(texts):
        write(os.path.join(folder, f"{number}.yml"), text)
    return folder


def scan(folder, name, evidence, rules, *options):
    case = os.path.join(folder, name)
    spoor("scan", *evidence, "-r", rules, "--no-content", "-o", case, *options)
    return case


def counts(case):
    found = {}
    for finding in findings(case):
        found[finding["rule"]["title"]] = found.get(finding["rule"]["title"], 0) + 1
    return found


def test_two_files_make_one_correlation():
    with workspace() as folder:
        evidence = write_evidence(folder)
        rules = write_rules(os.path.join(folder, "rules"), RULES, BASE)
        both = scan(folder, "both.case", evidence, rules)
        # All other rules are asked for by a correlation alone.
        equal(counts(both), {"Guessed a password": 1}, "findings")
        for number, one in enumerate(evidence):
            equal(counts(scan(folder, f"{number}.case", [one], rules)), {}, "findings of one file")


def test_the_group_is_shown():
    with workspace() as folder:
        evidence = write_evidence(folder)
        rules = write_rules(os.path.join(folder, "rules"), RULES, BASE)
        found = [f for f in findings(scan(folder, "a.case", evidence, rules))
                 if f["rule"]["title"] == "Guessed a password"]
        equal(len(found), 1, "findings")
        holds("alice" in str(found[0]).lower(), f"the account is not named: {found[0]}")
        holds("bob" not in str(found[0]).lower(), f"another account is named: {found[0]}")


def test_same_bytes_whatever_the_order_and_the_workers():
    with workspace() as folder:
        evidence = write_evidence(folder)
        rules = write_rules(os.path.join(folder, "rules"), RULES, BASE)
        turned = write_rules(os.path.join(folder, "turned"), BASE, RULES)
        seen = set()
        for number, (workers, order, content) in enumerate((
                ("1", evidence, rules), ("2", evidence[::-1], rules), ("4", evidence, rules),
                ("2", evidence, turned))):
            case = scan(folder, f"{number}.case", order, content, "--workers", workers)
            seen.add(spoor("show", "findings", case, "--json"))
        equal(len(seen), 1, "different answers, and 1")


def test_generate_lets_rules_speak():
    with workspace() as folder:
        evidence = write_evidence(folder)
        speaking = RULES.replace("    timespan: 1m\n", "    timespan: 1m\n    generate: true\n")
        rules = write_rules(os.path.join(folder, "rules"), speaking, BASE)
        equal(counts(scan(folder, "a.case", evidence, rules)),
              {"Guessed a password": 1, "Failed logon": 12}, "findings")


def test_generate_reaches_correlations():
    """10.0.0.9 fails as often as 10.0.0.1."""
    with workspace() as folder:
        evidence = write_evidence(folder)
        rules = write_rules(os.path.join(folder, "rules"), SPEAKING, BASE)
        equal(counts(scan(folder, "a.case", evidence, rules)),
              {"Many failed logons": 2, "Guessed a password": 1, "Successful logon": 2}, "findings")


def test_filter_takes_away_before_the_correlation():
    with workspace() as folder:
        evidence = write_evidence(folder)
        rules = write_rules(os.path.join(folder, "rules"), SPEAKING, BASE, FILTER)
        equal(counts(scan(folder, "a.case", evidence, rules)),
              {"Many failed logons": 1, "Guessed a password": 1, "Successful logon": 2}, "findings")


def test_rules_are_listed():
    with workspace() as folder:
        rules = write_rules(os.path.join(folder, "rules"), RULES, BASE, FILTER)
        listed = {rule["title"]: (rule["kind"], rule["silent"])
                  for rule in lines(spoor("rules", "list", "--json", rules))}
        equal(listed, {"Guessed a password": ("correlation", False),
                       "Many failed logons": ("correlation", True),
                       "Failed logon": ("detection", True),
                       "Successful logon": ("detection", True),
                       "The scanner of ours": ("filter", False)}, "rules")


def test_a_missing_rule_is_told():
    with workspace() as folder:
        evidence = write_evidence(folder)
        broken = write_rules(os.path.join(folder, "rules"), RULES, BASE.split("---")[1])
        told = spoor("rules", "check", broken, ok=(3,))
        holds("0.yml:19: there is no rule with the id or name \"failed_logon\"" in told, told)
        holds("0.yml:5: the rule \"many_failed_logons\" was rejected" in told, told)
        case = scan(folder, "a.case", evidence, broken)
        equal(counts(case), {"Successful logon": 2}, "findings")
        holds("failed_logon" in str(coverage(case)), "the ledger does not say why")


if __name__ == "__main__":
    main([test_two_files_make_one_correlation, test_the_group_is_shown,
          test_same_bytes_whatever_the_order_and_the_workers, test_generate_lets_rules_speak,
          test_generate_reaches_correlations,
          test_filter_takes_away_before_the_correlation, test_rules_are_listed,
          test_a_missing_rule_is_told])

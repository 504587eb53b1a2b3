#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A slow, plain reference evaluator for Sigma rules, to check spoor's engine against.

    sigma_reference.py --rules FOLDER... [--logsource TABLE] [--placeholders FILE] [EVENTS]

Reads rules from YAML files or folders and events as JSON lines (from EVENTS, else from standard
input) in the form that `spoor show events` prints:

    {"schema":"spoor.event/1","evidence":"path","locator":"record 12 at 0x1200","recovered":false,
     "time":"2021-03-02T10:11:12.1234567Z","fields":{"EventID":1,"Channel":"...","Data":["a","b"]}}

and prints one finding a line, sorted: {"rule": id, "evidence": path, "locator": locator}.
Rules that are refused, and why, go to standard error.

It is written from the Sigma specification 2.1.0, not from spoor's C code. Decisions that the
specification leaves open are marked in sigma_values.py and sigma_condition.py. Those here:

* field names are compared without regard to spaces ("use them as they appear in the log source and
  strip all spaces": Threat Name is ThreatName) and, silent, to case;
* keywords are sought in the values of all fields, one value at a time, not in field names;
* correlation documents are left out.
"""

import argparse
import json
import os
import re
import sys

import yaml

import sigma_condition
import sigma_filters
from sigma_events import Event
from sigma_items import Item
from sigma_logsource import open_table
from sigma_values import Rejected

COMMON_COLUMNS = ("LogFormat", "LogName", "Channel", "EventID")
DEFAULT_TABLE = "/work/shared/corpus/sigma/tests/thor.yml"


# --------------------------------------------------------------- YAML 1.2


class Yaml12(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The core schema of YAML 1.2.2, which the specification names. PyYAML reads YAML 1.1, where
    yes, no, on and off are booleans, 0123 is octal, 1:30 is 90 and 2021-03-02 is a date."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise Rejected(f"the key {key!r} is given twice")
        return super().construct_mapping(node, deep)

    def integer(self, node):
        text = node.value
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)


for tag, pattern in (
    ("null", r"null|Null|NULL|~|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
):
    name = f"tag:yaml.org,2002:{tag}"
    Yaml12.add_implicit_resolver(name, re.compile(rf"^(?:{pattern})$"), None)
    if tag == "int":
        Yaml12.add_constructor(name, Yaml12.integer)


# --------------------------------------------------------------- rules


def compile_selection(definition, placeholders):
    """A search identifier's content, as a function from an event to truth."""
    if isinstance(definition, dict):
        if not definition:
            raise Rejected("a search identifier is empty")
        items = [Item(str(key), value, placeholders) for key, value in definition.items()]
        return lambda event: all(item.holds(event) for item in items)
    if isinstance(definition, list) and definition:
        parts = [compile_selection(part, placeholders) for part in definition]
        return lambda event: any(part(event) for part in parts)
    if isinstance(definition, list) or definition is None:
        raise Rejected("a search identifier is empty")
    return Item("", definition, placeholders).holds


class Detection:
    def __init__(self, detection, placeholders=None):
        if not isinstance(detection, dict) or "condition" not in detection:
            raise Rejected("there is no detection, or it has no condition")
        if "timeframe" in detection:
            raise Rejected("timeframe belongs to the aggregations of Sigma 1")
        self.selections = {
            str(name): compile_selection(definition, placeholders or {})
            for name, definition in detection.items()
            if name != "condition"
        }
        self.condition = sigma_condition.parse(detection["condition"], self.selections)

    def holds(self, event):
        return self.condition(lambda name: self.selections[name](event))


class Rule:
    def __init__(self, document, path, placeholders):
        self.id = str(document.get("id") or path)
        self.name = document.get("name")
        self.source = document.get("logsource")
        if not isinstance(self.source, dict):
            raise Rejected("there is no log source")
        self.detection = Detection(document.get("detection"), placeholders)
        self.filters = []

    def holds(self, event):
        return self.detection.holds(event) and all(part.holds(event) for part in self.filters)


def rule_files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in sorted(os.walk(path)):
            yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith((".yml", ".yaml")))


def load_rules(paths, placeholders, complain):
    rules, filters = [], []
    for path in rule_files(paths):
        try:
            with open(path, encoding="utf-8") as stream:
                documents = list(yaml.load_all(stream, Yaml12))
        except (Rejected, yaml.YAMLError, UnicodeDecodeError) as error:
            complain(f"{path}: {error}")
            continue
        for document in documents:
            if not isinstance(document, dict) or "correlation" in document:
                continue
            try:
                if "filter" in document:
                    filters.append(sigma_filters.Filter(
                        document, lambda detection: Detection(detection, placeholders)))
                else:
                    rules.append(Rule(document, path, placeholders))
            except Rejected as error:
                complain(f"{path}: {error}")
    for reason in sigma_filters.join(filters, rules):
        complain(reason)
    return rules


class RuleSet:
    """Rules grouped by log source, so that each is resolved once."""

    def __init__(self, rules, table):
        self.groups, self.unassessed, self.possible = [], [], {}
        by_source = {}
        for rule in rules:
            key = tuple(rule.source.get(a) for a in ("category", "product", "service"))
            by_source.setdefault(key, []).append(rule)
        for key, members in by_source.items():
            scopes = table.resolve(members[0].source)
            if scopes:
                self.groups.append((scopes, members))
            else:
                self.unassessed.append((key, members))

    def scopes_for(self, event):
        """The scopes that may admit an event, going by the columns that are the same in many."""
        key = tuple(tuple(map(str, event.values(column))) for column in COMMON_COLUMNS)
        if key not in self.possible:
            self.possible[key] = [(scope, members) for scopes, members in self.groups for scope in scopes
                                  if scope.admits(event, COMMON_COLUMNS)]
        return self.possible[key]

    def judge(self, fields):
        """The ids of the rules that an event with these fields satisfies."""
        event, hits = Event(fields), set()
        for scope, members in self.scopes_for(event):
            if scope.admits(event):
                seen = scope.view(event)
                hits.update(rule.id for rule in members if rule.holds(seen))
        return hits


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rules", "-r", nargs="+", required=True, metavar="PATH")
    parser.add_argument("--logsource", default=DEFAULT_TABLE, metavar="TABLE")
    parser.add_argument("--placeholders", metavar="FILE", help="YAML: name to value or values")
    parser.add_argument("--no-recovered", action="store_true", help="leave recovered events out")
    parser.add_argument("--verbose", "-v", action="store_true", help="name what could not be used")
    parser.add_argument("events", nargs="?")
    options = parser.parse_args()

    placeholders = {}
    if options.placeholders:
        with open(options.placeholders, encoding="utf-8") as stream:
            given = yaml.load(stream, Yaml12)
        placeholders = {k: v if isinstance(v, list) else [v] for k, v in given.items()}
    refused = []
    rules = load_rules(options.rules, placeholders, refused.append)
    rule_set = RuleSet(rules, open_table(options.logsource))
    unassessed = sum(len(members) for _, members in rule_set.unassessed)
    print(f"{len(rules)} rules loaded, {len(refused)} refused, "
          f"{unassessed} without a log source in the table", file=sys.stderr)
    if options.verbose:
        for line in refused:
            print("refused:", line, file=sys.stderr)
        for key, members in rule_set.unassessed:
            print(f"not assessed: {len(members)} rules of", "/".join(k or "-" for k in key), file=sys.stderr)

    findings = set()
    with open(options.events, encoding="utf-8") if options.events else sys.stdin as stream:
        for line in stream:
            if not line.strip():
                continue
            event = json.loads(line)
            if options.no_recovered and event.get("recovered"):
                continue
            for rule in rule_set.judge(event["fields"]):
                findings.add((rule, event["evidence"], event["locator"]))
    for rule, evidence, locator in sorted(findings):
        print(json.dumps({"rule": rule, "evidence": evidence, "locator": locator}, ensure_ascii=False))


if __name__ == "__main__":
    main()

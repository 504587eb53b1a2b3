#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks vectors.yml, vectors_rejected.yml and vectors_filters.yml with the reference evaluator.

    run_vectors.py

Prints each vector that fails and a count; the exit status is 0 if none does.
"""

import os
import sys

import yaml

import sigma_filters
from sigma_reference import Detection, Event, Rule, Yaml12
from sigma_values import Rejected

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return yaml.load(stream, Yaml12)


def judge_filtered(vector):
    """Whether the rule is true of the event once the filters are joined to it."""
    rule = Rule(vector["rule"], "vector", {})
    filters = [sigma_filters.Filter(document, Detection) for document in vector["filters"]]
    if sigma_filters.join(filters, [rule]) and not vector.get("refused"):
        return "refused: a filter is for no rule"
    return rule.holds(Event(vector["event"]))


def main():
    vectors, rejected, problems, names = load("vectors.yml"), load("vectors_rejected.yml"), [], set()
    for vector in vectors:
        name = vector["name"]
        if name in names:
            problems.append(f"{name}: the name is used twice")
        names.add(name)
        try:
            answer = Detection(vector["detection"], vector.get("placeholders")).holds(Event(vector["event"]))
        except Rejected as error:
            answer = f"refused: {error}"
        if answer is not vector["expect"]:
            problems.append(f"{name}: expected {vector['expect']}, got {answer}")
    for vector in rejected:
        try:
            Detection(vector["detection"])
            problems.append(f"{vector['name']}: accepted, but must be refused")
        except Rejected:
            pass
    filtered = load("vectors_filters.yml")
    for vector in filtered:
        try:
            answer = judge_filtered(vector)
        except Rejected as error:
            answer = f"refused: {error}"
        if answer is not vector["expect"]:
            problems.append(f"{vector['name']}: expected {vector['expect']}, got {answer}")
    for problem in problems:
        print(problem)
    total = len(vectors) + len(rejected) + len(filtered)
    print(f"{len(vectors)} vectors, {len(rejected)} refusals and {len(filtered)} filters: "
          f"{total - len(problems)} passed, {len(problems)} failed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

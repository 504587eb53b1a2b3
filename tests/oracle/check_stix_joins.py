#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds spoor's joining of STIX observation expressions to the slow reference on random small cases.

    check_stix_joins.py STIX-JOIN-LINES [CASES [SEED]]

For each case spoor must find a binding exactly where the reference has one, what it finds must be
one, and when it stops there must be none left among the events that are not used up.
"""

import os
import random
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stix_reference as reference  # noqa: E402


class Maker:
    def __init__(self, chance):
        self.chance = chance
        self.n_parts = 0
        self.n_events = 0  # that a binding has at most

    def expression(self, depth=0):
        kind = self.chance.choice(["part"] * (1 + 2 * depth) +
                                  ["all", "any", "followed", "within", "repeats", "started", "followed"])
        if kind == "part" or self.n_parts >= 4:
            self.n_parts += 1
            return ("part", self.n_parts - 1)
        if kind in ("all", "any", "followed"):
            return (kind, [self.expression(depth + 1) for _ in range(self.chance.choice([2, 2, 3]))])
        if kind == "within":
            return (kind, self.chance.choice([1, 2, 5, 9]), self.expression(depth + 1))
        if kind == "repeats":
            return (kind, self.chance.choice([1, 2, 2, 3]), self.expression(depth + 1))
        start = self.chance.randrange(12)
        return (kind, start, start + self.chance.randrange(9), self.expression(depth + 1))


def size(expression):
    kind = expression[0]
    if kind == "part":
        return 1
    if kind == "any":
        return max(map(size, expression[1]))
    if kind in ("all", "followed"):
        return sum(map(size, expression[1]))
    return size(expression[-1]) * (expression[1] if kind == "repeats" else 1)


def make_case(chance):
    while True:
        maker = Maker(chance)
        expression = maker.expression()
        if size(expression) <= 5:
            break
    events = sorted(((chance.randrange(12), frozenset(p for p in range(maker.n_parts) if chance.random() < 0.45))
                     for _ in range(chance.randrange(8))), key=lambda event: event[0])
    return expression, maker.n_parts, events


def lines(case):
    expression, n_parts, events = case
    yield "pattern " + reference.text(expression)
    for time, parts in events:
        yield " ".join(["event", str(time), *(str(p) for p in sorted(parts))])
    yield "join"


def problem(case, answer):
    expression, _, events = case
    left = set(range(len(events)))
    for found in answer:
        among = reference.bindings(expression, [(t, p if i in left else frozenset())
                                                for i, (t, p) in enumerate(events)])
        if found == "none":
            return f"there is a binding left: {sorted(sorted(b) for b in among)}" if among else None
        if found == "undecided":
            return "undecided"
        bound = frozenset(int(word) for word in found.split())
        if bound not in among:
            return f"{sorted(bound)} is no binding of {sorted(sorted(b) for b in among)}"
        left -= bound
    return "the answer has no end"


def main():
    n_cases = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    cases = [make_case(chance) for _ in range(n_cases)]
    text = "\n".join(line for case in cases for line in lines(case)) + "\n"
    output = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True).stdout
    answers, answer = [], []
    for line in output.splitlines():
        answer.append(line)
        if line in ("none", "undecided"):
            answers.append(answer)
            answer = []
    wrong = 0
    if len(answers) != n_cases:
        print(f"{len(answers)} answers to {n_cases} cases")
        return 1
    for case, answer in zip(cases, answers):
        reason = problem(case, answer)
        if reason:
            wrong += 1
            print(reference.text(case[0]), case[2], answer, reason, sep="\n  ")
    n_found = sum(len(answer) > 1 for answer in answers)
    print(f"{n_cases - wrong} of {n_cases} cases agree, {n_found} with a binding")
    return 1 if wrong or n_found < n_cases // 10 or n_found > n_cases * 9 // 10 else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Observation expressions of STIX patterns, slowly: every binding there is, by definition.

An expression is a tuple: ("part", n), ("all"|"any"|"followed", [operands]), ("within", seconds, x),
("repeats", n, x), ("started", start, stop, x). An event is (time, set of parts).
"""

import itertools


def bindings(expression, events):
    """All sets of events (by index) that make @expression true; each event is bound once."""
    kind = expression[0]
    if kind == "part":
        return {frozenset([i]) for i, (_, parts) in enumerate(events) if expression[1] in parts}
    if kind == "any":
        return set().union(*(bindings(operand, events) for operand in expression[1]))
    if kind in ("all", "followed"):
        found = bindings(expression[1][0], events)
        for operand in expression[1][1:]:
            right = bindings(operand, events)
            found = {a | b for a in found for b in right if not a & b and
                     (kind == "all" or max(events[i][0] for i in a) <= min(events[i][0] for i in b))}
        return found
    inner = bindings(expression[-1], events)
    if kind == "repeats":
        return {frozenset().union(*chosen) for chosen in itertools.combinations(inner, expression[1])
                if sum(map(len, chosen)) == len(frozenset().union(*chosen))}
    if kind == "within":
        return {b for b in inner
                if max(events[i][0] for i in b) - min(events[i][0] for i in b) <= expression[1]}
    if kind == "started":
        return {b for b in inner if all(expression[1] <= events[i][0] < expression[2] for i in b)}
    raise ValueError(kind)


def text(expression):
    """As a pattern; part n is [x:p = n]."""
    kind = expression[0]
    if kind == "part":
        return f"[x:p = {expression[1]}]"
    if kind in ("all", "any", "followed"):
        word = {"all": " AND ", "any": " OR ", "followed": " FOLLOWEDBY "}[kind]
        return "(" + word.join(text(operand) for operand in expression[1]) + ")"
    inner = text(expression[-1])
    if kind == "repeats":
        return f"({inner} REPEATS {expression[1]} TIMES)"
    if kind == "within":
        return f"({inner} WITHIN {expression[1]} SECONDS)"
    return f"({inner} START t'{stamp(expression[1])}' STOP t'{stamp(expression[2])}')"


def stamp(seconds):
    return f"2021-03-02T00:{seconds // 60:02d}:{seconds % 60:02d}Z"

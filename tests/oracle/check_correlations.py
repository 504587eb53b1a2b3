#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds spoor's evaluation of correlations to vectors, and to the slow evaluator on random streams.

    check_correlations.py CORRELATE-LINES VECTORS.yml [CASES [SEED]]

Prints what differs; the exit status is 0 if nothing does.
"""

import json
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from urllib.parse import quote

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import correlation_reference as reference  # noqa: E402

SECOND = 10 ** 9
BASE = 1614680000 * SECOND  # 2021-03-02
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def sha256(n):
    return f"{n:064x}"


def measure_text(measure):
    billionths = abs(measure.numerator) * SECOND // measure.denominator
    text = f"{billionths // SECOND}.{billionths % SECOND:09d}".rstrip("0").rstrip(".")
    return ("-" if measure < 0 and billionths else "") + text


# ---- one case as lines ------------------------------------------------------------------------

def case_lines(rules, hits):
    """@rules: None for a detection, else a correlation; by number."""
    for correlation in rules:
        if correlation is None:
            yield "rule silent"
            continue
        voice = "silent" if correlation.get("silent") else "loud"
        yield f"correlation {voice} {correlation['type']} {correlation['timespan']} {correlation['percentile']}"
        for word, key in (("group", "group-by"), ("field", "fields"), ("carried", "carried")):
            yield from (f"{word} {name}" for name in correlation[key])
        yield from (f"condition {op} {value}" for op, value in correlation["condition"])
        for part in correlation["parts"]:
            yield f"part {int(part['rule'], 16)}"
            for word, key in (("group", "group-by"), ("field", "fields"), ("carried", "carried")):
                yield from (f"part-{word} {name}" for name in part[key])
    for number, hit in hits:
        time = "-" if hit["time"] is None else hit["time"]
        values = " ".join("-" if v is None else "=" + quote(v) for v in hit["values"])
        yield (f"hit {number} {hit['part']} {int(hit['evidence'], 16)} {hit['offset']} {time} "
               f"{values}").rstrip()
    yield "run"


def expected_lines(rules, hits):
    by_rule = {}
    for number, hit in hits:
        by_rule.setdefault(sha256(number), []).append(hit)
    correlations = {sha256(n): c for n, c in enumerate(rules) if c}
    order, waiting = [], list(correlations)
    while waiting:
        ready = [r for r in waiting if all(p["rule"] not in waiting
                                           for p in correlations[r]["parts"])]
        order += ready
        waiting = [r for r in waiting if r not in ready]
    results = reference.evaluate(correlations, order, by_rule)
    correlated, listed, gaps = [], [], []
    for rule, (found, problems) in results.items():
        for one in found:
            correlated.append((rule, one.id, reference.time_text(one.first), reference.time_text(one.last),
                               str(one.events), measure_text(one.measure), one.group,
                               "0" if correlations[rule].get("silent") else "1"))
            listed += [(one.id, str(i), str(part), what, values)
                       for i, (part, what, values) in enumerate(one.listed)]
        gaps += [(evidence or "", str(n)) for (evidence, _), n in problems.items()]
    return sorted(correlated, key=lambda c: c[:2]), sorted(listed, key=lambda l: (l[0], int(l[1]))), sorted(gaps)


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, encoding="utf-8")

    def ask(self, lines):
        self.process.stdin.write("\n".join(lines) + "\n")
        self.process.stdin.flush()
        correlated, listed, gaps = [], [], []
        for line in self.process.stdout:
            fields = line.rstrip("\n").split("\t")
            if fields[0] == ".":
                return correlated, listed, sorted(gaps)
            if fields[0] == "correlated":
                correlated.append((*fields[1:7], json.loads(fields[7]), fields[8]))
            elif fields[0] == "listed":
                listed.append((*fields[1:5], json.loads(fields[5])))
            else:
                gaps.append((fields[1], fields[3]))
        sys.exit("the program ended early")


# ---- random cases -----------------------------------------------------------------------------

NAMES = ["User", "Host", "Address", "Size"]


def random_condition(rng, kind):
    if kind in ("temporal", "temporal_ordered") and rng.random() < 0.6:
        return []
    most = {"value_sum": 60, "value_avg": 20, "value_percentile": 20}.get(kind, 6)
    first = rng.randint(1, most)
    roll = rng.random()
    if roll < 0.5:
        return [(rng.choice(["gte", "gt"]), str(first))]
    if roll < 0.65:
        return [("gte", str(first)), (rng.choice(["lt", "lte"]), str(first + rng.randint(0, 3)))]
    if roll < 0.75 and kind.startswith("value_") and kind != "value_count":
        return [(rng.choice(["gt", "lt", "eq"]), f"{first}.5")]
    return [(rng.choice(["lt", "lte", "eq", "neq"]), str(first))]


def random_correlation(rng, number, n_detections, inner):
    """One over detections, and sometimes over correlations that are there already."""
    kind = rng.choice(["event_count", "value_count", "temporal", "temporal_ordered", "value_sum",
                       "value_avg", "value_percentile"])
    candidates = list(range(n_detections))
    chained = [n for n in inner if rng.random() < 0.7]
    n_parts = rng.randint(1, 3) if kind not in ("temporal", "temporal_ordered") else rng.randint(2, 3)
    chosen = rng.sample(candidates, min(n_parts, len(candidates)))
    if chained and kind not in reference.NUMERIC:
        chosen = rng.sample(chosen + chained[:2], min(n_parts, len(chosen) + len(chained[:2])))
    names = rng.sample(NAMES[:3], rng.choice([0, 1, 1, 1, 2]))
    fields = {"value_count": rng.sample(NAMES, rng.choice([1, 1, 2]))}.get(
        kind, ["Size"] if kind in reference.NUMERIC else [])
    return {"type": kind, "timespan": rng.choice([1, 3, 5, 10]) * SECOND, "group-by": names,
            "fields": fields, "carried": [], "silent": rng.random() < 0.3,
            "percentile": rng.choice([0, 1, 25, 50, 90, 99.5, 100]),
            "condition": random_condition(rng, kind),
            "parts": [{"rule": sha256(r), "group-by": names, "fields": fields, "carried": []}
                      for r in chosen]}


def carry(correlations):
    """Lets inner correlations carry what outer ones ask for; outer ones first."""
    for number in sorted(correlations, reverse=True):
        outer = correlations[number]
        for part in outer["parts"]:
            part["carried"] = list(outer["carried"])
            inner = correlations.get(int(part["rule"], 16))
            if not inner:
                continue
            for name in outer["group-by"] + outer["fields"] + outer["carried"]:
                if name not in inner["group-by"] + inner["fields"] + inner["carried"]:
                    inner["carried"].append(name)


def random_value(rng, name):
    if rng.random() < 0.04:
        return None
    if name == "Size":
        return rng.choice(["1", "2", "3", "5", "10", "-4", "2.5", "0x10", "1e1", "none", "0.125"])
    return rng.choice(["alice", "bob", "Alice", "\u00c4", "\u00e4"][:rng.choice([2, 3, 5])])


def random_case(rng):
    n_detections = rng.randint(1, 3)
    rules, correlations = [None] * n_detections, {}
    for _ in range(rng.choice([1, 1, 2, 3])):
        number = len(rules)
        correlations[number] = random_correlation(rng, number, n_detections, list(correlations))
        rules.append(correlations[number])
    carry(correlations)
    length = rng.choice([5, 20, 60])
    step = rng.choice([SECOND, SECOND // 2, 5 * SECOND])
    events = []
    for offset in range(rng.randint(0, 30)):
        time = BASE + rng.randint(0, length) * step // rng.choice([1, 1, 5])
        values = {name: random_value(rng, name) for name in NAMES}
        events.append((rng.choice([1, 2, 3]), offset // rng.choice([1, 1, 1, 2]),
                       None if rng.random() < 0.02 else time, values,
                       [d for d in range(n_detections) if rng.random() < 0.6]))
    placed = {}
    for evidence, offset, time, values, true_of in events:
        placed.setdefault((evidence, offset), (time, values, true_of))
    hits = []
    for (evidence, offset), (time, values, true_of) in placed.items():
        for number, correlation in correlations.items():
            for part, info in enumerate(correlation["parts"]):
                if int(info["rule"], 16) in true_of:
                    names = correlation["group-by"] + correlation["fields"] + correlation["carried"]
                    hits.append((number, {"part": part, "evidence": sha256(evidence),
                                          "offset": offset, "time": time,
                                          "values": [values[name] for name in names]}))
    rng.shuffle(hits)
    return rules, hits


# ---- vectors ----------------------------------------------------------------------------------

def nanoseconds(text):
    return int(text[:-1]) * UNITS[text[-1]] * SECOND


def vector_case(vector):
    """correlation: as in a rule, its rules being names; hits: [[seconds, rule, {field: value}]]."""
    names, rules = [], []
    correlations = vector["correlations"]
    for correlation in correlations.values():
        names += [r for r in correlation["rules"] if r not in names and r not in correlations]
    rules += [None] * len(names)
    names += list(correlations)
    for name, c in correlations.items():
        condition = dict(c.get("condition", {}))
        fields = condition.pop("field", [])
        fields = [fields] if isinstance(fields, str) else fields
        aliases = c.get("aliases", {})
        group_by, carried = c.get("group-by", []), c.get("carried", [])

        def own(rule, keys, aliases=aliases):
            return [aliases.get(key, {}).get(rule, key) for key in keys]
        rules.append({"type": c["type"], "timespan": nanoseconds(c["timespan"]),
                      "group-by": group_by, "fields": fields, "carried": carried,
                      "percentile": condition.pop("percentile", 50),
                      "condition": [(op, str(value)) for op, value in condition.items()],
                      "silent": c.get("silent", False),
                      "parts": [{"rule": sha256(names.index(rule)), "group-by": own(rule, group_by),
                                 "fields": own(rule, fields), "carried": own(rule, carried)}
                                for rule in c["rules"]]})
    hits = []
    for offset, (time, rule, values, *place) in enumerate(vector["hits"]):
        evidence, offset = place[0] if place else (1, offset)
        for number, correlation in enumerate(rules):
            for part, info in enumerate(correlation["parts"] if correlation else []):
                if names[int(info["rule"], 16)] != rule:
                    continue
                wanted = info["group-by"] + info["fields"] + info["carried"]
                hits.append((number, {"part": part, "evidence": sha256(evidence), "offset": offset,
                                      "time": None if time is None else
                                      BASE + int(Fraction(str(time)) * SECOND),
                                      "values": [None if v is None else str(v) for v in
                                                 map(values.get, wanted)]}))
    return names, rules, hits


def check_vector(program, vector):
    names, rules, hits = vector_case(vector)
    answers = {"spoor": program.ask(case_lines(rules, hits)), "reference": expected_lines(rules, hits)}
    problems = []
    for who, (correlated, _, gaps) in answers.items():
        got = {}
        for rule, _, first, last, events, value, group, _ in correlated:
            seconds = [(datetime.fromisoformat(t[:19] + "+00:00") - datetime.fromtimestamp(
                BASE // SECOND, timezone.utc)) // timedelta(seconds=1) for t in (first, last)]
            got.setdefault(names[int(rule, 16)], []).append(
                [*seconds, int(events), value, " ".join(v for v in group.values())])
        for name in vector["correlations"]:
            want = [[*f[:2], f[2], str(f[3]), str(f[4]) if len(f) > 4 else ""]
                    for f in vector["expect"].get(name, [])]
            if sorted(got.get(name, [])) != sorted(want):
                problems.append(f"{vector['name']}: {who}: {name}: expected {sorted(want)}, "
                                f"got {sorted(got.get(name, []))}")
        if sum(int(n) for _, n in gaps) != vector.get("left out", 0):
            problems.append(f"{vector['name']}: {who}: left out {gaps}")
    if answers["spoor"] != answers["reference"]:
        problems.append(f"{vector['name']}: {answers['spoor']} is not {answers['reference']}")
    return problems


def main():
    program = Program(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as stream:
        vectors = yaml.safe_load(stream)
    cases = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 2021
    problems, findings = [], 0
    for vector in vectors:
        problems += check_vector(program, vector)
    for i in range(cases):
        rules, hits = random_case(random.Random(f"{seed} {i}"))
        expected = expected_lines(rules, hits)
        findings += len(expected[0])
        if program.ask(case_lines(rules, hits)) != expected:
            problems.append(f"case {i} of seed {seed} differs")
    for problem in problems[:20]:
        print(problem)
    print(f"{len(vectors)} vectors and {cases} random cases with {findings} findings: "
          f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""A slow evaluator of Sigma correlations, written from docs/correlations.md and the specification
(SigmaHQ/sigma-specification 2.1.0) and from nothing else: it looks at every window as a whole, counts
in exact fractions, and keeps no state from one window to the next.

A correlation is a dict:
    type, timespan (nanoseconds), group-by [name], fields [name], carried [name],
    percentile, condition [(operator, number as text)],
    parts [{rule, group-by, fields, carried}], silent
A hit is a dict: part, evidence, offset, time (nanoseconds or None), values [text or None], in the
order group-by, fields, carried.
"""

import hashlib
import math
import operator
import re
from datetime import datetime, timezone
from fractions import Fraction

BILLION = 10 ** 9
OPERATORS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
             "eq": operator.eq, "neq": operator.ne}
NUMERIC = ("value_sum", "value_avg", "value_percentile")
LISTED = 50


def fold(text):
    return None if text is None else text.lower()


def number(text):
    """The number that a text is, or None."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,14}", text):
        return Fraction(int(text[2:], 16))
    match = re.fullmatch(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", text)
    if not match or not (match[2] or match[3]):
        return None
    value = Fraction(int((match[2] or "") + (match[3] or "") or "0"), 10 ** len(match[3] or ""))
    value *= Fraction(10) ** int(match[4] or 0)
    value = Fraction(math.floor(value * BILLION), BILLION)  # nine digits behind the point count
    if value >= 10 ** 18:
        return None
    return -value if match[1] == "-" else value


def finding_id(rule, evidence, locator):
    text = f"spoor-finding-1\n{rule}\n{evidence}\n{locator}\n"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def key_bytes(values):
    """Values as a case keeps them."""
    return b"".join(b"\0" if v is None else
                    b"\1" + len(v.encode()).to_bytes(4, "little") + v.encode() for v in values)


def time_text(time):
    moment = datetime.fromtimestamp(time // BILLION, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{time % BILLION // 100:07d}Z"


class Hit:
    """One hit that can be correlated."""

    def __init__(self, part, evidence, offset, time, values, inner=None):
        self.part, self.evidence, self.offset, self.time = part, evidence, offset, time
        self.values, self.inner = values, inner
        self.locator = inner.id if inner else f"at {offset}"
        self.event = inner if inner else (evidence, offset)
        self.known = None

    def order(self):
        # What is correlated comes before events of the same time; the key's bytes come last.
        return (self.time, self.inner is None, self.evidence or "", self.offset, self.locator,
                self.part, key_bytes(self.values))


class Found:
    """What a correlation came to: hits, in order."""

    def __init__(self, rule, correlation, hits, measure, rules):
        self.rule, self.hits, self.measure = rule, hits, measure
        self.first, self.last = hits[0].time, hits[-1].time
        n = len(correlation["group-by"])
        self.group = dict(zip(correlation["group-by"], hits[0].values[:n]))
        names = correlation["group-by"] + correlation["fields"]
        ids, self.listed, per_part = [], [], {}
        for hit in hits:
            if hit.inner:
                name = hit.inner.id
            else:
                name = finding_id(rules[hit.part], hit.evidence, hit.locator)
            if name in ids:
                continue
            ids.append(name)
            per_part[hit.part] = per_part.get(hit.part, 0) + 1
            if per_part[hit.part] <= LISTED:
                values = {}
                for key, value in zip(names, hit.values):
                    values.setdefault(key, value)
                self.listed.append((hit.part, hit.inner.id if hit.inner
                                    else f"{hit.evidence} {hit.locator}", values))
        self.events = len(ids)
        text = (f"spoor-correlation-1\n{rule}\n{time_text(self.first)}\n".encode() +
                key_bytes(map(fold, hits[0].values[:n])) +
                "".join(name + "\n" for name in ids).encode())
        self.id = hashlib.sha256(text).hexdigest()[:32]


class Correlation:
    def __init__(self, correlation):
        self.c = correlation
        self.n_group, self.n_fields = len(correlation["group-by"]), len(correlation["fields"])

    def problem(self, hit):
        """Why a hit can not be correlated, or None."""
        if hit.time is None:
            return "time"
        if None in hit.values[:self.n_group]:
            return "group"
        fields = hit.values[self.n_group:self.n_group + self.n_fields]
        if None in fields or (self.c["type"] in NUMERIC and number(fields[0]) is None):
            return "value"
        return None

    def measure(self, hits):
        """What the type measures of the hits of one window."""
        kind = self.c["type"]
        if kind == "event_count":
            return Fraction(len({hit.event for hit in hits}))
        if kind == "value_count":
            return Fraction(len({tuple(fold(v) for v in
                                       hit.values[self.n_group:self.n_group + self.n_fields])
                                 for hit in hits}))
        if kind == "temporal":
            return Fraction(len({hit.part for hit in hits}))
        if kind == "temporal_ordered":
            return Fraction(self.longest_chain(hits))
        numbers = {}
        for hit in hits:  # an event counts once, with what the first rule has of it
            numbers.setdefault(hit.event, number(hit.values[self.n_group]))
        numbers = sorted(numbers.values())
        if kind == "value_sum":
            return sum(numbers, Fraction(0))
        if kind == "value_avg":
            return sum(numbers, Fraction(0)) / len(numbers)
        rank = math.ceil(Fraction(self.c["percentile"]) * len(numbers) / 100)
        return numbers[max(rank, 1) - 1]

    @staticmethod
    def longest_chain(hits):
        """The most parts, in the order of the rule, that hits are in order of time of."""
        best = {}
        steps = sorted({(hit.time, hit.part) for hit in hits})  # equal times: in the order of parts
        for index, (_, part) in enumerate(steps):
            best[index] = 1 + max((best[i] for i in range(index) if steps[i][1] < part), default=0)
        return max(best.values(), default=0)

    def holds(self, hits):
        measured = self.measure(hits)
        conditions = self.c["condition"] or [("gte", str(len(self.c["parts"])))]
        return all(OPERATORS[op](measured, Fraction(value)) for op, value in conditions)

    def windows(self, hits):
        """All maximal windows: [first, last] times that no other such window contains."""
        times = sorted({hit.time for hit in hits})
        spans = [(t, max(u for u in times if t <= u <= t + self.c["timespan"])) for t in times]
        return [s for s in spans
                if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]

    def between(self, hits, first, last):
        return [hit for hit in hits if first <= hit.time <= last]

    def evaluate_group(self, hits):
        """The runs of hits that are findings, each with its measure."""
        runs = []
        for first, last in self.windows(hits):
            inside = self.between(hits, first, last)
            if not self.holds(inside):
                continue
            if runs and first <= runs[-1][1]:
                runs[-1][1] = last
                runs[-1][2] = max(runs[-1][2], self.measure(inside))
            else:
                runs.append([first, last, self.measure(inside)])
        for time in sorted({hit.time for hit in hits}):
            back = self.between(hits, time - self.c["timespan"], time)
            if not self.holds(back):
                continue
            for hit in back:
                if hit.known is None:
                    hit.known = time
        return [(self.between(hits, first, last), measure) for first, last, measure in runs]

    def evaluate(self, rule, rules, hits):
        """(what was found, {(evidence, problem): events})"""
        groups, problems, found = {}, {}, []
        for hit in hits:
            problem = self.problem(hit)
            if problem:
                problems.setdefault((hit.evidence, problem), set()).add(
                    (rules[hit.part], hit.event) if not hit.inner else (hit.inner, hit.time))
            else:
                key = tuple(fold(v) for v in hit.values[:self.n_group])
                groups.setdefault(key, []).append(hit)
        for key in groups:
            ordered = sorted(groups[key], key=Hit.order)
            for run, measure in self.evaluate_group(ordered):
                found.append(Found(rule, self.c, run, measure, rules))
        return found, {key: len(events) for key, events in problems.items()}


def evaluate(correlations, order, hits):
    """Evaluates all correlations; {rule: (found, problems)}. @correlations by rule's SHA-256, @order
    lists them with inner ones first; @hits by rule."""
    results, chained = {}, {}
    for rule in order:
        correlation = Correlation(correlations[rule])
        rules = [part["rule"] for part in correlations[rule]["parts"]]
        own = {}
        for hit in hits.get(rule, []):  # the same again changes nothing
            own[(hit["part"], hit["evidence"], hit["offset"], tuple(hit["values"]))] = hit
        streams = [Hit(hit["part"], hit["evidence"], hit["offset"], hit["time"], hit["values"])
                   for hit in own.values()]
        streams += chained.get(rule, [])
        results[rule] = correlation.evaluate(rule, rules, streams)
        for outer in order:
            for number_of_part, part in enumerate(correlations[outer]["parts"]):
                if part["rule"] == rule:
                    chained.setdefault(outer, []).extend(
                        pass_on(correlations[rule], results[rule][0], part, number_of_part))
    return results


def pass_on(inner, found, part, number_of_part):
    """What an outer correlation sees of an inner one's findings."""
    names = inner["group-by"] + inner["fields"] + inner["carried"]
    wanted = part["group-by"] + part["fields"] + part["carried"]
    seen, hits = set(), []
    for one in found:
        for hit in one.hits:
            values = [hit.values[names.index(name)] for name in wanted]
            if (one.id, hit.known, tuple(values)) not in seen:
                seen.add((one.id, hit.known, tuple(values)))
                hits.append(Hit(number_of_part, None, 0, hit.known, values, one))
    return hits

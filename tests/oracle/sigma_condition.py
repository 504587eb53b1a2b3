# SPDX-License-Identifier: Apache-2.0
"""The condition grammar of a Sigma rule, by recursive descent.

    condition  = and-expr *( "or" and-expr )
    and-expr   = not-expr *( "and" not-expr )
    not-expr   = "not" not-expr / primary
    primary    = "(" condition ")" / quantifier "of" ( "them" / pattern ) / identifier
    quantifier = "1" / "any" / "all"

`parse` returns a function from (identifier -> truth) to truth. An identifier that starts with an
underscore is never part of `them`, nor of a pattern, which the specification defines as "same as
1/all of them, but restricted to matching search identifiers". (pySigma lets a pattern that starts
with an underscore select such identifiers.)
"""

import re

from sigma_values import Rejected

KEYWORDS = ("and", "or", "not")


def parse(condition, identifiers):
    if isinstance(condition, list):
        if not condition:
            raise Rejected("the condition is empty")
        parsed = [parse(part, identifiers) for part in condition]
        return lambda truth: any(part(truth) for part in parsed)
    if not isinstance(condition, str):
        raise Rejected("the condition is not text")
    if "|" in condition:
        raise Rejected("aggregation in a condition is not part of Sigma 2")
    parser = Parser(re.findall(r"[()]|[^\s()]+", condition), list(identifiers))
    result = parser.disjunction()
    if parser.words:
        raise Rejected(f"the condition cannot be read from {parser.words[0]!r} on")
    return result


class Parser:
    def __init__(self, words, identifiers):
        self.words, self.identifiers = words, identifiers

    def peek(self, ahead=0):
        return self.words[ahead].lower() if len(self.words) > ahead else None

    def take(self):
        if not self.words:
            raise Rejected("the condition ends too early")
        return self.words.pop(0)

    def disjunction(self):
        parts = [self.conjunction()]
        while self.peek() == "or":
            self.take()
            parts.append(self.conjunction())
        return lambda truth: any(part(truth) for part in parts)

    def conjunction(self):
        parts = [self.negation()]
        while self.peek() == "and":
            self.take()
            parts.append(self.negation())
        return lambda truth: all(part(truth) for part in parts)

    def negation(self):
        if self.peek() == "not":
            self.take()
            inner = self.negation()
            return lambda truth: not inner(truth)
        return self.primary()

    def primary(self):
        if self.peek() == "(":
            self.take()
            inner = self.disjunction()
            if self.take() != ")":
                raise Rejected("a bracket of the condition is not closed")
            return inner
        if self.peek(1) == "of":
            return self.selector()
        name = self.take()
        if name in (")",) or name.lower() in KEYWORDS or name not in self.identifiers:
            raise Rejected(f"the condition names {name!r}, which is not a search identifier")
        return lambda truth: truth(name)

    def selector(self):
        quantifier, _, pattern = self.take().lower(), self.take(), self.take()
        if quantifier not in ("1", "any", "all"):
            raise Rejected(f"{quantifier!r} of is not a quantifier")
        shape = ".*" if pattern.lower() == "them" else re.escape(pattern).replace(r"\*", ".*")
        names = [n for n in self.identifiers if re.fullmatch(shape, n) and not n.startswith("_")]
        if not names:
            raise Rejected(f"no search identifier matches {pattern!r}")
        chosen = all if quantifier == "all" else any
        return lambda truth: chosen(truth(name) for name in names)

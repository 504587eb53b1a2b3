# SPDX-License-Identifier: Apache-2.0
"""One `field|modifiers: value` line of a Sigma detection: the modifiers, in their order.

A `Draft` takes one value of the rule through the modifiers and ends as matchers of sigma_values;
an `Item` holds them for all values of the line and can be asked whether it holds for an event.
The comments "Differs from pySigma" and "Silent" are explained in sigma_values.py.
"""

import itertools
import re

from sigma_values import (
    ANY, COMPARISONS, WINDOWS_DASHES, Choice, Cidr, Comparison, FieldReference, Number, Regex,
    Rejected, Text, encode_base64, encode_base64_offsets, encode_utf16, expand_placeholders,
    is_plain, parse_pattern, text_of, without_choices,
)

MODIFIERS = set(
    "all startswith endswith contains exists cased neq windash re i m s base64 base64offset "
    "utf16le utf16be utf16 wide lt lte gt gte minute hour day week month year cidr expand "
    "fieldref".split()
)
TIME_PARTS = {"minute", "hour", "day", "week", "month", "year"}
REGEX_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class Draft:
    """One value of the rule on its way through the modifiers, which apply in their order."""

    def __init__(self, raw):
        self.raw, self.kind, self.touched = raw, "text", False
        self.cased, self.anchor, self.flags = False, None, 0
        self.part = self.operator = None
        if raw is None:
            self.kind = "null"
        elif isinstance(raw, bool):
            self.kind, self.alternatives = "boolean", [list(text_of(raw))]
        elif isinstance(raw, (int, float)):
            self.kind, self.alternatives = "number", [list(str(raw))]
        elif isinstance(raw, str):
            self.alternatives = [parse_pattern(raw)]
        else:
            raise Rejected(f"a value cannot be a {type(raw).__name__}")

    def need(self, modifier, *kinds):
        if self.kind not in kinds:
            raise Rejected(f"modifier {modifier} cannot be applied to a {self.kind}")

    def apply(self, modifier, placeholders):
        if modifier in REGEX_FLAGS:
            self.need(modifier, "regex")
            self.flags |= REGEX_FLAGS[modifier]
        elif modifier in ("re", "cidr"):
            self.need(modifier, "text", "number")
            if self.touched:
                raise Rejected(f"modifier {modifier} needs an unmodified value")
            self.kind = "regex" if modifier == "re" else "cidr"
            self.patterns = [str(self.raw)]
        elif modifier == "expand" and self.kind == "regex":
            self.expand_regex(placeholders)
        elif modifier in COMPARISONS:
            self.need(modifier, "number")
            self.operator = modifier
        elif modifier in TIME_PARTS:
            self.need(modifier, "number")
            self.part = modifier
        elif modifier == "cased":
            self.need(modifier, "text", "number", "field")
            self.cased = True
        elif modifier in ("contains", "startswith", "endswith") and self.kind == "field":
            self.anchor = modifier
        else:
            self.need(modifier, "text", "number")
            self.kind = "text"
            self.alternatives = [r for a in self.alternatives for r in self.change(modifier, a, placeholders)]
        self.touched = True

    def change(self, modifier, tokens, placeholders):
        if modifier == "contains":
            return [[ANY] + tokens + [ANY]]
        if modifier == "startswith":
            return [tokens + [ANY]]
        if modifier == "endswith":
            return [[ANY] + tokens]
        if modifier == "expand":
            return expand_placeholders(tokens, placeholders)
        if modifier == "windash":
            # Differs from pySigma: that only replaces "-" and "/", and only before a word (\B[-/]\b).
            # The text names five characters, all interchanged, in "all possible permutations".
            return [[Choice(WINDOWS_DASHES) if t in list(WINDOWS_DASHES) else t for t in tokens]]
        if modifier == "fieldref":
            if not all(type(token) is str for token in tokens):
                raise Rejected("a field reference cannot hold wildcards or encoded bytes")
            self.kind = "field"
            return [tokens]
        readings = without_choices(tokens)
        if modifier in ("wide", "utf16le"):
            return [encode_utf16(r, "utf-16-le") for r in readings]
        if modifier == "utf16be":
            return [encode_utf16(r, "utf-16-be") for r in readings]
        if modifier == "utf16":
            # Differs from pySigma: that puts the character U+FEFF, which base64 would then encode
            # as EF BB BF. The text says FF FE.
            return [encode_utf16(r, "utf-16-le", b"\xff\xfe") for r in readings]
        if not all(is_plain(r) for r in readings):
            raise Rejected(f"modifier {modifier} cannot encode a wildcard")
        if modifier == "base64":
            return [encode_base64(r) for r in readings]
        return [form for r in readings for form in encode_base64_offsets(r)]

    def expand_regex(self, placeholders):
        def parts(pattern):
            split = re.split(r"(?<!\\)%([^%]+)%", pattern)
            for i, piece in enumerate(split):
                if i % 2 and piece not in placeholders:
                    raise Rejected(f"no value is known for the placeholder %{piece}%")
                yield [str(v) for v in placeholders[piece]] if i % 2 else [piece.replace("\\%", "%")]

        self.patterns = ["".join(p) for pattern in self.patterns for p in itertools.product(*parts(pattern))]

    def finish(self, keyword):
        """The finished matchers; an event's value has to satisfy one of them."""
        if self.operator or self.part:
            return [Comparison(self.operator, self.raw, self.part)]
        if self.kind == "field":
            return [FieldReference("".join(t), self.anchor, self.cased) for t in self.alternatives]
        if self.kind == "regex":
            return [Regex(pattern, self.flags) for pattern in self.patterns]
        if self.kind == "cidr":
            return [Cidr(self.patterns[0])]
        if self.kind == "number" and not keyword:
            return [Number(self.raw)]
        if keyword and not keyword & {"startswith", "endswith"}:
            # "strings that are applied to the full log message": found anywhere in it.
            return [Text([ANY] + t + [ANY], self.cased) for t in self.alternatives]
        return [Text(t, self.cased) for t in self.alternatives]


class Item:
    """One `field|modifiers: value(s)` line."""

    def __init__(self, key, raw, placeholders):
        self.field, *modifiers = key.split("|")
        unknown = [m for m in modifiers if m not in MODIFIERS]
        if unknown:
            raise Rejected(f"unknown modifier {unknown[0]!r}")
        values = raw if isinstance(raw, list) else [raw]
        self.every, self.negated = "all" in modifiers, "neq" in modifiers
        self.exists = self.null = None
        rest = [m for m in modifiers if m not in ("all", "neq")]
        if "exists" in modifiers:
            if rest != ["exists"] or not self.field or len(values) != 1 or not isinstance(values[0], bool):
                raise Rejected("exists takes one boolean, a field and no other modifier")
            self.exists = values[0]
            return
        if not values or None in values:
            if not self.field or rest or len(values) > 1:
                # "null cannot be part of a list of field values as it is its own type"; pySigma takes it.
                raise Rejected("null needs a field and cannot be modified or stand in a list")
            self.null = True
            return
        self.groups = []
        for value in values:
            draft = Draft(value)
            for modifier in rest:
                draft.apply(modifier, placeholders)
            if not self.field and (draft.kind in ("cidr", "field") or draft.operator or draft.part):
                raise Rejected("this modifier needs a field")
            self.groups.append(draft.finish(set(rest) | {"keyword"} if not self.field else None))

    def holds(self, event):
        return self.answer(event) != self.negated

    def answer(self, event):
        if self.exists is not None:
            return event.has(self.field) == self.exists
        if self.null:
            # A field that is absent and one that is present without a value are both null.
            return all(value is None for value in event.values(self.field))
        values = event.values(self.field) if self.field else event.all_values()
        found = (any(m.matches(v, event) for v in values for m in group) for group in self.groups)
        return all(found) if self.every else any(found)

# SPDX-License-Identifier: Apache-2.0
"""Sigma filters for the reference evaluator: which rules one is for, and what it makes of them.

From the filters specification 2.1.0, which says that a filter is added to the rules that it names,
and not how. How is taken from what pySigma does: a rule is true where its own condition and the
filter's are; a filter is for rules whose log source has each part that its own has; `rules` may be
the word any, and an empty list means the same. Decided here, as pySigma leaves it to its caller: a
filter that is for no rule at all is refused.
"""

from sigma_values import Rejected

PARTS = ("category", "product", "service")


class Filter:
    def __init__(self, document, make_detection):
        section = document.get("filter")
        if not isinstance(section, dict) or not isinstance(document.get("logsource"), dict):
            raise Rejected("there is no filter, or it has no log source")
        if "rules" not in section or not isinstance(section["rules"], (str, list)):
            raise Rejected("the filter does not say for which rules it is")
        if not isinstance(section.get("condition"), str):
            raise Rejected("the filter's condition is not text")
        named = section["rules"]
        self.any = named == [] or isinstance(named, str) and named.lower() == "any"
        self.names = [named] if isinstance(named, str) else [str(name) for name in named]
        self.source = document["logsource"]
        self.detection = make_detection({k: v for k, v in section.items() if k != "rules"})

    def is_for(self, rule):
        for part in PARTS:
            wanted, has = self.source.get(part), rule.source.get(part)
            if wanted and str(wanted).lower() != str(has or "").lower():
                return False
        if self.any:
            return True
        return any(n == rule.name or n.lower() == rule.id.lower() for n in self.names)


def join(filters, rules):
    """Adds each filter to the rules it is for. Returns why some were refused."""
    refused = []
    for one in filters:
        chosen = [rule for rule in rules if one.is_for(rule)]
        for rule in chosen:
            rule.filters.append(one.detection)
        if not chosen:
            refused.append("the filter is for no rule")
    return refused

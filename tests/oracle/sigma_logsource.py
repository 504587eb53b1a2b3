# SPDX-License-Identifier: Apache-2.0
"""Which events a Sigma rule's log source stands for.

`ThorTable` reads SigmaHQ's tests/thor.yml. Its entries are of two kinds:

* `rewrite`: a category (`process_creation`) becomes another log source (windows/sysmon) plus
  conditions on the event (EventID 1) and, for some, other field names (Image: NewProcessName).
  A category has as many entries as there are events that carry it; they are alternatives.
* `sources`: a service becomes the names of event logs, "WinEventLog:<channel>".

An entry applies to a rule if every attribute the entry sets has the same value in the rule.
`File:` sources are about plain log files and are not used here.

`SpoorTable` reads spoor's own content/tables/logsources/, of which windows.yml explains the form.

A rule's log source resolves to a list of `Scope`s, alternatives of each other. An empty list
means that this table gives the rule no events: it cannot be assessed.
"""

import itertools
import os

import yaml

from sigma_events import MappedEvent
from sigma_values import fold, text_of

ATTRIBUTES = ("category", "product", "service")


class Scope:
    """One alternative: conditions on the event's own columns, and names for its fields."""

    def __init__(self, conditions, fields=None):
        self.conditions = []
        for column, wanted in conditions:
            wanted = wanted if isinstance(wanted, list) else [wanted]
            self.conditions.append(
                (column, [None if value is None else fold(text_of(value)) for value in wanted]))
        self.fields = fields or {}

    def admits(self, event, columns=None):
        """Whether all conditions hold, or those on @columns."""
        return all(
            any(self.fits(value, wanted) for value in event.values(column))
            or (None in wanted and all(text_of(value) is None for value in event.values(column)))
            for column, wanted in self.conditions
            if columns is None or column in columns
        )

    @staticmethod
    def fits(value, wanted):
        text = text_of(value)
        if text is None:
            return False
        text = fold(text)
        return any(Scope.likens(text, w) for w in wanted if w is not None)

    @staticmethod
    def likens(text, wanted):
        """A star at either end stands for anything."""
        if len(wanted) > 1 and wanted[0] == "*":
            return wanted[1:-1] in text if wanted[-1] == "*" else text.endswith(wanted[1:])
        return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted

    def view(self, event):
        return MappedEvent(event, self.fields) if self.fields else event


class ThorTable:
    def __init__(self, document):
        self.entries = list(document["logsources"].values())

    @staticmethod
    def applies(entry, source):
        named = [a for a in ATTRIBUTES if entry.get(a)]
        return bool(named) and all(entry[a] == source.get(a) for a in named)

    def channels(self, source):
        """The channels of a service."""
        return [
            name.partition(":")[2]
            for entry in self.entries
            if entry.get("sources") and self.applies(entry, source)
            for name in entry["sources"]
            if name.startswith("WinEventLog:")
        ]

    def resolve(self, source):
        source = {a: source.get(a) for a in ATTRIBUTES}
        scopes = []
        if source["category"]:
            for entry in self.entries:
                if not entry.get("rewrite") or not self.applies(entry, source):
                    continue
                target = entry["rewrite"]
                if source["service"] not in (None, target.get("service")):
                    continue
                channels = self.channels(target)
                if channels:
                    conditions = [("Channel", channels), *entry.get("conditions", {}).items()]
                    scopes.append(Scope(conditions, entry.get("fieldmappings")))
        elif source["service"]:
            channels = self.channels(source)
            if channels:
                scopes.append(Scope([("Channel", channels)]))
        elif source["product"] == "windows":
            scopes.append(Scope([("Channel", "*")]))
        return scopes


class SpoorTable:
    def __init__(self, documents):
        self.products, self.services, self.categories = [], [], []
        for document in documents:
            self.products += self.expanded(document.get("products"))
            self.services += self.expanded(document.get("services"))
            self.categories += self.expanded(document.get("categories"))

    @staticmethod
    def expanded(entries):
        """One entry for each combination of the names and conditions that an entry lists."""
        for entry in entries or []:
            if "needs" in entry:
                continue
            listed = [key for key in (*ATTRIBUTES, "where") if isinstance(entry.get(key), list)]
            for values in itertools.product(*(entry[key] for key in listed)):
                yield {**entry, **dict(zip(listed, values))}

    @staticmethod
    def fits(entry, source):
        """"A rule fits if what both name is equal.\""""
        return all(entry[a] == source[a] for a in ATTRIBUTES if entry.get(a) and source.get(a))

    @staticmethod
    def scope(*entries):
        conditions, fields = [], {}
        for entry in entries:
            conditions.extend((entry.get("where") or {}).items())
            fields.update(entry.get("fields") or {})
        return Scope(conditions, fields)

    def product_of(self, name):
        """What a product's entry gives its other entries: names of fields, not its conditions."""
        mine = [entry for entry in self.products if name and entry.get("product") == name]
        return [{"fields": entry.get("fields")} for entry in mine[:1]]

    def resolve(self, source):
        source = {a: source.get(a) for a in ATTRIBUTES}
        scopes = []
        if source["category"]:
            for entry in self.categories:
                if entry.get("category") != source["category"] or not self.fits(entry, source):
                    continue
                services = [s for s in self.services
                            if s["service"] == entry.get("service") and self.fits(s, entry)]
                if entry.get("service") and not services:
                    continue
                for service in services or [{}]:
                    product = entry.get("product") or service.get("product")
                    scopes.append(self.scope(*self.product_of(product), service, entry))
        elif source["service"]:
            for service in self.services:
                if service["service"] == source["service"] and self.fits(service, source):
                    scopes.append(self.scope(*self.product_of(service.get("product")), service))
        elif source["product"]:
            scopes.extend(self.scope(entry) for entry in self.products if entry["product"] == source["product"])
        return scopes


def open_table(path):
    """thor.yml, or a folder of spoor's own tables."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".yml")]
    documents = []
    for each in paths:
        with open(each, encoding="utf-8") as stream:
            documents.append(yaml.safe_load(stream))
    if "logsources" in documents[0]:
        return ThorTable(documents[0])
    return SpoorTable(documents)

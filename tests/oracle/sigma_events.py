# SPDX-License-Identifier: Apache-2.0
"""Events as rules see them: fields with lists of values, and the same under other names.

Names are compared without spaces, as the specification asks, and without case (Silent).
"""

import sigma_facts
from sigma_values import fold, text_of


def field_key(name):
    return fold(name.replace(" ", ""))


class Event:
    """The fields of one event, each as a list of values."""

    folded_texts = {}

    def __init__(self, fields):
        self.fields = {}
        for name, value in fields.items():
            values = value if isinstance(value, list) else [value]
            self.fields.setdefault(field_key(name), []).extend(values)

    def has(self, field):
        return field_key(field) in self.fields

    def values(self, field):
        return self.fields.get(field_key(field), [])

    def all_values(self):
        """What keywords are sought in; the name of the format is the reader's word, not the log's."""
        return [value for name, values in self.fields.items() if name != "logformat"
                for value in values]

    def folded(self, text):
        cache = Event.folded_texts
        if text not in cache:
            if len(cache) > 100000:
                cache.clear()
            cache[text] = fold(text)
        return cache[text]

    def text(self, field):
        """All values of a field as one text, None if it is absent."""
        if not self.has(field):
            return None
        return "\n".join(text_of(value) or "" for value in self.values(field))


class MappedEvent:
    """An event whose log source gives fields other names, or makes them of others.

    `fields` maps a name to another (Image: NewProcessName), to a list of which the first that the
    event has is taken (one with a value before one without), or to {analyser, from, parameter}: see content/tables/logsources/.
    """

    def __init__(self, event, fields):
        self.event = event
        self.fields = {field_key(name): origin for name, origin in fields.items()}
        self.all_values, self.folded = event.all_values, event.folded

    def has(self, field):
        return self.found(field)[0]

    def values(self, field):
        return self.found(field)[1]

    def found(self, field):
        """Whether the field exists, and its values."""
        origin = self.fields.get(field_key(field), field)
        found, mapped = [], False
        for each in origin if isinstance(origin, list) else [origin]:
            if isinstance(each, dict):
                texts = self.inputs(each["from"])
                mapped = mapped or any(text is not None for text in texts)
                found.append(self.fact(each, texts))
            elif self.event.has(each):
                found.append((True, self.event.values(each)))
        has = [(there, values) for there, values in found if there]
        for there, values in has:
            if any(text_of(value) is not None for value in values):
                return there, values
        if has:
            return has[0]
        if not mapped and self.event.has(field):
            return True, self.event.values(field)
        return False, []

    def inputs(self, sources):
        """The texts of a fact's fields; "name.*" stands for all fields below."""
        texts = []
        for source in sources if isinstance(sources, list) else [sources]:
            if source.endswith(".*"):
                prefix = field_key(source[:-1])
                texts += [self.event.text(name) for name in self.event.fields if name.startswith(prefix)]
            else:
                texts.append(self.event.text(source))
        return texts

    @staticmethod
    def fact(origin, texts):
        fact = sigma_facts.FACTS[origin["analyser"]](texts, str(origin.get("parameter", "")))
        if fact is None:
            return False, []
        return True, fact if isinstance(fact, list) else [fact]

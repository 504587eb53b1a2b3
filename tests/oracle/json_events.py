#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON reader beside Python's json module: on files that are named, and on random objects.

    json_events.py --spoor build/src/cli/spoor [--random N] [--seed S] [FILE…]

Of each object all values must come back, whatever their columns are called (dialects rename some);
of random objects, which no dialect knows, the names too. Files are JSON lines, or anything that
json.load() takes whole: an object, an array, or an envelope of the kinds below.
"""
import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

ENVELOPES = ("Records", "records", "value", "results", "hits", "Events", "logEvents", "items",
             "entries")


SURROGATE = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number as it is written."""


def flatten(name, value, into, is_item=False):
    if isinstance(value, Object):
        if not value.members:
            into[name].append((None, is_item))
        for key, member in value.members:
            flatten(f"{name}.{key}" if name else key, member, into, is_item)
    elif isinstance(value, list):
        if not value:
            into[name].append(([], True))
        for member in value:
            flatten(name, member, into, True)
    else:
        into[name].append((value, is_item))


class Object:
    def __init__(self, members):
        self.members = members


def parse(text):
    return json.loads(text, object_pairs_hook=Object, parse_int=Number, parse_float=Number,
                      parse_constant=str)


def fields_of(event):
    """Name to what `spoor show events` should print, parsed."""
    into = collections.defaultdict(list)
    for key, member in event.members:
        flatten(key, member, into)
    result = {}
    for name, values in into.items():
        if len(values) == 1 and not values[0][1]:
            result[name] = values[0][0]
        else:
            result[name] = [v for v, _ in values if v != []]
    return result


def text_of(value):
    """A value as it is printed: strings without the NULs that pad them."""
    if isinstance(value, str) and not isinstance(value, Number):
        return SURROGATE.sub("\ufffd", value.rstrip("\0"))
    return value


def printed(value):
    return [text_of(v) for v in value] if isinstance(value, list) else text_of(value)


def shown(spoor, path):
    run = subprocess.run([spoor, "show", "events", path], capture_output=True, check=False)
    for line in run.stdout.decode("utf-8").split("\n"):
        if line:
            yield dict(parse(line).members)["fields"]


def values_of(fields):
    all_values = collections.Counter()
    for value in fields.values():
        for one in value if isinstance(value, list) else [value]:
            all_values[(type(one).__name__, str(printed(one)))] += 1
    return all_values


def ours(fields):
    result = {}
    for name, value in fields.members:
        if name not in ("LogFormat", "LogName"):
            result[name] = value
    return result


def events_of(path):
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    try:
        whole = parse(text)
    except ValueError:
        return [parse(line) for line in text.split("\n") if line.strip()]
    if isinstance(whole, list):
        return whole
    for name, value in whole.members:
        if name in ENVELOPES and isinstance(value, list):
            return value
    return [whole]


def compare(what, expected, found, with_names):
    if len(expected) != len(found):
        print(f"{what}: {len(found)} events, {len(expected)} objects")
        return False
    for number, (theirs, event) in enumerate(zip(expected, found), 1):
        left, right = fields_of(theirs), ours(event)
        if with_names:
            left = {name: printed(value) for name, value in left.items()}
        else:
            left, right = values_of(left), values_of(right)
        if left != right:
            print(f"{what}: object {number} differs")
            for name in sorted({*left, *right}, key=str):
                if left.get(name) != right.get(name):
                    print(f"  {name!r}: {right.get(name)!r}, expected {left.get(name)!r}")
            return False
    return True


ALPHABET = "abcXYZ .\\\"/\t\n\u00e4\u20ac\U0001F600\ud800#0"


def random_text(rng):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.choice((0, 1, 3, 8, 40))))


def random_value(rng, depth):
    kind = rng.randrange(10 if depth < 6 else 7)
    if kind < 3:
        return random_text(rng)
    if kind == 3:
        return rng.choice((True, False, None))
    if kind == 4:
        return rng.randrange(-2**70, 2**70)
    if kind < 7:
        return rng.uniform(-1e30, 1e30) if kind == 5 else rng.randrange(100)
    if kind == 7:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {random_key(rng): random_value(rng, depth + 1) for _ in range(rng.randrange(6))}


def random_key(rng):
    return "k" + "".join(rng.choice("abcd\u00e4\"\\") for _ in range(rng.randrange(1, 20)))


def random_object(rng):
    value = {random_key(rng): random_value(rng, 0) for _ in range(rng.randrange(1, 30))}
    return value


def write_random(rng, folder):
    """One file in one of the layouts; returns its path."""
    events = [random_object(rng) for _ in range(rng.randrange(1, 60))]
    layout = rng.randrange(5)
    ascii_only = rng.random() < 0.5
    indent = rng.choice((None, 2, "\t"))
    if layout == 0:
        text = "".join(json.dumps(e, ensure_ascii=ascii_only) + "\n" for e in events)
    elif layout == 1:
        text = json.dumps(events, indent=indent, ensure_ascii=ascii_only)
    elif layout == 2:
        text = json.dumps({"Records": events}, indent=indent, ensure_ascii=ascii_only)
    elif layout == 3:
        text = "[\n" + ",\n".join(json.dumps(e, ensure_ascii=ascii_only) for e in events) + "\n]\n"
    else:
        text = json.dumps({"@odata.context": "x{[", "value": events, "next": [1, "]}"]},
                          indent=indent, ensure_ascii=ascii_only)
    path = os.path.join(folder, "random.json")
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16"))
    with open(path, "w", encoding=encoding) as file:
        file.write(SURROGATE.sub("", text))  # written as escapes, or not at all
    texts = [SURROGATE.sub("", json.dumps(e, ensure_ascii=ascii_only)) for e in events]
    return path, [parse(text) for text in texts]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--spoor", required=True)
    arguments.add_argument("--random", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("files", nargs="*")
    given = arguments.parse_args()
    good = n_events = 0
    for path in given.files:
        expected = events_of(path)
        good += compare(path, expected, list(shown(given.spoor, path)), False)
        n_events += len(expected)
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.random):
            path, expected = write_random(rng, folder)
            right = compare(f"random {number}", expected, list(shown(given.spoor, path)), True)
            good += right
            n_events += len(expected)
            if not right:
                os.rename(path, f"/tmp/random-{number}.json")
    total = len(given.files) + given.random
    print(f"{good} of {total} files the same, {n_events} objects")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())

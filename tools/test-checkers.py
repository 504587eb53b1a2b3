#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each checker catches its bad example, all of it and nothing else.

usage: test-checkers.py [BAD_WORKER]

A bad example is a small tree under tools/bad-examples/CHECKER/; the file `expected` there has the
start of each line that the checker must print, in order. BAD_WORKER is a program that links what
spoor-worker must not (tools/meson.build builds it). Prints TAP.
"""
import os
import subprocess
import sys

TOOLS = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(TOOLS, "bad-examples")


def command(checker, bad_worker):
    folder = os.path.join(EXAMPLES, checker)
    if checker == "check-links":
        return ["--file", "spoor-worker", bad_worker] if bad_worker else None
    if checker == "run-tests":
        return ["--log", os.path.join(folder, "testlog.json")]
    if checker == "check-docs":
        return ["--root", folder, "--spoor", os.path.join(folder, "spoor")]
    return ["--root", folder]


def compare(checker, printed, expected):
    """What is wrong, line by line."""
    if checker == "run-tests":
        printed = printed[-1:]
    if checker == "check-links":
        printed = [line.split(": ", 1)[1].replace("spoor-worker", "worker", 1) for line in printed]
        printed = printed[:1]
    wrong = [f"not caught: {line}" for line in expected
             if not any(p.startswith(line) for p in printed)]
    wrong += [f"not expected: {line}" for line in printed
              if not any(line.startswith(e) for e in expected)]
    return wrong


def check(checker, bad_worker):
    """(skipped because, what is wrong)"""
    arguments = command(checker, bad_worker)
    if arguments is None:
        return "no program was given that links too much", []
    done = subprocess.run([os.path.join(TOOLS, checker)] + arguments, capture_output=True,
                          text=True, timeout=60)
    if done.returncode == 77:
        return done.stdout.strip(), []
    with open(os.path.join(EXAMPLES, checker, "expected"), encoding="utf-8") as file:
        expected = file.read().splitlines()
    wrong = compare(checker, done.stdout.splitlines(), expected)
    if done.returncode != 1:
        wrong.append(f"exit {done.returncode}, expected 1: {done.stderr}")
    return None, wrong


def main():
    bad_worker = sys.argv[1] if len(sys.argv) > 1 else None
    checkers = sorted(os.listdir(EXAMPLES))
    failed = 0
    print(f"1..{len(checkers)}")
    for number, checker in enumerate(checkers, 1):
        skipped, wrong = check(checker, bad_worker)
        if skipped:
            print(f"ok {number} {checker} # SKIP {skipped}")
            continue
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} {checker}")
        for line in wrong:
            print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

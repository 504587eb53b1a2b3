# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: running spoor, finding the corpus, printing TAP."""
import json
import os
import subprocess
import sys
import tempfile
import traceback

SOURCE = os.environ.get("SPOOR_TEST_SOURCE", os.path.abspath(os.path.join(
    os.path.dirname(__file__), "..", "..")))
BUILD = os.environ.get("SPOOR_TEST_BUILD", os.path.join(SOURCE, "build"))
SPOOR = os.path.join(BUILD, "src", "cli", "spoor")
CORPUS = os.environ.get("SPOOR_CORPUS", os.path.join(SOURCE, "..", "shared", "corpus"))
EXAMPLE = os.path.join(SOURCE, "examples", "intrusion")


class Skip(Exception):
    """Raised by a test that can not run here; its text says why."""


def corpus(*parts):
    path = os.path.join(CORPUS, *parts)
    if not os.path.exists(path):
        raise Skip(f"no corpus at {CORPUS} (set SPOOR_CORPUS)")
    return path


def spoor(*arguments, ok=(0, 1, 3), env=None, **options):
    """Runs spoor; its standard output as text. Fails on another exit status than those in @ok."""
    result = subprocess.run([SPOOR, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, errors="surrogateescape", check=False,
                            env={**os.environ, **(env or {})}, **options)
    if ok is not None and result.returncode not in ok:
        raise AssertionError(f"spoor {' '.join(arguments)} ended with {result.returncode}: "
                             f"{result.stderr[-600:]}")
    return result if ok is None else result.stdout


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def findings(case, *options):
    return lines(spoor("show", "findings", case, "--json", *options))


def coverage(case):
    return lines(spoor("show", "coverage", case, "--json"))


def workspace():
    return tempfile.TemporaryDirectory(prefix="spoor-test-")


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:2000]!r} and {str(right)[:2000]!r}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def main(tests):
    """Runs functions in order and prints TAP; a test's name is its function's."""
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        name = f"/e2e/{test.__name__.removeprefix('test_').replace('_', '-')}"
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} {name} # SKIP {reason}", flush=True)
        except Exception:  # a test must never hide another
            failed += 1
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
            print(f"not ok {number} {name}", flush=True)
    sys.exit(1 if failed else 0)

# SPDX-License-Identifier: Apache-2.0
"""What the style checkers share: finding files, blanking comments and strings, allow lists.

A checker prints "file:line: message" for each finding and exits 1 if there was one, 0 if not, 77 if
it can not check here and says why. All take --root, the folder of the repository (or of a bad
example, see test-checkers.py).
"""
import argparse
import os
import re
import sys

SKIP = 77
IGNORED_FOLDERS = {".git", "bad-examples", "node_modules", "__pycache__"}
C_SUFFIXES = (".c", ".h", ".cc")


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), ".."))
    return parser


class Findings:
    """Collects findings, leaves out what the allow list excuses, and prints them."""

    def __init__(self, root, allow_file=None):
        self.root = os.path.abspath(root)
        self.lines = []
        self.allowed = {}
        self.used = set()
        path = os.path.join(self.root, "tools", allow_file or "-")
        if allow_file and os.path.exists(path):
            self.read_allowed(path)

    def read_allowed(self, path):
        """Lines "path what: reason"; # starts a comment."""
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip() or line.startswith("#"):
                    continue
                match = re.fullmatch(r"(\S+) (\S+): (\S.*)", line.strip())
                if match:
                    self.allowed[match[1], match[2]] = number
                else:
                    self.add(path, number, "an exception is 'path what: reason'")

    def add(self, path, number, message, what=None):
        relative = os.path.relpath(path, self.root)
        if what and (relative, what) in self.allowed:
            self.used.add((relative, what))
            return
        self.lines.append((relative, number, message))

    def finish(self):
        text = "".join(f"{path}:{number}: {message}\n"
                       for path, number, message in sorted(set(self.lines)))
        sys.stdout.write(text)
        for path, what in sorted(self.allowed.keys() - self.used):
            print(f"note: the exception '{path} {what}' is not needed any more", file=sys.stderr)
        return 1 if self.lines else 0


def walk(root, folders, suffixes):
    """Paths of all files below the folders, in order."""
    for folder in folders:
        for parent, names, files in os.walk(os.path.join(root, folder)):
            names[:] = sorted(n for n in names
                              if n not in IGNORED_FOLDERS and not n.startswith("build"))
            for name in sorted(files):
                if name.endswith(suffixes):
                    yield os.path.join(parent, name)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", re.S)


def blank(match):
    """Spaces for all but line feeds; quotes stay, so that a string is still seen to be one."""
    text = match[0]
    if text[0] in "\"'":
        return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]
    return re.sub(r"[^\n]", " ", text)


def code_only(source):
    """C source of the same shape, with comments and the insides of strings made spaces."""
    return TOKEN.sub(blank, source)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def expand(line):
    """How wide a line is with tabs of 8."""
    return len(line.expandtabs(8))

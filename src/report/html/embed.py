#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes text files as one C source of string constants, so that the report needs no files at run time.

usage: embed.py OUTPUT.c NAME=FILE[,FILE...] ...

Several files of one name are joined in the order given: the parts of report.js share one scope. Style
sheets lose their comments and white space; scripts stay as they are, for who reads the report's source.
"""
import re
import sys


def literal(text):
    """The text as C string literals of one line each."""
    lines = []
    for line in text.splitlines(keepends=True):
        quoted = (line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
                  .replace("\t", "\\t").replace("?", "\\?"))
        lines.append(f'\t"{quoted}"')
    return "\n".join(lines) or '\t""'


def squeeze(css):
    """The style sheet without what a browser does not read."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    css = re.sub(r":\s+", ":", css)
    return css.replace(";}", "}").strip() + "\n"


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return squeeze(text) if path.endswith(".css") else text


def main():
    output, *assets = sys.argv[1:]
    with open(output, "w", encoding="utf-8", newline="\n") as out:
        out.write("/* Made by embed.py: do not edit. */\n#include \"report/html/assets.h\"\n")
        for asset in assets:
            name, paths = asset.split("=", 1)
            text = "".join(read(path) for path in paths.split(","))
            out.write(f"\nconst char {name}[] =\n{literal(text)};\n")


main()

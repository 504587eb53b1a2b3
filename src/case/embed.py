#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a text file as a C string: embed.py INPUT OUTPUT NAME. The file stays the only copy."""
import sys


def literal(line):
    escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '\t"' + escaped + '\\n"'


def main():
    source, target, name = sys.argv[1:]
    with open(source, encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    with open(target, "w", encoding="utf-8") as stream:
        stream.write('#include "case/case-private.h"\n\n')
        stream.write(f"const char {name}[] =\n" + "\n".join(map(literal, lines)) + ";\n")


main()

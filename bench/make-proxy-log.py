#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a proxy's log as Squid does, of the size asked: the same bytes for the same arguments.

Hosts are made up (make-indicators.py, another seed), some of them far more frequent than others. One
line in PLANTED asks for a host of the list of indicators that --indicators names, or for one below it.
"""
import argparse
import importlib
import itertools
import random

PLANTED = 20000
LINES = 100000  # of a block, which is written again and again at other times
PATHS = ["/", "/index.html", "/images/logo.png", "/static/js/app.%x.js", "/api/v2/items?id=%d&lang=en",
         "/news/2021/03/%d/article.html", "/css/site.min.css?v=%d.4.1", "/search?q=annual+report+%d",
         "/favicon.ico", "/pixel.gif?u=http%%3A%%2F%%2Fshop.example%%2Fp%%2F%d&r=%x", "/fonts/open-sans.woff2",
         "/download/setup-%d.0.2.exe", "/wp-content/uploads/2021/02/photo-%d.jpg"]
TYPES = ["text/html", "image/png", "application/javascript", "application/json", "image/jpeg", "text/css"]


def fill(rng, path):
    n = path.count("%d") + path.count("%x")
    return path % tuple(rng.randrange(100000) for _ in range(n)) if "%" in path else path


def line(rng, name, address):
    client = f"192.168.{rng.randrange(16)}.{rng.randrange(1, 255)}"
    if rng.random() < 0.3:
        what = f"TCP_TUNNEL/200 {rng.randrange(100, 90000)} CONNECT {name}:443 - HIER_DIRECT/{address} -"
    else:
        what = (f"TCP_MISS/200 {rng.randrange(100, 90000)} GET http://{name}{fill(rng, rng.choice(PATHS))} - "
                f"HIER_DIRECT/{address} {rng.choice(TYPES)}")
    return f"{rng.randrange(1000):03} {rng.randrange(1, 2000):6} {client} {what}\n"


def block(rng, names, planted):
    addresses = {n: f"203.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}" for n in names}
    lines = []
    for i in range(LINES):
        name = names[min(int(rng.paretovariate(0.6)) - 1, len(names) - 1)]
        address = addresses[name]
        if planted and i % PLANTED == PLANTED // 2:
            name = rng.choice(["", "", "www.", "a.b."]) + rng.choice(planted)
        lines.append(line(rng, name, address))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--lines", type=int, help="no more than so many")
    parser.add_argument("--indicators", help="a list of make-indicators.py")
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    bad = set()
    if args.indicators:
        with open(args.indicators, encoding="ascii") as source:
            bad = {text.strip() for text in source}
    names = importlib.import_module("make-indicators").hosts(args.seed + 1000, 60000)
    names = [n for n in names if not any(p in bad for p in parents(n))]
    planted = sorted(n for n in bad if n[-1].isalpha() and "." in n)[::97]
    blocks = [block(rng, names, planted) for _ in range(4)]
    left, lines_left, second = args.megabytes << 20, args.lines or 1 << 60, 1614556800
    with open(args.output, "w", encoding="ascii", newline="\n") as out:
        for lines in itertools.cycle(blocks):
            for start in range(0, LINES, 200):
                some = lines[start:start + min(200, lines_left)]
                left -= out.write("".join(f"{second}.{text}" for text in some))
                lines_left -= len(some)
                second += 1
                if left <= 0 or lines_left <= 0:
                    return


def parents(name):
    parts = name.split(".")
    return [".".join(parts[i:]) for i in range(len(parts))]


if __name__ == "__main__":
    main()

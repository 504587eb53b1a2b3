#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a list of made-up indicators, a line each: the same bytes for the same arguments.

Host names are made of syllables, of one to five of them, below the top-level domains that feeds have
most of; so short ones are part of longer ones, as in real feeds. Addresses are of 10.0.0.0/8 and
198.18.0.0/15, hashes are hashes of numbers. Nothing in it is anybody's.
"""
import argparse
import hashlib
import random

SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"] + ["an", "el", "in", "or", "us"]
ENDS = ["com"] * 12 + ["net"] * 4 + ["org"] * 3 + ["info", "ru", "cn", "top", "xyz", "online", "co.uk", "de"]
DYNAMIC = ["duckdns.org", "no-ip.biz", "hopto.org"]


def host(rng, fewest=1):
    name = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([1, 2, 2, 3, 3, 3, 4, 4, 5]) + fewest - 1))
    if rng.random() < 0.1:
        name += str(rng.randrange(100))
    if rng.random() < 0.15:
        name = rng.choice(["www", "mail", "cdn", "update", "img"]) + "." + name
    return f"{name}.{rng.choice(DYNAMIC) if rng.random() < 0.05 else rng.choice(ENDS)}"


def hosts(seed, count):
    """@count different host names, in the order in which they are made."""
    rng, found = random.Random(seed), {}
    while len(found) < count:
        found[host(rng, 1 if len(found) < 2000 else 2)] = None
    return list(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--hosts", type=int, default=1000000)
    parser.add_argument("--addresses", type=int, default=0)
    parser.add_argument("--hashes", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with open(args.output, "w", encoding="ascii", newline="\n") as out:
        out.writelines(f"{name}\n" for name in hosts(args.seed, args.hosts))
        for number in rng.sample(range(1 << 17, 1 << 24), args.addresses):
            out.write(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\n")
        for i in range(args.hashes):
            out.write(hashlib.sha256(f"{args.seed} {i}".encode()).hexdigest() + "\n")


if __name__ == "__main__":
    main()

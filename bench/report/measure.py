#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the HTML report in headless Chromium: bytes, time to paint, heap, time of a search.

usage: measure.py [--render "spoor report {case} -o {out}"] [--check] [N...]

Fills a synthetic case of N findings each (1,000, 10,000 and 100,000 where none is named), renders it and
opens it. With --check the exit status is 1 where a page of up to 100,000 findings is over its budget.

  paint   from the start of the navigation to the frame in which every section is drawn
  heap    of the page's JavaScript after garbage collection, with the page as opened, then after a search
  search  from a change of the search box's text to the new list, lists, matrix and timeline: the median and
          the worst of a dozen queries; "match" is the search alone, without drawing
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tests/report"))
import browser  # noqa: E402

BUDGET = {"bytes": 8 << 20, "paint_ms": 1500, "heap": 150 << 20, "match_ms": 50}
QUERIES = ["powershell", "203.0.113.7", "EX01", "-medium", "comsvcs minidump", "schtasks", "contoso\\\\svc-sql", "zzzz",
           "wscript 8443", "a", "\"net localgroup\"", "lateral"]

SEARCH = """
const query = document.getElementById('query');
const [text] = arguments;
return new Promise((resolve) => {
    const done = (event) => {
        document.removeEventListener('spoor-updated', done);
        resolve([event.detail.filterMs, event.detail.totalMs, +document.body.dataset.shown]);
    };
    document.addEventListener('spoor-updated', done);
    query.value = text;
    query.dispatchEvent(new Event('input'));
});
"""


def make_report(n, render, folder):
    case, page = os.path.join(folder, "bench.case"), os.path.join(folder, f"bench-{n}.html")
    subprocess.run([sys.executable, os.path.join(HERE, "fill-case.py"), "--findings", str(n), case], check=True)
    start = time.monotonic()
    subprocess.run(render.format(case=case, out=page).split(), check=True, stdout=subprocess.DEVNULL)
    return page, time.monotonic() - start


def heap(session):
    session.command("HeapProfiler.collectGarbage")
    usage = session.command("Runtime.getHeapUsage")
    return usage["usedSize"] + usage.get("embedderHeapUsedSize", 0) + usage.get("backingStorageSize", 0)


def measure(n, render, folder):
    page, seconds = make_report(n, render, folder)
    paints, searches, matches = [], [], []
    with browser.Browser() as session:
        session.command("Runtime.enable")
        for _ in range(3):
            session.open(page)
            paints.append(float(session.wait("return document.body.dataset.painted", 120)))
        used = heap(session)
        for text in QUERIES:
            match, total, _ = session.run(SEARCH, text)
            matches.append(match)
            searches.append(total)
        used_later = heap(session)
    return {"n": n, "render_s": seconds, "bytes": os.path.getsize(page), "paint_ms": statistics.median(paints),
            "heap": max(used, used_later), "match_ms": max(matches), "search_median": statistics.median(searches),
            "search_worst": max(searches)}


def main():
    parser = argparse.ArgumentParser(description="Measures the HTML report in headless Chromium.")
    parser.add_argument("--render", default="spoor report {case} -o {out}")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("counts", type=int, nargs="*", default=[1000, 10000, 100000], metavar="N")
    arguments = parser.parse_args()
    lacking = browser.missing()
    if lacking:
        print(f"SKIPPED: {lacking}")
        return 77
    print(f"{'findings':>9} {'render':>8} {'HTML':>10} {'paint':>8} {'heap':>9} {'match':>8} {'search median/worst':>20}")
    over = False
    with tempfile.TemporaryDirectory() as folder:
        for n in arguments.counts:
            m = measure(n, arguments.render, folder)
            print(f"{n:9,} {m['render_s']:6.2f} s {m['bytes'] / 2**20:6.2f} MiB {m['paint_ms']:5.0f} ms {m['heap'] / 2**20:5.0f} MiB"
                  f" {m['match_ms']:5.0f} ms {m['search_median']:8.0f} / {m['search_worst']:4.0f} ms", flush=True)
            for name, most in BUDGET.items():
                if n <= 100000 and m[name] > most:
                    print(f"          over budget: {name} {m[name]:.0f}, at most {most}")
                    over = True
    return 1 if arguments.check and over else 0


sys.exit(main())

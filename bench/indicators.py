# SPDX-License-Identifier: Apache-2.0
"""The benchmark of indicators: spoor beside grep and ripgrep, which look for a list of fixed strings.

grep and ripgrep take a minute for a million strings, so they get a smaller log, and spoor is measured on
the same one beside them. What they find is more than what is there: a false hit is a line in which no
indicator is a host or the parent of one, by a matcher of its own that knows nothing but labels.
"""
import json
import os
import re
import shutil
import subprocess

import evidence

PEER_MEGABYTES = 64
HOSTS, ADDRESSES, HASHES = 1000000, 100000, 1000000
TOKEN = re.compile(rb"[A-Za-z0-9._-]+")


def is_below(token, indicators):
    """TRUE where @token or one of its parents is in @indicators."""
    token = token.strip(b".-_").lower()
    while True:
        if token in indicators:
            return True
        dot = token.find(b".")
        if dot < 0:
            return False
        token = token[dot + 1:]


def honest_lines(log, wanted):
    """The numbers of the lines of @log that hold an indicator as a host or below one."""
    with open(wanted, "rb") as source:
        indicators = set(source.read().split())
    found, known = set(), {}
    with open(log, "rb") as lines:
        for number, line in enumerate(lines, 1):
            for token in TOKEN.findall(line):
                if b"." not in token:
                    continue
                if token not in known:
                    known[token] = is_below(token, indicators)
                if known[token]:
                    found.add(number)
                    break
    return found


def spoor_lines(spoor, case):
    """The lines of the log in which spoor found something."""
    shown = subprocess.run([spoor, "show", "findings", case, "--json"], stdout=subprocess.PIPE, check=True)
    return {json.loads(line)["record"] for line in shown.stdout.splitlines()}


def peer_lines(command):
    shown = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return {int(line.split(b":", 1)[0]) for line in shown.stdout.splitlines()}


def say_hits(name, found, honest):
    print(f"  {name}: {len(found)} lines; {len(found - honest)} false, {len(honest - found)} missed "
          f"of {len(honest)}", flush=True)


def make(bench, name, hosts, addresses, hashes):
    """A list of indicators and the store that spoor compiles of it."""
    listed, store = bench.path(f"{name}.txt"), bench.path(f"{name}.spoor-intel")
    evidence.generate("make-indicators.py", listed, "--hosts", str(hosts), "--addresses", str(addresses),
                      "--hashes", str(hashes))
    if os.path.exists(store):
        os.unlink(store)
    bench.table.measure(f"spoor intel import, {name}", os.path.getsize(listed),
                        [bench.spoor, "intel", "import", listed, "-o", store])
    return listed, store


def scan(bench, name, path, intel, repeat=2):
    command = [bench.spoor, "scan", path, "-o", bench.case, "--no-content"]
    command += ["-i", intel] if intel else ["-r", bench.idle[0]]
    bench.table.measure(f"spoor scan, {name}", os.path.getsize(path), command, repeat=repeat,
                        prepare=bench.fresh)


def peers(bench, listed, store):
    log = bench.path("peers.log")
    evidence.generate("make-proxy-log.py", log, "--megabytes", str(PEER_MEGABYTES), "--indicators", listed)
    scan(bench, "proxy log for peers, 1 M hosts", log, store)
    honest = honest_lines(log, listed)
    say_hits("spoor", spoor_lines(bench.spoor, bench.case), honest)
    for tool in ("grep", "rg"):
        if not shutil.which(tool):
            print(f"{tool}: not on PATH")
            continue
        command = [tool, "-F", "-f", listed, log]
        bench.table.measure(f"{tool} -F -f, 1 M hosts", os.path.getsize(log), command)
        say_hits(tool, peer_lines(command[:1] + ["-n"] + command[1:]), honest)
    os.unlink(log)


def run(bench):
    hosts, host_store = make(bench, "1 M hosts", HOSTS, 0, 0)
    _, store = make(bench, "2.1 M indicators", HOSTS, ADDRESSES, HASHES)
    tiny, log = bench.path("tiny.log"), bench.path("access.log")
    evidence.generate("make-proxy-log.py", tiny, "--lines", "1")
    evidence.generate("make-proxy-log.py", log, "--megabytes", str(bench.megabytes), "--indicators", hosts)
    for name, intel in (("nothing", None), ("1 M hosts", host_store), ("2.1 M indicators", store)):
        scan(bench, f"one line, {name}", tiny, intel, repeat=5)
        scan(bench, f"proxy log, {name}", log, intel)
    os.unlink(log)
    peers(bench, hosts, host_store)
    matching(bench.table.rows)


def matching(rows):
    """What matching itself takes: the whole scan, without what the same scan takes that looks for nothing."""
    for name in ("1 M hosts", "2.1 M indicators"):
        names = [f"spoor scan, {log}, {what}" for log in ("proxy log", "one line") for what in (name, "nothing")]
        if not all(n in rows for n in names):
            continue
        whole, idle, load, start = (rows[n] for n in names)
        cpu = max((whole["cpu"] - idle["cpu"]) - (load["cpu"] - start["cpu"]), 0.01)
        rows[f"matching, {name}"] = {"mb": whole["mb"], "cpu": cpu, "cpu_rate": whole["mb"] / cpu}
        rows[f"loading, {name}"] = {"wall": load["wall"] - start["wall"],
                                    "memory": load["memory"] - start["memory"]}
        print(f"matching alone, {name}: {cpu:.2f} CPU s, {whole['mb'] / cpu:.0f} MB/s a CPU s; loading "
              f"{load['wall'] - start['wall']:.2f} s, {load['memory'] - start['memory']:.0f} MB")


# SPDX-License-Identifier: Apache-2.0
"""Runs a command and says what it took: wall seconds, CPU seconds and memory of its whole tree."""
import ctypes
import os
import subprocess
import tempfile
import threading
import time


def tree(pid):
    pids, queue = [], [pid]
    while queue:
        current = queue.pop()
        pids.append(current)
        try:
            for task in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{task}/children") as children:
                    queue += [int(c) for c in children.read().split()]
        except OSError:
            pass
    return pids


def tree_memory(pid):
    """MB of proportional set size: pages that processes share count once."""
    total = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as rollup:
                for line in rollup:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
                        break
        except (OSError, ValueError):
            pass
    return total / 1024


def adopt():
    """Makes children of children that outlive their parents ours: else their CPU time is nobody's."""
    set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def reap():
    """Waits for all that were adopted."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def run(command, ok=(0,), cwd=None, sampled=True):
    """Runs @command with output thrown away: wall seconds, CPU seconds, peak MB."""
    peak = [0.0]
    adopt()
    reap()  # what the making of evidence left behind is not the command's
    before = os.times()
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=cwd)
        stop = threading.Event()

        def sample():
            while not stop.wait(0.05):
                peak[0] = max(peak[0], tree_memory(process.pid))

        sampler = threading.Thread(target=sample)
        if sampled:
            sampler.start()
        status = process.wait()
        wall = time.monotonic() - start
        stop.set()
        if sampled:
            sampler.join()
        reap()
        after = os.times()
        if status not in ok:
            errors.seek(0)
            tail = errors.read()[-400:].decode("utf-8", "replace")
            raise RuntimeError(f"{command[0]} ended with {status}: {tail}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, peak[0]


class Table:
    """What was measured, a row a command; prints each as it comes."""

    def __init__(self):
        self.rows = {}
        print(f"{'what':46} {'MB':>6} {'s':>7} {'CPU s':>7} {'MB/s':>7} {'MB/s a CPU s':>13} "
              f"{'events/s':>9} {'peak MB':>8}", flush=True)

    def measure(self, name, size, command, events=0, ok=(0, 1, 3), repeat=1, cwd=None, prepare=None):
        """The fastest of @repeat runs; memory is sampled in a run of its own where it is short."""
        best = None
        for _ in range(repeat):
            if prepare:
                prepare()
            try:
                result = run(command, ok, cwd)
            except (OSError, RuntimeError) as error:
                print(f"{name:46} failed: {error}", flush=True)
                return
            memory = max(result[2], best[2] if best else 0)
            if best is None or result[0] < best[0]:
                best = result
            best = (best[0], best[1], memory)
        wall, cpu, memory = best
        mb = size / (1 << 20)
        self.rows[name] = {"mb": mb, "wall": wall, "cpu": cpu, "rate": mb / wall,
                           "cpu_rate": mb / max(cpu, 0.01), "memory": memory}
        rate = f"{events / wall:9.0f}" if events else f"{'-':>9}"
        print(f"{name:46} {mb:6.0f} {wall:7.2f} {cpu:7.2f} {mb / wall:7.1f} "
              f"{self.rows[name]['cpu_rate']:13.1f} {rate} {memory:8.1f}", flush=True)

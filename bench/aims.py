# SPDX-License-Identifier: Apache-2.0
"""The aims of the project for speed and memory, and whether what was measured meets them."""


class Aims:
    def __init__(self, rows):
        self.rows = rows
        self.n_met = self.n_missed = self.n_unknown = 0

    def aim(self, text, names, test):
        """@test gets the rows called @names and says whether the aim is met, and by how much."""
        if not all(n in self.rows for n in names):
            self.n_unknown += 1
            print(f"unknown  {text}: not measured")
            return
        met, figure = test(*[self.rows[n] for n in names])
        self.n_met += met
        self.n_missed += not met
        print(f"{'met    ' if met else 'NOT MET'}  {text}: {figure}")


def faster(times):
    return lambda ours, theirs: (theirs["wall"] >= times * ours["wall"],
                                 f"{theirs['wall'] / ours['wall']:.2f} times as fast")


def smaller(part):
    return lambda ours, theirs: (ours["memory"] <= part * theirs["memory"],
                                 f"{ours['memory']:.0f} of {theirs['memory']:.0f} MB")


def within(times, key):
    return lambda ours, *theirs: (ours[key] <= times * min(t[key] for t in theirs),
                                  f"{ours[key] / min(t[key] for t in theirs):.2f} times")


def at_least(rate):
    return lambda row: (row["cpu_rate"] >= rate,
                        f"{row['cpu_rate']:.0f} MB/s a CPU second, {row['rate']:.0f} MB/s on all cores")


def linear(small, large):
    growth = (large["wall"] / large["mb"]) / (small["wall"] / small["mb"])
    return growth <= 1.15, f"{large['mb'] / small['mb']:.0f} times as much takes {growth:.2f} times as long a MB"


def flat(small, large):
    return (large["memory"] <= 1.15 * small["memory"] + 4,
            f"{small['memory']:.0f} MB, then {large['memory']:.0f} MB")


def judge(rows):
    aims = Aims(rows)
    print("\naims")
    peers = [("chainsaw", "chainsaw hunt, rules/windows, peer set"),
             ("hayabusa", "hayabusa, its own rules, peer set")]
    for peer, row in peers:
        aims.aim(f"20 times as fast as {peer}", ["spoor scan, rules/windows, peer set", row], faster(20))
        aims.aim(f"a tenth of the memory of {peer}", ["spoor scan, rules/windows, peer set", row],
                 smaller(0.1))
    for label in ("many files", "one file", "quiet file"):
        dumps = [f"evtx_dump, {label}, {threads}" for threads in ("1 thread", "2 threads")]
        for rules in ("Windows rules", "all rules"):
            for key, unit in (("wall", "time"), ("cpu", "CPU time")):
                aims.aim(f"{rules} within twice evtx_dump's {unit}, {label}",
                         [f"spoor scan, {label}, {rules}", *dumps], within(2, key))
    aims.aim("500 MB/s a core, IIS log, web rules", ["spoor scan, IIS log, web rules"], at_least(500))
    for kind in ("Windows events", "Zeek"):
        aims.aim(f"300 MB/s a core, JSON of {kind}, all rules", [f"spoor scan, JSON of {kind}, all rules"],
                 at_least(300))
    aims.aim("files judged by YARA rules, hashes included, no slower than yara's own program",
             ["spoor scan, files, YARA rules", "yara -r -p 2, files"], faster(1))
    for what in ("1 M hosts", "2.1 M indicators"):
        aims.aim(f"500 MB/s a core, matching {what}", [f"matching, {what}"],
                 lambda row: (row["cpu_rate"] >= 500, f"{row['cpu_rate']:.0f} MB/s a CPU second"))
    aims.aim("2.1 M indicators load in under 0.3 s", ["loading, 2.1 M indicators"],
             lambda row: (row["wall"] < 0.3, f"{row['wall']:.2f} s"))
    aims.aim("2.1 M indicators take under 100 MB", ["loading, 2.1 M indicators"],
             lambda row: (row["memory"] < 100, f"{row['memory']:.0f} MB"))
    aims.aim("start to first event under 0.3 s", ["spoor scan, smallest log, all rules"],
             lambda row: (row["wall"] < 0.3, f"{row['wall']:.2f} s for the whole scan of one small log"))
    aims.aim("a day of one Exchange server, 550,000 rows, in under 3 s",
             ["spoor scan, a day of Exchange, shipped content"],
             lambda row: (row["wall"] < 3, f"{row['wall']:.2f} s"))
    large = "10 GB" if "spoor scan, 10 GB, all rules" in rows else "1 GB"
    names = ["spoor scan, 100 MB, all rules", f"spoor scan, {large}, all rules"]
    aims.aim(f"time grows linearly, 100 MB to {large}", names, linear)
    aims.aim(f"memory stays flat, 100 MB to {large}", names, flat)
    print(f"{aims.n_met} met, {aims.n_missed} not met, {aims.n_unknown} not measured")

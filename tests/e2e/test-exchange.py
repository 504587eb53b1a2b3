#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two Exchange servers, thirty days, 300,000 rows of HttpProxy: what happened, and nothing else, is found, in the right
stages, times and windows. Evidence and truth are written by tests/exchange-example, which knows nothing of spoor."""
import csv
import os
import shutil
import subprocess
import urllib.parse
import zipfile

from harness import BUILD, Skip, coverage, equal, findings, holds, lines, main, spoor, workspace

MAKE = os.path.join(BUILD, "tests", "exchange-example", "make-exchange")
LEVELS = ["informational", "low", "medium", "high", "critical"]
WORLD = {}


def make(size, folder):
    """Evidence of @size below @folder, and the truth about it."""
    if not os.access(MAKE, os.X_OK):
        raise Skip(f"{MAKE} is not built")
    evidence, truth = os.path.join(folder, size), os.path.join(folder, size + ".tsv")
    subprocess.run([MAKE, size, evidence, truth], check=True, timeout=120)
    with open(truth, encoding="utf-8") as file:
        return evidence, list(csv.DictReader((line.lstrip("#") for line in file), delimiter="\t"))


def scan(folder, evidence, name="t", *options):
    case = os.path.join(folder, name + ".case")
    spoor("scan", evidence, "-o", case, "-q", *options)
    return case


def full():
    """The large world and its case: made once, for all tests."""
    if not WORLD:
        WORLD["folder"] = workspace()
        name = WORLD["folder"].name
        WORLD["evidence"], WORLD["truth"] = make("full", name)
        WORLD["case"] = scan(name, WORLD["evidence"])
    return WORLD["evidence"], WORLD["truth"], WORLD["case"]


def place(finding, evidence):
    """Path below the evidence and "record N" or "file"; logs call a line a record."""
    path = os.path.relpath(finding["evidence"]["path"], evidence)
    locator = finding["locator"]
    return path, "file" if locator.startswith("file ") else " ".join(locator.split()[:2])


def told(truth, kinds=("attack",)):
    """Places that do not belong; a file that does not belong does so with all that is in it."""
    return {(row["path"], row["place"].replace("line", "record")) for row in truth if row["kind"] in kinds}


def servers(case, what="servers"):
    return {row["server"]: row for row in lines(spoor("show", what, case, "--json"))}


def span(truth, server, stage):
    times = [row["time"] for row in truth if row["server"] == server and stage in row["stages"].split(",") and row["time"]]
    return min(times), max(times)


def test_only_what_does_not_belong_is_above_low():
    evidence, truth, case = full()
    wrong = told(truth)
    above = [f for f in findings(case) if LEVELS.index(f["rule"]["level"]) > LEVELS.index("low")]
    holds(len(above) > 60, f"{len(above)} findings above low")
    strange = [(f["rule"]["title"], f["locator"], f["evidence"]["path"]) for f in above
               if place(f, evidence) not in wrong and (place(f, evidence)[0], "file") not in wrong]
    equal(strange, [], "findings above low in everyday rows")


def test_all_that_does_not_belong_is_found():
    evidence, truth, case = full()
    found = {place(f, evidence) for f in findings(case)}
    found |= {(path, "file") for path, _ in found}
    wanted = told([row for row in truth if row["stages"] != "-"], ("attack", "scan"))
    equal(sorted(wanted - found), [], "places that do not belong and were not found")


def test_stages_of_each_server():
    _, truth, case = full()
    shown = servers(case)
    equal(sorted(shown), ["EX01", "EX02"], "servers")
    for name, stages in (("EX01", ["attempted", "entered", "shell-written", "shell-used", "hands-on-keyboard"]),
                         ("EX02", ["attempted"])):
        equal(shown[name]["reached"], stages[-1], f"how far they got on {name}")
        equal([s["stage"] for s in shown[name]["stages"]], stages, f"stages of {name}")
        for stage in shown[name]["stages"]:
            equal((stage["first"], stage["last"]), span(truth, name, stage["stage"]), f"{name}: {stage['stage']}")


def test_who_asked():
    _, _, case = full()
    shown = servers(case)
    own = {"192.0.2.11", "192.0.2.12", "::1", "127.0.0.1"}  # what the back end has of the front end
    attempted = {"198.51.100.231", "203.0.113.140", "203.0.113.66"}
    for name, wanted in (("EX01", [attempted, {"203.0.113.66"}, {"203.0.113.66", "203.0.113.92"},
                                   {"203.0.113.66", "203.0.113.92"}, set()]), ("EX02", [attempted])):
        equal([set(s["addresses"]) - own for s in shown[name]["stages"]], wanted, f"addresses of {name}")
    entered = next(s for s in shown["EX01"]["stages"] if s["stage"] == "entered")
    equal(entered["user_agents"], ["ExchangeServicesClient/0.0.0.0", "python-requests/2.25.1"], "user agents")


def window(case, server, flaw="ProxyLogon"):
    row = servers(case, "patches")[server]
    return next(e for e in row["flaws"] if e["flaw"] == flaw), row


def test_windows_of_exposure():
    _, _, case = full()
    one, row = window(case, "EX01")
    equal(one["state"], "closed", "EX01 now")
    equal((one["from"][:10], one["to"][:16]), ("2021-01-01", "2021-03-09T20:24"), "EX01 was exposed")
    holds(one["findings_inside"] > 40, f"{one['findings_inside']} findings while it was exposed")
    holds(0 < one["findings_outside"] < one["findings_inside"], f"{one['findings_outside']} findings after that")
    builds = {b["build"] for b in row["builds"]}
    holds({"15.1.2176.2", "15.1.2176.9", "KB5000871"} <= builds, f"builds of EX01: {sorted(builds)}")
    two, row = window(case, "EX02")
    equal((two["state"], two["findings_inside"]), ("closed", 0), "EX02 was never exposed")
    holds("15.1.2176.2" not in {b["build"] for b in row["builds"]}, "EX02 had the update all the time")


def test_same_findings_whatever_the_number_of_workers():
    with workspace() as folder:
        evidence, _ = make("small", folder)
        one, two = (spoor("show", "findings", scan(folder, evidence, n, "--workers", n), "--json") for n in ("1", "2"))
        equal(one, two, "findings with one and two workers")
        equal(*(spoor("show", "servers", os.path.join(folder, n + ".case"), "--json") for n in ("1", "2")), "stages")


def titles(case):
    """Of findings that matter, with times but for those of files: a copy changes these."""
    return sorted((f["rule"]["title"], "" if f["locator"].startswith("file ") else f["time"])
                  for f in findings(case) if f["rule"]["level"] in ("high", "critical"))


def flatten(evidence, target, name):
    """Copies all files to @target under what @name makes of their paths."""
    for parent, _, names in os.walk(evidence):
        for file in names:
            path = os.path.relpath(os.path.join(parent, file), evidence)
            to = os.path.join(target, name(path))
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy2(os.path.join(parent, file), to)


def velociraptor(path):
    """As Velociraptor's collections have it: uploads/auto/C%3A/…, and blanks kept."""
    server, drive, rest = (path.split(os.sep, 2) + [""])[:3]
    return os.path.join(server, "uploads", "auto", "C%3A" if drive == "C" else drive,
                        *[urllib.parse.quote(part, safe=" ._-") for part in rest.split(os.sep)])


def test_other_layouts_say_the_same():
    with workspace() as folder:
        evidence, _ = make("small", folder)
        wanted = titles(scan(folder, evidence))
        encoded = os.path.join(folder, "encoded")
        flatten(evidence, encoded, velociraptor)
        equal(titles(scan(folder, encoded, "encoded")), wanted, "findings in Velociraptor's layout")
        packed = os.path.join(folder, "collected.zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
            for parent, _, names in os.walk(evidence):
                for name in names:
                    path = os.path.join(parent, name)
                    out.write(path, os.path.relpath(path, evidence))
        equal(titles(scan(folder, packed, "zip")), wanted, "findings in a zip")


def test_a_flat_copy_says_who_entered_and_how_far_they_got():
    """All files of a server in one folder, by their names alone: paths tell nothing, content does."""
    with workspace() as folder:
        evidence, _ = make("small", folder)
        flat = os.path.join(folder, "flat")
        flatten(evidence, flat, lambda path: os.path.join(path.split(os.sep)[0], path.replace(os.sep, "_")))
        shown = servers(scan(folder, flat, "flat"))
        equal(shown["EX01"]["reached"], "hands-on-keyboard", "how far they got")
        equal(shown["EX02"]["reached"], "attempted", "how far they got on the other")


def damage(path, how):
    with open(path, "rb") as file:
        content = file.read()
    with open(path, "wb") as file:
        file.write(how(content))


def first_log(evidence, *parts):
    folder = os.path.join(evidence, *parts)
    return os.path.join(folder, sorted(os.listdir(folder))[0])


def test_damage_costs_what_is_damaged_and_is_told():
    v15 = ("EX01", "C", "Program Files", "Microsoft", "Exchange Server", "V15", "Logging")
    with workspace() as folder:
        evidence, _ = make("small", folder)
        wanted = set(titles(scan(folder, evidence)))
        # Cut in the middle of a row; junk in the middle; a name that says nothing; no header at all.
        damage(first_log(evidence, *v15, "HttpProxy", "Mapi"), lambda b: b[:len(b) * 2 // 3 - 7])
        damage(first_log(evidence, *v15, "HttpProxy", "Eas"), lambda b: b[:len(b) // 2] + bytes(range(256)) * 4 + b[len(b) // 2:])
        ecp = first_log(evidence, *v15, "HttpProxy", "Ecp")
        os.rename(ecp, os.path.join(evidence, "EX01", "copy.bak"))
        damage(first_log(evidence, *v15, "HttpProxy", "RpcHttp"), lambda b: b[b.index(b"\r\n", b.index(b"#Fields")) + 2:])
        case = scan(folder, evidence, "damaged")
        missing = wanted - set(titles(case))
        equal(sorted(missing), [], "findings lost beside the damage")
        gaps = [row for row in coverage(case) if row.get("schema", "").startswith("spoor.gap")]
        notes = " ".join(g["note"] for g in gaps if "/Eas/" in g["path"])
        holds("fields where #Fields names" in notes, f"what is said of junk: {notes}")


def test_rows_of_two_builds_in_one_file_are_both_seen():
    with workspace() as folder:
        evidence, _ = make("small", folder)
        logs = os.path.join(evidence, "EX01", "C", "Program Files", "Microsoft", "Exchange Server", "V15", "Logging",
                            "HttpProxy", "Mapi")
        joined = os.path.join(folder, "joined", "EX01", "everything.log")
        os.makedirs(os.path.dirname(joined))
        with open(joined, "wb") as out:
            for name in sorted(os.listdir(logs)):
                with open(os.path.join(logs, name), "rb") as file:
                    out.write(file.read())
        row = servers(scan(folder, os.path.dirname(os.path.dirname(joined)), "joined"), "patches")["EX01"]
        equal({b["build"] for b in row["builds"]}, {"15.1.2176.2", "15.1.2176.9"}, "builds of one file")


# ---- the rows that a hospital's CERT published in March 2021, in shape, with values of our own -------------------------

HEAD = '"DateTime","RequestId","ClientIpAddress","UrlHost","UrlStem","RoutingHint","UserAgent","AnchorMailbox","HttpStatus"\n'
DDI = "/ecp/DDI/DDIService.svc/"
ASKED = [("/autodiscover/autodiscover.xml?", 200), ("/mapi/emsmdb/?", 200), ("/ecp/proxyLogon.ecp?", 241),
         (DDI + "GetObject?msExchEcpCanary=x.&schema=OABVirtualDirectory", 200),
         ("/autodiscover/autodiscover.xml?", 200), ("/mapi/emsmdb/?", 200), ("/ecp/proxyLogon.ecp?", 241),
         (DDI + "GetObject?msExchEcpCanary=y.&schema=OABVirtualDirectory", 200),
         (DDI + "SetObject?msExchEcpCanary=y.&schema=OABVirtualDirectory", 200),
         (DDI + "SetObject?msExchEcpCanary=y.&schema=ResetOABVirtualDirectory", 200),
         (DDI + "SetObject?msExchEcpCanary=y.&schema=OABVirtualDirectory", 200)]


def test_eleven_rows_where_the_vendors_script_finds_nine():
    rows = [f"ServerInfo~a]@ex01.corp.example.com:444{asked}#" for asked, _ in ASKED]
    vendor = [r for r in rows if "/" in r and not r.lower().startswith("serverinfo~localhost")
              and "/autodiscover" not in r.lower().partition(":444")[2][:14]]
    equal((len(rows), len(vendor)), (11, 9), "rows, and those of Test-ProxyLogon's condition")
    with workspace() as folder:
        path = os.path.join(folder, "logs", "HttpProxy.csv")
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "".join(
                f'"2021-03-03T06:49:{10 + i}.162Z","{i}","203.0.113.66","mail.example.com","/ecp/y.js","X-BEResource-Cookie",'
                f'"python-requests/2.25.1","{anchor}","{status}"\n' for i, (anchor, (_, status)) in enumerate(zip(rows, ASKED))))
        case = scan(folder, os.path.dirname(path))
        found = findings(case)
        named = [f for f in found if f["rule"]["title"] == "ProxyLogon: The Server That The Client Named Answered (CVE-2021-26855)"]
        equal(len({f["locator"] for f in named}), 11, "rows found by the name that is none")
        reset = [f for f in found if f["rule"]["title"] == "ProxyLogon: Virtual Directory Reset, And So A File Written"]
        equal(len(reset), 1, "resets of a virtual directory")


def test_the_report_tells_it():
    _, _, case = full()
    with workspace() as folder:
        path = os.path.join(folder, "r.html")
        spoor("report", case, "-o", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for word in ("EX01", "EX02", "Hands on keyboard", "ProxyLogon", "203[.]0[.]113[.]66", "15.1.2176.9"):
            holds(word in text, f"the report says {word}")


main([test_only_what_does_not_belong_is_above_low, test_all_that_does_not_belong_is_found, test_stages_of_each_server,
      test_who_asked, test_windows_of_exposure, test_same_findings_whatever_the_number_of_workers,
      test_other_layouts_say_the_same, test_a_flat_copy_says_who_entered_and_how_far_they_got,
      test_damage_costs_what_is_damaged_and_is_told, test_rows_of_two_builds_in_one_file_are_both_seen,
      test_eleven_rows_where_the_vendors_script_finds_nine, test_the_report_tells_it])

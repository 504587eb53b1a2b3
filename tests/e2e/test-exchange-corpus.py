#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real configuration, exported objects and setup logs of healthy Exchange servers (microsoft/CSS-Exchange):
all of it is read, versions and times among it right, and nothing is found with all that ships. Skips where
the corpus is absent. And exported objects that we wrote: one log source, whichever way they were exported."""
import datetime
import json
import os
import re
import zoneinfo

from harness import corpus, coverage, equal, findings, holds, lines, main, spoor, workspace

RULE = """\
title: {title}
id: {id}
logsource: {{product: {product}, service: {service}}}
detection:
    selection:
        {condition}
    condition: selection
level: high
"""


def events(path):
    return [event["fields"] for event in lines(spoor("show", "events", path))]


def benign(name):
    return corpus("exchange", "benign-config", name)


def test_benign_config_is_read_and_nothing_found():
    folder = corpus("exchange", "benign-config")
    with workspace() as work:
        case = os.path.join(work, "case")
        result = spoor("scan", folder, "-o", case, ok=None)
        equal(result.returncode, 0, f"exit status ({result.stdout})")
        equal(findings(case), [], "findings")
        rows = coverage(case)
    evidence = [row for row in rows if row["schema"] == "spoor.evidence/1"]
    equal(len(evidence), 18, "files")
    for row in evidence:
        equal(row["state"], "done", row["path"])
        wanted = "iis-config" if row["path"].endswith(".config") else "clixml"
        equal(row["reader"], wanted, row["path"])
        holds(row["events"] > 0, f"events of {row['path']}")
    equal([row for row in rows if row["schema"] == "spoor.gap/1"], [], "gaps")


def test_every_element_without_others_is_an_event():
    for name in sorted(os.listdir(corpus("exchange", "benign-config"))):
        if not name.endswith(".config"):
            continue
        with open(benign(name), encoding="utf-8-sig") as file:
            text = re.sub(r"<!--.*?-->|<\?.*?\?>", "", file.read(), flags=re.S)
        tags = re.findall(r"<(/?)([\w.:-]+)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>", text)
        leaves = 0
        for tag, after in zip(tags, tags[1:] + [("/", "", "")]):
            leaves += not tag[0] and (tag[2].endswith("/") or after[0] == "/")
        equal(len([e for e in events(benign(name)) if e["Element"]]), leaves, name)


def test_versions_are_read_right():
    for name, version in (("Exchange_ExSetup.xml", "15.02.0986.005"),
                          ("Exchange_ExSetup1.xml", "15.02.1118.025")):
        event, = events(benign(name))
        equal(event["TypeName"], "System.Diagnostics.FileVersionInfo", name)
        equal((event["FileVersion"], event["InternalName"]), (version, "ExSetup.exe"), name)


def test_sites_and_events_are_read_right():
    found = [event for event in events(benign("IIS_applicationHost.config"))
             if event["Element"].endswith("/site/application/virtualDirectory")
             and event["application.path"] == "/owa"]
    equal([(event["site.name"], event["path"], event["physicalPath"].rsplit("V15", 1)[1])
           for event in found],
          [("Default Web Site", "/", r"\FrontEnd\HttpProxy\owa"),
           ("Exchange Back End", "/", r"\ClientAccess\owa")], "virtual directories of /owa")
    event, = lines(spoor("show", "events", benign("OS_GetWinEventOldestSystem.xml")))
    equal(event["time"], "2021-10-06T22:44:43.0986128Z", "time")
    fields = event["fields"]
    equal((fields["Channel"], fields["EventID"], fields["Provider_Name"], fields["Computer"]),
          ("System", "104", "Microsoft-Windows-Eventlog", "WIN-S9MI90B3JAK"), "names")


# Names of Windows's zones in those logs, by what the zone data base calls them.
ZONES = {"Eastern Time": "America/New_York", "Central Time": "America/Chicago",
         "Mountain Time": "America/Denver", "Pacific Time": "America/Los_Angeles",
         "Lisbon, London": "Europe/London", "Amsterdam, Berlin": "Europe/Berlin",
         "Beijing, Chongqing": "Asia/Shanghai", "Osaka, Sapporo, Tokyo": "Asia/Tokyo"}


def setup_log(name):
    """What a setup log's text says: the time of each entry in UTC, its computer, what is installed."""
    with open(corpus("exchange", "setup-logs", name), encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    place = re.search(r"Local time zone: \(UTC[^)]*\) (.*)\.$", text, re.M).group(1)
    zone = zoneinfo.ZoneInfo(next(ZONES[part] for part in ZONES if part in place))
    times = []
    for stamp, thousandths in re.findall(r"^\[(\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)\.0(\d{3})\] ", text, re.M):
        local = datetime.datetime.strptime(stamp, "%m/%d/%Y %H:%M:%S").replace(tzinfo=zone)
        times.append(local.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.")
                     + thousandths + "0000Z")
    installed = re.findall(r"The locally installed version is ([\d.]+)\.$", text, re.M)
    return {"times": times, "installed": installed,
            "computer": re.search(r"local machine with name '([^']*)'", text).group(1),
            "version": re.search(r"Setup version: ([\d.]+)\.$", text, re.M).group(1)}


def test_setup_logs_are_read_right():
    for name in sorted(os.listdir(corpus("exchange", "setup-logs"))):
        wanted = setup_log(name)
        got = lines(spoor("show", "events", corpus("exchange", "setup-logs", name)))
        equal([event["time"] for event in got], wanted["times"], f"times of {name}")
        equal({(event["fields"]["Computer"], event["fields"]["SetupVersion"]) for event in got},
              {(wanted["computer"], wanted["version"])}, f"computer and version of {name}")
        equal([event["fields"]["InstalledVersion"] for event in got
               if "InstalledVersion" in event["fields"]], wanted["installed"], f"installed, {name}")


def test_setup_logs_tell_builds_and_nothing_is_found():
    folder = corpus("exchange", "setup-logs")
    wanted = set()
    for name in os.listdir(folder):
        log = setup_log(name)
        for version in log["installed"]:
            wanted.add((name, log["computer"], version.rsplit(".", 1)[0]))
    with workspace() as work:
        case = os.path.join(work, "case")
        equal(spoor("scan", folder, "-o", case, ok=None).returncode, 0, "exit status")
        equal(findings(case), [], "findings")
        rows = coverage(case)
        observed = lines(spoor("show", "observations", case, "--json"))
    equal([row for row in rows if row["schema"] == "spoor.gap/1"], [], "gaps")
    equal({row["reader"] for row in rows if row["schema"] == "spoor.evidence/1"}, {"exchange-setup"},
          "readers")
    equal({(os.path.basename(row["path"]), row["subject"], row["value"]) for row in observed}, wanted,
          "builds: " + json.dumps(observed[:1]))


def format_list(properties):
    """As `| fl > file.txt` of Windows PowerShell writes it."""
    width = max(map(len, properties))
    rows = "\r\n".join(f"{name:<{width}} : {value}" for name, value in properties.items())
    return b"\xff\xfe" + ("\r\n\r\n" + rows + "\r\n\r\n\r\n\r\n").encode("utf-16-le")


DIRECTORY = {"Identity": "EX01\\OAB (Default Web Site)", "Server": "EX01",
             "MetabasePath": "IIS://ex01.example.org/W3SVC/1/ROOT/OAB",
             "InternalUrl": "https://ex01.example.org/OAB", "ExternalUrl": "http://f/inert-marker",
             "AdminDisplayVersion": "Version 15.1 (Build 2106.2)"}
SERVER = {"Name": "EX01", "Fqdn": "ex01.example.org", "ServerRole": "Mailbox",
          "AdminDisplayVersion": "Version 15.1 (Build 2106.2)"}
PROGRAM = {"FileVersion": "15.01.2106.002", "InternalName": "ExSetup.exe", "FileName": "C:\\x.exe"}
NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"


def clixml(properties):
    members = "".join(f'<S N="{name}">{value}</S>' for name, value in properties.items())
    return (f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}"><Obj RefId="0"><TN RefId="0"><T>X</T></TN>'
            f"<Props>{members}</Props></Obj></Objs>")


def csv(properties):
    rows = [",".join(f'"{text}"' for text in row) for row in (properties, properties.values())]
    return "#TYPE X\r\n" + "\r\n".join([rows[0], rows[1], rows[1]]) + "\r\n"


def test_one_log_source_for_each_export():
    """Objects exported as CLIXML, as CSV and printed as a list, under names that say nothing."""
    rules = [("directory", "11111111-1111-4111-8111-111111111111", "exchange", "virtual-directory",
              "ExternalUrl: '*'"),
             ("server", "22222222-2222-4222-8222-222222222222", "exchange", "server-object",
              "AdminDisplayVersion|contains: Build"),
             ("program", "33333333-3333-4333-8333-333333333333", "exchange", "server-object",
              "FileVersion: '15.01.2106.002'"),
             ("iis", "44444444-4444-4444-8444-444444444444", "iis", "configuration",
              "site.name: s"),
             ("page", "55555555-5555-4555-8555-555555555555", "iis", "compiled-page",
              "dependencies: /owa/auth/inert.aspx")]
    files = {"a": clixml(DIRECTORY), "b": csv(DIRECTORY), "c": clixml(SERVER), "d": csv(SERVER),
             "e": clixml(PROGRAM), "f": csv(PROGRAM), "i": format_list(DIRECTORY),
             "j": format_list(SERVER), "k": format_list(PROGRAM),
             "g": "<configuration><system.applicationHost><site name='s'><x/></site>"
                  "</system.applicationHost></configuration>",
             "h": "<preserve resultType='3' virtualPath='/owa/auth/inert.aspx'><filedeps><filedep "
                  "name='/owa/auth/inert.aspx'/></filedeps></preserve>"}
    wanted = {"directory": {"a", "b", "i"}, "server": {"c", "d", "j"},
              "program": {"e", "f", "k"}, "iis": {"g"}, "page": {"h"}}
    with workspace() as work:
        case, folder = os.path.join(work, "case"), os.path.join(work, "evidence")
        os.makedirs(folder)
        for name, text in files.items():
            with open(os.path.join(folder, name + ".txt"), "wb") as out:
                out.write(text if isinstance(text, bytes) else text.encode())
        path = os.path.join(work, "rules.yml")
        with open(path, "w", encoding="utf-8") as out:
            out.write("---\n".join(RULE.format(title=title, id=uid, product=product, service=service,
                                               condition=condition)
                                   for title, uid, product, service, condition in rules))
        spoor("scan", folder, "-o", case, "--no-content", "-r", path)
        got = {title: set() for title in wanted}
        hosts = set()
        for finding in findings(case):
            got[finding["rule"]["title"]].add(os.path.basename(finding["evidence"]["path"])[0])
            if finding["rule"]["title"] == "directory" and finding["event"]["LogFormat"] != "csv":
                hosts.add(finding["host"])
        equal(got, wanted, "files by rule")
        equal(hosts, {"EX01"}, "hosts")


main([test_benign_config_is_read_and_nothing_found, test_every_element_without_others_is_an_event,
      test_versions_are_read_right, test_setup_logs_are_read_right,
      test_setup_logs_tell_builds_and_nothing_is_found, test_sites_and_events_are_read_right,
      test_one_log_source_for_each_export])

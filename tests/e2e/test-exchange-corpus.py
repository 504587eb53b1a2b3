#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real configuration and exported objects of healthy Exchange servers (microsoft/CSS-Exchange): all of
it is read, versions among it right, and nothing is found with all that ships. Skips where the corpus is
absent. And exported objects that we wrote: one log source, whichever way they were exported."""
import os
import re

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
    """Objects exported as CLIXML and as CSV, under names that say nothing."""
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
             "e": clixml(PROGRAM), "f": csv(PROGRAM),
             "g": "<configuration><system.applicationHost><site name='s'><x/></site>"
                  "</system.applicationHost></configuration>",
             "h": "<preserve resultType='3' virtualPath='/owa/auth/inert.aspx'><filedeps><filedep "
                  "name='/owa/auth/inert.aspx'/></filedeps></preserve>"}
    wanted = {"directory": {"a", "b"}, "server": {"c", "d"}, "program": {"e", "f"}, "iis": {"g"},
              "page": {"h"}}
    with workspace() as work:
        case, folder = os.path.join(work, "case"), os.path.join(work, "evidence")
        os.makedirs(folder)
        for name, text in files.items():
            with open(os.path.join(folder, name + ".txt"), "w", encoding="utf-8", newline="") as out:
                out.write(text)
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
            if finding["rule"]["title"] == "directory" and finding["event"]["LogFormat"] == "clixml":
                hosts.add(finding["host"])
        equal(got, wanted, "files by rule")
        equal(hosts, {"EX01"}, "hosts")


main([test_benign_config_is_read_and_nothing_found, test_every_element_without_others_is_an_event,
      test_versions_are_read_right, test_sites_and_events_are_read_right,
      test_one_log_source_for_each_export])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills a case with synthetic findings, for looking at the report and for measuring it.

usage: fill-case.py [--findings N] [--hosts N] [--days N] [--seed N] [--exchange] [--hostile | --empty | --quiet] CASE

The case has an intrusion on a few hosts amid noise: one medium rule fires all the time, a few
critical findings drown in it unless the report prevents that. With --hostile every text is one that
tries to break out of the page; with --quiet nothing was found; with --empty nothing was read.
With --exchange there are two mail servers besides: one that was entered while it was exposed, and one on
which the same was tried when it had been updated. Everything follows from the seed: the same arguments give the same rows.
"""
import argparse
import hashlib
import json
import os
import random
import re
import sqlite3
import uuid
from datetime import datetime, timedelta, timezone

CASE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/case")
START = datetime(2021, 2, 24, 0, 0, tzinfo=timezone.utc)
RULE_COLUMNS = ("sha256", "engine", "path", "line", "status", "reason", "id", "title", "level", "level_rank",
                "logsource", "tags", "author", "description", "falsepositives", "refs", "source", "applicable")
FINDING_COLUMNS = ("number", "id", "rule_sha256", "evidence_sha256", "locator", "record", "offset", "recovered", "time",
                   "host", "channel", "matched", "event", "level_rank")
LEVELS = ["informational", "low", "medium", "high", "critical"]

HOSTILE = [
    "</script><script>window.pwned=1</script>",
    "<!--<script>window.pwned=2</script>",
    "\"><img src=x onerror=window.pwned=3>",
    "'><svg onload=window.pwned=4>",
    "javascript:window.pwned=5//",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200b\ufeff",
    "bell\u0007 esc\u001b[31m del\u007f nel\u0085 ls\u2028 ps\u2029",
    "{{verdict}} ${window.pwned=6} &lt;b&gt; &#x3c;script>",
    "=cmd|' /C calc'!A0",
    "\U000e0041\U000e0042 tags",
]

# weight, title, level, tags, log source, fields of the event, matched: (field, test, selection)
RULES = [
    (700, "Uncommon Outbound Connection From Script Host", "medium",
     "attack.command-and-control attack.t1071.001", "windows/network_connection/-",
     {"Image": "C:\\Windows\\System32\\wscript.exe", "DestinationIp": "{ip}", "DestinationPort": "{port}",
      "User": "{user}", "ProcessId": "{pid}"},
     [("Image", "endswith \\wscript.exe", "selection"), ("DestinationIp", "not cidr 10.0.0.0/8", "filter_local")]),
    (160, "Encoded PowerShell Command Line", "medium",
     "attack.execution attack.t1059.001", "windows/process_creation/-",
     {"Image": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
      "CommandLine": "powershell.exe -NoP -NonI -W Hidden -Enc {b64}", "ParentImage": "C:\\Windows\\explorer.exe",
      "User": "{user}", "ProcessId": "{pid}", "Hashes": "SHA256={sha}"},
     [("Image", "endswith \\powershell.exe", "selection_img"), ("CommandLine", "contains  -Enc ", "selection_cli")]),
    (60, "Scheduled Task Created By Command Line", "low",
     "attack.persistence attack.privilege-escalation attack.t1053.005", "windows/process_creation/-",
     {"Image": "C:\\Windows\\System32\\schtasks.exe",
      "CommandLine": "schtasks /create /tn \"Updater{n}\" /tr C:\\ProgramData\\upd{n}.exe /sc onlogon",
      "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "{user}", "ProcessId": "{pid}"},
     [("CommandLine", "contains /create", "selection")]),
    (40, "Local Groups And Accounts Enumerated", "low", "attack.discovery attack.t1087.001 attack.t1069.001",
     "windows/process_creation/-",
     {"Image": "C:\\Windows\\System32\\net.exe", "CommandLine": "net localgroup administrators",
      "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "{user}", "ProcessId": "{pid}"},
     [("CommandLine", "contains localgroup", "selection")]),
    (14, "Many Failed Logons Of One Account", "medium", "attack.credential-access attack.t1110.001",
     "windows/-/security",
     {"EventID": "4625", "TargetUserName": "{user}", "IpAddress": "{ip}", "LogonType": "3"},
     [("EventID", "4625", "selection"), ("LogonType", "3", "selection")]),
    (7, "Suspicious Child Process Of Exchange Web Worker", "critical",
     "attack.initial-access attack.persistence attack.t1190 attack.t1505.003", "windows/process_creation/-",
     {"Image": "C:\\Windows\\System32\\cmd.exe",
      "CommandLine": "cmd.exe /c \"cd /d C:\\inetpub\\wwwroot\\aspnet_client & whoami & echo [S]\"",
      "ParentImage": "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
      "ParentCommandLine": "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\"",
      "User": "NT AUTHORITY\\SYSTEM", "ProcessId": "{pid}", "Hashes": "SHA256={sha}"},
     [("ParentImage", "endswith \\w3wp.exe", "selection_parent"), ("ParentCommandLine", "contains MSExchange", "selection_parent"),
      ("Image", "endswith \\cmd.exe", "selection_child")]),
    (3, "Script File Written To Web Folder By Web Worker", "high", "attack.persistence attack.t1505.003",
     "windows/file_event/-",
     {"Image": "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
      "TargetFilename": "C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\{hex}.aspx", "ProcessId": "{pid}"},
     [("TargetFilename", "endswith .aspx", "selection"), ("Image", "endswith \\w3wp.exe", "selection")]),
    (3, "Process Memory Dump Via Comsvcs.DLL", "high",
     "attack.credential-access attack.stealth attack.t1003.001 attack.t1036", "windows/process_creation/-",
     {"Image": "C:\\Windows\\System32\\rundll32.exe",
      "CommandLine": "rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump {pid} C:\\inetpub\\logs\\{hex}.dmp full",
      "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "NT AUTHORITY\\SYSTEM", "ProcessId": "{pid}"},
     [("Image", "endswith \\rundll32.exe", "selection_img"), ("CommandLine", "contains comsvcs", "selection_cli"),
      ("CommandLine", "contains MiniDump", "selection_cli")]),
    (4, "Remote Service Installed With Random Name", "high",
     "attack.lateral-movement attack.execution attack.t1021.002 attack.t1569.002", "windows/-/system",
     {"EventID": "7045", "ServiceName": "{hex}", "ImagePath": "%systemroot%\\{hex}.exe", "AccountName": "LocalSystem"},
     [("EventID", "7045", "selection"), ("ServiceName", "re ^[a-z0-9]{8}$", "selection_name")]),
    (2, "Security Log Cleared", "high", "attack.defense-impairment attack.t1070.001", "windows/-/security",
     {"EventID": "1102", "SubjectUserName": "{user}", "SubjectDomainName": "CONTOSO"},
     [("EventID", "1102", "selection")]),
    (3, "Archive Made From User Profile By Command Line", "medium", "attack.collection attack.t1560.001",
     "windows/process_creation/-",
     {"Image": "C:\\ProgramData\\7z.exe", "CommandLine": "7z.exe a -p{hex} C:\\ProgramData\\b.7z C:\\Users\\*.pst",
      "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "{user}", "ProcessId": "{pid}"},
     [("CommandLine", "contains  a -p", "selection")]),
    (2, "Upload To File Sharing Service", "high", "attack.exfiltration attack.t1567.002", "windows/dns_query/-",
     {"Image": "C:\\ProgramData\\upd.exe", "QueryName": "content.dropboxapi.com", "ProcessId": "{pid}"},
     [("QueryName", "endswith dropboxapi.com", "selection"), ("Image", "contains \\ProgramData\\", "selection_img")]),
    (2, "Kerberos Ticket Requested With Weak Encryption", "medium", "attack.credential-access attack.t1558.003",
     "windows/-/security",
     {"EventID": "4769", "TargetUserName": "{user}", "ServiceName": "svc-sql", "TicketEncryptionType": "0x17",
      "IpAddress": "{ip}"},
     [("TicketEncryptionType", "0x17", "selection")]),
]

# Two mail servers. Rule ids are those of content/rules/exchange, which content/tables/exchange-stages.tsv knows.
# id, title, level, tags
EXCHANGE_RULES = [
    ("b2546ee8-d4f0-4b38-bc1e-4c69a3d7123c", "Cookie That Names The Server To Ask (CVE-2021-26855)", "high",
     "attack.initial-access attack.t1190"),
    ("82cce1c7-ce8b-4a7a-b7c6-3cb9afe1654b", "Cookie That Names The Server To Ask, Answered (CVE-2021-26855)",
     "critical", "attack.initial-access attack.t1190"),
    ("a1cdcaad-cf81-467a-949f-17c9b95ab4ad", "Virtual Directory Reset In The Name Of A Server", "critical",
     "attack.persistence attack.t1505.003"),
    ("1d959db1-a005-4d46-a109-c5fa28b0d9ab", "Web Shell Used: POST Answered By A Page That No Build Ships",
     "critical", "attack.persistence attack.t1505.003"),
]
EXCHANGE_HITS = [  # rule, server, days after START, address, user agent, page
    (0, "EX01", 6.41, "203.0.113.77", "ExchangeServicesClient/0.0.0.0", "/ecp/y.js"),
    (1, "EX01", 6.42, "203.0.113.77", "ExchangeServicesClient/0.0.0.0", "/ecp/y.js"),
    (2, "EX01", 6.43, "203.0.113.77", "python-requests/2.25.1", "/ecp/DDI/DDIService.svc/SetObject"),
    (3, "EX01", 6.44, "203.0.113.77", "Mozilla/5.0 (compatible; antSword/v2.1)", "/aspnet_client/system_web/discover.aspx"),
    (3, "EX01", 7.1, "198.51.100.9", "Mozilla/5.0 (compatible; antSword/v2.1)", "/aspnet_client/system_web/discover.aspx"),
    (0, "EX02", 9.2, "198.51.100.23", "python-requests/2.25.1", "/ecp/x.js"),
    (0, "EX02", 11.3, "198.51.100.24", "python-requests/2.25.1", "/owa/auth/x.js"),
]
EXCHANGE_BUILDS = [  # server, build, days after START: first, last
    ("EX01", "15.1.2176.2", 0.2, 12.5), ("EX01", "15.1.2176.9", 13.1, 13.9),
    ("EX02", "15.2.792.3", 0.1, 7.5), ("EX02", "15.2.792.10", 8.2, 13.9),
]

SOURCE = """title: {title}
id: {id}
status: test
description: Synthetic rule of the report's bench; it describes nothing real.
author: spoor bench
tags:
{tags}
logsource:
    product: windows
detection:
{selections}
    condition: all of selection*
falsepositives:
    - Administrators at work
level: {level}
"""


def text(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond:06d}0Z"


def sha(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Filler:
    def __init__(self, args):
        self.args = args
        self.random = random.Random(args.seed)
        if os.path.exists(args.case):
            os.unlink(args.case)
        self.db = sqlite3.connect(args.case)
        self.db.executescript(open(f"{CASE}/schema.sql", encoding="utf-8").read())
        numbers = dict(re.findall(r"#define (CASE_\w+)\s+(\w+)", open(f"{CASE}/case-private.h", encoding="utf-8").read()))
        self.db.execute(f"PRAGMA application_id = {int(numbers['CASE_APPLICATION_ID'], 0)}")
        self.db.execute(f"PRAGMA user_version = {int(numbers['CASE_VERSION'], 0)}")
        self.db.execute("PRAGMA synchronous = OFF")
        self.hosts = self.make_hosts()
        self.users = [f"CONTOSO\\{n}" for n in ("a.berg", "j.doe", "m.okafor", "svc-sql", "t.lind", "k.sato", "admin.ex")]
        self.n = 0
        self.entities = {}

    def add(self, table, *values):
        """Columns behind those that are given have a default."""
        names = [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")][:len(values)]
        self.insert(table, names, values)

    def add_rule(self, *values):
        self.insert("rule", RULE_COLUMNS, values)

    def insert(self, table, names, values):
        """What is there already stays; anything else that is wrong with the row is an error."""
        self.db.execute(f"INSERT INTO {table} ({','.join(names)}) "
                        f"VALUES ({','.join('?' * len(values))}) ON CONFLICT DO NOTHING", values)

    def add_entity(self, kind, value, field):
        """One more entity of the finding that is being added; it has an event of its own."""
        number = self.entities.setdefault((kind, value), len(self.entities) + 1)
        self.add("entity_value", number, kind, value)
        self.add("entity_place", self.n + 1, number, field)

    def evil(self, what):
        return self.random.choice(HOSTILE) + what if self.args.hostile else what

    def make_hosts(self):
        names = ["EX01.contoso.example", "DC01.contoso.example", "FS01.contoso.example", "SQL01.contoso.example"]
        names += [f"WS{n:03d}.contoso.example" for n in range(1, self.args.hosts)]
        names = names[:self.args.hosts]
        return [HOSTILE[i % len(HOSTILE)] + n for i, n in enumerate(names)] if self.args.hostile else names

    def add_rules(self):
        self.rules = []
        for weight, title, level, tags, logsource, fields, matched in RULES:
            title = self.evil(title)
            rule_id = str(uuid.UUID(sha("id", title)[:32]))
            source = SOURCE.format(
                title=title, id=rule_id, level=level, tags="\n".join(f"    - {t}" for t in tags.split()),
                selections="\n".join(f"    {sel}:\n        {field}: '{test}'" for field, test, sel in matched))
            digest = sha(source)
            self.rules.append((weight, digest, level, fields, matched, title))
            self.add_rule(digest, "sigma", f"rules/windows/{title[:20].lower().replace(' ', '_')}.yml", 1, "loaded", "",
                     rule_id, title, level, LEVELS.index(level), logsource, tags, self.evil("spoor bench"),
                     self.evil("Synthetic rule of the report's bench; it describes nothing real."),
                     self.evil("Administrators at work"), self.evil("https://example.org/reference"), source, 1)
        for n in range(2400):
            level = LEVELS[n % 5]
            product = ("windows/process_creation/-", "windows/registry_set/-", "linux/process_creation/-",
                       "windows/dns_query/-", "azure/-/signinlogs")[n % 5]
            self.add_rule(sha("unfired", str(n)), "sigma", f"rules/other/r{n}.yml", 1, "loaded", "", f"id-{n}",
                     f"Synthetic rule {n}", level, n % 5, product,
                     f"attack.execution attack.t{1003 + n % 600}", "spoor bench", "", "", "", "",
                     1 if n % 5 < 2 else 0)
        for n in range(3):
            self.add_rule(sha("rejected", str(n)), "sigma", f"rules/broken/b{n}.yml", 12 + n, "rejected",
                     self.evil("placeholder %admins% has no values"), f"bad-{n}", f"Broken rule {n}", "high", 3,
                     "windows/-/security", "", "", "", "", "", "", 0)

    def add_evidence(self):
        self.evidence = {}
        logs = ["Security", "System", "Microsoft-Windows-Sysmon/Operational"]
        for h, host in enumerate(self.hosts):
            for log in logs:
                digest = sha("evidence", host, log)
                path = self.evil(f"collected/{host}/{log.replace('/', '%4')}.evtx")
                first = START + timedelta(hours=self.random.randrange(5))
                last = START + timedelta(days=self.args.days) - timedelta(hours=self.random.randrange(5))
                self.add("evidence", digest, 1024 * 1024 * self.random.randrange(1, 80), "done", "evtx", 100,
                         0, self.random.randrange(0, 40), text(first), text(last))
                self.add("evidence_path", path, digest, text(last), path)
                self.evidence[host, log] = digest
                self.add_tally(h, host, log, digest)
        self.add("evidence", sha("odd"), 5300, "done", "", 0, 0, 0, "", "")
        self.add("evidence_path", self.evil("collected/readme.bin"), sha("odd"), text(START), "readme.bin")
        self.add("gap", sha("odd"), "", "unsupported", 0, 0, 5300, 0, "no reader knows this format")
        self.add("gap", "", self.evil("collected/WS007/locked.evtx"), "unreadable", 1, 0, 0, 0, "permission denied")
        for host in self.hosts[:3]:
            digest = self.evidence[host, "Security"]
            self.add("gap", digest, "", "record-ids", 0, 69632, 0, 1204, self.evil("records 88121 to 89324 are missing"))
            self.add("gap", digest, "", "dirty", 0, 0, 0, 0, "the log was not closed properly")
        self.add("gap", self.evidence[self.hosts[0], "Security"], "", "log-cleared", 0, 135168, 0, 0,
                 "the log says that it was cleared (event 1102)")
        self.add("gap", self.evidence[self.hosts[-1], "System"], "", "damaged", 1, 204800, 65536, 0,
                 "chunk 3 could not be decoded")

    def add_tally(self, h, host, log, digest):
        silent = range(90, 171) if h == 0 and log == "Security" else range(200, 260) if h % 9 == 4 else ()
        total = 0
        for hour in range(24 * self.args.days):
            night = not 6 <= hour % 24 <= 19
            if hour in silent or (h > 3 and night and self.random.random() < 0.8):
                continue
            if h == 0 and 90 <= hour < 171:
                continue
            count = self.random.randrange(4, 40) * (1 if night else 12)
            total += count
            self.add("tally", digest, host, log, text(START + timedelta(hours=hour)), count, 1 if hour % 50 == 0 else 0)
        self.db.execute("UPDATE evidence SET in_use = ? WHERE sha256 = ?", (total, digest))

    def fill(self, value):
        r = self.random
        if "{" not in value:
            return value
        return (value.replace("{ip}", f"203.0.113.{r.randrange(1, 250)}" if r.random() < .7 else f"198.51.{r.randrange(250)}.{r.randrange(250)}")
                .replace("{port}", str(r.choice([80, 443, 8080, 8443, 4444])))
                .replace("{user}", r.choice(self.users)).replace("{pid}", str(r.randrange(400, 20000)))
                .replace("{n}", str(r.randrange(30))).replace("{hex}", f"{r.getrandbits(32):08x}")
                .replace("{sha}", sha("file", str(r.randrange(200))).upper())
                .replace("{b64}", "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA" + f"{r.getrandbits(128):032x}"))

    def when(self, level):
        r = self.random
        if level in ("high", "critical"):
            day = r.choice([4.1, 4.12, 4.3, 5.6, 9.2, 9.25]) + r.random() * 0.2
            return START + timedelta(days=min(day, self.args.days - .5), seconds=r.randrange(3000), microseconds=r.randrange(1000000))
        return START + timedelta(seconds=r.randrange(self.args.days * 86400), microseconds=r.randrange(1000000))

    def add_finding(self):
        r = self.random
        weight, rule, level, fields, matched, _ = r.choices(self.rules, [x[0] for x in self.rules])[0]
        host = r.choice(self.hosts[:4]) if level in ("high", "critical") else r.choice(self.hosts)
        log = "Security" if "EventID" in fields else "Microsoft-Windows-Sysmon/Operational"
        digest = self.evidence[host, log]
        when = self.when(level)
        record = self.n + 1000
        offset = 4096 + record * 1531
        locator = f"record {record} at {offset:#x}"
        event = {"Provider_Name": "Microsoft-Windows-Sysmon", "EventID": "1", "Version": "5", "Level": "4", "Task": "1",
                 "Opcode": "0", "Keywords": "0x8000000000000000", "TimeCreated": text(when), "EventRecordID": str(record),
                 "Channel": log, "Computer": host, "ProcessGuid": "{%08x-0000-0000-%04x}" % (r.getrandbits(32), r.getrandbits(16))}
        event.update({k: self.evil(self.fill(v)) for k, v in fields.items()})
        finding = sha("spoor-finding-1", rule, digest, locator, "")[:32]
        found = [{"field": f, "source": "NewProcessName" if f == "Image" and r.random() < .2 else "", "test": test,
                  "value": event.get(f, ""), "selection": sel} for f, test, sel in matched]
        self.insert("finding", FINDING_COLUMNS,
                    (self.n + 1, finding, rule, digest, locator, record, offset, int(r.random() < .01), text(when), host, log,
                     json.dumps(found, ensure_ascii=False), self.n + 1, LEVELS.index(level)))
        self.add("event", self.n + 1, json.dumps(event, ensure_ascii=False))
        self.add_entity("host", host, "Computer")
        for field, kind in (("User", "account"), ("TargetUserName", "account"), ("SubjectUserName", "account"), ("Image", "process"),
                            ("ParentImage", "process"), ("TargetFilename", "file"), ("Hashes", "hash"),
                            ("DestinationIp", "address"), ("IpAddress", "address"), ("QueryName", "domain")):
            if field in event:
                self.add_entity(kind, event[field].replace("SHA256=", ""), field)
        self.n += 1

    def add_exchange(self):
        rules = []
        for rule_id, title, level, tags in EXCHANGE_RULES:
            digest = sha("exchange", rule_id)
            rules.append((digest, level))
            self.add_rule(digest, "sigma", f"rules/exchange/{title[:12].lower()}.yml", 1, "loaded", "", rule_id, title,
                          level, LEVELS.index(level), "exchange/-/httpproxy", tags, "spoor bench", "", "", "", "", 1)
        self.add_rule(sha("build"), "sigma", "rules/observations/build.yml", 1, "loaded", "", "observes-1",
                      "Build in HttpProxy's rows", "informational", 0, "exchange/-/httpproxy", "", "", "", "", "", "", 1)
        for server in ("EX01", "EX02"):
            digest = sha("httpproxy", server)
            path = self.evil(f"collected/{server}/Logging/HttpProxy/Ecp/HttpProxy_2021030100-1.LOG")
            self.add("evidence", digest, 40 << 20, "done", "w3c", 100, 120000, 0, text(START), text(START + timedelta(days=14)))
            self.add("evidence_path", path, digest, text(START), path)
            self.add("tally", digest, self.evil(server), "HttpProxy", text(START), 120000, 0)
        for n, (rule, server, day, address, agent, page) in enumerate(EXCHANGE_HITS):
            when, (digest, level) = START + timedelta(days=day), rules[rule]
            evidence, locator, name = sha("httpproxy", server), f"line {n + 7} at {n * 512:#x}", self.evil(server)
            event = {"DateTime": text(when), "ServerHostName": name, "ClientIpAddress": address,
                     "UserAgent": self.evil(agent), "UrlStem": self.evil(page), "AuthenticatedUser": self.evil("")}
            self.insert("finding", FINDING_COLUMNS,
                        (self.n + 1, sha("spoor-finding-1", digest, evidence, locator, "")[:32], digest, evidence, locator,
                         n + 7, n * 512, 0, text(when), name, "HttpProxy", "[]", self.n + 1, LEVELS.index(level)))
            self.add("event", self.n + 1, json.dumps(event, ensure_ascii=False))
            self.add_entity("address", address, "ClientIpAddress")
            self.n += 1
        for server, build, first, last in EXCHANGE_BUILDS:
            self.insert("observation", ("rule_sha256", "evidence_sha256", "kind", "subject", "value", "place", "events", "first",
                                        "first_locator", "last", "last_locator"),
                        (sha("build"), sha("httpproxy", server), "exchange-build", self.evil(server), build, "", 60000,
                         text(START + timedelta(days=first)), "line 2", text(START + timedelta(days=last)), "line 60001"))

    def run(self):
        self.add("judgement", 1, "0.1.0", sha("rules"), "recovered=1")
        self.add("run", 1, "2021-03-10T08:00:00.0000000Z", "2021-03-10T08:01:13.0000000Z", "incomplete",
                 self.evil("spoor scan collected -o acme.case"), self.evil("forensic-1"), "examiner", 1, 2)
        self.add_rules()
        if not self.args.empty:
            self.add_evidence()
            for _ in range(0 if self.args.quiet else self.args.findings):
                self.add_finding()
            if self.args.exchange:
                self.add_exchange()
        self.db.execute("UPDATE rule SET source = '' WHERE sha256 NOT IN (SELECT rule_sha256 FROM finding)")
        self.db.commit()


def main():
    parser = argparse.ArgumentParser(description="Fills a case with synthetic findings.")
    parser.add_argument("--findings", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exchange", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("case")
    Filler(parser.parse_args()).run()


main()

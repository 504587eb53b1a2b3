#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Intelligence end to end: what the advisories of 2021 say to look for is found where it is planted, in every
common kind of log and in files, and a day of ordinary logs is left alone. All evidence is made up here."""
import csv
import hashlib
import io
import json
import os
import random
import zipfile

from harness import SOURCE, Skip, coverage, equal, findings, holds, main, spoor, workspace

TABLES = os.path.join(SOURCE, "tools", "intel")
ZEEK = ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{}\n#fields\tts\tuid\t"
        "id.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t{}\n#types\ttime\tstring\taddr\tport\taddr\tport\t{}\n")
IIS = ("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2021-03-02 10:11:12\n#Fields: date time "
       "s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status\n")
CMD = "f5ae03de0ad60f5b17b82f2cd68402fe"  # cmd.exe of Windows 8.1, which the advisory lists, too
LEVELS = ["informational", "low", "medium", "high", "critical"]


def table(name, kind):
    """Values of one type in a table of tools/intel."""
    with open(os.path.join(TABLES, name), encoding="utf-8") as file:
        return [line.split("\t")[1] for line in file if line.startswith(kind + "\t")]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def scan(folder, evidence, *options):
    case = os.path.join(folder, "t.case")
    spoor("scan", evidence, "-o", case, "-q", *options)
    return case


def found_values(case):
    """What the indicators that were found are, in lower case, by engine indicators."""
    return {match["value"].lower() for f in findings(case) if f["engine"] == "indicators"
            for match in f["matched"] if match["value"]}


def all_found(case, wanted, what):
    text = "\n".join(json.dumps(f).lower().replace("\\\\", "\\") for f in findings(case) if f["engine"] == "indicators")
    missing = [w for w in wanted if w.lower() not in text]
    equal(missing, [], f"{what} not found")


def when(i):
    return 1614679200 + i  # 2 March 2021


def sysmon(i, event_id, **data):
    return json.dumps({"Channel": "Microsoft-Windows-Sysmon/Operational", "Provider": "Microsoft-Windows-Sysmon",
                       "EventID": event_id, "Computer": "ws1.example.com",
                       "TimeCreated": f"2021-03-02T{10 + i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z", **data}) + "\n"


def test_all_hashes_of_the_advisory_are_found_in_logs():
    hashes = table("aa21-200a.tsv", "md5")
    equal(len(hashes), 462, "MD5 hashes of AA21-200A")
    with workspace() as folder:
        logs = os.path.join(folder, "logs")
        third = len(hashes) // 3
        write(os.path.join(logs, "sysmon.json"), "".join(
            sysmon(i, 1, Image=f"C:\\a\\{i}.exe", Hashes=f"SHA1={'0' * 40},MD5={h.upper()},IMPHASH={'1' * 32}")
            for i, h in enumerate(hashes[:third])))
        write(os.path.join(logs, "files.log"), ZEEK.format("files", "fuid\tmd5", "string\tstring") + "".join(
            f"{when(i)}.0\tC{i}\t192.0.2.1\t50000\t198.51.100.7\t80\tF{i}\t{h}\n" for i, h in enumerate(hashes[third:2 * third])))
        write(os.path.join(logs, "notes.log"), "".join(
            f"Mar  2 10:11:12 host1 scanner[7]: file {i}.bin has checksum {h}, quarantined\n"
            for i, h in enumerate(hashes[2 * third:])))
        case = scan(folder, logs, "--year", "2021")
        all_found(case, hashes, "hashes")
        low = {f["rule"]["title"].split()[0].lower() for f in findings(case)
               if f["engine"] == "indicators" and f["rule"]["level"] not in ("high", "critical")}
        equal(low, {CMD}, "hashes that are not of level high")


def test_all_domains_and_urls_of_the_advisory_are_found_in_logs():
    domains, urls = table("aa21-200a.tsv", "domain"), table("aa21-200a.tsv", "url")
    equal((len(domains), len(urls)), (63, 7), "domains and URLs of AA21-200A")
    with workspace() as folder:
        logs = os.path.join(folder, "logs")
        write(os.path.join(logs, "dns.log"), ZEEK.format("dns", "query\tqtype_name", "string\tstring") + "".join(
            f"{when(i)}.0\tC{i}\t192.0.2.1\t50000\t198.51.100.7\t53\t{'www.' * (i % 2)}{d}\tA\n"
            for i, d in enumerate(domains[:31])))
        write(os.path.join(logs, "access.log"), "".join(
            f"{when(i)}.123    120 192.0.2.9 TCP_TUNNEL/200 4512 CONNECT {d.upper()}:443 - HIER_DIRECT/198.51.100.7 -\n"
            for i, d in enumerate(domains[31:50])))
        write(os.path.join(logs, "sysmon.json"), "".join(
            sysmon(i, 22, Image="C:\\a.exe", QueryName=d + ".", QueryStatus="0") for i, d in enumerate(domains[50:56])) + "".join(
            sysmon(i, 1, Image="C:\\Windows\\System32\\curl.exe", CommandLine=f"curl -s http://{d}:8080/x -o C:\\a")
            for i, d in enumerate(domains[56:])))
        write(os.path.join(logs, "urls.log"), "".join(
            f"{when(i)}.123    120 192.0.2.9 TCP_MISS/200 4512 GET {u} - HIER_DIRECT/198.51.100.7 text/html\n"
            for i, u in enumerate(urls)))
        case = scan(folder, logs)
        all_found(case, domains, "domains")
        all_found(case, urls, "URLs")


def test_a_benign_day_gives_nothing_above_low():
    """Popular services, also those on which some indicators live, at many hours of a day of 2021."""
    hosts = ["www.google.com", "github.com", "api.github.com", "raw.githubusercontent.com", "pastebin.com", "stackoverflow.com",
             "www.dropbox.com", "content.dropboxapi.com", "wordpress.com", "en.wordpress.com", "chickenkiller.com",
             "mooo.com", "uk.to", "outlook.office365.com", "login.microsoftonline.com", "www.microsoft.com",
             "windowsupdate.com", "ctldl.windowsupdate.com", "dns.google", "one.one.one.one", "fonts.googleapis.com",
             "cdn.jsdelivr.net", "update.googleapis.com", "teams.microsoft.com", "www.airbus.com", "www.cargill.com",
             "www.thyssenkrupp.com", "www.teledyne.com", "www.usda.gov", "www.thestar.com.my", "www.wikipedia.org"]
    agents = ["Mozilla/5.0+(compatible;+Googlebot/2.1;++http://www.google.com/bot.html)", "Mozilla/5.0+(Windows+NT+10.0)",
              "ExchangeServicesClient/15.00.0847.040", "python-requests/2.25.1"]
    chance = random.Random(4)
    with workspace() as folder:
        logs = os.path.join(folder, "logs")
        write(os.path.join(logs, "dns.log"), ZEEK.format("dns", "query\tqtype_name\tanswers", "string\tstring\tvector[string]")
              + "".join(f"{when(i * 8)}.0\tC{i}\t192.0.2.{i % 200}\t50000\t10.0.0.4\t53\t{chance.choice(hosts)}\tA\t"
                        f"172.217.{i % 200}.{i % 250}\n" for i in range(10000)))
        write(os.path.join(logs, "access.log"), "".join(
            f"{when(i * 8)}.123    120 10.0.0.{i % 250} TCP_MISS/200 4512 GET https://{chance.choice(hosts)}/a/{i}?q={i} - "
            f"HIER_DIRECT/198.18.0.{i % 250} text/html\n" for i in range(10000)))
        write(os.path.join(logs, "u_ex210302.log"), IIS + "".join(
            f"2021-03-02 {i // 420:02}:{i // 7 % 60:02}:{i % 60:02} 10.0.0.1 {chance.choice(['GET', 'POST'])} "
            f"{chance.choice(['/owa/auth/logon.aspx', '/owa/', '/ecp/default.aspx', '/ews/exchange.asmx', '/oab/'])} - 443 - "
            f"10.0.1.{i % 250} {chance.choice(agents)} - 200\n" for i in range(10000)))
        write(os.path.join(logs, "sysmon.json"), "".join(
            sysmon(i, 1, Image=f"C:\\Windows\\System32\\{chance.choice(['svchost', 'cmd', 'mt', 'reg'])}.exe",
                   CommandLine=f"ping {chance.choice(hosts)}", Hashes="MD5=" + chance.choice(["D41D8CD98F00B204E9800998ECF8427E", CMD.upper()]))
            for i in range(3000)))
        for name in ("svchost.exe", "mt.exe", "TimeoutLogoff.aspx", "logon.aspx", "empty"):
            write(os.path.join(logs, "files", name), "" if name == "empty" else f"nothing in particular: {name}\n")
        case = scan(folder, logs)
        above = [(f["rule"]["level"], f["rule"]["title"], f["locator"]) for f in findings(case)
                 if LEVELS.index(f["rule"]["level"]) > LEVELS.index("low")]
        equal(above, [], "findings above low on a benign day")
        holds(sum(row.get("in_use", 0) for row in coverage(case) if row.get("kind") == "evidence") >= 0, "coverage is told")


def test_files_are_found_by_hash_name_and_path():
    with workspace() as folder:
        evidence = os.path.join(folder, "evidence")
        one, two = b"an inert file, planted\n", b"another inert file\n"
        shell = os.path.join("C", "inetpub", "wwwroot", "aspnet_client", "supp0rt.aspx")
        write(os.path.join(evidence, "C", "Users", "kim", "one.bin"), one.decode())
        write(os.path.join(evidence, shell), "nothing here\n")
        with zipfile.ZipFile(os.path.join(evidence, "kept.zip"), "w") as archive:
            archive.writestr("inner/two.bin", two)
        intel = os.path.join(folder, "own.csv")
        with open(intel, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["type", "value", "description"])
            rows.writerow(["md5", hashlib.md5(one).hexdigest(), "one"])
            rows.writerow(["sha256", hashlib.sha256(two).hexdigest(), "two"])
        case = scan(folder, evidence, "-i", intel)
        by_path = {f["locator"]: f for f in findings(case) if f["engine"] == "indicators"}
        wanted = {"file C/Users/kim/one.bin", "file " + shell, "file kept.zip/inner/two.bin"}
        equal(wanted - set(by_path), set(), "files not found")


def test_indicators_found_are_the_same_for_any_number_of_workers():
    domains = table("aa21-200a.tsv", "domain")
    with workspace() as folder:
        logs = os.path.join(folder, "logs")
        for n in range(6):
            write(os.path.join(logs, f"dns{n}.log"), ZEEK.format("dns", "query\tqtype_name", "string\tstring") + "".join(
                f"{when(i)}.0\tC{i}\t192.0.2.{n}\t50000\t198.51.100.7\t53\t{d}\tA\n" for i, d in enumerate(domains)))
        shown = []
        for workers in ("1", "2", "4"):
            case = os.path.join(folder, f"{workers}.case")
            spoor("scan", logs, "-o", case, "-q", "--workers", workers)
            shown.append(spoor("show", "findings", case, "--json"))
        equal(len(set(shown)), 1, "outputs")
        holds(len(shown[0].splitlines()) >= 6 * len(domains), "all are found in all files")


def test_what_could_not_be_assessed_is_said():
    """Hashes are looked for, and nothing holds any: that is not the same as 'not found'."""
    with workspace() as folder:
        logs = os.path.join(folder, "logs")
        write(os.path.join(logs, "u_ex210302.log"), IIS + "2021-03-02 10:11:12 10.0.0.1 GET /owa/ - 443 - 10.0.1.2 - - 200\n")
        case = scan(folder, os.path.join(logs, "u_ex210302.log"))
        text = spoor("show", "coverage", case, "--json")
        holds("JA3" in text or "indicators" in text, "the ledger tells of indicators")


if __name__ == "__main__":
    main([test_all_hashes_of_the_advisory_are_found_in_logs,
          test_all_domains_and_urls_of_the_advisory_are_found_in_logs,
          test_a_benign_day_gives_nothing_above_low,
          test_files_are_found_by_hash_name_and_path,
          test_indicators_found_are_the_same_for_any_number_of_workers,
          test_what_could_not_be_assessed_is_said])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One folder of everything (logs of text, JSON, XML, archives in archives, the same bytes twice, a
log that is read while it is hashed) with correlations and filters: the answer is the same to the
byte whatever the order of files, the number of workers, and however often the scan is killed."""
import gzip
import io
import json
import os
import random
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile

from harness import SPOOR, coverage, equal, findings, holds, main, spoor, workspace

RULES = """\
title: Refused
id: 5a0e0c3e-0000-4000-8000-000000000101
name: refused
logsource: {category: webserver}
detection:
    selection: {sc-status: 401}
    condition: selection
level: low
---
title: Shell asked for
id: 5a0e0c3e-0000-4000-8000-000000000102
name: shell
logsource: {category: webserver}
detection:
    selection: {cs-uri-query|contains: 'run.aspx\\?cmd'}
    condition: selection
level: high
---
title: Console login
id: 5a0e0c3e-0000-4000-8000-000000000103
name: console
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {eventName: ConsoleLogin}
    condition: selection
level: low
---
title: Failed logon
id: 5a0e0c3e-0000-4000-8000-000000000104
name: failed
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625}
    condition: selection
level: low
---
title: Not the scanner
id: 5a0e0c3e-0000-4000-8000-000000000105
logsource: {category: webserver}
filter:
    rules: [refused, shell]
    selection: {c-ip: 198.51.100.9}
    condition: not selection
---
title: Many refused
id: 5a0e0c3e-0000-4000-8000-000000000106
name: many_refused
correlation:
    type: event_count
    rules: [refused]
    group-by: [c-ip]
    timespan: 2m
    generate: true
    condition: {gte: 8}
level: medium
---
title: Slow answers
id: 5a0e0c3e-0000-4000-8000-000000000107
correlation:
    type: value_percentile
    rules: [refused]
    group-by: [cs-username]
    timespan: 1h
    condition: {field: time-taken, percentile: 90, gt: 50}
level: low
---
title: Accounts from one address, in the cloud too
id: 5a0e0c3e-0000-4000-8000-000000000108
correlation:
    type: value_count
    rules: [refused, console, failed]
    group-by: [address]
    timespan: 1h
    aliases:
        address: {refused: c-ip, console: sourceIPAddress, failed: IpAddress}
        account: {refused: cs-username, console: userIdentity.userName, failed: TargetUserName}
    condition: {field: account, gte: 5}
level: high
---
title: Refused, then the cloud, then Windows
id: 5a0e0c3e-0000-4000-8000-000000000109
correlation:
    type: temporal_ordered
    rules: [many_refused, console, failed]
    group-by: [address]
    timespan: 2h
    aliases:
        address: {many_refused: c-ip, console: sourceIPAddress, failed: IpAddress}
level: critical
"""
HEAD = ("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
        "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\n")
ADDRESSES = ["203.0.113.%d" % n for n in range(6)] + ["198.51.100.9"]


def clock(second):
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def w3c(rng, n, rate):
    rows = []
    for _ in range(n):
        refused = rng.random() < rate
        uri = ("/bin/run.aspx", "cmd=whoami") if rng.random() < rate / 20 else ("/owa/", "-")
        rows.append(f"2021-03-02 {clock(rng.randrange(36000, 43200))} 192.0.2.10 GET {uri[0]} {uri[1]} "
                    f"443 user{rng.randrange(9)} {rng.choice(ADDRESSES)} Mozilla/5.0+(X11) "
                    f"{401 if refused else 200} 0 0 {rng.randrange(99)}\n")
    return (HEAD + "".join(rows)).encode()


def ncsa(rng, n):
    return "".join(f'{rng.choice(ADDRESSES)} - user{rng.randrange(9)} [02/Mar/2021:'
                   f'{clock(rng.randrange(36000, 43200))} +0000] "GET /a?b HTTP/1.1" '
                   f'{rng.choice((200, 200, 401))} 5 "-" "curl/7"\n' for _ in range(n)).encode()


def cloudtrail(rng, n):
    records = [{"eventVersion": "1.08", "eventTime": f"2021-03-02T{clock(rng.randrange(36000, 46800))}Z",
                "eventSource": "signin.amazonaws.com", "eventName": rng.choice(("ConsoleLogin", "GetUser")),
                "awsRegion": "us-east-1", "sourceIPAddress": rng.choice(ADDRESSES),
                "userIdentity": {"type": "IAMUser", "userName": f"User{rng.randrange(9)}"},
                "eventID": f"{i:032x}", "eventType": "AwsConsoleSignIn", "recipientAccountId": "1"}
               for i in range(n)]
    return json.dumps({"Records": records}).encode()


def winlogbeat(rng, n):
    rows = [{"@timestamp": f"2021-03-02T{clock(rng.randrange(36000, 46800))}.000Z",
             "winlog": {"channel": "Security", "event_id": rng.choice((4624, 4625)), "record_id": i,
                        "provider_name": "Microsoft-Windows-Security-Auditing", "computer_name": "DC1",
                        "event_data": {"TargetUserName": f"USER{rng.randrange(9)}",
                                       "IpAddress": rng.choice(ADDRESSES)}}} for i in range(n)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def zipped(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 3, 2, 0, 0, 0)), content)
    return data.getvalue()


def tarred(members):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()


def write_evidence(folder):
    """Returns the paths. What is in archives is partly beside them, too."""
    rng = random.Random(11)
    large = w3c(rng, 60000, 0.02)  # more than PIPELINE_HASH_LATER_BYTES
    holds(len(large) > 5 << 20, "the large log is not large")
    other = large.replace(b"192.0.2.10", b"192.0.2.11")  # of the same size
    small, beat, trail = w3c(rng, 3000, 0.1), winlogbeat(rng, 1500), cloudtrail(rng, 1500)
    inner = zipped({"beat.json": beat, "in.log": w3c(rng, 2000, 0.1)})
    files = {
        "large.log": large, "z-same-bytes.log": large, "same-size.log": other, "small.log": small,
        "access.log": ncsa(rng, 3000), "trail.json": trail, "beat.json": beat,
        "packed.log.gz": gzip.compress(w3c(rng, 3000, 0.1), mtime=0),
        "all.tar": tarred({"inner.zip": inner, "small.log": small, "deep/trail.json": cloudtrail(rng, 800),
                           "large.log": large}),
        "b.zip": zipped({"access.log": ncsa(rng, 2000), "again.tar": tarred({"trail.json": trail})}),
    }
    paths = []
    os.mkdir(folder)
    for name, content in files.items():
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as file:
            file.write(content)
    return paths


def prepared(folder):
    rules = os.path.join(folder, "rules.yml")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(RULES)
    return rules, write_evidence(os.path.join(folder, "evidence"))


def command(case, rules, *arguments):
    return ["scan", "--no-content", "-q", "-r", rules, "-o", case, *arguments]


def answer(case):
    """All that a case tells but who ran it and when."""
    return "".join(spoor("show", what, case, "--json")
                   for what in ("findings", "coverage", "rules", "entities", "timeline", "gaps"))


def scanned(case, rules, *arguments):
    spoor(*command(case, rules, *arguments))
    return answer(case)


def test_what_is_found():
    with workspace() as folder:
        rules, paths = prepared(folder)
        case = os.path.join(folder, "a.case")
        scanned(case, rules, *paths)
        found = {}
        for finding in findings(case):
            found.setdefault(finding["rule"]["title"], []).append(finding)
            equal(finding["event"].get("c-ip") == "198.51.100.9" and
                  finding["rule"]["title"] in ("Refused", "Shell asked for"), False,
                  "a filter was passed over")
        for title in ("Refused", "Shell asked for", "Slow answers",
                      "Accounts from one address, in the cloud too", "Refused, then the cloud, then Windows"):
            holds(found.get(title), f"nothing was found by \"{title}\"")
        kinds = {event["channel"] or event["evidence"]["path"].rsplit(".", 1)[-1] for finding in
                 found["Accounts from one address, in the cloud too"]
                 for event in finding["correlation"]["events"]}
        holds(len(kinds) > 1, f"only events of {kinds} are correlated")
        states = [row["state"] for row in coverage(case) if row["schema"] == "spoor.evidence/1"]
        equal((set(states), len(states)), ({"done"}, 20), "pieces of evidence")


def test_same_bytes_whatever_order_and_workers():
    with workspace() as folder:
        rules, paths = prepared(folder)
        expected, rng = None, random.Random(5)
        for number, workers in enumerate(("1", "2", "4", "4", "1")):
            case = os.path.join(folder, f"{number}.case")
            got = scanned(case, rules, "--workers", workers, *paths)
            expected = expected or got
            equal(got, expected, f"answers with {workers} workers, {paths}")
            rng.shuffle(paths)


def ended(process):
    process.communicate()
    return process.returncode


def stopped(case, rules, how, seconds, *arguments):
    """Scans for so long, then sends the signal @how. The exit status."""
    with subprocess.Popen([SPOOR, *command(case, rules, *arguments)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.send_signal(how)
        return ended(process)


def stopped_again_and_again(how, status, seed):
    with workspace() as folder:
        rules, paths = prepared(folder)
        whole, case = os.path.join(folder, "whole.case"), os.path.join(folder, "a.case")
        begin = time.monotonic()
        expected = scanned(whole, rules, "--workers", "2", *paths)
        whole_seconds = time.monotonic() - begin
        rng, n_stopped = random.Random(seed), 0
        for _ in range(4):
            # Whole scans from the start, of which each is stopped twice on its way, somewhere.
            for _ in range(2):
                n_stopped += stopped(case, rules, how, rng.uniform(0.05, 0.6) * whole_seconds,
                                     "--workers", rng.choice("124"), *paths) == status
                rng.shuffle(paths)
            equal(scanned(case, rules, "--workers", rng.choice("124"), *paths), expected,
                  f"answers after the signal {how}")
            for name in os.listdir(folder):
                if name.startswith("a.case"):
                    os.remove(os.path.join(folder, name))
        holds(n_stopped > 0, f"only {n_stopped} scans were stopped")


def test_killed():
    stopped_again_and_again(signal.SIGKILL, -signal.SIGKILL, 1)


def test_interrupted():
    stopped_again_and_again(signal.SIGINT, 130, 2)


def test_evidence_that_comes_bit_by_bit():
    with workspace() as folder:
        rules, paths = prepared(folder)
        whole, case = os.path.join(folder, "whole.case"), os.path.join(folder, "a.case")
        expected = scanned(whole, rules, *paths)
        for end in range(1, len(paths) + 1, 3):
            spoor(*command(case, rules, *paths[:end]))
        equal(scanned(case, rules, *paths), expected)
        shutil.copy(whole, case)
        equal(scanned(case, rules, *paths), expected, "answers of another scan of the same")


main([test_what_is_found, test_same_bytes_whatever_order_and_workers, test_killed, test_interrupted,
      test_evidence_that_comes_bit_by_bit])

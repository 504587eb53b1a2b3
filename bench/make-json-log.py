#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes JSON lines of the size asked: the same bytes for the same arguments.

windows: events of Sysmon and Security as nxlog and OTRF's data sets flatten them.
zeek: conn, dns and http records in one file each way Zeek's JSON writer has them.
Names and addresses are of the ranges reserved for documentation.
"""
import argparse
import json
import random

IMAGES = ["C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\explorer.exe", "C:\\Windows\\System32\\cmd.exe",
          "C:\\Program Files\\Example\\agent.exe", "C:\\Windows\\System32\\conhost.exe",
          "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "C:\\Windows\\System32\\taskhostw.exe"]
COMMANDS = ["svchost.exe -k netsvcs -p", "explorer.exe", "cmd.exe /c dir", "agent.exe --once --quiet",
            "conhost.exe 0xffffffff -ForceV1", "powershell.exe -NoProfile -File C:\\Example\\daily.ps1",
            "taskhostw.exe KEYROAMING"]


def guid(rng):
    return "{%08X-%04X-%04X-%04X-%012X}" % (rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(16),
                                            rng.getrandbits(16), rng.getrandbits(48))


def sysmon(rng, i):
    image, host = rng.choice(IMAGES), f"ws{rng.randrange(60):02}.corp.example"
    event = {"@timestamp": f"2021-03-02T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}.{i % 1000:03}Z",
             "host": host, "Hostname": host, "SourceName": "Microsoft-Windows-Sysmon", "ProviderGuid":
             "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}", "Channel": "Microsoft-Windows-Sysmon/Operational",
             "Severity": "INFO", "SeverityValue": 2, "RecordNumber": i, "ExecutionProcessID": 2412,
             "ThreadID": 3284, "AccountName": "SYSTEM", "UserID": "S-1-5-18", "Keywords": -9223372036854775808,
             "ProcessGuid": guid(rng), "ProcessId": str(rng.randrange(20000)), "Image": image,
             "UtcTime": f"2021-03-02 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}.{i % 1000:03}"}
    kind = rng.randrange(4)
    if kind == 0:
        event |= {"EventID": 1, "CommandLine": rng.choice(COMMANDS), "CurrentDirectory": "C:\\Windows\\system32\\",
                  "User": "CORP\\user%d" % rng.randrange(90), "IntegrityLevel": "Medium", "Hashes":
                  "SHA1=%040X,MD5=%032X" % (rng.getrandbits(160), rng.getrandbits(128)), "ParentProcessGuid":
                  guid(rng), "ParentImage": rng.choice(IMAGES), "ParentCommandLine": rng.choice(COMMANDS)}
    elif kind == 1:
        event |= {"EventID": 3, "Protocol": "tcp", "Initiated": "true", "SourceIp": f"10.0.0.{rng.randrange(256)}",
                  "SourcePort": str(rng.randrange(65536)), "DestinationIp": f"192.0.2.{rng.randrange(256)}",
                  "DestinationHostname": "-", "DestinationPort": "443", "User": "NT AUTHORITY\\SYSTEM"}
    elif kind == 2:
        event |= {"EventID": 12, "EventType": "CreateKey", "TargetObject":
                  "HKLM\\System\\CurrentControlSet\\Services\\Example\\Parameters\\%d" % rng.randrange(999)}
    else:
        event |= {"EventID": 10, "SourceProcessGUID": guid(rng), "SourceImage": image, "TargetImage":
                  rng.choice(IMAGES), "GrantedAccess": "0x1000", "CallTrace":
                  "C:\\Windows\\SYSTEM32\\ntdll.dll+9c584|C:\\Windows\\System32\\KERNELBASE.dll+305fe"}
    return event


def zeek(rng, i):
    head = {"ts": 1614643200 + i / 100, "uid": "C%017x" % rng.getrandbits(64), "id.orig_h":
            f"10.0.0.{rng.randrange(256)}", "id.orig_p": rng.randrange(1024, 65536), "id.resp_h":
            f"192.0.2.{rng.randrange(256)}", "id.resp_p": 443}
    return head | {"proto": "tcp", "service": "ssl", "duration": rng.random() * 9, "orig_bytes":
                   rng.randrange(99999), "resp_bytes": rng.randrange(999999), "conn_state": "SF", "missed_bytes": 0,
                   "history": "ShADadFf", "orig_pkts": rng.randrange(99), "orig_ip_bytes": rng.randrange(99999),
                   "resp_pkts": rng.randrange(99), "resp_ip_bytes": rng.randrange(999999)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["windows", "zeek"])
    parser.add_argument("output")
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, make = random.Random(args.seed), {"windows": sysmon, "zeek": zeek}[args.kind]
    # 60,000 events, over and over: what costs is the bytes, not how many of them are new.
    text = "".join(json.dumps(make(rng, i), separators=(",", ":")) + "\n" for i in range(60000))
    left = args.megabytes << 20
    with open(args.output, "w", encoding="utf-8", newline="\n") as out:
        while left > 0:
            left -= out.write(text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a W3C extended log as IIS does, of the size asked: the same bytes for the same arguments.

Hosts, users and addresses are of the ranges reserved for documentation. One line in SUSPICIOUS is
of the kind that web rules look for; it is text in a log, nothing that would work.
"""
import argparse
import random

SUSPICIOUS = 5000
HEAD = """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-03-02 00:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
cs(Referer) sc-status sc-substatus sc-win32-status time-taken
"""
PATHS = ["/owa/", "/owa/auth/logon.aspx", "/ecp/default.aspx", "/ews/exchange.asmx", "/mapi/emsmdb/",
         "/Microsoft-Server-ActiveSync/default.eas", "/autodiscover/autodiscover.xml", "/rpc/rpcproxy.dll",
         "/images/logo.png", "/scripts/app.js", "/styles/site.css", "/api/v2/orders", "/favicon.ico",
         "/oab/", "/portal/news/index.aspx", "/portal/search.aspx"]
QUERIES = ["-", "-", "-", "id=%d", "q=annual+report+%d&page=2", "mailboxId=%08x-0000-4000-8000-000000000000",
           "Cmd=Ping&User=example%%5Cuser%d&DeviceId=%08x&DeviceType=iPhone", "v=%d.4.1"]
AGENTS = ["Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/88.0.4324.190+Safari/537.36",
          "Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0.13127;+Pro)",
          "Apple-iPhone12C1/1804.52", "Mozilla/5.0+(X11;+Linux+x86_64;+rv:86.0)+Gecko/20100101+Firefox/86.0",
          "MacOutlook/16.46.21021202+(Intelx64+Mac+OS+X+Version+10.15.7)"]
ODD = [("GET", "/ecp/y.js", "-"), ("GET", "/search.aspx", "q=<script>alert(1)</script>"),
       ("GET", "/download.aspx", "file=../../../../windows/win.ini"),
       ("GET", "/item.aspx", "id=1+UNION+ALL+SELECT+1,2,3--"), ("POST", "/aspnet_client/shell.aspx", "cmd=whoami")]


def block(rng, n_lines):
    """@n_lines lines of a few seconds; the same block is written again and again at other times."""
    lines = []
    for i in range(n_lines):
        method, path, query = rng.choice(["GET", "GET", "GET", "POST"]), rng.choice(PATHS), rng.choice(QUERIES)
        numbers = tuple(rng.randrange(100000) for _ in range(query.count("%d") + query.count("%08x")))
        query = query % numbers if numbers else query.replace("%%", "%")
        if i == n_lines // 2:
            method, path, query = rng.choice(ODD)
        user = rng.choice(["-", "-", f"EXAMPLE\\user{rng.randrange(400)}"])
        client = f"{rng.choice(['192.0.2', '198.51.100', '203.0.113'])}.{rng.randrange(256)}"
        status = rng.choice([200, 200, 200, 200, 302, 304, 401, 404, 500])
        lines.append(f"10.0.0.8 {method} {path} {query} 443 {user} {client} {rng.choice(AGENTS)} - "
                     f"{status} 0 0 {rng.randrange(2000)}\n")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    blocks = [block(rng, SUSPICIOUS) for _ in range(8)]
    left, second = args.megabytes << 20, 0
    with open(args.output, "w", encoding="ascii", newline="\n") as out:
        left -= out.write(HEAD)
        while left > 0:
            lines = blocks[second % len(blocks)]
            day, rest = divmod(second * 20, 86400)
            text = "".join(f"2021-{3 + day // 28 % 9:02}-{1 + day % 28:02} "
                           f"{(rest + i // 250) // 3600 % 24:02}:{(rest + i // 250) // 60 % 60:02}:"
                           f"{(rest + i // 250) % 60:02} {line}" for i, line in enumerate(lines))
            left -= out.write(text)
            second += 1


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""All that libyara does while it judges, it can do inside the seal.

A system call that is not listed kills the worker, which shows as a gap and a finding that is missing. So
each module that rules may import judges a file of its kind: a signed PE image (made here: headers, no
code, a signature by a key of its own), ELF programs of this machine, and text. Prints TAP.
"""
import glob
import os
import shutil
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import harness  # noqa: E402

# Module to a condition that makes it work, and the file of which that is true.
MODULES = {
    "pe": ("pe.number_of_signatures == 1 and pe.signatures[0].subject contains \"spoor test\" and "
           "pe.signatures[0].not_after > 0 and pe.imphash() != \"x\"", "signed.exe"),
    "hash": ("hash.md5(0, filesize) == hash.md5(0, filesize) and hash.sha256(0, 4) != \"\" and "
             "hash.sha1(0, 4) != \"\" and hash.crc32(0, 4) != 0", "plain.txt"),
    "math": ("math.entropy(0, filesize) > 1.0 and math.mean(0, filesize) > 1.0", "plain.txt"),
    "elf": ("elf.number_of_sections > 1", "true"),
    "dotnet": ("not defined dotnet.version or dotnet.version != \"x\"", "signed.exe"),
    "console": ("console.log(\"text\")", "plain.txt"),
    "macho": ("not defined macho.magic", "plain.txt"),
    "dex": ("not defined dex.header.magic", "plain.txt"),
    "string": ("string.length(\"abc\") == 3", "plain.txt"),
}


def make_signature(folder):
    """A PKCS #7 signature of nothing much, as DER."""
    key, cert, data = (os.path.join(folder, name) for name in ("key", "cert", "data"))
    with open(data, "w", encoding="ascii") as file:
        file.write("inert")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=spoor test", "-keyout", key, "-out", cert], check=True, capture_output=True)
    done = subprocess.run(["openssl", "smime", "-sign", "-signer", cert, "-inkey", key, "-in", data,
                           "-outform", "DER", "-nodetach", "-binary"], check=True, capture_output=True)
    return done.stdout


def make_image(signature):
    """A PE32 image of one empty section, with its certificate table behind it."""
    table = struct.pack("<IHH", 8 + len(signature), 0x0200, 2) + signature
    at = 0x400
    directories = [(0, 0)] * 16
    directories[4] = (at, len(table))
    optional = struct.pack("<HBBIIIIII", 0x10B, 14, 0, 0, 0, 0, 0, 0x1000, 0x1000)
    optional += struct.pack("<IIIHHHHHHIIIIHHIIIIII", 0x400000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0,
                            0x2000, 0x200, 0, 3, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    optional += b"".join(struct.pack("<II", *entry) for entry in directories)
    headers = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    headers += b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, len(optional), 0x0102)
    section = struct.pack("<8sIIIIIIHHI", b".text", 0x200, 0x1000, 0x200, 0x200, 0, 0, 0, 0, 0x60000020)
    image = (headers + optional + section).ljust(at, b"\0")
    return image + table


def write_rules(path, modules):
    with open(path, "w", encoding="ascii") as file:
        for module in modules:
            file.write(f"import \"{module}\"\n")
        for module in modules:
            condition, name = MODULES[module]
            file.write(f"rule uses_{module} {{ condition: filename == \"{name}\" and ({condition}) }}\n")
        file.write("rule text { strings: $a = /ab+c.{1,20}d/ nocase wide ascii condition: $a }\n")


def main():
    if not shutil.which("openssl"):
        print("1..0 # SKIP openssl is not installed")
        return 0
    bad = 0
    with harness.workspace() as folder:
        rules, evidence, case = (os.path.join(folder, n) for n in ("r.yar", "evidence", "case"))
        os.mkdir(evidence)
        write_rules(rules, MODULES)
        for name, content in (("signed.exe", make_image(make_signature(folder))),
                              ("plain.txt", b"abbbc and then some d\n" * 100)):
            with open(os.path.join(evidence, name), "wb") as file:
                file.write(content)
        shutil.copyfile("/bin/true", os.path.join(evidence, "true"))
        for number, path in enumerate(sorted(glob.glob("/usr/lib/*/libc.so.*"))):
            shutil.copyfile(path, os.path.join(evidence, f"library.{number}"))
        checked = harness.lines(harness.spoor("rules", "check", "--json", rules))
        harness.spoor("scan", evidence, "-o", case, "--no-content", "-r", rules, env={"TZ": ""})
        found = {(one["rule"]["title"], os.path.basename(one["evidence"]["path"]))
                 for one in harness.findings(case)}
        gaps = [line for line in harness.coverage(case) if line.get("gaps")]
        wanted = [(f"uses_{module}", MODULES[module][1]) for module in MODULES]
    wanted.append(("text", "plain.txt"))
    absent = {rule["title"] for rule in checked if rule.get("status") == "rejected"}
    print(f"1..{len(wanted) + 1}")
    for number, one in enumerate(wanted, 1):
        skip = one[0] in absent
        good = skip or one in found
        bad += not good
        print(f"{'ok' if good else 'not ok'} {number} - {one[0]} judges {one[1]}"
              + " # SKIP this libyara lacks the module" * skip)
    print(f"{'not ok' if gaps else 'ok'} {len(wanted) + 1} - no gaps: {str(gaps)[:500]}")
    return 1 if bad or gaps else 0


if __name__ == "__main__":
    sys.exit(main())

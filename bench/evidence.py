# SPDX-License-Identifier: Apache-2.0
"""Makes the evidence of the benchmark out of the corpus' event logs."""
import os
import shutil
import sqlite3
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CORPUS = os.environ.get("SPOOR_CORPUS", os.path.join(ROOT, "..", "shared", "corpus"))
UNUSED_HEADER_BYTE = 200  # behind the file header's checksummed part, before the first chunk
CHUNK = 65536


def corpus_files():
    found = []
    for folder, _, names in os.walk(os.path.join(CORPUS, "evtx")):
        found += [os.path.join(folder, n) for n in names if n.endswith(".evtx")]
    return sorted(found)


def all_rules():
    rules = os.path.join(CORPUS, "sigma")
    return [os.path.join(rules, d) for d in sorted(os.listdir(rules)) if d.startswith("rules")]


def copy_corpus(target, megabytes):
    """Copies of the corpus, at least @megabytes in all; returns the bytes written."""
    done, round_number = 0, 0
    while done < megabytes << 20:
        for number, path in enumerate(corpus_files()):
            with open(path, "rb") as source:
                content = bytearray(source.read())
            if len(content) < 4096:
                continue
            content[UNUSED_HEADER_BYTE:UNUSED_HEADER_BYTE + 2] = round_number.to_bytes(2, "little")
            with open(os.path.join(target, f"{round_number:04}-{number:03}.evtx"), "wb") as out:
                out.write(content)
            done += len(content)
        round_number += 1
    return done


def copy_system(target, megabytes):
    """Files of this machine's packages, programs and libraries first, each content once."""
    shutil.rmtree(target, ignore_errors=True)
    done, seen = 0, set()
    for start in ("/usr/bin", "/usr/lib", "/usr/share"):
        for folder, folders, names in os.walk(start):
            folders.sort()
            for path in sorted(os.path.join(folder, name) for name in names):
                about = os.lstat(path)
                if not stat.S_ISREG(about.st_mode) or not about.st_size or done >= megabytes << 20:
                    continue
                with open(path, "rb") as source:
                    content = source.read()
                if hash(content) in seen:
                    continue
                seen.add(hash(content))
                os.makedirs(target + folder, exist_ok=True)
                with open(target + path, "wb") as out:
                    out.write(content)
                done += len(content)
    return done


def one_file(target, megabytes, paths):
    """One EVTX file of at least @megabytes: a header and the chunks of @paths, over and over."""
    chunks = []
    for path in paths:
        with open(path, "rb") as source:
            header, body = source.read(4096), source.read()
        if not chunks:
            first_header = bytearray(header)
        chunks += [body[i:i + CHUNK] for i in range(0, len(body) - CHUNK + 1, CHUNK)]
    count = -(-(megabytes << 20) // CHUNK)
    first_header[42:44] = (count & 0xFFFF).to_bytes(2, "little")  # as Windows counts, too
    with open(target, "wb") as out:
        out.write(first_header)
        for i in range(count):
            out.write(chunks[i % len(chunks)])
    return os.path.getsize(target)


def quiet_files(spoor, work, rules):
    """The corpus files in which no rule finds anything: what most logs of most days are like."""
    case = os.path.join(work, "quiet.case")
    if os.path.exists(case):
        os.unlink(case)
    subprocess.run([spoor, "scan", os.path.join(CORPUS, "evtx"), "-o", case, "--no-content"] +
                   [part for folder in rules for part in ("-r", folder)],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    with sqlite3.connect(case) as db:
        return [row[0] for row in db.execute(
            "select path from v_coverage where findings = 0 and in_use > 0 order by path")]


def generate(script, *arguments):
    """Runs one of the generators beside this file; its last argument but the options is the file."""
    subprocess.run([sys.executable, os.path.join(HERE, script), *arguments], check=True)


def count_events(spoor, path):
    counter = subprocess.run([spoor, "show", "events", path], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
    return counter.stdout.count(b"\n")

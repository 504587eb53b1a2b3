#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence that means harm, or was harmed: nothing is lost but what must be, and that is said. Large files are
sparse and take a moment; SPOOR_LARGE=1 adds those that take minutes."""
import gzip
import io
import os
import resource
import struct
import tarfile
import zipfile
import zlib

from harness import Skip, coverage, equal, holds, lines, main, spoor, workspace

GIB = 1 << 30
TIME = "2021-03-02 00:00:%02d"
W3C = b"#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs-uri-stem sc-status\n"


def line(number):
    return (TIME % (number % 60) + f" GET /page{number} 200\n").encode()


def judge(folder, *paths):
    """The evidence rows by name, and all gaps as (kind, note), of a scan of @paths."""
    case = os.path.join(folder, "case")
    spoor("scan", *paths, "-o", case, "-q", "--fail-on", "never")
    rows = coverage(case)
    return ({os.path.relpath(row["path"], folder): row for row in rows if row["schema"] == "spoor.evidence/1"},
            [(row["kind"], row["note"]) for row in rows if row["schema"] == "spoor.gap/1"], case)


def write(folder, name, *parts):
    """A file of @parts: bytes, or the size of a hole."""
    path = os.path.join(folder, name)
    with open(path, "wb") as stream:
        for part in parts:
            if isinstance(part, int):
                stream.seek(part, os.SEEK_CUR)
            else:
                stream.write(part)
    return path


def memory_of_children():
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10


def check_large_line(name, head, before, after, events):
    with workspace() as folder:
        path = write(folder, name, head, before, GIB, after)
        rows, gaps, _ = judge(folder, path)
        equal(rows[name]["events"], events, "events")
        told = [note for kind, note in gaps if kind == "limit"]
        holds(len(told) == 1 and "LIMIT_LINE_BYTES" in told[0], gaps)
    holds(memory_of_children() < 400 << 20, f"{memory_of_children()} bytes of memory")


def test_line_of_a_gigabyte_in_w3c():
    # What there was room for of the long line is judged, too.
    check_large_line("w3c.log", W3C, line(1) + b"2021-03-02 00:00:02 GET /x", b" 200\n" + line(3), 3)


def test_line_of_a_gigabyte_in_json_lines():
    check_large_line("lines.json", b'{"time":"2021-03-02T00:00:00Z","a":1}\n', b'{"time":"2021-03-02T00:00:00Z","a":"',
                     b'"}\n{"time":"2021-03-02T00:00:00Z","a":3}\n', 2)


def test_object_of_a_gigabyte_in_an_array():
    check_large_line("array.json", b'[{"time":"2021-03-02T00:00:00Z",\n"a":1},\n', b'{"time":"2021-03-02T00:00:00Z","a":"',
                     b'"},\n{"time":"2021-03-02T00:00:00Z","a":3}]\n', 2)


def test_nuls():
    with workspace() as folder:
        path = write(folder, "nul.log", W3C, line(1), b"\0" * 5000, line(2), b"2021-03-02 00:00:03 GET /a\0b 200\n", line(4))
        rows, gaps, _ = judge(folder, path)
        equal((rows["nul.log"]["events"], gaps), (4, []))
        events = lines(spoor("show", "events", path))
        equal(events[2]["fields"]["cs-uri-stem"], "/a\0b")


def test_mixed_line_ends():
    with workspace() as folder:
        path = write(folder, "mixed.log", W3C.replace(b"\n", b"\r\n"), line(1), line(2).replace(b"\n", b"\r\n"),
                     b"2021-03-02 00:00:03 GET /x\ry 200\r\r\n", line(4)[:-1])
        rows, gaps, _ = judge(folder, path)
        equal((rows["mixed.log"]["events"], gaps), (4, []))
        equal(lines(spoor("show", "events", path))[2]["fields"]["cs-uri-stem"], "/x\ry")


def test_broken_quote():
    with workspace() as folder:
        row = '2021-03-02T00:00:%02dZ,user%d,"some, text"\n'
        path = write(folder, "table.csv", b"time,user,text\n", "".join(row % (i % 60, i) for i in range(3000)).encode(),
                     b'2021-03-02T00:00:00Z,broken,"no end\n', "".join(row % (i % 60, i) for i in range(3000)).encode())
        rows, gaps, _ = judge(folder, path)
        equal((rows["table.csv"]["events"], gaps), (6000, [("damaged", "line 3002: a quote in it has no end")]))


def test_nothing_in_it():
    with workspace() as folder:
        paths = [write(folder, "header.log", W3C), write(folder, "header.csv", b"time,user,text\n"),
                 write(folder, "bom.txt", b"\xef\xbb\xbf")]
        rows, gaps, _ = judge(folder, *paths)
        equal(sum(row["events"] for row in rows.values()), 0)
        equal(gaps, [])  # the last is no log, nor is it called one: it was judged as a file
        equal(rows["bom.txt"]["judged_as_file"], True)


def test_utf16_without_mark():
    with workspace() as folder:
        text = "".join('{"time":"2021-03-02T00:00:%02dZ","a":"\u00e4"}\n' % i for i in range(10))
        rows, gaps, _ = judge(folder, write(folder, "x.json", text.encode("utf-16le")))
        equal((rows["x.json"]["events"], gaps), (10, []))


def test_deep_json():
    with workspace() as folder:
        path = write(folder, "deep.json", b'{"time":"2021-03-02T00:00:00Z","a":' + b'{"a":' * 10000 + b"1" + b"}" * 10001,
                     b'\n{"time":"2021-03-02T00:00:00Z","a":1}\n')
        rows, gaps, _ = judge(folder, path)
        equal((rows["deep.json"]["events"], [kind for kind, _ in gaps]), (2, ["limit"]))


def test_new_keys_in_every_object():
    with workspace() as folder:
        path = write(folder, "keys.json", b'{"time":"2021-03-02T00:00:00Z"}\n',
                     b"".join(b'{"%x":1}\n' % i for i in range(600000)))
        rows, gaps, _ = judge(folder, path)
        equal((rows["keys.json"]["events"], [kind for kind, _ in gaps]), (600001, ["limit"]))


def test_coverage_of_archives():
    with workspace() as folder:
        path = os.path.join(folder, "names.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("\x1b[31mred\x1b[0m/../../x.log", W3C + line(1))
            archive.writestr("logs/two.log", W3C + line(2))
        rows, gaps, case = judge(folder, path)
        equal((rows["names.zip"]["members"], rows["names.zip"]["reader"], gaps), (2, "archive", []))
        equal(sum(row["events"] for row in rows.values()), 2)
        shown = spoor("show", "coverage", case)
        holds("\x1b" not in shown, "an escape sequence was printed")
        holds(any(text.startswith("archive ") and "2 inside" in text for text in shown.splitlines()), shown)


def test_damaged_and_appended_tars():
    with workspace() as folder:
        def tar(*names):
            stream = io.BytesIO()
            with tarfile.open(fileobj=stream, mode="w") as archive:
                for number, name in enumerate(names):
                    info = tarfile.TarInfo(name)
                    info.size = len(W3C + line(number))
                    archive.addfile(info, io.BytesIO(W3C + line(number)))
            return stream.getvalue()

        damaged = bytearray(tar("a.log", "b.log", "c.log"))
        damaged[1024 + 20] ^= 1
        paths = [write(folder, "damaged.tar", bytes(damaged)), write(folder, "two.tar", tar("a.log") + tar("b.log")),
                 write(folder, "two.tgz", gzip.compress(tar("d.log")) + gzip.compress(tar("e.log")))]
        rows, gaps, _ = judge(folder, *paths)
        equal(sorted(name for name, row in rows.items() if row["events"]),
              ["damaged.tar/a.log", "damaged.tar/c.log", "two.tar/a.log", "two.tar/b.log", "two.tgz/d.log", "two.tgz/e.log"])
        equal([kind for kind, _ in gaps], ["damaged"])


def test_zip_of_many_members():
    with workspace() as folder:
        path = os.path.join(folder, "many.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(100000):
                archive.writestr(f"{number}", b"\1")
            archive.writestr("last.log", W3C + line(1))
        rows, gaps, _ = judge(folder, path)
        # Each is judged as a file, and the log behind them all the same.
        equal((rows["many.zip"]["members"], gaps), (100001, []))
        equal(rows["many.zip/last.log"]["events"], 1)


def test_zip_whose_list_lies():
    with workspace() as folder:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.log", W3C + line(1))
        whole = stream.getvalue()
        end = whole.index(b"PK\5\6")
        lie = bytearray(whole[end:])
        struct.pack_into("<HHII", lie, 8, 60000, 60000, 0xFFFFFFF0, whole.index(b"PK\1\2"))
        rows, gaps, _ = judge(folder, write(folder, "lie.zip", whole[:end], bytes(lie)))
        holds(gaps or rows["lie.zip"]["members"] == 1, "the member was lost without a word")


def cab(packed, *members):
    """A cabinet of one folder with @members as (name, bytes), stored or (@packed) as MSZIP packs."""
    plain = b"".join(data for _, data in members)
    if packed:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        block = b"CK" + packer.compress(plain) + packer.flush()
    else:
        block = plain
    files, offset = b"", 0
    for name, data in members:
        files += struct.pack("<IIHHHH", len(data), offset, 0, 0x5262, 0, 0x20) + name.encode() + b"\0"
        offset += len(data)
    data_at = 36 + 8 + len(files)
    whole = data_at + 8 + len(block)
    return (struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, whole, 0, 44, 0, 3, 1, 1, len(members), 0, 0, 0)
            + struct.pack("<IHH", data_at, 1, int(packed)) + files + struct.pack("<IHH", 0, len(block), len(plain)) + block)


def test_cabinets():
    with workspace() as folder:
        members = (("a.log", W3C + line(1)), ("b.bin", b"\1\2\3"), ("c.log", W3C + line(2)))
        paths = [write(folder, "stored.cab", cab(False, *members)), write(folder, "packed.cab", cab(True, *members)),
                 write(folder, "cut.cab", cab(False, *members)[:-10])]
        rows, gaps, _ = judge(folder, *paths)
        for name in ("stored.cab", "packed.cab"):
            equal((rows[name]["members"], rows[name + "/a.log"]["events"], rows[name + "/c.log"]["events"]), (3, 1, 1), name)
        equal(rows["packed.cab/b.bin"]["judged_as_file"], True)
        holds(any(kind in ("truncated", "damaged") for kind, _ in gaps), gaps)


def test_bombs():
    with workspace() as folder:
        zeros = gzip.compress(bytes(256 << 20))
        path = write(folder, "bomb.gz", gzip.compress(W3C + line(1)) + zeros * 4)
        rows, gaps, _ = judge(folder, path)
        holds(any(kind == "limit" and "LIMIT_ARCHIVE_RATIO" in note for kind, note in gaps), gaps)
        equal(rows["bomb.gz/bomb"]["events"], 1, "what came before the bomb")


def test_large_archive():
    if os.environ.get("SPOOR_LARGE") != "1":
        raise Skip("takes minutes and 11 GB of disk: SPOOR_LARGE=1")
    with workspace() as folder:
        path = os.path.join(folder, "x.log.gz")
        block = b"".join(line(i) for i in range(100000))
        with gzip.open(path, "wb", 1) as stream:
            stream.write(W3C)
            for _ in range(10 * GIB // len(block)):
                stream.write(block)
        rows, gaps, _ = judge(folder, path)
        equal((rows["x.log.gz/x.log"]["events"], gaps), (10 * GIB // len(block) * 100000, []))
    holds(memory_of_children() < 400 << 20, f"{memory_of_children()} bytes of memory")


main([test for name, test in list(globals().items()) if name.startswith("test_")])

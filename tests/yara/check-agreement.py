#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""spoor finds by YARA rules what libyara finds, over real rules and real files.

usage: check-agreement.py [--all FOLDER...]

Without arguments, a test: the rules of the corpus and some hundred files of /usr and of the corpus. With
--all, everything below the folders, at 40 MB/s or so for each core. The other side is libyara itself, by
way of Debian's python3-yara: each rule file is compiled by itself with the external variables of
signature-base, and every rule that this accepts must be loaded by spoor; then each file is matched with
the variables set by what docs/yara.md says, here in Python. Compared are file, rule file, rule, and for
each string that matched its identifier, first place and number. Prints TAP.

What is in a file by its content (filetype) is spoor's own fact: a rule that is always true makes spoor tell
it of every file.
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import harness  # noqa: E402

EXTERNALS = ("filename", "filepath", "extension", "filetype", "owner")
ALWAYS = "rule spoor_test_always { condition: true }\n"
LARGEST = 256 << 20  # LIMIT_FILE_CONTENT_BYTES
SHOWN = 64           # LIMIT_FINDING_MATCHES
PER_FOLDER = 150     # files of each folder in the bounded test (of the rules themselves: all) ...
SMALL = 1 << 20      # ... none larger than this
PLACE = re.compile(r"at 0x([0-9a-f]+)(?:, (\d+) times)?$")


def regular_files(folder):
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(root, name)
            if os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) <= LARGEST:
                yield path


def some_files():
    """The same ones each time, spread over each folder. Archives would be unpacked, too."""
    picked = []
    for folder in ("/usr/bin", "/usr/lib", harness.corpus()):  # rules find themselves best
        files = [path for path in regular_files(folder) if os.path.getsize(path) <= SMALL
                 and not re.search(r"\.(zip|gz|xz|tgz|jar|whl|zst|bz2|deb|egg)$", path)]
        picked += files[::max(1, len(files) // PER_FOLDER)]
    return sorted({*picked, *regular_files(harness.corpus("yara"))})


def copy_files(files, folder):
    """Copies below a folder: of files named one by one, those of equal name and content are one."""
    for path in files:
        copy = folder + path
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copyfile(path, copy)
    return [folder + path for path in files]


def compile_rules(yara, folder):
    """(rules that compile, all together; names of files that do not compile)."""
    sources, broken = {}, []
    dummies = {name: "" for name in EXTERNALS}
    for name in sorted(os.listdir(folder)):
        if not name.endswith((".yar", ".yara")):
            continue
        path = os.path.join(folder, name)
        try:
            yara.compile(filepath=path, externals=dummies, includes=False)
            sources[name] = path
        except yara.Error as error:
            broken.append(f"{name}: {error}")
    return yara.compile(filepaths=sources, externals=dummies, includes=False), broken


def externals_of(path, filetype):
    name = os.path.basename(path)
    extension = os.path.splitext(name)[1].lower()
    return {"filename": name, "filepath": os.path.dirname(path), "owner": "",
            "extension": "" if extension == "." else extension, "filetype": filetype}


def shown_strings(match):
    """{(identifier, first offset, count)} of a match."""
    places = collections.defaultdict(list)
    for offset, identifier, _ in match.strings:
        places[identifier].append(offset)
    return frozenset((name, min(at), len(at)) for name, at in places.items() if name != "$")


def expect(rules, path, filetype):
    """{(path, rule file, rule): strings} by libyara."""
    return {(path, match.namespace, match.rule): shown_strings(match)
            for match in rules.match(path, externals=externals_of(path, filetype), timeout=600)}


def told_strings(finding):
    strings = set()
    for match in finding["matched"]:
        place = PLACE.match(match["test"])
        if place and match["field"] != "$":
            strings.add((match["field"], int(place[1], 16), int(place[2] or 1)))
    return frozenset(strings)


def run_spoor(folder, paths, case, rules_folder):
    """(findings as expect() has them, {path: filetype} of each file that was judged)."""
    always = os.path.join(folder, "always.yar")
    with open(always, "w", encoding="utf-8") as file:
        file.write(ALWAYS)
    harness.spoor("scan", *paths, "-o", case, "--no-content", "-r", rules_folder, "-r", always,
                  timeout=36000)
    rules = {rule["sha256"] + rule["title"]: rule for rule in
             harness.lines(harness.spoor("show", "rules", case, "--json"))}
    found, judged = {}, {}
    for finding in harness.findings(case):
        rule, path = finding["rule"], finding["evidence"]["path"]
        if finding["engine"] != "yara" or not os.path.exists(path):
            continue  # a member of an archive
        if rule["title"] == "spoor_test_always":
            judged[path] = finding["event"].get("FileType", "UNKNOWN")
            continue
        source = rules[rule["sha256"] + rule["title"]]["path"]
        found[path, source, rule["title"]] = told_strings(finding)
    return found, judged


def compare(found, wanted):
    """Lines about what differs."""
    differences = [f"spoor alone: {key}" for key in sorted(found.keys() - wanted.keys())]
    differences += [f"libyara alone: {key}" for key in sorted(wanted.keys() - found.keys())]
    for key in sorted(found.keys() & wanted.keys()):
        if len(wanted[key]) < SHOWN and found[key] != wanted[key]:
            differences.append(f"strings differ: {key}: {sorted(found[key] ^ wanted[key])[:4]}")
    return differences


def check_loaded(rules, broken, case):
    """Every rule that libyara compiles is loaded."""
    for line in broken:
        print(f"# libyara refuses {line}")
    loaded = {(rule["path"], rule["title"]) for rule in
              harness.lines(harness.spoor("show", "rules", case, "--json"))
              if rule["status"] != "rejected"}
    names = [rule.identifier for rule in rules]
    missing = collections.Counter(names) - collections.Counter(title for _, title in loaded)
    print(f"# {len(names)} rules compiled by libyara, {len(loaded)} loaded by spoor")
    return [f"not loaded: {name}" for name in sorted(missing)]


def report(number, name, differences):
    for line in differences[:20]:
        print(f"# {line}")
    print(f"{'not ok' if differences else 'ok'} {number} - {name}")
    return not differences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", nargs="+", metavar="FOLDER")
    options = parser.parse_args()
    try:
        import yara
        rules_folder = harness.corpus("yara")
    except (ImportError, harness.Skip) as reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    rules, broken = compile_rules(yara, rules_folder)
    with harness.workspace() as folder:
        return run_checks(options, rules, broken, rules_folder, folder)


def run_checks(options, rules, broken, rules_folder, folder):
    case, files, roots = os.path.join(folder, "agree.case"), [], options.all
    if not roots:
        roots = [os.path.join(folder, "files")]
        files = copy_files([os.path.abspath(path) for path in some_files()], roots[0])
    found, judged = run_spoor(folder, roots, case, rules_folder)
    good = report(1, "every rule that libyara compiles is loaded",
                  check_loaded(rules, broken, case))
    wanted = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for part in pool.map(lambda path: expect(rules, path, judged[path]), sorted(judged)):
            wanted.update(part)
    missed = set(files) - judged.keys()
    good &= report(2, "every file is judged", [f"not judged: {path}" for path in sorted(missed)])
    good &= report(3, "findings are those of libyara", compare(found, wanted))
    print(f"# {len(judged)} files, {len(wanted)} findings")
    good &= report(4, "there is something to agree on",
                   [] if wanted or options.all else ["no findings at all"])
    print("1..4")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

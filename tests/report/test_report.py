#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML report in headless Chromium: that it works, and that no text of a case can act in it.

usage: test_report.py [--render "spoor report {case} -o {out}"]

Prints TAP. Skips, visibly, where Chromium or its driver is not installed.
"""
import argparse
import gzip
import base64
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import browser  # noqa: E402

FILL = os.path.join(HERE, "../../bench/report/fill-case.py")
SEARCH = """
const query = document.getElementById('query');
query.value = arguments[0];
query.dispatchEvent(new Event('input'));
return new Promise((resolve) => document.addEventListener('spoor-updated',
    () => resolve(+document.body.dataset.shown), { once: true }));
"""


class Report:
    """A case, its page and the browser that has it open."""

    def __init__(self, folder, render, session):
        self.folder, self.render, self.session = folder, render, session

    def make(self, name, *options):
        case, page = f"{self.folder}/{name}.case", f"{self.folder}/{name}.html"
        subprocess.run([sys.executable, FILL, *options, case], check=True)
        subprocess.run(self.render.format(case=case, out=page).split(), check=True, stdout=subprocess.DEVNULL)
        return page

    def open(self, page, fragment=""):
        self.session.log()
        self.session.open(page, fragment)
        ready = self.session.wait("return document.body.dataset.painted || document.body.dataset.ready === 'failed'")
        assert ready, "the page did not start"
        assert self.session.run("return document.body.dataset.ready") != "failed", \
            self.session.run("return document.getElementById('trouble').textContent")

    def run(self, script, *arguments):
        return self.session.run(script, *arguments)


def test_nothing_of_evidence_runs(report):
    page = report.make("hostile", "--hostile", "--exchange", "--findings", "300", "--hosts", "12")
    report.open(page)
    report.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for line in range(0, 60, 3):
        report.run("document.querySelector(`[data-line='${arguments[0]}']`)?.click()", line)
    report.run("document.getElementById('seeable').click()")
    assert report.run("return window.pwned") is None
    assert report.run("return document.scripts.length") == 3
    assert report.run("return document.querySelectorAll('img, iframe, object, embed, form, link, base').length") == 0
    links = report.run("return [...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
    assert all(link.startswith("#") for link in links), links
    attributes = report.run("return [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())"
                            ".filter((name) => name.startsWith('on'))")
    assert attributes == [], attributes
    assert report.session.log() == [], "the console must stay empty: no error, no violation of the policy"


def test_hidden_characters_show(report):
    report.open(f"{report.folder}/hostile.html")
    shown = report.run("return document.body.innerText")
    for code in ("U+202E", "U+2066", "U+200B", "U+001B", "U+E0041"):
        assert code in shown, code
    for character in ("\u202e", "\u2066", "\u200b", "\x1b", "\U000e0041"):
        assert character not in shown, hex(ord(character))


def test_policy_is_in_force(report):
    report.open(f"{report.folder}/hostile.html")
    blocked = report.run("""
        const blocked = [];
        document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.pwned = 7';
        document.body.append(script);
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.body.append(style);
        const image = new Image();
        image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(image);
        const answer = fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'blocked');
        return answer.then((fetched) => new Promise((resolve) => setTimeout(() => resolve([fetched, blocked]), 200)));
    """)
    assert report.run("return window.pwned") is None
    assert blocked[0] == "blocked"
    for directive in ("script-src-elem", "style-src-elem", "img-src", "connect-src"):
        assert directive in blocked[1], blocked
    assert report.run("return getComputedStyle(document.body).display") == "block"


def test_rows_and_search(report):
    report.page = report.make("plain", "--findings", "2000")
    report.open(report.page)
    assert report.run("return +document.body.dataset.shown") == 2000
    assert report.run("return document.querySelectorAll('.line.group').length") > 5
    assert report.run(SEARCH, "comsvcs") == report.run(SEARCH, "\"comsvcs.dll, minidump\"") > 0
    assert report.run("return document.querySelectorAll('.line.finding').length") > 0, "one rule: its group is open"
    some = report.run(SEARCH, "powershell")
    assert 0 < some < 2000
    assert report.run(SEARCH, "-powershell") == 2000 - some
    assert report.run(SEARCH, "no such text") == 0
    assert report.run(SEARCH, "hxxp 203[.]0[.]113") == report.run(SEARCH, "http 203.0.113")
    assert report.run(SEARCH, "") == 2000


def test_facets_count_right(report):
    report.open(report.page)
    counts = report.run("return [...document.querySelectorAll('#facets .facet:first-child .value')].map((v) =>"
                        "[v.querySelector('.value-name').textContent, +v.querySelector('.value-count').textContent.replace(',', '')])")
    assert sum(n for _, n in counts) == 2000, counts
    assert counts[0][0] == "critical"
    report.run("document.querySelector('#facets .facet:first-child .value').click()")
    assert report.run("return +document.body.dataset.shown") == counts[0][1]
    again = report.run("return [...document.querySelectorAll('#facets .facet:first-child .value-count')].map((v) => v.textContent)")
    assert len(again) == len(counts), "a facet's own choice leaves its other counts alone"
    report.run("document.getElementById('reset').click()")
    assert report.run("return +document.body.dataset.shown") == 2000


def test_drawer_and_permalink(report):
    report.open(report.page)
    report.run(SEARCH, "comsvcs")
    report.run("document.querySelector('.line.finding').click()")
    found = report.session.wait("return document.body.dataset.drawer")
    assert re.fullmatch("[0-9a-f]{32}", found)
    drawer = report.run("return document.getElementById('drawer').innerText")
    for text in ("Why it fired", "CommandLine", "contains comsvcs", "The record", "EventRecordID", "SHA-256",
                 "spoor explain " + found, "Known false alarms", "Administrators at work"):
        assert text in drawer, text
    assert report.run("return document.querySelectorAll('#drawer mark').length") > 2
    # The id that the page computes is the id that the case has.
    import sqlite3
    rows = sqlite3.connect(f"{report.folder}/plain.case").execute(
        "SELECT event FROM v_finding WHERE id = ?", (found,)).fetchall()
    assert len(rows) == 1
    assert json.loads(rows[0][0])["EventRecordID"] in drawer
    report.session.wait("return location.hash.includes('f=')")
    address = report.run("return location.hash")
    report.run("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")
    assert report.run("return document.getElementById('drawer').hidden")
    report.open(report.page, address)
    assert report.session.wait("return document.body.dataset.drawer") == found
    assert report.run("return document.getElementById('query').value") == "comsvcs"


def test_brush_filters_everything(report):
    report.open(report.page, "#from=2021-02-28T00:00:00Z&to=2021-03-01T00:00:00Z")
    shown = report.run("return +document.body.dataset.shown")
    assert 0 < shown < 2000
    report.run("const c = document.getElementById('canvas'); const r = c.getBoundingClientRect();"
               "const at = (type, x) => c.dispatchEvent(new PointerEvent(type, { clientX: r.left + x, clientY: r.top + 60,"
               " pointerId: 1, bubbles: true }));"
               "c.setPointerCapture = () => {}; at('pointerdown', 400); at('pointermove', 500); at('pointermove', 520); at('pointerup', 520);")
    assert report.run("return +document.body.dataset.shown") not in (shown, 2000)
    assert "Time" in report.run("return document.getElementById('chips').textContent")


def test_keyboard(report):
    report.open(report.page)
    report.run("document.getElementById('table').focus()")
    report.session.keys("\ue015\ue015\ue007")  # down, down, enter: the first group unfolds or a finding opens
    assert report.run("return document.querySelector('.line.cursor') !== null")
    report.session.keys("\ue015\ue007")
    assert report.run("return document.querySelectorAll('.line.finding').length + !document.getElementById('drawer').hidden") > 0


def test_summary_without_script(report):
    text = open(report.page, encoding="utf-8").read()
    static = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    for words in ("Signs of compromise", "What to do first", "Suspicious Child Process Of Exchange Web Worker",
                  "Coverage is incomplete", "EX01.contoso.example"):
        assert words in static, words
    report.session.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        report.session.open(report.page)
        tree = report.session.command("Accessibility.getFullAXTree")["nodes"]
        names = [node.get("name", {}).get("value", "") for node in tree if not node.get("ignored")]
        assert "Signs of compromise" in names
        assert "Search findings" not in names, "what does not work without a script is not shown"
    finally:
        report.session.command("Emulation.setScriptExecutionDisabled", value=False)


def test_prints_on_two_pages(report):
    report.open(report.page)
    report.session.pdf(f"{report.folder}/plain.pdf")
    pages = len(re.findall(rb"/Type\s*/Page\b", open(f"{report.folder}/plain.pdf", "rb").read()))
    assert pages == 2, f"{pages} pages"


def test_exchange_servers(report):
    page = report.make("exchange", "--exchange", "--findings", "300")
    report.open(page)
    shown = report.run("return document.getElementById('exchange').innerText")
    for words in ("EX01", "Shell used", "203[.]0[.]113[.]77", "Not seen. It would show in", "ProxyLogon closed", "15.1.2176.2"):
        assert words in shown, words
    assert "EX01: shell used on 2021-03-02" in report.run("return document.querySelector('.reason').textContent")
    wide = "return document.documentElement.scrollWidth"
    report.session.command("Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1, mobile=True)
    assert report.run(wide) == 360, "nothing sticks out on a telephone"
    report.session.command("Emulation.clearDeviceMetricsOverride")
    every = report.run("return +document.body.dataset.shown")
    report.run("document.querySelector('#exchange .rung a').click()")
    report.session.wait(f"return +document.body.dataset.shown < {every}")
    report.session.pdf(f"{report.folder}/exchange.pdf")
    pages = len(re.findall(rb"/Type\s*/Page\b", open(f"{report.folder}/exchange.pdf", "rb").read()))
    assert pages <= 5, f"{pages} pages"


def test_steps_are_ticked_off(report):
    report.open(f"{report.folder}/exchange.html")
    report.run("document.querySelectorAll('#steps input')[1].click()")
    report.session.wait("return location.hash.includes('done=2')")
    report.open(f"{report.folder}/exchange.html", report.run("return location.hash"))
    assert report.run("return [...document.querySelectorAll('#steps input')].map((b) => b.checked).indexOf(true)") == 1


def test_other_inflaters_read_it(report):
    text = open(report.page, encoding="utf-8").read()
    data = re.search(r'<script type="text/plain" id="data">(.*?)</script>', text, re.S).group(1)
    findings = json.loads(gzip.decompress(base64.b64decode(data)))
    assert findings["rows"]["n"] == 2000
    blocks = json.loads(re.search(r'id="records">(.*?)</script>', text, re.S).group(1))
    records = [record for block in blocks for record in json.loads(gzip.decompress(base64.b64decode(block)))]
    assert len(records) == len(findings["rows"]["events"])
    assert all("EventRecordID" in json.loads(record) for record in records)


def test_nothing_found_and_nothing_read(report):
    report.open(report.make("quiet", "--quiet"))
    assert report.run("return document.querySelector('h1').textContent") == "Nothing found in what was assessed"
    report.open(report.make("empty", "--empty"))
    assert report.run("return document.querySelector('h1').textContent") == "Could not be assessed"


def main():
    parser = argparse.ArgumentParser(description="Tests the HTML report in headless Chromium.")
    parser.add_argument("--render", default="spoor report {case} -o {out}")
    arguments = parser.parse_args()
    lacking = browser.missing()
    if lacking:
        print(f"1..0 # SKIP {lacking}")
        return 0
    tests = [(name[5:], test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as session:
        report = Report(folder, arguments.render, session)
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(report)
                print(f"ok {number} /report/browser/{name.replace('_', '-')}", flush=True)
            except Exception as error:  # a failing test must not stop the others
                failed += 1
                print(f"not ok {number} /report/browser/{name.replace('_', '-')}")
                print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "), flush=True)
    return 1 if failed else 0


sys.exit(main())

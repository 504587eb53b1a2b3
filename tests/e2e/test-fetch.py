#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""spoor-fetch against TAXII servers on loopback: one that misbehaves on purpose, and medallion.

medallion is used where SPOOR_MEDALLION names its executable, or it is on PATH; else that test is
skipped.
"""
import base64
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

import harness

FETCH = os.environ.get("SPOOR_FETCH", os.path.join(harness.BUILD, "src", "fetch", "spoor-fetch"))
TYPE = "application/taxii+json;version=2.1"


def indicator(n):
    return {"type": "indicator", "id": f"indicator--{n}", "created": "2021-07-19T00:00:00Z",
            "pattern_type": "stix", "pattern": f"[domain-name:value = 'h{n}.example']"}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": TYPE, "Content-Length": str(len(body)),
                            **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.server.seen.append((url.path, query, dict(self.headers)))
        mode = self.server.mode
        if url.path == "/taxii2/":
            here = f"{self.server.scheme}://127.0.0.1:{self.server.server_port}"
            self.answer(200, {"title": "t", "api_roots": [here + "/root/", "/root2/",
                                                          "https://elsewhere.example/r/"]})
        elif url.path == "/root/":
            self.answer(200, {"title": "r", "versions": [TYPE]})
        elif url.path == "/root2/collections/":
            self.answer(200, {})
        elif url.path == "/root/collections/":
            self.answer(200, {"collections": [
                {"id": "one", "title": "First\x1b[31m", "can_read": True},
                {"id": "two", "title": "Second", "can_read": False, "alias": "zwei"}]})
        elif url.path == "/root/collections/one/":
            self.answer(200, {"id": "one", "title": "First", "can_read": True})
        elif url.path.endswith("/objects/"):
            getattr(self, "objects_" + mode)(query)
        else:
            self.answer(404)

    # Three pages, which only come where the original query is repeated.
    def objects_good(self, query):
        page = int(query.get("next", "0 &").split()[0])
        if query.get("limit") is None or (page and query.get("added_after") != self.server.first):
            self.answer(400)
            return
        if not page:
            self.server.first = query.get("added_after")
        more = page < 2
        self.answer(200, {"more": more, **({"next": f"{page + 1} &="} if more else {}),
                          "objects": [indicator(page * 2), indicator(page * 2 + 1)]},
                    X_TAXII_Date_Added_Last=f"2021-07-2{page}T00:00:00.000001Z")

    def objects_empty(self, query):
        self.answer(200, {})

    def objects_circle(self, query):
        self.answer(200, {"more": True, "next": "same", "objects": [indicator(1)]})

    def objects_endless(self, query):
        self.answer(200, {"more": True, "next": os.urandom(8).hex(), "objects": []})

    def objects_no_next(self, query):
        self.answer(200, {"more": True, "objects": [indicator(1)]})

    def objects_types(self, query):
        self.answer(200, {"objects": {"a": 1}})

    def objects_items(self, query):
        self.answer(200, {"objects": [indicator(1), 5]})

    def objects_more(self, query):
        self.answer(200, {"more": "yes", "objects": []})

    def objects_text(self, query):
        self.answer(200, b"<html>not TAXII</html>")

    def objects_list(self, query):
        self.answer(200, [indicator(1)])

    def objects_cut(self, query):
        self.answer(200, b'{"objects":[{"type":"indicator"')

    def objects_huge(self, query):
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(70):
                self.wfile.write(b" " * (1 << 20))
        except OSError:
            pass

    def objects_elsewhere(self, query):
        self.answer(302, Location="https://elsewhere.example/")

    def objects_plain(self, query):
        self.answer(302, Location=f"http://127.0.0.1:{self.server.server_port}/root/")

    def objects_later(self, query):
        self.server.tries += 1
        if self.server.tries == 1:
            self.answer(429, Retry_After="1")
        else:
            self.answer(200, {"objects": [indicator(1)]})

    def objects_broken(self, query):
        self.server.tries += 1
        if self.server.tries == 1:
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"{")
        else:
            self.answer(200, {"objects": [indicator(1)]})

    def __getattr__(self, name):
        if name.startswith("objects_s"):
            return lambda query: self.answer(int(name[len("objects_s"):]))
        raise AttributeError(name)


class Server:
    def __init__(self, mode, certificate=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.mode, self.server.seen, self.server.tries = mode, [], 0
        self.server.first, self.server.scheme = None, "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{self.server.scheme}://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def seen(self):
        return self.server.seen


def fetch(*arguments):
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return subprocess.run([FETCH, *arguments], capture_output=True, text=True, check=False,
                          env=environment, timeout=120)


def fails(result, status, text, folder):
    harness.equal(result.returncode, status, f"exit status ({result.stderr})")
    if text not in result.stderr:
        raise AssertionError(f"{text!r} is not in {result.stderr!r}")
    harness.equal([name for name in os.listdir(folder) if name.startswith("o")], [], "files left")


def test_pages():
    """discovery, API roots, collections, pages with the original query"""
    with harness.workspace() as folder, Server("good") as server:
        out = os.path.join(folder, "o.json")
        result = fetch(server.url + "/taxii2/", "-o", out, "--added-after", "2021-07-01T00:00:00Z")
        harness.equal(result.returncode, 0, result.stderr)
        bundle = json.load(open(out, encoding="utf-8"))
        harness.equal(bundle["objects"], [indicator(n) for n in range(6)], "objects")
        if "--added-after 2021-07-22T00:00:00.000001Z" not in result.stdout:
            raise AssertionError(result.stdout)
        if "\x1b" in result.stdout or "1 API roots" not in result.stderr:
            raise AssertionError((result.stdout, result.stderr))
        queries = [query for path, query, _ in server.seen if path.endswith("/objects/")]
        harness.equal([q.get("next") for q in queries], [None, "1 &=", "2 &="], "next")
        harness.equal({q["added_after"] for q in queries}, {"2021-07-01T00:00:00Z"}, "added_after")
        harness.equal({h["Accept"] for _, _, h in server.seen}, {TYPE}, "Accept")
        again = os.path.join(folder, "again.json")
        fetch(server.url + "/root/collections/one/objects/", "-o", again)
        harness.equal(open(again, "rb").read(), open(out, "rb").read(), "the same objects")


def test_entries():
    """an API root, a collection by id or alias, one that is not there"""
    with harness.workspace() as folder, Server("good") as server:
        out = os.path.join(folder, "o.json")
        for url, more in (("/root", []), ("/root/collections", []), ("/root/collections/one", []),
                          ("/taxii2", ["--collection", "one"]),
                          ("/taxii2/", ["--collection", "zwei"])):
            result = fetch(server.url + url, "-o", out, *more)
            harness.equal((url, result.returncode), (url, 0), result.stderr)
            os.unlink(out)
        fails(fetch(server.url + "/root/", "-o", out, "--collection", "three"), 4,
              "there is no collection", folder)
        server.server.mode = "empty"
        result = fetch(server.url + "/root/", "-o", out, "--json")
        harness.equal(json.loads(result.stdout)["added_after"], None, "no time")
        harness.equal(json.load(open(out, encoding="utf-8"))["objects"], [], "objects")


def test_misbehaviour():
    """a server that does what it must not"""
    with harness.workspace() as folder:
        out = os.path.join(folder, "o.json")
        for mode, text in (("circle", "in a circle"), ("endless", "and gives nothing"),
                           ("no_next", "does not say how"), ("types", "is no list"),
                           ("items", "is no object"), ("more", "neither true nor false"),
                           ("text", "no whole JSON"), ("list", "no object"),
                           ("cut", "no whole JSON"), ("huge", "LIMIT_FETCH_PAGE_BYTES"),
                           ("elsewhere", "redirects elsewhere"), ("plain", "redirects elsewhere"),
                           ("s401", "credentials were refused"), ("s403", "do not allow"),
                           ("s404", "no such thing"), ("s406", "does not speak TAXII 2.1"),
                           ("s500", "status 500")):
            with Server(mode) as server:
                fails(fetch(server.url + "/root/", "-o", out), 4, text, folder)


def test_patience():
    """what is asked to come later, or breaks off, is tried again"""
    with harness.workspace() as folder:
        out = os.path.join(folder, "o.json")
        for mode in ("later", "broken"):
            with Server(mode) as server:
                begun = time.monotonic()
                result = fetch(server.url + "/root/", "-o", out)
                harness.equal((mode, result.returncode), (mode, 0), result.stderr)
                if time.monotonic() - begun < 1:
                    raise AssertionError(f"{mode}: it did not wait")


def test_secrets():
    """credentials come from files, go to the server, and stand in no message"""
    with harness.workspace() as folder, Server("good") as server:
        out, secret = os.path.join(folder, "o.json"), os.path.join(folder, "secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("s3cr3t\n")
        result = fetch(server.url + "/root/", "-o", out, "--user", "u", "--password-file", secret)
        harness.equal(result.returncode, 0, result.stderr)
        basic = "Basic " + base64.b64encode(b"u:s3cr3t").decode()
        harness.equal({h.get("Authorization") for _, _, h in server.seen}, {basic}, "basic")
        server.seen.clear()
        fetch(server.url + "/root/", "-o", out, "--token-file", secret)
        harness.equal({h.get("Authorization") for _, _, h in server.seen}, {"Bearer s3cr3t"},
                      "bearer")
        os.unlink(out)
        server.server.mode = "s401"
        result = fetch(server.url + "/root/", "-o", out, "--token-file", secret)
        fails(result, 4, "refused", folder)
        if "s3cr3t" in result.stdout + result.stderr:
            raise AssertionError("the secret is in a message")
        result = fetch("http://u:s3cr3t@127.0.0.1/", "-o", out)
        fails(result, 2, "holds a user name", folder)
        if "s3cr3t" in result.stderr:
            raise AssertionError("the secret is in a message")


def test_usage():
    """what may not be fetched, and what is not said right"""
    with harness.workspace() as folder:
        out = os.path.join(folder, "o.json")
        for arguments, text in ((["http://192.0.2.1/", "-o", out], "--allow-http"),
                                (["http://127.evil.example/", "-o", out], "--allow-http"),
                                (["file:///etc/passwd", "-o", out], "is no URL"),
                                (["ftp://x.example/", "-o", out], "neither https nor http"),
                                (["https://x.example/"], "-o"),
                                (["https://x.example/", "-o", out, "--user", "u"], "give either"),
                                (["https://x.example/", "-o", out, "--added-after", "x"], "time"),
                                (["https://x.example/", "-o", out, "--token-file", "/none"], "")):
            fails(fetch(*arguments), 4 if "/none" in arguments else 2, text, folder)
        with Server("good") as server:
            fails(fetch(server.url + "/root/", "-o", os.path.join(folder, "none", "o")), 4,
                  "can not be written", folder)


def test_tls():
    """a certificate that nobody vouches for is refused; with --ca it is not"""
    if not shutil.which("openssl"):
        raise harness.Skip("no openssl to make a certificate with")
    with harness.workspace() as folder:
        pem, out = os.path.join(folder, "c.pem"), os.path.join(folder, "o.json")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", pem, "-out", pem + ".crt"], check=True, capture_output=True)
        with open(pem, "a", encoding="ascii") as file:
            file.write(open(pem + ".crt", encoding="ascii").read())
        with Server("good", pem) as server:
            fails(fetch(server.url + "/taxii2/", "-o", out), 4, "certificate", folder)
            name = server.url.replace("127.0.0.1", "localhost")
            fails(fetch(name + "/taxii2/", "-o", out, "--ca", pem + ".crt"), 4, "", folder)
            result = fetch(server.url + "/taxii2/", "-o", out, "--ca", pem + ".crt")
            harness.equal(result.returncode, 0, result.stderr)


def medallion():
    program = os.environ.get("SPOOR_MEDALLION") or shutil.which("medallion")
    if not program or not os.path.exists(program):
        raise harness.Skip("no medallion (pip install medallion==3.0.0; set SPOOR_MEDALLION)")
    return program


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def medallion_data(url):
    """One API root with one collection of 250 objects, an hour between two of them."""
    objects = [dict(indicator(n), spec_version="2.1", modified="2021-07-19T00:00:00.000Z",
                    id=f"indicator--{n:08x}-0000-4000-8000-000000000000",
                    created="2021-07-19T00:00:00.000Z", valid_from="2021-07-19T00:00:00Z")
               for n in range(250)]
    manifest = [{"id": o["id"], "date_added": f"2021-07-{1 + n // 24:02}T{n % 24:02}:00:00.000000Z",
                 "version": o["modified"], "media_type": "application/stix+json;version=2.1"}
                for n, o in enumerate(objects)]
    return {"/discovery": {"title": "t", "default": url + "/api/", "api_roots": [url + "/api/"]},
            "api": {"information": {"title": "a", "versions": [TYPE], "max_content_length": 9999999},
                    "status": [], "collections": [
                        {"id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "title": "c",
                         "can_read": True, "can_write": True,
                         "media_types": ["application/stix+json;version=2.1"],
                         "objects": objects, "manifest": manifest}]}}, objects


def test_medallion():
    """a real TAXII server: all pages, added_after, credentials"""
    program = medallion()
    with harness.workspace() as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        data, objects = medallion_data(url)
        with open(os.path.join(folder, "data.json"), "w", encoding="utf-8") as file:
            json.dump(data, file)
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump({"backend": {"module": "medallion.backends.memory_backend",
                                   "module_class": "MemoryBackend",
                                   "filename": os.path.join(folder, "data.json")},
                       "users": {"admin": "Password0"}, "taxii": {"max_page_size": 100}}, file)
        with open(os.path.join(folder, "secret"), "w", encoding="utf-8") as file:
            file.write("Password0")
        server = subprocess.Popen([program, "--host", "127.0.0.1", "--port", str(port),
                                   os.path.join(folder, "config.json")],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            out = os.path.join(folder, "o.json")
            fails(fetch(url + "/taxii2/", "-o", out), 4, "credentials", folder)
            login = ["--user", "admin", "--password-file", os.path.join(folder, "secret")]
            result = fetch(url + "/taxii2/", "-o", out, "--json", *login)
            harness.equal(result.returncode, 0, result.stderr)
            told = json.loads(result.stdout)
            got = json.load(open(out, encoding="utf-8"))["objects"]
            harness.equal(sorted(o["id"] for o in got), sorted(o["id"] for o in objects), "ids")
            harness.equal(told["collections"][0]["pages"], 3, "pages")
            harness.equal(told["added_after"], "2021-07-11T09:00:00.000000Z", "last added")
            result = fetch(url + "/taxii2/", "-o", out, "--added-after", "2021-07-10T00:00:00Z",
                           *login)
            harness.equal(len(json.load(open(out, encoding="utf-8"))["objects"]), 33, "added after")
        finally:
            server.terminate()
            server.wait()


def test_command():
    """spoor intel fetch, and what is fetched can be imported"""
    with harness.workspace() as folder, Server("good") as server:
        out = os.path.join(folder, "o.json")
        result = harness.spoor("intel", "fetch", server.url + "/taxii2/", "-o", out, ok=None)
        harness.equal(result.returncode, 0, result.stderr)
        if "6 objects" not in result.stdout:
            raise AssertionError(result.stdout)
        if "6 indicators" not in harness.spoor("intel", "import", out):
            raise AssertionError("not all are imported")
        result = harness.spoor("intel", "list", "--user", "u", ok=None)
        harness.equal(result.returncode, 2, "fetch's options elsewhere")


harness.main([test for name, test in list(globals().items()) if name.startswith("test_")])

# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium by the WebDriver protocol, with nothing but the standard library.

with Browser() as browser:
    browser.open("/tmp/report.html")
    browser.run("return document.title")
"""
import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--enable-precise-memory-info", "--js-flags=--expose-gc"]


def missing():
    """What is not installed, or None."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed (apt-get install chromium chromium-driver)"
    return None


class Browser:
    def __init__(self, width=1400, height=1000, dark=False):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.profile = tempfile.mkdtemp(prefix="spoor-browser-")
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        arguments = ARGUMENTS + [f"--user-data-dir={self.profile}", f"--window-size={width},{height}"]
        if dark:
            arguments.append("--force-dark-mode")
        options = {"args": arguments, "binary": shutil.which("chromium")}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = None
        for attempt in range(50):
            try:
                answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
                self.session = answer["sessionId"]
                break
            except OSError:
                if attempt == 49:
                    raise
                time.sleep(0.1)
        self.call("POST", self.path("/timeouts"), {"script": 60000, "pageLoad": 120000})

    def path(self, rest):
        return f"/session/{self.session}{rest}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=130) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def open(self, path, fragment=""):
        self.call("POST", self.path("/url"), {"url": "about:blank"})
        self.call("POST", self.path("/url"), {"url": "file://" + os.path.abspath(path) + fragment})

    def run(self, script, *arguments):
        """Runs the body of a function in the page; its promise, if it returns one, is waited for."""
        return self.call("POST", self.path("/execute/sync"), {"script": script, "args": list(arguments)})

    def command(self, name, **parameters):
        """A command of the DevTools protocol."""
        return self.call("POST", self.path("/goog/cdp/execute"), {"cmd": name, "params": parameters})

    def wait(self, script, seconds=30):
        """Until @script returns what is true; that value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.02)
        raise TimeoutError(script)

    def keys(self, text):
        element = self.call("GET", self.path("/element/active"))
        self.call("POST", self.path(f"/element/{next(iter(element.values()))}/value"), {"text": text})

    def log(self):
        """What the browser said on its console since the last call, violations of the policy among it."""
        return [entry["message"] for entry in self.call("POST", self.path("/se/log"), {"type": "browser"})]

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.call("GET", self.path("/screenshot"))))

    def pdf(self, path):
        answer = self.call("POST", self.path("/print"), {"background": True, "page": {"width": 21.0, "height": 29.7}})
        with open(path, "wb") as out:
            out.write(base64.b64decode(answer))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self.session:
                self.call("DELETE", self.path(""))
        finally:
            self.driver.terminate()
            self.driver.wait()
            shutil.rmtree(self.profile, ignore_errors=True)

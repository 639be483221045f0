"""A real browser, headless, that looks at a page served from this machine and says what it saw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
DARK = "--blink-settings=preferredColorScheme=0"

LOOKING = """<!DOCTYPE html><meta charset="utf-8"><title>looking</title>
<iframe id="phone" src="/report.html" style="width:390px;height:844px;border:0"></iframe>
<iframe id="desktop" src="/report.html" style="width:1280px;height:800px;border:0"></iframe>
<pre id="seen"></pre>
<script>
const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const luminance = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
function background(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = numbers(at.ownerDocument.defaultView.getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
    if (colour[3] > 0) throw new Error("half transparent: " + at.outerHTML.slice(0, 80));
  }
  throw new Error("no background");
}
function contrasts(page) {
  const found = [], walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("svg,style") || !element.getClientRects().length) continue;
    const a = luminance(numbers(page.defaultView.getComputedStyle(element).color)), b = luminance(background(element));
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.outerHTML.slice(0, 120)]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 5);
}
function look(frame) {
  const page = frame.contentDocument, view = frame.contentWindow;
  const seen = element => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
  return {
    width: view.innerWidth,
    title: page.title,
    overflow: page.documentElement.scrollWidth - view.innerWidth,
    verdict: seen(page.getElementById("verdict")) ? page.getElementById("verdict").innerText : "",
    verdictTop: page.getElementById("verdict").getBoundingClientRect().top,
    paper: page.defaultView.getComputedStyle(page.body).backgroundColor,
    marks: [...page.querySelectorAll("mark")].map(mark => ({
      text: mark.innerText, visible: seen(mark), right: mark.getBoundingClientRect().right,
      background: page.defaultView.getComputedStyle(mark).backgroundColor,
      around: "rgb(" + background(mark.parentElement).slice(0, 3).join(", ") + ")" })),
    requests: view.performance.getEntriesByType("resource").map(entry => entry.name),
    scripts: page.scripts.length, images: page.images.length,
    headings: [...page.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(heading => +heading.tagName[1]),
    headersWithoutScope: page.querySelectorAll("th:not([scope])").length,
    picturesWithoutTitle: [...page.querySelectorAll("svg")].filter(svg =>
      svg.getAttribute("role") !== "img" || !svg.querySelector("title")?.textContent.trim()).length,
    pictures: page.querySelectorAll("svg").length,
    danglingLinks: [...page.querySelectorAll("a")].map(a => a.getAttribute("href")).filter(href =>
      !href.startsWith("#") || !page.getElementById(href.slice(1))),
    duplicateIds: [...page.querySelectorAll("[id]")].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at),
    language: page.documentElement.lang,
    contrasts: contrasts(page),
  };
}
window.onload = () => {
  let seen;
  try { seen = { phone: look(document.getElementById("phone")), desktop: look(document.getElementById("desktop")) }; }
  catch (error) { seen = { error: String(error) }; }
  document.getElementById("seen").textContent = JSON.stringify(seen);
};
</script>"""


def find_browser() -> str:
    """The path of a Chromium."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    missing = f"The report has to be looked at in a browser: install one of {', '.join(NAMES)}."
    if os.environ.get("CI"):  # which installs one: there a browser that is missing is a failure
        raise AssertionError(missing)
    pytest.skip(missing)


class Served:
    """Pages served from this machine, with a list of what was asked for."""

    def __init__(self, port: int) -> None:
        self.pages: dict[str, bytes] = {"/looking.html": LOOKING.encode()}
        self.asked: list[str] = []
        self.address = f"http://127.0.0.1:{port}"


@contextmanager
def served() -> Iterator[Served]:
    """A server for the length of a test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.asked.append(self.path)
            body = pages.pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pages = Served(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def look(address: str, profile: Path, *flags: str) -> dict[str, Any]:
    """What the browser saw of /report.html, at the width of a phone and of a desktop."""
    shown = _browse(f"{address}/looking.html", profile, "--dump-dom", *flags)
    seen: dict[str, Any] = json.loads(unescape(shown.partition('<pre id="seen">')[2].partition("</pre>")[0]))
    assert "error" not in seen, seen
    return seen


def dump(address: str, profile: Path) -> str:
    """The page as the browser has it after loading."""
    return _browse(address, profile, "--dump-dom")


def print_page(address: str, profile: Path, pdf: Path) -> None:
    """Prints the page to a PDF."""
    _browse(address, profile, f"--print-to-pdf={pdf}")


def _browse(address: str, profile: Path, *flags: str) -> str:
    command = [find_browser(), *FLAGS, f"--user-data-dir={profile}", *flags, address]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout

#!/usr/bin/env python3
"""Reads what precheck writes as its readers do: JSON by a parser, the page as a browser.

usage: precheck_output.py CORBRIDGE FIXTURES

Exit code 0 when all holds; else it says what does not.
"""

import base64
import hashlib
import html.parser
import json
import os
import subprocess
import sys
import tempfile

VOID = {"meta", "br", "hr", "link", "img", "input", "rect"}
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "dl", "div", "dt", "dd", "main", "section",
        "ol", "li", "span", "a", "figure", "svg", "rect", "figcaption", "i", "table", "thead", "tbody", "tr", "th", "td", "bdi", "small", "footer"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.ids, self.links, self.text, self.style = [], [], set(), [], [], ""
        self.policy = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in TAGS:
            self.faults.append(f"element {tag}")
        for name in attrs:
            if name.startswith("on") or name in ("style", "src", "srcset", "xlink:href"):
                self.faults.append(f"attribute {name}")
        if "href" in attrs:
            self.links.append(attrs["href"])
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.faults.append(f"id {attrs['id']} twice")
            self.ids.add(attrs["id"])
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            self.faults.append(f"{tag} closes itself")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)


def expect(holds, what):
    if not holds:
        sys.exit(f"precheck_output: {what}")


def run(program, *arguments):
    done = subprocess.run([program, "precheck", *arguments], capture_output=True, check=False)
    expect(done.stderr == b"", f"{arguments}: {done.stderr.decode()}")
    return done.returncode, done.stdout.decode("utf-8")


def check_page(path, with_patients):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    page = Page()
    page.feed(source)
    page.close()
    expect(not page.faults, f"{page.faults}")
    expect(not page.open, f"not closed: {page.open}")
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    expect(page.policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
           f"policy {page.policy}, hash of the style {digest}")
    for link in page.links:
        expect(link[0] == "#" and link[1:] in page.ids, f"link {link} leads nowhere")
    for outside in ("url(", "@import", "//cdn", "<script", "javascript:"):
        expect(outside not in source, f"{outside} is in the page")
    text = "".join(page.text)
    expect(("<script>alert(1)</script>" in text) == with_patients, "the hostile Housing")
    return text


def main():
    program, fixtures = sys.argv[1:]
    good, trouble = os.path.join(fixtures, "good"), os.path.join(fixtures, "trouble")
    with tempfile.TemporaryDirectory() as folder:
        for with_patients in (False, True):
            path = os.path.join(folder, f"{with_patients}.html")
            flags = ["--with-patients"] if with_patients else []
            code, out = run(program, trouble, "--json", "--html", path, *flags)
            report = json.loads(out)
            expect(code == 6 and report["ready"] is False, f"exit code {code}")
            text = check_page(path, with_patients)
            expect(report["verdict"] in text, "the page says another verdict")
            for finding in report["findings"]:
                expect(finding["what"] in text and finding["next"] in text, f"not in the page: {finding}")
            expect(report["errors"] == sum(f["count"] for f in report["faults"] if f["severity"] == "error"), "errors")
            expect(report["warnings"] == sum(f["count"] for f in report["faults"] if f["severity"] == "warning"), "warnings")
            expect(report["rows"] == sum(f["rows"] for f in report["files"]), "rows")
            expect(("name" in report["files"][0]) == with_patients, "names of files")
            housings = {place["housing"] for place in report["locations"]}
            expect(("A-POD" in housings) == with_patients, f"{housings}")
        path = os.path.join(folder, "good.html")
        code, out = run(program, good, "--json", "--html", path)
        expect(code == 0 and json.loads(out)["ready"] is True, f"exit code {code}")
        check_page(path, False)


main()

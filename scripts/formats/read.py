"""Reads what reprove wrote in each format with a reader of that format: read.py DIRECTORY DOCKERFILE."""

import glob
import html.parser
import json
import os
import re
import sys

import cmarkgfm
import dotenv
import junitparser
from lxml import etree
from prometheus_client.openmetrics.parser import text_string_to_metric_families

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
ALLOWED = {"h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "p", "ol", "ul", "li", "code", "br", "em"}
COMMAND = re.compile(r"^::(error|warning|notice) (file=[^:,]+,line=\d+,)?title=[^:,]+::[^\r\n]+$")


def fail(path, why):
    sys.exit(f"{path}: {why}")


class Tags(html.parser.HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, attributes))


def markdown(path, text):
    if len(text) > 65_536:
        fail(path, f"{len(text)} characters do not fit into a comment")
    page = Tags()
    # Nothing is filtered here: what the page would let through shows.
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))
    for tag, attributes in page.found:
        names = {name for name, _ in attributes} - {"align", "start"}
        if tag not in ALLOWED or names:
            fail(path, f"<{tag} {attributes}> in the page")
    if len([tag for tag, _ in page.found if tag == "h3"]) != 1:
        fail(path, "other headings than its own")


def sarif(directory):
    """What the validator found; among the logs is one that is wrong, to show that it looked."""
    path = os.path.join(directory, "sarif.checked")
    log = json.load(open(path, encoding="utf-8-sig"))
    results = [result for run in log["runs"] for result in run.get("results", []) if result.get("level") == "error"]
    wrong = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    wrong = {uri.rsplit("/", 1)[-1] for uri in wrong}
    if wrong != {"broken.sarif"}:
        fail(path, results[:3])


def fixed(directory, dockerfile):
    """Each fix of the log of a real pair, made in the Dockerfile as a reader of SARIF makes it."""
    path = os.path.join(directory, "first.sarif")
    source = open(dockerfile, encoding="utf-8").read()
    lines = source.splitlines(keepends=True)

    def place(line, column):
        return sum(map(len, lines[: line - 1])) + column - 1

    made = {}
    for result in json.load(open(path, encoding="utf-8"))["runs"][0]["results"]:
        for fix in result.get("fixes", []):
            (change,) = fix["artifactChanges"]
            if change["artifactLocation"]["uri"] != dockerfile or not fix["description"]["text"]:
                fail(path, fix)
            text, end = source, len(source)
            for replacement in reversed(change["replacements"]):
                region = replacement["deletedRegion"]
                start, stop = (place(region[f"{side}Line"], region[f"{side}Column"]) for side in ("start", "end"))
                if not 0 <= start <= stop <= end:
                    fail(path, f"{region} is not in the file, or in another region")
                text, end = text[:start] + replacement["insertedContent"]["text"] + text[stop:], start
            made.setdefault(result["ruleId"], []).append(text)
    if not any(": > /etc/machine-id && rm -f" in text for text in made.get("machine-id", [])):
        fail(path, "no fix empties the machine ID")
    if not any("ARG SOURCE_DATE_EPOCH\n" in text and "date -u -d @$SOURCE_DATE_EPOCH >" in text for text in made.get("text-timestamp", [])):
        fail(path, "no fix gives date the time of the build, and the stage that")
    if source in [text for texts in made.values() for text in texts]:
        fail(path, "a fix that changes nothing")


def junit(path, _):
    etree.XMLSchema(etree.parse(os.path.join(os.path.dirname(__file__), "junit.xsd"))).assertValid(etree.parse(path))
    suites = junitparser.JUnitXml.fromfile(path)
    cases = [case for suite in suites for case in suite]
    failed = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    errors = [case for case in cases if any(isinstance(result, junitparser.Error) for result in case.result)]
    if (suites.tests, suites.failures, suites.errors) != (len(cases), len(failed), len(errors)):
        fail(path, "the numbers of the suites are not those of their cases")
    if len({(case.classname, case.name) for case in cases}) != len(cases):
        fail(path, "two cases of one name")


def github(path, text):
    lines = text.splitlines()
    wrong = [line for line in lines if not COMMAND.match(line)]
    kinds = [line[2:].split(" ")[0] for line in lines]
    if wrong or any(kinds.count(kind) > 10 for kind in kinds):
        fail(path, wrong or "more annotations than are shown")


def variables(path, text):
    read = dotenv.dotenv_values(path)
    lines = text.splitlines()
    if len(read) != len(lines) or not all(re.match(r"^REPROVE_[A-Z_]+=[A-Za-z0-9:.+-]*$", line) for line in lines):
        fail(path, read)
    if len(text) > 5000 or len(lines) > 20:
        fail(path, "more than GitLab takes")


def metrics(path, text):
    families = {family.name for family in text_string_to_metric_families(text)}
    if families != {"reprove_comparison", "reprove_findings", "reprove_gaps", "reprove_platform_equal"}:
        fail(path, families)


def brief(path, text):
    json.loads(text)
    if len(text.encode()) > 4096:
        fail(path, "more than 4 KB")


READERS = {
    "brief": brief,
    "markdown": markdown,
    "sarif": lambda path, text: json.loads(text),
    "junit": junit,
    "github": github,
    "dotenv": variables,
    "openmetrics": metrics,
    "gitlab": lambda path, text: json.loads(text),
    "text": lambda path, text: None,
}


def main():
    sarif(sys.argv[1])
    fixed(*sys.argv[1:3])
    read = 0
    for suffix, reader in READERS.items():
        for path in sorted(glob.glob(f"{sys.argv[1]}/*.{suffix}")):
            text = open(path, encoding="utf-8", newline="").read()
            if UNSAFE.search(text):
                fail(path, "a character that steers a terminal or hides")
            reader(path, text)
            read += 1
    if read < 9 * len(READERS):
        sys.exit(f"only {read} files were read")


main()

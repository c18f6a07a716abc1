"""Writes reports with hostile texts in place of names: hostile.py REPORT OUTDIR.

With --dockerfile in place of REPORT: Dockerfiles with such texts in commands that are hazards.
"""

import json
import sys

TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- ]]> -->",
    "&#x3c;b&#x3e;",
    "::error file=a::x",
    "a\r\n::set-env name=A::b",
    "a\n\n## Owned\n",
    "| a | b |",
    "`` `id` ``",
    "`",
    "[x](javascript:alert(1))",
    "![x](https://x.example/y)",
    "https://x.example/ www.x.example",
    "@everyone #1 !1",
    "$(id) ${A}",
    "a=b\nREPROVE_VERDICT=identical",
    '"} 0\n# EOF\n',
    "\x1b[2J\x9b31m",
    "exe\u202egpj.\u200b",
    "\ufffe\uffff",
    "%0A%25,x:y",
    "*a* _b_ ~~c~~ ***",
    "x" * 5000,
]


def spoiled(value, text, key=None):
    """The report with the text in every place that comes from an image."""
    if isinstance(value, dict):
        return {name: spoiled(member, text, name) for name, member in value.items()}
    if isinstance(value, list):
        return [spoiled(member, text, key) for member in value]
    if key in ("path", "createdBy", "detail", "reference", "stage", "witness", "inside", "field") and isinstance(value, str):
        return text
    return value


def dockerfile(folder):
    """One with the texts in commands that are hazards, and in comments that suppress some."""
    lines = ["FROM localhost/base/debian:bookworm"]
    for text in TEXTS:
        text = " ".join(text.split())
        lines += [f"# reprove: ignore=text-build-stamp reason: {text}", f"RUN pip install '{text}' && date >'/{text}'"]
    with open(f"{folder}/hostile.Dockerfile", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    if sys.argv[1] == "--dockerfile":
        dockerfile(sys.argv[2])
        return
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    report["inputs"] = [{"kind": "base", "name": "x", "original": "y", "rebuild": "z", "findings": 1}]
    for number, text in enumerate(TEXTS):
        hostile = spoiled(report, text)
        for name in ("name", "original", "rebuild"):
            hostile["inputs"][0][name] = text
        platform = hostile["platforms"][0]
        platform["gaps"] = [{"location": {"kind": "layer", "field": text}, "reason": "missing", "detail": text}]
        platform["findings"][0].update({"claim": "unexplained", "accepted": False})
        platform["findings"][0].pop("cause", None)
        hostile["summary"]["gaps"] = 1
        hostile["summary"]["unexplained"] = 1
        hostile["verdict"] = "different"
        with open(f"{sys.argv[2]}/hostile-{number}.json", "w", encoding="utf-8") as file:
            json.dump(hostile, file)


main()

"""Writes edits of a good statement that no policy is to allow: bad.py STATEMENT prints their files."""
import json
import sys

EDITS = {
    "gap": lambda it: it["platforms"][0]["differences"]["gaps"].append({"reason": "limit", "count": 1}),
    "severity": lambda it: it["platforms"][0]["differences"]["causes"][0].update(severity="security"),
    "unexplained": lambda it: it["platforms"][0]["differences"]["causes"][0].pop("severity"),
    "platform": lambda it: it["platforms"][1].update(verdict="different"),
    "verdict": lambda it: it.update(verdict="inconclusive"),
    "scope": lambda it: it.pop("scope"),
    "platforms": lambda it: it.pop("platforms"),
}
for name, edit in EDITS.items():
    statement = json.load(open(sys.argv[1]))
    edit(statement["predicate"])
    json.dump(statement, open(f"{name}.json", "w"))
    print(f"{name}.json")

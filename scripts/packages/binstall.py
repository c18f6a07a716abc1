#!/usr/bin/env python3
"""Holds the metadata of cargo binstall against the archive that it leads to.

usage: binstall.py CARGO.TOML TARGET OUTDIR
"""
import pathlib
import re
import sys
import tarfile

import tomllib

manifest, target, outdir = tomllib.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2], pathlib.Path(sys.argv[3])
package = manifest["package"]
told = package["metadata"]["binstall"]
known = {
    "name": package["name"],
    "version": package["version"],
    "target": target,
    "archive-format": {"tgz": "tar.gz"}[told["pkg-fmt"]],
    "archive-suffix": ".tar.gz",
    "bin": package["name"],
    "binary-ext": "",
    "repo": package.get("repository", "REPOSITORY"),
}


def filled(template: str) -> str:
    return re.sub(r"\{ *([a-z-]+) *\}", lambda found: known[found[1]], template)


name = filled(told["pkg-url"]).rsplit("/", 1)[1]
with tarfile.open(outdir / name) as archive:
    program = archive.getmember(filled(told["bin-dir"]))
assert program.isfile() and program.mode & 0o111, program

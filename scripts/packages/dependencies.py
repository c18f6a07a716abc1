#!/usr/bin/env python3
"""Prints what a program says that it was built of, and fails where it does not say it.

usage: dependencies.py PROGRAM    the list is in its section .dep-v0, JSON in zlib, as cargo auditable writes it
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

with tempfile.TemporaryDirectory() as folder:
    section = pathlib.Path(folder) / "section"
    command = ["objcopy", "--dump-section", f".dep-v0={section}", sys.argv[1], f"{folder}/copy"]
    subprocess.run(command, check=True)
    crates = json.loads(zlib.decompress(section.read_bytes()))["packages"]
roots = [crate["name"] for crate in crates if crate.get("root")]
assert roots == ["reprove"], roots
assert any(crate["name"] == "rustls" for crate in crates)
built_in = [crate for crate in crates if crate.get("kind", "runtime") == "runtime"]
print(f"dependencies: {len(built_in)} crates are listed in {sys.argv[1]}", file=sys.stderr)

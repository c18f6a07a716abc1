#!/usr/bin/env python3
"""Packs a program as a wheel, from which pip puts it on the path: the script of no module.

usage: wheel.py FILES VERSION TARGET OUTDIR    FILES has reprove, LICENSE and README.md

The format is PEP 427; the tags are those of a program that needs no library of the system.
"""
import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

TAGS = "manylinux_2_17_{0}.musllinux_1_1_{0}"


def main(files: pathlib.Path, version: str, target: str, outdir: pathlib.Path) -> None:
    platform = TAGS.format(target.split("-")[0])
    info = f"reprove-{version}.dist-info"
    metadata = f"""Metadata-Version: 2.1
Name: reprove
Version: {version}
Summary: Prove that a container image rebuilds bit for bit, or explain every bit that does not
License: Apache-2.0
Requires-Python: >=3.7
Description-Content-Type: text/markdown

{(files / "README.md").read_text(encoding="utf-8")}"""
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in platform.split("."))
    wheel = f"Wheel-Version: 1.0\nGenerator: reprove {version}\nRoot-Is-Purelib: false\n{tags}"
    contents = {
        f"reprove-{version}.data/scripts/reprove": ((files / "reprove").read_bytes(), 0o755),
        f"{info}/METADATA": (metadata.encode(), 0o644),
        f"{info}/WHEEL": (wheel.encode(), 0o644),
        f"{info}/licenses/LICENSE": ((files / "LICENSE").read_bytes(), 0o644),
    }
    record = f"{info}/RECORD"
    rows = [f"{name},sha256={digest(content)},{len(content)}\n" for name, (content, _) in contents.items()]
    contents[record] = ("".join([*rows, f"{record},,\n"]).encode(), 0o644)

    # Times of zip have neither a zone nor years before 1980.
    when = max(time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(outdir / f"reprove-{version}-py3-none-{platform}.whl", "w") as archive:
        for name, (content, mode) in contents.items():
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100000 | mode) << 16
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]))

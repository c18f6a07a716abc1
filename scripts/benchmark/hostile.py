"""Small files that are meant to cost much: each pair is a layer of one or a few files, most of them under 1 MiB packed."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import tarfile

from . import image
from .pairs import EPOCH, LATER, SIDES, created

MIB = 1 << 20


def packed(content, mtime=0, level=6):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=level, mtime=mtime) as writer:
        writer.write(content)
    return out.getvalue()


def shadow(side):
    day = 20_000 + (side == "rebuild")
    line = f"u:!:{day}:0:99999:7:::\n".encode()
    return {"etc/shadow": line * (5 * MIB // len(line))}


def record(side):
    line = f"a,,{'1' if side == 'rebuild' else ''}\n".encode()
    return {"usr/lib/x.dist-info/RECORD": line * (5 * MIB // len(line))}


def record_short(side):
    """The shortest rows that there are, each of them another."""
    mark = "1" if side == "rebuild" else ""
    rows = [f"{number:x},,{mark}\n" for number in range(5 * MIB // 8)]
    return {"usr/lib/x.dist-info/RECORD": "".join(rows).encode()}


def members(side, count=2_000):
    level = 1 if side == "rebuild" else 9
    text = b"".join(b"%d hello\n" % number for number in range(20))
    return {"opt/a.gz": packed(text * 3, 7 if level == 1 else 8, level) * count}


def members_many(side):
    return members(side, 12_000)


def members_nested(side):
    """A file of 4,000 members of a file of 4,000 members, all of them another."""
    inner = b"".join(packed(b"%d %s" % (number, side.encode()), 7) for number in range(4_000))
    part = len(inner) // 4_000
    return {"opt/a.gz.gz": b"".join(packed(inner[at : at + part], 7) for at in range(0, len(inner), part))}


def zeros(side, files=120, mebibytes=250):
    mark = packed(side.encode())
    body = packed(bytes(MIB), level=9) * mebibytes
    return {f"opt/{number:03}.gz": mark + body for number in range(files)}


def zeros_one(side):
    return zeros(side, 1)


def zeros_gz_gz(side):
    inner = packed(side.encode()) + packed(bytes(MIB), level=9) * 250
    return {f"opt/{number:03}.gz.gz": packed(inner * 60) for number in range(4)}


def zeros_bz2(side):
    return {"opt/a.bz2": bz2.compress(side.encode()) + bz2.compress(bytes(60 * MIB))}


def zeros_xz(side):
    return {"opt/a.xz": lzma.compress(side.encode() + bytes(250 * MIB), preset=0)}


def text_gz(side):
    """Text up to the limit of what is looked into, full of times."""
    line = f"2025-05-20 00:00:{LATER[side] % 60:02} x\n".encode()
    return {"opt/a.gz": packed(line * (60 * MIB // len(line)))}


def timestamps(side):
    line = f"2025-05-20 00:00:{LATER[side] % 60:02}\n".encode()
    return {"opt/a.txt": line * (60 * MIB // len(line))}


def dollars(side):
    return {"opt/a.txt": side.encode() + b"\n" + b"$6$" * (20 * MIB)}


def private(side):
    return {"opt/a.txt": side.encode() + b"\n" + b"-----BEGIN " * (5 * MIB)}


def private_headers(side):
    return {"opt/a.txt": side.encode() + b"\n" + b"-----BEGIN PRIVATE KEY-----\na:\\na:\\na:\\na:\\na:\\n" * MIB}


def dpkg_log(side):
    line = f"2025-05-20 00:00:{LATER[side] % 60:02} status installed a:amd64 1\n".encode()
    return {"var/log/dpkg.log": line * (60 * MIB // len(line))}


def term_log(side):
    line = b"Local time is now: x\n"
    return {"var/log/apt/term.log": side.encode() + b"\n" + line * (60 * MIB // len(line))}


def cacache(side):
    row = b'{"key":"k","time":%d}' % (EPOCH + LATER[side])
    line = b"\n" + hashlib.sha1(row).hexdigest().encode() + b"\t" + row
    return {"root/.npm/_cacache/index-v5/aa/bb/cc": line * (60 * MIB // len(line))}


def cacache_deep(side):
    row = b'{"time":%d,"a":%s}' % (EPOCH + LATER[side], b"[" * 100 + b"]" * 100)
    line = b"\n" + hashlib.sha1(row).hexdigest().encode() + b"\t" + row
    return {"root/.npm/_cacache/index-v5/aa/bb/cc": line * (60 * MIB // len(line))}


def sbom(side):
    item = b'{"a":[],"b":{}},'
    head = b'{"spdxVersion":"SPDX-2.3","documentNamespace":"%s","x":[' % side.encode()
    return {"opt/a.spdx.json": head + item * (60 * MIB // len(item)) + b"0]}"}


def aux_cache(side):
    count = 1_300_000
    inode = (7 if side == "original" else 8).to_bytes(8, "little")
    record = inode + bytes(8) + bytes(8) + bytes(8) + bytes(16)
    strings = b"\0"
    head = b"glibc-ld.so.auxcache-1.0"[:24].ljust(24, b"\0")
    return {"var/cache/ldconfig/aux-cache": head + count.to_bytes(4, "little") + len(strings).to_bytes(4, "little") + record * count + strings}


def diff_text(side):
    """Lines that have nothing in common, as many as are held against each other."""
    return {f"opt/{number}": b"".join(b"%s %d %d\n" % (side.encode(), at, number) for at in range(3_000)) for number in range(200)}


def diff_long_line(side):
    return {"opt/a": side.encode() + b"x" * (4 * MIB - 100)}


def tiny_gz(side):
    mtime = LATER[side]
    return {f"opt/{number:06}.gz": packed(b"hello %d" % number, mtime) for number in range(20_000)}


def links_interleaved(side, groups=300, names=100):
    entries = []
    for group in range(groups):
        entries.append((f"g/f{group:04}", tarfile.REGTYPE, "", b"x%d" % group))
    order = [(group, name) for name in range(names) for group in range(groups)]
    if side == "rebuild":
        order = [(group, name) for name in reversed(range(names)) for group in range(groups)]
    entries.extend((f"n/{name:05}-{group:04}", tarfile.LNKTYPE, f"g/f{group:04}", None) for group, name in order)
    return entries


def links_split(side, groups=300, names=100):
    """On one side names of one file, on the other copies, in turns."""
    if side == "rebuild":
        return [(f"n/{name:05}-{group:04}", tarfile.REGTYPE, "", b"x%d" % group) for name in range(names) for group in range(groups)]
    first = [(f"n/{0:05}-{group:04}", tarfile.REGTYPE, "", b"x%d" % group) for group in range(groups)]
    return first + [
        (f"n/{name:05}-{group:04}", tarfile.LNKTYPE, f"n/{0:05}-{group:04}", None) for name in range(1, names) for group in range(groups)
    ]


def opaque_base(files=20_000, depth=100):
    below = "/".join(f"d{number}" for number in range(depth))
    return [(f"{below}/f{number}", tarfile.REGTYPE, "", b"") for number in range(files)]


def opaque(side, depth=100):
    """A hundred markers, each in the directory of another, over 20,000 files at the bottom."""
    entries, below = [], ""
    for number in range(depth):
        below += f"d{number}/"
        entries.append((f"{below}.wh..wh..opq", tarfile.REGTYPE, "", b""))
    if side == "rebuild":
        entries = entries[:1]
    return [opaque_base(), entries]


def again(side, count=300_000):
    mtime = LATER[side]
    return [("opt/a", tarfile.REGTYPE, "", b"", mtime)] * count


def xattrs(side, count=20_000):
    pax = {f"SCHILY.xattr.user.a{number}": side[:1] for number in range(count)}
    return [("opt/a", tarfile.REGTYPE, "", b"", 0, pax)]


def xattrs_entries(side):
    pax = {f"SCHILY.xattr.user.a{number}": side[:1] for number in range(300)}
    return [(f"opt/{number}", tarfile.REGTYPE, "", b"", 0, pax) for number in range(1_000)]


def symlinks(side, count=100_000):
    return [(f"l/{number}", tarfile.SYMTYPE, f"{number + 1}", None, LATER[side]) for number in range(count)]


def hardlink_chain(side, count=50_000):
    entries = [("l/0", tarfile.REGTYPE, "", side.encode())]
    return entries + [(f"l/{number + 1}", tarfile.LNKTYPE, f"l/{number}", None, LATER[side]) for number in range(count)]


def whiteouts(side, layers=200, count=500):
    base = [(f"d/{number}", tarfile.REGTYPE, "", b"") for number in range(count)]
    marks = [(f"d/.wh.{number}", tarfile.REGTYPE, "", b"", LATER[side]) for number in range(count)]
    return [base] + [marks if at % 2 else [(*entry, at + LATER[side]) for entry in base] for at in range(layers)]


def merged(side):
    """Runs of layers that are split in another way, each with what hides the layers before."""
    layer = [(f"d/{number}", tarfile.REGTYPE, "", side.encode()) for number in range(2_000)]
    hide = [("d/.wh..wh..opq", tarfile.REGTYPE, "", b"")]
    count = 60 if side == "original" else 59
    return [hide + layer if at else layer for at in range(count)]


# By name: what each side holds, as contents by path, as entries of one layer, or as layers.
MAKERS = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        shadow, record, record_short, members, members_many, members_nested, zeros, zeros_one, zeros_gz_gz, zeros_bz2, zeros_xz,
        text_gz, timestamps, dollars, private, private_headers, dpkg_log, term_log, cacache, cacache_deep, sbom, aux_cache,
        diff_text, diff_long_line, tiny_gz, links_interleaved, links_split, opaque, again, xattrs, xattrs_entries, symlinks,
        hardlink_chain, whiteouts, merged,
    )
}
# Seconds after which a pair counts as too much.
LIMIT = 120


def entry_of(item):
    path, kind, link, content, *more = item
    entry = tarfile.TarInfo(path)
    entry.type, entry.linkname = kind, link
    entry.mtime = EPOCH + (more[0] if more else 0)
    if len(more) > 1:
        entry.pax_headers = more[1]
    entry.size = len(content or b"")
    return entry, io.BytesIO(content or b"")


def make(name, outdir):
    """Makes one pair."""
    for side in SIDES:
        folder = os.path.join(outdir, side)
        what = MAKERS[name](side)
        if isinstance(what, dict):
            what = [(path, tarfile.REGTYPE, "", content) for path, content in what.items()]
        layers = what if isinstance(what[0], list) else [what]
        written = []
        for entries in layers:
            layer = image.Layer(folder, "gzip-best")
            with tarfile.open(fileobj=layer, mode="w|", format=tarfile.PAX_FORMAT, bufsize=MIB) as archive:
                for item in entries:
                    archive.addfile(*entry_of(item))
            written.append(layer.finish())
        image.finish(folder, written, created(side))

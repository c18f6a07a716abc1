"""Makes a pair of images with very many findings: many.py FINDINGS OUTDIR.

Two for each entry: its time differs, and with it the checksum of its header. Names and times hold random
digits, so that they compress no better than real ones. One file in a thousand has another line of text, which nothing
explains."""

import os
import random
import sys
import tarfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from benchmark import image

EPOCH = 1_747_699_200
LATER = {"original": 0, "rebuild": 86_400}  # seconds


def head(size):
    """A header without name, time and checksum."""
    entry = tarfile.TarInfo("")
    entry.size = size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def named(head, name, mtime):
    """The same with them; tarfile would take ten times as long."""
    filled = name + bytes(100 - len(name)) + head[100:136] + b"%011o\0" % mtime + b" " * 8 + head[156:]
    return filled[:148] + b"%06o\0 " % sum(filled) + filled[156:]


def main():
    entries, outdir = int(sys.argv[1]) // 2, sys.argv[2]
    for side in LATER:
        chance = random.Random(entries)
        folder = os.path.join(outdir, side)
        layer = image.Layer(folder, "gzip-fast")
        heads = {size: head(size) for size in (0, 64)}
        for number in range(entries):
            name = b"usr/share/module%03d/part%02d/%08x-%04d.js" % (
                number // 2000, number // 100 % 20, chance.getrandbits(32), number % 10_000)
            # Written within an hour, in any order.
            seconds = {side: chance.randrange(3_600) for side in LATER}
            size = 64 if number % 1000 == 0 else 0
            layer.write(named(heads[size], name, EPOCH + LATER[side] + seconds[side]))
            if size:
                layer.write((b"built for %s\n" % side.encode()).ljust(64, b"\n") + bytes(448))
        layer.write(bytes(1024))
        image.finish(folder, [layer.finish()], "2025-05-20T00:00:00Z")


main()

"""Makes the image pairs that scripts/bench measures. What differs is computed: one machine always makes the same pairs."""

import io
import os
import random
import shutil
import stat
import tarfile
import tempfile
import zipfile

from . import image

EPOCH = 1_747_699_200
LATER = {"original": 0, "rebuild": 97}  # seconds
SIDES = tuple(LATER)
ROOTS = ("/usr/lib/python3", "/usr/lib/python3.11", "/usr/share", "/usr/lib", "/usr/bin", "/usr/local")


def created(side):
    return f"2025-05-20T00:{LATER[side] // 60:02}:{LATER[side] % 60:02}Z"


def members():
    """Paths of regular files, directories and symbolic links of this machine, in order."""
    for root in ROOTS:
        for folder, folders, names in os.walk(root):
            folders.sort()
            if root == "/usr/lib" and folder.startswith("/usr/lib/python3"):
                continue
            for path in [folder] + [os.path.join(folder, name) for name in sorted(names)]:
                status = os.lstat(path)
                if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode) or stat.S_ISLNK(status.st_mode):
                    yield path, status


def add(archive, name, path, status, seconds):
    """Adds one file, as a build that ran SECONDS later would have made it."""
    entry = tarfile.TarInfo(name)
    entry.mode = stat.S_IMODE(status.st_mode)
    entry.mtime = EPOCH + seconds
    content = None
    if stat.S_ISDIR(status.st_mode):
        entry.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(status.st_mode):
        entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(path)
    else:
        with open(path, "rb") as file:
            content = file.read()
        if seconds and path.endswith(".pyc") and content[4:8] == bytes(4):
            content = content[:8] + (EPOCH + seconds).to_bytes(4, "little") + content[12:]
        entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content) if content is not None else None)
    return entry.size


def log(seconds):
    """A dpkg.log of an installation that began SECONDS later."""
    lines = [f"2025-05-20 00:{(at + seconds) // 60 % 60:02}:{(at + seconds) % 60:02} status installed package{at}:amd64 1.0\n" for at in range(2_000)]
    return "".join(lines).encode()


def system_layer(folder, side, size, differs, compression, prefix=""):
    """A layer with files of this machine, over and over until there are SIZE bytes; those differ whose number DIFFERS says."""
    layer = image.Layer(folder, compression)
    with tarfile.open(fileobj=layer, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20) as archive:
        total, number, again = 0, 0, 0
        while total < size:
            for path, status in members():
                name = (f"copy{again}" if again else "") + prefix + path
                total += add(archive, name.lstrip("/"), path, status, LATER[side] if differs(number) else 0)
                number += 1
                if total >= size:
                    break
            again += 1
        entry = tarfile.TarInfo((prefix + "/var/log/dpkg.log").lstrip("/"))
        entry.mtime, content = EPOCH + LATER[side], log(LATER[side])
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return layer.finish()


def large(outdir, megabytes):
    """One layer, of which 8,000 entries differ: times below a directory that was installed again, .pyc headers, a log."""
    for side in SIDES:
        folder = os.path.join(outdir, side)
        image.finish(folder, [system_layer(folder, side, megabytes * 1_000_000, lambda number: number < 8_000, "gzip")], created(side))


def every_fourth(outdir, megabytes):
    """One layer, of which every fourth entry differs."""
    for side in SIDES:
        folder = os.path.join(outdir, side)
        differs = lambda number: number % 4 == 0
        image.finish(folder, [system_layer(folder, side, megabytes * 1_000_000, differs, "gzip-fast")], created(side))


def many_layers(outdir, megabytes):
    """Eight layers that all differ in every fourth entry."""
    for side in SIDES:
        folder = os.path.join(outdir, side)
        differs = lambda number: number % 4 == 0
        sizes = [megabytes * 1_000_000 // 8] * 8
        layers = [system_layer(folder, side, size, differs, "gzip-fast", f"/part{at}") for at, size in enumerate(sizes)]
        image.finish(folder, layers, created(side))


def million(outdir, entries):
    """Files of 9,728 bytes, every fourth with another time, which with the checksum makes two findings each."""
    pool = [body(number) for number in range(64)]
    for side in SIDES:
        folder = os.path.join(outdir, side)
        layer = image.Layer(folder, "gzip-fast")
        heads = {}
        for number in range(entries):
            mtime = EPOCH + LATER[side] if number % 4 == 0 else EPOCH - 1_000_000
            if mtime not in heads:
                entry = tarfile.TarInfo("")
                entry.size, entry.mtime = len(pool[0]), mtime
                heads[mtime] = entry.tobuf(tarfile.USTAR_FORMAT)
            layer.write(named(heads[mtime], b"usr/share/folder%04d/file-number-%07d.txt" % (number // 1000, number)))
            layer.write(pool[number % len(pool)])
        layer.write(bytes(1024))
        image.finish(folder, [layer.finish()], created(side))


def named(head, name):
    """A header without a name, given one."""
    before = int(head[148:154], 8)
    return name + bytes(100 - len(name)) + head[100:148] + b"%06o" % (before + sum(name)) + head[154:]


def body(seed):
    """19 blocks of text that compress to about a fifteenth."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=chance.randint(3, 9))) for _ in range(60)]
    lines = [" ".join(chance.choices(words, k=12)) + "\n" for _ in range(6)]
    text = "".join(chance.choices(lines, k=300)).encode()
    return text[: 19 * 512]


def jar(outdir, megabytes, members):
    """A layer with a jar of so many classes that are stored, each with another time, and one of 30 MB that is held to look
    into it."""
    for side in SIDES:
        folder = os.path.join(outdir, side)
        layer = image.Layer(folder, "gzip-fast")
        with tarfile.open(fileobj=layer, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20) as archive:
            for name, size in (("app", megabytes * 1_000_000), ("ordinary", min(megabytes, 30) * 1_000_000)):
                with tempfile.TemporaryFile(dir=outdir) as file:
                    stored(file, size // members, members, LATER[side])
                    entry = tarfile.TarInfo(f"opt/{name}.jar")
                    entry.mtime, entry.size = EPOCH, file.tell()
                    file.seek(0)
                    archive.addfile(entry, file)
        image.finish(folder, [layer.finish()], created(side))


def stored(file, size, members, seconds):
    """Writes an archive of members of SIZE bytes, as a build that ran SECONDS later would."""
    pool = [(body(number) * (size // 9_000 + 1))[:size] for number in range(16)]
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(members):
            second = (number + seconds) // 2 % 30 * 2
            time = (2025, 5, 20, 0, (number + seconds) // 60 % 60, second)
            archive.writestr(zipfile.ZipInfo(f"org/example/package{number // 100:03}/Class{number:05}.class", time), pool[number % 16])


def identical(outdir, source):
    """One image twice, in two layouts."""
    for side in SIDES:
        shutil.copytree(os.path.join(source, "original"), os.path.join(outdir, side))


def recompressed(outdir, source, compression):
    """The same image with every layer compressed otherwise."""
    for side, how in zip(SIDES, ("gzip", compression)):
        copy_layers(os.path.join(source, "original"), os.path.join(outdir, side), how)


def copy_layers(source, folder, compression):
    layers = []
    for descriptor in image.read_layers(source):
        layer = image.Layer(folder, compression)
        with image.decompressed(source, descriptor) as process:
            while data := process.stdout.read(1 << 20):
                layer.write(data)
        layers.append(layer.finish())
    image.finish(folder, layers, created("original"))


def squashed(outdir, source):
    """The layers of an image against one layer with what they make together."""
    source = os.path.join(source, "original")
    copy_layers(source, os.path.join(outdir, "original"), "gzip")
    folder = os.path.join(outdir, "rebuild")
    layer = image.Layer(folder, "gzip")
    with tempfile.TemporaryDirectory(dir=outdir) as scratch:
        files = []
        for number, descriptor in enumerate(image.read_layers(source)):
            files.append(os.path.join(scratch, str(number)))
            with open(files[-1], "wb") as file, image.decompressed(source, descriptor) as process:
                shutil.copyfileobj(process.stdout, file, 1 << 20)
        for path, spans in zip(files, surviving(files)):
            with open(path, "rb") as file:
                for start, end in spans:
                    file.seek(start)
                    layer.write(file.read(end - start))
    layer.write(bytes(1024))
    image.finish(folder, [layer.finish()], created("original"))


def surviving(files):
    """Where in each archive the entries are that no archive after it replaces or removes, headers included."""
    hides, spans = Hides(), []
    for path in reversed(files):
        kept, above = [], Hides()
        with tarfile.open(path) as archive:
            for entry in archive:
                name = entry.name.strip("/")
                folder, _, last = name.rpartition("/")
                if last == ".wh..wh..opq":
                    above.contents.add(folder)
                elif last.startswith(".wh."):
                    above.removed.add(f"{folder}/{last[4:]}".strip("/"))
                else:
                    if not hides.covers(name):
                        end = entry.offset_data + (-(-entry.size // 512) * 512 if entry.isreg() else 0)
                        kept.append((entry.offset, end))
                    (above.replaced if entry.isdir() else above.removed).add(name)
        for mine, its in zip(hides, above):
            mine |= its
        spans.append(kept)
    return reversed(spans)


class Hides:
    """What layers above an archive hide of it."""

    def __init__(self):
        self.replaced = set()  # these alone
        self.removed = set()  # these and what is below them
        self.contents = set()  # only what is below them

    def __iter__(self):
        return iter((self.replaced, self.removed, self.contents))

    def covers(self, name):
        if name in self.replaced or name in self.removed:
            return True
        parts = name.split("/")
        parents = ("/".join(parts[:at]) for at in range(1, len(parts)))
        return any(parent in self.removed or parent in self.contents for parent in parents)

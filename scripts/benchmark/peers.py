"""Other tools that can compare two images, as far as they are on PATH."""

import os
import shutil
import subprocess

# Seconds that one comparison may take.
LIMIT = 1800


def shell(script, *arguments):
    return ["bash", "-euc", script, "bash", *arguments]


UNPACK = """
rm -rf "$2"; mkdir -p "$2"
for side in original rebuild; do umoci unpack --image "$1/$side:latest" "$2/$side"; done
"""


class Recipe:
    """What people do without a tool."""

    name = "umoci unpack x 2, diff -rq"
    programs = ("umoci", "diff")
    command = 'umoci unpack --image DIR/SIDE:latest TMP/SIDE (twice); diff --recursive --brief --no-dereference'

    def run(self, pair, scratch):
        script = UNPACK + 'diff --recursive --brief --no-dereference "$2/original/rootfs" "$2/rebuild/rootfs"'
        return shell(script, pair, os.path.join(scratch, "unpacked"))


class Diffoscope:
    """Compares trees: unpacking them is not counted."""

    name = "diffoscope, on unpacked trees"
    programs = ("diffoscope", "umoci")
    command = "diffoscope --text FILE TMP/original/rootfs TMP/rebuild/rootfs"

    def prepare(self, pair, scratch):
        subprocess.run(shell(UNPACK, pair, os.path.join(scratch, "trees")), check=True, capture_output=True)

    def run(self, _, scratch):
        trees = [os.path.join(scratch, "trees", side, "rootfs") for side in ("original", "rebuild")]
        return ["diffoscope", "--text", os.path.join(scratch, "diffoscope.txt"), *trees]


class Diffoci:
    """Compares images in its own store: loading them there is another row."""

    name = "diffoci diff"
    programs = ("diffoci", "skopeo")
    command = "diffoci --backend local diff --semantic bench/original bench/rebuild"

    def store(self, scratch):
        return ["diffoci", "--backend", "local", "--local-cache", os.path.join(scratch, "diffoci")]

    def prepare(self, pair, scratch):
        for side in ("original", "rebuild"):
            archive = os.path.join(scratch, f"{side}.docker.tar")
            name = f"docker.io/bench/{side}:latest"
            subprocess.run(["skopeo", "copy", "-q", f"oci:{pair}/{side}:latest", f"oci-archive:{archive}:{name}"], check=True, capture_output=True)
            subprocess.run(self.store(scratch) + ["load", "--input", archive], check=True, capture_output=True)
            os.remove(archive)

    def run(self, _, scratch):
        return self.store(scratch) + ["diff", "--semantic", "--pull", "never", "docker.io/bench/original:latest", "docker.io/bench/rebuild:latest"]


class ContainerDiff:
    """Takes docker archives; that it writes its cache anew is part of it."""

    name = "container-diff diff"
    programs = ("container-diff", "skopeo")
    command = "container-diff diff --type=file --type=pip --type=apt --type=history ORIGINAL.tar REBUILD.tar"

    def prepare(self, pair, scratch):
        for side in ("original", "rebuild"):
            archive = os.path.join(scratch, f"{side}.tar")
            subprocess.run(["skopeo", "copy", "-q", f"oci:{pair}/{side}:latest", f"docker-archive:{archive}:bench/{side}:latest"], check=True, capture_output=True)

    def run(self, _, scratch):
        archives = [os.path.join(scratch, f"{side}.tar") for side in ("original", "rebuild")]
        types = [f"--type={kind}" for kind in ("file", "pip", "apt", "history")]
        return ["container-diff", "diff", "--no-cache", "--quiet", *types, *archives]


ALL = (Diffoci(), ContainerDiff(), Recipe(), Diffoscope())


def present():
    """The peers that can be run here, and the programs that are missing for the others."""
    missing = {peer.name: [program for program in peer.programs if not shutil.which(program)] for peer in ALL}
    return [peer for peer in ALL if not missing[peer.name]], {name: absent for name, absent in missing.items() if absent}


def prepare(peer, pair, scratch):
    """What a tool needs before it can compare, where it needs anything."""
    os.makedirs(scratch, exist_ok=True)
    if hasattr(peer, "prepare"):
        peer.prepare(pair, scratch)

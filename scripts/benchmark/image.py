"""Writes OCI layouts whose layers are streamed, so that they may be larger than memory."""

import hashlib
import json
import os
import shutil
import subprocess

KIND = "application/vnd.oci.image"
COMPRESSORS = {
    "gzip": ["--no-name", "-6"],
    "gzip-fast": ["--no-name", "-1"],
    "gzip-best": ["--no-name", "-9"],
    "zstd": ["zstd", "-q", "-3"],
}


class Layer:
    """A layer that is being written: a file for tar bytes, then its descriptor and diff ID."""

    def __init__(self, folder, compression):
        os.makedirs(os.path.join(folder, "blobs", "sha256"), exist_ok=True)
        self.folder = folder
        self.path = os.path.join(folder, "layer")
        self.media_type = f"{KIND}.layer.v1.tar+{compression.split('-')[0]}"
        self.hash = hashlib.sha256()
        command = COMPRESSORS[compression]
        if compression != "zstd":
            command = ["pigz" if shutil.which("pigz") else "gzip"] + command
        self.blob = open(self.path, "wb")
        self.compressor = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.blob)

    def write(self, data):
        self.hash.update(data)
        return self.compressor.stdin.write(data)

    def finish(self):
        """Its descriptor and its diff ID."""
        self.compressor.stdin.close()
        if self.compressor.wait():
            raise SystemExit("bench: the compressor failed")
        self.blob.close()
        with open(self.path, "rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
        size = os.path.getsize(self.path)
        os.rename(self.path, os.path.join(self.folder, "blobs", "sha256", name))
        return {"mediaType": self.media_type, "digest": f"sha256:{name}", "size": size}, f"sha256:{self.hash.hexdigest()}"


def store(folder, document):
    """Stores a document and returns the members of its descriptor that do not depend on what it is."""
    content = json.dumps(document).encode()
    name = hashlib.sha256(content).hexdigest()
    with open(os.path.join(folder, "blobs", "sha256", name), "wb") as file:
        file.write(content)
    return {"digest": f"sha256:{name}", "size": len(content)}


def finish(folder, layers, created):
    """Writes everything around the layers, which are pairs of descriptor and diff ID."""
    config = {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["PATH=/usr/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in layers]},
        "history": [{"created": created, "created_by": f"RUN apt-get install part{number}"} for number, _ in enumerate(layers)],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{KIND}.manifest.v1+json",
        "config": {"mediaType": f"{KIND}.config.v1+json", **store(folder, config)},
        "layers": [descriptor for descriptor, _ in layers],
    }
    descriptor = {"mediaType": manifest["mediaType"], **store(folder, manifest)}
    descriptor["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    for name, document in (("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [descriptor]})):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(document, file)


def blob(folder, descriptor):
    """The path of a blob."""
    return os.path.join(folder, "blobs", *descriptor["digest"].split(":"))


def read_layers(folder):
    """The layers of the first image in a layout: descriptors."""

    def load(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    document = load(os.path.join(folder, "index.json"))
    while "manifests" in document:
        document = load(blob(folder, document["manifests"][0]))
    return document["layers"]


def decompressed(folder, descriptor):
    """A process that writes the tar bytes of a layer to its stdout."""
    program = {"gzip": ["gzip", "-dc"], "zstd": ["zstd", "-dcq"]}.get(descriptor["mediaType"].rpartition("+")[2], ["cat"])
    return subprocess.Popen(program + [blob(folder, descriptor)], stdout=subprocess.PIPE)

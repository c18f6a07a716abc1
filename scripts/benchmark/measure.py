"""Runs commands and says what they took."""

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """What one command took: seconds on the clock, seconds of CPU, MiB at its peak."""

    wall: float
    cpu: float
    memory: float
    output: str = ""
    errors: str = ""

    @staticmethod
    def best(costs):
        """The least of each; of the memory the most."""
        return Cost(min(c.wall for c in costs), min(c.cpu for c in costs), max(c.memory for c in costs), costs[-1].output, costs[-1].errors)


class Failed(Exception):
    """A command that did not end as it must."""


def run(command, codes=(0, 1), limit=3600, **environment):
    """Runs a command once. GNU time stands between, so that the memory is not this program's own at the fork."""
    with tempfile.NamedTemporaryFile("r") as report, tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        wrapped = ["/usr/bin/time", "--quiet", "--format", "%M", "--output", report.name] + command
        start = time.perf_counter()
        process = subprocess.Popen(wrapped, stdout=output, stderr=errors, env={**os.environ, **environment})
        try:
            code, usage = wait(process, limit)
        except TimeoutError:
            raise Failed(f"took more than {limit} s") from None
        wall = time.perf_counter() - start
        said = [read(stream) for stream in (output, errors)]
        if code not in codes:
            raise Failed(f"exit code {code}: {(said[1].strip() or 'no message').splitlines()[-1][:200]}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, int(report.read().split()[-1]) / 1024, *said)


def read(stream):
    stream.seek(0)
    return stream.read(1 << 20)


def wait(process, limit):
    """The exit code and what the process and its children used."""
    expired = threading.Event()
    timer = threading.Timer(limit, lambda: (expired.set(), process.send_signal(signal.SIGKILL)))
    timer.start()
    # Asking now and then whether it has ended would measure the pauses between.
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if expired.is_set():
        raise TimeoutError
    return process.returncode, usage


def rounds(count, commands):
    """Runs each of the named commands COUNT times, in turns, so that a busy machine disturbs all alike: the best of each."""
    costs = {name: [] for name, _, _ in commands}
    for _ in range(count):
        for name, command, environment in commands:
            costs[name].append(run(command, **environment))
    return {name: Cost.best(all_costs) for name, all_costs in costs.items()}


def instructions(command):
    """Millions of instructions in user mode, which do not depend on how busy the machine is; with what they were counted."""
    if answer := perf_count(command):
        return answer, "perf stat"
    with tempfile.TemporaryDirectory() as folder:
        counted = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"] + command)
    found = re.search(r"Collected : (\d+)", counted.errors)
    if not found:
        raise Failed("valgrind counted nothing")
    return int(found[1]) / 1e6, "valgrind --tool=callgrind"


def perf_count(command):
    """Not every virtual machine has such counters."""
    try:
        counted = run(["perf", "stat", "-x,", "-e", "instructions:u"] + command)
    except (Failed, OSError):
        return None
    found = re.search(r"^(\d+),", counted.errors, re.M)
    return int(found[1]) / 1e6 if found else None


SHARES = (
    ("SHA-256", r"sha2::|sha256"),
    ("inflate", r"zlib_rs|inflate|flate2"),
    ("zstd", r"(?i)zstd|huf_|fse_"),
    ("CRC-32", r"crc"),
    ("BLAKE3", r"blake3"),
    ("copy and compare bytes", r"memcpy|memmove|memcmp|bcmp|memset"),
    ("allocate", r"malloc|free|calloc|_int_|realloc"),
    ("reprove's own", r"reprove"),
    ("kernel", r"\[k\]"),
)


def profile(command):
    """The shares of CPU time by kind of work, in percent; empty where perf does not work."""
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "perf.data")
        try:
            run(["perf", "record", "-q", "-F", "499", "-o", data] + command)
            report = subprocess.run(
                ["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", "symbol", "--percent-limit", "0"],
                capture_output=True, text=True, check=True,
            ).stdout
        except (Failed, OSError, subprocess.CalledProcessError):
            return {}
    shares = {}
    for percent, symbol in re.findall(r"^\s*([\d.]+)%\s+(.*)$", report, re.M):
        kind = next((kind for kind, pattern in SHARES if re.search(pattern, symbol)), "other")
        shares[kind] = shares.get(kind, 0) + float(percent)
    return dict(sorted(shares.items(), key=lambda item: -item[1]))

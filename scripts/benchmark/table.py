"""What scripts/bench prints and writes."""

import json
import os
import platform
import re
import subprocess

from . import peers

BEGIN, END = "<!-- measured by scripts/bench: begin -->", "<!-- measured by scripts/bench: end -->"


def programs(top):
    """reprove and the floor, built as they are handed out; $REPROVE and $FLOOR are taken as they are."""
    reprove, floor = os.environ.get("REPROVE"), os.environ.get("FLOOR")
    if not reprove:
        subprocess.run(["cargo", "build", "--profile", "dist", "--locked", "--quiet"], cwd=top, check=True)
        reprove = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(top, "target")), "dist", "reprove")
    if not floor:
        command = ["cargo", "bench", "--profile", "dist", "--locked", "--quiet", "--bench", "floor", "--no-run", "--message-format=json"]
        built = subprocess.run(command, cwd=top, check=True, stdout=subprocess.PIPE, text=True).stdout
        messages = [json.loads(line) for line in built.splitlines()]
        floor = next(one["executable"] for one in messages if one.get("executable") and one["target"]["name"] == "floor")
    return os.path.abspath(reprove), os.path.abspath(floor)


def first_line(*command):
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "absent"
    return ((answer.stdout or answer.stderr).strip().splitlines() or ["?"])[0]


def versions(top, reprove):
    """What was measured, on what."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = file.read()
    flags = set(re.search(r"^flags\s*: (.*)$", cpu, re.M)[1].split()) if re.search(r"^flags", cpu, re.M) else set()
    commit = first_line("git", "-C", top, "describe", "--always", "--dirty")
    model = re.search(r"^model name\s*: (.*)$", cpu, re.M)
    found = {
        "reprove": f"{first_line(reprove, '--version')} ({commit}), profile dist",
        "rustc": first_line("rustc", "--version"),
        "CPU": f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, "
        f"{'with' if 'sha_ni' in flags else 'without'} SHA-NI, {'with' if 'avx512f' in flags else 'without'} AVX-512",
        "load when it ended": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "kernel": f"{platform.system()} {platform.release()}",
        "diffoci": first_line("diffoci", "--version"),
        "container-diff": first_line("container-diff", "version"),
        "diffoscope": first_line("diffoscope", "--version"),
        "umoci": first_line("umoci", "--version"),
    }
    return found


class Result:
    """Everything measured so far."""

    def __init__(self, absent):
        self.absent = absent
        self.rows = []
        self.floors = {}
        self.measured = {}
        self.points = []
        self.hostile = {}
        self.counts = []
        self.profiles = {}
        self.notes = []

    def note(self, text):
        self.notes.append(text)
        print(f"  {text}", flush=True)

    def say_hostile(self, name, cost, error=""):
        self.hostile[name] = cost
        print(f"hostile {name}: {cost.wall:.1f} s, {cost.memory:.0f} MiB" if cost else f"hostile {name}: {error}", flush=True)

    def add(self, pair, costs, opened):
        floor = costs["floor"]
        _, stored, plain = floor.output.split()
        self.floors[pair] = floor
        print(f"{pair}: {int(stored) / 1e6:.1f} MB of layers differ, {int(plain) / 1e6:.1f} MB uncompressed, both sides together", flush=True)
        for name, cost in costs.items():
            self.measured[pair, name] = cost, opened
            self.row(pair, name, cost, opened if name != "floor" else "")

    def add_peer(self, pair, name, cost):
        self.row(pair, name, cost, "")

    def row(self, pair, name, cost, opened):
        floor = self.floors[pair]
        # Where no layer differs, the floor is the start of a process.
        meaningful = floor.cpu > 0.01
        ratios = [f"{one / other:.2f}" if meaningful else "" for one, other in ((cost.wall, floor.wall), (cost.cpu, floor.cpu))]
        self.rows.append([pair, name, seconds(cost.wall), ratios[0], seconds(cost.cpu), ratios[1], f"{cost.memory:.0f}", opened])
        wall, cpu = (f"({ratio} x floor)" if ratio else "" for ratio in ratios)
        print(f"  {name:32} {seconds(cost.wall):>9} s {wall:16} CPU {seconds(cost.cpu):>9} s {cpu:16} {cost.memory:6.0f} MiB  {opened and opened + ' layers opened'}", flush=True)

    def counted(self, pair, millions, floor, tool):
        self.counts.append((pair, millions, floor, tool))
        print(f"{pair}: {millions:,.0f} million instructions, {millions / floor:.2f} times the floor's ({tool})", flush=True)

    def profiled(self, pair, shares):
        if shares:
            self.profiles[pair] = shares
            print(f"{pair}: " + ", ".join(f"{kind} {percent:.0f} %" for kind, percent in shares.items() if percent >= 0.5), flush=True)

    def say_point(self, point):
        print("  " + "  ".join(self.point(point)), flush=True)

    def point(self, point):
        """One size: MB, seconds, seconds per GB and the ratio to the floor."""
        size, costs = point
        reprove, floor = costs["reprove"], costs["floor"]
        return [f"{size} MB", f"{reprove.wall:.2f} s", f"{reprove.wall / size * 1000:.2f} s/GB", f"{reprove.cpu / size * 1000:.2f} CPU s/GB",
                f"{reprove.wall / floor.wall:.2f} x floor", f"{reprove.cpu / floor.cpu:.2f} x floor CPU", f"{reprove.memory:.0f} MiB"]

    def plot(self):
        """Seconds of CPU per GB as bars: they are equally long where time is linear."""
        values = [(size, costs["reprove"].cpu / size * 1000) for size, costs in self.points]
        most = max(value for _, value in values)
        return [f"{size:>5} MB  {'#' * round(value / most * 50):50}  {value:.2f} CPU seconds per GB" for size, value in values]

    def closing(self):
        lines = self.plot() if self.points else []
        return lines + [f"{name}: not measured, not on PATH: {', '.join(programs)}" for name, programs in self.absent.items()]

    def markdown(self, found, arguments):
        lines = [BEGIN, ""]
        lines += [f"- {name}: {value}" for name, value in found.items()]
        command = "scripts/bench" + (" --small" if arguments.small else "") + f" --rounds {arguments.rounds} --peers '{arguments.peers}' --markdown BENCHMARKS.md " + " ".join(arguments.names)
        lines += ["- measured with: `" + command + "`", ""]
        head = ["pair", "tool", "seconds", "x floor", "CPU seconds", "x floor", "peak MiB", "layers opened"]
        lines += grid(head, self.rows)
        if self.points:
            lines += ["", "Time against the size of one differing layer (uncompressed, each side), every fourth entry different:", ""]
            lines += grid(["layer", "seconds", "per GB", "CPU per GB", "wall", "CPU", "peak"], [self.point(point) for point in self.points])
            lines += ["", "```text", *self.plot(), "```"]
        if self.counts:
            counts = [[pair, tool, f"{millions:,.0f}", f"{millions / floor:.2f}"] for pair, millions, floor, tool in self.counts]
            lines += ["", *grid(["pair", "counted with", "million instructions", "x floor"], counts)]
        if self.profiles:
            kinds = {kind for shares in self.profiles.values() for kind, percent in shares.items() if percent >= 0.5}
            kinds = sorted(kinds, key=lambda kind: -max(shares.get(kind, 0) for shares in self.profiles.values()))
            rows = [[kind, *(f"{shares.get(kind, 0):.0f} %" for shares in self.profiles.values())] for kind in kinds]
            lines += ["", "Shares of CPU time (`perf record`):", "", *grid(["work", *self.profiles], rows)]
        lines += ["", "Commands:", "", "- `reprove diff --no-progress oci:DIR/original:latest oci:DIR/rebuild:latest`, output to a file"]
        lines += ["- floor: `cargo bench --bench floor -- DIR/original DIR/rebuild`"]
        measured = {row[1] for row in self.rows}
        lines += [f"- {peer.name}: `{peer.command}`" for peer in peers.ALL if peer.name in measured]
        lines += [f"- {name}: not measured, not on `PATH`: {', '.join(programs)}" for name, programs in self.absent.items()]
        lines += [f"- {note}" for note in self.notes]
        return lines + ["", END]

    def write(self, path, found, arguments):
        """Puts the tables between the marks of a file."""
        text = "\n".join(self.markdown(found, arguments))
        try:
            with open(path, encoding="utf-8") as file:
                before, rest = file.read().split(BEGIN)
                text = before + text + rest.split(END)[1]
        except FileNotFoundError:
            text += "\n"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def seconds(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def grid(head, rows):
    """A Markdown table."""
    lines = [head, ["---" if at < 2 else "---:" for at, _ in enumerate(head)], *rows]
    return ["| " + " | ".join(cell or " " for cell in line) + " |" for line in lines]

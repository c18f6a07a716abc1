"""Looks through reports with reprove on a pseudo-terminal, as a person does: browse.py REPROVE DIRECTORY.

DIRECTORY has first.json, a report of a real pair, and hostile.json, one with names that try to steer the terminal. What
is on the screen is told by a terminal emulator.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

import pyte

ROWS, COLUMNS = 40, 140
ENTER, ESCAPE, TAB, DOWN = b"\r", b"\x1b", b"\t", b"\x1b[B"


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.sent = b""
        self.pid, self.side = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(command[0], command)
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, keys):
        os.write(self.side, keys)

    def read(self, seconds):
        """What comes within so long; whether the program still runs."""
        if not select.select([self.side], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.side, 65536)
        except OSError:
            return False
        self.sent += data
        self.stream.feed(data)
        return bool(data)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, *wanted):
        """Until all of it is on the screen."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if all(text in self.text() for text in wanted):
                return self.text()
            if not self.read(0.2):
                break
        sys.exit(f"not on the screen: {wanted}\n{self.text()}")

    def code(self):
        """The exit code, when it has ended."""
        while self.read(60):
            pass
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def looked_through(reprove, report):
    terminal = Terminal([reprove, "report", "--browse", report])
    screen = terminal.wait("different: linux/amd64", "1 Causes", "machine-id", "NOT ACCEPTED", "q quit")
    assert screen.splitlines()[0].startswith("different: linux/amd64 — 2 findings are not accepted"), screen
    # The first cause, its findings, one of them, and back.
    terminal.press(ENTER)
    terminal.wait("1 finding of machine-id", "etc/machine-id", "(host identity, not shown)")
    terminal.press(ESCAPE)
    terminal.wait("machine-id", "tar-mtime", "text-timestamp")
    terminal.press(TAB)
    terminal.wait("layers", "layer 1", "COPY")
    terminal.press(DOWN + ENTER)
    terminal.wait("52 findings of layer 2")
    terminal.press(b"/text-timestamp no such words" + ENTER)
    terminal.wait('0 findings of layer 2, with "text-timestamp no such words"', "There is nothing here.")
    terminal.press(b"3/app/build.json" + ENTER)
    terminal.wait('findings, with "app/build.json"', '+ {"version": "1.4.0"')
    terminal.press(b"4")
    terminal.wait("changes cover 106 of 106 findings", "--timestamp")
    terminal.press(b"q")
    code = terminal.code()
    assert code == 1, code
    # The screen is given back: the alternate one is left, and the cursor shown.
    assert terminal.sent.rstrip().endswith(b"\x1b[?25h") or b"\x1b[?1049l" in terminal.sent[-200:], terminal.sent[-200:]


def not_steered(reprove, report):
    terminal = Terminal([reprove, "report", "--browse", report])
    terminal.wait("1 Causes", "q quit")
    seen = ""
    for keys in [b"3", b"2", b"4", b"1", *[DOWN] * 5]:
        terminal.press(keys)
        while terminal.read(0.3) and select.select([terminal.side], [], [], 0.1)[0]:
            pass
        seen += terminal.text()
    terminal.press(b"\x03")
    code = terminal.code()
    assert code in (0, 1, 2), code
    sent = terminal.sent.decode()
    for unsafe in ["\u202e", "\u200b", "\u2066", "\x9b", "\x07", "\x1b]", "\x1b[2Jx"]:
        assert unsafe not in sent, ascii(unsafe)
    assert "\\u{202e}" in seen or "\\x1b" in seen, "no hostile name was on the screen"


looked_through(sys.argv[1], os.path.join(sys.argv[2], "first.json"))
steering = 0
for name in sorted(os.listdir(sys.argv[2])):
    path = os.path.join(sys.argv[2], name)
    if name.startswith("hostile") and any(text in open(path).read() for text in ["\\u001b", "\\u202e"]):
        not_steered(sys.argv[1], path)
        steering += 1
assert steering >= 2, steering

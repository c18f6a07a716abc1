//! Passwords of keys: what `COSIGN_PASSWORD` holds, or what is typed where somebody is there to type it.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use anyhow::{Context as _, bail};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// Control characters, which come as themselves while the terminal is quiet.
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const BACKSPACES: [u8; 2] = [8, 127];
const KILL: u8 = 21;

/// What the environment holds, which can be the empty password.
pub(crate) fn from_environment() -> Option<Vec<u8>> {
    std::env::var_os("COSIGN_PASSWORD").map(|password| password.as_encoded_bytes().to_vec())
}

/// What somebody types where he is asked so; `None` where nobody can be asked, or would see that he is.
pub(crate) fn typed(question: &str) -> anyhow::Result<Option<Vec<u8>>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let quiet = Quiet::new().context("the terminal cannot be kept from showing a password")?;
    // Only now: what is typed before is shown.
    let mut shown = io::stderr();
    shown.write_all(format!("{question}: ").as_bytes()).and_then(|()| shown.flush())?;
    let line = line(&mut io::stdin().lock());
    drop(quiet);
    shown.write_all(b"\n")?;
    line.map(Some)
}

/// A line of a terminal that does not edit lines.
fn line(from: &mut impl io::BufRead) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::new();
    for byte in from.bytes() {
        match byte.context("the terminal cannot be read")? {
            b'\n' | b'\r' => return Ok(line),
            INTERRUPT => bail!("no password was typed"),
            END if line.is_empty() => bail!("no password was typed"),
            END => return Ok(line),
            KILL => line.clear(),
            byte if BACKSPACES.contains(&byte) => take_character(&mut line),
            byte => line.push(byte),
        }
    }
    bail!("no password was typed")
}

/// Takes the last character off, of however many bytes.
fn take_character(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
}

/// A terminal that shows nothing of what is typed, as long as this lives. An interrupt comes as a character, for a program
/// that ended by a signal would leave it quiet.
struct Quiet(Termios);

impl Quiet {
    fn new() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_edited_as_on_a_terminal() {
        let typed = |text: &str| line(&mut text.as_bytes()).ok().and_then(|line| String::from_utf8(line).ok());
        for (text, wanted) in [
            ("secret\nmore", "secret"),
            ("\n", ""),
            ("secré\u{7f}\u{8}et\r", "secet"),
            ("\u{7f}a\n", "a"),
            ("wrong\u{15}right\n", "right"),
            ("a\u{4}", "a"),
        ] {
            assert_eq!(typed(text).as_deref(), Some(wanted), "{text:?}");
        }
        for text in ["se\u{3}cret\n", "\u{4}", "", "secret"] {
            assert_eq!(typed(text), None, "{text:?}");
        }
    }
}

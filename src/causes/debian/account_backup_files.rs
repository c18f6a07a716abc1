//! # What differs
//!
//! `/etc/passwd-`, `group-`, `shadow-`, `gshadow-`, `subuid-` and `subgid-`: what they hold, or whether they are there.
//!
//! # Why it happens
//!
//! Each tool that edits an account file first copies it there, so the backup is one edit behind and depends on how steps are
//! grouped.
//!
//! # How to fix the build
//!
//! Remove the backups in the RUN that adds the account.
//!
//! # When it is not harmless
//!
//! Nobody logs in by them, but they may be restored. A backup with a password, with a second account of uid 0 or group of
//! gid 0, or with a line of another shape is not claimed; nor is one that somebody but root owns, that links lead to, or
//! that the config names.

use crate::causes::fixes::installs;
use crate::causes::scope::{Inside, Path, Place};
use crate::causes::shape::leftover::is_plain_file;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::secret::is_password;
use crate::finding::Aspect;

/// Backups that account tools leave.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "account-backup-files",
    title: "Backups of the account files",
    source: include_str!("account_backup_files.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content, Aspect::Order, Aspect::Presence],
        path: Path::Like(&["etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Excluded(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&installs::ACCOUNT_BACKUPS],
};

/// How the lines of a backup look.
struct Shape {
    columns: usize,
    /// The column of a password, if there is one.
    password: Option<usize>,
    /// The column of the number that must not be 0 but for the line that this names.
    id: Option<(usize, &'static [u8])>,
}

const fn shape(path: &[u8]) -> Option<Shape> {
    Some(match path {
        b"etc/passwd-" => Shape { columns: 7, password: Some(1), id: Some((2, b"root")) },
        b"etc/group-" => Shape { columns: 4, password: Some(1), id: Some((2, b"root")) },
        b"etc/shadow-" => Shape { columns: 9, password: Some(1), id: None },
        b"etc/gshadow-" => Shape { columns: 4, password: Some(1), id: None },
        b"etc/subuid-" | b"etc/subgid-" => Shape { columns: 3, password: None, id: Some((1, b"")) },
        _ => return None,
    })
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.aspect == Aspect::Presence {
        if view.is_absent() {
            return Some(Canonical::new());
        }
        if !is_plain_file(view) {
            return None;
        }
    }
    let shape = shape(view.location.path_bytes())?;
    let file = view.file?;
    let text = file.strip_suffix(b"\n").unwrap_or(file);
    let harmless = file.is_empty() || text.split(|byte| *byte == b'\n').all(|line| shape.holds(line));
    harmless.then(Canonical::new)
}

impl Shape {
    fn holds(&self, line: &[u8]) -> bool {
        let columns: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let column = |at: usize| columns.get(at).copied().unwrap_or(b"");
        let locked = |password: &[u8]| !password.is_empty() && !is_password(password);
        // Tools that keep 32 bits of a number make 0 of 4294967296.
        let number = |text: &[u8]| {
            let digits = text.iter().all(u8::is_ascii_digit);
            digits && std::str::from_utf8(text).is_ok_and(|text| text.parse::<u32>().is_ok())
        };
        columns.len() == self.columns
            && !column(0).is_empty()
            // A group without a password may have the column empty; an account may not.
            && self.password.is_none_or(|at| locked(column(at)) || (self.columns == 4 && column(at).is_empty()))
            && self.id.is_none_or(|(at, name)| {
                let zero = column(at).iter().all(|digit| *digit == b'0');
                number(column(at)) && (!zero || column(0) == name)
            })
    }
}

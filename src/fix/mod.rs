//! Fixes become edits of the user's Dockerfile, where a program can make them without guessing; the rest is said in words.
//!
//! [`change`] is the one place where a typed [`Fix`] meets a file. It never touches a command that it does not understand,
//! and says why where it leaves one alone.

mod append;
mod archives;
mod base;
mod compilers;
mod diff;
mod insert;
mod options;
mod patch;
mod rewrite;
mod site;
mod tar;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::causes::{self, Change, Fix, Spot};
use crate::dockerfile::{Dockerfile, Edit, Refused};
use crate::finding::coded;

pub use diff::{Hunk, Mark};
pub use patch::{Applied, Patch, Request};
pub use site::{Base, Site};

/// A command for the end of a `RUN`, with the number of its node.
pub type Appended = (usize, Cow<'static, str>);

/// What a fix makes of a Dockerfile.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Bytes to write in place of others, each about another place.
    pub edits: Vec<Edit>,
    /// Commands to append to a `RUN`, with the number of its node: apart from the edits, since those of several fixes are
    /// joined.
    pub appended: Vec<Appended>,
    /// Places that are left to people, with the reason.
    pub left: Vec<Unedited>,
}

coded! {
    /// Why an edit is left to people.
    pub enum Unedited {
        /// Something that is not in the Dockerfile.
        "fix-elsewhere" Elsewhere,
        /// A name, a path, a mode.
        "fix-author" Author,
        /// No instruction to look at.
        "fix-run" NoRun,
        /// Nothing in them to edit.
        "fix-command" NoCommand,
        /// A base that nothing tells the digest of.
        "fix-digest" NoDigest {
            /// The line of FROM.
            line: usize,
            /// The base.
            name: String,
        },
        ; around
        /// A `RUN` that cannot be edited.
        Run {
            /// The first line of it.
            line: usize,
            /// Why not.
            problem: Why,
        },
    }
}

coded! {
    /// Why one `RUN` is left as it is.
    pub enum Why {
        /// The shell's language is not understood here.
        "fix-unread" Unread,
        /// Options of this program that contradict.
        "fix-called" Called(String),
        /// A program that waits for a time waits for ever if that stands still.
        "fix-waits" Waits,
        /// Times that no option changes.
        "fix-file-times" FileTimes,
        /// The same, and a file that it writes itself.
        "fix-zipapp" Zipapp,
        /// An archive that is unpacked at once has its owners and times for a purpose.
        "fix-copies" Copies,
        /// Whoever is not root cannot remove what root has made.
        "fix-user" User,
        /// What it would remove is needed in this line below.
        "fix-needed" Needed(usize),
        ; around
        /// The parser does not let it happen.
        Refused {
            /// Why not.
            problem: Refused,
        },
    }
}

impl std::error::Error for Unedited {}

impl std::error::Error for Why {}

impl From<Refused> for Why {
    fn from(problem: Refused) -> Self {
        Why::Refused { problem }
    }
}

/// All codes that what is left to people can have; those of a parser that does not let it happen are of `dockerfile`.
pub fn codes() -> impl Iterator<Item = &'static str> {
    [Unedited::CODES, Why::CODES].into_iter().flatten().copied()
}

/// What a fix makes of a Dockerfile for findings at this site.
pub fn change(file: &Dockerfile, fix: &Fix, site: &Site<'_>) -> Changed {
    let edits: &[causes::Edit] = match &fix.change {
        Change::Dockerfile(edit) => std::slice::from_ref(edit),
        Change::Commands(_, edits) => edits,
        _ => return Changed::left(Unedited::Elsewhere),
    };
    let mut changed = Changed::default();
    let mut is_known = false;
    for edit in edits {
        let one = match *edit {
            causes::Edit::Insert { line, place: Spot::EachStage } => insert::in_stages(file, line, site),
            causes::Edit::Insert { .. } => Changed::left(Unedited::Author),
            causes::Edit::Append { run, command } => append::to_runs(file, run, command, site),
            causes::Edit::Replace { what: base::BASE, .. } => base::pin(file, site),
            causes::Edit::Replace { what, with } => rewrite::in_runs(file, what, with, site),
        };
        is_known |= one.left != [Unedited::NoCommand];
        changed.edits.extend(one.edits);
        changed.appended.extend(one.appended);
        changed.left.extend(one.left);
    }
    if is_known {
        // Of several commands that might do it one does.
        changed.left.retain(|left| *left != Unedited::NoCommand);
    }
    changed.left.dedup();
    changed
}

/// The edits that a fix makes of a Dockerfile, ready for [`Dockerfile::edited`]; none where all is as it should be.
///
/// # Errors
/// Why the first place is left to people, where nothing else can be edited either.
pub fn edits(file: &Dockerfile, fix: &Fix, site: &Site<'_>) -> Result<Vec<Edit>, Unedited> {
    let changed = change(file, fix, site);
    let made = changed.is_made();
    let mut left = changed.left.into_iter();
    match left.next() {
        Some(why) if !made => Err(why),
        _ => joined(file, changed.edits, &changed.appended),
    }
}

/// Edits with those that append commands, those of one `RUN` in one edit.
fn joined(file: &Dockerfile, edits: Vec<Edit>, appended: &[(usize, Cow<'_, str>)]) -> Result<Vec<Edit>, Unedited> {
    let mut all = edits;
    let mut nodes: Vec<usize> = appended.iter().map(|(node, _)| *node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    for node in nodes {
        let commands: Vec<&str> =
            appended.iter().filter(|(own, _)| *own == node).map(|(_, command)| &**command).collect();
        all.push(file.append_commands(node, &commands).map_err(|refused| Unedited::of(file, node, refused.into()))?);
    }
    Ok(all)
}

impl Changed {
    fn left(why: Unedited) -> Self {
        Changed { left: vec![why], ..Changed::default() }
    }

    /// Whether there is anything to write.
    pub fn is_made(&self) -> bool {
        !self.edits.is_empty() || !self.appended.is_empty()
    }
}

impl Unedited {
    fn of(file: &Dockerfile, node: usize, problem: Why) -> Self {
        Unedited::Run { line: file.nodes().get(node).map_or(0, |node| node.line), problem }
    }
}

/// Whether a text holds what its reader has to fill in: words in capitals, or an ellipsis.
fn has_blanks(text: &str) -> bool {
    let mut before = ' ';
    let mut word = String::new();
    let is_blank = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            let _ = word.write_char(letter);
            continue;
        }
        if is_blank(&word) && !matches!(before, '$' | '{') {
            return true;
        }
        before = letter;
        word.clear();
    }
    text.contains('…')
}

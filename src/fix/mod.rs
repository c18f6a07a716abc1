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

/// Why an edit is left to people: the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unedited {
    /// Something that is not in the Dockerfile.
    #[error("it is no edit of the Dockerfile")]
    Elsewhere,
    /// A name, a path, a mode.
    #[error("only the author of the Dockerfile knows what to write")]
    Author,
    /// No instruction to look at.
    #[error("the findings lead to no RUN")]
    NoRun,
    /// Nothing in them to edit.
    #[error("no RUN that the findings lead to has a command that is known to do it: a script may")]
    NoCommand,
    /// A `RUN` that cannot be edited.
    #[error("line {line}: {why}")]
    Run {
        /// The first line of it.
        line: usize,
        /// Why not.
        why: Why,
    },
    /// A base that nothing tells the digest of.
    #[error("line {line}: the digest of {name} is not known")]
    NoDigest {
        /// The line of FROM.
        line: usize,
        /// The base.
        name: String,
    },
}

/// Why one `RUN` is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The parser does not let it happen.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The shell's language is not understood here.
    #[error("the command line is not understood")]
    Unread,
    /// Options that contradict.
    #[error("{0} is called in a way that the options cannot be added to")]
    Called(String),
    /// A program that waits for a time waits for ever if that stands still.
    #[error("a loop may wait for what date prints")]
    Waits,
    /// Times that no option changes.
    #[error("zip writes the times of the files that it packs: touch -d @$SOURCE_DATE_EPOCH them first, with TZ=UTC")]
    FileTimes,
    /// The same, and a file that it writes itself.
    #[error(
        "zipapp writes the times of the files, and with --main that of the build: write __main__.py yourself, and touch all"
    )]
    Zipapp,
    /// An archive that is unpacked at once has its owners and times for a purpose.
    #[error("tar copies files here: what it packs is unpacked at once")]
    Copies,
    /// Whoever is not root cannot remove what root has made.
    #[error("it does not run as root")]
    User,
    /// What it would remove is needed below.
    #[error("the RUN in line {0} needs the lists that this one fetches: make one RUN of both")]
    Needed(usize),
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
    fn of(file: &Dockerfile, node: usize, why: Why) -> Self {
        Unedited::Run { line: file.nodes().get(node).map_or(0, |node| node.line), why }
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

//! Comments that say which hazards are known, and why they stay.

use super::rules;
use crate::dockerfile::{Dockerfile, NodeKind};
use crate::finding::coded;

/// What such a comment begins with.
const MARK: &str = "reprove:";

/// A comment that suppresses hazards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suppression {
    /// Its line, from 1.
    pub(super) line: usize,
    /// The rules, by id.
    pub(super) rules: Vec<String>,
    /// Why.
    pub(super) reason: String,
    /// The instruction that it is about; `None` where it is about the file.
    pub(super) node: Option<usize>,
}

/// A comment that means to suppress something and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: Wrong,
}

coded! {
    /// What is wrong with a comment that means to suppress something.
    pub enum Wrong {
        /// It does not say why.
        "suppression-reason" NoReason,
        /// There is no such rule.
        "suppression-rule" UnknownRule(String),
        /// It is none of the forms that there are.
        "suppression-malformed" Malformed,
        /// One about the whole file below its first instruction.
        "suppression-too-late" TooLate,
    }
}

impl std::error::Error for Wrong {}

/// All suppressions of a file, and what is none.
pub(super) fn read(file: &Dockerfile) -> (Vec<Suppression>, Vec<Refused>) {
    let (mut suppressions, mut refused) = (Vec::new(), Vec::new());
    let mut at_top = true;
    for (number, node) in file.nodes().iter().enumerate() {
        at_top &= node.instruction().is_none();
        if node.kind != NodeKind::Comment {
            continue;
        }
        let text = file.source().get(node.range.clone()).unwrap_or_default();
        for (offset, comment) in text.lines().enumerate() {
            let line = node.line + offset;
            match parse(comment) {
                None => {}
                Some(Err(wrong)) => refused.push(Refused { line, wrong }),
                Some(Ok(Parsed { whole_file: true, .. })) if !at_top => {
                    refused.push(Refused { line, wrong: Wrong::TooLate })
                }
                Some(Ok(Parsed { whole_file, rules, reason })) => {
                    let unknown = rules.iter().filter(|rule| rules::find(rule).is_none());
                    refused.extend(unknown.map(|rule| Refused { line, wrong: Wrong::UnknownRule(rule.clone()) }));
                    let node = (!whole_file).then(|| next_instruction(file, number));
                    suppressions.push(Suppression { line, rules, reason, node });
                }
            }
        }
    }
    (suppressions, refused)
}

struct Parsed {
    whole_file: bool,
    rules: Vec<String>,
    reason: String,
}

fn parse(comment: &str) -> Option<Result<Parsed, Wrong>> {
    let text = comment.trim().trim_start_matches('#').trim_start().strip_prefix(MARK)?.trim();
    let (what, reason) = match text.split_once("reason:") {
        Some((what, reason)) => (what.trim(), reason.trim()),
        None => (text, ""),
    };
    let (whole_file, list) = match (what.strip_prefix("ignore-file="), what.strip_prefix("ignore=")) {
        (Some(list), _) => (true, list),
        (_, Some(list)) => (false, list),
        _ => return Some(Err(Wrong::Malformed)),
    };
    let rules: Vec<String> =
        list.split(',').map(str::trim).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    let spaced = rules.iter().any(|rule| rule.contains(char::is_whitespace));
    Some(match (rules.is_empty(), reason.is_empty()) {
        (true, _) => Err(Wrong::Malformed),
        (_, true) => Err(Wrong::NoReason),
        _ if spaced => Err(Wrong::Malformed),
        _ => Ok(Parsed { whole_file, rules, reason: reason.to_owned() }),
    })
}

/// The instruction right below a comment, with nothing but comments in between; else the comment itself, which is none.
fn next_instruction(file: &Dockerfile, comment: usize) -> usize {
    let below = file.nodes().iter().enumerate().skip(comment + 1);
    let next = below.into_iter().find(|(_, node)| node.kind != NodeKind::Comment);
    next.filter(|(_, node)| node.instruction().is_some()).map_or(comment, |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Vec<Suppression>, Vec<Refused>) {
        read(&Dockerfile::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_suppression_says_what_and_why() {
        let (known, refused) = of("# reprove: ignore=apt-lists, dpkg-log reason: thrown away later\n# more\nFROM a\n");
        assert_eq!(refused, []);
        let expected = Suppression {
            line: 1,
            rules: vec!["apt-lists".to_owned(), "dpkg-log".to_owned()],
            reason: "thrown away later".to_owned(),
            node: Some(2),
        };
        assert_eq!(known, [expected]);
        assert_eq!(of("#reprove: ignore-file=apt-lists reason: x\n\nFROM a\n").0.first().unwrap().node, None);
    }

    #[test]
    fn what_does_not_say_why_is_refused() {
        let wrong = |text: &str| {
            of(&format!("{text}\nFROM a\n")).1.into_iter().map(|refused| refused.wrong).collect::<Vec<_>>()
        };
        assert_eq!(wrong("# reprove: ignore=apt-lists"), [Wrong::NoReason]);
        assert_eq!(wrong("# reprove: ignore=apt-lists reason:  "), [Wrong::NoReason]);
        assert_eq!(wrong("# reprove: ignore=nothing reason: x"), [Wrong::UnknownRule("nothing".to_owned())]);
        assert_eq!(wrong("# reprove: ignore reason: x"), [Wrong::Malformed]);
        assert_eq!(wrong("# reprove is a program"), []);
        assert_eq!(of("FROM a\n# reprove: ignore-file=apt-lists reason: x\nRUN a\n").1[0].wrong, Wrong::TooLate);
    }
}

//! The edits of several fixes in one patch.

use super::diff::{Hunk, hunks};
use super::site::Site;
use super::{Appended, Changed, Unedited, Why, change, joined};
use crate::causes::Fix;
use crate::dockerfile::{Dockerfile, Edit};

/// A fix that is asked for, and where its findings lead to.
#[derive(Debug)]
pub struct Request<'a> {
    /// The fix.
    pub fix: &'static Fix,
    /// Where.
    pub site: Site<'a>,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Applied {
    /// The fix.
    pub fix: &'static Fix,
    /// The first lines of the instructions that it edits, in order; none where all is as it should be already, or nothing
    /// can be edited.
    pub lines: Vec<usize>,
    /// What is left to people.
    pub left: Vec<Unedited>,
}

/// A Dockerfile with the edits of all fixes.
#[derive(Debug)]
pub struct Patch {
    /// The file with them made.
    pub file: Dockerfile,
    /// The requests, in order.
    pub applied: Vec<Applied>,
    /// The places that change.
    pub hunks: Vec<Hunk>,
    /// For each edit that the hunks name, the requests that it is for.
    pub reasons: Vec<Vec<usize>>,
}

impl Patch {
    /// Makes the edits of all fixes; what does not go together with those before it is left to people.
    pub fn new(file: &Dockerfile, requests: &[Request<'_>]) -> Self {
        let mut all = All::default();
        let applied = requests.iter().enumerate().map(|(number, request)| {
            let changed = change(file, request.fix, &request.site);
            all.add(file, number, request.fix, changed)
        });
        let applied = applied.collect();
        let (edits, reasons) = all.in_order(file);
        match file.edited(&edits) {
            Ok(edited) => Patch { file: edited, applied, hunks: hunks(file.source(), &edits), reasons },
            // Each was tried with all before it, so this is not reached; a patch that breaks the file is none.
            Err(refused) => Patch {
                file: file.clone(),
                applied: requests.iter().map(|request| Applied::refused(request.fix, refused.clone().into())).collect(),
                hunks: Vec::new(),
                reasons: Vec::new(),
            },
        }
    }
}

impl Applied {
    fn refused(fix: &'static Fix, problem: Why) -> Self {
        Applied { fix, lines: Vec::new(), left: vec![Unedited::Run { line: 1, problem }] }
    }
}

/// Edits and appended commands so far, each with the requests that it is for.
#[derive(Default)]
struct All {
    edits: Vec<(Edit, Vec<usize>)>,
    appended: Vec<(Appended, Vec<usize>)>,
}

impl All {
    fn add(&mut self, file: &Dockerfile, number: usize, fix: &'static Fix, changed: Changed) -> Applied {
        let node_of = |at: usize| file.nodes().partition_point(|node| node.range.start <= at).saturating_sub(1);
        // What is inserted between two instructions stands at the beginning of the second.
        let edited = changed.edits.iter().map(|edit| node_of(edit.range.start.saturating_sub(1)));
        let nodes = edited.chain(changed.appended.iter().map(|(node, _)| *node));
        let mut lines: Vec<usize> = nodes.filter_map(|node| Some(file.nodes().get(node)?.line)).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut next = All { edits: self.edits.clone(), appended: self.appended.clone() };
        for edit in changed.edits {
            note(&mut next.edits, edit, number);
        }
        for command in changed.appended {
            note(&mut next.appended, command, number);
        }
        let edits: Vec<Edit> = next.edits.iter().map(|(edit, _)| edit.clone()).collect();
        let appended: Vec<_> = next.appended.iter().map(|(command, _)| command.clone()).collect();
        let made = joined(file, edits, &appended).and_then(|edits| {
            file.edited(&edits)
                .map_err(|refused| Unedited::Run { line: lines.first().copied().unwrap_or(1), problem: refused.into() })
        });
        match made {
            Ok(_) => {
                *self = next;
                Applied { fix, lines, left: changed.left }
            }
            Err(why) => Applied { fix, lines: Vec::new(), left: changed.left.into_iter().chain([why]).collect() },
        }
    }

    /// The edits in the order of the file, each with the requests that it is for.
    fn in_order(self, file: &Dockerfile) -> (Vec<Edit>, Vec<Vec<usize>>) {
        let own = self.edits.iter().map(|(edit, _)| edit.clone()).collect();
        let commands: Vec<_> = self.appended.iter().map(|(command, _)| command.clone()).collect();
        let edits = joined(file, own, &commands).unwrap_or_default();
        let mut nodes: Vec<usize> = commands.iter().map(|(node, _)| *node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let of_node = |node: &usize| {
            let own = self.appended.iter().filter(|((other, _), _)| other == node);
            let mut numbers: Vec<usize> = own.flat_map(|(_, numbers)| numbers.iter().copied()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        let reasons: Vec<Vec<usize>> =
            self.edits.iter().map(|(_, numbers)| numbers.clone()).chain(nodes.iter().map(of_node)).collect();
        let mut all: Vec<(Edit, Vec<usize>)> = edits.into_iter().zip(reasons).collect();
        all.sort_by_key(|(edit, _)| (edit.range.start, edit.range.end));
        all.into_iter().unzip()
    }
}

/// Adds something, or one more request for it where it is there.
fn note<T: PartialEq>(all: &mut Vec<(T, Vec<usize>)>, one: T, number: usize) {
    match all.iter_mut().find(|(known, _)| *known == one) {
        Some((_, numbers)) => numbers.push(number),
        None => all.push((one, vec![number])),
    }
}

//! Findings become the changes that make them go away: the smallest set of fixes known to cover them, each with what it
//! covers, and what is left. Nothing of it is tried here.
//!
//! Findings that follow from others are not counted: they go with what they follow from.

mod cover;
mod setting;
#[cfg(test)]
mod tests;

pub use setting::Setting;

use std::collections::BTreeMap;

use crate::causes::{Cause, Change, Fix};
use cover::{Element, cover};

/// The findings of one cause.
#[derive(Clone, Copy)]
pub struct Seen {
    /// The cause.
    pub cause: &'static Cause,
    /// How many of them are in what builders write: documents, compression and headers of layers.
    pub in_image: u64,
    /// How many are inside of files.
    pub in_files: u64,
}

/// What to change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The fixes, the one that covers most first.
    pub fixes: Vec<Planned>,
    /// Findings that they cover.
    pub covered: u64,
    /// Findings that no fix covers.
    pub left: Covered,
}

/// One fix of a plan.
#[derive(Debug, PartialEq, Eq)]
pub struct Planned {
    /// The fix.
    pub fix: &'static Fix,
    /// What it covers that none before it does.
    pub covers: Covered,
    /// The fixes of the plan that it does nothing or harm without, with the reason.
    pub needs: Vec<(&'static Fix, &'static str)>,
}

/// Findings, and the causes that they are of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// How many.
    pub findings: u64,
    /// Ids of causes, most findings first.
    pub causes: Vec<&'static str>,
}

impl Plan {
    /// Finds the fixes for these causes. `unexplained` findings have none.
    pub fn new(seen: &[Seen], unexplained: u64, setting: &Setting) -> Self {
        let mut elements = Vec::new();
        let mut left = Covered { findings: unexplained, causes: Vec::new() };
        for seen in seen {
            let fixes = setting.fixes(seen.cause);
            if fixes.iter().any(|fix| matches!(fix.change, Change::Nothing(_))) {
                continue;
            }
            for (in_files, findings) in [(false, seen.in_image), (true, seen.in_files)] {
                let fixes = || fixes.iter().copied().filter(|fix| fix.reaches(in_files));
                let found: Vec<Element> = setting
                    .sorts()
                    .map(|builder| Element {
                        class: elements.len(),
                        cause: seen.cause.id,
                        findings,
                        fixes: fixes().filter(|fix| fix.builder.is_none() || fix.builder == builder).collect(),
                    })
                    .collect();
                match findings {
                    0 => {}
                    _ if found.iter().all(|element| !element.fixes.is_empty()) => elements.push(found),
                    _ => left.add(seen.cause.id, findings),
                }
            }
        }
        let covered = elements.iter().filter_map(|found| found.first()).map(|element| element.findings).sum();
        let elements: Vec<Element> = elements.into_iter().flatten().collect();
        let mut fixes = needed(cover(&elements), setting);
        attribute(&mut fixes, &elements);
        fixes.sort_by_key(|planned| (u64::MAX - planned.covers.findings, planned.fix.id));
        Plan { fixes, covered, left }
    }
}

impl Covered {
    fn add(&mut self, cause: &'static str, findings: u64) {
        self.findings += findings;
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }
}

/// The chosen fixes, each followed by those that it needs.
fn needed(chosen: Vec<&'static Fix>, setting: &Setting) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::new();
    let mut waiting: Vec<&'static Fix> = chosen.into_iter().rev().collect();
    while let Some(fix) = waiting.pop() {
        if planned.iter().any(|known| known.fix == fix) {
            continue;
        }
        let needs: Vec<_> = fix.needs.iter().filter_map(|need| Some((setting.first(need)?, need.reason))).collect();
        waiting.extend(needs.iter().rev().map(|(fix, _)| *fix));
        planned.push(Planned { fix, covers: Covered::default(), needs });
    }
    planned
}

/// Gives each element to the first fix that covers it.
fn attribute(fixes: &mut [Planned], elements: &[Element]) {
    for planned in 0..fixes.len() {
        let (before, rest) = fixes.split_at_mut(planned);
        let Some(planned) = rest.first_mut() else { continue };
        let covered = |element: &Element, fixes: &[Planned]| fixes.iter().any(|fix| element.fixes.contains(&fix.fix));
        let new = elements.iter().filter(|element| element.fixes.contains(&planned.fix) && !covered(element, before));
        let classes: BTreeMap<usize, &Element> = new.map(|element| (element.class, element)).collect();
        for element in classes.into_values() {
            planned.covers.add(element.cause, element.findings);
        }
    }
}

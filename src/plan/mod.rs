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
        let mut plan = Plan { left: Covered { findings: unexplained, causes: Vec::new() }, ..Plan::default() };
        let mut elements = Vec::new();
        for (class, (cause, findings, fixes)) in classes(seen, setting).enumerate() {
            let for_builder = |builder| {
                let fixes = fixes.iter().copied().filter(|fix| fix.builder.is_none() || fix.builder == builder);
                Element { class, cause, findings, fixes: fixes.collect() }
            };
            let found: Vec<Element> = setting.sorts().map(for_builder).collect();
            if found.iter().any(|element| element.fixes.is_empty()) {
                plan.left.add(cause, findings);
            } else {
                plan.covered += findings;
                elements.extend(found);
            }
        }
        plan.fixes = needed(cover(&elements), setting);
        attribute(&mut plan.fixes, &elements);
        plan.fixes.sort_by_key(|planned| (u64::MAX - planned.covers.findings, planned.fix.id));
        plan
    }

    /// The same with what there is against a hazard, the best for each builder: it covers nothing, but without it two builds
    /// may be the same for want of being built.
    #[must_use]
    pub fn against(mut self, hazard: &'static Cause, setting: &Setting) -> Self {
        let fixes = setting.fixes(hazard);
        for builder in setting.sorts() {
            let known = |fix: &&&'static Fix| fix.builder.is_none() || fix.builder == builder;
            if let Some(fix) = fixes.iter().find(known).filter(|fix| !self.has(fix)) {
                self.fixes.push(Planned { fix, covers: Covered::default(), needs: setting.needs(fix) });
            }
        }
        self
    }

    fn has(&self, fix: &Fix) -> bool {
        self.fixes.iter().any(|planned| planned.fix == fix)
    }
}

/// The findings of each cause by whether they are inside of files, with the fixes that reach them; those that need no
/// fix are left out.
fn classes(seen: &[Seen], setting: &Setting) -> impl Iterator<Item = (&'static str, u64, Vec<&'static Fix>)> {
    seen.iter().flat_map(|seen| {
        let fixes = setting.fixes(seen.cause);
        let follows = fixes.iter().any(|fix| matches!(fix.change, Change::Nothing(_)));
        let classes = [(false, seen.in_image), (true, seen.in_files)].map(|(in_files, findings)| {
            let reaching = fixes.iter().copied().filter(|fix| fix.reaches(in_files));
            (seen.cause.id, findings, reaching.collect())
        });
        classes.into_iter().filter(move |(_, findings, _)| *findings > 0 && !follows)
    })
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
        let needs = setting.needs(fix);
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

//! The changes of a plan one at a time, for whoever offers them beside single results.

use super::beyond::Beyond;
use super::sites;
use crate::causes;
use crate::dockerfile::Dockerfile;
use crate::fix::{Hunk, Patch, Request};
use crate::report::model::{Fix, Report};

/// What one change of a plan makes of a Dockerfile, together with what it needs there.
#[derive(Debug)]
pub(in crate::report) struct Alone {
    /// The change itself.
    pub(in crate::report) fix: &'static causes::Fix,
    /// What to do, a sentence for each fix.
    pub(in crate::report) text: String,
    /// Ids of the causes that it covers.
    pub(in crate::report) causes: Vec<String>,
    /// The places that change, in order.
    pub(in crate::report) hunks: Vec<Hunk>,
}

/// The changes of a report's plan that a program can make in a Dockerfile, as `reprove fix` makes them in its last stage.
pub(in crate::report) fn alone(report: &Report, file: &Dockerfile) -> Vec<Alone> {
    let target = file.stages().len().saturating_sub(1);
    let bases = sites::bases(report, file, target);
    let beyond = Beyond::new(report, file, target);
    let planned = beyond.fixes.iter().filter_map(|fix| {
        let causes = fix.covers.as_ref().filter(|covers| covers.findings > 0)?.causes.clone();
        let all = with_needs(&beyond.fixes, fix);
        let requests = all.iter().filter_map(|fix| {
            let site = beyond.site(report, fix, file, target, &bases);
            Some(Request { fix: causes::fix_of(&fix.id)?, site })
        });
        let patch = Patch::new(file, &requests.collect::<Vec<_>>());
        // What it needs alone would make nothing go away; and of a half of it nobody knows what is left.
        let own = patch.applied.first().filter(|own| own.fix.id == fix.id)?;
        if own.lines.is_empty() || !own.left.is_empty() {
            return None;
        }
        let text = all.iter().map(|fix| format!("{}.", fix.text)).collect::<Vec<_>>().join(" ");
        Some(Alone { fix: own.fix, text, causes, hunks: patch.hunks })
    });
    planned.collect()
}

/// A fix, then all that it needs.
fn with_needs<'f>(fixes: &'f [Fix], fix: &'f Fix) -> Vec<&'f Fix> {
    let mut all = vec![fix];
    let mut at = 0;
    while let Some(next) = all.get(at) {
        let needed = next.needs.iter().filter_map(|need| fixes.iter().find(|other| other.id == need.id));
        let new: Vec<&Fix> = needed.filter(|other| all.iter().all(|known| known.id != other.id)).collect();
        all.extend(new);
        at += 1;
    }
    all
}

//! What to change: each fix with what it covers, and what is left.

use std::collections::BTreeSet;
use std::io;

use super::canvas::Canvas;
use super::number::{count, grouped};
use super::style::Tone;
use crate::report::fixes::product;
use crate::report::{Covers, Fix, FixKind, NeededFix, Plan, Report};

/// The changes, numbered.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let Some(plan) = &report.plan else { return Ok(()) };
    if plan.fixes.is_empty() {
        return Ok(());
    }
    let changes = changes(plan);
    canvas.heading(&heading(plan, changes.len()))?;
    let column = changes.len().to_string().len() + 2;
    for (number, change) in (1..).zip(&changes) {
        canvas.paragraph(2, (Tone::Name, &format!("{number}")), column, (Tone::Plain, &text(change, &changes)))?;
        if let Some(line) = details(change, &changes) {
            canvas.paragraph(2, (Tone::Plain, ""), column, (Tone::Faint, &line))?;
        }
    }
    write_left(report, &plan.left, canvas)
}

/// What people do at once: the options of one builder are one change of the command that builds.
pub(in crate::report) type Change<'a> = Vec<&'a Fix>;

/// The changes of a plan, in its order.
pub(in crate::report) fn changes(plan: &Plan) -> Vec<Change<'_>> {
    let mut changes: Vec<Change> = Vec::new();
    for fix in &plan.fixes {
        let is_option = fix.kind == FixKind::BuildOption;
        // What is for any builder goes with what is for one.
        let is_for_same =
            |other: &Fix| other.builder.is_none() || fix.builder.is_none() || other.builder == fix.builder;
        let same =
            |change: &&mut Change| change.iter().all(|other| other.kind == FixKind::BuildOption && is_for_same(other));
        match changes.iter_mut().find(same).filter(|_| is_option) {
            Some(change) => change.push(fix),
            None => changes.push(vec![fix]),
        }
    }
    changes
}

/// An imperative, one of `all` changes, with each fix after the first in the same sentence. Where they are for several
/// builders, of which people will take one, it begins with the one that it is for.
pub(in crate::report) fn text(change: &Change<'_>, all: &[Change<'_>]) -> String {
    let builder = |fix: &&Fix| fix.builder.clone();
    let builders: BTreeSet<String> = all.iter().flatten().filter_map(builder).collect();
    let own = change.iter().find_map(builder).filter(|_| builders.len() > 1);
    let begin = own.map(|name| format!("With {}: ", product(&name))).unwrap_or_default();
    let texts = change.iter().enumerate().map(|(place, fix)| match (place, begin.as_str()) {
        (0, "") => fix.text.clone(),
        _ => lowered(&fix.text),
    });
    begin.clone() + &texts.collect::<Vec<_>>().join(". And ")
}

/// The text as it goes on in a sentence.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// How many changes there are, and how much they cover.
pub(in crate::report) fn heading(plan: &Plan, changes: usize) -> String {
    let changes = match changes {
        1 => "1 change covers".to_owned(),
        number => format!("{number} changes cover"),
    };
    let all = plan.covered + plan.left.findings;
    let tried = if plan.proven { "built and compared" } else { "not tried" };
    format!("{changes} {} of {} ({tried})", grouped(plan.covered), count(all, "finding"))
}

/// What a change covers, and what it needs.
pub(in crate::report) fn details(change: &Change<'_>, changes: &[Change<'_>]) -> Option<String> {
    let covers = change.iter().filter_map(|fix| fix.covers.as_ref());
    let findings: u64 = covers.clone().map(|covers| covers.findings).sum();
    let causes: Vec<&str> = covers.flat_map(|covers| &covers.causes).map(String::as_str).collect();
    let covers = (findings > 0).then(|| format!("covers {}: {}", grouped(findings), causes.join(", ")));
    let elsewhere = |need: &&NeededFix| change.iter().all(|fix| fix.id != need.id);
    let needs = change.iter().flat_map(|fix| &fix.needs).filter(elsewhere).map(|need| {
        let place = changes.iter().position(|change| change.iter().any(|fix| fix.id == need.id));
        let number = place.map_or_else(|| need.id.clone(), |place| (place + 1).to_string());
        format!("needs {number}: {}", need.reason)
    });
    let details: Vec<String> = covers.into_iter().chain(needs).collect();
    (!details.is_empty()).then(|| details.join("; "))
}

fn write_left(report: &Report, left: &Covers, canvas: &mut Canvas<'_>) -> io::Result<()> {
    if left.findings == 0 {
        return Ok(());
    }
    let unexplained = match report.summary.unexplained {
        0 => None,
        number => Some(format!("{} unexplained", grouped(number))),
    };
    let what: Vec<String> = unexplained.into_iter().chain(left.causes.iter().cloned()).collect();
    canvas.gap()?;
    let may_follow = match report.summary.unexplained {
        1.. if !report.inputs.is_empty() => {
            " What is unexplained may follow from the inputs: make those the same first."
        }
        _ => "",
    };
    let text = format!("No change is known for {}: {}.{may_follow}", count(left.findings, "finding"), what.join(", "));
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Caution, &text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::{self, Builder};
    use crate::explain::BuiltBy;
    use crate::plan::Setting;
    use crate::report::fixes;

    fn texts(builders: [Builder; 2], ids: &[&str]) -> Vec<String> {
        let built_by = builders.map(|builder| BuiltBy { builder, version: None });
        let setting = Setting::new(built_by.iter().map(Some));
        let fixes = ids.iter().map(|id| fixes::of(causes::fix_of(id).unwrap(), &setting)).collect();
        let plan = Plan { fixes, covered: 0, left: Covers { findings: 0, causes: Vec::new() }, proven: false };
        let changes = changes(&plan);
        changes.iter().map(|change| text(change, &changes)).collect()
    }

    #[test]
    fn what_is_for_one_of_several_builders_begins_with_it() {
        let ids = ["one-builder", "buildah-timestamp", "buildkit-epoch", "buildkit-whiteouts"];
        let said = texts([Builder::Buildah, Builder::Buildkit], &ids);
        let begins =
            ["Build both images with one", "With buildah: pass --", "With BuildKit: pass --", "With BuildKit: use a"];
        for (said, begin) in said.iter().zip(begins) {
            assert!(said.starts_with(begin), "{said}");
        }
        let said = texts([Builder::Buildah; 2], &["buildah-timestamp", "buildah-compression"]);
        assert!(said[0].starts_with("Pass --timestamp "), "{said:?}");
    }
}

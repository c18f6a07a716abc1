//! What to change: each fix with what it covers, and what is left.

use std::io;

use super::canvas::Canvas;
use super::number::{count, grouped};
use super::style::Tone;
use crate::report::{Covers, Fix, Plan, Report};

/// The changes, numbered.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let Some(plan) = &report.plan else { return Ok(()) };
    if plan.fixes.is_empty() {
        return Ok(());
    }
    canvas.heading(&heading(plan))?;
    canvas.gap()?;
    let column = plan.fixes.len().to_string().len() + 2;
    for (number, fix) in (1..).zip(&plan.fixes) {
        canvas.paragraph(2, (Tone::Name, &format!("{number}")), column, (Tone::Plain, &fix.text))?;
        if let Some(line) = details(fix, plan) {
            canvas.paragraph(2, (Tone::Plain, ""), column, (Tone::Faint, &line))?;
        }
    }
    write_left(report, &plan.left, canvas)
}

fn heading(plan: &Plan) -> String {
    let changes = match plan.fixes.len() {
        1 => "1 change covers".to_owned(),
        number => format!("{number} changes cover"),
    };
    let all = plan.covered + plan.left.findings;
    let tried = if plan.proven { "built and compared" } else { "not tried" };
    format!("{changes} {} of {} ({tried})", grouped(plan.covered), count(all, "finding"))
}

/// What a fix covers, and what it needs.
fn details(fix: &Fix, plan: &Plan) -> Option<String> {
    let number = |id: &str| {
        let place = plan.fixes.iter().position(|fix| fix.id == id);
        place.map_or_else(|| id.to_owned(), |place| (place + 1).to_string())
    };
    let covers = fix.covers.as_ref().filter(|covers| covers.findings > 0);
    let covers = covers.map(|covers| format!("covers {}: {}", grouped(covers.findings), covers.causes.join(", ")));
    let needs = fix.needs.iter().map(|need| format!("needs {}: {}", number(&need.id), need.reason));
    let details: Vec<String> = covers.into_iter().chain(needs).collect();
    if details.is_empty() { None } else { Some(details.join("; ")) }
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
    let text = format!("No change is known for {}: {}.", count(left.findings, "finding"), what.join(", "));
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Caution, &text))
}

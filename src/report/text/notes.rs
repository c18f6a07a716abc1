//! What surrounds the findings: gaps, hazards, the policy's own state, the next step.

use std::io;

use super::canvas::Canvas;
use super::cause::severity;
use super::headline::platform_name;
use super::number::{count, grouped};
use super::place::place;
use super::style::Tone;
use crate::finding::GapReason;
use crate::report::{Gap, PolicyRule, Report};
use crate::verdict::Verdict;

/// Gaps shown where not everything is asked for.
const MOST: usize = 5;

/// What could not be looked at.
pub(super) fn write_gaps(report: &Report, all: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let total = report.summary.gaps;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Not looked at: {}", count(total, "place")))?;
    let index = report.index.iter().flat_map(|index| &index.gaps).map(|gap| (String::new(), gap));
    let platforms = report.platforms.iter().flat_map(|platform| {
        let name = if report.platforms.len() > 1 { platform_name(&platform.platform) + " · " } else { String::new() };
        platform.gaps.iter().map(move |gap| (name.clone(), gap))
    });
    for (platform, gap) in index.chain(platforms).take(if all { usize::MAX } else { MOST }) {
        canvas.gap()?;
        write_gap(&platform, gap, canvas)?;
    }
    write_left(total, all, canvas)
}

fn write_gap(platform: &str, gap: &Gap, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let reason = match gap.reason {
        GapReason::Limit => "limit reached",
        GapReason::Malformed => "malformed",
        GapReason::Unsupported => "not supported",
        GapReason::Missing => "missing",
        GapReason::Integrity => "integrity",
    };
    let place = format!("{platform}{}", place(&gap.location));
    canvas.line(2, &[(Tone::Caution, reason), (Tone::Plain, "  "), (Tone::Strong, &place)])?;
    canvas.paragraph(4, (Tone::Plain, ""), 0, (Tone::Plain, &gap.detail))
}

/// Hazards seen in either image.
pub(super) fn write_warnings(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let total = report.summary.warnings;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Worth knowing: {}", count(total, "hazard")))?;
    let warnings = report.platforms.iter().flat_map(|platform| &platform.warnings);
    for warning in warnings {
        canvas.gap()?;
        let place = place(&warning.location);
        let more = match warning.count.saturating_sub(1) {
            0 => String::new(),
            more => format!(", and in {}", count(more, "other place")),
        };
        canvas.line(
            2,
            &[(Tone::Name, &warning.cause), (Tone::Plain, "  "), (Tone::Plain, &place), (Tone::Plain, &more)],
        )?;
        match (&warning.original, &warning.rebuild) {
            (Some(original), Some(rebuild)) if original == rebuild => {
                canvas.paragraph(4, (Tone::Faint, ""), 0, (Tone::Plain, original))?;
            }
            (original, rebuild) => {
                for (label, detail) in [("original", original), ("rebuild", rebuild)] {
                    if let Some(detail) = detail {
                        canvas.paragraph(4, (Tone::Faint, label), 10, (Tone::Plain, detail))?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn write_left(total: u64, all: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    match total.saturating_sub(MOST as u64) {
        left if left > 0 && !all => {
            canvas.gap()?;
            canvas
                .line(2, &[(Tone::Caution, &format!("{} more are not shown here: -v shows them all.", grouped(left)))])
        }
        _ => Ok(()),
    }
}

/// Rules of the policy that do nothing.
pub(super) fn write_policy(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let policy = &report.policy;
    if policy.unused.is_empty() && policy.expired.is_empty() {
        return Ok(());
    }
    canvas.heading(&format!("Policy \"{}\"", policy.name))?;
    for rule in &policy.expired {
        let last = rule.expires.as_deref().unwrap_or_default();
        let lost = match rule.findings {
            0 => "it would match nothing".to_owned(),
            findings => format!("it would match {}", count(findings, "finding")),
        };
        let text = format!("{} expired after {last}; {lost}", rule_name(rule));
        canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Caution, &text))?;
    }
    for rule in &policy.unused {
        let text = format!("{} matched nothing and can go", rule_name(rule));
        canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Faint, &text))?;
    }
    Ok(())
}

fn rule_name(rule: &PolicyRule) -> String {
    let mut name = match (rule.entry, rule.line) {
        (Some(entry), Some(line)) => format!("entry {entry} (line {line}), "),
        _ => String::new(),
    };
    match (&rule.cause, rule.severity) {
        (Some(cause), _) => name.push_str(cause),
        (None, Some(of)) => name.push_str(&format!("severity {}", severity(of))),
        (None, None) => {}
    }
    for (word, pattern) in [("path", &rule.path), ("field", &rule.field)] {
        if let Some(pattern) = pattern {
            name.push_str(&format!(", {word} {pattern}"));
        }
    }
    name
}

/// What to do next, and the commands that show more.
pub(super) fn write_next(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let changes = report.plan.as_ref().is_some_and(|plan| !plan.fixes.is_empty());
    let text = match report.verdict {
        Verdict::Identical => return Ok(()),
        Verdict::Equivalent if changes => "make the changes above, build twice and compare again.",
        Verdict::Equivalent => "nothing to do.",
        Verdict::Inconclusive => "make the places above readable and compare again; until then nothing is proven.",
        Verdict::Different if report.summary.unexplained > 0 && !report.inputs.is_empty() => {
            "build both from the same inputs and compare again; look at what is unexplained then."
        }
        Verdict::Different if report.summary.unexplained > 0 => {
            "look at what is unexplained first; reprove fix --dockerfile FILE may tell which command makes it."
        }
        Verdict::Different if changes => {
            "make the changes above, or accept what you can justify: reprove policy init REPORT drafts the rules."
        }
        Verdict::Different => "accept what you can justify: reprove policy init REPORT drafts the rules.",
    };
    canvas.gap()?;
    canvas.paragraph(0, (Tone::Strong, "Next:"), 6, (Tone::Plain, text))?;
    let more = "reprove causes ID; --cause ID, --layer N, --path GLOB; -v; -o json=FILE";
    canvas.paragraph(0, (Tone::Strong, "More:"), 6, (Tone::Plain, more))
}

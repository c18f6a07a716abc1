//! The report in GitHub Flavored Markdown: a summary of a job, or a comment on a merge request.

use std::io::{self, Write};

use super::escape::escape;
use super::text::headline::{line, platform_name};
use super::text::instruction::{instruction, written};
use super::text::number::{count, grouped};
use super::text::place::{layer_number, place};
use super::text::plan;
use super::{CauseSummary, Findings, Maybe, Platform, Report};
use crate::explain::Claim;

/// Bytes of the whole: comments on GitHub may have 65,536 characters.
const MOST: usize = 60_000;
/// Rows of a table, and findings that are named.
const ROWS: usize = 30;

/// Writes the report. What is too long is cut at the end of a line, and that is said.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report<'_>, to: impl Write) -> io::Result<()> {
    let mut blocks = vec![head(report)];
    blocks.extend(inputs(report));
    blocks.extend(report.platforms.iter().filter_map(layers));
    blocks.extend(unexplained(report));
    blocks.extend(causes(report, "Not accepted", |cause| !cause.accepted && cause.claim != Claim::Derived));
    blocks.extend(gaps(report));
    blocks.extend(changes(report));
    blocks.extend(causes(report, "Accepted", |cause| cause.accepted && cause.claim != Claim::Derived));
    report.check()?;
    write_blocks(blocks, to)
}

/// Writes blocks as long as there is room for them.
///
/// # Errors
/// The writer's own.
pub(crate) fn write_blocks(blocks: Vec<String>, mut to: impl Write) -> io::Result<()> {
    let mut left = MOST;
    for block in blocks {
        let Some(room) = left.checked_sub(block.len() + 1) else {
            return to.write_all("\n*The rest is cut off: see the full report.*\n".as_bytes());
        };
        left = room;
        to.write_all(block.as_bytes())?;
        to.write_all(b"\n")?;
    }
    Ok(())
}

fn head(report: &Report<'_>) -> String {
    let image = |image: &super::Image| {
        format!("{} {}", code(&image.reference), code(image.digest.as_deref().unwrap_or_default()))
    };
    format!(
        "### {}\n\n| | |\n|---|---|\n| original | {} |\n| rebuild | {} |\n",
        text(&line(report)),
        image(&report.original).trim_end_matches(" ``"),
        image(&report.rebuild).trim_end_matches(" ``"),
    )
}

fn inputs(report: &Report<'_>) -> Option<String> {
    let rows = report.inputs.iter().map(|input| {
        let side = |side: &Option<String>| side.as_deref().map(code).unwrap_or_default();
        [text(&input.name), side(&input.original), side(&input.rebuild), grouped(input.findings)].join(" | ")
    });
    table("Other inputs", "Input | Original | Rebuild | Findings", rows)
}

fn layers(platform: &Platform<'_>) -> Option<String> {
    let rows = platform.layers.iter().map(|layer| {
        let number = layer_number(&Maybe { original: layer.original, rebuild: layer.rebuild });
        let step = layer.step.as_ref();
        let line = step.map(|step| written(step, false)).unwrap_or_default();
        let made = step.map(|step| code(&instruction(&step.created_by))).unwrap_or_default();
        let follows = if layer.follows { " (follows)" } else { "" };
        format!(
            "{number}{follows} | {} | {} | {} | {made}",
            grouped(layer.findings),
            grouped(layer.unaccepted),
            text(line.trim_end())
        )
    });
    let title = format!("Where {} differs", platform_name(&platform.platform));
    table(&title, "Layer | Findings | Not accepted | Line | Instruction", rows)
}

fn unexplained(report: &Report<'_>) -> Option<String> {
    let index = report.index.iter().map(|index| &index.findings);
    let sections = index.chain(report.platforms.iter().map(|platform| &platform.findings));
    let open = |findings: &Findings<'_>| -> Vec<String> {
        let open = findings.heads().enumerate().filter(|(_, head)| head.claim == Claim::Unexplained);
        open.filter_map(|(at, _)| findings.get(at)).take(ROWS).map(|finding| code(&place(&finding.location))).collect()
    };
    let shown: Vec<String> = sections.flat_map(open).take(ROWS).collect();
    list("Unexplained", shown, report.summary.unexplained)
}

fn gaps(report: &Report<'_>) -> Option<String> {
    let index = report.index.iter().flat_map(|index| &index.gaps);
    let gaps = index.chain(report.platforms.iter().flat_map(|platform| &platform.gaps));
    let shown = gaps.take(ROWS).map(|gap| format!("{}: {}", code(&place(&gap.location)), text(&gap.detail))).collect();
    list("Not looked at", shown, report.summary.gaps)
}

fn changes(report: &Report<'_>) -> Option<String> {
    let plan = report.plan.as_ref().filter(|plan| !plan.fixes.is_empty())?;
    let changes = plan::changes(plan);
    let mut block = format!("#### {}\n\n", text(&plan::heading(plan, changes.len())));
    for (number, change) in (1..).zip(&changes) {
        let details =
            plan::details(change, &changes).map(|details| format!("  \n   {}", text(&details))).unwrap_or_default();
        block.push_str(&format!("{number}. {}{details}\n", text(&plan::text(change, &changes))));
    }
    Some(block)
}

fn causes(report: &Report<'_>, title: &str, wanted: impl Fn(&CauseSummary) -> bool) -> Option<String> {
    let rows = report.causes.iter().filter(|cause| wanted(cause)).map(|cause| {
        let refused = cause.findings - cause.accepted_findings;
        format!("{} | {} | {} | {}", code(&cause.id), grouped(cause.findings), grouped(refused), text(&cause.title))
    });
    table(title, "Cause | Findings | Not accepted | What", rows)
}

pub(crate) fn table(title: &str, columns: &str, rows: impl Iterator<Item = String>) -> Option<String> {
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() {
        return None;
    }
    let rule = columns.split(" | ").map(|_| "---").collect::<Vec<_>>().join(" | ");
    let mut block = format!("#### {}\n\n| {columns} |\n| {rule} |\n", text(title));
    for row in rows.iter().take(ROWS) {
        block.push_str(&format!("| {row} |\n"));
    }
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        block.push_str(&format!("\nand {}\n", count(more as u64, "more row")));
    }
    Some(block)
}

fn list(title: &str, shown: Vec<String>, total: u64) -> Option<String> {
    if shown.is_empty() {
        return None;
    }
    let mut block = format!("#### {title}: {}\n\n", grouped(total));
    for line in &shown {
        block.push_str(&format!("- {line}\n"));
    }
    if let Some(more) = total.checked_sub(shown.len() as u64).filter(|more| *more > 0) {
        block.push_str(&format!("- and {} more\n", grouped(more)));
    }
    Some(block)
}

/// Text with nothing in it that Markdown or HTML would read: each mark is escaped, so that names show as they are.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::new();

    for character in escape(text).chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // They would notify people, and make links of addresses and of what begins with a host's name.
            '@' => escaped.push_str("&#64;"),
            ':' => escaped.push_str("&#58;"),
            '.' if escaped.ends_with("www") => escaped.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Code, which links and notifies nobody. A bar would end the cell of a table even there, so it is written otherwise.
pub(crate) fn code(text: &str) -> String {
    let escaped = escape(text).replace('|', "\u{00a6}");
    let longest = escaped.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("`{escaped}`"),
        _ => format!("{fence} {escaped} {fence}"),
    }
}

//! What was found, in GitHub Flavored Markdown.

use std::io::{self, Write};

use super::image::ImageLint;
use super::{Hazard, Lint, text as plain};
use crate::report::markdown::{code, table, text, write_blocks};

/// Writes what was found in the file of this path, and in the image of this reference.
///
/// # Errors
/// The writer's own.
pub fn write_markdown(
    file: Option<(&str, &Lint)>,
    image: Option<(&str, &ImageLint)>,
    to: impl Write,
) -> io::Result<()> {
    let mut blocks = vec![format!("### {}\n", text(&plain::verdict(file, image)))];
    if let Some((path, lint)) = file {
        let columns = "Line | Rule | Severity | What | Where | Fix";
        blocks.extend(table(path, columns, lint.hazards.iter().map(|hazard| row(hazard, &hazard.fix()))));
        let suppressed = lint.suppressed.iter().map(|(hazard, reason)| row(hazard, reason));
        blocks.extend(table("Suppressed", "Line | Rule | Severity | What | Where | Reason", suppressed));
        let refused = lint.refused.iter().map(|refused| (refused.line, refused.wrong.to_string()));
        let unused =
            lint.unused.iter().map(|(line, rules)| (*line, format!("suppresses nothing: {}", rules.join(", "))));
        let comments = refused.chain(unused).map(|(line, said)| format!("{line} | {}", text(&said)));
        blocks.extend(table("Suppressions", "Line | What is wrong", comments));
    }
    if let Some((reference, lint)) = image {
        let rows = lint.hazards.iter().map(|hazard| {
            let severity = plain::severity(hazard.severity);
            let place = code(&plain::places(hazard));
            let said = hazard.detail.as_deref().unwrap_or(hazard.title);
            let (platform, rule) = (text(&hazard.platform), code(hazard.rule));
            [&platform, &rule, severity, &text(said), &place, &text(&hazard.fix)].join(" | ")
        });
        blocks.extend(table(reference, "Platform | Rule | Severity | What | Where | Fix", rows));
    }
    write_blocks(blocks, to)
}

fn row(hazard: &Hazard, last: &str) -> String {
    let rule = hazard.case.rule;
    let (title, words) = (text(rule.title), code(&plain::shortened(&hazard.words)));
    let line = hazard.line.to_string();
    [&line, &code(rule.id), plain::severity(rule.severity), &title, &words, &text(last)].join(" | ")
}
